//! Who is let in, with which credential, and what a refusal says.

use crate::http::{APPLICATION, DATE, JSON, SOA, call, order, sign, signed};
use crate::sandbox;
use countersign_core::{BodyDigest, Scheme, Timestamp};
use countersign_sandbox::{Options, Sandbox};
use serde_json::Value;

/// Published and independently computed signatures for the key pair `access-key` / `secret-key`: made by other programs
/// than the core's signer, so that a mistake both sides share would show here.
const ORACLE: [(&str, &str, &str, &str, &str); 4] = [
    (
        "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=",
        "Wed, 01 Jan 2020 00:00:00 GMT",
        "/api/v2/orders",
        r#"{"externalId":"external-id","autoPrint":false,"orderItems":[]}"#,
        "SHA-512",
    ),
    (
        "SOA access-key:l+3RWhEOeByEQzF52W3PWlFpM4k=",
        "Wed, 01 Jan 2020 00:00:00 GMT",
        "/api/v2/orders",
        r#"{"externalId":"external-id","autoPrint":false,"orderItems":[]}"#,
        "MD5",
    ),
    (
        "SOA access-key:fcqVfpTvvDdqmjB0pbQgwCE+oKo=",
        DATE,
        "/graphql",
        r#"{"query":"{ orders(ids: [\"00000000-0000-0000-0000-000000000000\"]) { id } }"}"#,
        "SHA-512",
    ),
    (
        "SOA access-key:OsMEltfxhGaH0Qh9fZigQm0qEBg=",
        DATE,
        "/graphql",
        r#"{"query":"{ orders(ids: [\"00000000-0000-0000-0000-000000000000\"]) { id } }"}"#,
        "MD5",
    ),
];

fn with_keys(access_key: &str, secret_key: &str) -> Sandbox {
    let options = Options { access_key: access_key.into(), secret_key: secret_key.into(), ..Options::default() };
    Sandbox::start(options).expect("two free ports")
}

#[test]
fn signatures_made_elsewhere_are_right() {
    let sandbox = with_keys("access-key", "secret-key");
    for (authorization, date, path, body, digest) in ORACLE {
        let headers = |authorization| [("Authorization", authorization), JSON, ("Date", date)];
        let reply = call(sandbox.spiff_url(), "POST", path, &headers(authorization), body.as_bytes());
        assert!(reply.status < 300, "{digest} {path}: {}", reply.text());
        let last = sandbox.requests().pop().expect("a record");
        assert_eq!(last["auth"]["accepted"], true, "{last}");
        assert_eq!(last["accepted"], true, "{last}");
        // One changed byte of the body, the date, the path or the signature.
        let tampered = body.replacen('e', "E", 1);
        let moved = [("Authorization", authorization), JSON, ("Date", "Wed, 01 Jan 2020 00:00:01 GMT")];
        let elsewhere = if path == "/graphql" { "/v1/graphql" } else { "/targets" };
        let other = format!("{}A=", &authorization[..authorization.len() - 2]);
        for (headers, path, body) in [
            (headers(authorization), path, tampered.as_str()),
            (moved, path, body),
            (headers(authorization), elsewhere, body),
            (headers(&other), path, body),
        ] {
            let reply = call(sandbox.spiff_url(), "POST", path, &headers, body.as_bytes());
            assert_eq!(reply.status, 401, "{digest} {path} {body}");
            assert!(reply.json()["errors"][0]["message"].is_string());
            assert_eq!(sandbox.requests().pop().expect("a record")["accepted"], false);
        }
    }
    // What the tampered requests wanted did not happen.
    assert_eq!(sandbox.orders().len(), 2);
}

#[test]
fn vws_made_elsewhere_is_right() {
    // Computed with the published vws-auth-tools.
    let sandbox = with_keys("my_access_key", "my_secret_key");
    let body = "{\"name\":\"Zoë\"}";
    let post = |content_type, signature: &str| {
        let headers = [("Authorization", signature), ("Content-Type", content_type), ("Date", DATE)];
        call(sandbox.spiff_url(), "POST", "/targets", &headers, body.as_bytes()).status
    };
    let signature = "VWS my_access_key:1Z5c9e2oC/L2eWTl9XPfnLkwIbA=";
    // Rightly signed and then refused for its content: 400 is not 401.
    assert_eq!(post("application/json", signature), 400);
    // Only the media type is signed.
    assert_eq!(post("application/json; charset=utf-8", signature), 400);
    assert_eq!(post("application/json", "VWS my_access_key:2Z5c9e2oC/L2eWTl9XPfnLkwIbA="), 401);
    assert_eq!(post("application/json", "VWS my_access_key:1Z5c9e2oC/L2eWTl9XPfnLkwIbA"), 401);
    // The word itself is not signed: SOA with MD5 makes the same signature.
    assert_eq!(post("application/json", "SOA my_access_key:1Z5c9e2oC/L2eWTl9XPfnLkwIbA="), 400);
}

#[test]
fn every_scheme_digest_and_wire() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let body = order(&sandbox.create_transaction());
    for (scheme, path) in [
        (SOA, "/api/v2/orders"),
        (Scheme::Soa(BodyDigest::Md5), "/api/v2/orders"),
        (Scheme::Vws, "/targets"),
        (SOA, "/targets"),
    ] {
        let authorization = sign(scheme, path, DATE, body.as_bytes());
        let headers = [("Authorization", authorization.as_str()), JSON, ("Date", DATE)];
        assert_eq!(call(base, "POST", path, &headers, body.as_bytes()).status, 201, "{scheme:?} {path}");
    }
    assert_eq!(call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], body.as_bytes()).status, 201);
    assert_eq!(sandbox.orders().len(), 5);
    // The path that is signed is the path that was requested, prefix included.
    let query = r#"{"query":"{ currentIntegration { id } }"}"#;
    assert!(signed(base, "/2026-09/graphql", query).json()["data"]["currentIntegration"]["id"].is_string());
    // A query string is not part of it.
    let authorization = sign(SOA, "/graphql", DATE, query.as_bytes());
    let headers = [("Authorization", authorization.as_str()), JSON, ("Date", DATE)];
    assert_eq!(call(base, "POST", "/graphql?x=1", &headers, query.as_bytes()).status, 200);
}

#[test]
fn a_refusal_is_recorded_with_advice() {
    let sandbox = sandbox();
    let body = order(&sandbox.create_transaction());
    // Signed without the leading slash.
    let authorization = sign(SOA, "api/v2/orders", DATE, body.as_bytes());
    let headers = [("Authorization", authorization.as_str()), JSON, ("Date", DATE)];
    let reply = call(sandbox.spiff_url(), "POST", "/api/v2/orders", &headers, body.as_bytes());
    assert_eq!(reply.status, 401);
    let record = sandbox.requests().pop().expect("a record");
    let auth = &record["auth"];
    assert_eq!((&auth["credential"], &auth["reason"]), (&"signature".into(), &"mismatch".into()), "{record}");
    assert!(auth["matches"].is_string() && auth["advice"].as_str().is_some_and(|advice| !advice.is_empty()), "{auth}");
    let ours = record["string_to_sign"].as_str().expect("a string to sign");
    assert!(ours.starts_with("POST\n") && ours.ends_with("\n/api/v2/orders"), "{ours}");
    assert_eq!(record["status"], 401);
    assert_eq!(record["order"], Value::Null);
    assert_eq!(sandbox.orders().len(), 0);
    // A very long body is judged, and not tried under every mistake.
    let long = format!("{}{body}", " ".repeat(40_000));
    assert_eq!(call(sandbox.spiff_url(), "POST", "/api/v2/orders", &headers, long.as_bytes()).status, 401);
    let record = sandbox.requests().pop().expect("a record");
    assert!(record["string_to_sign"].is_string() && record["auth"]["advice"].is_string(), "{record}");
    // Nothing at all, a wrong application key, an unknown access key.
    for (headers, reason) in [
        (vec![JSON], "missing"),
        (vec![JSON, ("X-Application-Key", "other")], "unknown_key"),
        (vec![JSON, ("Authorization", "SOA other:bVvHhiG9Z2cASXRm+lcGZbdAfGM="), ("Date", DATE)], "unknown_key"),
        (vec![JSON, ("Authorization", "Bearer x")], "malformed"),
    ] {
        assert_eq!(call(sandbox.spiff_url(), "POST", "/api/v2/orders", &headers, body.as_bytes()).status, 401);
        assert_eq!(sandbox.requests().pop().expect("a record")["auth"]["reason"], reason);
    }
}

#[test]
fn unknown_callers_of_graphql_see_nulls_or_401() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let body = br#"{"query":"{ z: currentIntegration { id } orders(ids: [\"x\"]) { id } }"}"#;
    let reply = call(base, "POST", "/graphql", &[JSON], body);
    assert_eq!((reply.status, reply.text()), (200, r#"{"data":{"z":null,"orders":null}}"#));
    let order = crate::http::order_graphql(&sandbox.create_transaction());
    let reply = call(base, "POST", "/graphql", &[JSON], order.as_bytes());
    assert_eq!((reply.status, reply.text()), (200, r#"{"data":{"orderCreate":null}}"#));
    assert_eq!(sandbox.orders().len(), 0);
    // A wrong signature is told, always.
    let headers = [JSON, ("Authorization", "SOA test_access_key:bVvHhiG9Z2cASXRm+lcGZbdAfGM="), ("Date", DATE)];
    assert_eq!(call(base, "POST", "/graphql", &headers, body).status, 401);
    sandbox.settings(r#"{"graphql_auth":"401"}"#).expect("a setting");
    let reply = call(base, "POST", "/graphql", &[JSON], body);
    assert_eq!(reply.status, 401);
    assert!(reply.json()["errors"][0]["message"].is_string() && reply.json().get("data").is_none());
}

#[test]
fn the_date_window() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let query = r#"{"query":"{ currentIntegration { id } }"}"#;
    let post = |date: &str| {
        let authorization = sign(SOA, "/graphql", date, query.as_bytes());
        let headers = [("Authorization", authorization.as_str()), JSON, ("Date", date)];
        let status = call(base, "POST", "/graphql", &headers, query.as_bytes()).status;
        (status, sandbox.requests().pop().expect("a record")["auth"]["reason"].clone())
    };
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let date = |offset: i64| Timestamp::from_unix(seconds.cast_signed() + offset).http_date().to_string();
    // Off by default.
    assert_eq!(post(DATE), (200, Value::Null));
    sandbox.settings(r#"{"date_window_seconds":300}"#).expect("a setting");
    assert_eq!(post(&date(0)), (200, Value::Null));
    assert_eq!(post(&date(-200)), (200, Value::Null));
    assert_eq!(post(&date(-400)), (401, "too_old".into()));
    assert_eq!(post(&date(400)), (401, "in_the_future".into()));
    assert_eq!(post("Wed, 1 Jan 2020 0:0:0 GMT"), (401, "date_malformed".into()));
    let old = sign(Scheme::Soa(BodyDigest::Md5), "/graphql", DATE, query.as_bytes());
    let headers = [("Authorization", old.as_str()), JSON, ("Date", DATE)];
    assert_eq!(call(base, "POST", "/graphql", &headers, query.as_bytes()).status, 401);
    assert_eq!(sandbox.requests().pop().expect("a record")["auth"]["matches"], "as_sent");
    // The clock that judges can be wrong, and says so in its own Date.
    sandbox.faults(r#"{"fault":"skewed_date","seconds":-7200,"count":2}"#).expect("a fault");
    assert_eq!(post(&date(0)), (401, "in_the_future".into()));
    assert_eq!(post(&date(-7200)), (200, Value::Null));
    assert_eq!(post(&date(0)), (200, Value::Null));
}

#[test]
fn a_key_pair_that_cannot_sign_is_refused_at_the_start() {
    let options = Options { secret_key: String::new(), ..Options::default() };
    let error = Sandbox::start(options).expect_err("an empty secret");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
