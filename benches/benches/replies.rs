//! A reply of 1,000 orders: read as JSON text, as typed structs, and by the general parser as the host would do it without us.
//!
//! Time in turns within one run; memory as the bytes that the answer holds, and the most that was held on the way to it,
//! beside the reply itself. Target: the typed answer within 0.7 of the general value.

#![allow(clippy::unwrap_used, reason = "what does not work cannot be measured")]
#![allow(clippy::print_stdout, reason = "the table is what this program is for")]

use countersign_benches::{Candidate, take_turns};
use countersign_core::call::{Call, Json};
use countersign_core::spiff::{Account, operations::ORDERS, types};
use countersign_core::{Options, Reply, Timestamp};
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_unix(1_577_836_800);
const ORDERS_READ: usize = 1000;
const TARGET: f64 = 0.7;

/// Counting costs time, so it is off while time is measured.
static COUNTED: AtomicBool = AtomicBool::new(false);
static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

fn grow(bytes: usize) {
    if COUNTED.load(Relaxed) {
        MOST.fetch_max(HELD.fetch_add(bytes, Relaxed) + bytes, Relaxed);
    }
}

fn shrink(bytes: usize) {
    if COUNTED.load(Relaxed) {
        HELD.fetch_sub(bytes, Relaxed);
    }
}

// SAFETY: every call goes to `System` unchanged, which keeps the contract; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        shrink(layout.size());
        grow(size);
        // SAFETY: as above; the pointer came from `System`, as all of ours do.
        unsafe { System.realloc(pointer, layout, size) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// An order of two lines, with every field that is asked for unless told otherwise, some of them null.
fn order(n: usize) -> Value {
    let line = |k: usize| {
        json!({
            "basePrice": 2400 + k, "brochureLink": null, "createdAt": "2026-11-20T10:20:30.000Z",
            "customFields": "{\"engraving\":\"Sam\"}", "externalId": format!("{n}-{k}"),
            "id": format!("5a000000-0000-4000-8000-{:012}", n * 10 + k), "integrationType": "WooCommerce",
            "previewImageLink": format!("https://assets.us.spiffcommerce.com/previews/{n}-{k}.png"), "quantity": 2,
            "rejectedAt": null, "shippingProviderStatus": null, "shippingProviderTrackingNumber": null,
            "shippingProviderTrackingUrl": null, "sku": "MUG-BLACK", "status": "Approved",
            "outputData": {
                "sku": "MUG-BLACK", "transactionId": format!("5a000000-0000-4000-9000-{:012}", n * 10 + k),
                "metadata": [{ "name": "Front text", "value": "Sam" }],
                "variantSelections": [{ "stepTitle": "Colour", "variantName": "Black" }]
            },
            "proxyOrder": null, "transaction": { "id": format!("5a000000-0000-4000-9000-{:012}", n * 10 + k) }
        })
    };
    json!({
        "createdAt": "2026-11-20T10:20:30.000Z", "externalId": format!("{n}"), "externalTags": "gift",
        "id": id(n), "internalId": format!("INT-{n}"), "paid": true, "lineItems": [line(1), line(2)]
    })
}

fn id(n: usize) -> String {
    format!("5a000000-0000-4000-a000-{n:012}")
}

/// Bytes that the answer holds, and the most that was held on the way, beside what there was before.
fn memory<T>(work: impl Fn() -> T) -> (usize, usize) {
    HELD.store(0, Relaxed);
    MOST.store(0, Relaxed);
    COUNTED.store(true, Relaxed);
    let answer = black_box(work());
    COUNTED.store(false, Relaxed);
    drop(answer);
    (HELD.load(Relaxed), MOST.load(Relaxed))
}

fn main() {
    let options = Options::new().set("application_key", "k").set("region", "us");
    let account = Account::new(&options).unwrap();
    let ids: Vec<_> = (0..ORDERS_READ).map(id).collect();
    let input = json!({ "ids": ids }).to_string();
    let input = ORDERS.read(input.as_bytes()).unwrap();
    // One reply of all of them: what a client splits comes to the same, part by part.
    let typed: Call<Vec<Option<types::Order>>> = input.prepare(&account, 0..ORDERS_READ, NOW).unwrap();
    let erased: Call<Json> = typed.clone().erase();
    let orders: Vec<_> = (0..ORDERS_READ).map(order).collect();
    let body = json!({ "data": { "orders": orders } }).to_string().into_bytes();
    drop(orders);
    let reply = Reply { status: 200, headers: vec![("content-type".into(), "application/json".into())], body };
    let text = erased.read_json(&reply).unwrap().into_owned();
    assert_eq!(typed.read(&reply).unwrap().len(), ORDERS_READ);

    let general = || serde_json::from_slice::<Value>(black_box(&reply.body)).unwrap();
    let read = || typed.read(black_box(&reply)).unwrap();
    let decode = || serde_json::from_str::<Vec<Option<types::Order>>>(black_box(text.get())).unwrap();
    let names = [
        "serde_json::Value, the whole body",
        "typed decode of the list alone",
        "ours: checked, aligned and typed",
        "ours: checked and aligned, JSON text",
    ];
    let mut candidates: Vec<Candidate<'_>> = vec![
        Box::new(|| drop(general())),
        Box::new(|| drop(decode())),
        Box::new(|| drop(read())),
        Box::new(|| drop(black_box(erased.read_json(black_box(&reply)).unwrap()))),
    ];
    let rounds = take_turns(&mut candidates, Duration::from_secs(6));
    drop(candidates);
    let held =
        [memory(general), memory(decode), memory(read), memory(|| drop(erased.read_json(black_box(&reply)).unwrap()))];
    println!("\nA reply of {ORDERS_READ} orders ({} bytes), medians of turns in one run", reply.body.len());
    println!("{:38} {:>9} {:>8} {:>12} {:>12}", "", "µs", "ratio", "KiB held", "KiB at most");
    for (i, name) in names.iter().enumerate() {
        let (kept, most) = (held[i].0 / 1024, held[i].1 / 1024);
        println!("{name:38} {:9.0} {:8.2} {kept:12} {most:12}", rounds.nanoseconds(i) / 1000.0, rounds.ratio(i, 0));
    }
    let ratio = rounds.ratio(1, 0);
    let verdict = if ratio <= TARGET { "met" } else { "MISSED" };
    println!("target: typed decode within {TARGET} of serde_json::Value: {ratio:.2}, {verdict}");
}
