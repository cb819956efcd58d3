//! The README's terminal commands, run word for word against a sandbox.
#![cfg(all(feature = "outbox", feature = "sandbox"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::path::Path;
use std::process::Command;

#[test]
fn the_readme_works_as_written() {
    let sandbox = countersign_sandbox::Sandbox::start(countersign_sandbox::Options::default()).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&sandbox.ready_line()).unwrap();
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    // What installs is run where there is nothing installed, by the tests of each language.
    let blocks = readme.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script: String = blocks
        .filter(|block| !block.lines().any(|line| line.starts_with("make ") || line.starts_with("cd ")))
        .collect();
    // The sandbox is this test's own.
    let script = script.replace("countersign sandbox --port 8600\n", "");
    for command in ["order place", "doctor", "outbox run"] {
        assert!(script.contains(command), "the README lost its command {command}");
    }
    // A worker goes on until it is asked to end: it is, when it has delivered.
    let ended = "countersign outbox run & worker=$!\n\
                 until countersign outbox list --state placed --json | grep '\"1001\"'; do kill -0 $worker; sleep 0.1; done\n\
                 kill $worker; wait $worker\n";
    let script = script.replace("countersign outbox run\n", ended);

    let folder = std::env::temp_dir().join(format!("countersign-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let mut shell = Command::new("sh");
    shell.arg("-euxc").arg(script.replace("http://127.0.0.1:8600", sandbox.spiff_url())).current_dir(&folder);
    shell.env("PATH", format!("{}:{}", binary.display(), std::env::var("PATH").unwrap()));
    // The folders of tests may be ones that are gone with a container.
    shell.env("COUNTERSIGN_OUTBOX_ANYWHERE", "1");
    for (name, value) in ready["env"].as_object().unwrap() {
        shell.env(name, value.as_str().unwrap());
    }
    let output = shell.output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    let orders = sandbox.orders();
    assert_eq!((orders.len(), orders[0]["externalId"].as_str()), (1, Some("1001")), "{printed}");
}
