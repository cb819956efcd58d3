//! The tables: `install` makes them, `schema` prints what makes them.

use super::store::{NumberArgs, StoreArgs};
use crate::output::{Ended, Exit, Failure, Output};
use clap::Args;
use countersign_outbox::{Accounts, Dialect, Engine, Settings};
use serde_json::json;

pub(crate) const INSTALL_HELP: &str = "\
Makes the file, for its owner alone, and the tables in it; what is there stays.
In a database of a server it makes the tables, which takes the right to do so.
One set of tables belongs to one shop: name it with --shop where there are
several, and name it everywhere from then on.

Examples:
  countersign outbox install --store sqlite:/var/lib/shop/outbox.db
  countersign outbox install --store postgresql://owner@db1/shop
  countersign outbox install --store sqlite:/var/lib/b/outbox.db --shop b";

pub(crate) const SCHEMA_HELP: &str = "\
Prints the statements that make the tables, for a migration of your own.

Examples:
  countersign outbox schema postgresql
  countersign outbox schema mysql --prefix wp_";

#[derive(Args, Debug)]
pub(crate) struct Install {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    numbers: NumberArgs,
}

#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// sqlite, mysql (also MariaDB) or postgresql
    dialect: String,
    /// In front of the names of the tables
    #[arg(long, value_name = "TEXT", default_value = "")]
    prefix: String,
}

impl Install {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let settings = self.store.settings(Accounts::new(), self.numbers.policy()?);
        let opened = self.store.install(settings)?;
        let path = opened.store.path().map(|path| path.display().to_string());
        if out.is_json() {
            let mut told = json!({ "store": opened.name, "installed": true });
            if let Some(path) = path {
                told["path"] = path.into();
            }
            out.value(&told);
        } else {
            out.line(format_args!("installed: {}", path.unwrap_or(opened.name)));
        }
        Ok(Exit::Ok)
    }
}

impl Schema {
    pub(crate) fn run(self, out: &mut Output) -> Ended {
        let dialect = Dialect::ALL.iter().copied().find(|dialect| dialect.name() == self.dialect);
        let dialect = dialect.ok_or_else(|| {
            Failure::usage_of(format!("There is no dialect {:.40?}: sqlite, mysql or postgresql is due.", self.dialect))
        })?;
        let settings = Settings { prefix: self.prefix, ..Settings::new(Accounts::new()) };
        let statements = Engine::new(dialect, String::new(), settings).map_err(Failure::usage)?.schema();
        if out.is_json() {
            out.value(&json!({ "dialect": dialect.name(), "statements": statements }));
        } else {
            for statement in statements {
                out.line(format_args!("{statement};"));
            }
        }
        Ok(Exit::Ok)
    }
}
