//! What a GraphQL operation asks: its input checked, its document put together, its lists split and joined.
//!
//! A document names only the arguments that were given, so that one that the platform does not know harms nobody who
//! leaves it out. Ids travel as variables, never inside the text.

use super::account::Account;
use super::answered::Answered;
use super::document::{Argument, Document, Form, PAGE};
use super::graphql;
use super::model::Type;
use super::page::Mark;
use super::{selection, variables};
use crate::call::{Call, Json, Refusal};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind};
use crate::json::{Node, Problems, Written};
use crate::time::Timestamp;
use crate::tree::Tree;
use crate::walk;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// An input without problems.
pub struct Input<'a> {
    document: &'static Document,
    variables: Vec<(&'static Argument, Cow<'a, str>)>,
    selection: Cow<'static, str>,
    /// The entries of the list that is split when it is too long.
    batch: Vec<&'a str>,
    /// Where the page of a feed begins, and how long it is.
    page: (u64, u64),
    /// What the page before it was.
    mark: Option<Mark>,
    /// Whether its answer is handed over as the platform gave it, though it could be aligned with its ids.
    as_answered: bool,
}

/// The input that asks for these ids, and of each for these fields.
///
/// # Errors
/// `internal` alone.
pub fn ids(ids: &[String], select: &str) -> Result<Vec<u8>, Error> {
    #[derive(Serialize)]
    struct Ids<'a> {
        ids: &'a [String],
        select: &'a str,
    }
    serde_json::to_vec(&Ids { ids, select }).map_err(Error::unwritten)
}

impl Document {
    /// Reads an input: a JSON object with the arguments, and `select`.
    ///
    /// # Errors
    /// `invalid_argument` with every problem and its path; `invalid_json`.
    pub fn read<'a>(&'static self, input: &'a [u8]) -> Result<Input<'a>, Error> {
        self.checked(input).map_err(|error| error.before_sending(self.effect))
    }

    fn checked<'a>(&'static self, input: &'a [u8]) -> Result<Input<'a>, Error> {
        let input = if input.trim_ascii().is_empty() { b"{}" } else { input };
        let tree = Tree::read(input, "The input")?;
        let mut problems = tree.problems();
        let mut read = Input {
            document: self,
            variables: Vec::with_capacity(self.arguments.len()),
            selection: Cow::Borrowed(self.selection),
            batch: Vec::new(),
            page: (0, PAGE.into()),
            mark: None,
            as_answered: false,
        };
        if let Some(fields) = tree.root().fields(&mut problems) {
            let mut known: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
            let of = Type::find(self.of).filter(|_| !self.of.is_empty());
            if of.is_some() {
                known.push("select");
            }
            if self.is_paged() {
                known.push("mark");
                read.mark = fields.optional("mark").and_then(|node| mark(node, &mut problems));
            }
            fields.refuse_others(&known, "", &mut problems);
            for argument in self.arguments {
                let place = self.is_paged() && matches!(argument.name, "limit" | "offset");
                // Null clears what may be null; elsewhere it stands for nothing given.
                let cleared = !place && !argument.is_required();
                match fields.given(argument.name).filter(|node| cleared || !node.is_null()) {
                    Some(node) => read.take(argument, node, &mut problems),
                    None if place => {
                        let value = if argument.name == "limit" { PAGE } else { 0 };
                        read.variables.push((argument, Cow::Owned(value.to_string())));
                    }
                    None if argument.is_required() => {
                        let message = format!("{} is missing. Give {}.", argument.name, variables::due(argument.ty));
                        problems.add(argument.name, "missing", message);
                    }
                    None => {}
                }
            }
            if let (Some(of), Some(node)) = (of, fields.optional("select")) {
                let text = node.string(&mut problems);
                let line = text.and_then(|text| selection::read(&text, of, self.aligned, &node.path(), &mut problems));
                read.selection = line.map_or(read.selection, Cow::Owned);
            }
        }
        problems.into_result("The input", ErrorKind::InvalidArgument)?;
        Ok(read)
    }

    /// Prepares it from its input, as JSON.
    ///
    /// # Errors
    /// As [`Document::read`]; and `invalid_argument` for a longer list than one request takes.
    pub fn prepare<T>(&'static self, account: &Account, input: &[u8], now: Timestamp) -> Result<Call<T>, Error> {
        let input = self.read(input)?;
        match input.parts()?.as_slice() {
            [all] => input.prepare(account, all.clone(), now),
            parts => Err(input.too_long(parts.len())),
        }
    }
}

impl<'a> Input<'a> {
    /// The same, whose answer is the list that the platform gave, aligned with nothing.
    #[must_use]
    pub fn as_answered(self) -> Self {
        Self { as_answered: true, ..self }
    }

    fn take(&mut self, argument: &'static Argument, node: Node<'_, 'a>, problems: &mut Problems) {
        let found = problems.list.len();
        let value = match argument.form {
            Form::Json => variables::json_text(node, problems),
            Form::Terminals => variables::terminals(node, problems),
            Form::Plain | Form::Literal => {
                match argument.ty.trim_end_matches('!') {
                    _ if argument.is_ids() && !node.is_null() => variables::ids(node, problems),
                    ty if variables::is_id(argument.name, ty) && !node.is_null() => _ = node.id(problems),
                    "Int" if self.document.is_paged() && matches!(argument.name, "limit" | "offset") => {
                        let least = i64::from(argument.name == "limit");
                        let number = node.integer(least, i32::MAX.into(), "", problems).map_or(0, i64::unsigned_abs);
                        let place = if argument.name == "limit" { &mut self.page.1 } else { &mut self.page.0 };
                        *place = number;
                    }
                    _ => variables::check(node, argument.ty, problems),
                }
                let counts = argument.batch > 0 || self.document.effect == Effect::Order;
                if counts && !argument.is_ids() && argument.is_required() && is_empty_list(node.text()) {
                    problems.add(node, "empty", "The list is empty: there is nothing to do.");
                }
                if argument.batch > 0 {
                    self.batch = node.children().map(Node::text).collect();
                }
                Some(Cow::Borrowed(node.text()))
            }
        };
        if argument.secret {
            // These name no value; others may.
            let silent = |code: &str| matches!(code, "missing" | "empty" | "control_character" | "invisible");
            for problem in problems.list[found..].iter_mut().filter(|problem| !silent(&problem.code)) {
                problem.message = format!("This is not {}.", variables::due(argument.ty));
            }
        }
        self.variables.extend(value.map(|value| (argument, value)));
    }

    /// The parts into which the list of a read is split, in its order. One part where there is nothing to split.
    ///
    /// # Errors
    /// `invalid_argument` for a change with a longer list than one request takes: a part of a change would be no answer.
    pub fn parts(&self) -> Result<Vec<Range<usize>>, Error> {
        let all = self.batch.len();
        match self.document.batch() {
            Some(argument) if all > argument.batch => {
                let parts = (0..all).step_by(argument.batch).map(|from| from..(from + argument.batch).min(all));
                let parts: Vec<_> = parts.collect();
                if self.document.effect == Effect::Read { Ok(parts) } else { Err(self.too_long(parts.len())) }
            }
            _ => Ok(std::iter::once(0..all).collect()),
        }
    }

    fn too_long(&self, parts: usize) -> Error {
        let (name, most) = self.document.batch().map_or(("", 0), |argument| (argument.name, argument.batch));
        let error = Error::argument(format!(
            "{name} has {} entries, more than the {most} that one request takes. Split it into {parts} lists.",
            self.batch.len(),
        ));
        error.before_sending(self.document.effect)
    }

    /// Prepares one part.
    ///
    /// # Errors
    /// `internal` alone.
    pub fn prepare<T>(&self, account: &Account, part: Range<usize>, now: Timestamp) -> Result<Call<T>, Error> {
        let document = self.document;
        let ids = self.aligned_ids(&part);
        let (field, first, page, mark) = (document.field, part.start, self.page, self.mark);
        let aligned = document.aligned && !self.as_answered;
        account.post(self.body(part)?, document.effect, now, move |reply| {
            let answered = Answered::of(reply, document, &ids, first)?;
            match document {
                Document { feed: true, .. } => answered.page(document.is_paged().then_some(page), mark),
                _ if aligned => graphql::aligned(answered.value, field, &ids),
                _ => Ok(Cow::Borrowed(answered.value)),
            }
        })
    }

    /// Prepares the read of a single id, whose answer is the object alone.
    pub(super) fn prepare_one<T>(&self, account: &Account, now: Timestamp) -> Result<Call<T>, Error> {
        let document = self.document;
        let ids = self.aligned_ids(&(0..1));
        account.post(self.body(0..1)?, document.effect, now, move |reply| {
            let answered = Answered::of(reply, document, &ids, 0)?;
            let aligned = graphql::aligned(answered.value, document.field, &ids)?;
            let one = walk::items(aligned.get()).next().unwrap_or("null");
            RawValue::from_string(one.to_owned())
                .map(Cow::Owned)
                .map_err(|error| Refusal::new(Class::UnexpectedReply, error.to_string()))
        })
    }

    fn aligned_ids(&self, part: &Range<usize>) -> Vec<String> {
        if !self.document.aligned {
            return Vec::new();
        }
        let ids = self.batch.get(part.clone()).unwrap_or_default();
        ids.iter().filter_map(|id| serde_json::from_str(id).ok()).collect()
    }

    fn body(&self, part: Range<usize>) -> Result<Vec<u8>, Error> {
        let document = self.document;
        let mut query = String::with_capacity(256 + self.selection.len());
        query.push_str(if document.effect == Effect::Read { "query " } else { "mutation " });
        query.push_str(document.operation);
        let as_variable = |argument: &&&Argument| argument.form != Form::Literal;
        let declared = self.variables.iter().map(|(argument, _)| argument).filter(as_variable);
        listed(&mut query, declared, |query, argument| write!(query, "${}: {}", argument.name, argument.ty));
        _ = write!(query, " {{ {}", document.field);
        listed(&mut query, self.variables.iter(), |query, (argument, value)| {
            write!(query, "{}: ", argument.name)?;
            if argument.form == Form::Literal {
                graphql::literal(value, query);
                Ok(())
            } else {
                write!(query, "${}", argument.name)
            }
        });
        if document.feed {
            let total = Type::find(document.answer).and_then(|it| it.field("total")).map_or("", |_| " total");
            _ = write!(query, " {{ items {{ {} }}{total} }}", self.selection);
        } else if !self.selection.is_empty() {
            _ = write!(query, " {{ {} }}", self.selection);
        }
        query.push_str(" }");
        let variables = Variables { input: self, part };
        let any = self.variables.iter().any(|(argument, _)| argument.form != Form::Literal);
        graphql::envelope(&query, any.then_some(variables), Some(document.operation))
    }

    /// Puts the answers of the parts together; `None` stands for a part of which the platform showed nothing.
    ///
    /// # Errors
    /// `internal` alone.
    pub fn join(&self, answers: &[(Range<usize>, Option<Json>)]) -> Result<Json, Error> {
        let mut items = Vec::new();
        for (range, answer) in answers {
            match answer {
                Some(json) => items.extend(walk::items(json.get())),
                None if self.document.aligned => items.extend(range.clone().map(|_| "null")),
                None => {}
            }
        }
        RawValue::from_string(format!("[{}]", items.join(","))).map(Json).map_err(Error::unwritten)
    }

    /// The operation it is for.
    pub fn document(&self) -> &'static Document {
        self.document
    }
}

fn mark(node: Node<'_, '_>, problems: &mut Problems) -> Option<Mark> {
    let mark = Mark::read(&node.string(problems)?);
    if mark.is_none() {
        let message = "This is no mark of a page. Give what the page before it answered, or nothing.";
        problems.add(node, "format", message);
    }
    mark
}

fn is_empty_list(text: &str) -> bool {
    text.strip_prefix('[').and_then(|list| list.strip_suffix(']')).is_some_and(|inner| inner.trim().is_empty())
}

/// Writes `(a, b, c)`, or nothing for nothing.
fn listed<T>(
    out: &mut String,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut String, T) -> std::fmt::Result,
) {
    let start = out.len();
    for item in items {
        out.push_str(if out.len() == start { "(" } else { ", " });
        _ = write(out, item);
    }
    if out.len() > start {
        out.push(')');
    }
}

struct Variables<'i, 'a> {
    input: &'i Input<'a>,
    part: Range<usize>,
}

impl Serialize for Variables<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let whole = self.part.len() == self.input.batch.len();
        let some = self.input.batch.get(self.part.clone()).unwrap_or_default();
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Value<'v> {
            Whole(Written<'v>),
            Part(Vec<Written<'v>>),
        }
        to.collect_map(self.input.variables.iter().filter(|(argument, _)| argument.form != Form::Literal).map(
            |(argument, value)| {
                let part = argument.batch > 0 && !whole;
                let value = if part {
                    Value::Part(some.iter().copied().map(Written).collect())
                } else {
                    Value::Whole(Written(value))
                };
                (argument.name, value)
            },
        ))
    }
}
