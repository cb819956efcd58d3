//! `countersign demo`: everything this library promises, against a sandbox in this process, each step compared with
//! what is due.

#[cfg(feature = "outbox")]
mod worker;

use crate::commands::explain;
use crate::input::Message;
use crate::output::{Colour, Ended, Exit, Output, table};
use clap::Args;
use countersign::sign_customiser::{self, Webhook};
use countersign::spiff::{Client, Verdict};
use countersign::transport::{Http, Limits, Transport};
use countersign::{Error, ErrorKind, Options, Outcome, Parts, Scheme, Signer, system_time};
use countersign_sandbox::{Sandbox, credentials};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

pub(crate) const AFTER_HELP: &str = "\
Starts a sandbox in this process, on free ports of this machine. No credentials,
no network. Ends with 0 only if every step did what is due, and the sandbox
holds each order exactly once.

Examples:
  countersign demo
  countersign demo --json";

#[derive(Args, Debug)]
pub(crate) struct Demo {}

/// One thing that was tried.
struct Step {
    what: String,
    due: String,
    found: String,
    /// What a person may want to see of it.
    details: Vec<String>,
}

impl Step {
    fn new(what: impl Into<String>, due: impl Into<String>, found: impl Into<String>) -> Self {
        Self { what: what.into(), due: due.into(), found: found.into(), details: Vec::new() }
    }

    fn ok(&self) -> bool {
        self.found == self.due
    }
}

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The time limit of the call that is left hanging.
const SHORT: &str = "0.5";

impl Demo {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let sandbox = Sandbox::start(countersign_sandbox::Options::default()).map_err(|error| {
            Error::new(ErrorKind::Configuration, format!("The sandbox could not be started: {error}"))
        })?;
        let mut expected = Vec::new();
        let mut steps = orders(&sandbox, &mut expected);
        steps.extend(sign(&sandbox, &mut expected));
        steps.push(refusal(&sandbox, out));
        steps.extend(doubt(&sandbox, &mut expected));
        #[cfg(feature = "outbox")]
        steps.extend(worker::killed(&sandbox, &mut expected));
        steps.push(count(&sandbox, &expected));
        let good = steps.iter().all(Step::ok);
        if out.is_json() {
            let steps: Vec<Value> = steps
                .iter()
                .map(|step| json!({ "what": step.what, "due": step.due, "found": step.found, "ok": step.ok() }))
                .collect();
            out.value(&json!({ "ok": good, "steps": steps, "orders": sandbox.orders().len() }));
        } else {
            show(&steps, good, expected.len(), out);
        }
        Ok(if good { Exit::Ok } else { Exit::No })
    }
}

/// Options for the sandbox's Spiff, with a key pair or the application key.
fn spiff(sandbox: &Sandbox, signed: bool) -> Options {
    let options = Options::new().set("base_url", sandbox.spiff_url()).set("timeout", "20");
    if signed {
        options.set("access_key", credentials::ACCESS_KEY).set("secret_key", credentials::SECRET_KEY)
    } else {
        options.set("application_key", credentials::APPLICATION_KEY)
    }
}

/// An order as it arrived: platform, wire, and the shop's id.
type Arrived = (&'static str, &'static str, String);

/// A name, the wire, whether it is signed, further options, and whether a bundle is ordered.
type Way = (&'static str, &'static str, bool, &'static [(&'static str, &'static str)], bool);

/// An order over every wire, with every credential that fits.
fn orders(sandbox: &Sandbox, expected: &mut Vec<Arrived>) -> Vec<Step> {
    let ways: [Way; 7] = [
        ("GraphQL, signed with SHA-512", "graphql", true, &[], false),
        ("GraphQL, signed with MD5", "graphql", true, &[("digest", "md5")], false),
        ("GraphQL, application key", "graphql", false, &[], false),
        ("REST, signed with SHA-512", "rest", true, &[("orders_api", "rest")], false),
        ("REST, application key", "rest", false, &[("orders_api", "rest")], false),
        ("targets, signed as VWS", "targets", true, &[("orders_api", "targets")], false),
        ("a bundle over GraphQL", "graphql", true, &[], true),
    ];
    let mut steps = Vec::new();
    for (i, (what, wire, signed, more, bundle)) in ways.into_iter().enumerate() {
        let external_id = format!("demo-{}", i + 1);
        expected.push(("spiff", wire, external_id.clone()));
        let placed = item(sandbox, bundle).and_then(|item| {
            let order = json!({ "externalId": external_id, "paid": true, "orderItems": [item] });
            let options = more.iter().fold(spiff(sandbox, signed), |options, (name, value)| options.set(name, *value));
            Client::new(&options)?.place_order_json(order.to_string().as_bytes())
        });
        steps.push(Step::new(
            format!("Spiff order: {what}"),
            "placed",
            outcome(placed.map(|placed| placed.external_id), &external_id),
        ));
    }
    steps
}

/// A design as the shopper's browser makes it, ready to be ordered.
fn item(sandbox: &Sandbox, bundle: bool) -> Result<Value, Error> {
    let transaction = sandbox.create_transaction();
    if !bundle {
        return Ok(json!({ "amountToOrder": 1, "transactionId": transaction }));
    }
    let bundle = sandbox
        .create_bundle(&[&transaction, &sandbox.create_transaction()])
        .map_err(|why| Error::new(ErrorKind::Internal, format!("The sandbox made no bundle: {why}")))?;
    Ok(json!({ "amountToOrder": 2, "bundleId": bundle }))
}

/// The outcome as one word, or what is wrong with it.
fn outcome(placed: Result<String, Error>, external_id: &str) -> String {
    match placed {
        Ok(id) if id == external_id => Outcome::Placed.name().to_owned(),
        Ok(id) => format!("placed as {id}"),
        Err(error) => {
            let outcome = error.outcome().map_or("error", Outcome::name);
            if error.outcome() == Some(Outcome::Unknown) { outcome.to_owned() } else { format!("{outcome}: {error}") }
        }
    }
}

/// A finished sign: its callback verified and answered, then ordered.
fn sign(sandbox: &Sandbox, expected: &mut Vec<Arrived>) -> Vec<Step> {
    const SKU: &str = "demo-sign-1";
    let mut steps = Vec::new();
    let told = receive(SKU).and_then(|(url, receiver)| {
        let told = sandbox.control("POST", "product-created", &json!({ "url": url }).to_string())?;
        let seen = receiver.join().map_err(|_| "the receiver failed".to_owned())?;
        Ok((told, seen))
    });
    let (verified, answered) = match told {
        Ok((told, Ok(seen))) => (seen, told["external_id"].as_str().unwrap_or("nothing").to_owned()),
        Ok((_, Err(why))) | Err(why) => (why.clone(), why),
    };
    steps.push(Step::new("Sign Customiser callback: signature verified", "product:created", verified));
    steps.push(Step::new("Sign Customiser callback: answered with external_id", SKU, answered));

    let external_id = "demo-sign-order-1";
    expected.push(("sign_customiser", "orders", external_id.to_owned()));
    let order = json!({ "integration_id": 1, "external_id": external_id, "external_order_number": "D-1",
        "currency": "USD", "products": [{ "external_id": SKU, "quantity": 1, "price": 10000 }] });
    let options = Options::new()
        .set("api_token", credentials::API_TOKEN)
        .set("base_url", sandbox.sign_customiser_url())
        .set("timeout", "20");
    // Only products that a callback named may be ordered now.
    let strict = sandbox.settings(r#"{"check_products":true}"#);
    let placed = strict
        .map_err(|why| Error::new(ErrorKind::Internal, why))
        .and_then(|()| sign_customiser::Client::new(&options)?.place_order_json(order.to_string().as_bytes()));
    steps.push(Step::new(
        "Sign Customiser order: API token",
        "placed",
        outcome(placed.map(|placed| placed.external_id), external_id),
    ));
    steps
}

/// A merchant's server for one delivery: it verifies the signature and answers with the shop's id of the product.
/// What it saw is the topic, or why it refused.
fn receive(external_id: &'static str) -> Result<(String, JoinHandle<Result<String, String>>), String> {
    let words = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(words)?;
    listener.set_nonblocking(true).map_err(words)?;
    let url = format!("http://{}/callback", listener.local_addr().map_err(words)?);
    let receiver = std::thread::spawn(move || {
        let from = Instant::now();
        let mut stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock && from.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err(error) => return Err(format!("no delivery came: {error}")),
            }
        };
        stream.set_nonblocking(false).and_then(|()| stream.set_read_timeout(Some(PATIENCE))).map_err(words)?;
        let message = Message::parse(whole(&mut stream).map_err(words)?).map_err(|error| error.to_string())?;
        let webhook = Webhook::new([credentials::INTEGRATION_SECRET]).map_err(|error| error.to_string())?;
        let verified = webhook.verify(&message.borrowed(), &message.body, system_time());
        let answer = verified.and_then(|event| Ok((event.topic().to_owned(), event.answer(external_id)?)));
        let (status, body) = match &answer {
            Ok((_, body)) => ("200 OK", body.as_str()),
            Err(_) => ("401 Unauthorized", "{}"),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).map_err(words)?;
        answer.map(|(topic, _)| topic).map_err(|error| error.to_string())
    });
    Ok((url, receiver))
}

/// A whole request of known length.
fn whole(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut space = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(bytes);
            }
        }
        match stream.read(&mut space)? {
            0 => return Ok(bytes),
            n => bytes.extend_from_slice(&space[..n]),
        }
    }
}

/// A shop that signs one spelling of its JSON and sends another: refused, and explained.
fn refusal(sandbox: &Sandbox, out: &Output) -> Step {
    const DUE: &str = "401, explained as body_spaced";
    let what = "A signature over re-serialised JSON";
    let tried = || -> Result<Step, Error> {
        let scheme = Scheme::from_names("SOA", None)?;
        let signer = Signer::new(credentials::ACCESS_KEY, credentials::SECRET_KEY, scheme)?;
        let date = system_time().http_date();
        let item = item(sandbox, false)?.to_string();
        let sent = format!(r#"{{"externalId":"demo-refused","paid":true,"orderItems":[{item}]}}"#);
        let signed = sent.replace(':', ": ").replace(",\"", ", \"");
        let parts = |body| Parts {
            method: "POST",
            path: "/api/v2/orders",
            content_type: "application/json",
            date: &date,
            body,
        };
        let authorization = signer.authorization(&parts(signed.as_bytes()))?;
        let header = |name, value: &str| countersign::Header { name, value: value.to_owned(), sensitive: false };
        let request = countersign::Request {
            method: "POST".to_owned(),
            url: format!("{}/api/v2/orders", sandbox.spiff_url()),
            headers: vec![
                header("Authorization", &authorization),
                header("Date", &date),
                header("Content-Type", "application/json"),
            ],
            body: sent.clone().into_bytes(),
        };
        let limits = Limits { timeout: PATIENCE, ..Limits::default() };
        let reply = Http::new(&Options::new())?
            .send(&request, &limits)
            .map_err(|failure| Error::new(ErrorKind::Internal, failure.message))?;
        let headers: Vec<(&str, &str)> =
            request.headers.iter().map(|header| (header.name, header.value.as_str())).collect();
        let explanation = signer.explain("POST", "/api/v2/orders", sent.as_bytes(), &headers);
        let matches = explanation.matches.as_deref().unwrap_or("nothing");
        let mut step = Step::new(what, DUE, format!("{}, explained as {matches}", reply.status));
        step.details = explain::show(&explanation, out);
        Ok(step)
    };
    tried().unwrap_or_else(|error| Step::new(what, DUE, error.to_string()))
}

/// The platform takes an order and never answers: nobody knows, until it is read back.
fn doubt(sandbox: &Sandbox, expected: &mut Vec<Arrived>) -> Vec<Step> {
    let what = "An order accepted without an answer";
    let external_id = "demo-doubt";
    expected.push(("spiff", "graphql", external_id.to_owned()));
    let tried = || -> Result<Vec<Step>, Error> {
        let order =
            json!({ "externalId": external_id, "paid": true, "orderItems": [item(sandbox, false)?] }).to_string();
        sandbox
            .faults(r#"{"fault":"accept_then_hang","target":"order"}"#)
            .map_err(|why| Error::new(ErrorKind::Internal, why))?;
        let client = Client::new(&spiff(sandbox, true).set("timeout", SHORT))?;
        let placed = client.place_order_json(order.as_bytes());
        let sent_at = placed.as_ref().err().and_then(Error::sent_at).unwrap_or_else(system_time);
        let mut steps = vec![Step::new(what, "unknown", outcome(placed.map(|placed| placed.external_id), external_id))];
        let settlement = Client::new(&spiff(sandbox, true))?.settle_json(order.as_bytes(), sent_at, None)?;
        let verdict = match settlement.verdict {
            Verdict::Placed => "placed",
            Verdict::Absent => "absent",
            Verdict::Unclear => "unclear",
        };
        steps.push(Step::new("The same order, settled by reading it back", "placed", verdict));
        Ok(steps)
    };
    tried().unwrap_or_else(|error| vec![Step::new(what, "unknown", error.to_string())])
}

/// The sandbox's own list: every order once, on its wire, and no other.
fn count(sandbox: &Sandbox, expected: &[Arrived]) -> Step {
    let orders = sandbox.orders();
    let text = |order: &Value, name: &str| order[name].as_str().unwrap_or("?").to_owned();
    let mut found: Vec<_> =
        orders.iter().map(|o| (text(o, "platform"), text(o, "wire"), text(o, "externalId"))).collect();
    let mut due: Vec<_> =
        expected.iter().map(|(platform, wire, id)| ((*platform).to_owned(), (*wire).to_owned(), id.clone())).collect();
    found.sort();
    due.sort();
    let all = format!("{} orders, each once", due.len());
    let seen = if found == due { all.clone() } else { format!("{} orders: {found:?}", found.len()) };
    Step::new("What the platforms hold at the end", all, seen)
}

fn show(steps: &[Step], good: bool, orders: usize, out: &mut Output) {
    let mut rows = vec![["", "step", "result"].map(str::to_owned).to_vec()];
    rows.extend(steps.iter().map(|step| {
        let (mark, found) = if step.ok() {
            ("ok", step.found.clone())
        } else {
            ("FAIL", format!("{} (due: {})", step.found, step.due))
        };
        vec![mark.to_owned(), step.what.clone(), found]
    }));
    for (i, line) in table(&rows).iter().enumerate() {
        let colour = match i.checked_sub(1).and_then(|i| steps.get(i)) {
            None => Colour::Bold,
            Some(step) if step.ok() => Colour::Green,
            Some(_) => Colour::Red,
        };
        out.line(out.paint(colour, line));
    }
    for step in steps.iter().filter(|step| !step.details.is_empty()) {
        out.line("");
        out.line(out.paint(Colour::Bold, &format!("{}, as `countersign explain` shows it:", step.what)));
        for line in &step.details {
            out.line(format_args!("  {line}").to_string().trim_end());
        }
    }
    out.line("");
    if good {
        let words = format!(
            "All {} steps did what is due; the platforms hold {orders} orders, each exactly once.",
            steps.len()
        );
        out.line(out.paint(Colour::Green, &words));
    } else {
        let failed = steps.iter().filter(|step| !step.ok()).count();
        out.line(out.paint(Colour::Red, &format!("{failed} of {} steps did not do what is due.", steps.len())));
    }
}
