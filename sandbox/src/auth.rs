//! Who is asking? The only file that knows the core's signer.
//!
//! Spiff takes a signature (`SOA` with SHA-512 or MD5, or `VWS`) or an application key; Sign Customiser takes a bearer
//! token and signs its webhooks.

use crate::received::Received;
use countersign_core::digest::hmac_sha256;
use countersign_core::signature::verify;
use countersign_core::{BodyDigest, Parts, Scheme, Signer, Timestamp};
use serde_json::{Value, json};

/// Longer bodies are not tried under every mistake: that hashes them hundreds of times, while everyone else waits.
const MAX_EXPLAINED: usize = 32 * 1024;

/// How a request identified itself, and whether that holds.
#[derive(Clone, Debug)]
pub(crate) struct Judgement {
    /// `signature`, `application_key`, `api_token`, or `none`.
    pub(crate) credential: &'static str,
    /// Whether the credential is right.
    pub(crate) accepted: bool,
    /// Why it is not: a word for programs.
    pub(crate) reason: Option<String>,
    /// The same as a sentence.
    pub(crate) message: Option<String>,
    /// What the core's `explain` says about a refused signature.
    pub(crate) advice: Option<String>,
    /// The mistake that produces the presented signature.
    pub(crate) matches: Option<String>,
    /// What the signature had to be made over.
    pub(crate) string_to_sign: Option<String>,
    /// What it was made over, where that could be found out.
    pub(crate) presented: Option<String>,
}

impl Judgement {
    fn accepted(credential: &'static str) -> Self {
        Self {
            credential,
            accepted: true,
            reason: None,
            message: None,
            advice: None,
            matches: None,
            string_to_sign: None,
            presented: None,
        }
    }

    fn refused(credential: &'static str, reason: &str, message: impl Into<String>) -> Self {
        Self {
            accepted: false,
            reason: Some(reason.to_owned()),
            message: Some(message.into()),
            ..Self::accepted(credential)
        }
    }

    /// About how many bytes its texts hold.
    pub(crate) fn weight(&self) -> usize {
        let texts = [&self.reason, &self.message, &self.advice, &self.matches, &self.string_to_sign, &self.presented];
        texts.into_iter().flatten().map(String::len).sum()
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "credential": self.credential,
            "accepted": self.accepted,
            "reason": self.reason,
            "message": self.message,
            "advice": self.advice,
            "matches": self.matches,
            "string_to_sign": self.string_to_sign,
            "presented_string_to_sign": self.presented,
        })
    }
}

/// The Spiff credentials, ready to judge with.
pub(crate) struct SpiffKeys {
    soa: Signer,
    soa_md5: Signer,
    vws: Signer,
    application_key: String,
}

impl SpiffKeys {
    /// Fails with a sentence when the key pair cannot sign at all, such as an empty secret.
    pub(crate) fn new(access_key: &str, secret_key: &str, application_key: &str) -> Result<Self, String> {
        let signer = |scheme| Signer::new(access_key, secret_key, scheme).map_err(|error| error.to_string());
        Ok(Self {
            soa: signer(Scheme::Soa(BodyDigest::Sha512))?,
            soa_md5: signer(Scheme::Soa(BodyDigest::Md5))?,
            vws: signer(Scheme::Vws)?,
            application_key: application_key.to_owned(),
        })
    }

    /// Judges a request. A signature is judged when there is one; otherwise the application key.
    pub(crate) fn judge(&self, received: &Received, now: Timestamp, window: Option<u32>) -> Judgement {
        match (received.header("authorization"), received.header("x-application-key")) {
            (Some(authorization), _) => self.judge_signature(received, authorization, now, window),
            (None, Some(key)) if same(key, &self.application_key) => Judgement::accepted("application_key"),
            (None, Some(_)) => Judgement::refused(
                "application_key",
                "unknown_key",
                "The value of X-Application-Key is not this sandbox's application key.",
            ),
            (None, None) => {
                Judgement::refused("none", "missing", "There is neither Authorization nor X-Application-Key.")
            }
        }
    }

    fn judge_signature(
        &self,
        received: &Received,
        authorization: &str,
        now: Timestamp,
        window: Option<u32>,
    ) -> Judgement {
        let headers: Vec<_> = received.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let (method, body) = (received.method.as_str(), received.body.as_slice());
        // The digest is not announced: the newer is tried first, then the older.
        let signers = [&self.soa, &self.soa_md5, &self.vws];
        match verify(&signers, method, &received.path, body, &headers, now, window) {
            Ok(by) => {
                Judgement { string_to_sign: string_to_sign(signers[by], received), ..Judgement::accepted("signature") }
            }
            Err(error) => {
                // Refused for its date alone, it is explained by the signer that made it.
                let made =
                    |signer: &&Signer| verify(&[*signer], method, &received.path, body, &headers, now, None).is_ok();
                let by_word = if authorization.trim_start().starts_with("VWS") { &self.vws } else { &self.soa };
                let signer = signers.into_iter().find(made).unwrap_or(by_word);
                let refused = Judgement::refused("signature", error.kind().name(), error.to_string());
                if body.len() > MAX_EXPLAINED {
                    return Judgement {
                        advice: Some(
                            "The body is too long to try the usual mistakes here; `countersign explain` does.".into(),
                        ),
                        string_to_sign: string_to_sign(signer, received),
                        ..refused
                    };
                }
                let explanation = signer.explain(method, &received.target(), body, &headers);
                Judgement {
                    advice: Some(explanation.advice),
                    matches: explanation.matches,
                    string_to_sign: Some(explanation.ours),
                    presented: explanation.presented,
                    ..refused
                }
            }
        }
    }
}

/// What the signature of a request had to be made over; none if a part cannot be signed at all.
fn string_to_sign(signer: &Signer, received: &Received) -> Option<String> {
    let header = |name| received.header(name).unwrap_or_default();
    let (content_type, date) = (header("content-type"), header("date"));
    let (method, path, body) = (received.method.as_str(), received.path.as_str(), received.body.as_slice());
    signer.string_to_sign(&Parts { method, path, content_type, date, body }).ok()
}

/// Judges a bearer token.
pub(crate) fn judge_bearer(received: &Received, token: &str) -> Judgement {
    let Some(authorization) = received.header("authorization") else {
        return Judgement::refused("none", "missing", "There is no Authorization header.");
    };
    match authorization.split_once(' ') {
        Some((scheme, given)) if scheme.eq_ignore_ascii_case("bearer") && same(given, token) => {
            Judgement::accepted("api_token")
        }
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("bearer") => {
            Judgement::refused("api_token", "unknown_key", "The bearer token is not this sandbox's API token.")
        }
        _ => Judgement::refused("none", "malformed", "Authorization is not of the form `Bearer TOKEN`."),
    }
}

/// What a webhook signature is made over; the vendor's text does not settle it, so all candidates exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WebhookScheme {
    /// `timestamp.body`
    A,
    /// `body`
    B,
    /// timestamp and body, joined by nothing
    C,
    /// body and timestamp, joined by nothing
    D,
    /// `body.timestamp`
    E,
}

/// The value of `x-webhook-signature`: hex of HMAC-SHA256 over timestamp and body, joined as the scheme says.
pub(crate) fn webhook_signature(scheme: WebhookScheme, secret: &str, timestamp: &str, body: &[u8]) -> String {
    let stamp = timestamp.as_bytes();
    let parts: &[&[u8]] = match scheme {
        WebhookScheme::A => &[stamp, b".", body],
        WebhookScheme::B => &[body],
        WebhookScheme::C => &[stamp, body],
        WebhookScheme::D => &[body, stamp],
        WebhookScheme::E => &[body, b".", stamp],
    };
    hmac_sha256(secret.as_bytes(), parts).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares without stopping at the first difference.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |diff, (a, b)| diff | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_webhook_formulas() {
        // Computed with Python's hmac module over a published sample body.
        let body =
            br#"{"product":{"product_id":1,"title":"Custom Neon: Hello World","price":10000,"external_data":{}}}"#;
        for (scheme, expected) in [
            (WebhookScheme::A, "a5db79ba4ef38d08f371ecf4321d6dab7dd056fad0787058ddbd1207a8c1813f"),
            (WebhookScheme::B, "acfe1ae8074ab585829aecb59a9233cc3e997879a6ba970b38fd6767b7b53f41"),
            (WebhookScheme::C, "5f0bf2d7d10c80bfdca1a4862b7ca93b7e576e9da328ad82f6ed0349baa0b3f0"),
            (WebhookScheme::D, "0b9563f0103e0bc19328342b4484ecdd938647c8bb7ddfd15fa12c11ade9a86c"),
            (WebhookScheme::E, "2e1f897311d6ca72e3f27ab307c81af8f6f8c7e97bac26ac9024ac545466a409"),
        ] {
            assert_eq!(webhook_signature(scheme, "sc_test_secret_0123456789", "1704067200", body), expected);
        }
    }
}
