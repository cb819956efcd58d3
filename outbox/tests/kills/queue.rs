//! The queue that stands beside us: durable, claims with a lease, a unique key; it knows nothing of the platform.

use super::{Way, policy, role::deadline};
use countersign::{Deadline, Outcome, Platform};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::time::{Duration, SystemTime};

pub(crate) struct Queue(Connection);

const WAITS: i64 = 0;
const RUNS: i64 = 1;
const DONE: i64 = 2;
const PARKED: i64 = 3;

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

impl Queue {
    pub(crate) fn open(file: &Path) -> Self {
        let connection = Connection::open(file).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        let table = "CREATE TABLE IF NOT EXISTS job (event TEXT PRIMARY KEY, body TEXT NOT NULL, state INTEGER NOT NULL, \
                     due INTEGER NOT NULL)";
        connection.execute(table, []).unwrap();
        Self(connection)
    }

    pub(crate) fn add(&self, event: &str, order: &str) -> bool {
        let sql = "INSERT INTO job VALUES (?, ?, 0, 0) ON CONFLICT DO NOTHING";
        self.0.execute(sql, params![event, order]).is_ok()
    }

    /// Delivers one job; whether there was one.
    pub(crate) fn work(&self, way: Way, platform: &Platform) -> bool {
        let again = way == Way::AtLeastOnce;
        let policy = policy();
        // A worker that is gone: the job runs again, or nobody touches it any more.
        let expired = if again { WAITS } else { PARKED };
        _ = self
            .0
            .execute("UPDATE job SET state = ?, due = 0 WHERE state = ? AND due < ?", params![expired, RUNS, now()]);
        let sql = "UPDATE job SET state = ?, due = ? WHERE event = (SELECT event FROM job WHERE state = ? AND due <= ? \
                   ORDER BY due LIMIT 1) RETURNING event, body";
        let until = now() + policy.ms(policy.lease);
        let claimed: Option<(String, String)> = self
            .0
            .query_row(sql, params![RUNS, until, WAITS, now()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()
            .unwrap_or_default();
        let Some((event, order)) = claimed else { return false };
        let draft = platform.draft(order.as_bytes()).unwrap();
        let state = match platform.send(&draft, &Deadline::within(deadline(&policy))) {
            Ok(_) => DONE,
            Err(error) if again || error.outcome() == Some(Outcome::NotPlaced) => WAITS,
            Err(_) => PARKED,
        };
        let sql = "UPDATE job SET state = ?, due = ? WHERE event = ? AND state = ? AND due = ?";
        _ = self.0.execute(sql, params![state, now() + policy.ms(policy.pause), event, RUNS, until]);
        true
    }

    pub(crate) fn open_jobs(&self) -> u32 {
        self.count("SELECT COUNT(*) FROM job WHERE state IN (0, 1)")
    }

    pub(crate) fn parked(&self) -> u32 {
        self.count("SELECT COUNT(*) FROM job WHERE state = 3")
    }

    fn count(&self, sql: &str) -> u32 {
        self.0.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}
