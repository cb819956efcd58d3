//! `Signer`: one credential, its HMAC state keyed once.

use super::string_to_sign::{Parts, Scheme, control_character};
use crate::digest::{HmacSha1, base64_of_20};
use crate::error::Error;
use crate::secret::Secret;
use crate::time::Timestamp;
use std::fmt;

/// The content type that an absent one stands for.
pub const DEFAULT_CONTENT_TYPE: &str = "application/json";

/// The length of a signature: base64 of 20 bytes.
pub(crate) const SIGNATURE_LEN: usize = 28;

/// Signs requests with one key pair.
///
/// Make it once and keep it: it holds the keyed HMAC state, so that a signature costs little more than hashing the
/// body. It is immutable, `Send` and `Sync`, and wipes its key material on drop.
///
/// ```
/// use countersign_core::signature::{Parts, Scheme, Signer};
/// use countersign_core::BodyDigest;
///
/// let signer = Signer::new("access-key", "secret-key", Scheme::Soa(BodyDigest::Sha512))?;
/// let authorization = signer.authorization(&Parts {
///     method: "POST",
///     path: "/api/v2/orders",
///     content_type: "application/json",
///     date: "Wed, 01 Jan 2020 00:00:00 GMT",
///     body: br#"{"externalId":"external-id","autoPrint":false,"orderItems":[]}"#,
/// })?;
/// assert_eq!(authorization, "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=");
/// # Ok::<(), countersign_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    scheme: Scheme,
    /// `SCHEME KEY_ID:`
    prefix: String,
    secret: Secret,
    key: HmacSha1,
}

/// The headers of a signed request. `content_type` is `None` when none is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders {
    /// Value of `Authorization`.
    pub authorization: String,
    /// Value of `Date`, as signed.
    pub date: String,
    /// Value of `Content-Type`, as signed.
    pub content_type: Option<String>,
}

impl Signer {
    /// A signer for an access key (the key id) and its secret key.
    ///
    /// Refuses an empty key id, or one with `:`, white space or control characters; an empty secret; and white space
    /// around the secret, unless it is a [`Secret::exact`].
    pub fn new(key_id: &str, secret: impl Into<Secret>, scheme: Scheme) -> Result<Self, Error> {
        if key_id.is_empty() {
            return Err(Error::argument("The key id (access key) is empty."));
        }
        if key_id.contains(char::is_control) {
            return Err(control_character("key id (access key)", key_id));
        }
        if let Some((at, c)) = key_id.char_indices().find(|(_, c)| *c == ':' || c.is_whitespace()) {
            return Err(Error::argument(format!(
                "The key id (access key) has {c:?} at byte {at}. A key id is a single word without `:`; the part after a \
                 `:` is a signature or a secret and does not belong here."
            )));
        }
        let secret = secret.into();
        if let Some(fault) = secret.fault("The secret key") {
            return Err(Error::argument(fault));
        }
        let key = HmacSha1::new(secret.expose());
        Ok(Self { scheme, prefix: format!("{} {key_id}:", scheme.name()), secret, key })
    }

    /// The key id (access key).
    pub fn key_id(&self) -> &str {
        &self.prefix[self.scheme.name().len() + 1..self.prefix.len() - 1]
    }

    /// The scheme, with its digest.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The length in bytes of every value that [`Signer::authorization`] makes.
    pub fn authorization_len(&self) -> usize {
        self.prefix.len() + SIGNATURE_LEN
    }

    /// The signature alone: 28 characters of standard base64.
    pub(crate) fn signature(&self, parts: &Parts<'_>) -> [u8; SIGNATURE_LEN] {
        base64_of_20(&parts.mac(self.scheme, &self.key))
    }

    /// Writes the value of the Authorization header to the start of `out` and returns its length. Allocates nothing.
    ///
    /// Fails, and writes nothing, if a part has a control character or `out` is shorter than
    /// [`Signer::authorization_len`].
    pub fn write_authorization(&self, parts: &Parts<'_>, out: &mut [u8]) -> Result<usize, Error> {
        parts.check()?;
        let len = self.authorization_len();
        let Some(out) = out.get_mut(..len) else {
            return Err(Error::argument(format!("The buffer is {} bytes long, but {len} are needed.", out.len())));
        };
        let (prefix, signature) = out.split_at_mut(self.prefix.len());
        prefix.copy_from_slice(self.prefix.as_bytes());
        signature.copy_from_slice(&self.signature(parts));
        Ok(len)
    }

    /// The value of the Authorization header.
    pub fn authorization(&self, parts: &Parts<'_>) -> Result<String, Error> {
        parts.check()?;
        let mut value = String::with_capacity(self.authorization_len());
        value.push_str(&self.prefix);
        value.extend(self.signature(parts).map(char::from));
        Ok(value)
    }

    /// All headers that a signed request needs. Without a content type, `application/json` is meant; an empty one is
    /// signed as an empty line and not sent. Without a date, `now` is written as an IMF-fixdate.
    pub fn headers(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        content_type: Option<&str>,
        date: Option<&str>,
        now: Timestamp,
    ) -> Result<SignedHeaders, Error> {
        let content_type = content_type.unwrap_or(DEFAULT_CONTENT_TYPE);
        let fresh = now.http_date();
        let date = date.unwrap_or(&fresh);
        let authorization = self.authorization(&Parts { method, path, content_type, date, body })?;
        Ok(SignedHeaders {
            authorization,
            date: date.to_owned(),
            content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
        })
    }

    /// The exact text that is signed: the first thing to look at after a 401. Treat it like the request itself when
    /// logging.
    pub fn string_to_sign(&self, parts: &Parts<'_>) -> Result<String, Error> {
        parts.check()?;
        Ok(parts.string_to_sign(self.scheme))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("key_id", &self.key_id()).field("scheme", &self.scheme).finish_non_exhaustive()
    }
}
