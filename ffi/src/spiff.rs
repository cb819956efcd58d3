//! The client of Spiff Commerce.

use crate::boundary::{COUNTERSIGN_NOW, argument, bytes, free, handle, in_doubt, json, make, moment, optional, text};
use crate::call::{countersign_answer, countersign_call, effect_of, panic_if_asked, prepare};
use crate::error::{Fault, countersign_error};
use crate::options::countersign_options;
use crate::text::countersign_text;
use countersign_client::options::SETTLE_DELAY;
use countersign_client::spiff::Client;
use countersign_client::{Attempt, Timestamp, operations};
use std::ffi::c_char;

/// A client of Spiff Commerce. Make it once and share it: threads may use it at the same time, it keeps its
/// connections, and it stays usable after fork. Functions that travel block until the platform answered or the time
/// limit passed (option "timeout", 30 s).
#[derive(Clone)]
pub struct countersign_spiff {
    client: Client,
    settle_delay: u32,
}

/// A client with these options: access_key and secret_key, or application_key; region or base_url; and more.
/// Ownership: borrows the options; *out is the caller's, for countersign_spiff_free.
/// Threads: no other thread may change the options meanwhile.
/// Errors: configuration for what is missing or does not fit; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_new(
    options: *const countersign_options,
    out: *mut *mut countersign_spiff,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let options = &handle(options, "options")?.0;
            let settle_delay = options.number("settle_delay", SETTLE_DELAY);
            Ok(countersign_spiff { client: Client::new(options)?, settle_delay })
        })
    }
}

/// The same client for a partner, or with write access to one transaction or bundle; each may be NULL. Connections are
/// shared with the first client, and each is freed by itself.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_spiff_free.
/// Threads: any.
/// Errors: invalid_argument for an id that cannot stand in a header.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_acting_for(
    client: *const countersign_spiff,
    partner_id: *const c_char,
    partner_id_len: usize,
    transaction_owner_id: *const c_char,
    transaction_owner_id_len: usize,
    bundle_owner_id: *const c_char,
    bundle_owner_id_len: usize,
    out: *mut *mut countersign_spiff,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let client = handle(client, "client")?;
            let other = client.client.acting_for(
                optional(partner_id, partner_id_len, "partner id")?,
                optional(transaction_owner_id, transaction_owner_id_len, "transaction owner id")?,
                optional(bundle_owner_id, bundle_owner_id_len, "bundle owner id")?,
            )?;
            Ok(countersign_spiff { client: other, settle_delay: client.settle_delay })
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
pub unsafe extern "C" fn countersign_spiff_prepare(
    client: *const countersign_spiff,
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
            let call = prepare(operations::SPIFF, client.client.account(), name, input, moment(now))?;
            Ok(countersign_call::new(call, client.settle_delay))
        })
    }
}

/// Runs an operation: prepares it, sends it, reads the reply. An order is sent once (option "skew_correction" tells
/// the one exception); reads may be repeated. Operation and input are as for countersign_spiff_prepare.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_answer_free.
/// Threads: any, at the same time.
/// Errors: look at countersign_error_outcome: not placed is certain, and with unknown the order may have been placed:
/// settle it, never send it again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_run(
    client: *const countersign_spiff,
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
            let effect = effect_of(operations::SPIFF, name)?;
            let input = bytes(input, input_len, "input").map_err(|error| error.before_sending(effect))?;
            in_doubt(effect, moment(COUNTERSIGN_NOW), client.settle_delay, || {
                panic_if_asked(name);
                countersign_answer::of(&client.client.run(name, input)?)
            })
        })
    }
}

/// Finds out whether an order in doubt was placed, by reading its designs back. order is the JSON that was placed,
/// sent_at what the error said. The answer is JSON: {"verdict": "placed", "absent" or "unclear", "reason", "again_at",
/// "first_absent_at"}. Nothing ordered is "unclear" the first time: settle again at again_at, and hand first_absent_at
/// over (COUNTERSIGN_ABSENT the first time).
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any, at the same time.
/// Errors: those of a read; the order is as much in doubt as before.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_settle(
    client: *const countersign_spiff,
    order: *const c_char,
    order_len: usize,
    sent_at: i64,
    first_absent_at: i64,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let client = handle(client, "client")?;
            if sent_at < 0 {
                return Err(argument("sent_at is negative: the time that the error said is due.").into());
            }
            let first = (first_absent_at >= 0).then(|| Timestamp::from_unix(first_absent_at));
            let order = bytes(order, order_len, "order")?;
            let settlement = client.client.settle_json(order, Timestamp::from_unix(sent_at), first)?;
            Ok::<_, Fault>(countersign_text(json(&settlement)?))
        })
    }
}

/// Makes one harmless read that tells whether credentials, address and clock are right. The answer is JSON:
/// {"integration", "skew": the platform's clock minus ours in seconds or null, "attempt"}.
/// Ownership: borrows the client; *out is the caller's, for countersign_text_free.
/// Threads: any, at the same time.
/// Errors: what is wrong: missing_data (the platform's other way to refuse), authentication, connect, tls and so on.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_check(
    client: *const countersign_spiff,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let check = handle(client, "client")?.client.check()?;
            let found = Check { integration: &check.integration, skew: check.skew, attempt: &check.attempt };
            Ok::<_, Fault>(countersign_text(json(&found)?))
        })
    }
}

#[derive(serde::Serialize)]
struct Check<'a> {
    integration: &'a countersign_client::spiff::types::Integration,
    skew: Option<i64>,
    attempt: &'a Attempt,
}

/// Frees a client and closes its connections.
/// Ownership: takes the client; NULL is allowed. Its calls and answers stay.
/// Threads: no other thread may use the client.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_spiff_free(client: *mut countersign_spiff) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(client) }
}
