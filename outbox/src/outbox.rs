//! The door: an outbox in a file of SQLite, and the tasks for every other store.

use crate::account::{Account, check_name};
use crate::drain::{Budget, Changed, Drained, drain};
use crate::engine::{Shared, Task};
use crate::enqueue::{Enqueue, Enqueued, Swept, enqueue, fresh, import, sweep};
use crate::evidence::{Notified, notify};
use crate::listing::{Changes, Checked, Detail, Filter, List, Stats, changes, check, get, list, stats};
use crate::people::{Cancelled, Decision, adopt, cancel, forget, pause, resolve, resume};
use crate::policy::Policy;
use crate::row::Shown;
use crate::state::Rules;
use crate::statement::{Dialect, Paramstyle, Statement, ascii};
use countersign::{Error, ErrorKind, Platform};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The accounts of an outbox by their names.
pub type Accounts = BTreeMap<String, Platform>;

/// What an outbox is, whatever its store.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The accounts that this process can send for.
    pub accounts: Accounts,
    /// Times and numbers.
    pub policy: Policy,
    /// The shop that the tables belong to: any name, the same in every process.
    pub shop: String,
    /// In front of the names of the tables; of another schema with a dot.
    pub prefix: String,
    /// How the host's connection wants parameters to be written; `None` for the dialect's own way.
    pub paramstyle: Option<Paramstyle>,
    /// Tests switch rules off.
    #[doc(hidden)]
    pub rules: Rules,
}

impl Settings {
    /// With these accounts, and the defaults for everything else.
    pub fn new(accounts: Accounts) -> Self {
        let (shop, prefix) = (String::new(), String::new());
        Self { accounts, policy: Policy::default(), shop, prefix, paramstyle: None, rules: Rules::ALL }
    }
}

/// Makes the tasks of an outbox; whoever has a connection runs them.
#[derive(Clone)]
pub struct Engine(Arc<Shared>);

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("dialect", &self.0.dialect).finish_non_exhaustive()
    }
}

impl Engine {
    /// For a store of this dialect; `site` is a hash of where the store is.
    ///
    /// # Errors
    /// `configuration` for a policy that does not fit together, `invalid_argument` for a name that is none.
    pub fn new(dialect: Dialect, site: String, settings: Settings) -> Result<Self, Error> {
        settings.policy.check()?;
        for name in settings.accounts.keys() {
            check_name(name)?;
        }
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (schema, name) = settings.prefix.split_once('.').unwrap_or(("", &settings.prefix));
        let short = schema.len() <= 30 && name.len() <= 30 && schema.chars().chain(name.chars()).all(fits);
        if !short || (settings.prefix.contains('.') && (schema.is_empty() || dialect != Dialect::Postgresql)) {
            let message = format!("The prefix {:.80?} is none: give up to 30 letters, digits and _.", settings.prefix);
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        if dialect == Dialect::Postgresql && settings.prefix.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let message = format!(
                "The prefix {:.80?} has capital letters, which PostgreSQL makes small ones of.",
                settings.prefix
            );
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        if settings.shop.len() > 120 || ascii(&settings.shop).len() > 255 {
            let message = "The shop's name is longer than 120 bytes, or 42 letters that are not of ASCII.";
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let accounts = settings.accounts.into_iter().map(|(name, platform)| (name, Account { platform })).collect();
        Ok(Self(Arc::new(Shared {
            dialect,
            prefix: settings.prefix,
            paramstyle: settings.paramstyle,
            policy: settings.policy,
            rules: settings.rules,
            accounts,
            shop: settings.shop,
            site,
        })))
    }

    /// A task that has its answer.
    pub(crate) fn ready<T: Send + 'static>(&self, answer: T) -> Task<T> {
        Task::new(&self.0, |_| async move { Ok(answer) })
    }

    /// The dialect of its statements.
    pub fn dialect(&self) -> Dialect {
        self.0.dialect
    }

    /// Makes the tables where they are missing. Never inside a transaction: some databases commit it.
    pub fn install(&self) -> Task<()> {
        Task::alone(&self.0, crate::meta::install)
    }

    /// The statements that [`Engine::install`] runs, for a migration of the host's own.
    pub fn schema(&self) -> Vec<String> {
        self.0.dialect.schema(&self.0.prefix)
    }

    /// Refuses a store without its tables, of another shop, or that only newer code may read.
    pub fn verify(&self) -> Task<()> {
        Task::new(&self.0, |cx| async move { crate::meta::verify(&cx).await.map(|_| ()) })
    }

    /// Enqueues an order, given as JSON. Run it in the host's transaction: then it is there if the payment is.
    pub fn enqueue(&self, account: Option<&str>, order: &[u8], options: Enqueue) -> Task<Enqueued> {
        let (account, order) = (account.map(str::to_owned), order.to_vec());
        Task::new(&self.0, |cx| enqueue(cx, account, order, options))
    }

    /// The one statement that enqueues an order unless it is there, for a host that runs its SQL itself. An order with
    /// other goods than before is then not noticed.
    ///
    /// # Errors
    /// `invalid_order` and `invalid_argument`.
    pub fn enqueue_statement(
        &self,
        account: Option<&str>,
        order: &[u8],
        options: &Enqueue,
        style: Option<Paramstyle>,
    ) -> Result<Statement, Error> {
        let now = countersign::system_time().unix().saturating_mul(1000);
        Ok(fresh(&self.0, account, order, options, now)?.statement(&self.0, style, options))
    }

    /// Enqueues what is missing of a shop's paid orders, given whole; one answer for each. What was cancelled stays so, and
    /// an order that breaks rules stops no other. Once a night it repairs what was forgotten between payment and enqueue. With
    /// `since`, in seconds since 1970, the list has every paid order since then, and what it lacks is named.
    pub fn sweep(&self, account: Option<&str>, orders: &[Vec<u8>], since: Option<i64>) -> Task<Swept> {
        let (account, orders) = (account.map(str::to_owned), orders.to_vec());
        Task::new(&self.0, move |cx| sweep(cx, account, orders, since))
    }

    /// Writes down an order that was placed before the outbox was there.
    pub fn import(&self, account: Option<&str>, external_id: &str, remote_id: Option<&str>) -> Task<Enqueued> {
        let account = account.map(str::to_owned);
        let (external_id, remote_id) = (external_id.to_owned(), remote_id.map(str::to_owned));
        Task::new(&self.0, |cx| import(cx, account, external_id, remote_id))
    }

    /// Sends and reads back what is due. Never inside a transaction.
    pub fn drain(&self, seconds: f64, max: u64) -> Task<Drained> {
        self.drain_as(seconds, max, true, |_| {})
    }

    /// A drain for a worker: `tell` hears of each row as it changes, also of a drain that is stopped before its end; and
    /// unless it `waits`, what is due later is left to the next one, so that a worker with more to do goes on.
    pub fn drain_as(
        &self,
        seconds: f64,
        max: u64,
        waits: bool,
        tell: impl FnMut(&Changed) + Send + Sync + 'static,
    ) -> Task<Drained> {
        let ms = if seconds.is_finite() { (seconds * 1000.0).clamp(0.0, 1e12) as i64 } else { i64::MAX / 4 };
        Task::alone(&self.0, move |cx| drain(cx, Budget { ms, max, waits }, Box::new(tell)))
    }

    /// Takes an `order:created` that was verified: its id, the platform's id, and its time in seconds since 1970.
    pub fn notify(&self, external_id: &str, remote_id: Option<&str>, at: i64) -> Task<Notified> {
        let (external_id, remote_id) = (external_id.to_owned(), remote_id.map(str::to_owned));
        Task::new(&self.0, move |cx| notify(cx, external_id, remote_id, at))
    }

    /// Cancels an order as far as that is possible.
    pub fn cancel(&self, account: Option<&str>, external_id: &str) -> Task<Cancelled> {
        let (account, external_id) = (account.map(str::to_owned), external_id.to_owned());
        Task::new(&self.0, |cx| cancel(cx, account, external_id))
    }

    /// Writes down what a person decides about an order.
    pub fn resolve(
        &self,
        account: Option<&str>,
        external_id: &str,
        decision: Decision,
        who: &str,
        why: &str,
    ) -> Task<Shown> {
        let (account, external_id) = (account.map(str::to_owned), external_id.to_owned());
        let (who, why) = (who.to_owned(), why.to_owned());
        Task::new(&self.0, move |cx| resolve(cx, account, external_id, decision, who, why))
    }

    /// Sends nothing of an account until it is resumed.
    pub fn pause(&self, account: &str, why: &str) -> Task<()> {
        let (account, why) = (account.to_owned(), why.to_owned());
        Task::new(&self.0, |cx| pause(cx, account, why))
    }

    /// Ends a pause.
    pub fn resume(&self, account: &str) -> Task<()> {
        let account = account.to_owned();
        Task::new(&self.0, |cx| resume(cx, account))
    }

    /// A person says that this store is the newest, and stands where it should.
    pub fn adopt(&self) -> Task<()> {
        Task::new(&self.0, adopt)
    }

    /// Strips what is personal of an order that has ended, or is held.
    pub fn forget(&self, account: Option<&str>, external_id: &str) -> Task<()> {
        let (account, external_id) = (account.map(str::to_owned), external_id.to_owned());
        Task::new(&self.0, |cx| forget(cx, account, external_id))
    }

    /// One order, with its history.
    pub fn get(&self, account: Option<&str>, external_id: &str, body: bool) -> Task<Option<Detail>> {
        let (account, external_id) = (account.map(str::to_owned), external_id.to_owned());
        Task::new(&self.0, move |cx| get(cx, account, external_id, body))
    }

    /// Some orders.
    pub fn list(&self, filter: Filter) -> Task<List> {
        Task::new(&self.0, |cx| list(cx, filter))
    }

    /// Counts, pauses, and when something last went well.
    pub fn stats(&self) -> Task<Stats> {
        Task::new(&self.0, stats)
    }

    /// Whether a person must look: more than `max_held` held orders, or one that waits longer than `max_age` seconds.
    pub fn check(&self, max_held: i64, max_age: i64) -> Task<Checked> {
        Task::new(&self.0, move |cx| check(cx, max_held, max_age))
    }

    /// The orders that changed since a cursor, which the last call answered.
    pub fn changes(&self, after: Option<&str>, limit: u32) -> Task<Changes> {
        let after = after.map(str::to_owned);
        Task::new(&self.0, move |cx| changes(cx, after, limit))
    }
}

#[cfg(feature = "sqlite")]
mod door {
    use super::{
        Cancelled, Changes, Checked, Decision, Detail, Dialect, Drained, Engine, Enqueue, Enqueued, Error, ErrorKind,
        Filter, List, Notified, Settings, Shown, Stats, Swept, Task,
    };
    use crate::store::Place;
    use crate::store::sqlite::Sqlite;
    use std::path::Path;

    /// An outbox in a file of SQLite. Thread-safe, shared by any number of processes of one machine. Usable after `fork`
    /// if it rests before: see [`Outbox::rest`].
    #[derive(Debug)]
    pub struct Outbox {
        engine: Engine,
        store: Sqlite,
    }

    impl Outbox {
        /// Opens the outbox at `sqlite:PATH`.
        ///
        /// # Errors
        /// `store` with what to do; `configuration` for a policy that does not fit together.
        pub fn open(store: &str, settings: Settings, place: Place) -> Result<Self, Error> {
            let Some(path) = store.strip_prefix("sqlite:").filter(|path| !path.is_empty()) else {
                let message = format!("{store:.80?} is no store that this library opens itself: give sqlite:PATH.");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            };
            let store = Sqlite::open(Path::new(path), place)?;
            let engine = Engine::new(Dialect::Sqlite, store.site(), settings)?;
            Ok(Self { engine, store })
        }

        /// The tasks, for whoever runs them himself.
        pub fn engine(&self) -> &Engine {
            &self.engine
        }

        /// The file.
        pub fn store(&self) -> &Sqlite {
            &self.store
        }

        /// Closes the connections that are idle: before a process forks. They are opened again when they are needed.
        pub fn rest(&self) {
            self.store.rest();
        }

        /// Runs a task of [`Outbox::engine`] in this store.
        ///
        /// # Errors
        /// Those of the task.
        pub fn run<T: 'static>(&self, task: Task<T>) -> Result<T, Error> {
            let ended = self.store.run(task, &|| false)?;
            ended.ok_or_else(|| Error::new(ErrorKind::Internal, "A task was stopped by nobody."))
        }

        /// Makes the tables where they are missing.
        ///
        /// # Errors
        /// `store`.
        pub fn install(&self) -> Result<(), Error> {
            self.run(self.engine.install())
        }

        /// Enqueues a paid order, given as JSON. When this returns, it survives the loss of power.
        ///
        /// # Errors
        /// `invalid_order` with every problem, and then nothing is written; `store`, `store_busy`.
        pub fn enqueue(&self, account: Option<&str>, order: &[u8], options: Enqueue) -> Result<Enqueued, Error> {
            self.run(self.engine.enqueue(account, order, options))
        }

        /// Sends and reads back what is due, for so many seconds and so many orders at most. Safe to overlap.
        ///
        /// # Errors
        /// `store`, `store_busy`. What a platform does is no error: the rows tell.
        pub fn drain(&self, seconds: f64, max: u64) -> Result<Drained, Error> {
            self.run(self.engine.drain(seconds, max))
        }

        /// The same until `stop` says so: `None` then, and a send under way has ended before.
        ///
        /// # Errors
        /// As [`Outbox::drain`].
        pub fn drain_until(&self, seconds: f64, max: u64, stop: &dyn Fn() -> bool) -> Result<Option<Drained>, Error> {
            self.store.run(self.engine.drain(seconds, max), stop)
        }

        /// As [`Engine::sweep`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn sweep(&self, account: Option<&str>, orders: &[Vec<u8>], since: Option<i64>) -> Result<Swept, Error> {
            self.run(self.engine.sweep(account, orders, since))
        }

        /// As [`Engine::import`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn import(
            &self,
            account: Option<&str>,
            external_id: &str,
            remote_id: Option<&str>,
        ) -> Result<Enqueued, Error> {
            self.run(self.engine.import(account, external_id, remote_id))
        }

        /// As [`Engine::notify`].
        ///
        /// # Errors
        /// `store`, `store_busy`.
        pub fn notify(&self, external_id: &str, remote_id: Option<&str>, at: i64) -> Result<Notified, Error> {
            self.run(self.engine.notify(external_id, remote_id, at))
        }

        /// As [`Engine::cancel`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn cancel(&self, account: Option<&str>, external_id: &str) -> Result<Cancelled, Error> {
            self.run(self.engine.cancel(account, external_id))
        }

        /// As [`Engine::resolve`].
        ///
        /// # Errors
        /// `store_busy` while a worker is at it; `invalid_argument` for what cannot be decided.
        pub fn resolve(
            &self,
            account: Option<&str>,
            external_id: &str,
            decision: Decision,
            who: &str,
            why: &str,
        ) -> Result<Shown, Error> {
            self.run(self.engine.resolve(account, external_id, decision, who, why))
        }

        /// As [`Engine::pause`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn pause(&self, account: &str, why: &str) -> Result<(), Error> {
            self.run(self.engine.pause(account, why))
        }

        /// As [`Engine::resume`].
        ///
        /// # Errors
        /// `store`, `store_busy`; `invalid_argument` where `adopt` is due.
        pub fn resume(&self, account: &str) -> Result<(), Error> {
            self.run(self.engine.resume(account))
        }

        /// As [`Engine::adopt`].
        ///
        /// # Errors
        /// `store`, `store_busy`.
        pub fn adopt(&self) -> Result<(), Error> {
            self.run(self.engine.adopt())
        }

        /// As [`Engine::forget`].
        ///
        /// # Errors
        /// `invalid_argument` for an order that is still open.
        pub fn forget(&self, account: Option<&str>, external_id: &str) -> Result<(), Error> {
            self.run(self.engine.forget(account, external_id))
        }

        /// As [`Engine::get`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn get(&self, account: Option<&str>, external_id: &str, body: bool) -> Result<Option<Detail>, Error> {
            self.run(self.engine.get(account, external_id, body))
        }

        /// As [`Engine::list`].
        ///
        /// # Errors
        /// `store`, `store_busy`.
        pub fn list(&self, filter: Filter) -> Result<List, Error> {
            self.run(self.engine.list(filter))
        }

        /// As [`Engine::stats`].
        ///
        /// # Errors
        /// `store`, `store_busy`.
        pub fn stats(&self) -> Result<Stats, Error> {
            self.run(self.engine.stats())
        }

        /// As [`Engine::check`].
        ///
        /// # Errors
        /// `store`, `store_busy`.
        pub fn check(&self, max_held: i64, max_age: i64) -> Result<Checked, Error> {
            self.run(self.engine.check(max_held, max_age))
        }

        /// As [`Engine::changes`].
        ///
        /// # Errors
        /// `store`, `store_busy`, `invalid_argument`.
        pub fn changes(&self, after: Option<&str>, limit: u32) -> Result<Changes, Error> {
            self.run(self.engine.changes(after, limit))
        }
    }
}

#[cfg(feature = "sqlite")]
pub use door::Outbox;
