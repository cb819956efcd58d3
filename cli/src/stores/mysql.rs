//! The driver of MySQL and MariaDB.

use super::address::Address;
use super::server::{self, Refusal};
use countersign::{Error, ErrorKind};
use countersign_outbox::{Dialect, Outcome, Statement, Trouble, TroubleKind, Value, Wants};
use mysql::prelude::Queryable;
use mysql::{Conn, DriverError, LocalInfileHandler, OptsBuilder, Params, SslOpts};
use std::net::{IpAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

/// The parameters of a URL.
pub(crate) const PARAMETERS: &[&str] = &["ssl-mode", "ssl-ca", "socket", "connect-timeout"];

/// The password, for whoever gives none in the URL.
const PASSWORD: &str = "MYSQL_PWD";
/// Where servers of this machine listen, by their distributions.
const SOCKETS: &[&str] =
    &["/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"];
const PORT: u16 = 3306;
/// A statement without an answer for so long has lost it.
const SILENCE: Duration = Duration::from_secs(30);
/// More than there are statements: each is prepared once.
const PREPARED: usize = 128;

/// What is done with TLS, by the names of MySQL's own programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Disabled,
    /// Where the server has it.
    Preferred,
    /// Without asking whose server it is.
    Required,
    VerifyIdentity,
}

/// Where a server is, and how to reach it.
pub(crate) struct Driver {
    hosts: Vec<(String, u16)>,
    socket: Option<PathBuf>,
    mode: Mode,
    ca: Option<PathBuf>,
    login: OptsBuilder,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mysql")
            .field("hosts", &self.hosts)
            .field("socket", &self.socket)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

fn configuration(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

impl Driver {
    /// By a URL, and what the environment has of it.
    pub(crate) fn new(address: &Address) -> Result<Self, Error> {
        let ca = address.parameter("ssl-ca").map(PathBuf::from);
        let mode = match address.parameter("ssl-mode").map(str::to_ascii_uppercase).as_deref() {
            Some("DISABLED") => Mode::Disabled,
            Some("PREFERRED") | None if ca.is_none() => Mode::Preferred,
            Some("REQUIRED") => Mode::Required,
            Some("VERIFY_IDENTITY") | None => Mode::VerifyIdentity,
            Some("PREFERRED") => {
                return Err(configuration(
                    "ssl-ca says whom to trust, and ssl-mode=PREFERRED asks nobody: give VERIFY_IDENTITY.",
                ));
            }
            // The driver trusts the public authorities besides: without a name, every server of the internet would do.
            Some("VERIFY_CA") => {
                return Err(configuration(
                    "ssl-mode=VERIFY_CA is not there: give VERIFY_IDENTITY, and the server's name as its certificate has it.",
                ));
            }
            Some(_) => {
                return Err(configuration("ssl-mode is none: give DISABLED, PREFERRED, REQUIRED or VERIFY_IDENTITY."));
            }
        };
        if let Some(ca) = &ca {
            std::fs::metadata(ca).map_err(|why| configuration(format!("ssl-ca {}: {why}.", ca.display())))?;
        }
        let hosts: Vec<_> = address.hosts.iter().map(|(host, port)| (host.clone(), port.unwrap_or(PORT))).collect();
        let local = || SOCKETS.iter().map(PathBuf::from).find(|socket| socket.exists());
        let socket = address.parameter("socket").map(PathBuf::from).or_else(|| hosts.is_empty().then(local).flatten());
        let hosts = if hosts.is_empty() { vec![("127.0.0.1".to_owned(), PORT)] } else { hosts };
        let timeout = match address.parameter("connect-timeout").map(str::parse::<u64>) {
            None => Duration::from_secs(10),
            Some(Ok(seconds @ 1..=3600)) => Duration::from_secs(seconds),
            Some(_) => return Err(configuration("connect-timeout is none: give 1 to 3600 seconds.")),
        };
        let password = address.password.clone().or_else(|| std::env::var(PASSWORD).ok());
        // A session as the outbox wants it: each statement commits, and a lock of the shop's is not waited for longer than a second.
        let init = vec!["SET SESSION autocommit = 1, SESSION innodb_lock_wait_timeout = 1"];
        let keeps = u32::try_from(SILENCE.as_millis()).ok();
        let login = OptsBuilder::new()
            .user(address.user.clone())
            .pass(password)
            .db_name(address.database.clone())
            .prefer_socket(false)
            .tcp_connect_timeout(Some(timeout))
            .read_timeout(Some(SILENCE))
            .write_timeout(Some(SILENCE))
            .tcp_keepalive_time_ms(keeps)
            .stmt_cache_size(PREPARED)
            .init(init)
            // A server may ask for any file of ours.
            .local_infile_handler(Some(LocalInfileHandler::new(|_, _| Err(std::io::Error::other("No file is sent.")))));
        if address.database.is_none() {
            return Err(configuration(
                "--store names no database: write it behind the host, as in mysql://shop@db/shop.",
            ));
        }
        Ok(Self { hosts, socket, mode, ca, login })
    }

    /// The names to connect to, in their order: the driver gives up after the first address of a name.
    fn targets(&self, host: &str, port: u16) -> Vec<String> {
        if self.mode == Mode::VerifyIdentity || host.parse::<IpAddr>().is_ok() {
            return vec![host.to_owned()];
        }
        let addresses: Vec<_> =
            (host, port).to_socket_addrs().into_iter().flatten().map(|address| address.ip().to_string()).collect();
        if addresses.is_empty() { vec![host.to_owned()] } else { addresses }
    }

    fn one(&self, options: &OptsBuilder) -> Result<Conn, mysql::Error> {
        let ssl = match self.mode {
            Mode::Disabled => None,
            Mode::Preferred | Mode::Required => Some(SslOpts::default().with_danger_accept_invalid_certs(true)),
            Mode::VerifyIdentity => Some(SslOpts::default().with_root_cert_path(self.ca.clone())),
        };
        match Conn::new(options.clone().ssl_opts(ssl)) {
            Err(mysql::Error::DriverError(DriverError::TlsNotSupported)) if self.mode == Mode::Preferred => {
                Conn::new(options.clone().ssl_opts(None::<SslOpts>))
            }
            done => done,
        }
    }
}

/// The words of an error, without the driver's own brackets.
fn words(error: &mysql::Error) -> String {
    match error {
        mysql::Error::MySqlError(error) => error.message.clone(),
        mysql::Error::IoError(error) => error.to_string(),
        mysql::Error::DriverError(DriverError::CouldNotConnect(Some((_, why, _)))) => why.clone(),
        mysql::Error::DriverError(DriverError::TlsNotSupported) => "the server does not support TLS".to_owned(),
        mysql::Error::DriverError(error) => error.to_string(),
        mysql::Error::TlsError(error) => error.to_string(),
        error => error.to_string(),
    }
}

impl server::Driver for Driver {
    type Connection = Conn;

    fn connect(&self) -> Result<Conn, Refusal> {
        let mut last = None;
        let mut attempt = |options: OptsBuilder, name: String| match self.one(&options) {
            Ok(connection) => Some(connection),
            Err(error) => {
                last = Some(refusal(&name, &error));
                None
            }
        };
        if let Some(socket) = &self.socket {
            let options = self.login.clone().socket(socket.to_str());
            if let Some(connection) = attempt(options, socket.display().to_string()) {
                return Ok(connection);
            }
        } else {
            for (host, port) in &self.hosts {
                for target in self.targets(host, *port) {
                    let options = self.login.clone().ip_or_hostname(Some(target)).tcp_port(*port);
                    if let Some(connection) = attempt(options, format!("{host}:{port}")) {
                        return Ok(connection);
                    }
                }
            }
        }
        Err(last.unwrap_or_else(|| Refusal { why: "There is no server to connect to.".to_owned(), passes: false }))
    }

    fn stands(connection: &mut Conn) -> bool {
        connection.ping().is_ok()
    }

    fn execute(connection: &mut Conn, statement: &Statement) -> Outcome {
        try_to(connection, statement).unwrap_or_else(|error| match &error {
            mysql::Error::MySqlError(told) => Outcome::Trouble(Trouble::of(
                Dialect::Mysql,
                statement.name,
                told.code.into(),
                &told.state,
                &told.message,
            )),
            _ => Outcome::Trouble(Trouble { kind: TroubleKind::Lost, message: words(&error) }),
        })
    }
}

/// Why there is no connection to a server.
fn refusal(name: &str, error: &mysql::Error) -> Refusal {
    let passes = match error {
        // Too many connections, shutting down, blocked for now.
        mysql::Error::MySqlError(error) => matches!(error.code, 1040 | 1053 | 1129 | 1203 | 1226),
        // A certificate that is none of ours is told as data that are none.
        mysql::Error::IoError(error) => error.kind() != std::io::ErrorKind::InvalidData,
        // It went away in the middle of its greeting.
        mysql::Error::CodecError(_) => true,
        mysql::Error::DriverError(error) => {
            matches!(error, DriverError::ConnectTimeout | DriverError::CouldNotConnect(_) | DriverError::Timeout)
        }
        _ => false,
    };
    let words = words(error);
    let words = words.trim_end_matches('.');
    let how = if passes { "cannot be reached" } else { "gives no connection" };
    Refusal { why: format!("{name} {how}: {words}."), passes }
}

fn try_to(connection: &mut Conn, statement: &Statement) -> Result<Outcome, mysql::Error> {
    let params: Vec<mysql::Value> = statement
        .params
        .iter()
        .map(|value| match value {
            Value::Null => mysql::Value::NULL,
            Value::Int(number) => mysql::Value::Int(*number),
            Value::Text(text) => mysql::Value::Bytes(text.clone().into_bytes()),
        })
        .collect();
    if params.is_empty() {
        // Some statements cannot be prepared.
        return answer(connection.query_iter(&statement.sql)?, statement.wants);
    }
    answer(connection.exec_iter(&statement.sql, Params::Positional(params))?, statement.wants)
}

fn answer<P: mysql::prelude::Protocol>(
    mut result: mysql::QueryResult<'_, '_, '_, P>,
    wants: Wants,
) -> Result<Outcome, mysql::Error> {
    if wants == Wants::Count {
        let count = result.affected_rows();
        // Read to its end: an error may come late.
        for row in result.by_ref() {
            row?;
        }
        return Ok(Outcome::Count(count));
    }
    let mut rows = Vec::new();
    for row in result.by_ref() {
        rows.push(row?.unwrap().into_iter().map(cell).collect());
    }
    Ok(Outcome::Rows(rows))
}

fn cell(value: mysql::Value) -> Value {
    match value {
        mysql::Value::NULL => Value::Null,
        mysql::Value::Int(number) => Value::Int(number),
        mysql::Value::UInt(number) => {
            i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int)
        }
        mysql::Value::Float(number) => Value::Text(number.to_string()),
        mysql::Value::Double(number) => Value::Text(number.to_string()),
        mysql::Value::Bytes(text) => Value::Text(String::from_utf8_lossy(&text).into_owned()),
        other => Value::Text(other.as_sql(true).trim_matches('\'').to_owned()),
    }
}
