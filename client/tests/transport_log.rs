//! Credentials and bodies stay out of the host's log, also at its most talkative.
//!
//! A test of its own, because a logger is set for the whole process.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)]

mod support;

use countersign::Options;
use countersign::transport::{Http, Transport};
use std::sync::Mutex;
use support::certificates::{Authority, https};
use support::{CANARY, Server, fail, ok, order, patient};

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LINES.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

/// The bytes that a log shows as a hex dump, sixteen in a line: `48 54 …` in groups of two, and the text after them.
fn dumped(lines: &[String]) -> String {
    lines.iter().filter(|line| line.len() > 56).map(|line| line.chars().rev().take(16).collect::<Vec<_>>()).fold(
        String::new(),
        |mut text, row| {
            text.extend(row.into_iter().rev());
            text
        },
    )
}

#[test]
fn no_log_shows_a_credential_or_what_is_ordered() {
    log::set_logger(&Everything).unwrap();
    log::set_max_level(log::LevelFilter::Trace);

    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost"], 2020..2040).replying(ok("{}"));
    let roots = authority.file();
    let http = Http::new(&Options::new().set("roots", roots.path())).unwrap();
    http.send(&order(https(&server, "/orders")), &patient()).unwrap();
    http.send(&order(https(&server, "/orders")), &patient()).unwrap();

    let refusing = Server::replying("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
    let proxy = format!("http://user:{CANARY}@{}", refusing.address);
    fail(&Http::new(&Options::new().set("proxy", proxy)).unwrap(), &order(https(&server, "/")), &patient());

    let lines = LINES.lock().unwrap();
    let dump = dumped(&lines);
    assert!(dump.contains("POST/orders") || dump.contains("POST./orders"), "the dump is read wrongly: {dump}");
    assert!(dump.contains("*****"), "{dump}");
    for text in [lines.join("\n"), dump] {
        assert!(!text.contains(CANARY) && !text.contains("canary"), "{text}");
    }
}
