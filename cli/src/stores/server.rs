//! One connection to a server, kept from one task to the next, and made anew when it broke.
//!
//! A worker lives longer than its connections. An order that was taken is not given up for a restart of the server: what became of
//! it waits to be written down.

use countersign::{Error, ErrorKind};
use countersign_outbox::{Event, Outcome, Statement, Task, Trouble, TroubleKind, store};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a server that is away is waited for: a restart that is over sooner is nobody's news.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same while an order is taken: a replica takes over as well.
const TAKEN: Duration = Duration::from_secs(30);
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(250);
/// After so long without a statement a connection is asked whether it still stands: servers and firewalls close idle ones.
const IDLE: Duration = Duration::from_secs(5);

/// A kind of server.
pub(crate) trait Driver: fmt::Debug {
    type Connection: Send;

    /// Connects.
    fn connect(&self) -> Result<Self::Connection, Refusal>;

    /// Whether an idle connection still stands.
    fn stands(connection: &mut Self::Connection) -> bool;

    /// Executes one statement, which is committed then. After [`TroubleKind::Lost`] the connection is not used again.
    fn execute(connection: &mut Self::Connection, statement: &Statement) -> Outcome;
}

/// Why there is no connection.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// In a sentence.
    pub(crate) why: String,
    /// It may be otherwise in a moment.
    pub(crate) passes: bool,
}

/// `store_busy` for what passes, `store` for what does not.
impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::new(if refusal.passes { ErrorKind::StoreBusy } else { ErrorKind::Store }, refusal.why)
    }
}

/// A connection, and when it was last used.
struct Open<C>(C, Instant);

/// A server.
pub(crate) struct Server<D: Driver> {
    driver: D,
    open: Mutex<Option<Open<D::Connection>>>,
}

impl<D: Driver> fmt::Debug for Server<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.driver.fmt(f)
    }
}

impl<D: Driver> Server<D> {
    pub(crate) fn new(driver: D) -> Self {
        Self { driver, open: Mutex::new(None) }
    }

    /// Connects, where that is still to be done.
    pub(crate) fn reach(&self) -> Result<(), Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        *open = Some(self.connected(open.take(), PATIENCE).map_err(Error::from)?);
        Ok(())
    }

    /// The connection that is there, or a new one.
    fn connected(&self, open: Option<Open<D::Connection>>, patience: Duration) -> Result<Open<D::Connection>, Refusal> {
        if let Some(mut open) = open
            && (open.1.elapsed() < IDLE || D::stands(&mut open.0))
        {
            return Ok(open);
        }
        let until = Instant::now() + patience;
        loop {
            match self.driver.connect() {
                Ok(connection) => return Ok(Open(connection, Instant::now())),
                Err(refusal) if refusal.passes && Instant::now() < until => std::thread::sleep(PAUSE),
                Err(refusal) => return Err(refusal),
            }
        }
    }

    /// Runs a task; `None` if it was stopped.
    pub(crate) fn run<T: 'static>(&self, task: Task<T>, stop: &dyn Fn() -> bool) -> Result<Option<T>, Error> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut patience = PATIENCE;
        let mut refused = None;
        let done = store::run(task, stop, |statement| {
            let mut now = match self.connected(open.take(), patience) {
                Ok(now) => now,
                Err(refusal) => {
                    let message = refused.insert(refusal).why.clone();
                    return Outcome::Trouble(Trouble { kind: TroubleKind::Refused, message });
                }
            };
            refused = None;
            let outcome = D::execute(&mut now.0, statement);
            if !matches!(&outcome, Outcome::Trouble(trouble) if trouble.kind == TroubleKind::Lost) {
                now.1 = Instant::now();
                *open = Some(now);
            }
            if statement.name == Event::Claimed.name() {
                patience = TAKEN;
            } else if statement.name.starts_with("due_") {
                // The next orders are looked for: none is taken.
                patience = PATIENCE;
            }
            outcome
        });
        // Who could not be reached, and not what could not be done.
        done.map_err(|error| refused.map_or(error, Error::from))
    }
}
