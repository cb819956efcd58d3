//! Deliveries of Sign Customiser: verify, read, answer; and prices in minor units.

use crate::boundary::{
    COUNTERSIGN_ABSENT, COUNTERSIGN_DEFAULT, Text, argument, bytes, free, handle, handle_mut, json, lend, moment,
    optional, peek, text,
};
use crate::error::countersign_error;
use crate::options::countersign_options;
use crate::out::{give, make, run};
use crate::text::{countersign_headers, countersign_text, parse_headers};
use countersign_client::headers::borrowed;
use countersign_client::sign_customiser::{Event, Webhook, minor_units};
use countersign_client::{Error, Secret};
use std::ffi::c_char;

/// Verifies deliveries with the secrets that are active. Once all secrets are added it is immutable and threads may
/// share it. It wipes its secrets when it is freed.
pub struct countersign_webhook(Webhook);

/// Sets the formula and the tolerance, or their defaults.
fn with_formula(
    webhook: Webhook,
    content: Option<&str>,
    encoding: Option<&str>,
    tolerance: i64,
) -> Result<countersign_webhook, Error> {
    let tolerance = match tolerance {
        COUNTERSIGN_DEFAULT => None,
        0.. => Some(u32::try_from(tolerance).unwrap_or(u32::MAX)),
        _ => return Err(argument(format!("The tolerance is {tolerance}: seconds are due."))),
    };
    webhook.with_formula(content, encoding, tolerance).map(countersign_webhook)
}

/// With one secret: the webhook secret of a subscription, or the integration secret for the product:created callback.
/// White space around it is refused unless exact is true. content is "timestamp.body" (NULL means that), "body",
/// "timestamp+body", "body+timestamp" or "body.timestamp"; encoding is "hex" (NULL) or "base64". tolerance is how many
/// seconds a timestamp may be from our clock, either way; COUNTERSIGN_DEFAULT is 300.
/// Ownership: borrows the texts; *out is the caller's, for countersign_webhook_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_new(
    secret: *const c_char,
    secret_len: usize,
    exact: bool,
    content: *const c_char,
    content_len: usize,
    encoding: *const c_char,
    encoding_len: usize,
    tolerance: i64,
    out: *mut *mut countersign_webhook,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let webhook = Webhook::new([Secret::new(bytes(secret, secret_len, "webhook secret")?, exact)])?;
            let content = optional(content, content_len, "signed content")?;
            with_formula(webhook, content, optional(encoding, encoding_len, "encoding")?, tolerance)
        })
    }
}

/// The same by options, such as those of countersign_options_from_env for "sign_customiser". secret says which of
/// their secrets verifies: "webhook" for the deliveries of a subscription, "integration" for the product:created
/// callback.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_webhook_free.
/// Threads: no other thread may change the options meanwhile.
/// Errors: configuration if that secret is not set; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_of_options(
    options: *const countersign_options,
    secret: *const c_char,
    secret_len: usize,
    content: *const c_char,
    content_len: usize,
    encoding: *const c_char,
    encoding_len: usize,
    tolerance: i64,
    out: *mut *mut countersign_webhook,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let webhook = Webhook::of_options(&handle(options, "options")?.0, text(secret, secret_len, "secret")?)?;
            let content = optional(content, content_len, "signed content")?;
            with_formula(webhook, content, optional(encoding, encoding_len, "encoding")?, tolerance)
        })
    }
}

/// Adds a secret that is active too, as during a rotation.
/// Ownership: borrows the text for the call.
/// Threads: no other thread may use the webhook meanwhile.
/// Errors: invalid_argument; the webhook is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_add_secret(
    webhook: *mut countersign_webhook,
    secret: *const c_char,
    secret_len: usize,
    exact: bool,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: a handle of this thread, text readable for its length, err NULL or writable.
    unsafe {
        run(err, || {
            let webhook = handle_mut(webhook, "webhook")?;
            let secret = Secret::new(bytes(secret, secret_len, "webhook secret")?, exact);
            webhook.0 = webhook.0.clone().with_secret(secret)?;
            Ok(())
        })
    }
}

/// Verifies a delivery and reads it. headers are the "Name: value" lines of the request, body its raw bytes: parsed
/// and written again it would be another text. now is seconds since 1970 or COUNTERSIGN_NOW. Comparison takes constant
/// time.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_event_free.
/// Threads: any.
/// Errors: malformed, mismatch, too_old, in_the_future; invalid_json for a body that is signed but not readable.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_verify(
    webhook: *const countersign_webhook,
    headers: *const c_char,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    now: i64,
    out: *mut *mut countersign_event,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let webhook = handle(webhook, "webhook")?;
            let headers = parse_headers(bytes(headers, headers_len, "headers")?);
            let body = bytes(body, body_len, "body")?;
            let event = webhook.0.verify(&borrowed(&headers), body, moment(now)?)?;
            Ok(countersign_event {
                topic: Text::new(event.topic()),
                data: Text::new(event.data().get()),
                dedup_key: Text::new(event.dedup_key()),
                event,
            })
        })
    }
}

/// The headers that the platform would send with this body, X-Webhook-Timestamp and X-Webhook-Signature: for tests of a shop's own,
/// which need deliveries that verify. timestamp is seconds since 1970 or COUNTERSIGN_NOW. Signed with the first secret.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_headers_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_sign(
    webhook: *const countersign_webhook,
    body: *const c_char,
    body_len: usize,
    timestamp: i64,
    out: *mut *mut countersign_headers,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let webhook = handle(webhook, "webhook")?;
            let signed = webhook.0.sign(bytes(body, body_len, "body")?, moment(timestamp)?);
            Ok(countersign_headers::new(signed.iter().map(|(name, value)| (*name, value.as_str()))))
        })
    }
}

/// Says which formula a captured delivery matches, whatever its age. The answer is JSON: {"content", "encoding",
/// "configured", "advice"}.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_explain(
    webhook: *const countersign_webhook,
    headers: *const c_char,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let webhook = handle(webhook, "webhook")?;
            let headers = parse_headers(bytes(headers, headers_len, "headers")?);
            let explained = webhook.0.explain(&borrowed(&headers), bytes(body, body_len, "body")?);
            Ok(countersign_text(json(&explained)?))
        })
    }
}

/// Frees a webhook.
/// Ownership: takes the webhook; NULL is allowed. Its events stay.
/// Threads: no other thread may use the webhook.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_webhook_free(webhook: *mut countersign_webhook) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(webhook) }
}

/// A verified delivery. It is immutable: threads may share it.
pub struct countersign_event {
    event: Event,
    topic: Text,
    data: Text,
    dedup_key: Text,
}

/// The topic: "product:created", "order:created" or "form:submitted".
/// Ownership: the text is the event's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_topic(event: *const countersign_event, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(event, len, |event| Some(&event.topic)) }
}

/// The payload as JSON: what stands under "product", "order" or "form_submission".
/// Ownership: the text is the event's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_data(event: *const countersign_event, len: *mut usize) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(event, len, |event| Some(&event.data)) }
}

/// The same text for every delivery of one happening, such as "product:17": answer a repeated one as the first. Keep
/// it for twice the tolerance.
/// Ownership: the text is the event's and ends with it. len may be NULL.
/// Threads: any.
/// Errors: NULL for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_dedup_key(
    event: *const countersign_event,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(event, len, |event| Some(&event.dedup_key)) }
}

/// When the platform stamped the delivery, in seconds since 1970.
/// Ownership: borrows the event for the call.
/// Threads: any.
/// Errors: -1 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_timestamp(event: *const countersign_event) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(event, COUNTERSIGN_ABSENT, |event| event.event.timestamp().unix()) }
}

/// Which of the secrets verified it: 0 for the first, then in the order in which they were added.
/// Ownership: borrows the event for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_secret_index(event: *const countersign_event) -> usize {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(event, 0, |event| event.event.secret_index()) }
}

/// The JSON body to answer the product:created callback with, status 200: the shop's id of the product. The same
/// product must always get the same id. Answer other topics with status 200 and {"ok":true}.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: unsupported for another topic, invalid_argument for an empty id.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_answer(
    event: *const countersign_event,
    external_id: *const c_char,
    external_id_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let event = handle(event, "event")?;
            Ok(countersign_text(Text::new(event.event.answer(text(external_id, external_id_len, "external id")?)?)))
        })
    }
}

/// Frees an event.
/// Ownership: takes the event; NULL is allowed.
/// Threads: no other thread may use the event.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_event_free(event: *mut countersign_event) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(event) }
}

/// A decimal price as an integer of minor units: "29.99" and "USD" give 2999, "500" and "JPY" give 500.
/// Ownership: borrows the texts for the call.
/// Threads: any.
/// Errors: invalid_argument for text that is not a plain decimal number or has more places than the currency.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_minor_units(
    amount: *const c_char,
    amount_len: usize,
    currency: *const c_char,
    currency_len: usize,
    out: *mut i64,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: texts readable for their lengths, outputs NULL or writable.
    unsafe {
        give(out, err, || minor_units(text(amount, amount_len, "amount")?, text(currency, currency_len, "currency")?))
    }
}
