//! A database server of a test's own, started by the scripts in `tests/`, that ends with it.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

/// The password of the server's user. No command may show it.
pub(crate) const PASSWORD: &str = "shop-secret";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Postgresql,
    Mariadb,
}

pub(crate) struct Server {
    pub(crate) kind: Kind,
    /// What the script told.
    pub(crate) told: Value,
    /// The script, and what it says.
    script: Mutex<(Child, BufReader<ChildStdout>)>,
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

impl Server {
    pub(crate) fn start(kind: Kind, options: &[&str]) -> Self {
        let name = if kind == Kind::Postgresql { "tests/postgresql.py" } else { "tests/mariadb.py" };
        let mut script = Command::new("python3")
            .arg(repository().join(name))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(script.stdout.take().unwrap());
        let told = read(&mut lines);
        Self { kind, told, script: Mutex::new((script, lines)) }
    }

    pub(crate) fn postgresql(options: &[&str]) -> Self {
        Self::start(Kind::Postgresql, options)
    }

    pub(crate) fn mariadb(options: &[&str]) -> Self {
        Self::start(Kind::Mariadb, options)
    }

    pub(crate) fn port(&self, name: &str) -> u64 {
        self.told[name].as_u64().unwrap()
    }

    pub(crate) fn folder(&self) -> &str {
        self.told["socket"].as_str().unwrap()
    }

    /// The store's URL, with its password.
    pub(crate) fn url(&self) -> String {
        self.at("port", "shop")
    }

    /// The same through pgbouncer, or to another database.
    pub(crate) fn at(&self, port: &str, database: &str) -> String {
        let scheme = if self.kind == Kind::Postgresql { "postgresql" } else { "mysql" };
        format!("{scheme}://shop:{PASSWORD}@127.0.0.1:{}/{database}", self.port(port))
    }

    fn say(&self, word: &str) {
        let mut script = self.script.lock().unwrap();
        let to = script.0.stdin.as_mut().unwrap();
        writeln!(to, "{word}").and_then(|()| to.flush()).unwrap();
    }

    /// Ends it as when its machine fails.
    pub(crate) fn kill(&self) {
        self.say("kill");
    }

    /// An orderly end.
    pub(crate) fn stop(&self) {
        self.say("stop");
    }

    pub(crate) fn freeze(&self) {
        self.say("freeze");
    }

    pub(crate) fn go_on(&self) {
        self.say("continue");
    }

    /// Starts it again, and waits until it takes connections.
    pub(crate) fn again(&self) {
        self.say("start");
        read(&mut self.script.lock().unwrap().1);
    }

    /// Runs SQL as a person at the server does, and answers what it printed.
    pub(crate) fn sql(&self, sql: &str) -> String {
        self.sql_at("port", sql).unwrap_or_else(|why| panic!("{sql}: {why}"))
    }

    pub(crate) fn sql_at(&self, port: &str, sql: &str) -> Result<String, String> {
        let port = self.port(port).to_string();
        let mut client = if self.kind == Kind::Postgresql {
            let mut psql = Command::new("psql");
            psql.args([
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-U",
                "shop",
                "-c",
                sql,
                "shop",
            ]);
            psql.env("PGPASSWORD", PASSWORD);
            psql
        } else {
            let mut mariadb = Command::new("mariadb");
            mariadb.args([
                "--no-defaults",
                "-N",
                "-B",
                "-h",
                "127.0.0.1",
                "-P",
                &port,
                "-u",
                "shop",
                "-e",
                sql,
                "shop",
            ]);
            mariadb.env("MYSQL_PWD", PASSWORD);
            mariadb
        };
        let done = client.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
    }
}

fn read(lines: &mut BufReader<ChildStdout>) -> Value {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    serde_json::from_str(&line).expect("the script of the server printed its line")
}

impl Drop for Server {
    fn drop(&mut self) {
        let script = self.script.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        // It ends when nobody can tell it anything any more.
        drop(script.0.stdin.take());
        _ = script.0.wait();
    }
}
