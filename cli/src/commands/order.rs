//! `countersign order`: places an order, checks one, or prints the request without sending it.

use super::settle;
use crate::input::{self, AccountArgs, PlatformName};
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use crate::under_way;
use clap::{Args, Subcommand};
use countersign::call::Request;
use countersign::spiff::PlacedOrder;
use countersign::{Error, Options, Outcome, Platform, Timestamp};
use serde_json::{Value, json};
use std::ffi::{OsStr, OsString};

#[derive(Subcommand)]
pub(crate) enum Order {
    /// Place an order, once
    #[command(after_help = PLACE_HELP)]
    Place(Place),
    /// Say everything that is wrong with an order, without sending it
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Print the request that would place an order, without sending it
    #[command(after_help = PREPARE_HELP)]
    Prepare(Prepare),
}

const PLACE_HELP: &str = "\
Credentials come from the environment: COUNTERSIGN_SPIFF_ACCESS_KEY and
COUNTERSIGN_SPIFF_SECRET_KEY, or COUNTERSIGN_SPIFF_APPLICATION_KEY;
COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN. Each also with _FILE.

Ends with 0: placed. 1: not placed, for certain. 3: unknown, the order may have
been placed. Then never place it again; run the `countersign settle` command
that is printed, which finds out. Whoever ends the command by Ctrl-C or SIGTERM
while the order is under way is told the same: let a loop over orders stop at 3.

Examples:
  countersign order place --region us order.json
  countersign order place --base-url http://127.0.0.1:8080 --json order.json
  countersign order place --region au --orders-api rest -o timeout=10 order.json
  countersign order place --platform sign-customiser - < order.json

An order for Spiff:
  {\"externalId\": \"1001\", \"paid\": true,
   \"orderItems\": [{\"amountToOrder\": 1, \"transactionId\": \"…\"}]}
An order for Sign Customiser (price in minor units):
  {\"integration_id\": 42, \"external_id\": \"1001\",
   \"external_order_number\": \"SC-1001\", \"currency\": \"USD\",
   \"products\": [{\"external_id\": \"sku-1\", \"quantity\": 1, \"price\": 2999}]}";

const CHECK_HELP: &str = "\
No credentials are needed. Ends with 0 if the order could be placed as it is,
with 1 and every problem otherwise.

Examples:
  countersign order check order.json
  countersign order check --orders-api rest - < order.json";

const PREPARE_HELP: &str = "\
Credentials come from the environment, as for `countersign order place`, and are
not shown unless --show-secrets is given.

Examples:
  countersign order prepare --region us order.json
  countersign order prepare --base-url http://127.0.0.1:8080 \\
    --orders-api rest --json order.json";

/// Which order, and on which wire.
#[derive(Args, Debug)]
pub(crate) struct OrderArgs {
    /// Where the order goes
    #[arg(long, value_enum, default_value = "spiff")]
    platform: PlatformName,
    /// How Spiff orders are placed: graphql, rest or targets
    #[arg(long)]
    orders_api: Option<String>,
    /// The order as JSON; `-` is standard input
    file: OsString,
}

impl OrderArgs {
    fn read(&self) -> Result<Vec<u8>, Error> {
        input::file(&self.file, "The order")
    }

    /// The way to place orders, which one platform alone has a choice of.
    fn orders_api(&self) -> Result<Option<&str>, Failure> {
        match (self.platform, self.orders_api.as_deref()) {
            (PlatformName::SignCustomiser, Some(_)) => {
                Err(Failure::usage_of("--orders-api is for --platform spiff alone."))
            }
            (_, api) => Ok(api),
        }
    }

    fn client(&self, account: &AccountArgs, out: &Output) -> Result<Platform, Failure> {
        account.client(self.platform, &[("orders_api", self.orders_api()?)], out)
    }
}

#[derive(Args, Debug)]
pub(crate) struct Place {
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    order: OrderArgs,
}

#[derive(Args, Debug)]
pub(crate) struct Prepare {
    #[command(flatten)]
    order: OrderArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Sign for this moment (seconds since 1970) instead of the present one
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time)]
    now: Option<Timestamp>,
    /// Show the headers that carry credentials too
    #[arg(long)]
    show_secrets: bool,
}

impl Order {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        match self {
            Self::Place(place) => place.run(out),
            Self::Check(check) => check.run(out),
            Self::Prepare(prepare) => prepare.run(out),
        }
    }
}

impl Place {
    fn run(self, out: &mut Output) -> Ended {
        let platform = self.order.client(&self.account, out)?;
        let placed = under_way::run(&platform, "place_order", &self.order.read()?);
        let placed = placed.map_err(|error| self.in_doubt(error))?.value;
        match serde_json::from_str(placed.get()) {
            Ok(placed) if !out.is_json() => show_placed(&placed, out),
            // The platform's own answer inside keeps its bytes.
            _ => out.json_text(placed.get()),
        }
        Ok(Exit::Placed)
    }

    /// Says what to do about an outcome that nobody knows.
    fn in_doubt(&self, error: Error) -> Failure {
        let times = error.sent_at().zip(error.settle_after());
        let mut failure = Failure::from(error);
        let (Exit::Unknown, Some((sent_at, settle_after))) = (failure.exit, times) else { return failure };
        failure.lines.push(format!("  sent at: {} ({})", sent_at.unix(), sent_at.http_date()));
        failure.lines.push(format!("  settle after: {} ({})", settle_after.unix(), settle_after.http_date()));
        match self.order.platform {
            PlatformName::Spiff => {
                let command =
                    settle::command(sent_at, None, self.order.orders_api.as_deref(), &self.account, &self.order.file);
                if self.order.file == OsStr::new("-") {
                    let words = "  The order came from standard input: settling needs the same text again.";
                    failure.lines.push(words.to_owned());
                }
                failure.lines.push("  settle it with:".to_owned());
                failure.lines.push(format!("    {command}"));
                failure.more.push(("settle_command", command.into()));
            }
            PlatformName::SignCustomiser => failure.lines.push(
                "  Sign Customiser has no way to ask for an order. A delivery of order:created with its external_id \
                 says that it was placed; without one, look into the dashboard before placing it again."
                    .to_owned(),
            ),
        }
        failure
    }
}

fn show_placed(placed: &PlacedOrder, out: &mut Output) {
    let word = out.paint(Colour::Green, Outcome::Placed.name());
    out.line(format_args!("{word}: {}", plain(&placed.external_id)));
    for (name, value) in [("id", &placed.id), ("internal id", &placed.internal_id)] {
        if let Some(value) = value {
            out.line(format_args!("  {name}: {}", plain(value)));
        }
    }
    if let Some(errors) = &placed.errors {
        out.line(format_args!("  errors that came with it: {}", plain(errors.get())));
    }
}

impl Check {
    fn run(self, out: &mut Output) -> Ended {
        // The rules of an order depend on the wire alone, so any account will do.
        let options = match self.order.platform {
            PlatformName::Spiff => {
                Options::new().set("access_key", "check").set("secret_key", "check").set("region", "us")
            }
            PlatformName::SignCustomiser => Options::new().set("api_token", "check"),
        };
        let options = match self.order.orders_api()? {
            Some(api) => options.set("orders_api", api),
            None => options,
        };
        options.check().map_err(Failure::usage)?;
        Platform::new(self.order.platform.name(), &options)?.prepare("place_order", &self.order.read()?, None)?;
        if out.is_json() {
            out.value(&json!({ "ok": true }));
        } else {
            out.line("ok");
        }
        Ok(Exit::Ok)
    }
}

impl Prepare {
    fn run(self, out: &mut Output) -> Ended {
        let platform = self.order.client(&self.account, out)?;
        let call = platform.prepare("place_order", &self.order.read()?, self.now)?;
        show_request(call.request(), self.show_secrets, out);
        Ok(Exit::Ok)
    }
}

fn show_request(request: &Request, secrets: bool, out: &mut Output) {
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|header| (header.name, if header.sensitive && !secrets { "(redacted)" } else { &header.value }))
        .collect();
    if out.is_json() {
        let headers: serde_json::Map<String, Value> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let body = String::from_utf8_lossy(&request.body);
        out.value(&json!({ "method": request.method, "url": request.url, "headers": headers, "body": body }));
        return;
    }
    out.line(format_args!("{} {}", request.method, request.url));
    for (name, value) in headers {
        out.line(format_args!("{name}: {value}"));
    }
    out.line("");
    out.bytes(&request.body);
    if out.is_terminal() {
        out.line("");
    }
}
