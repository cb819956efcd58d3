//! The browser phase from outside: who gets the frame, what it holds, and what becomes of what is chosen in it.

use crate::http::{APPLICATION, JSON, Reply, call, graphql, order};
use crate::markup::{Page, read};
use crate::sandbox;
use countersign_core::digest::hmac_sha256;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpListener;

const MUG: &str = "5a000000-0000-4000-8000-000000000005";
const SHOP: &str = "http://127.0.0.1:8000";
const EVIL: &str = "\"'><script>alert(1)</script>&{}";

fn encoded(fields: &[(&str, &str)]) -> String {
    let mut all = String::new();
    for (name, value) in fields {
        let _ = write!(all, "&{name}=");
        value.bytes().for_each(|byte| _ = write!(all, "%{byte:02X}"));
    }
    all
}

fn ask(base: &str, name: &str, fields: &[(&str, &str)]) -> Reply {
    call(base, "GET", &format!("/_/customiser/{name}?{}", encoded(fields)), &[], b"")
}

/// The frame for a mug, or for a sign.
fn frame(base: &str, more: &[(&str, &str)]) -> Reply {
    let all = [("from", SHOP), ("product", MUG), ("currency", "USD"), ("customiser", "7"), ("integration", "42")];
    let kept = all.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    ask(base, "frame", &kept.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// What the form of a frame holds when it comes, with these changed.
fn filled<'f>(page: &'f Page, changes: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let inputs = page.all("input").filter(|input| input.get("type") != Some("radio") || input.get("checked").is_some());
    let all = inputs.map(|input| (input.get("name").unwrap_or_default(), input.get("value").unwrap_or_default()));
    let kept = all.filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    kept.chain(changes.iter().copied()).collect()
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");

/// Fills the frame in and sends it, as the frame does.
fn finish(base: &str, place: &[(&str, &str)], changes: &[(&str, &str)]) -> Reply {
    let page = read(frame(base, place).text());
    let headers = [FORM, ("Origin", base), ("Sec-Fetch-Site", "same-origin")];
    call(base, "POST", "/_/customiser/finish", &headers, encoded(&filled(&page, changes)).as_bytes())
}

#[test]
fn the_scripts_are_public_and_no_requests_to_a_platform() {
    let sandbox = sandbox();
    let (spiff, sign) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    sandbox.faults(r#"[{"fault":"cut_request","target":"any"},{"fault":"500","target":"any"}]"#).expect("faults");
    for (base, path) in [(spiff, "/api.js"), (sign, "/sign-customiser-embed.js")] {
        let foreign =
            [("Origin", "http://shop.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors")];
        let reply = call(base, "GET", path, &foreign, b"");
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), Some("text/javascript; charset=utf-8"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("access-control-allow-origin"), None);
        // It names nobody: where it comes from is where it goes.
        assert!(!reply.text().contains("://"), "{path}");
        assert!(!reply.text().contains(&sandbox.ready_line()) && !reply.text().contains("test_"));
    }
    for (base, path) in [(sign, "/api.js"), (spiff, "/sign-customiser-embed.js"), (spiff, "/_/customiser/none")] {
        assert_eq!(call(base, "GET", path, &[], b"").status, 404, "{path}");
    }
    assert_eq!(call(spiff, "POST", "/api.js", &[], b"x").status, 404);
    for base in [spiff, sign] {
        assert_eq!(frame(base, &[]).status, 200);
        for path in ["frame.js", "frame.css"] {
            assert_eq!(ask(base, path, &[]).status, 200);
        }
    }
    assert_eq!(sandbox.requests(), Vec::<Value>::new());
    assert_eq!(sandbox.control("GET", "/_/faults", "").expect("faults")["faults"].as_array().map(Vec::len), Some(2));
}

#[test]
fn only_pages_of_this_machine_hold_the_frame() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    for from in [SHOP, "http://localhost", "https://LOCALHOST:3000", "http://127.9.9.9:1"] {
        let reply = frame(base, &[("from", from)]);
        assert_eq!(reply.status, 200, "{from}");
        let policy = reply.header("content-security-policy").expect("a policy");
        let expected = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'none'; base-uri 'none'; frame-ancestors {from}"
        );
        assert_eq!(policy, expected);
        assert_eq!(read(reply.text()).all("body").next().and_then(|body| body.get("data-from")), Some(from));
    }
    for from in [
        "",
        "null",
        "*",
        "http://",
        "http://shop.example",
        "http://[::1]:8000",
        "http://127.0.0.1.shop.example",
        "http://127.0.0.1@shop.example",
        "http://127.0.0.1/shop.example",
        "http://127.0.0.1 http://shop.example",
        "http://127.0.0.1; script-src *",
        "http://127.0.0.1,http://shop.example",
        "http://127.0.0.1\r\nX: y",
        "file://127.0.0.1",
        "javascript://127.0.0.1",
        EVIL,
    ] {
        let reply = frame(base, &[("from", from)]);
        assert_eq!(reply.status, 403, "{from}");
        let policy = reply.header("content-security-policy").expect("a policy");
        assert!(policy.ends_with("frame-ancestors 'none'"), "{from}: {policy}");
        assert!(!reply.text().contains(&token(base)), "{from}");
    }
    let options = Options { allowed_hosts: vec!["shop".into()], ..Options::default() };
    let allowing = Sandbox::start(options).expect("two free ports");
    assert_eq!(frame(allowing.spiff_url(), &[("from", "http://shop:8000")]).status, 200);
    assert_eq!(frame(allowing.spiff_url(), &[("from", "http://shop.example")]).status, 403);
}

fn token(base: &str) -> String {
    let page = read(frame(base, &[]).text());
    filled(&page, &[])
        .into_iter()
        .find(|(name, _)| *name == "token")
        .map(|(_, token)| token.to_owned())
        .expect("a token")
}

#[test]
fn pages_of_this_machine_may_ask_for_a_product() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let path = format!("/_/customiser/product?product={MUG}");
    let from = |origin: &str| call(base, "GET", &path, &[("Origin", origin), ("Sec-Fetch-Site", "cross-site")], b"");
    let reply = from(SHOP);
    assert_eq!((reply.header("access-control-allow-origin"), reply.header("vary")), (Some(SHOP), Some("origin")));
    assert_eq!(reply.json(), json!({ "active": true }));
    for other in ["http://shop.example", "null", "http://127.0.0.1.shop.example"] {
        let reply = from(other);
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (403, None), "{other}");
    }
    assert_eq!(call(base, "GET", &path, &[], b"").header("access-control-allow-origin"), None);
    let active = |fields: &[(&str, &str)]| ask(base, "product", fields).json()["active"] == true;
    for there in [
        [("product", "5a000000-0000-4000-8000-000000000006"), ("", "")],
        [("integration", "sandbox-shop"), ("shop_product", "shop-mug")],
        [("integration", "5a000000-0000-4000-8000-000000000018"), ("shop_product", "hub-mug")],
    ] {
        assert!(active(&there), "{there:?}");
    }
    for not in [
        [("product", "5a000000-0000-4000-8000-000000000021"), ("", "")],
        [("product", EVIL), ("", "")],
        [("integration", "sandbox-shop"), ("shop_product", "hub-mug")],
        [("integration", ""), ("shop_product", "")],
        [("integration", "sandbox-shop"), ("", "")],
    ] {
        assert!(!active(&not), "{not:?}");
    }
}

#[test]
fn nothing_that_is_given_is_markup() {
    let sandbox = sandbox();
    let (spiff, sign) = (sandbox.spiff_url(), sandbox.sign_customiser_url());
    for (base, field) in [
        (spiff, "product"),
        (spiff, "currency"),
        (spiff, "workflow"),
        (spiff, "key"),
        (sign, "customiser"),
        (sign, "integration"),
    ] {
        let reply = frame(base, &[(field, EVIL)]);
        assert_eq!(reply.status, 422, "{field}");
        let page = read(reply.text());
        assert_eq!(
            page.all("script").map(|script| script.get("src")).collect::<Vec<_>>(),
            [Some("/_/customiser/frame.js")]
        );
        assert!(!page.has("design"));
    }
    for field in ["embedded", "portal", "text", "colour", "quantity", "bundle", "product_id"] {
        for base in [spiff, sign] {
            let page = read(frame(base, &[(field, EVIL)]).text());
            assert_eq!(page.all("script").count(), 1, "{field}");
        }
    }
    for base in [spiff, sign] {
        let all = [("product", MUG), ("currency", "USD"), ("customiser", "7"), ("integration", "42"), ("text", EVIL)];
        let reply = ask(base, "preview.svg", &all);
        assert_eq!(reply.header("content-type"), Some("image/svg+xml"));
        assert_eq!(read(reply.text()).all("text").next().map(|drawn| drawn.text.as_str()), Some(&EVIL[..30]));
        assert_eq!(
            ask(base, "price", &all).json()["shows"],
            format!("“{}” in {}", &EVIL[..30], if base == spiff { "Black" } else { "Warm white" })
        );
    }
    // A key that the page showed is not shown by the frame.
    assert!(!frame(spiff, &[("key", "test_application_key")]).text().contains("test_application_key"));
}

#[test]
fn a_design_is_at_the_platform_as_the_page_is_told() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let text = "Zoë & <b>";
    let reply = finish(base, &[("currency", "eur")], &[("text", text), ("colour", "gold"), ("quantity", "2")]);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let result = &reply.json()["result"];
    assert!(result.get("type").is_none());
    let id = result["transactionId"].as_str().expect("an id");
    let query = "query($ids: [String!]!) { transactions(ids: $ids) { designName quantity priceModifierTotal previewImageLink \
                 workflowId workflowState workflowViewerLink externalCartProductVariantId product { basePrice sku } } }";
    let known = &graphql(base, query, json!({ "ids": [id] }))["data"]["transactions"][0];
    assert_eq!(known["designName"], text);
    assert_eq!(known["workflowId"], "5a000000-0000-4000-8000-000000000007");
    let state: Value = serde_json::from_str(known["workflowState"].as_str().expect("a state")).expect("JSON");
    assert_eq!(state, json!({ "text": text, "colour": "gold" }));
    for (told, kept) in [
        ("baseCost", &known["product"]["basePrice"]),
        ("sku", &known["product"]["sku"]),
        ("optionsCost", &known["priceModifierTotal"]),
        ("quantity", &known["quantity"]),
        ("previewImage", &known["previewImageLink"]),
        ("workflowViewerLink", &known["workflowViewerLink"]),
        ("externalCartProductVariantId", &known["externalCartProductVariantId"]),
    ] {
        assert_eq!(&result[told], kept, "{told}");
    }
    assert_eq!((&result["baseCost"], &result["optionsCost"]), (&json!(1500), &json!(550)));
    // The owner may change it, and nobody else.
    let owner = result["transactionOwnerId"].as_str().expect("an owner");
    let change = json!({ "query": "mutation($id: String!) { transactionUpdate(id: $id, quantity: 3) { quantity } }",
        "variables": { "id": id } })
    .to_string();
    for (owner, changed) in [("other", Value::Null), (owner, json!({ "quantity": 3 }))] {
        let headers = [APPLICATION, JSON, ("TransactionOwnerId", owner)];
        let reply = call(base, "POST", "/graphql", &headers, change.as_bytes());
        assert_eq!(reply.json()["data"]["transactionUpdate"], changed, "{owner}");
    }
    let picture = call(base, "GET", &format!("/images/{id}.svg"), &[], b"");
    let preview =
        ask(base, "preview.svg", &[("product", MUG), ("currency", "USD"), ("text", text), ("colour", "gold")]);
    assert_eq!(picture.text(), preview.text(), "it looks as it was shown");
    // Ordered, its line says what was chosen.
    let ordered = call(base, "POST", "/api/v2/orders", &[APPLICATION, JSON], order(id).as_bytes());
    assert_eq!(ordered.status, 201);
    let lines = sandbox.control("GET", "/_/state", "").expect("the state")["objects"]["LineItem"].clone();
    let output = lines.as_array().and_then(|lines| lines.last()).expect("a line")["outputData"].clone();
    assert_eq!(output["metadata"], json!([{ "name": "Text", "value": text }, { "name": "Colour", "value": "Gold" }]));
    assert_eq!(output["variantSelections"], json!([{ "stepTitle": "Colour", "variantName": "Gold" }]));
}

#[test]
fn what_is_wrong_makes_nothing() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let count = || {
        let state = sandbox.control("GET", "/_/state", "").expect("the state");
        state["objects"]["Transaction"].as_array().map_or(0, Vec::len)
    };
    let before = count();
    let long = "x".repeat(31);
    for (changes, field) in [
        (&[("text", " ")][..], "text"),
        (&[("text", &long)], "text"),
        (&[("text", "a\nb")], "text"),
        (&[("text", "Ada"), ("colour", "none")], "colour"),
        (&[("text", "Ada"), ("quantity", "")], "quantity"),
        (&[("text", "Ada"), ("quantity", "0")], "quantity"),
        (&[("text", "Ada"), ("quantity", "1000")], "quantity"),
        (&[("text", "Ada"), ("quantity", "1.5")], "quantity"),
        (&[("text", "Ada"), ("product", "none")], ""),
        (&[("text", "Ada"), ("currency", "dollars")], ""),
        (&[("text", "Ada"), ("portal", "yes"), ("action", "bundle"), ("bundle", "none")], ""),
    ] {
        let reply = finish(base, &[], changes);
        assert_eq!(reply.status, 422, "{changes:?}: {}", reply.text());
        let wrong = reply.json()["wrong"].clone();
        assert_eq!(
            wrong.as_object().map(|wrong| wrong.keys().map(String::as_str).collect()),
            Some(vec![field]),
            "{changes:?}"
        );
    }
    assert_eq!(count(), before);

    let page = read(frame(base, &[]).text());
    let right = filled(&page, &[("text", "Ada")]);
    let send = |fields: &[(&str, &str)], headers: &[(&str, &str)]| {
        call(base, "POST", "/_/customiser/finish", headers, encoded(fields).as_bytes()).status
    };
    let without: Vec<_> = right.iter().copied().filter(|(name, _)| *name != "token").collect();
    assert_eq!(send(&without, &[FORM, ("Origin", base)]), 403);
    for origin in [SHOP, "http://shop.example", "null", sandbox.sign_customiser_url()] {
        let ours = origin == sandbox.sign_customiser_url();
        let site = ("Sec-Fetch-Site", if ours { "same-site" } else { "cross-site" });
        assert_eq!(send(&right, &[FORM, ("Origin", origin), site]), 403, "{origin}");
    }
    assert_eq!(send(&right, &[JSON, ("Origin", base)]), 415);
    assert_eq!(count(), before);
    assert_eq!(send(&right, &[FORM, ("Origin", base)]), 200);
}

#[test]
fn a_bundle_has_the_designs_that_were_added() {
    let sandbox = sandbox();
    let base = sandbox.spiff_url();
    let portal = [("portal", "true")];
    let add = |text: &str, bundle: &str| {
        let reply = finish(base, &portal, &[("text", text), ("action", "add"), ("bundle", bundle)]).json();
        assert_eq!(reply["result"]["type"], "transaction");
        reply["result"]["transactionId"].as_str().expect("an id").to_owned()
    };
    let one = add("one", "");
    let two = add("two", &one);
    let both = format!("{one} {two}");
    let reply = finish(base, &portal, &[("text", ""), ("action", "bundle"), ("bundle", &both)]).json();
    let result = &reply["result"];
    assert_eq!((&result["type"], &result["cartAddMode"]), (&json!("bundle"), &json!("Default")));
    let ids: Vec<_> =
        result["items"].as_array().into_iter().flatten().map(|item| item["transactionId"].clone()).collect();
    assert_eq!(ids, [json!(one), json!(two)]);
    let state = sandbox.control("GET", "/_/state", "").expect("the state");
    let bundle = state["objects"]["Bundle"].as_array().and_then(|all| all.last()).expect("a bundle");
    assert_eq!((&bundle["id"], &bundle["@owner"]), (&result["bundleId"], &result["bundleOwnerId"]));
    assert_eq!(bundle["transactionIds"], json!([one, two]));
}

/// A shop that answers each delivery with one of these bodies, and hands over what came.
fn shop(answers: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/products", listener.local_addr().expect("an address"));
    let take = move |answer: &str| {
        let (mut stream, _) = listener.accept().expect("a delivery");
        let (mut seen, mut space) = (Vec::new(), [0; 4096]);
        while !seen.ends_with(b"}}") {
            let count = stream.read(&mut space).expect("a request");
            assert!(count > 0);
            seen.extend_from_slice(&space[..count]);
        }
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", answer.len());
        stream.write_all((head + answer).as_bytes()).expect("written");
        String::from_utf8(seen).expect("text")
    };
    (url, std::thread::spawn(move || answers.into_iter().map(take).collect()))
}

#[test]
fn a_sign_is_told_to_the_shop_until_it_takes_it() {
    let sandbox = sandbox();
    let base = sandbox.sign_customiser_url();
    let send = |product_id: &str, text: &str| {
        finish(base, &[], &[("text", text), ("colour", "pink"), ("product_id", product_id)])
    };
    let known = || sandbox.control("GET", "/_/state", "").expect("the state")["products"].clone();
    let reply = send("", "Bar & <b>");
    assert_eq!((reply.status, &reply.json()["product_id"]), (502, &json!(1)));
    assert!(reply.json()["wrong"][""].as_str().is_some_and(|why| why.contains("No create-product URL is set")));
    let refused = sandbox.settings(r#"{"create_product_url":"http://shop.example/"}"#).expect_err("another machine");
    assert!(refused.contains("is not on this machine"));
    assert!(sandbox.settings(r#"{"create_product_url":7}"#).is_err());
    let (url, thread) = shop(vec!["{}", "{\"external_id\":\"shop-1\"}", "{\"external_id\":\"shop-2\"}"]);
    sandbox.settings(&json!({ "create_product_url": url }).to_string()).expect("on this machine");
    let reply = send("1", "Bar & <b>");
    assert_eq!(reply.status, 502);
    assert_eq!(known(), json!([{ "product_id": 1, "external_id": null }]));
    let reply = send("1", "Bar & <b>").json();
    let product = &reply["product"];
    assert_eq!((&product["product_id"], &product["external_id"]), (&json!(1), &json!("shop-1")));
    assert_eq!(known(), json!([{ "product_id": 1, "external_id": "shop-1" }]));
    // Changed meanwhile, it is another sign; and what was never offered is none.
    assert_eq!(send("1", "Other").json()["product"]["product_id"], 2);
    let got = thread.join().expect("no panic");
    let (head, body) = got[1].split_once("\r\n\r\n").expect("a body");
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name)).expect("a header");
        line.split_once(": ").map(|(_, value)| value.to_owned()).expect("a value")
    };
    let mac =
        hmac_sha256(b"test_integration_secret", &[header("x-webhook-timestamp").as_bytes(), b".", body.as_bytes()]);
    assert_eq!(mac.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), header("x-webhook-signature"));
    let sent: Value = serde_json::from_str(body).expect("JSON");
    let sent = &sent["product"];
    assert_eq!(sent["title"], "Custom Neon: Bar & <b>");
    assert_eq!(sent["description_html"], "<p>Text: Bar &amp; &lt;b&gt;</p><p>Colour: Pink</p>");
    assert_eq!((&sent["price"], &sent["customiser_id"], &sent["external_id"]), (&json!(8500), &json!(7), &Value::Null));
    let picture = call(base, "GET", "/images/1.svg", &[], b"");
    assert_eq!(read(picture.text()).all("text").next().map(|drawn| drawn.text.as_str()), Some("Bar & <b>"));
    assert_eq!(sent["product_image_url"], format!("{base}/images/1.svg"));
    // Another sign has another id, whatever the form says.
    sandbox.settings(r#"{"create_product_url":null}"#).expect("nowhere");
    assert_eq!(send("99", "New").json()["product_id"], 3);
}
