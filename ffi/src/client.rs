//! The client of either platform: operations by their names.

use crate::boundary::{argument, bytes, free, handle, moment, optional, text};
use crate::call::{countersign_answer, countersign_call};
use crate::error::countersign_error;
use crate::options::countersign_options;
use crate::out::{fail, make};
use std::ffi::c_char;
// Two colons: the handle has the name of the crate.
use ::countersign_client::delivery::{Class, LOST};
use ::countersign_client::{Error, Platform, Problem, operation};

/// A client of a platform. Make it once and share it: threads may use it at the same time, it keeps its connections,
/// and it stays usable after fork. Functions that travel block until the platform answered or the time limit passed
/// (option "timeout", 30 s).
#[derive(Clone)]
pub struct countersign_client(Platform);

impl countersign_client {
    pub(crate) const fn platform(&self) -> &Platform {
        &self.0
    }
}

/// A client of a platform, "spiff" or "sign_customiser", with these options. Spiff needs access_key and secret_key, or
/// application_key; and region or base_url. Sign Customiser needs api_token.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_client_free.
/// Threads: no other thread may change the options meanwhile.
/// Errors: configuration for what is missing or does not fit; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_new(
    platform: *const c_char,
    platform_len: usize,
    options: *const countersign_options,
    out: *mut *mut countersign_client,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: text readable for its length, NULL or a live handle, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let platform = text(platform, platform_len, "platform")?;
            Ok(countersign_client(Platform::new(platform, &handle(options, "options")?.0)?))
        })
    }
}

/// The same client with another time limit for a whole call, in seconds. Connections are shared with the first client,
/// and each is freed by itself.
/// Ownership: borrows the client; *out is the caller's, for countersign_client_free.
/// Threads: any.
/// Errors: invalid_argument unless it is more than 0 and at most 86400.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_with_timeout(
    client: *const countersign_client,
    seconds: f64,
    out: *mut *mut countersign_client,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, outputs NULL or writable.
    unsafe { make(out, err, || Ok(countersign_client(handle(client, "client")?.0.with_timeout(seconds)?))) }
}

/// The same client for a partner, or with write access to one transaction or bundle; each may be NULL. Connections are
/// shared with the first client, and each is freed by itself.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_client_free.
/// Threads: any.
/// Errors: invalid_argument for an id that cannot stand in a header; unsupported at Sign Customiser.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_acting_for(
    client: *const countersign_client,
    partner_id: *const c_char,
    partner_id_len: usize,
    transaction_owner_id: *const c_char,
    transaction_owner_id_len: usize,
    bundle_owner_id: *const c_char,
    bundle_owner_id_len: usize,
    out: *mut *mut countersign_client,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let other = handle(client, "client")?.0.acting_for(
                optional(partner_id, partner_id_len, "partner id")?,
                optional(transaction_owner_id, transaction_owner_id_len, "transaction owner id")?,
                optional(bundle_owner_id, bundle_owner_id_len, "bundle owner id")?,
            )?;
            Ok(countersign_client(other))
        })
    }
}

/// Prepares an operation without sending it, for HTTP of your own. The operation is a name of countersign_operations,
/// input its JSON (nothing, or an empty text, for an operation without members). now is seconds since 1970 or
/// COUNTERSIGN_NOW.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_call_free. It may outlive the client.
/// Threads: any.
/// Errors: invalid_order or invalid_argument with every problem, invalid_json, unsupported. Nothing is sent.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_prepare(
    client: *const countersign_client,
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    now: i64,
    out: *mut *mut countersign_call,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let client = &handle(client, "client")?.0;
            let name = text(operation, operation_len, "operation")?;
            let input = input_of(client, name, bytes(input, input_len, "input"))?;
            Ok(countersign_call::new(client.prepare(name, input, Some(moment(now)?))?))
        })
    }
}

/// Runs an operation: prepares it, sends it, reads the reply. An order is sent once (option "skew_correction" tells
/// the one exception); reads may be repeated. Operation and input are as for countersign_client_prepare. Two are more
/// than one request or answer more than the platform said:
///
/// "check" makes one harmless read that tells whether credentials, address and clock are right. It answers
/// {"integration" or "subscriptions", "skew": the platform's clock minus ours in seconds or null, "attempt"}.
///
/// "settle" finds out whether an order in doubt was placed, by reading its designs back: {"order": as it was placed,
/// "sent_at": what the error said, "first_absent_at": what an earlier answer said}. It answers {"verdict": "placed",
/// "absent" or "unclear", "reason", "again_at", "first_absent_at"}; nothing ordered is "unclear" the first time: settle
/// again at again_at. It is null when a person must look: the reason says why. Sign Customiser has nothing to read back: settle by its order:created webhook.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_answer_free.
/// Threads: any, at the same time.
/// Errors: look at countersign_error_outcome: not placed is certain, and with unknown the order may have been placed:
/// settle it, never send it again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_run(
    client: *const countersign_client,
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    out: *mut *mut countersign_answer,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let client = &handle(client, "client")?.0;
            let name = text(operation, operation_len, "operation")?;
            let input = input_of(client, name, bytes(input, input_len, "input"))?;
            countersign_answer::of(&client.run(name, input)?)
        })
    }
}

/// An input that cannot be used was not sent, and an order or a change says so.
fn input_of<'a>(client: &Platform, name: &str, input: Result<&'a [u8], Error>) -> Result<&'a [u8], Error> {
    input.map_err(|error| match client.effect(name, b"") {
        Ok(effect) => error.before_sending(effect),
        Err(unknown) => unknown,
    })
}

/// The error for an input that a host could not write as JSON: a cycle, a number that is none, text that is not
/// Unicode. problems is a JSON list of {"path", "code", "message"}. It always fails, as for any other mistake in the
/// input.
/// Ownership: borrows the inputs; *err is the caller's, for countersign_error_free.
/// Threads: any.
/// Errors: always: invalid_order for an order, else invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_unusable(
    client: *const countersign_client,
    operation: *const c_char,
    operation_len: usize,
    problems: *const c_char,
    problems_len: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    let work = || {
        // SAFETY: the conventions: NULL or a live handle, texts readable for their lengths.
        let (client, name, problems) = unsafe {
            let name = text(operation, operation_len, "operation")?;
            (handle(client, "client")?, name, bytes(problems, problems_len, "problems")?)
        };
        let effect = client.0.effect(name, b"")?;
        let problems: Vec<Problem> = serde_json::from_slice(problems)
            .map_err(|error| argument(format!("The problems are not what is due: {error}.")))?;
        Ok(operation::unusable(effect, problems))
    };
    // SAFETY: the conventions: NULL or writable.
    unsafe { fail(err, work) }
}

/// What is known of an operation that had succeeded, and whose answer the host lost all the same: an interrupt ended
/// the code that waited for it. Whoever does not get the answer would take an order for one that was never placed; with
/// this error it is in doubt. begun is when the operation was begun, in seconds since 1970. answer is what is lost, or
/// NULL: the error tells its attempts.
/// Ownership: borrows the inputs; *err is the caller's, for countersign_error_free.
/// Threads: any.
/// Errors: always: aborted; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_lost(
    client: *const countersign_client,
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    begun: i64,
    answer: *const countersign_answer,
    err: *mut *mut countersign_error,
) -> i32 {
    let work = || {
        // SAFETY: the conventions: NULL or live handles, texts readable for their lengths.
        let (client, name, input, answer) = unsafe {
            let name = text(operation, operation_len, "operation")?;
            (&handle(client, "client")?.0, name, bytes(input, input_len, "input")?, answer.as_ref())
        };
        let effect = client.effect(name, input)?;
        let lost = client.struck_because(Class::AbortedUnderWay, effect, moment(begun)?, LOST);
        Ok(lost.with_attempts(answer.map(countersign_answer::attempts).unwrap_or_default()))
    };
    // SAFETY: the conventions: NULL or writable.
    unsafe { fail(err, work) }
}

/// Frees a client; its connections close with the last client that shares them.
/// Ownership: takes the client; NULL is allowed. Its calls and answers stay.
/// Threads: no other thread may use the client.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_client_free(client: *mut countersign_client) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(client) }
}
