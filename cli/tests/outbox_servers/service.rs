//! The example of a service for a database, run as systemd runs it: its lines as they stand, its credentials in a folder.

use crate::server::{Server, repository};
use crate::shop::{Shop, Worker, until};
use crate::support::{Files, countersign};
use std::process::Command;

fn unit() -> String {
    std::fs::read_to_string(repository().join("cli/examples/countersign-outbox-database.service")).unwrap()
}

/// The values of a setting.
fn values<'u>(unit: &'u str, name: &str) -> Vec<&'u str> {
    unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('=')).collect()
}

#[test]
fn the_example_of_a_service_delivers() {
    let (files, server) = (Files::new(), Server::postgresql(&[]));
    let shop = Shop::open(server.url());
    let unit = unit();
    // Whoever adapts it puts these two files there.
    for credential in values(&unit, "LoadCredential") {
        let (name, path) = credential.split_once(':').unwrap();
        assert!(path.starts_with("/etc/shop/"));
        files.write(
            name,
            if name == "store" { format!("{}\n", server.url()) } else { "canary-5f1e-secret\n".to_owned() },
        );
    }
    let [start] = values(&unit, "ExecStart")[..] else { panic!("{unit}") };
    let mut words = start.split(' ');
    assert_eq!(words.next(), Some("/usr/local/bin/countersign"));
    let mut run = countersign(words);
    for variable in values(&unit, "Environment") {
        let (name, value) = variable.split_once('=').unwrap();
        match name {
            "COUNTERSIGN_SPIFF_ACCESS_KEY" => run = run.env(name, "key"),
            // The sandbox is in no region.
            "COUNTERSIGN_SPIFF_REGION" => run = run.env("COUNTERSIGN_SPIFF_BASE_URL", shop.sandbox.spiff_url()),
            _ => run = run.env(name, value.replace("%d", &files.directory())),
        }
    }
    let worker = Worker::start(run);
    shop.enqueue(&shop.order("1")).exits(0);
    until("it is placed", || !worker.printed().is_empty(), || format!("{:?}", worker.said()));
    let line: serde_json::Value = serde_json::from_str(&worker.end()[0]).unwrap();
    assert_eq!((line["state"].as_str(), line["external_id"].as_str()), (Some("placed"), Some("1")));
    assert_eq!(shop.arrived(), ["1"]);
}

#[test]
fn the_example_of_a_service_is_one_for_systemd() {
    // Only where there is a systemd.
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        return;
    }
    let files = Files::new();
    // The program need not be installed for that.
    let file =
        files.write("countersign-outbox-database.service", unit().replace("/usr/local/bin/countersign", "/bin/true"));
    let done = Command::new("systemd-analyze").args(["verify", "--man=no", &file]).output().unwrap();
    let told = String::from_utf8_lossy(&done.stderr);
    // What it says of units of the machine's own is none of ours.
    let ours: Vec<_> = told.lines().filter(|line| line.contains("countersign-outbox-database")).collect();
    assert!(ours.is_empty(), "{told}");
}
