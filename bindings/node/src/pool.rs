//! The threads on which calls block: few, of our own, made when they are needed.
//!
//! libuv's four threads would do, but a platform that hangs would stop file access and name look-ups of the whole process.
//! Each environment has a pool of its own, which ends with it: what waits is then never sent.

use crate::node::{Done, Env, Mailbox, now};
use countersign::delivery::Class;
use countersign::{Effect, Error, ErrorKind, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What an environment keeps: its jobs, and from the first one on its pool.
#[derive(Default)]
pub(crate) struct Instance {
    pool: Option<Pool>,
    jobs: HashMap<u32, Arc<Job>>,
    last: u32,
}

/// A call on its way.
struct Job {
    id: u32,
    plan: Plan,
    expires: Instant,
    /// One of the constants below.
    state: AtomicU8,
    /// When it began, in seconds since 1970.
    begun: AtomicI64,
    work: Mutex<Option<Work>>,
}

const WAITING: u8 = 0;
const UNDER_WAY: u8 = 1;
const ENDED: u8 = 2;

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

    fn error(self, class: Class, message: impl Into<String>, begun: Option<Timestamp>) -> Error {
        let error = Error::of_class(class, self.effect, message);
        match begun {
            Some(begun) if self.effect != Effect::Read => error.with_times(begun, begun.plus(self.settle_delay.into())),
            _ => error,
        }
    }
}

impl Instance {
    /// Makes the pool. Results go to the mailbox.
    pub(crate) fn open(&mut self, mailbox: Arc<Mailbox>, threads: usize, queue: usize) {
        self.pool = Some(Pool::new(mailbox, threads, queue));
    }

    /// Takes a call on, or refuses it: `busy`.
    pub(crate) fn submit(&mut self, env: Env<'_>, plan: Plan, work: Work) -> Result<u32, Error> {
        let Some(pool) = &self.pool else {
            return Err(Error::new(ErrorKind::Internal, "The pool was not opened.").before_sending(plan.effect));
        };
        while self.last == 0 || self.jobs.contains_key(&self.last) {
            self.last = self.last.wrapping_add(1);
        }
        let job = Arc::new(Job {
            id: self.last,
            plan,
            expires: Instant::now() + plan.limit,
            state: AtomicU8::new(WAITING),
            begun: AtomicI64::new(0),
            work: Mutex::new(Some(work)),
        });
        pool.put(&job)?;
        if self.jobs.is_empty() {
            pool.shared.mailbox.keep_alive(env, true);
        }
        let id = self.last;
        self.last = self.last.wrapping_add(1);
        self.jobs.insert(id, job);
        Ok(id)
    }

    fn forget(&mut self, env: Env<'_>, id: u32) {
        if self.jobs.remove(&id).is_some()
            && self.jobs.is_empty()
            && let Some(pool) = &self.pool
        {
            pool.shared.mailbox.keep_alive(env, false);
        }
    }

    /// Ends a call for the caller's sake, and says what is known of it; `None` if its answer is on the way already.
    pub(crate) fn abort(&mut self, env: Env<'_>, id: u32) -> Option<Error> {
        let job = Arc::clone(self.jobs.get(&id)?);
        let error = if self.withdraw(&job) {
            job.plan.aborted()
        } else if job.state.load(Ordering::Acquire) == UNDER_WAY {
            let begun = Timestamp::from_unix(job.begun.load(Ordering::Acquire));
            let message = match job.plan.effect {
                Effect::Read => "The call was aborted while it was under way.",
                _ => "The call was aborted while it was under way: it may still take effect.",
            };
            job.plan.error(Class::AbortedUnderWay, message, Some(begun))
        } else {
            return None;
        };
        self.forget(env, id);
        Some(error)
    }

    /// Ends a call whose time ran out while it waited; `None` if it does not wait.
    pub(crate) fn expire(&mut self, env: Env<'_>, id: u32) -> Option<Error> {
        let job = Arc::clone(self.jobs.get(&id)?);
        let expired = self.withdraw(&job);
        expired.then(|| {
            self.forget(env, id);
            job.expired()
        })
    }

    /// Takes a call back that still waits.
    fn withdraw(&self, job: &Arc<Job>) -> bool {
        let taken = job.step(WAITING, ENDED);
        if taken && let Some(pool) = &self.pool {
            pool.shared.lock().queue.retain(|other| other.id != job.id);
        }
        taken
    }
}

/// The answer of a job arrived at its environment.
pub(crate) fn finished(env: Env<'_>, id: u32) -> Result<(), Error> {
    env.instance()?.borrow_mut().forget(env, id);
    Ok(())
}

impl Job {
    fn step(&self, from: u8, to: u8) -> bool {
        self.state.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    fn expired(&self) -> Error {
        let waited = self.plan.limit.as_secs_f64();
        self.plan.error(
            Class::Busy,
            format!("The call waited for a free thread until its time limit of {waited} s passed. Nothing was sent."),
            None,
        )
    }

    /// Does the work, on a thread of the pool.
    fn run(&self) -> Option<Done> {
        let begun = now();
        self.begun.store(begun.unix(), Ordering::Release);
        if !self.step(WAITING, UNDER_WAY) {
            return None;
        }
        let left = self.expires.saturating_duration_since(Instant::now());
        let work = self.work.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (result, attempts) = match work {
            Some(work) if !left.is_zero() => {
                catch_unwind(AssertUnwindSafe(|| work(left))).unwrap_or_else(|_| (Err(self.lost(begun)), String::new()))
            }
            _ => (Err(self.expired()), String::new()),
        };
        self.state.store(ENDED, Ordering::Release);
        Some(Done { id: self.id, result, attempts })
    }

    fn lost(&self, begun: Timestamp) -> Error {
        let error = Error::new(ErrorKind::Internal, "The native module panicked during the call.");
        match self.plan.effect {
            Effect::Read => error,
            effect => error.under_way(effect).with_times(begun, begun.plus(self.plan.settle_delay.into())),
        }
    }
}

struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    mailbox: Arc<Mailbox>,
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
    queue: VecDeque<Arc<Job>>,
    /// Threads that there are, and how many of them wait for work.
    threads: usize,
    idle: usize,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of a thread.
    fn serve(&self) {
        let mut state = self.lock();
        loop {
            if state.closed {
                return;
            }
            if let Some(job) = state.queue.pop_front() {
                self.waiting.store(state.queue.len(), Ordering::Release);
                drop(state);
                let done = job.run();
                // From here on this thread is as good as idle: who gets the answer may well come with the next call, and
                // finds it awake. Waking a thread costs more than all else here.
                self.lingering.fetch_add(1, Ordering::AcqRel);
                if let Some(done) = done {
                    self.mailbox.send(done);
                }
                self.linger();
                state = self.lock();
                self.lingering.fetch_sub(1, Ordering::AcqRel);
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

/// How long a thread stays awake for the next call.
const LINGER: Duration = Duration::from_micros(50);

impl Pool {
    fn new(mailbox: Arc<Mailbox>, threads: usize, limit: usize) -> Self {
        let shared = Shared {
            mailbox,
            threads,
            limit,
            state: Mutex::default(),
            work: Condvar::new(),
            waiting: AtomicUsize::new(0),
            lingering: AtomicUsize::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    fn put(&self, job: &Arc<Job>) -> Result<(), Error> {
        let shared = &self.shared;
        let mut state = shared.lock();
        // What a free thread takes at once does not wait.
        let lingering = shared.lingering.load(Ordering::Acquire);
        let free = lingering + state.idle + (shared.threads - state.threads);
        if state.queue.len() >= shared.limit + free {
            return Err(job.plan.error(
                Class::Busy,
                format!(
                    "{} calls are under way and {} wait already. Nothing was sent. configure() sets how many may.",
                    state.threads,
                    state.queue.len()
                ),
                None,
            ));
        }
        state.queue.push_back(Arc::clone(job));
        shared.waiting.store(state.queue.len(), Ordering::Release);
        if state.queue.len() <= lingering {
            return Ok(());
        }
        if state.queue.len() > lingering + state.idle && state.threads < shared.threads {
            let own = Arc::clone(shared);
            let thread = std::thread::Builder::new().name(format!("countersign-{}", state.threads + 1));
            match thread.spawn(move || own.serve()) {
                Ok(_) => state.threads += 1,
                // Those that are there will do it.
                Err(_) if state.threads > 0 => {}
                Err(error) => {
                    state.queue.pop_back();
                    let message = format!("No thread could be started: {error}. Nothing was sent.");
                    return Err(job.plan.error(Class::Busy, message, None));
                }
            }
        }
        // Unlocked first: whom it wakes would only wait for the lock.
        drop(state);
        shared.work.notify_one();
        Ok(())
    }
}

impl Drop for Pool {
    /// The environment ends. Calls under way end by themselves, unheard.
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.closed = true;
        state.queue.clear();
        self.shared.work.notify_all();
    }
}
