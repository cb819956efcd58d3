//! Prepared calls and answers: bring your own HTTP.

use crate::boundary::{COUNTERSIGN_ABSENT, Text, bytes, fail, free, guard, handle, in_doubt, json, lend, make, peek};
use crate::error::{Fault, countersign_error};
use crate::text::{countersign_headers, parse_headers};
use countersign_client::{Answer, Attempt, Call, Effect, Error, Json, Reply, Timestamp, operations};
use std::ffi::c_char;

/// A request that is ready to be sent with any HTTP stack, and what to expect of its reply. Send it once, unchanged,
/// with redirects off and a time limit; for another attempt prepare another one, because the date in it ages. It is
/// immutable: threads may share it.
pub struct countersign_call {
    call: Call<Json>,
    settle_delay: u32,
    method: Text,
    url: Text,
    headers: countersign_headers,
    body: Text,
}

impl countersign_call {
    pub(crate) fn new(call: Call<Json>, settle_delay: u32) -> Self {
        let request = call.request();
        let headers = request.headers.iter().map(|header| (header.name, header.value.as_str()));
        Self {
            method: Text::new(request.method.as_str()),
            url: Text::new(request.url.as_str()),
            headers: countersign_headers::new(headers),
            body: Text::new(request.body.as_slice()),
            settle_delay,
            call,
        }
    }
}

/// An answer of a platform. It is immutable: threads may share it.
pub struct countersign_answer {
    json: Text,
    attempt: Option<Text>,
}

impl countersign_answer {
    fn new(value: &str, attempt: Option<&Attempt>) -> Result<Self, Error> {
        Ok(Self { json: Text::new(value), attempt: attempt.map(json).transpose()? })
    }

    pub(crate) fn of(answer: &Answer<Json>) -> Result<Self, Error> {
        Self::new(answer.value.get(), Some(&answer.attempt))
    }
}

/// Not an operation: it panics, so that tests of any language see what becomes of a panic. A name that nobody types.
pub(crate) const PANIC: &str = "__panic";

/// Prepares an operation of a table by its name.
pub(crate) fn prepare<A>(
    table: &[operations::Operation<A>],
    account: &A,
    name: &str,
    input: &[u8],
    now: Timestamp,
) -> Result<Call<Json>, Error> {
    panic_if_asked(name);
    operations::find(table, name)?.prepare(account, input, now)
}

pub(crate) fn panic_if_asked(name: &str) {
    assert!(name != PANIC, "this panic was asked for by the operation {PANIC}");
}

/// What an operation does, as far as its name tells.
pub(crate) fn effect_of<A>(table: &[operations::Operation<A>], name: &str) -> Result<Effect, Error> {
    if name == PANIC { Ok(Effect::Order) } else { operations::find(table, name).map(|operation| operation.effect) }
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
            let call = handle(call, "call")?;
            // Whoever reads a reply has sent the call: also an unusable argument leaves the order in doubt.
            let (effect, sent_at) = (call.call.effect(), call.call.signed_at());
            let unread = |error: Error| match effect {
                Effect::Read => Fault::from(error),
                _ => Fault::unknown(error.with_times(sent_at, sent_at.plus(call.settle_delay.into()))),
            };
            let reply = Reply {
                // A number that is no status has no meaning, and is judged like one: the outcome is unknown.
                status: u16::try_from(status).unwrap_or(0),
                headers: parse_headers(bytes(headers, headers_len, "headers").map_err(unread)?),
                body: bytes(body, body_len, "body").map_err(unread)?.to_vec(),
            };
            in_doubt(effect, sent_at, call.settle_delay, || {
                countersign_answer::new(call.call.read_json(&reply)?.get(), None)
            })
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
    let work = || {
        // SAFETY: the conventions: NULL or a live handle.
        Fault::from(match unsafe { handle(call, "call") } {
            Ok(call) => call.call.failed(not_sent == 1),
            Err(error) => error,
        })
    };
    let lost = || Fault::unknown(Error::new(countersign_client::ErrorKind::Internal, "The library panicked."));
    // SAFETY: the conventions: NULL or writable.
    unsafe { fail(err, guard(None, || Some(work())).unwrap_or_else(lost)) }
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

/// The record of the attempt that brought the answer, as JSON for a log; NULL if your own HTTP made it.
/// Ownership: the text is the answer's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_answer_attempt(
    answer: *const countersign_answer,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(answer, len, |answer| answer.attempt.as_ref()) }
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
