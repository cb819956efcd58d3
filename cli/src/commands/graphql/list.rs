//! `--list`: the operations in a table, or all that there is to know of one.

use super::{ELSEWHERE, check};
use crate::output::{Colour, Ended, Exit, Failure, Output, shell, table, wrapped};
use countersign::operations::{self, SPIFF};
use countersign::spiff::document::{Argument, Document, Form, PAGE};
use countersign::spiff::model::{Field, Kind, Source, Type};
use countersign::{Effect, Error};
use serde_json::{Map, Value, json};

/// Every operation, a line each.
pub(super) fn all(out: &mut Output) -> Ended {
    let operations = SPIFF.iter().filter(|operation| ELSEWHERE.iter().all(|(name, _)| *name != operation.name));
    let rows = operations.map(|operation| {
        let source = operation.document().map(|document| check::word(document.source));
        (operation.name, operation.effect.name(), source, operation.input)
    });
    if out.is_json() {
        let row =
            |(name, effect, source, input)| json!({ "name": name, "effect": effect, "input": input, "source": source });
        out.value(&json!({ "operations": rows.map(row).collect::<Vec<_>>() }));
        return Ok(Exit::Ok);
    }
    let mut cells = vec![["operation", "effect", "known from", "input"].map(str::to_owned).to_vec()];
    cells.extend(rows.map(|(name, effect, source, input)| {
        [name, effect, source.unwrap_or_default(), input].map(str::to_owned).to_vec()
    }));
    for (nth, line) in table(&cells).iter().enumerate() {
        out.line(if nth == 0 { out.paint(Colour::Bold, line) } else { line.clone() });
    }
    out.line("Known from: reference, the official pages; example, an official example; client, a first-party");
    out.line("client; inferred, nowhere. All but reference is unverified: --schema-check settles it.");
    out.line("`--list NAME` shows one of them: its arguments, what it asks for, and an example.");
    Ok(Exit::Ok)
}

/// One operation.
pub(super) fn one(name: &str, out: &mut Output) -> Ended {
    if let Some((_, instead)) = ELSEWHERE.iter().find(|(own, _)| *own == name) {
        return Err(Failure::usage_of(*instead));
    }
    let operation = operations::find(SPIFF, name).map_err(|error| unknown("operation", name, &error))?;
    let shown = match operation.document() {
        Some(document) => Shown::of(document, operation.name, operation.effect),
        // What waits has no document of its own: it reads by another's until the run has ended.
        None => Shown::waiting(operation.name, operation.effect),
    };
    if out.is_json() {
        out.value(&shown.json());
    } else {
        shown.tell(out);
    }
    Ok(Exit::Ok)
}

/// The refusal of a name that is none, with those that may be meant; all of them are too many to read. `what` was looked for.
pub(super) fn unknown(what: &str, name: &str, error: &Error) -> Failure {
    let mut said = match error.message().split_once("Did you mean") {
        Some((_, meant)) => format!("There is no {what} {name:?}. Did you mean{meant}"),
        None => format!("There is no {what} {name:?}."),
    };
    let near: Vec<_> = SPIFF.iter().map(|one| one.name).filter(|known| alike(known, name)).collect();
    if !near.is_empty() {
        said += &format!(" Alike are: {}.", near.join(", "));
    } else if !said.ends_with('?') {
        said += " `countersign graphql --list` names them all.";
    }
    Failure::usage_of(said)
}

/// Whether a name has all the words of what was asked for, or begins with it.
fn alike(known: &str, asked: &str) -> bool {
    let asked = asked.to_ascii_lowercase();
    let mut words = asked.split(['_', '-', ' ']).filter(|word| word.len() > 2).peekable();
    words.peek().is_some() && words.all(|word| known.contains(word.trim_end_matches('s')))
}

/// An operation, as it is shown.
struct Shown {
    name: &'static str,
    effect: Effect,
    document: &'static Document,
    arguments: Vec<Row>,
    example: Value,
}

/// A line of the table of arguments: an argument, or below it a member of the object that it takes.
struct Row {
    depth: usize,
    name: &'static str,
    ty: &'static str,
    required: bool,
    note: String,
}

impl Shown {
    fn of(document: &'static Document, name: &'static str, effect: Effect) -> Self {
        let (mut arguments, mut example) = (Vec::new(), Map::new());
        for argument in document.arguments {
            arguments.push(Row {
                depth: 0,
                name: argument.name,
                ty: argument.ty,
                required: argument.is_required() && !is_place(document, argument),
                note: note(document, argument),
            });
            if argument.form == Form::Plain || argument.form == Form::Literal {
                members(argument.ty, 1, &mut arguments);
            }
            example.insert(argument.name.to_owned(), given(document, argument));
        }
        Self { name, effect, document, arguments, example: Value::Object(example) }
    }

    fn waiting(name: &'static str, effect: Effect) -> Self {
        let row = |name, ty, note: &str| Row { depth: 0, name, ty, required: name == "id", note: note.to_owned() };
        let arguments = vec![
            row("id", "String!", ""),
            row("timeout", "Float", "seconds to wait for the end, 60 unless given"),
            row("interval", "Float", "seconds between two looks, 2 unless given"),
        ];
        let document = &countersign::spiff::operations::PROCESS_EXECUTIONS;
        Self { name, effect, document, arguments, example: json!({ "id": "…", "timeout": 60, "interval": 2 }) }
    }

    /// The type of the objects that `select` chooses fields of.
    fn selected(&self) -> Option<Type> {
        Type::find(self.document.of).filter(|_| !self.document.of.is_empty())
    }

    fn answer(&self) -> &'static str {
        // One run is waited for.
        if self.name == self.document.name { self.document.answer } else { self.document.of }
    }

    fn json(&self) -> Value {
        let arguments = self.arguments.iter().filter(|row| row.depth == 0).map(|row| {
            json!({ "name": row.name, "type": row.ty, "required": row.required, "note": row.note,
                "members": members_json(row.ty, 1) })
        });
        json!({
            "name": self.name,
            "effect": self.effect.name(),
            "source": check::word(self.document.source),
            "arguments": arguments.collect::<Vec<_>>(),
            "answer": self.answer(),
            "selection": self.document.selection,
            "fields": self.selected().map(|of| of.fields().map(|field| json!({ "name": field.name, "type": field.ty })).collect::<Vec<_>>()),
            "example": self.example,
        })
    }

    fn tell(&self, out: &mut Output) {
        let effect = match self.effect {
            Effect::Read => "reads, and changes nothing",
            Effect::Change => "changes something, and is sent once",
            _ => "places an order, and is sent once",
        };
        out.line(format_args!("{}: {effect}.", out.paint(Colour::Bold, self.name)));
        out.line(format_args!("Answers {}.{}", self.answer(), known_from(self.document.source)));
        out.line("");
        if self.arguments.is_empty() {
            out.line("It takes no arguments.");
        } else {
            let mut cells = vec![["argument", "type", "", ""].map(str::to_owned).to_vec()];
            cells.extend(self.arguments.iter().map(|row| {
                let required = if row.required { "required" } else { "" };
                vec![
                    format!("{:1$}{2}", "", row.depth * 2, row.name),
                    row.ty.to_owned(),
                    required.to_owned(),
                    row.note.clone(),
                ]
            }));
            for (nth, line) in table(&cells).iter().enumerate() {
                out.line(if nth == 0 { out.paint(Colour::Bold, line) } else { line.clone() });
            }
        }
        if let Some(of) = self.selected() {
            out.line("");
            out.line("Asks for:");
            let fields: Vec<_> = of
                .fields()
                .map(|field| {
                    if Type::find(field.ty).is_some_and(|ty| ty.kind == Kind::Object) {
                        format!("{}{{…}}", field.name)
                    } else {
                        field.name.to_owned()
                    }
                })
                .collect();
            tell_words(self.document.selection, out);
            out.line(format_args!("unless the argument `select` says otherwise, such as \"id\". {} has:", of.name));
            tell_words(&fields.join(", "), out);
        }
        out.line("");
        out.line(if self.arguments.iter().all(|row| row.required) {
            "Example:"
        } else {
            "Example, with everything that it takes:"
        });
        let input = if self.arguments.is_empty() {
            String::new()
        } else {
            format!(" --input {}", shell(&self.example.to_string()))
        };
        out.line(format_args!("  countersign graphql {}{input}", self.name));
    }
}

fn tell_words(text: &str, out: &mut Output) {
    for line in wrapped(text, out.width().min(100) - 2) {
        out.line(format_args!("  {line}"));
    }
}

fn known_from(source: Source) -> String {
    if source.is_unverified() {
        format!(" Known from: {}, and so unverified (--schema-check settles it).", check::word(source))
    } else {
        String::new()
    }
}

/// Whether an argument says which page of a feed: that has a default.
fn is_place(document: &Document, argument: &Argument) -> bool {
    document.is_paged() && matches!(argument.name, "limit" | "offset")
}

/// What a type does not say.
fn note(document: &Document, argument: &Argument) -> String {
    match argument.form {
        Form::Json => return "any JSON; it is sent as a text".to_owned(),
        Form::Terminals => {
            return "for each start terminal {\"text\": …}, {\"type\": …, \"id\": …}, or a list of these".to_owned();
        }
        Form::Plain | Form::Literal => {}
    }
    match argument.name {
        "limit" if is_place(document, argument) => format!("{PAGE} unless given"),
        "offset" if is_place(document, argument) => "0 unless given".to_owned(),
        _ if argument.batch > 0 => format!("at most {} in one request; longer lists are split", argument.batch),
        _ => words(argument.ty),
    }
}

/// The words of an enum.
fn words(ty: &str) -> String {
    Type::find(ty).filter(|ty| ty.kind == Kind::Enum).map(|ty| ty.names().join(" | ")).unwrap_or_default()
}

/// An object that holds itself is shown so deep.
const DEPTH: usize = 4;

fn object(ty: &str, depth: usize) -> Option<Type> {
    Type::find(ty).filter(|ty| ty.kind == Kind::Input && depth < DEPTH)
}

fn members(ty: &str, depth: usize, rows: &mut Vec<Row>) {
    for field in object(ty, depth).into_iter().flat_map(Type::fields) {
        let note = if field.json { "JSON, as a text".to_owned() } else { words(field.ty) };
        rows.push(Row { depth, name: field.name, ty: field.ty, required: field.ty.ends_with('!'), note });
        members(field.ty, depth + 1, rows);
    }
}

fn members_json(ty: &str, depth: usize) -> Option<Vec<Value>> {
    let member = |field: Field| {
        json!({ "name": field.name, "type": field.ty, "required": field.ty.ends_with('!'),
            "members": members_json(field.ty, depth + 1) })
    };
    object(ty, depth).map(|ty| ty.fields().map(member).collect())
}

/// A value that an argument could be given.
fn given(document: &Document, argument: &Argument) -> Value {
    match argument.form {
        Form::Json => json!({}),
        Form::Terminals => json!([{ "text": "…" }]),
        _ if is_place(document, argument) => json!(if argument.name == "limit" { PAGE } else { 0 }),
        Form::Plain | Form::Literal => value(argument.ty, 0),
    }
}

fn value(ty: &str, depth: usize) -> Value {
    let ty = ty.trim_end_matches('!');
    if let Some(item) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        return json!([value(item, depth)]);
    }
    match (ty, Type::find(ty)) {
        ("Int", _) => json!(1),
        ("Float", _) => json!(1.5),
        ("Boolean", _) => json!(true),
        (_, Some(ty)) if ty.kind == Kind::Enum => json!(ty.names().first()),
        (_, Some(of)) if of.kind == Kind::Input => {
            let fields = of.fields().filter(|field| depth + 1 < DEPTH || field.ty.ends_with('!'));
            let member = |field: Field| {
                let value = if field.json { json!("{}") } else { value(field.ty, depth + 1) };
                (field.name.to_owned(), value)
            };
            Value::Object(fields.map(member).collect())
        }
        _ => json!("…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign::{Options, Platform};

    /// The library itself takes every example, so nobody has to guess what a placeholder stands for.
    #[test]
    fn every_example_is_taken_as_it_stands() {
        let options = Options::new().set("access_key", "check").set("secret_key", "check").set("region", "us");
        let spiff = Platform::new("spiff", &options).unwrap();
        let mut seen = 0;
        for operation in SPIFF.iter().filter(|one| one.document().is_some()) {
            let shown = Shown::of(operation.document().unwrap(), operation.name, operation.effect);
            let input = shown.example.to_string();
            let prepared = spiff.prepare(operation.name, input.as_bytes(), None);
            assert!(prepared.is_ok(), "{}: {input}: {:?}", operation.name, prepared.err());
            seen += 1;
        }
        assert!(seen > 70, "{seen}");
        let waiting = Shown::waiting("process_execution_wait", Effect::Read).example.to_string();
        spiff.prepare("process_execution_wait", waiting.as_bytes(), None).unwrap();
    }

    #[test]
    fn what_is_alike_has_the_words_asked_for() {
        for (known, asked, yes) in [
            ("transaction_update", "transaction", true),
            ("transaction_update", "update-transactions", true),
            ("bundle_update", "transaction", false),
            ("bundles", "Bundle", true),
            ("bundles", "x", false),
            ("bundles", "", false),
        ] {
            assert_eq!(alike(known, asked), yes, "{known} {asked}");
        }
    }
}
