//! What the shop says: `enqueue`, `sweep` and `import`.

use super::accounts::{AccountsArgs, Use};
use super::orders::Orders;
use super::shown;
use super::store::{Opened, StoreArgs};
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::{ArgGroup, Args};
use countersign::{Error, ErrorKind, Timestamp, system_time};
use countersign_outbox::{Enqueue, Enqueued, State, Status};
use serde_json::json;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;

pub(crate) const ENQUEUE_HELP: &str = "\
Reads one order as JSON, or several: a JSON array, or one after the other. When
an answer is printed, its order survives the loss of power. If any order breaks
rules, every problem of every order is told and nothing is written.

Prints what became of each: new, known, replaced (it waited, and has other goods
or data now), revived (it had been cancelled or refused), conflict (it has other
goods than before, and it is too late), elsewhere (another account has it).
Ends with 0, and with 1 after a conflict or `elsewhere`: a person must look.

No credentials are needed, so that a web server needs none. The platform counts,
and for Spiff `-o orders_api=…`: an order is sent as it is enqueued.

Examples:
  countersign outbox enqueue --store sqlite:/var/lib/shop/outbox.db order.json
  countersign outbox enqueue --due +900 --json - < order.json
  countersign outbox enqueue --platform sign-customiser --account signs o.json";

pub(crate) const SWEEP_HELP: &str = "\
Repairs what was forgotten between payment and enqueue: give it the shop's paid
orders whole, as for `enqueue`, once a night. What the outbox lacks is enqueued,
what waits takes the goods of the list, and an order that was cancelled here
stays cancelled. An order with problems stops no other.
With --since the list has every paid order since then. Those that the outbox has
from that time on and the list lacks are named: was their payment undone?
Ends with 1 if there is a conflict, an order elsewhere, or one with problems.

Examples:
  countersign outbox sweep --store sqlite:/var/lib/shop/outbox.db paid.jsonl
  countersign outbox sweep --since 1704067200 --json - < paid.jsonl";

pub(crate) const IMPORT_HELP: &str = "\
For a shop with orders from before the outbox: each is written down as placed,
and is never sent. A file has one id a line, and the platform's id after a tab
where it is known.

Examples:
  countersign outbox import --store sqlite:/var/lib/shop/outbox.db 1001
  countersign outbox import --remote-id 77 1001
  countersign outbox import --file placed.tsv";

#[derive(Args, Debug)]
pub(crate) struct EnqueueOrders {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// When it may be sent at the earliest: seconds since 1970, or +SECONDS from now. A time of grace for cancelling
    #[arg(long, value_name = "UNIX | +SECONDS", value_parser = due)]
    due: Option<i64>,
    /// It was placed by another way, with this id of the platform (empty if it is not known): it is never sent
    #[arg(long, value_name = "ID")]
    already: Option<String>,
    /// Also where another account has an order with this id
    #[arg(long)]
    anyway: bool,
    /// The order as JSON, or several; `-` is standard input
    file: OsString,
}

#[derive(Args, Debug)]
pub(crate) struct Sweep {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// The list has every paid order since then (seconds since 1970): name those that it lacks
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time)]
    since: Option<Timestamp>,
    /// The paid orders as JSON; `-` is standard input
    file: OsString,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").required(true).args(["file", "id"]))]
pub(crate) struct Import {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// The platform's id of the order
    #[arg(long, value_name = "ID", conflicts_with = "file", value_parser = input::id)]
    remote_id: Option<String>,
    /// Ids in a file, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<OsString>,
    /// The shop's id of the order
    #[arg(value_parser = input::id)]
    id: Option<String>,
}

/// Reads a time, or a time from now.
fn due(text: &str) -> Result<i64, String> {
    let words = "seconds since 1970 are due, such as 1704067200, or seconds from now, such as +900";
    match text.strip_prefix('+') {
        Some(later) => {
            let later: u32 = later.parse().map_err(|_| words.to_owned())?;
            Ok(system_time().unix() + i64::from(later))
        }
        None => Ok(input::unix_time(text).map_err(|_| words.to_owned())?.unix()),
    }
}

/// A person must look at what became of it.
const fn is_wrong(status: Status) -> bool {
    matches!(status, Status::Conflict | Status::Elsewhere)
}

/// An answer for people.
fn line(enqueued: &Enqueued, out: &Output) -> String {
    let Enqueued { status, account, external_id, state } = enqueued;
    let word = shown::word(status);
    let word = out.paint(if is_wrong(*status) { Colour::Red } else { Colour::Green }, &word);
    let more = match status {
        Status::Conflict => format!(
            " ({state}) It is there with other goods, and it is too late to change them. See `countersign outbox show`."
        ),
        Status::Elsewhere => {
            format!(" ({state}) The account {account} has an order with this id. Nothing was written; --anyway does.")
        }
        _ => format!(" ({state})"),
    };
    format!("{word}: {}{more}", plain(external_id))
}

fn answer(enqueued: &Enqueued, out: &mut Output) {
    if out.is_json() {
        out.value(&serde_json::to_value(enqueued).unwrap_or_default());
    } else {
        let line = line(enqueued, out);
        out.line(line);
    }
}

/// Every problem of every order, before one of them is written.
fn check(opened: &Opened, account: Option<&str>, orders: &Orders, options: &Enqueue) -> Vec<(usize, Error)> {
    let engine = &opened.engine;
    let one = |order: &Vec<u8>| engine.enqueue_statement(account, order, options, None).err();
    orders.each.iter().enumerate().filter_map(|(at, order)| Some((at, one(order)?))).collect()
}

impl EnqueueOrders {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let found = self.accounts.find(Use::Write, out)?;
        let opened = self.store.open(self.store.settings(found.accounts, found.policy))?;
        let orders = Orders::read(&self.file)?;
        let already = self.already.map(|id| Some(id).filter(|id| !id.is_empty()));
        if already.is_some() && orders.each.len() > 1 {
            return Err(Failure::usage_of("--already is the id of one order, and there are several. See `import`."));
        }
        let options = Enqueue { due: self.due, already, anyway: self.anyway, sweep: false };
        let account = found.named.as_deref();
        let wrong = check(&opened, account, &orders, &options);
        if !wrong.is_empty() {
            return Err(orders.refuse(wrong).into());
        }
        if orders.each.is_empty() && !out.is_json() {
            out.note("The list has no orders.");
        }
        let mut exit = Exit::Ok;
        for order in &orders.each {
            // What was printed stays true if a later one fails.
            let enqueued = opened.run(opened.engine.enqueue(account, order, options.clone()))?;
            answer(&enqueued, out);
            if is_wrong(enqueued.status) {
                exit = Exit::No;
            }
        }
        Ok(exit)
    }
}

impl Sweep {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let found = self.accounts.find(Use::Write, out)?;
        let opened = self.store.open(self.store.settings(found.accounts, found.policy))?;
        let orders = Orders::read(&self.file)?;
        let since = self.since.map(Timestamp::unix);
        let swept = opened.run(opened.engine.sweep(found.named.as_deref(), &orders.each, since))?;
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut conflicts = Vec::new();
        let mut wrong = Vec::new();
        for (at, result) in swept.orders.into_iter().enumerate() {
            match result {
                Ok(enqueued) => {
                    let cancelled = enqueued.status == Status::Known && enqueued.state == State::Cancelled.name();
                    let word = if cancelled { "cancelled".to_owned() } else { shown::word(&enqueued.status) };
                    *counts.entry(word).or_default() += 1;
                    if is_wrong(enqueued.status) {
                        conflicts.push(enqueued);
                    }
                }
                Err(error) if error.kind() == ErrorKind::InvalidOrder => wrong.push((at, error)),
                Err(error) => return Err(error.into()),
            }
        }
        if !wrong.is_empty() {
            counts.insert("invalid".to_owned(), wrong.len() as u64);
        }
        let exit = if conflicts.is_empty() && wrong.is_empty() { Exit::Ok } else { Exit::No };
        if out.is_json() {
            let problems = (!wrong.is_empty()).then(|| orders.refuse(wrong));
            let mut told = json!({ "counts": counts, "conflicts": conflicts, "unlisted": swept.unlisted });
            if let Some(error) = problems {
                told["error"] = crate::output::error_json(&error);
            }
            out.value(&told);
            return Ok(exit);
        }
        for conflict in &conflicts {
            let line = line(conflict, out);
            out.line(line);
        }
        for order in &swept.unlisted {
            out.line(format_args!("not in the list: {} ({})", plain(&order.external_id), order.state));
        }
        let counts: Vec<_> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
        out.line(if counts.is_empty() { "The list has no orders.".to_owned() } else { counts.join(", ") });
        if wrong.is_empty() {
            return Ok(exit);
        }
        Err(orders.refuse(wrong).into())
    }
}

impl Import {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let found = self.accounts.find(Use::Write, out)?;
        let opened = self.store.open(self.store.settings(found.accounts, found.policy))?;
        let account = found.named.as_deref();
        if let Some(id) = self.id.as_ref().filter(|id| Path::new(id.as_str()).is_file()) {
            return Err(Failure::usage_of(format!("{id:?} is a file: ids in a file are given with --file.")));
        }
        let ids = match (&self.file, self.id) {
            (Some(file), _) => ids(&input::file(file, "The list of ids")?)?,
            (None, id) => id.into_iter().map(|id| (id, self.remote_id.clone())).collect(),
        };
        let mut exit = Exit::Ok;
        for (id, remote_id) in ids {
            let imported = opened.run(opened.engine.import(account, &id, remote_id.as_deref()))?;
            answer(&imported, out);
            if is_wrong(imported.status) {
                exit = Exit::No;
            }
        }
        Ok(exit)
    }
}

/// Ids, one a line, each with the platform's id after a tab where it is known.
fn ids(bytes: &[u8]) -> Result<Vec<(String, Option<String>)>, Error> {
    let refused = |message: String| Error::new(ErrorKind::InvalidArgument, message);
    let text = std::str::from_utf8(bytes).map_err(|_| refused("The list of ids is not UTF-8 text.".to_owned()))?;
    let mut ids = Vec::new();
    for (i, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (id, remote) = match line.split_once('\t') {
            Some((id, remote)) => (id, Some(remote.trim()).filter(|remote| !remote.is_empty())),
            None => (line, None),
        };
        match (id.trim(), remote) {
            ("", None) => {}
            ("", Some(_)) => {
                let message = format!("Line {} of the list has no id in front of its tab.", i + 1);
                return Err(refused(message));
            }
            (id, remote) => ids.push((id.to_owned(), remote.map(str::to_owned))),
        }
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_absolute_or_from_now() {
        assert_eq!(due("1704067200"), Ok(1_704_067_200));
        let now = system_time().unix();
        assert!((now + 300..now + 310).contains(&due("+300").unwrap()));
        for bad in ["", "+", "-5", "+-5", "+1.5", "soon", "+99999999999"] {
            assert!(due(bad).unwrap_err().contains("+900"), "{bad}");
        }
    }

    #[test]
    fn ids_stand_on_lines() {
        let read = ids("\u{feff}1\r\n\n 2 \t77\n3\t\n".as_bytes()).unwrap();
        let due = [("1", None), ("2", Some("77")), ("3", None)];
        assert_eq!(read, due.map(|(id, remote)| (id.to_owned(), remote.map(str::to_owned))));
        assert!(ids(b"1\n\t77\n").unwrap_err().message().contains("Line 2"));
    }
}
