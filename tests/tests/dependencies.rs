//! What ships to a storefront stays small: crates are counted, and no crate comes in two versions.
//!
//! Asks `cargo tree` for the Linux build, offline and by the lock file.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_tests::workspace_dir;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Name → versions of everything that a package links, itself included.
fn tree(package: &str) -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(workspace_dir())
        .args(["tree", "--offline", "--locked", "--package", package, "--edges", "normal", "--prefix", "none"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--format", "{p}"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut crates = BTreeMap::<_, BTreeSet<_>>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ').map(str::to_owned);
        crates.entry(words.next().unwrap()).or_default().insert(words.next().unwrap());
    }
    assert!(crates.contains_key(package), "{crates:?}");
    crates
}

fn within(package: &str, limit: usize) -> BTreeMap<String, BTreeSet<String>> {
    let crates = tree(package);
    let count: usize = crates.values().map(BTreeSet::len).sum();
    assert!(count <= limit, "{package} has {count} crates, {limit} are allowed: {:?}", crates.keys());
    crates
}

#[test]
fn the_core_has_at_most_30_crates() {
    let crates = within("countersign-core", 30);
    for unwanted in ["tokio", "reqwest", "url", "thiserror", "ureq", "rustls"] {
        assert!(!crates.contains_key(unwanted), "{unwanted}");
    }
}

#[test]
fn the_client_has_at_most_55_crates_none_of_them_twice() {
    let crates = within("countersign", 55);
    let twice: Vec<_> = crates.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    for unwanted in ["tokio", "reqwest", "axum", "openssl-sys"] {
        assert!(!crates.contains_key(unwanted), "{unwanted}");
    }
    // The tree is the real one: HTTP is in it.
    assert!(crates.contains_key("ureq") && crates.contains_key("rustls"));
}

#[test]
fn the_outbox_adds_at_most_13_crates_none_of_them_twice() {
    let client = within("countersign", 55);
    let outbox = within("countersign-outbox", 67);
    let added: Vec<_> = outbox.keys().filter(|name| !client.contains_key(*name)).collect();
    assert!(added.len() <= 13, "{added:?}");
    let twice: Vec<_> = outbox.iter().filter(|(_, versions)| versions.len() > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    for unwanted in ["tokio", "async-std", "postgres", "mysql", "sqlx"] {
        assert!(!outbox.contains_key(unwanted), "{unwanted}");
    }
    // Nobody below the outbox knows it.
    for below in ["countersign-core", "countersign", "countersign-sandbox"] {
        assert!(!tree(below).contains_key("countersign-outbox"), "{below}");
    }
}
