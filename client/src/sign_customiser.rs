//! The client of Sign Customiser.

use crate::client;
use crate::session::Answer;
use countersign_core::operation::{Steps, find};
use countersign_core::operations::SIGN_CUSTOMISER;
pub use countersign_core::sign_customiser::*;
use countersign_core::{Attempt, Error, Json};

/// Places orders at Sign Customiser and manages webhook subscriptions.
pub type Client = client::Client<Account>;

/// What [`Client::check`] found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Check {
    /// How many webhook subscriptions there are.
    pub subscriptions: usize,
    /// The platform's clock minus ours in seconds, as far as the reply tells.
    pub skew: Option<i64>,
    /// The attempt.
    pub attempt: Option<Attempt>,
}

impl Check {
    fn new(subscriptions: usize, (skew, attempt): (Option<i64>, Option<Attempt>)) -> Self {
        Self { subscriptions, skew, attempt }
    }
}

impl Client {
    /// Runs an operation of [`countersign_core::operations::SIGN_CUSTOMISER`] by its name, JSON in and JSON out.
    ///
    /// # Errors
    /// Those of the operation; `unsupported` for `settle`, because the platform documents no way to read an order back.
    pub fn run(&self, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
        let operation = find(SIGN_CUSTOMISER, operation)?;
        let answer = self.call(|now| operation.prepare(&self.account, input, now))?;
        if !matches!(operation.steps, Steps::Check) {
            return Ok(answer);
        }
        let found = self.clock_seen(&answer.attempts);
        answer.with(|list| {
            let list: Result<Vec<serde::de::IgnoredAny>, _> = serde_json::from_str(list.get());
            client::json(&Check::new(list.map_or(0, |list| list.len()), found))
        })
    }

    /// Places an order, once. Whatever happens, it is not sent a second time.
    ///
    /// # Errors
    /// With [`Error::outcome`] *not placed*: it is certain that the platform does not have it. With *unknown*: wait for
    /// the `order:created` webhook with the same `external_id`; the platform documents no way to ask.
    pub fn place_order(&self, order: &Order) -> Result<PlacedOrder, Error> {
        self.call(|now| self.account.prepare_order(order, now)).map(|answer| answer.value)
    }

    /// The webhook subscriptions.
    pub fn webhooks(&self) -> Webhooks<'_> {
        Webhooks { client: self }
    }

    /// Makes any call of the API; `body` is JSON or nothing.
    ///
    /// # Errors
    /// As for any call.
    pub fn request(&self, method: &str, path: &str, body: Option<&[u8]>) -> Result<Json, Error> {
        self.call(|now| self.account.prepare_request(method, path, body, now)).map(|answer| answer.value)
    }

    /// Makes one harmless read that tells whether token and address are right.
    ///
    /// # Errors
    /// What is wrong: `authentication`, `connect`, `tls`, …
    pub fn check(&self) -> Result<Check, Error> {
        let answer = self.call(|now| self.account.prepare_webhook_list(now))?;
        Ok(Check::new(answer.value.len(), self.clock_seen(&answer.attempts)))
    }
}

/// Webhook subscriptions: [`Client::webhooks`].
#[derive(Debug)]
pub struct Webhooks<'c> {
    client: &'c Client,
}

impl Webhooks<'_> {
    /// All of them.
    ///
    /// # Errors
    /// As for any read.
    pub fn list(&self) -> Result<Vec<Subscription>, Error> {
        let client = self.client;
        client.call(|now| client.account.prepare_webhook_list(now)).map(|answer| answer.value)
    }

    /// A new one. `meta` is a JSON object or nothing.
    ///
    /// # Errors
    /// `invalid_argument` for an unknown topic or an unusable URL.
    pub fn create(&self, topic: &str, url: &str, meta: Option<&[u8]>) -> Result<Subscription, Error> {
        let client = self.client;
        client.call(|now| client.account.prepare_webhook_create(topic, url, meta, now)).map(|answer| answer.value)
    }

    /// One of them.
    ///
    /// # Errors
    /// `refused` with status 404 if there is none with this id.
    pub fn get(&self, id: u64) -> Result<Subscription, Error> {
        let client = self.client;
        client.call(|now| client.account.prepare_webhook_get(id, now)).map(|answer| answer.value)
    }

    /// Changes one, with all its fields.
    ///
    /// # Errors
    /// As [`Webhooks::create`].
    pub fn update(&self, id: u64, topic: &str, url: &str, meta: Option<&[u8]>) -> Result<Subscription, Error> {
        let client = self.client;
        client.call(|now| client.account.prepare_webhook_update(id, topic, url, meta, now)).map(|answer| answer.value)
    }

    /// Ends one.
    ///
    /// # Errors
    /// `refused` with status 404 if there is none with this id.
    pub fn delete(&self, id: u64) -> Result<(), Error> {
        let client = self.client;
        client.call(|now| client.account.prepare_webhook_delete(id, now)).map(|answer| answer.value)
    }
}
