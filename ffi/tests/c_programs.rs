//! Builds the C programs of `tests/c` and `examples` against an installation, as anybody would, and runs them: by
//! themselves and, where it is installed, under valgrind. A secret that the programs were given must stand in no
//! output.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "what was measured and what was skipped is told")]

mod outbox;
mod support;

use countersign_sandbox::{Options, Sandbox};
use std::process::Command;
use support::{Program, functions_exported, installation, vectors_table};

/// The secret key of every sandbox here, and of `canary.c`.
const CANARY: &str = "canary-5f1c9a7e";

fn sandbox() -> Sandbox {
    let options = Options {
        secret_key: CANARY.to_owned(),
        application_key: format!("{CANARY}-2"),
        api_token: format!("{CANARY}-3"),
        integration_secret: format!("{CANARY}-4"),
        webhook_secret: format!("{CANARY}-5"),
        ..Options::default()
    };
    Sandbox::start(options).unwrap()
}

/// What a client finds the sandbox by.
fn environment(sandbox: &Sandbox) -> Vec<(String, String)> {
    let line: serde_json::Value = serde_json::from_str(&sandbox.ready_line()).unwrap();
    line["env"].as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect()
}

fn transactions(sandbox: &Sandbox, count: usize) -> Vec<String> {
    (0..count).map(|_| sandbox.create_transaction()).collect()
}

/// Runs a program plainly and under valgrind, each with a sandbox of its own that `prepare` sets up.
fn with_sandbox(
    program: &Program,
    count: usize,
    prepare: impl Fn(&Sandbox),
    judge: impl Fn(&Sandbox, &support::Output),
) {
    for checked in support::ways() {
        let sandbox = sandbox();
        let transactions = transactions(&sandbox, count);
        prepare(&sandbox);
        let output = program.run(*checked, &transactions, &environment(&sandbox), b"");
        assert!(!output.text.contains(CANARY), "a secret in the output of {}:\n{}", program.name, output.text);
        judge(&sandbox, &output);
    }
}

fn external_ids(sandbox: &Sandbox) -> Vec<String> {
    let mut ids: Vec<_> =
        sandbox.orders().iter().map(|order| order["externalId"].as_str().unwrap_or_default().to_owned()).collect();
    ids.sort();
    ids
}

#[test]
fn the_library_exports_what_the_header_declares_under_its_soname() {
    let installed = installation();
    let list = std::fs::read_to_string(support::ffi().join("../include/countersign.symbols")).unwrap();
    let due: Vec<_> = list.lines().map(str::to_owned).collect();
    assert_eq!(functions_exported(&installed.join("lib/libcountersign.so")), due);
    let dynamic = support::output(Command::new("readelf").arg("-d").arg(installed.join("lib/libcountersign.so")));
    assert!(dynamic.contains("soname: [libcountersign.so.0]"), "{dynamic}");
    let real = std::fs::canonicalize(installed.join("lib/libcountersign.so.0")).unwrap();
    assert!(real.ends_with(format!("libcountersign.so.{}", env!("CARGO_PKG_VERSION"))), "{}", real.display());
}

#[test]
fn the_library_is_small() {
    let bytes = std::fs::metadata(installation().join("lib/libcountersign.so")).unwrap().len();
    println!("libcountersign.so: {bytes} bytes");
    assert!(bytes <= LARGEST, "libcountersign.so has grown to {bytes} bytes");
}

/// Less than a careless dependency makes of it. The paths of the machine that built it stand in it too.
const LARGEST: u64 = 3_950_000;

#[test]
fn arguments_and_panics() {
    let program = Program::build("surface", "tests/c/surface.c", &[]);
    for checked in support::ways() {
        program.run(*checked, &[], &[], b"").ok();
    }
}

#[test]
fn vectors() {
    let dir = support::scratch().join("vectors");
    std::fs::create_dir_all(&dir).unwrap();
    let counts = vectors_table(&dir.join("vectors.h"));
    let include = format!("-I{}", dir.display());
    let program = Program::build("vectors", "tests/c/vectors.c", &[&include]);
    for checked in support::ways() {
        let output = program.run(*checked, &[], &[], b"").ok();
        for (name, count) in &counts {
            assert!(output.text.contains(&format!("{name} {count}\n")), "{}", output.text);
        }
        // The events that C knows: four that strike an order, a change and a read, and one that matters to the first two.
        assert_eq!(output.text.matches("event ").count(), 14, "{}", output.text);
    }
}

#[test]
fn a_client_places_doubts_settles_and_checks() {
    let program = Program::build("client", "tests/c/client.c", &[]);
    with_sandbox(
        &program,
        3,
        |sandbox| sandbox.faults(r#"{"fault":"accept_then_500","target":"order","platform":"spiff"}"#).unwrap(),
        |sandbox, output| {
            assert_eq!(output.code, 0, "{}", output.text);
            assert_eq!(external_ids(sandbox), ["c-1", "c-2", "c-4"]);
        },
    );
}

#[test]
fn threads_share_a_signer_a_call_and_a_client() {
    let program = Program::build("threads", "tests/c/threads.c", &["-pthread"]);
    with_sandbox(
        &program,
        12,
        |_| (),
        |sandbox, output| {
            assert_eq!(output.code, 0, "{}", output.text);
            assert_eq!(external_ids(sandbox).len(), 12);
        },
    );
}

/// A thread that is cancelled inside a call ends after it, with its outcome.
#[test]
fn a_cancelled_thread_ends_after_its_call() {
    let program = Program::build("cancel", "tests/c/cancel.c", &["-pthread"]);
    with_sandbox(
        &program,
        1,
        |sandbox| sandbox.faults(r#"{"fault":"slow","ms_per_byte":8,"target":"order"}"#).unwrap(),
        |sandbox, output| {
            assert_eq!(output.code, 0, "{}", output.text);
            assert_eq!(external_ids(sandbox), ["cancelled"]);
        },
    );
}

#[test]
fn parent_and_child_use_one_client_after_fork() {
    let program = Program::build("fork", "tests/c/fork.c", &[]);
    with_sandbox(
        &program,
        3,
        |_| (),
        |sandbox, output| {
            assert_eq!(output.code, 0, "{}", output.text);
            assert_eq!(external_ids(sandbox), ["f-before", "f-child", "f-parent"]);
        },
    );
}

#[test]
fn secrets_stand_in_no_output() {
    let program = Program::build("canary", "tests/c/canary.c", &[]);
    for checked in support::ways() {
        let output = program.run(*checked, &[], &[], b"").ok();
        assert!(output.text.lines().count() > 15, "{}", output.text);
        assert!(!output.text.contains("canary-5f1"), "a secret in the output:\n{}", output.text);
    }
}

#[test]
fn cpp_programs_link_and_run() {
    let program = Program::build("both_languages", "tests/c/both_languages.cc", &[]);
    for checked in support::ways() {
        program.run(*checked, &[], &[], b"").ok();
    }
}

#[test]
fn a_program_links_the_static_library() {
    let program = Program::build_static("surface_static", "tests/c/surface.c", &[], &[]);
    program.run(false, &[], &[], b"").ok();
}

#[test]
fn example_sign() {
    let program = Program::build("sign", "examples/sign.c", &[]);
    let given = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let environment = [given("ACCESS_KEY", "access-key"), given("SECRET_KEY", "secret-key")];
    let body = br#"{"externalId":"external-id","autoPrint":false,"orderItems":[]}"#;
    let args: Vec<String> =
        ["POST", "/api/v2/orders", "Wed, 01 Jan 2020 00:00:00 GMT"].iter().map(|arg| (*arg).to_owned()).collect();
    for checked in support::ways() {
        let output = program.run(*checked, &args, &environment, body).ok();
        assert_eq!(output.text, "SOA access-key:bVvHhiG9Z2cASXRm+lcGZbdAfGM=\n");
    }
}

/// An order placed, one in doubt that was accepted, and one refused.
#[test]
fn example_place_order() {
    let program = Program::build("place_order", "examples/place_order.c", &[]);
    let doubt = r#"{"fault":"accept_then_500","target":"order"}"#;
    let refused = r#"{"fault":"403","target":"order"}"#;
    for (faults, code, words, orders) in
        [("[]", 0, "placed", 1), (doubt, 0, "settled: it was placed", 1), (refused, 1, "not placed", 0)]
    {
        for checked in support::ways() {
            let sandbox = sandbox();
            let args = [sandbox.create_transaction(), "1001".to_owned()];
            sandbox.faults(faults).unwrap();
            let output = program.run(*checked, &args, &environment(&sandbox), b"");
            assert_eq!(output.code, code, "{}", output.text);
            assert!(output.text.contains(words) && !output.text.contains(CANARY), "{}", output.text);
            assert_eq!(sandbox.orders().len(), orders);
        }
    }
}

#[test]
fn example_read_model() {
    let program = Program::build("read_model", "examples/read_model.c", &[]);
    let design = "5a000000-0000-4000-8000-000000000040";
    for (fields, code, words) in [
        (
            "designName product { name }",
            0,
            r#"[{"id":"5a000000-0000-4000-8000-000000000040","designName":"Sam's mug","product":{"name":"#,
        ),
        (
            "desginName",
            1,
            r#"invalid_argument: The input has 1 problem: select.desginName: Transaction has no field "desginName". Did you mean "designName"?"#,
        ),
    ] {
        for checked in support::ways() {
            let sandbox = sandbox();
            let args = [fields.to_owned(), design.to_owned(), "none".to_owned()];
            let output = program.run(*checked, &args, &environment(&sandbox), b"");
            assert_eq!(output.code, code, "{}", output.text);
            assert!(output.text.contains(words), "{}", output.text);
            assert_eq!(output.text.contains(",null]"), code == 0, "{}", output.text);
        }
    }
}

#[test]
fn example_webhook() {
    let program = Program::build("webhook", "examples/webhook.c", &[]);
    let delivery = "x-webhook-timestamp: 1704067200\r\n\
        x-webhook-signature: a5db79ba4ef38d08f371ecf4321d6dab7dd056fad0787058ddbd1207a8c1813f\r\n\r\n\
        {\"product\":{\"product_id\":1,\"title\":\"Custom Neon: Hello World\",\"price\":10000,\"external_data\":{}}}";
    let environment = [("WEBHOOK_SECRET".to_owned(), "sc_test_secret_0123456789".to_owned())];
    for checked in support::ways() {
        let good = program.run(*checked, &["1704067260".to_owned()], &environment, delivery.as_bytes()).ok();
        assert!(
            good.text.contains("product:created product:1") && good.text.contains(r#"{"external_id":"sku-1"}"#),
            "{}",
            good.text
        );
        let late = program.run(*checked, &[], &environment, delivery.as_bytes());
        assert!(late.code == 1 && late.text.contains("too_old"), "{}", late.text);
        let forged = delivery.replace("Hello", "Hullo");
        let forged = program.run(*checked, &["1704067260".to_owned()], &environment, forged.as_bytes());
        assert!(forged.code == 1 && forged.text.contains("mismatch"), "{}", forged.text);
    }
}

#[test]
fn example_libcurl() {
    let Some(flags) = support::pkg_config("libcurl") else {
        support::may_be_missing("libcurl");
        return;
    };
    let flags: Vec<&str> = flags.split_whitespace().collect();
    let program = Program::build("libcurl", "examples/libcurl.c", &flags);
    for (faults, code, words, orders) in [
        ("[]", 0, "placed", 1),
        (r#"{"fault":"cut_reply","bytes":30,"target":"order"}"#, 3, "interrupted", 1),
        (r#"{"fault":"401","target":"order"}"#, 1, "authentication", 0),
    ] {
        let sandbox = sandbox();
        let args = [sandbox.create_transaction(), "1001".to_owned()];
        sandbox.faults(faults).unwrap();
        let output = program.run(false, &args, &environment(&sandbox), b"");
        assert_eq!(output.code, code, "{}", output.text);
        assert!(output.text.contains(words) && !output.text.contains(CANARY), "{}", output.text);
        assert_eq!(sandbox.orders().len(), orders);
    }
    let nowhere = [
        ("COUNTERSIGN_SPIFF_BASE_URL", "http://127.0.0.1:1"),
        ("COUNTERSIGN_SPIFF_ACCESS_KEY", "k"),
        ("COUNTERSIGN_SPIFF_SECRET_KEY", "s"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = program.run(false, &["t".to_owned(), "1".to_owned()], &nowhere, b"");
    assert!(output.code == 1 && output.text.contains("connect"), "{}", output.text);
}

#[test]
fn the_program_of_the_manual() {
    let manual = std::fs::read_to_string(support::ffi().join("../docs/c.md")).unwrap();
    let programs: Vec<_> =
        manual.split("```c\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    let [program] = programs[..] else { panic!("docs/c.md has {} programs", programs.len()) };
    for (faults, code, words, orders) in [
        ("[]", 0, "placed: ", 1),
        (r#"{"fault":"cut_reply","bytes":30,"target":"order"}"#, 3, "unknown: ", 1),
        (r#"{"fault":"401","target":"order"}"#, 1, "not placed: ", 0),
    ] {
        let sandbox = sandbox();
        let source = support::scratch().join("manual.c");
        std::fs::write(&source, program).unwrap();
        sandbox.faults(faults).unwrap();
        let built = Program::build("manual", &source.display().to_string(), &[]);
        let mut environment = environment(&sandbox);
        environment.push(("TRANSACTION_ID".to_owned(), sandbox.create_transaction()));
        let output = built.run(false, &[], &environment, b"");
        assert_eq!(output.code, code, "{}", output.text);
        assert!(output.text.contains(words) && !output.text.contains(CANARY), "{}", output.text);
        assert_eq!(sandbox.orders().len(), orders);
    }
}

/// The example of a shop's tests, by the two commands of its README, in a folder of its own.
#[test]
fn example_tests() {
    let from = support::ffi().join("../examples/tests/c");
    let folder = support::scratch().join("example-tests");
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    for file in std::fs::read_dir(&from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    let readme = std::fs::read_to_string(from.join("README.md")).unwrap();
    let commands = readme.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(commands.lines().count(), 2, "{commands}");
    let target = support::scratch().parent().unwrap().to_path_buf();
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["build", "--locked", "--quiet", "-p", "countersign-cli"]).env("CARGO_TARGET_DIR", &target);
    support::output(cargo.current_dir(support::ffi()));
    let prefix = support::installation().join("lib");
    let path = format!("{}:{}", target.join("debug").display(), std::env::var("PATH").unwrap());
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-ec", &commands.replace("-std=c99", "-std=c99 -Wall -Wextra -Wpedantic -Werror")])
        .current_dir(&folder);
    shell.env("PATH", path).env("PKG_CONFIG_PATH", prefix.join("pkgconfig")).env("LD_LIBRARY_PATH", &prefix);
    let text = support::output(&mut shell);
    assert_eq!(text, "mocked: ok\ncheckout: ok\n");
}
