//! The page for people: complete, linked, and harmless whatever arrives.

use crate::http::{ACCEPT, APPLICATION, BEARER, DATE, JSON, call, message};
use crate::sandbox;

const EVIL: &str = "<script>alert('1')</script>\"&";

#[test]
fn what_arrived_is_escaped() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let transaction = sandbox.create_transaction();
    let body =
        serde_json::json!({ "externalId": EVIL, "orderItems": [{ "amountToOrder": 1, "transactionId": transaction }] });
    let headers = [APPLICATION, JSON, ("X-Evil", EVIL)];
    assert_eq!(call(base, "POST", "/api/v2/orders", &headers, body.to_string().as_bytes()).status, 201);
    // In the path, the key id, the signature, the content type and the date too.
    let headers = [("Authorization", "SOA <script>:<script>"), ("Content-Type", "<script>"), ("Date", "<script>")];
    call(base, "POST", "/<script>?<script>", &headers, b"<script>");
    call(base, "POST", "/api/v2/orders", &headers, b"<script>");
    let sign = sandbox.sign_customiser_url();
    let order = serde_json::json!({ "integration_id": 1, "external_id": EVIL, "external_order_number": EVIL, "currency": "USD",
        "products": [{ "external_id": EVIL, "quantity": 1, "price": 1 }] });
    assert_eq!(call(sign, "POST", "/api/v2/orders", &[BEARER, ACCEPT, JSON], order.to_string().as_bytes()).status, 200);
    // A receiver that is not there, at an address that would be markup.
    let asked = serde_json::json!({ "url": "http://127.0.0.1:1/<script>alert('1')</script>\"&", "topic": "order:created", "data": { "x": EVIL } });
    sandbox.control("POST", "/_/deliver", &asked.to_string()).expect("tried");
    for base in [base, sign] {
        let page = call(base, "GET", "/", &[], b"");
        assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
        assert!(page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'")));
        let text = page.text();
        assert!(!text.contains("<script") && !text.contains("alert('1')"), "{text}");
        assert!(text.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"), "{text}");
    }
}

#[test]
fn it_shows_why_and_links_to_the_other() {
    let sandbox = sandbox();
    let (spiff, sign) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    let headers = [("Authorization", "SOA test_access_key:bVvHhiG9Z2cASXRm+lcGZbdAfGM="), JSON, ("Date", DATE)];
    call(spiff, "POST", "/api/v2/orders", &headers, b"{}");
    let page = call(spiff, "GET", "/", &[], b"");
    let text = page.text();
    for part in ["refused", "401", "String to sign", "Advice", "POST\n", "\n/api/v2/orders", &format!("{sign}/")] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(call(sign, "GET", "/", &[], b"").text().contains(&format!("{spiff}/")));
    // The page is not among what it lists.
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn many_requests_are_bounded() {
    let sandbox = sandbox();
    let request = message("GET", "/x", &[], b"");
    for _ in 0..120 {
        let mut stream = crate::http::connect(sandbox.spiff_url());
        std::io::Write::write_all(&mut stream, &request).expect("written");
        crate::http::drain(&mut stream);
    }
    let page = call(sandbox.spiff_url(), "GET", "/", &[], b"");
    assert_eq!(page.text().matches("<details>").count(), 100);
    assert!(page.text().contains("Requests (120)"));
}
