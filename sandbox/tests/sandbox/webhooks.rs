//! Webhooks end to end: a receiver on a socket, its signature checks, its answers.

use crate::http::{ACCEPT, BEARER, JSON, call, connect};
use crate::sandbox;
use countersign_core::digest::hmac_sha256;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a receiver got.
struct Received {
    line: String,
    head: String,
    timestamp: String,
    signature: String,
    body: String,
}

impl Received {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let mac = hmac_sha256(secret.as_bytes(), &[self.timestamp.as_bytes(), b".", self.body.as_bytes()]);
        mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>() == self.signature
    }
}

/// Answers as many deliveries as there are answers, then ends.
fn receiver(answers: Vec<&'static str>) -> (String, Receiver<Received>, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/hooks?x=1", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    let thread = std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a delivery");
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let mut got = Received {
                line: String::new(),
                head: String::new(),
                timestamp: String::new(),
                signature: String::new(),
                body: String::new(),
            };
            reader.read_line(&mut got.line).expect("a line");
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                got.head.push_str(&line);
                let Some((name, value)) = line.trim_end().split_once(": ") else { break };
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.parse().expect("a length"),
                    "x-webhook-timestamp" => got.timestamp = value.to_owned(),
                    "x-webhook-signature" => got.signature = value.to_owned(),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the body");
            got.body = String::from_utf8(body).expect("text");
            stream.write_all(answer.as_bytes()).expect("written");
            tell.send(got).expect("someone listens");
        }
    });
    (url, told, thread)
}

const GOOD: &str = "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{\"external_id\":\"shop-17\"}";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\n{\"ok\":true}";
const FAILED: &str = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";

#[test]
fn the_create_product_callback() {
    let sandbox = sandbox();
    sandbox.settings(r#"{"check_products":true}"#).expect("a setting");
    let (url, told, thread) = receiver(vec![GOOD]);
    let asked = json!({ "url": url, "customiser_id": 9 }).to_string();
    let answer = call(sandbox.spiff_url(), "POST", "/_/product-created", &[JSON], asked.as_bytes()).json();
    assert_eq!((&answer["ok"], &answer["external_id"]), (&json!(true), &json!("shop-17")), "{answer}");
    let got = told.recv().expect("a delivery");
    thread.join().expect("no panic");
    assert!(got.line.starts_with("POST /hooks?x=1 HTTP/1.1"), "{}", got.line);
    for header in
        ["Host: 127.0.0.1:", "Content-Type: application/json", "Accept: application/json", "Connection: close"]
    {
        assert!(got.head.lines().any(|line| line.starts_with(header)), "{header}: {}", got.head);
    }
    assert!(got.is_signed_with("test_integration_secret"));
    assert!(!got.is_signed_with("test_webhook_secret"));
    let product = &got.json()["product"];
    assert_eq!((&product["customiser_id"], &product["external_data"]), (&json!(9), &json!([])));
    assert_eq!(product["product_id"], answer["product_id"]);
    // What the callback returned may now be ordered.
    let order = |id: &str| {
        let order = json!({ "integration_id": 1, "external_id": "o", "external_order_number": "1", "currency": "USD",
            "products": [{ "external_id": id, "quantity": 1, "price": 1 }] });
        call(
            sandbox.sign_customiser_url(),
            "POST",
            "/api/v2/orders",
            &[BEARER, JSON, ACCEPT],
            order.to_string().as_bytes(),
        )
        .status
    };
    assert_eq!((order("shop-17"), order("other")), (200, 422));
}

#[test]
fn callbacks_that_fail_say_why() {
    let sandbox = sandbox();
    let chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n{\"external_id\":\"shop-18\"}\r\n0\r\n\r\n";
    let number = "HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"external_id\":17}";
    let (url, told, thread) = receiver(vec![FAILED, OK, number, chunked, "nonsense"]);
    let ask = || {
        sandbox.control("POST", "product-created", &json!({ "url": url, "product_id": 5 }).to_string()).expect("asked")
    };
    for ok in [false, false, false, true, false] {
        let answer = ask();
        assert_eq!(answer["ok"], ok, "{answer}");
        assert_eq!(answer["why"].is_string(), !ok);
        assert_eq!(told.recv().expect("a delivery").json()["product"]["product_id"], 5);
    }
    thread.join().expect("no panic");
    // Nobody there any more.
    assert_eq!(ask()["ok"], false);
    for url in ["http://example.com/", "https://127.0.0.1/", "http://127.0.0.1@example.com/"] {
        let body = json!({ "url": url }).to_string();
        let reply = call(sandbox.spiff_url(), "POST", "/_/product-created", &[JSON], body.as_bytes());
        assert_eq!(reply.status, 400, "{url}");
        assert!(reply.json()["error"].as_str().is_some_and(|text| text.contains("127.0.0.1")));
    }
    let states: Vec<_> = sandbox.deliveries().iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["failed", "delivered", "delivered", "delivered", "failed", "failed"]);
}

fn delivered(sandbox: &countersign_sandbox::Sandbox, count: usize) -> Vec<Value> {
    let start = Instant::now();
    loop {
        let all = sandbox.deliveries();
        if all.len() == count && all.iter().all(|one| one["state"] != "sending") {
            return all;
        }
        assert!(start.elapsed() < crate::http::PATIENCE, "{all:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn subscribers_hear_of_orders() {
    let sandbox = sandbox();
    let base = sandbox.sign_customiser_url();
    let post = |path: &str, body: Value| call(base, "POST", path, &[BEARER, JSON, ACCEPT], body.to_string().as_bytes());
    // The first two attempts fail.
    let (url, told, thread) = receiver(vec![FAILED, FAILED, OK]);
    let hook = post("/api/v2/webhooks", json!({ "topic": "order:created", "url": url })).json()["webhook"].clone();
    post("/api/v2/webhooks", json!({ "topic": "order:created", "url": "http://example.com/" }));
    post("/api/v2/webhooks", json!({ "topic": "product:created", "url": url }));
    let order = json!({ "integration_id": 1, "external_id": "o-1", "external_order_number": "1", "currency": "USD",
        "shipping_address": { "province": "NSW", "country": "AU" }, "billing_address": {},
        "products": [{ "external_id": "p", "quantity": 2, "price": 150 }] });
    // The order does not wait for its subscribers.
    assert_eq!(post("/api/v2/orders", order).status, 200);
    for _ in 0..3 {
        let got = told.recv_timeout(crate::http::PATIENCE).expect("a delivery");
        assert!(got.is_signed_with("test_webhook_secret"));
        let told = &got.json()["order"];
        assert_eq!((&told["external_id"], &told["order_total"]), (&json!("o-1"), &json!(300)));
        assert_eq!(
            (&told["shipping_address"]["state"], &told["shipping_address"]["province"]),
            (&json!("NSW"), &Value::Null)
        );
        assert_eq!(told["customer"], json!([]));
    }
    thread.join().expect("no panic");
    let all = delivered(&sandbox, 2);
    assert_eq!((&all[0]["state"], &all[0]["webhook_id"]), (&json!("delivered"), &hook["webhook_id"]), "{all:?}");
    assert_eq!(all[0]["attempts"].as_array().map(Vec::len), Some(3));
    assert_eq!((&all[1]["state"], all[1]["attempts"].as_array().map(Vec::len)), (&json!("refused"), Some(1)));
}

#[test]
fn samples_of_every_topic_and_scheme() {
    let sandbox = sandbox();
    let (url, told, thread) = receiver(vec![OK; 8]);
    let ask = |body: Value| sandbox.control("POST", "deliver", &body.to_string());
    for (topic, key) in
        [("product:created", "product"), ("order:created", "order"), ("form:submitted", "form_submission")]
    {
        assert_eq!(ask(json!({ "topic": topic, "url": url })).expect("sent")["ok"], true);
        let got = told.recv().expect("a delivery");
        assert!(got.json()[key].is_object());
        assert!(got.is_signed_with("test_webhook_secret"));
    }
    let mut signatures = Vec::new();
    for scheme in ["A", "B", "C", "D", "E"] {
        sandbox.settings(&json!({ "webhook_scheme": scheme }).to_string()).expect("a setting");
        ask(json!({ "topic": "order:created", "url": url, "secret": "s", "data": { "order": {} } })).expect("sent");
        let got = told.recv().expect("a delivery");
        assert_eq!(got.body, r#"{"order":{}}"#);
        assert_eq!(got.is_signed_with("s"), scheme == "A");
        assert!(got.signature.len() == 64 && !signatures.contains(&got.signature));
        signatures.push(got.signature);
    }
    thread.join().expect("no panic");
    assert!(ask(json!({ "topic": "x", "url": url })).is_err());
    assert!(ask(json!({ "topic": "order:created" })).is_err());
}

#[test]
fn a_receiver_may_call_the_sandbox_while_it_answers() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let base = sandbox.spiff_url().to_owned();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a delivery");
        assert_eq!(call(&base, "GET", "/_/deliveries", &[], b"").json()["deliveries"][0]["state"], "sending");
        // Its request is whole by now; the answer may come.
        let mut space = [0; 8192];
        assert!(stream.read(&mut space).expect("a request") > 0);
        stream.write_all(GOOD.as_bytes()).expect("written");
    });
    assert_eq!(
        sandbox.control("POST", "product-created", &json!({ "url": url }).to_string()).expect("asked")["ok"],
        true
    );
    thread.join().expect("no panic");
    drop(connect(sandbox.spiff_url()));
}

#[test]
fn replies_of_every_shape() {
    let sandbox = sandbox();
    let replies = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokMORE", Ok((200, "ok"))),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1;x\r\n!\r\n0\r\n\r\n", Ok((200, "ok!"))),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", Ok((200, "until the end"))),
        ("HTTP/1.0 404 Not Found\r\n\r\n", Ok((404, ""))),
        ("HTTP/1.1 204 No Content\r\n\r\n", Ok((204, ""))),
        ("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", Ok((200, "ok"))),
        // Never followed: the address is another receiver's business.
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", Ok((302, ""))),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok",
            Err("The reply is not whole, or larger than 1048576 bytes."),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
            Err("The reply is not whole, or larger than 1048576 bytes."),
        ),
        ("hello, this is not the protocol\r\n\r\n", Err("The reply is not HTTP.")),
    ];
    let (url, told, thread) = receiver(replies.iter().map(|(reply, _)| *reply).collect());
    for (reply, expected) in replies {
        let answer = sandbox
            .control("POST", "deliver", &json!({ "topic": "order:created", "url": url }).to_string())
            .expect("asked");
        told.recv().expect("a delivery");
        match expected {
            Ok((status, body)) => {
                assert_eq!((&answer["status"], &answer["body"]), (&json!(status), &json!(body)), "{reply}");
                assert_eq!(answer["ok"], status < 300, "{reply}");
            }
            Err(why) => assert_eq!((&answer["ok"], &answer["why"]), (&json!(false), &json!(why)), "{reply}"),
        }
    }
    thread.join().expect("no panic");
}

#[test]
fn no_more_is_read_than_is_needed() {
    let sandbox = sandbox();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1024 * 1024 + 1));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let replies = [
        (OK.to_owned(), None),
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), None),
        (chunked.to_owned(), None),
        (endless, Some("The reply is not whole, or larger than 1048576 bytes.")),
    ];
    let (told, until) = channel::<()>();
    let said = replies.clone();
    let thread = std::thread::spawn(move || {
        // Every connection stays open.
        let mut open = Vec::new();
        for (reply, _) in said {
            let (mut stream, _) = listener.accept().expect("a delivery");
            assert!(stream.read(&mut [0; 8192]).expect("a request") > 0);
            // Whoever has read enough may have left.
            let _ = stream.write_all(reply.as_bytes());
            open.push(stream);
        }
        until.recv().expect("the end");
    });
    for (_, why) in replies {
        let start = Instant::now();
        let asked = json!({ "topic": "order:created", "url": url }).to_string();
        let answer = sandbox.control("POST", "deliver", &asked).expect("asked");
        assert_eq!(answer["ok"], why.is_none(), "{answer}");
        assert_eq!(answer["why"].as_str(), why, "{answer}");
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    }
    told.send(()).expect("told");
    thread.join().expect("no panic");
}
