//! Settling doubt: did an order arrive whose reply never did?
//!
//! The rule rests on what a read can prove. *Placed*: every transaction of the order says it is ordered, by our id.
//! *Absent*: two reads, far enough after the request and apart from each other, in which every transaction was visible and
//! said it is not ordered. Anything else is *unclear*, and a person or a later read decides. That a transaction's
//! `isOrdered` and `externalOrderId` follow an order within a minute is an assumption.

use super::account::Account;
use super::order::Checked;
use crate::error::Error;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known about an order in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// The designs of an order, to be read back.
#[derive(Clone, Debug)]
pub struct Designs {
    /// The shop's id of the order.
    pub external_id: String,
    /// Ids of transactions.
    pub transactions: Vec<String>,
    /// Ids of bundles, whose transactions count. Unverified: the query for bundles is not in the reference.
    pub bundles: Vec<String>,
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

impl Account {
    /// The designs that an order names, after checking the order as for placing it.
    ///
    /// # Errors
    /// As [`Account::prepare_order_json`].
    pub fn designs_of(&self, order: &[u8]) -> Result<Designs, Error> {
        let checked = Checked::read(order, self.orders_api())?;
        let mut designs =
            Designs { external_id: checked.external_id.to_string(), transactions: vec![], bundles: vec![] };
        for item in &checked.items {
            let (list, id) = match (&item.transaction_id, &item.bundle_id) {
                (_, Some(id)) => (&mut designs.bundles, id),
                (Some(id), None) => (&mut designs.transactions, id),
                (None, None) => continue,
            };
            if !list.iter().any(|known| known == id) {
                list.push(id.to_string());
            }
        }
        Ok(designs)
    }

    /// Judges what was read. `transactions` and `bundles` are aligned with the designs.
    pub fn judge(
        &self,
        designs: &Designs,
        transactions: &[Option<SeenTransaction>],
        bundles: &[Option<SeenBundle>],
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Settlement {
        let (delay, gap) = self.settle_times();
        let unclear = |reason: String, again_at| Settlement {
            verdict: Verdict::Unclear,
            reason,
            again_at,
            first_absent_at: None,
        };
        let later = Some(now.plus(i64::from(gap.max(1))));

        let mut seen: Vec<&SeenTransaction> = Vec::new();
        for (transaction, id) in transactions.iter().zip(&designs.transactions) {
            match transaction {
                Some(transaction) if transaction.id.as_deref() == Some(id) => seen.push(transaction),
                _ => return unclear(format!("The platform does not show transaction {id}."), later),
            }
        }
        for (bundle, id) in bundles.iter().zip(&designs.bundles) {
            let shown =
                bundle.as_ref().filter(|bundle| bundle.id.as_deref() == Some(id)).and_then(|b| b.transactions.as_ref());
            match shown {
                Some(list) if !list.is_empty() && list.iter().all(Option::is_some) => {
                    seen.extend(list.iter().flatten())
                }
                _ => return unclear(format!("The platform does not show bundle {id} with its transactions."), later),
            }
        }
        if transactions.len() != designs.transactions.len() || bundles.len() != designs.bundles.len() || seen.is_empty()
        {
            return unclear("Not every design of the order was read.".to_owned(), later);
        }

        if seen.iter().all(|t| t.is_ordered == Some(false)) {
            let earliest = sent_at.plus(i64::from(delay));
            if now < earliest {
                let reason = format!(
                    "Nothing is ordered yet, but the request may still be accepted until {}.",
                    earliest.http_date()
                );
                return unclear(reason, Some(earliest));
            }
            // An absence seen before the request could no longer be accepted proves nothing.
            let first = first_absent_at.filter(|first| *first >= earliest && *first <= now).unwrap_or(now);
            let second_from = first.plus(i64::from(gap));
            if now < second_from {
                return Settlement {
                    first_absent_at: Some(first),
                    ..unclear(
                        format!(
                            "Nothing is ordered. A second look from {} on makes it certain.",
                            second_from.http_date()
                        ),
                        Some(second_from),
                    )
                };
            }
            return Settlement {
                verdict: Verdict::Absent,
                reason: "Every transaction is visible and not ordered, twice.".to_owned(),
                again_at: None,
                first_absent_at: Some(first),
            };
        }
        if seen.iter().all(|t| t.is_ordered == Some(true)) {
            let ours = |t: &&&SeenTransaction| t.external_order_id.as_deref() == Some(&designs.external_id);
            return if seen.iter().filter(ours).count() == seen.len() {
                Settlement {
                    verdict: Verdict::Placed,
                    reason: format!("Every transaction is ordered by {}.", designs.external_id),
                    again_at: None,
                    first_absent_at: None,
                }
            } else {
                unclear(
                    format!(
                        "The transactions are ordered, but not all by {}: an earlier order of the same designs? A person must look.",
                        designs.external_id
                    ),
                    None,
                )
            };
        }
        unclear("Some transactions are ordered and some are not, or do not say. A person must look.".to_owned(), later)
    }
}
