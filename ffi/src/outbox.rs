//! The outbox: paid orders, delivered once in effect. Its operations by their names, whole in a file of SQLite, or step by step
//! over a connection of the host's own.

use crate::boundary::{Text, argument, bytes, free, handle, handle_mut, json, text};
use crate::client::countersign_client;
use crate::error::countersign_error;
use crate::out::{make, run};
use crate::text::countersign_text;
use ::countersign_client::Error;
use ::countersign_outbox::store::sqlite::Sqlite;
use ::countersign_outbox::{Dialect, Engine, Given, OPERATIONS, Settings, Steps};
use std::ffi::c_char;
use std::path::Path;

/// An outbox: a shop enqueues a paid order, and it is delivered once in effect, whatever crashes. Make it once and share it; after
/// the last countersign_outbox_add_account threads may use it at the same time.
pub struct countersign_outbox {
    settings: Settings,
    engine: Engine,
    file: Option<Sqlite>,
    site: String,
}

/// An operation of an outbox under way over a connection of the host's own. It belongs to one thread at a time.
pub struct countersign_outbox_task {
    steps: Steps,
}

/// An outbox. store is "sqlite:PATH" for a file of its own, which no other copy of SQLite in this process may open; or the
/// dialect of a database whose connection is the host's: "mysql" (MariaDB too), "postgresql" or "sqlite".
///
/// settings is a JSON object, or empty: "shop" (whose tables these are: any name, the same in every process), "prefix" (in front
/// of the names of the tables), "site" (where the shop stands, such as its host name: a copy elsewhere is noticed by it),
/// "policy" (times and numbers by name, see docs/outbox.md), and for a file "create" (make it where it is missing) and
/// "anywhere" (also in a place that loses it, or that a web server shows).
/// Ownership: borrows the texts; *out is the caller's, for countersign_outbox_free.
/// Threads: any.
/// Errors: store for a file that cannot be used, with what to do; configuration, invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_new(
    store: *const c_char,
    store_len: usize,
    settings: *const c_char,
    settings_len: usize,
    out: *mut *mut countersign_outbox,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let store = text(store, store_len, "store")?;
            countersign_outbox::new(store, bytes(settings, settings_len, "settings")?)
        })
    }
}

impl countersign_outbox {
    fn new(store: &str, settings: &[u8]) -> Result<Self, Error> {
        let Given { settings, place, site } = Given::read(settings)?;
        let (dialect, file) = match store.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            Some(path) => (Dialect::Sqlite, Some(Sqlite::open(Path::new(path), place)?)),
            None => (Dialect::of(store)?, None),
        };
        let site = file.as_ref().map_or(site, Sqlite::site);
        Ok(Self { engine: Engine::new(dialect, site.clone(), settings.clone())?, settings, file, site })
    }
}

/// Adds an account: a client of a platform under a name of the shop's own, 1 to 64 of a-z, 0-9, '.', '_' and '-', never derived from
/// a credential. The outbox keeps the client for itself; yours may be freed.
/// Ownership: borrows the client and the name.
/// Threads: no other thread may use the outbox meanwhile.
/// Errors: invalid_argument for a name that is none.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_add_account(
    outbox: *mut countersign_outbox,
    name: *const c_char,
    name_len: usize,
    client: *const countersign_client,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handles that no other thread uses, text readable for its length, NULL or writable.
    unsafe {
        run(err, || {
            let outbox = handle_mut(outbox, "outbox")?;
            let mut settings = outbox.settings.clone();
            let platform = handle(client, "client")?.platform().clone();
            settings.accounts.insert(text(name, name_len, "name")?.to_owned(), platform);
            outbox.engine = Engine::new(outbox.engine.dialect(), outbox.site.clone(), settings.clone())?;
            outbox.settings = settings;
            Ok(())
        })
    }
}

/// The table of operations, as JSON: a list of {"name", "input": its members, with a question mark for what may be absent,
/// "what"}.
/// Ownership: *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument if out is NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_operations(
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: outputs NULL or writable.
    unsafe { make(out, err, || Ok(countersign_text(json(&OPERATIONS)?))) }
}

/// Runs an operation whole, in a file of the outbox's own ("sqlite:PATH"): "enqueue" with {"order": …} when a payment is confirmed,
/// "drain" with {"seconds": 20} from a worker or cron, and what else countersign_outbox_operations lists. Its answer is JSON.
/// An enqueue that has returned survives the loss of power. It blocks; a drain as long as its seconds say, and a call more.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_text_free.
/// Threads: any, at the same time; any number of processes of one machine.
/// Errors: invalid_order with every problem, and then nothing is written; store, store_busy; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_run(
    outbox: *const countersign_outbox,
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let outbox = handle(outbox, "outbox")?;
            let file = outbox.file.as_ref().ok_or_else(|| {
                argument("This outbox stands in a database of the host's: begin the operation, and run its steps over a connection of yours.")
            })?;
            let operation = text(operation, operation_len, "operation")?;
            let task = outbox.engine.task(operation, bytes(input, input_len, "input")?)?;
            let answer = file.run(task, &|| false)?.ok_or_else(|| argument("The operation was stopped."))?;
            Ok(countersign_text(Text::new(answer.get())))
        })
    }
}

/// Begins an operation over a connection of the host's own. Nothing is done before the first step is asked for. "enqueue" may stand
/// in the host's transaction; "drain" and "install" may not. A task may be freed at any step: another one goes on.
/// Ownership: borrows the inputs; *out is the caller's, for countersign_outbox_task_free. It outlives the outbox.
/// Threads: any, at the same time; each task belongs to one.
/// Errors: invalid_argument for an operation or an input that is none. What is wrong with an order, its first step tells.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_begin(
    outbox: *const countersign_outbox,
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    out: *mut *mut countersign_outbox_task,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle, texts readable for their lengths, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let engine = &handle(outbox, "outbox")?.engine;
            let operation = text(operation, operation_len, "operation")?;
            let task = engine.task(operation, bytes(input, input_len, "input")?)?;
            Ok(countersign_outbox_task { steps: Steps::new(engine.dialect(), task) })
        })
    }
}

/// Goes on with the answer to the last step, empty at first, and gives the next one, as JSON:
///
/// {"step":"sql", "sql", "params": […], "rows": true or false, "commit"}: execute this one statement, with the parameters (whole
/// numbers, ASCII text or null) in place of its question marks ($1, $2 … for "postgresql"), and, if commit is true, COMMIT.
/// Answer {"rows": [[…], …]} or {"count": changed rows}, by rows; and where it failed {"error": {"code": the database's number,
/// "sqlstate", "message", "lost": true if the connection broke}}.
///
/// {"step":"call", "what", "account"}: say countersign_outbox_task_perform. Answer nothing.
///
/// {"step":"wait", "ms"}: wait so long. Answer nothing.
///
/// {"step":"done", "answer"}: the operation has ended.
/// Ownership: borrows the answer; *out is the caller's, for countersign_text_free.
/// Threads: one at a time, and after fork in one process.
/// Errors: those of the operation, which has then ended: invalid_order, store, store_busy; invalid_argument.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_next(
    task: *mut countersign_outbox_task,
    answer: *const c_char,
    answer_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let steps = &mut handle_mut(task, "task")?.steps;
            Ok(countersign_text(Text::new(steps.next(bytes(answer, answer_len, "answer")?)?)))
        })
    }
}

/// Makes the call of the last step, over the account's own client: an order is sent exactly once, and not after the deadline that
/// its lease gives. It blocks until the platform answered, or that deadline passed.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: invalid_argument where the last step was no call. What the platform says is no error here: the next step knows.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_perform(
    task: *mut countersign_outbox_task,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, NULL or writable.
    unsafe { run(err, || handle_mut(task, "task")?.steps.perform()) }
}

/// Frees a task, wherever it stands.
/// Ownership: takes the task; NULL is allowed.
/// Threads: no other thread may use the task.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_free(task: *mut countersign_outbox_task) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(task) }
}

/// Closes what an outbox in a file has open: before fork, when no other thread is inside a call with it. It is opened again when
/// it is needed. A child that is forked while it is open is refused.
/// Ownership: borrows the outbox.
/// Threads: any.
/// Errors: invalid_argument for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_rest(
    outbox: *const countersign_outbox,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: NULL or a live handle, NULL or writable.
    unsafe {
        run(err, || {
            if let Some(file) = &handle(outbox, "outbox")?.file {
                file.rest();
            }
            Ok(())
        })
    }
}

/// Frees an outbox. Its tasks go on.
/// Ownership: takes the outbox; NULL is allowed.
/// Threads: no other thread may use the outbox.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_free(outbox: *mut countersign_outbox) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(outbox) }
}
