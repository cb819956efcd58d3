//! The operations as JavaScript methods, and TypeScript's view of them.

use super::rust_types::arguments;
use super::{File, MADE, Spelling, about, camel, field_words, pascal, words, wrap};
use crate::model::{Field, Kind, Model, Operation};
use std::fmt::Write as _;

const WIDTH: usize = 120;

fn named(model: &Model, name: &str) -> String {
    match name {
        "String" => "string".to_owned(),
        "Int" | "Float" => "number".to_owned(),
        "Boolean" => "boolean".to_owned(),
        name => match model.get(name).filter(|it| it.kind == Kind::Enum) {
            // An enum may learn new words.
            Some(it) => {
                let words: Vec<_> = it.fields.iter().map(|word| format!("'{}'", word.name)).collect();
                format!("{} | (string & {{}})", words.join(" | "))
            }
            None => name.to_owned(),
        },
    }
}

fn spelled(model: &Model, ty: &str, readonly: &str) -> String {
    let list = |of: String| if of.contains(' ') { format!("{readonly}({of})[]") } else { format!("{readonly}{of}[]") };
    Spelling { named: &|name| named(model, name), list: &list, null: &|of| format!("{of} | null") }.of(ty)
}

/// Whether an operation takes one object instead of a few arguments.
fn takes_object(operation: &Operation) -> bool {
    arguments(operation).any(|argument| !argument.ty.ends_with('!')) || arguments(operation).count() > 3
}

fn comment(out: &mut String, indent: &str, text: &str) {
    let line = format!("{indent}/** {text} */");
    if line.chars().count() <= WIDTH {
        _ = writeln!(out, "{line}");
    } else {
        _ = writeln!(out, "{indent}/**");
        *out += &wrap(text, &format!("{indent} * "), WIDTH);
        _ = writeln!(out, "{indent} */");
    }
}

/// `bindings/node/spiff-model.d.ts`.
pub(super) fn types(model: &Model) -> File {
    let mut out = format!(
        "// The types of Spiff's model, and the operations as methods.\n{}\nimport type {{ CallOptions }} from './index.js'\n\n",
        wrap(MADE, "// ", WIDTH)
    );
    for it in &model.types {
        if it.kind == Kind::Enum || matches!(it.name.as_str(), "Query" | "Mutation") {
            continue;
        }
        comment(&mut out, "", &words(&it.words, &it.source));
        _ = writeln!(out, "export interface {} {{", it.name);
        let input = it.kind == Kind::Input;
        for field in &it.fields {
            comment(&mut out, "  ", &field_words(field, &it.source));
            let needed = input && field.ty.ends_with('!');
            let ty = spelled(model, &field.ty, if input { "readonly " } else { "" });
            let undefined = if needed { "" } else { " | undefined" };
            _ = writeln!(out, "  {}{}: {ty}{undefined}", field.name, if needed { "" } else { "?" });
        }
        out += "}\n\n";
    }
    out += "/** What a start terminal of a flow is given: a text, something that the platform holds, several, or JSON text. */\n\
            export type Terminal = { text: string } | { type: string, id: string } | readonly Terminal[] | string\n\n\
            /** Options of a call that answers objects. */\nexport interface SelectOptions extends CallOptions {\n  /** Fields to \
            ask for instead of the default: names and braces, such as `id product { id name }`; checked before sending. */\n  \
            select?: string | undefined\n}\n\n/** Options of a feed. */\nexport interface FeedOptions extends SelectOptions {\n  \
            /** Items of a page (50). */\n  pageSize?: number | undefined\n}\n\n";
    for operation in model.operations.iter().filter(|operation| takes_object(operation)) {
        _ = writeln!(out, "/** What {{@link SpiffOperations.{}}} takes. */", camel(&operation.name));
        _ = writeln!(out, "export interface {}Arguments {{", pascal(&operation.name));
        for argument in arguments(operation) {
            comment(&mut out, "  ", &argument_words(argument, operation));
            let needed = argument.ty.ends_with('!');
            let undefined = if needed { "" } else { " | undefined" };
            let ty = given(model, argument);
            _ = writeln!(out, "  {}{}: {ty}{undefined}", argument.name, if needed { "" } else { "?" });
        }
        out += "}\n\n";
    }
    out += "/**\n * What Spiff offers besides orders. Answers are the platform's own; every member may be missing or null. Ids and \
            times are\n * text, prices are in minor currency units. docs/spiff-model.md has every type and operation.\n */\nexport \
            interface SpiffOperations {\n";
    for (i, operation) in model.operations.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        signature(&mut out, model, operation);
    }
    out += "}\n";
    ("bindings/node/spiff-model.d.ts", out)
}

fn argument_words(argument: &Field, operation: &Operation) -> String {
    let words = field_words(argument, &operation.source);
    if argument.json { words + " Anything but a string is written as JSON." } else { words }
}

fn given(model: &Model, argument: &Field) -> String {
    if argument.terminals {
        return "readonly Terminal[]".to_owned();
    }
    if argument.json {
        return "object | string".to_owned();
    }
    let ty = spelled(model, &argument.ty, "readonly ");
    ty.strip_suffix(" | null").unwrap_or(&ty).to_owned()
}

fn signature(out: &mut String, model: &Model, operation: &Operation) {
    let about = about(operation, "`null`");
    comment(out, "  ", &about);
    let mut parameters = Vec::new();
    if takes_object(operation) {
        let optional = if arguments(operation).any(|argument| argument.ty.ends_with('!')) { "" } else { "?" };
        parameters.push(format!("input{optional}: {}Arguments", pascal(&operation.name)));
    } else {
        parameters
            .extend(arguments(operation).map(|argument| format!("{}: {}", argument.name, given(model, argument))));
    }
    let options = match operation {
        it if it.paged() => "FeedOptions",
        it if !it.of.is_empty() => "SelectOptions",
        _ => "CallOptions",
    };
    parameters.push(format!("options?: {options}"));
    let answer = if operation.feed {
        format!("AsyncIterableIterator<{} | null>", operation.of)
    } else {
        let ty = spelled(model, &operation.answer, "");
        format!("Promise<{}>", ty.strip_suffix(" | null").unwrap_or(&ty))
    };
    _ = writeln!(out, "  {} ({}): {answer}", camel(&operation.name), parameters.join(", "));
}

/// `bindings/node/lib/operations.js`.
pub(super) fn methods(model: &Model) -> File {
    let mut out = format!(
        "// The operations of Spiff's model as methods over `run`; spiff-model.d.ts has their manual.\n{}'use strict'\n\nconst \
         {{ pages, run }} = require('./pages.js')\n\n/** The class with a method for each operation. */\n\
         exports.withOperations = Base => class extends Base {{\n",
        wrap(MADE, "// ", WIDTH)
    );
    for (i, operation) in model.operations.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        let name = camel(&operation.name);
        let (parameters, input) = if takes_object(operation) {
            let given = arguments(operation).any(|argument| argument.ty.ends_with('!'));
            (if given { "input, " } else { "input = {}, " }.to_owned(), "input".to_owned())
        } else {
            let names: Vec<_> = arguments(operation).map(|argument| argument.name.as_str()).collect();
            let parameters = names.iter().map(|name| format!("{name}, ")).collect();
            (parameters, if names.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", names.join(", ")) })
        };
        let call = if operation.feed { "pages" } else { "run" };
        _ = writeln!(
            out,
            "  {name} ({parameters}options) {{\n    return {call}(this, '{}', {input}, options)\n  }}",
            operation.name
        );
    }
    out += "}\n";
    ("bindings/node/lib/operations.js", out)
}
