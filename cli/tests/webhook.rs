//! `webhook verify`, `explain` and `answer`, with values computed by another implementation of HMAC.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use support::{CANARY, Files, Run, countersign};

// Secret, timestamp and body of the vectors, with their signatures by formula (Python's hmac).
const SECRET: &str = "sc_test_secret_0123456789";
const BODY: &str =
    r#"{"product":{"product_id":1,"title":"Custom Neon: Hello World","price":10000,"external_data":{}}}"#;
const A: &str = "a5db79ba4ef38d08f371ecf4321d6dab7dd056fad0787058ddbd1207a8c1813f";
const A_BASE64: &str = "pdt5uk7zjQjzcez0Mh1tq33QVvrQeHBY3b0SB6jBgT8=";
const B: &str = "acfe1ae8074ab585829aecb59a9233cc3e997879a6ba970b38fd6767b7b53f41";
const E_BASE64: &str = "Lh+JcxHWynLj8nqzB8ga+Pb4x+l7rCaskCSsVFRmpAk=";

const WEBHOOK: &str = "COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET";
const INTEGRATION: &str = "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET";

fn deliver(command: &str, signature: &str, args: &[&str]) -> Run {
    let signature = format!("X-Webhook-Signature: {signature}");
    let own =
        ["webhook", command, "--header", "x-webhook-timestamp: 1704067200", "--header", &signature, "--body-file", "-"];
    countersign(own.iter().chain(args)).stdin(BODY)
}

#[test]
fn a_delivery_is_verified_and_named() {
    let now = ["--now", "1704067260"];
    let ran = deliver("verify", A, &now).env(WEBHOOK, SECRET).run().exits(0);
    assert_eq!(
        ran.stdout,
        "ok\ntopic: product:created\ndedup key: product:1\ntimestamp: 1704067200 (Mon, 01 Jan 2024 00:00:00 GMT)\n"
    );
    let json = deliver("verify", A, &[&now[..], &["--json"]].concat()).env(WEBHOOK, SECRET).run().exits(0).json();
    assert_eq!((&json["ok"], &json["topic"]), (&true.into(), &"product:created".into()));
    assert_eq!((&json["timestamp"], &json["dedup_key"]), (&1_704_067_200.into(), &"product:1".into()));
    assert_eq!(json["data"]["title"], "Custom Neon: Hello World");

    for (signature, args, body, kind) in [
        (A, &now[..], format!("{BODY}\n"), "mismatch"),
        (B, &now, BODY.to_owned(), "mismatch"),
        (A_BASE64, &now, BODY.to_owned(), "malformed"),
        ("", &now, BODY.to_owned(), "malformed"),
        (A, &[], BODY.to_owned(), "too_old"),
        (A, &["--now", "1704067501"], BODY.to_owned(), "too_old"),
        (A, &["--now", "1704066899"], BODY.to_owned(), "in_the_future"),
        (A, &["--now", "1704067205", "--tolerance", "4"], BODY.to_owned(), "too_old"),
    ] {
        let ran = deliver("verify", signature, args).env(WEBHOOK, SECRET).stdin(&body).run().exits(1);
        assert_eq!(ran.stdout, format!("{kind}\n"), "{ran:?}");
        assert!(ran.stderr.contains("\nnext: "));
        let json = deliver("verify", signature, &[args, &["--json"]].concat()).env(WEBHOOK, SECRET).stdin(&body).run();
        let json = json.exits(1);
        assert_eq!(json.json()["error"]["kind"], kind);
        // At a terminal nobody calls a function; and the other `explain` knows no webhooks.
        let named = matches!(kind, "mismatch" | "malformed");
        for text in [&ran.stderr, &json.stdout] {
            assert_eq!((text.contains("`countersign webhook explain`"), text.contains("()")), (named, false), "{text}");
        }
    }
    deliver("verify", A, &["--tolerance", "none"]).env(WEBHOOK, SECRET).run().exits(0);
    let other = deliver("verify", E_BASE64, &["--content", "E", "--encoding", "base64", "--tolerance", "none"]);
    other.env(WEBHOOK, SECRET).run().exits(0);
    deliver("verify", A, &["--content", "F"]).env(WEBHOOK, SECRET).run().exits(2);
    deliver("verify", A, &["--encoding", "utf"]).env(WEBHOOK, SECRET).run().exits(2);
}

/// Where there are several ways to give something, all of them are named.
#[test]
fn every_way_to_give_a_delivery_and_its_secret_is_named() {
    for command in ["verify", "explain"] {
        for args in [&[][..], &["--body-file", "-"]] {
            let ran = countersign(["webhook", command].iter().chain(args)).env(WEBHOOK, SECRET).run().exits(2);
            let ways = ["--request", "--header", "--body-file"];
            assert!(ways.iter().all(|way| ran.stderr.contains(way)), "{ran:?}");
        }
        let ran = deliver(command, A, &[]).run().exits(1);
        let ways = [WEBHOOK, &format!("{WEBHOOK}_FILE"), "--secret-file", "--secret-env"];
        assert!(ways.iter().all(|way| ran.stderr.contains(way)), "{ran:?}");
    }
}

#[test]
fn secrets_are_kept_apart_and_named() {
    let none = ["--tolerance", "none"];
    let with = |more: &[&str]| deliver("verify", A, &[&none[..], more].concat());
    // The integration secret alone needs no word; beside the other one it does.
    with(&[]).env(INTEGRATION, SECRET).run().exits(0);
    let ran = with(&[]).env(INTEGRATION, SECRET).env(WEBHOOK, CANARY).run().exits(1);
    assert!(ran.stderr.contains("--secret integration"), "{ran:?}");
    with(&["--secret", "integration"]).env(INTEGRATION, SECRET).env(WEBHOOK, CANARY).run().exits(0);
    with(&["--secret", "integration"]).env(WEBHOOK, SECRET).run().exits(1);
    let ran = with(&[]).run().exits(1);
    assert!(ran.stderr.contains(WEBHOOK), "{ran:?}");
    // While a secret is being changed, both count.
    let both = with(&["--secret-env", "OLD", "--secret-env", "NEW", "--json"]).env("OLD", CANARY).env("NEW", SECRET);
    assert_eq!(both.run().exits(0).json()["secret_index"], 1);
    let files = Files::new();
    let file = files.write("secret", format!("{SECRET}\r\n"));
    with(&["--secret-file", &file]).env(WEBHOOK, CANARY).run().exits(0);
    with(&[]).env(&format!("{WEBHOOK}_FILE"), &file).run().exits(0);
    with(&["--secret-env", "NEW"]).env("NEW_FILE", &file).run().exits(0);
    with(&["--secret-env", "NEW"]).run().exits(1);
    with(&[]).env(WEBHOOK, format!("{CANARY} ")).run().exits(1);
}

#[test]
fn a_captured_delivery_names_its_formula() {
    for (signature, content, encoding) in [
        (A, "timestamp.body", "hex"),
        (B, "body", "hex"),
        (A_BASE64, "timestamp.body", "base64"),
        (E_BASE64, "body.timestamp", "base64"),
    ] {
        let ran = deliver("explain", signature, &[]).env(WEBHOOK, SECRET).run().exits(0);
        assert!(ran.stdout.starts_with(&format!("matches: {content}, {encoding}\n")), "{ran:?}");
        let json = deliver("explain", signature, &["--json"]).env(WEBHOOK, SECRET).run().exits(0).json();
        assert_eq!((&json["content"], &json["encoding"]), (&content.into(), &encoding.into()));
        assert_eq!(json["configured"], signature == A);
    }
    let ran = deliver("explain", A, &[]).env(WEBHOOK, CANARY).run().exits(1);
    assert!(ran.stdout.starts_with("matches: nothing\n"));
    // The whole message as a file.
    let message =
        format!("POST /hooks HTTP/1.1\r\nX-Webhook-Timestamp: 1704067200\r\nX-Webhook-Signature: {A}\r\n\r\n{BODY}");
    let run = countersign(["webhook", "explain", "--request", "-"]).env(WEBHOOK, SECRET).stdin(&message);
    run.run().exits(0);
    let run = countersign(["webhook", "verify", "--request", "-", "--tolerance", "none"]).env(WEBHOOK, SECRET);
    run.stdin(&message).run().exits(0);
}

#[test]
fn the_answer_is_what_the_library_answers() {
    let webhook = countersign::sign_customiser::Webhook::new([SECRET]).unwrap();
    let headers = [("x-webhook-timestamp", "1704067200"), ("x-webhook-signature", A)];
    let event = webhook.verify(&headers, BODY.as_bytes(), countersign::Timestamp::from_unix(1_704_067_200)).unwrap();
    for id in ["sku-1", "-", "Žofie \"☕\"", "a/b"] {
        let due = event.answer(id).unwrap() + "\n";
        assert_eq!(countersign(["webhook", "answer", "--external-id", id]).run().exits(0).stdout, due);
        assert_eq!(countersign(["--json", "webhook", "answer", "--external-id", id]).run().exits(0).stdout, due);
    }
    countersign(["webhook", "answer", "--external-id", ""]).run().exits(2);
    countersign(["webhook", "answer"]).run().exits(2);
}

/// A shop that answers one delivery with this reply; what arrived.
#[cfg(feature = "sandbox")]
fn shop(reply: &'static str) -> (String, std::thread::JoinHandle<String>) {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks?shop=1", listener.local_addr().unwrap());
    let arrived = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&request).into_owned();
            let length = text.to_lowercase().split_once("content-length: ").map(|(_, rest)| rest.to_owned());
            let length: Option<usize> = length.map(|rest| rest.split("\r\n").next().unwrap().parse().unwrap());
            if let (Some((head, _)), Some(length)) = (text.split_once("\r\n\r\n"), length)
                && request.len() >= head.len() + 4 + length
            {
                break;
            }
            let read = stream.read(&mut part).unwrap();
            request.extend(&part[..read]);
        }
        stream.write_all(reply.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (url, arrived)
}

/// What `webhook send` delivers, `webhook verify` takes.
#[cfg(feature = "sandbox")]
#[test]
fn a_sample_is_delivered_as_the_platform_would() {
    let ok = "HTTP/1.1 204 No Content\r\n\r\n";
    for (topic, key) in
        [("order:created", "order:"), ("product:created", "product:1"), ("form:submitted", "form_submission:1")]
    {
        let (url, arrived) = shop(ok);
        let send = ["webhook", "send", "--topic", topic, "--url", &url, "--timestamp", "1704067200"];
        let ran = countersign(send).env(WEBHOOK, CANARY).run().exits(0);
        assert!(ran.stdout.starts_with(&format!("answered: 204\ntopic: {topic}\ndedup key: {key}")), "{ran:?}");
        let files = Files::new();
        let request = arrived.join().unwrap();
        assert!(request.starts_with("POST /hooks?shop=1 HTTP/1.1\r\n"), "{request}");
        let file = files.write("delivery.http", request);
        let verify = ["webhook", "verify", "--request", &file, "--now", "1704067200"];
        let ran = countersign(verify).env(WEBHOOK, CANARY).run().exits(0);
        assert!(ran.stdout.contains(&format!("topic: {topic}\n")), "{ran:?}");
    }
    // Data of one's own goes byte for byte, whatever it is.
    let (url, arrived) = shop("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
    let ran = countersign(["webhook", "send", "--data", "-", "--url", &url, "--json"]).env(WEBHOOK, CANARY);
    let json = ran.stdin("{\"a\": 1}\n").run().exits(1).json();
    assert_eq!((&json["ok"], &json["status"], &json["answer"]), (&false.into(), &401.into(), &"no".into()));
    assert_eq!(json["topic"], serde_json::Value::Null);
    assert!(arrived.join().unwrap().ends_with("\r\n\r\n{\"a\": 1}\n"));
}

#[cfg(feature = "sandbox")]
#[test]
fn the_callback_wants_an_external_id() {
    let yes = "HTTP/1.1 200 OK\r\nContent-Length: 23\r\n\r\n{\"external_id\":\"sku-1\"}";
    let no = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    for (reply, code, said) in [(yes, 0, "external_id: sku-1\n"), (no, 1, "answer: {}\n")] {
        let (url, arrived) = shop(reply);
        let send = ["webhook", "send", "--secret", "integration", "--topic", "product:created", "--url", &url];
        let ran = countersign(send).env(INTEGRATION, CANARY).env(WEBHOOK, "other").run().exits(code);
        assert!(ran.stdout.ends_with(said), "{ran:?}");
        assert_eq!(ran.stderr.contains("`countersign webhook answer`"), code == 1, "{ran:?}");
        let (files, request) = (Files::new(), arrived.join().unwrap());
        let file = files.write("delivery.http", request);
        let verify = ["webhook", "verify", "--secret", "integration", "--request", &file];
        countersign(verify).env(INTEGRATION, CANARY).run().exits(0);
    }
}

#[cfg(feature = "sandbox")]
#[test]
fn what_cannot_be_delivered_says_why() {
    let send = |args: &[&str]| countersign([&["webhook", "send"][..], args].concat()).env(WEBHOOK, CANARY).run();
    let url = ["--url", "http://127.0.0.1:9/"];
    let ran = send(&["--topic", "order:created", url[0], url[1]]).exits(1);
    assert!(ran.stderr.contains("Not delivered, or not answered."), "{ran:?}");
    let ran = send(&["--topic", "order:made", url[0], url[1]]).exits(2);
    assert!(ran.stderr.contains("There is no topic \"order:made\": product:created, order:created"), "{ran:?}");
    let ran = send(&["--topic", "order:created", "--url", "https://shop.example/"]).exits(2);
    assert!(ran.stderr.contains("is not on this machine. A test delivery leaves it with --allowed-host"), "{ran:?}");
    send(&url).exits(2);
    send(&["--topic", "order:created", "--data", "-", url[0], url[1]]).exits(2);
    let ran = countersign(["webhook", "send", "--topic", "order:created", url[0], url[1]]).run().exits(1);
    assert!(ran.stderr.contains(&format!("set {WEBHOOK}")), "{ran:?}");
}
