//! `tests/vectors/events.json` at the terminal: what a command says of a call that something struck.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(not(unix), allow(unused, reason = "only Unix ends a command by a signal"))]

mod support;
use serde_json::{Value, json};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use support::{Ran, Run, countersign};

const SPIFF: &[(&str, &str)] = &[("COUNTERSIGN_SPIFF_APPLICATION_KEY", "key")];
const SIGNS: &[(&str, &str)] = &[("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", "token")];

/// The command that runs the operation of a row, against an address.
fn command(url: &str, operation: &str, input: &Value) -> Run {
    let input = input.to_string();
    match operation {
        "place_order" => countersign(["order", "place", "--json", "--base-url", url, "-"]).envs(SPIFF).stdin(&input),
        name => countersign(["graphql", name, "--json", "--base-url", url, "--input", &input]).envs(SPIFF),
    }
}

/// How long a command may take to send its request.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nobody listens there: whoever sends something is told so.
const NOBODY: &str = "http://127.0.0.1:9";

/// What a command says that is struck as a row says; `None` for the events that no command knows.
fn struck(row: &Value) -> Option<Ran> {
    let (operation, input) = (row["operation"].as_str().unwrap(), &row["input"]);
    match row["event"].as_str().unwrap() {
        "panic" => {
            let name = match row["effect"].as_str().unwrap() {
                "order" => "__panic",
                "change" => "__panic_change",
                _ => "__panic_read",
            };
            Some(command(NOBODY, name, &json!({})).may_panic().run())
        }
        "bad_input" => Some(command(NOBODY, operation, input).run()),
        // A read ends by the signal, as any program does: nobody has to be told anything.
        "aborted_under_way" if row["effect"] == "read" => None,
        #[cfg(unix)]
        "aborted_under_way" => Some(ended("INT", |url| command(url, operation, input))),
        #[cfg(not(unix))]
        "aborted_under_way" => None,
        // Nothing waits its turn here, no reply is handed over, no client closed, and every input is text.
        "reply_without_body"
        | "aborted_waiting"
        | "expired_waiting"
        | "busy"
        | "interrupted_after_success"
        | "closed_client"
        | "unserialisable" => None,
        other => panic!("{other} is new: say how it is made"),
    }
}

/// Runs a command against a platform that reads the request and never answers, and ends it by a signal then.
#[cfg(unix)]
fn ended(signal: &str, command: impl FnOnce(&str) -> Run) -> Ran {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut kept = None;
    command(&url).run_and(|child| {
        let begun = Instant::now();
        let mut stream = loop {
            match listener.accept() {
                Ok((stream, _)) => break stream,
                Err(error) => assert!(begun.elapsed() < PATIENCE, "nobody came: {error}"),
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        stream.set_nonblocking(false).unwrap();
        whole(&mut stream);
        kept = Some(stream);
        let sent = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
    })
}

/// Reads a whole request of known length.
fn whole(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut bytes, mut one) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut one).unwrap();
        bytes.push(one[0]);
    }
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    stream.read_exact(&mut vec![0; length.unwrap_or(0)]).unwrap();
}

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

#[test]
fn every_event_says_what_is_known() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/events.json");
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut seen = 0;
    for row in &rows {
        let before = now();
        let Some(ran) = struck(row) else { continue };
        seen += 1;
        let (id, due, after) = (&row["id"], &row["error"], now());
        let ran = ran.exits(if due["outcome"] == "unknown" { 3 } else { 1 });
        let error = &ran.json()["error"];
        for member in ["kind", "outcome", "retryable", "next_step"] {
            assert_eq!(error[member], due[member], "{id}: {ran:?}");
        }
        let paths = |problems: Vec<&Value>| {
            let mut paths: Vec<_> = problems.iter().map(|path| path.as_str().unwrap().to_owned()).collect();
            paths.sort();
            paths
        };
        let found = error["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
        assert_eq!(paths(found), paths(due["problems"].as_array().unwrap().iter().collect()), "{id}: {ran:?}");
        match due["settle_after"].as_i64() {
            Some(delay) => {
                let sent_at = error["sent_at"].as_i64().unwrap();
                assert!((before..=after).contains(&sent_at), "{id}: {ran:?}");
                assert_eq!(error["settle_after"], sent_at + delay, "{id}: {ran:?}");
            }
            None => assert!(error["sent_at"].is_null() && error["settle_after"].is_null(), "{id}: {ran:?}"),
        }
    }
    assert_eq!(seen, if cfg!(unix) { 8 } else { 6 });
}

#[cfg(unix)]
#[test]
fn whoever_ends_an_order_is_told_what_is_known() {
    let order =
        json!({ "externalId": "1", "paid": true, "orderItems": [{ "amountToOrder": 1, "transactionId": "t" }] });
    for (signal, more) in [("INT", &[][..]), ("TERM", &["-o", "settle_delay=60"])] {
        let before = now();
        let ran = ended(signal, |url| {
            let own = ["order", "place", "--base-url", url, "-"];
            countersign(own.iter().chain(more)).envs(SPIFF).stdin(order.to_string())
        })
        .exits(3);
        assert!(
            ran.stdout.is_empty() && ran.stderr.starts_with("unknown: The call was aborted while it was"),
            "{ran:?}"
        );
        let moment = |name: &str| -> i64 {
            let line = ran.stderr.lines().find_map(|line| line.strip_prefix(&format!("  {name}: "))).unwrap();
            line.split(' ').next().unwrap().parse().unwrap()
        };
        let delay = if more.is_empty() { 180 } else { 60 };
        assert!((before..=now()).contains(&moment("sent at")), "{ran:?}");
        assert_eq!(moment("settle after"), moment("sent at") + delay);
        assert!(ran.stderr.contains(&format!("    countersign settle --sent-at {}", moment("sent at"))), "{ran:?}");
        assert!(ran.stderr.contains("\nnext: The order may have been placed: settle it"), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn whoever_ends_a_change_is_told_what_is_known() {
    let document = ["graphql", "--json", "--query", "mutation { transactionApprove(id: \"t\") { id } }"];
    let webhook = ["webhook", "create", "--json", "--topic", "order:created", "--url", "https://shop.example/hook"];
    for (args, env) in [(&document[..], SPIFF), (&webhook, SIGNS)] {
        let ran = ended("INT", |url| countersign(args.iter().chain(&["--base-url", url])).envs(env)).exits(3);
        let error = &ran.json()["error"];
        assert_eq!((&error["kind"], &error["outcome"]), (&json!("aborted"), &json!("unknown")), "{ran:?}");
        assert!(error["next_step"].as_str().unwrap().starts_with("It may have been done: read back"), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_read_ends_as_any_program_does() {
    let ran = ended("TERM", |url| command(url, "transactions", &json!({ "ids": ["t"] })));
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (-15, "", ""));
}
