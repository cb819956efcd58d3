//! Errors of the core as exceptions. Their classes are declared in `python/countersign/_errors.py`.

use crate::ending::Inside;
use countersign::{Attempt, Error, ErrorKind, Outcome, system_time};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyModule, PyType};

/// The module of the classes, imported when it is first needed: importing the package stays quick.
#[pyfunction]
pub(crate) fn errors(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static CLASSES: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let classes = CLASSES.get_or_try_init(py, || PyResult::Ok(py.import("countersign._errors")?.unbind()))?;
    Ok(classes.bind(py))
}

/// The class of a kind with an outcome: named after the outcome, and after what it is, whatever came of the order.
fn class_of<'py>(py: Python<'py>, kind: ErrorKind, outcome: Option<Outcome>) -> PyResult<Bound<'py, PyType>> {
    use ErrorKind as K;
    let family = match kind {
        // It says by itself that nothing was placed.
        K::InvalidOrder if outcome != Some(Outcome::Unknown) => {
            return Ok(errors(py)?.getattr("InvalidOrder")?.cast_into()?);
        }
        K::InvalidArgument | K::InvalidJson | K::InvalidOrder | K::Configuration => "InvalidInput",
        K::Unsupported => "Unsupported",
        K::Connect | K::Tls | K::Proxy | K::Interrupted => "ConnectionFailed",
        K::Timeout => "TimedOut",
        _ => match kind.number() {
            20..=39 => "VerificationFailed",
            60..=79 => "PlatformError",
            _ => "",
        },
    };
    let outcome = match outcome {
        Some(Outcome::Unknown) => "OutcomeUnknown",
        Some(Outcome::NotPlaced) => "NotPlaced",
        _ if family.is_empty() => "Error",
        _ => "",
    };
    Ok(errors(py)?.getattr(format!("{outcome}{family}"))?.cast_into()?)
}

/// For the tests: the class of every kind with every outcome.
#[pyfunction]
pub(crate) fn error_class<'py>(py: Python<'py>, kind: &str, outcome: Option<&str>) -> PyResult<Bound<'py, PyType>> {
    let kind = ErrorKind::from_name(kind).unwrap_or(ErrorKind::Internal);
    let outcome = [Outcome::NotPlaced, Outcome::Unknown].into_iter().find(|one| Some(one.name()) == outcome);
    class_of(py, kind, outcome)
}

/// An error of the core as an exception.
pub(crate) fn exception(error: Error) -> PyErr {
    Python::attach(|py| {
        let _inside = Inside::enter(py);
        raise(py, &error).unwrap_or_else(|failure| failure)
    })
}

/// The exception that these facts describe, for a test's own mock: not raised. A mistake in them is.
#[pyfunction]
pub(crate) fn error_of<'py>(py: Python<'py>, facts: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let error = Error::of_facts(facts, system_time()).map_err(exception)?;
    Ok(exception(error).into_value(py).into_bound(py).into_any())
}

pub(crate) fn argument(message: impl Into<String>) -> PyErr {
    exception(Error::new(ErrorKind::InvalidArgument, message))
}

/// What an error knows lies in attributes, so that it pickles as any exception does. Nothing here runs Python code once the
/// classes are there, so no signal can strike in between.
fn raise(py: Python<'_>, error: &Error) -> PyResult<PyErr> {
    let made = class_of(py, error.kind(), error.outcome())?.call1((error.message(),))?;
    let attempts = error.attempts().iter().map(|record| attempt(py, record)).collect::<PyResult<Vec<_>>>()?;
    let problems = error.problems().iter();
    let problems = problems.map(|it| Ok(dict!(py, path: &it.path, code: &*it.code, message: &it.message)));
    let known = dict!(
        py,
        kind: error.kind().name(),
        number: error.kind().number(),
        outcome: error.outcome().map(Outcome::name),
        retryable: error.retryable(),
        problems: problems.collect::<PyResult<Vec<_>>>()?,
        status: error.status(),
        request_id: error.request_id(),
        retry_after: error.retry_after(),
        attempt: attempts.last(),
        attempts: &attempts,
        sent_at: error.sent_at().map(|time| time.unix()),
        settle_after: error.settle_after().map(|time| time.unix()),
        next_step: error.next_step(),
        body: error.body().map(|body| PyBytes::new(py, body)),
    );
    made.getattr(intern!(py, "__dict__"))?.cast::<PyDict>()?.update(known.as_mapping())?;
    let raised = PyErr::from_value(made);
    raised.add_note(py, error.next_step())?;
    Ok(raised)
}

/// The record of an attempt, for a log.
pub(crate) fn attempt<'py>(py: Python<'py>, record: &Attempt) -> PyResult<Bound<'py, PyDict>> {
    Ok(dict!(
        py,
        method: &record.method,
        url: &record.url,
        status: record.status,
        milliseconds: record.milliseconds,
        request_id: &record.request_id,
        bytes_sent: record.bytes_sent,
        bytes_received: record.bytes_received,
        skew: record.skew,
        number: record.number,
    ))
}
