//! The engine: a task hands out one step at a time, and goes on with the answer. It has no I/O, no clock, no thread, no
//! random source and no connection of its own.
//!
//! A task is written as one sequence, an `async fn` whose every `await` is a step; nothing but [`Task::next`] polls it.
//! Everything that it must remember stands in the store: it may be dropped at any step, and another one goes on.

use crate::account::Account;
use crate::policy::Policy;
use crate::state::Rules;
use crate::statement::{Commit, Dialect, Paramstyle, Statement, Value, Wants};
use crate::trouble::{Trouble, TroubleKind};
use countersign::draft::Designs;
use countersign::spiff::{PlacedOrder, Seen};
use countersign::{Deadline, Draft, Error, ErrorKind};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

/// What is to be done next.
#[derive(Debug)]
pub enum Step<T> {
    /// Execute one statement, committed before its answer is given.
    Sql(Statement),
    /// Perform a call to the platform.
    Call(Box<Call>),
    /// Wait so many milliseconds.
    Wait(i64),
    /// It has ended.
    Done(Result<T, Error>),
}

/// A call to the platform. [`Call::perform`] makes it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The account by its name.
    pub name: String,
    /// The account.
    pub account: Account,
    /// What to do there.
    pub what: Asked,
    /// When it must have ended. An order is checked against it directly before its first byte.
    pub deadline: Deadline,
}

/// What a call does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Asked {
    /// Read the designs of an order.
    Look(Designs),
    /// Place an order, once.
    Send(Box<Draft>),
    /// The harmless read: whose credentials are these?
    Check,
}

/// What came of a call.
#[derive(Debug)]
#[non_exhaustive]
pub enum Told {
    /// What was seen.
    Seen(Result<Seen, Error>),
    /// The order, or what is known of it.
    Sent(Box<Result<PlacedOrder, Error>>),
    /// The id of the integration, where the platform has such a thing.
    Checked(Result<Option<String>, Error>),
}

impl Call {
    /// Makes it, over the account's own client: an order exactly once.
    pub fn perform(&self) -> Told {
        let platform = &self.account.platform;
        match &self.what {
            Asked::Look(designs) => Told::Seen(platform.look(designs, &self.deadline).map(|answer| answer.value)),
            Asked::Send(draft) => Told::Sent(Box::new(platform.send(draft, &self.deadline).map(|answer| answer.value))),
            Asked::Check => {
                Told::Checked(platform.with_time_left(self.deadline.left()).run("check", b"{}").map(|answer| {
                    let check: serde_json::Value = serde_json::from_str(answer.value.get()).unwrap_or_default();
                    check["integration"]["id"].as_str().map(str::to_owned)
                }))
            }
        }
    }
}

/// What came of a step.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The first step is due.
    Begin,
    /// The rows of a statement.
    Rows(Vec<Vec<Value>>),
    /// How many rows a statement changed.
    Count(u64),
    /// The statement gave no answer.
    Trouble(Trouble),
    /// What came of the call.
    Told(Told),
    /// The wait is over.
    Waited,
}

/// What came of a step, the clocks after it, and bytes that nobody else has.
#[derive(Debug)]
pub struct Answer {
    /// What came of it.
    pub outcome: Outcome,
    /// The clock of this machine, in milliseconds since 1970.
    pub wall: i64,
    /// The clock that goes on while the machine sleeps and cannot be set, in milliseconds since anything.
    pub boot: i64,
    /// Fresh from the operating system, drawn by the process that gives them: two workers must not share them.
    pub random: [u8; 16],
}

impl Answer {
    /// With the clocks and the random bytes of this machine.
    ///
    /// # Errors
    /// `internal` where the operating system has no random bytes.
    pub fn of(outcome: Outcome) -> Result<Self, Error> {
        let mut random = [0; 16];
        getrandom::getrandom(&mut random).map_err(|error| {
            Error::new(ErrorKind::Internal, format!("The operating system gave no random bytes: {error}."))
        })?;
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let wall = ms(since);
        Ok(Self { outcome, wall, boot: boot_ms(wall), random })
    }
}

fn ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Milliseconds by the clock that goes on while the machine sleeps and cannot be set: the same in every process of one
/// start of the machine. Where there is none, the wall clock, and then a wait has one clock alone.
fn boot_ms(wall: i64) -> i64 {
    #[cfg(unix)]
    {
        _ = wall;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let clock = rustix::time::ClockId::Boottime;
        #[cfg(not(any(target_os = "linux", target_os = "android")))]
        let clock = rustix::time::ClockId::Monotonic;
        let time = rustix::time::clock_gettime(clock);
        time.tv_sec.saturating_mul(1000) + time.tv_nsec / 1_000_000
    }
    #[cfg(not(unix))]
    wall
}

/// What a step and its answer pass each other over.
#[derive(Default)]
struct Desk {
    out: Option<Want>,
    back: Option<Answer>,
}

enum Want {
    Sql(Statement),
    Call(Box<Call>),
    Wait(i64),
}

/// The way of a task to the outside: a step out, its answer back.
#[derive(Clone, Default)]
pub(crate) struct Io {
    desk: Arc<Mutex<Desk>>,
    clocks: Arc<Mutex<Clocks>>,
    /// Whether each statement is to be followed by a COMMIT.
    commit: Arc<AtomicBool>,
    /// No transaction of the host's is around it: what the database gave up may be tried again.
    alone: Arc<AtomicBool>,
    /// The connection is the outbox's own.
    own: Arc<AtomicBool>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Clocks {
    pub(crate) wall: i64,
    pub(crate) boot: i64,
    pub(crate) random: [u8; 16],
}

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Asking<'io>(&'io Io);

impl Future for Asking<'_> {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Outcome> {
        let Some(answer) = open(&self.0.desk).back.take() else { return Poll::Pending };
        *open(&self.0.clocks) = Clocks { wall: answer.wall, boot: answer.boot, random: answer.random };
        Poll::Ready(answer.outcome)
    }
}

impl Io {
    async fn ask(&self, mut want: Want) -> Outcome {
        if let Want::Sql(statement) = &mut want {
            statement.commit = self.commit.load(Ordering::Relaxed);
        }
        open(&self.desk).out = Some(want);
        Asking(self).await
    }

    /// The clocks and the bytes that came with the last answer.
    pub(crate) fn clocks(&self) -> Clocks {
        *open(&self.clocks)
    }

    /// Notes whether the connection commits each statement by itself.
    pub(crate) fn commits_by_itself(&self, does: bool) {
        self.commit.store(!does, Ordering::Relaxed);
    }

    pub(crate) async fn call(&self, call: Call) -> Result<Told, Error> {
        match self.ask(Want::Call(Box::new(call))).await {
            Outcome::Told(told) => Ok(told),
            _ => Err(not_the_answer("a call")),
        }
    }

    pub(crate) async fn wait(&self, ms: i64) {
        self.ask(Want::Wait(ms)).await;
    }
}

fn not_the_answer(to: &str) -> Error {
    let message =
        format!("The step was {to}, and its answer is none to that. Give each step the answer that belongs to it.");
    Error::new(ErrorKind::InvalidArgument, message)
}

/// What a statement did that changes one row or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Yes,
    No,
    /// Somebody holds a lock on it.
    Busy,
    /// It may have been done.
    Lost,
}

/// What every task of one outbox shares.
pub(crate) struct Shared {
    pub(crate) dialect: Dialect,
    pub(crate) prefix: String,
    pub(crate) paramstyle: Option<Paramstyle>,
    pub(crate) policy: Policy,
    pub(crate) rules: Rules,
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Who the store belongs to, and a hash of where it is.
    pub(crate) shop: String,
    pub(crate) site: String,
}

impl Shared {
    /// A statement for this store, with its parameters in this style; `None` for the style of its connection.
    pub(crate) fn statement(
        &self,
        style: Option<Paramstyle>,
        name: &'static str,
        sql: &str,
        params: Vec<Value>,
        wants: Wants,
    ) -> Statement {
        let sql = self.dialect.sql(style.or(self.paramstyle), &self.prefix, sql);
        Statement { sql, params, wants, name, commit: false }
    }
}

/// A task's view of everything: the way out, and what all tasks share.
#[derive(Clone)]
pub(crate) struct Cx {
    pub(crate) io: Io,
    pub(crate) shared: Arc<Shared>,
}

/// How often a statement is asked again that somebody's lock stopped, or a read whose answer was lost.
const TRIES: u32 = 5;

impl Cx {
    pub(crate) fn policy(&self) -> &Policy {
        &self.shared.policy
    }

    /// The second clock on a wait, beside the store's: with a store on this machine the one that cannot be set.
    pub(crate) fn clock(&self) -> i64 {
        let clocks = self.io.clocks();
        if self.shared.dialect.is_local() { clocks.boot } else { clocks.wall }
    }

    /// A token for a lease.
    pub(crate) fn token(&self) -> String {
        self.io.clocks().random.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn statement(&self, name: &'static str, sql: &str, params: Vec<Value>, wants: Wants) -> Statement {
        self.shared.statement(None, name, sql, params, wants)
    }

    /// The end of a condition: how the statement is committed, and how long it waits for a lock.
    pub(crate) fn and(&self, commit: Commit) -> String {
        self.shared.dialect.terms(commit, self.is_alone()).map(|terms| format!(" AND {terms}")).unwrap_or_default()
    }

    /// The same for an INSERT, which has no condition: in place of a value.
    pub(crate) fn with(&self, commit: Commit, value: &str) -> String {
        match self.shared.dialect.terms(commit, self.is_alone()) {
            Some(terms) => format!("CASE WHEN {terms} THEN {value} END"),
            None => value.to_owned(),
        }
    }

    /// Runs a SELECT: it changes nothing, so it may be asked again.
    pub(crate) async fn rows(
        &self,
        name: &'static str,
        sql: &str,
        params: Vec<Value>,
    ) -> Result<Vec<Vec<Value>>, Error> {
        let statement = self.statement(name, sql, params, Wants::Rows);
        for again in 1.. {
            match self.io.ask(Want::Sql(statement.clone())).await {
                Outcome::Rows(rows) => return Ok(rows),
                Outcome::Trouble(trouble)
                    if (self.passes(trouble.kind) || (trouble.kind == TroubleKind::Lost && self.is_alone()))
                        && again < TRIES =>
                {
                    self.io.wait(20 << again).await;
                }
                Outcome::Trouble(trouble) => return Err(self.store_error(&trouble)),
                _ => return Err(not_the_answer("a statement with rows")),
            }
        }
        Err(not_the_answer("a statement"))
    }

    /// Runs a guarded statement once: a lock of somebody else means that nothing was done.
    pub(crate) async fn once(&self, statement: Statement) -> Result<Done, Error> {
        match self.io.ask(Want::Sql(statement)).await {
            Outcome::Count(0) => Ok(Done::No),
            Outcome::Count(_) => Ok(Done::Yes),
            Outcome::Trouble(Trouble { kind: TroubleKind::Lost, .. }) => Ok(Done::Lost),
            Outcome::Trouble(Trouble { kind: TroubleKind::Duplicate, .. }) => Ok(Done::No),
            Outcome::Trouble(trouble) if self.passes(trouble.kind) => Ok(Done::Busy),
            Outcome::Trouble(trouble) => Err(self.store_error(&trouble)),
            _ => Err(not_the_answer("a statement with a count")),
        }
    }

    /// Whether somebody holds a lock that this statement would wait for.
    pub(crate) async fn is_held(&self, statement: Statement) -> Result<bool, Error> {
        match self.io.ask(Want::Sql(statement)).await {
            Outcome::Trouble(trouble) => Ok(trouble.kind == TroubleKind::Busy),
            Outcome::Rows(_) => Ok(false),
            _ => Err(not_the_answer("a statement with rows")),
        }
    }

    /// The same for a statement that has to be done: a lock is waited for.
    pub(crate) async fn insist(&self, statement: Statement) -> Result<Done, Error> {
        for again in 1.. {
            match self.io.ask(Want::Sql(statement.clone())).await {
                Outcome::Count(0) => return Ok(Done::No),
                Outcome::Count(_) => return Ok(Done::Yes),
                Outcome::Trouble(Trouble { kind: TroubleKind::Lost, .. }) => return Ok(Done::Lost),
                Outcome::Trouble(Trouble { kind: TroubleKind::Duplicate, .. }) => return Ok(Done::No),
                Outcome::Trouble(trouble) if self.passes(trouble.kind) && again < TRIES => {
                    self.io.wait(20 << again).await;
                }
                Outcome::Trouble(trouble) => return Err(self.store_error(&trouble)),
                _ => return Err(not_the_answer("a statement with a count")),
            }
        }
        Err(not_the_answer("a statement"))
    }

    /// Whether no transaction of the host's is around this task.
    pub(crate) fn is_alone(&self) -> bool {
        self.io.alone.load(Ordering::Relaxed)
    }

    /// Whether the connection is the outbox's own.
    pub(crate) fn has_its_own(&self) -> bool {
        self.io.own.load(Ordering::Relaxed)
    }

    /// Whether a statement may be tried again after this. In a transaction of the host's, the rest of it would be missing.
    fn passes(&self, kind: TroubleKind) -> bool {
        match kind {
            TroubleKind::Busy => self.is_alone() || !self.shared.dialect.gives_up_with_any_error(),
            TroubleKind::Undone => self.is_alone(),
            _ => false,
        }
    }

    /// The refusal of what stands in no transaction.
    pub(crate) fn in_transaction(&self) -> Error {
        Error::new(
            ErrorKind::Store,
            "A transaction is open on this connection, and this must not be part of one: commit first.",
        )
    }

    fn store_error(&self, trouble: &Trouble) -> Error {
        let words = trouble.message.trim_end_matches('.');
        match trouble.kind {
            TroubleKind::Busy => {
                Error::new(ErrorKind::StoreBusy, format!("The store is locked by somebody else: {words}."))
            }
            TroubleKind::Undone => Error::new(
                ErrorKind::StoreBusy,
                format!("The database took the transaction back ({words}): repeat the whole of it."),
            ),
            TroubleKind::InTransaction => self.in_transaction(),
            _ => Error::new(ErrorKind::Store, format!("The store failed: {words}.")),
        }
    }

    /// What is wrong with what stands in the store.
    pub(crate) fn unreadable(&self, why: &str) -> Error {
        let message =
            format!("The store holds what this version cannot read: {why}. Is another version at work? Ask `check`.");
        Error::new(ErrorKind::Store, message)
    }
}

type Work<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Something that is done step by step: give [`Task::next`] the answer to each step.
///
/// ```no_run
/// # use countersign_outbox::{Answer, Outcome, Step, Task};
/// # fn example<T: 'static>(mut task: Task<T>, execute: impl Fn(&countersign_outbox::Statement) -> Outcome) -> Result<T, countersign::Error> {
/// let mut outcome = Outcome::Begin;
/// loop {
///     outcome = match task.next(Answer::of(outcome)?) {
///         Step::Sql(statement) => execute(&statement),
///         Step::Call(call) => Outcome::Told(call.perform()),
///         Step::Wait(ms) => {
///             std::thread::sleep(std::time::Duration::from_millis(ms.max(0) as u64));
///             Outcome::Waited
///         }
///         Step::Done(result) => return result,
///     }
/// }
/// # }
/// ```
pub struct Task<T> {
    work: Option<Work<T>>,
    io: Io,
}

impl<T> std::fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("ended", &self.work.is_none()).finish_non_exhaustive()
    }
}

impl<T: 'static> Task<T> {
    /// One that may stand in a transaction of the host's.
    pub(crate) fn new<F>(shared: &Arc<Shared>, work: impl FnOnce(Cx) -> F) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let io = Io::default();
        let work = Box::pin(begin(io.clone(), work(Cx { io: io.clone(), shared: Arc::clone(shared) })));
        Self { work: Some(work), io }
    }

    /// One that stands in no transaction of anybody's.
    pub(crate) fn alone<F>(shared: &Arc<Shared>, work: impl FnOnce(Cx) -> F) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let task = Self::new(shared, work);
        task.stands_alone();
        task
    }

    /// Says that no transaction of the host's is around this task.
    fn stands_alone(&self) {
        self.io.alone.store(true, Ordering::Relaxed);
    }

    /// Says that this task goes over a connection that nobody else has.
    pub(crate) fn has_its_own(&self) {
        self.stands_alone();
        self.io.own.store(true, Ordering::Relaxed);
    }

    /// The same task, with something else made of its answer.
    pub fn then<U>(self, make: impl FnOnce(T) -> Result<U, Error> + Send + 'static) -> Task<U> {
        let work = self.work.map(|work| -> Work<U> { Box::pin(async move { work.await.and_then(make) }) });
        Task { work, io: self.io }
    }

    /// Goes on with the answer to the last step, [`Outcome::Begin`] at first.
    pub fn next(&mut self, answer: Answer) -> Step<T> {
        let Some(work) = self.work.as_mut() else {
            return Step::Done(Err(Error::new(ErrorKind::InvalidArgument, "This task has ended.")));
        };
        open(&self.io.desk).back = Some(answer);
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(result) = pin!(work).poll(&mut context) {
            self.work = None;
            return Step::Done(result);
        }
        match open(&self.io.desk).out.take() {
            Some(Want::Sql(statement)) => Step::Sql(statement),
            Some(Want::Call(call)) => Step::Call(call),
            Some(Want::Wait(ms)) => Step::Wait(ms),
            None => Step::Done(Err(Error::new(ErrorKind::Internal, "The outbox waits for nothing."))),
        }
    }
}

/// Takes the clocks of the first answer before the work begins.
async fn begin<T>(io: Io, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    Asking(&io).await;
    work.await
}
