//! `Job`: one call of a client, from its input to its answer or to what is known of it. `Client.run` does it at once,
//! `AsyncSpiff` on a thread of its own.

use crate::call::answer;
use crate::ending::Inside;
use crate::errors::exception;
use crate::log;
use countersign::delivery::{Class, LOST};
use countersign::{Deadline, Effect, Error, Platform, Timestamp, platform, system_time};
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

#[pyclass(frozen, module = "countersign._native")]
pub(crate) struct Job {
    /// Whether its client was closed since.
    pub(crate) closed: Arc<AtomicBool>,
    /// As it was when the call was made: it is asked what is known also after the client was closed.
    pub(crate) platform: Platform,
    pub(crate) operation: String,
    pub(crate) input: Vec<u8>,
    pub(crate) effect: Effect,
    /// The time limit, from when it is begun on: what it waits for a thread counts.
    pub(crate) deadline: OnceLock<Deadline>,
    pub(crate) begun: OnceLock<Timestamp>,
}

impl Job {
    fn error(&self, class: Class, message: Option<&str>) -> Error {
        let begun = self.begun.get().copied().unwrap_or_else(system_time);
        match message {
            Some(message) => self.platform.struck_because(class, self.effect, begun, message),
            None => self.platform.struck(class, self.effect, begun),
        }
    }

    /// Without an error, a caller who does not get the answer would take the call for one that was never made.
    fn interrupted_after_success(&self) -> Error {
        self.error(Class::AbortedUnderWay, Some(LOST))
    }

    fn time_left(&self) -> Duration {
        self.deadline.get_or_init(|| Deadline::within(self.platform.timeout())).left()
    }
}

#[pymethods]
impl Job {
    /// "read", "order" or "change".
    #[getter]
    fn effect(&self) -> &'static str {
        self.effect.name()
    }

    /// How many seconds of its time limit are left. It begins when this is first asked.
    #[getter]
    fn left(&self) -> f64 {
        self.time_left().as_secs_f64()
    }

    /// Does it in the time that is left, without holding the interpreter, and logs its attempts. Ctrl-C, or what any other
    /// handler of a signal raises, is answered once the call has ended, and says what came of it.
    pub(crate) fn run(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        // It may have been closed while this waited for a thread.
        if self.closed.load(Ordering::Relaxed) {
            return Err(exception(platform::closed(self.effect)));
        }
        let left = self.time_left();
        if left.is_zero() {
            return Err(exception(self.error(Class::Expired, None)));
        }
        let platform = self.platform.with_time_left(left);
        _ = self.begun.set(system_time());
        let done = py.detach(|| platform.run(&self.operation, &self.input));
        let _inside = Inside::enter(py);
        // First of all: any Python that runs below would be interrupted in the middle.
        let signal = py.check_signals().err();
        let logged = log::write(py, self.platform.name(), &self.operation, &done);
        let Some(interrupt) = signal.or_else(|| logged.err()) else {
            let mut done = done.map_err(exception)?;
            return answer(py, &self.operation, done.value.get(), done.attempts.pop());
        };
        let (what, cause) = match done {
            Ok(_) if self.effect == Effect::Read => ("it had succeeded before this interrupt".to_owned(), None),
            Ok(done) => {
                let what = if self.effect == Effect::Order { "the order was placed" } else { "it had succeeded" };
                let lost = self.interrupted_after_success().with_attempts(done.attempts);
                (format!("{what} before this interrupt"), Some(lost))
            }
            Err(error) => (format!("it had failed before this interrupt: {error}"), Some(error)),
        };
        interrupt.add_note(py, format!("countersign {}: {what}", self.operation))?;
        interrupt.set_cause(py, cause.map(exception));
        Err(interrupt)
    }

    /// What is known of it when something struck it from outside: "busy", "aborted_waiting", "expired_waiting",
    /// "aborted_under_way" or "interrupted_after_success".
    #[pyo3(signature = (event, message=None))]
    fn struck(&self, py: Python<'_>, event: &str, message: Option<&str>) -> Py<PyAny> {
        let error = match event {
            "busy" => self.error(Class::Busy, message),
            "expired_waiting" => self.error(Class::Expired, message),
            "aborted_waiting" => self.error(Class::AbortedUnsent, message),
            "interrupted_after_success" => self.interrupted_after_success(),
            _ => self.error(Class::AbortedUnderWay, message),
        };
        exception(error).into_value(py).into_any()
    }
}
