//! Stores that the command opens itself: a file of SQLite, and behind a feature each the servers of PostgreSQL and MySQL.
//!
//! | file | what stands there |
//! |---|---|
//! | `address` | a server's URL, and what of it may be shown |
//! | `server` | one connection to a server, made anew when it breaks |
//! | `postgresql`, `mysql` | the drivers |

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod address;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgresql;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;

use countersign::Error;
use countersign_outbox::store::sqlite::Sqlite;
use countersign_outbox::{Dialect, Place, Task};
use std::path::Path;

/// What a store may be named like.
pub(crate) const FORMS: &str = "sqlite:PATH, postgresql://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE";

/// Which store a text names.
#[derive(Clone, Debug)]
pub(crate) enum Named {
    Sqlite(String),
    #[cfg(feature = "postgres")]
    Postgresql(address::Address),
    #[cfg(feature = "mysql")]
    Mysql(address::Address),
}

impl Named {
    /// Reads the name of a store. What is wrong with it is said without repeating it: it may hold a password.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        match scheme {
            "sqlite" if !rest.is_empty() => Ok(Self::Sqlite(rest.to_owned())),
            "postgresql" | "postgres" => postgresql(text),
            "mysql" | "mariadb" => mysql(text),
            _ => Err(format!("names none that this command knows: give {FORMS}")),
        }
    }

    /// The name without a password.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{path}"),
            #[cfg(feature = "postgres")]
            Self::Postgresql(address) => address.shown(),
            #[cfg(feature = "mysql")]
            Self::Mysql(address) => address.shown(),
        }
    }

    /// Whether the name holds a password.
    pub(crate) fn has_password(&self) -> bool {
        match self {
            Self::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgresql(address) => address.has_password(),
            #[cfg(feature = "mysql")]
            Self::Mysql(address) => address.has_password(),
        }
    }

    /// Opens the store: a file at once, a server when it is first needed.
    pub(crate) fn open(&self, place: Place) -> Result<Store, Error> {
        match self {
            Self::Sqlite(path) => Ok(Store::Sqlite(Sqlite::open(Path::new(path), place)?)),
            #[cfg(feature = "postgres")]
            Self::Postgresql(address) => {
                Ok(Store::Postgresql(Box::new(server::Server::new(postgresql::Driver::new(address)?))))
            }
            #[cfg(feature = "mysql")]
            Self::Mysql(address) => Ok(Store::Mysql(Box::new(server::Server::new(mysql::Driver::new(address)?)))),
        }
    }
}

#[cfg(feature = "postgres")]
fn postgresql(text: &str) -> Result<Named, String> {
    let address = address::Address::read(text)?;
    address.knows(&postgresql::parameters())?;
    Ok(Named::Postgresql(address))
}

#[cfg(feature = "mysql")]
fn mysql(text: &str) -> Result<Named, String> {
    let address = address::Address::read(text)?;
    address.knows(mysql::PARAMETERS)?;
    Ok(Named::Mysql(address))
}

#[cfg(not(feature = "postgres"))]
fn postgresql(_: &str) -> Result<Named, String> {
    Err(unbuilt("PostgreSQL", "postgres"))
}

#[cfg(not(feature = "mysql"))]
fn mysql(_: &str) -> Result<Named, String> {
    Err(unbuilt("MySQL and MariaDB", "mysql"))
}

#[cfg(not(all(feature = "postgres", feature = "mysql")))]
fn unbuilt(servers: &str, feature: &str) -> String {
    format!(
        "names a server, and this command was built without the driver of {servers}: build it with `cargo install --path cli --features \
         {feature}`, or give sqlite:PATH"
    )
}

/// A store.
#[derive(Debug)]
pub(crate) enum Store {
    Sqlite(Sqlite),
    #[cfg(feature = "postgres")]
    Postgresql(Box<server::Server<postgresql::Driver>>),
    #[cfg(feature = "mysql")]
    Mysql(Box<server::Server<mysql::Driver>>),
}

impl Store {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgresql(_) => Dialect::Postgresql,
            #[cfg(feature = "mysql")]
            Self::Mysql(_) => Dialect::Mysql,
        }
    }

    /// Where the store stands, if that can be seen: of a server nobody but the shop knows.
    pub(crate) fn site(&self) -> Option<String> {
        match self {
            Self::Sqlite(file) => Some(file.site()),
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            _ => None,
        }
    }

    /// The file, where it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(file) => Some(file.path()),
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            _ => None,
        }
    }

    /// Connects, where that is still to be done.
    ///
    /// # Errors
    /// `store_busy` for a server that is away for now, `store` for one that will not be there by waiting.
    pub(crate) fn reach(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            #[cfg(feature = "postgres")]
            Self::Postgresql(server) => server.reach(),
            #[cfg(feature = "mysql")]
            Self::Mysql(server) => server.reach(),
        }
    }

    /// Runs a task; `None` if it was stopped.
    pub(crate) fn run<T: 'static>(&self, task: Task<T>, stop: &dyn Fn() -> bool) -> Result<Option<T>, Error> {
        match self {
            Self::Sqlite(file) => file.run(task, stop),
            #[cfg(feature = "postgres")]
            Self::Postgresql(server) => server.run(task, stop),
            #[cfg(feature = "mysql")]
            Self::Mysql(server) => server.run(task, stop),
        }
    }
}
