//! Numbers for people and for monitors: `stats` and `check`.

use super::shown;
use super::store::{NumberArgs, Opened, StoreArgs};
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, error_json, plain, table};
use crate::stores::Named;
use clap::Args;
use countersign::{Error, system_time};
use countersign_outbox::{AccountStats, Accounts, Checked, State, Stats};
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(crate) const STATS_HELP: &str = "\
Counts open orders only: what has ended is a million one day. With --prometheus
in the text format of Prometheus, for the collector of text files:
  countersign outbox stats --prometheus > outbox.prom.new &&
    mv outbox.prom.new /var/lib/node_exporter/outbox.prom

Examples:
  countersign outbox stats --store sqlite:/var/lib/shop/outbox.db
  countersign outbox stats --store sqlite:a.db --store sqlite:b.db --prometheus";

pub(crate) const CHECK_HELP: &str = "\
Ends with 1 if a person must look, and says at what: too many orders are held,
one waits too long, one has an alert, an account pauses, or a store cannot be
used. For cron and monitors.

Examples:
  countersign outbox check --store sqlite:/var/lib/shop/outbox.db
  countersign outbox check --max-held 5 --max-age 900 --json";

#[derive(Args, Debug)]
pub(crate) struct ShowStats {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// In the text format of Prometheus
    #[arg(long, conflicts_with = "json")]
    prometheus: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// So many orders of an account may be held
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = input::whole_in::<i64>(0..))]
    max_held: i64,
    /// An order may wait so long to be sent, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = input::whole_in::<i64>(0..))]
    max_age: i64,
}

/// What each store answered, beside its name.
type Asked<T> = Vec<(String, Result<T, Error>)>;

/// Asks every store; one that cannot be used hides no other.
fn each<T>(
    store: &StoreArgs,
    numbers: &NumberArgs,
    ask: impl Fn(&Opened) -> Result<T, Error>,
) -> Result<Asked<T>, Failure> {
    let policy = numbers.policy()?;
    let one = |named: Named| {
        let opened = store.verified(&named, store.settings(Accounts::new(), policy.clone()));
        (named.shown(), opened.map_err(|failure| failure.error).and_then(|opened| ask(&opened)))
    };
    Ok(store.named()?.into_iter().map(one).collect())
}

/// The states that are counted.
fn open_states() -> impl Iterator<Item = &'static str> {
    State::ALL.iter().filter(|state| state.is_open()).map(|state| state.name())
}

impl ShowStats {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let asked = each(&self.store, &self.numbers, |opened| opened.run(opened.engine.stats()))?;
        let exit = if asked.iter().all(|(_, stats)| stats.is_ok()) { Exit::Ok } else { Exit::No };
        if self.prometheus {
            out.bytes(prometheus(&asked).as_bytes());
        } else if out.is_json() {
            let stores: Vec<Value> = asked
                .iter()
                .map(|(name, stats)| match stats {
                    Ok(stats) => json!({ "store": name, "accounts": stats }),
                    Err(error) => json!({ "store": name, "error": error_json(error) }),
                })
                .collect();
            out.value(&json!({ "stores": stores }));
            return Ok(exit);
        } else {
            show(&asked, out);
        }
        for (name, error) in asked.iter().filter_map(|(name, stats)| Some((name, stats.as_ref().err()?))) {
            out.note(format_args!("error: {name}: {}", plain(error.message())));
        }
        Ok(exit)
    }
}

fn show(asked: &[(String, Result<Stats, Error>)], out: &mut Output) {
    let now = system_time().unix();
    let several = asked.len() > 1;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut head = if several { vec!["store".to_owned()] } else { Vec::new() };
    head.push("account".to_owned());
    head.extend(open_states().map(str::to_owned));
    head.extend(["alerts", "oldest waits", "last placed", "last drained", "pause"].map(str::to_owned));
    rows.push(head);
    let ago = |at: Option<i64>| at.map_or_else(|| "never".to_owned(), |at| shown::moment(at, now));
    for (store, stats) in asked {
        let Ok(stats) = stats else { continue };
        for (account, of) in stats {
            let mut row = if several { vec![store.clone()] } else { Vec::new() };
            row.push(account.clone());
            row.extend(open_states().map(|state| of.open.get(state).unwrap_or(&0).to_string()));
            row.push(of.alerts.to_string());
            row.push(of.oldest_pending.map_or_else(|| "–".to_owned(), shown::span));
            row.extend([ago(of.success_at), ago(of.alive_at), pause(of, now)]);
            rows.push(row);
        }
    }
    if rows.len() == 1 {
        out.line("There are no orders yet.");
        return;
    }
    for (i, line) in table(&rows).iter().enumerate() {
        out.line(if i == 0 { out.paint(Colour::Bold, line) } else { line.clone() });
    }
}

fn pause(of: &AccountStats, now: i64) -> String {
    let Some(pause) = of.pause else { return "–".to_owned() };
    let until = of.paused_until.map(|at| format!(", ends {}", shown::moment(at, now))).unwrap_or_default();
    let why = of.pause_why.as_ref().map(|why| format!(": {}", plain(why))).unwrap_or_default();
    format!("{pause}{until}{why}")
}

/// The value of a label.
fn label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

/// A metric: its name, its help, and its value of one account, where it has one.
type Metric = (&'static str, &'static str, fn(&AccountStats) -> Option<i64>);

/// The text format of Prometheus, version 0.0.4.
fn prometheus(asked: &[(String, Result<Stats, Error>)]) -> String {
    let mut text = String::new();
    let head = |text: &mut String, name: &str, help: &str| {
        _ = writeln!(text, "# HELP countersign_outbox_{name} {help}\n# TYPE countersign_outbox_{name} gauge");
    };
    head(&mut text, "up", "Whether the store can be used.");
    for (store, stats) in asked {
        _ = writeln!(text, "countersign_outbox_up{{store=\"{}\"}} {}", label(store), u8::from(stats.is_ok()));
    }
    let accounts = || {
        asked.iter().filter_map(|(store, stats)| Some((store, stats.as_ref().ok()?))).flat_map(|(store, stats)| {
            stats
                .iter()
                .map(move |(account, of)| (format!("store=\"{}\",account=\"{}\"", label(store), label(account)), of))
        })
    };
    head(&mut text, "orders", "Open orders by state.");
    for (labels, of) in accounts() {
        for state in open_states() {
            let count = of.open.get(state).unwrap_or(&0);
            _ = writeln!(text, "countersign_outbox_orders{{{labels},state=\"{state}\"}} {count}");
        }
    }
    let metrics: [Metric; 5] = [
        ("oldest_pending_seconds", "How old the oldest order is that waits to be sent.", |of| {
            Some(of.oldest_pending.unwrap_or(0))
        }),
        ("alerts", "Orders with an alert that no person has answered.", |of| Some(of.alerts)),
        ("paused", "Whether the account pauses.", |of| Some(i64::from(of.pause.is_some()))),
        ("last_success_timestamp_seconds", "When an order was last placed, to the minute.", |of| of.success_at),
        ("last_drain_timestamp_seconds", "When a worker was last here, to the minute.", |of| of.alive_at),
    ];
    for (name, help, value) in metrics {
        head(&mut text, name, help);
        for (labels, of) in accounts() {
            if let Some(value) = value(of) {
                _ = writeln!(text, "countersign_outbox_{name}{{{labels}}} {value}");
            }
        }
    }
    text
}

impl Check {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let asked =
            each(&self.store, &self.numbers, |opened| opened.run(opened.engine.check(self.max_held, self.max_age)))?;
        let good = asked.iter().all(|(_, checked)| checked.as_ref().is_ok_and(|checked| checked.ok));
        let exit = if good { Exit::Ok } else { Exit::No };
        if out.is_json() {
            let stores: Vec<Value> = asked
                .iter()
                .map(|(name, checked)| match checked {
                    Ok(Checked { ok, problems, warnings, durability }) => {
                        json!({ "store": name, "ok": ok, "problems": problems, "warnings": warnings, "durability": durability })
                    }
                    Err(error) => json!({ "store": name, "ok": false, "problems": [error.message()], "warnings": [],
                        "error": error_json(error) }),
                })
                .collect();
            out.value(&json!({ "ok": good, "stores": stores }));
            return Ok(exit);
        }
        for (name, checked) in &asked {
            let of = if asked.len() > 1 { format!("{name}: ") } else { String::new() };
            let (problems, warnings) = match checked {
                Ok(checked) => (checked.problems.clone(), checked.warnings.clone()),
                Err(error) => (vec![error.message().to_owned()], Vec::new()),
            };
            for problem in problems {
                let word = out.paint(Colour::Red, "problem");
                out.line(format_args!("{word}: {of}{}", plain(&problem)));
            }
            for warning in warnings {
                let word = out.paint(Colour::Yellow, "warning");
                out.line(format_args!("{word}: {of}{}", plain(&warning)));
            }
        }
        if good {
            let word = out.paint(Colour::Green, "ok");
            out.line(word);
        }
        Ok(exit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_hold_any_path() {
        assert_eq!(label("sqlite:/a\\b\"c\nd"), "sqlite:/a\\\\b\\\"c\\nd");
    }
}
