//! `countersign outbox notify`: what Sign Customiser says of its orders settles those that are in doubt.

use super::people::open;
use super::shown;
use super::store::{NumberArgs, StoreArgs};
use crate::commands::webhook::Verify;
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::Args;
use countersign::{Timestamp, system_time};
use countersign_outbox::Notified;
use serde_json::{Value, json};

pub(crate) const NOTIFY_HELP: &str = "\
Sign Customiser has no way to ask for an order: its delivery of order:created is
what settles one in doubt. Pass every such delivery on, as it came. It is
verified as by `countersign webhook verify`, with the same secret; or give what
your server has verified already by --external-id.

Prints what it did:
  placed   the order is placed now, or was already
  unknown  the outbox has no such order
  ignored  it is about another topic, or about an earlier order with this id
Ends with 0, and with 1 for a delivery that does not verify.

Examples:
  countersign outbox notify --store sqlite:/var/lib/shop/outbox.db \\
    --request delivery.http
  countersign outbox notify --header 'X-Webhook-Timestamp: 1704067200' \\
    --header 'X-Webhook-Signature: …' --body-file - < delivery.json
  countersign outbox notify --external-id 1001 --remote-id 77";

#[derive(Args, Debug)]
pub(crate) struct Notify {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
    /// The shop's id of the order, out of a delivery that was verified already
    #[arg(long, value_name = "ID", value_parser = input::id, conflicts_with_all = ["request", "header", "body_file"])]
    external_id: Option<String>,
    /// The platform's id of the order, out of that delivery
    #[arg(long, value_name = "ID", value_parser = input::id, requires = "external_id")]
    remote_id: Option<String>,
    /// When that delivery was made (seconds since 1970); without it now
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time, requires = "external_id")]
    at: Option<Timestamp>,
    #[command(flatten)]
    verify: Verify,
}

/// A scalar as text, however the platform wrote it.
fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl Notify {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let (external_id, remote_id, at) = match self.external_id {
            Some(id) => (id, self.remote_id, self.at.unwrap_or_else(system_time)),
            None => {
                let event = self.verify.event(out)?;
                let order = event.order();
                let (Some(id), Some(order)) = (event.external_id(), order) else {
                    let why = format!("It is {}, and names no order of the shop.", event.topic());
                    return Ok(told(Notified::Ignored, None, None, Some(why), out));
                };
                (id, text(order.order_id), event.timestamp())
            }
        };
        let opened = open(&self.store, &self.numbers).map_err(|mut failure: Failure| {
            failure.lines.push("  Nothing was noted: let the platform, or your server, deliver it again.".to_owned());
            failure
        })?;
        let notified = opened.run(opened.engine.notify(&external_id, remote_id.as_deref(), at.unix()))?;
        Ok(told(notified, Some(external_id), remote_id, None, out))
    }
}

fn told(
    notified: Notified,
    external_id: Option<String>,
    remote_id: Option<String>,
    why: Option<String>,
    out: &mut Output,
) -> Exit {
    let word = shown::word(&notified);
    if out.is_json() {
        out.value(&json!({ "notified": word, "external_id": external_id, "remote_id": remote_id }));
        return Exit::Ok;
    }
    let words = why.unwrap_or_else(|| match notified {
        Notified::Placed => "It is placed.".to_owned(),
        Notified::Unknown => "The outbox has no such order.".to_owned(),
        _ => "It was not sent when this was made: this is about an earlier order.".to_owned(),
    });
    let word = if notified == Notified::Placed { out.paint(Colour::Green, &word) } else { word };
    match external_id {
        Some(id) => out.line(format_args!("{word}: {}. {words}", plain(&id))),
        None => out.line(format_args!("{word}. {words}")),
    }
    Exit::Ok
}
