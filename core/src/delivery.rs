//! What can happen to one attempt, one row each; outcome and retryable derive from the row and from nothing else.
//!
//! The rows follow from one question: *could the platform have acted on the request?* Where the answer is not a certain
//! no, the outcome is unknown. Sources are the platforms' documents, the behaviour of first-party clients, and HTTP
//! itself; what rests on an assumption says so.

use crate::kind::ErrorKind;
use serde::{Deserialize, Serialize};

/// How an attempt to place an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The platform has the order.
    Placed,
    /// The platform does not have the order, for certain (or, for a change: nothing was changed).
    NotPlaced,
    /// It may have it. Settle it; never send it again blindly.
    Unknown,
}

impl Outcome {
    /// `placed`, `not_placed` or `unknown`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::NotPlaced => "not_placed",
            Self::Unknown => "unknown",
        }
    }
}

/// What a call does at the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing: it may be repeated.
    Read,
    /// It places an order.
    Order,
    /// It changes something else.
    Change,
}

impl Effect {
    /// `read`, `order` or `change`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Order => "order",
            Self::Change => "change",
        }
    }
}

/// One thing that can happen to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The platform confirmed it.
    Done,
    /// The input was refused here.
    Invalid,
    /// There was no room for the call here.
    Busy,
    /// The caller ended the call while it waited its turn.
    AbortedUnsent,
    /// The caller ended the call when bytes may have left, or does not get the answer that came.
    AbortedUnderWay,
    /// Time ran out while the call waited its turn.
    Expired,
    /// A defect of this library struck while the call was under way.
    Defect,
    /// No connection.
    Unreachable,
    /// The TLS handshake failed.
    TlsFailed,
    /// The proxy did not connect us.
    ProxyFailed,
    /// The connection broke after bytes may have left.
    Interrupted,
    /// Time ran out after bytes may have left.
    TimedOut,
    /// 401 or 403.
    Unauthorized,
    /// A status that refuses the request as it is.
    Refused,
    /// 429.
    Throttled,
    /// The same, on a platform that is not trusted to throttle before it acts.
    ThrottledUnclear,
    /// 503 with Retry-After: a gateway says it, or the platform itself.
    Unavailable,
    /// The same, on a platform that is not trusted to say so before it acts.
    UnavailableUnclear,
    /// A status without documented meaning: 408, 409, 425, other 4xx, 1xx alone.
    UnclearStatus,
    /// A redirect.
    Redirected,
    /// 5xx.
    ServerError,
    /// A success status whose body cannot be believed.
    UnexpectedReply,
    /// GraphQL without a `data` key: execution never began.
    GraphqlRefused,
    /// GraphQL with `data` or the order in it null: it may have run.
    OrderNull,
    /// A readable reply without what was asked for.
    MissingData,
    /// A readable reply with only a part of what was asked for.
    PartialErrors,
}

/// In words, an answer that was there and did not reach whoever waited for it; its class is [`Class::AbortedUnderWay`].
pub const LOST: &str = "The call was interrupted just after it had succeeded: its answer is lost.";

struct Row {
    kind: Option<ErrorKind>,
    outcome: Outcome,
    /// Worth repeating, as far as the platform's state is concerned.
    transient: bool,
}

const fn row(kind: ErrorKind, outcome: Outcome, transient: bool) -> Row {
    Row { kind: Some(kind), outcome, transient }
}

impl Class {
    /// Every row.
    pub const ALL: &'static [Self] = &[
        Self::Done,
        Self::Invalid,
        Self::Busy,
        Self::AbortedUnsent,
        Self::AbortedUnderWay,
        Self::Expired,
        Self::Defect,
        Self::Unreachable,
        Self::TlsFailed,
        Self::ProxyFailed,
        Self::Interrupted,
        Self::TimedOut,
        Self::Unauthorized,
        Self::Refused,
        Self::Throttled,
        Self::ThrottledUnclear,
        Self::Unavailable,
        Self::UnavailableUnclear,
        Self::UnclearStatus,
        Self::Redirected,
        Self::ServerError,
        Self::UnexpectedReply,
        Self::GraphqlRefused,
        Self::OrderNull,
        Self::MissingData,
        Self::PartialErrors,
    ];

    const fn row(self) -> Row {
        use ErrorKind as K;
        use Outcome::{NotPlaced, Placed, Unknown};
        match self {
            Self::Done => Row { kind: None, outcome: Placed, transient: false },
            // Nothing was sent, for certain.
            Self::Invalid => row(K::InvalidOrder, NotPlaced, false),
            Self::Busy => row(K::Busy, NotPlaced, true),
            Self::AbortedUnsent => row(K::Aborted, NotPlaced, true),
            Self::Expired => row(K::Timeout, NotPlaced, true),
            Self::Unreachable => row(K::Connect, NotPlaced, true),
            Self::TlsFailed => row(K::Tls, NotPlaced, false),
            Self::ProxyFailed => row(K::Proxy, NotPlaced, true),
            // Bytes may have left and no believable answer came back.
            Self::AbortedUnderWay => row(K::Aborted, Unknown, true),
            Self::Defect => row(K::Internal, Unknown, false),
            Self::Interrupted => row(K::Interrupted, Unknown, true),
            Self::TimedOut => row(K::Timeout, Unknown, true),
            // The platform said no before it acted.
            Self::Unauthorized => row(K::Authentication, NotPlaced, false),
            Self::Refused => row(K::Refused, NotPlaced, false),
            // Assumed: throttling precedes processing. `throttled = "unknown"` withdraws the assumption.
            Self::Throttled => row(K::Throttled, NotPlaced, true),
            Self::ThrottledUnclear => row(K::Throttled, Unknown, true),
            Self::Unavailable => row(K::Throttled, NotPlaced, true),
            Self::UnavailableUnclear => row(K::Throttled, Unknown, true),
            Self::GraphqlRefused => row(K::GraphqlRefused, NotPlaced, false),
            // Accepted-then-500, a conflict with our own earlier copy, a gateway's redirect: all occur.
            Self::UnclearStatus => row(K::UnclearStatus, Unknown, true),
            Self::Redirected => row(K::Redirect, Unknown, false),
            Self::ServerError => row(K::ServerError, Unknown, true),
            Self::UnexpectedReply => row(K::UnexpectedReply, Unknown, false),
            Self::OrderNull => row(K::OrderNull, Unknown, false),
            // The platform answered in full; for a change, what it did cannot be read from the answer.
            Self::MissingData => row(K::MissingData, Unknown, false),
            Self::PartialErrors => row(K::GraphqlErrors, Unknown, false),
        }
    }

    /// The kind of error it becomes; `None` for [`Class::Done`].
    pub const fn kind(self) -> Option<ErrorKind> {
        self.row().kind
    }

    /// What it means for a call with this effect; a read has no outcome.
    pub fn outcome(self, effect: Effect) -> Option<Outcome> {
        (effect != Effect::Read).then(|| self.row().outcome)
    }

    /// Whether the same call may be made again later without harm.
    pub fn retryable(self, effect: Effect) -> bool {
        let Row { outcome, transient, .. } = self.row();
        transient && (effect == Effect::Read || outcome == Outcome::NotPlaced)
    }

    /// In words, what strikes a call from outside of it: a panic, its caller's wish, a queue that is too long.
    pub const fn in_words(self, effect: Effect) -> &'static str {
        match (self, effect) {
            (Self::Defect, _) => "The library panicked. What it was doing ended there.",
            (Self::AbortedUnsent, _) => "The call was aborted before it began. Nothing was sent.",
            (Self::AbortedUnderWay, Effect::Read) => "The call was aborted while it was under way.",
            (Self::AbortedUnderWay, _) => "The call was aborted while it was under way: it may still take effect.",
            (Self::Expired, _) => "The time limit passed while the call waited its turn. Nothing was sent.",
            (Self::Busy, _) => "Too many calls are under way or waiting already.",
            _ => "The call was struck from outside.",
        }
    }

    /// The same class on a platform that is not trusted to throttle before it acts (option `throttled`).
    pub const fn unless_it_acted(self) -> Self {
        match self {
            Self::Throttled => Self::ThrottledUnclear,
            Self::Unavailable => Self::UnavailableUnclear,
            class => class,
        }
    }

    /// The class of a reply by its status alone; a 2xx is [`Class::Done`] until its body says otherwise.
    pub const fn of_status(status: u16, has_retry_after: bool) -> Self {
        match status {
            200..=299 => Self::Done,
            300..=399 => Self::Redirected,
            401 | 403 => Self::Unauthorized,
            // By their definition in RFC 9110 these refuse the request before acting on it.
            400 | 402 | 404 | 405 | 406 | 410 | 411 | 412 | 413 | 414 | 415 | 416 | 417 | 421 | 422 | 426 | 428
            | 431 => Self::Refused,
            429 => Self::Throttled,
            503 if has_retry_after => Self::Unavailable,
            500..=599 => Self::ServerError,
            _ => Self::UnclearStatus,
        }
    }
}

/// How loudly a log tells of an attempt, by the names that logs have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A read that was made.
    #[default]
    Debug,
    /// An order or other change that was made; also one that was refused and is made again.
    Info,
    /// The last attempt of a call that failed.
    Warning,
}

impl Level {
    /// Of an attempt with this effect, unless a call fails by it.
    pub const fn of(effect: Effect) -> Self {
        match effect {
            Effect::Read => Self::Debug,
            Effect::Order | Effect::Change => Self::Info,
        }
    }

    /// `debug`, `info` or `warning`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
        }
    }
}

/// What one attempt looked like from outside, for the host's log. Never a body, never a secret, no query string.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Attempt {
    /// The HTTP method.
    pub method: String,
    /// The URL without its query.
    pub url: String,
    /// The HTTP status; `None` when no reply arrived.
    pub status: Option<u16>,
    /// From the first byte of work to the last, in milliseconds.
    pub milliseconds: u64,
    /// The platform's id of the request.
    pub request_id: Option<String>,
    /// Length of the request body in bytes.
    pub bytes_sent: usize,
    /// Length of the reply body in bytes.
    pub bytes_received: usize,
    /// The platform's clock minus ours in seconds, as far as this reply tells.
    pub skew: Option<i64>,
    /// Which attempt of the call this was, from 1.
    pub number: u32,
    /// How loudly a log tells of it.
    pub level: Level,
}

#[cfg(test)]
mod tests {
    use super::*;
    use ErrorKind as K;

    /// What each row must say: kind, outcome of an order, retryable as an order, retryable as a read.
    macro_rules! rows {
        ($($test:ident: $class:ident => $kind:expr, $outcome:ident, $order:literal, $read:literal;)*) => {
            $(#[test]
            fn $test() {
                let class = Class::$class;
                assert_eq!(class.kind(), $kind);
                assert_eq!(class.outcome(Effect::Order), Some(Outcome::$outcome));
                assert_eq!(class.outcome(Effect::Change), Some(Outcome::$outcome));
                assert_eq!(class.outcome(Effect::Read), None);
                assert_eq!(class.retryable(Effect::Order), $order);
                assert_eq!(class.retryable(Effect::Change), $order);
                assert_eq!(class.retryable(Effect::Read), $read);
            })*

            #[test]
            fn every_row_has_a_test() {
                let tested = [$(Class::$class),*];
                assert_eq!(tested.as_slice(), Class::ALL);
            }
        };
    }

    rows! {
        done: Done => None, Placed, false, false;
        invalid: Invalid => Some(K::InvalidOrder), NotPlaced, false, false;
        busy: Busy => Some(K::Busy), NotPlaced, true, true;
        aborted_unsent: AbortedUnsent => Some(K::Aborted), NotPlaced, true, true;
        aborted_under_way: AbortedUnderWay => Some(K::Aborted), Unknown, false, true;
        expired: Expired => Some(K::Timeout), NotPlaced, true, true;
        defect: Defect => Some(K::Internal), Unknown, false, false;
        unreachable: Unreachable => Some(K::Connect), NotPlaced, true, true;
        tls_failed: TlsFailed => Some(K::Tls), NotPlaced, false, false;
        proxy_failed: ProxyFailed => Some(K::Proxy), NotPlaced, true, true;
        interrupted: Interrupted => Some(K::Interrupted), Unknown, false, true;
        timed_out: TimedOut => Some(K::Timeout), Unknown, false, true;
        unauthorized: Unauthorized => Some(K::Authentication), NotPlaced, false, false;
        refused: Refused => Some(K::Refused), NotPlaced, false, false;
        throttled: Throttled => Some(K::Throttled), NotPlaced, true, true;
        throttled_unclear: ThrottledUnclear => Some(K::Throttled), Unknown, false, true;
        unavailable: Unavailable => Some(K::Throttled), NotPlaced, true, true;
        unavailable_unclear: UnavailableUnclear => Some(K::Throttled), Unknown, false, true;
        unclear_status: UnclearStatus => Some(K::UnclearStatus), Unknown, false, true;
        redirected: Redirected => Some(K::Redirect), Unknown, false, false;
        server_error: ServerError => Some(K::ServerError), Unknown, false, true;
        unexpected_reply: UnexpectedReply => Some(K::UnexpectedReply), Unknown, false, false;
        graphql_refused: GraphqlRefused => Some(K::GraphqlRefused), NotPlaced, false, false;
        order_null: OrderNull => Some(K::OrderNull), Unknown, false, false;
        missing_data: MissingData => Some(K::MissingData), Unknown, false, false;
        partial_errors: PartialErrors => Some(K::GraphqlErrors), Unknown, false, false;
    }

    #[test]
    fn every_status_has_a_class() {
        for status in 0..=999 {
            let class = Class::of_status(status, false);
            let due = match status {
                200..=299 => Class::Done,
                300..=399 => Class::Redirected,
                401 | 403 => Class::Unauthorized,
                429 => Class::Throttled,
                400..=499 => match class {
                    Class::Refused | Class::UnclearStatus => class,
                    other => panic!("{status} is {other:?}"),
                },
                500..=599 => Class::ServerError,
                _ => Class::UnclearStatus,
            };
            assert_eq!(class, due, "{status}");
        }
        for status in [408, 409, 425, 418, 423, 424, 451, 499, 100, 103, 0, 600] {
            assert_eq!(Class::of_status(status, true), Class::UnclearStatus, "{status}");
        }
        for status in [400, 404, 405, 413, 415, 422] {
            assert_eq!(Class::of_status(status, true), Class::Refused, "{status}");
        }
        assert_eq!(Class::of_status(503, true), Class::Unavailable);
        assert_eq!(Class::of_status(502, true), Class::ServerError);
    }
}
