//! Shops and versions: whose store it is, what a later version may add, and that the statements of the first version go on.

use crate::support::{ANYWHERE, Folder, open, order, policy, sandbox, settings, spiff};
use crate::{DESIGN, beside, enqueue, nobody, sql, value};
use countersign::ErrorKind;
use countersign_outbox::{Decision, Enqueue, Outbox, Settings, Status, row_key};
use rusqlite::params;
use std::path::Path;

fn of_shop(shop: &str) -> Settings {
    Settings { shop: shop.to_owned(), ..settings(&[("shop", nobody())], policy(1)) }
}

fn open_only(file: &Path, settings: Settings) -> Outbox {
    Outbox::open(&format!("sqlite:{}", file.display()), settings, ANYWHERE).unwrap()
}

/// Everything that may change an order, each refused with these words.
fn all_refuse(outbox: &Outbox, words: &[&str]) {
    let errors = [
        ("install", outbox.install().err()),
        ("verify", outbox.run(outbox.engine().verify()).err()),
        ("enqueue", outbox.enqueue(None, &order("2", DESIGN, 1), Enqueue::default()).err()),
        ("drain", outbox.drain(0.1, 10).err()),
        ("check", outbox.check(0, 60).err()),
    ];
    for (what, error) in errors {
        let error = error.unwrap_or_else(|| panic!("{what} was not refused"));
        assert_eq!(error.kind(), ErrorKind::Store, "{what}: {error}");
        for word in words {
            assert!(error.message().contains(word), "{what}: {error}");
        }
    }
}

#[test]
fn a_store_belongs_to_one_shop() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    enqueue(&open(&file, of_shop("Müller & Söhne")), "1");
    all_refuse(&open_only(&file, of_shop("beta")), &["ller &", "beta"]);
    enqueue(&open(&file, of_shop("Müller & Söhne")), "2");
}

#[test]
fn a_store_that_only_newer_code_may_read_is_refused() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", nobody())], policy(1)));
    enqueue(&outbox, "1");
    sql(&file, "UPDATE countersign_outbox_meta SET value = '2' WHERE name = 'oldest_reader'");
    all_refuse(&outbox, &["version 2", "release"]);
    // A newer one that older code may read is none of our business.
    sql(&file, "UPDATE countersign_outbox_meta SET value = '1' WHERE name = 'oldest_reader'");
    sql(&file, "UPDATE countersign_outbox_meta SET value = '7' WHERE name = 'schema'");
    outbox.install().unwrap();
    enqueue(&outbox, "2");
    assert_eq!(value(&file, "SELECT value FROM countersign_outbox_meta WHERE name = 'schema'"), "7");
}

#[test]
fn what_a_later_version_added_stays_as_it_is() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(50)));
    for statement in [
        "ALTER TABLE countersign_outbox ADD COLUMN later TEXT",
        "ALTER TABLE countersign_outbox ADD COLUMN later_count INTEGER NOT NULL DEFAULT 7",
        "ALTER TABLE countersign_outbox_account ADD COLUMN later INTEGER DEFAULT 8",
        "CREATE TABLE countersign_outbox_later (id INTEGER) STRICT",
        "INSERT INTO countersign_outbox_meta (name, value) VALUES ('later', 'stays')",
    ] {
        sql(&file, statement);
    }
    let others = sandbox.create_transaction();
    spiff(&sandbox).run("place_order", &order("elsewhere", &others, 1)).unwrap();
    let designs = [sandbox.create_transaction(), sandbox.create_transaction(), others];
    let text = |at: usize, amount| order(&at.to_string(), &designs[at], amount);
    for at in 0..3 {
        outbox.enqueue(None, &text(at, 1), Enqueue::default()).unwrap();
    }
    let bits: i64 = 1 << 20 | 1 << 30 | 1 << 40 | 1 << 50;
    sql(
        &file,
        &format!("UPDATE countersign_outbox SET flags = flags | {bits}, later = 'x' || id, later_count = 70 + id"),
    );
    // Replaced, doubted, drained, found at the platform, held, decided about.
    assert_eq!(outbox.enqueue(None, &text(0, 2), Enqueue::default()).unwrap().status, Status::Replaced);
    sandbox.faults(r#"{"fault":"accept_then_500","target":"order"}"#).unwrap();
    let drained = outbox.drain(15.0, 100).unwrap();
    assert_eq!((drained.placed, drained.held), (2, 1), "{drained:?}");
    let kept = || {
        let left = format!(
            "SELECT COUNT(*) FROM countersign_outbox WHERE flags & {bits} = {bits} AND later = 'x' || id AND later_count = 70 + id"
        );
        assert_eq!(value(&file, &left), "3");
        assert_eq!(value(&file, "SELECT value FROM countersign_outbox_meta WHERE name = 'later'"), "stays");
        assert_eq!(value(&file, "SELECT later FROM countersign_outbox_account"), "8");
    };
    kept();
    assert_eq!(outbox.enqueue(None, &text(0, 3), Enqueue::default()).unwrap().status, Status::Conflict);
    outbox.resolve(None, "0", Decision::Placed, "ana", "seen").unwrap();
    outbox.resolve(None, "2", Decision::Retry, "ana", "a second copy").unwrap();
    assert_eq!(outbox.drain(15.0, 100).unwrap().placed, 1);
    kept();
    outbox.forget(None, "0").unwrap();
    outbox.install().unwrap();
    kept();
}

const NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)";

/// The statements of the first version, as it was released. They never change: a process of that version may be at work beside
/// a newer one.
mod first {
    pub(super) const BY_EXTERNAL_ID: &str = "SELECT id, row_key, provider, account, external_id, state, version, due_at, lease_until, token, failures, crashes, sends, doubts, resends, read_backs, first_sent_at, last_sent_at, doubted_at, wait_at, wait_clock, absent_at, absent_clock, flags, reason, wire, items_hash, body, remote_id, last_kind, created_at, fresh_at, updated_at, done_at, history, {now} FROM countersign_outbox WHERE external_id = ? AND provider = ?";
    pub(super) const ENQUEUE: &str = "INSERT INTO countersign_outbox (due_at, row_key, provider, account, external_id, state, version, failures, crashes, sends, doubts, resends, read_backs, flags, wire, items_hash, body, remote_id, created_at, fresh_at, updated_at, done_at, history) VALUES ({now}, ?, ?, ?, ?, 1, 1, 0, 0, 0, 0, 0, 0, ?, ?, ?, ?, ?, {now}, {now}, {now}, NULL, ?) ON CONFLICT DO NOTHING";
    pub(super) const NEW_ACCOUNT: &str = "INSERT INTO countersign_outbox_account (account, provider, version, pause, pauses, quota, quota_at) VALUES (?, ?, 1, 0, '[]', ?, {now}) ON CONFLICT DO NOTHING";
    pub(super) const ACCOUNT: &str = "SELECT account, provider, version, pause, paused_until, pause_key, pause_why, pauses, quota, quota_at, integration, checked_at, success_at, alive_at, {now} FROM countersign_outbox_account WHERE account = ?";
    pub(super) const SET_ACCOUNT: &str = "UPDATE countersign_outbox_account SET version = version + 1, success_at = {now}, quota = ?, quota_at = {now} WHERE account = ? AND version = ?";
    pub(super) const DUE: &str = "SELECT id, version FROM countersign_outbox WHERE account = ? AND state = 1 AND due_at <= {now} AND created_at > ? ORDER BY due_at, id LIMIT 64";
    pub(super) const CLAIM: &str = "UPDATE countersign_outbox SET state = 1, version = version + 1, updated_at = {now}, due_at = {now} + ?, lease_until = {now} + ?, token = ?, crashes = ? WHERE id = ? AND state = 1 AND version = ? AND (lease_until IS NULL OR lease_until < {now})";
    pub(super) const RESERVE: &str =
        "INSERT INTO countersign_outbox_design (design, row_id, token, reserved_at) VALUES (?, ?, ?, 1)";
    pub(super) const RESERVED: &str = "SELECT d.design, d.token, d.row_id, o.state, o.token, o.lease_until, o.done_at, {now} FROM countersign_outbox_design d LEFT JOIN countersign_outbox o ON o.id = d.row_id WHERE d.design IN (?)";
    pub(super) const SENT: &str = "UPDATE countersign_outbox SET state = 2, version = version + 1, updated_at = {now}, sends = ?, first_sent_at = {now}, last_sent_at = {now}, due_at = {now} + ?, lease_until = {now} + ?, reason = ?, history = ? WHERE id = ? AND state = 1 AND version = ? AND token = ? AND lease_until > {now}";
    pub(super) const ACCEPTED: &str = "UPDATE countersign_outbox SET state = 5, version = version + 1, updated_at = {now}, due_at = {now} + ?, lease_until = ?, token = ?, reason = ?, crashes = ?, remote_id = ?, done_at = {now}, history = ? WHERE id = ? AND state = 2 AND version = ? AND token = ?";
    pub(super) const DOUBTED: &str = "UPDATE countersign_outbox SET state = 3, version = version + 1, updated_at = {now}, doubts = ?, doubted_at = {now}, read_backs = ?, wait_at = {now}, wait_clock = ?, absent_at = ?, absent_clock = ?, flags = ?, due_at = {now} + ?, lease_until = ?, token = ?, reason = ?, crashes = ?, last_kind = ?, history = ? WHERE id = ? AND state = 2 AND version = ? AND token = ?";
    pub(super) const RELEASE: &str = "DELETE FROM countersign_outbox_design WHERE row_id = ?";
    pub(super) const META: &str = "SELECT name, value FROM countersign_outbox_meta";
}

#[test]
fn the_statements_of_the_first_version_go_on() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(50)));
    let old = beside(&file);
    let prepare =
        |text: &str| old.prepare(&text.replace("{now}", NOW)).unwrap_or_else(|error| panic!("{text}: {error}"));
    let names: Vec<String> =
        prepare(first::META).query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for name in ["schema", "oldest_reader", "store_id", "shop", "site"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
    // What the first version stores as the order itself, with the hash of its goods.
    let body = |id: &str, design: &str| {
        serde_json::json!({
            "version": 1, "wire": "spiff_graphql", "effect": "order", "path": "/graphql", "content_type": "application/json",
            "external_id": id, "transactions": [design], "bundles": [],
            "body": serde_json::json!({
                "query": "mutation OrderCreate($externalId: String, $paid: Boolean, $orderItems: [OrderItemInput]!, $externalData: ExternalDataInput) { orderCreate(externalId: $externalId, paid: $paid, orderItems: $orderItems, externalData: $externalData) { id internalId externalId } }",
                "variables": { "externalId": id, "paid": true, "orderItems": [{ "amountToOrder": 1, "transactionId": design }] },
                "operationName": "OrderCreate",
            }).to_string(),
        }).to_string()
    };
    let enqueue = |id: &str, design: &str| {
        let key = row_key("spiff", "shop", id);
        let line = r#"{"event":"enqueued"}"#;
        let hash = "bd27e05ed012144c8945fb1ba406ae400063d0ce008a6a736a8a5f2ae6d28691";
        prepare(first::ENQUEUE)
            .execute(params![key, 1, "shop", id, 0, 1, hash, body(id, design), None::<String>, line])
            .unwrap()
    };
    // An order that the first version enqueues, and this one delivers; and the other way round.
    let designs: Vec<String> = (0..4).map(|_| sandbox.create_transaction()).collect();
    assert_eq!((enqueue("1", &designs[0]), enqueue("1", &designs[0])), (1, 0));
    assert_eq!(outbox.enqueue(None, &order("1", &designs[0], 2), Enqueue::default()).unwrap().status, Status::Replaced);
    assert_eq!(outbox.enqueue(None, &order("2", &designs[1], 1), Enqueue::default()).unwrap().status, Status::New);
    enqueue("3", &designs[2]);
    enqueue("4", &designs[3]);
    assert_eq!(prepare(first::NEW_ACCOUNT).execute(params!["shop", 1, 500]).unwrap(), 1);
    let version: i64 = prepare(first::ACCOUNT).query_row(["shop"], |row| row.get("version")).unwrap();
    assert_eq!(prepare(first::SET_ACCOUNT).execute(params![500, "shop", version]).unwrap(), 1);
    let due: Vec<(i64, i64)> = prepare(first::DUE)
        .query_map(params!["shop", -1], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(due.len(), 4, "{due:?}");
    // The first version sends the second order, and comes into doubt about the third; both look in vain for a claim twice.
    let token = "cd06fcbb47d61fb9db55c5bc75c4dcd3";
    for (id, settled) in [("2", true), ("3", false)] {
        let mut row = prepare(first::BY_EXTERNAL_ID);
        let (row, version): (i64, i64) =
            row.query_row(params![id, 1], |row| Ok((row.get("id")?, row.get("version")?))).unwrap();
        let lease = if settled { 60_000 } else { 1_000 };
        let claim = || prepare(first::CLAIM).execute(params![lease, lease, token, 1, row, version]).unwrap();
        assert_eq!((claim(), claim()), (1, 0));
        prepare(first::RESERVE).execute(params![format!("{id:0>64}"), row, token]).unwrap();
        assert!(prepare(first::RESERVED).exists([format!("{id:0>64}")]).unwrap());
        let sent = params![1, lease, lease, None::<i64>, r#"{"event":"sent"}"#, row, version + 1, token];
        assert_eq!(prepare(first::SENT).execute(sent).unwrap(), 1);
        if settled {
            spiff(&sandbox).run("place_order", &order("2", &designs[1], 1)).unwrap();
            let line = r#"{"event":"accepted"}"#;
            let accepted = params![
                259_200_000,
                None::<i64>,
                None::<i64>,
                None::<i64>,
                0,
                "remote-2",
                line,
                row,
                version + 2,
                token
            ];
            assert_eq!(prepare(first::ACCEPTED).execute(accepted).unwrap(), 1);
            prepare(first::RELEASE).execute([row]).unwrap();
        } else {
            let line = r#"{"event":"doubted"}"#;
            let none = None::<i64>;
            let doubted = params![1, 0, 0, none, none, 192, 100, none, none, none, 0, 7, line, row, version + 2, token];
            assert_eq!(prepare(first::DOUBTED).execute(doubted).unwrap(), 1);
        }
    }
    outbox.install().unwrap();
    let drained = outbox.drain(15.0, 100).unwrap();
    assert_eq!((drained.placed, drained.held), (3, 0), "{drained:#?}");
    assert_eq!(outbox.get(None, "2", false).unwrap().unwrap().shown.remote_id.as_deref(), Some("remote-2"));
    assert_eq!(sandbox.orders().len(), 4);
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE state = 5"), "4");
}
