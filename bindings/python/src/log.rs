//! Attempts for `logging.getLogger("countersign")`: method, URL without query, status, milliseconds. Never a body, never a
//! secret. A program that has not imported `logging` has nobody to listen, and pays nothing.

use countersign::delivery::Level;
use countersign::{Answer, Error, Json, Outcome};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString};
use pythonize::pythonize;

/// Logs the attempts of one call, which ended with `done`. A log that is broken breaks no order: what fails here is told to
/// `sys.unraisablehook` alone. Only what is no `Exception`, such as KeyboardInterrupt, passes.
pub(crate) fn write(
    py: Python<'_>,
    platform: &str,
    operation: &str,
    done: &Result<Answer<Json>, Error>,
) -> PyResult<()> {
    match try_write(py, platform, operation, done) {
        Err(failure) if failure.is_instance_of::<PyException>(py) => {
            failure.write_unraisable(py, None);
            Ok(())
        }
        result => result,
    }
}

fn try_write(py: Python<'_>, platform: &str, operation: &str, done: &Result<Answer<Json>, Error>) -> PyResult<()> {
    static MODULES: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let attempts = done.as_ref().map_or_else(Error::attempts, |answer| answer.attempts.as_slice());
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
    for attempt in attempts {
        let level = match attempt.level {
            Level::Debug => 10,
            Level::Info => 20,
            Level::Warning => 30,
        };
        if !logger.call_method1(intern!(py, "isEnabledFor"), (level,))?.is_truthy()? {
            continue;
        }
        let extra = dict!(py, platform: platform, operation: operation, attempt: pythonize(py, attempt)?);
        let status = attempt.status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
        let mut message = format!(
            "{platform} {operation}: {} {} {status} in {} ms",
            attempt.method, attempt.url, attempt.milliseconds
        );
        // That of the last attempt: what came before it was followed by another.
        if let (Err(error), Level::Warning) = (done, attempt.level) {
            let outcome = error.outcome().map(Outcome::name);
            let known = dict!(py, kind: error.kind().name(), outcome: outcome, retryable: error.retryable());
            extra.update(known.as_mapping())?;
            message += &format!(", {}", error.kind());
            message += &outcome.map(|outcome| format!(", outcome {outcome}")).unwrap_or_default();
        }
        // As an argument, so that a percent sign in a URL is no format.
        logger.call_method(
            intern!(py, "log"),
            (level, "%s", PyString::new(py, &message)),
            Some(&dict!(py, extra: extra)),
        )?;
    }
    Ok(())
}
