//! An order of ten items: preparing it (checks, body, signature) and reading the reply, without any network.
//!
//! The table shows each beside the signature of the same body alone, in one run, so that what the core adds to a
//! signature can be seen on any machine.

#![allow(clippy::unwrap_used, reason = "what does not work cannot be measured")]

use countersign_benches::{Candidate, take_turns};
use countersign_core::spiff::{Account, Order, OrderItem};
use countersign_core::{Options, Parts, Reply, Scheme, Signer, Timestamp, sign_customiser};
use criterion::Criterion;
use std::hint::black_box;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);
const ITEMS: u32 = 10;

fn order() -> Order {
    let item = |n| OrderItem::transaction(n + 1, format!("e3ac7f3a-a117-46d7-a5f0-232fbc7c{n:04}"));
    Order::new("1001", true, (0..ITEMS).map(item).collect())
}

fn account(orders_api: &str) -> Account {
    let options = Options::new().set("access_key", "access-key").set("secret_key", "secret-key");
    Account::new(&options.set("region", "us").set("orders_api", orders_api)).unwrap()
}

/// What the platform answers to an order on GraphQL, with one object per item.
fn reply() -> Reply {
    let items: Vec<_> = (0..ITEMS)
        .map(|n| serde_json::json!({ "id": format!("item-{n}"), "amountToOrder": n + 1, "transactionId": format!("t-{n}") }))
        .collect();
    let order = serde_json::json!({ "id": "o-1", "internalId": "SPF-1001", "externalId": "1001", "orderItems": items });
    Reply {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: serde_json::json!({ "data": { "orderCreate": order } }).to_string().into_bytes(),
    }
}

fn main() {
    let order = order();
    let text = serde_json::to_string(&order).unwrap();
    let reply = reply();
    let accounts = ["graphql", "rest", "targets"].map(account);
    let call = accounts[0].prepare_order(&order, NOW).unwrap();
    let erased = accounts[0].prepare_order(&order, NOW).unwrap().erase();
    let body = call.request().body.clone();
    let signer = Signer::new("access-key", "secret-key", Scheme::default()).unwrap();
    let date = NOW.http_date();
    let parts = Parts { method: "POST", path: "/graphql", content_type: "application/json", date: &date, body: &body };
    let mut out = [0; 128];

    // The other platform: a signed delivery is the mirror image of a signed order.
    let webhook = sign_customiser::Webhook::new(["sc_test_secret_0123456789"]).unwrap();
    let delivery =
        br#"{"product":{"product_id":1,"title":"Custom Neon: Hello World","price":10000,"external_data":{}}}"#;
    let headers = [
        ("x-webhook-timestamp", "1704067200"),
        ("x-webhook-signature", "a5db79ba4ef38d08f371ecf4321d6dab7dd056fad0787058ddbd1207a8c1813f"),
    ];
    let delivered = Timestamp::from_unix(1_704_067_200);

    // A call that is refused early would look fast.
    assert!(accounts.iter().all(|account| account.prepare_order(&order, NOW).is_ok()));
    assert!(accounts[0].prepare_order_json(text.as_bytes(), NOW).is_ok());
    assert!(call.read(&reply).is_ok() && erased.read(&reply).is_ok());
    assert!(webhook.verify(&headers, delivery, delivered).is_ok());

    let prepare = |account: &Account| drop(black_box(account.prepare_order(black_box(&order), NOW)));
    let mut work: Vec<(&str, Candidate<'_>)> = vec![
        (
            "signature of the GraphQL body alone",
            Box::new(|| drop(black_box(signer.write_authorization(black_box(&parts), &mut out)))),
        ),
        ("prepare, GraphQL, SOA", Box::new(|| prepare(&accounts[0]))),
        ("prepare, REST, SOA", Box::new(|| prepare(&accounts[1]))),
        ("prepare, targets, VWS", Box::new(|| prepare(&accounts[2]))),
        (
            "prepare from JSON, GraphQL, SOA",
            Box::new(|| drop(black_box(accounts[0].prepare_order_json(black_box(text.as_bytes()), NOW)))),
        ),
        ("read the reply, typed", Box::new(|| drop(black_box(call.read(black_box(&reply)))))),
        ("read the reply, as JSON text", Box::new(|| drop(black_box(erased.read(black_box(&reply)))))),
        (
            "verify and read a webhook",
            Box::new(|| drop(black_box(webhook.verify(black_box(&headers), black_box(delivery), delivered)))),
        ),
    ];

    let mut criterion = Criterion::default()
        .without_plots()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .configure_from_args();
    let mut group = criterion.benchmark_group("order of 10 items");
    for (name, candidate) in &mut work {
        group.bench_function(*name, |b| b.iter(&mut *candidate));
    }
    group.finish();
    table(work, body.len());
    criterion.final_summary();
}

#[allow(clippy::print_stdout, reason = "the table is what this program is for")]
fn table(work: Vec<(&str, Candidate<'_>)>, body: usize) {
    let (names, mut candidates): (Vec<_>, Vec<_>) = work.into_iter().unzip();
    let rounds = take_turns(&mut candidates, Duration::from_secs(4));
    println!("\nAn order of {ITEMS} items ({body} bytes on GraphQL), medians of turns in one run");
    println!("{:38} {:>9} {:>12}", "", "ns", "signatures");
    for (i, name) in names.iter().enumerate() {
        println!("{name:38} {:9.0} {:12.2}", rounds.nanoseconds(i), rounds.ratio(i, 0));
    }
}
