//! `countersign sandbox` as a process: what ends it, what does not, and who may reach it.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{countersign, wait};

const BIN: &str = env!("CARGO_BIN_EXE_countersign");

/// A sandbox that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

fn start(args: &[&str], stdin: Stdio) -> Running {
    let mut command = Command::new(BIN);
    command
        .args(["sandbox", "--port", "0"])
        .args(args)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    Running(command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

fn first_line(from: impl Read) -> String {
    let mut line = String::new();
    BufReader::new(from).read_line(&mut line).unwrap();
    line
}

/// The status of a request to where the ready line says.
fn asked(ready: &str, host: &str) -> String {
    let ready: Value = serde_json::from_str(ready).unwrap();
    let address = ready["spiff"]["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn a_pipe_that_closes_ends_it() {
    let mut sandbox = start(&["--json"], Stdio::piped());
    let ready = first_line(sandbox.0.stdout.take().unwrap());
    assert_eq!(asked(&ready, "localhost"), "200");
    drop(sandbox.0.stdin.take());
    assert_eq!(wait(&mut sandbox.0), 0);
    // For people it says why.
    let ran = countersign(["sandbox"]).run().exits(0);
    assert!(ran.stderr.contains("Standard input was closed"), "{ran:?}");
}

#[test]
fn an_input_that_was_never_open_does_not() {
    for args in [&["--json"][..], &["--json", "--stay"]] {
        let mut sandbox = start(args, Stdio::null());
        let ready = first_line(sandbox.0.stdout.take().unwrap());
        let told = sandbox.0.stderr.take().unwrap();
        if args.len() == 1 {
            assert!(first_line(told).contains("runs until it is stopped"));
        }
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(asked(&ready, "localhost"), "200");
        assert!(sandbox.0.try_wait().unwrap().is_none(), "it ended");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_descriptor_does_not() {
    let shell = format!("exec {BIN} sandbox --json <&-");
    let mut command = Command::new("sh");
    command.args(["-c", &shell]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut sandbox = Running(command.spawn().unwrap());
    let ready = first_line(sandbox.0.stdout.take().unwrap());
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(asked(&ready, "localhost"), "200");
}

/// A job of an interactive shell, at a terminal of its own.
#[cfg(target_os = "linux")]
#[test]
fn the_terminal_does_not_stop_it_in_the_background() {
    let files = support::Files::new();
    let ready = format!("{}/ready", files.directory());
    let job = format!(
        "set -m; {BIN} sandbox --json > {ready} & pid=$!; \
         i=0; while [ ! -s {ready} ] && [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done; sleep 0.5; \
         cut -d' ' -f3 /proc/$pid/stat; kill $pid; kill -CONT $pid"
    );
    let job = files.write("job", job);
    let ran = Command::new("script").args(["-qec", &format!("bash {job}"), "/dev/null"]).stdin(Stdio::piped()).output();
    let Ok(ran) = ran else {
        let mut to = std::io::stderr();
        writeln!(to, "skipped: there is no script(1)").unwrap();
        return;
    };
    let shown = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(std::fs::metadata(&ready).is_ok_and(|about| about.len() > 0), "{shown}");
    let state = shown.lines().map(str::trim).find(|line| line.len() == 1).unwrap_or_default();
    assert_eq!(state, "S", "{shown}");
}

/// As in a container, where signals end the first process only if it asks for it.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_it_as_the_first_process() {
    let files = support::Files::new();
    let ready = format!("{}/ready", files.directory());
    let mut command = Command::new("unshare");
    command.args(["-Urpf", "--kill-child", BIN, "sandbox", "--json"]).stdin(Stdio::null()).stderr(Stdio::null());
    let mut outer = Running(command.stdout(std::fs::File::create(&ready).unwrap()).spawn().unwrap());
    let from = Instant::now();
    while std::fs::read(&ready).unwrap().is_empty() {
        if outer.0.try_wait().unwrap().is_some() || from.elapsed() > Duration::from_secs(30) {
            let mut to = std::io::stderr();
            writeln!(to, "skipped: this system makes no process spaces").unwrap();
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", outer.0.id())).unwrap();
    let kill = Command::new("kill").args(["-TERM", children.trim()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(wait(&mut outer.0), 143);
}

#[test]
fn others_are_let_in_on_demand() {
    let mut sandbox = start(&["--json", "--host", "0.0.0.0", "--allowed-host", "shop.test"], Stdio::piped());
    let ready = first_line(sandbox.0.stdout.take().unwrap());
    assert!(first_line(sandbox.0.stderr.take().unwrap()).starts_with("Warning: on 0.0.0.0 other machines"));
    for (host, status) in [("shop.test:1", "200"), ("localhost", "200"), ("other.test", "421")] {
        assert_eq!(asked(&ready, host), status, "{host}");
    }
    let mut quiet = start(&["--json", "--host", "::1"], Stdio::piped());
    if first_line(quiet.0.stdout.take().unwrap()).contains("http://[::1]:") {
        drop(quiet.0.stdin.take());
        let mut told = String::new();
        quiet.0.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        assert_eq!(told, "");
    }
    let ran = countersign(["sandbox", "--json", "--allowed-host", "http://shop.test"]).run().exits(1);
    assert!(ran.json()["error"]["message"].as_str().unwrap().contains("without scheme"), "{ran:?}");
    countersign(["sandbox", "--host", "localhost"]).run().exits(2);
}

/// A shop's test that knows nothing of the sandbox, but reads its environment: the command itself is one.
#[test]
fn a_command_runs_beside_it_and_its_end_is_the_end() {
    let order = r#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"'"$design"'"}]}"#;
    let script = format!(
        "set -e; made=$(curl -s -X POST $COUNTERSIGN_SPIFF_BASE_URL/_/transactions); \
         design=$(echo $made | sed 's/.*\"transactionId\":\"\\([^\"]*\\)\".*/\\1/'); \
         printf '%s' '{order}' | {BIN} order place -; exit 7"
    );
    // What leads to a real account is not there.
    let ran = countersign(["sandbox", "--", "sh", "-c", &script])
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("COUNTERSIGN_SPIFF_REGION", "us")
        .env("COUNTERSIGN_SPIFF_SECRET_KEY_FILE", "/nowhere")
        .env("COUNTERSIGN_SPIFF_APPLICATION_KEY", "real")
        .may_show_secrets()
        .run()
        .exits(7);
    assert!(ran.stdout.starts_with("placed"), "{ran:?}");
    let ran = countersign(["sandbox", "--", "./nothing/here"]).run().exits(127);
    assert!(ran.stderr.contains("./nothing/here cannot be run"), "{ran:?}");
    countersign(["sandbox", "--stay", "--", "true"]).run().exits(2);
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_command_beside_it() {
    let files = support::Files::new();
    let there = format!("{}/there", files.directory());
    let shell = format!("trap 'exit 9' TERM; trap '' INT; : > {there}; while :; do sleep 0.05; done");
    for (signal, code) in [("-TERM", 9), ("-INT", 9)] {
        _ = std::fs::remove_file(&there);
        let mut both = start(&["--", "sh", "-c", &shell], Stdio::null());
        while std::fs::metadata(&there).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        let kill = |signal: &str| Command::new("kill").args([signal, &both.0.id().to_string()]).status().unwrap();
        assert!(kill(signal).success());
        if signal == "-INT" {
            // The command decides: this one goes on.
            std::thread::sleep(Duration::from_millis(200));
            assert!(kill("-TERM").success());
        }
        assert_eq!(wait(&mut both.0), code, "{signal}");
    }
    countersign(["sandbox", "--", "/bin/sh", "-c", "kill -KILL $$"]).run().exits(137);
}
