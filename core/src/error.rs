//! `Error` and the table of kinds: what went wrong, where, and what to do next.

use crate::delivery::{Attempt, Class, Effect, Outcome};
use crate::time::Timestamp;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;

macro_rules! kinds {
    ($(#[doc = $doc:literal] $variant:ident = $number:literal, $name:literal, $next:literal;)*) => {
        /// What kind of failure this is. Numbers and names never change meaning; new kinds take new numbers.
        ///
        /// Bands: 1–19 the caller's input, 20–39 signatures, 40–59 the way to the platform, 60–79 the platform's
        /// answer, 90–99 this library.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $(#[doc = $doc] $variant = $number,)* }

        impl ErrorKind {
            /// Every kind, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that all languages use, such as `invalid_order`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it means, in the words of its documentation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc.trim_ascii(),)* }
            }

            /// What to do about it, in one sentence.
            pub const fn next_step(self) -> &'static str {
                match self { $(Self::$variant => $next,)* }
            }
        }
    };
}

kinds! {
    /// An argument or option is not usable as it is.
    InvalidArgument = 1, "invalid_argument", "Correct the argument that the message names; nothing was sent.";
    /// The order breaks one or more rules; see the problems.
    InvalidOrder = 2, "invalid_order", "Correct every problem listed; nothing was sent.";
    /// The text is not JSON, or is JSON that this library refuses to read (too deep, duplicate keys).
    InvalidJson = 3, "invalid_json", "Correct the JSON at the place named; nothing was sent.";
    /// A credential, region or other option is missing or does not fit the others.
    Configuration = 4, "configuration", "Set the option that the message names; nothing was sent.";
    /// The platform offers no such thing, or not with these credentials.
    Unsupported = 5, "unsupported", "Use another way; the message names one where there is one.";
    /// Too much work is waiting already.
    Busy = 6, "busy", "Nothing was sent: try again when calls under way have ended.";
    /// The caller ended the call before its answer was there.
    Aborted = 7, "aborted", "Look at the outcome: if it is unknown, settle the order; else nothing was placed, and it may be placed again.";

    /// The authorization or signature is not of the required form.
    Malformed = 20, "malformed", "Send the header in the documented form; explain() shows what is odd about it.";
    /// The key id is not one of ours.
    UnknownKey = 21, "unknown_key", "Check which key pair the sender uses.";
    /// The signature belongs to other bytes or another secret.
    Mismatch = 22, "mismatch", "Ask explain() for the likely mistake.";
    /// The signature is right, but there is no date.
    DateMissing = 23, "date_missing", "Send the signed date in the Date header.";
    /// The signature is right, but its date is not an IMF-fixdate or timestamp.
    DateMalformed = 24, "date_malformed", "Write the date as `Mon, 23 Apr 2012 12:45:19 GMT` and sign that text.";
    /// The signature is right, but older than the window allows.
    TooOld = 25, "too_old", "Sign each attempt anew and check the sender's clock.";
    /// The signature is right, but dated later than the window allows.
    InTheFuture = 26, "in_the_future", "Check both clocks.";

    /// No connection could be made: name look-up, refusal, or no route. Nothing was sent.
    Connect = 40, "connect", "Nothing was sent: check the host name and the network, then try again.";
    /// The TLS handshake failed. Nothing was sent.
    Tls = 41, "tls", "Nothing was sent: if the platform's certificate comes from a private authority, set the option `roots`.";
    /// The proxy refused or could not be reached. Nothing was sent.
    Proxy = 42, "proxy", "Nothing was sent: check the option `proxy`.";
    /// The connection broke after the request may have left.
    Interrupted = 43, "interrupted", "The order may have been placed: settle it, do not send it again.";
    /// The time limit passed after the request may have left.
    Timeout = 44, "timeout", "The order may have been placed: settle it, do not send it again.";

    /// 401 or 403: the platform does not accept these credentials for this.
    Authentication = 60, "authentication", "Check key pair, region, clock and permissions; `countersign doctor` does it for you.";
    /// The platform refused the request.
    Refused = 61, "refused", "Correct what the reply body names; the same bytes would be refused again.";
    /// The platform asks to slow down.
    Throttled = 62, "throttled", "Wait for retry_after seconds (or longer), then place it again.";
    /// The GraphQL server refused the document: nothing was executed.
    GraphqlRefused = 63, "graphql_refused", "Correct what the GraphQL errors name; nothing was executed.";
    /// The platform failed while it may have been working on the request.
    ServerError = 64, "server_error", "The order may have been placed: settle it, do not send it again.";
    /// The platform answered with a redirect, which is never followed.
    Redirect = 65, "redirect", "Set base_url to the address it points to; settle the order before sending it again.";
    /// A status whose meaning is not documented.
    UnclearStatus = 66, "unclear_status", "The order may have been placed: settle it, do not send it again.";
    /// The reply is not what the platform documents (HTML, cut off, too large, not JSON, another order).
    UnexpectedReply = 67, "unexpected_reply", "The order may have been placed: settle it, do not send it again.";
    /// The GraphQL server answered without the order object.
    OrderNull = 68, "order_null", "The order may have been placed: settle it, do not send it again.";
    /// The reply is well-formed, but what was asked for is not in it.
    MissingData = 69, "missing_data", "Check the ids and the credentials: the platform answers null where access is missing.";
    /// Part of the answer is missing because of GraphQL errors.
    GraphqlErrors = 70, "graphql_errors", "Look at the problems: each has the path of a field that is missing. What was answered beside them is in the body of the error.";

    /// A defect of this library.
    Internal = 90, "internal", "Please report it. Treat an order under way as unknown and settle it.";
}

impl ErrorKind {
    /// The fixed number of this kind.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One thing that is wrong with an input, and where.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// JSON path from the root, such as `orderItems[0].amountToOrder`; empty for the root itself.
    pub path: String,
    /// A fixed word for programs, such as `missing`, `type`, `range`, `unknown_key`.
    pub code: &'static str,
    /// What is wrong and what is right, for a person.
    pub message: String,
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
    outcome: Option<Outcome>,
    /// It struck a change that is no order.
    change: bool,
    retryable: bool,
    status: Option<u16>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    attempt: Option<Attempt>,
    sent_at: Option<Timestamp>,
    settle_after: Option<Timestamp>,
    body: Option<Vec<u8>>,
}

impl Error {
    /// An error of the caller's making, found before anything was sent: outcome and retryable follow from that.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            problems: Vec::new(),
            outcome: None,
            change: false,
            retryable: false,
            status: None,
            request_id: None,
            retry_after: None,
            attempt: None,
            sent_at: None,
            settle_after: None,
            body: None,
        }))
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidArgument, message)
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// An error whose outcome and retryable derive from the delivery class.
    pub fn of_class(class: Class, effect: Effect, message: impl Into<String>) -> Self {
        let mut error = Self::new(class.kind().unwrap_or(ErrorKind::Internal), message);
        error.0.outcome = class.outcome(effect).filter(|outcome| *outcome != Outcome::Placed);
        error.0.change = effect == Effect::Change;
        error.0.retryable = class.retryable(effect);
        error
    }

    /// All the problems of an input at once, as one error.
    pub fn of_problems(kind: ErrorKind, what: &str, problems: Vec<Problem>) -> Self {
        let mut message = match problems.len() {
            1 => format!("{what} has 1 problem"),
            n => format!("{what} has {n} problems"),
        };
        for (i, problem) in problems.iter().enumerate() {
            let place = if problem.path.is_empty() { "" } else { &problem.path };
            let colon = if place.is_empty() { "" } else { ": " };
            message += if i == 0 { ": " } else { "; " };
            message += place;
            message += colon;
            message += &problem.message;
        }
        let mut error = Self::new(kind, message);
        error.0.problems = problems;
        error
    }

    /// Marks an error that stopped an order or a change before anything was sent.
    pub fn before_sending(mut self, effect: Effect) -> Self {
        if effect != Effect::Read {
            self.0.outcome = Some(Outcome::NotPlaced);
        }
        self
    }

    /// Marks an error of this library that struck while an order or a change was under way: nobody knows what became of it.
    pub fn under_way(mut self, effect: Effect) -> Self {
        if effect != Effect::Read {
            self.0.outcome = Some(Outcome::Unknown);
            self.0.change = effect == Effect::Change;
            self.0.retryable = false;
        }
        self
    }

    pub(crate) fn with_reply(mut self, status: u16, request_id: Option<&str>, body: &[u8]) -> Self {
        self.0.status = Some(status);
        self.0.request_id = request_id.map(str::to_owned);
        self.0.body = Some(body[..body.len().min(Self::BODY_LIMIT)].to_vec());
        self
    }

    pub(crate) fn with_problems(mut self, problems: Vec<Problem>) -> Self {
        self.0.problems = problems;
        self
    }

    pub(crate) fn with_retry_after(mut self, seconds: Option<u32>) -> Self {
        self.0.retry_after = seconds;
        self
    }

    /// Adds when the request was signed, and the earliest moment at which a read-back may say *absent*.
    pub fn with_times(mut self, sent_at: Timestamp, settle_after: Timestamp) -> Self {
        self.0.sent_at = Some(sent_at);
        self.0.settle_after = Some(settle_after);
        self
    }

    /// Adds the record of the attempt that failed.
    pub fn with_attempt(mut self, attempt: Attempt) -> Self {
        self.0.attempt = Some(attempt);
        self
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

    /// What to do about it, in one sentence. The kinds speak of an order where a request may have had an effect; a read
    /// has none, and another change is not settled but looked at.
    pub fn next_step(&self) -> &'static str {
        use ErrorKind as K;
        let in_doubt = matches!(
            self.0.kind,
            K::Interrupted | K::Timeout | K::ServerError | K::UnclearStatus | K::UnexpectedReply | K::OrderNull
        );
        match self.0.outcome {
            Some(Outcome::Unknown) if self.0.change => {
                "It may have been done: read back what it changes before sending it again."
            }
            None if in_doubt => {
                "Nothing was changed at the platform: try it again, and see `countersign doctor` if it stays so."
            }
            _ => self.0.kind.next_step(),
        }
    }

    /// Every problem of a refused input, with its JSON path.
    pub fn problems(&self) -> &[Problem] {
        &self.0.problems
    }

    /// For orders and changes: was nothing done, or is it unknown? `None` for reads and for pure functions.
    pub fn outcome(&self) -> Option<Outcome> {
        self.0.outcome
    }

    /// Whether the same call may simply be made again later. Never true when the outcome is unknown.
    pub fn retryable(&self) -> bool {
        self.0.retryable
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

    /// The record of the attempt, when this library made it.
    pub fn attempt(&self) -> Option<&Attempt> {
        self.0.attempt.as_ref()
    }

    /// When the request was signed, for an unknown outcome: give it to `settle`.
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.0.sent_at
    }

    /// The earliest moment at which `settle` may answer *absent*, for an unknown outcome.
    pub fn settle_after(&self) -> Option<Timestamp> {
        self.0.settle_after
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
            .field("outcome", &self.0.outcome)
            .field("retryable", &self.0.retryable)
            .field("status", &self.0.status)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

/// The form in which an error crosses to other languages and to `--json`: no body.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut fields = to.serialize_struct("Error", 13)?;
        fields.serialize_field("kind", self.0.kind.name())?;
        fields.serialize_field("number", &self.0.kind.number())?;
        fields.serialize_field("message", &self.0.message)?;
        fields.serialize_field("next_step", self.next_step())?;
        fields.serialize_field("problems", &self.0.problems)?;
        fields.serialize_field("outcome", &self.0.outcome)?;
        fields.serialize_field("retryable", &self.0.retryable)?;
        fields.serialize_field("status", &self.0.status)?;
        fields.serialize_field("request_id", &self.0.request_id)?;
        fields.serialize_field("retry_after", &self.0.retry_after)?;
        fields.serialize_field("sent_at", &self.0.sent_at)?;
        fields.serialize_field("settle_after", &self.0.settle_after)?;
        fields.serialize_field("attempt", &self.0.attempt)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_own_numbers_names_and_next_steps() {
        let mut seen = std::collections::HashSet::new();
        for kind in ErrorKind::ALL {
            assert!(seen.insert(kind.number()));
            assert_eq!(ErrorKind::from_name(kind.name()), Some(*kind));
            assert!(kind.next_step().ends_with('.'), "{kind}");
        }
    }

    #[test]
    fn the_next_step_is_about_what_was_under_way() {
        let step = |class, effect| Error::of_class(class, effect, "m").next_step();
        assert!(step(Class::TimedOut, Effect::Order).contains("settle it"));
        assert!(step(Class::TimedOut, Effect::Read).starts_with("Nothing was changed"));
        for class in [Class::TimedOut, Class::MissingData, Class::PartialErrors, Class::AbortedUnderWay] {
            assert!(step(class, Effect::Change).starts_with("It may have been done"), "{class:?}");
        }
        let defect = Error::new(ErrorKind::Internal, "m");
        assert!(defect.under_way(Effect::Change).next_step().starts_with("It may have been done"));
        // Refused is refused, whatever it was.
        assert_eq!(step(Class::Refused, Effect::Change), ErrorKind::Refused.next_step());
    }

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }
}
