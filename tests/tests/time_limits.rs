//! A timeout names the limit that somebody set, and not what was left of it.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign::{Deadline, ErrorKind, Options, Platform, spiff};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::time::Duration;

/// A platform that gives each connection one of these answers, and says nothing after the last of them.
fn silent_after(answers: &'static [(&'static str, &'static str)]) -> Options {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let options = Options::new().set("application_key", "key").set("connect_timeout", "5");
    let options = options.set("base_url", format!("http://{}", listener.local_addr().unwrap()));
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let Some((status, body)) = answers.get(number) else {
                kept.push(stream);
                continue;
            };
            // The request is whole by then: it is one segment on loopback.
            _ = stream.read(&mut [0; 65536]);
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            _ = stream.write_all(format!("{head}{body}").as_bytes());
            _ = stream.shutdown(Shutdown::Write);
        }
    });
    options
}

const READ: (&str, &[u8]) = ("transactions", br#"{"ids":["a"]}"#);
const BUSY: &[(&str, &str)] = &[("503 Busy", "{}")];

#[track_caller]
fn assert_named<T>(result: Result<T, countersign::Error>, limit: &str, attempts: usize) {
    let Err(error) = result else { panic!("it answered") };
    assert_eq!((error.kind(), error.attempts().len()), (ErrorKind::Timeout, attempts), "{error:?}");
    assert!(error.message().contains(&format!("no whole reply came within {limit}. ")), "{error}");
}

#[test]
fn a_second_attempt_names_it_too() {
    for (set, limit) in [("1", "1 s"), ("1.5", "1.5 s"), ("0.825", "0.825 s")] {
        let client = Platform::new("spiff", &silent_after(BUSY).set("timeout", set)).unwrap();
        assert_named(client.run(READ.0, READ.1), limit, 2);
    }
}

/// What the languages that count in milliseconds, or whose calls wait for a thread, make of it.
#[test]
fn a_call_that_has_waited_names_it_too() {
    for (set, left, limit) in [(0.5, 376, "0.5 s"), (2.0, 476, "2 s"), (0.25, 250, "0.25 s"), (0.4, 9000, "0.4 s")] {
        let client = Platform::new("spiff", &silent_after(&[])).unwrap().with_timeout(set).unwrap();
        let client = client.with_time_left(Duration::from_millis(left));
        assert_named(client.run(READ.0, READ.1), limit, 1);
    }
    // Another limit forgets what was left of the last one.
    let client = Platform::new("spiff", &silent_after(&[])).unwrap().with_time_left(Duration::from_millis(1));
    assert_named(client.with_timeout(0.3).unwrap().run(READ.0, READ.1), "0.3 s", 1);
}

#[test]
fn a_call_that_is_sent_once_names_its_deadline() {
    let client = spiff::Client::new(&silent_after(&[])).unwrap();
    let order = br#"{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t"}]}"#;
    let call = client.account().sign(&client.draft(order).unwrap(), client.now()).unwrap();
    let deadline = Deadline::within(Duration::from_millis(700));
    std::thread::sleep(Duration::from_millis(120));
    assert_named(client.send_once(&call, &deadline), "0.7 s", 1);
}

/// The last look has what is left of the wait, but nobody set that.
#[test]
fn a_wait_names_its_own_limit() {
    const RUNNING: &[(&str, &str)] = &[("200 OK", r#"{"data":{"processExecutions":[{"id":"p","completedAt":null}]}}"#)];
    let client = Platform::new("spiff", &silent_after(RUNNING)).unwrap();
    let wait = br#"{"id":"p","timeout":3,"interval":1,"select":"id"}"#;
    assert_named(client.run("process_execution_wait", wait), "3 s", 2);
}
