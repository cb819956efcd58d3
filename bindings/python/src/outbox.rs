//! `Outbox` and `Task`: paid orders over the host's connection, step by step, or whole in a file of the outbox's own. What users see are
//! the classes of `_outbox.py` and `_outbox_async.py`, which run the steps.

use crate::client::Client;
use crate::ending::Inside;
use crate::errors::{argument, exception};
use crate::input::SecondsSince1970;
use crate::json;
use crate::webhook::Event;
use countersign::{Effect, Error, ErrorKind};
use countersign_outbox::store::sqlite::Sqlite;
use countersign_outbox::{Changed, Dialect, Engine, Given, Json, Place, Settings, Step, Steps, Trouble, TroubleKind};
use countersign_outbox::{Value, Wants};
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyNone, PyString, PyTuple};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

fn open<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What makes the tasks of one outbox, whatever connection each of them is for.
#[pyclass(frozen, module = "countersign._native")]
pub(crate) struct Outbox {
    settings: Settings,
    site: String,
    file: Option<File>,
    /// For each dialect, and each way to write parameters, that a connection had. Held for moments by who has the interpreter: a fork
    /// finds it free.
    engines: Mutex<Vec<(Dialect, String, Engine)>>,
}

/// A file of the outbox's own.
struct File {
    path: PathBuf,
    place: Place,
    /// As this process opened it. What a parent had open is its parent's: a lock in it may have been held while it forked, and is never
    /// asked for again.
    open: Mutex<(u32, Arc<Sqlite>)>,
}

/// Every file that is open: they rest while the process forks. Held for moments by who has the interpreter.
static FILES: Mutex<Vec<Weak<Sqlite>>> = Mutex::new(Vec::new());
/// How many threads are in the middle of something short in a file.
static SHORT: AtomicUsize = AtomicUsize::new(0);
/// So long a fork waits for those.
const PATIENCE: Duration = Duration::from_secs(1);

impl File {
    fn new(py: Python<'_>, path: PathBuf, place: Place) -> PyResult<Self> {
        let open = Mutex::new((std::process::id(), opened(py, &path, place)?));
        Ok(Self { path, place, open })
    }

    fn sqlite(&self, py: Python<'_>) -> PyResult<Arc<Sqlite>> {
        {
            let open = open(&self.open);
            if open.0 == std::process::id() {
                return Ok(Arc::clone(&open.1));
            }
        }
        let sqlite = opened(py, &self.path, self.place)?;
        *open(&self.open) = (std::process::id(), Arc::clone(&sqlite));
        Ok(sqlite)
    }
}

fn opened(py: Python<'_>, path: &Path, place: Place) -> PyResult<Arc<Sqlite>> {
    let sqlite = Arc::new(py.detach(|| Sqlite::open(path, place)).map_err(exception)?);
    let mut files = open(&FILES);
    files.retain(|file| file.strong_count() > 0);
    files.push(Arc::downgrade(&sqlite));
    Ok(sqlite)
}

/// As long as it lives, a fork waits.
struct Short;

impl Short {
    fn begin() -> Self {
        SHORT.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

impl Drop for Short {
    fn drop(&mut self) {
        SHORT.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Before a fork: SQLite's locks belong to a process, so nothing of a file is open while one becomes two.
#[pyfunction]
fn rest() {
    // Who is there holds no interpreter, and nobody new comes while this holds it.
    let until = Instant::now() + PATIENCE;
    while SHORT.load(Ordering::Relaxed) > 0 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
    open(&FILES).iter().filter_map(Weak::upgrade).for_each(|file| file.rest());
}

/// After it: of the threads that were there, a child has the one that forked.
#[pyfunction]
fn forked() {
    SHORT.store(0, Ordering::Relaxed);
}

/// Has Python tell of forks, as `os.register_at_fork` does.
pub(crate) fn watch(py: Python<'_>) -> PyResult<()> {
    // Windows has none.
    let Ok(posix) = py.import("posix") else { return Ok(()) };
    let handlers = dict!(py, before: wrap_pyfunction!(rest, py)?, after_in_child: wrap_pyfunction!(forked, py)?);
    posix.call_method("register_at_fork", (), Some(&handlers)).map(|_| ())
}

/// Rows as they change, for who hears of them between two orders.
type Told = Arc<Mutex<Vec<Changed>>>;

/// An operation that was begun, and what it tells meanwhile.
struct Begun {
    task: countersign_outbox::Task<Json>,
    told: Told,
    long: bool,
}

impl Outbox {
    fn engine(&self, dialect: &str, paramstyle: &str) -> Result<Engine, Error> {
        let dialect = Dialect::of(dialect)?;
        let mut engines = open(&self.engines);
        if let Some(found) = engines.iter().find(|one| one.0 == dialect && one.1 == paramstyle) {
            return Ok(found.2.clone());
        }
        let style = countersign_outbox::Paramstyle::of(paramstyle)?;
        let settings = Settings { paramstyle: style, ..self.settings.clone() };
        let engine = Engine::new(dialect, self.site.clone(), settings)?;
        engines.push((dialect, paramstyle.to_owned(), engine.clone()));
        Ok(engine)
    }

    fn begun(&self, engine: &Engine, operation: &str, members: &Bound<'_, PyDict>) -> PyResult<Begun> {
        let told = Told::default();
        if operation != "drain" {
            let task = engine.task(operation, &input(members)?).map_err(exception)?;
            return Ok(Begun { task, told, long: false });
        }
        let (seconds, max) = budget(members)?;
        let tell = Arc::clone(&told);
        let task = engine.drain_as(seconds, max, true, move |row| open(&tell).push(row.clone()));
        let task = task.then(|drained| serde_json::value::to_raw_value(&drained).map_err(Error::unwritten));
        Ok(Begun { task, told, long: true })
    }
}

/// How long a drain may take, in seconds, and how many orders it may send or read back.
fn budget(members: &Bound<'_, PyDict>) -> PyResult<(f64, u64)> {
    let number = |name: &str| {
        let given = members.get_item(name)?.filter(|value| !value.is_instance_of::<PyBool>());
        PyResult::Ok(given.and_then(|value| value.extract::<f64>().ok()).unwrap_or(f64::NAN))
    };
    let (seconds, max) = (number("seconds")?, number("max")?);
    if !(seconds >= 0.0 && max >= 0.0 && max.fract() == 0.0) {
        return Err(argument("A drain takes seconds, and max, a whole number of orders; none is below 0."));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above; more than all is all")]
    Ok((seconds, max as u64))
}

/// The input of an operation. What is None is left out, bytes are JSON already.
fn input(members: &Bound<'_, PyDict>) -> PyResult<Vec<u8>> {
    let mut out = vec![b'{'];
    for (name, value) in members.iter() {
        if value.is_none() {
            continue;
        }
        let name = name.cast::<PyString>()?.to_str()?;
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend(format!("{name:?}:").bytes());
        if let Ok(text) = value.cast::<PyBytes>() {
            out.extend(text.as_bytes());
        } else if matches!(name, "due" | "since" | "timestamp") {
            out.extend(value.extract::<SecondsSince1970>()?.0.to_string().bytes());
        } else {
            out.extend(json::written(&value, Effect::Read)?);
        }
    }
    out.push(b'}');
    Ok(out)
}

/// The JSON of an order. A text or bytes stand as a text: what they are worth, the outbox says.
#[pyfunction]
pub(crate) fn order_json<'py>(order: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let text = match order.cast::<PyBytes>() {
        Ok(bytes) => json::written(PyString::from_bytes(order.py(), bytes.as_bytes())?.as_any(), Effect::Order)?,
        Err(_) => json::written(order, Effect::Order)?,
    };
    Ok(PyBytes::new(order.py(), &text))
}

/// A delivery of the platform, as `notify` takes it.
#[pyfunction]
pub(crate) fn delivery<'py>(event: &Bound<'py, Event>) -> PyResult<Bound<'py, PyDict>> {
    let (py, event) = (event.py(), event.get().event());
    let data = PyBytes::new(py, event.data().get().as_bytes());
    Ok(dict!(py, topic: event.topic(), data: data, timestamp: event.timestamp().unix()))
}

/// The error of a store that cannot be used, or with the SQLSTATE of what somebody else's transaction stopped, one that is busy.
#[pyfunction]
#[pyo3(signature = (message, sqlstate=""))]
pub(crate) fn store_error(py: Python<'_>, message: &str, sqlstate: &str) -> Py<PyAny> {
    let kind = match Trouble::of(Dialect::Postgresql, "commit", 0, sqlstate, message).kind {
        TroubleKind::Busy | TroubleKind::Undone => ErrorKind::StoreBusy,
        _ => ErrorKind::Store,
    };
    exception(Error::new(kind, message)).into_value(py).into_any()
}

/// Says to a drain in another thread that it is to stop before it takes another order.
#[pyclass(frozen, module = "countersign._native")]
pub(crate) struct Stop(AtomicBool);

#[pymethods]
impl Stop {
    #[new]
    fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    #[getter]
    fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[pymethods]
impl Outbox {
    /// store: "sqlite:PATH", or "" where connections come with each task. settings: JSON. scale: the outbox of a test has one, by which
    /// every time of its policy is divided; 0 is none.
    #[new]
    fn new(py: Python<'_>, store: &str, settings: &[u8], accounts: &Bound<'_, PyDict>, scale: u32) -> PyResult<Self> {
        let Given { mut settings, place, site } = Given::read(settings).map_err(exception)?;
        if scale > 0 {
            settings.policy.scale = scale;
        }
        for (name, client) in accounts.iter() {
            let name = name.cast_into::<PyString>().map_err(|_| argument("The name of an account is a text."))?;
            let client = client.cast_into::<Client>().map_err(|wrong| {
                let what = json::a_type(&wrong.into_inner());
                argument(format!("The account {name} is {what}: give a client, a Spiff or a SignCustomiser."))
            })?;
            settings.accounts.insert(name.to_str()?.to_owned(), client.get().platform()?);
        }
        let mut outbox = Self { settings, site, file: None, engines: Mutex::default() };
        if store.is_empty() {
            // What is wrong is told now: PostgreSQL takes the most.
            Engine::new(Dialect::Postgresql, outbox.site.clone(), outbox.settings.clone()).map_err(exception)?;
        } else {
            let path = PathBuf::from(store.strip_prefix("sqlite:").unwrap_or(store));
            let file = File::new(py, path, place)?;
            outbox.site = file.sqlite(py)?.site();
            outbox.file = Some(file);
            outbox.engine("sqlite", "").map_err(exception)?;
        }
        Ok(outbox)
    }

    /// Begins an operation whose steps the caller runs, over a connection of this dialect.
    fn begin(&self, dialect: &str, paramstyle: &str, operation: &str, members: &Bound<'_, PyDict>) -> PyResult<Task> {
        let engine = self.engine(dialect, paramstyle).map_err(exception)?;
        let begun = self.begun(&engine, operation, members)?;
        Ok(Task { steps: Mutex::new(Steps::new(engine.dialect(), begun.task)), told: begun.told })
    }

    /// Runs an operation whole in the outbox's own file, without holding the interpreter, and answers (its answer,). Handlers of
    /// signals run between two orders, as tell(rows) does; what they raise, and stop, end it there. Stopped it answers None.
    #[pyo3(signature = (operation, members, stop=None, tell=None))]
    fn run(
        &self,
        py: Python<'_>,
        operation: &str,
        members: &Bound<'_, PyDict>,
        stop: Option<Py<Stop>>,
        tell: Option<Py<PyAny>>,
    ) -> PyResult<Option<(Py<PyAny>,)>> {
        let file = self.file.as_ref().ok_or_else(|| PyRuntimeError::new_err("this outbox has no file"))?;
        let begun = self.begun(&self.engine("sqlite", "").map_err(exception)?, operation, members)?;
        let sqlite = file.sqlite(py)?;
        let (Begun { task, told, long }, raised) = (begun, Mutex::new(None));
        // Between two orders. Not where the interpreter has gone.
        let between = || {
            let on = Python::try_attach(|py| {
                let _inside = Inside::enter(py);
                let on = py.check_signals().and_then(|()| hand_on(py, &told, tell.as_ref()));
                if let Err(error) = on {
                    *open(&raised) = Some(error);
                    return true;
                }
                stop.as_ref().is_some_and(|stop| stop.get().is_set())
            });
            on.unwrap_or(true)
        };
        let done = py.detach(|| {
            let _short = (!long).then(Short::begin);
            sqlite.run(task, &between)
        });
        let _inside = Inside::enter(py);
        let handed = hand_on(py, &told, tell.as_ref());
        if let Some(error) = open(&raised).take() {
            return Err(error);
        }
        handed?;
        match done.map_err(exception)? {
            Some(answer) => Ok(Some((json::loads(py, answer.get())?.unbind(),))),
            None => Ok(None),
        }
    }
}

/// Hands rows that changed on to who wants to hear of them.
fn hand_on(py: Python<'_>, told: &Told, tell: Option<&Py<PyAny>>) -> PyResult<()> {
    let rows = std::mem::take(&mut *open(told));
    match tell {
        Some(tell) if !rows.is_empty() => tell.call1(py, (list_of(py, &rows)?,)).map(|_| ()),
        _ => Ok(()),
    }
}

fn list_of<'py>(py: Python<'py>, rows: &[Changed]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for row in rows {
        list.append(dict!(
            py,
            account: &row.account,
            external_id: &row.external_id,
            state: row.state,
            reason: row.reason,
            remote_id: &row.remote_id,
            why: &row.why,
        ))?;
    }
    Ok(list)
}

/// An operation step by step. It belongs to one thread, and may be dropped at any step: another one goes on.
#[pyclass(frozen, module = "countersign._native")]
pub(crate) struct Task {
    steps: Mutex<Steps>,
    told: Told,
}

const SHARED: &str = "a task of an outbox belongs to one thread";

/// A value of a row as a driver gives it: what is no number and no text is read as the text that it writes itself as.
fn cell(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(if let Ok(text) = value.cast::<PyString>() {
        Value::Text(text.to_string_lossy().into_owned())
    } else if value.is_none() {
        Value::Null
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Value::Int(i64::from(flag.is_true()))
    } else if let (true, Ok(number)) = (value.is_instance_of::<PyInt>(), value.extract::<i64>()) {
        Value::Int(number)
    } else if let Ok(number) = value.cast::<PyFloat>() {
        Value::Text(number.value().to_string())
    } else if let Ok(bytes) = value.cast::<PyBytes>() {
        Value::Text(String::from_utf8_lossy(bytes.as_bytes()).into_owned())
    } else {
        Value::Text(value.str()?.to_string_lossy().into_owned())
    })
}

/// Tells what a statement did: rows, how many it changed, or the database's error.
fn tell(steps: &mut Steps, answer: &Bound<'_, PyAny>) -> PyResult<Result<(), Error>> {
    let py = answer.py();
    if answer.is_instance_of::<PyInt>() {
        // What is no number of rows counts as lost.
        return Ok(steps.executed(answer.extract().unwrap_or(-1)));
    }
    if let Ok(failed) = answer.getattr(intern!(py, "sqlstate")) {
        let text = |value: Bound<'_, PyAny>| Ok::<_, PyErr>(value.str()?.to_string_lossy().into_owned());
        let sqlstate = if failed.is_none() { String::new() } else { text(failed)? };
        let number = answer.getattr(intern!(py, "number"))?.extract().unwrap_or(0);
        let lost = answer.getattr(intern!(py, "lost"))?.is_truthy()?;
        return Ok(steps.failed(number, Ok((sqlstate, text(answer.clone())?)), lost));
    }
    let mut count = 0;
    for row in answer.try_iter()? {
        let row = row?.try_iter()?.map(|value| cell(&value?)).collect::<PyResult<Vec<_>>>()?;
        if let Err(error) = steps.row(Ok(row)) {
            return Ok(Err(error));
        }
        count += 1;
    }
    Ok(steps.executed(count))
}

fn param<'py>(py: Python<'py>, value: &Value) -> Bound<'py, PyAny> {
    match value {
        Value::Null => PyNone::get(py).to_owned().into_any(),
        Value::Int(number) => PyInt::new(py, *number).into_any(),
        Value::Text(text) => PyString::new(py, text).into_any(),
    }
}

#[pymethods]
impl Task {
    /// Goes on with the answer to a statement (None at first, after a call and after a wait), and gives the next step:
    /// ("sql", text, parameters, whether it has rows, whether to commit, whether to stop here), ("call", what, account),
    /// ("wait", seconds, whether to stop here) or ("done", answer).
    #[pyo3(signature = (answer=None))]
    fn next<'py>(&self, py: Python<'py>, answer: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyTuple>> {
        let mut steps = self.steps.try_lock().map_err(|_| PyRuntimeError::new_err(SHARED))?;
        if let Some(answer) = answer {
            // What cannot be read counts as lost: the next steps find out.
            if tell(&mut steps, answer).is_err() {
                _ = steps.row(Err(Error::new(ErrorKind::InvalidArgument, "A row could not be read.")));
            }
        }
        Ok(match steps.advance().map_err(exception)? {
            Step::Sql(statement) => {
                let params = PyList::new(py, statement.params.iter().map(|value| param(py, value)))?;
                let sql = PyString::new(py, &statement.sql);
                let (rows, commit) = (statement.wants == Wants::Rows, statement.commit);
                (intern!(py, "sql"), sql, params, rows, commit, steps.may_stop()).into_pyobject(py)?
            }
            Step::Call(call) => (intern!(py, "call"), &call.name).into_pyobject(py)?,
            Step::Wait(ms) => {
                #[allow(clippy::cast_precision_loss, reason = "no wait is that long")]
                let seconds = (*ms).max(0) as f64 / 1000.0;
                (intern!(py, "wait"), seconds, steps.may_stop()).into_pyobject(py)?
            }
            Step::Done(Ok(answer)) => (intern!(py, "done"), json::loads(py, answer.get())?).into_pyobject(py)?,
            Step::Done(Err(_)) => return Err(PyRuntimeError::new_err("this task has ended")),
        })
    }

    /// Makes the call of the last step, without holding the interpreter.
    fn perform(&self, py: Python<'_>) -> PyResult<()> {
        let mut steps = self.steps.try_lock().map_err(|_| PyRuntimeError::new_err(SHARED))?;
        let steps = &mut *steps;
        py.detach(|| steps.perform()).map_err(exception)
    }

    /// The rows that changed since this was last asked.
    fn told<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        list_of(py, &std::mem::take(&mut *open(&self.told)))
    }
}
