//! Where the file may lie, who may read it, when it is on the disk, and what happens when the disk or a lock says no.

use crate::shim::watch;
use crate::support::{ANYWHERE, Folder, open, order, policy, sandbox, settings, spiff};
use crate::{DESIGN, again, beside, enqueue, nobody, sql, value};
use countersign::{Error, ErrorKind};
use countersign_outbox::{Enqueue, Outbox, Place, Policy, Status};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

const CREATE: Place = Place { create: true, anywhere: false };

fn try_open(file: &Path, place: Place) -> Result<Outbox, Error> {
    Outbox::open(&format!("sqlite:{}", file.display()), settings(&[("shop", nobody())], policy(1)), place)
}

/// The words of a refusal, which name the file.
fn refused(file: &Path, place: Place) -> String {
    let error = try_open(file, place).err().unwrap_or_else(|| panic!("{} was taken", file.display()));
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    let name = file.file_name().unwrap().to_str().unwrap();
    assert!(error.message().contains(name), "{error}");
    error.message().to_owned()
}

#[test]
fn the_file_is_durable_and_for_nobody_else() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", nobody())], policy(1)));
    enqueue(&outbox, "1");
    for name in ["o.db", "o.db-wal", "o.db-shm"] {
        let mode = std::fs::metadata(folder.0.join(name)).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode, 0o600, "{name} has the mode {mode:o}");
    }
    assert_eq!(value(&file, "PRAGMA journal_mode"), "wal");
    let loose =
        "SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND name LIKE '%countersign%' AND strict = 0";
    assert_eq!(value(&file, loose), "0");
}

#[test]
fn an_acknowledged_order_is_written_through_once() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    let watched = watch(&folder.0);
    let keeps_it_open = try_open(&file, ANYWHERE).unwrap();
    keeps_it_open.stats().unwrap();
    let outbox = try_open(&file, ANYWHERE).unwrap();
    enqueue(&outbox, "the log begins");
    watched.syncs();
    // As long as somebody has the file open: the log, once.
    for number in 0..60 {
        enqueue(&outbox, &format!("kept-{number}"));
        assert_eq!(watched.syncs(), (1, 0), "order {number}");
    }
    // Also for one who opens it for each order. Every thousand pages what is in the log goes into the database and the log
    // begins anew, which costs three more of the log and one of the database.
    let mut all = (0, 0);
    for number in 0..100 {
        enqueue(&try_open(&file, ANYWHERE).unwrap(), &format!("opened-{number}"));
        let (log, database) = watched.syncs();
        assert!((1..=2).contains(&log) && database <= 1, "order {number}: {log} and {database}");
        all = (all.0 + log, all.1 + database);
    }
    assert!((100..=103).contains(&all.0) && all.1 <= 1, "{all:?}");
    // Who is alone makes the log and puts it away again: two before the order is acknowledged, two after it.
    drop(outbox);
    drop(keeps_it_open);
    watched.syncs();
    for number in 0..20 {
        let outbox = try_open(&file, ANYWHERE).unwrap();
        enqueue(&outbox, &format!("alone-{number}"));
        assert_eq!(watched.syncs(), (2, 0), "order {number}");
        drop(outbox);
        assert_eq!(watched.syncs(), (1, 1), "order {number}");
    }
}

#[test]
fn other_places_are_refused_with_what_to_do() {
    let folder = Folder::new();
    let at = |name: &str| folder.0.join(name);
    // A file that is missing is made only where that was said.
    let words = refused(&at("o.db"), Place { create: false, anywhere: true });
    assert!(words.contains("countersign outbox install") && !at("o.db").exists(), "{words}");
    // A folder that is missing.
    let words = refused(&at("none").join("o.db"), ANYWHERE);
    assert!(words.contains("folder"), "{words}");
    // A folder.
    std::fs::create_dir(at("folder")).unwrap();
    let words = refused(&at("folder"), ANYWHERE);
    assert!(words.contains("it is a folder"), "{words}");
    // No database.
    std::fs::write(at("text"), "Dear diary, ".repeat(1000)).unwrap();
    let words = refused(&at("text"), ANYWHERE);
    assert!(words.contains("no database"), "{words}");
    // Tables of somebody else: also of a name that only looks like ours, and beside ours.
    sql(&at("shop.db"), "CREATE TABLE orders (id INTEGER)");
    let words = refused(&at("shop.db"), ANYWHERE);
    assert!(words.contains("somebody else") && words.contains("own connection"), "{words}");
    assert_ne!(value(&at("shop.db"), "PRAGMA journal_mode"), "wal", "a file that is refused is left alone");
    drop(open(&at("ours.db"), settings(&[("shop", nobody())], policy(1))));
    sql(&at("ours.db"), "CREATE TABLE orders (id INTEGER)");
    assert!(refused(&at("ours.db"), ANYWHERE).contains("somebody else"));
    // A link, which somebody may point elsewhere; also one to nothing.
    drop(open(&at("real.db"), settings(&[("shop", nobody())], policy(1))));
    symlink(at("real.db"), at("link.db")).unwrap();
    symlink(at("nothing"), at("dangling.db")).unwrap();
    for name in ["link.db", "dangling.db"] {
        let words = refused(&at(name), ANYWHERE);
        assert!(words.contains("symbolic link"), "{words}");
    }
    assert!(!at("nothing").exists());
    // A folder that a web server shows, also behind a link.
    std::fs::create_dir_all(at("public_html/data")).unwrap();
    symlink(at("public_html/data"), at("innocent")).unwrap();
    for folder in ["public_html", "public_html/data", "innocent"] {
        let words = refused(&at(folder).join("o.db"), CREATE);
        assert!(words.contains("public_html") && words.contains("web server"), "{words}");
        assert!(!at(folder).join("o.db").exists());
    }
    let error = Outbox::open("postgresql://here", settings(&[], policy(1)), ANYWHERE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{error}");
}

#[test]
fn memory_is_no_disk() {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    if !mounts.lines().any(|line| line.split(' ').nth(1) == Some("/dev/shm") && line.split(' ').nth(2) == Some("tmpfs"))
    {
        println!("not tested: /dev/shm is no tmpfs here");
        return;
    }
    let file = Path::new("/dev/shm").join(format!("countersign-{}.db", std::process::id()));
    let words = refused(&file, CREATE);
    assert!(words.contains("tmpfs") && words.contains("local disk"), "{words}");
    assert!(!file.exists());
    // And a disk is one, unless these tests run in a container.
    let folder = Folder::new();
    match try_open(&folder.0.join("o.db"), CREATE) {
        Ok(_) => {}
        Err(error) => assert!(["overlay", "tmpfs"].iter().any(|kind| error.message().contains(kind)), "{error}"),
    }
}

#[test]
fn a_file_system_without_shared_memory_is_refused() {
    let folder = Folder::new();
    let watched = watch(&folder.0);
    watched.disk().no_shared_memory = true;
    let words = refused(&folder.0.join("o.db"), ANYWHERE);
    assert!(words.contains("not durable") && words.contains("journal_mode"), "{words}");
}

#[test]
fn what_may_not_be_written_is_refused() {
    let folder = Folder::new();
    // For root nothing is read-only: then somebody else tries.
    // SAFETY: it asks, and changes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let nobody_has = |path: &Path| {
        if root {
            chown(path, Some(65534), Some(65534)).unwrap();
        }
    };
    for name in ["file", "folder", "empty", "lost"] {
        std::fs::create_dir(folder.0.join(name)).unwrap();
    }
    for name in ["file", "folder"] {
        let file = folder.0.join(name).join("o.db");
        drop(open(&file, settings(&[("shop", nobody())], policy(1))));
        nobody_has(&file);
    }
    mode(&folder.0.join("file/o.db"), 0o400);
    nobody_has(&folder.0.join("file"));
    mode(&folder.0.join("folder"), 0o555);
    mode(&folder.0.join("empty"), 0o555);
    mode(&folder.0, 0o755);
    let mut command = again("unwritable", &folder.0);
    if root {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
        std::os::unix::process::CommandExt::gid(&mut command, 65534);
    }
    let done = match command.output() {
        Ok(done) => done,
        Err(error) => {
            println!("not tested: nobody else may start this program: {error}");
            return;
        }
    };
    mode(&folder.0.join("folder"), 0o755);
    mode(&folder.0.join("empty"), 0o755);
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success() && told.contains("three were refused"),
        "{told}{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

/// What a user who may not write sees.
pub(crate) fn unwritable(folder: &Path) {
    for name in ["file", "folder"] {
        let file = folder.join(name).join("o.db");
        let words = refused(&file, ANYWHERE);
        assert!(words.contains("may not be written"), "{name}: {words}");
    }
    let words = refused(&folder.join("empty/o.db"), ANYWHERE);
    assert!(words.contains("cannot be made"), "{words}");
    println!("three were refused");
}

#[test]
fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    // Each claim whose result could not be written down counts as a worker that died.
    let ours = || settings(&[("shop", spiff(&sandbox))], Policy { crashes: 100, ..policy(100) });
    drop(open(&file, ours()));
    let watched = watch(&folder.0);
    let outbox = Outbox::open(&format!("sqlite:{}", file.display()), ours(), ANYWHERE).unwrap();
    let (mut failures, mut orders) = (0, 0);
    for writes in 0.. {
        let (id, design) = (format!("e{writes}"), sandbox.create_transaction());
        watched.disk().full_after = Some(writes);
        let full = outbox.enqueue(None, &order(&id, &design, 1), Enqueue::default());
        watched.disk().full_after = None;
        orders += 1;
        match full {
            Err(error) => {
                failures += 1;
                assert_eq!(error.kind(), ErrorKind::Store, "{error}");
                assert!(error.message().contains("disk is full") && error.message().contains("make room"), "{error}");
                assert_eq!(
                    value(&file, &format!("SELECT COUNT(*) FROM countersign_outbox WHERE external_id = '{id}'")),
                    "0"
                );
                let later = outbox.enqueue(None, &order(&id, &design, 1), Enqueue::default()).unwrap();
                assert_eq!(later.status, Status::New);
            }
            Ok(_) => break,
        }
    }
    assert!(failures > 4, "{failures}");
    // A worker, too, with one write more each time: what was sent and could not be written down is read back.
    let mut failed = 0;
    for writes in (0..90).step_by(2) {
        outbox
            .enqueue(None, &order(&format!("d{writes}"), &sandbox.create_transaction(), 1), Enqueue::default())
            .unwrap();
        orders += 1;
        watched.disk().full_after = Some(writes);
        failed += u32::from(outbox.drain(0.5, 10).is_err());
        watched.disk().full_after = None;
    }
    assert!(failed > 10, "{failed}");
    let until = Instant::now() + Duration::from_secs(15);
    while outbox.stats().unwrap()["shop"].open.values().any(|count| *count > 0) {
        assert!(Instant::now() < until, "{:#?}", outbox.stats());
        outbox.drain(2.0, 1000).unwrap();
    }
    assert_eq!(sandbox.orders().len(), orders);
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox WHERE state = 5"), orders.to_string());
}

#[test]
fn a_disk_that_fails_to_write_through_acknowledges_nothing() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    let watched = watch(&folder.0);
    let outbox = try_open(&file, ANYWHERE).unwrap();
    watched.disk().sync_fails = u64::MAX;
    let error = outbox.enqueue(None, &order("1", DESIGN, 1), Enqueue::default()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Store | ErrorKind::StoreBusy), "{error}");
    // Once is no harm: the order is written again.
    watched.disk().sync_fails = 1;
    assert_eq!(enqueue(&outbox, "2").status, Status::New);
    assert_eq!(watched.disk().sync_fails, 0);
    assert_eq!(enqueue(&outbox, "1").status, Status::New);
    assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "2");
}

#[test]
fn a_lock_is_waited_for_but_not_for_ever() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(10)));
    let text = |id: &str| order(id, &sandbox.create_transaction(), 1);
    outbox.enqueue(None, &text("0"), Enqueue::default()).unwrap();
    let other = beside(&file);
    let row = "SELECT group_concat(version || ' ' || state || ' ' || updated_at) FROM countersign_outbox";
    let before = value(&file, row);
    // Longer than its patience: an error, and nothing is there.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let error = outbox.enqueue(None, &text("1"), Enqueue::default()).unwrap_err();
    let took = began.elapsed();
    assert_eq!(error.kind(), ErrorKind::StoreBusy, "{error}");
    assert!(took > Duration::from_secs(2) && took < Duration::from_secs(8), "{took:?}");
    assert!(outbox.get(None, "1", false).unwrap().is_none());
    // A worker leaves alone what it cannot take, and sends nothing.
    assert_eq!(outbox.drain(1.0, 10).unwrap().placed, 0);
    assert_eq!((value(&file, row), sandbox.orders().len()), (before, 0));
    other.execute_batch("COMMIT").unwrap();
    // Shorter: it waits.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let late = scope.spawn(|| {
            let began = Instant::now();
            let status = outbox.enqueue(None, &text("1"), Enqueue::default()).unwrap().status;
            (status, began.elapsed())
        });
        std::thread::sleep(Duration::from_millis(1200));
        other.execute_batch("COMMIT").unwrap();
        let (status, took) = late.join().unwrap();
        assert!(status == Status::New && took >= Duration::from_secs(1), "{status:?} after {took:?}");
    });
    assert_eq!(outbox.drain(10.0, 10).unwrap().placed, 2);
}

#[test]
fn a_worker_that_is_to_stop_writes_down_first_what_became_of_an_order() {
    let (folder, sandbox) = (Folder::new(), sandbox());
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", spiff(&sandbox))], policy(1)));
    outbox.enqueue(None, &order("1", &sandbox.create_transaction(), 1), Enqueue::default()).unwrap();
    // The reply takes its time, and meanwhile somebody else locks the file for longer than a statement waits.
    sandbox.faults(r#"{"fault":"slow","target":"order","ms_per_byte":1}"#).unwrap();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| outbox.drain_until(20.0, 10, &|| stop.load(Ordering::Relaxed)).unwrap());
        while sandbox.orders().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        let other = beside(&file);
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        stop.store(true, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(5700));
        other.execute_batch("COMMIT").unwrap();
        worker.join().unwrap();
    });
    let row = outbox.get(None, "1", false).unwrap().unwrap().shown;
    assert_eq!((row.state, row.sends), ("placed", 1));
}

#[test]
fn a_file_that_cannot_be_opened_for_a_lock_is_busy() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    // Somebody is about to make a database of it.
    let other = beside(&file);
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = try_open(&file, ANYWHERE).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StoreBusy, "{error}");
    other.execute_batch("COMMIT").unwrap();
    try_open(&file, ANYWHERE).unwrap().install().unwrap();
}

#[test]
fn a_file_that_was_taken_away_is_noticed() {
    let folder = Folder::new();
    let file = folder.0.join("o.db");
    let outbox = open(&file, settings(&[("shop", nobody())], policy(1)));
    enqueue(&outbox, "1");
    std::fs::rename(&file, folder.0.join("backup.db")).unwrap();
    let error = outbox.enqueue(None, &order("2", DESIGN, 1), Enqueue::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    // Another one in its place, as a restored backup is, is not the one that was opened.
    for end in ["-wal", "-shm"] {
        std::fs::rename(folder.0.join(format!("o.db{end}")), folder.0.join(format!("backup.db{end}"))).unwrap();
    }
    drop(open(&file, settings(&[("shop", nobody())], policy(1))));
    match outbox.enqueue(None, &order("3", DESIGN, 1), Enqueue::default()) {
        Ok(_) => assert_eq!(value(&file, "SELECT COUNT(*) FROM countersign_outbox"), "1", "acknowledged into nowhere"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Store, "{error}"),
    }
}
