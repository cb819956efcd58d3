//! What happens to rows beside their delivery: grace, retention, forgetting, changes, imports, and shared ids and designs.

use crate::support::{Folder, open, order, policy, sandbox, settings, spiff};
use crate::{DESIGN, enqueue, nobody, sql, value};
use countersign::ErrorKind;
use countersign_outbox::{Cancelled, Decision, Enqueue, Filter, Policy, Settings, Status};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[test]
fn bodies_are_stripped_a_hundred_at_a_time_and_keys_stay() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    // Kept as long as is usual, nothing is stripped.
    let usual = open(&file, settings(&[("shop", spiff(&sandbox))], policy(1)));
    let already = || Enqueue { already: Some(Some("r-1".to_owned())), ..Enqueue::default() };
    usual.enqueue(None, &order("kept", DESIGN, 1), already()).unwrap();
    usual.drain(0.5, 10).unwrap();
    let bodies = || value(&file, "SELECT COUNT(body) FROM countersign_outbox WHERE state = 5");
    assert_eq!(bodies(), "1");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], Policy { keep_bodies: 0, ..policy(1) }));
    for id in 0..120 {
        outbox.enqueue(None, &order(&id.to_string(), DESIGN, 1), already()).unwrap();
    }
    assert_eq!(bodies(), "121");
    outbox.drain(0.5, 10).unwrap();
    assert_eq!(bodies(), "21");
    outbox.drain(0.5, 10).unwrap();
    assert_eq!(bodies(), "1");
    outbox.drain(0.5, 10).unwrap();
    let left = "SELECT COUNT(*) FROM countersign_outbox WHERE body IS NULL AND history = '' AND due_at IS NULL AND length(row_key) = 64 AND state = 5 AND done_at > 0 AND external_id <> '' AND remote_id = 'r-1'";
    assert_eq!(value(&file, left), "120");
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE body LIKE '%kept%'"), "1");
    // The tombstone answers, the same goods and others.
    assert_eq!(enqueue(&outbox, "7").status, Status::Known);
    let other = |amount| outbox.enqueue(None, &order("7", DESIGN, amount), Enqueue::default()).unwrap().status;
    let alerts = || outbox.list(Filter { alerts: true, ..Filter::default() }).unwrap().orders.len();
    assert_eq!((other(2), alerts()), (Status::Conflict, 1));
    // A conflict that a person has answered is none again by the same goods, but by others.
    outbox.resolve(None, "7", Decision::Placed, "ana", "two are enough").unwrap();
    assert_eq!((other(2), alerts(), other(3), alerts()), (Status::Conflict, 0, Status::Conflict, 1));
    // What waits and what is held keeps its body, however old.
    sql(&file, "UPDATE countersign_outbox SET state = 4, due_at = NULL, body = 'x' WHERE external_id = '8'");
    sql(&file, "UPDATE countersign_outbox SET state = 1, due_at = 1, body = 'x' WHERE external_id = '9'");
    outbox.pause("shop", "for the test").unwrap();
    outbox.drain(0.5, 10).unwrap();
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE body = 'x'"), "2");
}

#[test]
fn what_is_forgotten_is_gone_but_for_its_key() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(20)));
    let id = "ana@example.com";
    let text = order(id, &sandbox.create_transaction(), 1);
    assert!(outbox.forget(None, id).is_err());
    outbox.enqueue(None, &text, Enqueue::default()).unwrap();
    let error = outbox.forget(None, id).unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidArgument && error.message().contains("pending"), "{error}");
    assert_eq!(outbox.drain(10.0, 10).unwrap().placed, 1);
    outbox.forget(None, id).unwrap();
    // Whoever knows its id finds it all the same.
    let row = outbox.get(None, id, true).unwrap().unwrap();
    assert_eq!((row.shown.external_id.as_str(), row.shown.state, row.body), ("", "placed", None));
    let row = "SELECT external_id || ifnull(body, '') || history || ifnull(remote_id, '') FROM countersign_outbox";
    assert_eq!(value(&file, row), "");
    // Forgotten is not free: a late redelivery of the payment makes no second order.
    let again = outbox.enqueue(None, &text, Enqueue::default()).unwrap();
    assert_eq!((again.status, again.state), (Status::Known, "placed"));
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 0);
    assert_eq!((sandbox.orders().len(), value(&file, "SELECT COUNT(*) FROM countersign_outbox")), (1, "1".to_owned()));
    // Nothing of it stands in the file itself, nor in its log, once that was put away.
    drop(outbox);
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(id.len()).any(|some| some == id.as_bytes()), "the file still has it");
}

#[test]
fn held_orders_may_be_forgotten_as_well() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", nobody())], policy(1)));
    enqueue(&outbox, "1");
    sql(&file, "UPDATE countersign_outbox SET state = 4, reason = 3");
    outbox.forget(None, "1").unwrap();
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE body IS NULL AND external_id = ''"), "1");
}

#[test]
fn changes_show_every_change_once() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", nobody())], policy(1)));
    let mut cursor: Option<String> = None;
    let mut seen: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    let mut follow = |calls: usize| {
        for _ in 0..calls {
            let changes = outbox.changes(cursor.as_deref(), 7).unwrap();
            for order in changes.orders {
                seen.entry(order.external_id).or_default().push(order.state);
            }
            cursor = Some(changes.cursor);
        }
        seen.clone()
    };
    // Rows are written while somebody follows, several in one millisecond.
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let began = Instant::now();
            for number in 0..90 {
                enqueue(&outbox, &format!("{number}"));
            }
            for number in (0..90).step_by(3) {
                assert_eq!(outbox.cancel(None, &number.to_string()).unwrap(), Cancelled::Cancelled);
            }
            began.elapsed()
        });
        while !writer.is_finished() {
            follow(1);
            std::thread::sleep(Duration::from_millis(20));
        }
        writer.join().unwrap();
    });
    sql(
        &file,
        "UPDATE countersign_outbox SET updated_at = (SELECT MAX(updated_at) FROM countersign_outbox) WHERE id > 60",
    );
    std::thread::sleep(Duration::from_millis(2100));
    let all = follow(40);
    assert_eq!(all.len(), 90, "{all:?}");
    for (id, states) in &all {
        let last = if id.parse::<u32>().unwrap().is_multiple_of(3) { "cancelled" } else { "pending" };
        assert_eq!(states.last(), Some(&last), "{id}: {states:?}");
        assert!(states.len() <= 2 && (last == "cancelled" || states.len() == 1), "{id}: {states:?}");
    }
    // At the end the cursor stands, and one more change is one more line.
    assert_eq!(follow(2), all);
    outbox.cancel(None, "1").unwrap();
    assert_eq!(follow(1)["1"], ["pending"]);
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(follow(2)["1"], ["pending", "cancelled"]);
    assert_eq!(outbox.changes(Some("not a cursor"), 10).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn what_was_placed_before_is_never_sent() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(20)));
    assert_eq!(outbox.import(None, "1", Some("r-1")).unwrap().status, Status::New);
    assert_eq!(outbox.import(None, "1", None).unwrap().status, Status::Known);
    let already = Enqueue { already: Some(None), ..Enqueue::default() };
    let text = |id: &str| order(id, &sandbox.create_transaction(), 1);
    let new = outbox.enqueue(None, &text("2"), already.clone()).unwrap();
    assert_eq!((new.status, new.state), (Status::New, "placed"));
    // The shop's hook comes once more with the order itself: it is there already.
    for id in ["1", "2"] {
        let again = outbox.enqueue(None, &text(id), Enqueue::default()).unwrap();
        assert_eq!(again.state, "placed", "{again:?}");
    }
    assert_eq!(outbox.enqueue(None, &text("1"), Enqueue::default()).unwrap().status, Status::Known);
    let shown = outbox.get(None, "1", false).unwrap().unwrap().shown;
    assert_eq!((shown.remote_id.as_deref(), shown.flags.as_slice()), (Some("r-1"), ["placed_elsewhere"].as_slice()));
    assert_eq!(outbox.drain(2.0, 10).unwrap().placed, 0);
    assert_eq!(sandbox.orders().len(), 0);
    // One that waits is not made placed behind the worker's back.
    outbox.enqueue(None, &text("3"), Enqueue::default()).unwrap();
    let waiting = outbox.import(None, "3", Some("r-3")).unwrap();
    assert_eq!((waiting.status, waiting.state), (Status::Known, "pending"));
}

#[test]
fn grace_is_kept_also_by_an_order_that_is_replaced() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(1)));
    let design = sandbox.create_transaction();
    let now = countersign::system_time().unix();
    let due = Some(now + 3600);
    let with = |due| Enqueue { due, ..Enqueue::default() };
    assert_eq!(outbox.enqueue(None, &order("1", &design, 1), with(due)).unwrap().status, Status::New);
    for again in [None, due] {
        outbox.enqueue(None, &order("1", &design, 2), with(again)).unwrap();
        outbox.enqueue(None, &order("1", &design, 3), with(again)).unwrap();
        assert_eq!(outbox.get(None, "1", false).unwrap().unwrap().shown.due_at, due);
    }
    let drained = outbox.drain(1.0, 10).unwrap();
    assert_eq!((drained.placed, drained.next_due, sandbox.orders().len()), (0, due, 0));
    assert_eq!(outbox.cancel(None, "1").unwrap(), Cancelled::Cancelled);
    // When it is over the order goes.
    outbox.enqueue(None, &order("2", &sandbox.create_transaction(), 1), with(Some(now + 2))).unwrap();
    assert_eq!(outbox.drain(0.2, 10).unwrap().placed, 0);
    assert_eq!(outbox.drain(6.0, 10).unwrap().placed, 1);
    for bad in [now - 2 * 86_400, now + 400 * 86_400, i64::MAX, i64::MIN] {
        let error = outbox.enqueue(None, &order("3", DESIGN, 1), with(Some(bad))).unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.message().contains("due"), "{error}");
    }
    assert!(outbox.get(None, "3", false).unwrap().is_none());
}

#[test]
fn an_order_is_sent_under_one_account_alone() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let accounts = [("new", spiff(&sandbox)), ("old", spiff(&sandbox))];
    let outbox = open(&file, settings(&accounts, policy(20)));
    let text = order("1", &sandbox.create_transaction(), 1);
    let enqueue = |account, options| outbox.enqueue(account, &text, options);
    let error = enqueue(Some("neu"), Enqueue::default()).unwrap_err();
    assert!(error.kind() == ErrorKind::InvalidArgument && error.message().contains("new, old"), "{error}");
    assert_eq!(enqueue(None, Enqueue::default()).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(enqueue(Some("old"), Enqueue::default()).unwrap().status, Status::New);
    // A sweep under the new name of the account.
    let told = enqueue(Some("new"), Enqueue::default()).unwrap();
    assert_eq!((told.status, told.account.as_str(), told.state), (Status::Elsewhere, "old", "pending"));
    assert_eq!(outbox.drain(5.0, 10).unwrap().placed, 1);
    assert_eq!(enqueue(Some("new"), Enqueue::default()).unwrap().status, Status::Elsewhere);
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "1");
    // On purpose it goes; then the id alone is not enough to say which.
    let anyway = Enqueue { anyway: true, ..Enqueue::default() };
    assert_eq!(enqueue(Some("new"), anyway).unwrap().status, Status::New);
    let error = outbox.get(None, "1", false).unwrap_err();
    assert!(error.message().contains("new") && error.message().contains("old"), "{error}");
    assert!(outbox.get(Some("new"), "1", false).unwrap().is_some());
}

/// R9: two rows with one design, and the first in doubt.
#[test]
fn a_design_is_under_way_for_one_order_at_a_time() {
    for (fault, sends) in [("accept_then_500", 1), ("500", 2)] {
        let (folder, sandbox) = (Folder::new(), sandbox());
        let file = folder.0.join("o.db");
        let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(60)));
        let design = sandbox.create_transaction();
        sandbox.faults(&format!(r#"{{"fault":"{fault}","target":"order"}}"#)).unwrap();
        for id in ["1", "2"] {
            outbox.enqueue(None, &order(id, &design, 1), Enqueue::default()).unwrap();
        }
        let state = |id: &str| outbox.get(None, id, false).unwrap().unwrap().shown;
        let drained = outbox.drain(0.8, 10).unwrap();
        assert_eq!((drained.unknown, drained.placed, drained.held), (1, 0, 0), "{fault}: {drained:?}");
        assert_eq!((state("1").state, state("2").state, state("2").sends), ("unknown", "pending", 0), "{fault}");
        // As soon as that is certain the other one goes on, and sees what became of its design.
        let until = Instant::now() + Duration::from_secs(14);
        while state("2").state == "pending" && Instant::now() < until {
            outbox.drain(1.0, 10).unwrap();
        }
        // Of two that wait, either may be first.
        let (first, second) = if sends == 2 && state("2").state == "placed" { ("2", "1") } else { ("1", "2") };
        let sent = if first == "1" { sends } else { 1 };
        let until = Instant::now() + Duration::from_secs(10);
        while state(second).state == "pending" && Instant::now() < until {
            outbox.drain(1.0, 10).unwrap();
        }
        assert_eq!((state(first).state, state(first).sends), ("placed", sent), "{fault}");
        assert_eq!((state(second).state, state(second).reason), ("held", Some("already_ordered")), "{fault}");
        assert_eq!(sandbox.orders().len(), 1, "{fault}");
        outbox.resolve(None, second, Decision::Drop, "ana", "ordered once").unwrap();
    }
}

#[test]
fn what_has_no_room_is_refused_and_never_cut() {
    let folder = Folder::new();
    let outbox = open(&folder.0.join("o.db"), settings(&[("shop", nobody())], policy(1)));
    for long in ["x".repeat(256), "é".repeat(128), "\u{1}".repeat(200)] {
        let error = outbox.import(None, "1", Some(&long)).unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidArgument && error.message().contains("up to 255"), "{error}");
        let already = Enqueue { already: Some(Some(long.clone())), ..Enqueue::default() };
        assert!(outbox.enqueue(None, &order("1", DESIGN, 1), already).is_err());
        assert!(outbox.import(None, &long, None).is_err());
    }
    assert!(outbox.get(None, "1", false).unwrap().is_none());
    for fits in ["x".repeat(255), "é".repeat(127), "🧵".repeat(63)] {
        outbox.import(None, &fits, Some(&fits)).unwrap();
        assert_eq!(outbox.get(None, &fits, false).unwrap().unwrap().shown.remote_id.as_ref(), Some(&fits));
    }
    let shop = Settings { shop: "é".repeat(60), ..settings(&[("shop", nobody())], policy(1)) };
    let error = countersign_outbox::Engine::new(countersign_outbox::Dialect::Mysql, String::new(), shop).unwrap_err();
    assert!(error.message().contains("42 letters"), "{error}");
}
