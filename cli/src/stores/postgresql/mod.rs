//! The driver of PostgreSQL. Every statement is sent whole and without a name, and nothing is set for a session: pgbouncer may give
//! each of them another server connection.

mod settings;
mod tls;

use super::address::Address;
use super::server::{self, Refusal};
use bytes::BytesMut;
use countersign::Error;
use countersign_outbox::{Dialect, Outcome, Statement, Trouble, TroubleKind, Value, Wants};
pub(crate) use settings::parameters;
use settings::{Process, Settings, SslMode};
use std::error::Error as _;
use std::fmt;
use std::time::Duration;
use tls::Tls;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_postgres::config::{SslMode as Wire, TargetSessionAttrs};
use tokio_postgres::error::Severity;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config};

/// A statement without an answer for so long has lost it.
const SILENCE: Duration = Duration::from_secs(30);

type Fault = Box<dyn std::error::Error + Sync + Send>;

/// A server, and how to reach it.
#[derive(Debug)]
pub(crate) struct Driver {
    settings: Settings,
    tls: Tls,
}

impl Driver {
    /// By a URL, and what the environment has of it.
    pub(crate) fn new(address: &Address) -> Result<Self, Error> {
        let settings = Settings::of(address, &Process)?;
        Ok(Self { tls: Tls::of(&settings)?, settings })
    }

    /// How TLS is tried, one way after the other.
    fn ways(&self, host: &str) -> &'static [Wire] {
        match self.settings.ssl {
            // A socket of this machine has no TLS.
            _ if host.starts_with('/') => &[Wire::Disable],
            SslMode::Disable => &[Wire::Disable],
            SslMode::Allow => &[Wire::Disable, Wire::Require],
            SslMode::Prefer => &[Wire::Prefer, Wire::Disable],
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[Wire::Require],
        }
    }

    fn config(&self, target: &(String, u16), way: Wire) -> Result<Config, Error> {
        let settings = &self.settings;
        let (host, port) = target;
        let mut config = Config::new();
        if let Some(user) = &settings.user {
            config.user(user);
        }
        let user = config.get_user().unwrap_or_default().to_owned();
        if let Some(password) = settings.password(target, &user)? {
            config.password(password);
        }
        if let Some(database) = &settings.database {
            config.dbname(database);
        }
        if let Some(options) = &settings.options {
            config.options(options);
        }
        config
            .host(host)
            .port(*port)
            .ssl_mode(way)
            .channel_binding(settings.channel_binding)
            .application_name(&settings.application)
            .connect_timeout(settings.timeout)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE / 2)
            .keepalives_interval(Duration::from_secs(10))
            .target_session_attrs(if settings.writes {
                TargetSessionAttrs::ReadWrite
            } else {
                TargetSessionAttrs::Any
            });
        Ok(config)
    }
}

/// A connection, and what moves its bytes while a statement is waited for.
pub(crate) struct Connection {
    runtime: Runtime,
    client: Option<Client>,
    moves: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The server is told that this was the end.
        self.client = None;
        let moves = &mut self.moves;
        _ = self.runtime.block_on(async { timeout(Duration::from_millis(100), moves).await });
    }
}

/// What an error says: the server's words, or those of what struck the driver, which has some of its own where there are none.
fn words(error: &tokio_postgres::Error) -> String {
    if let Some(told) = error.as_db_error() {
        return told.message().to_owned();
    }
    let mut words = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !words.contains(&more) {
            words = if words.is_empty() { more } else { format!("{words}: {more}") };
        }
        cause = error.source();
    }
    if words.is_empty() { error.to_string() } else { words }
}

/// Why a server gives no connection.
fn refusal((host, port): &(String, u16), error: Result<&tokio_postgres::Error, String>) -> Refusal {
    let passes = match error {
        // Starting, stopping, gone, too many connections; and pgbouncer, which has no server yet.
        Ok(error) => match error.as_db_error() {
            Some(told) => ["57P", "53", "08"].iter().any(|class| told.code().code().starts_with(class)),
            None => {
                let cause = error.source().and_then(|cause| cause.downcast_ref::<std::io::Error>());
                error.is_closed() || cause.is_some_and(|cause| cause.kind() != std::io::ErrorKind::InvalidData)
            }
        },
        Err(_) => true,
    };
    let words = error.map_or_else(|words| words, words);
    let how = if passes { "cannot be reached" } else { "gives no connection" };
    Refusal { why: format!("{host}:{port} {how}: {}.", words.trim_end_matches('.')), passes }
}

impl server::Driver for Driver {
    type Connection = Connection;

    fn connect(&self) -> Result<Connection, Refusal> {
        let fatal = |error: &dyn fmt::Display| Refusal { why: error.to_string(), passes: false };
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| fatal(&error))?;
        let mut last = None;
        for target in &self.settings.hosts {
            for way in self.ways(&target.0) {
                let config = self.config(target, *way).map_err(|error| fatal(&error.message()))?;
                // With the greeting, and not only to the open socket: pgbouncer greets when it has a server.
                match runtime.block_on(async { timeout(self.settings.timeout, config.connect(self.tls.clone())).await })
                {
                    Ok(Ok((client, connection))) => {
                        let moves = runtime.spawn(async move {
                            // What struck the connection is told by the statement that is waited for.
                            _ = connection.await;
                        });
                        return Ok(Connection { runtime, client: Some(client), moves });
                    }
                    Ok(Err(error)) => {
                        let refusal = last.insert(refusal(target, Ok(&error)));
                        // The other way helps where this one is not wanted, and nowhere else.
                        let unwanted = error.as_db_error().is_none_or(|told| told.code().code() == "28000");
                        if refusal.passes || !unwanted {
                            break;
                        }
                    }
                    Err(_) => {
                        let seconds = self.settings.timeout.as_secs();
                        last = Some(refusal(target, Err(format!("it has not answered for {seconds} s"))));
                        break;
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| fatal(&"There is no server to connect to.")))
    }

    fn stands(connection: &mut Connection) -> bool {
        let Some(client) = &connection.client else { return false };
        connection
            .runtime
            .block_on(async { matches!(timeout(SILENCE / 3, client.check_connection()).await, Ok(Ok(()))) })
    }

    fn execute(connection: &mut Connection, statement: &Statement) -> Outcome {
        let lost = |message: String| Outcome::Trouble(Trouble { kind: TroubleKind::Lost, message });
        let Some(client) = &connection.client else { return lost("The connection was closed".to_owned()) };
        match connection.runtime.block_on(async { timeout(SILENCE, answer(client, statement)).await }) {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => match error.as_db_error() {
                Some(told) => {
                    let mut trouble =
                        Trouble::of(Dialect::Postgresql, statement.name, 0, told.code().code(), told.message());
                    // The connection ends with it, whatever else it says.
                    if matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) {
                        trouble.kind = TroubleKind::Lost;
                    }
                    Outcome::Trouble(trouble)
                }
                None => lost(words(&error)),
            },
            Err(_) => lost(format!("the server has not answered for {} s", SILENCE.as_secs())),
        }
    }
}

async fn answer(client: &Client, statement: &Statement) -> Result<Outcome, tokio_postgres::Error> {
    let params: Vec<_> = statement.params.iter().map(Parameter).collect();
    let params: Vec<(&(dyn ToSql + Sync), Type)> = params.iter().map(|param| (param as _, param.type_())).collect();
    if statement.wants == Wants::Count {
        return client.execute_typed(&statement.sql, &params).await.map(Outcome::Count);
    }
    let rows = client.query_typed(&statement.sql, &params).await?;
    let cells =
        |row: &tokio_postgres::Row| (0..row.len()).map(|at| row.try_get::<_, Cell>(at).map(|cell| cell.0)).collect();
    rows.iter().map(cells).collect::<Result<_, _>>().map(Outcome::Rows)
}

/// A parameter. The type of a text is left to the server, so that it is compared as its column is.
#[derive(Debug)]
struct Parameter<'v>(&'v Value);

impl Parameter<'_> {
    fn type_(&self) -> Type {
        if matches!(self.0, Value::Int(_)) { Type::INT8 } else { Type::UNKNOWN }
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self.0 {
            Value::Null => return Ok(IsNull::Yes),
            Value::Int(number) => out.extend_from_slice(&number.to_be_bytes()),
            Value::Text(text) => out.extend_from_slice(text.as_bytes()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, type_: &Type) -> Format {
        if *type_ == Type::INT8 { Format::Binary } else { Format::Text }
    }

    to_sql_checked!();
}

/// A value of a row.
struct Cell(Value);

impl<'r> FromSql<'r> for Cell {
    fn from_sql(type_: &Type, raw: &'r [u8]) -> Result<Self, Fault> {
        Ok(Self(match *type_ {
            Type::BOOL => i64::from(bool::from_sql(type_, raw)?).into(),
            Type::INT2 => i64::from(i16::from_sql(type_, raw)?).into(),
            Type::INT4 => i64::from(i32::from_sql(type_, raw)?).into(),
            Type::INT8 => i64::from_sql(type_, raw)?.into(),
            Type::NUMERIC => whole(raw).ok_or("a number with a fraction, or a very large one")?.into(),
            _ => std::str::from_utf8(raw)?.into(),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self(Value::Null))
    }

    fn accepts(type_: &Type) -> bool {
        let text = [Type::TEXT, Type::VARCHAR, Type::BPCHAR, Type::NAME, Type::UNKNOWN];
        let number = [Type::BOOL, Type::INT2, Type::INT4, Type::INT8, Type::NUMERIC];
        text.contains(type_) || number.contains(type_)
    }
}

/// A NUMERIC, such as sums are, that is whole: its digits are of base 10,000.
fn whole(raw: &[u8]) -> Option<i64> {
    let mut words = raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (digits, weight, sign) = (words.next()?, words.next()?, words.next()?);
    words.next()?;
    if digits > weight.checked_add(1)? && digits > 0 {
        return None;
    }
    let mut number: i64 = 0;
    for place in 0..=weight {
        let digit = if place < digits { words.next()? } else { 0 };
        number = number.checked_mul(10_000)?.checked_add(digit.into())?;
    }
    match sign {
        0 => Some(number),
        0x4000 => Some(-number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_of_any_length_are_read() {
        let raw = |words: &[i16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<_>>();
        for (words, due) in [
            (&[0, 0, 0, 0][..], Some(0)),
            (&[1, 0, 0, 0, 42], Some(42)),
            (&[2, 1, 0x4000, 0, 1, 2345], Some(-12_345)),
            // 50,000,000: what ends in zeroes has no digits for them.
            (&[1, 1, 0, 0, 5000], Some(50_000_000)),
            (&[1, -1, 0, 4, 5000], None),
            (&[2, 0, 0, 1, 1, 5000], None),
            (&[1, 0, 0, 0], None),
            (&[1, 30, 0, 0, 1], None),
        ] {
            assert_eq!(whole(&raw(words)), due, "{words:?}");
        }
    }
}
