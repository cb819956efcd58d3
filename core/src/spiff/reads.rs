//! Reading back in Rust's types, and raw GraphQL.

use super::account::Account;
use super::document::Document;
use super::graphql;
use super::operations::{BUNDLES, CURRENT_INTEGRATION, ORDERS, TRANSACTIONS};
use super::types::{Bundle, Integration, Order, Transaction};
use crate::call::{Call, Json};
use crate::error::{Error, ErrorKind};
use crate::json::{self, Node, Problems};
use crate::time::Timestamp;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The most ids that one read takes; the first-party client sends no more at once.
pub const MAX_IDS: usize = 50;

impl Account {
    /// Prepares the read of orders. The answer is aligned with the ids, `None` where the platform has none (or shows
    /// none to these credentials).
    ///
    /// # Errors
    /// `invalid_argument` for an empty list, an empty id, or more than [`MAX_IDS`] ids.
    pub fn prepare_orders(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Order>>>, Error> {
        self.by_ids(&ORDERS, ids, now)
    }

    /// Prepares the read of transactions, aligned with the ids as [`Account::prepare_orders`].
    ///
    /// # Errors
    /// As [`Account::prepare_orders`].
    pub fn prepare_transactions(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Transaction>>>, Error> {
        self.by_ids(&TRANSACTIONS, ids, now)
    }

    /// Prepares the read of bundles with their transactions, aligned with the ids as [`Account::prepare_orders`].
    ///
    /// # Errors
    /// As [`Account::prepare_orders`].
    pub fn prepare_bundles(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Bundle>>>, Error> {
        self.by_ids(&BUNDLES, ids, now)
    }

    /// Prepares the one harmless read that tells whether the credentials are accepted.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn prepare_current_integration(&self, now: Timestamp) -> Result<Call<Integration>, Error> {
        CURRENT_INTEGRATION.prepare(self, b"", now)
    }

    /// Prepares any GraphQL document. The answer is its `data`; a document with a mutation counts as a change, and an
    /// attempt whose end is not known as an unknown outcome.
    ///
    /// # Errors
    /// `invalid_argument` for an empty document, `invalid_json` for variables that are not a JSON object.
    pub fn prepare_graphql(
        &self,
        query: &str,
        variables: Option<&[u8]>,
        operation_name: Option<&str>,
        now: Timestamp,
    ) -> Result<Call<Json>, Error> {
        if query.trim().is_empty() {
            return Err(Error::argument("The GraphQL document is empty."));
        }
        let variables = variables
            .map(|text| {
                let (raw, doubled) = json::check(text, "The object of variables")?;
                let mut problems = Problems(doubled);
                _ = Node::root(raw).fields(&mut problems);
                problems.into_result("The object of variables", ErrorKind::InvalidJson).map(|()| raw)
            })
            .transpose()?;
        let effect = graphql::effect_of(query);
        let body = graphql::envelope(query, variables, operation_name)?;
        self.post("/graphql", body, effect, now, |reply| {
            graphql::body::<&RawValue>(reply)?.data().map(|data| Cow::Borrowed(*data))
        })
    }

    fn by_ids<T>(&self, read: &'static Document, ids: &[&str], now: Timestamp) -> Result<Call<T>, Error> {
        #[derive(serde::Serialize)]
        struct Input<'a> {
            ids: &'a [&'a str],
        }
        let input = serde_json::to_vec(&Input { ids })
            .map_err(|error| Error::new(ErrorKind::Internal, format!("JSON could not be written: {error}")))?;
        read.prepare(self, &input, now)
    }
}
