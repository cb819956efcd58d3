//! A store that is older than the platform: a dump that was restored, and a replica that took over without the last commits.

use crate::server::{Kind, PASSWORD, Server};
use crate::shop::{Shop, Worker, sign_order, until};
use serde_json::json;
use std::process::{Command, Stdio};

const SIGNS: [&str; 4] = ["--platform", "sign-customiser", "--account", "signs"];

fn enqueue_sign(shop: &Shop, id: &str) {
    shop.command(&[&["enqueue", "-"][..], &SIGNS].concat()).stdin(sign_order(id)).run().exits(0);
}

fn drain(shop: &Shop, more: &[&str]) {
    shop.run(&[&["drain", "--seconds", "15"][..], more].concat()).exits(0);
}

fn ids(range: std::ops::RangeInclusive<u32>) -> Vec<String> {
    range.map(|number| format!("{number:02}")).collect()
}

/// The tables of the outbox as SQL that makes them anew.
fn dump(server: &Server) -> Vec<u8> {
    let port = server.port("port").to_string();
    let mut program = if server.kind == Kind::Postgresql {
        let mut dump = Command::new("pg_dump");
        dump.args(["--clean", "-h", "127.0.0.1", "-p", &port, "-U", "shop", "shop"]).env("PGPASSWORD", PASSWORD);
        dump
    } else {
        let mut dump = Command::new("mariadb-dump");
        dump.args(["--no-defaults", "-h", "127.0.0.1", "-P", &port, "-u", "shop", "shop"]).env("MYSQL_PWD", PASSWORD);
        dump
    };
    let done = program.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    done.stdout
}

fn restore(server: &Server, dump: &[u8]) {
    let port = server.port("port").to_string();
    let mut program = if server.kind == Kind::Postgresql {
        let mut psql = Command::new("psql");
        psql.args(["-X", "-q", "-h", "127.0.0.1", "-p", &port, "-U", "shop", "shop"]).env("PGPASSWORD", PASSWORD);
        psql
    } else {
        let mut mariadb = Command::new("mariadb");
        mariadb
            .args(["--no-defaults", "-h", "127.0.0.1", "-P", &port, "-u", "shop", "shop"])
            .env("MYSQL_PWD", PASSWORD);
        mariadb
    };
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), dump).unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_restored_dump_of_postgresql_doubles_nothing() {
    older(|| Server::postgresql(&[]));
}

#[test]
fn a_restored_dump_of_mariadb_doubles_nothing() {
    // By its own name another server is known.
    let number = std::cell::Cell::new(0);
    older(|| {
        number.set(number.get() + 1);
        Server::mariadb(&["--option", &format!("server-id={}", number.get())])
    });
}

#[test]
fn a_counter_that_was_restored_too_low_hides_no_order() {
    let server = Server::postgresql(&[]);
    let shop = Shop::open(server.url());
    shop.enqueue(&shop.order("01")).exits(0);
    let counter = "pg_get_serial_sequence('countersign_outbox', 'id')";
    server.sql(&format!("SELECT setval({counter}, 1, false)"));
    // Its number is taken, and by another order: that is none that is there.
    let refused = shop.enqueue(&shop.order("02")).exits(1);
    assert!(refused.stderr.contains("countersign_outbox_pkey"), "{}", refused.stderr);
    server.sql(&format!("SELECT setval({counter}, (SELECT max(id) FROM countersign_outbox))"));
    assert_eq!(shop.enqueue(&shop.order("02")).exits(0).stdout, "new: 02 (pending)\n");
    drain(&shop, &[]);
    assert_eq!(shop.arrived(), ids(1..=2));
}

fn older(start: impl Fn() -> Server) {
    let server = start();
    let mut shop = Shop::open(server.url());
    for id in ids(1..=4) {
        shop.enqueue(&shop.order(&id)).exits(0);
    }
    drain(&shop, &["--max", "2"]);
    enqueue_sign(&shop, "S-0");
    drain(&shop, &SIGNS);
    enqueue_sign(&shop, "S-1");
    let before = dump(&server);
    let later: Vec<_> = ids(5..=6).iter().map(|id| shop.order(id)).collect();
    shop.enqueue(&later.join("\n")).exits(0);
    drain(&shop, &[]);
    drain(&shop, &SIGNS);
    let all = [&ids(1..=6)[..], &["S-0".to_owned(), "S-1".to_owned()]].concat();
    assert_eq!(shop.arrived(), all);

    // The backup again: four orders, two of them sent, and two that nobody knows any more. The nightly sweep brings those back.
    restore(&server, &before);
    assert_eq!(
        shop.run(&["list", "--json", "--state", "pending"]).exits(0).json()["orders"].as_array().unwrap().len(),
        3
    );
    let swept = shop.command(&["sweep", "-"]).stdin(later.join("\n")).run().exits(0);
    assert_eq!(swept.stdout, "new 2\n");
    drain(&shop, &[]);
    assert_eq!(shop.arrived(), all);
    for id in ids(3..=6) {
        assert_eq!(
            (&shop.shown(&id)["state"], &shop.shown(&id)["flags"]),
            (&json!("placed"), &json!(["found"])),
            "{id}"
        );
    }

    // On another server the orders without a read wait for a person.
    let other = start();
    restore(&other, &before);
    shop.store = other.url();
    drain(&shop, &[]);
    drain(&shop, &SIGNS);
    assert_eq!(shop.arrived(), all);
    if server.kind == Kind::Postgresql {
        assert!(shop.run(&["check"]).exits(1).stdout.contains("signs: paused (moved)"));
    }
}

#[test]
fn a_replica_that_took_over_without_the_last_commits_doubles_and_loses_nothing() {
    let primary = Server::postgresql(&[]);
    let port = primary.port("port").to_string();
    let replica = Server::postgresql(&["--replica-of", &port]);
    let hosts = format!("127.0.0.1:{port},127.0.0.1:{}", replica.port("port"));
    let mut shop = Shop::open(format!("postgresql://shop:{PASSWORD}@{hosts}/shop"));
    let orders: Vec<_> = ids(1..=9).iter().map(|id| shop.order(id)).collect();
    shop.enqueue(&orders[..3].join("\n")).exits(0);
    enqueue_sign(&shop, "S-0");
    drain(&shop, &SIGNS);
    enqueue_sign(&shop, "S-1");
    let position = primary.sql("SELECT pg_current_wal_lsn()");
    let replayed = || replica.sql(&format!("SELECT pg_last_wal_replay_lsn() >= '{position}'")) == "t";
    until("the replica has it", replayed, String::new);
    // It follows no more: what comes now, it never gets.
    replica.stop();
    shop.enqueue(&orders[3..6].join("\n")).exits(0);
    drain(&shop, &[]);
    drain(&shop, &SIGNS);
    shop.enqueue(&orders[6..].join("\n")).exits(0);
    let sent = [&ids(1..=6)[..], &["S-0".to_owned(), "S-1".to_owned()]].concat();
    assert_eq!(shop.arrived(), sent);

    // A worker that knows both names.
    let accounts = json!({
        "shop": { "platform": "spiff", "base_url": shop.sandbox.spiff_url(), "access_key": { "env": "COUNTERSIGN_SPIFF_ACCESS_KEY" },
            "secret_key": { "env": "COUNTERSIGN_SPIFF_SECRET_KEY" } },
        "signs": { "platform": "sign-customiser", "base_url": shop.sandbox.sign_customiser_url(),
            "api_token": { "env": "COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN" } },
    });
    let files = crate::support::Files::new();
    let accounts = files.write("accounts.json", accounts.to_string());
    let worker = Worker::start(shop.command(&["run", "--accounts", &accounts]));
    primary.kill();
    worker.says("cannot be reached");
    // The replica takes no writes yet: it is passed over, and refused where it is the one that is named.
    replica.again();
    let store = std::mem::replace(&mut shop.store, replica.url());
    let refused = shop.run(&["drain"]).exits(1);
    assert!(format!("{}{}", refused.stdout, refused.stderr).contains("takes no writes"), "{refused:?}");
    shop.store = store;
    assert_eq!(replica.sql("SELECT pg_promote()"), "t");
    worker.says(" works again.");
    // The shop's nightly list has every paid order.
    let swept = shop.command(&["sweep", "-"]).stdin(orders.join("\n")).run().exits(0);
    assert_eq!(swept.stdout, "known 3, new 6\n");
    let all = [&ids(1..=9)[..], &["S-0".to_owned(), "S-1".to_owned()]].concat();
    until("every order is there", || shop.arrived().len() >= all.len(), || format!("{:?}", shop.arrived()));
    let settled =
        || shop.run(&["list", "--json", "--state", "placed"]).exits(0).json()["orders"].as_array().unwrap().len() == 10;
    until("the store knows it", settled, || format!("{:?} {:?}", worker.printed(), worker.said()));
    // What has no read was perhaps sent by whoever is gone, and perhaps not: a person says so.
    let paused = shop.run(&["check"]).exits(1).stdout;
    assert!(paused.contains("signs: paused (moved)"), "{paused}");
    enqueue_sign(&shop, "S-2");
    until("a new one is sent", || shop.arrived().contains(&"S-2".to_owned()), || format!("{:?}", worker.said()));
    assert_eq!(shop.shown("S-1")["state"], "pending");
    worker.end();
    assert_eq!(shop.arrived(), [&all[..], &["S-2".to_owned()]].concat());
    // Somebody looked: it is there.
    shop.run(&["resolve", "S-1", "placed", "--account", "signs", "--who", "ana", "--why", "seen in the dashboard"])
        .exits(0);
    shop.run(&["adopt"]).exits(0);
    drain(&shop, &SIGNS);
    assert_eq!(shop.arrived(), [&all[..], &["S-2".to_owned()]].concat());
    println!("promoted: 9 orders and 3 without a read, 0 lost, 0 doubled");
}
