//! Errors of the core as exceptions. Their classes are declared in `python/countersign/_errors.py`.

use crate::ending::Inside;
use countersign::{Band, Error, ErrorKind, Outcome, system_time};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyModule, PyType};
use pythonize::pythonize;

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
        _ => match kind.band() {
            Band::Signature => "VerificationFailed",
            Band::Reply => "PlatformError",
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
    let known = made.getattr(intern!(py, "__dict__"))?.cast_into::<PyDict>()?;
    known.update(pythonize(py, error)?.cast()?)?;
    // It is the exception's text already; and what a kind is about, its class says.
    known.del_item(intern!(py, "message"))?;
    known.del_item(intern!(py, "band"))?;
    if let Some(attempts) = known.get_item(intern!(py, "attempts"))?
        && let Some(last) = attempts.cast::<PyList>()?.iter().last()
    {
        known.set_item(intern!(py, "attempt"), last)?;
    }
    known.set_item(intern!(py, "body"), error.body().map(|body| PyBytes::new(py, body)))?;
    let raised = PyErr::from_value(made);
    raised.add_note(py, error.next_step())?;
    Ok(raised)
}
