//! Evidence: proof that the platform has an order, whoever brings it. It needs no lease and no token, and counts whatever
//! the row says by then.

use crate::account::provider_number;
use crate::engine::{Cx, Done};
use crate::row::{Guard, Happening, LONGEST, Row, change};
use crate::rows::fetch;
use crate::state::{Event, State};
use crate::statement::{ascii, fitting};
use countersign::Error;
use serde::Serialize;

/// What a delivery of the platform did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notified {
    /// The order is placed now, or was already.
    Placed,
    /// No row has this order.
    Unknown,
    /// It is about an earlier order with the same id, or tells nothing about one.
    Ignored,
}

/// Marks a row placed: `sends` is how often it had been sent when what is proven was.
pub(crate) async fn prove(
    cx: &Cx,
    id: i64,
    remote: Option<String>,
    sends: i64,
    whose: &str,
) -> Result<Option<(Row, State)>, Error> {
    for _ in 0..8 {
        let Some(row) = fetch(cx, id).await? else { return Ok(None) };
        let what = Happening {
            sent_since: row.sends > sends,
            other_remote: matches!((&row.remote_id, &remote), (Some(known), Some(now)) if known != now),
            remote_id: remote.clone(),
            why: Some(format!("Proven by {whose}.")),
            clock: cx.clock(),
            ..Happening::default()
        };
        let read = row.provider == 1;
        let Some(change) = change(&row, Event::Evidence, &what, cx.policy(), cx.shared.rules, read) else {
            return Ok(None);
        };
        let to = change.to;
        let statement = change.statement(cx, &row, Guard::Version);
        if cx.insist(statement).await? == Done::Yes {
            let row = Row { remote_id: row.remote_id.clone().or(remote), ..row };
            return Ok(Some((row, to)));
        }
    }
    Ok(None)
}

/// How much earlier than the first send an event of its order may say that it happened: clocks differ.
const EARLIER: i64 = 5 * 60_000;

/// Takes an `order:created` of Sign Customiser, verified by the caller: `at` is its time in seconds since 1970.
pub(crate) async fn notify(cx: Cx, external_id: String, remote: Option<String>, at: i64) -> Result<Notified, Error> {
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox WHERE external_id = ? AND provider = ?", Row::columns());
    let params = vec![ascii(&external_id).into(), provider_number("sign_customiser").into()];
    let rows = cx.rows("by_external_id", &sql, params).await?;
    let rows: Result<Vec<_>, _> = rows.iter().map(|row| Row::of(row)).collect();
    let rows = rows.map_err(|why| cx.unreadable(&why))?;
    if rows.is_empty() {
        return Ok(Notified::Unknown);
    }
    let remote = remote.map(|id| fitting(&id, LONGEST).to_owned());
    let mut notified = Notified::Ignored;
    for row in rows {
        // An order of the same id from before this row: not ours.
        let Some(first) = row.first_sent_at else { continue };
        if at.saturating_mul(1000) < first - EARLIER {
            continue;
        }
        if let Some(remote) = &remote {
            let sql = "SELECT id FROM {p}countersign_outbox WHERE account = ? AND remote_id = ? AND id <> ? LIMIT 1";
            let params = vec![row.account.as_str().into(), ascii(remote).into(), row.id.into()];
            if !cx.rows("by_remote_id", sql, params).await?.is_empty() {
                continue;
            }
        }
        if row.state == State::Placed {
            notified = Notified::Placed;
        }
        if prove(&cx, row.id, remote.clone(), row.sends, "the platform's webhook").await?.is_some() {
            notified = Notified::Placed;
        }
    }
    Ok(notified)
}
