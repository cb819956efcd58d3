//! The kinds of errors: one table, from which every language takes its numbers, names and sentences.

use std::fmt;

macro_rules! kinds {
    ($(#[doc = $doc:literal] $variant:ident = $number:literal, $name:literal, $next:literal;)*) => {
        /// What kind of failure this is. Numbers and names never change meaning; new kinds take new numbers.
        /// Those that are about the same thing lie in one [`Band`].
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

            /// What to do about it, in one sentence, said for an order. [`Error::next_step`](crate::Error::next_step) says it
            /// for what it was.
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
    Aborted = 7, "aborted", "Look at the outcome: if it is unknown, settle the order; else nothing was sent, and it may be sent again.";

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
    Throttled = 62, "throttled", "Wait for retry_after seconds, or longer, then send it again.";
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

    /// The outbox's store failed, or cannot be used as it is. What was not acknowledged is not kept.
    Store = 80, "store", "Do what the message says; what was not acknowledged is not in the outbox.";
    /// The outbox's store is locked by somebody else, or an order is being worked at.
    StoreBusy = 81, "store_busy", "Try again in a moment; what was not acknowledged is not in the outbox.";

    /// A defect of this library.
    Internal = 90, "internal", "Please report it. Treat an order under way as unknown and settle it.";
}

/// What kinds are about, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Band {
    /// The caller's input, 1–19.
    Input,
    /// Signatures, 20–39: whoever sent it is not to be believed.
    Signature,
    /// The way to the platform, 40–59.
    Transport,
    /// The platform's answer, 60–79.
    Reply,
    /// The outbox, 80–89.
    Outbox,
    /// This library, 90–99.
    Library,
}

impl Band {
    /// The name that all languages use, such as `signature`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Signature => "signature",
            Self::Transport => "transport",
            Self::Reply => "reply",
            Self::Outbox => "outbox",
            Self::Library => "library",
        }
    }
}

impl ErrorKind {
    /// The fixed number of this kind.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// What it is about.
    pub const fn band(self) -> Band {
        match self.number() {
            ..20 => Band::Input,
            20..40 => Band::Signature,
            40..60 => Band::Transport,
            60..80 => Band::Reply,
            80..90 => Band::Outbox,
            90.. => Band::Library,
        }
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
}
