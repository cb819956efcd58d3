//! `Client`: one platform, one way in. What users see are the classes of `_clients.py`, whose methods all come to `run`.

use crate::call::PreparedCall;
use crate::errors::{errors, exception};
use crate::input::{Moment, Seconds, options as options_of};
use crate::job::Job;
use crate::json;
use crate::signer::no_copies;
use countersign::options::{OPTIONS, OptionRow, Scope};
use countersign::{Effect, Options, Platform, platform};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};
use pythonize::pythonize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The platform that a class of users is for.
fn platform_of(class: &Bound<'_, PyType>) -> PyResult<String> {
    class.getattr("platform")?.extract()
}

fn type_name(class: &Bound<'_, PyType>) -> String {
    class.name().map_or_else(|_| "Client".to_owned(), |name| name.to_string())
}

/// The names of a platform's options.
#[pyfunction]
pub(crate) fn options(platform: &str) -> Vec<&'static str> {
    let known = |row: &&OptionRow| row.scope.platform().is_none_or(|of| of == platform);
    OPTIONS.iter().filter(known).map(|row| row.name).collect()
}

/// What a client is made of: ready, or nothing once it is closed. Cheap to share.
#[derive(Clone)]
struct Made {
    platform: Platform,
    /// Names of the options that were given, for repr.
    given: Arc<[String]>,
}

impl Made {
    fn new(py: Python<'_>, platform: &str, options: Options, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        // The error of an order must not wait for an import.
        errors(py)?;
        let names =
            given.map(|given| given.iter().filter(|(_, value)| !value.is_none()).map(|(name, _)| name.to_string()));
        let names: Vec<String> = names.into_iter().flatten().collect();
        let options = options_of(options, given)?;
        options.check().map_err(exception)?;
        // Reading certificate authorities may take a while.
        Ok(Self { platform: Platform::new(platform, &options).map_err(exception)?, given: names.into() })
    }
}

/// Hands what is made to the constructor of the class that a user sees.
#[pyclass(frozen)]
struct Ready(Made);

#[pyclass(frozen, subclass, module = "countersign._native")]
pub(crate) struct Client {
    platform: &'static str,
    /// Held for moments, and never while another thread may run Python: a fork finds it free.
    made: Mutex<Option<Made>>,
    /// Shared with its calls, of which those that wait for a thread are refused once it is set.
    closed: Arc<AtomicBool>,
}

impl Client {
    /// What a call needs that does this.
    fn made(&self, effect: Effect) -> PyResult<Made> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).clone();
        made.ok_or_else(|| exception(platform::closed(effect)))
    }

    /// For an outbox, which keeps it.
    #[cfg(feature = "outbox")]
    pub(crate) fn platform(&self) -> PyResult<Platform> {
        Ok(self.made(Effect::Read)?.platform)
    }

    /// The JSON of an input, and what the operation does with it.
    fn input(&self, operation: &str, input: Option<&Bound<'_, PyAny>>) -> PyResult<(Vec<u8>, Effect)> {
        let effect = |input| platform::effect(self.platform, operation, input).map_err(exception);
        // As far as its name tells: what cannot be written may be anything.
        let by_name = effect(b"")?;
        let input = input.map(|input| json::dumps(input, by_name)).transpose()?.unwrap_or_default();
        let effect = effect(&input)?;
        Ok((input, effect))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*ready, **options), text_signature = "(**options)")]
    fn new(
        class: &Bound<'_, PyType>,
        ready: &Bound<'_, PyTuple>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let made = if ready.is_empty() {
            Made::new(class.py(), &platform_of(class)?, Options::new(), options)?
        } else {
            let ready = ready.get_item(0)?;
            let wrong = "keyword arguments alone are taken, such as base_url=…: docs/options.md lists them";
            ready
                .cast::<Ready>()
                .map_err(|_| PyTypeError::new_err(format!("{}(): {wrong}", type_name(class))))?
                .get()
                .0
                .clone()
        };
        Ok(Self { platform: made.platform.name(), made: Mutex::new(Some(made)), closed: Arc::default() })
    }

    /// A client by the environment; options given here come on top.
    #[classmethod]
    #[pyo3(signature = (**options))]
    fn from_env<'py>(class: &Bound<'py, PyType>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let platform = platform_of(class)?;
        let scope = Scope::of(&platform).map_err(exception)?;
        let environment = countersign::options_from_env(scope).map_err(exception)?;
        class.call1((Ready(Made::new(class.py(), &platform, environment, options)?),))
    }

    /// Runs an operation by its name: prepares it, sends it, reads the reply. operations() lists them; the methods of this
    /// class are made of it.
    ///
    /// input: the operation's members as a dict; str or bytes are JSON already
    /// timeout: seconds for this call instead of the option's
    ///
    /// Answers a PlacedOrder for place_order, a Settlement for settle, else the platform's answer. Blocks without holding the
    /// interpreter.
    #[pyo3(signature = (operation, input=None, *, timeout=None))]
    fn run(
        &self,
        py: Python<'_>,
        operation: &str,
        input: Option<&Bound<'_, PyAny>>,
        timeout: Option<Seconds>,
    ) -> PyResult<Py<PyAny>> {
        self._job(operation, input, timeout)?.run(py)
    }

    /// A call that is made later. Its input is judged and kept as it is now.
    #[pyo3(signature = (operation, input, timeout))]
    fn _job(&self, operation: &str, input: Option<&Bound<'_, PyAny>>, timeout: Option<Seconds>) -> PyResult<Job> {
        let (input, effect) = self.input(operation, input)?;
        let mut platform = self.made(effect)?.platform;
        if let Some(Seconds(seconds)) = timeout {
            platform = platform.with_timeout(seconds).map_err(|error| exception(error.before_sending(effect)))?;
        }
        let (closed, operation) = (Arc::clone(&self.closed), operation.to_owned());
        let (deadline, begun) = (OnceLock::new(), OnceLock::new());
        Ok(Job { closed, platform, operation, input, effect, deadline, begun })
    }

    /// Prepares an operation by its name without sending it, for HTTP of your own.
    ///
    /// input: as for run(); now: when it is signed, as seconds since 1970 or an aware datetime, None for the clock
    #[pyo3(signature = (operation, input=None, *, now=None))]
    fn prepare(
        &self,
        py: Python<'_>,
        operation: &str,
        input: Option<&Bound<'_, PyAny>>,
        now: Option<Moment>,
    ) -> PyResult<PreparedCall> {
        let (input, effect) = self.input(operation, input)?;
        let platform = self.made(effect)?.platform;
        let call = platform.prepare(operation, &input, now.map(|moment| moment.0)).map_err(exception)?;
        Ok(PreparedCall::new(py, call, operation))
    }

    #[pyo3(signature = (partner_id=None, transaction_owner_id=None, bundle_owner_id=None))]
    fn _acting_for<'py>(
        slf: &Bound<'py, Self>,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let made = slf.get().made(Effect::Read)?;
        let platform =
            made.platform.acting_for(partner_id, transaction_owner_id, bundle_owner_id).map_err(exception)?;
        slf.get_type().call1((Ready(Made { platform, ..made }),))
    }

    /// Every operation of this platform, as a list of {"name", "effect", "input"}.
    #[classmethod]
    fn operations<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
        let rows = Platform::operations(&platform_of(class)?).map_err(exception)?;
        Ok(pythonize(class.py(), &rows)?)
    }

    /// Closes the client and its connections. Calls under way end as they would; later ones are refused. Doing it again
    /// does nothing.
    fn close(&self, py: Python<'_>) {
        self.closed.store(true, Ordering::Relaxed);
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(made));
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let name = type_name(&slf.get_type());
        Ok(match slf.get().made(Effect::Read) {
            Ok(made) => format!(
                "<countersign.{name} with {}>",
                if made.given.is_empty() { "the environment's options".to_owned() } else { made.given.join(", ") }
            ),
            Err(_) => format!("<countersign.{name}, closed>"),
        })
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<Py<PyString>> {
        Err(no_copies(&type_name(&slf.get_type()), "credentials and connections"))
    }
}
