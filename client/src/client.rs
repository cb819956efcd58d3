//! `Client`: what the clients of both platforms share. Each platform adds its own methods beside it.

use crate::Deadline;
use crate::session::{Answer, Observer, Session};
use crate::transport::Transport;
use countersign_core::account::Account;
use countersign_core::delivery::Class;
use countersign_core::operation::find;
use countersign_core::spiff::PlacedOrder;
use countersign_core::{Attempt, Call, Draft, Effect, Error, Json, Options, Timestamp, call};
use std::sync::Arc;
use std::time::Duration;

/// The client of a platform, whose account is `A`: [`spiff::Client`](crate::spiff::Client) or
/// [`sign_customiser::Client`](crate::sign_customiser::Client).
///
/// Made once and shared: `Send`, `Sync`, cheap to clone, usable after `fork`. Every method blocks until the platform
/// answered or the time limit passed (option `timeout`, 30 s).
#[derive(Clone)]
pub struct Client<A> {
    pub(crate) account: A,
    pub(crate) session: Session,
    /// What reads of Spiff ask for instead of their defaults.
    pub(crate) selection: Option<Arc<str>>,
}

impl<A: Account> std::fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("account", &self.account).finish_non_exhaustive()
    }
}

impl<A: Account> Client<A> {
    /// A client with these options; see [`countersign_core::options::OPTIONS`].
    ///
    /// # Errors
    /// `configuration` for what is missing or does not fit, `invalid_argument` for an unusable key or token.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self { account: A::of_options(options)?, session: Session::new(options)?, selection: None })
    }

    /// A client with the options that the environment gives: `COUNTERSIGN_SPIFF_…`, `COUNTERSIGN_SIGN_CUSTOMISER_…`.
    ///
    /// # Errors
    /// As [`Client::new`], and `configuration` for an unreadable file.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(&crate::options_from_env(A::SCOPE)?)
    }

    /// A client that sends its requests through another transport.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_transport(options: &Options, transport: Arc<dyn Transport>) -> Result<Self, Error> {
        let session = Session::over(transport, options);
        Ok(Self { account: A::of_options(options)?, session, selection: None })
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
        Ok(Self { session: self.session.limited(seconds)?, ..self.clone() })
    }

    /// The same client for a call that has waited: so much of its time limit is left. Errors name the limit as it was set.
    #[must_use]
    pub fn with_time_left(&self, left: Duration) -> Self {
        Self { session: self.session.with_time_left(left), ..self.clone() }
    }

    /// The time limit for a whole call.
    pub fn timeout(&self) -> Duration {
        self.session.timeout()
    }

    /// The account, which prepares calls for HTTP stacks of your own.
    pub fn account(&self) -> &A {
        &self.account
    }

    /// The time to sign with: the system's, corrected by what the platform's replies said.
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

    /// Checks an order given as JSON and writes it as it will be sent: see [`Account::draft`].
    ///
    /// # Errors
    /// `invalid_json`, `invalid_order`; nothing is sent.
    pub fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
        self.account.draft(order)
    }

    /// Places an order given as JSON, once.
    ///
    /// # Errors
    /// With [`Error::outcome`] *not placed*: it is certain that the platform does not have it. With *unknown* it may have it:
    /// [`Error::next_step`] says how to find out.
    pub fn place_order_json(&self, order: &[u8]) -> Result<PlacedOrder, Error> {
        self.call(|now| self.account.sign(&self.account.draft(order)?, now)).map(|answer| answer.value)
    }

    /// Sends a call exactly once, unless the deadline has passed by the time its first byte would leave: nothing is signed
    /// again and nothing repeated, whatever is answered.
    ///
    /// # Errors
    /// What became of this attempt.
    pub fn send_once<T: call::Answer>(&self, call: &Call<T>, deadline: &Deadline) -> Result<Answer<T>, Error> {
        self.session.send_once(call, deadline)
    }

    /// Prepares an operation by its name without sending it.
    ///
    /// # Errors
    /// For an input that does not fit, with every problem; nothing is sent.
    pub fn prepare(&self, operation: &str, input: &[u8], now: Timestamp) -> Result<Call<Json>, Error> {
        find(A::OPERATIONS, operation)?.prepare(&self.account, input, now)
    }

    pub(crate) fn call<T: call::Answer>(
        &self,
        prepare: impl Fn(Timestamp) -> Result<Call<T>, Error>,
    ) -> Result<Answer<T>, Error> {
        self.session.run(&self.session.deadline(), prepare)
    }

    /// What the one harmless read says about the clock: `skew`, and the attempt.
    pub(crate) fn clock_seen(&self, attempts: &[Attempt]) -> (Option<i64>, Option<Attempt>) {
        let attempt = attempts.last();
        (attempt.and_then(|attempt| attempt.skew).or(self.skew()), attempt.cloned())
    }

    /// What is known of a call that something struck from outside of it: a panic, its caller's wish, a queue that was too
    /// long. `begun` is when the call began.
    pub fn struck(&self, class: Class, effect: Effect, begun: Timestamp, message: impl Into<String>) -> Error {
        Error::of_class(class, effect, message).with_times(begun, self.account.settle_delay())
    }
}

/// A value of ours as the answer of an operation.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<Json, Error> {
    serde_json::value::to_raw_value(value).map(Json).map_err(Error::unwritten)
}
