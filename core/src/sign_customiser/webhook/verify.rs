//! `Webhook`: judging a delivery by the one configured formula.

use super::event::Event;
use super::formula::{DEFAULT_CONTENT, DEFAULT_ENCODING, DEFAULT_TOLERANCE, SignatureText, SignedContent};
use crate::digest::{hmac_sha256, hmac_sha256_matches};
use crate::error::{Error, ErrorKind};
use crate::headers::single;
use crate::options::Options;
use crate::secret::Secret;
use crate::time::Timestamp;
use std::fmt;

/// Verifies deliveries with one or several active secrets.
///
/// The integration secret verifies the `product:created` callback of a custom integration; each subscription has a
/// webhook secret of its own. `Send` and `Sync`; wipes its secrets on drop.
///
/// ```
/// use countersign_core::sign_customiser::Webhook;
/// use countersign_core::Timestamp;
///
/// let webhook = Webhook::new(["sc_test_secret_0123456789"])?;
/// let body = br#"{"product":{"product_id":1,"title":"Custom Neon: Hello World","price":10000,"external_data":{}}}"#;
/// let headers = [
///     ("x-webhook-timestamp", "1704067200"),
///     ("x-webhook-signature", "a5db79ba4ef38d08f371ecf4321d6dab7dd056fad0787058ddbd1207a8c1813f"),
/// ];
/// let event = webhook.verify(&headers, body, Timestamp::from_unix(1_704_067_260))?;
/// assert_eq!(event.topic(), "product:created");
/// assert_eq!(event.answer("sku-1")?, r#"{"external_id":"sku-1"}"#);
/// # Ok::<(), countersign_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Webhook {
    pub(super) secrets: Vec<Secret>,
    pub(super) content: SignedContent,
    pub(super) text: SignatureText,
    tolerance: u32,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("secrets", &self.secrets.len())
            .field("content", &self.content)
            .field("text", &self.text)
            .field("tolerance", &self.tolerance)
            .finish()
    }
}

const TIMESTAMP: &str = "x-webhook-timestamp";
const SIGNATURE: &str = "x-webhook-signature";

/// What of the headers matters.
pub(super) struct Delivered<'a> {
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

impl<'a> Delivered<'a> {
    pub(super) fn of(headers: &[(&'a str, &'a str)]) -> Result<Self, Error> {
        let [timestamp, signature] = single(headers, [TIMESTAMP, SIGNATURE])?;
        let given = |value: Option<&'a str>, name| {
            value.ok_or_else(|| {
                malformed(format!(
                    "The header {name} is missing. Is this a delivery of the platform, and does nothing on the way remove \
                     headers?"
                ))
            })
        };
        let timestamp = given(timestamp, TIMESTAMP)?;
        if timestamp.is_empty() || timestamp.len() > 12 || !timestamp.bytes().all(|b| b.is_ascii_digit()) {
            return Err(malformed(format!(
                "x-webhook-timestamp is {timestamp:?}: Unix seconds are due, 1 to 12 digits."
            )));
        }
        Ok(Self { timestamp, signature: given(signature, SIGNATURE)? })
    }
}

impl Webhook {
    /// With the secrets that are active: one, or the old and the new one during a rotation.
    ///
    /// # Errors
    /// `invalid_argument` without a secret, or for an empty one or one with white space around it.
    pub fn new<S: Into<Secret>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut webhook = Self {
            secrets: Vec::new(),
            content: DEFAULT_CONTENT,
            text: DEFAULT_ENCODING,
            tolerance: DEFAULT_TOLERANCE,
        };
        for secret in secrets {
            webhook = webhook.with_secret(secret)?;
        }
        if webhook.secrets.is_empty() {
            return Err(Error::argument("There is no secret to verify with."));
        }
        Ok(webhook)
    }

    /// Adds a secret that is active too, as during a rotation.
    ///
    /// # Errors
    /// `invalid_argument` for an empty secret or one with white space around it.
    pub fn with_secret(mut self, secret: impl Into<Secret>) -> Result<Self, Error> {
        let secret = secret.into();
        if let Some(fault) = secret.fault("The webhook secret") {
            return Err(Error::argument(fault));
        }
        self.secrets.push(secret);
        Ok(self)
    }

    /// By options, with the secret of this name: `webhook` for the deliveries of a subscription, `integration` for the
    /// `product:created` callback.
    ///
    /// # Errors
    /// `invalid_argument` for another name, `configuration` if the secret is not set, else as [`Webhook::new`].
    pub fn of_options(options: &Options, secret: &str) -> Result<Self, Error> {
        match secret {
            "webhook" => Self::of_subscription(options),
            "integration" => Self::of_callback(options),
            // Without what was given: it may be the secret itself.
            _ => Err(Error::argument("secret says which one verifies: \"webhook\" or \"integration\" is due.")),
        }
    }

    /// For the deliveries of a subscription: the option `webhook_secret`.
    ///
    /// # Errors
    /// `configuration` if it is not set, else as [`Webhook::new`].
    pub fn of_subscription(options: &Options) -> Result<Self, Error> {
        Self::of_option(options, "webhook_secret", "it stands on the webhook's page and in every answer about it")
    }

    /// For the `product:created` callback of a custom integration: the option `integration_secret`.
    ///
    /// # Errors
    /// `configuration` if it is not set, else as [`Webhook::new`].
    pub fn of_callback(options: &Options) -> Result<Self, Error> {
        Self::of_option(options, "integration_secret", "it stands on the integration's page in the dashboard")
    }

    fn of_option(options: &Options, name: &str, place: &str) -> Result<Self, Error> {
        options.check()?;
        let secret =
            options.secret(name).ok_or_else(|| Error::configuration(format!("{name} is not set: {place}.")))?;
        Self::new([secret])
    }

    /// Sets the formula and the text form, by their names or by the letters A to E.
    ///
    /// # Errors
    /// `invalid_argument` for an unknown name.
    pub fn with_format(mut self, content: &str, encoding: &str) -> Result<Self, Error> {
        let letters = ["A", "B", "C", "D", "E"];
        let mut candidates = SignedContent::ALL.iter().zip(letters);
        let found = candidates.find(|(candidate, letter)| candidate.name() == content || *letter == content);
        self.content = *found
            .ok_or_else(|| {
                let names: Vec<_> = SignedContent::ALL.iter().map(|content| content.name()).collect();
                Error::argument(format!("The signed content is {content:?}: one of {} is due.", names.join(", ")))
            })?
            .0;
        self.text = match encoding {
            "hex" => SignatureText::Hex,
            "base64" => SignatureText::Base64,
            _ => return Err(Error::argument(format!("The encoding is {encoding:?}: \"hex\" or \"base64\" is due."))),
        };
        Ok(self)
    }

    /// Sets formula, text form and tolerance, as far as they are given.
    ///
    /// # Errors
    /// As [`Webhook::with_format`].
    pub fn with_formula(
        self,
        content: Option<&str>,
        encoding: Option<&str>,
        tolerance: Option<u32>,
    ) -> Result<Self, Error> {
        let tolerance = tolerance.unwrap_or(self.tolerance);
        let (content, encoding) = (content.unwrap_or(self.content.name()), encoding.unwrap_or(self.text.name()));
        Ok(self.with_format(content, encoding)?.with_tolerance(tolerance))
    }

    /// Sets how far a timestamp may be from our clock, in seconds.
    #[must_use]
    pub fn with_tolerance(mut self, seconds: u32) -> Self {
        self.tolerance = seconds;
        self
    }

    /// The headers that the platform would send with this body: for tests of a shop's own, which need deliveries that verify.
    /// Signed with the first secret, by the formula of this `Webhook`.
    pub fn sign(&self, body: &[u8], timestamp: Timestamp) -> [(&'static str, String); 2] {
        let seconds = timestamp.unix().to_string();
        let secret = self.secrets.first().map(Secret::expose).unwrap_or_default();
        let signature = hmac_sha256(secret, &self.content.parts(&seconds, body));
        [("X-Webhook-Timestamp", seconds), ("X-Webhook-Signature", self.text.write(&signature))]
    }

    /// Verifies a delivery and reads it. `body` must be the raw bytes: parsed and written again it is another text.
    ///
    /// The signature is judged before the time, in constant time. Keep [`Event::dedup_key`] for twice the tolerance to
    /// notice a repeated delivery.
    ///
    /// # Errors
    /// `malformed`, `mismatch`, `too_old`, `in_the_future`; `invalid_json` for a body that is signed but not readable.
    pub fn verify(&self, headers: &[(&str, &str)], body: &[u8], now: Timestamp) -> Result<Event, Error> {
        let delivered = Delivered::of(headers)?;
        let signature = self.text.read(delivered.signature).ok_or_else(|| {
            malformed(format!(
                "x-webhook-signature is not {}.",
                match self.text {
                    SignatureText::Hex => "64 hex characters",
                    SignatureText::Base64 => "44 characters of base64",
                }
            ))
        })?;
        let parts = self.content.parts(delivered.timestamp, body);
        // Every secret is tried, so that the time taken does not tell which one is in use.
        let matching = |secret: &Secret| hmac_sha256_matches(secret.expose(), &parts, &signature);
        let matches: Vec<bool> = self.secrets.iter().map(matching).collect();
        let Some(secret_index) = matches.iter().position(|matches| *matches) else {
            return Err(Error::new(
                ErrorKind::Mismatch,
                "The signature does not belong to this body, timestamp and secret. Verify the raw body, with the secret of \
                 this very subscription (or the integration secret for the product:created callback).",
            ));
        };
        let timestamp = Timestamp::from_unix(delivered.timestamp.parse().unwrap_or(i64::MAX));
        let age = now.unix() - timestamp.unix();
        if age.unsigned_abs() > u64::from(self.tolerance) {
            let (kind, side) = if age > 0 { (ErrorKind::TooOld, "before") } else { (ErrorKind::InTheFuture, "after") };
            return Err(Error::new(
                kind,
                format!(
                    "The signature is right, but the delivery is stamped {} seconds {side} our clock; {} are allowed. A \
                     replay, or a wrong clock?",
                    age.unsigned_abs(),
                    self.tolerance
                ),
            ));
        }
        Event::read(body, timestamp, &signature, secret_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::hex;

    #[test]
    fn a_secret_that_is_added_counts_like_the_first() {
        let body = br#"{"order":{"order_id":1}}"#;
        let signature = hex(&hmac_sha256(b"new", &[b"1704067200.", body]));
        let headers = [(TIMESTAMP, "1704067200"), (SIGNATURE, &*signature)];
        let now = Timestamp::from_unix(1_704_067_200);
        let webhook = Webhook::new(["old"]).unwrap();
        assert_eq!(webhook.verify(&headers, body, now).unwrap_err().kind(), ErrorKind::Mismatch);
        for refused in ["", " new"] {
            assert_eq!(webhook.clone().with_secret(refused).unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
        let webhook = webhook.with_secret("new").unwrap();
        assert_eq!(webhook.verify(&headers, body, now).unwrap().secret_index(), 1);
    }
}
