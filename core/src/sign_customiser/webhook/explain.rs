//! Why was a delivery refused? Tries every formula, in both text forms, with each secret.

use super::formula::{SignatureText, SignedContent};
use super::verify::{Delivered, Webhook};
use crate::digest::{from_base64, hmac_sha256_matches};
use crate::secret::{Secret, unquoted};
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
        // The body as it is, then as it may have been before something on the way changed it.
        let found = self.search(delivered.timestamp, bare, body).map(|found| (found, None)).or_else(|| {
            let mut before = changes(body).into_iter();
            before.find_map(|(body, why)| Some((self.search(delivered.timestamp, bare, &body)?, Some(why))))
        });
        let Some((Found { content, text, trimmed, unquoted }, changed)) = found else {
            return nothing(
                "No known formula gives this signature: most often the secret is another one (each subscription has its own; \
                 the callback uses the integration secret), or the body was parsed and written again. To see what really \
                 arrives, point a delivery at `countersign sandbox`, or write the bytes of the body to a file before anything \
                 reads them."
                    .to_owned(),
            );
        };
        let as_set = content == self.content && text == self.text && bare == delivered.signature;
        let configured = as_set && changed.is_none();
        let mut advice = if configured {
            "The signature is right for this secret, as configured. If it was refused, look at the clock.".to_owned()
        } else if let (Some(why), true) = (changed, as_set) {
            why.to_owned()
        } else {
            format!("Set the signed content to {:?} and the encoding to {:?}.", content.name(), text.name())
        };
        if let (Some(why), false) = (changed, as_set) {
            advice += " ";
            advice += why;
        }
        if unquoted {
            advice += " Remove the quotes around the secret: an env file left them there.";
        }
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
                    let (trimmed, bare) = (secret.trim_ascii(), unquoted(secret));
                    let found = |trimmed, unquoted| Some(Found { content, text, trimmed, unquoted });
                    if matches(secret) {
                        return found(false, false);
                    }
                    if trimmed.len() < secret.len() && matches(trimmed) {
                        return found(true, false);
                    }
                    if bare.is_some_and(matches) {
                        return found(false, true);
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
    /// Without the quotes around it.
    unquoted: bool,
}

/// What a body may have been before it came here, and what was done to it.
fn changes(body: &[u8]) -> Vec<(Vec<u8>, &'static str)> {
    let mut all = Vec::new();
    let ended =
        "The body has a line end that was not sent: an editor or `echo` added it. Keep the bytes as they arrive.";
    if let Some(rest) = body.strip_suffix(b"\n") {
        all.push((rest.to_vec(), ended));
        all.extend(rest.strip_suffix(b"\r").map(|rest| (rest.to_vec(), ended)));
    }
    all.push((
        [body, b"\n"].concat(),
        "The body was sent with a line end that is missing here. Keep the bytes as they arrive.",
    ));
    if let Some(rest) = body.strip_prefix(b"\xef\xbb\xbf") {
        all.push((rest.to_vec(), "A byte order mark was put before the body. Keep the bytes as they arrive."));
    }
    let encoded =
        "The body is base64 of what was sent, as some gateways hand bodies on (isBase64Encoded). Decode it first.";
    let text: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    all.extend(std::str::from_utf8(&text).ok().and_then(from_base64).map(|decoded| (decoded, encoded)));
    let latin = "The body was read as Latin-1 and not as the bytes that it is. Keep the bytes as they arrive.";
    match std::str::from_utf8(body) {
        // UTF-8 that was taken for Latin-1 and written as UTF-8 once more.
        Ok(text) => {
            let bytes: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
            all.extend(bytes.ok().filter(|bytes| bytes != body).map(|bytes| (bytes, latin)));
        }
        Err(_) => all.push((body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes(), latin)),
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{base64, hex, hmac_sha256};

    #[test]
    fn what_was_done_to_a_body_is_named() {
        let sent = "{\"name\":\"Zo\u{eb}\"}".as_bytes();
        let signature = hex(&hmac_sha256(b"secret", &[b"1704067200.", sent]));
        let headers = [("x-webhook-timestamp", "1704067200"), ("x-webhook-signature", &*signature)];
        let webhook = Webhook::new(["secret"]).unwrap();
        let mojibake = sent.iter().map(|byte| char::from(*byte)).collect::<String>();
        let latin = [&b"{\"name\":\"Zo"[..], b"\xeb\"}"].concat();
        for (body, words) in [
            ([sent, b"\n"].concat(), "a line end that was not sent"),
            ([sent, b"\r\n"].concat(), "a line end that was not sent"),
            ([b"\xef\xbb\xbf", sent].concat(), "byte order mark"),
            (base64(sent).into_bytes(), "base64 of what was sent"),
            (mojibake.into_bytes(), "Latin-1"),
            (latin, "Latin-1"),
        ] {
            let explained = webhook.explain(&headers, &body);
            assert!(explained.advice.contains(words), "{words}: {explained:?}");
            assert!(!explained.configured && explained.content == Some("timestamp.body"));
        }
        assert!(webhook.explain(&headers, sent).configured);
        let quoted = Webhook::new(["\"secret\""]).unwrap().explain(&headers, sent);
        assert!(quoted.advice.contains("Remove the quotes"), "{quoted:?}");
        assert!(webhook.explain(&headers, b"{}").advice.contains("countersign sandbox"));
    }
}
