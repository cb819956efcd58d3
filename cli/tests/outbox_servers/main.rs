//! The outbox at the terminal over real servers of PostgreSQL and MariaDB, through the drivers that the command brings along.
//!
//! Needs the features of the drivers: `cargo test -p countersign-cli --features postgres,mysql --test outbox_servers`.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on should stop where it stands, and its figures are to be seen"
)]

mod connect;
mod durable;
mod kills;
mod restored;
mod script;
mod server;
mod service;
mod shop;
#[allow(dead_code, reason = "the command's own, of which a script needs a part")]
#[path = "../../src/stores/mod.rs"]
mod stores;
#[path = "../support/mod.rs"]
mod support;
mod tls;
mod worker;
