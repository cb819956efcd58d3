//! Signing, verifying, and finding out why a signature was refused.

use crate::boundary::{
    COUNTERSIGN_ANY_DATE, COUNTERSIGN_DEFAULT, argument, bytes, free, guard, handle, json, moment, not_utf8, optional,
    peek, text,
};
use crate::error::countersign_error;
use crate::out::{fail, give, make};
use crate::text::{countersign_headers, countersign_text, pairs, parse_headers};
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
            let secret = secret_of(bytes(secret, secret_len, "secret")?, exact);
            let scheme = text(scheme, scheme_len, "scheme")?;
            let scheme = Scheme::from_names(scheme, optional(digest, digest_len, "digest")?)?;
            Ok(countersign_signer(Signer::new(key_id, secret, scheme)?))
        })
    }
}

pub(crate) fn secret_of(bytes: &[u8], exact: bool) -> Secret {
    if exact { Secret::exact(bytes) } else { Secret::from(bytes) }
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
        let parts = parts_of(head, body)?;
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
    let number = unsafe { fail(err, || error) };
    -(number as isize)
}

#[cold]
fn no_room(null: bool, cap: usize, len: usize) -> Error {
    match null {
        true => argument("There is no place for the answer: the output is NULL."),
        false => argument(format!("The buffer is {cap} bytes long, but {len} are needed.")),
    }
}

/// Takes `METHOD\nCONTENT_TYPE\nDATE\nPATH` apart. It stands in the way of every signature: eight bytes at a time.
#[inline]
fn parts_of<'a>(head: &'a [u8], body: &'a [u8]) -> Result<Parts<'a>, Error> {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let (mut ends, mut count, mut seen) = ([0; 3], 0, 0);
    let (words, rest) = head.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mut scan = |i: usize, word: [u8; 8]| {
        let word = u64::from_le_bytes(word);
        seen |= word;
        // The highest bit of each byte that is an LF, and no other bit.
        let differs = word ^ 0x0a0a_0a0a_0a0a_0a0a;
        let mut found = !(((differs & LOW) + LOW) | differs | LOW);
        while found != 0 {
            if let Some(end) = ends.get_mut(count) {
                *end = i * 8 + found.trailing_zeros() as usize / 8;
            }
            count += 1;
            found &= found - 1;
        }
    };
    for (i, word) in words.iter().enumerate() {
        scan(i, *word);
    }
    scan(words.len(), last);
    let head = if seen & !LOW == 0 {
        // SAFETY: every byte is below 128, and such bytes are UTF-8.
        unsafe { std::str::from_utf8_unchecked(head) }
    } else {
        std::str::from_utf8(head).map_err(|error| not_utf8("head", error.valid_up_to()))?
    };
    if count != 3 {
        return Err(bad_head(count));
    }
    let [a, b, c] = ends;
    Ok(Parts { method: &head[..a], content_type: &head[a + 1..b], date: &head[b + 1..c], path: &head[c + 1..], body })
}

#[cold]
fn bad_head(count: usize) -> Error {
    argument(format!(
        "The head has {count} LFs: METHOD, CONTENT_TYPE, DATE and PATH with exactly three LFs between them are due."
    ))
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
            let parts = parts_of(bytes(head, head_len, "head")?, bytes(body, body_len, "body")?)?;
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
                &pairs(&headers),
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
                &pairs(&headers),
            );
            Ok(countersign_text(json(&explanation)?))
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed test says where")]
mod tests {
    use super::*;

    #[test]
    fn heads_are_taken_apart_wherever_their_lines_end() {
        for method in ["", "G", "GET", "OPTIONS", "a long one that crosses words"] {
            for content_type in ["", "a/b", "text/plain; charset=utf-8"] {
                for date in ["", "x", "Wed, 01 Jan 2020 00:00:00 GMT", "\u{fc}ber"] {
                    for path in ["", "/", "/p?q=\u{20ac}", "/\u{b}\u{8a}", "1234567", "12345678"] {
                        let head = [method, content_type, date, path].join("\n");
                        let parts = parts_of(head.as_bytes(), b"").unwrap();
                        assert_eq!([parts.method, parts.content_type, parts.date, parts.path].join("\n"), head);
                        assert_eq!((parts.method, parts.path), (method, path));
                        assert!(parts_of(format!("{head}\n").as_bytes(), b"").is_err());
                    }
                }
            }
        }
        for (head, message) in
            [(&b"a\nb\nc"[..], "has 2 LFs"), (b"", "has 0 LFs"), (b"\xff\n\n\n", "not UTF-8 text (at byte 0)")]
        {
            let error = parts_of(head, b"").unwrap_err();
            assert!(error.message().contains(message), "{error}");
        }
    }
}
