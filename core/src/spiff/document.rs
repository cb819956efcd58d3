//! A GraphQL operation by its row: input checked, document put together, answer read.
//!
//! A document names only the arguments that were given, so that one that the platform does not know harms nobody who
//! leaves it out. Ids travel as variables, never inside the text.

use super::account::Account;
use super::flow;
use super::graphql;
use super::model::{Source, Type};
use super::{selection, variables};
use crate::call::{Call, Json, Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind};
use crate::json::{self, Members, Node, Problems};
use crate::time::Timestamp;
use crate::walk;
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

/// The items of a page of a feed unless `limit` says otherwise.
pub const PAGE: u32 = 50;

/// One operation of the platform's GraphQL API.
#[derive(Debug)]
pub struct Document {
    /// Our name of it.
    pub name: &'static str,
    /// What it does at the platform.
    pub effect: Effect,
    /// Its name in the document.
    pub operation: &'static str,
    /// Its field of `Query` or `Mutation`.
    pub field: &'static str,
    /// What it takes.
    pub arguments: &'static [Argument],
    /// The type of its answer, such as `[Transaction]`.
    pub answer: &'static str,
    /// The answered objects: the items of a feed, else the answer; empty for an answer without fields.
    pub of: &'static str,
    /// What it asks for unless `select` says otherwise.
    pub selection: &'static str,
    /// Its answer is aligned with its ids.
    pub aligned: bool,
    /// It answers items: `{ items, total?, next }`.
    pub feed: bool,
    /// What it rests on.
    pub source: Source,
}

/// One argument of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// The type that its variable is declared with.
    pub ty: &'static str,
    /// How its value is written.
    pub form: Form,
    /// The most entries that one request takes; 0 where nothing is known.
    pub batch: usize,
    /// Whether it grants access, so that no message repeats it.
    pub secret: bool,
    /// What it rests on.
    pub source: Source,
}

/// How the value of an argument is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As it is given.
    Plain,
    /// As JSON in a text.
    Json,
    /// As JSON texts, one for each start terminal of a flow.
    Terminals,
    /// Inside the document, because the name of its type is in doubt.
    Literal,
}

/// An argument as most are, for the generated rows.
pub(super) const fn argument(name: &'static str, ty: &'static str, source: Source) -> Argument {
    Argument { name, ty, form: Form::Plain, batch: 0, secret: false, source }
}

impl Argument {
    pub(super) const fn batch(self, batch: usize) -> Self {
        Self { batch, ..self }
    }

    pub(super) const fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// Whether it has to be given.
    pub fn is_required(&self) -> bool {
        self.ty.ends_with('!')
    }

    fn is_ids(&self) -> bool {
        self.name == "ids" || self.name.ends_with("Ids")
    }
}

/// An input without problems.
pub struct Input<'a> {
    document: &'static Document,
    variables: Vec<(&'static Argument, Cow<'a, RawValue>)>,
    selection: Cow<'static, str>,
    /// The entries of the list that is split when it is too long.
    batch: Vec<&'a RawValue>,
    /// Where the page of a feed begins, and how long it is.
    page: (u64, u64),
}

impl Document {
    /// The argument that is split when it is too long.
    pub fn batch(&self) -> Option<&'static Argument> {
        self.arguments.iter().find(|argument| argument.batch > 0)
    }

    /// Whether it is a feed with pages.
    pub fn is_paged(&self) -> bool {
        self.feed && self.arguments.iter().any(|argument| argument.name == "offset")
    }

    /// Reads an input: a JSON object with the arguments, and `select`.
    ///
    /// # Errors
    /// `invalid_argument` with every problem and its path; `invalid_json`.
    pub fn read<'a>(&'static self, input: &'a [u8]) -> Result<Input<'a>, Error> {
        self.checked(input).map_err(|error| error.before_sending(self.effect))
    }

    fn checked<'a>(&'static self, input: &'a [u8]) -> Result<Input<'a>, Error> {
        let input = if input.trim_ascii().is_empty() { b"{}" } else { input };
        let (raw, doubled) = json::check(input, "The input")?;
        let mut problems = Problems(doubled);
        let mut read = Input {
            document: self,
            variables: Vec::with_capacity(self.arguments.len()),
            selection: Cow::Borrowed(self.selection),
            batch: Vec::new(),
            page: (0, PAGE.into()),
        };
        if let Some(fields) = Node::root(raw).fields(&mut problems) {
            let mut known: Vec<&str> = self.arguments.iter().map(|argument| argument.name).collect();
            let of = Type::find(self.of).filter(|_| !self.of.is_empty());
            if of.is_some() {
                known.push("select");
            }
            fields.refuse_others(&known, "", &mut problems);
            for argument in self.arguments {
                let place = self.is_paged() && matches!(argument.name, "limit" | "offset");
                // Null clears what may be null; elsewhere it stands for nothing given.
                let cleared = !place && !argument.is_required();
                match fields.given(argument.name).filter(|node| cleared || !node.is_null()) {
                    Some(node) => read.take(argument, &node, &mut problems),
                    None if place => {
                        let value = if argument.name == "limit" { PAGE } else { 0 };
                        let value = serde_json::value::to_raw_value(&value).ok();
                        read.variables.extend(value.map(|value| (argument, Cow::Owned(value))));
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
                let line = text.and_then(|text| selection::read(&text, of, self.aligned, &node.path, &mut problems));
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
    fn take(&mut self, argument: &'static Argument, node: &Node<'a>, problems: &mut Problems) {
        let found = problems.0.len();
        let value = match argument.form {
            Form::Json => variables::json_text(node, problems),
            Form::Terminals => flow::terminals(node, problems),
            Form::Plain | Form::Literal => {
                match argument.ty.trim_end_matches('!') {
                    _ if argument.is_ids() && !node.is_null() => variables::ids(node, problems),
                    "String" if argument.name == "id" || argument.name.ends_with("Id") => {
                        if !node.is_null() {
                            _ = node.name(problems);
                        }
                    }
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
                    problems.add(&node.path, "empty", "The list is empty: there is nothing to do.");
                }
                if argument.batch > 0 {
                    self.batch = serde_json::from_str(node.text()).unwrap_or_default();
                }
                Some(Cow::Borrowed(node.raw))
            }
        };
        if argument.secret {
            // These name no value; others may.
            let silent = |code| matches!(code, "missing" | "empty" | "control_character");
            for problem in problems.0[found..].iter_mut().filter(|problem| !silent(problem.code)) {
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
        let (field, first, page) = (document.field, part.start, self.page);
        account.post("/graphql", self.body(part)?, document.effect, now, move |reply| {
            let answered = Answered::of(reply, document, &ids, first)?;
            match document {
                Document { feed: true, .. } => answered.page(document.is_paged().then_some(page)),
                Document { aligned: true, .. } => graphql::aligned(answered.value, field, &ids),
                _ => Ok(Cow::Borrowed(answered.value)),
            }
        })
    }

    /// Prepares the read of a single id, whose answer is the object alone.
    pub(super) fn prepare_one<T>(&self, account: &Account, now: Timestamp) -> Result<Call<T>, Error> {
        let document = self.document;
        let ids = self.aligned_ids(&(0..1));
        account.post("/graphql", self.body(0..1)?, document.effect, now, move |reply| {
            let answered = Answered::of(reply, document, &ids, 0)?;
            let aligned = graphql::aligned(answered.value, document.field, &ids)?;
            let one = aligned.get().trim().trim_start_matches('[').trim_end_matches(']');
            let one = RawValue::from_string(one.to_owned());
            one.map(Cow::Owned).map_err(|error| Refusal::new(Class::UnexpectedReply, error.to_string()))
        })
    }

    fn aligned_ids(&self, part: &Range<usize>) -> Vec<String> {
        if !self.document.aligned {
            return Vec::new();
        }
        let ids = self.batch.get(part.clone()).unwrap_or_default();
        ids.iter().filter_map(|id| serde_json::from_str(id.get()).ok()).collect()
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
        let mut text = String::from("[");
        let mut add = |part: &str| {
            if !part.trim().is_empty() {
                text.push_str(if text.len() > 1 { "," } else { "" });
                text.push_str(part);
            }
        };
        for (range, answer) in answers {
            match answer {
                Some(json) => {
                    let list = json.get().trim();
                    add(list.strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(list));
                }
                None if self.document.aligned => range.clone().for_each(|_| add("null")),
                None => {}
            }
        }
        text.push(']');
        let joined = RawValue::from_string(text);
        joined.map(Json).map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be joined: {error}")))
    }

    /// The operation it is for.
    pub fn document(&self) -> &'static Document {
        self.document
    }
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
            Whole(&'v RawValue),
            Part(&'v [&'v RawValue]),
        }
        to.collect_map(self.input.variables.iter().filter(|(argument, _)| argument.form != Form::Literal).map(
            |(argument, value)| {
                (argument.name, if argument.batch > 0 && !whole { Value::Part(some) } else { Value::Whole(value) })
            },
        ))
    }
}

/// The value that a reply answers.
struct Answered<'r> {
    value: &'r RawValue,
    field: &'static str,
}

impl<'r> Answered<'r> {
    fn of(reply: &'r Reply, document: &'static Document, ids: &[String], first: usize) -> Result<Self, Refusal> {
        let field = document.field;
        let body = graphql::body::<Members<'r>>(reply)?;
        let null = |body: &graphql::Body<'_, _>| {
            match document.effect {
            Effect::Read => body.refusal(
                Class::MissingData,
                &format!(
                    "The platform answered, but shows no {field} to these credentials: what was asked for is not there, or \
                     that is how it refuses unknown or unsigned callers."
                ),
            ),
            Effect::Order => body.refusal(Class::OrderNull, "The platform answered null instead of the order."),
            Effect::Change => body.refusal(
                Class::MissingData,
                &format!(
                    "The platform answered null for {field}. So it refuses without a word; but it may have been done."
                ),
            ),
        }
        };
        let data = match body.data() {
            Ok(data) => data,
            Err(refusal) if refusal.class == Class::MissingData => return Err(null(&body)),
            // An order beside errors may stand.
            Err(refusal) if document.effect == Effect::Order && refusal.class == Class::PartialErrors => {
                match body.partial(field) {
                    Some(value) => return Ok(Self { value, field }),
                    None => return Err(null(&body)),
                }
            }
            Err(refusal) => return Err(named(refusal, field, body.partial(field), ids, first)),
        };
        let value = graphql::value(data, field).ok_or_else(|| null(&body))?;
        let due = match document.answer {
            list if list.starts_with('[') => Some(('[', "a list")),
            _ if document.of.is_empty() => None,
            _ => Some(('{', "an object")),
        };
        match due {
            Some((first, words)) if !value.get().starts_with(first) => {
                Err(Refusal::new(Class::UnexpectedReply, format!("{field} is not {words}.")))
            }
            _ => Ok(Self { value, field }),
        }
    }

    /// A page, with `next`: the offset of the page after it, or null after the last. `page`: its offset and limit.
    fn page(&self, page: Option<(u64, u64)>) -> Result<Cow<'r, RawValue>, Refusal> {
        let unexpected = |why: String| Refusal::new(Class::UnexpectedReply, format!("{}: {why}.", self.field));
        let text = self.value.get();
        let members = serde_json::from_str::<Members<'r>>(text).map_err(|error| unexpected(error.to_string()))?.0;
        let member = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, raw)| *raw);
        let items = member("items").filter(|raw| raw.get() != "null").ok_or_else(|| {
            Refusal::new(
                Class::MissingData,
                format!("{}: the platform answered no items: these credentials may not see them.", self.field),
            )
        })?;
        let items: Vec<&RawValue> =
            serde_json::from_str(items.get()).map_err(|error| unexpected(format!("items is not a list: {error}")))?;
        let count = items.len() as u64;
        let total: Option<u64> = member("total").and_then(|raw| serde_json::from_str(raw.get()).ok());
        let next = page.and_then(|(offset, limit)| {
            let next = offset + count;
            let more = match total {
                Some(total) => count > 0 && next < total,
                // Without a total a full page may have another one after it. A longer page than asked for is everything.
                None => count == limit,
            };
            more.then_some(next)
        });
        let open = text.trim_end().strip_suffix('}').unwrap_or(text);
        let next = next.map_or_else(|| "null".to_owned(), |next| next.to_string());
        RawValue::from_string(format!("{open},\"next\":{next}}}"))
            .map(Cow::Owned)
            .map_err(|error| unexpected(error.to_string()))
    }
}

/// Errors of a list read by ids: each says which id it is about, and its path counts in the whole list of ids. The
/// platform's own path counts in the `list` that it answered, which may be shorter or in another order.
fn named(mut refusal: Refusal, field: &str, list: Option<&RawValue>, ids: &[String], first: usize) -> Refusal {
    let items = list.filter(|list| list.get().starts_with('['));
    let items: Option<Vec<_>> =
        items.map(|list| walk::items(list.get()).map(|item| walk::text_of(item, "id")).collect());
    let place_of = |index: usize| match items.as_ref().and_then(|items| items.get(index)) {
        Some(Some(id)) if ids.get(index).is_some_and(|asked| asked == id) => Some(index),
        Some(Some(id)) => ids.iter().position(|asked| asked == id),
        _ => Some(index).filter(|index| *index < ids.len() && items.as_ref().is_none_or(|it| it.len() == ids.len())),
    };
    if ids.is_empty() {
        return refusal;
    }
    for problem in &mut refusal.problems {
        let Some(rest) = problem.path.strip_prefix(field).and_then(|rest| rest.strip_prefix('[')) else { continue };
        let Some((index, rest)) = rest.split_once(']') else { continue };
        let Ok(index) = index.parse::<usize>() else { continue };
        problem.path = match place_of(index) {
            Some(place) => {
                problem.message = format!("{} (id {:?})", problem.message, ids[place]);
                format!("{field}[{}]{rest}", first + place)
            }
            None => format!("{field}[?]{rest}"),
        };
    }
    refusal
}
