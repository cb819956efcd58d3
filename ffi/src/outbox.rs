//! The outbox: paid orders, delivered once in effect. Its operations by their names, whole in a file of SQLite, or step by step
//! over a connection of the host's own.

use crate::boundary::{
    COUNTERSIGN_ABSENT, Text, argument, bytes, free, guard, handle, handle_mut, json, lend, peek, text,
};
use crate::client::countersign_client;
use crate::error::countersign_error;
use crate::out::{give, make, run};
use crate::text::countersign_text;
use ::countersign_client::Error;
use ::countersign_outbox::store::sqlite::Sqlite;
use ::countersign_outbox::{Dialect, Engine, Given, Json, OPERATIONS, Settings, Step, Steps, Task, Value, Wants};
use std::ffi::c_char;
use std::path::Path;
use std::ptr::NonNull;

/// A step of a task: execute one statement, and tell its answer.
pub const COUNTERSIGN_STEP_SQL: i32 = 1;

/// A step of a task: say countersign_outbox_task_perform.
pub const COUNTERSIGN_STEP_CALL: i32 = 2;

/// A step of a task: wait, as long as countersign_outbox_task_wait_ms says.
pub const COUNTERSIGN_STEP_WAIT: i32 = 3;

/// A step of a task: it has ended, and countersign_outbox_task_answer is its answer.
pub const COUNTERSIGN_STEP_DONE: i32 = 4;

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
    shown: Shown,
}

const _: () = {
    const fn sent<T: Send>() {}
    sent::<countersign_outbox_task>();
};

/// What C reads of the step that stands.
#[derive(Default)]
struct Shown {
    step: i32,
    sql: Option<Text>,
    params: Vec<Param>,
    wants_rows: bool,
    wants_commit: bool,
    wait: Option<i64>,
    may_stop: bool,
    answer: Option<Text>,
}

struct Param {
    text: Option<Text>,
    number: Option<i64>,
}

impl Shown {
    fn of(step: &Step<Json>) -> Self {
        match step {
            Step::Sql(statement) => Self {
                step: COUNTERSIGN_STEP_SQL,
                sql: Some(Text::copy(statement.sql.as_bytes())),
                params: statement.params.iter().map(Param::of).collect(),
                wants_rows: statement.wants == Wants::Rows,
                wants_commit: statement.commit,
                ..Self::default()
            },
            Step::Call(_) => Self { step: COUNTERSIGN_STEP_CALL, ..Self::default() },
            Step::Wait(ms) => Self { step: COUNTERSIGN_STEP_WAIT, wait: Some((*ms).max(0)), ..Self::default() },
            Step::Done(result) => {
                let answer = result.as_ref().ok().map(|answer| Text::new(answer.get()));
                Self { step: COUNTERSIGN_STEP_DONE, answer, ..Self::default() }
            }
        }
    }
}

impl Param {
    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self { text: None, number: None },
            Value::Int(number) => Self { text: Some(Text::new(number.to_string())), number: Some(*number) },
            Value::Text(text) => Self { text: Some(Text::copy(text.as_bytes())), number: None },
        }
    }
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
            let task = begun(&outbox.engine, operation, bytes(input, input_len, "input")?)?;
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
            let task = begun(engine, operation, bytes(input, input_len, "input")?)?;
            Ok(countersign_outbox_task { steps: Steps::new(engine.dialect(), task), shown: Shown::default() })
        })
    }
}

fn begun(engine: &Engine, operation: &str, input: &[u8]) -> Result<Task<Json>, Error> {
    // For tests of bindings, as clients have it.
    assert!(operation != "__panic", "the operation __panic panics");
    engine.task(operation, input)
}

/// Goes on with what was told of the last step, nothing at first, and writes the next one: for a program that reads no JSON, and
/// otherwise the same as countersign_outbox_task_next.
///
/// COUNTERSIGN_STEP_SQL: execute countersign_outbox_task_sql, one statement, with its parameters in place of its question marks
/// ($1, $2 … for "postgresql"), and, if countersign_outbox_task_wants_commit, COMMIT. Then tell each row by
/// countersign_outbox_task_row, if it wants rows, and that it is executed by countersign_outbox_task_executed; or, where the
/// statement or its COMMIT failed, countersign_outbox_task_failed.
///
/// COUNTERSIGN_STEP_CALL: say countersign_outbox_task_perform.
///
/// COUNTERSIGN_STEP_WAIT: wait as long as countersign_outbox_task_wait_ms says.
///
/// COUNTERSIGN_STEP_DONE: the operation has ended; its answer is countersign_outbox_task_answer.
/// Ownership: borrows the task. What its accessors lent ends when the next step is written.
/// Threads: one at a time, and after fork in one process.
/// Errors: those of the operation, which has then ended: invalid_order, store, store_busy. invalid_argument while a statement has
/// no answer or a call was not performed, and then that step stands; and after the end.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_advance(
    task: *mut countersign_outbox_task,
    step: *mut i32,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, outputs NULL or writable.
    unsafe {
        give(step, err, || {
            let task = handle_mut(task, "task")?;
            let mut shown = Shown::of(task.steps.advance()?);
            shown.may_stop = task.steps.may_stop();
            task.shown = shown;
            Ok(task.shown.step)
        })
    }
}

/// The SQL of the step, in the dialect of the outbox. It holds no value, and no question mark but those of its parameters.
/// Ownership: the text is the task's and ends with the step. len may be NULL.
/// Threads: one at a time.
/// Errors: NULL where the step is no statement, and for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_sql(
    task: *const countersign_outbox_task,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(task, len, |task| task.shown.sql.as_ref()) }
}

/// How many parameters the statement of the step has.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_param_count(task: *const countersign_outbox_task) -> usize {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(task, 0, |task| task.shown.params.len()) }
}

/// A parameter, from 0, as ASCII text; a number in decimal digits. Whoever binds values binds the numbers among them as numbers:
/// countersign_outbox_task_param_number tells which they are.
/// Ownership: the text is the task's and ends with the step. len may be NULL.
/// Threads: one at a time.
/// Errors: NULL for SQL's NULL, and beyond the last one.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_param(
    task: *const countersign_outbox_task,
    index: usize,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(task, len, |task| task.shown.params.get(index)?.text.as_ref()) }
}

/// Whether a parameter, from 0, is a number, and which.
/// Ownership: borrows the task. number may be NULL; it is written if the answer is true.
/// Threads: one at a time.
/// Errors: false for NULL, and beyond the last one.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_param_number(
    task: *const countersign_outbox_task,
    index: usize,
    number: *mut i64,
) -> bool {
    // SAFETY: the conventions: NULL or a live handle.
    let found = unsafe { peek(task, None, |task| task.shown.params.get(index).and_then(|param| param.number)) };
    guard(false, || {
        if let (Some(found), Some(number)) = (found, NonNull::new(number)) {
            // SAFETY: not NULL, so writable by the conventions.
            unsafe { number.write(found) };
        }
        found.is_some()
    })
}

/// Whether the statement of the step answers rows; otherwise it answers how many it changed.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: false for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_wants_rows(task: *const countersign_outbox_task) -> bool {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(task, false, |task| task.shown.wants_rows) }
}

/// Whether COMMIT belongs to the statement of the step, because the connection does not commit by itself. It is never so for an
/// operation that stands in the host's transaction.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: false for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_wants_commit(task: *const countersign_outbox_task) -> bool {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(task, false, |task| task.shown.wants_commit) }
}

/// How many milliseconds the step waits.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: COUNTERSIGN_ABSENT where the step is no wait, and for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_wait_ms(task: *const countersign_outbox_task) -> i64 {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(task, COUNTERSIGN_ABSENT, |task| task.shown.wait.unwrap_or(COUNTERSIGN_ABSENT)) }
}

/// Whether a worker that is to stop should stop here, and free the task: before the statement that takes an order, and in a wait for
/// new ones. Elsewhere that is no harm either, but an order that is taken stays taken until its lease ends, and one that was sent
/// is in doubt.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: false for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_may_stop(task: *const countersign_outbox_task) -> bool {
    // SAFETY: the conventions: NULL or a live handle.
    unsafe { peek(task, false, |task| task.shown.may_stop) }
}

/// Tells a row of the statement's answer: columns texts, each NULL for SQL's NULL, and their lengths. Numbers are told in decimal
/// digits.
/// Ownership: borrows the texts.
/// Threads: one at a time.
/// Errors: invalid_argument where the step is no statement. Of a statement, what cannot be read, a row where no rows are due and
/// a row behind its answer are invalid_argument too, and it counts as one whose answer was lost: the next steps find out.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_row(
    task: *mut countersign_outbox_task,
    values: *const *const c_char,
    lengths: *const usize,
    columns: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, readable for their count, texts readable for their lengths.
    unsafe { run(err, || handle_mut(task, "task")?.steps.row(cells(values, lengths, columns))) }
}

/// The values of a row.
///
/// # Safety
/// `values` and `lengths` are NULL or readable for `columns`; each value is NULL or readable for its length.
unsafe fn cells(values: *const *const c_char, lengths: *const usize, columns: usize) -> Result<Vec<Value>, Error> {
    let too_many = columns > isize::MAX as usize / size_of::<*const c_char>();
    if values.is_null() || lengths.is_null() || columns == 0 || too_many {
        return Err(argument("There is no row: NULL, no columns, or a count that cannot be."));
    }
    // SAFETY: not NULL, not too many, and readable by the caller's promise.
    let (values, lengths) =
        unsafe { (std::slice::from_raw_parts(values, columns), std::slice::from_raw_parts(lengths, columns)) };
    let cell = |(value, len): (&*const c_char, &usize)| {
        // A NULL is a value whatever its length says: drivers leave that as it was.
        if value.is_null() {
            return Ok(Value::Null);
        }
        // SAFETY: readable for its length, by the caller's promise.
        unsafe { text(*value, *len, "value") }.map(Value::from)
    };
    values.iter().zip(lengths).map(cell).collect()
}

/// Tells that the statement of the step was executed: how many rows it changed, whatever the database counts as changed; or, if it
/// wants rows, how many there are, which must be as many as were told, so that a row which got lost is noticed.
/// Ownership: borrows the task.
/// Threads: one at a time.
/// Errors: invalid_argument where the step is no statement. Of a statement, another number of rows, one below 0, as drivers
/// answer after an error, and a second answer are invalid_argument too, and it counts as one whose answer was lost.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_executed(
    task: *mut countersign_outbox_task,
    count: i64,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, NULL or writable.
    unsafe { run(err, || handle_mut(task, "task")?.steps.executed(count)) }
}

/// Tells that the statement of the step, or the COMMIT that belongs to it, failed: the number of the error as the database numbers
/// it or 0, its SQLSTATE and its message as far as the driver tells them, in any charset, and whether the connection broke, so that
/// nobody knows what was done. What an error means the outbox knows: tell it as it is.
/// Ownership: borrows the texts.
/// Threads: one at a time.
/// Errors: invalid_argument where the step is no statement. Of a statement, what cannot be read and a second answer are
/// invalid_argument too, and it counts as one whose answer was lost.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_failed(
    task: *mut countersign_outbox_task,
    number: i64,
    sqlstate: *const c_char,
    sqlstate_len: usize,
    message: *const c_char,
    message_len: usize,
    lost: bool,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: live handle of one thread, texts readable for their lengths, NULL or writable.
    unsafe {
        run(err, || {
            let task = handle_mut(task, "task")?;
            let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let words = bytes(sqlstate, sqlstate_len, "SQLSTATE")
                .and_then(|state| Ok((lossy(state), lossy(bytes(message, message_len, "message")?))));
            task.steps.failed(number, words, lost)
        })
    }
}

/// The answer of an operation that has ended, as JSON.
/// Ownership: the text is the task's and ends with it. len may be NULL.
/// Threads: one at a time.
/// Errors: NULL where the task has not ended, or ended with an error, and for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_outbox_task_answer(
    task: *const countersign_outbox_task,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: the conventions: NULL or a live handle, NULL or a writable length.
    unsafe { lend(task, len, |task| task.shown.answer.as_ref()) }
}

/// Goes on with the answer to the last step, empty at first, and gives the next one, as JSON; countersign_outbox_task_advance does
/// the same without JSON:
///
/// {"step":"sql", "sql", "params": […], "rows": true or false, "commit", "stop"}: execute this one statement, with the parameters (whole
/// numbers, ASCII text or null) in place of its question marks ($1, $2 … for "postgresql"), and, if commit is true, COMMIT.
/// Answer {"rows": [[…], …]} or {"count": changed rows}, by rows; and where it failed {"error": {"code": the database's number,
/// "sqlstate", "message", "lost": true if the connection broke, or the COMMIT failed}}.
///
/// {"step":"call", "what", "account"}: say countersign_outbox_task_perform. Answer nothing.
///
/// {"step":"wait", "ms", "stop"}: wait so long. Answer nothing. Where "stop" is true the task may be freed and nothing is lost by it.
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
            let task = handle_mut(task, "task")?;
            let step = task.steps.next(bytes(answer, answer_len, "answer")?)?;
            task.shown = Shown::default();
            Ok(countersign_text(Text::new(step)))
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
