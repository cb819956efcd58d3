//! Workers over servers: several share the work, and one outlives its server.

use crate::server::Server;
use crate::shop::{Shop, Worker, sign_order, until};
use serde_json::json;
use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

#[test]
fn four_workers_of_postgresql_share_the_work() {
    let server = Server::postgresql(&["--pgbouncer"]);
    share(&server.at("pgbouncer", "shop"));
}

#[test]
fn four_workers_of_mariadb_share_the_work() {
    share(&Server::mariadb(&[]).url());
}

/// Two hundred orders, each once, and every worker has its part.
fn share(store: &str) {
    let shop = Shop::open(store);
    let ids: Vec<_> = (0..200).map(|number| format!("{number:03}")).collect();
    let orders: Vec<_> = ids.iter().map(|id| shop.order(id)).collect();
    let workers: Vec<_> = (0..4).map(|_| Worker::start(shop.command(&["run"]))).collect();
    shop.enqueue(&orders.join("\n")).exits(0);
    until("every order arrived", || shop.arrived().len() >= 200, || format!("{} arrived", shop.arrived().len()));
    until("nothing is open", || open(&shop) == json!({}), || open(&shop).to_string());
    let shares: Vec<_> = workers.into_iter().map(Worker::end).collect();
    assert_eq!(shop.arrived(), ids);
    let told: BTreeSet<_> = shares.iter().flatten().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(told.len(), 200);
    assert!(shares.iter().all(|share| share.len() >= 10), "{:?}", shares.iter().map(Vec::len).collect::<Vec<_>>());
}

fn open(shop: &Shop) -> serde_json::Value {
    shop.run(&["stats", "--json"]).exits(0).json()["stores"][0]["accounts"]["shop"]["open"].clone()
}

#[test]
fn a_worker_outlives_postgresql() {
    outlive(&Server::postgresql(&[]));
}

#[test]
fn a_worker_outlives_mariadb() {
    outlive(&Server::mariadb(&[]));
}

fn outlive(server: &Server) {
    let shop = Shop::open(server.url());
    let worker = Worker::start(shop.command(&["run"]));
    server.stop();
    worker.says("error: ");
    // Told once, however often it is tried.
    sleep(Duration::from_secs(4));
    server.again();
    worker.says(" works again.");
    shop.enqueue(&shop.order("1")).exits(0);
    until("it is placed", || !worker.printed().is_empty(), || format!("{:?}", worker.said()));
    // A restart that is over before the worker looks again is told to nobody.
    server.kill();
    server.again();
    shop.enqueue(&shop.order("2")).exits(0);
    until("the second one is placed", || worker.printed().len() == 2, || format!("{:?}", worker.said()));
    let errors: Vec<_> = worker.said().into_iter().filter(|line| line.starts_with("error: ")).collect();
    // At most once for each.
    assert!(matches!(&errors[..], [one] | [one, _] if one.contains(":…@127.0.0.1")), "{errors:?}");
    worker.end();
    assert_eq!(shop.arrived(), ["1", "2"]);

    // One that begins while its server is away waits for it.
    server.stop();
    let worker = Worker::start(shop.command(&["run", "--store", &server.url()]));
    worker.says("note: other users of this machine can read the password in --store.");
    worker.says("cannot be reached");
    server.again();
    worker.says(" works again.");
    shop.enqueue(&shop.order("3")).exits(0);
    until("the third one is placed", || worker.printed().len() == 1, || format!("{:?}", worker.said()));
    worker.end();
    // Of what will not pass by waiting it dies at once.
    let mut wrong = Shop::new(server.at("port", "missing"));
    wrong.run(&["run"]).exits(1);
    wrong.store = server.url();
    wrong.run(&["run", "--shop", "another"]).exits(1);
}

#[test]
fn what_was_sent_while_postgresql_began_anew_is_written_down() {
    under_way(&Server::postgresql(&["--pgbouncer"]), "port");
}

#[test]
fn what_was_sent_while_pgbouncer_lost_its_server_is_written_down() {
    under_way(&Server::postgresql(&["--pgbouncer"]), "pgbouncer");
}

#[test]
fn what_was_sent_while_mariadb_began_anew_is_written_down() {
    under_way(&Server::mariadb(&[]), "port");
}

/// Sign Customiser has no read: what is not written down would be in doubt for good.
fn under_way(server: &Server, port: &str) {
    let shop = Shop::open(server.at(port, "shop"));
    let signs = ["--platform", "sign-customiser", "--account", "signs"];
    shop.fault(&json!({ "fault": "slow", "ms_per_byte": 4, "target": "order" }));
    let enqueue = shop.command(&[&["enqueue", "-"][..], &signs].concat()).stdin(sign_order("S-1")).run();
    enqueue.exits(0);
    // A deadline of 20 s, as in a shop.
    let run = shop.command(&[&["run"][..], &signs].concat()).env("COUNTERSIGN_OUTBOX_TEST_SCALE", "1");
    let worker = Worker::start(run);
    until("it is under way", || !shop.arrived().is_empty(), || format!("{:?}", worker.said()));
    server.kill();
    // Its answer comes meanwhile.
    sleep(Duration::from_secs(4));
    server.again();
    until("it is placed", || worker.printed().len() == 1, || format!("{:?}", worker.said()));
    let printed = worker.end();
    assert!(printed[0].starts_with("placed: S-1 "), "{printed:?}");
    let shown = shop.shown("S-1");
    assert_eq!((&shown["state"], &shown["sends"], &shown["flags"]), (&json!("placed"), &json!(1), &json!([])));
}

/// A worker beside the shop's own code says where the shop stands in the same words, or an account without a read waits.
#[test]
fn the_site_is_what_the_shop_says_it_is() {
    for server in [Server::postgresql(&[]), Server::mariadb(&[])] {
        let shop = Shop::new(server.url());
        let signs = ["--platform", "sign-customiser", "--account", "signs"];
        let site = ["--site", "shop.example"];
        let enqueue = |id: &str| {
            shop.command(&[&["enqueue", "-"][..], &signs].concat()).stdin(sign_order(id)).run().exits(0);
        };
        let drain = |site: &[&str]| shop.run(&[&["drain", "--seconds", "1"][..], &signs, site].concat()).exits(0);
        shop.run(&[&["install"][..], &site].concat()).exits(0);
        enqueue("1");
        drain(&site);
        shop.command(&["check"]).env("COUNTERSIGN_OUTBOX_SITE", "shop.example").run().exits(0);
        assert!(shop.run(&["check"]).exits(0).stdout.contains("moved or copied"));
        enqueue("2");
        drain(&[]);
        assert_eq!(shop.arrived(), ["1"]);
        assert!(shop.run(&[&["check"][..], &site].concat()).exits(1).stdout.contains("paused (moved)"));
        shop.run(&[&["adopt"][..], &site].concat()).exits(0);
        drain(&site);
        assert_eq!(shop.arrived(), ["1", "2"]);
    }
}
