//! The types of the platform as Rust structs, and the inputs of operations.

use super::{File, MADE, field_words, pascal, snake, words, wrap};
use crate::model::{Field, Kind, Model, Operation, bare};
use std::fmt::Write as _;

const WIDTH: usize = 120;

/// `core/src/spiff/types.rs`.
pub(super) fn types(model: &Model) -> File {
    let mut out = format!(
        "//! The platform's types. {MADE}\n//!\n//! Every field of an answer may be missing: answers hold what was asked for, \
         and are read leniently. Ids are\n//! texts, times are texts as the platform writes them, prices are in minor currency \
         units.\n\nuse super::texts::{{Hidden, JsonText}};\nuse serde::{{Deserialize, Serialize}};\n"
    );
    for it in &model.types {
        if it.kind == Kind::Enum || matches!(it.name.as_str(), "Query" | "Mutation") {
            continue;
        }
        out.push('\n');
        out += &wrap(&words(&it.words, &it.source), "/// ", WIDTH);
        out += "#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]\n\
                #[serde(rename_all = \"camelCase\", default)]\n";
        _ = writeln!(out, "pub struct {} {{", rust_type(&it.name));
        for field in &it.fields {
            let given = it.kind == Kind::Input;
            let ty = if given { input(model, field) } else { format!("Option<{}>", answered(model, field)) };
            write_field(&mut out, field, &field_words(field, &it.source), &ty);
        }
        out += "}\n";
    }
    ("core/src/spiff/types.rs", out)
}

/// `core/src/spiff/input.rs`.
pub(super) fn inputs(model: &Model) -> File {
    let mut out = format!(
        "//! The inputs of operations that take more than a few ids. {MADE}\n\nuse super::flow::Terminal;\nuse \
         super::texts::{{Hidden, JsonText}};\nuse super::types::*;\nuse serde::Serialize;\n"
    );
    for operation in model.operations.iter().filter(|operation| takes_struct(operation)) {
        out.push('\n');
        let about = format!("What `{}` takes. {}", operation.name, words(&operation.words, &operation.source));
        out += &wrap(&about, "/// ", WIDTH);
        out += "#[derive(Clone, Debug, Default, PartialEq, Serialize)]\n#[serde(rename_all = \"camelCase\")]\n";
        _ = writeln!(out, "pub struct {} {{", pascal(&operation.name));
        for argument in arguments(operation) {
            let ty = if argument.terminals { "Vec<Terminal>".to_owned() } else { input(model, argument) };
            write_field(&mut out, argument, &field_words(argument, &operation.source), &ty);
        }
        out += "}\n";
    }
    ("core/src/spiff/input.rs", out)
}

fn write_field(out: &mut String, field: &Field, words: &str, ty: &str) {
    let name = rust_name(&field.name);
    *out += &wrap(words, "    /// ", WIDTH);
    if name == "kind" {
        *out += "    #[serde(rename = \"type\")]\n";
    }
    if ty.starts_with("Option<") {
        *out += "    #[serde(skip_serializing_if = \"Option::is_none\")]\n";
    }
    _ = writeln!(out, "    pub {name}: {ty},");
}

/// The name of a field; `type` is a word of the language.
pub(super) fn rust_name(name: &str) -> String {
    if name == "type" { "kind".to_owned() } else { snake(name) }
}

/// The name of a type; `Option` is a type of the language.
pub(super) fn rust_type(name: &str) -> &str {
    if name == "Option" { "DesignOption" } else { name }
}

/// The arguments that a caller gives: the pages of a feed are ours.
pub(super) fn arguments(operation: &Operation) -> impl Iterator<Item = &Field> {
    operation
        .arguments
        .iter()
        .filter(|argument| !(operation.paged() && matches!(argument.name.as_str(), "limit" | "offset")))
}

/// Whether an operation takes a struct instead of a few arguments.
pub(super) fn takes_struct(operation: &Operation) -> bool {
    let plain = |argument: &Field| matches!(argument.ty.as_str(), "String!" | "[String!]!") && !argument.terminals;
    !arguments(operation).all(plain) || arguments(operation).count() > 3
}

fn scalar(field: &Field, name: &str) -> Option<&'static str> {
    Some(match name {
        "String" if field.json => "JsonText",
        "String" if field.secret => "Hidden",
        "String" => "String",
        "Int" => "i64",
        "Float" => "f64",
        "Boolean" => "bool",
        _ => return None,
    })
}

/// The type of a field of an answer, without its own `Option`.
fn answered(model: &Model, field: &Field) -> String {
    let ty = field.ty.trim_end_matches('!');
    let name = bare(ty);
    // An enum may learn new words.
    let named = scalar(field, name).or_else(|| (!model.is_object(name)).then_some("String")).unwrap_or(rust_type(name));
    // A third less to hold: most fields of most answers were not asked for.
    let named = if named == "String" { "Box<str>" } else { named };
    match ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        Some(_) => format!("Vec<Option<{named}>>"),
        None if model.is_object(name) => format!("Box<{named}>"),
        None => named.to_owned(),
    }
}

/// The type of what a caller gives.
fn input(model: &Model, field: &Field) -> String {
    let name = bare(&field.ty);
    let known = model.get(name).filter(|it| it.kind != Kind::Enum).map(|it| it.name.as_str());
    let named = scalar(field, name).or(known).unwrap_or("String");
    let some = if field.ty.starts_with('[') { format!("Vec<{named}>") } else { named.to_owned() };
    if field.ty.ends_with('!') { some } else { format!("Option<{some}>") }
}

/// The type of an answer, for a method.
pub(super) fn answer(model: &Model, operation: &Operation) -> String {
    let name = bare(&operation.answer);
    let named = match name {
        "String" => "String".to_owned(),
        "Int" => "i64".to_owned(),
        "Float" => "f64".to_owned(),
        "Boolean" => "bool".to_owned(),
        _ if model.is_object(name) => format!("types::{}", rust_type(name)),
        _ => "String".to_owned(),
    };
    if operation.answer.starts_with('[') { format!("Vec<Option<{named}>>") } else { named }
}
