//! A GraphQL operation as data: its row. How an input of it is asked is in [`asked`](super::asked), how its answer is read
//! in `answered`.

use super::model::Source;
use crate::delivery::Effect;

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
    /// It answers items: `{ items, total?, next, mark? }`.
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

    pub(super) fn is_ids(&self) -> bool {
        super::variables::is_ids(self.name)
    }
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
}
