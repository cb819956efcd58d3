//! Each fault, as a client sees it and as the platform remembers it.

use crate::http::{
    ACCEPT, APPLICATION, BEARER, DATE, JSON, Reply, SOA, call, connect, drain, graphql, message, order, order_graphql,
    parse, raw, sign,
};
use crate::sandbox;
use countersign_core::Timestamp;
use countersign_sandbox::Sandbox;
use serde_json::{Value, json};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const SIGN_ORDER: &str = r#"{"integration_id":42,"external_id":"order-1","external_order_number":"SC-1","currency":"USD","products":[{"external_id":"p","quantity":1,"price":2999}]}"#;

/// One order over each wire: a name, and the bytes of the request.
fn orders(sandbox: &Sandbox) -> [(&'static str, String, Vec<u8>); 4] {
    let transaction = sandbox.create_transaction();
    let (rest, query) = (order(&transaction), order_graphql(&transaction));
    let spiff = sandbox.spiff_url().to_owned();
    let authorization = sign(SOA, "/api/v2/orders", DATE, rest.as_bytes());
    let headers = [("Authorization", authorization.as_str()), JSON, ("Date", DATE)];
    [
        ("graphql", spiff.clone(), message("POST", "/graphql", &[APPLICATION, JSON], query.as_bytes())),
        ("rest", spiff.clone(), message("POST", "/api/v2/orders", &headers, rest.as_bytes())),
        ("targets", spiff, message("POST", "/targets", &[APPLICATION, JSON], rest.as_bytes())),
        (
            "sign customiser",
            sandbox.sign_customiser_url().to_owned(),
            message("POST", "/api/v2/orders", &[BEARER, JSON, ACCEPT], SIGN_ORDER.as_bytes()),
        ),
    ]
}

fn send(base: &str, message: &[u8]) -> TcpStream {
    let mut stream = connect(base);
    stream.write_all(message).expect("written");
    stream
}

fn exchange(base: &str, message: &[u8]) -> Vec<u8> {
    let mut stream = connect(base);
    // A sandbox that cuts the request may refuse the rest of it.
    let _ = stream.write_all(message);
    drain(&mut stream)
}

/// Waits for something that another thread does, without depending on how long that takes.
fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < crate::http::PATIENCE, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn silent(stream: &mut TcpStream) {
    stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a timeout");
    let error = stream.read(&mut [0]).expect_err("silence");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    stream.set_read_timeout(Some(crate::http::PATIENCE)).expect("a timeout");
}

/// A fault whose reply is whole: what it looks like on each wire, and whether the order was accepted.
fn replies(fault: Value, accepted: bool, look: impl Fn(&str, &Reply)) {
    let sandbox = sandbox();
    for (wire, base, message) in orders(&sandbox) {
        let before = sandbox.orders().len();
        sandbox.faults(&fault.to_string()).expect("a fault");
        let bytes = exchange(&base, &message);
        let reply = parse(&bytes).unwrap_or_else(|| panic!("{fault} {wire}: {:?}", String::from_utf8_lossy(&bytes)));
        look(wire, &reply);
        assert_eq!(sandbox.orders().len() - before, usize::from(accepted), "{fault} {wire}");
        let record = sandbox.requests().pop().expect("a record");
        assert_eq!(record["fault"]["fault"], fault["fault"]);
        assert_eq!(record["accepted"], accepted, "{fault} {wire} {record}");
        assert_eq!(record["status"], reply.status);
        assert_eq!(record["auth"]["accepted"], true, "{fault} {wire} {record}");
        assert!(reply.header("date").is_some() && reply.header("x-request-id") == record["id"].as_str());
        // It applied once.
        let after = parse(&exchange(&base, &message)).expect("a reply");
        assert!(after.status < 300, "{fault} {wire}");
    }
}

fn status(expected: u16) -> impl Fn(&str, &Reply) {
    move |wire, reply| assert_eq!(reply.status, expected, "{wire}")
}

#[test]
fn error_statuses() {
    replies(json!({ "fault": "500" }), false, status(500));
    replies(json!({ "fault": "accept_then_500" }), true, status(500));
    replies(json!({ "fault": "401" }), false, status(401));
    replies(json!({ "fault": "403" }), false, status(403));
    replies(json!({ "fault": "503" }), false, |wire, reply| {
        assert_eq!((reply.status, reply.header("retry-after")), (503, None), "{wire}");
    });
    replies(json!({ "fault": "503", "retry_after": 120 }), false, |wire, reply| {
        assert_eq!((reply.status, reply.header("retry-after")), (503, Some("120")), "{wire}");
    });
    replies(json!({ "fault": "429", "retry_after": 2 }), false, |wire, reply| {
        assert_eq!((reply.status, reply.header("retry-after")), (429, Some("2")), "{wire}");
        let message = if wire == "sign customiser" { "/message" } else { "/errors/0/message" };
        assert!(reply.json().pointer(message).is_some_and(Value::is_string), "{wire}");
    });
    replies(json!({ "fault": "status", "status": 409, "body": "{\"x\":1}" }), false, |wire, reply| {
        assert_eq!((reply.status, reply.text()), (409, r#"{"x":1}"#), "{wire}");
    });
    replies(json!({ "fault": "status", "status": 418, "accept": true }), true, status(418));
    replies(json!({ "fault": "redirect", "to": "http://127.0.0.1:1/x" }), false, |wire, reply| {
        assert_eq!((reply.status, reply.header("location")), (302, Some("http://127.0.0.1:1/x")), "{wire}");
    });
    replies(json!({ "fault": "redirect", "status": 308, "accept": true }), true, status(308));
}

#[test]
fn bodies_that_are_not_what_they_should_be() {
    for accept in [false, true] {
        replies(json!({ "fault": "html", "accept": accept }), accept, |wire, reply| {
            assert_eq!(reply.status, 200, "{wire}");
            assert!(reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{wire}");
        });
    }
    replies(json!({ "fault": "truncated_json" }), true, |wire, reply| {
        assert!(reply.status < 300 && !reply.body.is_empty(), "{wire}");
        assert!(serde_json::from_slice::<Value>(&reply.body).is_err(), "{wire}");
    });
    replies(json!({ "fault": "oversized" }), true, |wire, reply| {
        assert!(reply.body.len() > 2 * 1024 * 1024, "{wire}");
        assert!(reply.json().is_object(), "{wire}");
    });
    replies(json!({ "fault": "not_json" }), true, |wire, reply| {
        assert!(reply.status < 300 && serde_json::from_slice::<Value>(&reply.body).is_err(), "{wire}");
        assert_eq!(reply.header("content-type"), Some("application/json"));
    });
    replies(json!({ "fault": "empty_body" }), true, |wire, reply| {
        assert_eq!((reply.body.len(), reply.status), (0, if wire == "rest" || wire == "targets" { 201 } else { 200 }));
    });
}

#[test]
fn answers_that_say_too_little() {
    for accept in [false, true] {
        replies(json!({ "fault": "order_null", "accept": accept }), accept, |wire, reply| match wire {
            "graphql" => assert_eq!(reply.json()["data"], json!({ "orderCreate": null })),
            "sign customiser" => assert_eq!(reply.json(), json!({ "order": null })),
            _ => assert_eq!(reply.json(), json!({ "data": null })),
        });
        replies(json!({ "fault": "data_null", "accept": accept }), accept, |_, reply| {
            assert_eq!(reply.json(), json!({ "data": null }));
        });
    }
    replies(json!({ "fault": "data_null", "errors": true }), true, |_, reply| {
        assert!(reply.json()["errors"][0]["message"].is_string() && reply.json()["data"].is_null());
    });
    replies(json!({ "fault": "no_data" }), false, |_, reply| {
        assert_eq!(reply.status, 200);
        assert!(reply.json()["errors"][0]["message"].is_string() && reply.json().get("data").is_none());
    });
    replies(json!({ "fault": "partial_errors" }), true, |wire, reply| {
        let answer = reply.json();
        assert!(answer["errors"][0]["message"].is_string(), "{wire}");
        assert!(wire != "graphql" || answer["data"]["orderCreate"]["id"].is_string(), "{wire}");
    });
}

#[test]
fn missing_items_and_nulls_in_reads() {
    let sandbox = sandbox();
    let ids = json!({ "ids": [sandbox.create_transaction(), sandbox.create_transaction()] });
    let query = "query($ids: [String!]!) { a: transactions(ids: $ids) { id } currentIntegration { id } }";
    sandbox
        .faults(r#"[{"fault":"missing_items","target":"read"},{"fault":"order_null","target":"read"}]"#)
        .expect("ok");
    let answer = graphql(sandbox.spiff_url(), query, ids.clone());
    assert_eq!(answer["data"]["a"].as_array().map(Vec::len), Some(1));
    assert!(answer["data"]["currentIntegration"]["id"].is_string());
    let answer = graphql(sandbox.spiff_url(), query, ids.clone());
    assert_eq!(answer, json!({ "data": { "a": null, "currentIntegration": null } }));
    assert_eq!(graphql(sandbox.spiff_url(), query, ids)["data"]["a"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_wrong_echo_waits_for_its_platform() {
    let sandbox = sandbox();
    sandbox.faults(r#"{"fault":"wrong_echo"}"#).expect("a fault");
    let [graphql, .., sign] = orders(&sandbox);
    assert_eq!(parse(&exchange(&graphql.1, &graphql.2)).expect("a reply").status, 200);
    let reply = parse(&exchange(&sign.1, &sign.2)).expect("a reply").json();
    assert_eq!(reply["order"]["external_id"], "order-1-other");
    assert_eq!(sandbox.orders()[1]["externalId"], "order-1");
}

#[test]
fn a_skewed_date() {
    let now = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    replies(json!({ "fault": "skewed_date", "seconds": 3600 }), true, |wire, reply| {
        let date = Timestamp::from_http_date(reply.header("date").expect("a date")).expect("an HTTP date");
        let ahead = date.unix() - now().cast_signed();
        assert!((3590..=3600).contains(&ahead), "{wire}: {ahead}");
    });
}

#[test]
fn hanging_with_and_without_the_order() {
    let sandbox = sandbox();
    for (fault, accepted) in [("hang", false), ("accept_then_hang", true)] {
        for (wire, base, message) in orders(&sandbox) {
            let (orders, requests) = (sandbox.orders().len(), sandbox.requests().len());
            sandbox.faults(&json!({ "fault": fault }).to_string()).expect("a fault");
            let mut stream = send(&base, &message);
            wait_for("the request", || {
                sandbox.requests().len() > requests && sandbox.requests()[requests]["accepted"].is_boolean()
            });
            silent(&mut stream);
            assert_eq!(sandbox.orders().len() - orders, usize::from(accepted), "{fault} {wire}");
            drop(stream);
            let left = |record: &Value| record["why"].as_str().is_some_and(|why| why.contains("client left"));
            wait_for("the client's leaving", || left(&sandbox.requests()[requests]));
            assert_eq!(sandbox.requests()[requests]["status"], Value::Null);
        }
    }
    // It ends by itself, without an answer.
    let [_, (_, base, message), ..] = orders(&sandbox);
    sandbox.faults(r#"{"fault":"accept_then_hang","ms":20}"#).expect("a fault");
    assert!(exchange(&base, &message).is_empty());
}

#[test]
fn accepted_late_even_when_the_client_left() {
    let sandbox = sandbox();
    for (wire, base, message) in orders(&sandbox) {
        let before = sandbox.orders().len();
        // Who waits gets the answer.
        sandbox.faults(r#"{"fault":"accept_late","ms":30}"#).expect("a fault");
        assert!(parse(&exchange(&base, &message)).expect("a reply").status < 300, "{wire}");
        assert_eq!(sandbox.orders().len(), before + 1, "{wire}");
        // Who leaves does not, and the order comes all the same.
        let requests = sandbox.requests().len();
        sandbox.faults(r#"{"fault":"accept_late","ms":400}"#).expect("a fault");
        let start = Instant::now();
        let stream = send(&base, &message);
        wait_for("the request", || sandbox.requests().len() > requests);
        drop(stream);
        let now = sandbox.orders().len();
        // A machine too busy to look in time has seen nothing of interest.
        assert!(now == before + 1 || start.elapsed() >= Duration::from_millis(400), "{wire}: not yet");
        wait_for("the late order", || sandbox.orders().len() == before + 2);
    }
}

#[test]
fn what_began_before_a_reset_does_not_land_after_it() {
    let sandbox = sandbox();
    let [(_, base, message), ..] = orders(&sandbox);
    sandbox.faults(r#"{"fault":"accept_late","ms":1000}"#).expect("a fault");
    let mut stream = send(&base, &message);
    wait_for("the request", || !sandbox.requests().is_empty());
    sandbox.reset();
    assert_eq!(parse(&drain(&mut stream)).expect("a reply").status, 503);
    assert_eq!(sandbox.orders().len(), 0);
}

#[test]
fn a_reply_is_cut_at_every_byte() {
    let sandbox = sandbox();
    for (wire, base, message) in orders(&sandbox) {
        let whole = exchange(&base, &message).len();
        for bytes in 0..whole {
            let before = sandbox.orders().len();
            sandbox.faults(&json!({ "fault": "cut_reply", "bytes": bytes }).to_string()).expect("a fault");
            assert_eq!(exchange(&base, &message).len(), bytes, "{wire}");
            assert_eq!(sandbox.orders().len(), before + 1, "{wire}: accepted, also when nothing of the reply left");
        }
        sandbox.faults(r#"{"fault":"cut_reply","bytes":30,"accept":false}"#).expect("a fault");
        let before = sandbox.orders().len();
        assert!(exchange(&base, &message).starts_with(b"HTTP/1.1 500 Internal"), "{wire}");
        assert_eq!(sandbox.orders().len(), before, "{wire}");
    }
}

#[test]
fn a_request_is_cut_at_every_byte() {
    let sandbox = sandbox();
    for (wire, base, message) in orders(&sandbox) {
        // Below this, the path is not known yet, and with it whether the request is meant.
        let decided = message.windows(9).position(|nine| nine == b" HTTP/1.1").expect("a request line") + 1;
        for bytes in decided..=message.len() {
            sandbox.faults(&json!({ "fault": "cut_request", "bytes": bytes }).to_string()).expect("a fault");
            // Exactly so many bytes make it close: not one more is needed.
            let mut stream = send(&base, &message[..bytes]);
            assert!(drain(&mut stream).is_empty(), "{wire} {bytes}");
        }
        // With one byte less, it still waits.
        for bytes in [decided + 1, decided + 40, message.len() - 1] {
            sandbox.faults(&json!({ "fault": "cut_request", "bytes": bytes }).to_string()).expect("a fault");
            let mut stream = send(&base, &message[..bytes - 1]);
            silent(&mut stream);
            stream.write_all(&message[bytes - 1..bytes]).expect("written");
            assert!(drain(&mut stream).is_empty(), "{wire} {bytes}");
        }
        for bytes in [0, 1, 5] {
            sandbox.faults(&json!({ "fault": "cut_request", "bytes": bytes }).to_string()).expect("a fault");
            assert!(exchange(&base, &message).is_empty(), "{wire} {bytes}");
        }
        let record = sandbox.requests().pop().expect("a record");
        assert_eq!((&record["accepted"], &record["status"]), (&json!(false), &Value::Null), "{record}");
        assert_eq!(record["body"], "POST ");
        assert!(record["why"].as_str().is_some_and(|why| why.contains("byte 5")), "{record}");
        // Longer than the request: the client leaves first.
        sandbox.faults(r#"{"fault":"cut_request","bytes":1000000}"#).expect("a fault");
        let requests = sandbox.requests().len();
        drop(send(&base, &message));
        wait_for("the record", || sandbox.requests().len() > requests);
    }
    assert_eq!(sandbox.orders().len(), 0);
    assert_eq!(sandbox.control("GET", "faults", ""), Ok(json!({ "faults": [] })));
}

#[test]
fn cuts_spare_control_and_other_targets() {
    let sandbox = sandbox();
    sandbox.faults(r#"{"fault":"cut_request","bytes":3,"target":"order","platform":"spiff"}"#).expect("a fault");
    let base = sandbox.spiff_url();
    assert_eq!(call(base, "GET", "/_/faults", &[], b"").json()["faults"][0]["left"], 1);
    assert_eq!(call(base, "GET", "/", &[], b"").status, 200);
    assert_eq!(call(base, "GET", "/api/transactions/x", &[], b"").status, 404);
    let [_, rest, _, sign] = orders(&sandbox);
    assert_eq!(parse(&exchange(&sign.1, &sign.2)).expect("a reply").status, 200);
    assert!(exchange(&rest.1, &rest.2).is_empty());
    assert_eq!(parse(&exchange(&rest.1, &rest.2)).expect("a reply").status, 201);
}

#[test]
fn a_slow_reply_arrives_whole() {
    let sandbox = sandbox();
    let [_, (_, base, message), ..] = orders(&sandbox);
    sandbox.faults(r#"{"fault":"slow","ms_per_byte":1}"#).expect("a fault");
    let start = Instant::now();
    let mut stream = send(&base, &message);
    let mut first = [0; 64];
    assert_eq!(stream.read(&mut first).expect("the first byte"), 1);
    let rest = drain(&mut stream);
    assert!(start.elapsed() >= Duration::from_millis(rest.len() as u64), "{:?}", start.elapsed());
    let whole = [&first[..1], rest.as_slice()].concat();
    assert_eq!(parse(&whole).expect("a whole reply").status, 201);
}

#[test]
fn targets_and_platforms() {
    let sandbox = sandbox();
    let [graphql_order, _, _, sign] = orders(&sandbox);
    sandbox.faults(r#"[{"fault":"500","target":"order"},{"fault":"503","target":"read"}]"#).expect("faults");
    let read = r#"{"query":"{ currentIntegration { id } }"}"#;
    let spiff = sandbox.spiff_url();
    // The read passes by the fault for orders, and the other way round.
    assert_eq!(call(spiff, "POST", "/graphql", &[APPLICATION, JSON], read.as_bytes()).status, 503);
    assert_eq!(parse(&exchange(&graphql_order.1, &graphql_order.2)).expect("a reply").status, 500);
    sandbox.faults(r#"{"fault":"500","platform":"spiff"}"#).expect("a fault");
    assert_eq!(parse(&exchange(&sign.1, &sign.2)).expect("a reply").status, 200);
    assert_eq!(parse(&exchange(&graphql_order.1, &graphql_order.2)).expect("a reply").status, 500);
}

#[test]
fn a_profile_is_the_same_every_time() {
    let run = || {
        let sandbox = sandbox();
        let profile = json!({ "profile": { "accept_then_500": 20, "500": 20, "cut_request": { "percent": 10, "bytes": 50 }, "cut_reply": 10 }, "seed": 7, "count": 60 });
        sandbox.faults(&profile.to_string()).expect("a profile");
        let wires = orders(&sandbox);
        let seen: Vec<_> = (0..60)
            .map(|at| {
                let (_, base, message) = &wires[at % 4];
                parse(&exchange(base, message)).map(|reply| reply.status)
            })
            .collect();
        (seen, sandbox.orders().len())
    };
    let first = run();
    assert_eq!(first, run());
    assert!(first.0.contains(&None) && first.0.contains(&Some(500)) && first.0.contains(&Some(201)), "{first:?}");
    let (seen, accepted) = first;
    // Every success is an order, and so are some of the failures: that is the point of it.
    assert!(accepted > seen.iter().filter(|status| matches!(status, Some(200 | 201))).count());
}

#[test]
fn a_refused_request_stays_refused_under_a_fault() {
    let sandbox = sandbox();
    let transaction = sandbox.create_transaction();
    sandbox.faults(r#"{"fault":"accept_then_500"}"#).expect("a fault");
    let headers = [("X-Application-Key", "wrong"), JSON];
    let bytes = raw(sandbox.spiff_url(), "POST", "/api/v2/orders", &headers, order(&transaction).as_bytes());
    assert_eq!(parse(&bytes).expect("a reply").status, 500);
    assert_eq!(sandbox.orders().len(), 0);
    assert_eq!(sandbox.requests()[0]["accepted"], false);
}

#[test]
fn many_clients_at_once_under_a_hostile_profile() {
    let sandbox = sandbox();
    let profile = json!({ "profile": { "accept_then_500": 8, "500": 6, "429": 6, "cut_reply": { "percent": 5, "bytes": 40 },
        "cut_request": { "percent": 5, "bytes": 150 }, "accept_late": { "percent": 8, "ms": 10 } }, "seed": 1, "count": 10_000 });
    sandbox.faults(&profile.to_string()).expect("a profile");
    let wires = orders(&sandbox);
    let succeeded = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|client: usize| {
                let (_, base, message) = &wires[client % 4];
                let good = move || parse(&exchange(base, message)).is_some_and(|reply| reply.status < 300);
                scope.spawn(move || (0..60).filter(|_| good()).count())
            })
            .collect();
        clients.into_iter().map(|client| client.join().expect("no panic")).sum::<usize>()
    });
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 8 * 60);
    let ordered = requests.iter().filter(|record| !record["order"].is_null()).count();
    assert_eq!(ordered, sandbox.orders().len());
    let answered =
        requests.iter().filter(|record| record["status"].as_u64().is_some_and(|status| status < 300)).count();
    // A success that was seen is an order; some that were not seen are orders too.
    assert!(succeeded <= answered && answered <= ordered, "{succeeded} {answered} {ordered}");
    assert!((200..480).contains(&succeeded), "{succeeded}");
}

#[test]
fn one_field_fails_and_the_others_answer() {
    let sandbox = sandbox();
    let query =
        "query($ids: [String!]!) { them: transactions(ids: $ids) { id designName ...P } currentIntegration { id } }
        fragment P on Transaction { product { id name } }";
    let good = sandbox.create_transaction();
    let ask = |path: &str| {
        sandbox
            .faults(&json!({ "fault": "field_error", "path": path, "message": "Broken." }).to_string())
            .expect("a fault");
        graphql(sandbox.spiff_url(), query, json!({ "ids": [good, good] }))
    };
    let whole = graphql(sandbox.spiff_url(), query, json!({ "ids": [good, good] }))["data"].clone();
    for (path, at, null) in [
        ("them[1].product.name", json!(["them", 1, "product", "name"]), "/them/1/product/name"),
        // These may not be null: what is around them becomes null.
        ("them[0].product.id", json!(["them", 0, "product", "id"]), "/them/0/product"),
        ("them[0].designName", json!(["them", 0, "designName"]), "/them/0"),
        ("them[1]", json!(["them", 1]), "/them/1"),
        ("them", json!(["them"]), "/them"),
        ("", json!(["them", 1]), "/them/1"),
        // It ends where the answer ends.
        ("them[1].product.none", json!(["them", 1, "product"]), "/them/1/product"),
    ] {
        let answer = ask(path);
        assert_eq!(answer["errors"], json!([{ "message": "Broken.", "path": at }]), "{path}");
        let mut expected = whole.clone();
        *expected.pointer_mut(null).expect("a field") = Value::Null;
        assert_eq!(answer["data"], expected, "{path}");
    }
    // It waits for GraphQL, and works on mutations as well: they are carried out.
    sandbox.faults(r#"{"fault":"field_error"}"#).expect("a fault");
    call(sandbox.spiff_url(), "POST", "/api/v2/orders", &[APPLICATION, JSON], order(&good).as_bytes());
    let answer = graphql(sandbox.spiff_url(), "mutation { bundleCreate { id } }", json!({}));
    assert_eq!(answer["data"], json!({ "bundleCreate": null }), "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["bundleCreate"]));
    assert_eq!(
        sandbox.control("GET", "/_/state", "").expect("the state")["objects"]["Bundle"].as_array().map(Vec::len),
        Some(4)
    );
}

#[test]
fn introspection_is_refused() {
    let sandbox = sandbox();
    let ask = |query: &str| {
        let body = json!({ "query": query }).to_string();
        let reply = call(sandbox.spiff_url(), "POST", "/graphql", &[APPLICATION, JSON], body.as_bytes());
        (reply.status, reply.json())
    };
    sandbox.faults(r#"[{"fault":"no_introspection"},{"fault":"no_introspection","status":200}]"#).expect("faults");
    assert_eq!(ask("{ currentIntegration { __typename } }").0, 200);
    for (query, status) in
        [("{ __schema { types { name } } }", 400), ("query { a: __type(name: \"Order\") { name } }", 200)]
    {
        let (got, answer) = ask(query);
        assert_eq!(got, status);
        assert!(
            answer.get("data").is_none()
                && answer["errors"][0]["message"].as_str().is_some_and(|text| text.contains("ntrospection"))
        );
    }
    assert!(ask("{ __schema { types { name } } }").1["data"]["__schema"]["types"].is_array());
}
