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
        "//! The table of the platform's types, as [`super::model`] reads it. {MADE}\n\npub(super) static TABLE: &str = \"\\\n"
    );
    for it in &model.types {
        let kind = match it.kind {
            Kind::Object => "type",
            Kind::Input => "input",
            Kind::Enum => "enum",
        };
        _ = writeln!(out, "{kind} {} {}", it.name, it.source.to_lowercase());
        for field in &it.fields {
            row(&mut out, 1, field, &it.source);
        }
    }
    out += "\";\n";
    ("core/src/spiff/schema.rs", out)
}

fn row(out: &mut String, depth: usize, field: &Field, of: &str) {
    _ = write!(out, "{:depth$}{} {}", "", field.name, field.ty);
    if field.source != of {
        _ = write!(out, " {}", field.source.to_lowercase());
    }
    *out += if field.json { " json" } else { "" };
    *out += if field.secret { " secret\n" } else { "\n" };
    for argument in &field.arguments {
        row(out, depth + 1, argument, &field.source);
    }
}

/// `core/src/spiff/operations.rs`.
pub(super) fn operations(model: &Model) -> File {
    let mut out = format!(
        "//! The operations of the platform's GraphQL API. {MADE}\n\nuse super::account::Account;\nuse \
         super::document::{{Document, Form, argument}};\nuse super::model::Source::{{Client, Example, Inferred, \
         Reference}};\nuse crate::delivery::Effect;\nuse crate::operation::Operation;\n"
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
        it if it.places => "Order",
        it if !it.mutation => "Read",
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
        if argument.secret {
            *out += ".secret()";
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
