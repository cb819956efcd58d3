//! Attempts for `logging.getLogger("countersign")`: method, URL without query, status, milliseconds. Never a body, never a
//! secret.
//!
//! The observer of a client runs while the interpreter is let go of, so it only keeps the records of its thread; they are
//! logged after the call. A program that has not imported `logging` has nobody to listen, and pays nothing.

use crate::errors;
use countersign::{Attempt, Effect, Observer};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static SEEN: RefCell<Vec<Attempt>> = const { RefCell::new(Vec::new()) };
}

pub(crate) fn observer() -> Observer {
    Arc::new(|attempt| SEEN.with_borrow_mut(|seen| seen.push(attempt.clone())))
}

/// The attempts of this thread since it was last asked.
pub(crate) fn take() -> Vec<Attempt> {
    SEEN.with_borrow_mut(std::mem::take)
}

/// Logs the attempts of one call; `error` is what it ended with. A log that is broken breaks no order: what fails here is
/// told to `sys.unraisablehook` alone. Only what is no `Exception`, such as KeyboardInterrupt, passes.
pub(crate) fn write(
    py: Python<'_>,
    platform: &str,
    operation: &str,
    effect: Effect,
    attempts: &[Attempt],
    error: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    match try_write(py, platform, operation, effect, attempts, error) {
        Err(failure) if failure.is_instance_of::<PyException>(py) => {
            failure.write_unraisable(py, None);
            Ok(())
        }
        result => result,
    }
}

fn try_write(
    py: Python<'_>,
    platform: &str,
    operation: &str,
    effect: Effect,
    attempts: &[Attempt],
    error: Option<&Bound<'_, PyAny>>,
) -> PyResult<()> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    if attempts.is_empty() {
        return Ok(());
    }
    let modules = MODULES.import(py, "sys", "modules")?;
    let Some(logging) = modules.get_item(intern!(py, "logging"))? else { return Ok(()) };
    let logger = logging.call_method1(intern!(py, "getLogger"), ("countersign",))?;
    // Where nobody set a log up, Python would print warnings: a library stays silent.
    if !logger.call_method0(intern!(py, "hasHandlers"))?.is_truthy()? {
        return Ok(());
    }
    for (at, attempt) in attempts.iter().enumerate() {
        // The last attempt is the one that the error is about; earlier ones were followed by another.
        let last = at + 1 == attempts.len();
        let failed = error.filter(|_| last);
        let level = match (failed, effect) {
            (Some(_), _) => 30,
            (None, Effect::Read) => 10,
            (None, _) => 20,
        };
        if !logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()? {
            continue;
        }
        let extra = PyDict::new(py);
        extra.set_item("platform", platform)?;
        extra.set_item("operation", operation)?;
        extra.set_item("attempt", errors::attempt(py, attempt)?)?;
        let mut message = format!(
            "{platform} {operation}: {} {} {} in {} ms",
            attempt.method,
            attempt.url,
            attempt.status.map_or_else(|| "no reply".to_owned(), |status| status.to_string()),
            attempt.milliseconds
        );
        if let Some(error) = failed {
            for name in ["kind", "outcome", "retryable"] {
                extra.set_item(name, error.getattr(name)?)?;
            }
            let outcome = error.getattr("outcome")?;
            message += &format!(", {}", error.getattr("kind")?);
            if !outcome.is_none() {
                message += &format!(", outcome {outcome}");
            }
        }
        let options = PyDict::new(py);
        options.set_item("extra", extra)?;
        // As an argument, so that a percent sign in a URL is no format.
        logger.call_method("log", (level, "%s", PyString::new(py, &message)), Some(&options))?;
    }
    Ok(())
}
