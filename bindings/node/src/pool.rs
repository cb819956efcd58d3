//! The threads on which calls and files block: few, of our own, made when they are needed.
//!
//! libuv's four threads would do, but a platform that hangs would stop file access and name look-ups of the whole process.
//! Each client has a pool, which it shares with those made from it, and each outbox has two. What comes back goes to a
//! JavaScript function on the thread of its environment, in memory that stays: napi pins the module when such a function is made.

use crate::input::{Answer, answer};
use countersign::delivery::Class;
use countersign::{Attempt, Effect, Error, Platform, Timestamp, system_time};
use napi::Status;
use napi::bindgen_prelude::{FnArgs, Function};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode, UnknownReturnValue};
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a call brings back: its number, JSON text of the answer or the failure, and JSON text about the attempts.
pub(crate) type Done = FnArgs<(u32, Answer<String>, String)>;

/// The JavaScript function that gets it. It keeps no process alive: the timer of whoever waits does, in `lib/pool.js`.
pub(crate) type Deliver<'a> = Function<'a, Done, UnknownReturnValue>;
type Mailbox = ThreadsafeFunction<Done, UnknownReturnValue, Done, Status, false, true>;

/// What blocks a thread: a call, or something of an outbox.
pub(crate) trait Work: Send + Sync {
    /// By which JavaScript knows it.
    fn id(&self) -> u32;
    /// How long it may take, waiting for a thread included.
    fn limit(&self) -> Duration;
    /// Does it, on a thread of the pool, with so much time left.
    fn make(&self, begun: Timestamp, left: Duration) -> Done;
    /// What is known of it when this happened to it.
    fn struck(&self, class: Class, begun: Timestamp) -> Error;
    /// It was not begun, because so many are under way and so many wait, or for lack of a thread or of a way back from one.
    fn busy(&self, why: Busy) -> Error;
}

/// Why nothing is taken on.
pub(crate) enum Busy {
    Many { under_way: usize, waiting: usize },
    NoThread(String),
}

/// A call, as it is submitted: all that has to be known to make it, or to say what became of it.
pub(crate) struct Job {
    pub(crate) id: u32,
    /// Its time limit is the one for the whole call, waiting included.
    pub(crate) platform: Platform,
    pub(crate) operation: String,
    pub(crate) input: String,
    pub(crate) effect: Effect,
}

impl Work for Job {
    fn id(&self) -> u32 {
        self.id
    }

    fn limit(&self) -> Duration {
        self.platform.timeout()
    }

    fn make(&self, begun: Timestamp, left: Duration) -> Done {
        let work = || {
            if left.is_zero() {
                return (Err(self.struck(Class::Expired, begun)), String::new());
            }
            match self.platform.with_time_left(left).run(&self.operation, self.input.as_bytes()) {
                Ok(answer) => (Ok(String::from(Box::<str>::from(answer.value.0))), self.told(&answer.attempts)),
                Err(error) => {
                    let told = self.told(error.attempts());
                    (Err(error), told)
                }
            }
        };
        let (result, attempts) = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| (Err(self.struck(Class::Defect, begun)), String::new()));
        (self.id, answer(|| result), attempts).into()
    }

    fn struck(&self, class: Class, begun: Timestamp) -> Error {
        self.platform.struck(class, self.effect, begun)
    }

    fn busy(&self, why: Busy) -> Error {
        let message = match why {
            Busy::Many { under_way, waiting } => format!(
                "{under_way} calls are under way and {waiting} wait already. Nothing was sent. The client's option queue says how \
                 many may."
            ),
            Busy::NoThread(error) => format!("No thread could be started: {error}. Nothing was sent."),
        };
        self.platform.struck_because(Class::Busy, self.effect, system_time(), message)
    }
}

impl Job {
    /// JSON text about the attempts.
    fn told(&self, attempts: &[Attempt]) -> String {
        if attempts.is_empty() {
            return String::new();
        }
        let told =
            serde_json::json!({ "platform": self.platform.name(), "operation": self.operation, "attempts": attempts });
        told.to_string()
    }
}

/// A share in threads, of a client or an outbox. When the last share is gone, they end once nothing waits any more.
pub(crate) struct Pool(pub(crate) Arc<Calls>);

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.work.notify_all();
    }
}

/// The work of a pool, and its threads.
pub(crate) struct Calls {
    threads: usize,
    limit: usize,
    state: Mutex<State>,
    work: Condvar,
    /// How much work waits, and how many threads will look for one before they sleep.
    waiting: AtomicUsize,
    lingering: AtomicUsize,
}

#[derive(Default)]
struct State {
    /// What waits, and when their time is over.
    queue: VecDeque<(Arc<dyn Work>, Instant)>,
    /// What is under way, and when it began.
    under_way: HashMap<u32, (Arc<dyn Work>, Timestamp)>,
    mailbox: Option<Arc<Mailbox>>,
    /// Threads that there are, and how many of them wait for work, or begin.
    threads: usize,
    idle: usize,
    closed: bool,
}

/// What begins: when, how much time is left for it, and where its answer goes.
type Begun = (Arc<dyn Work>, Timestamp, Duration, Arc<Mailbox>);

impl State {
    /// The next of it, which is under way from now on.
    fn begin(&mut self) -> Option<Begun> {
        let mailbox = self.mailbox.clone()?;
        if mailbox.aborted() {
            // The environment ended, and nobody would hear: what waits is never sent.
            self.queue.clear();
        }
        let ((job, until), begun) = (self.queue.pop_front()?, system_time());
        self.under_way.insert(job.id(), (Arc::clone(&job), begun));
        Some((job, begun, until.saturating_duration_since(Instant::now()), mailbox))
    }

    /// Takes back what still waits.
    fn withdraw(&mut self, id: u32) -> Option<Arc<dyn Work>> {
        let at = self.queue.iter().position(|(job, _)| job.id() == id)?;
        self.queue.remove(at).map(|(job, _)| job)
    }
}

/// How long a thread stays awake for the next work.
const LINGER: Duration = Duration::from_micros(50);

impl Pool {
    pub(crate) fn new(threads: usize, limit: usize) -> Self {
        Self(Arc::new(Calls {
            threads,
            limit,
            state: Mutex::default(),
            work: Condvar::new(),
            waiting: AtomicUsize::new(0),
            lingering: AtomicUsize::new(0),
        }))
    }
}

impl Calls {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes work on, or refuses it: `busy`.
    pub(crate) fn submit(self: &Arc<Self>, deliver: Deliver<'_>, job: impl Work + 'static) -> Result<(), Error> {
        let job: Arc<dyn Work> = Arc::new(job);
        let mut state = self.lock();
        if state.mailbox.is_none() {
            let mailbox = deliver
                .build_threadsafe_function::<Done>()
                .weak::<true>()
                .build()
                .map_err(|error| job.busy(Busy::NoThread(format!("Node-API: {error}"))))?;
            state.mailbox = Some(Arc::new(mailbox));
        }
        // What a free thread takes at once does not wait.
        let lingering = self.lingering.load(Ordering::Acquire);
        let free = lingering + state.idle + (self.threads - state.threads);
        if state.queue.len() >= self.limit + free {
            return Err(job.busy(Busy::Many { under_way: self.threads, waiting: state.queue.len() - free }));
        }
        state.queue.push_back((Arc::clone(&job), Instant::now() + job.limit()));
        self.waiting.store(state.queue.len(), Ordering::Release);
        if state.queue.len() <= lingering {
            return Ok(());
        }
        if state.queue.len() > lingering + state.idle && state.threads < self.threads {
            let own = Arc::clone(self);
            let thread = std::thread::Builder::new().name(format!("countersign-{}", state.threads + 1));
            match thread.spawn(move || own.serve()) {
                Ok(_) => {
                    state.threads += 1;
                    state.idle += 1;
                }
                // Those that are there will do it.
                Err(_) if state.threads > 0 => {}
                Err(error) => {
                    state.queue.pop_back();
                    return Err(job.busy(Busy::NoThread(error.to_string())));
                }
            }
        }
        // Unlocked first: whom it wakes would only wait for the lock.
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// Ends a call for the caller's sake, and says what is known of it; `None` if its answer is on the way already.
    pub(crate) fn abort(&self, id: u32) -> Option<Error> {
        let mut state = self.lock();
        match state.withdraw(id) {
            Some(job) => Some(job.struck(Class::AbortedUnsent, system_time())),
            None => state.under_way.remove(&id).map(|(job, begun)| job.struck(Class::AbortedUnderWay, begun)),
        }
    }

    /// Ends a call whose time ran out while it waited; `None` if it does not wait.
    pub(crate) fn expire(&self, id: u32) -> Option<Error> {
        self.lock().withdraw(id).map(|job| job.struck(Class::Expired, system_time()))
    }

    /// The life of a thread.
    fn serve(&self) {
        let mut state = self.lock();
        state.idle -= 1;
        loop {
            if let Some((job, begun, left, mailbox)) = state.begin() {
                self.waiting.store(state.queue.len(), Ordering::Release);
                drop(state);
                let done = job.make(begun, left);
                self.lock().under_way.remove(&job.id());
                // From here on this thread is as good as idle: who gets the answer may well come with the next call, and
                // finds it awake. Waking a thread costs more than all else here.
                self.lingering.fetch_add(1, Ordering::AcqRel);
                mailbox.call(done, ThreadsafeFunctionCallMode::NonBlocking);
                drop((job, mailbox));
                self.linger();
                state = self.lock();
                self.lingering.fetch_sub(1, Ordering::AcqRel);
            } else if state.closed {
                state.threads -= 1;
                return;
            } else {
                state.idle += 1;
                state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
            }
        }
    }

    fn linger(&self) {
        let until = Instant::now() + LINGER;
        while self.waiting.load(Ordering::Acquire) == 0 && Instant::now() < until {
            std::thread::yield_now();
        }
    }
}
