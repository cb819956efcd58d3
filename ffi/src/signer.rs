//! Signing, verifying, and finding out why a signature was refused.

use crate::boundary::{
    COUNTERSIGN_ANY_DATE, COUNTERSIGN_DEFAULT, argument, bytes, free, guard, handle, json, moment, optional, peek, text,
};
use crate::error::countersign_error;
use crate::out::{fail, give, make};
use crate::text::{countersign_headers, countersign_text, parse_headers};
use countersign_client::headers::borrowed;
use countersign_client::{Error, ErrorKind, Parts, Scheme, Secret, Signer, signature};
use std::ffi::c_char;

/// One key pair, ready to sign. Make it once and keep it: it holds the keyed state. It is immutable, threads may share
/// it, it stays usable after fork, and it wipes its key when it is freed.
pub struct countersign_signer(pub(crate) Signer);

/// A signer for an access key (the key id) and its secret key, which is raw text or bytes and never decoded. The
/// scheme is "SOA" or "VWS"; the digest is "sha512" or "md5", or NULL for the scheme's own. White space around the
/// secret is refused unless exact is true.
/// Ownership: borrows the texts; *out is the caller's, for countersign_signer_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_signer_new(
    key_id: *const c_char,
    key_id_len: usize,
    secret: *const c_char,
    secret_len: usize,
    scheme: *const c_char,
    scheme_len: usize,
    digest: *const c_char,
    digest_len: usize,
    exact: bool,
    out: *mut *mut countersign_signer,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let key_id = text(key_id, key_id_len, "key id")?;
            let secret = Secret::new(bytes(secret, secret_len, "secret")?, exact);
            let scheme = text(scheme, scheme_len, "scheme")?;
            let scheme = Scheme::from_names(scheme, optional(digest, digest_len, "digest")?)?;
            Ok(countersign_signer(Signer::new(key_id, secret, scheme)?))
        })
    }
}

/// Frees a signer.
/// Ownership: takes the signer; NULL is allowed.
/// Threads: no other thread may use the signer.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_signer_free(signer: *mut countersign_signer) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(signer) }
}

/// The length of every Authorization value that this signer makes: the room that countersign_authorization needs.
/// Ownership: borrows the signer for the call.
/// Threads: any.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_authorization_size(signer: *const countersign_signer) -> usize {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(signer, 0, |signer| signer.0.authorization_len()) }
}

/// Signs: writes the value of the Authorization header to out and returns its length; nothing is written behind it,
/// also no NUL. head is METHOD LF CONTENT_TYPE LF DATE LF PATH: four texts and exactly three LFs, none at the end. The
/// content type may be empty; date and path are signed as they are. Nothing is allocated.
/// Ownership: borrows everything for the call.
/// Threads: any.
/// Errors: the negated kind (such as -1 for invalid_argument), and nothing is written to out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_authorization(
    signer: *const countersign_signer,
    head: *const c_char,
    head_len: usize,
    body: *const c_char,
    body_len: usize,
    out: *mut c_char,
    out_cap: usize,
    err: *mut *mut countersign_error,
) -> isize {
    let work = || {
        // SAFETY: the conventions: NULL or a live handle.
        let signer = unsafe { handle(signer, "signer") }?;
        // SAFETY: the conventions: readable for their lengths.
        let (head, body) = unsafe { (bytes(head, head_len, "head")?, bytes(body, body_len, "body")?) };
        let parts = Parts::of_head(head, body)?;
        let len = signer.0.authorization_len();
        if out.is_null() || out_cap < len {
            return Err(no_room(out.is_null(), out_cap, len));
        }
        // SAFETY: the conventions: writable for `out_cap` bytes, of which `len` are used; only written to.
        let out = unsafe { std::slice::from_raw_parts_mut(out.cast::<u8>(), len) };
        signer.0.write_authorization(&parts, out)
    };
    match guard(None, || Some(work())) {
        Some(Ok(len)) => len.cast_signed(),
        Some(Err(error)) => negated(err, error),
        None => negated(err, Error::new(ErrorKind::Internal, "The library panicked while it signed.")),
    }
}

#[cold]
fn negated(err: *mut *mut countersign_error, error: Error) -> isize {
    // SAFETY: the conventions: NULL or writable.
    let number = unsafe { fail(err, || Ok(error)) };
    -(number as isize)
}

#[cold]
fn no_room(null: bool, cap: usize, len: usize) -> Error {
    match null {
        true => argument("There is no place for the answer: the output is NULL."),
        false => argument(format!("The buffer is {cap} bytes long, but {len} are needed.")),
    }
}

/// The headers of a signed request: Authorization, Date and, unless it is empty, Content-Type. content_type NULL means
/// application/json, and a text of length 0 means an empty line in the signed text and no header. date NULL means that
/// of now, which is seconds since 1970 or COUNTERSIGN_NOW.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_headers_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_signer_headers(
    signer: *const countersign_signer,
    method: *const c_char,
    method_len: usize,
    path: *const c_char,
    path_len: usize,
    content_type: *const c_char,
    content_type_len: usize,
    date: *const c_char,
    date_len: usize,
    body: *const c_char,
    body_len: usize,
    now: i64,
    out: *mut *mut countersign_headers,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let signer = handle(signer, "signer")?;
            let signed = signer.0.headers(
                text(method, method_len, "method")?,
                text(path, path_len, "path")?,
                bytes(body, body_len, "body")?,
                optional(content_type, content_type_len, "content type")?,
                optional(date, date_len, "date")?,
                moment(now)?,
            )?;
            let mut rows = vec![("Authorization", signed.authorization.as_str()), ("Date", signed.date.as_str())];
            rows.extend(signed.content_type.as_deref().map(|value| ("Content-Type", value)));
            Ok(countersign_headers::new(rows))
        })
    }
}

/// The exact text that is signed, for the same head and body as countersign_authorization: the first thing to look at
/// after a 401.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_string_to_sign(
    signer: *const countersign_signer,
    head: *const c_char,
    head_len: usize,
    body: *const c_char,
    body_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let signer = handle(signer, "signer")?;
            let parts = Parts::of_head(bytes(head, head_len, "head")?, bytes(body, body_len, "body")?)?;
            Ok(countersign_text(crate::boundary::Text::new(signer.0.string_to_sign(&parts)?)))
        })
    }
}

/// Judges a received request against the signers that are active (several key pairs, or old and new secret of one) and
/// writes the number of the one that signed it, from 0. headers are "Name: value" lines, ended by CRLF or LF, in any
/// order and case. now is seconds since 1970 or COUNTERSIGN_NOW. window is how far the Date may be from it, either
/// way: COUNTERSIGN_DEFAULT is 300 seconds, COUNTERSIGN_ANY_DATE leaves it unjudged. Comparison takes constant time.
/// Ownership: borrows the inputs for the call. signed_by may be NULL.
/// Threads: any.
/// Errors: the first that applies of malformed, unknown_key, mismatch, date_missing, date_malformed, too_old,
/// in_the_future; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_verify(
    signers: *const *const countersign_signer,
    signers_count: usize,
    method: *const c_char,
    method_len: usize,
    path: *const c_char,
    path_len: usize,
    headers: *const c_char,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    now: i64,
    window: i64,
    signed_by: *mut usize,
    err: *mut *mut countersign_error,
) -> i32 {
    let mut ignored = 0;
    let signed_by = if signed_by.is_null() { &raw mut ignored } else { signed_by };
    // SAFETY: the conventions: live handles, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        give(signed_by, err, || {
            let too_many = signers_count > isize::MAX as usize / size_of::<*const countersign_signer>();
            if signers.is_null() || signers_count == 0 || too_many {
                return Err(argument("There is no signer to verify with: NULL, none, or a count that cannot be."));
            }
            // SAFETY: the conventions: readable for their count.
            let signers = std::slice::from_raw_parts(signers, signers_count)
                .iter()
                // SAFETY: the conventions: NULL or live handles.
                .map(|signer| handle(*signer, "signer").map(|signer| &signer.0))
                .collect::<Result<Vec<&Signer>, Error>>()?;
            let window = match window {
                COUNTERSIGN_DEFAULT => Some(signature::DEFAULT_WINDOW),
                COUNTERSIGN_ANY_DATE => None,
                0.. => Some(u32::try_from(window).unwrap_or(u32::MAX)),
                _ => return Err(argument(format!("The window is {window}: seconds are due."))),
            };
            let headers = parse_headers(bytes(headers, headers_len, "headers")?);
            signature::verify(
                &signers,
                text(method, method_len, "method")?,
                text(path, path_len, "path")?,
                bytes(body, body_len, "body")?,
                &borrowed(&headers),
                moment(now)?,
                window,
            )
        })
    }
}

/// Finds the likely reason why a request was refused, by signing it anew under the mistakes people make. path is as
/// requested, with its query; headers are "Name: value" lines. The answer is JSON: {"matches": "as_sent", the name of
/// the mistake or null; "advice", "ours", "presented"}.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_explain(
    signer: *const countersign_signer,
    method: *const c_char,
    method_len: usize,
    path: *const c_char,
    path_len: usize,
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
            let signer = handle(signer, "signer")?;
            let headers = parse_headers(bytes(headers, headers_len, "headers")?);
            let explanation = signer.0.explain(
                text(method, method_len, "method")?,
                text(path, path_len, "path")?,
                bytes(body, body_len, "body")?,
                &borrowed(&headers),
            );
            Ok(countersign_text(json(&explanation)?))
        })
    }
}
