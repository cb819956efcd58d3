//! The statements of every dialect, and that the engine goes the same way over each. Servers come with their runners; here
//! SQLite executes what was written for MySQL and PostgreSQL, after their clock and placeholders are put in its words.
//!
//! `tests/statements.md` shows every statement that a database is given. `COUNTERSIGN_UPDATE=1` rewrites it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod support;

use countersign::delivery::{Class, Effect};
use countersign::spiff::{PlacedOrder, Seen, SeenTransaction};
use countersign::{Error, Options, Platform};
use countersign_outbox::store::sqlite::execute;
use countersign_outbox::{
    Answer, Asked, Decision, Dialect, Engine, Enqueue, Filter, Outcome, State, Statement, Step, Task, Told,
    TroubleKind, Wants,
};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use support::{order, policy, settings};

/// Runs statements of a dialect on SQLite, and keeps their texts.
struct Store {
    dialect: Dialect,
    connection: Connection,
    seen: BTreeMap<String, Wants>,
    /// What became of each order at the platform, and what is said next.
    orders: BTreeMap<String, String>,
    next: Vec<Class>,
    transactions: i64,
}

impl Store {
    fn new(dialect: Dialect) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        Self { dialect, connection, seen: BTreeMap::new(), orders: BTreeMap::new(), next: Vec::new(), transactions: 0 }
    }

    fn execute(&mut self, statement: &Statement) -> Outcome {
        let sql = &statement.sql;
        assert!(
            statement.sql.is_ascii()
                && statement.params.iter().all(|value| match value {
                    countersign_outbox::Value::Text(text) => text.is_ascii(),
                    countersign_outbox::Value::Int(number) => number.abs() < 1 << 53,
                    countersign_outbox::Value::Null => true,
                })
        );
        let key = format!("{}\n{sql}", statement.name);
        self.seen.insert(key, statement.wants);
        assert!(statement.name != "schema", "{sql}");
        if statement.name == "no_transaction" {
            return Outcome::Count(0);
        }
        if let Some(answer) = self.of_the_session(statement.name) {
            assert_ne!(self.dialect, Dialect::Sqlite, "{sql}");
            return answer;
        }
        let mut own = sql.replace(self.dialect.now(), Dialect::Sqlite.now());
        own = own
            .replace("@@read_only", "0")
            .replace("TIMESTAMPDIFF(SECOND, NOW(), SYSDATE())", "0")
            .replace("CONVERT(_ascii X'5C7E' USING ascii)", "''");
        assert!(!own.contains("UTC_TIMESTAMP") && !own.contains("statement_timestamp"), "{own}");
        if self.dialect == Dialect::Postgresql {
            own = own
                .replace('$', "?")
                .replace("CASE current_setting('transaction_read_only') WHEN 'on' THEN 1 ELSE 0 END", "0");
            // How a statement is committed and waits is the server's alone.
            for terms in [
                "(current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on')",
                "set_config('synchronous_commit', 'off', true) = 'off'",
                "set_config('lock_timeout', '1s', true) <> ''",
            ] {
                own = own.replace(terms, "true");
            }
            let changes = statement.wants == Wants::Count;
            assert!(!changes || own.contains("true"), "it says nothing of its commit: {sql}");
        }
        own = own.replace(" FOR UPDATE NOWAIT", "").replace(" FORCE INDEX (countersign_outbox_due)", "");
        if self.dialect == Dialect::Mysql {
            for word in ["ON CONFLICT", "RETURNING", "IGNORE", "REPLACE"] {
                assert!(!own.contains(word), "{own}");
            }
        }
        if statement.wants == Wants::Rows {
            // A driver may give a row as a map.
            let prepared = self.connection.prepare(&own).unwrap();
            let names: std::collections::BTreeSet<_> = prepared.column_names().collect();
            assert_eq!(names.len(), prepared.column_count(), "a column's name stands twice: {own}");
        }
        execute(&self.connection, &Statement { sql: own, ..statement.clone() })
    }

    /// What a server says of the connection, on a good day.
    fn of_the_session(&mut self, name: &str) -> Option<Outcome> {
        let text = |text: &str| countersign_outbox::Value::from(text);
        let mysql = self.dialect == Dialect::Mysql;
        Some(match name {
            "patience" | "own_patience" => Outcome::Count(0),
            "session" if mysql => Outcome::Rows(vec![
                ["0", "0", "\\~", "shop", "1", "50", "1", "0", "1", "1700000000.000001"].map(text).to_vec(),
            ]),
            "session" => {
                Outcome::Rows(vec![["0", "0", "", "shop", "public", "on", "on", "on", "", "1"].map(text).to_vec()])
            }
            "timestamp" => Outcome::Rows(vec![vec![text("1700000000.000002")]]),
            "transaction" => {
                self.transactions += 1;
                Outcome::Rows(vec![vec![self.transactions.into()]])
            }
            "server" if mysql => Outcome::Rows(vec![vec![text("server_uuid"), text("a-b-c")]]),
            "server" => Outcome::Rows(vec![vec![text("7"), text("00000001")]]),
            "engines" => Outcome::Rows(vec![vec![text("countersign_outbox"), text("InnoDB")]]),
            _ => return None,
        })
    }

    fn told(&mut self, what: &Asked) -> Told {
        match what {
            Asked::Look(designs) => {
                let shown = |id: &String| {
                    let by = self.orders.get(id).cloned();
                    Some(SeenTransaction {
                        id: Some(id.clone()),
                        is_ordered: Some(by.is_some()),
                        external_order_id: by,
                    })
                };
                let transactions = designs.transactions.iter().map(shown).collect();
                Told::Seen(Ok(Seen { transactions, ..Seen::default() }))
            }
            Asked::Send(draft) => Told::Sent(Box::new(match self.next.pop() {
                Some(class) => Err(Error::of_class(class, Effect::Order, "so it is said")),
                None => {
                    let external_id = draft.external_id().to_owned();
                    self.orders.insert(draft.designs().transactions[0].clone(), external_id.clone());
                    Ok(PlacedOrder {
                        id: Some("o-1".to_owned()),
                        internal_id: None,
                        external_id,
                        errors: None,
                        raw: None,
                    })
                }
            })),
            _ => Told::Checked(Ok(Some("i-1".to_owned()))),
        }
    }

    fn run<T: 'static>(&mut self, mut task: Task<T>) -> T {
        let mut outcome = Outcome::Begin;
        loop {
            outcome = match task.next(Answer::of(outcome).unwrap()) {
                Step::Done(result) => return result.unwrap(),
                Step::Sql(statement) => {
                    let done = self.execute(&statement);
                    if let Outcome::Trouble(trouble) = &done {
                        assert_eq!(trouble.kind, TroubleKind::Duplicate, "{}: {}", statement.sql, trouble.message);
                    }
                    done
                }
                Step::Call(call) => Outcome::Told(self.told(&call.what)),
                Step::Wait(ms) => {
                    std::thread::sleep(std::time::Duration::from_millis(u64::try_from(ms).unwrap()));
                    Outcome::Waited
                }
            };
        }
    }
}

/// A shop's life: every kind of statement occurs.
fn life(dialect: Dialect) -> (BTreeMap<String, Wants>, Vec<String>) {
    let options = Options::new().set("access_key", "k").set("secret_key", "s").set("base_url", "http://127.0.0.1:9");
    let platform = Platform::new("spiff", &options).unwrap();
    let signs = Options::new().set("api_token", "t").set("base_url", "http://127.0.0.1:9");
    let signs = Platform::new("sign_customiser", &signs).unwrap();
    let accounts = [("shop", platform), ("signs", signs)];
    let policy = countersign_outbox::Policy { keep_bodies: 0, ..policy(1000) };
    let own = settings(&accounts, policy.clone());
    let engine = Engine::new(dialect, "site".to_owned(), own).unwrap();
    let mut store = Store::new(dialect);
    for sql in Dialect::Sqlite.schema("") {
        store.connection.execute_batch(&sql).unwrap();
    }
    // They are there: an installation leaves them out.
    store.seen.extend(dialect.schema("").into_iter().map(|sql| (format!("schema\n{sql}"), Wants::Count)));
    store.run(engine.install());
    let mut said = Vec::new();
    let enqueue = |store: &mut Store, said: &mut Vec<String>, id: &str, design: &str, amount: u32| {
        let told = store.run(engine.enqueue(Some("shop"), &order(id, design, amount), Enqueue::default()));
        said.push(format!("{id} {:?} {}", told.status, told.state));
    };
    enqueue(&mut store, &mut said, "1", "a", 1);
    enqueue(&mut store, &mut said, "1", "a", 1);
    enqueue(&mut store, &mut said, "1", "a", 2);
    // It is in doubt, absent twice, and sent once more; then another one wants the same design.
    store.next = vec![Class::Interrupted, Class::Throttled, Class::Unavailable];
    let drain = |store: &mut Store, said: &mut Vec<String>| {
        let drained = store.run(engine.drain(20.0, 100));
        said.push(format!("placed {} held {}", drained.placed, drained.held));
    };
    drain(&mut store, &mut said);
    enqueue(&mut store, &mut said, "Ünï \u{1f9f5}", "b", 1);
    enqueue(&mut store, &mut said, "3", "a", 1);
    drain(&mut store, &mut said);
    enqueue(&mut store, &mut said, "1", "a", 3);
    store.run(engine.pause("shop", "a test"));
    let stats = store.run(engine.stats());
    said.push(format!("{:?}", stats["shop"].pause));
    store.run(engine.resume("shop"));
    said.push(format!("{:?}", store.run(engine.cancel(Some("shop"), "1"))));
    let shown = store.run(engine.resolve(Some("shop"), "1", Decision::Placed, "ana", "seen"));
    said.push(format!("{:?}", shown.flags));
    store.run(engine.import(Some("shop"), "old", Some("o-old")));
    store.run(engine.forget(Some("shop"), "old"));
    said.push(format!("{:?}", store.run(engine.notify("1", Some("x"), 2_000_000_000))));
    store.run(engine.adopt());
    let filter = Filter { state: Some(State::Held), account: Some("shop".to_owned()), ..Filter::default() };
    said.push(format!("{}", store.run(engine.list(filter)).orders.len()));
    store.run(engine.list(Filter { alerts: true, ..Filter::default() }));
    store.run(engine.changes(None, 10));
    said.push(format!("{}", store.run(engine.check(0, 3600)).problems.len()));
    let mut states = store.run(engine.list(Filter::default())).orders;
    states.sort_by(|a, b| a.external_id.cmp(&b.external_id));
    said.extend(states.iter().map(|row| format!("{} {} {:?}", row.external_id, row.state, row.reason)));
    (store.seen, said)
}

#[test]
fn every_dialect_goes_the_same_way() {
    let [sqlite, mysql, postgresql] = [Dialect::Sqlite, Dialect::Mysql, Dialect::Postgresql].map(life);
    let said = [
        "1 New pending",
        "1 Known pending",
        "1 Replaced pending",
        "placed 0 held 1",
        "Ünï 🧵 New pending",
        "3 New pending",
        "placed 2 held 0",
    ];
    assert_eq!(sqlite.1[..said.len()], said);
    assert_eq!(sqlite.1, mysql.1);
    assert_eq!(sqlite.1, postgresql.1);
    let mut text = "# Every statement that a database is given\n\nWritten by the test `dialects`, in the words of each. `schema` and what changes a row are \
                    executed once, committed before the next step.\n"
        .to_owned();
    for (dialect, (seen, _)) in [("SQLite", sqlite), ("MySQL and MariaDB", mysql), ("PostgreSQL", postgresql)] {
        write!(text, "\n## {dialect}\n\n```sql\n").unwrap();
        for (key, wants) in seen {
            let (name, sql) = key.split_once('\n').unwrap();
            // Which columns an UPDATE sets depends on the row: the longest of a name stands for all.
            writeln!(text, "-- {name}{}\n{sql};", if wants == Wants::Rows { " (rows)" } else { "" }).unwrap();
        }
        text.push_str("```\n");
    }
    let checked = countersign_schema::current::check("outbox/tests/statements.md", &text, "generate");
    checked.unwrap_or_else(|told| panic!("{told}"));
}
