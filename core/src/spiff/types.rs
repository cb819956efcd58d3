//! The platform's types, as far as placing and settling orders needs them. Every field may be missing: a platform's
//! answer is read leniently.

use serde::{Deserialize, Serialize};

/// An order as the platform knows it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Order {
    pub id: Option<String>,
    pub external_id: Option<String>,
    pub internal_id: Option<String>,
    pub created_at: Option<String>,
    pub paid: Option<bool>,
    pub line_items: Option<Vec<Option<LineItem>>>,
}

/// A transaction that was ordered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct LineItem {
    pub id: Option<String>,
    pub quantity: Option<i64>,
    pub status: Option<String>,
}

/// A stored design of a shopper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Transaction {
    pub id: Option<String>,
    pub design_name: Option<String>,
    pub status: Option<String>,
    pub quantity: Option<i64>,
    /// Whether at least one line item exists for it.
    pub is_ordered: Option<bool>,
    /// The shop's id of an order that it was associated with.
    pub external_order_id: Option<String>,
}

/// Several transactions together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Bundle {
    pub id: Option<String>,
    pub name: Option<String>,
    pub transactions: Option<Vec<Option<Transaction>>>,
}

/// A connection to a sales channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Integration {
    pub id: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub enabled: Option<bool>,
    pub external_integration_id: Option<String>,
}
