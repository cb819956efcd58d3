//! `countersign webhook send`: a signed delivery to a shop under test, as the platform would make it.

use super::Key;
use crate::input;
use crate::output::{Colour, Ended, Exit, Failure, Output, plain};
use clap::Args;
use countersign::host::{Authority, loopback};
use countersign::transport::{Http, Transport};
use countersign::{Error, ErrorKind, Header, Options, Request, Timestamp, system_time};
use serde_json::{Value, json};
use std::ffi::OsString;

pub(crate) const AFTER_HELP: &str = "\
The secret comes as for `countersign webhook verify`: a webhook's, or with
--secret integration that of the callback. The delivery goes to this machine,
or to a host that --allowed-host names, once; a redirect is not followed.
Ends with 0 if the shop answered with a 2xx, and as the callback with an
external_id.

To see that the shop refuses what it should, give another secret, or a
--timestamp of long ago.

Examples:
  countersign webhook send --topic order:created \\
    --url http://127.0.0.1:8000/webhooks
  countersign webhook send --topic product:created \\
    --secret integration --url http://127.0.0.1:8000/create-product
  countersign webhook send --data delivery.json --timestamp 1704067200 \\
    --url http://localhost:8000/webhooks";

/// How much of an answer is shown, in bytes.
const SHOWN: usize = 4096;

#[derive(Args, Debug)]
pub(crate) struct Send {
    /// Where the shop takes deliveries
    #[arg(long)]
    url: String,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    key: Key,
    /// Sign for this moment (seconds since 1970) instead of now
    #[arg(long, value_name = "UNIX", value_parser = input::unix_time)]
    timestamp: Option<Timestamp>,
    /// Deliver to this host too, given without a port; may be given several times
    #[arg(long, value_name = "NAME")]
    allowed_host: Vec<String>,
}

/// What to deliver.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct What {
    /// A sample of this topic: product:created, order:created or form:submitted
    #[cfg(feature = "sandbox")]
    #[arg(long)]
    topic: Option<String>,
    /// The body to deliver, byte for byte; `-` is standard input
    #[arg(long, value_name = "FILE")]
    data: Option<OsString>,
}

impl What {
    fn body(&self) -> Result<Vec<u8>, Failure> {
        #[cfg(feature = "sandbox")]
        if let Some(topic) = &self.topic {
            // A sandbox that runs serves them.
            let pictures = std::env::var("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL");
            let sample = countersign_sandbox::sample(topic, pictures.as_deref().unwrap_or("https://pictures.example"));
            return sample.map(|sample| sample.to_string().into_bytes()).ok_or_else(|| {
                Failure::usage_of(format!(
                    "There is no topic {topic:?}: product:created, order:created or form:submitted."
                ))
            });
        }
        Ok(input::body(self.data.as_deref())?)
    }
}

impl Send {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let url = checked(&self.url, &self.allowed_host).map_err(Failure::usage)?;
        let (webhook, body) = (self.key.webhook()?, self.what.body()?);
        let timestamp = self.timestamp.unwrap_or_else(system_time);
        let signed = webhook.sign(&body, timestamp);
        // What the shop will read, if it can be read.
        let event = webhook.verify(&signed.each_ref().map(|(name, value)| (*name, value.as_str())), &body, timestamp);
        let shown = |name, value: &str| Header { name, value: value.to_owned(), sensitive: false };
        let mut headers = vec![shown("Content-Type", "application/json"), shown("Accept", "application/json")];
        headers.extend(signed.iter().map(|(name, value)| shown(name, value)));
        headers.push(shown("User-Agent", concat!("countersign/", env!("CARGO_PKG_VERSION"))));
        let request = Request { method: "POST".to_owned(), url, headers, body };
        let options = Options::new();
        let reply = Http::new(&options)?.send(&request, &Http::limits(&options)).map_err(|failure| {
            let kind = failure.class.kind().unwrap_or(ErrorKind::Internal);
            Error::new(kind, format!("Not delivered, or not answered. {}", failure.message))
        })?;
        let answer = String::from_utf8_lossy(&reply.body[..reply.body.len().min(SHOWN)]).into_owned();
        let external_id = external_id(&reply.body);
        let accepted = (200..300).contains(&reply.status);
        let ok = accepted && (!self.key.is_callback() || external_id.is_some());
        if out.is_json() {
            let headers: serde_json::Map<_, _> =
                signed.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
            let event = event.as_ref().ok();
            out.value(&json!({ "ok": ok, "status": reply.status, "answer": answer, "external_id": external_id,
                "topic": event.map(|event| event.topic()), "dedup_key": event.map(|event| event.dedup_key()),
                "timestamp": timestamp, "headers": headers,
                "body": String::from_utf8_lossy(&request.body) }));
        } else {
            let colour = if ok { Colour::Green } else { Colour::Red };
            out.line(format_args!("answered: {}", out.paint(colour, &reply.status.to_string())));
            match &event {
                Ok(event) => {
                    out.line(format_args!("topic: {}", event.topic()));
                    out.line(format_args!("dedup key: {}", plain(event.dedup_key())));
                }
                Err(error) => out.line(format_args!("topic: none ({})", plain(error.message()))),
            }
            match &external_id {
                Some(id) if self.key.is_callback() => out.line(format_args!("external_id: {}", plain(id))),
                _ if !answer.is_empty() => out.line(format_args!("answer: {}", plain(&answer))),
                _ => {}
            }
            if accepted && !ok {
                out.note("The callback is answered with status 200 and {\"external_id\": \"…\"}: see `countersign webhook answer`.");
            } else if matches!(reply.status, 401 | 403) {
                out.note(
                    "Refused as not from the platform, perhaps: is it the same secret? See `countersign webhook explain`.",
                );
            }
        }
        Ok(if ok { Exit::Ok } else { Exit::No })
    }
}

/// What the callback's answer calls the product.
fn external_id(body: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    answer["external_id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// An address on this machine, or at a host that was named.
fn checked(url: &str, allowed: &[String]) -> Result<String, Error> {
    let refused = |why: &str| Err(Error::new(ErrorKind::InvalidArgument, format!("--url {url:?} {why}")));
    let Some((scheme, rest)) = url.split_once("://") else { return refused("must begin with http:// or https://.") };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !matches!(scheme, "http" | "https") {
        return refused("must begin with http:// or https://.");
    }
    if url.contains(|c: char| c.is_ascii_control() || c == ' ' || c == '\\') || authority.contains('@') {
        return refused("has a space, a control character, a backslash or a user name in it.");
    }
    let Some(Authority { host, .. }) = Authority::read(authority) else {
        return refused("has no usable host or port.");
    };
    if loopback(host).is_some() || allowed.iter().any(|name| name.eq_ignore_ascii_case(host)) {
        return Ok(url.to_owned());
    }
    refused("is not on this machine. A test delivery leaves it with --allowed-host alone, which names the host.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_stay_here_unless_the_host_is_named() {
        for good in
            ["http://127.0.0.1:8000/a?b", "http://localhost", "https://[::1]:9/x", "http://SHOP:80/", "https://shop"]
        {
            assert!(checked(good, &["shop".to_owned()]).is_ok(), "{good}");
        }
        for bad in [
            "shop",
            "ftp://127.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://example.com#@127.0.0.1/",
            "http://example.com\\@127.0.0.1/",
            "http://0.0.0.0/",
            "http://127.0.0.1/ x",
            "http://[::ffff:10.0.0.1]/",
            "http://2130706433/",
            "",
        ] {
            assert!(checked(bad, &["shop".to_owned()]).is_err(), "{bad}");
        }
    }
}
