//! Deliveries of the platform: verify, read, answer.
//!
//! | | rule | source |
//! |---|---|---|
//! | headers | `x-webhook-timestamp` (Unix seconds), `x-webhook-signature` | reference |
//! | algorithm | HMAC-SHA256 with the secret's text, over the raw body and the timestamp | reference |
//! | joiner and text form | `timestamp.body`, lower-case hex | **unverified**: one captured delivery settles it, see [`Webhook::explain`] |
//! | window | 300 s either way | **unverified**: the guide asks for a check, its figure is not public |
//!
//! Verification uses exactly one configured formula: trying several would accept one that leaves the timestamp out.

use super::account::{lenient_map, with_maps};
use super::subscription::Topic;
use crate::call::Json;
use crate::digest::{from_base64, from_hex, hex, hmac_sha256_matches};
use crate::error::{Error, ErrorKind};
use crate::headers::single;
use crate::json::{self, Members};
use crate::options::Options;
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;

/// What is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignedContent {
    /// Candidate A: the timestamp, a point, the body.
    #[default]
    TimestampDotBody,
    /// Candidate B: the body alone. It leaves a replayed delivery undetected.
    Body,
    /// Candidate C: the timestamp, then the body.
    TimestampBody,
    /// Candidate D: the body, then the timestamp.
    BodyTimestamp,
    /// Candidate E: the body, a point, the timestamp.
    BodyDotTimestamp,
}

impl SignedContent {
    /// All candidates.
    pub const ALL: &'static [Self] =
        &[Self::TimestampDotBody, Self::Body, Self::TimestampBody, Self::BodyTimestamp, Self::BodyDotTimestamp];

    /// The formula as options write it, such as `timestamp.body`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimestampDotBody => "timestamp.body",
            Self::Body => "body",
            Self::TimestampBody => "timestamp+body",
            Self::BodyTimestamp => "body+timestamp",
            Self::BodyDotTimestamp => "body.timestamp",
        }
    }

    fn parts<'a>(self, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 3] {
        let timestamp = timestamp.as_bytes();
        match self {
            Self::TimestampDotBody => [timestamp, b".", body],
            Self::Body => [body, b"", b""],
            Self::TimestampBody => [timestamp, b"", body],
            Self::BodyTimestamp => [body, b"", timestamp],
            Self::BodyDotTimestamp => [body, b".", timestamp],
        }
    }
}

/// How the signature is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureText {
    /// 64 hex characters, in either case.
    #[default]
    Hex,
    /// 44 characters of standard base64.
    Base64,
}

impl SignatureText {
    /// `hex` or `base64`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
        }
    }

    fn read(self, text: &str) -> Option<[u8; 32]> {
        match self {
            Self::Hex => from_hex(&text.to_ascii_lowercase())?.try_into().ok(),
            Self::Base64 => from_base64(text)?.try_into().ok(),
        }
    }
}

/// How far a delivery's timestamp may be from our clock, in seconds, either way.
pub const DEFAULT_TOLERANCE: u32 = 300;

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
    secrets: Vec<Secret>,
    content: SignedContent,
    text: SignatureText,
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
struct Delivered<'a> {
    timestamp: &'a str,
    signature: &'a str,
}

fn malformed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

impl<'a> Delivered<'a> {
    fn of(headers: &[(&'a str, &'a str)]) -> Result<Self, Error> {
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

/// What [`Webhook::explain`] found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebhookExplanation {
    /// The formula that matches, such as `timestamp.body`; `None` if none does.
    pub content: Option<&'static str>,
    /// The text form that matches, `hex` or `base64`.
    pub encoding: Option<&'static str>,
    /// Whether it is what this `Webhook` is set to.
    pub configured: bool,
    /// What to do, in words.
    pub advice: String,
}

impl Webhook {
    /// With the secrets that are active: one, or the old and the new one during a rotation.
    ///
    /// # Errors
    /// `invalid_argument` without a secret, or for an empty one or one with white space around it.
    pub fn new<S: Into<Secret>>(secrets: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let secrets: Vec<Secret> = secrets.into_iter().map(Into::into).collect();
        if secrets.is_empty() {
            return Err(Error::argument("There is no secret to verify with."));
        }
        if let Some(fault) = secrets.iter().find_map(|secret| secret.fault("The webhook secret")) {
            return Err(Error::argument(fault));
        }
        Ok(Self {
            secrets,
            content: SignedContent::default(),
            text: SignatureText::default(),
            tolerance: DEFAULT_TOLERANCE,
        })
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

    /// Sets how far a timestamp may be from our clock, in seconds.
    #[must_use]
    pub fn with_tolerance(mut self, seconds: u32) -> Self {
        self.tolerance = seconds;
        self
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
                "x-webhook-signature is not {}. explain() says which form it has.",
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
                 this very subscription (or the integration secret for the product:created callback); explain() tries the \
                 other formulas.",
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

    /// Says which of the candidate formulas a captured delivery matches, whatever its age.
    pub fn explain(&self, headers: &[(&str, &str)], body: &[u8]) -> WebhookExplanation {
        let nothing = |advice: String| WebhookExplanation { content: None, encoding: None, configured: false, advice };
        let delivered = match Delivered::of(headers) {
            Ok(delivered) => delivered,
            Err(error) => return nothing(error.message().to_owned()),
        };
        let signature = delivered.signature.trim();
        let bare = signature.strip_prefix("sha256=").unwrap_or(signature);
        for text in [SignatureText::Hex, SignatureText::Base64] {
            let Some(presented) = text.read(bare) else { continue };
            for content in SignedContent::ALL {
                let parts = content.parts(delivered.timestamp, body);
                for secret in &self.secrets {
                    let found = [secret.expose(), secret.expose().trim_ascii()]
                        .into_iter()
                        .find(|secret| hmac_sha256_matches(secret, &parts, &presented));
                    let Some(key) = found else { continue };
                    let configured = *content == self.content && text == self.text && bare == delivered.signature;
                    let mut advice = if configured {
                        "The signature is right for this secret, as configured. If it was refused, look at the clock."
                            .to_owned()
                    } else {
                        format!("Set the signed content to {:?} and the encoding to {:?}.", content.name(), text.name())
                    };
                    if key.len() != secret.expose().len() {
                        advice += " Remove the white space around the secret.";
                    }
                    if bare != delivered.signature {
                        advice +=
                            " The header has more around the signature than documented (white space or a prefix).";
                    }
                    return WebhookExplanation {
                        content: Some(content.name()),
                        encoding: Some(text.name()),
                        configured,
                        advice,
                    };
                }
            }
        }
        nothing(
            "No known formula gives this signature: most often the secret is another one (each subscription has its own; the \
             callback uses the integration secret), or the body was parsed and written again."
                .to_owned(),
        )
    }
}

/// A verified delivery.
#[derive(Clone, Debug)]
pub struct Event {
    topic: String,
    data: Json,
    timestamp: Timestamp,
    dedup_key: String,
    secret_index: usize,
}

/// The key under which a payload stands, its topic, and its own id.
const PAYLOADS: &[(&str, Topic, &str)] = &[
    ("product", Topic::ProductCreated, "product_id"),
    ("order", Topic::OrderCreated, "order_id"),
    ("form_submission", Topic::FormSubmitted, "submission_number"),
];

impl Event {
    fn read(body: &[u8], timestamp: Timestamp, signature: &[u8; 32], secret_index: usize) -> Result<Self, Error> {
        let (root, _) = json::check(body, "The delivery")?;
        let members = serde_json::from_str::<Members<'_>>(root.get()).map(|members| members.0).unwrap_or_default();
        let known =
            |(key, raw): &(_, &RawValue)| PAYLOADS.iter().any(|(name, ..)| key == name) && raw.get().starts_with('{');
        let mut payloads = members.iter().filter(|member| known(member));
        let (Some((key, raw)), None) = (payloads.next(), payloads.next()) else {
            return Err(Error::new(
                ErrorKind::InvalidJson,
                "The signature is right, but the body has not exactly one of \"product\", \"order\" and \"form_submission\". \
                 Is this a newer topic?",
            ));
        };
        let (name, topic, id) = PAYLOADS.iter().find(|(name, ..)| key == name).copied().unwrap_or(PAYLOADS[0]);
        let maps: &[&str] = if topic == Topic::ProductCreated { &["external_data"] } else { &[] };
        let own_id = serde_json::from_str::<Members<'_>>(raw.get())
            .ok()
            .and_then(|fields| fields.0.into_iter().find(|(key, _)| key == id))
            .map(|(_, raw)| raw.get().trim_matches('"').to_owned())
            .filter(|text| text != "null" && !text.is_empty());
        let dedup_key = match own_id {
            Some(id) => format!("{name}:{id}"),
            None => format!("delivery:{}:{}", timestamp.unix(), hex(signature)),
        };
        let data = Json(with_maps(raw, maps).into_owned());
        Ok(Self { topic: topic.name().to_owned(), data, timestamp, dedup_key, secret_index })
    }

    /// `product:created`, `order:created` or `form:submitted`.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The payload: what stands under `product`, `order` or `form_submission`.
    pub fn data(&self) -> &Json {
        &self.data
    }

    /// When the platform stamped the delivery.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The same for every delivery of one happening, such as `product:17`. The platform sends no delivery id, and whether
    /// it repeats deliveries is not documented: answer a repeated key with what was answered first.
    pub fn dedup_key(&self) -> &str {
        &self.dedup_key
    }

    /// Which of the secrets verified it, from 0.
    pub fn secret_index(&self) -> usize {
        self.secret_index
    }

    /// The JSON body to answer the `product:created` callback with, status 200: the shop's id of the product. The same
    /// `product_id` must always get the same id. That the id stands at the top level is *unverified*.
    ///
    /// # Errors
    /// `unsupported` for another topic, `invalid_argument` for an empty id.
    pub fn answer(&self, external_id: &str) -> Result<String, Error> {
        if self.topic != Topic::ProductCreated.name() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!("{} expects no external_id: answer 200 with {ACKNOWLEDGED}.", self.topic),
            ));
        }
        answer(external_id)
    }

    /// The payload of `product:created`, typed.
    pub fn product(&self) -> Option<ProductCreated> {
        self.typed(Topic::ProductCreated)
    }

    /// The payload of `order:created`, typed.
    pub fn order(&self) -> Option<OrderCreated> {
        self.typed(Topic::OrderCreated)
    }

    /// The payload of `form:submitted`, typed.
    pub fn form(&self) -> Option<FormSubmitted> {
        self.typed(Topic::FormSubmitted)
    }

    fn typed<T: serde::de::DeserializeOwned>(&self, topic: Topic) -> Option<T> {
        (self.topic == topic.name()).then(|| serde_json::from_str(self.data.get()).ok()).flatten()
    }
}

/// The JSON body that answers the `product:created` callback: [`Event::answer`] without the event.
///
/// # Errors
/// `invalid_argument` for an empty id or one with control characters.
pub fn answer(external_id: &str) -> Result<String, Error> {
    if external_id.is_empty() || external_id.contains(|c: char| c.is_ascii_control()) {
        return Err(Error::argument("The external_id is empty or has a control character."));
    }
    #[derive(Serialize)]
    struct Answer<'a> {
        external_id: &'a str,
    }
    serde_json::to_string(&Answer { external_id })
        .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))
}

/// The JSON body to answer any other delivery with, status 200.
pub const ACKNOWLEDGED: &str = r#"{"ok":true}"#;

/// Any of the forms in which the platform writes a scalar; absent and null are `None`.
type Text = Option<serde_json::Value>;

/// A finished design. Scalars stay as the platform wrote them: only samples document their types.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct ProductCreated {
    pub product_id: Text,
    pub title: Text,
    pub description: Text,
    pub description_html: Text,
    pub external_id: Text,
    #[serde(deserialize_with = "lenient_map")]
    pub external_data: serde_json::Map<String, serde_json::Value>,
    pub price: Text,
    pub compare_price: Text,
    pub customiser_id: Text,
    pub logo_upload_id: Text,
    /// Fetch it over https only, and never blindly from a server inside your network.
    pub product_image_url: Text,
    pub uploads: Option<Vec<serde_json::Value>>,
    pub created_at: Text,
    pub updated_at: Text,
}

/// An accepted order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct OrderCreated {
    pub order_id: Text,
    pub order_number: Text,
    pub external_order_number: Text,
    /// The shop's id of the order: it settles an unknown outcome.
    pub external_id: Text,
    pub order_total: Text,
    pub app_total: Text,
    pub currency: Text,
    pub shipping_line: Text,
    /// With `state`, where orders go out with `province`.
    #[serde(deserialize_with = "lenient_map")]
    pub billing_address: serde_json::Map<String, serde_json::Value>,
    #[serde(deserialize_with = "lenient_map")]
    pub shipping_address: serde_json::Map<String, serde_json::Value>,
    #[serde(deserialize_with = "lenient_map")]
    pub customer: serde_json::Map<String, serde_json::Value>,
    pub products: Option<Vec<serde_json::Value>>,
}

/// A form that was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct FormSubmitted {
    pub submission_number: Text,
    #[serde(rename = "type")]
    pub kind: Text,
    #[serde(deserialize_with = "lenient_map")]
    pub form: serde_json::Map<String, serde_json::Value>,
    pub responses: Option<Vec<serde_json::Value>>,
    pub created_at: Text,
}
