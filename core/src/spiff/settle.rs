//! Settling doubt: did an order arrive whose reply never did?
//!
//! The rule rests on what a read can prove. *Placed*: every transaction of the order says it is ordered, by our id.
//! *Absent*: two reads, far enough after the request and apart from each other, in which every transaction was visible and
//! said it is not ordered. Anything else is *unclear*, and a person or a later read decides. That a transaction's
//! `isOrdered` and `externalOrderId` follow an order within a minute is an assumption.

use crate::draft::Designs;
use crate::error::Error;
use crate::json::{Node, Problems};
use crate::operation::read;
use crate::time::{LAST, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known about an order in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The platform has it.
    Placed,
    /// The platform does not have it, and can no longer get it from the request in doubt. It may be placed again.
    Absent,
    /// Neither is certain. Do not place it again.
    Unclear,
}

/// The answer of a settlement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// What is known.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// When to settle again, if a later read may say more; `None` if a person must decide.
    pub again_at: Option<Timestamp>,
    /// When the order was first seen to be absent: give it to the next settlement.
    pub first_absent_at: Option<Timestamp>,
}

/// An order in doubt, as the operation `settle` is given it.
#[derive(Clone, Copy, Debug)]
pub struct Doubt<'a> {
    /// The order as it was placed.
    pub order: &'a [u8],
    /// What the error said.
    pub sent_at: Timestamp,
    /// What an earlier settlement said.
    pub first_absent_at: Option<Timestamp>,
}

impl<'a> Doubt<'a> {
    /// Reads `{ order, sent_at, first_absent_at? }`.
    ///
    /// # Errors
    /// `invalid_argument` with every problem; `invalid_json`.
    pub fn read(input: &'a [u8]) -> Result<Self, Error> {
        read(input, &["order", "sent_at", "first_absent_at"], |fields, problems| {
            let order = fields.required("order", "Give the order as it was placed.", problems);
            let moment = |node: Node<'_, 'a>, problems: &mut Problems| {
                node.integer(0, LAST, ", in seconds since 1970", problems).map(Timestamp::from_unix)
            };
            let sent_at = fields.required("sent_at", "Give what the error said, in seconds since 1970.", problems);
            let sent_at = sent_at.and_then(|node| moment(node, problems));
            let first_absent_at = fields.optional("first_absent_at").and_then(|node| moment(node, problems));
            Some(Self { order: order?.text().as_bytes(), sent_at: sent_at?, first_absent_at })
        })
    }
}

/// What was read back: aligned with the designs, `None` where the platform shows nothing.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The transactions.
    pub transactions: Vec<Option<SeenTransaction>>,
    /// The bundles.
    pub bundles: Vec<Option<SeenBundle>>,
}

/// What settling looks at in a transaction.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeenTransaction {
    /// Its id.
    pub id: Option<String>,
    /// Whether at least one line item exists for it.
    pub is_ordered: Option<bool>,
    /// The shop's id of an order that it was associated with.
    pub external_order_id: Option<String>,
}

impl SeenTransaction {
    /// The fields to ask for, and nothing that another permission might guard.
    pub const SELECT: &str = "id isOrdered externalOrderId";
}

/// What settling looks at in a bundle.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SeenBundle {
    /// Its id.
    pub id: Option<String>,
    /// Its transactions.
    pub transactions: Option<Vec<Option<SeenTransaction>>>,
}

impl SeenBundle {
    /// The fields to ask for.
    pub const SELECT: &str = "id transactions { id isOrdered externalOrderId }";
}

/// Judges what was read back `now` of an order whose request was signed at `sent_at`. `delay` and `gap` are the options
/// `settle_delay` and `settle_gap`.
pub fn judge(
    designs: &Designs,
    seen: &Seen,
    (sent_at, first_absent_at): (Timestamp, Option<Timestamp>),
    now: Timestamp,
    (delay, gap): (u32, u32),
) -> Settlement {
    let later = Some(now.plus(i64::from(gap.max(1))));
    let seen = match all_seen(designs, seen) {
        Ok(seen) => seen,
        Err(reason) => return unclear(reason, later),
    };
    if seen.iter().all(|transaction| transaction.is_ordered == Some(false)) {
        absent(sent_at.plus(delay.into()), first_absent_at, now, gap)
    } else if seen.iter().all(|transaction| transaction.is_ordered == Some(true)) {
        ordered(&designs.external_id, &seen)
    } else {
        unclear("Some transactions are ordered and some are not, or do not say. A person must look.".to_owned(), later)
    }
}

fn unclear(reason: String, again_at: Option<Timestamp>) -> Settlement {
    Settlement { verdict: Verdict::Unclear, reason, again_at, first_absent_at: None }
}

/// Every transaction that the order stands for; or which of them the platform does not show.
fn all_seen<'s>(designs: &Designs, seen: &'s Seen) -> Result<Vec<&'s SeenTransaction>, String> {
    let mut all: Vec<&SeenTransaction> = Vec::new();
    for (transaction, id) in seen.transactions.iter().zip(&designs.transactions) {
        match transaction {
            Some(transaction) if transaction.id.as_deref() == Some(id) => all.push(transaction),
            _ => return Err(format!("The platform does not show transaction {id}.")),
        }
    }
    for (bundle, id) in seen.bundles.iter().zip(&designs.bundles) {
        let shown = bundle.as_ref().filter(|bundle| bundle.id.as_deref() == Some(id));
        match shown.and_then(|bundle| bundle.transactions.as_ref()) {
            Some(list) if !list.is_empty() && list.iter().all(Option::is_some) => all.extend(list.iter().flatten()),
            _ => return Err(format!("The platform does not show bundle {id} with its transactions.")),
        }
    }
    let whole = seen.transactions.len() == designs.transactions.len() && seen.bundles.len() == designs.bundles.len();
    if whole && !all.is_empty() { Ok(all) } else { Err("Not every design of the order was read.".to_owned()) }
}

/// Nothing is ordered. The request can be accepted until `earliest`; an absence counts when it was seen twice after that.
fn absent(earliest: Timestamp, first_absent_at: Option<Timestamp>, now: Timestamp, gap: u32) -> Settlement {
    if now < earliest {
        let until = earliest.http_date();
        let reason = format!("Nothing is ordered yet, but the request may still be accepted until {until}.");
        return unclear(reason, Some(earliest));
    }
    // An absence seen before the request could no longer be accepted proves nothing.
    let first = first_absent_at.filter(|first| *first >= earliest && *first <= now).unwrap_or(now);
    let second_from = first.plus(i64::from(gap));
    if now < second_from {
        let from = second_from.http_date();
        let reason = format!("Nothing is ordered. A second look from {from} on makes it certain.");
        return Settlement { first_absent_at: Some(first), ..unclear(reason, Some(second_from)) };
    }
    Settlement {
        verdict: Verdict::Absent,
        reason: "Every transaction is visible and not ordered, twice.".to_owned(),
        again_at: None,
        first_absent_at: Some(first),
    }
}

/// Everything is ordered: by us, or by somebody else.
fn ordered(external_id: &str, seen: &[&SeenTransaction]) -> Settlement {
    if seen.iter().all(|transaction| transaction.external_order_id.as_deref() == Some(external_id)) {
        let reason = format!("Every transaction is ordered by {external_id}.");
        return Settlement { verdict: Verdict::Placed, reason, again_at: None, first_absent_at: None };
    }
    let reason = format!(
        "The transactions are ordered, but not all by {external_id}: an earlier order of the same designs? A person must look."
    );
    unclear(reason, None)
}
