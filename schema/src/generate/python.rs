//! The operations as Python methods, their stubs, and the shapes of what goes in and comes out.

use super::{File, MADE, Spelling, about, field_words, snake, words, wrap};
use crate::model::{Field, Kind, Model, Operation, bare};
use std::fmt::Write as _;

const WIDTH: usize = 120;

/// The name of a parameter; `from` is a word of the language.
fn parameter(name: &str) -> String {
    if name == "from" { "from_".to_owned() } else { snake(name) }
}

fn named(model: &Model, name: &str, prefix: &str) -> String {
    match name {
        "String" => "str".to_owned(),
        "Int" => "int".to_owned(),
        "Float" => "float".to_owned(),
        "Boolean" => "bool".to_owned(),
        name if model.get(name).is_some_and(|it| it.kind == Kind::Enum) => "str".to_owned(),
        name => format!("{prefix}{name}"),
    }
}

fn spelled(model: &Model, ty: &str, prefix: &str, list: &str) -> String {
    Spelling {
        named: &|name| named(model, name, prefix),
        list: &|of| format!("{list}[{of}]"),
        null: &|of| format!("{of} | None"),
    }
    .of(ty)
}

/// `bindings/python/python/countersign/spiff_types.py`.
pub(super) fn types(model: &Model) -> File {
    let mut out = format!(
        "\"\"\"The shapes of Spiff's model, for type checkers. Nothing of this package imports this module at run time.\n\n{}\n\
         Read members of answers with .get(): an answer holds what was asked for. Ids and times are text, prices are in minor \
         currency\nunits.\n\"\"\"\n\nfrom __future__ import annotations\n\nfrom collections.abc import Sequence\nfrom typing \
         import Any, NotRequired, TypedDict\n",
        wrap(MADE, "", WIDTH)
    );
    for it in &model.types {
        if it.kind == Kind::Enum || matches!(it.name.as_str(), "Query" | "Mutation") {
            continue;
        }
        let input = it.kind == Kind::Input;
        _ = writeln!(out, "\n\nclass {}(TypedDict{}):", it.name, if input { "" } else { ", total=False" });
        docstring(&mut out, "    ", &words(&it.words, &it.source));
        for field in &it.fields {
            let ty = spelled(model, &field.ty, "", if input { "Sequence" } else { "list" });
            let optional = input && !field.ty.ends_with('!');
            let ty = if optional { format!("NotRequired[{ty}]") } else { ty };
            _ = writeln!(out, "\n    {}: {ty}", field.name);
            docstring(&mut out, "    ", &field_words(field, &it.source));
        }
    }
    out += "\n\nclass TerminalText(TypedDict):\n    \"\"\"A text that a start terminal of a flow is given.\"\"\"\n\n    text: \
            str\n\n\nclass TerminalEntity(TypedDict):\n    \"\"\"Something that a start terminal of a flow is given: a \
            Transaction, Bundle, Product, Variant, Option, LineItem, Asset, or another.\"\"\"\n\n    type: str\n    id: \
            str\n\n\nTerminal = TerminalText | TerminalEntity | Sequence[Any] | str\n\"\"\"What a start terminal of a flow \
            is given; a str is JSON already.\"\"\"\n";
    ("bindings/python/python/countersign/spiff_types.py", out)
}

fn docstring(out: &mut String, indent: &str, text: &str) {
    let line = format!("{indent}\"\"\"{text}\"\"\"");
    if line.chars().count() <= WIDTH {
        *out += &line;
        out.push('\n');
    } else {
        let wrapped = wrap(&format!("\"\"\"{text}"), indent, WIDTH);
        *out += wrapped.trim_end();
        _ = writeln!(out, "\n{indent}\"\"\"");
    }
}

/// `bindings/python/python/countersign/_operations.py`.
pub(super) fn methods(model: &Model) -> File {
    let mut out = String::from(
        "\"\"\"The named operations of Spiff's model: each hands its arguments to run(). Spiff and AsyncSpiff have them alike, \
         because\nwhat run() answers, a value or an awaitable, is what they answer.\n\n",
    );
    out += &wrap(MADE, "", WIDTH);
    out += "\"\"\"\n\nfrom ._pages import Pages, given\n\n\nclass SpiffOperations:\n    \"\"\"What Spiff offers besides \
            orders.\n\n    Answers are the platform's own, as dicts and lists; every member may be missing or None. None is \
            not given. select asks for\n    other fields than the default: names and braces, such as \"id product { id name \
            }\"; it is checked before anything is sent.\n    timeout: seconds for this call instead of the option's. \
            docs/spiff-model.md has every type and operation.\n    \"\"\"\n\n    __slots__ = ()\n";
    for operation in &model.operations {
        method(&mut out, operation);
    }
    out += "\n\n# The same at run time; type checkers see awaitables: _operations.pyi.\nAsyncSpiffOperations = SpiffOperations\n";
    ("bindings/python/python/countersign/_operations.py", out)
}

struct Signature<'m> {
    required: Vec<&'m Field>,
    optional: Vec<&'m Field>,
}

fn signature(operation: &Operation) -> Signature<'_> {
    let paging = |argument: &&Field| operation.paged() && matches!(argument.name.as_str(), "limit" | "offset");
    let given = operation.arguments.iter().filter(|argument| !paging(argument));
    let (required, optional) = given.partition(|argument| argument.ty.ends_with('!'));
    Signature { required, optional }
}

fn method(out: &mut String, operation: &Operation) {
    let Signature { required, optional } = signature(operation);
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(required.iter().map(|argument| parameter(&argument.name)));
    parameters.push("*".to_owned());
    parameters.extend(optional.iter().map(|argument| format!("{}=None", parameter(&argument.name))));
    let mut members: Vec<String> = required
        .iter()
        .chain(&optional)
        .map(|argument| {
            let member = if argument.name == "from" { "from_" } else { &argument.name };
            format!("{member}={}", parameter(&argument.name))
        })
        .collect();
    if operation.paged() {
        parameters.push("page_size=50".to_owned());
        members.push("limit=page_size".to_owned());
    }
    if !operation.of.is_empty() {
        parameters.push("select=None".to_owned());
        members.push("select=select".to_owned());
    }
    parameters.push("timeout=None".to_owned());
    out.push('\n');
    broken(out, "    ", &format!("def {}(", operation.name), &parameters, "):");
    let about = about(operation, "None");
    let mut body = String::new();
    for argument in required.iter().chain(&optional) {
        let mut line = format!("{}: {}", parameter(&argument.name), field_words(argument, &operation.source));
        if argument.json {
            line += " A dict or list is written as JSON.";
        }
        body += &wrap(&line, "        ", WIDTH);
    }
    if !operation.of.is_empty() {
        body += &format!("        select: fields of {}\n", operation.of);
    }
    if body.is_empty() {
        docstring(out, "        ", &about);
    } else {
        *out += &wrap(&format!("\"\"\"{about}"), "        ", WIDTH);
        out.push('\n');
        *out += &body;
        *out += "        \"\"\"\n";
    }
    let name = format!("{:?}", operation.name);
    if operation.feed {
        let whole = format!("        return Pages(self, {name}, given({}), timeout)", members.join(", "));
        if whole.len() <= WIDTH {
            _ = writeln!(out, "{whole}");
        } else {
            broken(out, "        ", "members = given(", &members, ")");
            broken(
                out,
                "        ",
                "return Pages(",
                &["self".to_owned(), name, "members".to_owned(), "timeout".to_owned()],
                ")",
            );
        }
    } else if members.is_empty() {
        broken(out, "        ", "return self.run(", &[name, "timeout=timeout".to_owned()], ")");
    } else {
        let whole = format!("        return self.run({name}, given({}), timeout=timeout)", members.join(", "));
        if whole.len() <= WIDTH {
            _ = writeln!(out, "{whole}");
        } else {
            broken(out, "        ", "members = given(", &members, ")");
            broken(
                out,
                "        ",
                "return self.run(",
                &[name, "members".to_owned(), "timeout=timeout".to_owned()],
                ")",
            );
        }
    }
}

/// A line, or one line for each part where it would be too long.
fn broken(out: &mut String, indent: &str, open: &str, parts: &[String], close: &str) {
    let line = format!("{indent}{open}{}{close}", parts.join(", "));
    if line.chars().count() <= WIDTH {
        _ = writeln!(out, "{line}");
        return;
    }
    let inner = format!("{indent}    {}", parts.join(", "));
    _ = writeln!(out, "{indent}{open}");
    if inner.chars().count() <= WIDTH {
        _ = writeln!(out, "{inner}");
    } else {
        for part in parts {
            _ = writeln!(out, "{indent}    {part},");
        }
    }
    _ = writeln!(out, "{indent}{close}");
}

/// `bindings/python/python/countersign/_operations.pyi`.
pub(super) fn stubs(model: &Model) -> File {
    let mut out = wrap(MADE, "# ", WIDTH);
    out += "from collections.abc import Mapping, Sequence\nfrom typing import Any\n\nfrom . import spiff_types as t\nfrom \
            ._pages import Pages\nfrom .types import Ids\n";
    for (class, prefix) in [("SpiffOperations", "def"), ("AsyncSpiffOperations", "async def")] {
        _ = writeln!(out, "\nclass {class}:");
        for operation in &model.operations {
            stub(&mut out, model, operation, prefix);
        }
    }
    ("bindings/python/python/countersign/_operations.pyi", out)
}

fn stub(out: &mut String, model: &Model, operation: &Operation, prefix: &str) {
    let Signature { required, optional } = signature(operation);
    let given = |argument: &Field| -> String {
        if argument.terminals {
            return "Sequence[t.Terminal]".to_owned();
        }
        if argument.json {
            return "Mapping[str, Any] | Sequence[Any] | str".to_owned();
        }
        if bare(&argument.ty) == "String" && argument.ty.starts_with('[') {
            return "Ids".to_owned();
        }
        let ty = spelled(model, &argument.ty, "t.", "Sequence");
        ty.strip_suffix(" | None").unwrap_or(&ty).to_owned()
    };
    let mut parameters = vec!["self".to_owned()];
    parameters.extend(required.iter().map(|argument| format!("{}: {}", parameter(&argument.name), given(argument))));
    parameters.push("*".to_owned());
    parameters.extend(optional.iter().map(|it| format!("{}: {} | None = None", parameter(&it.name), given(it))));
    if operation.paged() {
        parameters.push("page_size: int = 50".to_owned());
    }
    if !operation.of.is_empty() {
        parameters.push("select: str | None = None".to_owned());
    }
    parameters.push("timeout: float | None = None".to_owned());
    let answer = if operation.feed {
        format!("Pages[t.{} | None]", operation.of)
    } else {
        let ty = spelled(model, &operation.answer, "t.", "list");
        ty.strip_suffix(" | None").unwrap_or(&ty).to_owned()
    };
    let prefix = if operation.feed { "def" } else { prefix };
    broken(out, "    ", &format!("{prefix} {}(", operation.name), &parameters, &format!(") -> {answer}: ..."));
}
