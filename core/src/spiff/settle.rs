//! Settling doubt: did an order arrive whose reply never did?
//!
//! The rule rests on what a read can prove. *Placed*: every transaction of the order says it is ordered, by our id.
//! *Absent*: two reads, far enough after the request and apart from each other, in which every transaction was visible and
//! said it is not ordered. Anything else is *unclear*, and a person or a later read decides. That a transaction's
//! `isOrdered` and `externalOrderId` follow an order within a minute is an assumption.
//!
//! What stays unclear is looked at less and less often, as `SPACING` says, and not for ever.

use crate::draft::Designs;
use crate::error::{Error, ErrorKind};
use crate::json::{Members, Node, Problems};
use crate::operation::read;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Looks that tell nothing: until so many seconds after the request could last be accepted, one in so many seconds (and
/// never more often than `settle_gap`). After the last row a person must look.
pub const SPACING: &[(i64, i64)] =
    &[(10 * 60, 60), (3600, 5 * 60), (6 * 3600, 30 * 60), (86_400, 3 * 3600), (7 * 86_400, 86_400)];

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
    pub fn read(input: &'a [u8], now: Timestamp) -> Result<Self, Error> {
        read(input, &["order", "sent_at", "first_absent_at"], |fields, problems| {
            let order = fields.required("order", "Give the order as it was placed.", problems);
            let given = |node: Node<'_, 'a>, name, problems: &mut Problems| {
                let seconds = node.integer(i64::MIN, i64::MAX, ", in seconds since 1970", problems)?;
                moment(seconds, name, now, problems)
            };
            let sent_at = fields.required("sent_at", "Give what the error said, in seconds since 1970.", problems);
            let sent_at = sent_at.and_then(|node| given(node, "sent_at", problems));
            let first = fields.optional("first_absent_at");
            let first_absent_at = first.and_then(|node| given(node, "first_absent_at", problems));
            Some(Self { order: order?.text().as_bytes(), sent_at: sent_at?, first_absent_at })
        })
    }

    /// The same from what is no JSON.
    ///
    /// # Errors
    /// `invalid_argument` for a moment that is none of an order sent by this library.
    pub fn of(
        order: &'a [u8],
        sent_at: Timestamp,
        first_absent_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut problems = Problems::default();
        moment(sent_at.unix(), "sent_at", now, &mut problems);
        first_absent_at.and_then(|first| moment(first.unix(), "first_absent_at", now, &mut problems));
        problems.into_result("The input", ErrorKind::InvalidArgument)?;
        Ok(Self { order, sent_at, first_absent_at })
    }
}

/// A moment that was kept with an order: one rule for every language.
fn moment(seconds: i64, name: &str, now: Timestamp, problems: &mut Problems) -> Option<Timestamp> {
    let advice = match name {
        "sent_at" => {
            "Give what the error said; where that is lost, give the present: settling then takes longer, and errs less."
        }
        _ => "Give what the last settlement said, or nothing.",
    };
    Timestamp::remembered(seconds, now).map_err(|why| problems.add(name, "range", format!("{why} {advice}"))).ok()
}

/// What was read back: aligned with the designs, `None` where the platform shows nothing.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The transactions.
    pub transactions: Vec<Option<SeenTransaction>>,
    /// The bundles.
    pub bundles: Vec<Option<SeenBundle>>,
    /// What is said twice, or not as it was asked: it proves nothing.
    pub odd: Option<String>,
}

impl Seen {
    /// Reads what the platform answered for the designs, in whatever order; `None` for nothing at all.
    pub fn of(designs: &Designs, transactions: Option<&RawValue>, bundles: Option<&RawValue>) -> Self {
        let mut seen = Self::default();
        match listed(transactions, "transaction", SeenTransaction::of) {
            Ok(mut found) => seen.transactions = designs.transactions.iter().map(|id| found.remove(id)).collect(),
            Err(why) => seen.odd = Some(why),
        }
        match listed(bundles, "bundle", SeenBundle::of) {
            Ok(mut found) => seen.bundles = designs.bundles.iter().map(|id| found.remove(id)).collect(),
            Err(why) => seen.odd = Some(why),
        }
        seen
    }
}

/// What settling looks at in a transaction.
#[derive(Clone, Debug, Default)]
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

    fn of(raw: &RawValue) -> Result<(Option<String>, Self), String> {
        let fields = Shown::of(raw, "transaction")?;
        let seen = Self {
            id: fields.read("id")?,
            is_ordered: fields.read("isOrdered")?,
            external_order_id: fields.read("externalOrderId")?,
        };
        Ok((seen.id.clone(), seen))
    }
}

/// What settling looks at in a bundle.
#[derive(Clone, Debug, Default)]
pub struct SeenBundle {
    /// Its id.
    pub id: Option<String>,
    /// Its transactions.
    pub transactions: Option<Vec<Option<SeenTransaction>>>,
}

impl SeenBundle {
    /// The fields to ask for.
    pub const SELECT: &str = "id transactions { id isOrdered externalOrderId }";

    fn of(raw: &RawValue) -> Result<(Option<String>, Self), String> {
        let fields = Shown::of(raw, "bundle")?;
        let list: Option<Vec<Option<&RawValue>>> = fields.read("transactions")?;
        let mut once = HashMap::new();
        let mut transactions = Vec::new();
        for item in list.iter().flatten() {
            let seen = item.map(SeenTransaction::of).transpose()?;
            if let Some(id) = seen.as_ref().and_then(|(id, _)| id.clone()) {
                new(&mut once, id, (), "transaction")?;
            }
            transactions.push(seen.map(|(_, seen)| seen));
        }
        let seen = Self { id: fields.read("id")?, transactions: list.is_some().then_some(transactions) };
        Ok((seen.id.clone(), seen))
    }
}

/// The objects of a list by their ids, each of them there once.
fn listed<T>(
    list: Option<&RawValue>,
    what: &str,
    of: impl Fn(&RawValue) -> Result<(Option<String>, T), String>,
) -> Result<HashMap<String, T>, String> {
    let mut found = HashMap::new();
    let items: Vec<Option<&RawValue>> = match list {
        Some(list) => serde_json::from_str(list.get())
            .map_err(|_| format!("The platform answered something else than a list of {what}s."))?,
        None => Vec::new(),
    };
    for item in items.into_iter().flatten() {
        if let (Some(id), seen) = of(item)? {
            new(&mut found, id, seen, what)?;
        }
    }
    Ok(found)
}

fn new<T>(found: &mut HashMap<String, T>, id: String, seen: T, what: &str) -> Result<(), String> {
    let twice = format!("The platform shows {what} {id:.100} twice.");
    if found.insert(id, seen).is_some() { Err(twice) } else { Ok(()) }
}

/// An object that was shown, and what it is.
struct Shown<'r>(Members<'r>, &'static str);

impl<'r> Shown<'r> {
    fn of(raw: &'r RawValue, what: &'static str) -> Result<Self, String> {
        let members = serde_json::from_str(raw.get());
        members
            .map(|members| Self(members, what))
            .map_err(|_| format!("The platform shows a {what} that is no object."))
    }

    /// A field that was asked for: there once, and of its type or null.
    fn read<T: Deserialize<'r>>(&self, name: &str) -> Result<Option<T>, String> {
        let what = self.1;
        let mut given = self.0.0.iter().filter(|(key, _)| key == name);
        match (given.next(), given.next()) {
            (Some((_, raw)), None) => serde_json::from_str(raw.get())
                .map_err(|_| format!("The platform shows a {what} whose {name} is of another type.")),
            (None, _) => Err(format!("The platform shows a {what} without {name}.")),
            _ => Err(format!("The platform shows a {what} with {name} twice.")),
        }
    }
}

/// What a look at the designs of an order shows, whenever it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sight {
    /// Every transaction is visible and not ordered.
    Free,
    /// Every transaction is ordered by our id.
    Ours,
    /// Every transaction is ordered, but not all by our id.
    Others,
    /// Some transactions are ordered and some are not, or do not say.
    Some,
    /// It proves nothing, for this reason.
    Hidden(String),
}

impl Sight {
    /// What was seen of the designs.
    pub fn of(designs: &Designs, seen: &Seen) -> Self {
        if let Some(odd) = &seen.odd {
            return Self::Hidden(format!("{odd} That proves nothing."));
        }
        let seen = match all_seen(designs, seen) {
            Ok(seen) => seen,
            Err(reason) => return Self::Hidden(reason),
        };
        let id = &designs.external_id;
        let ours = |seen: &&SeenTransaction| seen.external_order_id.as_deref() == Some(id);
        if seen.iter().all(|transaction| transaction.is_ordered == Some(false)) {
            if seen.iter().any(ours) {
                return Self::Hidden(format!("A transaction is said to be of the order {id}, and not to be ordered."));
            }
            Self::Free
        } else if !seen.iter().all(|transaction| transaction.is_ordered == Some(true)) {
            Self::Some
        } else if seen.iter().all(ours) {
            Self::Ours
        } else {
            Self::Others
        }
    }
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
    let earliest = sent_at.plus(delay.into());
    let id = &designs.external_id;
    // What a later look may tell, or none any more.
    let look_again = |reason: String| {
        let age = now.unix() - earliest.unix();
        let again = SPACING.iter().find(|(until, _)| age < *until).map(|(_, every)| now.plus((*every).max(gap.into())));
        match again {
            Some(again) => unclear(reason, Some(again)),
            None => {
                let days = age / 86_400;
                let end = format!("So it still is after {days} days. A person must look for the order {id}.");
                unclear(format!("{reason} {end}"), None)
            }
        }
    };
    match Sight::of(designs, seen) {
        Sight::Free => absent(earliest, first_absent_at, now, gap),
        Sight::Ours => {
            let reason = format!("Every transaction is ordered by {id}.");
            Settlement { verdict: Verdict::Placed, reason, again_at: None, first_absent_at: None }
        }
        Sight::Others => {
            let reason = format!(
                "The transactions are ordered, but not all by {id}: an earlier order of the same designs? A person must look."
            );
            unclear(reason, None)
        }
        Sight::Some => look_again("Some transactions are ordered and some are not, or do not say.".to_owned()),
        Sight::Hidden(reason) => look_again(reason),
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
            _ => return Err(not_shown(&format!("transaction {id:.100}"))),
        }
    }
    for (bundle, id) in seen.bundles.iter().zip(&designs.bundles) {
        let shown = bundle.as_ref().filter(|bundle| bundle.id.as_deref() == Some(id));
        match shown.and_then(|bundle| bundle.transactions.as_ref()) {
            Some(list) if !list.is_empty() && list.iter().all(Option::is_some) => all.extend(list.iter().flatten()),
            _ => return Err(not_shown(&format!("bundle {id:.100} with its transactions"))),
        }
    }
    let whole = seen.transactions.len() == designs.transactions.len() && seen.bundles.len() == designs.bundles.len();
    if whole && !all.is_empty() { Ok(all) } else { Err("Not every design of the order was read.".to_owned()) }
}

fn not_shown(what: &str) -> String {
    format!("The platform does not show {what}: the id is wrong, or not visible to these credentials.")
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);

    fn designs() -> Designs {
        Designs { external_id: "1001".to_owned(), transactions: vec!["A".to_owned()], bundles: vec!["B".to_owned()] }
    }

    fn judged(transactions: &str, bundles: &str, ago: i64, first: Option<Timestamp>) -> Settlement {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        let (transactions, bundles) = (raw(transactions), raw(bundles));
        let designs = designs();
        let seen = Seen::of(&designs, Some(&transactions), Some(&bundles));
        judge(&designs, &seen, (NOW.plus(-180 - ago), first), NOW, (180, 60))
    }

    const BUNDLE: &str = r#"[{"id":"B","transactions":[{"id":"C","isOrdered":false,"externalOrderId":null}]}]"#;

    #[test]
    fn looks_grow_rarer_and_end() {
        let after = |ago: i64| {
            let settled = judged("[null]", BUNDLE, ago, None);
            assert_eq!(settled.verdict, Verdict::Unclear);
            assert!(settled.reason.contains("transaction A: the id is wrong, or not visible to these credentials"));
            settled.again_at.map(|again| again.unix() - NOW.unix())
        };
        let day = 86_400;
        assert_eq!([-180, 0, 599].map(after), [Some(60); 3]);
        assert_eq!([600, 3599].map(after), [Some(300); 2]);
        assert_eq!([3600, 21_599].map(after), [Some(1800); 2]);
        assert_eq!([21_600, day - 1].map(after), [Some(10_800); 2]);
        assert_eq!([day, 7 * day - 1].map(after), [Some(day); 2]);
        assert_eq!([7 * day, 30 * day, 600 * day].map(after), [None; 3]);
        let end = judged("[null]", BUNDLE, 30 * day, None).reason;
        assert!(end.ends_with("So it still is after 30 days. A person must look for the order 1001."), "{end}");
        // From the request on until the end, whoever looks when he is told: so many looks and no more.
        let (mut age, mut looks) = (0, 0);
        while let Some(pause) = after(age) {
            (age, looks) = (age + pause, looks + 1);
        }
        assert!((30..60).contains(&looks) && age < 9 * day, "{looks} looks in {age} s");
        // An order that is absent is told so at any age.
        let a = r#"[{"id":"A","isOrdered":false,"externalOrderId":null}]"#;
        let first = judged(a, BUNDLE, 600 * day, None);
        assert_eq!((first.verdict, first.again_at), (Verdict::Unclear, Some(NOW.plus(60))));
        assert_eq!(judged(a, BUNDLE, 600 * day, Some(NOW.plus(-60))).verdict, Verdict::Absent);
    }

    /// Each of them would be absent if something in it were overlooked.
    #[test]
    fn what_contradicts_itself_or_is_not_what_was_asked_proves_nothing() {
        let a = r#"{"id":"A","isOrdered":false,"externalOrderId":null}"#;
        let absent = |transactions: &str, bundles: &str| {
            judged(transactions, bundles, 3600, Some(NOW.plus(-600))).verdict == Verdict::Absent
        };
        assert!(absent(&format!("[{a}]"), BUNDLE));
        assert!(absent(&format!(r#"[null,{{"id":"Z","isOrdered":true,"externalOrderId":null}},{a}]"#), BUNDLE));
        for transactions in [
            &*format!(r#"[{a},{{"id":"A","isOrdered":true,"externalOrderId":"1001"}}]"#),
            &format!("[{a},{a}]"),
            r#"[{"id":"A","isOrdered":false,"isOrdered":true,"externalOrderId":null}]"#,
            r#"[{"id":"A","isOrdered":true,"isOrdered":false,"externalOrderId":null}]"#,
            r#"[{"id":"A","\u0069sOrdered":true,"isOrdered":false,"externalOrderId":null}]"#,
            r#"[{"id":"X","id":"A","isOrdered":false,"externalOrderId":null}]"#,
            r#"[{"id":"A","isOrdered":false,"externalOrderId":null,"externalOrderId":"1001"}]"#,
            r#"[{"id":"A","isOrdered":false,"externalOrderId":"1001"}]"#,
            r#"[{"id":"A","isOrdered":false}]"#,
            r#"[{"id":"A","externalOrderId":null}]"#,
            r#"[{"id":"A","isOrdered":null,"externalOrderId":null}]"#,
            r#"[{"id":"A","isOrdered":0,"externalOrderId":null}]"#,
            r#"[{"id":"A","isOrdered":"false","externalOrderId":null}]"#,
            r#"[{"id":["A"],"isOrdered":false,"externalOrderId":null}]"#,
            r#"[["A",false,null]]"#,
            r#"{"id":"A","isOrdered":false,"externalOrderId":null}"#,
            "[]",
            "null",
        ] {
            assert!(!absent(transactions, BUNDLE), "{transactions}");
            assert_eq!(judged(transactions, BUNDLE, 0, None).verdict, Verdict::Unclear, "{transactions}");
        }
        let c = r#"{"id":"C","isOrdered":false,"externalOrderId":null}"#;
        for bundles in [
            &*format!(r#"[{{"id":"B","transactions":[{c},{c}]}}]"#),
            &format!(r#"[{{"id":"B","transactions":[{c}],"transactions":[]}}]"#),
            &format!(r#"[{{"id":"B","transactions":[{c}]}},{{"id":"B","transactions":[{c}]}}]"#),
            &format!(r#"[{{"id":"B","transactions":[{c},null]}}]"#),
            &format!(r#"[{{"id":"B","transactions":{c}}}]"#),
            r#"[{"id":"B","transactions":[["C",false,null]]}]"#,
            r#"[{"id":"B","transactions":[]}]"#,
            r#"[{"id":"B","transactions":null}]"#,
            r#"[{"id":"B"}]"#,
        ] {
            assert!(!absent(&format!("[{a}]"), bundles), "{bundles}");
        }
    }

    #[test]
    fn moments_are_those_of_an_order_that_was_sent() {
        let problem = |sent_at: &str, first: &str| {
            let input = format!(r#"{{"order":{{}},"sent_at":{sent_at},"first_absent_at":{first}}}"#);
            let error = Doubt::read(input.as_bytes(), NOW).err()?;
            assert_eq!((error.kind(), error.problems().len()), (ErrorKind::InvalidArgument, 1), "{error}");
            Some(format!("{}: {}", error.problems()[0].path, error.problems()[0].message))
        };
        for fine in ["1704067200", "1800000000", "1800086400"] {
            assert_eq!(problem(fine, "null"), None);
            assert_eq!(problem("1799999000", fine), None);
        }
        for (given, words) in [
            ("0", "before this library"),
            ("-1", "before this library"),
            ("1704067199", "before this library"),
            ("1800086401", "more than 24 hours ahead"),
            ("1800000000000", "milliseconds"),
            ("1800000000000000", "milliseconds"),
            ("9223372036854775807", "milliseconds"),
        ] {
            let (sent_at, first) = (problem(given, "null").unwrap(), problem("1799999000", given).unwrap());
            assert!(sent_at.starts_with("sent_at: ") && sent_at.contains(words), "{sent_at}");
            assert!(first.starts_with("first_absent_at: ") && first.contains(words), "{first}");
            let given = Timestamp::from_unix(given.parse().unwrap());
            assert_eq!(Doubt::of(b"{}", given, None, NOW).unwrap_err().problems()[0].path, "sent_at");
            assert_eq!(Doubt::of(b"{}", NOW, Some(given), NOW).unwrap_err().problems()[0].path, "first_absent_at");
        }
    }
}
