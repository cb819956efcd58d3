//! The page for people: complete, harmless whatever arrives, and with forms that do what they say or say why not.

use crate::http::{ACCEPT, APPLICATION, BEARER, DATE, JSON, SOA, call, graphql, message, raw, sign, signed};
use crate::markup::{Page, read};
use crate::sandbox;
use countersign_sandbox::Sandbox;
use serde_json::{Value, json};
use std::fmt::Write as _;

const EVIL: &str =
    "<script>alert('1')</script>\"& <img src=x onerror=\"alert(1)\"> \u{202e}\u{200b}\u{1}\u{7f} &lt; {}";

/// What a page shows of it.
const SHOWN: &str =
    "<script>alert('1')</script>\"& <img src=x onerror=\"alert(1)\"> ⟨U+202E⟩⟨U+200B⟩⟨U+0001⟩⟨U+007F⟩ &lt; {}";

fn page(base: &str, path: &str) -> Page {
    let reply = call(base, "GET", path, &[], b"");
    assert_eq!(reply.status, 200);
    read(reply.text())
}

/// Sends a form as a browser does, with the word of the page.
fn send(base: &str, name: &str, fields: &[(&str, &str)]) -> crate::http::Reply {
    let token = page(base, "/")
        .elements
        .iter()
        .find(|element| element.get("name") == Some("token"))
        .map(|element| element.get("value").unwrap_or_default().to_owned());
    let mut all = vec![("token", token.as_deref().unwrap_or_default())];
    all.extend(fields);
    post(base, name, &all, &[("Origin", base), ("Sec-Fetch-Site", "same-origin")])
}

fn post(base: &str, name: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> crate::http::Reply {
    let mut body = String::new();
    for (name, value) in fields {
        let _ = write!(body, "&{name}=");
        value.bytes().for_each(|byte| _ = write!(body, "%{byte:02X}"));
    }
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    call(base, "POST", &format!("/_/page/{name}"), &[&kind, headers].concat(), body.as_bytes())
}

/// The form was done: where it leads back to.
fn done(reply: &crate::http::Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.header("location").expect("a place").to_owned()
}

/// The form came back: what it says of a field, which the field names as its description.
fn refused(reply: &crate::http::Reply, id: &str) -> String {
    assert_eq!(reply.status, 422, "{}", reply.text());
    let page = read(reply.text());
    let field = page.by_id(id);
    assert_eq!(field.get("aria-invalid"), Some("true"), "{id}");
    let described = field.get("aria-describedby").expect("a description");
    let wrong = described.split(' ').next().expect("an id");
    assert!(page.all("title").any(|title| title.text.starts_with("Not done")));
    page.by_id(wrong).text.clone()
}

#[test]
fn nothing_that_arrived_is_markup() {
    let sandbox = sandbox();
    let (base, sign_base) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    let made = sandbox.control("POST", "/_/transactions", &json!({ "name": EVIL }).to_string()).expect("made");
    let body = json!({ "externalId": EVIL, "paid": true,
        "orderItems": [{ "amountToOrder": 1, "transactionId": made["transactionId"] }] })
    .to_string();
    assert_eq!(call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], body.as_bytes()).status, 201);
    let query = "mutation($id: String, $internal: String, $items: [OrderItemInput]!) { \
                 orderCreate(externalId: $id, internalId: $internal, orderItems: $items) { id } }";
    let items = json!([{ "amountToOrder": 1, "transactionId": made["transactionId"] }]);
    graphql(base, query, json!({ "id": EVIL, "internal": EVIL, "items": items }));
    // In the method, the path (where the HTTP library takes no <), the name and value of a header, the key id, the
    // signature, the content type, the date.
    let evil = "<script>'x\"&";
    let headers = [("Authorization", "SOA <script>:<script>"), ("Content-Type", evil), ("Date", evil), ("x'y", evil)];
    assert_eq!(call(base, "P'T", "/'\"&{}?'&", &headers, EVIL.as_bytes()).status, 404);
    call(base, "POST", "/api/v2/orders", &headers, b"<script>");
    let status = json!({ "fault": "status", "body": EVIL, "count": 2, "target": "other", "platform": "spiff" });
    let profile = json!({ "profile": { "status": { "percent": 1, "body": EVIL } }, "platform": "spiff" });
    sandbox.faults(&json!([status, profile]).to_string()).expect("faults");
    call(base, "POST", "/x", &[], b"");
    let order = json!({ "integration_id": 1, "external_id": EVIL, "external_order_number": EVIL, "currency": "USD",
        "products": [{ "external_id": EVIL, "quantity": 1, "price": 1 }] });
    let subscription =
        json!({ "topic": "order:created", "url": format!("http://127.0.0.1:1/{EVIL}"), "meta": { EVIL: EVIL } });
    for (path, body) in [("/api/v2/webhooks", subscription), ("/api/v2/orders", order)] {
        let headers = [BEARER, ACCEPT, JSON];
        assert_eq!(call(sign_base, "POST", path, &headers, body.to_string().as_bytes()).status, 200);
    }
    let (url, shop) = shop(&json!({ "external_id": EVIL }).to_string());
    let asked = json!({ "url": url, "product": { "title": EVIL, "price": -1 } });
    sandbox.control("POST", "/_/product-created", &asked.to_string()).expect("told");
    shop.join().expect("no panic");
    // A receiver that is not there, at an address that would be markup.
    let url = "http://127.0.0.1:1/<script>alert('1')</script>\"&";
    let asked = json!({ "url": url, "topic": "order:created", "data": { "x": EVIL } });
    sandbox.control("POST", "/_/deliver", &asked.to_string()).expect("tried");

    for (base, at_least) in [(base, 9), (sign_base, 5)] {
        let reply = call(base, "GET", "/", &[], b"");
        assert!(reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';")
                && !policy.contains("unsafe")
        );
        let page = read(reply.text());
        assert_eq!(
            page.all("script").map(|script| (script.get("src"), script.text.as_str())).collect::<Vec<_>>(),
            [(Some("/_/page/live.js"), "")]
        );
        assert!(page.all("img").all(|image| image.get("src").is_some_and(|at| at.starts_with("/images/"))));
        let count = page.text.matches(SHOWN).count();
        assert!(count >= at_least, "{count} times: {}", page.text);
        assert!(!reply.text().contains("<script>"));
        // A form that is refused holds what it was given.
        let form = if base == sign_base { "delivery" } else { "fault" };
        let given =
            [("topic", EVIL), ("url", EVIL), ("data", EVIL), ("fault", EVIL), ("count", EVIL), ("message", EVIL)];
        let reply = send(base, form, &given);
        assert_eq!(reply.status, 422);
        let page = read(&reply.text().replace(['\u{1}', '\u{7f}'], "?"));
        let held = EVIL.replace(['\u{1}', '\u{7f}'], "?");
        let field = if base == sign_base { "delivery-data" } else { "fault-message" };
        let field = page.by_id(field);
        assert_eq!(field.get("value").unwrap_or(field.text.trim_start()), held);
    }
    // Nothing of an address is shown that was not looked up.
    for done in ["design", "product", "delivery", "Stolen"] {
        let page = page(base, &format!("/?done={done}&id=Stolen&delivery=Stolen"));
        assert!(!page.text.contains("Stolen"), "{}", page.text);
    }
}

/// A shop that answers one delivery.
fn shop(answer: &str) -> (String, std::thread::JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
    let thread = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().expect("a delivery");
        let mut seen = Vec::new();
        let mut space = [0; 4096];
        while !seen.ends_with(b"}}") {
            let count = stream.read(&mut space).expect("a request");
            assert!(count > 0);
            seen.extend_from_slice(&space[..count]);
        }
        stream.write_all(answer.as_bytes()).expect("written");
    });
    (url, thread)
}

#[test]
fn it_shows_no_secret() {
    let sandbox = sandbox();
    let (base, sign_base) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    let secrets =
        ["test_secret_key", "test_application_key", "test_api_token", "test_integration_secret", "test_webhook_secret"];
    for secret in secrets {
        for base in [base, sign_base] {
            let headers = [
                ("Authorization", format!("Bearer {secret}")),
                ("X-Application-Key", secret.to_owned()),
                ("Cookie", format!("a={secret}")),
                ("X-Other", secret.to_owned()),
            ];
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let body = json!({ "externalId": secret, "other": format!("x{secret}") }).to_string();
            call(base, "POST", &format!("/api/v2/orders?token={secret}"), &headers, body.as_bytes());
        }
        // Somebody's own, which nobody knows here.
        for other in ["Bearer someones-token", "Basic c29tZW9uZXM6dG9rZW4=", "someones-token"] {
            call(base, "POST", "/api/v2/orders", &[("Authorization", other)], b"");
        }
        call(base, "POST", "/api/v2/orders", &[("X-Application-Key", "someones-key")], b"");
    }
    let subscription = json!({ "topic": "order:created", "url": "http://127.0.0.1:1/" }).to_string();
    call(sign_base, "POST", "/api/v2/webhooks", &[BEARER, ACCEPT, JSON], subscription.as_bytes());
    sandbox.control("POST", "/_/deliver", r#"{"url":"http://127.0.0.1:1/","topic":"order:created"}"#).expect("tried");
    for base in [base, sign_base] {
        let reply = call(base, "GET", "/", &[], b"");
        for secret in secrets.into_iter().chain(["someones-token", "c29tZW9uZXM6dG9rZW4", "someones-key"]) {
            let at = reply.text().find(secret);
            assert!(at.is_none(), "{secret}: {}", &reply.text()[at.unwrap_or(0).saturating_sub(100)..][..200]);
        }
        assert!(reply.text().contains("(hidden"));
    }
}

#[test]
fn an_order_that_stands_twice_comes_first() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let design = sandbox.create_transaction();
    let place = |external: Value| {
        let body = json!({ "externalId": external, "orderItems": [{ "amountToOrder": 3, "transactionId": design }] });
        call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], body.to_string().as_bytes()).status
    };
    for external in [json!("a"), json!("b"), json!("a"), json!("c"), Value::Null, Value::Null] {
        assert_eq!(place(external), 201);
    }
    let shown = page(base, "/");
    let rows: Vec<_> = shown.all("tr").filter(|row| row.get("id").is_some_and(|id| id.starts_with("order-"))).collect();
    let begins: Vec<_> = rows.iter().map(|row| row.text.split(" 20").next().unwrap_or_default().to_owned()).collect();
    let begins: Vec<_> = begins.iter().map(|text| text.split("20").next().unwrap_or_default()).collect();
    assert_eq!(begins, ["a2 times doubled", "–once", "–once", "conce", "bonce"]);
    assert_eq!(rows[0].text.matches("3 × ").count(), 2);
    assert!(shown.all("title").any(|title| title.text.starts_with("1 doubled, 6 orders, 6 requests – Spiff Commerce")));
    // The requests that placed it say so as well, and are linked.
    let marked = shown.all("details").filter(|one| one.text.contains("doubled")).count();
    assert_eq!(marked, 2);
    let links: Vec<_> = shown.all("a").filter_map(|link| link.get("href")?.strip_prefix("#req-")).collect();
    assert_eq!(links.len(), 6);
    assert!(links.iter().all(|id| shown.has(&format!("req-{id}"))));
    // Recognised, it is not accepted again.
    sandbox.settings(r#"{"dedupe":true}"#).expect("a setting");
    assert_eq!(place(json!("b")), 201);
    assert!(page(base, "/").text.contains("1 doubled, 6 orders, 7 requests"));
}

#[test]
fn a_refused_signature_is_explained() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let body = br#"{"externalId":"x"}"#;
    let authorization = sign(SOA, "/api/v2/orders/", DATE, body);
    let headers = [("Authorization", authorization.as_str()), JSON, ("Date", DATE)];
    assert_eq!(call(base, "POST", "/api/v2/orders", &headers, body).status, 401);
    signed(base, "/api/v2/orders", "{}");
    let shown = page(base, "/");
    let requests: Vec<_> = shown.all("details").filter(|one| one.text.contains("String to sign")).collect();
    let [right, wrong] = requests.as_slice() else { panic!("{}", shown.text) };
    assert!(right.text.contains("It is right.") && !right.text.contains("What was signed instead"));
    for part in [
        "→ 401",
        "wrong signature",
        "Advice:",
        "What differsThe path.",
        "a slash at its end",
        "application/json\nMon, 23 Apr 2012 12:45:19 GMT\n/api/v2/orders",
    ] {
        assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
    }
    let marks: Vec<_> = shown.all("mark").map(|mark| mark.text.as_str()).collect();
    assert_eq!(marks, ["⟨nothing⟩", "/"]);
    let order: Vec<_> =
        shown.all("summary").map(|one| one.text.as_str()).filter(|text| text.contains("POST")).collect();
    assert!(order[0].contains("→ 400") && order[1].contains("→ 401"), "the newest first: {order:?}");
}

#[test]
fn bodies_are_shown_as_what_they_are() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let body = |bytes: &[u8]| {
        raw(base, "PUT", "/x", &[("Content-Length", &bytes.len().to_string())], bytes);
        let shown = page(base, "/");
        let newest = shown.all("details").find(|one| one.text.contains("PUT")).expect("a request").text.clone();
        newest.split("Body").nth(1).expect("a body").split("Headers").next().unwrap_or_default().to_owned()
    };
    assert_eq!(body(b""), "None.");
    assert_eq!(body(b"\n a\r\n"), ", 5 bytes\n\n a⟨U+000D⟩\n");
    assert_eq!(body(b"a\xff\x00b"), ", 4 bytes, no UTF-8 from byte 1 on; the first 4 in hex\n61 ff 00 62");
    let long = body("é".repeat(3000).as_bytes());
    assert!(long.starts_with(", 6000 bytes; the first 4096\né") && long.matches('é').count() == 2048, "{long}");
    // What is remembered ends within a character.
    let longer = body(&[b"a", "é".repeat(40_000).as_bytes()].concat());
    assert!(longer.starts_with(", 80001 bytes; the first 4095\naé"), "{longer}");
    let binary = body(&[0xff; 1000]);
    assert!(binary.contains("1000 bytes, no UTF-8 from byte 0 on; the first 512 in hex"), "{binary}");
    assert_eq!(binary.matches("ff").count(), 512);
}

#[test]
fn what_became_of_a_request_is_shown() {
    let sandbox = sandbox();
    let (base, sign_base) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    sandbox.faults(r#"[{"fault":"cut_reply","bytes":7},{"fault":"429","retry_after":"3"}]"#).expect("faults");
    raw(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], b"{}");
    call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], b"{}");
    let shown = page(base, "/");
    for part in ["fault cut_reply", "bytes 7", "fault 429", "retry_after 3", "Not carried out: the fault 429"] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    assert!(page(sign_base, "/").all("a").any(|link| link.get("href") == Some(&format!("{base}/"))));
    // The page is not among what it lists, and no fault strikes it.
    assert_eq!(sandbox.requests().len(), 2);
    sandbox.faults(r#"{"fault":"500"}"#).expect("a fault");
    for path in ["/", "/favicon.ico", "/_/page/style.css", "/_/page/live.js"] {
        assert!([200, 204].contains(&call(base, "GET", path, &[], b"").status), "{path}");
    }
    assert_eq!(sandbox.requests().len(), 2);
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
    sandbox.control("POST", "/_/transactions", r#"{"count":150}"#).expect("made");
    let page = page(sandbox.spiff_url(), "/");
    assert_eq!(page.all("li").filter(|one| one.get("id").is_some()).count(), 100);
    assert_eq!(page.all("tr").filter(|one| one.get("id").is_some()).count(), 100);
    assert!(page.text.contains("120 requests") && page.text.contains("The newest 100 are shown"));
}

#[test]
fn whoever_has_the_page_is_told_so() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let tag = call(base, "GET", "/", &[], b"").header("etag").expect("a tag").to_owned();
    let again = |tag: &str| call(base, "GET", "/", &[("If-None-Match", tag)], b"");
    assert_eq!((again(&tag).status, again(&tag).body.len()), (304, 0));
    sandbox.create_transaction();
    let new = again(&tag);
    assert_eq!(new.status, 200);
    assert_ne!(new.header("etag"), Some(tag.as_str()));
    call(base, "GET", "/none", &[], b"");
    assert_eq!(again(new.header("etag").expect("a tag")).status, 200);
}

#[test]
fn designs_have_pictures() {
    let sandbox = sandbox();
    let (base, sign_base) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    let name = "<b>\"Ada\u{fffe}\u{202e}'&";
    for product in ["shop-mug", "shop-shirt", "5a000000-0000-4000-8000-000000000020"] {
        let asked = json!({ "product": product, "name": name });
        let made = sandbox.control("POST", "/_/transactions", &asked.to_string()).expect("made");
        let link = made["previewImage"].as_str().expect("a link").strip_prefix(base).expect("here").to_owned();
        let picture = call(base, "GET", &link, &[], b"");
        assert_eq!((picture.status, picture.header("content-type")), (200, Some("image/svg+xml")));
        assert!(
            picture.header("content-security-policy").is_some() && picture.header("x-content-type-options").is_some()
        );
        assert!(read(picture.text()).text.contains("<b>\"Ada⟨U+FFFE⟩⟨U+202E⟩'&"), "{}", picture.text());
        assert_eq!(call(sign_base, "GET", &link, &[], b"").status, 404);
        assert!(page(base, "/").all("img").any(|image| image.get("src") == Some(&link)));
    }
    let (url, thread) = shop(r#"{"external_id":"shop-1"}"#);
    sandbox.control("POST", "/_/product-created", &json!({ "url": url, "product_id": 12 }).to_string()).expect("told");
    thread.join().expect("no panic");
    assert!(read(call(sign_base, "GET", "/images/12.svg", &[], b"").text()).text.contains("Custom Neon"));
    for none in ["/images/none.svg", "/images/.svg", "/images/%2e%2e.svg"] {
        assert_eq!(call(base, "GET", none, &[], b"").status, 404, "{none}");
    }
    // What is no picture of ours is a request like any other.
    assert_eq!(sandbox.requests().len(), 0);
    call(base, "GET", "/images/shop.png", &[], b"");
    call(base, "POST", "/images/none.svg", &[], b"");
    assert_eq!(sandbox.requests().len(), 2);
}

#[test]
fn a_design_is_listed_with_its_order() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let reply = send(base, "design", &[("product", "shop-shirt"), ("name", "Ada"), ("count", "2")]);
    let back = done(&reply);
    let shown = page(base, &back[..back.find('#').expect("a place")]);
    let id = back.split("id=").nth(1).and_then(|rest| rest.split('#').next()).expect("an id");
    assert!(shown.by_id("designs").text.contains(&format!("Made: {id}, ready")));
    assert!(shown.by_id(&format!("design-{id}")).text.contains("Ada"));
    let body =
        json!({ "externalId": "order-9", "orderItems": [{ "amountToOrder": 1, "transactionId": id }] }).to_string();
    assert_eq!(call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], body.as_bytes()).status, 201);
    let state = sandbox.control("GET", "/_/state", "").expect("a state");
    let owner = state["objects"]["Transaction"]
        .as_array()
        .expect("designs")
        .iter()
        .find(|one| one["id"] == id)
        .expect("it")["@owner"]
        .clone();
    let row = page(base, "/").by_id(&format!("design-{id}")).text.clone();
    for part in [id, owner.as_str().expect("an owner"), "price 32.49 USD", "ordered", "by order-9"] {
        assert!(row.contains(part), "{part}: {row}");
    }
    for (field, value, says) in [
        ("count", "0", "1 to 100"),
        ("count", "", "1 to 100"),
        ("count", "many", "1 to 100"),
        ("product", "none", "There is no product"),
    ] {
        let fields = [("product", "shop-mug"), ("name", "kept"), ("count", "1")]
            .map(|(name, old)| (name, if name == field { value } else { old }));
        let reply = send(base, "design", &fields);
        assert!(refused(&reply, &format!("design-{field}")).contains(says), "{field} {value}");
        assert_eq!(read(reply.text()).by_id("design-name").get("value"), Some("kept"));
    }
}

#[test]
fn a_product_is_told_to_the_shop() {
    let sandbox = sandbox();
    let base = sandbox.sign_customiser_url();
    let (url, thread) = shop(r#"{"external_id":"shop-17"}"#);
    let fields = [("url", url.as_str()), ("title", "Open late"), ("price", "1234"), ("product_id", "9")];
    let back = done(&send(base, "product", &fields));
    thread.join().expect("no panic");
    let shown = page(base, back.split('#').next().unwrap_or_default());
    assert!(shown.by_id("designs").text.contains("The shop took the product 9."), "{}", shown.by_id("designs").text);
    let row = &shown.by_id("design-9").text;
    assert!(["Open late", "shop-17", "12.34", "not ordered"].into_iter().all(|part| row.contains(part)), "{row}");
    let order = json!({ "integration_id": 1, "external_id": "o-1", "external_order_number": "1", "currency": "USD",
        "products": [{ "external_id": "shop-17", "quantity": 1, "price": 1 }] });
    assert_eq!(call(base, "POST", "/api/v2/orders", &[BEARER, ACCEPT, JSON], order.to_string().as_bytes()).status, 200);
    assert!(page(base, "/").by_id("design-9").text.contains("by o-1"));
    let back = done(&send(base, "product", &[("url", "http://127.0.0.1:1/")]));
    let shown = page(base, back.split('#').next().unwrap_or_default());
    assert!(shown.by_id("designs").text.contains("did not take"));
    for (field, value, says) in [
        ("url", "", "http://"),
        ("url", "http://example.com/", "not on this machine"),
        ("price", "1.5", "whole number"),
        ("product_id", "0", "whole number"),
    ] {
        let fields = [("url", "http://127.0.0.1:1/"), ("price", ""), ("product_id", "")]
            .map(|(name, old)| (name, if name == field { value } else { old }));
        assert!(
            refused(&send(base, "product", &fields), &format!("product-{field}")).contains(says),
            "{field} {value}"
        );
    }
}

#[test]
fn a_delivery_shows_what_was_answered() {
    let sandbox = sandbox();
    let base = sandbox.sign_customiser_url();
    let (url, thread) = shop("thanks");
    let back = done(&send(
        base,
        "delivery",
        &[("topic", "form:submitted"), ("url", &url), ("data", "{\"form_submission\":{}}")],
    ));
    thread.join().expect("no panic");
    let shown = page(base, back.split('#').next().unwrap_or_default());
    let text = &shown.by_id("webhooks").text;
    for part in ["The delivery ended: answered 200.", "form:submitted", "delivered", "thanks", "x-webhook-signature"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(shown.all("details").any(|one| one.get("open").is_some() && one.text.contains("thanks")));
    let back = done(&send(base, "delivery", &[("topic", "order:created"), ("url", "http://127.0.0.1:1/")]));
    assert!(page(base, back.split('#').next().unwrap_or_default()).text.contains("The delivery ended: No reply from"));
    for (field, value, says) in [
        ("url", "http://example.com/", "not on this machine"),
        ("data", "{", "This is not JSON"),
        ("topic", "x", "Choose a topic"),
    ] {
        let fields = [("topic", "order:created"), ("url", "http://127.0.0.1:1/"), ("data", "")]
            .map(|(name, old)| (name, if name == field { value } else { old }));
        assert!(
            refused(&send(base, "delivery", &fields), &format!("delivery-{field}")).contains(says),
            "{field} {value}"
        );
    }
    assert_eq!(sandbox.deliveries().len(), 2);
}

#[test]
fn faults_are_added_and_taken_away() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let waiting = || sandbox.control("GET", "/_/faults", "").expect("faults")["faults"].clone();
    let plain = [("platform", "spiff"), ("target", "order"), ("count", "2")];
    let add = |more: &[(&str, &str)]| send(base, "fault", &[&plain[..], more].concat());
    assert_eq!(
        done(&add(&[("fault", "hang"), ("ms", "30"), ("percent", ""), ("accept", "true")])),
        "/?done=fault#faults"
    );
    done(&add(&[("fault", "500"), ("percent", "12.5"), ("accept", "")]));
    done(&add(&[("fault", "data_null"), ("errors", "yes")]));
    assert_eq!(
        waiting()[0],
        json!({ "fault": "hang", "ms": 30, "accept": true, "platform": "spiff", "target": "order", "count": 2, "left": 2 })
    );
    assert_eq!(waiting()[1]["profile"], json!({ "500": { "percent": 12.5 } }));
    assert_eq!(waiting()[2]["errors"], true);
    let shown = page(base, "/").by_id("faults").text.clone();
    for part in ["hang; 2 left", "ms 30", "500 in 12.5 %"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for (name, value, says) in [
        ("ms", "soon", "whole number"),
        ("seconds", "3", "does not take this"),
        ("percent", "101", "from 0 to 100"),
        ("percent", "nan", "from 0 to 100"),
        ("count", "0", "whole number"),
    ] {
        let reply = send(
            base,
            "fault",
            &[
                ("fault", "hang"),
                ("target", "any"),
                ("platform", "both"),
                ("count", if name == "count" { value } else { "1" }),
                (name, value),
            ],
        );
        assert!(refused(&reply, &format!("fault-{name}")).contains(says), "{name}");
    }
    assert!(refused(&send(base, "fault", &[("fault", "none"), ("count", "1")]), "fault-fault").contains("Choose"));
    // What control refuses is said above the form.
    let reply = send(base, "fault", &[("fault", "500"), ("target", "x"), ("platform", "both"), ("count", "1")]);
    assert!(
        reply.status == 422 && read(reply.text()).by_id("faults").text.contains("\"target\" is"),
        "{}",
        reply.text()
    );
    assert_eq!(waiting().as_array().map(Vec::len), Some(3));
    assert_eq!(done(&send(base, "clear-faults", &[])), "/?done=clear-faults#faults");
    assert_eq!(waiting(), json!([]));
    // Every fault can be chosen, and every parameter be given.
    let shown = page(base, "/");
    assert!(shown.all("option").any(|one| one.get("value") == Some("field_error")));
    assert!(page(sandbox.sign_customiser_url(), "/").all("option").any(|one| one.get("value") == Some("wrong_echo")));
    for param in
        ["ms", "bytes", "retry_after", "status", "body", "to", "errors", "path", "message", "seconds", "ms_per_byte"]
    {
        assert!(shown.has(&format!("fault-{param}")), "{param}");
    }
}

#[test]
fn settings_are_changed_all_or_none() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let settings = || sandbox.control("GET", "/_/settings", "").expect("settings");
    // What the page shows, sent back, changes nothing.
    let as_shown = [
        ("date_window_seconds", ""),
        ("graphql_auth", "null"),
        ("unknown_ids", "null"),
        ("rest_body", "json"),
        ("webhook_scheme", "A"),
        ("process_ms", "300"),
        ("forbidden", ""),
        ("create_product_url", ""),
    ];
    let before = settings();
    assert_eq!(done(&send(base, "settings", &as_shown)), "/?done=settings#settings");
    assert_eq!(settings(), before);
    let changed = [
        ("date_window_seconds", " 60 "),
        ("graphql_auth", "401"),
        ("unknown_ids", "omit"),
        ("rest_body", "empty"),
        ("webhook_scheme", "E"),
        ("process_ms", ""),
        ("forbidden", "orderCreate, customers"),
        ("dedupe", "yes"),
        ("check_products", "yes"),
        ("create_product_url", "http://localhost:8000/products"),
    ];
    done(&send(base, "settings", &changed));
    let after = json!({ "date_window_seconds": 60, "graphql_auth": "401", "unknown_ids": "omit", "rest_body": "empty",
        "webhook_scheme": "E", "process_ms": null, "forbidden": ["orderCreate", "customers"], "dedupe": true,
        "check_products": true, "create_product_url": "http://localhost:8000/products" });
    assert_eq!(settings(), after);
    let shown = page(base, "/");
    assert_eq!(shown.by_id("settings-forbidden").get("value"), Some("orderCreate customers"));
    assert!(shown.by_id("settings-dedupe").get("checked").is_some());
    for (field, value, says) in [
        ("process_ms", "-1", "whole number"),
        ("date_window_seconds", "5000000000", "whole number"),
        ("forbidden", "orderCreate nothing", "no query or mutation nothing"),
        ("webhook_scheme", "F", "\"A\", \"B\""),
        ("create_product_url", "http://example.com/", "is not on this machine"),
    ] {
        let fields = as_shown.map(|(name, old)| (name, if name == field { value } else { old }));
        assert!(refused(&send(base, "settings", &fields), &format!("settings-{field}")).contains(says), "{field}");
        assert_eq!(settings(), after);
    }
    assert!(refused(&send(base, "reset", &[]), "reset-sure").contains("Tick this box"));
    assert_eq!(settings(), after);
    assert_eq!(done(&send(base, "reset", &[("sure", "yes")])), "/?done=reset#settings");
    assert_eq!(settings(), before);
}

#[test]
fn other_pages_send_no_forms() {
    let sandbox: Sandbox = sandbox();
    let base = sandbox.spiff_url();
    sandbox.faults(r#"{"fault":"500","target":"order"}"#).expect("a fault");
    let token = page(base, "/")
        .elements
        .iter()
        .find(|one| one.get("name") == Some("token"))
        .and_then(|one| one.get("value"))
        .expect("a word")
        .to_owned();
    let still = || {
        assert_eq!(sandbox.control("GET", "/_/faults", "").expect("faults")["faults"].as_array().map(Vec::len), Some(1))
    };
    let own = [("token", token.as_str())];
    for foreign in [
        ("Origin", "https://example.com"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        assert_eq!(post(base, "clear-faults", &own, &[foreign]).status, 403, "{foreign:?}");
        still();
    }
    // Not even from nowhere, without the word; what was given comes back.
    for token in ["", "x"] {
        let reply = post(
            base,
            "design",
            &[("token", token), ("name", "kept"), ("product", "shop-mug"), ("count", "1")],
            &[("Origin", base)],
        );
        assert_eq!(reply.status, 403);
        let page = read(reply.text());
        assert!(page.text.contains("older than the sandbox"), "{}", page.text);
        assert_eq!(page.by_id("design-name").get("value"), Some("kept"));
        assert_eq!(post(base, "clear-faults", &[("token", token)], &[]).status, 403);
        still();
    }
    let host = raw(base, "POST", "/_/page/clear-faults", &[("Host", "rebind.example")], b"");
    assert!(String::from_utf8_lossy(&host).starts_with("HTTP/1.1 400"), "two hosts");
    // Each sandbox has a word of its own.
    let other = crate::sandbox();
    assert_eq!(post(other.spiff_url(), "clear-faults", &own, &[]).status, 403);
    assert_eq!(call(base, "POST", "/_/page/clear-faults", &[JSON], b"{}").status, 415);
    assert_eq!(
        call(base, "POST", "/_/page/nothing", &[("Content-Type", "application/x-www-form-urlencoded")], b"").status,
        404
    );
    assert_eq!(call(base, "DELETE", "/_/page/clear-faults", &[], b"").status, 405);
    let back = call(base, "GET", "/_/page/clear-faults", &[], b"");
    assert_eq!((back.status, back.header("location")), (303, Some("/")));
    still();
    assert_eq!(post(base, "clear-faults", &own, &[("Origin", base)]).status, 303);
    for header in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
        assert!(call(base, "GET", "/", &[], b"").header(header).is_some(), "{header}");
    }
}

#[test]
fn every_field_is_named_and_described() {
    let sandbox = sandbox();
    for base in [sandbox.spiff_url(), sandbox.sign_customiser_url()] {
        let page = page(base, "/");
        assert_eq!(page.all("h1").count(), 1);
        assert!(page.all("html").all(|html| html.get("lang") == Some("en")));
        let mut ids: Vec<_> = page.elements.iter().filter_map(|one| one.get("id")).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id twice");
        for field in page.elements.iter().filter(|one| ["input", "select", "textarea"].contains(&one.name.as_str())) {
            if field.get("type") == Some("hidden") {
                continue;
            }
            let id = field.get("id").expect("an id");
            assert!(page.all("label").any(|label| label.get("for") == Some(id) && !label.text.is_empty()), "{id}");
            for described in field.get("aria-describedby").unwrap_or_default().split_whitespace() {
                assert!(!page.by_id(described).text.is_empty(), "{described}");
            }
        }
        for link in page.all("a").filter_map(|link| link.get("href")?.strip_prefix('#')) {
            assert!(page.has(link), "{link}");
        }
        assert!(page.all("th").all(|head| head.get("scope").is_some()));
    }
}
