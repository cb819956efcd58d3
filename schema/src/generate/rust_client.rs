//! The methods of the Rust client.

use super::rust_types::{answer, arguments, rust_name, rust_type, takes_struct};
use super::{File, MADE, about, field_words, pascal, wrap};
use crate::model::{Field, Model, Operation};
use std::fmt::Write as _;

/// `client/src/spiff/methods.rs`.
pub(super) fn methods(model: &Model) -> File {
    let mut out = format!(
        "//! The operations as methods. {MADE}\n\nuse super::pages::Pages;\nuse super::{{Client, input, operations, \
         types}};\nuse countersign_core::Error;\nuse serde_json::json;\n\nimpl Client {{\n"
    );
    for (i, operation) in model.operations.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        method(&mut out, model, operation);
    }
    out += "}\n";
    ("client/src/spiff/methods.rs", out)
}

fn method(out: &mut String, model: &Model, operation: &Operation) {
    *out += &wrap(&about(operation, "`None`"), "    /// ", 120);
    let structured = takes_struct(operation);
    let given: Vec<&Field> = arguments(operation).collect();
    if !structured && !given.is_empty() {
        *out += "    ///\n";
        for argument in &given {
            let line = format!("`{}`: {}", rust_name(&argument.name), field_words(argument, &operation.source));
            *out += &wrap(&line, "    /// ", 120);
        }
    }
    let name = &operation.name;
    let constant = name.to_uppercase();
    let mut parameters = String::from("&self");
    let input = if structured {
        _ = write!(parameters, ", input: &input::{}", pascal(name));
        "json!(input)".to_owned()
    } else {
        let mut members = Vec::new();
        for argument in &given {
            let ty = if argument.ty.starts_with('[') { "&[&str]" } else { "&str" };
            _ = write!(parameters, ", {}: {ty}", rust_name(&argument.name));
            members.push(format!("{:?}: {}", argument.name, rust_name(&argument.name)));
        }
        if members.is_empty() { "json!({})".to_owned() } else { format!("json!({{ {} }})", members.join(", ")) }
    };
    if operation.feed {
        let of = format!("types::{}", rust_type(&operation.of));
        _ = writeln!(out, "    pub fn {name}({parameters}) -> Pages<{of}> {{");
        _ = writeln!(out, "        self.pages(&operations::{constant}, {input})");
    } else {
        let answer = answer(model, operation);
        *out += "    ///\n    /// # Errors\n";
        *out += match operation {
            it if it.aligned => "    /// `missing_data` if it shows none of them; those of a read.\n",
            it if !it.mutation => "    /// `missing_data` if it is not shown; those of a read.\n",
            _ => {
                "    /// With its outcome: *not placed* means that nothing was changed, *unknown* that it may have been.\n"
            }
        };
        _ = writeln!(out, "    pub fn {name}({parameters}) -> Result<{answer}, Error> {{");
        _ = writeln!(out, "        self.answer(&operations::{constant}, {input})");
    }
    *out += "    }\n";
}
