//! Orders, settling, webhooks and the doctor against both platforms, on loopback.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use support::{CANARY, Files, Ran, Run, countersign, wait};

const SECRET_KEY: &str = "canary-5f1e-secret";
const APPLICATION_KEY: &str = "canary-5f1e-application";
const API_TOKEN: &str = "canary-5f1e-token";
const WEBHOOK_SECRET: &str = "canary-5f1e-webhook";

/// A sandbox whose every secret would be noticed in any output.
fn sandbox() -> Sandbox {
    Sandbox::start(Options {
        access_key: "key".to_owned(),
        secret_key: SECRET_KEY.to_owned(),
        application_key: APPLICATION_KEY.to_owned(),
        api_token: API_TOKEN.to_owned(),
        webhook_secret: WEBHOOK_SECRET.to_owned(),
        ..Options::default()
    })
    .unwrap()
}

const KEYS: &[(&str, &str)] = &[("COUNTERSIGN_SPIFF_ACCESS_KEY", "key"), ("COUNTERSIGN_SPIFF_SECRET_KEY", SECRET_KEY)];
const APPLICATION: &[(&str, &str)] = &[("COUNTERSIGN_SPIFF_APPLICATION_KEY", APPLICATION_KEY)];
const TOKEN: &[(&str, &str)] = &[("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", API_TOKEN)];

fn spiff(sandbox: &Sandbox, args: &[&str]) -> Run {
    countersign(args).envs(KEYS).env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url())
}

fn signs(sandbox: &Sandbox, args: &[&str]) -> Run {
    countersign(args).envs(TOKEN).env("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", sandbox.sign_customiser_url())
}

fn order(sandbox: &Sandbox, external_id: &str) -> String {
    let transaction = sandbox.create_transaction();
    let item = json!({ "amountToOrder": 2, "transactionId": transaction });
    json!({ "externalId": external_id, "paid": true, "orderItems": [item] }).to_string()
}

fn sign_order(external_id: &str) -> String {
    json!({ "integration_id": 1, "external_id": external_id, "external_order_number": "N-1", "currency": "USD",
        "products": [{ "external_id": "sku", "quantity": 1, "price": 2999 }] })
    .to_string()
}

/// The shop's ids of the orders that arrived, with their wires.
fn arrived(sandbox: &Sandbox) -> Vec<(String, String)> {
    let text = |order: &Value, name: &str| order[name].as_str().unwrap().to_owned();
    sandbox.orders().iter().map(|order| (text(order, "externalId"), text(order, "wire"))).collect()
}

#[test]
fn an_order_is_placed_over_every_wire_with_every_credential() {
    let sandbox = sandbox();
    let mut due = Vec::new();
    for (i, (env, args, wire)) in [
        (KEYS, &[][..], "graphql"),
        (KEYS, &["-o", "digest=md5"], "graphql"),
        (APPLICATION, &[], "graphql"),
        (KEYS, &["--orders-api", "rest"], "rest"),
        (KEYS, &["-o", "orders_api=rest", "-o", "digest=md5"], "rest"),
        (APPLICATION, &["--orders-api", "rest"], "rest"),
        (KEYS, &["--orders-api", "targets"], "targets"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("order-{i}");
        let own = ["order", "place", "--base-url", sandbox.spiff_url(), "--json", "-"];
        let ran = countersign(own.iter().chain(args)).envs(env).stdin(order(&sandbox, &id)).run().exits(0);
        assert_eq!(ran.json()["externalId"], id.as_str());
        assert_eq!(ran.json()["id"], sandbox.orders()[i]["id"]);
        assert_eq!(ran.stderr, "");
        due.push((id, wire.to_owned()));
    }
    let bundle = sandbox.create_bundle(&[&sandbox.create_transaction()]).unwrap();
    let item = json!({ "amountToOrder": 1, "bundleId": bundle });
    let order = json!({ "externalId": "bundle", "paid": false, "orderItems": [item],
        "extra": { "generateInternalId": true } });
    let ran = spiff(&sandbox, &["order", "place", "-"]).stdin(order.to_string()).run().exits(0);
    assert!(
        ran.stdout.starts_with("placed: bundle\n  id: ") && ran.stdout.contains("\n  internal id: INT-"),
        "{ran:?}"
    );
    due.push(("bundle".to_owned(), "graphql".to_owned()));

    let files = Files::new();
    let file = files.write("sign.json", sign_order("sign-1"));
    let own = ["order", "place", "--platform", "sign-customiser", &file];
    let ran = signs(&sandbox, &own).run().exits(0);
    assert!(ran.stdout.starts_with("placed: sign-1\n"), "{ran:?}");
    due.push(("sign-1".to_owned(), "orders".to_owned()));
    assert_eq!(arrived(&sandbox), due);
}

#[test]
fn with_both_credentials_the_key_pair_is_used_unless_told_otherwise() {
    let sandbox = sandbox();
    let place = |args: &[&str]| {
        let own = ["order", "place", "-"];
        let both = spiff(&sandbox, &[&own[..], args].concat()).envs(APPLICATION);
        both.stdin(order(&sandbox, "1")).run().exits(0);
        sandbox.requests().last().unwrap()["auth"]["credential"].clone()
    };
    let signed = place(&[]);
    assert_eq!(place(&["--credential", "access-key"]), signed);
    assert_ne!(place(&["--credential", "application-key"]), signed);
}

#[test]
fn what_is_refused_is_not_placed() {
    let sandbox = sandbox();
    let place = |env: (&str, &str), args: &[&str], order: String| {
        let own = ["order", "place", "-"];
        spiff(&sandbox, &[&own[..], args].concat()).env(env.0, env.1).stdin(order).run().exits(1)
    };
    let wrong = ("COUNTERSIGN_SPIFF_SECRET_KEY", "canary-5f1e-wrong");
    let ran = place(wrong, &["--orders-api", "rest"], order(&sandbox, "1"));
    assert!(ran.stderr.contains("401") && ran.stderr.contains("countersign doctor"), "{ran:?}");
    assert!(ran.stderr.contains("request id: "), "{ran:?}");
    let json = place(wrong, &["--orders-api", "rest", "--json"], order(&sandbox, "1")).json();
    assert_eq!((&json["error"]["kind"], &json["error"]["outcome"]), (&"authentication".into(), &"not_placed".into()));
    assert_eq!(json["error"]["status"], 401);
    let good = ("COUNTERSIGN_SPIFF_SECRET_KEY", SECRET_KEY);
    // Found here: nothing is sent.
    let before = sandbox.requests().len();
    let json = place(good, &["--json"], r#"{"externalId":"1"}"#.to_owned()).json();
    assert_eq!(json["error"]["kind"], "invalid_order");
    place(good, &["--base-url", "http://example.com"], order(&sandbox, "1"));
    place(good, &["--orders-api", "targets", "--credential", "application-key"], order(&sandbox, "1"));
    assert_eq!(sandbox.requests().len(), before);
    sandbox.faults(r#"{"fault":"429","retry_after":7,"target":"order"}"#).unwrap();
    let ran = place(good, &["--orders-api", "rest"], order(&sandbox, "1"));
    assert!(ran.stderr.contains("retry after: 7 s"), "{ran:?}");
    // A port where nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let json = place(good, &["--json", "--base-url", &format!("http://{free}")], order(&sandbox, "1")).json();
    assert_eq!((&json["error"]["kind"], &json["error"]["outcome"]), (&"connect".into(), &"not_placed".into()));
    assert_eq!(sandbox.orders().len(), 0);
    let ran =
        countersign(["order", "place", "--platform", "sign-customiser", "--orders-api", "rest", "-"]).run().exits(2);
    assert!(ran.stderr.contains("spiff alone"), "{ran:?}");
    let missing = countersign(["order", "place", "--platform", "sign-customiser", "-"]).stdin(sign_order("1")).run();
    assert!(missing.exits(1).stderr.contains("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN"));
    let files = Files::new();
    spiff(&sandbox, &["order", "place", &files.missing()]).run().exits(1);
}

#[cfg(unix)]
/// Runs a command as a person does who copies it from the terminal.
fn in_a_shell(sandbox: &Sandbox, command: &str) -> Ran {
    let directory = std::path::Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", command]).env_clear().envs(KEYS.iter().copied());
    let out = shell
        .env("PATH", directory)
        .env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: out.status.code().unwrap(), stdout: text(out.stdout), stderr: text(out.stderr) }
}

#[cfg(unix)]
#[test]
fn an_unknown_outcome_exits_with_three_and_is_settled_by_the_command_it_prints() {
    let sandbox = sandbox();
    let files = Files::new();
    for (name, more) in
        [("graphql", &[][..]), ("rest", &["--orders-api", "rest"]), ("targets", &["-o", "orders_api=targets"])]
    {
        let file = files.write(&format!("it's {name}.json"), order(&sandbox, name));
        sandbox.faults(r#"{"fault":"accept_then_hang","target":"order","ms":5000}"#).unwrap();
        let own = ["order", "place", "-o", "timeout=0.5", "--json", &file];
        let ran = spiff(&sandbox, &[&own[..], more].concat()).run().exits(3);
        let json = ran.json();
        assert_eq!((&json["error"]["kind"], &json["error"]["outcome"]), (&"timeout".into(), &"unknown".into()));
        assert_eq!(json["error"]["retryable"], false);
        let command = json["settle_command"].as_str().unwrap();
        assert!(command.contains(&format!("--sent-at {}", json["error"]["sent_at"])), "{command}");
        let settled = in_a_shell(&sandbox, command).exits(0);
        assert!(settled.stdout.starts_with("placed\n"), "{settled:?}");
    }
    // The same for people, and with the order from standard input.
    sandbox.faults(r#"{"fault":"accept_then_500","target":"order"}"#).unwrap();
    let text = order(&sandbox, "last");
    let ran = spiff(&sandbox, &["order", "place", "-"]).stdin(&text).run().exits(3);
    assert!(ran.stderr.starts_with("unknown: ") && ran.stderr.contains("\n  sent at: "), "{ran:?}");
    assert!(ran.stderr.contains("settling needs the same text again") && ran.stdout.is_empty(), "{ran:?}");
    let command = ran.stderr.lines().find(|line| line.starts_with("    countersign settle ")).unwrap().trim();
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    let json = spiff(&sandbox, &[&words[..], &["--json"]].concat()).stdin(&text).run().exits(0).json();
    assert_eq!(json["verdict"], "placed");
    assert_eq!(
        arrived(&sandbox).iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        ["graphql", "rest", "targets", "last"]
    );

    sandbox.faults(r#"{"fault":"accept_then_500","platform":"sign_customiser"}"#).unwrap();
    let own = ["order", "place", "--platform", "sign-customiser", "-"];
    let ran = signs(&sandbox, &own).stdin(sign_order("s")).run().exits(3);
    assert!(ran.stderr.contains("order:created") && !ran.stderr.contains("countersign settle"), "{ran:?}");
}

#[test]
fn settling_tells_absent_from_unclear() {
    let sandbox = sandbox();
    let files = Files::new();
    let file = files.write("order.json", order(&sandbox, "1"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let sent_at = now.to_string();
    let settle = |args: &[&str]| {
        let own = ["settle", "--sent-at", &sent_at, &file];
        spiff(&sandbox, &[&own[..], args].concat())
    };
    // Too early to say absent.
    let ran = settle(&[]).run().exits(3);
    assert!(ran.stdout.starts_with("unclear\n") && ran.stdout.contains("\n  countersign settle --sent-at "), "{ran:?}");
    let json = settle(&["--json"]).run().exits(3).json();
    assert_eq!((&json["verdict"], &json["again_at"]), (&"unclear".into(), &(now + 180).into()));
    // Late enough: two looks.
    let json = settle(&["--json", "-o", "settle_delay=0", "-o", "settle_gap=3600"]).run().exits(3).json();
    let first = json["first_absent_at"].as_i64().unwrap();
    assert!(json["settle_command"].as_str().unwrap().contains(&format!("--first-absent-at {first}")));
    let second =
        settle(&["--json", "-o", "settle_delay=0", "-o", "settle_gap=0", "--first-absent-at", &first.to_string()]);
    assert_eq!(second.run().exits(1).json()["verdict"], "absent");
    // The command makes both itself.
    let ran = settle(&["-o", "settle_delay=1", "-o", "settle_gap=1", "--wait", "30"]).run().exits(1);
    assert!(ran.stdout.starts_with("absent\n"), "{ran:?}");
    // It does not wait longer than told.
    settle(&["--wait", "0"]).run().exits(3);
    settle(&["--wait", "5", "-o", "settle_delay=3600"]).run().exits(3);
    settle(&["--wait", "soon"]).run().exits(2);
}

#[test]
fn a_settlement_that_fails_never_looks_like_absent() {
    let sandbox = sandbox();
    let files = Files::new();
    let file = files.write("order.json", order(&sandbox, "1"));
    let own = ["settle", "--sent-at", "1704067200"];
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}");
    let bad = files.write("bad.json", "{");
    for args in [
        &[file.as_str(), "--base-url", &nobody][..],
        &[&files.missing()],
        &[&bad],
        &[&file, "-o", "roots=/nowhere"],
        &[&file, "--base-url", "http://example.com"],
    ] {
        let ran = spiff(&sandbox, &[&own[..], args].concat()).run().exits(3);
        assert!(ran.stderr.starts_with("unknown: ") && ran.stderr.contains("as much in doubt as before"), "{ran:?}");
        spiff(&sandbox, &[&own[..], args, &["--json"]].concat()).run().exits(3).json();
    }
    countersign(["settle", "--sent-at", "1704067200", &file]).run().exits(3);
    let wrong = spiff(&sandbox, &[&own[..], &[&file]].concat()).env("COUNTERSIGN_SPIFF_SECRET_KEY", "canary-5f1e-no");
    wrong.run().exits(3);
    // Failures of the moment are waited out.
    sandbox.faults(r#"{"fault":"500","target":"read","count":3}"#).unwrap();
    spiff(&sandbox, &["order", "place", &file]).run().exits(0);
    let ran = spiff(&sandbox, &[&own[..], &[&file, "--wait", "20"]].concat()).run().exits(0);
    assert!(ran.stdout.starts_with("placed\n"), "{ran:?}");
    spiff(&sandbox, &["settle", &file]).run().exits(2);
    spiff(&sandbox, &["settle", "--sent-at", "now", &file]).run().exits(2);
    // A moment that no order of ours was sent at is a wrong command line.
    for (wrong, words) in
        [("0", "before this library"), ("1704067200000", "milliseconds"), ("9999999999", "24 hours ahead")]
    {
        let ran = spiff(&sandbox, &["settle", "--sent-at", wrong, &file]).run().exits(2);
        assert!(ran.stderr.contains(words), "{ran:?}");
        let first = ["settle", "--sent-at", "1704067200", "--first-absent-at", wrong, &file];
        assert!(spiff(&sandbox, &first).run().exits(2).stderr.contains(words));
    }
    // An end is said, and no command to run again.
    let item = json!({ "amountToOrder": 1, "transactionId": "no-such-id" });
    let unknown = json!({ "externalId": "9", "paid": true, "orderItems": [item] });
    let unknown = files.write("unknown.json", unknown.to_string());
    let ran = spiff(&sandbox, &[&own[..], &[&unknown]].concat()).run().exits(3);
    assert!(
        ran.stdout.contains("not visible to these credentials") && ran.stdout.contains("A person must look"),
        "{ran:?}"
    );
    assert!(!ran.stdout.contains("countersign settle"), "{ran:?}");
}

#[test]
fn an_outcome_stands_whoever_listens() {
    let sandbox = sandbox();
    let files = Files::new();
    let file = files.write("order.json", order(&sandbox, "1"));
    let mut child = spiff(&sandbox, &["order", "place", "--json", &file]).spawn();
    drop(child.stdout.take());
    assert_eq!(wait(&mut child), 0);
    assert_eq!(sandbox.orders().len(), 1);
    if cfg!(target_os = "linux") {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["order", "place", &files.write("second.json", order(&sandbox, "2"))])
            .envs(KEYS.iter().copied())
            .env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url())
            .stdout(full)
            .output()
            .unwrap();
        // Placed is placed: a script must not place it again because the disk is full.
        assert_eq!(out.status.code(), Some(0));
        assert!(String::from_utf8_lossy(&out.stderr).contains("could not be written"));
        assert_eq!(sandbox.orders().len(), 2);
    }
}

#[test]
fn subscriptions_are_managed_and_their_secrets_kept() {
    let sandbox = sandbox();
    let create = ["webhook", "create", "--topic", "order:created", "--url", "http://127.0.0.1:9/hook"];
    let json = signs(&sandbox, &[&create[..], &["--json", "--meta", r#"{"a":1}"#]].concat()).run().exits(0).json();
    let id = json["webhook_id"].to_string();
    assert_eq!((&json["secret"], &json["meta"]), (&"(redacted)".into(), &json!({ "a": 1 })));
    let shown = signs(&sandbox, &["webhook", "get", &id, "--show-secrets", "--json"]).may_show_secrets().run().exits(0);
    assert_eq!(shown.json()["secret"], WEBHOOK_SECRET);
    let ran = signs(&sandbox, &["webhook", "get", &id]).run().exits(0);
    assert!(ran.stdout.contains("topic: order:created\n") && ran.stdout.contains("secret: (redacted)\n"), "{ran:?}");
    let update = ["webhook", "update", &id, "--topic", "form:submitted", "--url", "http://127.0.0.1:9/other"];
    signs(&sandbox, &update).run().exits(0);
    let ran = signs(&sandbox, &["webhook", "list"]).run().exits(0);
    assert!(ran.stdout.contains("form:submitted") && ran.stdout.contains("http://127.0.0.1:9/other"), "{ran:?}");
    let json = signs(&sandbox, &["webhook", "list", "--json"]).run().exits(0).json();
    assert_eq!(json["webhooks"].as_array().unwrap().len(), 1);
    assert_eq!(signs(&sandbox, &["webhook", "delete", &id]).run().exits(0).stdout, format!("deleted: {id}\n"));
    let ran = signs(&sandbox, &["webhook", "get", &id]).run().exits(1);
    assert!(ran.stderr.contains("404"), "{ran:?}");

    let ran = signs(&sandbox, &["webhook", "create", "--topic", "order:craeted", "--url", "nowhere"]).run().exits(1);
    assert!(ran.stderr.contains("  topic: ") && ran.stderr.contains("  url: "), "{ran:?}");
    signs(&sandbox, &["webhook", "get", "x"]).run().exits(2);
    sandbox.faults(r#"{"fault":"html"}"#).unwrap();
    let ran = signs(&sandbox, &["webhook", "list"]).run().exits(1);
    assert!(ran.stderr.contains("Nothing was changed") && !ran.stderr.contains("may have been placed"), "{ran:?}");
    signs(&sandbox, &["webhook", "list"]).env(TOKEN[0].0, "canary-5f1e-no").run().exits(1);
    countersign(["webhook", "list"]).run().exits(1);
    sandbox.faults(r#"{"fault":"hang","target":"any","ms":5000}"#).unwrap();
    let ran = signs(&sandbox, &[&create[..], &["-o", "timeout=0.5"]].concat()).run().exits(3);
    assert!(ran.stderr.contains("webhook list"), "{ran:?}");
}

#[test]
fn every_attempt_is_told() {
    let sandbox = sandbox();
    let files = Files::new();
    let read = ["graphql", "current_integration"];
    let lines = |ran: &Ran| ran.stderr.lines().filter(|line| line.starts_with("attempt ")).count();
    sandbox.faults(r#"{"fault":"500","target":"read","count":2}"#).unwrap();
    let ran = spiff(&sandbox, &[&read[..], &["--verbose"]].concat()).run().exits(0);
    let url = format!("{}/graphql", sandbox.spiff_url());
    for (nth, line) in ran.stderr.lines().enumerate() {
        let status = if nth < 2 { 500 } else { 200 };
        assert!(line.starts_with(&format!("attempt {}: POST {url}: {status} in ", nth + 1)), "{ran:?}");
    }
    assert_eq!(lines(&ran), 3, "{ran:?}");
    // An error has them all, also without a word.
    sandbox.faults(r#"{"fault":"500","target":"read","count":3}"#).unwrap();
    let json = spiff(&sandbox, &[&read[..], &["--json"]].concat()).run().exits(1).json();
    let numbers: Vec<_> = json["error"]["attempts"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(json["error"]["attempt"], json["error"]["attempts"][2]);
    // An order is attempted once; what settles it looks several times.
    let file = files.write("order.json", order(&sandbox, "1"));
    assert_eq!(lines(&spiff(&sandbox, &["order", "place", "-v", &file]).run().exits(0)), 1);
    let settle = ["settle", "-v", "--sent-at", "1704067200", &file];
    sandbox.faults(r#"{"fault":"500","target":"read","count":2}"#).unwrap();
    assert_eq!(lines(&spiff(&sandbox, &settle).run().exits(0)), 3);
    assert_eq!(lines(&signs(&sandbox, &["-v", "webhook", "list"]).run().exits(0)), 1);
    let doctor = ["doctor", "-v", "-o", "read_retries=1", "--json"];
    sandbox.faults(r#"{"fault":"500","count":9}"#).unwrap();
    let ran = spiff(&sandbox, &doctor).run().exits(1);
    let rows = ran.json()["rows"].as_array().unwrap().clone();
    assert!(rows.iter().all(|row| row["attempts"].as_array().unwrap().len() == 2), "{ran:?}");
    assert_eq!(lines(&ran), 4, "{ran:?}");
}

#[test]
fn the_doctor_finds_what_works_and_what_does_not() {
    let sandbox = sandbox();
    let rows = |ran: Ran| ran.json()["rows"].as_array().unwrap().clone();
    let all = |args: &[&str]| {
        let own = ["doctor"];
        spiff(&sandbox, &[&own[..], args].concat())
            .envs(APPLICATION)
            .envs(TOKEN)
            .env("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", sandbox.sign_customiser_url())
    };
    let ran = all(&[]).run().exits(0);
    assert!(ran.stdout.contains("Spiff: works at ") && ran.stdout.contains("Sign Customiser: works at "), "{ran:?}");
    let found = rows(all(&["--json"]).run().exits(0));
    let tried: Vec<_> = found.iter().map(|row| (row["credential"].as_str().unwrap(), row["digest"].as_str())).collect();
    assert_eq!(
        tried,
        [("access key", Some("sha512")), ("access key", Some("md5")), ("application key", None), ("API token", None)]
    );
    for row in &found {
        assert_eq!((&row["ok"], &row["status"]), (&true.into(), &200.into()), "{row}");
        assert!(row["skew"].as_i64().unwrap().abs() <= 2, "{row}");
        assert!(row["milliseconds"].is_u64());
    }
    assert_eq!(rows(all(&["--json", "--platform", "sign-customiser"]).run().exits(0)).len(), 1);
    assert_eq!(rows(all(&["--json", "--platform", "spiff"]).run().exits(0)).len(), 3);

    // A wrong secret key beside a right application key.
    let ran = all(&["--platform", "spiff"]).env("COUNTERSIGN_SPIFF_SECRET_KEY", "canary-5f1e-no").run().exits(0);
    assert!(ran.stdout.contains("The access key is refused everywhere"), "{ran:?}");
    let alone = ["doctor"];
    let wrong = spiff(&sandbox, &alone).env("COUNTERSIGN_SPIFF_SECRET_KEY", "canary-5f1e-no").run().exits(1);
    assert!(wrong.stdout.contains("reached, but the credentials are refused"), "{wrong:?}");
    // A clock that is two hours fast, by the platform's.
    sandbox.settings(r#"{"date_window_seconds":300}"#).unwrap();
    sandbox.faults(r#"{"fault":"skewed_date","count":2,"seconds":-7200}"#).unwrap();
    let ran = spiff(&sandbox, &alone).run().exits(1);
    assert!(ran.stdout.contains("the clock of this machine is wrong"), "{ran:?}");
    assert!(ran.stdout.contains("seconds fast") && ran.stdout.contains("  -720"), "{ran:?}");
    // Nobody there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran = spiff(&sandbox, &["doctor", "--base-url", &format!("http://{free}")]).run().exits(1);
    assert_eq!(ran.stdout.matches("  no connection").count(), 2, "{ran:?}");
    assert!(ran.stdout.contains("Spiff: no network.") && !ran.stdout.contains("proxy=env"), "{ran:?}");
    // A proxy that is named, but not asked for; the name is the one that would be used.
    for (name, used) in [("http_proxy", true), ("ALL_PROXY", true), ("HTTPS_PROXY", false)] {
        let alone = ["doctor", "--base-url", &format!("http://{free}")];
        let ran = spiff(&sandbox, &alone).env(name, "http://127.0.0.1:9").run().exits(1);
        assert_eq!(
            ran.stdout.contains(&format!(" {name} is set, but not used: give `-o proxy=env`.")),
            used,
            "{ran:?}"
        );
    }
    // Somebody else there.
    sandbox.faults(r#"{"fault":"html","count":2}"#).unwrap();
    let ran = spiff(&sandbox, &alone).run().exits(1);
    assert!(ran.stdout.contains("what answers is not the API"), "{ran:?}");
    // A silent one.
    sandbox.faults(r#"{"fault":"hang","count":2,"ms":5000}"#).unwrap();
    let ran = spiff(&sandbox, &["doctor", "-o", "timeout=0.5"]).run().exits(1);
    assert_eq!(ran.stdout.matches("  no answer in time").count(), 2, "{ran:?}");
    // A proxy that is not there.
    let proxy = format!("proxy=http://{free}");
    let ran = spiff(&sandbox, &["doctor", "-o", &proxy]).run().exits(1);
    assert!(ran.stdout.contains("Spiff: the proxy is wrong"), "{ran:?}");
    // TLS with something that speaks plain HTTP.
    let tls = sandbox.spiff_url().replace("http://", "https://");
    let ran = spiff(&sandbox, &["doctor", "--base-url", &tls]).run().exits(1);
    assert!(ran.stdout.contains("Spiff: TLS fails"), "{ran:?}");
    // Nothing to try.
    assert!(countersign(["doctor"]).run().exits(1).stderr.contains("no credentials to try"));
    spiff(&sandbox, &["doctor", "--platform", "nowhere"]).run().exits(2);
    let spaced = spiff(&sandbox, &alone).env("COUNTERSIGN_SPIFF_SECRET_KEY", format!("{CANARY} ")).run().exits(1);
    assert!(spaced.stdout.contains("not usable") && spaced.stdout.contains("white space"), "{spaced:?}");
}

/// Every command that speaks with a platform, with the code that it ends with where the environment is wrong.
const SPEAKING: [(&[&str], i32); 5] = [
    (&["doctor"], 1),
    (&["order", "place", "-"], 1),
    (&["order", "prepare", "-"], 1),
    (&["settle", "--sent-at", "1704067200", "-"], 3),
    (&["graphql", "current_integration"], 1),
];

#[test]
fn a_region_that_is_none_is_refused_before_anything_is_sent() {
    // All that leaves goes through this proxy, which nobody may come to.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let proxy = format!("proxy=http://{}", listener.local_addr().unwrap());
    let order = r#"{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t"}]}"#;
    for (command, code) in SPEAKING {
        let run = |more: &[&str]| {
            countersign([command, &["-o", &proxy], more].concat()).envs(KEYS).envs(APPLICATION).stdin(order)
        };
        for region in ["eu", "US ", "US", " us", "au\n", "usa", "us,au"] {
            let option = format!("region={region}");
            let due = if region.contains('\n') {
                " has a control character at byte 2"
            } else {
                "one of \"us\", \"au\" is due"
            };
            for (ran, code) in [
                (run(&["--region", region]).run(), 2),
                (run(&["-o", &option]).run(), 2),
                (run(&[]).env("COUNTERSIGN_SPIFF_REGION", region).run(), code),
            ] {
                let ran = ran.exits(code);
                assert!(ran.stderr.contains(due) && ran.stdout.is_empty(), "{command:?} {region:?}: {ran:?}");
            }
        }
        // An empty argument is a variable of the shell that held nothing; the environment's is no answer to it.
        let empty = run(&["--region", ""]).env("COUNTERSIGN_SPIFF_REGION", "us").run().exits(2);
        assert!(empty.stderr.contains("--region is empty") && empty.stdout.is_empty(), "{empty:?}");
    }
    for region in ["eu", ""] {
        countersign(["webhook", "list", "--region", region, "-o", &proxy]).envs(TOKEN).run().exits(2);
    }
    let came = listener.accept();
    assert!(matches!(&came, Err(error) if error.kind() == std::io::ErrorKind::WouldBlock), "{came:?}");
}

#[test]
fn an_address_with_a_path_that_is_added_anyway_is_refused_before_anything_is_sent() {
    let sandbox = sandbox();
    let order = order(&sandbox, "1");
    let before = sandbox.requests().len();
    for (path, added) in [
        ("/graphql", "/graphql"),
        ("/graphql/", "/graphql"),
        ("/api/graphql", "/graphql"),
        ("/api/v2/orders", "/api/v2/orders"),
        ("/targets", "/targets"),
    ] {
        let url = format!("{}{path}", sandbox.spiff_url());
        for (command, code) in SPEAKING {
            let run = |more: &[&str]| countersign([command, more].concat()).envs(KEYS).stdin(&order);
            for ran in [run(&["--base-url", &url]).run(), run(&[]).env("COUNTERSIGN_SPIFF_BASE_URL", &url).run()] {
                let ran = ran.exits(code);
                // The doctor tells it beside its table.
                let told = if command == ["doctor"] { &ran.stdout } else { &ran.stderr };
                assert!(told.contains(&format!("it ends in {added}, which is added to it")), "{command:?} {ran:?}");
            }
        }
    }
    let url = format!("{}/api/v2/webhooks", sandbox.sign_customiser_url());
    let ran = countersign(["webhook", "list", "--base-url", &url]).envs(TOKEN).run().exits(1);
    assert!(ran.stderr.contains("it ends in /api/v2/webhooks"), "{ran:?}");
    assert_eq!(sandbox.requests().len(), before);
}

/// What is left of a limit after a first attempt is nobody's setting.
#[test]
fn a_timeout_names_the_limit_that_was_set() {
    let sandbox = sandbox();
    for (set, told) in [("1", "within 1 s."), ("1.25", "within 1.25 s."), ("0.75", "within 0.75 s.")] {
        sandbox.faults(r#"[{"fault":"500","target":"read"},{"fault":"hang","target":"read","ms":5000}]"#).unwrap();
        let limit = format!("timeout={set}");
        let ran = spiff(&sandbox, &["graphql", "current_integration", "-v", "-o", &limit]).run().exits(1);
        assert!(ran.stderr.contains("attempt 2: ") && ran.stderr.contains(told), "{ran:?}");
    }
    sandbox.faults(r#"{"fault":"hang","target":"any","ms":5000}"#).unwrap();
    let place = ["order", "place", "-o", "timeout=0.5", "-"];
    let ran = spiff(&sandbox, &place).stdin(order(&sandbox, "1")).run().exits(3);
    assert!(ran.stderr.contains("within 0.5 s."), "{ran:?}");
}

#[test]
fn the_platforms_reasons_are_printed() {
    let sandbox = sandbox();
    let place = ["order", "place", "-"];
    let fault = serde_json::json!({
        "fault": "status", "status": 422, "target": "order",
        "body": r#"{"errors":[{"message":"no such design","path":["orderItems",0],"extensions":{"code":"GONE"}},{"message":"and no stock"}]}"#,
    });
    sandbox.faults(&fault.to_string()).unwrap();
    let ran = spiff(&sandbox, &place).stdin(order(&sandbox, "1")).run().exits(1);
    assert!(ran.stderr.contains("orderItems[0]") && ran.stderr.contains("no such design"), "{ran:?}");
    assert!(ran.stderr.contains("and no stock"), "{ran:?}");
    let fault = serde_json::json!({
        "fault": "status", "status": 422, "target": "order",
        "body": r#"{"message":"invalid","errors":{"products.0.external_id":["is taken"]}}"#,
    });
    sandbox.faults(&fault.to_string()).unwrap();
    let sign = ["order", "place", "--platform", "sign-customiser", "-"];
    let ran = signs(&sandbox, &sign).stdin(sign_order("1")).run().exits(1);
    assert!(ran.stderr.contains("is taken"), "{ran:?}");
}

#[test]
fn a_region_without_network_is_reported_row_by_row() {
    // A proxy that is not there stands for a machine without network: no name is looked up, nothing leaves.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = format!("proxy=http://{free}");
    let ran = countersign(["doctor", "--json", "-o", &proxy]).envs(KEYS).envs(APPLICATION).run().exits(1);
    let json = ran.json();
    let places: Vec<_> = json["rows"].as_array().unwrap().iter().map(|row| row["place"].as_str().unwrap()).collect();
    assert_eq!(places, ["us", "us", "us", "au", "au", "au"]);
    assert!(json["rows"].as_array().unwrap().iter().all(|row| row["ok"] == false && row["status"].is_null()));
    assert_eq!(json["ok"], false);
}

#[test]
fn the_sandbox_says_when_it_is_ready_and_ends_with_its_input() {
    let mut child = countersign(["sandbox", "--port", "0", "--json", "--date-window", "300"]).spawn();
    let stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let env: Vec<(String, String)> = ready["env"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
        .collect();
    let env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // The ready line is enough to reach it.
    countersign(["doctor"]).envs(&env).run().exits(0);
    let url = ready["spiff"]["url"].as_str().unwrap();
    let port = url.rsplit(':').next().unwrap();
    // Its port is taken now.
    let ran = countersign(["sandbox", "--port", port]).run().exits(1);
    assert!(ran.stderr.contains(&format!("Port {port}")) && ran.stderr.contains("in use"), "{ran:?}");
    let json = countersign(["sandbox", "--json", "--sign-customiser-port", port]).run().exits(1).json();
    assert!(json["error"]["message"].as_str().unwrap().contains("in use"));
    assert!(child.try_wait().unwrap().is_none());
    drop(stdin);
    assert_eq!(wait(&mut child), 0);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    countersign(["sandbox", "--port", "65536"]).run().exits(2);
}

#[test]
fn the_sandbox_greets_people_with_what_they_need() {
    let ran = countersign(["sandbox"]).run().exits(0);
    for words in
        ["http://127.0.0.1:", "export COUNTERSIGN_SPIFF_SECRET_KEY=", "export COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN="]
    {
        assert!(ran.stdout.contains(words), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn the_sandbox_ends_when_told_and_stays_when_told() {
    use std::os::unix::process::ExitStatusExt;
    let mut child = countersign(["sandbox", "--json", "--stay"]).spawn();
    drop(child.stdin.take());
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none());
    let killed = std::process::Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(killed.success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}

#[test]
fn the_demo_succeeds() {
    let ran = countersign(["demo"]).run().exits(0);
    assert!(ran.stdout.contains("each exactly once") && !ran.stdout.contains("FAIL"), "{ran:?}");
    let json = countersign(["demo", "--json"]).run().exits(0).json();
    let orders = if cfg!(feature = "outbox") { 19 } else { 9 };
    assert_eq!((&json["ok"], &json["orders"]), (&true.into(), &orders.into()));
    assert!(json["steps"].as_array().unwrap().iter().all(|step| step["ok"] == true));
}
