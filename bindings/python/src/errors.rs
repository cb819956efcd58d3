//! The exception classes. Every error is caught by its outcome (`OutcomeUnknown`, `NotPlaced`), by what it is
//! (`InvalidInput`, `TimedOut`, …), by the builtin that a Python user expects, and by `Error`.
//!
//! What an error knows lies in its attributes, so that it pickles as any exception does. An error that has an outcome and
//! is of a family has a class of both, named after both; they are made once, when the module is loaded.

use crate::json;
use countersign::{Attempt, Error, ErrorKind, Outcome, Timestamp};
use pyo3::exceptions;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};

/// What an error is, whatever came of the order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Plain,
    InvalidInput,
    InvalidOrder,
    Unsupported,
    VerificationFailed,
    ConnectionFailed,
    TimedOut,
    PlatformError,
}

/// Those that have an outcome beside them, in the order of `Classes::mixed`.
const MIXED: [Family; 6] = [
    Family::InvalidInput,
    Family::Unsupported,
    Family::VerificationFailed,
    Family::ConnectionFailed,
    Family::TimedOut,
    Family::PlatformError,
];

fn family(kind: ErrorKind) -> Family {
    use ErrorKind as K;
    match kind {
        K::InvalidArgument | K::InvalidJson | K::Configuration => Family::InvalidInput,
        K::InvalidOrder => Family::InvalidOrder,
        K::Unsupported => Family::Unsupported,
        K::Connect | K::Tls | K::Proxy | K::Interrupted => Family::ConnectionFailed,
        K::Timeout => Family::TimedOut,
        _ => match kind.number() {
            20..=39 => Family::VerificationFailed,
            60..=79 => Family::PlatformError,
            _ => Family::Plain,
        },
    }
}

/// An error on its way to Python.
pub(crate) struct Fault {
    error: Error,
    outcome: Option<Outcome>,
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let outcome = error.outcome();
        Self { error, outcome }
    }
}

impl Fault {
    /// An error while an order may have been under way: whatever it is, nobody knows what came of the order.
    pub(crate) fn unknown(error: Error, sent_at: Timestamp, settle_delay: u32) -> Self {
        let error = error.with_times(sent_at, sent_at.plus(settle_delay.into()));
        Self { error, outcome: Some(Outcome::Unknown) }
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        Python::attach(|py| raise(py, &fault).unwrap_or_else(|failure| failure))
    }
}

/// An error of the core as an exception.
pub(crate) fn exception(error: Error) -> PyErr {
    Fault::from(error).into()
}

pub(crate) fn argument(message: impl Into<String>) -> PyErr {
    exception(Error::new(ErrorKind::InvalidArgument, message))
}

struct Classes {
    error: Py<PyType>,
    invalid_input: Py<PyType>,
    invalid_order: Py<PyType>,
    unsupported: Py<PyType>,
    verification_failed: Py<PyType>,
    connection_failed: Py<PyType>,
    timed_out: Py<PyType>,
    platform_error: Py<PyType>,
    not_placed: Py<PyType>,
    outcome_unknown: Py<PyType>,
    /// By outcome, not placed and unknown; and by `MIXED`.
    mixed: [Vec<Py<PyType>>; 2],
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

impl Classes {
    fn family(&self, family: Family) -> &Py<PyType> {
        match family {
            Family::Plain => &self.error,
            Family::InvalidInput => &self.invalid_input,
            Family::InvalidOrder => &self.invalid_order,
            Family::Unsupported => &self.unsupported,
            Family::VerificationFailed => &self.verification_failed,
            Family::ConnectionFailed => &self.connection_failed,
            Family::TimedOut => &self.timed_out,
            Family::PlatformError => &self.platform_error,
        }
    }

    fn of(&self, kind: ErrorKind, outcome: Option<Outcome>) -> &Py<PyType> {
        let family = family(kind);
        let (alone, mixed) = match outcome {
            Some(Outcome::Unknown) => (&self.outcome_unknown, &self.mixed[1]),
            Some(Outcome::NotPlaced) if family != Family::InvalidOrder => (&self.not_placed, &self.mixed[0]),
            _ => return self.family(family),
        };
        // An order that is refused here was never sent; should it be in doubt all the same, doubt comes first.
        let family = if family == Family::InvalidOrder { Family::InvalidInput } else { family };
        MIXED.iter().position(|with| *with == family).and_then(|at| mixed.get(at)).unwrap_or(alone)
    }
}

/// Makes a class and puts it into the module.
fn make<'py>(
    module: &Bound<'py, PyModule>,
    name: &str,
    bases: &[&Bound<'py, PyType>],
    doc: &str,
    kind: Option<ErrorKind>,
) -> PyResult<Bound<'py, PyType>> {
    let py = module.py();
    let members = PyDict::new(py);
    members.set_item("__module__", "countersign")?;
    members.set_item("__doc__", doc)?;
    if let Some(kind) = kind {
        members.set_item("kind", kind.name())?;
        members.set_item("number", kind.number())?;
        members.set_item("next_step", kind.next_step())?;
    }
    let made = py.get_type::<PyType>().call1((name, PyTuple::new(py, bases)?, members))?.cast_into::<PyType>()?;
    module.add(name, &made)?;
    Ok(made)
}

/// Makes the classes and puts them into the module.
pub(crate) fn add<'py>(module: &Bound<'py, PyModule>) -> PyResult<()> {
    let py = module.py();
    let class = |name: &str, bases: &[&Bound<'py, PyType>], doc, kind| make(module, name, bases, doc, kind);
    let value_error = py.get_type::<exceptions::PyValueError>();
    let error = class("Error", &[&py.get_type::<exceptions::PyException>()], ERROR, Some(ErrorKind::Internal))?;
    // What an exception that a test makes by hand has not been told.
    for name in ["outcome", "status", "attempt", "sent_at", "settle_after", "request_id", "retry_after", "body"] {
        error.setattr(name, py.None())?;
    }
    error.setattr("retryable", false)?;
    error.setattr("problems", PyTuple::empty(py))?;
    let not_placed = class("NotPlaced", &[&error], NOT_PLACED, Some(ErrorKind::Refused))?;
    not_placed.setattr("outcome", "not_placed")?;
    let outcome_unknown = class("OutcomeUnknown", &[&error], OUTCOME_UNKNOWN, Some(ErrorKind::Interrupted))?;
    outcome_unknown.setattr("outcome", "unknown")?;
    let invalid_input =
        class("InvalidInput", &[&error, &value_error], INVALID_INPUT, Some(ErrorKind::InvalidArgument))?;
    let invalid_order =
        class("InvalidOrder", &[&not_placed, &invalid_input], INVALID_ORDER, Some(ErrorKind::InvalidOrder))?;
    let not_implemented = py.get_type::<exceptions::PyNotImplementedError>();
    let unsupported = class("Unsupported", &[&error, &not_implemented], UNSUPPORTED, Some(ErrorKind::Unsupported))?;
    let verification_failed = class("VerificationFailed", &[&error], VERIFICATION_FAILED, Some(ErrorKind::Mismatch))?;
    let connection_error = py.get_type::<exceptions::PyConnectionError>();
    let connection_failed =
        class("ConnectionFailed", &[&error, &connection_error], CONNECTION_FAILED, Some(ErrorKind::Interrupted))?;
    let timeout_error = py.get_type::<exceptions::PyTimeoutError>();
    let timed_out = class("TimedOut", &[&error, &timeout_error], TIMED_OUT, Some(ErrorKind::Timeout))?;
    let platform_error = class("PlatformError", &[&error], PLATFORM_ERROR, Some(ErrorKind::Refused))?;

    let families =
        [&invalid_input, &unsupported, &verification_failed, &connection_failed, &timed_out, &platform_error];
    let mix = |outcome: &Bound<'py, PyType>| -> PyResult<Vec<Py<PyType>>> {
        let mixed = families.iter().map(|family| {
            let name = format!("{}{}", outcome.name()?, family.name()?);
            let made = class(&name, &[outcome, family], MIXED_DOC, None)?;
            for name in ["kind", "number", "next_step"] {
                made.setattr(name, family.getattr(name)?)?;
            }
            Ok(made.unbind())
        });
        mixed.collect()
    };
    let mixed = [mix(&not_placed)?, mix(&outcome_unknown)?];
    let classes = Classes {
        error: error.unbind(),
        invalid_input: invalid_input.unbind(),
        invalid_order: invalid_order.unbind(),
        unsupported: unsupported.unbind(),
        verification_failed: verification_failed.unbind(),
        connection_failed: connection_failed.unbind(),
        timed_out: timed_out.unbind(),
        platform_error: platform_error.unbind(),
        not_placed: not_placed.unbind(),
        outcome_unknown: outcome_unknown.unbind(),
        mixed,
    };
    CLASSES.set(py, classes).map_err(|_| exceptions::PyImportError::new_err("countersign._native was loaded twice."))
}

const ERROR: &str = "\
What failed, where, and what to do. The base of every exception of this package.

kind: the kind's name, such as \"timeout\", the same in every language; number: its number
outcome: for orders and changes \"not_placed\" or \"unknown\"; None for reads and for what sends nothing
retryable: whether the same call may simply be made again later; never True when the outcome is unknown
problems: every problem of a refused input, as {\"path\", \"code\", \"message\"}
status, request_id, retry_after (seconds): of the reply, where one arrived
attempt: the record of the attempt: method, url without query, status, milliseconds and more
sent_at, settle_after: seconds since 1970, for an unknown outcome
next_step: what to do, in one sentence
body: the first 64 KiB of the reply's body; it may hold personal data, do not log it unasked";

const NOT_PLACED: &str = "\
The order, or other change, was certainly not made. Whether trying again helps: retryable.";

const OUTCOME_UNKNOWN: &str = "\
The order, or other change, may have been made: the reply did not arrive or does not say.

Keep sent_at with the order and ask settle(order, sent_at=sent_at) from settle_after on. Never place the order again
before it is settled as absent.";

const INVALID_INPUT: &str = "An argument, option or JSON text is not usable as it is; the message names it.";

const INVALID_ORDER: &str = "The order breaks rules: problems has every one with its path. Nothing was sent.";

const UNSUPPORTED: &str = "The platform offers no such thing, or not with these credentials.";

const VERIFICATION_FAILED: &str = "\
A request or delivery is not what a holder of the secret sent, or is out of its time: answer it with status 401.";

const CONNECTION_FAILED: &str = "No connection could be made, or it broke.";

const TIMED_OUT: &str = "The time limit passed.";

const PLATFORM_ERROR: &str = "The platform answered something other than success.";

const MIXED_DOC: &str = "Both of its bases: catch it by either.";

/// The exception of an error.
fn raise(py: Python<'_>, fault: &Fault) -> PyResult<PyErr> {
    let error = &fault.error;
    let classes = CLASSES.get(py).ok_or_else(|| exceptions::PyRuntimeError::new_err(error.message().to_owned()))?;
    let made = classes.of(error.kind(), fault.outcome).bind(py).call1((error.message(),))?;
    let set = |name, value: Option<Bound<'_, PyAny>>| made.setattr(name, value);
    let text = |text: &str| PyString::new(py, text).into_any();
    let time =
        |time: Option<Timestamp>| time.map(|time| time.unix().into_pyobject(py).map(Bound::into_any)).transpose();
    let kind = error.kind();
    // An error of the library while an order is under way knows itself only as a defect.
    let next_step = match fault.outcome {
        Some(Outcome::Unknown) if error.outcome().is_none() => ErrorKind::Interrupted.next_step(),
        _ => error.next_step(),
    };
    set(intern!(py, "kind"), Some(text(kind.name())))?;
    set(intern!(py, "number"), Some(kind.number().into_pyobject(py)?.into_any()))?;
    set(intern!(py, "next_step"), Some(text(next_step)))?;
    set(intern!(py, "outcome"), fault.outcome.map(|outcome| text(outcome.name())))?;
    set(intern!(py, "retryable"), Some(error.retryable().into_pyobject(py)?.to_owned().into_any()))?;
    set(intern!(py, "status"), error.status().map(|n| n.into_pyobject(py)).transpose()?.map(Bound::into_any))?;
    set(intern!(py, "request_id"), error.request_id().map(text))?;
    set(
        intern!(py, "retry_after"),
        error.retry_after().map(|n| n.into_pyobject(py)).transpose()?.map(Bound::into_any),
    )?;
    set(intern!(py, "sent_at"), time(error.sent_at())?)?;
    set(intern!(py, "settle_after"), time(error.settle_after())?)?;
    set(intern!(py, "body"), error.body().map(|body| PyBytes::new(py, body).into_any()))?;
    set(intern!(py, "attempt"), error.attempt().map(|record| attempt(py, record)).transpose()?.map(Bound::into_any))?;
    let problems = PyList::empty(py);
    for problem in error.problems() {
        let row = PyDict::new(py);
        row.set_item("path", &problem.path)?;
        row.set_item("code", problem.code)?;
        row.set_item("message", &problem.message)?;
        problems.append(row)?;
    }
    set(intern!(py, "problems"), Some(problems.into_any()))?;
    let raised = PyErr::from_value(made);
    raised.add_note(py, next_step)?;
    Ok(raised)
}

/// The record of an attempt, for a log.
pub(crate) fn attempt<'py>(py: Python<'py>, record: &Attempt) -> PyResult<Bound<'py, PyDict>> {
    let text = serde_json::to_string(record).unwrap_or_else(|_| "{}".to_owned());
    Ok(json::loads(py, &text)?.cast_into::<PyDict>()?)
}

/// An exception of a kind, for the parts of this package that are written in Python.
#[pyfunction]
#[pyo3(signature = (kind, message, *, outcome=None, sent_at=None, settle_after=None, retryable=None))]
pub(crate) fn fault(
    py: Python<'_>,
    kind: &str,
    message: String,
    outcome: Option<&str>,
    sent_at: Option<i64>,
    settle_after: Option<i64>,
    retryable: Option<bool>,
) -> PyResult<Py<PyAny>> {
    let kind = ErrorKind::from_name(kind).unwrap_or(ErrorKind::Internal);
    let mut error = Error::new(kind, message);
    if let (Some(sent_at), Some(settle_after)) = (sent_at, settle_after) {
        error = error.with_times(Timestamp::from_unix(sent_at), Timestamp::from_unix(settle_after));
    }
    let outcome = match outcome {
        Some("not_placed") => Some(Outcome::NotPlaced),
        Some("unknown") => Some(Outcome::Unknown),
        _ => None,
    };
    let made = raise(py, &Fault { error, outcome })?.into_value(py).into_any();
    if let Some(retryable) = retryable {
        made.setattr(py, "retryable", retryable)?;
    }
    Ok(made)
}
