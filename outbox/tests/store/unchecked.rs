//! Orders that were enqueued without this library: key and statement as tests/vectors/outbox_enqueue.json has them, and what becomes of
//! their rows.

use crate::support::{Folder, open, order, policy, sandbox, settings, sign_customiser, spiff};
use crate::{DESIGN, beside, nobody, sql, value};
use countersign::{ErrorKind, Options, Platform};
use countersign_outbox::store::sqlite::execute;
use countersign_outbox::{Decision, Filter, Outbox};
use countersign_outbox::{Dialect, Engine, Enqueue, Outcome, Settings, Statement, Status, Value, row_key};
use std::path::Path;

/// Where in the parameters of a statement, from its end, what only the library can know stands: the wire, the hash of the goods, the body.
const MADE: [usize; 3] = [5, 4, 3];

fn json(value: &Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_str().into(),
    }
}

/// A moment, or so many seconds from now.
fn moment(due: &serde_json::Value, now: i64) -> Option<i64> {
    let later = due.as_str().and_then(|text| text.strip_prefix("{now+")?.strip_suffix('}')?.parse::<i64>().ok());
    later.map_or(due.as_i64(), |seconds| Some(now + seconds))
}

#[test]
fn key_and_statement_are_those_of_the_vectors() {
    let vectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/outbox_enqueue.json");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&std::fs::read(vectors).unwrap()).unwrap();
    let mut compared = 0;
    let now = countersign::system_time().unix();
    for row in &rows {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let id = text("id");
        let signs = Options::new().set("api_token", "t");
        let platform = match text("platform") {
            "sign_customiser" => Platform::new("sign_customiser", &signs).unwrap(),
            _ => nobody(),
        };
        let account = row["account"].as_str().unwrap_or("shop");
        let given = Settings { prefix: text("prefix").to_owned(), ..settings(&[(account, platform)], policy(1)) };
        let options = Enqueue { due: moment(&row["due"], now), ..Enqueue::default() };
        let statement = Dialect::of(text("dialect"))
            .and_then(|dialect| Engine::new(dialect, String::new(), given))
            .and_then(|engine| engine.enqueue_statement(None, text("order").as_bytes(), &options, None));
        if let Some(kind) = row["error"].as_str() {
            let error = statement.err().unwrap_or_else(|| panic!("{id}: it was taken"));
            assert_eq!(error.kind().name(), kind, "{id}: {error}");
            continue;
        }
        let key = row_key(text("platform"), account, text("external_id"));
        assert_eq!(key, text("key"), "{id}");
        let Statement { sql, params, .. } = match statement {
            // What breaks rules that only the library knows is written all the same, and held.
            Err(error) if row["held"] == true => {
                assert_eq!(error.kind(), ErrorKind::InvalidOrder, "{id}: {error}");
                continue;
            }
            other => other.unwrap_or_else(|error| panic!("{id}: {error}")),
        };
        assert_ne!(row["held"], true, "{id}: nothing is wrong with it");
        assert_eq!(sql, text("sql"), "{id}");
        let due = row["params"].as_array().unwrap();
        assert_eq!(params.len(), due.len(), "{id}");
        for (at, (ours, theirs)) in params.iter().zip(due).enumerate() {
            if !MADE.contains(&(params.len() - at)) {
                let theirs = if theirs == "{due}" { (options.due.unwrap() * 1000).into() } else { theirs.clone() };
                assert_eq!(json(ours), theirs, "{id}: parameter {at}");
            }
        }
        let [wire, goods, _] = MADE.map(|end| &due[due.len() - end]);
        assert_eq!((wire, goods), (&0.into(), &"".into()), "{id}");
        compared += 1;
    }
    assert!(compared >= 12, "{compared} of {} rows", rows.len());
}

/// Enqueues an order as a shop does that has no library: the same statement, with the order as it stands.
fn as_written(outbox: &Outbox, file: &Path, id: &str, account: Option<&str>, body: &str) {
    let lawful = match account {
        Some("signs") => sign(id, 1),
        _ => String::from_utf8(order(id, DESIGN, 1)).unwrap(),
    };
    let mut statement =
        outbox.engine().enqueue_statement(account, lawful.as_bytes(), &Enqueue::default(), None).unwrap();
    let made: [Value; 3] = [0.into(), "".into(), body.into()];
    let end = statement.params.len();
    for (at, value) in MADE.iter().zip(made) {
        statement.params[end - at] = value;
    }
    assert!(matches!(execute(&beside(file), &statement), Outcome::Count(1)), "{body}");
}

fn sign(id: &str, quantity: u32) -> String {
    serde_json::json!({
        "integration_id": 1, "external_id": id, "external_order_number": "1", "currency": "USD",
        "products": [{ "external_id": "p-1", "quantity": quantity, "price": 2999 }],
    })
    .to_string()
}

#[test]
fn the_first_worker_checks_and_sends_it() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox)), ("signs", sign_customiser(&sandbox))], policy(20)));
    let design = sandbox.create_transaction();
    let of = |id: &str, amount| String::from_utf8(order(id, &design, amount)).unwrap();
    // As somebody else's JSON is written: its own order, blanks, escapes.
    let text = format!(
        "{{\n \"orderItems\" : [{{\"transactionId\": \"{design}\", \"amountToOrder\": 2}}],\n \"externalId\": \"\\u00e9/1\", \"paid\": true }}"
    );
    as_written(&outbox, &file, "é/1", Some("shop"), &text);
    as_written(&outbox, &file, "s-1", Some("signs"), &sign("s-1", 1));
    let enqueue = |id, amount| {
        let done = outbox.enqueue(Some("shop"), of(id, amount).as_bytes(), Enqueue::default()).unwrap();
        (done.status, done.state)
    };
    // Whoever has the library knows it again, while it waits and afterwards.
    assert_eq!(enqueue("é/1", 2), (Status::Known, "pending"));
    let drained = outbox.drain(20.0, 10).unwrap();
    assert_eq!((drained.placed, drained.held), (2, 0), "{:?}", drained.changed);
    assert_eq!(sandbox.orders().len(), 2);
    assert_eq!(enqueue("é/1", 2), (Status::Known, "placed"));
    assert_eq!(enqueue("é/1", 3), (Status::Conflict, "placed"));
    // What changed before it was sent takes its place.
    as_written(&outbox, &file, "2", Some("shop"), &of("2", 1));
    assert_eq!(enqueue("2", 4), (Status::Replaced, "pending"));
    assert_eq!(
        value(&file, "SELECT wire > 0 AND items_hash <> '' FROM countersign_outbox WHERE external_id = '2'"),
        "1"
    );
}

#[test]
fn what_breaks_rules_is_held_with_its_problems() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(20)));
    let stranger = String::from_utf8(order("other", DESIGN, 1)).unwrap();
    let bad = [
        ("1", r#"{"externalId":"1","orderItems":[]}"#, "paid"),
        ("2", r#"{"externalId":"2","paid":tru"#, "JSON"),
        ("3", stranger.as_str(), "its body of "),
    ];
    for (id, text, _) in bad {
        as_written(&outbox, &file, id, None, text);
    }
    assert_eq!(outbox.drain(10.0, 10).unwrap().held, 3);
    assert!(sandbox.orders().is_empty());
    for (id, _, words) in bad {
        let row = outbox.get(None, id, true).unwrap().unwrap();
        let told = format!("{:?}", row.history);
        assert_eq!(row.shown.reason, Some("malformed"), "{id}");
        assert!(told.contains(words), "{id}: {told}");
    }
    // Corrected, it goes on.
    let design = sandbox.create_transaction();
    let done = outbox.enqueue(None, &order("1", &design, 1), Enqueue::default()).unwrap();
    assert_eq!((done.status, done.state), (Status::Replaced, "pending"));
    assert_eq!(outbox.drain(10.0, 10).unwrap().placed, 1);
    // Given up, its row stays, and the look-up for what is held is empty.
    outbox.resolve(None, "2", Decision::Drop, "ana", "it was a test").unwrap();
    outbox.resolve(None, "3", Decision::Drop, "ana", "it was a test").unwrap();
    assert!(outbox.list(Filter { alerts: true, ..Filter::default() }).unwrap().orders.is_empty());
    assert_eq!(sql(&file, "UPDATE countersign_outbox SET flags = flags WHERE state = 7"), 2);
}
