//! Starting, stopping, and the interface under `/_/`.

use crate::http::{APPLICATION, JSON, call, connect, graphql, order, raw, signed};
use crate::sandbox;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::net::TcpListener;

#[test]
fn the_ready_line_says_everything() {
    let sandbox = sandbox();
    let line = sandbox.ready_line();
    assert!(!line.contains('\n'));
    let ready: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(ready["ready"], true);
    assert_eq!(ready["spiff"]["url"], sandbox.spiff_url());
    assert_eq!(ready["spiff"]["secret_key"], "test_secret_key");
    assert_eq!(ready["sign_customiser"]["webhook_secret"], "test_webhook_secret");
    assert_eq!(ready["env"]["COUNTERSIGN_SPIFF_BASE_URL"], sandbox.spiff_url());
    assert_eq!(ready["env"]["COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL"], sandbox.sign_customiser_url());
    let env = ready["env"].as_object().expect("an object");
    assert_eq!(env.len(), 7);
    // A client takes one kind of credentials.
    assert!(env.contains_key("COUNTERSIGN_SPIFF_SECRET_KEY") && !env.contains_key("COUNTERSIGN_SPIFF_APPLICATION_KEY"));
    assert_eq!(call(sandbox.spiff_url(), "GET", "/_/ready", &[], b"").json(), ready);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    for options in [
        Options { spiff_port: port, ..Options::default() },
        Options { sign_customiser_port: port, ..Options::default() },
    ] {
        let error = Sandbox::start(options).expect_err("the port is taken");
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
        let text = error.to_string();
        assert!(text.contains(&port.to_string()) && text.contains("--port"), "{text}");
    }
}

#[test]
fn nothing_stays_behind() {
    // Another process may snatch a port as soon as it is free: then it is tried again.
    let again = (0..10).any(|_| {
        let sandbox = sandbox();
        let port = |url: &str| url.rsplit(':').next().expect("a port").parse().expect("a number");
        let (spiff_port, sign_customiser_port) = (port(sandbox.spiff_url()), port(sandbox.sign_customiser_url()));
        // Also with a request that hangs.
        sandbox.faults(r#"{"fault":"hang"}"#).expect("a fault");
        let mut hanging = connect(sandbox.spiff_url());
        std::io::Write::write_all(&mut hanging, b"GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("written");
        while sandbox.requests().is_empty() {
            std::thread::yield_now();
        }
        drop(sandbox);
        assert!(crate::http::drain(&mut hanging).is_empty());
        Sandbox::start(Options { spiff_port, sign_customiser_port, ..Options::default() }).is_ok()
    });
    assert!(again, "the ports are free again");
}

#[test]
fn transactions_and_bundles_as_the_browser_makes_them() {
    let sandbox = sandbox();
    let post = |path: &str, body: Value| {
        call(sandbox.sign_customiser_url(), "POST", path, &[JSON], body.to_string().as_bytes())
    };
    let one = post("/_/transactions", json!({})).json();
    assert!(one["transactionId"].is_string() && one["transactionOwnerId"].is_string(), "{one}");
    let empty = call(sandbox.spiff_url(), "POST", "/_/transactions", &[], b"").json();
    assert!(empty["transactionId"].is_string());
    let many = post("/_/transactions", json!({ "count": 3, "product": "shop-shirt" })).json();
    assert_eq!(many.as_array().expect("a list").len(), 3);
    assert_eq!(many[0]["baseCost"], 2999);
    let ids = [&many[0]["transactionId"], &many[1]["transactionId"]];
    let bundle = post("/_/bundles", json!({ "transactionIds": ids })).json();
    let query =
        "query($ids: [String!]!) { bundles(ids: $ids) { transactions { id product { name } } totalPriceSubunits } }";
    let read = graphql(sandbox.spiff_url(), query, json!({ "ids": [bundle["bundleId"]] }));
    assert_eq!(read["data"]["bundles"][0]["transactions"][1], json!({ "id": ids[1], "product": { "name": "Shirt" } }));
    assert_eq!(read["data"]["bundles"][0]["totalPriceSubunits"], 2 * (2999 + 250));
    for (path, body) in [
        ("/_/transactions", json!({ "count": 0 })),
        ("/_/transactions", json!({ "product": "none" })),
        ("/_/bundles", json!({})),
        ("/_/bundles", json!({ "transactionIds": ["none"] })),
    ] {
        let reply = post(path, body);
        assert_eq!(reply.status, 400);
        assert!(reply.json()["error"].is_string());
    }
}

#[test]
fn settings_faults_and_reset() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let send = |method: &str, path: &str, body: &str| call(base, method, path, &[], body.as_bytes());
    let initial = send("GET", "/_/settings", "").json();
    assert_eq!(send("POST", "/_/settings", r#"{"dedupe":true,"unknown_ids":"omit"}"#).json()["dedupe"], true);
    let reply = send("POST", "/_/settings", r#"{"dedupe":false,"unknown_id":"omit"}"#);
    assert_eq!(reply.status, 400);
    assert!(reply.json()["error"].as_str().is_some_and(|text| text.contains("unknown_ids")));
    assert_eq!(send("GET", "/_/settings", "").json()["dedupe"], true, "nothing of a wrong change applies");

    let faults = send("POST", "/_/faults", r#"{"fault":"500","count":3}"#).json();
    assert_eq!(faults["faults"][0]["left"], 3);
    assert_eq!(send("POST", "/_/faults", r#"{"fault":"none"}"#).status, 400);
    assert_eq!(send("POST", "/_/faults", "{").status, 400);
    // Control itself is never hit by a fault.
    assert_eq!(send("GET", "/_/faults", "").json()["faults"][0]["left"], 3);
    assert_eq!(send("DELETE", "/_/faults", "").json()["faults"], json!([]));

    let transaction = sandbox.create_transaction();
    assert_eq!(signed(base, "/api/v2/orders", &order(&transaction)).status, 201);
    assert_eq!(send("GET", "/_/orders", "").json()["orders"][0]["externalId"], "order-1");
    assert_eq!(send("GET", "/_/requests", "").json()["requests"].as_array().map(Vec::len), Some(1));
    let state = send("GET", "/_/state", "").json();
    let made = state["objects"]["Transaction"].as_array().and_then(|all| all.last()).expect("a transaction");
    assert_eq!((&made["id"], &made["isOrdered"]), (&json!(transaction), &json!(true)));
    send("POST", "/_/reset", "");
    assert_eq!(send("GET", "/_/orders", "").json(), json!({ "orders": [] }));
    assert_eq!(send("GET", "/_/requests", "").json(), json!({ "requests": [] }));
    assert_eq!(send("GET", "/_/settings", "").json(), initial);
    // Ids are the same in every run.
    assert_eq!(sandbox.create_transaction(), transaction);
    assert_eq!(send("GET", "/_/nothing", "").status, 404);
}

#[test]
fn web_pages_may_not_steer_it() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    assert_eq!(call(base, "POST", "/_/reset", &[("Origin", "https://example.com")], b"").status, 403);
    assert_eq!(call(base, "POST", "/_/reset", &[("Origin", base)], b"").status, 200);
}

#[test]
fn everything_that_arrived_is_shown() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    raw(base, "PUT", "/strange?a=b", &[("X-Twice", "1"), ("X-Twice", "2")], b"\xff\x00");
    call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], b"{}");
    let requests = sandbox.requests();
    assert_eq!(requests[0]["method"], "PUT");
    assert_eq!(requests[0]["path"], "/strange?a=b");
    assert_eq!(requests[0]["headers"]["x-twice"], "1, 2");
    assert_eq!(requests[0]["body_base64"], "/wA=");
    assert_eq!((&requests[0]["status"], &requests[0]["accepted"]), (&json!(404), &json!(false)));
    assert_eq!((&requests[1]["status"], &requests[1]["body"]), (&json!(400), &json!("{}")));
    assert!(requests[1]["why"].as_str().is_some_and(|why| why.contains("orderItems")));
}

#[test]
fn every_reply_has_a_date_and_an_id() {
    let sandbox = sandbox();
    for (base, path) in [
        (sandbox.spiff_url(), "/"),
        (sandbox.spiff_url(), "/_/state"),
        (sandbox.spiff_url(), "/none"),
        (sandbox.sign_customiser_url(), "/api/v2/webhooks"),
    ] {
        let reply = call(base, "GET", path, &[], b"");
        let date = reply.header("date").expect("a date");
        assert!(countersign_core::Timestamp::from_http_date(date).is_some(), "{date}");
        assert!(reply.header("x-request-id").is_some_and(|id| id.starts_with("req-")));
        assert_eq!(reply.headers.iter().filter(|(name, _)| name == "date").count(), 1);
    }
}

#[test]
fn orders_of_earlier_days() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let made = call(base, "POST", "/_/past-orders", &[JSON], br#"{"count":1000}"#).json();
    let again = call(base, "POST", "/_/past-orders", &[], b"").json();
    let mut ids = made["ids"].as_array().expect("ids").clone();
    ids.extend(again["ids"].as_array().expect("ids").clone());
    let query = "query($ids: [String!]!) { orders(ids: $ids) { id externalId paid lineItems { quantity transaction { id isOrdered } } } }";
    let read = graphql(base, query, json!({ "ids": ids }));
    let orders = read["data"]["orders"].as_array().expect("orders");
    assert_eq!(orders.len(), 1001);
    assert_eq!(orders.iter().map(|order| order["id"].clone()).collect::<Vec<_>>(), ids);
    assert_eq!(orders[1000]["externalId"], "past-1001");
    assert!(orders.iter().all(
        |order| order["lineItems"][1]["quantity"] == 2 && order["lineItems"][0]["transaction"]["isOrdered"] == true
    ));
    // Nobody placed them here.
    assert_eq!(sandbox.orders().len(), 0);
    assert_eq!(call(base, "POST", "/_/past-orders", &[], br#"{"count":10001}"#).status, 400);
}
