//! `countersign order`: places an order, checks one, or prints the request without sending it.

use crate::input::{self, AccountArgs, Platform};
use crate::output::{Ended, Exit, Output};
use clap::{Args, Subcommand};
use countersign::call::Request;
use countersign::{Options, Timestamp};
use serde_json::{Value, json};
use std::ffi::OsString;

#[derive(Subcommand)]
pub(crate) enum Order {
    /// Say everything that is wrong with an order, without sending it
    #[command(after_help = CHECK_HELP)]
    Check(Check),
    /// Print the request that would place an order, without sending it
    #[command(after_help = PREPARE_HELP)]
    Prepare(Prepare),
}

const CHECK_HELP: &str = "\
No credentials are needed. Ends with 0 if the order could be placed as it is, with 1 and every problem otherwise.

Examples:
  countersign order check order.json
  countersign order check --orders-api rest - < order.json";

const PREPARE_HELP: &str = "\
Credentials come from the environment, and are not shown unless --show-secrets is given.

Examples:
  COUNTERSIGN_SPIFF_ACCESS_KEY=… COUNTERSIGN_SPIFF_SECRET_KEY_FILE=secret \\
    countersign order prepare --region us order.json
  countersign order prepare --base-url http://127.0.0.1:8080 --orders-api rest --json order.json";

/// Which order, and on which wire.
#[derive(Args, Debug)]
pub(crate) struct OrderArgs {
    /// Where the order goes
    #[arg(long, value_enum, default_value = "spiff")]
    pub(crate) platform: Platform,
    /// How Spiff orders are placed: graphql, rest or targets
    #[arg(long)]
    pub(crate) orders_api: Option<String>,
    /// The order as JSON; `-` is standard input
    pub(crate) file: OsString,
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
            Self::Check(check) => check.run(out),
            Self::Prepare(prepare) => prepare.run(out),
        }
    }
}

impl Check {
    fn run(self, out: &mut Output) -> Ended {
        let order = input::file(&self.order.file, "The order")?;
        // The rules of an order depend on the wire alone, so any account will do.
        let options = Options::new().set("access_key", "check").set("secret_key", "check").set("region", "us");
        let options = match self.order.orders_api.as_deref() {
            Some(api) => options.set("orders_api", api),
            None => options,
        };
        options.check().map_err(crate::output::Failure::usage)?;
        countersign::spiff::Account::new(&options)?.prepare_order_json(&order, input::now())?;
        if out.is_json() {
            out.value(&json!({ "ok": true }))
        } else {
            out.line("ok")
        }
        Ok(Exit::Ok)
    }
}
impl Prepare {
    fn run(self, out: &mut Output) -> Ended {
        let options =
            self.account.options(self.order.platform.scope(), &[("orders_api", self.order.orders_api.as_deref())])?;
        let account = countersign::spiff::Account::new(&options)?;
        let order = input::file(&self.order.file, "The order")?;
        let call = account.prepare_order_json(&order, self.now.unwrap_or_else(input::now))?;
        show(call.request(), self.show_secrets, out);
        Ok(Exit::Ok)
    }
}

/// Prints a request.
fn show(request: &Request, secrets: bool, out: &mut Output) {
    let headers: Vec<(&str, &str)> = request
        .headers
        .iter()
        .map(|header| (header.name, if header.sensitive && !secrets { "(redacted)" } else { &header.value }))
        .collect();
    let body = String::from_utf8_lossy(&request.body);
    if out.is_json() {
        let headers: serde_json::Map<String, Value> =
            headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
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
