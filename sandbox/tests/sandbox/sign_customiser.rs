//! The Sign Customiser listener: orders, validation, subscriptions.

use crate::http::{ACCEPT, BEARER, JSON, Reply, call};
use crate::sandbox;
use countersign_sandbox::Sandbox;
use serde_json::{Value, json};

fn order() -> Value {
    json!({ "integration_id": 42, "external_id": "order-1", "external_order_number": "SC-1001", "currency": "USD",
        "shipping_line": "Standard", "customer": { "email": "a@example.com" },
        "products": [{ "external_id": "p-1", "quantity": 2, "price": 2999 }] })
}

fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Reply {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    call(sandbox.sign_customiser_url(), method, path, &[BEARER, JSON, ACCEPT], body.as_bytes())
}

#[test]
fn an_order_is_echoed() {
    let sandbox = sandbox();
    let reply = send(&sandbox, "POST", "/api/v2/orders", &order());
    assert_eq!(reply.status, 200);
    let echoed = &reply.json()["order"];
    assert!(echoed["order_id"].is_u64());
    for field in ["external_id", "external_order_number", "currency", "shipping_line", "products"] {
        assert_eq!(echoed[field], order()[field], "{field}");
    }
    let kept = &sandbox.orders()[0];
    assert_eq!((&kept["platform"], &kept["externalId"]), (&json!("sign_customiser"), &json!("order-1")));
    assert_eq!(kept["items"], order()["products"]);
    // Never recognised as a repetition, unless told to.
    send(&sandbox, "POST", "/api/v2/orders", &order());
    assert_eq!(sandbox.orders().len(), 2);
    sandbox.settings(r#"{"dedupe":true}"#).expect("a setting");
    assert_eq!(&send(&sandbox, "POST", "/api/v2/orders", &order()).json()["order"]["order_id"], &kept["id"]);
    assert_eq!(sandbox.orders().len(), 2);
}

#[test]
fn problems_have_dotted_paths() {
    let sandbox = sandbox();
    for (pointer, value, path) in [
        ("/integration_id", Value::Null, "integration_id"),
        ("/integration_id", json!("x"), "integration_id"),
        ("/external_id", json!(""), "external_id"),
        ("/external_id", json!(7), "external_id"),
        ("/external_order_number", Value::Null, "external_order_number"),
        ("/currency", json!("dollar"), "currency"),
        ("/products", json!([]), "products"),
        ("/products", json!({}), "products"),
        ("/products/0/external_id", Value::Null, "products.0.external_id"),
        ("/products/0/quantity", json!(0), "products.0.quantity"),
        ("/products/0/price", json!(29.99), "products.0.price"),
        ("/products/0/price", json!(-1), "products.0.price"),
    ] {
        let mut order = order();
        *order.pointer_mut(pointer).expect("a field") = value;
        let reply = send(&sandbox, "POST", "/api/v2/orders", &order);
        assert_eq!(reply.status, 422, "{order}");
        assert!(reply.json()["message"].is_string());
        assert!(reply.json()["errors"][path][0].is_string(), "{path}: {}", reply.text());
    }
    let reply = send(&sandbox, "POST", "/api/v2/orders", &json!({}));
    assert_eq!(reply.json()["errors"].as_object().map(serde_json::Map::len), Some(5));
    assert!(reply.json()["message"].as_str().is_some_and(|text| text.ends_with("(and 4 more errors)")));
    assert_eq!(sandbox.orders().len(), 0);
    // A product that no callback returned.
    sandbox.settings(r#"{"check_products":true}"#).expect("a setting");
    let reply = send(&sandbox, "POST", "/api/v2/orders", &order());
    assert!(reply.json()["errors"]["products.0.external_id"][0].is_string());
}

#[test]
fn without_a_token_or_without_accept() {
    let sandbox = sandbox();
    let base = sandbox.sign_customiser_url();
    let body = order().to_string();
    let post = |headers: &[(&str, &str)], body: &str| call(base, "POST", "/api/v2/orders", headers, body.as_bytes());
    for headers in [
        vec![ACCEPT],
        vec![ACCEPT, ("Authorization", "Bearer other")],
        vec![ACCEPT, ("Authorization", "test_api_token")],
    ] {
        let reply = post(&headers, &body);
        assert_eq!((reply.status, reply.text()), (401, r#"{"message":"Unauthenticated."}"#));
    }
    // The framework redirects who does not ask for JSON.
    for (headers, body) in [(vec![JSON], body.as_str()), (vec![JSON, BEARER], "{}")] {
        let reply = post(&headers, body);
        assert_eq!(reply.status, 302);
        assert!(reply.header("location").is_some());
        assert!(reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
    }
    assert_eq!(sandbox.orders().len(), 0);
    // Success needs no Accept.
    assert_eq!(post(&[JSON, BEARER], &body).status, 200);
    assert_eq!(call(base, "GET", "/api/v2/none", &[BEARER], b"").status, 404);
    assert_eq!(call(base, "DELETE", "/api/v2/orders", &[BEARER], b"").status, 405);
}

#[test]
fn subscriptions() {
    let sandbox = sandbox();
    assert_eq!(send(&sandbox, "GET", "/api/v2/webhooks", &Value::Null).json(), json!({ "webhooks": [] }));
    let wanted = json!({ "topic": "order:created", "url": "http://127.0.0.1:1/hook" });
    let first = send(&sandbox, "POST", "/api/v2/webhooks", &wanted).json()["webhook"].clone();
    assert_eq!(
        (&first["secret"], &first["meta"], &first["status"]),
        (&json!("test_webhook_secret"), &json!([]), &json!("active"))
    );
    let second = json!({ "topic": "form:submitted", "url": "https://example.com/", "meta": { "a": 1 } });
    let second = send(&sandbox, "POST", "/api/v2/webhooks", &second).json()["webhook"].clone();
    assert_eq!(second["meta"], json!({ "a": 1 }));
    assert_ne!(second["secret"], first["secret"]);
    let path = format!("/api/v2/webhooks/{}", first["webhook_id"]);
    assert_eq!(send(&sandbox, "GET", &path, &Value::Null).json()["webhook"], first);
    assert_eq!(send(&sandbox, "GET", "/api/v2/webhooks", &Value::Null).json()["webhooks"], json!([first, second]));
    let changed = json!({ "topic": "product:created", "url": "http://127.0.0.1:2/" });
    let changed = send(&sandbox, "PUT", &path, &changed).json()["webhook"].clone();
    assert_eq!((&changed["topic"], &changed["secret"]), (&json!("product:created"), &first["secret"]));
    let deleted = send(&sandbox, "DELETE", &path, &Value::Null);
    assert_eq!((deleted.status, deleted.body.len()), (204, 0));
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(send(&sandbox, method, &path, &json!({})).status, 404);
    }
    for (body, field) in [
        (json!({ "url": "http://x/" }), "topic"),
        (json!({ "topic": "x", "url": "http://x/" }), "topic"),
        (json!({ "topic": "order:created", "url": "x" }), "url"),
    ] {
        let reply = send(&sandbox, "POST", "/api/v2/webhooks", &body);
        assert_eq!(reply.status, 422);
        assert!(reply.json()["errors"][field][0].is_string());
    }
}
