//! The client of Spiff Commerce.

use crate::session::{Answer, Observer, Session, system_time};
use crate::transport::Transport;
pub use countersign_core::spiff::*;
use countersign_core::{Attempt, Call, Error, ErrorKind, Json, Options, Timestamp, operations, options::Scope};
use std::sync::Arc;

/// Places orders at Spiff and reads them back.
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
#[derive(Clone, Debug)]
pub struct Check {
    /// The integration that the credentials belong to.
    pub integration: types::Integration,
    /// The platform's clock minus ours in seconds, as far as the reply tells.
    pub skew: Option<i64>,
    /// The attempt.
    pub attempt: Attempt,
}

impl Client {
    /// A client with these options; see [`countersign_core::options::OPTIONS`].
    ///
    /// # Errors
    /// `configuration` for what is missing or does not fit, `invalid_argument` for an unusable key.
    pub fn new(options: &Options) -> Result<Self, Error> {
        Ok(Self { account: Account::new(options)?, session: Session::new(options)? })
    }

    /// A client with the options that the environment gives: `COUNTERSIGN_SPIFF_…`.
    ///
    /// # Errors
    /// As [`Client::new`], and `configuration` for an unreadable file.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(&crate::options_from_env(Scope::Spiff)?)
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
    pub fn with_observer(mut self, observer: Observer) -> Self {
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

    /// The same client for a partner, or with write access to one transaction or bundle.
    ///
    /// # Errors
    /// `invalid_argument` for an id that cannot stand in a header.
    pub fn acting_for(
        &self,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> Result<Self, Error> {
        let account = self.account.acting_for(partner_id, transaction_owner_id, bundle_owner_id)?;
        Ok(Self { account, session: self.session.clone() })
    }

    /// The account, which prepares calls for HTTP stacks of your own.
    pub fn account(&self) -> &Account {
        &self.account
    }

    fn call<T: serde::de::DeserializeOwned>(
        &self,
        prepare: impl Fn(Timestamp) -> Result<Call<T>, Error>,
    ) -> Result<Answer<T>, Error> {
        self.session.run(prepare, |call, reply| call.read(reply))
    }

    /// Runs an operation of [`operations::SPIFF`] by its name, JSON in and JSON out.
    ///
    /// # Errors
    /// Those of the operation.
    pub fn run(&self, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
        let operation = operations::find(operations::SPIFF, operation)?;
        self.call(|now| (operation.prepare)(&self.account, input, now))
    }

    /// Places an order, once. Whatever happens, it is not sent a second time (but see `skew_correction`).
    ///
    /// # Errors
    /// With [`Error::outcome`] *not placed*: it is certain that the platform does not have it. With *unknown*: settle it.
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

    /// Reads orders, aligned with the ids, `None` where the platform shows none. Any number of ids.
    ///
    /// # Errors
    /// `missing_data` if it shows none of them.
    pub fn orders(&self, ids: &[&str]) -> Result<Vec<Option<types::Order>>, Error> {
        self.by_ids(ids, |ids, now| self.account.prepare_orders(ids, now))
    }

    /// Reads transactions, as [`Client::orders`].
    ///
    /// # Errors
    /// As [`Client::orders`].
    pub fn transactions(&self, ids: &[&str]) -> Result<Vec<Option<types::Transaction>>, Error> {
        self.by_ids(ids, |ids, now| self.account.prepare_transactions(ids, now))
    }

    /// Reads bundles with their transactions, as [`Client::orders`].
    ///
    /// # Errors
    /// As [`Client::orders`].
    pub fn bundles(&self, ids: &[&str]) -> Result<Vec<Option<types::Bundle>>, Error> {
        self.by_ids(ids, |ids, now| self.account.prepare_bundles(ids, now))
    }

    fn by_ids<T: serde::de::DeserializeOwned>(
        &self,
        ids: &[&str],
        prepare: impl Fn(&[&str], Timestamp) -> Result<Call<Vec<Option<T>>>, Error>,
    ) -> Result<Vec<Option<T>>, Error> {
        if ids.len() <= MAX_IDS {
            return self.call(|now| prepare(ids, now)).map(|answer| answer.value);
        }
        let mut all = Vec::with_capacity(ids.len());
        let mut missing = None;
        for some in ids.chunks(MAX_IDS) {
            match self.call(|now| prepare(some, now)) {
                Ok(answer) => all.extend(answer.value),
                Err(error) if error.kind() == ErrorKind::MissingData => {
                    all.extend(some.iter().map(|_| None));
                    missing = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        match missing {
            Some(error) if all.iter().all(Option::is_none) => Err(error),
            _ => Ok(all),
        }
    }

    /// Executes a GraphQL document; the answer is its `data`. `variables` is a JSON object.
    ///
    /// # Errors
    /// `graphql_refused` if it was not executed, `graphql_errors` if it was with errors, `missing_data` for null.
    pub fn graphql(&self, query: &str, variables: Option<&[u8]>, operation_name: Option<&str>) -> Result<Json, Error> {
        self.call(|now| self.account.prepare_graphql(query, variables, operation_name, now)).map(|answer| answer.value)
    }

    /// Finds out whether an order in doubt was placed, by reading its transactions back.
    ///
    /// `sent_at` is what the error said. The first answer *nothing ordered* is unclear by itself, because it proves
    /// nothing about a request that may still be accepted: settle again at [`Settlement::again_at`], and hand over
    /// [`Settlement::first_absent_at`].
    ///
    /// # Errors
    /// Those of a read; the order is as much in doubt as before.
    pub fn settle(
        &self,
        order: &Order,
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
    ) -> Result<Settlement, Error> {
        let text = serde_json::to_vec(order)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))?;
        self.settle_json(&text, sent_at, first_absent_at)
    }

    /// The same for an order given as JSON.
    ///
    /// # Errors
    /// As [`Client::settle`].
    pub fn settle_json(
        &self,
        order: &[u8],
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
    ) -> Result<Settlement, Error> {
        let designs = self.account.designs_of(order)?;
        let transactions = visible(&designs.transactions, |ids| self.transactions(ids))?;
        let bundles = visible(&designs.bundles, |ids| self.bundles(ids))?;
        Ok(self.account.judge(&designs, &transactions, &bundles, sent_at, first_absent_at, system_time()))
    }

    /// Makes one harmless read that tells whether credentials, region and clock are right.
    ///
    /// # Errors
    /// What is wrong: `authentication`, `missing_data` (the platform's other way to refuse), `connect`, `tls`, …
    pub fn check(&self) -> Result<Check, Error> {
        let answer = self.call(|now| self.account.prepare_current_integration(now))?;
        Ok(Check {
            integration: answer.value,
            skew: answer.attempt.skew.or(self.session.skew()),
            attempt: answer.attempt,
        })
    }
}

/// A read in which *nothing is shown* is an answer, not an error.
fn visible<T>(
    ids: &[String],
    read: impl Fn(&[&str]) -> Result<Vec<Option<T>>, Error>,
) -> Result<Vec<Option<T>>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    match read(&ids) {
        Err(error) if error.kind() == ErrorKind::MissingData => Ok(ids.iter().map(|_| None).collect()),
        result => result,
    }
}
