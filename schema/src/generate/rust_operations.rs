//! The rows of operations and the table of types that the core checks inputs against.

use super::{File, MADE};
use crate::model::{Field, Kind, Model, Operation};
use std::fmt::Write as _;

fn source(source: &str) -> &'static str {
    match source {
        "REFERENCE" => "Reference",
        "EXAMPLE" => "Example",
        "CLIENT" => "Client",
        _ => "Inferred",
    }
}

/// `core/src/spiff/schema.rs`.
pub(super) fn schema(model: &Model) -> File {
    let mut out = format!(
        "//! The table of the platform's types. {MADE}\n\nuse super::model::Kind::{{Enum, Input, Object}};\nuse \
         super::model::Source::{{Client, Example, Inferred, Reference}};\nuse super::model::{{Type, field}};\n\n/// Every type \
         that is known.\npub static TYPES: &[Type] = &[\n"
    );
    for it in &model.types {
        let kind = match it.kind {
            Kind::Object => "Object",
            Kind::Input => "Input",
            Kind::Enum => "Enum",
        };
        _ = writeln!(out, "    Type {{ name: {:?}, kind: {kind}, source: {}, fields: &[", it.name, source(&it.source));
        for field in &it.fields {
            _ = writeln!(out, "        {},", row(field));
        }
        out += "    ] },\n";
    }
    out += "];\n";
    ("core/src/spiff/schema.rs", out)
}

fn row(field: &Field) -> String {
    let mut row = format!("field({:?}, {:?}, {})", field.name, field.ty, source(&field.source));
    if field.json {
        row += ".json()";
    }
    if !field.arguments.is_empty() {
        let arguments: Vec<_> = field.arguments.iter().map(row_of_argument).collect();
        _ = write!(row, ".taking(&[{}])", arguments.join(", "));
    }
    row
}

fn row_of_argument(field: &Field) -> String {
    row(&Field { json: field.json, arguments: Vec::new(), ..field.clone() })
}

/// `core/src/spiff/operations.rs`.
pub(super) fn operations(model: &Model) -> File {
    let mut out = format!(
        "//! The operations of the platform's GraphQL API. {MADE}\n\nuse super::account::Account;\nuse \
         super::document::{{Document, Form, argument}};\nuse super::model::Source::{{Client, Example, Inferred, \
         Reference}};\nuse crate::delivery::Effect;\nuse crate::operations::Operation;\n"
    );
    for operation in &model.operations {
        out.push('\n');
        document(&mut out, operation);
    }
    out += "\n/// A row for each of them.\npub(crate) static ROWS: [Operation<Account>; ";
    _ = writeln!(out, "{}] = [", model.operations.len());
    for operation in &model.operations {
        let constant = operation.name.to_uppercase();
        _ = writeln!(
            out,
            "    Operation::of(&{constant}, {:?}, |account, input, now| {constant}.prepare(account, input, now)),",
            input(operation)
        );
    }
    out += "];\n";
    ("core/src/spiff/operations.rs", out)
}

/// The members of its input.
fn input(operation: &Operation) -> String {
    let mut names: Vec<&str> = operation.arguments.iter().map(|argument| argument.name.as_str()).collect();
    if !operation.selection.is_empty() {
        names.push("select");
    }
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

fn document(out: &mut String, operation: &Operation) {
    let effect = match operation {
        it if !it.mutation => "Read",
        it if it.field.starts_with("orderCreate") => "Order",
        _ => "Change",
    };
    _ = writeln!(out, "/// {}", operation.words);
    _ = writeln!(out, "pub static {}: Document = Document {{", operation.name.to_uppercase());
    _ = writeln!(out, "    name: {:?},", operation.name);
    _ = writeln!(out, "    effect: Effect::{effect},");
    _ = writeln!(out, "    operation: {:?},", operation.title);
    _ = writeln!(out, "    field: {:?},", operation.field);
    *out += "    arguments: &[";
    for argument in &operation.arguments {
        _ = write!(out, "\n        argument({:?}, {:?}, {})", argument.name, argument.ty, source(&argument.source));
        if argument.batch > 0 {
            _ = write!(out, ".batch({})", argument.batch);
        }
        let form = match argument {
            Field { json: true, .. } => Some("Json"),
            Field { terminals: true, .. } => Some("Terminals"),
            Field { literal: true, .. } => Some("Literal"),
            _ => None,
        };
        if let Some(form) = form {
            _ = write!(out, ".form(Form::{form})");
        }
        out.push(',');
    }
    *out += if operation.arguments.is_empty() { "],\n" } else { "\n    ],\n" };
    _ = writeln!(out, "    answer: {:?},", operation.answer);
    _ = writeln!(out, "    of: {:?},", operation.of);
    _ = writeln!(out, "    selection: {:?},", operation.selection);
    _ = writeln!(out, "    aligned: {},", operation.aligned);
    _ = writeln!(out, "    feed: {},", operation.feed);
    _ = writeln!(out, "    source: {},", source(&operation.source));
    *out += "};\n";
}
