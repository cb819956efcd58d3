//! What the outbox shows: `list`, `show`, `changes`.

use super::people::{OneArgs, open};
use super::shown;
use super::store::{NumberArgs, StoreArgs};
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::Args;
use countersign::{Error, ErrorKind, system_time};
use countersign_outbox::{Detail, Filter, State};
use serde_json::Value;

pub(crate) const LIST_HELP: &str = "\
States: pending, sending, unknown, held, placed, rejected, cancelled. Bodies are
never listed. Where there are more, the last line says how to go on.

Examples:
  countersign outbox list --store sqlite:/var/lib/shop/outbox.db --state held
  countersign outbox list --alerts
  countersign outbox list --account signs --limit 20 --json";

pub(crate) const SHOW_HELP: &str = "\
Examples:
  countersign outbox show --store sqlite:/var/lib/shop/outbox.db 1001
  countersign outbox show --body --json 1001";

pub(crate) const CHANGES_HELP: &str = "\
For a shop whose orders are delivered elsewhere: ask with the cursor of the last
answer, and write a note or a mail for each. An order that changed twice since
is told once, as it is now. What changed in the last two seconds comes later.

Examples:
  countersign outbox changes --store sqlite:/var/lib/shop/outbox.db
  countersign outbox changes --after 1704067200123.42 --json";

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// Of this state alone
    #[arg(long)]
    state: Option<String>,
    /// Of this account alone
    #[arg(long, value_name = "NAME", value_parser = input::id)]
    account: Option<String>,
    /// Those alone that a person must look at
    #[arg(long)]
    alerts: bool,
    /// So many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = input::whole_in::<u32>(1..=1000))]
    limit: u32,
    /// Those after the last one of the list before
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = input::whole_in::<i64>(0..))]
    after: i64,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    #[command(flatten)]
    one: OneArgs,
    /// Show the order as it is sent, with names and addresses
    #[arg(long)]
    body: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Changes {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// The cursor of the last answer; without it from the beginning
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// So many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = input::whole_in::<u32>(1..=1000))]
    limit: u32,
}

impl List {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let state = match self.state.as_deref() {
            None => None,
            Some(word) => Some(State::of_name(word).ok_or_else(|| {
                let names: Vec<_> = State::ALL.iter().map(|state| state.name()).collect();
                Failure::usage_of(format!("--state is {word:.40?}, which is none of {}.", names.join(", ")))
            })?),
        };
        let filter = Filter { state, account: self.account, alerts: self.alerts, limit: self.limit, after: self.after };
        let opened = open(&self.store, &self.numbers)?;
        let list = opened.run(opened.engine.list(filter))?;
        if out.is_json() {
            out.value(&serde_json::to_value(&list).unwrap_or_default());
            return Ok(Exit::Ok);
        }
        if list.orders.is_empty() {
            out.note("There are none.");
            return Ok(Exit::Ok);
        }
        shown::orders(&list.orders, system_time().unix(), out);
        if let Some(next) = list.next {
            out.note(format_args!("There may be more: --after {next}."));
        }
        Ok(Exit::Ok)
    }
}

impl Show {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = self.one.open()?;
        let Some(detail) = opened.run(opened.engine.get(self.one.account.as_deref(), &self.one.id, self.body))? else {
            let message = format!("The outbox has no order {:.100?}.", self.one.id);
            return Err(Error::new(ErrorKind::InvalidArgument, message).into());
        };
        if out.is_json() {
            out.value(&serde_json::to_value(&detail).unwrap_or_default());
        } else {
            show(&detail, out);
        }
        Ok(Exit::Ok)
    }
}

fn show(detail: &Detail, out: &mut Output) {
    let now = system_time().unix();
    let order = &detail.shown;
    let seconds = |ms: i64| ms.div_euclid(1000);
    let state = match shown::colour(order.state) {
        Some(colour) => out.paint(colour, order.state),
        None => order.state.to_owned(),
    };
    let reason = order.reason.map(|reason| format!(", {reason}")).unwrap_or_default();
    out.line(format_args!("{}: {state}{reason}", plain(&order.external_id)));
    let mut rows = vec![("account", order.account.clone())];
    if let Some(remote) = &order.remote_id {
        rows.push(("platform's id", plain(remote)));
    }
    if !order.flags.is_empty() {
        rows.push(("flags", order.flags.join(", ")));
    }
    rows.push(("enqueued", shown::exact(order.created_at, now)));
    rows.push(("changed", shown::exact(order.updated_at, now)));
    let ended = matches!(order.state, "placed" | "rejected" | "cancelled");
    if let Some(at) = order.due_at {
        rows.push((if ended { "body kept until" } else { "due" }, shown::exact(at, now)));
    }
    rows.push(("sends", order.sends.to_string()));
    for (name, at) in [("first sent", detail.first_sent_at), ("last sent", detail.last_sent_at)] {
        if let Some(at) = at {
            rows.push((name, shown::exact(seconds(at), now)));
        }
    }
    for (name, value) in rows {
        out.line(format_args!("  {name}: {value}"));
    }
    if !detail.history.is_empty() {
        out.line(out.paint(Colour::Bold, "history"));
    }
    for entry in &detail.history {
        out.line(format_args!("  {}", line(entry, order.created_at, now)));
    }
    if let Some(body) = &detail.body {
        out.line(out.paint(Colour::Bold, "body"));
        out.json_text(body);
    }
}

/// One line of the history: when, what, and everything else that is told of it.
fn line(entry: &Value, created: i64, now: i64) -> String {
    let text = |name: &str| entry[name].as_str().map(plain);
    // The first line has no time of its own: the store's clock is asked once, in the statement that writes the row.
    let at = entry["at"].as_i64().map_or(created, |ms| ms.div_euclid(1000));
    let mut line = format!("{:>14}  {}", shown::moment(at, now), text("event").unwrap_or_default());
    if let (Some(from), Some(to)) = (text("from"), text("to"))
        && from != to
    {
        line += &format!(": {from} → {to}");
    }
    for (name, before) in [("reason", ", "), ("who", ", by "), ("why", ": ")] {
        if let Some(text) = text(name) {
            line += before;
            line += &text;
        }
    }
    line
}

impl Changes {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = open(&self.store, &self.numbers)?;
        let changes = opened.run(opened.engine.changes(self.after.as_deref(), self.limit))?;
        if out.is_json() {
            out.value(&serde_json::to_value(&changes).unwrap_or_default());
            return Ok(Exit::Ok);
        }
        if !changes.orders.is_empty() {
            shown::orders(&changes.orders, system_time().unix(), out);
        }
        out.line(format_args!("cursor: {}", changes.cursor));
        Ok(Exit::Ok)
    }
}
