//! Writes the typed model: one writer for each language, all over the same [`Model`].
//!
//! A writer answers whole files. `tests/generated.rs` compares them with what is committed, and writes them when
//! `make generate` asks for it.

use crate::model::{Field, Model, Operation, bare};

mod docs;
mod php;
mod python;
mod rust_client;
mod rust_operations;
mod rust_types;
mod typescript;

/// A generated file: its path from the root of the repository, and its text.
pub type File = (&'static str, String);

/// Every generated file.
pub fn files(model: &Model) -> Vec<File> {
    vec![
        rust_types::types(model),
        rust_types::inputs(model),
        rust_operations::schema(model),
        rust_operations::operations(model),
        rust_client::methods(model),
        docs::reference(model),
        php::interface(model),
        php::operations(model),
        typescript::types(model),
        typescript::methods(model),
        python::types(model),
        python::methods(model),
        python::stubs(model),
    ]
}

/// The first line of a generated file, without its comment signs.
const MADE: &str = "Generated from schema/spiff.graphql and schema/operations/ by `make generate`.";

/// `amountToOrder` to `amount_to_order`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `amount_to_order` to `amountToOrder`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + &capital(part))
}

/// `amount_to_order` to `AmountToOrder`.
fn pascal(name: &str) -> String {
    name.split('_').map(capital).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// A description, with what it rests on where that is not the reference.
fn words(words: &str, source: &str) -> String {
    let note = match source {
        "REFERENCE" => return words.to_owned(),
        "EXAMPLE" => "Unverified: known from an official example alone.",
        "CLIENT" => "Unverified: known from a first-party client alone.",
        _ => "Unverified: inferred, seen nowhere.",
    };
    format!("{words} {note}")
}

/// What a method's manual says of its operation first; `null` is the language's word for it.
fn about(operation: &Operation, null: &str) -> String {
    let text = words(&operation.words, &operation.source);
    if operation.aligned {
        format!("{text} The answer is aligned with the ids, {null} where the platform shows none. Any number of ids.")
    } else if let Some(argument) = operation.batch().filter(|_| operation.mutation) {
        format!("{text} At most {} at once.", argument.batch)
    } else if operation.batch().is_some() {
        format!("{text} Any number of them.")
    } else if operation.paged() {
        format!("{text} Read page by page while it is iterated.")
    } else {
        text
    }
}

/// A field's description, which says nothing again that its type says already.
fn field_words(field: &Field, of: &str) -> String {
    if field.source == of { field.words.clone() } else { words(&field.words, &field.source) }
}

/// How a GraphQL type is written in a language.
struct Spelling<'s> {
    /// A named type; the second is whether the value may also be null.
    named: &'s dyn Fn(&str) -> String,
    list: &'s dyn Fn(String) -> String,
    null: &'s dyn Fn(String) -> String,
}

impl Spelling<'_> {
    /// The type with its lists and nulls.
    fn of(&self, ty: &str) -> String {
        match ty.strip_suffix('!') {
            Some(ty) => self.some(ty),
            None => (self.null)(self.some(ty)),
        }
    }

    /// The type, not null.
    fn some(&self, ty: &str) -> String {
        let ty = ty.strip_suffix('!').unwrap_or(ty);
        match ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
            Some(inner) => (self.list)(self.of(inner)),
            None => (self.named)(bare(ty)),
        }
    }
}

/// Words in lines of at most `width` characters, each after `prefix`.
fn wrap(text: &str, prefix: &str, width: usize) -> String {
    let mut out = String::new();
    let mut line = String::from(prefix);
    for word in text.split_whitespace() {
        if line.len() > prefix.len() && line.chars().count() + 1 + word.chars().count() > width {
            out += line.trim_end();
            out.push('\n');
            line = prefix.to_owned();
        }
        if line.len() > prefix.len() {
            line.push(' ');
        }
        line += word;
    }
    out += line.trim_end();
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case() {
        assert_eq!(snake("amountToOrder"), "amount_to_order");
        assert_eq!(camel("order_create_simple_async"), "orderCreateSimpleAsync");
        assert_eq!(pascal("transaction_create_many"), "TransactionCreateMany");
    }

    #[test]
    fn lines_are_wrapped() {
        assert_eq!(wrap("one two three", "/// ", 11), "/// one two\n/// three\n");
    }
}
