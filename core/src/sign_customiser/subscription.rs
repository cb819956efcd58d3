//! Webhook subscriptions: which topics are delivered where.

use super::account::{Account, lenient_map, member, object, with_maps};
use crate::call::{Call, Refusal};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind, Problem};
use crate::evidence::{self, Found};
use crate::json::Written;
use crate::secret::Secret;
use crate::suggest::nearest;
use crate::time::Timestamp;
use crate::tree::Tree;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The topics that the vendor names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A shopper finished a design.
    ProductCreated,
    /// An order was accepted.
    OrderCreated,
    /// A form was sent.
    FormSubmitted,
}

impl Topic {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::ProductCreated, Self::OrderCreated, Self::FormSubmitted];

    /// `product:created`, `order:created` or `form:submitted`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ProductCreated => "product:created",
            Self::OrderCreated => "order:created",
            Self::FormSubmitted => "form:submitted",
        }
    }
}

/// A subscription as the platform knows it.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Subscription {
    pub webhook_id: Option<i64>,
    pub topic: Option<String>,
    pub url: Option<String>,
    pub status: Option<String>,
    /// Verifies the deliveries of this subscription. The platform shows it at every read.
    pub secret: Option<Secret>,
    #[serde(default, deserialize_with = "lenient_map")]
    pub meta: serde_json::Map<String, serde_json::Value>,
    pub created_at: Option<String>,
    pub updated_at: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    topic: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Written<'a>>,
}

fn body(topic: &str, url: &str, meta: Option<&[u8]>) -> Result<Vec<u8>, Error> {
    let mut problems = Vec::new();
    let mut add = |path: &str, code: &'static str, message| {
        problems.push(Problem { path: path.to_owned(), code: code.into(), message });
    };
    let names: Vec<_> = Topic::ALL.iter().map(|topic| topic.name()).collect();
    if !names.contains(&topic) {
        let hint = nearest(topic, &names).map_or(names.join(", "), |near| format!("did you mean {near:?}"));
        add("topic", "unknown_topic", format!("{topic:?} is not a topic: {hint}?"));
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    if rest.is_empty() || rest.starts_with('/') || url.contains(|c: char| !c.is_ascii_graphic()) {
        add("url", "format", "A whole URL is due, such as https://shop.example/webhooks.".to_owned());
    }
    let meta = match meta.map(|text| Tree::read(text, "meta")).transpose()? {
        None => None,
        Some(tree) => {
            problems.extend(tree.problems().list);
            Some(Written(tree.root().text()))
        }
    };
    if !problems.is_empty() {
        return Err(Error::of_problems(ErrorKind::InvalidArgument, "The subscription", problems));
    }
    serde_json::to_vec(&Body { topic, url, meta }).map_err(Error::unwritten)
}

fn one<'r>(reply: &'r crate::Reply) -> Result<Cow<'r, RawValue>, Refusal> {
    Ok(with_maps(object(member(reply, "webhook")?, "\"webhook\"")?, &["meta"]))
}

impl Account {
    /// Prepares the list of all subscriptions. It changes nothing, and so tells whether the token is accepted.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn prepare_webhook_list(&self, now: Timestamp) -> Result<Call<Vec<Subscription>>, Error> {
        self.call("GET", "/api/v2/webhooks", Vec::new(), Effect::Read, now, |reply| {
            let list = member(reply, "webhooks")?;
            let items: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(|error| {
                Refusal::new(Class::UnexpectedReply, format!("\"webhooks\" is not a list: {error}."))
            })?;
            for item in &items {
                object(item, "An item of \"webhooks\"")?;
            }
            let items: Vec<_> = items.into_iter().map(|item| with_maps(item, &["meta"])).collect();
            if items.iter().all(|item| matches!(item, Cow::Borrowed(_))) {
                return Ok(Cow::Borrowed(list));
            }
            serde_json::value::to_raw_value(&items).map(Cow::Owned).map_err(|error| {
                Refusal::new(Class::UnexpectedReply, format!("\"webhooks\" could not be written: {error}."))
            })
        })
    }

    /// Prepares a new subscription. `meta` is a JSON object or nothing.
    ///
    /// # Errors
    /// `invalid_argument` for an unknown topic or an unusable URL.
    pub fn prepare_webhook_create(
        &self,
        topic: &str,
        url: &str,
        meta: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Call<Subscription>, Error> {
        let body = body(topic, url, meta).map_err(|error| error.before_sending(Effect::Change))?;
        self.call("POST", "/api/v2/webhooks", body, Effect::Change, now, one)
    }

    /// Prepares the read of one subscription.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn prepare_webhook_get(&self, id: u64, now: Timestamp) -> Result<Call<Subscription>, Error> {
        self.call("GET", &format!("/api/v2/webhooks/{id}"), Vec::new(), Effect::Read, now, one)
    }

    /// Prepares the change of a subscription, with all its fields as for a new one.
    ///
    /// # Errors
    /// As [`Account::prepare_webhook_create`].
    pub fn prepare_webhook_update(
        &self,
        id: u64,
        topic: &str,
        url: &str,
        meta: Option<&[u8]>,
        now: Timestamp,
    ) -> Result<Call<Subscription>, Error> {
        let body = body(topic, url, meta).map_err(|error| error.before_sending(Effect::Change))?;
        self.call("PUT", &format!("/api/v2/webhooks/{id}"), body, Effect::Change, now, one)
    }

    /// Prepares the end of a subscription. The reply's form is not documented: any 2xx counts that does
    /// not say itself that it failed.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn prepare_webhook_delete(&self, id: u64, now: Timestamp) -> Result<Call<()>, Error> {
        let path = format!("/api/v2/webhooks/{id}");
        self.call("DELETE", &path, Vec::new(), Effect::Change, now, |reply| {
            if !evidence::is_empty(reply)?
                && let Ok(said) = evidence::json(reply)
            {
                Found::of(said)?.must_not_say_error(said)?;
            }
            Ok(Cow::Borrowed(RawValue::NULL))
        })
    }
}
