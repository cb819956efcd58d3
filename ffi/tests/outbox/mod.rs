//! The outbox from C: in a file, over MariaDB, and beside the system's SQLite.

mod script;
mod server;

use crate::support::{self, Program, ffi, installation, scratch};
use crate::{CANARY, environment, external_ids, sandbox};
use countersign_sandbox::Sandbox;
use script::{Over, Run};
use server::Server;
use std::path::PathBuf;
use std::process::Command;

/// A file that is not there yet.
fn fresh(name: &str) -> PathBuf {
    let path = scratch().join(format!("{name}-{}.db", std::process::id()));
    for end in ["", "-wal", "-shm", "-journal"] {
        _ = std::fs::remove_file(format!("{}{end}", path.display()));
    }
    path
}

fn store(name: &str) -> String {
    format!("sqlite:{}", fresh(name).display())
}

#[test]
fn steps_without_a_database() {
    let program = Program::build("outbox_surface", "tests/c/outbox_surface.c", &[]);
    for checked in support::ways() {
        program.run(*checked, &[], &[], b"").ok();
    }
}

#[test]
fn threads_share_an_outbox() {
    let program = Program::build("outbox_threads", "tests/c/outbox_threads.c", &["-pthread"]);
    for checked in support::ways() {
        let sandbox = sandbox();
        let mut args = vec![store("threads")];
        args.extend((0..12).map(|_| sandbox.create_transaction()));
        program.run(*checked, &args, &environment(&sandbox), b"").ok();
        let mut due: Vec<String> = (0..12).map(|number| format!("t-{number}")).collect();
        due.sort();
        assert_eq!(external_ids(&sandbox), due);
    }
}

#[test]
fn a_cancelled_thread_ends_after_its_drain() {
    let program = Program::build("outbox_cancel", "tests/c/outbox_cancel.c", &["-pthread"]);
    for checked in support::ways() {
        let sandbox = sandbox();
        sandbox.faults(r#"{"fault":"slow","ms_per_byte":8,"target":"order"}"#).unwrap();
        let args = [store("cancel"), sandbox.create_transaction()];
        program.run(*checked, &args, &environment(&sandbox), b"").ok();
        assert_eq!(external_ids(&sandbox), ["cancelled"]);
    }
}

#[test]
fn a_file_rests_before_a_fork() {
    let program = Program::build("outbox_fork", "tests/c/outbox_fork.c", &[]);
    for checked in support::ways() {
        let sandbox = sandbox();
        program.run(*checked, &[store("fork")], &environment(&sandbox), b"").ok();
    }
}

/// The static library shows what the shared one shows: nothing of SQLite, of TLS or of Rust.
#[test]
fn the_static_library_shows_what_the_header_declares() {
    let list = std::fs::read_to_string(ffi().join("../include/countersign.symbols")).unwrap();
    let library = installation().join("lib/libcountersign.a");
    let text = support::output(Command::new("nm").args(["-g", "--defined-only"]).arg(library));
    let mut names: Vec<_> = text.lines().filter_map(|line| line.split(" T ").nth(1)).collect();
    names.sort_unstable();
    assert_eq!(names, list.lines().collect::<Vec<_>>());
    assert!(!text.contains(" D ") && !text.contains(" W ") && !text.contains(" V "), "{text}");
}

#[test]
fn the_system_has_its_own_sqlite() {
    let Some(shared) = support::pkg_config("sqlite3") else {
        support::may_be_missing("sqlite3");
        return;
    };
    let folder = support::output(Command::new("pkg-config").args(["--variable=libdir", "sqlite3"]));
    let whole = format!("{}/libsqlite3.a", folder.trim());
    let source = "tests/c/beside_sqlite.c";
    let shared: Vec<&str> = shared.split_whitespace().collect();
    // Whichever comes first is asked first.
    let programs = [
        Program::build("beside_shared", source, &shared),
        Program::build_static("beside_static", source, &[], &shared),
        Program::build_static("beside_static_turned", source, &shared, &[]),
        Program::build_static("beside_whole", source, &[], &[&whole]),
        Program::build_static("beside_whole_turned", source, &[&whole], &[]),
    ];
    for program in programs {
        for checked in support::ways() {
            let args = [store("beside"), fresh("own").display().to_string()];
            program.run(*checked, &args, &[], b"").ok();
        }
    }
}

/// Two static libraries with Rust's runtime in them do not get into each other's way.
#[test]
fn another_static_library_of_rust_fits_beside() {
    let dir = scratch().join("other");
    std::fs::create_dir_all(&dir).unwrap();
    let (source, library, main) = (dir.join("other.rs"), dir.join("libother.a"), dir.join("main.c"));
    let other = r#"
        #[unsafe(no_mangle)]
        pub extern "C" fn other() -> i32 {
            let caught = std::panic::catch_unwind(|| vec![1, 2, 3].into_iter().map(|one| 60 / (one - 2)).sum::<i32>());
            if caught.is_err() { 7 } else { 0 }
        }"#;
    std::fs::write(&source, other).unwrap();
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let mut command = Command::new(rustc);
    command.args(["--edition=2024", "--crate-type=staticlib", "-Copt-level=1", "-o"]).arg(&library).arg(&source);
    support::output(&mut command);
    let program = r#"
        #include "check.h"
        extern int other(void);
        int main(void) {
            countersign_client *client = NULL;
            countersign_outbox *outbox = NULL;
            countersign_outbox_task *task = NULL;
            CHECK(other() == 7);
            CHECK(countersign_client_new(S("nowhere"), NULL, &client, NULL) == COUNTERSIGN_KIND_INVALID_ARGUMENT);
            MUST(countersign_outbox_new(S("mysql"), NULL, 0, &outbox, &err));
            FAILS(COUNTERSIGN_KIND_INTERNAL, countersign_outbox_begin(outbox, S("__panic"), NULL, 0, &task, &err));
            CHECK(other() == 7);
            countersign_outbox_free(outbox);
            return finish("other");
        }"#;
    std::fs::write(&main, program).unwrap();
    let (library, include) = (library.display().to_string(), format!("-I{}", ffi().join("tests/c").display()));
    let main = main.display().to_string();
    for (name, before, after) in
        [("other", vec![include.as_str()], vec![library.as_str()]), ("other_turned", vec![&include, &library], vec![])]
    {
        Program::build_static(name, &main, &before, &after).run(false, &[], &[], b"").ok();
    }
}

#[test]
fn example_outbox_sqlite() {
    // The tests' own folder may be one that is lost with its container, where no outbox belongs.
    let text = std::fs::read_to_string(ffi().join("examples/outbox_sqlite.c")).unwrap();
    let (given, anywhere) = (r#"\"create\":true"#, r#"\"create\":true,\"anywhere\":true"#);
    assert!(text.contains(given));
    let source = scratch().join("outbox_sqlite.c");
    std::fs::write(&source, text.replace(given, anywhere)).unwrap();
    let program = Program::build("outbox_sqlite", &source.display().to_string(), &[]);
    for checked in support::ways() {
        let place = store("example");
        let sandbox = sandbox();
        let args = [place.clone(), sandbox.create_transaction(), "1001".to_owned()];
        let first = program.run(*checked, &args, &environment(&sandbox), b"");
        assert_eq!(first.code, 0, "{}", first.text);
        assert!(first.text.contains(r#""status":"new""#) && first.text.contains(r#""placed":1"#), "{}", first.text);
        // The webhook comes again.
        let again = program.run(*checked, &args, &environment(&sandbox), b"").ok();
        assert!(again.text.contains(r#""status":"known""#) && again.text.contains(r#""placed":0"#), "{}", again.text);
        assert!(!first.text.contains(CANARY) && !again.text.contains(CANARY));
        assert_eq!(external_ids(&sandbox), ["1001"]);
        let nowhere = ["sqlite:/nowhere/outbox.db".to_owned(), "t".to_owned(), "1".to_owned()];
        let output = program.run(*checked, &nowhere, &environment(&sandbox), b"");
        assert!(output.code == 2 && output.text.contains("its folder cannot be used"), "{}", output.text);
    }
}

/// A program over libmariadb; without what it needs there is none.
fn over_libmariadb(name: &str, source: &str, more: &[&str]) -> Option<Program> {
    let mut flags = Vec::new();
    for package in [&["libmariadb"], more].concat() {
        let Some(own) = support::pkg_config(package) else {
            support::may_be_missing(package);
            return None;
        };
        flags.extend(own.split_whitespace().map(str::to_owned));
    }
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    Some(Program::build(name, source, &flags))
}

/// The program that does what lines say.
fn script_program(name: &str) -> Option<Program> {
    over_libmariadb(name, "tests/c/outbox_script.c", &["sqlite3"])
}

#[test]
fn example_outbox_mariadb() {
    let Some(program) = over_libmariadb("outbox_mariadb", "examples/outbox_mariadb.c", &[]) else { return };
    let (Some(lines), Some(mut server)) = (script_program("script_payments"), Server::start()) else { return };
    let place = ["host", "port", "user", "database"].map(|name| server.of(name));
    let of_server = server.environment();
    let environment = |sandbox: &Sandbox| [environment(sandbox), of_server.clone()].concat();
    let args = |design: String, id: &str| [&place[..], &[design, id.to_owned()]].concat();
    for (number, checked) in support::ways().iter().enumerate() {
        let sandbox = sandbox();
        // Every sandbox makes the same designs, and the database remembers for a while whose they were.
        let designs: Vec<String> = (0..=number).map(|_| sandbox.create_transaction()).collect();
        let design = designs[number].clone();
        // Its quote and its backslash reach the database as parameters.
        let id = format!("o'{number}\\\\é");
        let first = program.run(*checked, &args(design.clone(), &id), &environment(&sandbox), b"");
        assert_eq!(first.code, 0, "{}", first.text);
        for words in [r#"install: null"#, r#""status":"new""#, r#""placed":1"#, r#""state":"placed""#] {
            assert!(first.text.contains(words), "{words}\n{}", first.text);
        }
        let again = program.run(*checked, &args(design, &id), &environment(&sandbox), b"").ok();
        assert!(again.text.contains(r#""status":"known""#) && again.text.contains(r#""placed":0"#), "{}", again.text);
        assert!(!first.text.contains(CANARY) && !again.text.contains(CANARY));
        assert_eq!(external_ids(&sandbox), [id.replace("\\\\", "\\")]);
        // An order that breaks rules takes its payment with it.
        let bad = program.run(*checked, &args(String::new(), &format!("bad-{number}")), &environment(&sandbox), b"");
        assert!(bad.code == 1 && bad.text.contains("transactionId"), "{}", bad.text);
    }
    // One payment is there, and none of an order that was refused.
    let mut run = Run::begin(&lines, Over::MariaDb(&server), &serde_json::json!({}), 0, sandbox());
    let again = run.sql("INSERT INTO payments SELECT id, NOW() FROM payments LIMIT 1").unwrap_err();
    assert!(again.contains("Duplicate entry"), "{again}");
    run.sql("INSERT INTO payments VALUES ('bad-0', NOW())").unwrap();
    let sandbox = run.end();
    let wrong = [environment(&sandbox), vec![("MYSQL_PWD".to_owned(), "wrong".to_owned())]].concat();
    let output = program.run(false, &args("t".to_owned(), "1"), &wrong, b"");
    assert!(output.code == 2 && output.text.contains("Access denied"), "{}", output.text);
    let given = environment(&sandbox);
    let args = args("t".to_owned(), "1");
    server.kill();
    let output = program.run(false, &args, &given, b"");
    assert!(output.code == 2 && output.text.contains("connect"), "{}", output.text);
}

#[test]
fn the_script_over_mariadb() {
    let (Some(program), Some(server)) = (script_program("script_mariadb"), Server::start()) else { return };
    let done = script::run(&program, Over::MariaDb(&server), false);
    assert!(done > 20, "{done}");
}

#[test]
fn the_script_over_a_hosts_sqlite_and_in_a_file() {
    let Some(program) = script_program("script_sqlite") else { return };
    let (own, file) = (script::run(&program, Over::Sqlite, false), script::run(&program, Over::File, false));
    assert!(own > file && file > 20, "{own} {file}");
    if support::ways().contains(&true) {
        let checked = script::run(&program, Over::Sqlite, true);
        assert_eq!(checked, script::CHECKED.len());
    }
}

fn order(run: &Run) -> String {
    let design = run.sandbox.create_transaction();
    format!(
        r#"{{"order":{{"externalId":"1","paid":true,"orderItems":[{{"amountToOrder":1,"transactionId":"{design}"}}]}}}}"#
    )
}

/// What a drain writes is committed though the connection does not do that by itself, and what a host's transaction holds is not.
#[test]
fn a_connection_that_does_not_commit_by_itself() {
    let (Some(program), Some(server)) = (script_program("script_commit"), Server::start()) else { return };
    let row = serde_json::json!({});
    let mut run = Run::begin(&program, Over::MariaDb(&server), &row, 0, sandbox());
    let order = order(&run);
    run.sql("SET autocommit = 0").unwrap();
    run.must("install", "{}", "null");
    run.must("enqueue", &order, r#""status":"new""#);
    let (word, said) = run.say("do drain {}").unwrap();
    assert!(word == "error" && said.contains("transaction"), "{said}");
    run.sql("COMMIT").unwrap();
    run.must("drain", r#"{"seconds":20,"waits":false}"#, r#""placed":1"#);
    // Whatever it left uncommitted is gone with it.
    let sandbox = run.end();
    let mut again = Run::begin(&program, Over::MariaDb(&server), &row, 0, sandbox);
    again.must("get", r#"{"external_id":"1"}"#, r#""state":"placed""#);
    assert_eq!(external_ids(&again.end()), ["1"]);
}

/// The database dies while the platform has the order: nobody can write that down, and a later drain finds it out.
#[test]
fn a_database_that_dies_while_an_order_is_under_way() {
    let (Some(program), Some(mut server)) = (script_program("script_dies"), Server::start()) else { return };
    let row = serde_json::json!({ "scale": 20, "policy": { "lease": 50, "settle": 10, "gap": 5 } });
    let mut run = Run::begin(&program, Over::MariaDb(&server), &row, 0, sandbox());
    let order = order(&run);
    run.must("install", "{}", "null");
    run.must("enqueue", &order, r#""status":"new""#);
    run.sandbox.faults(r#"{"fault":"slow","ms_per_byte":4,"target":"order"}"#).unwrap();
    run.tell(r#"do drain {"seconds":20}"#);
    while run.sandbox.orders().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    server.kill();
    let (word, said) = run.hear().unwrap();
    assert!(word == "error" && said.contains(r#""kind":"store""#), "{word} {said}");
    let sandbox = run.end();
    server.start_again();
    let mut again = Run::begin(&program, Over::MariaDb(&server), &row, 0, sandbox);
    again.must("get", r#"{"external_id":"1"}"#, r#""state":"sending""#);
    again.must("drain", r#"{"seconds":60}"#, r#""placed":1"#);
    assert_eq!(external_ids(&again.end()), ["1"]);
}
