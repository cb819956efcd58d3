//! `countersign settle`: finds out whether an order in doubt was placed, by reading its transactions back.
//!
//! Whatever goes wrong here leaves the order in doubt, so every failure but a wrong command line ends with the code for
//! *unknown*: a script that reads it as *absent* would place the order twice.

use crate::input::{self, AccountArgs, PlatformName};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain, shell};
use clap::Args;
use countersign::spiff::{Settlement, Verdict};
use countersign::{Effect, Error, ErrorKind, Platform, Timestamp, system_time};
use serde::Serialize;
use serde_json::value::RawValue;
use std::ffi::{OsStr, OsString};
use std::time::{Duration, Instant};

pub(crate) const AFTER_HELP: &str = "\
`countersign order place` prints the command to run. Ends with 0: placed.
1: absent, it may be placed again. 3: unclear, or the platform could not be
asked; do not place it again.

Absent needs two looks, far enough after the request: --wait makes them.
While it is unclear, the answer says from when on to look again: at first
after a minute, later once a day. After a week it says no time any more:
the ids are wrong or not visible to these credentials, and a person must look.

Examples:
  countersign settle --sent-at 1704067200 --region us order.json
  countersign settle --sent-at 1704067200 --region us --wait 600 order.json
  countersign settle --sent-at 1704067200 --first-absent-at 1704067400 \\
    --region us order.json";

#[derive(Args, Debug)]
pub(crate) struct Settle {
    /// When the request in doubt was sent, as the error said (seconds since 1970)
    #[arg(long, value_name = "UNIX", value_parser = input::remembered)]
    sent_at: Timestamp,
    /// When it was first seen to be absent, as the last settlement said
    #[arg(long, value_name = "UNIX", value_parser = input::remembered)]
    first_absent_at: Option<Timestamp>,
    /// Settle again until the verdict is clear, for at most so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = input::whole::<u32>)]
    wait: Option<u32>,
    /// How the order was placed: graphql, rest or targets
    #[arg(long)]
    orders_api: Option<String>,
    #[command(flatten)]
    account: AccountArgs,
    /// The order as JSON, the same as when it was placed; `-` is standard input
    file: OsString,
}

/// The command that settles an order.
pub(crate) fn command(
    sent_at: Timestamp,
    first_absent_at: Option<Timestamp>,
    orders_api: Option<&str>,
    account: &AccountArgs,
    file: &OsStr,
) -> String {
    let mut words = vec!["countersign".to_owned(), "settle".to_owned()];
    words.extend(["--sent-at".to_owned(), sent_at.unix().to_string()]);
    if let Some(first) = first_absent_at {
        words.extend(["--first-absent-at".to_owned(), first.unix().to_string()]);
    }
    if let Some(api) = orders_api {
        words.extend(["--orders-api".to_owned(), api.to_owned()]);
    }
    words.extend(account.words());
    let file = file.to_string_lossy();
    if file.starts_with('-') && file != "-" {
        words.push("--".to_owned());
    }
    words.push(file.into_owned());
    words.iter().map(|word| shell(word)).collect::<Vec<_>>().join(" ")
}

/// What the operation is given.
#[derive(Serialize)]
struct Doubt<'a> {
    order: &'a RawValue,
    sent_at: Timestamp,
    first_absent_at: Option<Timestamp>,
}

impl Doubt<'_> {
    fn settle(&self, platform: &Platform) -> Result<Settlement, Error> {
        let settled = platform.run("settle", &input::of(self)?)?.value;
        serde_json::from_str(settled.get()).map_err(|why| Error::new(ErrorKind::Internal, why.to_string()))
    }
}

/// The pause after a failure, and the shortest between two looks.
const PAUSE: Duration = Duration::from_secs(2);

impl Settle {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let doubt = |error: Error| {
            let mut failure = Failure::from(error);
            failure.exit = Exit::Unknown;
            failure
                .lines
                .push("  The order is as much in doubt as before. Do not place it again; settle it later.".to_owned());
            failure
        };
        let more = [("orders_api", self.orders_api.as_deref())];
        let platform = self.account.client(PlatformName::Spiff, &more, out).map_err(|failure| match failure.exit {
            Exit::Usage => failure,
            _ => doubt(failure.error),
        })?;
        let order = input::file(&self.file, "The order").map_err(doubt)?;
        let order = input::json(&order, "The order", Effect::Read).map_err(doubt)?;
        let until = self.wait.map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        let mut first_absent_at = self.first_absent_at;
        let settlement = loop {
            let settled = Doubt { order, sent_at: self.sent_at, first_absent_at }.settle(&platform);
            let pause = match &settled {
                Ok(Settlement {
                    verdict: Verdict::Unclear, again_at: Some(again_at), first_absent_at: first, ..
                }) => {
                    first_absent_at = *first;
                    let seconds = u64::try_from(again_at.unix() - system_time().unix()).unwrap_or(0);
                    Duration::from_secs(seconds).max(PAUSE)
                }
                Err(error) if error.retryable() => {
                    error.retry_after().map_or(PAUSE, |seconds| Duration::from_secs(seconds.into())).max(PAUSE)
                }
                _ => break settled,
            };
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(left) if pause <= left => {
                    if out.is_terminal() {
                        out.note(format_args!("Not clear yet. Looking again in {} s.", pause.as_secs()));
                    }
                    std::thread::sleep(pause);
                }
                _ => break settled,
            }
        }
        .map_err(doubt)?;
        self.show(&settlement, out);
        Ok(match settlement.verdict {
            Verdict::Placed => Exit::Placed,
            Verdict::Absent => Exit::No,
            Verdict::Unclear => Exit::Unknown,
        })
    }

    fn show(&self, settlement: &Settlement, out: &mut Output) {
        let Settlement { verdict, reason, again_at, first_absent_at } = settlement;
        let next = again_at
            .map(|_| command(self.sent_at, *first_absent_at, self.orders_api.as_deref(), &self.account, &self.file));
        if out.is_json() {
            let mut value = serde_json::to_value(settlement).unwrap_or_default();
            if let (Some(next), Some(object)) = (next, value.as_object_mut()) {
                object.insert("settle_command".to_owned(), next.into());
            }
            out.value(&value);
            return;
        }
        let word = match verdict {
            Verdict::Placed => out.paint(Colour::Green, "placed"),
            Verdict::Absent => out.paint(Colour::Red, "absent"),
            Verdict::Unclear => out.paint(Colour::Yellow, "unclear"),
        };
        out.line(word);
        out.line(plain(reason));
        if let (Some(again_at), Some(next)) = (again_at, next) {
            out.line(format_args!("from {} ({}) on, settle it again with:", again_at.unix(), again_at.http_date()));
            out.line(format_args!("  {next}"));
        }
    }
}
