//! The operations as PHP's interface, with the shapes of what goes in and comes out, and as the methods that keep it.

use super::{File, MADE, Spelling, about, camel, field_words, wrap};
use crate::model::{Field, Kind, Model, Operation, Type, bare};
use std::collections::HashSet;
use std::fmt::Write as _;

const WIDTH: usize = 120;

/// `bindings/php/src/SpiffOperationsInterface.php`: the manual, and what a double of a test has to offer.
pub(super) fn interface(model: &Model) -> File {
    let mut out = format!(
        "<?php\n// The operations of Spiff, as signatures with their manual. {MADE}\n\ndeclare(strict_types=1);\n\nnamespace \
         Countersign;\n\nuse Countersign\\Exception\\CountersignException;\n\n/**\n * What Spiff offers besides orders. \
         Answers are the platform's own, as arrays; every field may be missing or null. Ids and\n * times are text, prices are \
         in minor currency units. $select asks for other fields than the default: names and braces, such\n * as 'id product {{ \
         id name }}'; it is checked before anything is sent. docs/spiff-model.md has every type and operation.\n *\n"
    );
    let shapes = Shapes::of(model);
    for it in &model.types {
        if it.kind != Kind::Enum && !matches!(it.name.as_str(), "Query" | "Mutation") {
            shapes.write(&mut out, it);
        }
    }
    out += " */\ninterface SpiffOperationsInterface\n{\n";
    for (i, operation) in model.operations.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        manual(&mut out, model, operation);
        // Whoever asks iterates; a double may answer an array.
        let answer = if operation.feed { "iterable" } else { answer(model, operation).1 };
        signature(&mut out, model, operation, answer, ";\n", ";\n");
    }
    out += "}\n";
    ("bindings/php/src/SpiffOperationsInterface.php", out)
}

/// `bindings/php/src/SpiffOperations.php`.
pub(super) fn operations(model: &Model) -> File {
    let mut out = format!(
        "<?php\n// The operations of Spiff as methods over run(). {MADE}\n\ndeclare(strict_types=1);\n\nnamespace \
         Countersign;\n\nuse Countersign\\Internal\\Operations;\n\n/** What {{@see SpiffOperationsInterface}} says, by run(): also \
         for a double in a test. */\ntrait SpiffOperations\n{{\n    use Operations;\n"
    );
    for operation in &model.operations {
        out.push('\n');
        signature(&mut out, model, operation, answer(model, operation).1, "\n    {\n", " {\n");
        body(&mut out, model, operation);
    }
    out += "}\n";
    ("bindings/php/src/SpiffOperations.php", out)
}

/// Shapes cannot hold themselves: where a chain of types comes back to where it began, it ends in a plain array.
struct Shapes<'m> {
    model: &'m Model,
    cut: HashSet<(&'m str, &'m str)>,
}

impl<'m> Shapes<'m> {
    fn of(model: &'m Model) -> Self {
        let mut shapes = Self { model, cut: HashSet::new() };
        let (mut done, mut above) = (HashSet::new(), Vec::new());
        for it in &model.types {
            shapes.visit(it, &mut done, &mut above);
        }
        shapes
    }

    fn visit(&mut self, it: &'m Type, done: &mut HashSet<&'m str>, above: &mut Vec<&'m str>) {
        if !done.insert(&it.name) {
            return;
        }
        above.push(&it.name);
        for field in &it.fields {
            if let Some(of) = self.model.get(&field.ty).filter(|of| of.kind != Kind::Enum) {
                if above.contains(&of.name.as_str()) {
                    self.cut.insert((&it.name, &field.name));
                }
                self.visit(of, done, above);
            }
        }
        above.pop();
    }

    fn write(&self, out: &mut String, it: &Type) {
        _ = writeln!(out, " * @phpstan-type {} array{{", it.name);
        for field in &it.fields {
            let needed = it.kind == Kind::Input && field.ty.ends_with('!');
            let ty = self.spelled(&it.name, field);
            _ = writeln!(out, " *   {}{}: {ty},", field.name, if needed { "" } else { "?" });
        }
        *out += " * }\n";
    }

    fn spelled(&self, of: &str, field: &Field) -> String {
        let cut = self.cut.contains(&(of, field.name.as_str()));
        let named = |name: &str| if cut { "array<string, mixed>".to_owned() } else { named(self.model, name) };
        spelling(&named, &field.ty)
    }
}

fn named(model: &Model, name: &str) -> String {
    match name {
        "String" => "string".to_owned(),
        "Int" => "int".to_owned(),
        "Float" => "int|float".to_owned(),
        "Boolean" => "bool".to_owned(),
        name if model.get(name).is_some_and(|it| it.kind == Kind::Enum) => "string".to_owned(),
        name => name.to_owned(),
    }
}

fn spelling(named: &dyn Fn(&str) -> String, ty: &str) -> String {
    Spelling { named, list: &|of| format!("list<{of}>"), null: &|of| format!("{of}|null") }.of(ty)
}

/// The native type of a parameter.
fn native(model: &Model, argument: &Field) -> &'static str {
    if argument.json {
        return "array|string";
    }
    if argument.ty.starts_with('[') || model.get(&argument.ty).is_some_and(|it| it.kind == Kind::Input) {
        return "array";
    }
    match bare(&argument.ty) {
        "Int" => "int",
        "Float" => "int|float",
        "Boolean" => "bool",
        _ => "string",
    }
}

/// The arguments of a method, those that are due first.
fn given(operation: &Operation) -> Vec<&Field> {
    let paging = |argument: &&Field| operation.paged() && matches!(argument.name.as_str(), "limit" | "offset");
    let mut given: Vec<&Field> = operation.arguments.iter().filter(|argument| !paging(argument)).collect();
    given.sort_by_key(|argument| !argument.ty.ends_with('!'));
    given
}

fn manual(out: &mut String, model: &Model, operation: &Operation) {
    *out += "    /**\n";
    *out += &wrap(&about(operation, "null"), "     * ", WIDTH);
    *out += "     *\n";
    for argument in given(operation) {
        let mut shape = spelling(&|name| self::named(model, name), argument.ty.trim_end_matches('!'));
        if argument.terminals {
            shape = "list<array{text: string}|array{type: string, id: string}|list<mixed>|string>".to_owned();
        } else if argument.json {
            shape = "array<mixed>|string".to_owned();
        } else if let Some(stripped) = shape.strip_suffix("|null") {
            shape = stripped.to_owned();
        }
        if !argument.ty.ends_with('!') {
            shape += "|null";
        }
        let mut words = field_words(argument, &operation.source);
        if argument.json {
            words += " An array is written as JSON.";
        }
        *out += &wrap(&format!("@param {shape} ${} {words}", argument.name), "     * ", WIDTH);
    }
    if operation.paged() {
        *out += "     * @param int $pageSize items of a page\n";
    }
    if !operation.of.is_empty() {
        _ = writeln!(out, "     * @param string|null $select fields of {}", operation.of);
    }
    _ = writeln!(out, "     * @return {}", answer(model, operation).0);
    *out += match operation {
        it if it.aligned => "     * @throws CountersignException missing_data if there is none at all\n",
        it if !it.mutation => "     * @throws CountersignException missing_data if it is not shown\n",
        _ => {
            "     * @throws CountersignException with its outcome: not placed is certain, else it may have been done\n"
        }
    };
    *out += "     */\n";
}

/// The head of a method; `short` ends it on one line, `long` on several.
fn signature(out: &mut String, model: &Model, operation: &Operation, answer: &str, short: &str, long: &str) {
    let mut parameters = Vec::new();
    for argument in given(operation) {
        let native = native(model, argument);
        let sensitive = if argument.secret { "#[\\SensitiveParameter] " } else { "" };
        let name = &argument.name;
        parameters.push(match (argument.ty.ends_with('!'), native.contains('|')) {
            (true, _) => format!("{sensitive}{native} ${name}"),
            (false, true) => format!("{sensitive}{native}|null ${name} = null"),
            (false, false) => format!("{sensitive}?{native} ${name} = null"),
        });
    }
    if operation.paged() {
        parameters.push("int $pageSize = 50".to_owned());
    }
    if !operation.of.is_empty() {
        parameters.push("?string $select = null".to_owned());
    }
    let name = camel(&operation.name);
    let line = format!("    public function {name}({}): {answer}", parameters.join(", "));
    if line.len() < WIDTH {
        *out += &line;
        *out += short;
        return;
    }
    _ = writeln!(out, "    public function {name}(");
    for parameter in &parameters {
        _ = writeln!(out, "        {parameter},");
    }
    _ = write!(out, "    ): {answer}{long}");
}

fn body(out: &mut String, model: &Model, operation: &Operation) {
    let mut members = Vec::new();
    for argument in given(operation) {
        let name = &argument.name;
        let native = native(model, argument);
        let is_object = !argument.ty.starts_with('[') && native == "array";
        members.push(match (native, argument.ty.ends_with('!')) {
            ("array", true) if is_object => format!("'{name}' => (object) ${name}"),
            ("array", false) if is_object => format!("'{name}' => ${name} === null ? null : (object) ${name}"),
            ("array", true) => format!("'{name}' => array_values(${name})"),
            ("array", false) => format!("'{name}' => ${name} === null ? null : array_values(${name})"),
            _ => format!("'{name}' => ${name}"),
        });
    }
    if operation.paged() {
        members.push("'limit' => $pageSize".to_owned());
    }
    if !operation.of.is_empty() {
        members.push("'select' => $select".to_owned());
    }
    let call = if operation.feed { "feed" } else { "operation" };
    let input = if members.is_empty() { "[]".to_owned() } else { format!("[{}]", members.join(", ")) };
    let line = format!("        return $this->{call}('{}', {input});", operation.name);
    if line.len() <= WIDTH {
        *out += &line;
        out.push('\n');
    } else {
        _ = writeln!(out, "        return $this->{call}('{}', [", operation.name);
        for member in &members {
            _ = writeln!(out, "            {member},");
        }
        *out += "        ]);\n";
    }
    *out += "    }\n";
}

/// The shape of an answer, and its native type.
fn answer(model: &Model, operation: &Operation) -> (String, &'static str) {
    let of = |ty: &str| spelling(&|name| named(model, name), ty);
    if operation.feed {
        return (format!("iterable<int, {}|null>", operation.of), "\\Generator");
    }
    let shape = of(operation.answer.trim_end_matches('!'));
    let shape = shape.strip_suffix("|null").unwrap_or(&shape).to_owned();
    let native = match operation {
        it if it.answer.starts_with('[') || !it.of.is_empty() => "array",
        it if bare(&it.answer) == "Boolean" => "bool",
        _ => "mixed",
    };
    (shape, native)
}
