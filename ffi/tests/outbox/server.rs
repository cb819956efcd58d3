//! A MariaDB server of a test's own, by `tests/mariadb.py`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};

/// It ends with this, or with the process of the test.
pub(crate) struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    ready: serde_json::Value,
}

impl Server {
    /// Starts one, unless it is not installed.
    pub(crate) fn start() -> Option<Self> {
        let there = |program: &&str| std::path::Path::new(program).exists();
        if !["/usr/sbin/mariadbd", "/usr/local/sbin/mariadbd", "/usr/bin/mariadbd"].iter().any(there) {
            crate::support::may_be_missing("mariadbd");
            return None;
        }
        let mut process = Command::new("python3")
            .arg(crate::support::ffi().join("../tests/mariadb.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, output, ready: serde_json::Value::Null };
        server.wait();
        Some(server)
    }

    fn wait(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        self.ready =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("tests/mariadb.py said {line:?}: {error}"));
    }

    pub(crate) fn of(&self, name: &str) -> String {
        self.ready[name].as_str().map_or_else(|| self.ready[name].to_string(), str::to_owned)
    }

    /// How a program finds it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        [
            ("DB_HOST", "host"),
            ("DB_PORT", "port"),
            ("DB_USER", "user"),
            ("DB_NAME", "database"),
            ("MYSQL_PWD", "password"),
        ]
        .map(|(variable, name)| (variable.to_owned(), self.of(name)))
        .to_vec()
    }

    fn say(&mut self, line: &[u8]) {
        self.process.stdin.as_mut().unwrap().write_all(line).unwrap();
    }

    /// SIGKILL, as when the machine fails. When this returns, nobody answers any more.
    pub(crate) fn kill(&mut self) {
        self.say(b"kill\n");
        let address = format!("127.0.0.1:{}", self.of("port"));
        while TcpStream::connect(&address).is_ok() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// The same data again, after a kill.
    pub(crate) fn start_again(&mut self) {
        self.say(b"start\n");
        self.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}
