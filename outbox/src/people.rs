//! What the shop and a person say to the outbox: cancel, resolve, pause, resume, adopt, forget.

use crate::account::check_name;
use crate::accounts::{Set, account_row, make_account, pause_account, resume as resume_account, set_account};
use crate::engine::{Cx, Done};
use crate::pause::Pause;
use crate::row::{Guard, Happening, Shown, change};
use crate::rows::{find, newest};
use crate::state::{Event, State};
use crate::statement::{Commit, Value, Wants, ascii};
use countersign::{Error, ErrorKind};
use serde::Serialize;

/// What a person decides about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The platform has it.
    Placed,
    /// Try it again. What is in doubt is read back first, where the platform has a read.
    Retry,
    /// Give it up.
    Drop,
}

impl Decision {
    /// `placed`, `retry` or `drop`.
    ///
    /// # Errors
    /// `invalid_argument` for any other word.
    pub fn of(word: &str) -> Result<Self, Error> {
        match word {
            "placed" => Ok(Self::Placed),
            "retry" => Ok(Self::Retry),
            "drop" => Ok(Self::Drop),
            _ => Err(Error::new(
                ErrorKind::InvalidArgument,
                format!("{word:.40?} decides nothing: say placed, retry or drop."),
            )),
        }
    }
}

/// How far a cancellation could go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cancelled {
    /// The platform does not have it, and will not get it.
    Cancelled,
    /// It is under way or in doubt: cancelled as soon as it is known to be absent, and told where it is placed.
    Wanted,
    /// The platform has it: a person must cancel it there.
    Placed,
    /// It had ended otherwise already.
    Ended,
    /// There is no such order.
    Unknown,
}

fn missing(external_id: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, format!("The outbox has no order {external_id:.100?}."))
}

pub(crate) async fn cancel(cx: Cx, account: Option<String>, external_id: String) -> Result<Cancelled, Error> {
    for tries in 0..8 {
        let Some(row) = find(&cx, account.as_deref(), &external_id).await? else { return Ok(Cancelled::Unknown) };
        let Some(row) = newest(&cx, row, tries).await? else { continue };
        let what = Happening { clock: cx.clock(), ..Happening::default() };
        let Some(change) = change(&row, Event::Cancel, &what, cx.policy(), cx.shared.rules, row.provider == 1) else {
            return Ok(match row.state {
                State::Placed => Cancelled::Placed,
                State::Rejected | State::Cancelled => Cancelled::Ended,
                _ => Cancelled::Wanted,
            });
        };
        let to = change.to;
        let statement = change.statement(&cx, &row, Guard::Version);
        if cx.insist(statement).await? == Done::Yes {
            return Ok(match to {
                State::Cancelled => Cancelled::Cancelled,
                State::Placed => Cancelled::Placed,
                _ => Cancelled::Wanted,
            });
        }
    }
    Err(Error::new(ErrorKind::StoreBusy, "Others change this order all the time: it is not cancelled."))
}

pub(crate) async fn resolve(
    cx: Cx,
    account: Option<String>,
    external_id: String,
    decision: Decision,
    who: String,
    why: String,
) -> Result<Shown, Error> {
    if who.trim().is_empty() || why.trim().is_empty() {
        let message = "Say who decides, and why: it is kept with the order.";
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    let event = match decision {
        Decision::Placed => Event::SaidPlaced,
        Decision::Retry => Event::SaidRetry,
        Decision::Drop => Event::SaidDrop,
    };
    for tries in 0..8 {
        let Some(row) = find(&cx, account.as_deref(), &external_id).await? else { return Err(missing(&external_id)) };
        let Some(row) = newest(&cx, row, tries).await? else { continue };
        if row.lease_until.is_some_and(|until| until >= row.now) {
            let seconds = (row.lease_until.unwrap_or(row.now) - row.now) / 1000 + 1;
            let message = format!("A worker is at it. Try again in {seconds} s.");
            return Err(Error::new(ErrorKind::StoreBusy, message));
        }
        let what =
            Happening { clock: cx.clock(), who: Some(who.clone()), why: Some(why.clone()), ..Happening::default() };
        let Some(change) = change(&row, event, &what, cx.policy(), cx.shared.rules, row.provider == 1) else {
            let state = row.state;
            let message = format!("The order {external_id:.100?} is {state}: this cannot be decided about it.");
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        };
        let statement = change.statement(&cx, &row, Guard::NoLease);
        if cx.insist(statement).await? != Done::No {
            let now = find(&cx, account.as_deref(), &external_id).await?;
            return now.map(|row| row.shown()).ok_or_else(|| missing(&external_id));
        }
    }
    Err(Error::new(ErrorKind::StoreBusy, "Others change this order all the time: nothing was decided."))
}

/// Makes the row of an account that this store knows by its orders, or this process by its client: a pause needs no
/// credentials.
async fn meet(cx: &Cx, name: &str) -> Result<(), Error> {
    if account_row(cx, name).await?.is_some() {
        return Ok(());
    }
    let provider = match cx.shared.accounts.get(name) {
        Some(account) => Some(account.provider()),
        None => {
            let sql = "SELECT provider FROM {p}countersign_outbox WHERE account = ? LIMIT 1";
            let rows = cx.rows("provider", sql, vec![ascii(name).into()]).await?;
            rows.first().and_then(|row| row.first()?.int())
        }
    };
    let Some(provider) = provider else { return Err(no_account(cx, name).await?) };
    make_account(cx, name, provider).await
}

async fn account_names(cx: &Cx) -> Result<Vec<String>, Error> {
    let rows =
        cx.rows("accounts", "SELECT account FROM {p}countersign_outbox_account ORDER BY account", vec![]).await?;
    Ok(rows.iter().filter_map(|row| row.first()?.text()).collect())
}

async fn no_account(cx: &Cx, name: &str) -> Result<Error, Error> {
    let known = account_names(cx).await?;
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let message = format!("The outbox has no account {name:.80?}. It has: {known}.");
    Ok(Error::new(ErrorKind::InvalidArgument, message))
}

pub(crate) async fn pause(cx: Cx, account: String, why: String) -> Result<(), Error> {
    check_name(&account)?;
    meet(&cx, &account).await?;
    pause_account(&cx, &account, Pause::Person, None, None, &why).await
}

pub(crate) async fn resume(cx: Cx, account: String) -> Result<(), Error> {
    let name = account.as_str();
    check_name(name)?;
    let Some(row) = account_row(&cx, name).await? else {
        // One that nobody drained yet pauses as little as one that works.
        return meet(&cx, name).await;
    };
    if row.pause == Pause::Moved || row.pause == Pause::Integration {
        let message = format!(
            "The account {name} pauses for a reason that needs more than that: {} Look at its orders, then say `adopt`.",
            row.pause_why.unwrap_or_default()
        );
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    resume_account(&cx, &row).await
}

/// A person says that this store is the newest, and stands where it should.
pub(crate) async fn adopt(cx: Cx) -> Result<(), Error> {
    crate::meta::stand_here(&cx).await?;
    for name in account_names(&cx).await? {
        let name = name.as_str();
        if let Some(row) = account_row(&cx, name).await?
            && matches!(row.pause, Pause::Moved | Pause::Integration)
        {
            let sets =
                [("alive_at", Set::Now), ("integration", Set::To(Value::Null)), ("checked_at", Set::To(Value::Null))];
            set_account(&cx, &row, &sets).await?;
            if let Some(row) = account_row(&cx, name).await? {
                resume_account(&cx, &row).await?;
            }
        }
    }
    Ok(())
}

/// Strips what is personal of an order that has ended, or is held: key, state and times stay for ever.
pub(crate) async fn forget(cx: Cx, account: Option<String>, external_id: String) -> Result<(), Error> {
    let Some(row) = find(&cx, account.as_deref(), &external_id).await? else { return Err(missing(&external_id)) };
    if matches!(row.state, State::Pending | State::Sending | State::Unknown) {
        let message =
            format!("The order {external_id:.100?} is {}: cancel it first, or wait until it has ended.", row.state);
        return Err(Error::new(ErrorKind::InvalidArgument, message));
    }
    // Held without a body it can only be decided about, not sent.
    let sql = format!(
        "UPDATE {{p}}countersign_outbox SET body = NULL, history = '', external_id = '', remote_id = NULL, due_at = NULL, version = version + 1 WHERE id = ? AND version = ?{}",
        cx.and(Commit::Durable)
    );
    let done = cx.insist(cx.statement("forget", &sql, vec![row.id.into(), row.version.into()], Wants::Count)).await?;
    if done == Done::No {
        return Err(Error::new(ErrorKind::StoreBusy, "Somebody changed this order just now: try again."));
    }
    Ok(())
}
