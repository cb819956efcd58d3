//! An outbox in a file, against the sandbox: what a shop and a worker see.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod support;

use countersign_outbox::{Cancelled, Decision, Enqueue, Filter, Notified, Status};
use serde_json::json;
use support::{Folder, open, order, policy, sandbox, settings, sign_customiser, spiff};

const SCALE: u32 = 200;

#[test]
fn an_order_is_enqueued_once_and_delivered_once() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(SCALE)));
    let transaction = sandbox.create_transaction();
    let enqueue = |text: &[u8]| outbox.enqueue(None, text, Enqueue::default()).unwrap().status;
    assert_eq!(enqueue(&order("1001", &transaction, 1)), Status::New);
    assert_eq!(enqueue(&order("1001", &transaction, 1)), Status::Known);
    assert_eq!(enqueue(&order("1001", &transaction, 3)), Status::Replaced);
    assert_eq!(sandbox.orders().len(), 0, "a hook does not wait for the platform");
    let drained = outbox.drain(20.0, 100).unwrap();
    assert_eq!((drained.placed, drained.next_due), (1, None), "{drained:?}");
    assert_eq!(drained.changed[0].external_id, "1001");
    let orders = sandbox.orders();
    assert_eq!(orders.len(), 1, "{orders:?}");
    assert!(orders[0].to_string().contains("\"amountToOrder\":3"), "{}", orders[0]);
    let detail = outbox.get(None, "1001", false).unwrap().unwrap();
    assert_eq!((detail.shown.state, detail.shown.flags.as_slice()), ("placed", ["changed"].as_slice()));
    assert!(detail.shown.remote_id.is_some() && detail.body.is_none());
    assert_eq!(enqueue(&order("1001", &transaction, 3)), Status::Known);
    assert_eq!(enqueue(&order("1001", &transaction, 4)), Status::Conflict);
    assert!(!outbox.check(0, 3600).unwrap().ok);
    assert_eq!(outbox.drain(20.0, 100).unwrap().placed, 0);
    assert_eq!(sandbox.orders().len(), 1);
}

#[test]
fn a_doubt_is_read_back_and_never_sent_blindly() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(SCALE)));
    for (id, fault, sends) in [
        ("2001", json!({ "fault": "accept_then_500", "target": "order" }), 1),
        ("2002", json!({ "fault": "500", "target": "order" }), 2),
        ("2003", json!({ "fault": "503", "retry_after": "1", "target": "order" }), 2),
        ("2004", json!({ "fault": "cut_reply", "bytes": 0, "target": "order" }), 1),
        ("2005", json!({ "fault": "429", "retry_after": "1", "target": "order" }), 2),
        ("2006", json!({ "fault": "order_null", "target": "order" }), 1),
    ] {
        sandbox.faults(&fault.to_string()).unwrap();
        outbox.enqueue(None, &order(id, &sandbox.create_transaction(), 1), Enqueue::default()).unwrap();
        let drained = outbox.drain(20.0, 100).unwrap();
        let detail = outbox.get(None, id, true).unwrap().unwrap();
        assert_eq!((drained.placed, detail.shown.state, detail.shown.sends), (1, "placed", sends), "{id}: {detail:#?}");
    }
    assert_eq!(sandbox.orders().len(), 6);
}

#[test]
fn what_the_platform_refuses_is_rejected_and_may_be_corrected() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(SCALE)));
    let transaction = sandbox.create_transaction();
    sandbox.faults(r#"{"fault":"status","status":422,"body":"{}","target":"order"}"#).unwrap();
    outbox.enqueue(None, &order("1", &transaction, 1), Enqueue::default()).unwrap();
    assert_eq!(outbox.drain(20.0, 100).unwrap().rejected, 1);
    let again = |amount| outbox.enqueue(None, &order("1", &transaction, amount), Enqueue::default()).unwrap().status;
    assert_eq!((again(1), again(2)), (Status::Known, Status::Revived));
    assert_eq!(outbox.drain(20.0, 100).unwrap().placed, 1);
}

#[test]
fn designs_that_are_ordered_or_hidden_are_not_ordered_again() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let platform = spiff(&sandbox);
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", platform.clone())], policy(SCALE)));
    let ours = order("1", &sandbox.create_transaction(), 1);
    let others = sandbox.create_transaction();
    for text in [&ours, &order("elsewhere", &others, 1)] {
        platform.run("place_order", text).unwrap();
    }
    outbox.enqueue(None, &ours, Enqueue::default()).unwrap();
    outbox.enqueue(None, &order("2", &others, 1), Enqueue::default()).unwrap();
    let drained = outbox.drain(20.0, 100).unwrap();
    assert_eq!((drained.placed, drained.held), (1, 1), "{drained:?}");
    let flags = outbox.get(None, "1", false).unwrap().unwrap().shown.flags;
    assert_eq!(flags, ["found"]);
    assert_eq!(outbox.get(None, "2", false).unwrap().unwrap().shown.reason, Some("already_ordered"));
    assert_eq!(sandbox.orders().len(), 2);
    // A person may send it on purpose.
    outbox.resolve(None, "2", Decision::Retry, "ana", "a second copy").unwrap();
    assert_eq!(outbox.drain(20.0, 100).unwrap().placed, 1);
    assert_eq!(sandbox.orders().len(), 3);
}

#[test]
fn cancelling_goes_as_far_as_it_can() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(SCALE)));
    let transaction = sandbox.create_transaction();
    let enqueue = || outbox.enqueue(None, &order("1", &transaction, 1), Enqueue::default()).unwrap().status;
    let cancel = || outbox.cancel(None, "1").unwrap();
    assert_eq!(cancel(), Cancelled::Unknown);
    enqueue();
    assert_eq!((cancel(), cancel()), (Cancelled::Cancelled, Cancelled::Ended));
    assert_eq!(outbox.drain(5.0, 10).unwrap().placed, 0);
    assert_eq!(enqueue(), Status::Revived);
    assert_eq!(outbox.drain(20.0, 10).unwrap().placed, 1);
    assert_eq!(cancel(), Cancelled::Placed);
    let list = outbox.list(Filter { alerts: true, ..Filter::default() }).unwrap();
    assert_eq!(list.orders[0].flags, ["cancel_wanted", "changed", "cancel_at_platform"]);
}

#[test]
fn sign_customiser_settles_by_its_webhook() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("signs", sign_customiser(&sandbox))], policy(SCALE)));
    let text = |id: &str| {
        json!({
            "integration_id": 1, "external_id": id, "external_order_number": id, "currency": "USD",
            "products": [{ "external_id": "p-1", "price": 100, "quantity": 1 }],
        })
        .to_string()
    };
    sandbox.faults(r#"{"fault":"accept_then_500","target":"order"}"#).unwrap();
    let new = outbox.enqueue(None, text("1").as_bytes(), Enqueue::default());
    assert_eq!(new.unwrap().status, Status::New);
    let drained = outbox.drain(0.2, 10).unwrap();
    assert_eq!(drained.unknown, 1, "{drained:?}");
    let now = countersign::system_time().unix();
    assert_eq!(outbox.notify("nobody", None, now).unwrap(), Notified::Unknown);
    assert_eq!(outbox.notify("1", Some("77"), now - 86_400).unwrap(), Notified::Ignored);
    assert_eq!(outbox.notify("1", Some("77"), now).unwrap(), Notified::Placed);
    assert_eq!(outbox.get(None, "1", false).unwrap().unwrap().shown.remote_id.as_deref(), Some("77"));
    // Without a webhook a person must look.
    sandbox.faults(r#"{"fault":"500","target":"order"}"#).unwrap();
    outbox.enqueue(None, text("2").as_bytes(), Enqueue::default()).unwrap();
    assert_eq!(outbox.drain(20.0, 10).unwrap().held, 1);
    assert_eq!(outbox.get(None, "2", false).unwrap().unwrap().shown.reason, Some("no_read"));
}

#[test]
fn a_sweep_enqueues_what_is_missing_and_revives_nothing() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(SCALE)));
    let orders: Vec<_> = ["1", "2", "3"].map(|id| order(id, &sandbox.create_transaction(), 1)).into();
    outbox.enqueue(None, &orders[0], Enqueue::default()).unwrap();
    outbox.enqueue(None, &orders[1], Enqueue::default()).unwrap();
    outbox.cancel(None, "2").unwrap();
    let list = [orders[0].clone(), b"{}".to_vec(), orders[1].clone(), orders[2].clone()];
    let swept = outbox.sweep(None, &list, None).unwrap();
    assert!(swept.unlisted.is_empty());
    let told: Vec<_> = swept.orders.iter().map(|one| one.as_ref().ok().map(|told| (told.status, told.state))).collect();
    assert_eq!(
        told,
        [Some((Status::Known, "pending")), None, Some((Status::Known, "cancelled")), Some((Status::New, "pending"))]
    );
    assert!(!swept.orders[1].as_ref().unwrap_err().problems().is_empty());
    assert_eq!(outbox.drain(20.0, 10).unwrap().placed, 2);
    // What the list lacks, of what is or may be at the platform. An order that breaks rules is in the list all the same.
    let unlisted = |list: &[Vec<u8>], since| {
        let swept = outbox.sweep(None, list, Some(since)).unwrap();
        swept.unlisted.into_iter().map(|row| row.external_id).collect::<Vec<_>>()
    };
    let now = countersign::system_time().unix();
    assert_eq!(unlisted(&orders[..1], 0), ["3"]);
    assert_eq!(unlisted(&orders[1..], now - 60), ["1"]);
    assert_eq!(unlisted(&[orders[0].clone(), br#"{"externalId":"3"}"#.to_vec()], 0), [""; 0]);
    assert_eq!(unlisted(&[], now + 60), [""; 0]);
    outbox.forget(None, "3").unwrap();
    assert_eq!(unlisted(&orders[..1], 0), [""; 0]);
}
