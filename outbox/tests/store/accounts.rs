//! Accounts: copies and silence, keys that are refused, pauses, and the age of orders.

use crate::support::{ANYWHERE, Folder, open, order, policy, sandbox, settings, sign_customiser, spiff};
use crate::{sql, value};
use countersign::{Options, Platform};
use countersign_outbox::{Enqueue, Outbox, Policy, Status};
use countersign_sandbox::Sandbox;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};

/// An order of Sign Customiser.
fn sign(id: &str) -> Vec<u8> {
    json!({
        "integration_id": 1, "external_id": id, "external_order_number": id, "currency": "USD",
        "products": [{ "external_id": "p-1", "price": 100, "quantity": 1 }],
    })
    .to_string()
    .into_bytes()
}

fn both(file: &Path, sandbox: &Sandbox, policy: Policy) -> Outbox {
    let accounts = [("shop", spiff(sandbox)), ("signs", sign_customiser(sandbox))];
    Outbox::open(&format!("sqlite:{}", file.display()), settings(&accounts, policy), ANYWHERE).unwrap()
}

/// Enqueues one order of each account.
fn one_of_each(outbox: &Outbox, sandbox: &Sandbox, id: &str) {
    let text = order(&format!("spiff-{id}"), &sandbox.create_transaction(), 1);
    assert_eq!(outbox.enqueue(Some("shop"), &text, Enqueue::default()).unwrap().status, Status::New);
    let text = sign(&format!("sign-{id}"));
    assert_eq!(outbox.enqueue(Some("signs"), &text, Enqueue::default()).unwrap().status, Status::New);
}

fn state(outbox: &Outbox, id: &str) -> &'static str {
    outbox.get(None, id, false).unwrap().unwrap().shown.state
}

fn pause(outbox: &Outbox, account: &str) -> Option<&'static str> {
    outbox.stats().unwrap()[account].pause
}

/// A copy of the file with its log.
fn copy(file: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| path.with_file_name(format!("{}{end}", path.file_name().unwrap().to_str().unwrap()));
        if name(file).exists() {
            std::fs::copy(name(file), name(to)).unwrap();
        }
    }
}

/// R2, whether the account was drained before it was copied or not.
fn copied(drained_before: bool) {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let original = both(&file, &sandbox, policy(50));
    original.install().unwrap();
    if drained_before {
        one_of_each(&original, &sandbox, "0");
        assert_eq!(original.drain(5.0, 10).unwrap().placed, 2);
    }
    one_of_each(&original, &sandbox, "1");
    original.store().rest();
    copy(&file, &folder.0.join("copy.db"));
    let copy = both(&folder.0.join("copy.db"), &sandbox, policy(50));
    copy.install().unwrap();
    assert!(!copy.check(0, 3600).unwrap().warnings.is_empty());
    let drained = copy.drain(2.0, 10).unwrap();
    // Spiff tells what was sent; at Sign Customiser nobody knows, so a person decides.
    assert_eq!(drained.placed, 1, "{drained:?}");
    assert_eq!((state(&copy, "spiff-1"), state(&copy, "sign-1")), ("placed", "pending"));
    assert_eq!((pause(&copy, "shop"), pause(&copy, "signs")), (None, Some("moved")));
    assert!(!copy.check(0, 3600).unwrap().ok);
    let error = copy.resume("signs").unwrap_err();
    assert!(error.message().contains("adopt"), "{error}");
    // What is enqueued from now on cannot have been sent by the other copy.
    one_of_each(&copy, &sandbox, "2");
    copy.drain(2.0, 10).unwrap();
    assert_eq!((state(&copy, "sign-1"), state(&copy, "sign-2")), ("pending", "placed"));
    // The original goes on as before.
    assert_eq!(original.drain(2.0, 10).unwrap().placed, 2);
    // Said once, it stands: also for the next process.
    copy.adopt().unwrap();
    assert_eq!((pause(&copy, "signs"), copy.drain(2.0, 10).unwrap().placed), (None, 1));
    drop(copy);
    let copy = both(&folder.0.join("copy.db"), &sandbox, policy(50));
    one_of_each(&copy, &sandbox, "3");
    assert_eq!(copy.drain(2.0, 10).unwrap().placed, 2);
    assert!(copy.check(0, 3600).unwrap().warnings.is_empty());
}

#[test]
fn a_copy_waits_where_nothing_can_be_read_back() {
    copied(true);
}

#[test]
fn a_copy_from_before_the_first_drain_waits_as_well() {
    copied(false);
}

#[test]
fn after_a_silence_old_orders_wait_where_nothing_can_be_read_back() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = both(&file, &sandbox, policy(1));
    outbox.install().unwrap();
    one_of_each(&outbox, &sandbox, "0");
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 2);
    // An hour and a half without a worker, and orders from before it.
    one_of_each(&outbox, &sandbox, "old");
    one_of_each(&outbox, &sandbox, "new");
    sql(&file, "UPDATE countersign_outbox_account SET alive_at = alive_at - 5400000");
    sql(&file, "UPDATE countersign_outbox SET created_at = created_at - 6000000 WHERE external_id LIKE '%-old'");
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 3);
    assert_eq!(
        (state(&outbox, "sign-old"), state(&outbox, "sign-new"), state(&outbox, "spiff-old")),
        ("pending", "placed", "placed")
    );
    assert_eq!((pause(&outbox, "signs"), pause(&outbox, "shop")), (Some("moved"), None));
    outbox.adopt().unwrap();
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 1);
    // A shorter one is nothing; nor a long one in which nothing waited.
    one_of_each(&outbox, &sandbox, "1");
    sql(&file, "UPDATE countersign_outbox_account SET alive_at = alive_at - 3000000");
    sql(&file, "UPDATE countersign_outbox SET created_at = created_at - 3300000 WHERE state = 1");
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 2);
    sql(&file, "UPDATE countersign_outbox_account SET alive_at = alive_at - 5400000");
    one_of_each(&outbox, &sandbox, "2");
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 2);
    assert_eq!(pause(&outbox, "signs"), None);
}

fn with_key(sandbox: &Sandbox, key: &str) -> Platform {
    let options =
        Options::new().set("access_key", key).set("secret_key", "test_secret_key").set("base_url", sandbox.spiff_url());
    Platform::new("spiff", &options).unwrap()
}

#[test]
fn a_key_that_is_refused_pauses_those_who_have_it() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    // The old key is refused, as after a rotation that this process missed.
    let old = open(&file, settings(&[("shop", with_key(&sandbox, "old_key"))], policy(1)));
    for id in 0..3 {
        old.enqueue(None, &order(&id.to_string(), &sandbox.create_transaction(), 1), Enqueue::default()).unwrap();
    }
    assert_eq!(old.drain(1.0, 10).unwrap().placed, 0);
    assert_eq!(pause(&old, "shop"), Some("unauthorised"));
    assert!(!old.check(0, 3600).unwrap().ok);
    let requests = sandbox.requests().len();
    old.drain(1.0, 10).unwrap();
    assert_eq!(sandbox.requests().len(), requests, "paused is paused");
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE state = 1 AND sends = 0"), "3");
    assert!(
        !value(&file, "SELECT pause_key FROM countersign_outbox_account").contains("old_key"),
        "a key in the store"
    );
    // A process with the new one goes on at once.
    let new = open(&file, settings(&[("shop", spiff(&sandbox))], policy(1)));
    let sent = new.drain(1.0, 10).unwrap();
    // The row that met the refusal waits a while; the others need not.
    assert!(sent.placed >= 2, "{sent:?}");
    assert_eq!(pause(&new, "shop"), None);
}

#[test]
fn a_harmless_read_ends_the_pause_of_a_refused_key() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(100)));
    outbox.enqueue(None, &order("1", &sandbox.create_transaction(), 1), Enqueue::default()).unwrap();
    sandbox.faults(r#"{"fault":"401","count":2}"#).unwrap();
    // Refused, once more by the read after three seconds, and well by the next one. What pauses without an end is not waited
    // for: the worker comes again.
    let until = Instant::now() + Duration::from_secs(15);
    let began = Instant::now();
    let mut placed = outbox.drain(2.0, 10).unwrap().placed;
    assert_eq!((placed, pause(&outbox, "shop")), (0, Some("unauthorised")));
    while placed == 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(100));
        placed = outbox.drain(2.0, 10).unwrap().placed;
    }
    assert_eq!((placed, pause(&outbox, "shop")), (1, None));
    assert!(began.elapsed() > Duration::from_secs(5), "{:?}", began.elapsed());
    let pauses = value(&file, "SELECT pauses FROM countersign_outbox_account");
    let pauses: Vec<(i64, Option<i64>)> = serde_json::from_str(&pauses).unwrap();
    assert!(pauses.iter().all(|(from, to)| to.is_some_and(|to| to >= *from)) && !pauses.is_empty(), "{pauses:?}");
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn a_person_pauses_and_resumes() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = both(&file, &sandbox, policy(50));
    outbox.install().unwrap();
    // Also before anything was ever drained.
    outbox.pause("shop", "stocktaking").unwrap();
    one_of_each(&outbox, &sandbox, "1");
    let drained = outbox.drain(1.0, 10).unwrap();
    assert_eq!((drained.placed, state(&outbox, "spiff-1"), state(&outbox, "sign-1")), (1, "pending", "placed"));
    let stats = outbox.stats().unwrap();
    assert_eq!((stats["shop"].pause, stats["shop"].pause_why.as_deref()), (Some("person"), Some("stocktaking")));
    // Nothing but a person ends it.
    outbox.adopt().unwrap();
    assert_eq!((pause(&outbox, "shop"), outbox.drain(1.0, 10).unwrap().placed), (Some("person"), 0));
    outbox.resume("shop").unwrap();
    assert_eq!((pause(&outbox, "shop"), outbox.drain(2.0, 10).unwrap().placed), (None, 1));
    assert!(outbox.pause("nobody", "x").is_err());
}

#[test]
fn what_is_too_old_is_held_and_pauses_do_not_count() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(1)));
    outbox.drain(0.1, 1).unwrap();
    let enqueue = |id: &str| {
        outbox.enqueue(None, &order(id, &sandbox.create_transaction(), 1), Enqueue::default()).unwrap();
    };
    const DAY: i64 = 86_400_000;
    let age = |id: &str, days: i64| {
        let set =
            format!("UPDATE countersign_outbox SET fresh_at = fresh_at - {} WHERE external_id = '{id}'", days * DAY);
        assert_eq!(sql(&file, &set), 1);
    };
    for id in ["six days", "eight days"] {
        enqueue(id);
    }
    age("six days", 6);
    age("eight days", 8);
    let drained = outbox.drain(2.0, 10).unwrap();
    assert_eq!((drained.placed, drained.held), (1, 1), "{drained:?}");
    let held = outbox.get(None, "eight days", false).unwrap().unwrap().shown;
    assert_eq!((held.state, held.reason), ("held", Some("too_old")));
    // The account paused for two of the eight days.
    let now = countersign::system_time().unix() * 1000;
    let pauses = format!("[[{},{}]]", now - 5 * DAY, now - 3 * DAY);
    sql(&file, &format!("UPDATE countersign_outbox_account SET pauses = '{pauses}'"));
    enqueue("eight days, two paused");
    age("eight days, two paused", 8);
    enqueue("ten days, two paused");
    age("ten days, two paused", 10);
    let drained = outbox.drain(2.0, 10).unwrap();
    assert_eq!((drained.placed, drained.held), (1, 1), "{drained:?}");
    assert_eq!(state(&outbox, "eight days, two paused"), "placed");
}
