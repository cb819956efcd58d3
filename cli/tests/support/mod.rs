//! Runs the built command with a clean environment, a time limit, and a watch for secrets in whatever it prints.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test file uses its part; a test fails by panicking"
)]

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Stands in every secret of these tests; no output may hold it.
pub const CANARY: &str = "canary-5f1e";

/// How long a command may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Standard output as one JSON value.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The same, after checking the exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// A command to run.
pub struct Run {
    command: Command,
    stdin: Vec<u8>,
    may_show_secrets: bool,
    may_panic: bool,
}

/// The command with these arguments and an empty environment.
pub fn countersign<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Run {
    // Another one, where several are built beside each other.
    let program = std::env::var_os("COUNTERSIGN_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_countersign").into());
    let mut command = Command::new(program);
    command.args(args).env_clear();
    Run { command, stdin: Vec::new(), may_show_secrets: false, may_panic: false }
}

impl Run {
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn envs(mut self, all: &[(&str, &str)]) -> Self {
        self.command.envs(all.iter().copied());
        self
    }

    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    pub fn may_show_secrets(mut self) -> Self {
        self.may_show_secrets = true;
        self
    }

    pub fn may_panic(mut self) -> Self {
        self.may_panic = true;
        self
    }

    #[track_caller]
    pub fn run(self) -> Ran {
        self.run_and(|_| {})
    }

    /// Runs it, and does something while it runs.
    #[track_caller]
    pub fn run_and(mut self, meanwhile: impl FnOnce(&Child)) -> Ran {
        let mut child =
            self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let bytes = std::mem::take(&mut self.stdin);
        // A command that does not read its input closes it.
        let writer = std::thread::spawn(move || _ = stdin.write_all(&bytes));
        let stdout = reader(child.stdout.take().unwrap());
        let stderr = reader(child.stderr.take().unwrap());
        meanwhile(&child);
        let code = wait(&mut child);
        writer.join().unwrap();
        let ran = Ran { code, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() };
        let shown = [&ran.stdout, &ran.stderr].iter().any(|text| text.contains(CANARY));
        assert!(!shown || self.may_show_secrets, "a secret was printed: {ran:#?}");
        assert!(self.may_panic || !ran.stderr.contains("panicked"), "{ran:#?}");
        ran
    }

    /// Starts it with pipes, for tests that talk to it.
    pub fn spawn(mut self) -> Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }
}

fn reader(mut from: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// The signal that ended it; 1 where there are none.
fn signal(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = {
        _ = status;
        None
    };
    signal.unwrap_or(1)
}

/// Waits for the end, but not for ever; the signal that ended it is negative.
#[track_caller]
pub fn wait(child: &mut Child) -> i32 {
    let from = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or_else(|| -signal(status));
        }
        if from.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the command did not end in {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A directory that goes away with the test.
pub struct Files(PathBuf);

impl Files {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("countersign-cli-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The path of a file with this content.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The path of a file that does not exist.
    pub fn missing(&self) -> String {
        self.0.join("missing").to_str().unwrap().to_owned()
    }

    /// The directory itself.
    pub fn directory(&self) -> String {
        self.0.to_str().unwrap().to_owned()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}
