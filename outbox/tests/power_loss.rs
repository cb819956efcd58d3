//! Loss of power: at the edges of syncs and at random writes the files are kept as a disk may have them then, with any part
//! of what was not written through. Whatever was acknowledged must be in each of these images. With `synchronous=NORMAL`, and
//! on a disk that lies about syncs, the same harness must find losses: otherwise it proves nothing.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod shim;
mod support;

use countersign_outbox::store::sqlite::execute;
use countersign_outbox::{Answer, Asked, Engine, Enqueue, Outbox, Outcome, Step, Task};
use countersign_sandbox::Sandbox;
use rusqlite::{Connection, OpenFlags};
use shim::{Image, PLAIN, Power, Watched, watch};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use support::{Folder, open, order, policy, sandbox, settings, spiff};

/// A call may take a second: the machine may be busy.
const SCALE: u32 = 20;

/// What was promised: it must survive from the moment of the promise on.
#[derive(Clone, Debug)]
enum Promise {
    /// The order is in the outbox.
    Enqueued(String),
    /// The order may be on its way: the row must not look as if it had never been sent.
    Sent(String),
    /// The order is recorded as placed.
    Placed(String),
}

/// Who executes the statements.
enum Way {
    /// The outbox itself.
    Outbox(Outbox),
    /// A connection of the test, as durable as it says.
    Connection(Engine, Connection),
}

struct Harness<'h> {
    way: Way,
    watched: &'h Watched,
    promises: RefCell<Vec<Promise>>,
}

impl Harness<'_> {
    fn promise(&self, promise: Promise) {
        let mut promises = self.promises.borrow_mut();
        promises.push(promise);
        self.watched.disk().power.as_mut().unwrap().promised = promises.len();
    }

    fn engine(&self) -> &Engine {
        match &self.way {
            Way::Outbox(outbox) => outbox.engine(),
            Way::Connection(engine, _) => engine,
        }
    }

    fn run<T: 'static>(&self, mut task: Task<T>) -> T {
        let connection = match &self.way {
            Way::Outbox(outbox) => return outbox.run(task).unwrap(),
            Way::Connection(_, connection) => connection,
        };
        let mut outcome = Outcome::Begin;
        loop {
            outcome = match task.next(Answer::of(outcome).unwrap()) {
                Step::Sql(statement) => execute(connection, &statement),
                Step::Call(call) => {
                    if let Asked::Send(draft) = &call.what {
                        self.promise(Promise::Sent(draft.external_id().to_owned()));
                    }
                    Outcome::Told(call.perform())
                }
                Step::Wait(ms) => {
                    std::thread::sleep(std::time::Duration::from_millis(ms.max(0).unsigned_abs()));
                    Outcome::Waited
                }
                Step::Done(result) => return result.unwrap(),
            };
        }
    }
}

/// Which of the promises an image does not keep.
fn broken(image: &Image, promises: &[Promise]) -> Vec<String> {
    let folder = Folder::new();
    image.write(&folder.0);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let mut broken = Vec::new();
    let file = folder.0.join("o.db");
    let rows = || -> Result<BTreeMap<String, (i64, i64)>, rusqlite::Error> {
        let connection = Connection::open_with_flags_and_vfs(&file, flags, PLAIN)?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        assert_eq!(sound, "ok", "the file is damaged {}", image.moment);
        let mut rows = connection.prepare("SELECT external_id, state, sends FROM countersign_outbox")?;
        rows.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?.collect()
    };
    let rows = match rows() {
        Ok(rows) => rows,
        Err(error) => return vec![format!("the file cannot be read: {error}")],
    };
    for promise in &promises[..image.promised] {
        let kept = match promise {
            Promise::Enqueued(id) => rows.contains_key(id),
            Promise::Sent(id) => rows.get(id).is_some_and(|(_, sends)| *sends > 0),
            Promise::Placed(id) => rows.get(id).is_some_and(|(state, _)| *state == 5),
        };
        if !kept {
            broken.push(format!("{}: {promise:?}", image.moment));
        }
    }
    broken
}

struct Found {
    images: usize,
    broken: Vec<String>,
    /// A few of the images, to go on from.
    some: Vec<Image>,
}

/// Enqueues and drains orders, and holds every image against what was promised by then.
fn play(way: Way, sandbox: &Sandbox, watched: &Watched, orders: u32) -> Found {
    let harness = Harness { way, watched, promises: RefCell::default() };
    let mut found = Found { images: 0, broken: Vec::new(), some: Vec::new() };
    for number in 0..orders {
        let id = format!("p-{number}");
        let text = order(&id, &sandbox.create_transaction(), 1);
        harness.run(harness.engine().enqueue(None, &text, Enqueue::default()));
        harness.promise(Promise::Enqueued(id));
        if number % 5 == 4 {
            let drained = harness.run(harness.engine().drain(10.0, 1000));
            assert_eq!(drained.placed, 5, "{drained:?}");
            for changed in drained.changed {
                harness.promise(Promise::Placed(changed.external_id));
            }
        }
        let images = std::mem::take(&mut watched.disk().power.as_mut().unwrap().images);
        for image in images {
            found.images += 1;
            found.broken.extend(broken(&image, &harness.promises.borrow()));
            if found.images.is_multiple_of(100) {
                found.some.push(image);
            }
        }
    }
    found
}

/// A seed of its own for each run; the one that failed is given back by `COUNTERSIGN_SEED`.
fn seed() -> u64 {
    let given = std::env::var("COUNTERSIGN_SEED").ok().and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| u64::from(std::process::id()) ^ countersign::system_time().unix().unsigned_abs())
}

/// Makes an outbox, and from then on looks at what a loss of power leaves of it.
fn begin(folder: &Path, sandbox: &Sandbox, seed: u64, one_in: (u64, u64)) -> (Outbox, Watched) {
    let open = || open(&folder.join("o.db"), settings(&[("shop", spiff(sandbox))], policy(SCALE)));
    // What is open before the layer looks goes past it.
    drop(open());
    let watched = watch(folder);
    watched.disk().power = Some(Power::new(seed, one_in));
    (open(), watched)
}

fn connection(outbox: &Outbox, synchronous: &str) -> Way {
    let connection = Connection::open(outbox.store().path()).unwrap();
    connection.pragma_update(None, "synchronous", synchronous).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 200).unwrap();
    Way::Connection(outbox.engine().clone(), connection)
}

#[test]
fn what_was_acknowledged_survives_the_loss_of_power() {
    let (folder, sandbox, seed) = (Folder::new(), sandbox(), seed());
    let (outbox, watched) = begin(&folder.0, &sandbox, seed, (25, 800));
    let found = play(Way::Outbox(outbox), &sandbox, &watched, 500);
    assert!(found.broken.is_empty(), "COUNTERSIGN_SEED={seed}: {:#?}", found.broken);
    assert!(found.images > 100, "only {} moments were looked at", found.images);
    drop(watched);
    // And from there it goes on: what the platform has is found, and nothing is made twice.
    for image in found.some.iter().rev().take(2) {
        let folder = Folder::new();
        image.write(&folder.0);
        let outbox = open(&folder.0.join("o.db"), settings(&[("shop", spiff(&sandbox))], policy(200)));
        outbox.drain(10.0, 1000).unwrap();
        let stats = outbox.stats().unwrap();
        assert!(stats["shop"].open.is_empty(), "COUNTERSIGN_SEED={seed}, {}: {stats:?}", image.moment);
        assert_eq!(sandbox.orders().len(), 500, "COUNTERSIGN_SEED={seed}, {}", image.moment);
    }
}

#[test]
fn no_order_leaves_before_that_is_on_the_disk() {
    let (folder, sandbox, seed) = (Folder::new(), sandbox(), seed());
    let (outbox, watched) = begin(&folder.0, &sandbox, seed, (12, 400));
    let found = play(connection(&outbox, "FULL"), &sandbox, &watched, 150);
    assert!(found.broken.is_empty(), "COUNTERSIGN_SEED={seed}: {:#?}", found.broken);
    assert!(found.images > 60, "only {} moments were looked at", found.images);
}

#[test]
fn less_than_full_loses() {
    let (folder, sandbox, seed) = (Folder::new(), sandbox(), seed());
    let (outbox, watched) = begin(&folder.0, &sandbox, seed, (2, 60));
    let found = play(connection(&outbox, "NORMAL"), &sandbox, &watched, 100);
    let of = |kind: &str| found.broken.iter().filter(|one| one.contains(kind)).count();
    let counts = ["Enqueued", "Sent", "Placed"].map(of);
    assert!(counts.iter().all(|count| *count > 0), "COUNTERSIGN_SEED={seed}: {counts:?} of {} images", found.images);
}

#[test]
fn a_disk_that_lies_loses() {
    let (folder, sandbox, seed) = (Folder::new(), sandbox(), seed());
    let (outbox, watched) = begin(&folder.0, &sandbox, seed, (12, 400));
    watched.disk().power.as_mut().unwrap().lies = true;
    let found = play(Way::Outbox(outbox), &sandbox, &watched, 40);
    assert!(!found.broken.is_empty(), "COUNTERSIGN_SEED={seed}: none of {} images", found.images);
}
