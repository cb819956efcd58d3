//! The exception classes. Every error is caught by its outcome (`OutcomeUnknown`, `NotPlaced`), by what it is
//! (`InvalidInput`, `TimedOut`, …), by the builtin that a Python user expects, and by `Error`.
//!
//! What an error knows lies in its attributes, so that it pickles as any exception does. An error that has an outcome and
//! is of a family has a class of both, named after both. Classes are made when they are first needed.

use countersign::{Attempt, Error, ErrorKind, Outcome, Timestamp};
use pyo3::exceptions;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};

/// The classes of one meaning each, which the package shows under these names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Error,
    NotPlaced,
    OutcomeUnknown,
    InvalidInput,
    InvalidOrder,
    Unsupported,
    VerificationFailed,
    ConnectionFailed,
    TimedOut,
    PlatformError,
}

use Class as C;

const CLASSES: [Class; 10] = [
    C::Error,
    C::NotPlaced,
    C::OutcomeUnknown,
    C::InvalidInput,
    C::InvalidOrder,
    C::Unsupported,
    C::VerificationFailed,
    C::ConnectionFailed,
    C::TimedOut,
    C::PlatformError,
];

/// Those that are mixed with an outcome, and the outcomes.
const FAMILIES: [Class; 6] =
    [C::InvalidInput, C::Unsupported, C::VerificationFailed, C::ConnectionFailed, C::TimedOut, C::PlatformError];
const OUTCOMES: [Class; 2] = [C::NotPlaced, C::OutcomeUnknown];

/// What an error is, whatever came of the order.
fn family(kind: ErrorKind) -> Class {
    use ErrorKind as K;
    match kind {
        K::InvalidArgument | K::InvalidJson | K::Configuration => C::InvalidInput,
        K::InvalidOrder => C::InvalidOrder,
        K::Unsupported => C::Unsupported,
        K::Connect | K::Tls | K::Proxy | K::Interrupted => C::ConnectionFailed,
        K::Timeout => C::TimedOut,
        _ => match kind.number() {
            20..=39 => C::VerificationFailed,
            60..=79 => C::PlatformError,
            _ => C::Error,
        },
    }
}

type Cell = PyOnceLock<Py<PyType>>;

impl Class {
    fn get<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyType>> {
        static MADE: [Cell; CLASSES.len()] = [const { PyOnceLock::new() }; CLASSES.len()];
        Ok(MADE[self as usize].get_or_try_init(py, || Ok::<_, PyErr>(self.make(py)?.unbind()))?.bind(py).clone())
    }

    fn make<'py>(self, py: Python<'py>) -> PyResult<Bound<'py, PyType>> {
        use ErrorKind as K;
        let ours = |class: Class| class.get(py);
        let (bases, kind, doc) = match self {
            C::Error => (vec![py.get_type::<exceptions::PyException>()], K::Internal, ERROR),
            C::NotPlaced => (vec![ours(C::Error)?], K::Refused, NOT_PLACED),
            C::OutcomeUnknown => (vec![ours(C::Error)?], K::Interrupted, OUTCOME_UNKNOWN),
            C::InvalidInput => {
                (vec![ours(C::Error)?, py.get_type::<exceptions::PyValueError>()], K::InvalidArgument, INVALID_INPUT)
            }
            C::InvalidOrder => (vec![ours(C::NotPlaced)?, ours(C::InvalidInput)?], K::InvalidOrder, INVALID_ORDER),
            C::Unsupported => {
                (vec![ours(C::Error)?, py.get_type::<exceptions::PyNotImplementedError>()], K::Unsupported, UNSUPPORTED)
            }
            C::VerificationFailed => (vec![ours(C::Error)?], K::Mismatch, VERIFICATION_FAILED),
            C::ConnectionFailed => (
                vec![ours(C::Error)?, py.get_type::<exceptions::PyConnectionError>()],
                K::Interrupted,
                CONNECTION_FAILED,
            ),
            C::TimedOut => (vec![ours(C::Error)?, py.get_type::<exceptions::PyTimeoutError>()], K::Timeout, TIMED_OUT),
            C::PlatformError => (vec![ours(C::Error)?], K::Refused, PLATFORM_ERROR),
        };
        let members = PyDict::new(py);
        members.set_item("__doc__", doc)?;
        members.set_item("kind", kind.name())?;
        members.set_item("number", kind.number())?;
        members.set_item("next_step", kind.next_step())?;
        match self {
            C::Error => {
                // What an exception that a test makes by hand has not been told.
                for name in
                    ["outcome", "status", "attempt", "sent_at", "settle_after", "request_id", "retry_after", "body"]
                {
                    members.set_item(name, py.None())?;
                }
                members.set_item("retryable", false)?;
                members.set_item("problems", PyTuple::empty(py))?;
            }
            C::NotPlaced => members.set_item("outcome", "not_placed")?,
            C::OutcomeUnknown => members.set_item("outcome", "unknown")?,
            _ => {}
        }
        new_class(&format!("{self:?}"), &bases, members)
    }
}

/// The class of an outcome and a family: both of `OUTCOMES` with all of `FAMILIES`.
fn mixed(py: Python<'_>, outcome: usize, family: usize) -> PyResult<Bound<'_, PyType>> {
    static MADE: [Cell; 12] = [const { PyOnceLock::new() }; OUTCOMES.len() * FAMILIES.len()];
    let made = MADE[outcome * FAMILIES.len() + family].get_or_try_init(py, || {
        let bases = [OUTCOMES[outcome].get(py)?, FAMILIES[family].get(py)?];
        let members = PyDict::new(py);
        members.set_item("__doc__", "Both of its bases: catch it by either.")?;
        for name in ["kind", "number", "next_step"] {
            members.set_item(name, bases[1].getattr(name)?)?;
        }
        Ok::<_, PyErr>(new_class(&mixed_name(outcome, family), &bases, members)?.unbind())
    });
    Ok(made?.bind(py).clone())
}

fn mixed_name(outcome: usize, family: usize) -> String {
    format!("{:?}{:?}", OUTCOMES[outcome], FAMILIES[family])
}

fn new_class<'py>(
    name: &str,
    bases: &[Bound<'py, PyType>],
    members: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyType>> {
    let py = members.py();
    members.set_item("__module__", "countersign")?;
    Ok(py.get_type::<PyType>().call1((name, PyTuple::new(py, bases)?, members))?.cast_into::<PyType>()?)
}

fn class_of(py: Python<'_>, kind: ErrorKind, outcome: Option<Outcome>) -> PyResult<Bound<'_, PyType>> {
    let family = family(kind);
    let outcome = match outcome {
        Some(Outcome::Unknown) => 1,
        // It is of both already.
        Some(Outcome::NotPlaced) if family != C::InvalidOrder => 0,
        _ => return family.get(py),
    };
    // An order that is refused here was never sent; should it be in doubt all the same, doubt comes first.
    let family = if family == C::InvalidOrder { C::InvalidInput } else { family };
    match FAMILIES.iter().position(|one| *one == family) {
        Some(at) => mixed(py, outcome, at),
        None => OUTCOMES[outcome].get(py),
    }
}

/// The exception classes by their names. They are made when somebody asks for them: importing stays quick.
#[pyfunction]
#[pyo3(name = "__getattr__")]
pub(crate) fn by_name<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyType>> {
    if let Some(class) = CLASSES.iter().find(|class| format!("{class:?}") == name) {
        return class.get(py);
    }
    for outcome in 0..OUTCOMES.len() {
        if let Some(family) = (0..FAMILIES.len()).find(|family| mixed_name(outcome, *family) == name) {
            return mixed(py, outcome, family);
        }
    }
    Err(exceptions::PyAttributeError::new_err(format!("module 'countersign._native' has no attribute {name:?}")))
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

/// The exception of an error.
fn raise(py: Python<'_>, fault: &Fault) -> PyResult<PyErr> {
    let error = &fault.error;
    let made = class_of(py, error.kind(), fault.outcome)?.call1((error.message(),))?;
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
    let row = PyDict::new(py);
    row.set_item(intern!(py, "method"), &record.method)?;
    row.set_item(intern!(py, "url"), &record.url)?;
    row.set_item(intern!(py, "status"), record.status)?;
    row.set_item(intern!(py, "milliseconds"), record.milliseconds)?;
    row.set_item(intern!(py, "request_id"), &record.request_id)?;
    row.set_item(intern!(py, "bytes_sent"), record.bytes_sent)?;
    row.set_item(intern!(py, "bytes_received"), record.bytes_received)?;
    row.set_item(intern!(py, "skew"), record.skew)?;
    row.set_item(intern!(py, "number"), record.number)?;
    Ok(row)
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
