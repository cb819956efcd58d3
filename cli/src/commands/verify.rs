//! `countersign verify`: judges the signature of a received request and says why it is refused.

use super::sign::VARIABLE;
use crate::input::{self, RequestArgs, SecretArgs};
use crate::output::{Ended, Exit, Failure, Output};
use clap::Args;
use countersign::signature::DEFAULT_WINDOW;
use countersign::{Scheme, Signer, Timestamp, system_time};
use serde_json::json;

pub(crate) const AFTER_HELP: &str = "\
Prints `ok`, or the reason as one word, with the details on standard error:
malformed, unknown_key, mismatch, date_missing, date_malformed, too_old,
in_the_future. Ends with 0 or 1. The secret comes as for `countersign sign`.

Examples:
  COUNTERSIGN_SECRET_KEY=… countersign verify --key-id K --request received.http
  countersign verify --secret-file secret --key-id K --method POST \\
    --path /api/v2/orders --body-file body.json \\
    --header 'Authorization: SOA K:…' \\
    --header 'Date: Mon, 23 Apr 2012 12:45:19 GMT' \\
    --header 'Content-Type: application/json' --now 1335185119";

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The access key that must have signed
    #[arg(long)]
    key_id: String,
    #[command(flatten)]
    request: RequestArgs,
    /// soa (Spiff Commerce), or vws (the older form)
    #[arg(long, default_value = "soa")]
    scheme: String,
    /// sha512 or md5; without it the scheme's own
    #[arg(long)]
    digest: Option<String>,
    /// Judge the date as if it were this moment (seconds since 1970)
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time)]
    now: Option<Timestamp>,
    /// How far the date may be from now, in seconds; `none` leaves it unjudged
    #[arg(long, value_name = "SECONDS", default_value_t = Window(Some(DEFAULT_WINDOW)))]
    window: Window,
    #[command(flatten)]
    secret: SecretArgs,
}

/// Seconds, or no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window(pub(crate) Option<u32>);

impl std::str::FromStr for Window {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self(None)),
            text => text.parse().map(|n| Self(Some(n))).map_err(|_| "whole seconds, such as 300, or `none` are due"),
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(seconds) => seconds.fmt(f),
            None => f.write_str("none"),
        }
    }
}

impl Verify {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let scheme = Scheme::from_names(&self.scheme, self.digest.as_deref()).map_err(Failure::usage)?;
        let signer = Signer::new(&self.key_id, self.secret.secret(VARIABLE, "secret key")?, scheme)?;
        let message = self.request.message()?;
        // A path given as an argument is meant as it is; a request line has a query beside its path.
        let path = if self.request.is_in_parts() { &message.target } else { message.path() };
        let now = self.now.unwrap_or_else(system_time);
        match signer.verify(&message.method, path, &message.body, &message.borrowed(), now, self.window.0) {
            Ok(()) if out.is_json() => out.value(&json!({ "ok": true, "key_id": self.key_id })),
            Ok(()) => out.line("ok"),
            Err(error) => {
                if !out.is_json() {
                    out.line(error.kind());
                }
                let mut failure = Failure::from(error);
                failure.lines.extend(message.oddities.iter().map(|oddity| format!("note: {oddity}")));
                return Err(failure);
            }
        }
        Ok(Exit::Ok)
    }
}
