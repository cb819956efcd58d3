//! The outbox: its operations step by step over a connection of the host's, which JavaScript has, or whole in a file of SQLite.
//! What blocks, a call to the platform or the file, is done on threads of our own; JavaScript hears by `lib/pool.js`.

use crate::clients::Client;
use crate::input::{Answer, Text, answer, argument, json};
use crate::pool::{Busy, Calls, Deliver, Done, Pool, Work};
use countersign::delivery::Class;
use countersign::{Error, ErrorKind, Timestamp};
use countersign_outbox::store::sqlite::Sqlite;
use countersign_outbox::{Dialect, Engine, Given, OPERATIONS, Place, Settings, Steps};
use napi_derive::napi;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

/// Where the orders are.
enum Store {
    /// In a database of the host's.
    Host(Engine),
    /// In a file of the outbox's own, which is opened by who needs it first: that may wait, and a constructor must not.
    File { path: PathBuf, place: Place, settings: Box<Settings>, opened: Mutex<Option<Arc<Opened>>> },
}

struct Opened {
    file: Sqlite,
    engine: Engine,
}

/// How many calls may be under way, and drains of a file: each has a thread for its whole length.
const LONG: usize = 64;
/// How many threads do everything else in a file.
const SHORT: usize = 4;
/// How much may wait for a thread.
const QUEUE: usize = 10_000;

/// An outbox.
#[napi]
pub struct Outbox {
    store: Arc<Store>,
    /// Nobody who enqueues waits for those who drain.
    short: Pool,
    long: Pool,
}

/// `outbox(store, settings, [names], [clients], scale)`: the store is `sqlite:PATH`, or the dialect of the host's database. The
/// outbox of a test has a scale, by which every time of its policy is divided; 0 is none.
#[napi(catch_unwind)]
pub fn outbox(store: Text, settings: Text, names: Vec<Text>, clients: Vec<&Client>, scale: u32) -> Answer<Outbox> {
    answer(|| {
        let Given { mut settings, place, site } = Given::read(settings.get("settings")?.as_bytes())?;
        if scale > 0 {
            settings.policy.scale = scale;
        }
        for (name, client) in names.into_iter().zip(clients) {
            settings.accounts.insert(name.get("The name of an account")?, client.platform()?);
        }
        let store = store.get("store")?;
        let store = match store.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            Some(path) => {
                // What is wrong with the settings is told at once.
                Engine::new(Dialect::Sqlite, String::new(), settings.clone())?;
                // Where the process stands may change until it is opened.
                let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
                Store::File { path, place, settings: Box::new(settings), opened: Mutex::default() }
            }
            None => Store::Host(Engine::new(Dialect::of(&store)?, site, settings)?),
        };
        Ok(Outbox { store: Arc::new(store), short: Pool::new(SHORT, QUEUE), long: Pool::new(LONG, QUEUE) })
    })
}

/// The table of operations, as JSON.
#[napi(catch_unwind)]
pub fn outbox_operations() -> Answer<String> {
    answer(|| json(&OPERATIONS))
}

#[napi]
impl Outbox {
    /// Begins an operation. Nothing is done before the first step is asked for, or its whole is submitted.
    #[napi(catch_unwind)]
    pub fn begin(&self, operation: Text, input: Text) -> Answer<Task> {
        answer(|| {
            let (operation, input) = (operation.get("operation")?, input.get("input")?);
            let drains = operation == "drain";
            let what = match &*self.store {
                Store::Host(engine) => {
                    let task = engine.task(&operation, input.as_bytes())?;
                    What::Call(Arc::new(Mutex::new(Steps::new(engine.dialect(), task))))
                }
                Store::File { .. } => What::Whole { store: Arc::clone(&self.store), operation, input },
            };
            let long = drains || matches!(what, What::Call(_));
            let calls = Arc::clone(if long { &self.long.0 } else { &self.short.0 });
            Ok(Task { what, calls, stop: Arc::default() })
        })
    }
}

/// An operation under way.
#[napi]
pub struct Task {
    what: What,
    calls: Arc<Calls>,
    stop: Arc<AtomicBool>,
}

/// What is done on a thread.
#[derive(Clone)]
enum What {
    /// The call of the last step.
    Call(Arc<Mutex<Steps>>),
    /// All of it, in the file.
    Whole { store: Arc<Store>, operation: String, input: String },
}

#[napi]
impl Task {
    /// The next step as JSON, after the answer to the last one.
    #[napi(catch_unwind)]
    pub fn next(&self, told: Text) -> Answer<String> {
        answer(|| {
            let told = told.get("answer")?;
            let What::Call(steps) = &self.what else {
                return Err(argument("This outbox stands in a file: its tasks are submitted whole."));
            };
            let mut steps = match steps.try_lock() {
                Ok(steps) => steps,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return Err(argument("The call of the last step is under way.")),
            };
            steps.next(told.as_bytes())
        })
    }

    /// Does on a thread what blocks; `deliver` gets the answer with its number: JSON of a whole operation, and nothing if it was
    /// stopped.
    #[napi(catch_unwind)]
    pub fn submit(&self, deliver: Deliver<'_>, id: u32) -> Answer<()> {
        answer(|| self.calls.submit(deliver, Run { id, what: self.what.clone(), stop: Arc::clone(&self.stop) }))
    }

    /// Ends a drain of a file where nothing is lost: what is under way is written down first.
    #[napi(catch_unwind)]
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Nobody waits for it any more: its environment has ended.
impl Drop for Task {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

struct Run {
    id: u32,
    what: What,
    stop: Arc<AtomicBool>,
}

impl Run {
    fn result(&self) -> Result<String, Error> {
        match &self.what {
            What::Call(steps) => {
                steps.lock().unwrap_or_else(PoisonError::into_inner).perform()?;
                Ok(String::new())
            }
            What::Whole { store, operation, input } => {
                let opened = store.open()?;
                // For tests, as clients have it.
                assert!(operation != "__panic", "the operation __panic panics");
                let task = opened.engine.task(operation, input.as_bytes())?;
                let ended = opened.file.run(task, &|| self.stop.load(Ordering::Relaxed))?;
                Ok(ended.map(|answer| answer.get().to_owned()).unwrap_or_default())
            }
        }
    }
}

impl Work for Run {
    fn id(&self) -> u32 {
        self.id
    }

    fn limit(&self) -> Duration {
        // What an order may take, its own deadline says.
        Duration::from_secs(86_400)
    }

    fn make(&self, _: Timestamp, _: Duration) -> Done {
        (self.id, answer(|| self.result()), String::new()).into()
    }

    fn struck(&self, _: Class, _: Timestamp) -> Error {
        Error::new(ErrorKind::Aborted, "The outbox was stopped.")
    }

    fn busy(&self, why: Busy) -> Error {
        let message = match why {
            Busy::Many { under_way, waiting } => format!(
                "{under_way} operations of this outbox are under way and {waiting} wait already. This one was not begun."
            ),
            Busy::NoThread(error) => format!("No thread could be started: {error}. The operation was not begun."),
        };
        Error::new(ErrorKind::Busy, message)
    }
}

impl Store {
    /// The file, open.
    fn open(&self) -> Result<Arc<Opened>, Error> {
        let Self::File { path, place, settings, opened } = self else {
            return Err(argument("This outbox stands in a database of the host's."));
        };
        let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &*opened {
            return Ok(Arc::clone(opened));
        }
        let file = Sqlite::open(path, *place)?;
        let engine = Engine::new(Dialect::Sqlite, file.site(), settings.as_ref().clone())?;
        Ok(Arc::clone(opened.insert(Arc::new(Opened { file, engine }))))
    }
}
