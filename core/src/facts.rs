//! Errors from their facts, for tests that stand something else in for a client: the record that every error is written as,
//! read. What follows from the others is filled in; what cannot be together is refused, so that no mock says what no client
//! would.

use crate::delivery::{Attempt, Class, Effect, Outcome};
use crate::error::{Error, ErrorKind, Problem};
use crate::options::SETTLE_DELAY;
use crate::suggest::nearest;
use crate::time::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    kind: String,
    #[serde(default)]
    effect: Given<Effect>,
    outcome: Option<String>,
    message: Option<String>,
    #[serde(default)]
    problems: Vec<Problem>,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    sent_at: Option<i64>,
    settle_after: Option<i64>,
    #[serde(default)]
    attempts: Vec<Attempt>,
    body: Option<String>,
    // These follow from the others.
    #[serde(rename = "number")]
    _number: Option<i32>,
    #[serde(rename = "next_step")]
    _next_step: Option<String>,
    #[serde(rename = "retryable")]
    _retryable: Option<bool>,
    #[serde(rename = "attempt")]
    _attempt: Option<Attempt>,
}

/// Absent is not null: null says that it struck nothing at the platform.
#[derive(Default)]
enum Given<T> {
    #[default]
    Absent,
    Is(Option<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::Is)
    }
}

/// Facts that are compared with what follows.
const FOLLOWS: [&str; 8] =
    ["number", "outcome", "retryable", "next_step", "status", "retry_after", "sent_at", "settle_after"];

impl Error {
    /// Makes the error that a client would give, from a JSON object of facts, for a test's own mock. `kind` is due; also
    /// taken are `effect` (`order`, which it is if nothing is said, `change`, `read`, or null for what sends nothing),
    /// `outcome`, `message`, `problems`, `status`, `request_id`, `retry_after`, `sent_at`, `settle_after`, `attempts`, and
    /// `body` as text. The record of an error (its JSON) makes the same error again.
    ///
    /// A kind that may stand for either outcome (`timeout`, `aborted`, `throttled`, `internal`) is unknown, where nothing
    /// else is said, for orders and changes but for `throttled`. Such an error was sent `now`, and settles after the usual
    /// delay, if nothing else is said.
    ///
    /// # Errors
    /// `invalid_argument`, with problems, for what is no fact, or contradicts the others: an error of a refused order that
    /// is retryable, say.
    pub fn of_facts(json: &[u8], now: Timestamp) -> Result<Self, Self> {
        let unusable = |why: &dyn std::fmt::Display| {
            Self::argument(format!("The facts cannot be read: {why}. A JSON object with a \"kind\" is due."))
        };
        let given: Map<String, Value> = serde_json::from_slice(json).map_err(|why| unusable(&why))?;
        let facts: Facts = serde_json::from_slice(json).map_err(|why| unusable(&why))?;
        let kind = ErrorKind::from_name(&facts.kind).ok_or_else(|| {
            let known: Vec<_> = ErrorKind::ALL.iter().map(|kind| kind.name()).collect();
            let meant = nearest(&facts.kind, &known).map(|name| format!(" Did you mean {name}?"));
            Self::argument(format!("There is no kind {:?}.{}", facts.kind, meant.unwrap_or_default()))
        })?;
        let effect = match facts.effect {
            Given::Is(effect) => effect,
            Given::Absent => Some(Effect::Order).filter(|_| strikes_calls(kind)),
        };
        let message = facts.message.as_deref().unwrap_or(kind.meaning());
        let mut error = match effect {
            None => Self::new(kind, message),
            Some(effect) => match class(kind, effect, facts.outcome.as_deref()) {
                Some(class) => Self::of_class(class, effect, message),
                None => Self::new(kind, message).before_sending(effect),
            },
        };
        error = error.with_problems(facts.problems).with_retry_after(facts.retry_after).with_attempts(facts.attempts);
        if facts.status.is_some() || facts.body.is_some() || facts.request_id.is_some() {
            let body = facts.body.unwrap_or_default();
            error = error.with_reply(facts.status, facts.request_id.as_deref(), body.as_bytes());
        }
        let sent_at = facts.sent_at.map_or(now, Timestamp::from_unix);
        let delay = facts.settle_after.map_or(SETTLE_DELAY.into(), |at| at - sent_at.unix());
        error = error.with_times(sent_at, u32::try_from(delay).unwrap_or_default());
        let problems = contradictions(&given, &error);
        if problems.is_empty() {
            Ok(error)
        } else {
            Err(Self::of_problems(ErrorKind::InvalidArgument, "The error", problems))
        }
    }
}

/// Whether this kind is one of calls: signatures and the store send nothing.
fn strikes_calls(kind: ErrorKind) -> bool {
    !matches!(kind.number(), 20..40 | 80..90)
}

/// The first class of this kind with that outcome; where none is said, in doubt before certain.
fn class(kind: ErrorKind, effect: Effect, outcome: Option<&str>) -> Option<Class> {
    let of_kind = || Class::ALL.iter().copied().filter(|class| class.kind() == Some(kind));
    let with = |name: &str| of_kind().find(|class| class.outcome(effect).is_some_and(|outcome| outcome.name() == name));
    match outcome {
        Some(name) => with(name).or_else(|| of_kind().next()),
        // That a platform throttles before it acts is assumed unless an option says otherwise.
        None if kind == ErrorKind::Throttled => of_kind().next(),
        None => with(Outcome::Unknown.name()).or_else(|| of_kind().next()),
    }
}

/// What was given, and is not what follows.
fn contradictions(given: &Map<String, Value>, error: &Error) -> Vec<Problem> {
    let Ok(made) = serde_json::to_value(error) else { return Vec::new() };
    let follows = FOLLOWS.iter().filter_map(|name| Some((*name, given.get(*name)?)));
    follows
        .filter(|(name, value)| **value != made[*name])
        .map(|(name, _)| {
            let is = if made[name].is_null() { "nothing".to_owned() } else { made[name].to_string() };
            Problem::new(
                name,
                "contradiction",
                format!("With the other facts it is {is}. Leave it out, or correct those."),
            )
        })
        .collect()
}
