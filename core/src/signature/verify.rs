//! Judging a received signature, with a typed reason in a fixed order.
//!
//! malformed → unknown key → mismatch → date missing → date malformed → too old → in the future. The signature is judged
//! before the date, so that a sender without the secret learns nothing about our clock.

use super::signer::{SIGNATURE_LEN, Signer};
use super::string_to_sign::Parts;
use crate::digest::equal_in_constant_time;
use crate::error::{Error, ErrorKind, brief};
use crate::headers::single;
use crate::json::QUOTED;
use crate::time::Timestamp;

/// How far the date of a request may be from our clock, in seconds, either way. The platforms' own window is not public
/// (*unverified*); five minutes is what verifiers of this scheme use.
pub const DEFAULT_WINDOW: u32 = 300;

/// The headers of a received request that a signature speaks of.
pub(crate) struct Received<'a> {
    pub(crate) authorization: Option<&'a str>,
    pub(crate) date: Option<&'a str>,
    pub(crate) content_type: Option<&'a str>,
}

impl<'a> Received<'a> {
    /// Picks them by name in any case; a repeated one is an error.
    pub(crate) fn of(headers: &[(&'a str, &'a str)]) -> Result<Self, Error> {
        let [authorization, date, content_type] = single(headers, ["Authorization", "Date", "Content-Type"])?;
        Ok(Received { authorization, date, content_type })
    }
}

impl Signer {
    /// Judges a received request by this signer alone; see [`verify`].
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        headers: &[(&str, &str)],
        now: Timestamp,
        window: Option<u32>,
    ) -> Result<(), Error> {
        verify(&[self], method, path, body, headers, now, window).map(|_| ())
    }
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

/// Presented text in quotation marks, unless a secret stands in it: key id and secret are easily swapped.
pub(crate) fn shown(signers: &[&Signer], text: &str) -> String {
    let holds = |secret: &[u8]| text.as_bytes().windows(secret.len()).any(|part| part == secret);
    if signers.iter().any(|signer| holds(signer.secret().expose())) {
        "(hidden, because the secret key stands there)".to_owned()
    } else {
        format!("{:?}", brief(text, QUOTED))
    }
}

/// Judges a received request against one or several signers (key pairs, or an old and a new secret during a rotation)
/// and returns the index of the one that signed it.
///
/// `headers` are the request's, in any order and case. `window` is how far the date may be from `now` in seconds, either
/// way ([`DEFAULT_WINDOW`]); `None` leaves the date unjudged. Comparison takes constant time, and nothing is allocated
/// unless the request is refused.
///
/// # Errors
/// One of the kinds `malformed`, `unknown_key`, `mismatch`, `date_missing`, `date_malformed`, `too_old`,
/// `in_the_future`, the first that applies in that order.
pub fn verify(
    signers: &[&Signer],
    method: &str,
    path: &str,
    body: &[u8],
    headers: &[(&str, &str)],
    now: Timestamp,
    window: Option<u32>,
) -> Result<usize, Error> {
    let received = Received::of(headers)?;
    let presented = received.authorization.ok_or_else(|| malformed("There is no Authorization header."))?;
    let date = received.date.unwrap_or_default();
    let parts = Parts { method, path, content_type: received.content_type.unwrap_or_default(), date, body };
    parts.check().map_err(|error| malformed(error.message()))?;

    let presented = Presented::of(presented, signers)?;
    let mut known = false;
    let mut signed_by = None;
    for (i, signer) in signers.iter().enumerate() {
        if signer.scheme().name() == presented.scheme && signer.key_id() == presented.key_id {
            known = true;
            if equal_in_constant_time(&signer.signature(&parts), presented.signature) {
                signed_by.get_or_insert(i);
            }
        }
    }
    let signed_by = signed_by.ok_or_else(|| presented.refusal(signers, known))?;
    match window {
        Some(window) => judge_date(date, now, window).map(|()| signed_by),
        None => Ok(signed_by),
    }
}

/// The parts of an Authorization header.
struct Presented<'a> {
    scheme: &'a str,
    key_id: &'a str,
    signature: &'a [u8; SIGNATURE_LEN],
}

impl<'a> Presented<'a> {
    fn of(text: &'a str, signers: &[&Signer]) -> Result<Self, Error> {
        let (scheme, rest) = text
            .split_once(' ')
            .ok_or_else(|| malformed("The Authorization header is not of the form `SCHEME KEY_ID:SIGNATURE`."))?;
        let (key_id, signature) =
            rest.split_once(':').ok_or_else(|| malformed("The Authorization header has no `:` after the key id."))?;
        if !signers.iter().any(|signer| signer.scheme().name() == scheme) {
            let ours = signers.first().map_or("SOA", |signer| signer.scheme().name());
            return Err(malformed(format!(
                "The scheme is {}, but {ours:?} is due here (upper case, one space after it).",
                shown(signers, scheme)
            )));
        }
        let signature = signature.as_bytes().try_into().map_err(|_| {
            let hint = if signature.len() == SIGNATURE_LEN - 1 { " Its padding `=` was lost." } else { "" };
            malformed(format!(
                "The signature has {} characters, but base64 of an HMAC-SHA1 has 28 and ends in `=`.{hint}",
                signature.len()
            ))
        })?;
        Ok(Self { scheme, key_id, signature })
    }

    /// Why it is no signature of ours. What equals ours has the right form, so that only a refusal needs a look at it.
    #[cold]
    fn refusal(&self, signers: &[&Signer], known: bool) -> Error {
        let Self { key_id, signature, .. } = *self;
        if key_id.is_empty() || key_id.contains(char::is_whitespace) {
            return malformed(format!(
                "The key id {} is empty or has white space: exactly one space stands between the scheme and the key id.",
                shown(signers, key_id)
            ));
        }
        let alphabet = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if signature[27] != b'=' || !signature[..27].iter().all(alphabet) {
            return malformed("The signature is not standard base64 with padding.");
        }
        if !known {
            let message = format!("The key id {} is not one of ours.", shown(signers, key_id));
            return Error::new(ErrorKind::UnknownKey, message);
        }
        Error::new(ErrorKind::Mismatch, "The signature does not belong to this request and secret.")
    }
}

/// Judges the date of a request whose signature is right.
fn judge_date(date: &str, now: Timestamp, window: u32) -> Result<(), Error> {
    if date.is_empty() {
        return Err(Error::new(ErrorKind::DateMissing, "The signature is right, but there is no Date header."));
    }
    let Some(at) = Timestamp::from_http_date(date) else {
        return Err(Error::new(
            ErrorKind::DateMalformed,
            format!(
                "The signature is right, but the Date {:?} is not of the form `Mon, 23 Apr 2012 12:45:19 GMT`.",
                brief(date, QUOTED)
            ),
        ));
    };
    let age = now.unix() - at.unix();
    if age.unsigned_abs() <= u64::from(window) {
        return Ok(());
    }
    let (kind, words) = if age > 0 { (ErrorKind::TooOld, "before") } else { (ErrorKind::InTheFuture, "after") };
    Err(Error::new(
        kind,
        format!(
            "The signature is right, but its Date lies {} seconds {words} our clock ({}); {window} are allowed.",
            age.unsigned_abs(),
            now.http_date()
        ),
    ))
}
