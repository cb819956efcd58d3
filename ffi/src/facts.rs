//! Errors from their facts, for a test's own mocks.

use crate::boundary::bytes;
use crate::error::countersign_error;
use crate::out::fail;
use countersign_client::{Error, system_time};
use std::ffi::c_char;

/// Makes the error that these facts describe, as if a function of this library had failed so: for a test's own mock of
/// one, whose last line is `return countersign_fail(facts, facts_len, err);`. facts is a JSON object: `kind` is due, such
/// as "timeout"; also taken are effect ("order", which it is if nothing is said, "change", "read", null for what sends
/// nothing), outcome, message, problems, status, request_id, retry_after, sent_at, settle_after, attempts, and body as
/// text. What countersign_error_json says of an error makes the same error.
/// Ownership: facts is borrowed for the call; err as everywhere.
/// Threads: any.
/// Errors: always. Answers the number of the kind; invalid_argument also for what is no fact or contradicts the others,
/// such as an error of a refused order that is retryable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_fail(
    facts: *const c_char,
    facts_len: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: text readable for its length, err NULL or writable.
    unsafe { fail(err, || Error::of_facts(bytes(facts, facts_len, "facts")?, system_time())) }
}
