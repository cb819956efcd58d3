//! Enqueue: a paid order becomes a row, once for ever.

use crate::account::Account;
use crate::engine::{Cx, Done, Shared};
use crate::row::{Guard, Happening, Kept, LONGEST, Row, Shown, change, flag};
use crate::rows::{by_key, newest};
use crate::state::{Event, Record, State};
use crate::statement::{Commit, Paramstyle, Statement, Value, Wants, ascii, ascii_json};
use countersign::draft::Wire;
use countersign::{Draft, Error, ErrorKind, digest};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What became of an order that was enqueued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Status {
    /// It is in the outbox now.
    New,
    /// It was there already.
    Known,
    /// It was there with other goods or data, not yet sent: these took their place.
    Replaced,
    /// It had been cancelled or refused, and waits again.
    Revived,
    /// It was there with other goods, and it is too late to change them: a person must look. The store remembers it.
    Conflict,
    /// Another account has an order with this id: nothing was written.
    Elsewhere,
}

/// The answer of an enqueue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Enqueued {
    /// What became of it.
    pub status: Status,
    /// The account that has it.
    pub account: String,
    /// The shop's id of the order.
    pub external_id: String,
    /// The state that the row is in now.
    pub state: &'static str,
}

/// How an order is enqueued.
#[derive(Clone, Debug, Default)]
pub struct Enqueue {
    /// When it may be sent at the earliest, in seconds since 1970: a time of grace for cancelling.
    pub due: Option<i64>,
    /// It was placed by another way before, with this id of the platform or none: it is written down as placed, and never
    /// sent.
    pub already: Option<Option<String>>,
    /// Enqueue it also where another account has an order with this id.
    pub anyway: bool,
    /// It comes from a list that may be older than a cancellation: what was cancelled stays so.
    pub sweep: bool,
}

/// A new row as it will be written.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    account: String,
    provider: i64,
    external_id: String,
    key: String,
    kept: Kept,
}

/// The longest id of an order, in bytes of UTF-8.
const LONGEST_ID: usize = 255;
/// The largest body, in bytes.
const LARGEST_BODY: usize = 1 << 20;

/// The key of a row: SHA-256 over platform, account and id, each followed by a line feed.
pub fn row_key(platform: &str, account: &str, external_id: &str) -> String {
    digest::sha256_hex(&[platform.as_bytes(), account.as_bytes(), external_id.as_bytes()])
}

const fn wire_number(wire: Wire) -> i64 {
    match wire {
        Wire::SpiffGraphql => 1,
        Wire::SpiffRest => 2,
        Wire::SpiffTargets => 3,
        Wire::SignCustomiser => 4,
    }
}

/// What is to be made, whatever else an order says: the hash by which two orders have the same goods.
fn items_hash(order: &serde_json::Value) -> String {
    let mut text = String::new();
    for name in ["orderItems", "products"] {
        if let Some(items) = order.get(name).and_then(serde_json::Value::as_array) {
            let mut items: Vec<String> = items
                .iter()
                .map(|item| {
                    let mut text = String::new();
                    canonical(item, &mut text);
                    text
                })
                .collect();
            // The order of its lines makes no other goods.
            items.sort();
            text.push_str(&items.join("\n"));
        }
    }
    digest::sha256_hex(&[text.as_bytes()])
}

/// JSON with its keys sorted and without blanks.
fn canonical(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (name, value) in members {
                _ = write!(out, "{}:", serde_json::Value::from(name.as_str()));
                canonical(value, out);
                out.push(',');
            }
            out.push('}');
        }
        serde_json::Value::Array(items) => {
            out.push('[');
            for item in items {
                canonical(item, out);
                out.push(',');
            }
            out.push(']');
        }
        other => _ = write!(out, "{other}"),
    }
}

impl Fresh {
    /// Checks an order and makes its row.
    pub(crate) fn of(name: &str, account: &Account, order: &[u8]) -> Result<Self, Error> {
        let draft = account.platform.draft(order)?;
        // It was read as JSON already.
        let value = serde_json::from_slice(order.strip_prefix(b"\xef\xbb\xbf").unwrap_or(order)).unwrap_or_default();
        Self::of_draft(name, account, &draft, items_hash(&value))
    }

    fn of_draft(name: &str, account: &Account, draft: &Draft, items_hash: String) -> Result<Self, Error> {
        let external_id = draft.external_id().to_owned();
        check_id(&external_id)?;
        let json = draft.to_json()?;
        let body = ascii_json(std::str::from_utf8(&json).unwrap_or_default());
        if body.len() > LARGEST_BODY {
            let message = format!("The order has {} bytes; the outbox takes up to {LARGEST_BODY}.", body.len());
            return Err(Error::new(ErrorKind::InvalidOrder, message));
        }
        Ok(Self {
            account: name.to_owned(),
            provider: account.provider(),
            key: row_key(account.platform.name(), name, &external_id),
            external_id,
            kept: Kept { wire: wire_number(draft.wire()), items_hash, body },
        })
    }

    /// The INSERT that does nothing where the key is there already.
    pub(crate) fn statement(&self, shared: &Shared, style: Option<Paramstyle>, options: &Enqueue) -> Statement {
        let placed = options.already.is_some();
        let state = if placed { State::Placed } else { State::Pending };
        // A column of a later version has a default, and one of ours is named.
        let (due, mut params) = match (placed, options.due) {
            (true, _) => ("{now} + ?", vec![shared.policy.ms(shared.policy.keep_bodies).into()]),
            (false, Some(seconds)) => ("?", vec![seconds.saturating_mul(1000).into()]),
            (false, None) => ("{now}", vec![]),
        };
        let done = if placed { "{now}" } else { "NULL" };
        // Whoever has the answer of an enqueue tells the shopper: it survives whatever the host is set to.
        let version = match shared.dialect.terms(Commit::Durable, false) {
            Some(terms) => format!("CASE WHEN {terms} THEN 1 END"),
            None => "1".to_owned(),
        };
        let sql = format!(
            "INSERT INTO {{p}}countersign_outbox (due_at, row_key, provider, account, external_id, state, version, failures, crashes, \
             sends, doubts, resends, read_backs, flags, wire, items_hash, body, remote_id, created_at, fresh_at, updated_at, done_at, history) \
             VALUES ({due}, ?, ?, ?, ?, {}, {version}, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?, ?, {{now}}, {{now}}, {{now}}, {done}, ?){}",
            state.number(),
            shared.dialect.unless_there("row_key")
        );
        let flags = if placed { flag::ELSEWHERE } else { 0 };
        let remote = options.already.clone().flatten();
        let history = format!("{{\"event\":\"{}\"}}", if placed { "imported" } else { "enqueued" });
        params.extend([
            self.key.as_str().into(),
            self.provider.into(),
            self.account.as_str().into(),
            ascii(&self.external_id).into(),
            flags.into(),
            self.kept.wire.into(),
            self.kept.items_hash.as_str().into(),
            self.kept.body.as_str().into(),
            remote.as_deref().map(ascii).into(),
            history.into(),
        ] as [Value; 10]);
        shared.statement(style, "enqueue", &sql, params, Wants::Count)
    }
}

pub(crate) fn check_id(external_id: &str) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::new(ErrorKind::InvalidOrder, message));
    if external_id.trim().is_empty() {
        return refuse(
            "The order's id is empty: by it alone the platform and the shop know the same order.".to_owned(),
        );
    }
    if external_id.len() > LONGEST_ID {
        return refuse(format!("The order's id has {} bytes; the outbox takes up to {LONGEST_ID}.", external_id.len()));
    }
    // Within 255 bytes only control characters need more.
    if ascii(external_id).len() > LONGEST {
        return refuse("The order's id has more control characters than the outbox has room for.".to_owned());
    }
    Ok(())
}

/// An id of the platform as a person gives it.
fn check_remote(remote_id: Option<&str>) -> Result<(), Error> {
    match remote_id {
        Some(id) if id.len() > LONGEST_ID || ascii(id).len() > LONGEST => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("The platform's id of the order has {} bytes; the outbox takes up to {LONGEST_ID}.", id.len()),
        )),
        _ => Ok(()),
    }
}

/// The account that is meant: the one that is named, or the only one.
pub(crate) fn account_of<'s>(shared: &'s Shared, name: Option<&str>) -> Result<(&'s str, &'s Account), Error> {
    let known = || shared.accounts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let found = match name {
        Some(name) => shared.accounts.get_key_value(name),
        None if shared.accounts.len() == 1 => shared.accounts.iter().next(),
        None => {
            let message = format!("Say which account: {}.", known());
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    };
    found.map(|(name, account)| (name.as_str(), account)).ok_or_else(|| {
        let message = format!("There is no account {:.80?}. There are: {}.", name.unwrap_or_default(), known());
        Error::new(ErrorKind::InvalidArgument, message)
    })
}

/// Checks an order without touching the store.
pub(crate) fn fresh(
    shared: &Shared,
    account: Option<&str>,
    order: &[u8],
    options: &Enqueue,
    wall: i64,
) -> Result<Fresh, Error> {
    let (name, account) = account_of(shared, account)?;
    check_remote(options.already.as_ref().and_then(Option::as_deref))?;
    if let Some(due) = options.due {
        let now = wall.div_euclid(1000);
        if due < now - 86_400 || due > now + 366 * 86_400 {
            let message = format!("due is {due}: give seconds since 1970, from a day ago to a year ahead.");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
    }
    Fresh::of(name, account, order)
}

pub(crate) async fn enqueue(
    cx: Cx,
    account: Option<String>,
    order: Vec<u8>,
    options: Enqueue,
) -> Result<Enqueued, Error> {
    let fresh = fresh(&cx.shared, account.as_deref(), &order, &options, cx.io.clocks().wall)?;
    write(&cx, &fresh, &options).await
}

/// What a sweep found.
#[derive(Debug)]
pub struct Swept {
    /// What became of each order of the list, in its order.
    pub orders: Vec<Result<Enqueued, Error>>,
    /// The orders of the outbox since the time that was given that the list lacks, and that are or may be at the platform: was
    /// their payment undone?
    pub unlisted: Vec<Shown>,
}

/// Enqueues what is missing of a shop's paid orders. An order that breaks rules stops no other.
pub(crate) async fn sweep(
    cx: Cx,
    account: Option<String>,
    orders: Vec<Vec<u8>>,
    since: Option<i64>,
) -> Result<Swept, Error> {
    let options = Enqueue { sweep: true, ..Enqueue::default() };
    let mut swept = Swept { orders: Vec::with_capacity(orders.len()), unlisted: Vec::new() };
    let mut listed = BTreeSet::new();
    for order in orders {
        swept.orders.push(match fresh(&cx.shared, account.as_deref(), &order, &options, cx.io.clocks().wall) {
            Ok(fresh) => {
                let enqueued = write(&cx, &fresh, &options).await?;
                listed.insert(fresh.external_id);
                Ok(enqueued)
            }
            // It is in the list all the same.
            Err(error) => {
                listed.extend(id_of(&order));
                Err(error)
            }
        });
    }
    if let Some(since) = since {
        let (account, _) = account_of(&cx.shared, account.as_deref())?;
        swept.unlisted = unlisted(&cx, account, since, &listed).await?;
    }
    Ok(swept)
}

/// The id of an order that breaks rules, if it has one.
fn id_of(order: &[u8]) -> Option<String> {
    let order: serde_json::Value = serde_json::from_slice(order).ok()?;
    ["externalId", "external_id"].iter().find_map(|name| order.get(name)?.as_str()).map(str::to_owned)
}

/// Rows of an account since then whose order is not in the list. The id of what was forgotten is empty.
async fn unlisted(cx: &Cx, account: &str, since: i64, listed: &BTreeSet<String>) -> Result<Vec<Shown>, Error> {
    let sql = format!(
        "SELECT {} FROM {{p}}countersign_outbox WHERE id > ? AND account = ? AND created_at >= ? AND state NOT IN (6, 7) AND external_id <> '' ORDER BY id LIMIT 1000",
        Row::columns()
    );
    let (mut unlisted, mut after) = (Vec::new(), 0);
    loop {
        let params = vec![after.into(), account.into(), since.saturating_mul(1000).into()];
        let rows = cx.rows("unlisted", &sql, params).await?;
        for row in &rows {
            let row = Row::of(row).map_err(|why| cx.unreadable(&why))?;
            after = row.id;
            if !listed.contains(&row.external_id) {
                unlisted.push(row.shown());
            }
        }
        if rows.len() < 1000 {
            return Ok(unlisted);
        }
    }
}

fn answer(fresh: &Fresh, status: Status, state: State) -> Enqueued {
    let (account, external_id) = (fresh.account.clone(), fresh.external_id.clone());
    Enqueued { status, account, external_id, state: state.name() }
}

/// Every row of a platform with this id, of whatever account; and in the same statement whether this is our store, and one that
/// can be written. What is written into the tables of another shop is sent by nobody, or by somebody else.
async fn look_up(cx: &Cx, provider: i64, external_id: &str) -> Result<Vec<Row>, Error> {
    let sql = format!(
        "SELECT {}, (SELECT value FROM {{p}}countersign_outbox_meta WHERE name = 'oldest_reader') AS oldest, \
         (SELECT value FROM {{p}}countersign_outbox_meta WHERE name = 'shop') AS whose, {} \
         FROM (SELECT 1 AS one) q LEFT JOIN {{p}}countersign_outbox o ON o.external_id = ? AND o.provider = ?",
        cx.shared.dialect.standing(),
        Row::columns_of("o.")
    );
    let rows = cx.rows("look_up", &sql, vec![ascii(external_id).into(), provider.into()]).await;
    let rows = rows.map_err(crate::meta::unmade)?;
    let first = rows.first().map(Vec::as_slice).unwrap_or_default();
    crate::session::stands(first)?;
    let [oldest, shop] = [3, 4].map(|at| first.get(at).and_then(Value::text));
    crate::meta::ours(cx, oldest.as_deref(), shop.as_deref())?;
    rows.iter()
        .filter_map(|row| row.get(5..).filter(|row| row.first() != Some(&Value::Null)))
        .map(Row::of)
        .collect::<Result<_, _>>()
        .map_err(|why| cx.unreadable(&why))
}

async fn write(cx: &Cx, fresh: &Fresh, options: &Enqueue) -> Result<Enqueued, Error> {
    let mut lost = false;
    for tries in 0..8 {
        let mut rows = look_up(cx, fresh.provider, &fresh.external_id).await?;
        if let Some(at) = rows.iter().position(|row| row.row_key == fresh.key) {
            if let Some(row) = newest(cx, rows.swap_remove(at), tries).await?
                && let Some(told) = again(cx, fresh, &row, options).await?
            {
                return Ok(told);
            }
            continue;
        }
        // The same order under another name would be sent twice.
        if let (Some(row), false) = (rows.first(), options.anyway) {
            return Ok(Enqueued { account: row.account.clone(), ..answer(fresh, Status::Elsewhere, row.state) });
        }
        let state = if options.already.is_some() { State::Placed } else { State::Pending };
        match cx.insist(fresh.statement(&cx.shared, None, options)).await {
            Ok(Done::Yes) => return Ok(answer(fresh, Status::New, state)),
            // Somebody was faster: whoever it was, the row is there. A snapshot of the host may not show it.
            Ok(Done::No | Done::Busy) => match by_key(cx, &fresh.key).await? {
                // Its id may have been forgotten: its key is not.
                Some(row) => {
                    if let Some(told) = again(cx, fresh, &row, options).await? {
                        return Ok(told);
                    }
                }
                None => return Ok(answer(fresh, Status::Known, state)),
            },
            // It may have been written: then it is found.
            Ok(Done::Lost) => {
                if let Some(row) = by_key(cx, &fresh.key).await? {
                    let status = if row.version == 1 { Status::New } else { Status::Known };
                    return Ok(answer(fresh, status, row.state));
                }
                lost = true;
                // Whatever else stood in the host's transaction is gone: the order must not stay without it.
                if !cx.is_alone() {
                    break;
                }
            }
            // Nothing can be asked any more in a transaction that is none.
            Err(error) if error.kind() == ErrorKind::StoreBusy => return Err(error),
            Err(error) => {
                return match by_key(cx, &fresh.key).await {
                    Ok(Some(row)) => Ok(answer(fresh, Status::Known, row.state)),
                    _ => Err(error),
                };
            }
        }
    }
    if lost {
        let message = "The connection to the store broke, and it does not have the order: nothing was acknowledged. Enqueue it again.";
        return Err(Error::new(ErrorKind::Store, message));
    }
    Err(Error::new(ErrorKind::StoreBusy, "Others change this order all the time: nothing was acknowledged."))
}

/// What of an order would have been kept that was enqueued without this library, as the shop wrote it: `None` for any other row, and
/// where it breaks rules.
fn as_written(cx: &Cx, fresh: &Fresh, row: &Row) -> Option<Kept> {
    let body = row.body.as_ref().filter(|_| row.wire == 0)?;
    let account = cx.shared.accounts.get(&fresh.account)?;
    Some(Fresh::of(&fresh.account, account, body.as_bytes()).ok()?.kept)
}

/// An order that is there already; `None` if it changed under our hands.
async fn again(cx: &Cx, fresh: &Fresh, row: &Row, options: &Enqueue) -> Result<Option<Enqueued>, Error> {
    // What was forgotten stays as it ended: a sweep could not know that it was cancelled.
    if row.external_id.is_empty() || (options.sweep && row.state == State::Cancelled) {
        return Ok(Some(answer(fresh, Status::Known, row.state)));
    }
    let written = as_written(cx, fresh, row);
    let (items_hash, body) = match &written {
        Some(kept) => (&kept.items_hash, Some(&kept.body)),
        None => (&row.items_hash, row.body.as_ref()),
    };
    let other_goods = *items_hash != fresh.kept.items_hash && !items_hash.is_empty();
    let same = body.map_or(!other_goods, |body| *body == fresh.kept.body);
    let event = if same { Event::Repeated } else { Event::Changed };
    let what = Happening { other_goods, draft: Some(fresh.kept.clone()), clock: cx.clock(), ..Happening::default() };
    let Some(change) = change(row, event, &what, cx.policy(), cx.shared.rules, row.provider == 1) else {
        return Ok(Some(answer(fresh, Status::Known, row.state)));
    };
    let conflict = change.transition.records.contains(&Record::Conflict);
    // These very goods are noted already, or a person has answered them; what withdraws a cancel is written all the same.
    if conflict && row.conflict_hash.as_ref() == Some(&fresh.kept.items_hash) && !row.is(flag::UNWANTED) {
        return Ok(Some(answer(fresh, Status::Conflict, row.state)));
    }
    let to = change.to;
    let status = match (row.state, to) {
        _ if conflict => Status::Conflict,
        (State::Cancelled | State::Rejected, State::Pending) => Status::Revived,
        (_, State::Pending) if event == Event::Changed => Status::Replaced,
        _ => Status::Known,
    };
    let statement = change.statement(cx, row, Guard::Version);
    let done = cx.insist(statement).await?;
    Ok((done == Done::Yes).then(|| answer(fresh, status, to)))
}

/// Writes down that an order was placed before the outbox was there: it is never sent.
pub(crate) async fn import(
    cx: Cx,
    account: Option<String>,
    external_id: String,
    remote_id: Option<String>,
) -> Result<Enqueued, Error> {
    let (name, account) = account_of(&cx.shared, account.as_deref())?;
    check_id(&external_id)?;
    check_remote(remote_id.as_deref())?;
    let fresh = Fresh {
        account: name.to_owned(),
        provider: account.provider(),
        key: row_key(account.platform.name(), name, &external_id),
        external_id,
        kept: Kept { wire: 0, items_hash: String::new(), body: String::new() },
    };
    let options = Enqueue { already: Some(remote_id), ..Enqueue::default() };
    if let Some(row) = by_key(&cx, &fresh.key).await? {
        return Ok(answer(&fresh, Status::Known, row.state));
    }
    write(&cx, &fresh, &options).await
}
