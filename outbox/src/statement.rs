//! A statement: one step in the store, complete in itself, and what the three dialects say differently.
//!
//! A statement is written with `?` for a parameter, `{now}` for the store's clock in milliseconds since 1970, and `{p}` for
//! the prefix of the tables. Parameters are whole numbers below 2^53 or ASCII text: whatever a driver does with charsets,
//! bytes and large numbers, it cannot change them. A shop's own text is escaped like a JSON string for that.

use countersign::{Error, ErrorKind};
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
            Self::Sqlite => "0 AS follows, 0 AS set_away, '' AS echo",
            // A server that follows another one says so of each of its transactions. The clock of this one cannot be set, and each
            // charset of its clients has ASCII as it is.
            Self::Postgresql => {
                "CASE current_setting('transaction_read_only') WHEN 'on' THEN 1 ELSE 0 END AS follows, 0 AS set_away, '' AS echo"
            }
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

    /// What a condition of a statement does besides, always true: makes its commit wait for the disk where the host's does not, and
    /// for a statement that stands alone, its wait for a lock short. Nothing of it outlasts the transaction: with a pool of
    /// connections behind the host's back, the next transaction on this one is somebody else's.
    pub(crate) fn terms(self, commit: Commit, alone: bool) -> Option<String> {
        if self != Self::Postgresql {
            return None;
        }
        let commit = match commit {
            Commit::Durable => {
                "(current_setting('synchronous_commit') <> 'off' OR set_config('synchronous_commit', 'on', true) = 'on')"
            }
            // In a transaction of the host's, its commit is the host's.
            Commit::Lazy if alone => "set_config('synchronous_commit', 'off', true) = 'off'",
            Commit::Lazy => "true",
        };
        let patience =
            if alone { format!(" AND set_config('lock_timeout', '{PATIENCE}s', true) <> ''") } else { String::new() };
        Some(format!("{commit}{patience}"))
    }

    /// Whether any error ends the transaction that it occurs in: then nothing of it can be tried again.
    pub(crate) const fn gives_up_with_any_error(self) -> bool {
        matches!(self, Self::Postgresql)
    }

    /// Whether a lock on a row can be asked about without waiting for it.
    pub(crate) const fn has_nowait(self) -> bool {
        !matches!(self, Self::Sqlite)
    }

    /// Writes a statement for a store of this dialect.
    pub(crate) fn sql(self, style: Option<Paramstyle>, prefix: &str, sql: &str) -> String {
        let sql = sql.replace("{now}", self.now()).replace("{p}", prefix);
        style.unwrap_or(self.style()).write(&sql)
    }

    /// How its servers want parameters to be written.
    const fn style(self) -> Paramstyle {
        match self {
            Self::Sqlite | Self::Mysql => Paramstyle::Qmark,
            Self::Postgresql => Paramstyle::NumericDollar,
        }
    }

    /// The end of an INSERT that does nothing where a row with this unique column is there already: MySQL cannot without a lock or
    /// a loss, and fails instead. Another column that is unique is an error: a number that was given before, because the counter
    /// of a restored table stands too low, must not pass for an order that is there.
    pub(crate) fn unless_there(self, column: &str) -> String {
        match self {
            Self::Sqlite | Self::Postgresql => format!(" ON CONFLICT ({column}) DO NOTHING"),
            Self::Mysql => String::new(),
        }
    }
}

/// How long a statement that stands alone waits for a lock of the host's, in seconds: one order that somebody holds must not keep the
/// others.
pub(crate) const PATIENCE: i64 = 1;

/// What must be on the disk when a statement has its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Commit {
    /// Itself, and all before it.
    Durable,
    /// Nothing: who loses it does it again.
    Lazy,
}

/// How parameters are written in the SQL, by the names of Python's DB-API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paramstyle {
    /// `?`
    Qmark,
    /// `:1`
    Numeric,
    /// `$1`
    NumericDollar,
    /// `:p1`
    Named,
    /// `%s`
    Format,
    /// `%(p1)s`
    Pyformat,
}

impl Paramstyle {
    /// By its name: `qmark`, `numeric`, `numeric_dollar`, `named`, `format` or `pyformat`; `None` for the empty one, the dialect's own.
    ///
    /// # Errors
    /// `invalid_argument` for any other.
    pub fn of(name: &str) -> Result<Option<Self>, Error> {
        Ok(Some(match name {
            "" => return Ok(None),
            "qmark" => Self::Qmark,
            "numeric" => Self::Numeric,
            "numeric_dollar" => Self::NumericDollar,
            "named" => Self::Named,
            "format" => Self::Format,
            "pyformat" => Self::Pyformat,
            _ => {
                let message = format!(
                    "{name:.40?} is no style of parameters: give qmark, numeric, numeric_dollar, named, format or pyformat."
                );
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }))
    }

    /// No literal of ours holds a question mark, a colon or a percent sign.
    fn write(self, sql: &str) -> String {
        if self == Self::Qmark {
            return sql.to_owned();
        }
        let mut out = String::with_capacity(sql.len() + 32);
        let mut parts = sql.split('?');
        out.push_str(parts.next().unwrap_or_default());
        for (before, part) in parts.enumerate() {
            let number = before + 1;
            _ = match self {
                Self::Numeric => write!(out, ":{number}"),
                Self::NumericDollar => write!(out, "${number}"),
                Self::Named => write!(out, ":p{number}"),
                Self::Pyformat => write!(out, "%(p{number})s"),
                Self::Format => write!(out, "%s"),
                Self::Qmark => write!(out, "?"),
            };
            out.push_str(part);
        }
        out
    }
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
        let of = |dialect: Dialect, style: &str| {
            dialect.sql(Paramstyle::of(style).unwrap(), "wp_", "SELECT ? FROM {p}t WHERE a = ? AND b <= {now}")
        };
        for (dialect, style, begins) in [
            (Dialect::Sqlite, "", "SELECT ? FROM wp_t WHERE a = ? AND b <= CAST"),
            (Dialect::Postgresql, "", "SELECT $1 FROM wp_t WHERE a = $2 AND b <= CAST"),
            (Dialect::Postgresql, "qmark", "SELECT ? FROM wp_t WHERE a = ? AND"),
            (Dialect::Postgresql, "format", "SELECT %s FROM wp_t WHERE a = %s AND"),
            (Dialect::Mysql, "pyformat", "SELECT %(p1)s FROM wp_t WHERE a = %(p2)s AND"),
            (Dialect::Mysql, "named", "SELECT :p1 FROM wp_t WHERE a = :p2 AND"),
            (Dialect::Sqlite, "numeric", "SELECT :1 FROM wp_t WHERE a = :2 AND"),
            (Dialect::Sqlite, "numeric_dollar", "SELECT $1 FROM wp_t WHERE a = $2 AND"),
        ] {
            assert!(of(dialect, style).starts_with(begins), "{style}: {}", of(dialect, style));
        }
        assert!(Paramstyle::of("colon").is_err_and(|error| error.message().contains("qmark")));
    }
}
