//! The client of Sign Customiser.

use crate::boundary::{COUNTERSIGN_NOW, bytes, free, handle, in_doubt, json, make, moment, run, text};
use crate::call::{countersign_answer, countersign_call, effect_of, panic_if_asked, prepare};
use crate::error::{Fault, countersign_error};
use crate::options::countersign_options;
use crate::text::countersign_text;
use countersign_client::options::SETTLE_DELAY;
use countersign_client::sign_customiser::Client;
use countersign_client::{Attempt, operations};
use std::ffi::c_char;

/// A client of Sign Customiser. Make it once and share it: threads may use it at the same time, it keeps its
/// connections, and it stays usable after fork. Functions that travel block until the platform answered or the time
/// limit passed (option "timeout", 30 s).
#[derive(Clone)]
pub struct countersign_sign_customiser {
    client: Client,
    settle_delay: u32,
}

/// A client with these options: api_token and more.
/// Ownership: borrows the options; *out is the caller's, for countersign_sign_customiser_free.
/// Threads: no other thread may change the options meanwhile.
/// Errors: configuration for what is missing or does not fit; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_sign_customiser_new(
    options: *const countersign_options,
    out: *mut *mut countersign_sign_customiser,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let options = &handle(options, "options")?.0;
            let settle_delay = options.number("settle_delay", SETTLE_DELAY);
            Ok(countersign_sign_customiser { client: Client::new(options)?, settle_delay })
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
pub unsafe extern "C" fn countersign_sign_customiser_prepare(
    client: *const countersign_sign_customiser,
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
            let client = handle(client, "client")?;
            let name = text(operation, operation_len, "operation")?;
            let input = bytes(input, input_len, "input")?;
            let call = prepare(operations::SIGN_CUSTOMISER, client.client.account(), name, input, moment(now))?;
            Ok(countersign_call::new(call, client.settle_delay))
        })
    }
}

/// Runs an operation: prepares it, sends it, reads the reply. An order is sent once (option "skew_correction" tells
/// the one exception); reads may be repeated. Operation and input are as for countersign_sign_customiser_prepare.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_answer_free.
/// Threads: any, at the same time.
/// Errors: look at countersign_error_outcome: not placed is certain, and with unknown the order may have been placed:
/// wait for the order:created webhook with the same external_id, never send it again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_sign_customiser_run(
    client: *const countersign_sign_customiser,
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
            let client = handle(client, "client")?;
            let name = text(operation, operation_len, "operation")?;
            let effect = effect_of(operations::SIGN_CUSTOMISER, name)?;
            let input = bytes(input, input_len, "input").map_err(|error| error.before_sending(effect))?;
            in_doubt(effect, moment(COUNTERSIGN_NOW), client.settle_delay, || {
                panic_if_asked(name);
                countersign_answer::of(&client.client.run(name, input)?)
            })
        })
    }
}

/// There is nothing to read back at this platform: it always fails, with words that say what there is instead. Settle
/// by the order:created webhook with the same external_id.
/// Ownership: borrows the inputs.
/// Threads: any.
/// Errors: always: unsupported; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_sign_customiser_settle(
    client: *const countersign_sign_customiser,
    order: *const c_char,
    order_len: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, text readable for its length, err NULL or writable.
    unsafe {
        run(err, || {
            let client = handle(client, "client")?;
            match client.client.settle_json(bytes(order, order_len, "order")?)? {}
        })
    }
}

/// Makes one harmless read that tells whether credentials, address and clock are right. The answer is JSON:
/// {"subscriptions": how many there are, "skew": the platform's clock minus ours in seconds or null, "attempt"}.
/// Ownership: borrows the client; *out is the caller's, for countersign_text_free.
/// Threads: any, at the same time.
/// Errors: what is wrong: authentication, connect, tls and so on.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_sign_customiser_check(
    client: *const countersign_sign_customiser,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let check = handle(client, "client")?.client.check()?;
            let found = Check { subscriptions: check.subscriptions, skew: check.skew, attempt: &check.attempt };
            Ok::<_, Fault>(countersign_text(json(&found)?))
        })
    }
}

#[derive(serde::Serialize)]
struct Check<'a> {
    subscriptions: usize,
    skew: Option<i64>,
    attempt: &'a Attempt,
}

/// Frees a client and closes its connections.
/// Ownership: takes the client; NULL is allowed. Its calls and answers stay.
/// Threads: no other thread may use the client.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_sign_customiser_free(client: *mut countersign_sign_customiser) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(client) }
}
