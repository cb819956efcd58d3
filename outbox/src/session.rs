//! The connection that a host lends: whether it is one that an outbox can be drained over, where it leads, and what its server
//! promises. Settings that a drain changes are put back at its end.

use crate::engine::{Cx, Done};
use crate::statement::{Dialect, PATIENCE, Value, Wants};
use countersign::{Error, ErrorKind, digest};

/// What is known of a connection, and of the server behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// A hash of where the store is.
    pub(crate) site: String,
    /// A hash of the server's own name for itself, where it has one.
    pub(crate) server: Option<String>,
    /// What the server does not promise, in sentences.
    pub(crate) reduced: Vec<String>,
    /// How long its statements wait for a lock, in seconds.
    lock_wait: Option<i64>,
}

const REPLICA: &str = "The server takes no writes (read_only is on, or the transaction is read only): this connection leads to a \
                       replica, or is one for reading. Give the outbox one that writes to the primary server.";
const FROZEN: &str = "The clock of this database session stands still (SET timestamp): leases cannot be told by it. Give the outbox a \
                      connection without that.";
const CHARSET: &str = "The charset of this connection (SET NAMES) has other characters where ASCII has a backslash or a tilde: what \
                       the outbox reads would not be what it wrote. Use utf8mb4.";

fn refuse<T>(message: &str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Store, message))
}

/// Refuses a connection that writes nothing, whose clock was set, or that changes ASCII text: its columns are [`Dialect::standing`].
pub(crate) fn stands(columns: &[Value]) -> Result<(), Error> {
    let word = |at: usize| columns.get(at).and_then(Value::text).unwrap_or_default();
    if !matches!(word(0).as_str(), "" | "0" | "OFF") {
        return refuse(REPLICA);
    }
    if word(1).parse::<i64>().is_ok_and(|seconds| seconds.abs() > 2) {
        return refuse(FROZEN);
    }
    if !matches!(word(2).as_str(), "" | "\\~") {
        return refuse(CHARSET);
    }
    Ok(())
}

/// Refuses a connection on which a transaction is open.
pub(crate) async fn outside(cx: &Cx) -> Result<(), Error> {
    // What a server refuses inside a transaction and does without a privilege outside of one: it sets what holds anyway.
    let sql = match cx.shared.dialect {
        _ if cx.has_its_own() => return Ok(()),
        Dialect::Mysql => "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned(),
        Dialect::Sqlite => format!("PRAGMA synchronous = {}", synchronous(cx).await?),
        Dialect::Postgresql => return another_transaction(cx).await,
    };
    cx.insist(cx.statement("no_transaction", &sql, vec![], Wants::Count)).await.map(|_| ())
}

/// In PostgreSQL, whose servers refuse nothing that is free of effects: a transaction has one beginning, whatever is asked in it.
async fn another_transaction(cx: &Cx) -> Result<(), Error> {
    let mut began = Vec::new();
    for _ in 0..2 {
        began.push(cx.rows("transaction", "SELECT CAST(now() AS text)", vec![]).await?);
    }
    if began[0] == began[1] { Err(cx.in_transaction()) } else { Ok(()) }
}

/// Looks at the connection, and refuses one that nothing can be written over.
pub(crate) async fn meet(cx: &Cx) -> Result<Session, Error> {
    match cx.shared.dialect {
        Dialect::Sqlite => sqlite(cx).await,
        Dialect::Mysql => mysql(cx).await,
        Dialect::Postgresql => postgresql(cx).await,
    }
}

/// What a commit to a file waits for: 2, FULL, is the disk.
async fn synchronous(cx: &Cx) -> Result<i64, Error> {
    let rows = cx.rows("synchronous", "PRAGMA synchronous", vec![]).await?;
    Ok(rows.first().and_then(|row| row.first()?.int()).unwrap_or(2))
}

async fn sqlite(cx: &Cx) -> Result<Session, Error> {
    let mut reduced = Vec::new();
    // A file of the outbox's own is as it should be; another one as its host has set this connection.
    if !cx.has_its_own() {
        let level = synchronous(cx).await?;
        if level < 2 {
            reduced.push(format!(
                "synchronous is {level}: the file may lack orders that it acknowledged, when its machine fails. Say PRAGMA synchronous = FULL \
                 on each connection."
            ));
        }
    }
    Ok(Session { site: cx.shared.site.clone(), reduced, ..Session::default() })
}

async fn postgresql(cx: &Cx) -> Result<Session, Error> {
    let shared = &cx.shared;
    // What a server does not know, it says nothing of.
    let setting = |name: &str| format!("current_setting('{name}', true) AS {name}");
    let known = ["pg_control_system()", "pg_walfile_name(pg_lsn)", "pg_current_wal_lsn()"]
        .map(|function| format!("has_function_privilege('pg_catalog.{function}', 'EXECUTE')"))
        .join(" AND ");
    let sql = format!(
        "SELECT {}, current_database() AS of_database, current_schema() AS of_schema, {}, {}, {}, {}, CASE WHEN {known} THEN 1 ELSE 0 END AS known",
        shared.dialect.standing(),
        setting("fsync"),
        setting("full_page_writes"),
        setting("synchronous_commit"),
        setting("synchronous_standby_names"),
    );
    let rows = cx.rows("session", &sql, vec![]).await?;
    let row = rows.first().map(Vec::as_slice).unwrap_or_default();
    stands(row)?;
    let text = |at: usize| row.get(at).and_then(Value::text).unwrap_or_default();
    let mut server = None;
    if text(9) == "1" {
        // Who takes over begins a new line of time, and lacks perhaps what was last acknowledged.
        let sql = "SELECT CAST(system_identifier AS text) AS system, left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline \
                   FROM pg_catalog.pg_control_system()";
        let rows = cx.rows("server", sql, vec![]).await?;
        server = rows.first().and_then(|row| Some(format!("{}:{}", row.first()?.text()?, row.get(1)?.text()?)));
    }
    let mut reduced = Vec::new();
    for (at, name) in [(5, "fsync"), (6, "full_page_writes")] {
        if text(at) == "off" {
            reduced.push(format!(
                "{name} is off: the server may lose orders that it acknowledged, or all of its data, when its machine fails. Set it to on."
            ));
        }
    }
    let waits = text(7);
    if !text(8).is_empty() && matches!(waits.as_str(), "local" | "remote_write") {
        reduced.push(format!(
            "synchronous_commit is {waits} where synchronous_standby_names names a replica: one that takes over may lack orders. Set \
             it to on."
        ));
    }
    // With a schema in its prefix the store has one, whatever the connection looks for first.
    let (database, schema) = (text(3), if shared.prefix.contains('.') { String::new() } else { text(4) });
    let site = ["postgresql", &shared.site, &database, &schema, &shared.prefix].map(str::as_bytes);
    Ok(Session { site: digest::sha256_hex(&site), server: server.map(|name| named(&name)), reduced, lock_wait: None })
}

/// A server by its own name, as the store keeps it.
fn named(name: &str) -> String {
    digest::sha256_hex(&[name.as_bytes()])[..16].to_owned()
}

async fn mysql(cx: &Cx) -> Result<Session, Error> {
    let shared = &cx.shared;
    let sql = format!(
        "SELECT {}, DATABASE(), @@autocommit, @@innodb_lock_wait_timeout, @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog, @@timestamp",
        shared.dialect.standing()
    );
    let rows = cx.rows("session", &sql, vec![]).await?;
    let row = rows.first().map(Vec::as_slice).unwrap_or_default();
    stands(row)?;
    let text = |at: usize| row.get(at).and_then(Value::text).unwrap_or_default();
    let again = cx.rows("timestamp", "SELECT @@timestamp", vec![]).await?;
    // In millionths of a second: only a clock that stands still says the same twice.
    if again.first().and_then(|row| row.first()?.text()).is_some_and(|now| now == text(9)) {
        return refuse(FROZEN);
    }
    // A variable that a server does not have would be an error anywhere else.
    let sql = "SHOW VARIABLES WHERE Variable_name IN ('server_uuid', 'server_uid')";
    let rows = cx.rows("server", sql, vec![]).await?;
    let server = rows.first().and_then(|row| row.get(1)?.text()).filter(|name| !name.is_empty());
    // A SELECT of variables opens no transaction; whatever comes now does, where the connection does not commit by itself. A
    // transaction that may be the host's is never committed for it.
    cx.io.commits_by_itself(text(4) != "0" || !cx.is_alone());
    let mut reduced = Vec::new();
    let flush = text(6);
    if flush != "1" {
        reduced.push(format!(
            "innodb_flush_log_at_trx_commit is {flush}: the server may lose orders that it acknowledged, when it dies or loses power. Set it to 1."
        ));
    }
    if !matches!(text(7).as_str(), "0" | "OFF") && text(8) != "1" {
        reduced.push(format!("sync_binlog is {}: a replica that takes over may lack orders. Set it to 1.", text(8)));
    }
    Ok(Session {
        site: digest::sha256_hex(&[b"mysql", shared.site.as_bytes(), text(3).as_bytes(), shared.prefix.as_bytes()]),
        server: server.map(|name| named(&name)),
        reduced,
        lock_wait: text(5).parse().ok(),
    })
}

impl Session {
    async fn wait_for_locks(&self, cx: &Cx, name: &'static str, seconds: i64) -> Result<Done, Error> {
        if self.lock_wait.is_none_or(|own| own <= PATIENCE) {
            return Ok(Done::No);
        }
        let sql = format!("SET SESSION innodb_lock_wait_timeout = {seconds}");
        cx.insist(cx.statement(name, &sql, vec![], Wants::Count)).await
    }

    /// From here on a lock is waited for as long as a drain can afford.
    pub(crate) async fn begin(&self, cx: &Cx) -> Result<(), Error> {
        self.wait_for_locks(cx, "patience", PATIENCE).await.map(|_| ())
    }

    /// The host's own patience again.
    pub(crate) async fn end(&self, cx: &Cx) -> Result<(), Error> {
        self.wait_for_locks(cx, "own_patience", self.lock_wait.unwrap_or(PATIENCE)).await.map(|_| ())
    }

    /// Whether the store is where it was when it was made or adopted, by what it says of itself.
    pub(crate) fn moved(&self, meta: &std::collections::BTreeMap<String, String>) -> bool {
        let elsewhere = meta.get("site").is_some_and(|site| *site != self.site);
        let servers = meta.get("servers").map(String::as_str).unwrap_or_default();
        let stranger = self
            .server
            .as_ref()
            .is_some_and(|own| !servers.is_empty() && !servers.split(' ').any(|known| known == own));
        elsewhere || stranger
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_has_moved_where_its_site_or_its_server_is_another() {
        let of = |site: &str, server: Option<&str>| Session {
            site: site.to_owned(),
            server: server.map(str::to_owned),
            ..Session::default()
        };
        let meta = |servers: &str| {
            [("site", "here"), ("servers", servers)].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
        };
        // One node of a cluster, or the one that took over, is as good as another; a server without a name is not judged.
        for server in [None, Some("a"), Some("b")] {
            assert!(!of("here", server).moved(&meta("a b")), "{server:?}");
        }
        assert!(of("here", Some("c")).moved(&meta("a b")));
        assert!(of("there", Some("a")).moved(&meta("a b")));
        // Installed where servers had no names.
        assert!(!of("here", Some("c")).moved(&meta("")));
    }

    #[test]
    fn a_connection_that_nothing_can_be_written_over_is_refused() {
        let of = |follows: &str, away: &str, echo: &str| {
            stands(&[follows.into(), away.into(), echo.into()]).map_err(|error| error.message().to_owned())
        };
        for good in [of("0", "0", "\\~"), of("OFF", "-1", "\\~"), of("", "", "")] {
            assert_eq!(good, Ok(()));
        }
        for (bad, words) in [
            (of("1", "0", "\\~"), "replica"),
            (of("ON", "0", ""), "replica"),
            (of("0", "-86400", ""), "SET timestamp"),
            (of("0", "0", "¥~"), "utf8mb4"),
        ] {
            assert!(bad.as_ref().is_err_and(|message| message.contains(words)), "{bad:?}");
        }
    }
}
