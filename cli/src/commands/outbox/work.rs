//! The worker: `run` goes on until it is asked to end, `drain` does what is due for a while.
//!
//! A thread works, and this one prints: each order as it changes, and now and then how far it is.

use super::accounts::{AccountsArgs, Found, Use};
use super::shown;
use super::store::{Opened, STORE, StoreArgs};
use crate::input;
use crate::output::{Ended, Exit, Failure, Output, error_json, plain};
use crate::under_way::Signals;
use clap::Args;
use countersign::{Error, ErrorKind, system_time};
use countersign_outbox::{Changed, Drained};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

pub(crate) const RUN_HELP: &str = "\
Delivers what is due, and goes on until SIGTERM or Ctrl-C: then what is under
way ends first, which takes two deadlines at most (40 s). A second signal ends
it at once, which costs a lease and a read, and no order. Any number of workers
may serve one outbox. Of several outboxes one is served after the other.

Prints each order that is placed, in doubt, held, refused or cancelled; with
--json one JSON object a line. A store that fails, such as a server that starts
anew, is told once and tried again until it works, at last once a minute. Only
one that cannot be used when the worker begins ends it, with 1; a server that is
away then is waited for.

Credentials come from the environment, as for `countersign order place`, or from
where --accounts says.

Examples:
  countersign outbox run --store sqlite:/var/lib/shop/outbox.db --region us
  countersign outbox run --store postgresql://worker@db1,db2/shop --region us
  countersign outbox run --store sqlite:a.db --store sqlite:b.db --accounts f
  countersign outbox run --platform sign-customiser --account signs --json";

pub(crate) const DRAIN_HELP: &str = "\
Delivers what is due and what becomes due in that time, and ends: for cron. It
may overlap with others. Ends with 0 also if orders are held or in doubt: ask
`countersign outbox check`.

Examples:
  countersign outbox drain --store sqlite:/var/lib/shop/outbox.db --region us
  countersign outbox drain --seconds 50 --max 1000 --accounts accounts.json
  * * * * * countersign outbox drain --seconds 50 --region us";

#[derive(Args, Debug)]
pub(crate) struct Run {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// How long to rest where nothing is due, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = input::whole_in::<u32>(1..=3600))]
    rest: u32,
}

#[derive(Args, Debug)]
pub(crate) struct Drain {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    /// For so long, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = input::whole_in::<u32>(1..=86_400))]
    seconds: u32,
    /// So many orders at most are sent or read back
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = input::whole_in::<u64>(1..))]
    max: u64,
}

/// How long one store is served before the next one has its turn, and how many of its orders.
const TURN: (f64, u64) = (10.0, 100);
/// How often a long drain says how far it is.
const PROGRESS: Duration = Duration::from_secs(10);
/// How soon a worker that rests notices that it is to end.
const TICK: Duration = Duration::from_millis(50);
/// The first pause after a failure of a store, and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How many changes are kept for the answer of a drain, as the library keeps them.
const KEPT: usize = 1000;

/// What the thread that works tells the one that prints.
enum Told {
    /// A row of this store changed.
    Changed(usize, Box<Changed>),
    /// A store failed. It is tried again until it works.
    Failed(usize, Box<Error>),
    /// A store that failed works again.
    Works(usize),
}

/// What was seen of one store.
#[derive(Default)]
struct Tally {
    seen: Drained,
}

impl Tally {
    fn add(&mut self, changed: Changed) {
        let seen = &mut self.seen;
        match changed.state {
            "placed" => seen.placed += 1,
            "unknown" => seen.unknown += 1,
            "held" => seen.held += 1,
            "rejected" => seen.rejected += 1,
            "cancelled" => seen.cancelled += 1,
            _ => {}
        }
        if seen.changed.len() == KEPT {
            seen.changed.remove(0);
        }
        seen.changed.push(changed);
    }
}

/// The counts in words; those that are nothing are left out.
fn counts(drained: &[&Drained]) -> String {
    let sum = |of: fn(&Drained) -> u64| drained.iter().map(|drained| of(drained)).sum::<u64>();
    let counts = [
        ("placed", sum(|d| d.placed)),
        ("unknown", sum(|d| d.unknown)),
        ("held", sum(|d| d.held)),
        ("rejected", sum(|d| d.rejected)),
        ("cancelled", sum(|d| d.cancelled)),
    ];
    let told: Vec<_> = counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word} {n}")).collect();
    if told.is_empty() { "nothing to do".to_owned() } else { told.join(", ") }
}

/// The stores of a worker, with its accounts.
fn stores(store: &StoreArgs, found: &Found) -> Result<Vec<Opened>, Failure> {
    let settings = || store.settings(found.accounts.clone(), found.policy.clone());
    store.named()?.iter().map(|named| store.verified(named, settings())).collect()
}

/// The same where a server may be away for now, and what was wrong with each that is.
fn awaited(store: &StoreArgs, found: &Found) -> Result<Vec<(Opened, Option<Error>)>, Failure> {
    let settings = || store.settings(found.accounts.clone(), found.policy.clone());
    store.named()?.iter().map(|named| store.awaited(named, settings())).collect()
}

/// Prints what the other thread tells, until it is done.
struct Printer<'p> {
    stores: &'p [Opened],
    tallies: Vec<Tally>,
    /// Each change is printed as it comes.
    lines: bool,
    told: u64,
}

impl<'p> Printer<'p> {
    fn new(stores: &'p [Opened], lines: bool) -> Self {
        Self { stores, tallies: stores.iter().map(|_| Tally::default()).collect(), lines, told: 0 }
    }

    fn print(&mut self, from: &Receiver<Told>, out: &mut Output) {
        let mut next = Instant::now() + PROGRESS;
        let mut said = 0;
        loop {
            match from.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(told) => self.one(told, out),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if Instant::now() >= next {
                next = Instant::now() + PROGRESS;
                if self.told > said {
                    said = self.told;
                    let all: Vec<_> = self.tallies.iter().map(|tally| &tally.seen).collect();
                    out.note(format_args!("So far: {}.", counts(&all)));
                }
            }
        }
    }

    fn one(&mut self, told: Told, out: &mut Output) {
        let name = |at: usize| self.stores.get(at).map(|store| store.name.as_str()).unwrap_or_default();
        match told {
            Told::Changed(at, changed) => {
                self.told += 1;
                if self.lines && out.is_json() {
                    let mut line = serde_json::to_value(&changed).unwrap_or_default();
                    line["store"] = name(at).into();
                    out.value(&line);
                } else if self.lines {
                    let line = shown::changed(&changed, out);
                    out.line(line);
                }
                if let Some(tally) = self.tallies.get_mut(at) {
                    tally.add(*changed);
                }
            }
            Told::Failed(at, error) => {
                out.note(format_args!(
                    "error: {}: {} It is tried again until it works.",
                    name(at),
                    plain(error.message())
                ));
            }
            Told::Works(at) => out.note(format_args!("{} works again.", name(at))),
        }
    }
}

/// Says which accounts have orders here, and nobody sends them. What is wrong with a store, the work in it tells.
fn strangers(stores: &[Opened], found: &Found, out: &mut Output) {
    for store in stores {
        let Ok(stats) = store.run(store.engine.stats()) else { continue };
        let waits =
            |open: &std::collections::BTreeMap<&str, i64>| open.iter().any(|(state, n)| *state != "held" && *n > 0);
        let strangers: BTreeSet<_> = stats
            .iter()
            .filter(|(name, of)| waits(&of.open) && !found.accounts.contains_key(*name))
            .map(|(name, _)| name.as_str())
            .collect();
        if !strangers.is_empty() {
            let names: Vec<_> = strangers.into_iter().collect();
            out.note(format_args!(
                "note: {} has orders that wait for an account which this worker does not have: {}. Give --account or --accounts.",
                store.name,
                names.join(", ")
            ));
        }
    }
}

impl Run {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let signals = Signals::of_worker();
        let found = self.accounts.find(Use::Send, out)?;
        let awaited = awaited(&self.store, &found)?;
        let (stores, away): (Vec<_>, Vec<_>) = awaited.into_iter().unzip();
        strangers(&stores, &found, out);
        if self.store.shows_a_password() {
            out.note(format_args!(
                "note: other users of this machine can read the password in --store. Give it by {STORE}."
            ));
        }
        let names: Vec<_> = stores.iter().map(|store| store.name.as_str()).collect();
        let accounts: Vec<_> = found.accounts.keys().map(String::as_str).collect();
        out.note(format_args!("Serving {} for {}. SIGTERM or Ctrl-C ends it.", names.join(", "), accounts.join(", ")));
        let mut printer = Printer::new(&stores, true);
        let rest = Duration::from_secs(self.rest.into());
        let (tell, told) = channel();
        let worked = std::thread::scope(|scope| {
            let worker = scope.spawn(|| serve(&stores, away, tell, rest, &|| signals.came()));
            printer.print(&told, out);
            worker.join()
        });
        worked.map_err(|_| Error::new(ErrorKind::Internal, "The worker failed."))?;
        let all: Vec<_> = printer.tallies.iter().map(|tally| &tally.seen).collect();
        out.note(format_args!("Ended as asked: {}.", counts(&all)));
        Ok(Exit::Ok)
    }
}

/// A store that failed: how, in words unless it passes by itself; when it is tried again, and the pause after the next failure.
struct Failing {
    words: String,
    until: Instant,
    pause: Duration,
}

/// Serves one store after the other, until `stop`. `away` says which are not there at first.
fn serve(stores: &[Opened], away: Vec<Option<Error>>, tell: Sender<Told>, rest: Duration, stop: &dyn Fn() -> bool) {
    // An outage is told once, and not at every attempt, nor by each of its faces: away, starting, starting still.
    let failed = |at: usize, before: Option<Failing>, error: Error| {
        let words = if error.kind() == ErrorKind::StoreBusy { "" } else { error.message() }.to_owned();
        let pause = before.as_ref().map_or(PAUSE.0, |before| before.pause);
        if before.is_none_or(|before| before.words != words) {
            _ = tell.send(Told::Failed(at, Box::new(error)));
        }
        Some(Failing { words, until: Instant::now() + pause, pause: (pause * 2).min(PAUSE.1) })
    };
    let first = away.into_iter().enumerate().map(|(at, away)| away.and_then(|error| failed(at, None, error)));
    let mut failing: Vec<Option<Failing>> = first.collect();
    while !stop() {
        let mut busy = false;
        for (at, (store, failing)) in stores.iter().zip(&mut failing).enumerate() {
            if stop() {
                return;
            }
            if failing.as_ref().is_some_and(|failing| failing.until > Instant::now()) {
                continue;
            }
            let (drained, changes) = turn(at, store, &tell, TURN, false, stop);
            busy |= changes;
            match drained {
                Ok(_) => {
                    if failing.take().is_some() {
                        _ = tell.send(Told::Works(at));
                    }
                }
                Err(error) => *failing = failed(at, failing.take(), error),
            }
        }
        let until = Instant::now() + if busy { Duration::ZERO } else { rest };
        while Instant::now() < until && !stop() {
            std::thread::sleep(TICK);
        }
    }
}

/// One drain of one store, and whether anything changed. `None` if it was stopped.
fn turn(
    at: usize,
    store: &Opened,
    tell: &Sender<Told>,
    (seconds, max): (f64, u64),
    waits: bool,
    stop: &dyn Fn() -> bool,
) -> (Result<Option<Drained>, Error>, bool) {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let changes = Arc::new(AtomicBool::new(false));
    let (told, tell) = (Arc::clone(&changes), tell.clone());
    let task = store.engine.drain_as(seconds, max, waits, move |changed| {
        told.store(true, Ordering::Relaxed);
        // Whoever printed is gone only with the whole command.
        _ = tell.send(Told::Changed(at, Box::new(changed.clone())));
    });
    let drained = store.store.run(task, stop);
    (drained, changes.load(Ordering::Relaxed))
}

impl Drain {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let signals = Signals::of_worker();
        let found = self.accounts.find(Use::Send, out)?;
        let stores = stores(&self.store, &found)?;
        strangers(&stores, &found, out);
        let mut printer = Printer::new(&stores, !out.is_json());
        let (tell, told) = channel();
        let ends = Instant::now() + Duration::from_secs(self.seconds.into());
        let worked = std::thread::scope(|scope| {
            let work = || {
                let tell = tell;
                let mut left = self.max;
                let mut drained = Vec::new();
                // The last one may wait; the others leave their time to those after them.
                for (at, store) in stores.iter().enumerate() {
                    let seconds = ends.saturating_duration_since(Instant::now()).as_secs_f64();
                    let last = at + 1 == stores.len();
                    let (result, _) = turn(at, store, &tell, (seconds, left), last, &|| signals.came());
                    if let Ok(Some(result)) = &result {
                        let done = result.placed + result.unknown + result.held + result.rejected + result.cancelled;
                        left = left.saturating_sub(done);
                    }
                    drained.push(result);
                }
                drained
            };
            let worker = scope.spawn(work);
            printer.print(&told, out);
            worker.join()
        });
        let drained = worked.map_err(|_| Error::new(ErrorKind::Internal, "The worker failed."))?;
        let tallies = printer.tallies;
        self.report(&stores, drained, tallies, out)
    }

    fn report(
        &self,
        stores: &[Opened],
        drained: Vec<Result<Option<Drained>, Error>>,
        tallies: Vec<Tally>,
        out: &mut Output,
    ) -> Ended {
        let mut exit = Exit::Ok;
        let mut told = Vec::new();
        for ((store, result), tally) in stores.iter().zip(drained).zip(tallies) {
            let (whole, error) = match result {
                Ok(whole) => (whole, None),
                Err(error) => (None, Some(error)),
            };
            let stopped = whole.is_none();
            let seen = whole.unwrap_or(tally.seen);
            if error.is_some() {
                exit = Exit::No;
            }
            if out.is_json() {
                let mut value = json!({ "store": store.name });
                if let (Some(object), Ok(Value::Object(members))) = (value.as_object_mut(), serde_json::to_value(&seen))
                {
                    object.extend(members);
                }
                if stopped {
                    value["stopped"] = true.into();
                }
                if let Some(error) = &error {
                    value["error"] = error_json(error);
                }
                told.push(value);
                continue;
            }
            let of = if stores.len() > 1 { format!("{}: ", store.name) } else { String::new() };
            let next = match seen.next_due {
                _ if stopped => "; stopped before its end".to_owned(),
                Some(at) => format!("; next due {}", shown::moment(at, system_time().unix())),
                None => String::new(),
            };
            out.line(format_args!("{of}{}{next}", counts(&[&seen])));
            if let Some(error) = error {
                out.failure(&Failure::from(error));
            }
        }
        if out.is_json() {
            out.value(&json!({ "stores": told }));
        }
        Ok(exit)
    }
}
