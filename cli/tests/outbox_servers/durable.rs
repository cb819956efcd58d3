//! What the command acknowledged is on the disk, also where the server is set to answer before: directly, and behind a pgbouncer that
//! gives each transaction another server connection.

use crate::server::Server;
use crate::shop::Shop;
use std::collections::BTreeSet;

#[test]
fn an_acknowledged_order_outlives_a_server_that_answers_before_it_writes() {
    let options = ["--pgbouncer", "--option", "synchronous_commit=off", "--option", "wal_writer_delay=10s"];
    let server = Server::postgresql(&options);
    server.sql("CREATE TABLE bare (id integer)");
    let mut shop = Shop::open(server.url());
    let (mut due, mut bare) = (BTreeSet::new(), 0);
    for round in 0..6 {
        shop.store = server.at(if round % 2 == 0 { "port" } else { "pgbouncer" }, "shop");
        for number in 0..3 {
            let id = format!("{round}-{number}");
            shop.enqueue(&shop.order(&id)).exits(0);
            due.insert(id);
        }
        // Beside them a host's own statements, as the server is set: acknowledged as well.
        for _ in 0..5 {
            server.sql(&format!("INSERT INTO bare VALUES ({round})"));
            bare += 1;
        }
        server.kill();
        server.again();
        shop.store = server.url();
        let list = shop.run(&["list", "--json"]).exits(0).json();
        let orders = list["orders"].as_array().unwrap();
        let kept: BTreeSet<_> = orders.iter().map(|order| order["external_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(kept, due, "round {round}");
    }
    let kept: u32 = server.sql("SELECT count(*) FROM bare").parse().unwrap();
    println!("of {bare} bare INSERTs that were acknowledged, {} are gone; of {} orders, none", bare - kept, due.len());
    assert!(kept < bare, "the server wrote everything at once: nothing was tried");
    // What such a server does not promise for itself is no fault of the outbox's.
    let checked = shop.run(&["check", "--json"]).exits(0).json();
    assert_eq!(checked["stores"][0]["durability"], "full");
}
