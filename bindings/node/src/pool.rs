//! The threads on which calls block: few, of our own, made when they are needed.
//!
//! libuv's four threads would do, but a platform that hangs would stop file access and name look-ups of the whole process.
//! Each client has a pool, which it shares with those made from it. What its calls bring back goes to a JavaScript function
//! on the thread of its environment, in memory that stays: napi pins the module when such a function is made.

use crate::input::{Answer, answer, now};
use countersign::delivery::Class;
use countersign::{Effect, Error, ErrorKind, Timestamp};
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

/// Does the call within the time that is left; answers JSON text, and JSON text about the attempts.
pub(crate) type Work = Box<dyn FnOnce(Duration) -> (Result<String, Error>, String) + Send>;

/// What has to be known of a call to say what became of it.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) effect: Effect,
    pub(crate) settle_delay: u32,
    /// For the whole call, waiting included.
    pub(crate) limit: Duration,
}

impl Plan {
    /// The error of a call that its caller ended before it began.
    pub(crate) fn aborted(self) -> Error {
        self.error(Class::AbortedUnsent, "The call was aborted before it began. Nothing was sent.", None)
    }

    fn expired(self) -> Error {
        let waited = self.limit.as_secs_f64();
        self.error(
            Class::Busy,
            format!("The call waited for a free thread until its time limit of {waited} s passed. Nothing was sent."),
            None,
        )
    }

    fn interrupted(self, begun: Timestamp) -> Error {
        let message = match self.effect {
            Effect::Read => "The call was aborted while it was under way.",
            _ => "The call was aborted while it was under way: it may still take effect.",
        };
        self.error(Class::AbortedUnderWay, message, Some(begun))
    }

    fn lost(self, begun: Timestamp) -> Error {
        let error = Error::new(ErrorKind::Internal, "The native module panicked during the call.");
        match self.effect {
            Effect::Read => error,
            effect => error.under_way(effect).with_times(begun, begun.plus(self.settle_delay.into())),
        }
    }

    fn error(self, class: Class, message: impl Into<String>, begun: Option<Timestamp>) -> Error {
        let error = Error::of_class(class, self.effect, message);
        match begun {
            Some(begun) if self.effect != Effect::Read => error.with_times(begun, begun.plus(self.settle_delay.into())),
            _ => error,
        }
    }
}

/// A call that waits for a thread.
struct Job {
    id: u32,
    plan: Plan,
    expires: Instant,
    work: Work,
}

impl Job {
    /// Does the work, on a thread of the pool.
    fn run(self, begun: Timestamp) -> Done {
        let left = self.expires.saturating_duration_since(Instant::now());
        let (result, attempts) = if left.is_zero() {
            (Err(self.plan.expired()), String::new())
        } else {
            catch_unwind(AssertUnwindSafe(|| (self.work)(left)))
                .unwrap_or_else(|_| (Err(self.plan.lost(begun)), String::new()))
        };
        (self.id, answer(|| result), attempts).into()
    }
}

/// A client's share in its threads. When the last share is gone, they end once nothing waits any more.
pub(crate) struct Pool(pub(crate) Arc<Calls>);

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.work.notify_all();
    }
}

/// The calls of a pool, and its threads.
pub(crate) struct Calls {
    threads: usize,
    limit: usize,
    state: Mutex<State>,
    work: Condvar,
    /// How many calls wait, and how many threads will look for one before they sleep.
    waiting: AtomicUsize,
    lingering: AtomicUsize,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    under_way: HashMap<u32, (Plan, Timestamp)>,
    mailbox: Option<Arc<Mailbox>>,
    /// Threads that there are, and how many of them wait for work.
    threads: usize,
    idle: usize,
    closed: bool,
}

impl State {
    /// The next call, which is under way from now on, and where its answer goes.
    fn begin(&mut self) -> Option<(Job, Timestamp, Arc<Mailbox>)> {
        let mailbox = self.mailbox.clone()?;
        if mailbox.aborted() {
            // The environment ended, and nobody would hear: what waits is never sent.
            self.queue.clear();
        }
        let (job, begun) = (self.queue.pop_front()?, now());
        self.under_way.insert(job.id, (job.plan, begun));
        Some((job, begun, mailbox))
    }

    /// Takes a call back that still waits.
    fn withdraw(&mut self, id: u32) -> Option<Plan> {
        let at = self.queue.iter().position(|job| job.id == id)?;
        self.queue.remove(at).map(|job| job.plan)
    }
}

/// How long a thread stays awake for the next call.
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

    /// Takes a call on, or refuses it: `busy`.
    pub(crate) fn submit(self: &Arc<Self>, deliver: Deliver<'_>, id: u32, plan: Plan, work: Work) -> Result<(), Error> {
        let mut state = self.lock();
        if state.mailbox.is_none() {
            let mailbox = deliver.build_threadsafe_function::<Done>().weak::<true>().build().map_err(|error| {
                Error::new(ErrorKind::Internal, format!("Node-API: {error}")).before_sending(plan.effect)
            })?;
            state.mailbox = Some(Arc::new(mailbox));
        }
        // What a free thread takes at once does not wait.
        let lingering = self.lingering.load(Ordering::Acquire);
        let free = lingering + state.idle + (self.threads - state.threads);
        if state.queue.len() >= self.limit + free {
            let message = format!(
                "{} calls are under way and {} wait already. Nothing was sent. The client's option queue says how many may.",
                state.threads,
                state.queue.len()
            );
            return Err(plan.error(Class::Busy, message, None));
        }
        state.queue.push_back(Job { id, plan, expires: Instant::now() + plan.limit, work });
        self.waiting.store(state.queue.len(), Ordering::Release);
        if state.queue.len() <= lingering {
            return Ok(());
        }
        if state.queue.len() > lingering + state.idle && state.threads < self.threads {
            let own = Arc::clone(self);
            let thread = std::thread::Builder::new().name(format!("countersign-{}", state.threads + 1));
            match thread.spawn(move || own.serve()) {
                Ok(_) => state.threads += 1,
                // Those that are there will do it.
                Err(_) if state.threads > 0 => {}
                Err(error) => {
                    state.queue.pop_back();
                    let message = format!("No thread could be started: {error}. Nothing was sent.");
                    return Err(plan.error(Class::Busy, message, None));
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
            Some(plan) => Some(plan.aborted()),
            None => state.under_way.remove(&id).map(|(plan, begun)| plan.interrupted(begun)),
        }
    }

    /// Ends a call whose time ran out while it waited; `None` if it does not wait.
    pub(crate) fn expire(&self, id: u32) -> Option<Error> {
        self.lock().withdraw(id).map(Plan::expired)
    }

    /// The life of a thread.
    fn serve(&self) {
        let mut state = self.lock();
        loop {
            if let Some((job, begun, mailbox)) = state.begin() {
                self.waiting.store(state.queue.len(), Ordering::Release);
                drop(state);
                let id = job.id;
                let done = job.run(begun);
                self.lock().under_way.remove(&id);
                // From here on this thread is as good as idle: who gets the answer may well come with the next call, and
                // finds it awake. Waking a thread costs more than all else here.
                self.lingering.fetch_add(1, Ordering::AcqRel);
                mailbox.call(done, ThreadsafeFunctionCallMode::NonBlocking);
                drop(mailbox);
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
