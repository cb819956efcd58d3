//! Every program of `docs/rust.md` and `docs/start/rust.md`, as it stands, against the sandbox. What `docs/outbox.md` and `sandbox/README.md` show compiles.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    dead_code,
    unused_variables,
    reason = "programs for people to read, one of which is a test itself"
)]

use countersign_sandbox::{Options, Sandbox};
use countersign_tests::workspace_dir;

macro_rules! programs {
    ($($name:ident $at:literal)*) => {
        $(mod $name {
            include!(concat!(env!("OUT_DIR"), "/manual-", $at, ".rs"));

            pub(super) fn run() {
                main().unwrap();
            }
        })*

        /// What a child of these tests does: one program.
        #[test]
        fn child() {
            match std::env::var("MANUAL_PROGRAM").as_deref() {
                $(Ok(stringify!($name)) => $name::run(),)*
                _ => {}
            }
        }
    };
}

programs! {
    first_order 0
    spans 1
    under_tokio 2
    outbox 3
}

/// A test of a shop, which runs as one of these.
mod testing {
    include!(concat!(env!("OUT_DIR"), "/manual-4.rs"));
}

/// Parts of other pages, which leave something to the reader: they compile.
mod parts {
    mod outbox {
        include!(concat!(env!("OUT_DIR"), "/outbox-0.rs"));
    }
    mod sandbox {
        include!(concat!(env!("OUT_DIR"), "/sandbox-0.rs"));
    }
}

/// What a program prints.
fn printed(sandbox: &Sandbox, program: &str) -> String {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "child", "--nocapture"]).env("MANUAL_PROGRAM", program);
    child.env("COUNTERSIGN_SPIFF_BASE_URL", sandbox.spiff_url());
    child.env("COUNTERSIGN_SPIFF_ACCESS_KEY", "test_access_key").env("COUNTERSIGN_SPIFF_SECRET_KEY", "test_secret_key");
    child.env("TRANSACTION_ID", sandbox.create_transaction());
    // A folder of the repository's: files of an outbox are refused where a container keeps its own.
    let folder = workspace_dir().join("target").join(format!("rust-manual-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    child.env("OUTBOX_FILE", folder.join("outbox.db"));
    child.env("COUNTERSIGN_OUTBOX_ANYWHERE", "1");
    let output = child.output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    text
}

fn blocks(file: &str, fence: &str) -> Vec<String> {
    let text = std::fs::read_to_string(workspace_dir().join(file)).unwrap();
    text.split(fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_program_of_the_manual_does_what_it_says() {
    let programs = blocks("docs/rust.md", "```rust\n");
    assert_eq!(programs.len(), 5, "a program without a test");
    assert_eq!(blocks("docs/start/rust.md", "```rust\n"), programs[..1]);
    let sandbox = Sandbox::start(Options::default()).unwrap();
    for (program, words) in [
        ("first_order", "placed: "),
        ("spans", "> POST 1\n< Some(200) after "),
        ("under_tokio", "placed: "),
        ("outbox", "New\n1 placed\n"),
    ] {
        let text = printed(&sandbox, program);
        assert!(text.contains(words), "{program}: {text}");
    }
    sandbox.faults(r#"{"fault":"accept_then_500","target":"order"}"#).unwrap();
    let text = printed(&sandbox, "first_order");
    assert!(text.contains("unknown at first, but it was placed\n"), "{text}");
    sandbox.faults(r#"{"fault":"500","target":"order"}"#).unwrap();
    let text = printed(&sandbox, "first_order");
    assert!(text.contains("Settle again at Some("), "{text}");
    sandbox.faults(r#"{"fault":"429","target":"order"}"#).unwrap();
    let text = printed(&sandbox, "first_order");
    assert!(text.contains("not placed; place it again later: "), "{text}");
}
