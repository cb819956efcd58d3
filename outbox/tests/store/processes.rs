//! Several processes and threads on one file.

use crate::support::{ANYWHERE, Folder, open, order, policy, settings};
use crate::{DESIGN, again, beside, enqueue, nobody, value};
use countersign_outbox::{Enqueue, Outbox, Status};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

const EACH: u32 = 500;

/// A process that enqueues: half of its ids are those of the other one.
pub(crate) fn enqueue_many(file: &Path) {
    let who = std::env::var("STORE_TEST_WHO").unwrap();
    let place = countersign_outbox::Place { create: false, anywhere: true };
    let settings = settings(&[("shop", nobody())], policy(1));
    let outbox = Outbox::open(&format!("sqlite:{}", file.display()), settings, place).unwrap();
    for number in 0..EACH {
        let id = if number % 2 == 0 { format!("both-{number}") } else { format!("{who}-{number}") };
        let told = outbox.enqueue(None, &order(&id, DESIGN, 1), Enqueue::default()).unwrap();
        assert_eq!(told.external_id, id);
        println!("\nacknowledged {id} {}", if told.status == Status::New { "new" } else { "known" });
    }
}

#[test]
fn two_processes_enqueue_each_order_once() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    let children = ["a", "b"]
        .map(|who| again("enqueue", &file).env("STORE_TEST_WHO", who).stdout(Stdio::piped()).spawn().unwrap());
    let (mut ids, mut new) = (BTreeSet::new(), 0);
    for child in children {
        let done = child.wait_with_output().unwrap();
        let told = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success(), "{told}");
        let mut count = 0;
        for line in told.lines() {
            let Some(line) = line.strip_prefix("acknowledged ") else { continue };
            let (id, status) = line.split_once(' ').unwrap();
            count += 1;
            new += u32::from(status == "new");
            ids.insert(id.to_owned());
        }
        assert_eq!(count, EACH);
    }
    let file = beside(&file);
    let mut rows = file.prepare("SELECT external_id FROM countersign_outbox").unwrap();
    let rows: Vec<String> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len() as u32, EACH + EACH / 2);
    assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), ids);
    assert_eq!(new, EACH + EACH / 2, "an order is new once");
}

#[test]
fn the_same_order_at_the_same_moment_is_one_row() {
    const AT_ONCE: usize = 4;
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    let (together, new) = (Barrier::new(AT_ONCE), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let settings = settings(&[("shop", nobody())], policy(1));
                let outbox = Outbox::open(&format!("sqlite:{}", file.display()), settings, ANYWHERE).unwrap();
                for number in 0..60 {
                    together.wait();
                    match enqueue(&outbox, &number.to_string()).status {
                        Status::New => _ = new.fetch_add(1, Ordering::SeqCst),
                        status => assert_eq!(status, Status::Known),
                    }
                }
            });
        }
    });
    assert_eq!(new.into_inner(), 60);
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "60");
}

#[test]
fn installing_is_idempotent_and_disturbs_nobody() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let one =
        || Outbox::open(&format!("sqlite:{}", file.display()), settings(&[("shop", nobody())], policy(1)), ANYWHERE);
    // Several at once on nothing.
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| one().unwrap().install().unwrap());
        }
    });
    let all = "SELECT group_concat(name || ' ' || value) FROM (SELECT * FROM countersign_outbox_meta ORDER BY name)";
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)";
    let (before, tables) = (value(&file, all), value(&file, schema));
    std::thread::scope(|scope| {
        for thread in 0..2 {
            scope.spawn(move || {
                let outbox = one().unwrap();
                for number in 0..40 {
                    assert_eq!(enqueue(&outbox, &format!("{thread}-{number}")).status, Status::New);
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..20 {
                one().unwrap().install().unwrap();
            }
        });
    });
    assert_eq!((value(&file, all), value(&file, schema)), (before, tables));
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "80");
}
