//! A statement: one step in the store, complete in itself, and what the three dialects say differently.
//!
//! A statement is written with `?` for a parameter, `{now}` for the store's clock in milliseconds since 1970, and `{p}` for
//! the prefix of the tables. Parameters are whole numbers below 2^53 or ASCII text: whatever a driver does with charsets,
//! bytes and large numbers, it cannot change them. A shop's own text is escaped like a JSON string for that.

use std::fmt;
use std::fmt::Write as _;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// SQLite 3.35 or newer.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
    /// PostgreSQL 13 or newer.
    Postgresql,
}

/// A parameter, or a value in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// NULL.
    Null,
    /// A whole number below 2^53.
    Int(i64),
    /// ASCII text.
    Text(String),
}

impl Value {
    /// As a number. Drivers give a BIGINT as text where their language has no such number, or for every column.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Null => None,
            Self::Int(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }

    /// As text. What looks like a number may have become one on its way.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Int(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What a statement answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wants {
    /// Its rows.
    Rows,
    /// How many rows it changed: of those that the engine looks at, 1 or 0.
    Count,
}

/// One step in the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    /// The SQL, in the store's dialect.
    pub sql: String,
    /// Its parameters, in their order.
    pub params: Vec<Value>,
    /// What it answers.
    pub wants: Wants,
    /// What it is for, in a word: for tests and traces.
    pub name: &'static str,
    /// The connection does not commit by itself: say COMMIT after it.
    pub commit: bool,
}

/// The parameters may hold an order: they are not shown.
impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.name, self.sql, self.params.len())
    }
}

impl Dialect {
    /// Every one.
    pub const ALL: &'static [Self] = &[Self::Sqlite, Self::Mysql, Self::Postgresql];

    /// `sqlite`, `mysql` or `postgresql`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Mysql => "mysql",
            Self::Postgresql => "postgresql",
        }
    }

    /// The store's clock, in milliseconds since 1970. Not one of the local zone, which repeats an hour in autumn; and not one
    /// that stands still in a transaction, or that no index can be compared with.
    pub const fn now(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 AS INTEGER)",
            Self::Mysql => "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) DIV 1000)",
            Self::Postgresql => "CAST(extract(epoch FROM statement_timestamp()) * 1000 AS bigint)",
        }
    }

    /// What is wrong with a connection for somebody who writes, as three columns: whether the server takes no writes (it follows
    /// another one), by how many seconds the session's clock was set away from the server's, and what becomes of a backslash and a
    /// tilde on their way.
    pub(crate) const fn standing(self) -> &'static str {
        match self {
            Self::Sqlite | Self::Postgresql => "0 AS follows, 0 AS set_away, '' AS echo",
            // SYSDATE is the one clock that SET timestamp leaves alone.
            Self::Mysql => {
                "@@read_only AS follows, TIMESTAMPDIFF(SECOND, NOW(), SYSDATE()) AS set_away, CONVERT(_ascii X'5C7E' USING ascii) AS echo"
            }
        }
    }

    /// Whether the store's clock is that of the machine which asks: then the machine's steady clock is the second opinion
    /// on a wait, and otherwise its wall clock is.
    pub const fn is_local(self) -> bool {
        matches!(self, Self::Sqlite)
    }

    /// The end of a SELECT that shows a row as it is now, whatever the snapshot of the host's transaction shows: it locks the row,
    /// for an UPDATE that does so anyway.
    pub(crate) const fn newest(self) -> &'static str {
        match self {
            Self::Mysql => " FOR UPDATE",
            // SQLite has one writer, and PostgreSQL answers the UPDATE with 40001.
            Self::Sqlite | Self::Postgresql => "",
        }
    }

    /// What keeps a query for rows that are due on its index, whatever the server's statistics say of a table that is nearly empty.
    pub(crate) const fn by_due(self) -> &'static str {
        match self {
            Self::Mysql => " FORCE INDEX (countersign_outbox_due)",
            Self::Sqlite | Self::Postgresql => "",
        }
    }

    /// Whether a lock on a row can be asked about without waiting for it.
    pub(crate) const fn has_nowait(self) -> bool {
        !matches!(self, Self::Sqlite)
    }

    /// Writes a statement for a store of this dialect.
    pub fn statement(self, name: &'static str, prefix: &str, sql: &str, params: Vec<Value>, wants: Wants) -> Statement {
        let sql = sql.replace("{now}", self.now()).replace("{p}", prefix);
        let sql = if self == Self::Postgresql { numbered(&sql) } else { sql };
        Statement { sql, params, wants, name, commit: false }
    }

    /// An INSERT that does nothing where the unique key is there already, and answers the id of a new row where the dialect
    /// can: MySQL cannot without a lock or a loss, and fails instead.
    pub(crate) const fn unless_there(self) -> &'static str {
        match self {
            Self::Sqlite | Self::Postgresql => " ON CONFLICT DO NOTHING",
            Self::Mysql => "",
        }
    }
}

/// The parameters of PostgreSQL have numbers. No literal of ours holds a question mark.
fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 8);
    let mut number = 0;
    for c in sql.chars() {
        if c == '?' {
            number += 1;
            _ = write!(out, "${number}");
        } else {
            out.push(c);
        }
    }
    out
}

/// A character as JSON's escapes write it.
fn escape(unit: char, out: &mut String) {
    for half in unit.encode_utf16(&mut [0; 2]) {
        _ = write!(out, "\\u{half:04x}");
    }
}

/// Any text in ASCII, as a JSON string without its quotes writes it.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for unit in text.chars() {
        match unit {
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(unit),
            _ => escape(unit, &mut out),
        }
    }
    out
}

/// As much of a text as has room in a column of so many bytes once it is [`ascii`]: some databases cut what is longer, in the middle
/// of an escape, and say nothing.
pub(crate) fn fitting(text: &str, most: usize) -> &str {
    let mut room = most;
    for (at, unit) in text.char_indices() {
        let takes = match unit {
            '\\' => 2,
            ' '..='~' => 1,
            _ => 6 * unit.len_utf16(),
        };
        if takes > room {
            return &text[..at];
        }
        room -= takes;
    }
    text
}

/// The text that [`ascii`] wrote; anything else stays as it is.
pub fn unicode(ascii: &str) -> String {
    if !ascii.contains('\\') {
        return ascii.to_owned();
    }
    let quoted = format!("\"{}\"", ascii.replace('"', "\\\""));
    serde_json::from_str(&quoted).unwrap_or_else(|_| ascii.to_owned())
}

/// JSON text in ASCII: the same value, for a store whose charset nobody knows.
pub(crate) fn ascii_json(json: &str) -> String {
    if json.is_ascii() {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + 64);
    for unit in json.chars() {
        if unit.is_ascii() {
            out.push(unit);
        } else {
            escape(unit, &mut out);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_as_ascii() {
        for text in ["1001", "", "a\\b", "\\u0041", "\"", "Ana 🧵 ÿ\u{7f}\n", "é"] {
            let written = ascii(text);
            assert!(written.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{written}");
            assert_eq!(unicode(&written), text);
        }
        assert_eq!(ascii("é🧵"), "\\u00e9\\ud83e\\uddf5");
        let json = "{\"é\":\"🧵\\n\"}";
        let value: serde_json::Value = serde_json::from_str(&ascii_json(json)).unwrap();
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(json).unwrap());
    }

    #[test]
    fn text_is_cut_between_its_characters() {
        for (text, most, due) in
            [("abc", 3, "abc"), ("abc", 2, "ab"), ("a\\b", 2, "a"), ("éé", 11, "é"), ("🧵", 11, ""), ("🧵", 12, "🧵")]
        {
            assert_eq!(fitting(text, most), due, "{text} {most}");
            assert!(ascii(fitting(text, most)).len() <= most);
        }
    }

    #[test]
    fn parameters_are_written_as_the_dialect_wants_them() {
        let of = |dialect: Dialect| {
            dialect.statement("t", "wp_", "SELECT ? FROM {p}t WHERE a = ? AND b <= {now}", vec![], Wants::Rows).sql
        };
        assert!(of(Dialect::Sqlite).starts_with("SELECT ? FROM wp_t WHERE a = ? AND b <= CAST"));
        assert!(of(Dialect::Postgresql).starts_with("SELECT $1 FROM wp_t WHERE a = $2 AND b <= CAST"));
    }
}
