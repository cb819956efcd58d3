//! Prepared calls and answers: bring your own HTTP.

use crate::boundary::{COUNTERSIGN_ABSENT, Text, bytes, free, guard, handle, json, lend, peek, text};
use crate::error::countersign_error;
use crate::out::{fail, make};
use crate::text::{countersign_headers, parse_headers};
use countersign_client::delivery::{Class, LOST};
use countersign_client::{Answer, Attempt, Call, Error, Json, Reply};
use std::ffi::c_char;

/// A request that is ready to be sent with any HTTP stack, and what to expect of its reply. Send it once, unchanged,
/// with redirects off and a time limit; for another attempt prepare another one, because the date in it ages. It is
/// immutable: threads may share it.
pub struct countersign_call {
    call: Call<Json>,
    method: Text,
    url: Text,
    headers: countersign_headers,
    body: Text,
}

impl countersign_call {
    pub(crate) fn new(call: Call<Json>) -> Self {
        let request = call.request();
        let headers = request.headers.iter().map(|header| (header.name, header.value.as_str()));
        Self {
            method: Text::new(request.method.as_str()),
            url: Text::new(request.url.as_str()),
            headers: countersign_headers::new(headers),
            body: Text::new(request.body.as_slice()),
            call,
        }
    }
}

/// An answer of a platform. It is immutable: threads may share it.
pub struct countersign_answer {
    json: Text,
    attempts: Text,
    records: Vec<Attempt>,
}

impl countersign_answer {
    pub(crate) fn of(answer: &Answer<Json>) -> Result<Self, Error> {
        let (json, attempts) = (Text::new(answer.value.get()), json(&answer.attempts)?);
        Ok(Self { json, attempts, records: answer.attempts.clone() })
    }

    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        self.records.clone()
    }
}

/// The HTTP method, such as "POST".
/// Ownership: the text is the call's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_method(call: *const countersign_call, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(call, len, |call| Some(&call.method)) }
}

/// The whole URL.
/// Ownership: the text is the call's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_url(call: *const countersign_call, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(call, len, |call| Some(&call.url)) }
}

/// The headers to set. They carry credentials: do not log them.
/// Ownership: the headers are the call's and end with it; never free them.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_headers(call: *const countersign_call) -> *const countersign_headers {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(call, std::ptr::null(), |call| &raw const call.headers) }
}

/// The body, to be sent byte for byte; of length 0 for none.
/// Ownership: the bytes are the call's and end with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_body(call: *const countersign_call, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(call, len, |call| Some(&call.body)) }
}

/// When the call was signed, in seconds since 1970: what settle wants to know of an order in doubt.
/// Ownership: borrows the call while it runs.
/// Threads: any.
/// Errors: -1 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_signed_at(call: *const countersign_call) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(call, COUNTERSIGN_ABSENT, |call| call.call.signed_at().unix()) }
}

/// Reads a reply that was received whole. headers are its "Name: value" lines, ended by CRLF or LF; a status line
/// among them begins anew, so that everything an HTTP stack hands over may be passed. For a reply that was cut off, or
/// none, say countersign_call_failed instead.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_answer_free.
/// Threads: any.
/// Errors: what the reply means, with outcome, status and body; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_read(
    call: *const countersign_call,
    status: i32,
    headers: *const c_char,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countersign_answer,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let call = &handle(call, "call")?.call;
            // Whoever reads a reply has sent the call: also an unusable argument leaves the order in doubt.
            let work = || {
                let reply = Reply {
                    // A number that is no status has no meaning, and is judged like one: the outcome is unknown.
                    status: u16::try_from(status).unwrap_or(0),
                    headers: parse_headers(
                        bytes(headers, headers_len, "headers").map_err(|error| call.unreadable(error))?,
                    ),
                    body: bytes(body, body_len, "body").map_err(|error| call.unreadable(error))?.to_vec(),
                };
                let json = Text::new(call.read_json(&reply)?.get());
                Ok(countersign_answer { json, attempts: Text::new("[]"), records: Vec::new() })
            };
            guard(None, || Some(work())).unwrap_or_else(|| Err(call.struck(Class::Defect)))
        })
    }
}

/// Says that no whole reply came, and always fails with what that means. not_sent may be 1 only if it is certain that
/// no byte of the request left: a name that does not resolve, a refused connection, a failed TLS handshake. In doubt
/// 0, and the outcome of an order is unknown.
/// Ownership: borrows the call; *err is the caller's, for countersign_error_free.
/// Threads: any.
/// Errors: always: connect if nothing was sent, else interrupted; invalid_argument for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_failed(
    call: *const countersign_call,
    not_sent: i32,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, err NULL or writable.
    unsafe { fail(err, || Ok(handle(call, "call")?.call.failed(not_sent == 1))) }
}

/// Says that a reply came which cannot be handed to countersign_call_read, and why, and always fails with what that
/// means: whoever has a reply has sent the call, so that an order is in doubt.
/// Ownership: borrows the inputs; *err is the caller's, for countersign_error_free.
/// Threads: any.
/// Errors: always: unexpected_reply; invalid_argument for a call that is NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_unreadable(
    call: *const countersign_call,
    why: *const c_char,
    why_len: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, text readable for its length, err NULL or writable.
    unsafe {
        fail(err, || {
            let why = text(why, why_len, "reason").unwrap_or("its reader does not say why.");
            Ok(handle(call, "call")?.call.unreadable(why))
        })
    }
}

/// What is known of a call whose reply was read and whose answer the host lost all the same, as
/// countersign_client_lost says of an operation.
/// Ownership: borrows the call; *err is the caller's, for countersign_error_free.
/// Threads: any.
/// Errors: always: aborted; invalid_argument for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_lost(call: *const countersign_call, err: *mut *mut countersign_error) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, err NULL or writable.
    unsafe { fail(err, || Ok(handle(call, "call")?.call.error(Class::AbortedUnderWay, LOST))) }
}

/// Frees a call, and with it everything it lent.
/// Ownership: takes the call; NULL is allowed.
/// Threads: no other thread may use the call.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_call_free(call: *mut countersign_call) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(call) }
}

/// The answer as JSON: the platform's own text wherever possible. For a placed order {"id", "internalId",
/// "externalId", "errors", "raw"}.
/// Ownership: the text is the answer's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_answer_json(answer: *const countersign_answer, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(answer, len, |answer| Some(&answer.json)) }
}

/// The records of all attempts of the call, as JSON for a log: a list as that of countersign_error_attempts; empty if
/// your own HTTP made them.
/// Ownership: the text is the answer's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_answer_attempts(
    answer: *const countersign_answer,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(answer, len, |answer| Some(&answer.attempts)) }
}

/// Frees an answer.
/// Ownership: takes the answer; NULL is allowed.
/// Threads: no other thread may use the answer.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_answer_free(answer: *mut countersign_answer) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(answer) }
}
