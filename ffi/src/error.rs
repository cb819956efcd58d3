//! Outcomes, names of kinds, and the error handle.

use crate::boundary::{COUNTERSIGN_ABSENT as ABSENT, Text, free, guard, json, lend, peek};
use crate::kinds::NAMES;
use countersign_client::{Error, Outcome, Timestamp};
use std::ffi::c_char;

/// What is known about the order, or other change, that failed. Passed as int32_t.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub enum countersign_outcome {
    /// It was a read or a pure function: there is no order to know about.
    None = 0,
    /// The platform does not have the order, for certain.
    NotPlaced = 1,
    /// It may have it. Settle it; never send it again blindly.
    Unknown = 2,
}

/// Why something did not work: what, where, and what to do. It holds no secret. It is written through the last
/// argument of a function that failed; whoever passed that argument frees it. One thread at a time may free it;
/// reading is shared.
pub struct countersign_error {
    error: Error,
    name: Text,
    next_step: Text,
    message: Text,
    problems: Text,
    request_id: Option<Text>,
    attempts: Text,
    body: Option<Text>,
    whole: Text,
}

impl countersign_error {
    pub(crate) fn new(error: Error) -> Self {
        let text = |text: &str| Text::new(text);
        Self {
            name: text(error.kind().name()),
            next_step: text(error.next_step()),
            message: text(error.message()),
            problems: json(&error.problems()).unwrap_or_else(|_| text("[]")),
            request_id: error.request_id().map(text),
            attempts: json(&error.attempts()).unwrap_or_else(|_| text("[]")),
            body: error.body().map(Text::new),
            whole: json(&error).unwrap_or_else(|_| text("")),
            error,
        }
    }
}

/// The name of a status, such as "invalid_order"; "ok" for 0; NULL for a number that is no kind.
/// Ownership: the text is static and NUL-terminated.
/// Threads: any.
/// Errors: none.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn countersign_kind_name(kind: i32) -> *const c_char {
    guard(std::ptr::null(), || {
        NAMES.iter().find(|(number, _)| *number as i32 == kind).map_or(std::ptr::null(), |(_, name)| name.as_ptr())
    })
}

/// The kind of failure: the same number that the function returned, one of countersign_kind.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_kind(error: *const countersign_error) -> i32 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, 0, |it| it.error.kind().number()) }
}

/// The name of the kind, such as "invalid_order".
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_name(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.name)) }
}

/// What went wrong and where, in words, without secrets.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_message(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.message)) }
}

/// What to do about it, in one sentence: by the outcome first, for an order, a change or a read as it was.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_next_step(
    error: *const countersign_error,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.next_step)) }
}

/// Every problem of a refused input, as JSON: a list of {"path", "code", "message"}, empty for other errors.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_problems(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.problems)) }
}

/// What is known about the order that failed: one of countersign_outcome. With COUNTERSIGN_OUTCOME_UNKNOWN the order
/// may have been placed: settle it, never send it again.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_outcome(error: *const countersign_error) -> i32 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe {
        peek(error, 0, |it| match it.error.outcome() {
            Some(Outcome::NotPlaced) => countersign_outcome::NotPlaced as i32,
            Some(Outcome::Unknown) => countersign_outcome::Unknown as i32,
            _ => countersign_outcome::None as i32,
        })
    }
}

/// Whether the same call may simply be made again later. Never true when the outcome is unknown.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: false for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_retryable(error: *const countersign_error) -> bool {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, false, |it| it.error.retryable()) }
}

/// The HTTP status of the reply; 0 if none arrived.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_status(error: *const countersign_error) -> i32 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, 0, |it| it.error.status().map_or(0, i32::from)) }
}

/// How many seconds the platform asks to wait; -1 if it does not.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: -1 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_retry_after(error: *const countersign_error) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, ABSENT, |it| it.error.retry_after().map_or(ABSENT, i64::from)) }
}

/// When the request of an order in doubt was signed, in seconds since 1970: give it to settle. -1 for other errors.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: -1 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_sent_at(error: *const countersign_error) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, ABSENT, |it| it.error.sent_at().map_or(ABSENT, Timestamp::unix)) }
}

/// From when on settle may answer "absent" for an order in doubt, in seconds since 1970. -1 for other errors.
/// Ownership: borrows the error for the call.
/// Threads: any.
/// Errors: -1 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_settle_after(error: *const countersign_error) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(error, ABSENT, |it| it.error.settle_after().map_or(ABSENT, Timestamp::unix)) }
}

/// The platform's id of the request; NULL if the reply carried none.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_request_id(
    error: *const countersign_error,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| error.request_id.as_ref()) }
}

/// The records of all attempts of the call, as JSON for a log: a list of {"method", "url" without query, "status",
/// "milliseconds", sizes, clock difference, "number", "level": how loudly to log it, "debug", "info" or "warning"}; empty
/// if this library made none.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_attempts(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.attempts)) }
}

/// The first 64 KiB of the reply's body, which may be any bytes and may hold personal data. NULL if no reply arrived.
/// Ownership: the bytes are the error's and end with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_body(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| error.body.as_ref()) }
}

/// The whole error as one JSON object, without the reply's body: kind, number, band (what the kind is about:
/// "input", "signature", "transport", "reply", "outbox", "library"), message, next_step, problems, outcome, retryable, status, request_id, retry_after, sent_at, settle_after, attempt (the last), attempts.
/// Ownership: the text is the error's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_json(error: *const countersign_error, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(error, len, |error| Some(&error.whole)) }
}

/// Frees an error.
/// Ownership: takes the error; NULL is allowed.
/// Threads: no other thread may use the error.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_error_free(error: *mut countersign_error) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(error) }
}
