//! The store in a file of SQLite: where it may lie and who may read it, what is on the disk when, several processes and
//! several versions on one file, copies and pauses, retention, and forks.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what could not be tested is said, and children report")]

#[path = "store/accounts.rs"]
mod accounts;
#[path = "store/file.rs"]
mod file;
#[path = "store/fork.rs"]
mod fork;
#[path = "store/life.rs"]
mod life;
#[path = "store/processes.rs"]
mod processes;
mod shim;
mod support;
#[path = "store/unchecked.rs"]
mod unchecked;
#[path = "store/versions.rs"]
mod versions;

use countersign::{Options, Platform};
use countersign_outbox::{Enqueue, Enqueued, Outbox};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::process::Command;

/// Another program that has the file open.
fn beside(file: &Path) -> Connection {
    let connection = Connection::open_with_flags_and_vfs(file, OpenFlags::default(), shim::PLAIN).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection
}

/// Changes the file from outside; answers how many rows.
fn sql(file: &Path, statement: &str) -> usize {
    beside(file).execute(statement, []).unwrap()
}

/// One value out of the file, as text; `NULL` for none.
fn value(file: &Path, query: &str) -> String {
    use rusqlite::types::ValueRef;
    beside(file)
        .query_row(query, [], |row| {
            Ok(match row.get_ref(0)? {
                ValueRef::Null => "NULL".to_owned(),
                ValueRef::Integer(number) => number.to_string(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other => format!("{other:?}"),
            })
        })
        .unwrap()
}

/// A client that is never called: nobody listens there.
fn nobody() -> Platform {
    let options = Options::new().set("access_key", "a").set("secret_key", "b").set("base_url", "http://127.0.0.1:9");
    Platform::new("spiff", &options).unwrap()
}

/// A design that no platform has.
const DESIGN: &str = "e3ac7f3a-0000-4000-8000-000000000001";

/// Enqueues an order of one design.
fn enqueue(outbox: &Outbox, id: &str) -> Enqueued {
    outbox.enqueue(None, &support::order(id, DESIGN, 1), Enqueue::default()).unwrap()
}

/// This program once more, to do one thing alone: see [`child`].
fn again(what: &str, file: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
    command.env("STORE_TEST_CHILD", what).env("STORE_TEST_FILE", file);
    command
}

/// What [`again`] starts; nothing otherwise.
#[test]
fn child() {
    let Ok(what) = std::env::var("STORE_TEST_CHILD") else { return };
    let file = std::env::var_os("STORE_TEST_FILE").unwrap();
    let file = Path::new(&file);
    match what.as_str() {
        "unwritable" => file::unwritable(file),
        "enqueue" => processes::enqueue_many(file),
        "forks" => fork::forks(file),
        "fork at work" => fork::fork_at_work(file),
        "fork while open" => fork::fork_while_open(file),
        other => panic!("{other}"),
    }
}
