//! Why was a delivery refused? Tries every formula, in both text forms, with each secret.

use super::formula::{SignatureText, SignedContent};
use super::verify::{Delivered, Webhook};
use crate::digest::hmac_sha256_matches;
use crate::secret::Secret;
use serde::Serialize;

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
    /// Says which of the candidate formulas a captured delivery matches, whatever its age.
    pub fn explain(&self, headers: &[(&str, &str)], body: &[u8]) -> WebhookExplanation {
        let nothing = |advice: String| WebhookExplanation { content: None, encoding: None, configured: false, advice };
        let delivered = match Delivered::of(headers) {
            Ok(delivered) => delivered,
            Err(error) => return nothing(error.message().to_owned()),
        };
        let signature = delivered.signature.trim();
        let bare = signature.strip_prefix("sha256=").unwrap_or(signature);
        let Some(Found { content, text, trimmed }) = self.search(delivered.timestamp, bare, body) else {
            return nothing(
                "No known formula gives this signature: most often the secret is another one (each subscription has its own; \
                 the callback uses the integration secret), or the body was parsed and written again."
                    .to_owned(),
            );
        };
        let configured = content == self.content && text == self.text && bare == delivered.signature;
        let mut advice = if configured {
            "The signature is right for this secret, as configured. If it was refused, look at the clock.".to_owned()
        } else {
            format!("Set the signed content to {:?} and the encoding to {:?}.", content.name(), text.name())
        };
        if trimmed {
            advice += " Remove the white space around the secret.";
        }
        if bare != delivered.signature {
            advice += " The header has more around the signature than documented (white space or a prefix).";
        }
        WebhookExplanation { content: Some(content.name()), encoding: Some(text.name()), configured, advice }
    }

    /// The first formula that gives `signature`.
    fn search(&self, timestamp: &str, signature: &str, body: &[u8]) -> Option<Found> {
        for text in [SignatureText::Hex, SignatureText::Base64] {
            let Some(presented) = text.read(signature) else { continue };
            for content in SignedContent::ALL.iter().copied() {
                let parts = content.parts(timestamp, body);
                for secret in self.secrets.iter().map(Secret::expose) {
                    let matches = |secret: &[u8]| hmac_sha256_matches(secret, &parts, &presented);
                    let trimmed = secret.trim_ascii();
                    if matches(secret) {
                        return Some(Found { content, text, trimmed: false });
                    }
                    if trimmed.len() < secret.len() && matches(trimmed) {
                        return Some(Found { content, text, trimmed: true });
                    }
                }
            }
        }
        None
    }
}

struct Found {
    content: SignedContent,
    text: SignatureText,
    /// Whether the secret matches without the white space around it alone.
    trimmed: bool,
}
