//! What a person says to the outbox: `cancel`, `resolve`, `pause`, `resume`, `adopt`, `forget`.

use super::shown;
use super::store::{NumberArgs, Opened, StoreArgs};
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::Args;
use countersign_outbox::{Accounts, Cancelled, Decision};
use serde_json::json;

pub(crate) const CANCEL_HELP: &str = "\
Goes as far as it can, and says how far:
  cancelled  the platform does not have it, and will not get it
  wanted     it is under way or in doubt: cancelled as soon as it proves absent
  ended      it had been refused or cancelled before
  placed     the platform has it: cancel it there. Ends with 1
  unknown    there is no such order. Ends with 1

Examples:
  countersign outbox cancel --store sqlite:/var/lib/shop/outbox.db 1001
  countersign outbox cancel --account shop --json 1001";

pub(crate) const RESOLVE_HELP: &str = "\
Decides about an order that is held: `placed`, the platform has it; `retry`, try
it again (what is in doubt is read back first, where the platform has a read);
`drop`, give it up. Who and why are kept with the order for ever. `placed` also
answers the alerts of an order that is placed.

Examples:
  countersign outbox resolve 1001 placed --who ana --why 'seen in the dashboard'
  countersign outbox resolve 1002 retry --who ana --why 'design was repaired'
  countersign outbox resolve 1003 drop --who ana --why 'refunded'";

pub(crate) const PAUSE_HELP: &str = "\
Nothing of the account is sent until it is resumed; what is in doubt is read
back all the same. No credentials are needed.

Examples:
  countersign outbox pause --store sqlite:/var/lib/shop/outbox.db shop \\
    --why 'stocktaking'
  countersign outbox pause signs --why 'price error'";

pub(crate) const RESUME_HELP: &str = "\
Ends a pause. An account that pauses because the store was moved, or because its
credentials belong to another integration now, needs `adopt`.

Examples:
  countersign outbox resume --store sqlite:/var/lib/shop/outbox.db shop";

pub(crate) const ADOPT_HELP: &str = "\
Says that this store is the one that counts, and stands where it should: after a
move or a restore, or where its accounts changed. Look at its orders before:
what an older copy does not know may have been sent. Never in a copy for tests.

Examples:
  countersign outbox list --state pending
  countersign outbox adopt --store sqlite:/var/lib/shop/outbox.db";

pub(crate) const FORGET_HELP: &str = "\
Strips what is personal of an order that has ended or is held: its body, its
history and its ids. That there was one, its state and its times stay for ever,
so that the same order is not sent again. It cannot be undone.

Examples:
  countersign outbox forget --store sqlite:/var/lib/shop/outbox.db 1001";

/// One order of one outbox.
#[derive(Args, Debug)]
pub(crate) struct OneArgs {
    #[command(flatten)]
    pub(crate) store: StoreArgs,
    #[command(flatten)]
    pub(crate) numbers: NumberArgs,
    /// The account, where several have an order with this id
    #[arg(long, value_name = "NAME", value_parser = input::id)]
    pub(crate) account: Option<String>,
    /// The shop's id of the order
    #[arg(value_parser = input::id)]
    pub(crate) id: String,
}

impl OneArgs {
    pub(crate) fn open(&self) -> Result<Opened, Failure> {
        open(&self.store, &self.numbers)
    }
}

/// Opens an outbox without any account: what calls no platform needs no credentials.
pub(crate) fn open(store: &StoreArgs, numbers: &NumberArgs) -> Result<Opened, Failure> {
    store.open(store.settings(Accounts::new(), numbers.policy()?))
}

#[derive(Args, Debug)]
pub(crate) struct Cancel {
    #[command(flatten)]
    one: OneArgs,
}

#[derive(Args, Debug)]
pub(crate) struct Resolve {
    #[command(flatten)]
    one: OneArgs,
    /// placed, retry or drop
    decision: String,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    who: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
}

#[derive(Args, Debug)]
pub(crate) struct Pause {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// The account
    #[arg(value_parser = input::id)]
    account: String,
    /// Why, for whoever wonders
    #[arg(long, value_name = "TEXT")]
    why: String,
}

#[derive(Args, Debug)]
pub(crate) struct Resume {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// The account
    #[arg(value_parser = input::id)]
    account: String,
}

#[derive(Args, Debug)]
pub(crate) struct Adopt {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
}

#[derive(Args, Debug)]
pub(crate) struct Forget {
    #[command(flatten)]
    one: OneArgs,
}

/// Says in a word what was done.
fn done(word: &str, about: (&'static str, &str), out: &mut Output) {
    let (name, value) = about;
    if out.is_json() {
        out.value(&json!({ name: value, "done": word }));
    } else {
        out.line(format_args!("{word}: {}", plain(value)));
    }
}

impl Cancel {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = self.one.open()?;
        let cancelled = opened.run(opened.engine.cancel(self.one.account.as_deref(), &self.one.id))?;
        let exit = if matches!(cancelled, Cancelled::Placed | Cancelled::Unknown) { Exit::No } else { Exit::Ok };
        let word = shown::word(&cancelled);
        if out.is_json() {
            out.value(&json!({ "external_id": self.one.id, "cancelled": word }));
            return Ok(exit);
        }
        let words = match cancelled {
            Cancelled::Cancelled => "The platform does not have it, and will not get it.",
            Cancelled::Wanted => "It is under way or in doubt: it is cancelled as soon as it proves absent.",
            Cancelled::Placed => "The platform has it: cancel it there.",
            Cancelled::Ended => "It had been refused or cancelled before.",
            Cancelled::Unknown => "The outbox has no such order.",
            _ => "",
        };
        let colour = if exit == Exit::Ok { Colour::Green } else { Colour::Red };
        let word = out.paint(colour, &word);
        out.line(format_args!("{word}: {}. {words}", plain(&self.one.id)));
        Ok(exit)
    }
}

impl Resolve {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let decision = Decision::of(&self.decision).map_err(Failure::usage)?;
        for (name, text) in [("who", &self.who), ("why", &self.why)] {
            if text.trim().is_empty() {
                return Err(Failure::usage_of(format!("--{name} is empty: it is kept with the order, so say it.")));
            }
        }
        let opened = self.one.open()?;
        let account = self.one.account.as_deref();
        let shown = opened.run(opened.engine.resolve(account, &self.one.id, decision, &self.who, &self.why))?;
        if out.is_json() {
            out.value(&serde_json::to_value(&shown).unwrap_or_default());
        } else {
            out.line(format_args!("{}: {}", shown.state, plain(&shown.external_id)));
        }
        Ok(Exit::Ok)
    }
}

impl Pause {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        if self.why.trim().is_empty() {
            return Err(Failure::usage_of("--why is empty: whoever finds the account paused will wonder."));
        }
        let opened = open(&self.store, &self.numbers)?;
        opened.run(opened.engine.pause(&self.account, &self.why))?;
        done("paused", ("account", &self.account), out);
        Ok(Exit::Ok)
    }
}

impl Resume {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = open(&self.store, &self.numbers)?;
        opened.run(opened.engine.resume(&self.account))?;
        done("resumed", ("account", &self.account), out);
        Ok(Exit::Ok)
    }
}

impl Adopt {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = open(&self.store, &self.numbers)?;
        opened.run(opened.engine.adopt())?;
        done("adopted", ("store", &opened.name), out);
        Ok(Exit::Ok)
    }
}

impl Forget {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let opened = self.one.open()?;
        opened.run(opened.engine.forget(self.one.account.as_deref(), &self.one.id))?;
        done("forgotten", ("external_id", &self.one.id), out);
        Ok(Exit::Ok)
    }
}
