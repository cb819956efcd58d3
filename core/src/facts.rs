//! Errors from their facts, for tests that stand something else in for a client: the record that every error is written as,
//! read. What follows from the others is filled in; what cannot be together is refused, so that no mock says what no client
//! would.

use crate::delivery::{Attempt, Class, Effect, Level, Outcome};
use crate::error::{Error, ErrorKind, Problem};
use crate::json::{self, Node, Problems};
use crate::kind::Band;
use crate::options::SETTLE_DELAY;
use crate::suggest::nearest;
use crate::time::{LAST, Timestamp};

/// The facts of an error, and of an attempt.
const FACTS: [&str; 17] = [
    "kind",
    "effect",
    "outcome",
    "message",
    "problems",
    "status",
    "request_id",
    "retry_after",
    "sent_at",
    "settle_after",
    "attempts",
    "body",
    "number",
    "band",
    "next_step",
    "retryable",
    "attempt",
];
const ATTEMPT: [&str; 10] = [
    "method",
    "url",
    "status",
    "milliseconds",
    "request_id",
    "bytes_sent",
    "bytes_received",
    "skew",
    "number",
    "level",
];

impl Error {
    /// Makes the error that a client would give, from a JSON object of facts, for a test's own mock. `kind` is due; also
    /// taken are `effect` (`order`, which it is if nothing is said, `change`, `read`, or null for what sends nothing),
    /// `outcome`, `message`, `problems`, `status`, `request_id`, `retry_after`, `sent_at`, `settle_after`, `attempts`, and
    /// `body` as text. The record of an error (its JSON) makes the same error again.
    ///
    /// A kind that may stand for either outcome (`timeout`, `aborted`, `internal`) is unknown where nothing else is said,
    /// for an order or a change; `throttled` is not placed. What is unknown was sent `now`, and settles after the usual
    /// delay, if nothing else is said.
    ///
    /// # Errors
    /// `invalid_argument`, with problems, for what is no fact, or contradicts the others: an error of a refused order that
    /// is retryable, say.
    pub fn of_facts(json: &[u8], now: Timestamp) -> Result<Self, Self> {
        json::read(json, "The error", ErrorKind::InvalidArgument, |facts, problems| read(facts, now, problems))
    }
}

fn read(node: Node<'_, '_>, now: Timestamp, problems: &mut Problems) -> Option<Error> {
    let facts = node.fields(problems)?;
    facts.refuse_others(&FACTS, "", problems);
    let text = |key: &str, problems: &mut Problems| facts.optional(key).and_then(|node| node.string(problems));
    let whole = |key: &str, most: i64, problems: &mut Problems| {
        facts.optional(key).and_then(|node| node.integer(0, most, "", problems))
    };

    let kind = facts.required("kind", "It is the name of a kind, such as \"timeout\".", problems)?;
    let kind = one_of(kind, ErrorKind::ALL, ErrorKind::name, problems)?;
    let effect = match facts.given("effect") {
        Some(node) if node.is_null() => None,
        Some(node) => {
            Some(one_of(node, &[Effect::Order, Effect::Change, Effect::Read], |effect| effect.name(), problems)?)
        }
        // Signatures and the store send nothing.
        None => Some(Effect::Order).filter(|_| !matches!(kind.band(), Band::Signature | Band::Outbox)),
    };
    let outcome = text("outcome", problems);
    let message = text("message", problems);
    let message = message.as_deref().unwrap_or(kind.meaning());
    let mut error = match effect.map(|effect| (effect, class(kind, effect, outcome.as_deref()))) {
        None => Error::new(kind, message),
        Some((effect, Some(class))) => Error::of_class(class, effect, message),
        Some((effect, None)) => Error::new(kind, message).before_sending(effect),
    };
    let status = whole("status", 999, problems).and_then(|status| u16::try_from(status).ok());
    let (request_id, body) = (text("request_id", problems), text("body", problems));
    if status.is_some() || request_id.is_some() || body.is_some() {
        error = error.with_reply(status, request_id.as_deref(), body.as_deref().unwrap_or_default().as_bytes());
    }
    let retry_after = whole("retry_after", u32::MAX.into(), problems).and_then(|seconds| seconds.try_into().ok());
    let sent_at = whole("sent_at", LAST, problems).map_or(now, Timestamp::from_unix);
    let delay = whole("settle_after", LAST, problems).map(|at| u32::try_from(at - sent_at.unix()).unwrap_or_default());
    error = error.with_retry_after(retry_after).with_times(sent_at, delay.unwrap_or(SETTLE_DELAY));
    let items = |key: &str, problems: &mut Problems| {
        facts.optional(key).and_then(|list| list.items(problems)).into_iter().flatten()
    };
    let listed: Vec<_> = items("problems", problems).filter_map(|node| problem(node, problems)).collect();
    let mut made = items("attempts", problems).peekable();
    let mut attempts = Vec::new();
    while let Some(node) = made.next() {
        let level = made.peek().map_or(Level::Warning, |_| Level::of(effect.unwrap_or(Effect::Read)));
        attempts.extend(attempt(node, level, problems));
    }
    error = error.with_problems(listed).with_attempts(attempts);

    // What follows, and may be given: as the record has it.
    let number = |number: Option<i64>| number.map_or_else(|| "null".to_owned(), |number| number.to_string());
    let seconds = |time: Option<Timestamp>| number(time.map(Timestamp::unix));
    for (key, made) in [
        ("number", number(Some(kind.number().into()))),
        ("band", kind.band().name().to_owned()),
        ("outcome", error.outcome().map_or("null", Outcome::name).to_owned()),
        ("retryable", error.retryable().to_string()),
        ("next_step", error.next_step().to_owned()),
        ("sent_at", seconds(error.sent_at())),
        ("settle_after", seconds(error.settle_after())),
    ] {
        let Some(given) = facts.given(key) else { continue };
        let says = if given.text().starts_with('"') { given.string(problems)? } else { given.text().into() };
        if says != made {
            contradiction(given, if made == "null" { "nothing" } else { &made }, problems);
        }
    }
    if let Some(given) = facts.optional("attempt")
        && attempt(given, Level::Warning, problems).as_ref() != error.attempt()
    {
        contradiction(given, "the last of the attempts", problems);
    }
    Some(error)
}

/// The one with this name.
fn one_of<T: Copy>(node: Node<'_, '_>, all: &[T], name: fn(T) -> &'static str, problems: &mut Problems) -> Option<T> {
    let word = node.string(problems)?;
    let found = all.iter().copied().find(|one| name(*one) == word);
    if found.is_none() {
        let names: Vec<_> = all.iter().map(|one| name(*one)).collect();
        let hint = match nearest(&word, &names) {
            Some(near) => format!("Did you mean {near:?}?"),
            None => format!("Known here: {}.", names.join(", ")),
        };
        problems.add(node, "unknown", hint);
    }
    found
}

fn contradiction(given: Node<'_, '_>, made: &str, problems: &mut Problems) {
    let message = format!("With the other facts it is: {made}. Leave it out, or correct those.");
    problems.add(given, "contradiction", message);
}

fn problem(node: Node<'_, '_>, problems: &mut Problems) -> Option<Problem> {
    let fields = node.fields(problems)?;
    fields.refuse_others(&["path", "code", "message"], "", problems);
    let mut text = |key: &str| fields.required(key, "Path, code and message are due.", problems)?.string(problems);
    let (path, code, message) = (text("path")?, text("code")?, text("message")?);
    Some(Problem::new(&path, code.into_owned(), message))
}

fn attempt(node: Node<'_, '_>, level: Level, problems: &mut Problems) -> Option<Attempt> {
    let fields = node.fields(problems)?;
    fields.refuse_others(&ATTEMPT, "", problems);
    if let Some(given) = fields.optional("level")
        && given.string(problems)? != level.name()
    {
        contradiction(given, level.name(), problems);
    }
    let text = |key: &str, problems: &mut Problems| {
        fields.optional(key).and_then(|node| node.string(problems)).map(std::borrow::Cow::into_owned)
    };
    let whole = |key: &str, least: i64, problems: &mut Problems| {
        fields.optional(key).and_then(|node| node.integer(least, i64::from(u32::MAX), "", problems))
    };
    let size = |key: &str, problems: &mut Problems| whole(key, 0, problems).unwrap_or_default().unsigned_abs();
    Some(Attempt {
        method: text("method", problems).unwrap_or_default(),
        url: text("url", problems).unwrap_or_default(),
        status: whole("status", 0, problems).and_then(|status| status.try_into().ok()),
        milliseconds: size("milliseconds", problems),
        request_id: text("request_id", problems),
        bytes_sent: size("bytes_sent", problems).try_into().unwrap_or_default(),
        bytes_received: size("bytes_received", problems).try_into().unwrap_or_default(),
        skew: whole("skew", -LAST, problems),
        number: size("number", problems).try_into().unwrap_or_default(),
        level,
    })
}

/// The first class of this kind with that outcome; where none is said, in doubt before certain.
fn class(kind: ErrorKind, effect: Effect, outcome: Option<&str>) -> Option<Class> {
    let of_kind = || Class::ALL.iter().copied().filter(|class| class.kind() == Some(kind));
    let with = |name: &str| of_kind().find(|class| class.outcome(effect).is_some_and(|outcome| outcome.name() == name));
    // That a platform throttles before it acts is assumed unless an option says otherwise.
    let usual = if kind == ErrorKind::Throttled { Outcome::NotPlaced } else { Outcome::Unknown };
    with(outcome.unwrap_or(usual.name())).or_else(|| of_kind().next())
}
