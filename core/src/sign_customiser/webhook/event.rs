//! `Event`: a verified delivery, and the answer to it.

use super::payloads::{FormSubmitted, OrderCreated, ProductCreated};
use crate::call::Json;
use crate::digest::hex;
use crate::error::{Error, ErrorKind};
use crate::placed::id_text;
use crate::sign_customiser::account::with_maps;
use crate::sign_customiser::subscription::Topic;
use crate::time::Timestamp;
use crate::tree::Tree;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A verified delivery.
#[derive(Clone, Debug, Serialize)]
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
    pub(super) fn read(
        body: &[u8],
        timestamp: Timestamp,
        signature: &[u8; 32],
        secret_index: usize,
    ) -> Result<Self, Error> {
        let unreadable = |why: &str| Error::new(ErrorKind::InvalidJson, format!("The signature is right, but {why}"));
        let tree = Tree::read_foreign(body, "The delivery")?;
        let mut payloads = tree.root().children().filter(|node| node.text().starts_with('{')).filter_map(|node| {
            let row = PAYLOADS.iter().find(|(name, ..)| node.key() == name)?;
            Some((node, row))
        });
        let (Some((payload, (name, topic, id))), None) = (payloads.next(), payloads.next()) else {
            return Err(unreadable(
                "the body has not exactly one of \"product\", \"order\" and \"form_submission\". Is this a newer topic?",
            ));
        };
        let own_id = payload.member(id).map(|id| id.text().trim_matches('"'));
        let dedup_key = match own_id.filter(|text| !matches!(*text, "null" | "")) {
            Some(id) => format!("{name}:{id}"),
            None => format!("delivery:{}:{}", timestamp.unix(), hex(signature)),
        };
        let maps: &[&str] = if *topic == Topic::ProductCreated { &["external_data"] } else { &[] };
        let raw = serde_json::from_str(payload.text()).map_err(|error| unreadable(&format!("{name}: {error}.")))?;
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

    /// The shop's own id of the order that an `order:created` speaks of, as text, however the platform wrote it: the key
    /// by which an unknown outcome is settled. `None` for another topic, and for a delivery that names none.
    pub fn external_id(&self) -> Option<String> {
        #[derive(Deserialize)]
        struct Order<'a> {
            #[serde(borrow)]
            external_id: Option<&'a RawValue>,
        }
        let order: Order<'_> = self.typed(Topic::OrderCreated)?;
        id_text(order.external_id?).filter(|id| !id.is_empty())
    }

    /// The payload of `product:created`, typed.
    pub fn product(&self) -> Option<ProductCreated> {
        self.owned(Topic::ProductCreated)
    }

    /// The payload of `order:created`, typed.
    pub fn order(&self) -> Option<OrderCreated> {
        self.owned(Topic::OrderCreated)
    }

    /// The payload of `form:submitted`, typed.
    pub fn form(&self) -> Option<FormSubmitted> {
        self.owned(Topic::FormSubmitted)
    }

    /// Typed whatever the platform cut: half of a surrogate pair, which no text of ours can hold, becomes U+FFFD.
    fn owned<T: DeserializeOwned>(&self, topic: Topic) -> Option<T> {
        let halves = || serde_json::from_str(&whole_pairs(self.data.get())).ok();
        self.typed(topic).or_else(|| (self.topic == topic.name()).then(halves).flatten())
    }

    fn typed<'d, T: Deserialize<'d>>(&'d self, topic: Topic) -> Option<T> {
        (self.topic == topic.name()).then(|| serde_json::from_str(self.data.get()).ok()).flatten()
    }
}

/// JSON text in which every escaped half of a surrogate pair that stands alone is U+FFFD.
fn whole_pairs(text: &str) -> String {
    let half = |rest: &str| rest.strip_prefix("\\u").and_then(|hex| u16::from_str_radix(hex.get(..4)?, 16).ok());
    let (high, low) = (0xd800..0xdc00, 0xdc00..0xe000);
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = match half(rest) {
            Some(unit) if high.contains(&unit) && half(&rest[6..]).is_some_and(|next| low.contains(&next)) => 12,
            Some(unit) if high.contains(&unit) || low.contains(&unit) => {
                whole.push_str("\\ufffd");
                rest = &rest[6..];
                continue;
            }
            Some(_) => 6,
            // Any other escape is two characters, also an escaped backslash.
            None => rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end),
        };
        whole.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    whole + rest
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
    serde_json::to_string(&Answer { external_id }).map_err(Error::unwritten)
}

/// The JSON body to answer any other delivery with, status 200.
pub const ACKNOWLEDGED: &str = r#"{"ok":true}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accepted_order_names_the_shops_id() {
        let id = |body: &str| Event::read(body.as_bytes(), Timestamp::from_unix(0), &[0; 32], 0).unwrap().external_id();
        assert_eq!(id(r#"{"order":{"order_id":1,"external_id":"10\u0030"}}"#).as_deref(), Some("100"));
        let digits = "123456789012345678901234567890";
        assert_eq!(id(&format!("{{\"order\":{{\"external_id\":{digits}}}}}")).as_deref(), Some(digits));
        for none in [
            r#"{"order":{"order_id":1}}"#,
            r#"{"order":{"external_id":null}}"#,
            r#"{"order":{"external_id":""}}"#,
            r#"{"order":{"external_id":["a"]}}"#,
            r#"{"order":{"external_id":"a","external_id":"b"}}"#,
            r#"{"product":{"external_id":"a"}}"#,
        ] {
            assert_eq!(id(none), None, "{none}");
        }
    }

    #[test]
    fn half_of_a_pair_is_no_reason_to_refuse_a_delivery() {
        let read = |body: &str| Event::read(body.as_bytes(), Timestamp::from_unix(0), &[0; 32], 0);
        let event =
            read("\u{feff}{\"order\":{\"order_id\":1,\"external_id\":\"a\",\"external_order_number\":\"\\ud83c\"}}")
                .unwrap();
        assert_eq!(event.external_id().as_deref(), Some("a"));
        assert_eq!(event.order().unwrap().external_order_number, Some("\u{fffd}".into()));
        // What decides is read strictly: by such an id nothing is settled.
        let odd = read(r#"{"order":{"order_id":1,"external_id":"\ud83c"}}"#).unwrap();
        assert_eq!(odd.external_id(), None);
        for (text, whole) in [
            (r#""\ud83d\ude00 \u0041 \\ud83c \n""#, r#""\ud83d\ude00 \u0041 \\ud83c \n""#),
            (r#""\ud83d \ude00\ud83d\ud83d\ude00""#, r#""\ufffd \ufffd\ufffd\ud83d\ude00""#),
            (r#""é\ude00""#, r#""é\ufffd""#),
        ] {
            assert_eq!(whole_pairs(text), whole);
        }
    }
}
