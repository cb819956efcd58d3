//! Accounts as they stand in the store: read, made, paused, resumed.

use crate::engine::{Cx, Done};
use crate::pause::{AccountRow, Pause};
use crate::statement::{Commit, Statement, Value, Wants, ascii, fitting, unicode};
use countersign::Error;

/// The row of an account.
pub(crate) async fn account_row(cx: &Cx, name: &str) -> Result<Option<AccountRow>, Error> {
    let sql = format!("SELECT {} FROM {{p}}countersign_outbox_account WHERE account = ?", AccountRow::COLUMNS);
    let rows = cx.rows("account", &sql, vec![name.into()]).await?;
    rows.first().map(|row| AccountRow::of(row)).transpose().map_err(|why| cx.unreadable(&why))
}

pub(crate) async fn make_account(cx: &Cx, name: &str, provider: i64) -> Result<(), Error> {
    let sql = format!(
        "INSERT INTO {{p}}countersign_outbox_account (account, provider, version, pause, pauses, quota, quota_at) VALUES (?, ?, 1, 0, '[]', ?, {}){}",
        cx.with(Commit::Durable, "{now}"),
        cx.shared.dialect.unless_there("account")
    );
    let params = vec![name.into(), provider.into(), i64::from(cx.policy().quota).into()];
    cx.once(cx.statement("new_account", &sql, params, Wants::Count)).await.map(|_| ())
}

/// What a column of an account becomes.
pub(crate) enum Set {
    Now,
    NowPlus(i64),
    To(Value),
}

/// Changes an account, unless somebody else did meanwhile: what is lost by that is said again soon.
pub(crate) async fn set_account(cx: &Cx, row: &AccountRow, sets: &[(&str, Set)]) -> Result<(), Error> {
    cx.once(account_statement(cx, row, sets)).await.map(|_| ())
}

fn account_statement(cx: &Cx, row: &AccountRow, sets: &[(&str, Set)]) -> Statement {
    let mut sql = "UPDATE {p}countersign_outbox_account SET version = version + 1".to_owned();
    let mut params = Vec::new();
    for (column, set) in sets {
        sql.push_str(&format!(", {column} = "));
        match set {
            Set::Now => sql.push_str("{now}"),
            Set::NowPlus(ms) => {
                sql.push_str("{now} + ?");
                params.push((*ms).into());
            }
            Set::To(value) => {
                sql.push('?');
                params.push(value.clone());
            }
        }
    }
    sql.push_str(" WHERE account = ? AND version = ?");
    // When it last went well is known again a minute later; that it pauses is not.
    let pauses = sets.iter().any(|(column, _)| *column == "pause");
    sql.push_str(&cx.and(if pauses { Commit::Durable } else { Commit::Lazy }));
    params.push(row.account.as_str().into());
    params.push(row.version.into());
    cx.statement("set_account", &sql, params, Wants::Count)
}

/// Ends the pause of an account.
pub(crate) async fn resume(cx: &Cx, row: &AccountRow) -> Result<(), Error> {
    let pauses = serde_json::to_string(&row.ended()).unwrap_or_else(|_| "[]".to_owned());
    let sets = [
        ("pause", Set::To(0.into())),
        ("paused_until", Set::To(Value::Null)),
        ("pause_key", Set::To(Value::Null)),
        ("pause_why", Set::To(Value::Null)),
        ("pauses", Set::To(pauses.into())),
    ];
    set_account(cx, row, &sets).await
}

/// Lets an account pause, unless it does for a graver reason. `wait` is in milliseconds from now.
pub(crate) async fn pause_account(
    cx: &Cx,
    name: &str,
    pause: Pause,
    wait: Option<i64>,
    key: Option<String>,
    why: &str,
) -> Result<(), Error> {
    for _ in 0..5 {
        let Some(row) = account_row(cx, name).await? else { return Ok(()) };
        if row.pause > pause {
            return Ok(());
        }
        let pauses = serde_json::to_string(&row.pausing()).unwrap_or_else(|_| "[]".to_owned());
        let why: String = unicode(why).chars().take(120).collect();
        let why = fitting(&why, 1000);
        let sets = [
            ("pause", Set::To((pause as i64).into())),
            ("paused_until", wait.map_or(Set::To(Value::Null), Set::NowPlus)),
            ("pause_key", Set::To(key.clone().into())),
            ("pause_why", Set::To(ascii(why).into())),
            ("pauses", Set::To(pauses.into())),
            ("checked_at", Set::Now),
        ];
        if cx.insist(account_statement(cx, &row, &sets)).await? != Done::No {
            return Ok(());
        }
    }
    Ok(())
}
