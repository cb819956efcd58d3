//! The outbox at the terminal, against the sandbox: each command, what it refuses, and a worker that is asked to end.
#![cfg(all(feature = "outbox", feature = "sandbox"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use countersign_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use support::{CANARY, Files, Ran, Run, countersign, wait};

const SECRET_KEY: &str = "canary-5f1e-secret";
const API_TOKEN: &str = "canary-5f1e-token";
const WEBHOOK_SECRET: &str = "canary-5f1e-webhook";

/// By what every time of the policy is divided: a call still has two seconds, on a machine that does more than this.
const SCALE: &str = "10";

/// Whether the command has the drivers of servers.
const DRIVERS: bool = cfg!(all(feature = "postgres", feature = "mysql"));

/// A shop: its sandbox, its folder, and the outbox in it.
struct Shop {
    files: Files,
    sandbox: Sandbox,
}

impl Shop {
    fn new() -> Self {
        let sandbox = Sandbox::start(Options {
            access_key: "key".to_owned(),
            secret_key: SECRET_KEY.to_owned(),
            api_token: API_TOKEN.to_owned(),
            webhook_secret: WEBHOOK_SECRET.to_owned(),
            ..Options::default()
        });
        Self { files: Files::new(), sandbox: sandbox.unwrap() }
    }

    /// One whose tables are made.
    fn open() -> Self {
        let shop = Self::new();
        shop.bare(&["install"]).run().exits(0);
        shop
    }

    fn path(&self) -> String {
        format!("{}/outbox.db", self.files.directory())
    }

    fn store(&self) -> String {
        format!("sqlite:{}", self.path())
    }

    /// A command without any credentials.
    fn bare(&self, args: &[&str]) -> Run {
        countersign(["outbox"].iter().chain(args))
            .env("COUNTERSIGN_OUTBOX_STORE", self.store())
            .env("COUNTERSIGN_OUTBOX_TEST_SCALE", SCALE)
            .env("COUNTERSIGN_OUTBOX_ANYWHERE", "1")
    }

    /// A command with the credentials of both platforms.
    fn with(&self, args: &[&str]) -> Run {
        self.bare(args).envs(&[
            ("COUNTERSIGN_SPIFF_ACCESS_KEY", "key"),
            ("COUNTERSIGN_SPIFF_SECRET_KEY", SECRET_KEY),
            ("COUNTERSIGN_SPIFF_BASE_URL", self.sandbox.spiff_url()),
            ("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", API_TOKEN),
            ("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", self.sandbox.sign_customiser_url()),
            ("COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ])
    }

    /// An order of a new design.
    fn order(&self, id: &str) -> String {
        order(id, &self.sandbox.create_transaction(), 1)
    }

    fn enqueue(&self, order: &str) -> Ran {
        self.bare(&["enqueue", "-"]).stdin(order).run()
    }

    fn fault(&self, fault: &Value) {
        self.sandbox.faults(&fault.to_string()).unwrap();
    }

    fn shown(&self, id: &str) -> Value {
        self.bare(&["show", "--json", id]).run().exits(0).json()
    }

    /// The shop's ids that the platforms hold.
    fn arrived(&self) -> Vec<String> {
        self.sandbox.orders().iter().map(|order| order["externalId"].as_str().unwrap().to_owned()).collect()
    }
}

fn order(id: &str, transaction: &str, amount: u32) -> String {
    json!({ "externalId": id, "paid": true, "orderItems": [{ "amountToOrder": amount, "transactionId": transaction }] })
        .to_string()
}

fn sign_order(id: &str) -> String {
    json!({ "integration_id": 1, "external_id": id, "external_order_number": id, "currency": "USD",
        "products": [{ "external_id": "sku", "quantity": 1, "price": 2999 }] })
    .to_string()
}

/// The names of an object's members.
fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// JSON lines.
fn lines(ran: &Ran) -> Vec<Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_paid_order_is_enqueued_delivered_and_shown() {
    let shop = Shop::open();
    let first = shop.order("1001");
    assert_eq!(shop.enqueue(&first).exits(0).stdout, "new: 1001 (pending)\n");
    assert_eq!(shop.enqueue(&first).exits(0).stdout, "known: 1001 (pending)\n");
    let list = shop.bare(&["list"]).run().exits(0).stdout;
    assert!(list.starts_with("order") && list.contains("1001") && list.contains("pending"), "{list}");
    let drained = shop.with(&["drain"]).run().exits(0).stdout;
    assert!(drained.starts_with("placed: 1001 (shop) as ") && drained.ends_with("\nplaced 1\n"), "{drained}");
    assert_eq!(shop.arrived(), ["1001"]);

    let shown = shop.bare(&["show", "1001"]).run().exits(0).stdout;
    for words in ["1001: placed\n", "account: shop\n", "platform's id: ", "sends: 1\n", "accepted: sending → placed"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("orderItems") && !shop.shown("1001").to_string().contains("orderItems"));
    let due = "account external_id state flags remote_id due_at sends created_at updated_at history first_sent_at \
               last_sent_at";
    assert_eq!(names(&shop.shown("1001")), due.split_whitespace().collect());
    for args in [&["show", "--body", "1001"][..], &["show", "--json", "--body", "1001"]] {
        assert!(shop.bare(args).run().exits(0).stdout.contains("orderItems"), "{args:?}");
    }
    let list = shop.bare(&["list", "--json", "--state", "placed"]).run().exits(0).json();
    assert_eq!((&list["orders"][0]["external_id"], &list["next"]), (&json!("1001"), &Value::Null));
    assert_eq!(shop.bare(&["list", "--json", "--state", "held"]).run().exits(0).json()["orders"], json!([]));
    assert_eq!(shop.bare(&["check"]).run().exits(0).stdout, "ok\n");
}

#[test]
fn orders_come_in_three_forms_and_each_is_answered() {
    let shop = Shop::open();
    let each: Vec<_> = ["1", "2", "3", "4", "5"].iter().map(|id| shop.order(id)).collect();
    let file = shop.files.write("two.jsonl", format!("{}\r\n{}\r\n", each[0], each[1]));
    let answered = shop.bare(&["enqueue", "--json", &file]).run().exits(0);
    let due =
        |status: &str, id: &str| json!({ "status": status, "account": "shop", "external_id": id, "state": "pending" });
    assert_eq!(lines(&answered), [due("new", "1"), due("new", "2")]);
    let list = format!("[{}]", each[1..4].join(","));
    let answered = shop.bare(&["enqueue", "--json", "-"]).stdin(&list).run().exits(0);
    assert_eq!(lines(&answered), [due("known", "2"), due("new", "3"), due("new", "4")]);
    let pretty = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&each[4]).unwrap()).unwrap();
    assert_eq!(shop.enqueue(&pretty).exits(0).stdout, "new: 5 (pending)\n");
    let none = shop.bare(&["enqueue", "-"]).stdin("[]").run().exits(0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "The list has no orders.\n"));
    // Nothing of a list with a mistake is written, and every mistake is told.
    let bad = json!([
        serde_json::from_str::<Value>(&shop.order("6")).unwrap(),
        { "externalId": "7", "paid": 1, "orderItems": [] },
        { "externalId": "", "paid": true, "orderItems": [{ "amountToOrder": 0, "transactionId": "x" }] },
    ]);
    let ran = shop.bare(&["enqueue", "-"]).stdin(bad.to_string()).run().exits(1);
    for path in ["[1].paid", "[1].orderItems", "[2].externalId", "[2].orderItems[0].amountToOrder"] {
        assert!(ran.stderr.contains(&format!("  {path}: ")), "{path}: {ran:?}");
    }
    let error = shop.bare(&["enqueue", "--json", "-"]).stdin(bad.to_string()).run().exits(1).json();
    assert_eq!(error["error"]["kind"], "invalid_order");
    let ran = shop.enqueue(r#"{"externalId":"8","paid":true,"paid":true}"#).exits(1);
    assert!(ran.stderr.contains("  orderItems: ") && ran.stderr.contains("paid"), "{ran:?}");
    for broken in ["", "{", "[{}", "{}\n{", "nothing"] {
        let ran = shop.enqueue(broken).exits(1);
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\nnext: "), "{broken}: {ran:?}");
    }
    assert_eq!(shop.bare(&["list", "--json"]).run().json()["orders"].as_array().unwrap().len(), 5);
    let page = shop.bare(&["list", "--json", "--limit", "2", "--after", "2"]).run().json();
    assert_eq!((page["orders"][0]["external_id"].as_str(), &page["next"]), (Some("3"), &json!(4)));
    assert!(shop.bare(&["list", "--limit", "2"]).run().stderr.contains("--after 2"));
}

#[test]
fn what_became_of_an_order_is_said() {
    let shop = Shop::open();
    let design = shop.sandbox.create_transaction();
    let status = |ran: Ran| ran.stdout.split(':').next().unwrap().to_owned();
    assert_eq!(status(shop.enqueue(&order("1", &design, 1)).exits(0)), "new");
    assert_eq!(status(shop.enqueue(&order("1", &design, 2)).exits(0)), "replaced");
    let elsewhere = shop.bare(&["enqueue", "--account", "other", "-"]).stdin(order("1", &design, 2)).run().exits(1);
    assert!(elsewhere.stdout.starts_with("elsewhere: 1 ") && elsewhere.stdout.contains("--anyway"), "{elsewhere:?}");
    assert_eq!(shop.bare(&["cancel", "1"]).run().exits(0).stdout.split('.').next(), Some("cancelled: 1"));
    let again = shop.bare(&["cancel", "--json", "1"]).run().exits(0).json();
    assert_eq!(again, json!({ "external_id": "1", "cancelled": "ended" }));
    assert_eq!(status(shop.enqueue(&order("1", &design, 2)).exits(0)), "revived");
    shop.with(&["drain"]).run().exits(0);
    let conflict = shop.enqueue(&order("1", &design, 3)).exits(1);
    assert!(conflict.stdout.starts_with("conflict: 1 (placed)"), "{conflict:?}");
    assert_eq!(shop.bare(&["list", "--alerts", "--json"]).run().json()["orders"][0]["flags"][0], "conflict");
    let checked = shop.bare(&["check"]).run().exits(1).stdout;
    assert!(checked.starts_with("problem: shop: 1 orders have an alert."), "{checked}");
    // A person has looked.
    shop.bare(&["resolve", "1", "placed", "--who", "ana", "--why", "two are enough"]).run().exits(0);
    shop.bare(&["check"]).run().exits(0);
    let placed = shop.bare(&["cancel", "1"]).run().exits(1).stdout;
    assert!(placed.starts_with("placed: 1. The platform has it: cancel it there."), "{placed}");
    assert_eq!(shop.bare(&["cancel", "--json", "nobody"]).run().exits(1).json()["cancelled"], "unknown");
    assert_eq!(shop.arrived(), ["1"]);
}

#[test]
fn an_order_may_wait_and_one_that_was_placed_is_never_sent() {
    let shop = Shop::open();
    shop.bare(&["enqueue", "--due", "+900", "-"]).stdin(shop.order("late")).run().exits(0);
    let now = countersign::system_time().unix();
    let due = shop.shown("late")["due_at"].as_i64().unwrap();
    assert!((now + 880..=now + 900).contains(&due), "{due}");
    let past = (now - 90_000).to_string();
    let ran = shop.bare(&["enqueue", "--due", &past, "-"]).stdin(shop.order("past")).run().exits(1);
    assert!(ran.stderr.contains("due is") && ran.stderr.contains("a day ago"), "{ran:?}");
    shop.bare(&["enqueue", "--due", &(now - 3600).to_string(), "-"]).stdin(shop.order("now")).run().exits(0);
    for wrong in ["", "soon", "+", "-5"] {
        shop.bare(&["enqueue", "--due", wrong, "-"]).stdin(shop.order("x")).run().exits(2);
    }
    let stdout = shop.bare(&["enqueue", "--already", "77", "-"]).stdin(shop.order("old")).run().exits(0).stdout;
    assert_eq!(stdout, "new: old (placed)\n");
    shop.bare(&["enqueue", "--already", "", "-"]).stdin(shop.order("older")).run().exits(0);
    let two = format!("{}{}", shop.order("a"), shop.order("b"));
    shop.bare(&["enqueue", "--already", "77", "-"]).stdin(two).run().exits(2);
    assert_eq!(shop.bare(&["import", "oldest"]).run().exits(0).stdout, "new: oldest (placed)\n");
    shop.bare(&["import", "--remote-id", "78", "1"]).run().exits(0);
    let list = shop.files.write("placed.tsv", "1\n");
    assert!(shop.bare(&["import", &list]).run().exits(2).stderr.contains("given with --file"));
    assert!(shop.bare(&["import"]).run().exits(2).stderr.contains("<--file <FILE>|ID>"));
    let answered = shop.bare(&["import", "--json", "--file", "-"]).stdin("1\n2\t79\n\n3\r\n").run().exits(0);
    let statuses: Vec<_> = lines(&answered).iter().map(|line| line["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(statuses, ["known", "new", "new"]);
    for (id, remote) in [("old", json!("77")), ("older", Value::Null), ("1", json!("78")), ("2", json!("79"))] {
        let shown = shop.shown(id);
        assert_eq!((&shown["remote_id"], &shown["flags"]), (&remote, &json!(["placed_elsewhere"])), "{id}");
    }
    for wrong in
        [&["import"][..], &["import", ""], &["import", "1", "--file", "x"], &["import", "--remote-id", "", "1"]]
    {
        shop.bare(wrong).run().exits(2);
    }
    shop.with(&["drain", "--seconds", "1"]).run().exits(0);
    assert_eq!(shop.arrived(), ["now"]);
}

/// Whoever only writes or reads down what is in the file has no credentials.
#[test]
fn what_calls_no_platform_needs_no_credentials() {
    let shop = Shop::open();
    for id in ["1", "2"] {
        shop.enqueue(&shop.order(id)).exits(0);
    }
    shop.fault(&json!({ "fault": "status", "status": 422, "body": "{}", "target": "order" }));
    shop.with(&["drain", "--max", "1"]).run().exits(0);
    for args in [
        &["list"][..],
        &["show", "1"],
        &["changes"],
        &["stats"],
        &["stats", "--prometheus"],
        &["check"],
        &["pause", "shop", "--why", "stocktaking"],
        &["resume", "shop"],
        &["resolve", "1", "retry", "--who", "ana", "--why", "repaired"],
        &["cancel", "1"],
        &["cancel", "2"],
        &["forget", "1"],
        &["notify", "--external-id", "2", "--remote-id", "77"],
        &["adopt"],
        &["import", "3"],
        &["install"],
        &["schema", "mysql"],
    ] {
        for json in [&[][..], &["--json"]] {
            if json.len() == 1 && matches!(args[0], "resolve" | "forget")
                || args.contains(&"--prometheus") && json.len() == 1
            {
                continue;
            }
            let ran = shop.bare(&[args, json].concat()).run().exits(0);
            assert!(json.is_empty() || ran.json().is_object(), "{ran:?}");
        }
    }
    for command in ["run", "drain"] {
        let ran = shop.bare(&[command]).run().exits(1);
        assert!(ran.stderr.contains("COUNTERSIGN_SPIFF_ACCESS_KEY") || ran.stderr.contains("access_key"), "{ran:?}");
    }
    assert_eq!(shop.arrived().len(), 0);
}

#[test]
fn a_wrong_command_line_is_refused_before_anything_is_opened() {
    let shop = Shop::open();
    let missing = format!("sqlite:{}", shop.files.missing());
    for (args, words) in [
        (&["list", "--store", "oracle:///shop"][..], "give sqlite:PATH"),
        (&["list", "--store", "sqlite:"], "give sqlite:PATH"),
        (&["list", "--store", "shop.db"], "give sqlite:PATH"),
        (
            &["list", "--store", "postgresql://shop:canary-5f1e/x@db/shop"],
            if DRIVERS { "%2F" } else { "--features postgres`" },
        ),
        (&["list", "--store", "mysql://shop:canary-5f1e/x@db/shop"], if DRIVERS { "%2F" } else { "--features mysql`" }),
        (&["list", "--store", &missing, "--store", &missing], "--store once"),
        (&["list", "--state", "lost"], "pending, sending, unknown, held, placed, rejected, cancelled"),
        (&["list", "-o", "leese=60"], "lease"),
        (&["list", "-o", "leese=60"], "timeout"),
        (&["list", "-o", "timeout=5"], "calls no platform"),
        (&["list", "-o", "lease"], "name=value"),
        (&["list", "-o", "lease=soon"], "12 to 3600 seconds"),
        (&["list", "-o", "lease=49"], "at least 50"),
        (&["run", "-o", "deadline=30"], "at least 70"),
        (&["drain", "-o", "resends=4"], "0 to 3"),
        (&["run", "-o", "leese=60"], "countersign options"),
        (&["run", "-o", "secret_key=x"], "never taken from the command line"),
        (&["run", "-o", "timeout=soon"], "timeout"),
        (&["run", "--accounts", "a.json", "--region", "us"], "--region"),
        (&["run", "--platform", "etsy"], "sign-customiser"),
        (&["run", "--rest", "0"], "a whole number from 1 to 3600 is due"),
        (&["drain", "--seconds", "x"], "a whole number from 1 to 86400 is due"),
        (&["drain", "--max", "0"], "a whole number of at least 1 is due"),
        (&["show", ""], "empty"),
        (&["cancel", " "], "empty"),
        (&["forget", ""], "empty"),
        (&["resolve", "", "placed", "--who", "a", "--why", "b"], "empty"),
        (&["resolve", "1", "lose", "--who", "a", "--why", "b"], "placed, retry or drop"),
        (&["resolve", "1", "drop", "--who", " ", "--why", "b"], "--who"),
        (&["resolve", "1", "drop", "--who", "a", "--why", ""], "--why"),
        (&["resolve", "1", "drop", "--who", "a"], "--why"),
        (&["pause", "shop"], "--why"),
        (&["pause", "shop", "--why", ""], "--why"),
        (&["resume"], "ACCOUNT"),
        (&["check", "--max-held", "99999999999999999999"], "a whole number of at least 0 is due"),
        (&["notify", "--external-id", "1", "--header", "a: b"], "--header"),
        (&["notify", "--remote-id", "1"], "--external-id"),
        (&["notify"], "There is no delivery"),
        (&["sweep"], "FILE"),
        (&["sweep", "--since", "yesterday", "-"], "--since"),
        (&["changes", "--limit", "0"], "a whole number from 1 to 1000 is due"),
        (&["list", "--after", "x"], "a whole number of at least 0 is due"),
        (&["schema", "oracle"], "sqlite, mysql or postgresql"),
        (&["schema", "mysql", "--prefix", "a-b"], "prefix"),
    ] {
        let ran = shop.with(args).stdin("[]").run().exits(2);
        assert!(ran.stderr.contains(words), "{args:?}: {words}: {ran:?}");
        assert_eq!(ran.stdout, "");
    }
    let both = shop.bare(&["stats", "--prometheus", "--json"]).run().exits(2);
    assert!(both.stdout.contains("cannot be used with '--json'"), "{both:?}");
    let ran = countersign(["outbox", "list"]).run().exits(2);
    assert!(ran.stderr.contains("--store") && ran.stderr.contains("COUNTERSIGN_OUTBOX_STORE"), "{ran:?}");
    // What the tests alone use is told to nobody.
    for command in [&["outbox", "--help"][..], &["outbox", "run", "--help"], &["options"]] {
        let shown = countersign(command).run().exits(0).stdout;
        assert!(!shown.contains("_TEST_"), "{shown}");
    }
    for (name, value) in [("COUNTERSIGN_OUTBOX_TEST_SCALE", "0"), ("COUNTERSIGN_OUTBOX_ANYWHERE", "yes")] {
        assert!(shop.bare(&["list"]).env(name, value).run().exits(1).stderr.contains(name));
    }
}

#[test]
fn a_store_that_is_not_ours_is_left_alone() {
    let shop = Shop::open();
    let store = |name: &str, content: &[u8]| format!("sqlite:{}", shop.files.write(name, content));
    let missing = format!("sqlite:{}", shop.files.missing());
    let garbage = store("garbage.db", &[b'x'; 4096]);
    let empty = store("empty.db", b"");
    std::fs::create_dir(format!("{}/public", shop.files.directory())).unwrap();
    let seen = format!("sqlite:{}/public/outbox.db", shop.files.directory());
    let all: &[&[&str]] = &[
        &["run"],
        &["drain"],
        &["list"],
        &["show", "1"],
        &["cancel", "1"],
        &["check"],
        &["stats"],
        &["changes"],
        &["forget", "1"],
        &["pause", "shop", "--why", "x"],
        &["resume", "shop"],
        &["adopt"],
        &["import", "1"],
        &["resolve", "1", "drop", "--who", "a", "--why", "b"],
        &["notify", "--external-id", "1"],
        &["enqueue", "-"],
        &["sweep", "-"],
    ];
    for (store, words) in [
        (&missing, "`countersign outbox install` makes it"),
        (&garbage, "no database of SQLite"),
        (&empty, "`install` makes them"),
    ] {
        for args in all {
            let ran = shop.with(args).env("COUNTERSIGN_OUTBOX_STORE", store).stdin(shop.order("1")).run().exits(1);
            assert!(format!("{}{}", ran.stdout, ran.stderr).contains(words), "{args:?} {words}: {ran:?}");
        }
    }
    // Another shop's: told by name, and nothing of it is shown.
    for args in all {
        let ran = shop.with(args).env("COUNTERSIGN_OUTBOX_SHOP", "b").stdin(shop.order("1")).run().exits(1);
        let told = format!("{}{}", ran.stdout, ran.stderr);
        assert!(told.contains("belongs to the shop \"\"") && told.contains("this is \"b\""), "{args:?}: {ran:?}");
    }
    shop.bare(&["install", "--shop", "b"]).run().exits(1);
    assert_eq!(shop.bare(&["list", "--json"]).run().exits(0).json()["orders"], json!([]));
    let b = format!("sqlite:{}/b.db", shop.files.directory());
    shop.bare(&["install", "--store", &b, "--shop", "b"]).run().exits(0);
    shop.bare(&["list", "--store", &b, "--shop", "b"]).run().exits(0);
    // Tables of somebody else stay what they are.
    let foreign = format!("{}/foreign.db", shop.files.directory());
    std::fs::copy(shop.path(), &foreign).unwrap();
    add_table(&foreign);
    for command in ["install", "list"] {
        let ran = shop.bare(&[command, "--store", &format!("sqlite:{foreign}")]).run().exits(1);
        assert!(ran.stderr.contains("tables of somebody else"), "{ran:?}");
    }
    // Where it would be seen or lost.
    let ran = shop.bare(&["install", "--store", &seen]).env("COUNTERSIGN_OUTBOX_ANYWHERE", "0").run().exits(1);
    assert!(ran.stderr.contains("\"public\""), "{ran:?}");
    #[cfg(target_os = "linux")]
    if std::path::Path::new("/dev/shm").is_dir() {
        let shm = format!("sqlite:/dev/shm/countersign-cli-{}.db", std::process::id());
        let ran = shop.bare(&["install", "--store", &shm]).env("COUNTERSIGN_OUTBOX_ANYWHERE", "0").run();
        let told = ran.exits(1).stderr;
        assert!(told.contains("tmpfs"), "{told}");
    }
    let nowhere = shop.bare(&["install", "--store", "sqlite:/nowhere/at/all.db"]).run().exits(1);
    assert!(nowhere.stderr.contains("folder"), "{nowhere:?}");
}

/// Adds a table to a file, as a program that is not ours would.
fn add_table(path: &str) {
    let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE customers (id INTEGER)')";
    assert!(Command::new("python3").args(["-c", script, path]).status().unwrap().success());
}

#[test]
fn the_accounts_file_names_secrets_and_holds_none() {
    let shop = Shop::open();
    let key = shop.files.write("key", format!("{SECRET_KEY}\n"));
    let spiff = |secret: Value| {
        json!({ "platform": "spiff", "base_url": shop.sandbox.spiff_url(), "access_key": { "env": "KEY" },
            "secret_key": secret })
    };
    let signs = json!({ "platform": "sign-customiser", "base_url": shop.sandbox.sign_customiser_url(),
        "api_token": { "env": "TOKEN" } });
    let good = json!({ "shop": spiff(json!({ "file": key })), "signs": signs });
    let write = |text: &str| shop.files.write("accounts.json", text);
    let run = |text: &str, args: &[&str]| {
        let file = write(text);
        let args = [args, &["--accounts", &file]].concat();
        shop.bare(&args).env("KEY", "key").env("TOKEN", API_TOKEN)
    };
    let plain = "canary-5f1e-plain";
    for (text, words) in [
        (json!({ "shop": spiff(json!(plain)) }).to_string(), "shop.secret_key is a secret"),
        (
            json!({ "shop": spiff(json!({ "env": "NOT_SET" })) }).to_string(),
            "shop.secret_key in the accounts file names an",
        ),
        (json!({ "shop": spiff(json!({ "env": "canary-5f1e-plain" })) }).to_string(), "names no variable"),
        (json!({ "shop": spiff(json!({ "file": "/canary-5f1e-plain" })) }).to_string(), "cannot be read"),
        (json!({ "shop": spiff(json!({ "value": plain })) }).to_string(), "neither {\"env\": …}"),
        (json!({ "shop": spiff(json!([plain])) }).to_string(), "neither a text"),
        (json!({ "shop": { "platform": "etsy" } }).to_string(), "shop.platform"),
        (json!({ "shop": { "region": "us" } }).to_string(), "has no platform"),
        (json!({ "shop": { "platform": "spiff", "secretKey": plain } }).to_string(), "no option \"secretKey\""),
        (json!({ "shop": { "platform": "spiff", "api_token": { "env": "TOKEN" } } }).to_string(), "other platform"),
        (json!({ "shop": { "platform": "spiff", "proxy": "http://u:canary-5f1e@p" } }).to_string(), "shop.proxy"),
        (json!({ "shop": { "platform": "spiff" } }).to_string(), "shop in the accounts file: "),
        (json!({ "shop": plain }).to_string(), "shop in the accounts file is no JSON object"),
        (json!({ "Shop!": spiff(json!({ "file": key })) }).to_string(), "cannot name an account"),
        (json!(plain).to_string(), "The accounts file is no JSON object"),
        (format!("{{\"shop\": {plain}"), "line 1, column"),
        ("{}".to_owned(), "has no account"),
        (format!("{{\"shop\": {good}, \"shop\": {good}}}"), "\"shop\" twice"),
        (r#"{"shop": {"platform": "spiff", "region": "us", "region": "au"}}"#.to_owned(), "\"region\" twice"),
    ] {
        for command in ["drain", "run"] {
            let ran = run(&text, &[command]).run().exits(1);
            assert!(ran.stderr.contains(words) && !ran.stderr.contains("NOT_SET"), "{words}: {ran:?}");
        }
    }
    // A secret is refused also where nobody needs it.
    let ran = run(&json!({ "shop": spiff(json!(plain)) }).to_string(), &["enqueue", "-"]).stdin(shop.order("0")).run();
    assert!(ran.exits(1).stderr.contains("is a secret"));
    let missing = shop.bare(&["run", "--accounts", &shop.files.missing()]).run().exits(1);
    assert!(missing.stderr.contains("The accounts file cannot be read"), "{missing:?}");

    // Whoever enqueues needs the file, and no secret in it.
    let text = good.to_string();
    let file = write(&text);
    let enqueue = |args: &[&str], order: &str| {
        shop.bare(&[&["enqueue", "--accounts", &file], args, &["-"]].concat()).stdin(order).run()
    };
    assert!(enqueue(&[], &shop.order("1")).exits(1).stderr.contains("Say which account: shop, signs."));
    assert!(enqueue(&["--account", "other"], &shop.order("1")).exits(1).stderr.contains("no account \"other\""));
    enqueue(&["--account", "shop"], &shop.order("1")).exits(0);
    enqueue(&["--account", "signs"], &sign_order("2")).exits(0);
    let drained = run(&text, &["drain", "--account", "signs", "--json"]).run().exits(0);
    assert_eq!(drained.json()["stores"][0]["placed"], 1, "{drained:?}");
    assert!(drained.stderr.contains("which this worker does not have: shop"), "{drained:?}");
    let drained = run(&text, &["drain", "-o", "timeout=20", "-o", "quota=100"]).run().exits(0);
    assert!(drained.stdout.contains("placed: 1 (shop)") && drained.stderr.is_empty(), "{drained:?}");
    assert_eq!(shop.arrived(), ["2", "1"]);
}

#[test]
fn a_drain_reports_what_happened_and_check_says_whether_to_look() {
    let shop = Shop::open();
    shop.fault(&json!([
        { "fault": "accept_then_500", "target": "order" },
        { "fault": "status", "status": 422, "body": "{}", "target": "order" },
    ]));
    let taken = shop.sandbox.create_transaction();
    for order in [shop.order("doubt"), shop.order("refused"), shop.order("good"), order("taken", &taken, 1)] {
        shop.enqueue(&order).exits(0);
    }
    // Its design is ordered by another way.
    let elsewhere = order("elsewhere", &taken, 1);
    let placed = countersign(["order", "place", "-"]).stdin(&elsewhere).envs(&[
        ("COUNTERSIGN_SPIFF_ACCESS_KEY", "key"),
        ("COUNTERSIGN_SPIFF_SECRET_KEY", SECRET_KEY),
        ("COUNTERSIGN_SPIFF_BASE_URL", shop.sandbox.spiff_url()),
    ]);
    let drain = |more: &[&str]| {
        let run = shop.with(&[&["drain", "--json", "-o", "settle=10"][..], more].concat());
        run.env("COUNTERSIGN_OUTBOX_TEST_SCALE", "20").run().exits(0).json()
    };
    let drained = drain(&["--max", "3"]);
    assert_eq!(names(&drained), ["stores"].into());
    placed.run().exits(0);
    let more = drain(&[]);
    let (first, second) = (&drained["stores"][0], &more["stores"][0]);
    let due = "store placed unknown held rejected cancelled next_due changed";
    assert_eq!(names(first), due.split_whitespace().collect());
    assert_eq!((&first["store"], &first["unknown"]), (&json!(shop.store()), &json!(1)));
    let sum = |name: &str| first[name].as_u64().unwrap() + second[name].as_u64().unwrap();
    assert_eq!([sum("placed"), sum("rejected"), sum("held")], [2, 1, 1], "{drained} {more}");
    let held = second["changed"].as_array().unwrap().iter().find(|row| row["state"] == "held").unwrap();
    assert_eq!((&held["external_id"], &held["reason"]), (&json!("taken"), &json!("already_ordered")));
    let checked = shop.bare(&["check"]).run().exits(1).stdout;
    assert!(
        checked.contains("problem: shop: 1 orders are held.") && checked.contains("list --state held"),
        "{checked}"
    );
    shop.bare(&["check", "--max-held", "1"]).run().exits(0);
    let checked = shop.bare(&["check", "--json"]).run().exits(1).json();
    assert_eq!(names(&checked), ["ok", "stores"].into());
    assert_eq!(names(&checked["stores"][0]), ["store", "ok", "problems", "warnings", "durability"].into());
    assert_eq!((&checked["ok"], &checked["stores"][0]["ok"]), (&json!(false), &json!(false)));
    let resolved = shop.bare(&["resolve", "taken", "drop", "--who", "ana", "--why", "ordered before"]).run().exits(0);
    assert_eq!(resolved.stdout, "cancelled: taken\n");
    let history = &shop.shown("taken")["history"];
    let last = history.as_array().unwrap().last().unwrap();
    assert_eq!((&last["who"], &last["why"]), (&json!("ana"), &json!("ordered before")));
    shop.bare(&["check"]).run().exits(0);
    let twice = shop.bare(&["resolve", "good", "retry", "--who", "a", "--why", "b"]).run().exits(1);
    assert!(twice.stderr.contains("is placed"), "{twice:?}");
    // An order that waits too long.
    shop.enqueue(&shop.order("old")).exits(0);
    std::thread::sleep(Duration::from_millis(2100));
    assert!(shop.bare(&["check", "--max-age", "1"]).run().exits(1).stdout.contains("Does a worker run?"));
}

#[test]
fn accounts_pause_by_name() {
    let shop = Shop::open();
    let unknown = shop.bare(&["pause", "shop", "--why", "x"]).run().exits(1);
    assert!(unknown.stderr.contains("no account \"shop\". It has: none."), "{unknown:?}");
    shop.enqueue(&shop.order("1")).exits(0);
    assert_eq!(shop.bare(&["pause", "shop", "--why", "stocktaking"]).run().exits(0).stdout, "paused: shop\n");
    assert!(shop.bare(&["pause", "shp", "--why", "x"]).run().exits(1).stderr.contains("It has: shop."));
    assert!(shop.bare(&["resume", "shp"]).run().exits(1).stderr.contains("It has: shop."));
    shop.bare(&["pause", "Shop!", "--why", "x"]).run().exits(1);
    shop.with(&["drain", "--seconds", "1"]).run().exits(0);
    assert!(shop.arrived().is_empty());
    assert!(shop.bare(&["stats"]).run().exits(0).stdout.contains("person: stocktaking"));
    assert!(shop.bare(&["check"]).run().exits(1).stdout.contains("paused (person). stocktaking"));
    let resumed = shop.bare(&["resume", "shop", "--json"]).run().exits(0).json();
    assert_eq!(resumed, json!({ "account": "shop", "done": "resumed" }));
    shop.with(&["drain"]).run().exits(0);
    assert_eq!(shop.arrived(), ["1"]);
}

/// What was there before a move waits for a person where nothing can be read back.
#[test]
fn a_moved_store_is_adopted_without_credentials() {
    let shop = Shop::open();
    let signs = ["--platform", "sign-customiser", "--account", "signs"];
    let enqueue = |id: &str| shop.bare(&[&["enqueue", "-"][..], &signs].concat()).stdin(sign_order(id)).run().exits(0);
    enqueue("first");
    shop.with(&[&["drain"][..], &signs].concat()).run().exits(0);
    enqueue("before");
    let moved = format!("{}/moved.db", shop.files.directory());
    for end in ["", "-wal", "-shm"] {
        _ = std::fs::rename(shop.path() + end, moved.clone() + end);
    }
    let moved = format!("sqlite:{moved}");
    let at = |args: &[&str]| shop.with(args).env("COUNTERSIGN_OUTBOX_STORE", &moved);
    at(&[&["drain", "--seconds", "1"][..], &signs].concat()).run().exits(0);
    assert_eq!(shop.arrived(), ["first"]);
    assert!(at(&["check"]).run().exits(1).stdout.contains("paused (moved)"));
    let refused = at(&["resume", "signs"]).run().exits(1);
    assert!(refused.stderr.contains("`adopt`"), "{refused:?}");
    let adopted = shop.bare(&["adopt"]).env("COUNTERSIGN_OUTBOX_STORE", &moved).run().exits(0);
    assert_eq!(adopted.stdout, format!("adopted: {moved}\n"));
    at(&[&["drain"][..], &signs].concat()).run().exits(0);
    assert_eq!(shop.arrived(), ["first", "before"]);
    at(&["check"]).run().exits(0);
}

#[test]
fn numbers_are_for_people_and_for_prometheus() {
    let shop = Shop::open();
    assert_eq!(shop.bare(&["stats"]).run().exits(0).stdout, "There are no orders yet.\n");
    shop.enqueue(&shop.order("1")).exits(0);
    shop.with(&["drain"]).run().exits(0);
    shop.enqueue(&shop.order("2")).exits(0);
    let table = shop.bare(&["stats"]).run().exits(0).stdout;
    let row: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[..6], ["shop", "1", "0", "0", "0", "0"], "{table}");
    let stats = shop.bare(&["stats", "--json"]).run().exits(0).json();
    assert_eq!(stats["stores"][0]["accounts"]["shop"]["open"], json!({ "pending": 1 }));
    let other = format!("sqlite:{}/odd \"name\".db", shop.files.directory());
    shop.bare(&["install", "--store", &other]).run().exits(0);
    let missing = format!("sqlite:{}", shop.files.missing());
    let text = shop.bare(&["stats", "--prometheus", "--store", &shop.store(), "--store", &other]).run().exits(0).stdout;
    assert_eq!(text, metrics(&text));
    let label = format!("{{store=\"{}\",account=\"shop\"", shop.store());
    for due in [
        format!("countersign_outbox_orders{label},state=\"pending\"}} 1"),
        format!("countersign_outbox_orders{label},state=\"held\"}} 0"),
        format!("countersign_outbox_oldest_pending_seconds{label}}} "),
        format!("countersign_outbox_alerts{label}}} 0"),
        format!("countersign_outbox_paused{label}}} 0"),
        format!("countersign_outbox_last_success_timestamp_seconds{label}}} 1"),
        format!("countersign_outbox_last_drain_timestamp_seconds{label}}} 1"),
        format!("countersign_outbox_up{{store=\"{}\"}} 1", other.replace('"', "\\\"")),
    ] {
        assert!(text.lines().any(|line| line.starts_with(&due)), "{due}: {text}");
    }
    let ran = shop.bare(&["stats", "--prometheus", "--store", &shop.store(), "--store", &missing]).run().exits(1);
    assert!(ran.stdout.contains(&format!("up{{store=\"{missing}\"}} 0")) && ran.stdout.contains("state=\"pending\""));
    assert!(ran.stderr.contains("install"), "{ran:?}");
    let ran = shop.bare(&["check", "--json", "--store", &shop.store(), "--store", &missing]).run().exits(1).json();
    assert_eq!((&ran["stores"][0]["ok"], &ran["stores"][1]["ok"]), (&json!(true), &json!(false)));
}

/// The same text, read as the format of Prometheus says: HELP and TYPE once in front of the samples of each metric.
fn metrics(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut current = String::new();
    let mut typed = 0;
    let mut out = String::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split(' ').next().unwrap().to_owned();
            assert!(seen.insert(current.clone()), "{current} twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{current} gauge"));
            typed += 1;
        } else {
            let (name, rest) = line.split_once('{').unwrap();
            assert_eq!(name, current);
            let (labels, value) = rest.rsplit_once("} ").unwrap();
            assert!(value.parse::<f64>().is_ok() && labels.starts_with("store=\"") && labels.ends_with('"'), "{line}");
        }
        out.push_str(line);
        out.push('\n');
    }
    assert_eq!((seen.len(), typed), (7, 7));
    out
}

#[test]
fn a_sweep_repairs_and_sends_nothing_that_was_cancelled() {
    let shop = Shop::open();
    let design = shop.sandbox.create_transaction();
    let known = shop.order("known");
    let cancelled = shop.order("cancelled");
    for order in [&known, &cancelled, &order("sent", &design, 1), &shop.order("unpaid")] {
        shop.enqueue(order).exits(0);
    }
    shop.bare(&["cancel", "cancelled"]).run().exits(0);
    let paid = [known.clone(), cancelled.clone(), shop.order("new")];
    let all = |more: &[String]| [&paid[..], more].concat().join("\n");
    let file = shop.files.write("paid.jsonl", all(&[]));
    let swept = shop.bare(&["sweep", &file]).run().exits(0);
    assert_eq!(swept.stdout, "cancelled 1, known 1, new 1\n");
    assert_eq!(shop.shown("cancelled")["state"], "cancelled");
    shop.with(&["drain"]).run().exits(0);
    let list = all(&[order("sent", &design, 2), json!({ "externalId": "bad", "paid": 1 }).to_string()]);
    let ran = shop.bare(&["sweep", "-"]).stdin(&list).run().exits(1);
    assert!(ran.stdout.contains("conflict: sent (placed)") && ran.stdout.contains("invalid 1"), "{ran:?}");
    assert!(ran.stderr.contains("  [4].paid: "), "{ran:?}");
    let told = shop.bare(&["sweep", "--json", "--since", "1704067200", "-"]).stdin(&list).run().exits(1).json();
    assert_eq!(names(&told), ["counts", "conflicts", "unlisted", "error"].into());
    assert_eq!(told["conflicts"][0]["external_id"], "sent");
    assert_eq!(told["unlisted"][0]["external_id"], "unpaid");
    assert_eq!(told["unlisted"].as_array().unwrap().len(), 1);
    let later = (countersign::system_time().unix() + 60).to_string();
    let text = shop.bare(&["sweep", "--since", &later, &file]).run().exits(0).stdout;
    assert!(!text.contains("not in the list"), "{text}");
    assert_eq!(shop.bare(&["sweep", "-"]).stdin("[]").run().exits(0).stdout, "The list has no orders.\n");
}

/// A shop's server that receives one delivery and keeps it as it came.
fn deliver(shop: &Shop, topic: &str) -> (String, std::thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let args = ["webhook", "create", "--topic", topic, "--url", &url];
    let made = countersign(args).envs(&[
        ("COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN", API_TOKEN),
        ("COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL", shop.sandbox.sign_customiser_url()),
    ]);
    made.run().exits(0);
    let seen = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let mut space = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
            if let Some(end) = text.find("\r\n\r\n") {
                let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
                if bytes.len() >= end + 4 + length.unwrap_or(0_usize) {
                    break;
                }
            }
            let n = stream.read(&mut space).unwrap();
            bytes.extend_from_slice(&space[..n]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").unwrap();
        bytes
    });
    (url, seen)
}

#[test]
fn a_delivery_settles_what_sign_customiser_left_in_doubt() {
    let shop = Shop::open();
    let signs = ["--platform", "sign-customiser", "--account", "signs"];
    let (_, delivered) = deliver(&shop, "order:created");
    shop.fault(&json!({ "fault": "accept_then_500", "target": "order" }));
    shop.bare(&[&["enqueue", "-"][..], &signs].concat()).stdin(sign_order("S-1")).run().exits(0);
    let drained = shop.with(&[&["drain", "--seconds", "1", "--json"][..], &signs].concat()).run().exits(0).json();
    assert_eq!(drained["stores"][0]["unknown"], 1, "{drained}");
    let delivery = shop.files.write("delivery.http", delivered.join().unwrap());
    let notify = |more: &[&str]| shop.with(&[&["notify", "--request", &delivery][..], more].concat());
    // What does not verify changes nothing.
    let forged = notify(&[]).env("COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET", "canary-5f1e-other").run().exits(1);
    assert!(forged.stdout == "mismatch\n" && forged.stderr.contains("webhook explain"), "{forged:?}");
    assert_eq!(notify(&["--now", "1704067200"]).run().exits(1).stdout, "in_the_future\n");
    assert_ne!(shop.shown("S-1")["state"], "placed");
    let told = notify(&["--json"]).run().exits(0).json();
    assert_eq!((&told["notified"], &told["external_id"]), (&json!("placed"), &json!("S-1")));
    let shown = shop.shown("S-1");
    assert_eq!((&shown["state"], &shown["remote_id"]), (&json!("placed"), &told["remote_id"]));
    assert!(shown["remote_id"].is_string());
    assert!(notify(&[]).run().exits(0).stdout.starts_with("placed: S-1."));
    // What a server of the shop has verified itself.
    let external = |id: &str, more: &[&str]| {
        shop.bare(&[&["notify", "--external-id", id][..], more].concat()).run().exits(0).stdout
    };
    assert!(external("nobody", &[]).starts_with("unknown: nobody."));
    assert!(external("S-1", &["--at", "1704067200"]).starts_with("ignored: S-1."));
    assert!(external("S-1", &["--remote-id", "77"]).starts_with("placed: S-1."));
    assert_eq!(shop.arrived(), ["S-1"]);
}

#[test]
fn another_topic_is_ignored() {
    let shop = Shop::open();
    let body = r#"{"form_submission":{"submission_number":1,"type":"quote","form":{},"responses":[]}}"#;
    let file = shop.files.write("body.json", body);
    let stamp = countersign::system_time().unix().to_string();
    let script = "import hmac, sys; print(hmac.new(sys.argv[1].encode(), (sys.argv[2] + '.' + sys.argv[3]).encode(), 'sha256').hexdigest())";
    let signed = Command::new("python3").args(["-c", script, WEBHOOK_SECRET, &stamp, body]).output().unwrap();
    let signature = format!("X-Webhook-Signature: {}", String::from_utf8(signed.stdout).unwrap().trim());
    let time = format!("X-Webhook-Timestamp: {stamp}");
    let args = ["notify", "--header", &time, "--header", &signature, "--body-file", &file];
    let ran = shop.with(&args).run().exits(0);
    assert_eq!(ran.stdout, "ignored. It is form:submitted, and names no order of the shop.\n");
    assert_eq!(shop.with(&[&args[..], &["--json"]].concat()).run().json()["notified"], "ignored");
}

#[test]
fn changes_are_told_once_by_their_cursor() {
    let shop = Shop::open();
    shop.enqueue(&shop.order("1")).exits(0);
    shop.with(&["drain"]).run().exits(0);
    std::thread::sleep(Duration::from_millis(2100));
    let changes = shop.bare(&["changes", "--json"]).run().exits(0).json();
    assert_eq!((&changes["orders"][0]["external_id"], &changes["orders"][0]["state"]), (&json!("1"), &json!("placed")));
    let cursor = changes["cursor"].as_str().unwrap();
    assert_eq!(shop.bare(&["changes", "--after", cursor]).run().exits(0).stdout, format!("cursor: {cursor}\n"));
    let wrong = shop.bare(&["changes", "--after", "yesterday"]).run().exits(1);
    assert!(wrong.stderr.contains("is no cursor"), "{wrong:?}");
}

#[test]
fn what_was_forgotten_is_gone_and_still_known() {
    let shop = Shop::open();
    let order = shop.order("personal-1001");
    shop.enqueue(&order).exits(0);
    assert!(shop.bare(&["forget", "personal-1001"]).run().exits(1).stderr.contains("is pending"));
    shop.with(&["drain"]).run().exits(0);
    assert_eq!(shop.bare(&["forget", "personal-1001"]).run().exits(0).stdout, "forgotten: personal-1001\n");
    let missing = shop.bare(&["show", "personal-1001"]).run().exits(1);
    assert!(missing.stderr.contains("has no order \"personal-1001\""), "{missing:?}");
    shop.bare(&["forget", "personal-1001"]).run().exits(1);
    assert!(!shop.bare(&["list", "--json"]).run().stdout.contains("personal"));
    assert!(shop.enqueue(&order).exits(0).stdout.starts_with("known: "));
    shop.with(&["drain"]).run().exits(0);
    assert_eq!(shop.arrived().len(), 1);
}

#[test]
fn the_schema_of_every_dialect_is_printed() {
    for dialect in ["sqlite", "mysql", "postgresql"] {
        let text = countersign(["outbox", "schema", dialect, "--prefix", "wp_"]).run().exits(0).stdout;
        assert!(text.contains("CREATE TABLE IF NOT EXISTS wp_countersign_outbox (") && text.ends_with(";\n"), "{text}");
        let json = countersign(["outbox", "schema", dialect, "--json"]).run().exits(0).json();
        assert_eq!(json["dialect"], dialect);
        assert!(json["statements"].as_array().unwrap().len() >= 4);
    }
    let shop = Shop::new();
    let schema = countersign(["outbox", "schema", "sqlite"]).run().exits(0).stdout;
    let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())";
    let mut python = Command::new("python3");
    python.args(["-c", script, &shop.path()]).stdin(std::process::Stdio::piped());
    let mut python = python.spawn().unwrap();
    python.stdin.take().unwrap().write_all(schema.as_bytes()).unwrap();
    assert!(python.wait().unwrap().success());
    shop.bare(&["install"]).run().exits(0);
    shop.enqueue(&shop.order("1")).exits(0);
}

#[test]
fn the_numbers_of_the_policy_are_listed() {
    let text = countersign(["options"]).run().exits(0).stdout;
    for words in ["number of the outbox", "keep_bodies", "COUNTERSIGN_OUTBOX_STORE", "12-3600 s"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let json = countersign(["options", "--json"]).run().exits(0).json();
    let lease =
        json["outbox"]["numbers"].as_array().unwrap().iter().find(|row| row["name"] == "lease").unwrap().clone();
    assert_eq!(
        (&lease["default"], &lease["least"], &lease["most"], &lease["unit"]),
        (&json!(60), &json!(12), &json!(3600), &json!("s"))
    );
}

/// A worker that ends with the test.
struct Worker {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    stderr: BufReader<std::process::ChildStderr>,
}

impl Worker {
    /// One that serves already.
    fn start(run: Run) -> Self {
        let mut child = run.spawn();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut worker = Self { child, stdout, stderr };
        let said = worker.said();
        assert!(said.starts_with("Serving "), "{said}");
        worker
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(!line.contains(CANARY));
        line
    }

    fn said(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        assert!(!line.contains(CANARY));
        line
    }

    fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_worker_serves_several_stores_until_it_is_asked_to_end() {
    let shop = Shop::open();
    let other = format!("sqlite:{}/other.db", shop.files.directory());
    shop.bare(&["install", "--store", &other]).run().exits(0);
    let args = ["run", "--json", "--store", &shop.store(), "--store", &other];
    let mut worker = Worker::start(shop.with(&args));
    shop.enqueue(&shop.order("1")).exits(0);
    let line: Value = serde_json::from_str(&worker.line()).unwrap();
    assert_eq!(names(&line), ["store", "account", "external_id", "state", "remote_id"].into());
    assert_eq!(
        (&line["store"], &line["external_id"], &line["state"]),
        (&json!(shop.store()), &json!("1"), &json!("placed"))
    );
    shop.bare(&["enqueue", "--store", &other, "-"]).stdin(shop.order("2")).run().exits(0);
    let line: Value = serde_json::from_str(&worker.line()).unwrap();
    assert_eq!((&line["store"], &line["external_id"]), (&json!(other), &json!("2")));
    let from = Instant::now();
    worker.signal("-TERM");
    assert_eq!(wait(&mut worker.child), 0);
    assert!(from.elapsed() < Duration::from_secs(2), "a worker that rests ends at once: {:?}", from.elapsed());
    assert_eq!(worker.said(), "Ended as asked: placed 2.\n");
}

/// What one store waits for costs the others nothing.
#[cfg(unix)]
#[test]
fn a_doubt_in_one_store_keeps_no_other_waiting() {
    let shop = Shop::open();
    let other = format!("sqlite:{}/other.db", shop.files.directory());
    shop.bare(&["install", "--store", &other]).run().exits(0);
    shop.fault(&json!({ "fault": "accept_then_500", "target": "order" }));
    shop.enqueue(&shop.order("doubt")).exits(0);
    // It is read back after nine seconds.
    let args = ["run", "--store", &shop.store(), "--store", &other];
    let mut worker = Worker::start(shop.with(&args).env("COUNTERSIGN_OUTBOX_TEST_SCALE", "20"));
    assert!(worker.line().starts_with("unknown: doubt (shop)"));
    let from = Instant::now();
    shop.bare(&["enqueue", "--store", &other, "-"]).stdin(shop.order("good")).run().exits(0);
    assert!(worker.line().starts_with("placed: good (shop)"));
    assert!(from.elapsed() < Duration::from_secs(6), "{:?}", from.elapsed());
    worker.signal("-TERM");
    assert_eq!(wait(&mut worker.child), 0);
}

/// The order under way ends, and the next one is not begun.
#[cfg(unix)]
#[test]
fn a_worker_that_is_asked_to_end_brings_home_what_is_under_way() {
    let shop = Shop::open();
    shop.fault(&json!({ "fault": "slow", "ms_per_byte": 8, "target": "order" }));
    for id in ["1", "2"] {
        shop.enqueue(&shop.order(id)).exits(0);
    }
    // A deadline of 20 s, as in a shop.
    let mut worker = Worker::start(shop.with(&["run"]).env("COUNTERSIGN_OUTBOX_TEST_SCALE", "1"));
    let from = Instant::now();
    while shop.arrived().is_empty() {
        assert!(from.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(shop.shown("1")["state"], "sending");
    worker.signal("-INT");
    assert_eq!(wait(&mut worker.child), 0);
    let line = worker.line();
    assert!(line.starts_with("placed: 1 (shop) as "), "{line}");
    assert_eq!((&shop.shown("1")["state"], &shop.shown("2")["state"]), (&json!("placed"), &json!("pending")));
    assert_eq!(shop.shown("2")["sends"], 0);
    assert_eq!(shop.arrived(), ["1"]);
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_a_worker_at_once_and_costs_no_order() {
    let shop = Shop::open();
    shop.fault(&json!({ "fault": "accept_then_hang", "target": "order" }));
    for id in ["1", "2"] {
        shop.enqueue(&shop.order(id)).exits(0);
    }
    let mut worker = Worker::start(shop.with(&["run"]).env("COUNTERSIGN_OUTBOX_TEST_SCALE", "1"));
    let from = Instant::now();
    while shop.arrived().is_empty() {
        assert!(from.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    worker.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(worker.child.try_wait().unwrap().is_none(), "what is under way is waited for");
    let from = Instant::now();
    worker.signal("-TERM");
    assert_eq!(wait(&mut worker.child), -15);
    assert!(from.elapsed() < Duration::from_secs(2));
    assert_eq!(shop.shown("1")["state"], "sending");
    // Its lease is one of a minute: nobody takes it over, and the other order is delivered.
    let drained = shop.with(&["drain", "--json"]).run().exits(0).json();
    assert_eq!(drained["stores"][0]["placed"], 1, "{drained}");
    assert_eq!(shop.arrived(), ["1", "2"]);
}

#[cfg(unix)]
#[test]
fn a_worker_outlives_its_store() {
    let shop = Shop::open();
    let mut worker = Worker::start(shop.with(&["run"]));
    let away = format!("{}/away.db", shop.files.directory());
    std::fs::rename(shop.path(), &away).unwrap();
    let said = worker.said();
    assert!(said.contains("no such file") && said.contains("tried again"), "{said}");
    // Once, however often it is tried meanwhile.
    std::thread::sleep(Duration::from_millis(2500));
    std::fs::rename(&away, shop.path()).unwrap();
    let said = worker.said();
    assert_eq!(said, format!("{} works again.\n", shop.store()));
    shop.enqueue(&shop.order("1")).exits(0);
    assert!(worker.line().starts_with("placed: 1 "));
    worker.signal("-TERM");
    assert_eq!(wait(&mut worker.child), 0);
}

/// As the demo does it, in several moments of the life of an order.
#[test]
fn killed_workers_lose_and_double_nothing() {
    let shop = Shop::open();
    shop.fault(&json!([
        { "fault": "slow", "ms_per_byte": 1, "target": "order", "count": 3 },
        { "fault": "accept_then_hang", "target": "order" },
        { "fault": "500", "target": "order" },
    ]));
    let ids: Vec<_> = (1..=8).map(|i| format!("k-{i}")).collect();
    let all: Vec<_> = ids.iter().map(|id| shop.order(id)).collect();
    shop.enqueue(&all.join("\n")).exits(0);
    let with = |args: &[&str]| shop.with(args).env("COUNTERSIGN_OUTBOX_TEST_SCALE", "100");
    for pause in [30, 90, 150] {
        let mut worker = Worker::start(with(&["run"]));
        std::thread::sleep(Duration::from_millis(pause));
        worker.child.kill().unwrap();
        worker.child.wait().unwrap();
    }
    let from = Instant::now();
    loop {
        with(&["drain", "--seconds", "20"]).run().exits(0);
        let stats = shop.bare(&["stats", "--json"]).run().exits(0).json();
        if stats["stores"][0]["accounts"]["shop"]["open"] == json!({}) {
            break;
        }
        assert!(from.elapsed() < Duration::from_secs(40), "{stats}");
    }
    let mut arrived = shop.arrived();
    arrived.sort();
    assert_eq!(arrived, ids);
}
