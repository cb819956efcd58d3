//! The store of a schedule: a real SQLite in memory that executes the engine's own statements, by a clock that is set.

use countersign_outbox::store::sqlite::execute;
use countersign_outbox::{Dialect, Outcome, Reason, State, Statement, Value};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::types::Value as Cell;
use std::collections::HashMap;

/// What a schedule writes into; how the store was made stays.
const WRITTEN: [&str; 3] = ["countersign_outbox", "countersign_outbox_design", "countersign_outbox_account"];

pub(crate) struct Store {
    connection: Connection,
    /// The engine's statements as they are executed: the clock is a parameter. `None` for those that do not ask it.
    texts: HashMap<String, Option<String>>,
}

/// Everything that schedules write, as it stood at one time.
pub(crate) struct Backup(Vec<Vec<Vec<Cell>>>);

/// What a check looks at in a row.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) external_id: String,
    pub(crate) state: State,
    pub(crate) reason: Option<Reason>,
    pub(crate) flags: i64,
    pub(crate) history: String,
}

impl Store {
    pub(crate) fn new() -> Self {
        // To give back a large piece once lets glibc keep small ones, which SQLite asks for and gives back all the time.
        drop(std::hint::black_box(Vec::<u8>::with_capacity(16 << 20)));
        let connection = Connection::open_in_memory().unwrap();
        connection.set_prepared_statement_cache_capacity(1024);
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        // Otherwise each statement is planned anew each time, for the values that it is given.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).unwrap();
        Self { connection, texts: HashMap::new() }
    }

    /// Executes a statement of the engine when the store's clock says `now`.
    pub(crate) fn execute(&mut self, statement: &Statement, now: i64) -> Outcome {
        let text = match self.texts.get(&statement.sql) {
            Some(text) => text,
            None => self.texts.entry(statement.sql.clone()).or_insert(clocked(&statement.sql)),
        };
        let Some(text) = text else { return execute(&self.connection, statement) };
        let mut params = Vec::with_capacity(statement.params.len() + 1);
        params.push(Value::Int(now));
        params.extend(statement.params.iter().cloned());
        execute(&self.connection, &Statement { sql: text.clone(), params, ..*statement })
    }

    /// As after `install`.
    pub(crate) fn empty(&mut self) {
        for table in WRITTEN {
            self.connection.prepare_cached(&format!("DELETE FROM {table}")).unwrap().execute([]).unwrap();
        }
        self.connection.prepare_cached("DELETE FROM sqlite_sequence").unwrap().execute([]).unwrap();
    }

    pub(crate) fn backup(&self) -> Backup {
        let table = |name: &str| {
            let mut select = self.connection.prepare_cached(&format!("SELECT * FROM {name}")).unwrap();
            let columns = select.column_count();
            let rows = select.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).unwrap();
            rows.map(Result::unwrap).collect()
        };
        Backup(WRITTEN.iter().map(|name| table(name)).collect())
    }

    pub(crate) fn restore(&mut self, backup: &Backup) {
        self.empty();
        for (name, rows) in WRITTEN.iter().zip(&backup.0) {
            for row in rows {
                let places = vec!["?"; row.len()].join(", ");
                let sql = format!("INSERT INTO {name} VALUES ({places})");
                let mut insert = self.connection.prepare_cached(&sql).unwrap();
                insert.execute(rusqlite::params_from_iter(row)).unwrap();
            }
        }
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        let sql = "SELECT external_id, state, reason, flags, history FROM countersign_outbox ORDER BY id";
        let mut select = self.connection.prepare_cached(sql).unwrap();
        let rows = select.query_map([], |row| {
            Ok(Line {
                external_id: row.get(0)?,
                state: State::of_number(row.get(1)?).unwrap(),
                reason: row.get::<_, Option<i64>>(2)?.and_then(Reason::of_number),
                flags: row.get(3)?,
                history: row.get(4)?,
            })
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    /// Whether something is open that a worker is to end.
    pub(crate) fn is_open(&self) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM countersign_outbox WHERE state BETWEEN 1 AND 3)";
        self.connection.prepare_cached(sql).unwrap().query_row([], |row| row.get(0)).unwrap()
    }

    /// Whether an account waits for `adopt`.
    pub(crate) fn is_moved(&self) -> bool {
        let sql = "SELECT EXISTS (SELECT 1 FROM countersign_outbox_account WHERE pause = 5)";
        self.connection.prepare_cached(sql).unwrap().query_row([], |row| row.get(0)).unwrap()
    }
}

/// The text with the clock as the first parameter, and all others after it.
fn clocked(sql: &str) -> Option<String> {
    if !sql.contains(Dialect::Sqlite.now()) {
        return None;
    }
    let mut out = String::with_capacity(sql.len());
    let mut number = 1;
    for (at, part) in sql.split(Dialect::Sqlite.now()).enumerate() {
        if at > 0 {
            out.push_str("?1");
        }
        for c in part.chars() {
            out.push(c);
            if c == '?' {
                number += 1;
                out.push_str(&number.to_string());
            }
        }
    }
    Some(out)
}
