//! The examples of the client, run as a reader would run them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_sandbox::Sandbox;
use std::process::Command;

/// Runs the example against the sandbox and answers what it printed.
fn bring_your_own_http(sandbox_url: &str, transaction: &str) -> String {
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--locked",
            "-p",
            "countersign",
            "--example",
            "bring_your_own_http",
            "--",
            transaction,
        ])
        .current_dir(countersign_tests::workspace_dir())
        .env("COUNTERSIGN_SPIFF_BASE_URL", sandbox_url)
        .env("COUNTERSIGN_SPIFF_ACCESS_KEY", "test_access_key")
        .env("COUNTERSIGN_SPIFF_SECRET_KEY", "test_secret_key")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_order_goes_through_another_transport() {
    let sandbox = Sandbox::start(countersign_sandbox::Options::default()).unwrap();
    let transaction = sandbox.create_transaction();
    let printed = bring_your_own_http(sandbox.spiff_url(), &transaction);
    assert!(printed.starts_with("placed: "), "{printed}");
    assert_eq!(sandbox.orders().len(), 1);

    sandbox.faults(r#"{"fault":"accept_then_hang"}"#).unwrap();
    let printed = bring_your_own_http(sandbox.spiff_url(), &sandbox.create_transaction());
    assert!(printed.starts_with("unknown: "), "{printed}");
    assert_eq!(sandbox.orders().len(), 2);

    let nobody_listens = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let printed = bring_your_own_http(&format!("http://{nobody_listens}"), &transaction);
    assert!(printed.starts_with("not placed: "), "{printed}");
}
