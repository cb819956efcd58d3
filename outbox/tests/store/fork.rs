//! Forks: SQLite's locks belong to a process, so what may be used after a fork is said and held.
//!
//! Each of these runs in a program of its own with one thread: what another thread holds, a child would wait for for ever.

use crate::support::{Folder, open, order, policy, settings};
use crate::{DESIGN, again, enqueue, nobody, value};
use countersign::ErrorKind;
use countersign_outbox::{Enqueue, Outbox, Status};
use std::cell::Cell;
use std::path::Path;

/// Forks: the child does its work and is gone, without what a program does at its end. Whether it went well.
fn fork(work: impl FnOnce() -> bool) -> bool {
    // SAFETY: this program has one thread, so a child finds nothing locked; it does not return from here.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no fork: {}", std::io::Error::last_os_error());
    if child == 0 {
        let well = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(false);
        // SAFETY: it ends the child at once.
        unsafe { libc::_exit(i32::from(!well)) };
    }
    let mut status = 0;
    // SAFETY: the status has its place, and the child is ours.
    let waited = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(waited, child);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

const FORKS: u32 = 200;

fn run(what: &str) -> (Folder, std::path::PathBuf) {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    let done = again(what, &file).output().unwrap();
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.contains("it went well"), "{told}{}", String::from_utf8_lossy(&done.stderr));
    (folder, file)
}

fn only_open(file: &Path) -> Outbox {
    open(file, settings(&[("shop", nobody())], policy(1)))
}

#[test]
fn children_enqueue_and_the_parent_goes_on() {
    let (_folder, file) = run("forks");
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), (2 * FORKS).to_string());
    assert_eq!(value(&file, "PRAGMA integrity_check"), "ok");
}

pub(crate) fn forks(file: &Path) {
    let outbox = only_open(file);
    for number in 0..FORKS {
        assert_eq!(enqueue(&outbox, &format!("parent-{number}")).status, Status::New);
        outbox.store().rest();
        let well = fork(|| {
            let told = enqueue(&outbox, &format!("child-{number}")).status;
            told == Status::New && enqueue(&outbox, &format!("parent-{number}")).status == Status::Known
        });
        assert!(well, "the child {number} failed");
    }
    println!("it went well");
}

/// A child must not trust what its parent has open; and its parent must not notice it.
fn is_refused(outbox: &Outbox) -> bool {
    let other = |outbox: &Outbox| {
        let error = outbox.enqueue(None, &order("child", DESIGN, 1), Enqueue::default()).unwrap_err();
        let fits = error.kind() == ErrorKind::Store && error.message().contains("this process was forked while");
        if !fits {
            eprintln!("{error}");
        }
        fits
    };
    // Asked twice: the first refusal must not clear the way. And an outbox of its own is no way round.
    let again = other(outbox) && other(outbox);
    let path = format!("sqlite:{}", outbox.store().path().display());
    let own = Outbox::open(&path, settings(&[("shop", nobody())], policy(1)), crate::support::ANYWHERE);
    again && own.is_err_and(|error| error.message().contains("this process was forked while"))
}

#[test]
fn a_child_of_a_parent_at_work_is_refused() {
    let (_folder, file) = run("fork at work");
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "2");
}

pub(crate) fn fork_at_work(file: &Path) {
    let outbox = only_open(file);
    let due = Some(countersign::system_time().unix() + 3);
    outbox.enqueue(None, &order("1", DESIGN, 1), Enqueue { due, ..Enqueue::default() }).unwrap();
    outbox.store().rest();
    // A drain that waits asks whether it is to stop: there the process forks.
    let asked = Cell::new(0);
    let stopped = outbox.drain_until(10.0, 10, &|| {
        asked.set(asked.get() + 1);
        assert!(fork(|| is_refused(&outbox)), "the child was not refused");
        true
    });
    assert!(stopped.unwrap().is_none() && asked.get() == 1);
    enqueue(&outbox, "parent");
    println!("it went well");
}

#[test]
fn a_child_of_a_parent_that_did_not_let_it_rest_is_refused() {
    let (_folder, file) = run("fork while open");
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "52");
    assert_eq!(value(&file, "PRAGMA integrity_check"), "ok");
}

pub(crate) fn fork_while_open(file: &Path) {
    let outbox = only_open(file);
    enqueue(&outbox, "first");
    for number in 0..50 {
        assert!(fork(|| is_refused(&outbox)), "the child was not refused");
        enqueue(&outbox, &format!("{number}"));
    }
    // As soon as it rests, a child may.
    outbox.store().rest();
    assert!(fork(|| enqueue(&outbox, "child").status == Status::New));
    println!("it went well");
}
