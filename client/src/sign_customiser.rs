//! The client of Sign Customiser.

use crate::Deadline;
use crate::session::{Answer, Observer, Session};
use crate::transport::Transport;
use countersign_core::call;
use countersign_core::operation::{Steps, find};
use countersign_core::operations::SIGN_CUSTOMISER;
pub use countersign_core::sign_customiser::*;
use countersign_core::{Attempt, Call, Draft, Error, Json, Options, Timestamp, options::Scope};
use std::sync::Arc;
use std::time::Duration;

/// Places orders at Sign Customiser and manages webhook subscriptions.
///
/// Made once and shared: `Send`, `Sync`, cheap to clone, usable after `fork`. Every method blocks until the platform
/// answered or the time limit passed (option `timeout`, 30 s).
#[derive(Clone)]
pub struct Client {
    account: Account,
    session: Session,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("account", &self.account).finish_non_exhaustive()
    }
}

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

impl Client {
    /// A client with these options; see [`countersign_core::options::OPTIONS`].
    ///
    /// # Errors
    /// `configuration` for what is missing, `invalid_argument` for an unusable token.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self { account: Account::new(options)?, session: Session::new(options)? })
    }

    /// A client with the options that the environment gives: `COUNTERSIGN_SIGN_CUSTOMISER_…`.
    ///
    /// # Errors
    /// As [`Client::new`], and `configuration` for an unreadable file.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(&crate::options_from_env(Scope::SignCustomiser)?)
    }

    /// A client that sends its requests through another transport.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_transport(options: &Options, transport: Arc<dyn Transport>) -> Result<Self, Error> {
        Ok(Self { account: Account::new(options)?, session: Session::over(transport, options) })
    }

    /// The same client, telling `observer` about every attempt.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.session.observe(observer);
        self
    }

    /// The same client with another time limit for a whole call, in seconds. Connections are shared.
    ///
    /// # Errors
    /// `invalid_argument` unless it is more than 0 and at most 86400.
    pub fn with_timeout(&self, seconds: f64) -> Result<Self, Error> {
        Ok(Self { session: self.session.limited(seconds)?, account: self.account.clone() })
    }

    /// The account, which prepares calls for HTTP stacks of your own.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The time limit for a whole call.
    pub fn timeout(&self) -> Duration {
        self.session.timeout()
    }

    /// The time of the platform: the system's, corrected by what its replies said.
    pub fn now(&self) -> Timestamp {
        self.session.now()
    }

    /// The correction in force, in seconds: the platform's clock minus ours. Keep it for a later process.
    pub fn skew(&self) -> Option<i64> {
        self.session.skew()
    }

    /// Takes over a correction that was learned earlier. It counts for an hour, unless a reply says otherwise.
    pub fn learn_skew(&self, seconds: i64) {
        self.session.learn(seconds);
    }

    fn call<T: call::Answer>(&self, prepare: impl Fn(Timestamp) -> Result<Call<T>, Error>) -> Result<Answer<T>, Error> {
        self.session.run(&self.session.deadline(), prepare)
    }

    /// Sends a call exactly once, unless the deadline has passed by the time its first byte would leave: nothing is
    /// repeated, whatever is answered.
    ///
    /// # Errors
    /// What became of this attempt.
    pub fn send_once<T: call::Answer>(&self, call: &Call<T>, deadline: &Deadline) -> Result<Answer<T>, Error> {
        self.session.send_once(call, deadline)
    }

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
        let found = self.found(answer.attempt());
        answer.with(|list| {
            let subscriptions =
                serde_json::from_str::<Vec<serde::de::IgnoredAny>>(list.get()).map_or(0, |all| all.len());
            crate::platform::json(&Check { subscriptions, ..found })
        })
    }

    /// Checks an order given as JSON and writes it as it is sent; see [`Account::draft`].
    ///
    /// # Errors
    /// `invalid_json`, `invalid_order`; nothing is sent.
    pub fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
        self.account.draft(order)
    }

    /// Places an order, once. Whatever happens, it is not sent a second time.
    ///
    /// # Errors
    /// With [`Error::outcome`] *not placed*: it is certain that the platform does not have it. With *unknown*: wait for
    /// the `order:created` webhook with the same `external_id`; the platform documents no way to ask.
    pub fn place_order(&self, order: &Order) -> Result<PlacedOrder, Error> {
        self.call(|now| self.account.prepare_order(order, now)).map(|answer| answer.value)
    }

    /// Places an order given as JSON; see [`Account::prepare_order_json`].
    ///
    /// # Errors
    /// As [`Client::place_order`].
    pub fn place_order_json(&self, order: &[u8]) -> Result<PlacedOrder, Error> {
        self.call(|now| self.account.prepare_order_json(order, now)).map(|answer| answer.value)
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
        Ok(Check { subscriptions: answer.value.len(), ..self.found(answer.attempt()) })
    }

    fn found(&self, attempt: Option<&Attempt>) -> Check {
        let skew = attempt.and_then(|attempt| attempt.skew).or(self.session.skew());
        Check { subscriptions: 0, skew, attempt: attempt.cloned() }
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
