//! What the outbox shows: one order, lists, counts, and whether a person must look.

use crate::accounts::account_row;
use crate::engine::Cx;
use crate::row::{Row, Shown, flag};
use crate::rows::find;
use crate::state::State;
use crate::statement::{Value, unicode};
use countersign::Error;
use serde::Serialize;
use std::collections::BTreeMap;

/// One order whole, but for its body.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detail {
    /// What lists show.
    #[serde(flatten)]
    pub shown: Shown,
    /// What happened to it, the oldest first; the last 64 lines. Times in milliseconds since 1970.
    pub history: Vec<serde_json::Value>,
    /// When it was sent first and last, in milliseconds since 1970.
    pub first_sent_at: Option<i64>,
    /// The last time.
    pub last_sent_at: Option<i64>,
    /// The order as it is sent; only where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// Which orders a list shows.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Of this state alone.
    pub state: Option<State>,
    /// Of this account alone.
    pub account: Option<String>,
    /// Those that a person must look at: held, or with an alert.
    pub alerts: bool,
    /// So many at most.
    pub limit: u32,
    /// Those after this row: [`List::next`] of the last list.
    pub after: i64,
}

impl Default for Filter {
    fn default() -> Self {
        Self { state: None, account: None, alerts: false, limit: 100, after: 0 }
    }
}

/// Some orders, in the order of their enqueueing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct List {
    /// The orders.
    pub orders: Vec<Shown>,
    /// Where to go on; `None` at the end.
    pub next: Option<i64>,
}

/// What changed since a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The orders as they are now, the earliest change first.
    pub orders: Vec<Shown>,
    /// The cursor for the next call.
    pub cursor: String,
}

/// Counts of one account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccountStats {
    /// Orders by open state.
    pub open: BTreeMap<&'static str, i64>,
    /// How old the oldest order is that waits to be sent, in seconds.
    pub oldest_pending: Option<i64>,
    /// Orders with an alert.
    pub alerts: i64,
    /// Why it pauses.
    pub pause: Option<&'static str>,
    /// In words.
    pub pause_why: Option<String>,
    /// Until when, in seconds since 1970.
    pub paused_until: Option<i64>,
    /// When an order was last placed, in seconds since 1970, to the minute.
    pub success_at: Option<i64>,
    /// When somebody last drained it, in seconds since 1970, to the minute.
    pub alive_at: Option<i64>,
}

/// Counts of every account of the store.
pub type Stats = BTreeMap<String, AccountStats>;

pub(crate) async fn get(
    cx: Cx,
    account: Option<String>,
    external_id: String,
    body: bool,
) -> Result<Option<Detail>, Error> {
    let row = find(&cx, account.as_deref(), &external_id).await?;
    Ok(row.map(|row| Detail {
        shown: row.shown(),
        history: row.history().collect(),
        first_sent_at: row.first_sent_at,
        last_sent_at: row.last_sent_at,
        body: row.body.filter(|_| body),
    }))
}

fn rows_of(cx: &Cx, rows: &[Vec<Value>]) -> Result<Vec<Row>, Error> {
    rows.iter().map(|row| Row::of(row)).collect::<Result<_, _>>().map_err(|why| cx.unreadable(&why))
}

pub(crate) async fn list(cx: Cx, filter: Filter) -> Result<List, Error> {
    let limit = i64::from(filter.limit.clamp(1, 1000));
    let mut more = String::new();
    let mut params = vec![filter.after.into()];
    if let Some(state) = filter.state {
        more.push_str(&format!(" AND state = {}", state.number()));
    }
    if filter.alerts {
        more.push_str(&format!(" AND (state = 4 OR (flags & {}) <> 0)", flag::ALERTS));
    }
    if let Some(account) = filter.account {
        more.push_str(" AND account = ?");
        params.push(account.into());
    }
    let sql =
        format!("SELECT {} FROM {{p}}countersign_outbox WHERE id > ?{more} ORDER BY id LIMIT {limit}", Row::columns());
    let rows = rows_of(&cx, &cx.rows("list", &sql, params).await?)?;
    let next = rows.last().filter(|_| i64::try_from(rows.len()) == Ok(limit)).map(|row| row.id);
    Ok(List { orders: rows.iter().map(Row::shown).collect(), next })
}

pub(crate) async fn changes(cx: Cx, after: Option<String>, limit: u32) -> Result<Changes, Error> {
    let cursor = after.unwrap_or_else(|| "0.0".to_owned());
    let bad = || {
        let message = format!("{cursor:.60?} is no cursor: give what the last call answered, or nothing.");
        Error::new(countersign::ErrorKind::InvalidArgument, message)
    };
    let (at, id) = cursor.split_once('.').ok_or_else(bad)?;
    let (at, id): (i64, i64) = (at.parse().map_err(|_| bad())?, id.parse().map_err(|_| bad())?);
    let limit = limit.clamp(1, 1000);
    // What changes in this very moment may still be followed by a row with an earlier one: it comes with the next call.
    let sql = format!(
        "SELECT {} FROM {{p}}countersign_outbox WHERE (updated_at > ? OR (updated_at = ? AND id > ?)) AND updated_at < {{now}} - 2000 ORDER BY updated_at, id LIMIT {limit}",
        Row::columns()
    );
    let rows = rows_of(&cx, &cx.rows("changes", &sql, vec![at.into(), at.into(), id.into()]).await?)?;
    let cursor = rows.last().map_or_else(|| cursor.clone(), |row| format!("{}.{}", row.updated_at, row.id));
    Ok(Changes { orders: rows.iter().map(Row::shown).collect(), cursor })
}

pub(crate) async fn stats(cx: Cx) -> Result<Stats, Error> {
    let mut stats = Stats::new();
    // Open states alone: what has ended is a million rows one day.
    let sql = "SELECT account, state, COUNT(*), MIN(fresh_at), {now} FROM {p}countersign_outbox WHERE state IN (1, 2, 3, 4) GROUP BY account, state";
    for row in cx.rows("stats", sql, vec![]).await? {
        let number = |at: usize| row.get(at).and_then(Value::int);
        let (Some(account), Some(state), Some(count), Some(oldest), Some(now)) =
            (row.first().and_then(Value::text), number(1), number(2), number(3), number(4))
        else {
            return Err(cx.unreadable("the counts are no numbers"));
        };
        let of = stats.entry(account).or_default();
        if let Some(state) = State::of_number(state) {
            of.open.insert(state.name(), count);
            if state == State::Pending {
                of.oldest_pending = Some((now - oldest) / 1000);
            }
        }
    }
    let sql = format!(
        "SELECT account, COUNT(*) FROM {{p}}countersign_outbox WHERE (flags & {}) <> 0 GROUP BY account",
        flag::ALERTS
    );
    for row in cx.rows("alerts", &sql, vec![]).await? {
        if let (Some(account), Some(count)) = (row.first().and_then(Value::text), row.get(1).and_then(Value::int)) {
            stats.entry(account).or_default().alerts = count;
        }
    }
    let names = cx.rows("accounts", "SELECT account FROM {p}countersign_outbox_account", vec![]).await?;
    for row in names {
        let Some(name) = row.first().and_then(Value::text) else { continue };
        let Some(row) = account_row(&cx, &name).await? else { continue };
        let of = stats.entry(unicode(&name)).or_default();
        let paused = row.pause != crate::pause::Pause::None && row.paused_until.is_none_or(|until| until > row.now)
            || row.pause == crate::pause::Pause::Moved;
        of.pause = paused.then(|| row.pause.name());
        of.pause_why = row.pause_why.clone().filter(|_| paused);
        let seconds = |ms: i64| ms.div_euclid(1000);
        of.paused_until = row.paused_until.filter(|_| paused).map(seconds);
        of.success_at = row.success_at.map(seconds);
        of.alive_at = row.alive_at.map(seconds);
    }
    Ok(stats)
}

/// Whether a person must look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Nothing is wrong.
    pub ok: bool,
    /// What is, in sentences.
    pub problems: Vec<String>,
    /// What is not as it should be and does no harm yet.
    pub warnings: Vec<String>,
    /// `full`, or `reduced` where the server may lose what it acknowledged.
    pub durability: &'static str,
}

pub(crate) async fn check(cx: Cx, max_held: i64, max_age: i64) -> Result<Checked, Error> {
    let session = crate::session::meet(&cx).await?;
    let meta = crate::meta::verify(&cx).await?;
    let mut problems = Vec::new();
    let durability = if session.reduced.is_empty() { "full" } else { "reduced" };
    let mut warnings = session.reduced.clone();
    if session.moved(&meta) {
        warnings.push(
            "The store was moved or copied since it was made: if this is the one that counts, say `adopt`.".to_owned(),
        );
    }
    for (name, of) in stats(cx).await? {
        let held = of.open.get("held").copied().unwrap_or(0);
        if held > max_held {
            problems.push(format!("{name}: {held} orders are held. Look at them: `list --state held`."));
        }
        if of.alerts > 0 {
            problems.push(format!("{name}: {} orders have an alert. Look at them: `list --alerts`.", of.alerts));
        }
        if let Some(age) = of.oldest_pending.filter(|age| *age > max_age) {
            problems.push(format!("{name}: the oldest order waits since {age} s. Does a worker run?"));
        }
        if let Some(pause) = of.pause {
            let words = format!("{name}: paused ({pause}). {}", of.pause_why.unwrap_or_default()).trim_end().to_owned();
            // A platform that is busy for a minute needs nobody.
            if pause == crate::pause::Pause::Throttled.name() { warnings.push(words) } else { problems.push(words) }
        }
    }
    Ok(Checked { ok: problems.is_empty(), problems, warnings, durability })
}
