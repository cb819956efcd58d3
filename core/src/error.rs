//! `Error`: what went wrong, where, and what to do next.
//!
//! It keeps what happened (a [`Class`]) and what it struck (an [`Effect`]). Outcome, retryable, the next step and the times
//! of an order in doubt derive from these two, here and nowhere else.

use crate::delivery::{Attempt, Class, Effect, Level, Outcome};
pub use crate::kind::{Band, ErrorKind};
use crate::mask::Mask;
use crate::time::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::borrow::Cow;
use std::fmt;

/// One thing that is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// JSON path from the root, such as `orderItems[0].amountToOrder`; empty for the root itself.
    pub path: String,
    /// A fixed word for programs, such as `missing`, `type`, `range`, `unknown_key`.
    pub code: Cow<'static, str>,
    /// What is wrong and what is right, for a person.
    pub message: String,
}

/// The most problems that one error lists; one more says how many there are besides.
pub(crate) const MOST_PROBLEMS: usize = 100;

/// The longest message of an error, of one problem, and path, in bytes.
const LONGEST_MESSAGE: usize = 4096;
const LONGEST_PROBLEM: usize = 1024;
const LONGEST_PATH: usize = 512;

/// The longest id of a request that is kept.
pub(crate) const LONGEST_ID: usize = 256;

impl Problem {
    /// A problem. A path or message that is too long to be read loses its middle or its end.
    pub fn new(path: &str, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        let mut problem = Self { path: path.to_owned(), code: code.into(), message: message.into() };
        problem.bound();
        problem
    }

    /// What is said of `more` problems than are listed.
    pub(crate) fn more(more: usize) -> Self {
        Self::new("", "more", format!("There are {more} more problems, which are not listed."))
    }

    fn bound(&mut self) {
        if self.path.len() > LONGEST_PATH {
            // Its end says most.
            let (head, tail) = (LONGEST_PATH / 2, self.path.len() - LONGEST_PATH / 4);
            let tail = self.path.get(floor(&self.path, tail)..).unwrap_or_default().to_owned();
            cut(&mut self.path, head);
            self.path += &tail;
        }
        cut(&mut self.message, LONGEST_PROBLEM);
    }
}

/// The last boundary of characters that is not behind this byte.
pub(crate) fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Cuts a text that is longer than so many bytes, and says so with `…`.
pub(crate) fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        text.truncate(floor(text, most));
        text.push('…');
        text.shrink_to_fit();
    }
}

/// The same of a text that stays.
pub(crate) fn brief(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", text.get(..floor(text, most)).unwrap_or_default()))
}

/// Keeps a list of problems readable.
fn bounded(problems: &mut Vec<Problem>) {
    let all = problems.len();
    if all > MOST_PROBLEMS + 1 {
        problems.truncate(MOST_PROBLEMS);
        problems.push(Problem::more(all - MOST_PROBLEMS));
        problems.shrink_to_fit();
    }
    problems.iter_mut().for_each(Problem::bound);
}

/// Why something did not work: what, where, and what to do.
///
/// It holds no secret and prints neither request nor reply bodies; [`Error::body`] hands the reply's body to whoever
/// asks for it.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    problems: Vec<Problem>,
    /// What happened to the attempt; `None` for what is no attempt.
    class: Option<Class>,
    /// What it struck; `None` for a pure function.
    effect: Option<Effect>,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    attempts: Vec<Attempt>,
    /// When the request was signed, and the seconds from then on after which a read-back may say *absent*.
    signed: Option<(Timestamp, u32)>,
    body: Option<Vec<u8>>,
}

impl Error {
    /// An error of a pure function, or of something whose effect is not known yet: see [`Error::before_sending`].
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let mut message = message.into();
        cut(&mut message, LONGEST_MESSAGE);
        Self(Box::new(Inner {
            kind,
            message,
            problems: Vec::new(),
            class: None,
            effect: None,
            status: None,
            request_id: None,
            retry_after: None,
            attempts: Vec::new(),
            signed: None,
            body: None,
        }))
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// What happened to a call with this effect; all else derives.
    pub fn of_class(class: Class, effect: Effect, message: impl Into<String>) -> Self {
        let mut error = Self::new(class.kind().unwrap_or(ErrorKind::Internal), message);
        (error.0.class, error.0.effect) = (Some(class), Some(effect));
        error
    }

    /// JSON of our own that could not be written: a defect.
    pub fn unwritten(why: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, format!("JSON could not be written: {why}"))
    }

    /// All the problems of an input at once, as one error. Of very many it lists some, and says how many there are.
    pub fn of_problems(kind: ErrorKind, what: &str, mut problems: Vec<Problem>) -> Self {
        bounded(&mut problems);
        let (all, more) = match problems.split_last() {
            Some((last, listed)) if last.code == "more" => {
                let number = last.message.split(' ').find_map(|word| word.parse::<usize>().ok());
                (listed.len() + number.unwrap_or(1), true)
            }
            _ => (problems.len(), false),
        };
        let mut message = match all {
            1 => format!("{what} has 1 problem"),
            n => format!("{what} has {n} problems"),
        };
        let mut told = 0;
        for problem in &problems[..problems.len() - usize::from(more)] {
            let colon = if problem.path.is_empty() { "" } else { ": " };
            let between = if told == 0 { ": " } else { "; " };
            if told > 0 && message.len() + problem.path.len() + problem.message.len() > LONGEST_MESSAGE - 64 {
                break;
            }
            message.extend([between, &problem.path, colon, &problem.message]);
            told += 1;
        }
        if told < all {
            message += &format!("; and {} more.", all - told);
        }
        let mut error = Self::new(kind, message);
        error.0.problems = problems;
        error
    }

    /// The same error with `mask` over every text in it that may quote somebody else.
    #[must_use]
    pub fn masked(mut self, mask: &Mask) -> Self {
        mask.cover(&mut self.0.message);
        for problem in &mut self.0.problems {
            mask.cover(&mut problem.path);
            mask.cover(&mut problem.message);
            if let Cow::Owned(code) = &mut problem.code {
                mask.cover(code);
            }
        }
        if let Some(id) = &mut self.0.request_id {
            mask.cover(id);
        }
        self.0.attempts.iter_mut().for_each(|attempt| mask.cover_attempt(attempt));
        self
    }

    /// Says what the error stopped before anything was sent.
    #[must_use]
    pub fn before_sending(mut self, effect: Effect) -> Self {
        self.0.effect = Some(effect);
        self.0.class.get_or_insert(Class::Invalid);
        self
    }

    pub(crate) fn with_reply(mut self, status: impl Into<Option<u16>>, request_id: Option<&str>, body: &[u8]) -> Self {
        self.0.status = status.into();
        self.0.request_id = request_id.map(|id| brief(id, LONGEST_ID).into_owned());
        self.0.body = Some(body[..body.len().min(Self::BODY_LIMIT)].to_vec());
        self
    }

    pub(crate) fn with_problems(mut self, mut problems: Vec<Problem>) -> Self {
        bounded(&mut problems);
        self.0.problems = problems;
        self
    }

    pub(crate) fn with_retry_after(mut self, seconds: Option<u32>) -> Self {
        self.0.retry_after = seconds;
        self
    }

    /// Adds when the request was signed, and after how many seconds a read-back may say *absent*. They show where the
    /// outcome is unknown.
    #[must_use]
    pub fn with_times(mut self, sent_at: Timestamp, settle_delay: u32) -> Self {
        self.0.signed = Some((sent_at, settle_delay));
        self
    }

    /// Adds the records of attempts that were made before those it has. The last of all is the one that the call failed by.
    #[must_use]
    pub fn with_attempts(self, mut attempts: Vec<Attempt>) -> Self {
        attempts.extend_from_slice(&self.0.attempts);
        self.replacing_attempts(attempts)
    }

    /// Replaces the records of attempts, where those of this error are among them.
    #[must_use]
    pub fn replacing_attempts(mut self, mut attempts: Vec<Attempt>) -> Self {
        if let Some(last) = attempts.last_mut() {
            last.level = Level::Warning;
        }
        self.0.attempts = attempts;
        self
    }

    /// The records of its attempts for a call that goes on all the same.
    pub fn overcome(&self) -> impl Iterator<Item = Attempt> {
        let level = Level::of(self.0.effect.unwrap_or(Effect::Read));
        self.0.attempts.iter().map(move |attempt| Attempt { level, ..attempt.clone() })
    }

    /// The longest part of a reply's body that an error keeps, in bytes.
    pub const BODY_LIMIT: usize = 64 * 1024;

    /// The kind of failure.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What went wrong and where, in words; the next step is [`Error::next_step`].
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What happened to the attempt; `None` for what is no attempt.
    pub fn class(&self) -> Option<Class> {
        self.0.class
    }

    /// What it struck: an order, another change, a read; `None` for a pure function.
    pub fn effect(&self) -> Option<Effect> {
        self.0.effect
    }

    /// What to do about it, in one sentence: by the outcome first, for an order, a change or a read as it was.
    pub fn next_step(&self) -> &'static str {
        use ErrorKind as K;
        let kind = self.0.kind;
        // These speak of an order whose end is not known.
        let of_doubt = matches!(
            kind,
            K::Aborted
                | K::Interrupted
                | K::Timeout
                | K::ServerError
                | K::Redirect
                | K::UnclearStatus
                | K::UnexpectedReply
                | K::OrderNull
                | K::Internal
        );
        match (self.outcome(), self.0.effect) {
            (Some(Outcome::Unknown), Some(Effect::Order)) => match kind {
                K::Redirect => kind.next_step(),
                K::Internal => {
                    "The order may have been placed: settle it, do not send it again. And please report this."
                }
                _ => "The order may have been placed: settle it, do not send it again.",
            },
            (Some(Outcome::Unknown), _) => "It may have been done: read back what it changes before sending it again.",
            (Some(_), _) if kind == K::Internal => "Nothing was sent. Please report it.",
            (Some(_), _) if of_doubt => "Nothing was sent: it may be sent again.",
            (None, Some(_)) if kind == K::Internal => "Nothing was changed at the platform. Please report it.",
            (None, Some(_)) if kind == K::Redirect => {
                "Nothing was changed at the platform: set base_url to the address it points to, and try again."
            }
            (None, Some(_)) if kind == K::Aborted => "Nothing was changed at the platform: it may be made again.",
            (None, Some(_)) if of_doubt => {
                "Nothing was changed at the platform: try it again, and see `countersign doctor` if it stays so."
            }
            (None, None) if kind == K::Internal => "Please report it.",
            _ => kind.next_step(),
        }
    }

    /// Every problem of a refused input, with its JSON path.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// For orders and changes: was nothing done, or is it unknown? `None` for reads and for pure functions.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.class?.outcome(self.0.effect?).filter(|outcome| *outcome != Outcome::Placed)
    }

    /// Whether the same call may simply be made again later. Never true when the outcome is unknown.
    pub fn retryable(&self) -> bool {
        matches!((self.0.class, self.0.effect), (Some(class), Some(effect)) if class.retryable(effect))
    }

    /// The HTTP status, when a reply arrived.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The platform's id of the request, when the reply carried one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the platform asks to wait, in seconds.
    pub fn retry_after(&self) -> Option<u32> {
        self.0.retry_after
    }

    /// The records of all attempts that this library made of the call, in their order.
    pub fn attempts(&self) -> &[Attempt] {
        &self.0.attempts
    }

    /// The record of the last attempt.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.0.attempts.last()
    }

    fn times(&self) -> Option<(Timestamp, u32)> {
        self.0.signed.filter(|_| self.outcome() == Some(Outcome::Unknown))
    }

    /// When the request was signed, for an unknown outcome: give it to `settle`.
    pub fn sent_at(&self) -> Option<Timestamp> {
        Some(self.times()?.0)
    }

    /// The earliest moment at which `settle` may answer *absent*, for an unknown outcome.
    pub fn settle_after(&self) -> Option<Timestamp> {
        let (sent_at, delay) = self.times()?;
        Some(sent_at.plus(delay.into()))
    }

    /// The first [`Error::BODY_LIMIT`] bytes of the reply's body. It may hold personal data: do not log it unasked.
    pub fn body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("outcome", &self.outcome())
            .field("retryable", &self.retryable())
            .field("status", &self.0.status)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

/// The form in which an error crosses to other languages and to `--json`: no body.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Error", 15)?;
        fields.serialize_field("kind", self.0.kind.name())?;
        fields.serialize_field("number", &self.0.kind.number())?;
        fields.serialize_field("band", self.0.kind.band().name())?;
        fields.serialize_field("message", &self.0.message)?;
        fields.serialize_field("next_step", self.next_step())?;
        fields.serialize_field("problems", &self.0.problems)?;
        fields.serialize_field("outcome", &self.outcome())?;
        fields.serialize_field("retryable", &self.retryable())?;
        fields.serialize_field("status", &self.0.status)?;
        fields.serialize_field("request_id", &self.0.request_id)?;
        fields.serialize_field("retry_after", &self.0.retry_after)?;
        fields.serialize_field("sent_at", &self.sent_at())?;
        fields.serialize_field("settle_after", &self.settle_after())?;
        fields.serialize_field("attempt", &self.attempt())?;
        fields.serialize_field("attempts", &self.0.attempts)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every class says of an order, a change and a read.
    #[test]
    fn the_next_step_looks_at_the_outcome_first() {
        let step = |class, effect| Error::of_class(class, effect, "m").next_step();
        for class in Class::ALL {
            match class.outcome(Effect::Order) {
                Some(Outcome::Unknown) => {
                    assert!(step(*class, Effect::Order).contains("settle"), "{class:?}");
                    assert!(step(*class, Effect::Change).starts_with("It may have been done"), "{class:?}");
                }
                Some(Outcome::NotPlaced) => {
                    for effect in [Effect::Order, Effect::Change] {
                        let step = step(*class, effect);
                        assert!(!step.contains("settle") && !step.contains("may have been"), "{class:?}: {step}");
                    }
                }
                _ => {}
            }
            let read = step(*class, Effect::Read);
            assert!(!read.contains("settle") && !read.contains("may have been"), "{class:?}: {read}");
        }
        assert!(step(Class::TimedOut, Effect::Read).starts_with("Nothing was changed"));
        assert!(step(Class::Expired, Effect::Order).starts_with("Nothing was sent"));
        // Refused is refused, whatever it was.
        assert_eq!(step(Class::Refused, Effect::Change), ErrorKind::Refused.next_step());
    }

    #[test]
    fn a_defect_says_what_is_known() {
        let defect = |effect| Error::new(ErrorKind::Internal, "m").before_sending(effect);
        assert_eq!(defect(Effect::Order).outcome(), Some(Outcome::NotPlaced));
        assert_eq!(defect(Effect::Order).next_step(), "Nothing was sent. Please report it.");
        assert_eq!(Error::new(ErrorKind::Internal, "m").next_step(), "Please report it.");
        let struck = Error::of_class(Class::Defect, Effect::Order, "m").with_times(Timestamp::from_unix(10), 5);
        assert_eq!(
            (struck.sent_at(), struck.settle_after()),
            (Some(Timestamp::from_unix(10)), Some(Timestamp::from_unix(15)))
        );
        assert!(struck.next_step().contains("settle it") && struck.next_step().contains("report"));
        // What was certainly not placed has no times.
        assert_eq!(defect(Effect::Order).with_times(Timestamp::from_unix(10), 5).sent_at(), None);
    }

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
