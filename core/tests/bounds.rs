//! Nothing that comes in can hurt the host: each reader is given a megabyte of the worst shapes, and keeps to 50 MB, to a
//! second of an optimised build, and to an error that a person can read. A binary of its own, for its allocator.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::operations::{SIGN_CUSTOMISER, SPIFF};
use countersign_core::spiff::Doubt;
use countersign_core::{Call, Draft, Error, Json, Options, Reply, Scheme, Signer, Timestamp, sign_customiser, spiff};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    /// Bytes held by this thread now, and the most it held.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

struct Counting;

fn count(more: isize) {
    let _ = HELD.try_with(|held| {
        let now = held.get().0 + more;
        held.set((now, held.get().1.max(now)));
    });
}

fn size(bytes: usize) -> isize {
    isize::try_from(bytes).unwrap_or(isize::MAX)
}

// SAFETY: every call goes to `System` unchanged, which keeps the contract; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(size(layout.size()));
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new: usize) -> *mut u8 {
        count(size(new) - size(layout.size()));
        // SAFETY: as above; the pointer came from `System`, as all of ours do.
        unsafe { System.realloc(pointer, layout, new) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-size(layout.size()));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// An unoptimised build is some twenty times slower, so that it is given a part of it.
const MEGABYTE: usize = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

/// 50 MB for a megabyte, and what is needed for any text.
const MOST_BYTES: isize = 50 * MEGABYTE as isize + 500_000;
const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);

/// Other tests run beside an unoptimised build.
const MOST_TIME: Duration = Duration::from_secs(if cfg!(debug_assertions) { 5 } else { 1 });

/// Runs a reader and holds it to the limits. What it says must stay readable.
fn hold<T>(what: &str, text: &[u8], read: impl FnOnce(&[u8]) -> Result<T, Error>) {
    let (before, begun) = (HELD.get().0, Instant::now());
    HELD.set((before, before));
    let result = read(text).map(|_| ());
    let (time, most) = (begun.elapsed(), HELD.get().1 - before);
    let shape = String::from_utf8_lossy(&text[..text.len().min(60)]).into_owned();
    assert!(time <= MOST_TIME, "{what} took {time:?} for {shape}");
    assert!(most <= MOST_BYTES, "{what} held {most} bytes for {shape}");
    if let Err(error) = result {
        readable(&error, &format!("{what} given {shape}"));
    }
}

fn readable(error: &Error, what: &str) {
    let (said, problems) = (error.message().len(), error.problems());
    assert!(said <= 4200, "{what}: a message of {said} bytes");
    assert!(problems.len() <= 101, "{what}: {} problems", problems.len());
    for problem in problems {
        assert!(problem.path.len() <= 600, "{what}: a path of {} bytes", problem.path.len());
        assert!(problem.message.len() <= 1100, "{what}: a problem of {} bytes", problem.message.len());
    }
    assert!(serde_json::to_string(error).unwrap().len() < 300_000, "{what}: the whole error is long");
}

/// `head`, `part` as often as a megabyte holds it, `tail`.
fn filled(head: &str, part: &str, tail: &str) -> String {
    let times = MEGABYTE.saturating_sub(head.len() + tail.len()) / part.len();
    [head, part.repeat(times).trim_end_matches(','), tail].concat()
}

/// JSON values of a megabyte, each of another kind of badness.
fn values() -> Vec<String> {
    let long = "k".repeat(MEGABYTE / 50);
    let mut keys = String::from("{");
    for i in 0..MEGABYTE / 15 {
        keys += &format!("\"k{i}\":{i},");
    }
    let keys = format!("{}}}", keys.trim_end_matches(','));
    let nest = |open: &str, close: &str, inner: &str| open.repeat(60) + inner + &close.repeat(60);
    let deep_keys = nest(&format!("{{\"{}\":", "d".repeat(200)), "}", &filled("{", "\"a\":1,", "}")[..]);
    vec![
        filled("[", "0,", "]"),
        filled("[", "{},", "]"),
        filled("[", "[],", "]"),
        filled("[", "\"\",", "]"),
        filled("[", "{\"a\":0},", "]"),
        filled("[", "{\"a\":0,\"a\":0},", "]"),
        filled("[", "null,", "]"),
        filled("[", "\"\\ud83d\\ude00\",", "]"),
        filled("[", "1e9,", "]"),
        filled("{", "\"\":0,", "}"),
        filled("{", "\"\\u0061\":0,", "}"),
        filled("{", "\"externalId\":1,", "}"),
        filled("{", "\"message\":\"x\",\"path\":[1],", "}"),
        format!("{{\"{long}\":{}}}", filled("{", "\"a\":1,", "}")),
        format!("{{\"{}\":1,\"{}\":2}}", "\\u0001".repeat(MEGABYTE / 12), "\u{1F600}".repeat(MEGABYTE / 8)),
        format!("\"{}\"", "x".repeat(MEGABYTE)),
        format!("\"{}\"", "\\n".repeat(MEGABYTE / 2)),
        "1".repeat(MEGABYTE),
        format!("-0.{}", "9".repeat(MEGABYTE)),
        "[".repeat(MEGABYTE),
        "{\"a\":".repeat(MEGABYTE / 5),
        " ".repeat(MEGABYTE),
        deep_keys,
        keys,
    ]
}

/// The places of a text in which such a value may stand.
fn inputs(members: &[&str]) -> Vec<Vec<u8>> {
    let values = values();
    let mut inputs: Vec<Vec<u8>> = values.iter().map(|value| value.clone().into_bytes()).collect();
    for member in members {
        inputs.extend(values.iter().map(|value| format!("{{\"{member}\":{value}}}").into_bytes()));
    }
    inputs
}

fn spiff_account() -> spiff::Account {
    let options = Options::new().set("access_key", "key").set("secret_key", "a secret key").set("region", "us");
    spiff::Account::new(&options).unwrap()
}

fn customiser() -> sign_customiser::Account {
    sign_customiser::Account::new(&Options::new().set("api_token", "an api token")).unwrap()
}

#[test]
fn orders_keep_to_the_limits() {
    let members = ["orderItems", "externalId", "externalData", "extra", "products", "customer"];
    for text in inputs(&members) {
        hold("an order", &text, |text| spiff_account().prepare_order_json(text, NOW));
        hold("an order", &text, |text| customiser().prepare_order_json(text, NOW));
        hold("a draft", &text, Draft::from_json);
        hold("a doubt", &text, |text| Doubt::read(text, NOW).map(|_| ()));
    }
    let body = "{\"externalId\":\"1\",\"paid\":true,";
    for item in values() {
        let text = format!(
            "{body}\"orderItems\":[{{\"amountToOrder\":1,\"transactionId\":\"t\"}}],\"extra\":{{\"x\":{item}}}}}"
        );
        hold("an order with extra", text.as_bytes(), |text| spiff_account().prepare_order_json(text, NOW));
    }
    let whole = filled(&format!("{body}\"orderItems\":["), "{\"amountToOrder\":1,\"transactionId\":\"t\"},", "]}");
    hold("a long order", whole.as_bytes(), |text| spiff_account().prepare_order_json(text, NOW));
}

#[test]
fn inputs_of_operations_keep_to_the_limits() {
    let values = values();
    for operation in SPIFF {
        // Every member of one operation of each shape would take minutes: a few members of all of them.
        let member = operation.input.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.len() > 1);
        for (at, value) in values.iter().enumerate().filter(|(at, _)| at % 4 == operation.name.len() % 4) {
            let text = match member {
                Some(member) if at % 2 == 0 => format!("{{\"{member}\":{value}}}"),
                _ => value.clone(),
            };
            hold(operation.name, text.as_bytes(), |text| operation.prepare(&spiff_account(), text, NOW));
        }
    }
    for operation in SIGN_CUSTOMISER {
        for value in &values {
            hold(operation.name, value.as_bytes(), |text| operation.prepare(&customiser(), text, NOW));
        }
    }
    for select in
        [filled("", "a ", ""), filled("", "id ", ""), filled("", "{", ""), filled("", "}", ""), filled("", "#", "")]
    {
        let text = format!("{{\"ids\":[\"a\"],\"select\":\"{select}\"}}");
        let operation = countersign_core::operation::find(SPIFF, "transactions").unwrap();
        hold("select", text.as_bytes(), |text| operation.prepare(&spiff_account(), text, NOW));
    }
}

fn calls() -> Vec<(&'static str, Call<Json>)> {
    let order = br#"{"externalId":"1","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"t"}]}"#;
    let customer_order = br#"{"external_id":"1","external_order_number":"1","currency":"USD","integration_id":1,
        "products":[{"external_id":"p","quantity":1,"price":1}]}"#;
    let input = |name: &str, text: &[u8]| {
        let operation = countersign_core::operation::find(SPIFF, name).unwrap();
        operation.prepare(&spiff_account(), text, NOW).unwrap()
    };
    vec![
        ("orderCreate", spiff_account().prepare_order_json(order, NOW).unwrap().erase()),
        ("transactions", input("transactions", br#"{"ids":["a","b"]}"#)),
        ("orderStatusesFeed", input("order_statuses_feed", b"{}")),
        ("graphql", input("graphql", br#"{"query":"{ a }"}"#)),
        ("order", customiser().prepare_order_json(customer_order, NOW).unwrap().erase()),
        ("webhooks", customiser().prepare_webhook_list(NOW).unwrap().erase()),
    ]
}

#[test]
fn replies_keep_to_the_limits() {
    let mut bodies = values();
    for value in values() {
        bodies.push(format!("{{\"errors\":{value}}}"));
        bodies.push(format!("{{\"errors\":[{{\"message\":\"x\",\"path\":{value}}}]}}"));
        bodies.push(format!("{{\"errors\":[{{\"message\":{value},\"path\":[\"a\"]}}]}}"));
        bodies.push(format!("{{\"data\":null,\"errors\":[{value}]}}"));
        bodies.push(format!("{{\"message\":{value}}}"));
    }
    let paths = [
        filled("{\"errors\":[{\"path\":[", "\"a\",", "]}]}"),
        filled("{\"errors\":[{\"path\":[", "1,", "]}]}"),
        filled(
            "{\"errors\":[",
            "{\"message\":\"x\",\"path\":[\"transactions\",0]},",
            "],\"data\":{\"transactions\":[]}}",
        ),
        filled("<", "<", ">"),
        filled("", "\u{1}", ""),
    ];
    bodies.extend(paths);
    for (field, call) in calls() {
        let fields =
            values().into_iter().map(|value| format!("{{\"data\":{{\"{field}\":{value}}},\"{field}\":{value}}}"));
        for body in bodies.iter().cloned().chain(fields) {
            for status in [200, 401, 422, 500] {
                let headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
                let reply = Reply { status, headers, body: body.clone().into_bytes() };
                hold(field, body.as_bytes(), |_| call.read_json(&reply).map(drop));
            }
        }
    }
}

#[test]
fn headers_and_addresses_keep_to_the_limits() {
    let texts = [
        filled("", "x", ""),
        filled("SOA ", ":", ""),
        filled("", ",", ""),
        filled("", "é", ""),
        filled("\"", "\\", "\""),
        filled("https://", "a.", ""),
        filled("https://a/", "%", ""),
        filled("t=1,", "v1=a,", ""),
        filled("", "9", ""),
        filled("", " ", ""),
    ];
    for text in &texts {
        for (field, call) in calls() {
            for name in ["Location", "X-Request-Id", "Retry-After", "Date", "Content-Type"] {
                for status in [302, 429, 503] {
                    let headers = vec![(name.to_owned(), text.clone())];
                    let reply = Reply { status, headers, body: b"{}".to_vec() };
                    hold(field, text.as_bytes(), |_| call.read_json(&reply).map(drop));
                    let error = call.read_json(&reply).unwrap_err();
                    assert!(error.request_id().unwrap_or_default().len() < 300, "{name}");
                }
            }
        }
        let scheme = Scheme::from_names("SOA", None).unwrap();
        let signer = Signer::new("key", "a secret key", scheme).unwrap();
        for name in ["Authorization", "Date", "Content-Type"] {
            let mut headers = vec![("Authorization", "SOA key:abc="), ("Date", "x"), ("Content-Type", "a/b")];
            headers.iter_mut().filter(|(it, _)| *it == name).for_each(|(_, value)| *value = text);
            hold("verify", text.as_bytes(), |body| signer.verify("POST", "/", body, &headers, NOW, Some(300)));
            hold("explain", text.as_bytes(), |body| {
                let explained = signer.explain("POST", text, body, &headers);
                assert!(explained.advice.len() < 8000, "{name}: advice of {} bytes", explained.advice.len());
                Ok(())
            });
        }
        let webhook = sign_customiser::Webhook::of_subscription(&Options::new().set("webhook_secret", "a secret key"));
        let webhook = webhook.unwrap();
        let headers = [("x-webhook-timestamp", &**text), ("x-webhook-signature", &**text)];
        hold("a webhook", text.as_bytes(), |body| webhook.verify(&headers, body, NOW).map(drop));
        hold("a webhook", text.as_bytes(), |body| {
            assert!(webhook.explain(&headers, body).advice.len() < 8000);
            Ok(())
        });
        hold("options", text.as_bytes(), |_| {
            spiff::Account::new(&Options::new().set("access_key", "k").set("secret_key", "s").set("base_url", &**text))
        });
        hold("options", text.as_bytes(), |_| Options::new().set(text, "x").check());
        for row in countersign_core::options::OPTIONS {
            hold(row.name, text.as_bytes(), |_| Options::new().set(row.name, &**text).check());
        }
        hold("a request", text.as_bytes(), |body| customiser().prepare_request("POST", text, Some(body), NOW));
        hold("a request", text.as_bytes(), |body| customiser().prepare_request(text, "/", Some(body), NOW));
        hold("an owner", text.as_bytes(), |_| spiff_account().acting_for(Some(text), None, None));
    }
}

/// The example that was reported: memory grew with the length of the key times the number of doubled keys under it.
#[test]
fn very_many_problems_are_counted_and_the_first_are_listed() {
    let doubled = "\"a\":1,".repeat(30_000);
    let text = format!("{{\"{}\":{{{}}}}}", "k".repeat(20_000), doubled.trim_end_matches(','));
    let error = spiff_account().prepare_order_json(text.as_bytes(), NOW).unwrap_err();
    assert_eq!(error.problems().len(), 101);
    let last = &error.problems()[100];
    assert_eq!((&*last.path, &*last.code), ("", "more"));
    // 29,999 doubled keys, one key that is not known, and three that are missing.
    assert_eq!(last.message, "There are 29903 more problems, which are not listed.");
    assert!(error.message().starts_with("The order has 30003 problems: kkk"), "{}", error.message());
    assert!(error.message().ends_with(" more."), "{}", error.message());
    readable(&error, "many problems");
}

/// Errors of a reply likewise.
#[test]
fn very_many_errors_of_a_reply_are_counted() {
    let errors = vec![r#"{"message":"no","path":["a"]}"#; 5000].join(",");
    let reply = Reply { status: 200, headers: vec![], body: format!("{{\"errors\":[{errors}]}}").into_bytes() };
    let call = &calls()[1].1;
    let error = call.read_json(&reply).unwrap_err();
    assert_eq!(error.problems().len(), 101);
    assert_eq!(error.problems()[100].message, "There are 4900 more errors, which are not listed.");
}
