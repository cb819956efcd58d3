//! What a database says when a statement gives no answer, and what that means: was it done, may it be tried again?

use crate::statement::Dialect;

/// Why a statement gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is known of it.
    pub kind: TroubleKind,
    /// The database's words.
    pub message: String,
}

/// What is known of a statement that gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TroubleKind {
    /// It was not done: somebody else holds a lock. Trying again may help.
    Busy,
    /// It was not done, and the database gave up the whole transaction that it stood in: whoever began that repeats it.
    Undone,
    /// It was not done: the unique key is there already.
    Duplicate,
    /// It was not done: a transaction is open, and it may stand in none.
    InTransaction,
    /// It was not done: the store refuses it.
    Refused,
    /// It may have been done: the connection broke before its answer.
    Lost,
}

/// The unique key of the rows, as every dialect names it.
const KEY: &str = "countersign_outbox_key";

impl Trouble {
    /// What an error of a database means: its own number and its SQLSTATE, where the driver tells them, and its words. `of` is the
    /// name of the statement.
    pub fn of(dialect: Dialect, of: &str, number: i64, sqlstate: &str, message: &str) -> Self {
        let kind = match dialect {
            Dialect::Mysql => mysql(if number == 0 { by_words(message) } else { number }, sqlstate),
            Dialect::Postgresql => postgresql(sqlstate),
            Dialect::Sqlite => sqlite(number, message),
        };
        // A trigger of the host's may break a key of another table: then nothing of ours is there.
        let foreign =
            kind == TroubleKind::Duplicate && of == "enqueue" && dialect != Dialect::Sqlite && !message.contains(KEY);
        let kind = if foreign { TroubleKind::Refused } else { kind };
        Self { kind, message: message.to_owned() }
    }
}

/// The number of an error that a driver hands on as text alone.
fn by_words(message: &str) -> i64 {
    const WORDS: &[(&str, i64)] = &[
        ("Duplicate entry", 1062),
        ("Lock wait timeout", 1205),
        ("Deadlock found", 1213),
        ("Record has changed since last read", 1020),
        ("can't be changed while a transaction is in progress", 1568),
        ("server has gone away", 2006),
        ("Lost connection", 2013),
    ];
    WORDS.iter().find(|(words, _)| message.contains(words)).map_or(0, |(_, number)| *number)
}

fn mysql(number: i64, sqlstate: &str) -> TroubleKind {
    match number {
        1062 => TroubleKind::Duplicate,
        1568 => TroubleKind::InTransaction,
        // A lock was waited for in vain, the query was killed or took too long: of that statement nothing is left.
        1205 | 1317 | 1969 | 3024 | 3572 => TroubleKind::Busy,
        // A deadlock, or a row that changed after the snapshot: the server takes the whole transaction back.
        1020 | 1213 | 1614 => TroubleKind::Undone,
        // Gone away, lost, closed, killed, shutting down, broken on its way.
        1053 | 1079 | 1152 | 1158..=1161 | 1184 | 1927 | 2006 | 2013 | 2027 | 2055 | 4031 => TroubleKind::Lost,
        _ if sqlstate.starts_with("08") => TroubleKind::Lost,
        _ => TroubleKind::Refused,
    }
}

fn postgresql(sqlstate: &str) -> TroubleKind {
    match sqlstate {
        // Of two who make a table at once, one is told that it is there, whatever was asked for.
        "23505" | "42P07" => TroubleKind::Duplicate,
        "25001" => TroubleKind::InTransaction,
        // A lock was waited for in vain, the query took too long, or there is no connection left.
        "55P03" | "57014" | "53300" => TroubleKind::Busy,
        "40001" | "40P01" => TroubleKind::Undone,
        // Shut down, crashed, starting, dropped, idle too long. What has no state was said by the driver, not by the server.
        "" | "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03" => TroubleKind::Lost,
        _ if sqlstate.starts_with("08") => TroubleKind::Lost,
        _ => TroubleKind::Refused,
    }
}

/// The low byte is the result code, whatever extension stands above it.
fn sqlite(number: i64, message: &str) -> TroubleKind {
    match number & 0xff {
        5 | 6 => TroubleKind::Busy,
        1 if message.contains("inside a transaction") => TroubleKind::InTransaction,
        19 if message.contains("UNIQUE") || message.contains("PRIMARY KEY") => TroubleKind::Duplicate,
        _ => TroubleKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: i64, sqlstate: &str, message: &str) -> TroubleKind {
        Trouble::of(Dialect::Mysql, "enqueue", number, sqlstate, message).kind
    }

    #[test]
    fn a_duplicate_is_ours_or_none() {
        let ours = "Duplicate entry 'ab' for key 'countersign_outbox_key'";
        assert_eq!(of(1062, "23000", ours), TroubleKind::Duplicate);
        assert_eq!(of(0, "", ours), TroubleKind::Duplicate);
        assert_eq!(
            of(1062, "23000", "Duplicate entry 'ab' for key 'wp_countersign_outbox.wp_countersign_outbox_key'"),
            TroubleKind::Duplicate
        );
        assert_eq!(of(1062, "23000", "Duplicate entry '7' for key 'PRIMARY'"), TroubleKind::Refused);
        let reserved = Trouble::of(Dialect::Mysql, "reserve", 1062, "23000", "Duplicate entry 'x' for key 'PRIMARY'");
        assert_eq!(reserved.kind, TroubleKind::Duplicate);
    }

    #[test]
    fn what_was_not_done_is_told_from_what_may_have_been() {
        assert_eq!(of(1205, "HY000", ""), TroubleKind::Busy);
        assert_eq!(of(1213, "40001", ""), TroubleKind::Undone);
        assert_eq!(of(2006, "HY000", ""), TroubleKind::Lost);
        assert_eq!(of(0, "08S01", "x"), TroubleKind::Lost);
        assert_eq!(of(0, "", "MySQL server has gone away"), TroubleKind::Lost);
        assert_eq!(of(1290, "HY000", "read-only"), TroubleKind::Refused);
        let postgresql = |state| Trouble::of(Dialect::Postgresql, "claim", 0, state, "").kind;
        assert_eq!(
            ["55P03", "57014", "40001", "08006", "57P01", "", "25P02"].map(postgresql),
            [
                TroubleKind::Busy,
                TroubleKind::Busy,
                TroubleKind::Undone,
                TroubleKind::Lost,
                TroubleKind::Lost,
                TroubleKind::Lost,
                TroubleKind::Refused
            ]
        );
        let sqlite = |number, words| Trouble::of(Dialect::Sqlite, "enqueue", number, "", words).kind;
        assert_eq!(sqlite(5, "database is locked"), TroubleKind::Busy);
        assert_eq!(sqlite(2067, "UNIQUE constraint failed: countersign_outbox.row_key"), TroubleKind::Duplicate);
        assert_eq!(sqlite(13, "disk is full"), TroubleKind::Refused);
    }
}
