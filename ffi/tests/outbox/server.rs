//! A MariaDB server of a test's own, by `tests/mariadb.py`.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

/// It ends with this, or with the process of the test.
pub(crate) struct Server {
    process: Child,
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
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("tests/mariadb.py said {line:?}: {error}"));
        Some(Self { process, ready })
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

    /// SIGKILL, as when the machine fails.
    pub(crate) fn kill(&mut self) {
        self.process.stdin.as_mut().unwrap().write_all(b"kill\n").unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}
