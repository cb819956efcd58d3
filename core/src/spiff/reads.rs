//! Reading back: orders, transactions and bundles by their ids, raw GraphQL, and the harmless read that checks
//! credentials.

use super::account::Account;
use super::graphql;
use super::types::{Bundle, Integration, Order, Transaction};
use crate::call::{Call, Json, Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::error::{Error, ErrorKind, Problem};
use crate::json::{self, Node, Problems};
use crate::time::Timestamp;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One read by ids: its root field, and its document with the name of its operation.
struct ById {
    field: &'static str,
    operation: &'static str,
    document: &'static str,
}

const ORDERS: ById = ById {
    field: "orders",
    operation: "Orders",
    document: "query Orders($ids: [String!]!) { orders(ids: $ids) { id externalId internalId createdAt paid lineItems { id \
               quantity status } } }",
};
const TRANSACTIONS: ById = ById {
    field: "transactions",
    operation: "Transactions",
    document: "query Transactions($ids: [String!]!) { transactions(ids: $ids) { id designName status quantity isOrdered \
               externalOrderId } }",
};
/// The query is what the first-party client relies on; the reference page does not show it: unverified.
const BUNDLES: ById = ById {
    field: "bundles",
    operation: "Bundles",
    document: "query Bundles($ids: [String!]!) { bundles(ids: $ids) { id name transactions { id isOrdered externalOrderId } } }",
};
const CURRENT_INTEGRATION: &str =
    "query CurrentIntegration { currentIntegration { id type enabled externalIntegrationId } }";

/// The most ids that one read takes; the first-party client sends no more at once.
pub const MAX_IDS: usize = 50;

impl Account {
    /// Prepares the read of orders. The answer is aligned with the ids, `None` where the platform has none (or shows
    /// none to these credentials).
    ///
    /// # Errors
    /// `invalid_argument` for an empty list, an empty id, or more than [`MAX_IDS`] ids.
    pub fn prepare_orders(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Order>>>, Error> {
        self.by_id(&ORDERS, ids, now)
    }

    /// Prepares the read of transactions, aligned with the ids as [`Account::prepare_orders`].
    ///
    /// # Errors
    /// As [`Account::prepare_orders`].
    pub fn prepare_transactions(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Transaction>>>, Error> {
        self.by_id(&TRANSACTIONS, ids, now)
    }

    /// Prepares the read of bundles with their transactions, aligned with the ids as [`Account::prepare_orders`].
    ///
    /// # Errors
    /// As [`Account::prepare_orders`].
    pub fn prepare_bundles(&self, ids: &[&str], now: Timestamp) -> Result<Call<Vec<Option<Bundle>>>, Error> {
        self.by_id(&BUNDLES, ids, now)
    }

    /// Prepares the one harmless read that tells whether the credentials are accepted.
    ///
    /// # Errors
    /// None that depend on the caller.
    pub fn prepare_current_integration(&self, now: Timestamp) -> Result<Call<Integration>, Error> {
        let body = graphql::envelope(CURRENT_INTEGRATION, None::<()>, Some("CurrentIntegration"))?;
        self.post("/graphql", body, Effect::Read, now, |reply| {
            let data = graphql::body(reply)?.data()?;
            match graphql::member(data, "currentIntegration").filter(|raw| raw.get() != "null") {
                Some(raw) => Ok(Cow::Borrowed(raw)),
                None => Err(Refusal::new(
                    Class::MissingData,
                    "The platform answered, but shows no integration to these credentials: that is how it refuses unknown \
                     or unsigned callers.",
                )),
            }
        })
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
                let (raw, doubled) = json::check(text, "The variables")?;
                let mut problems = Problems(doubled);
                _ = Node::root(raw).fields(&mut problems);
                problems.into_result("The variables", ErrorKind::InvalidJson).map(|()| raw)
            })
            .transpose()?;
        let effect = graphql::effect_of(query);
        let body = graphql::envelope(query, variables, operation_name)?;
        self.post("/graphql", body, effect, now, |reply| graphql::body(reply)?.data().map(Cow::Borrowed))
    }

    fn by_id<T>(&self, read: &'static ById, ids: &[&str], now: Timestamp) -> Result<Call<T>, Error> {
        check_ids(ids)?;
        #[derive(serde::Serialize)]
        struct Ids<'a> {
            ids: &'a [&'a str],
        }
        let body = graphql::envelope(read.document, Some(Ids { ids }), Some(read.operation))?;
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        self.post("/graphql", body, Effect::Read, now, move |reply| aligned(reply, read.field, &ids))
    }
}

fn check_ids(ids: &[&str]) -> Result<(), Error> {
    let mut problems = Vec::new();
    let mut add = |path: String, code, message: String| problems.push(Problem { path, code, message });
    if ids.is_empty() {
        add("ids".to_owned(), "empty", "The list of ids is empty.".to_owned());
    }
    if ids.len() > MAX_IDS {
        add("ids".to_owned(), "range", format!("{} ids are more than the {MAX_IDS} that one read takes.", ids.len()));
    }
    for (i, id) in ids.iter().enumerate() {
        if id.is_empty() || id.contains(|c: char| c.is_ascii_control()) {
            add(format!("ids[{i}]"), "empty", "An id is empty or has a control character.".to_owned());
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Error::of_problems(ErrorKind::InvalidArgument, "The list of ids", problems))
    }
}

/// The list in `field`, aligned with the ids: the platform may answer fewer, in another order, or null.
fn aligned<'r>(reply: &'r Reply, field: &str, ids: &[String]) -> Result<Cow<'r, RawValue>, Refusal> {
    let data = graphql::body(reply)?.data()?;
    let absent = || {
        Refusal::new(
            Class::MissingData,
            format!(
                "The platform shows none of these {field}: the ids are wrong, or these credentials may not see them."
            ),
        )
    };
    let list = graphql::member(data, field).filter(|raw| raw.get() != "null").ok_or_else(absent)?;
    let unexpected = |error: serde_json::Error| {
        Refusal::new(Class::UnexpectedReply, format!("{field} is not a list of objects: {error}."))
    };
    let items: Vec<&RawValue> = serde_json::from_str(list.get()).map_err(unexpected)?;
    #[derive(serde::Deserialize)]
    struct Id<'a> {
        #[serde(borrow)]
        id: Option<Cow<'a, str>>,
    }
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        let id: Option<Id<'_>> = serde_json::from_str(item.get()).map_err(unexpected)?;
        found.push((id.and_then(|id| id.id), item));
    }
    let in_place = found.len() == ids.len()
        && found.iter().zip(ids).all(|((id, _), asked)| id.as_deref().is_none_or(|id| id == asked));
    let none = found.iter().all(|(id, _)| id.is_none());
    if none {
        return Err(absent());
    }
    if in_place {
        return Ok(Cow::Borrowed(list));
    }
    let aligned: Vec<Option<&RawValue>> = ids
        .iter()
        .map(|asked| found.iter().find(|(id, _)| id.as_deref() == Some(asked)).map(|(_, item)| *item))
        .collect();
    if aligned.iter().all(Option::is_none) {
        return Err(absent());
    }
    serde_json::value::to_raw_value(&aligned).map(Cow::Owned).map_err(unexpected)
}
