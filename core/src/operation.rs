//! One operation of a platform: its name, what it does, how it is prepared and run. The tables are in
//! [`operations`](crate::operations).

use crate::call::{Call, Json};
use crate::delivery::Effect;
use crate::error::{Error, ErrorKind, Problem};
use crate::json::{self, Fields, Problems};
use crate::spiff::document::Document;
use crate::suggest::nearest;
use crate::time::Timestamp;
use crate::tree::Tree;

/// Prepares an operation from its input, as JSON.
pub type Prepare<A> = fn(&A, &[u8], Timestamp) -> Result<Call<Json>, Error>;

/// How an operation is run.
#[derive(Clone, Copy, Debug)]
pub enum Steps {
    /// One request.
    One,
    /// A GraphQL operation: one request, or several where its list of ids is longer than one takes.
    Document(&'static Document),
    /// The one harmless read, and what it tells about credentials and clock.
    Check,
    /// Reads the designs of an order back and judges what it saw.
    Settle,
    /// Looks at a process execution until it has ended.
    Wait,
}

/// One operation of a platform; `A` is its account.
pub struct Operation<A> {
    /// Its name, the same in every language but for the case.
    pub name: &'static str,
    /// What it does at the platform, as far as its name tells: see [`Operation::effect_of`].
    pub effect: Effect,
    /// The members of its input.
    pub input: &'static str,
    /// How it is run.
    pub steps: Steps,
    prepare: Prepare<A>,
    /// For those whose input decides what they do.
    effect_of: Option<fn(&[u8]) -> Effect>,
}

impl<A> Clone for Operation<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for Operation<A> {}

impl<A> std::fmt::Debug for Operation<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operation").field("name", &self.name).field("effect", &self.effect).finish_non_exhaustive()
    }
}

impl<A> Operation<A> {
    /// The row of a GraphQL operation.
    pub(crate) const fn of(document: &'static Document, input: &'static str, prepare: Prepare<A>) -> Self {
        let Document { name, effect, .. } = *document;
        Self { name, effect, input, steps: Steps::Document(document), prepare, effect_of: None }
    }

    /// Any other row.
    pub(crate) const fn row(name: &'static str, effect: Effect, input: &'static str, prepare: Prepare<A>) -> Self {
        Self { name, effect, input, steps: Steps::One, prepare, effect_of: None }
    }

    pub(crate) const fn steps(self, steps: Steps) -> Self {
        Self { steps, ..self }
    }

    pub(crate) const fn decided_by_input(self, effect_of: fn(&[u8]) -> Effect) -> Self {
        Self { effect_of: Some(effect_of), ..self }
    }

    /// What it does with this input: `graphql` with a query reads, and so does `request` with GET. An input that cannot be
    /// read is taken for the most that the operation can do.
    pub fn effect_of(&self, input: &[u8]) -> Effect {
        self.effect_of.map_or(self.effect, |decide| decide(input))
    }

    /// Prepares it. What is refused here was not sent, and a change or an order that was refused says so by its outcome.
    ///
    /// # Errors
    /// For an input that does not fit, with every problem; `unsupported` for `settle`, which is more than one request.
    pub fn prepare(&self, account: &A, input: &[u8], now: Timestamp) -> Result<Call<Json>, Error> {
        (self.prepare)(account, input, now).map_err(|error| error.before_sending(self.effect_of(input)))
    }

    /// What it is made of, where it is a GraphQL operation by its row.
    pub fn document(&self) -> Option<&'static Document> {
        match self.steps {
            Steps::Document(document) => Some(document),
            _ => None,
        }
    }
}

/// A row as the languages show it.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Row {
    /// Its name, the same in every language but for the case.
    pub name: &'static str,
    /// `read`, `order` or `change`.
    pub effect: Effect,
    /// The members of its input.
    pub input: &'static str,
}

/// The rows of a table as the languages show them.
pub fn rows<A>(operations: &[Operation<A>]) -> Vec<Row> {
    operations.iter().map(|it| Row { name: it.name, effect: it.effect, input: it.input }).collect()
}

/// The operation of this name.
///
/// # Errors
/// `invalid_argument`, with the nearest name.
pub fn find<'o, A>(operations: &'o [Operation<A>], name: &str) -> Result<&'o Operation<A>, Error> {
    operations.iter().find(|operation| operation.name == name).ok_or_else(|| {
        let names: Vec<_> = operations.iter().map(|operation| operation.name).collect();
        let hint = match nearest(name, &names) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => format!("There are: {}.", names.join(", ")),
        };
        Error::argument(format!("There is no operation {name:?}. {hint}"))
    })
}

/// The error for an input that a host could not write as JSON (a cycle, a number that is none, text that is not Unicode):
/// the same kind as for any other mistake in it.
pub fn unusable(effect: Effect, problems: Vec<Problem>) -> Error {
    let (kind, what) = match effect {
        Effect::Order => (ErrorKind::InvalidOrder, "The order"),
        _ => (ErrorKind::InvalidArgument, "The input"),
    };
    Error::of_problems(kind, what, problems).before_sending(effect)
}

/// Reads the input object of an operation; an empty text is an empty object.
pub(crate) fn read<'a, T>(
    input: &'a [u8],
    known: &[&str],
    take: impl FnOnce(&Fields<'_, 'a>, &mut Problems) -> Option<T>,
) -> Result<T, Error> {
    let input = if input.trim_ascii().is_empty() { b"{}" } else { input };
    json::read_tree(
        Tree::read_around(input, "The input")?,
        "The input",
        ErrorKind::InvalidArgument,
        |node, problems| {
            let fields = node.fields(problems)?;
            fields.refuse_others(known, "", problems);
            take(&fields, problems)
        },
    )
}
