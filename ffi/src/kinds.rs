//! The kinds for C. Generated from the core's table by `make generate`. Then `make header`.

use std::ffi::CStr;

/// What kind of failure a status is. Numbers never change meaning; a newer library may answer numbers that are not
/// listed here. Statuses are passed as int32_t, never as this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum countersign_kind {
    /// Success.
    Ok = 0,
    /// An argument or option is not usable as it is.
    InvalidArgument = 1,
    /// The order breaks one or more rules; see the problems.
    InvalidOrder = 2,
    /// The text is not JSON, or is JSON that this library refuses to read (too deep, duplicate keys).
    InvalidJson = 3,
    /// A credential, region or other option is missing or does not fit the others.
    Configuration = 4,
    /// The platform offers no such thing, or not with these credentials.
    Unsupported = 5,
    /// Too much work is waiting already.
    Busy = 6,
    /// The caller ended the call before its answer was there.
    Aborted = 7,
    /// The authorization or signature is not of the required form.
    Malformed = 20,
    /// The key id is not one of ours.
    UnknownKey = 21,
    /// The signature belongs to other bytes or another secret.
    Mismatch = 22,
    /// The signature is right, but there is no date.
    DateMissing = 23,
    /// The signature is right, but its date is not an IMF-fixdate or timestamp.
    DateMalformed = 24,
    /// The signature is right, but older than the window allows.
    TooOld = 25,
    /// The signature is right, but dated later than the window allows.
    InTheFuture = 26,
    /// No connection could be made: name look-up, refusal, or no route. Nothing was sent.
    Connect = 40,
    /// The TLS handshake failed. Nothing was sent.
    Tls = 41,
    /// The proxy refused or could not be reached. Nothing was sent.
    Proxy = 42,
    /// The connection broke after the request may have left.
    Interrupted = 43,
    /// The time limit passed after the request may have left.
    Timeout = 44,
    /// 401 or 403: the platform does not accept these credentials for this.
    Authentication = 60,
    /// The platform refused the request.
    Refused = 61,
    /// The platform asks to slow down.
    Throttled = 62,
    /// The GraphQL server refused the document: nothing was executed.
    GraphqlRefused = 63,
    /// The platform failed while it may have been working on the request.
    ServerError = 64,
    /// The platform answered with a redirect, which is never followed.
    Redirect = 65,
    /// A status whose meaning is not documented.
    UnclearStatus = 66,
    /// The reply is not what the platform documents (HTML, cut off, too large, not JSON, another order).
    UnexpectedReply = 67,
    /// The GraphQL server answered without the order object.
    OrderNull = 68,
    /// The reply is well-formed, but what was asked for is not in it.
    MissingData = 69,
    /// Part of the answer is missing because of GraphQL errors.
    GraphqlErrors = 70,
    /// The outbox's store failed, or cannot be used as it is. What was not acknowledged is not kept.
    Store = 80,
    /// The outbox's store is locked by somebody else, or an order is being worked at.
    StoreBusy = 81,
    /// A defect of this library.
    Internal = 90,
}

use countersign_kind as K;

/// C wants static texts that end in NUL.
pub(crate) static NAMES: &[(countersign_kind, &CStr)] = &[
    (K::Ok, c"ok"),
    (K::InvalidArgument, c"invalid_argument"),
    (K::InvalidOrder, c"invalid_order"),
    (K::InvalidJson, c"invalid_json"),
    (K::Configuration, c"configuration"),
    (K::Unsupported, c"unsupported"),
    (K::Busy, c"busy"),
    (K::Aborted, c"aborted"),
    (K::Malformed, c"malformed"),
    (K::UnknownKey, c"unknown_key"),
    (K::Mismatch, c"mismatch"),
    (K::DateMissing, c"date_missing"),
    (K::DateMalformed, c"date_malformed"),
    (K::TooOld, c"too_old"),
    (K::InTheFuture, c"in_the_future"),
    (K::Connect, c"connect"),
    (K::Tls, c"tls"),
    (K::Proxy, c"proxy"),
    (K::Interrupted, c"interrupted"),
    (K::Timeout, c"timeout"),
    (K::Authentication, c"authentication"),
    (K::Refused, c"refused"),
    (K::Throttled, c"throttled"),
    (K::GraphqlRefused, c"graphql_refused"),
    (K::ServerError, c"server_error"),
    (K::Redirect, c"redirect"),
    (K::UnclearStatus, c"unclear_status"),
    (K::UnexpectedReply, c"unexpected_reply"),
    (K::OrderNull, c"order_null"),
    (K::MissingData, c"missing_data"),
    (K::GraphqlErrors, c"graphql_errors"),
    (K::Store, c"store"),
    (K::StoreBusy, c"store_busy"),
    (K::Internal, c"internal"),
];
