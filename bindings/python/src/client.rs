//! `Client`: one platform, one way in. What users see are the classes of `_clients.py`, whose methods all come to `run`.

use crate::call::{PlacedOrder, PreparedCall, Settlement};
use crate::errors::{Fault, exception};
use crate::input::{Moment, Seconds, options as options_of, or_now};
use crate::signer::no_copies;
use crate::{errors, input, json, log};
use countersign::options::{OPTIONS, SETTLE_DELAY, Scope};
use countersign::{Answer, Call, Effect, Error, ErrorKind, Json, Options, Timestamp, operations};
use countersign::{sign_customiser, spiff};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Clone)]
enum Platform {
    Spiff(spiff::Client),
    SignCustomiser(sign_customiser::Client),
}

/// The operation whose answer is a `PlacedOrder`.
const PLACE: &str = "place_order";

/// Not an operation: it panics, so that a test sees what becomes of a panic. A name that nobody types.
const PANIC: &str = "__panic";

impl Platform {
    fn new(scope: Scope, options: &Options) -> Result<Self, Error> {
        Ok(match scope {
            Scope::SignCustomiser => {
                Self::SignCustomiser(sign_customiser::Client::new(options)?.with_observer(log::observer()))
            }
            _ => Self::Spiff(spiff::Client::new(options)?.with_observer(log::observer())),
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Spiff(_) => "spiff",
            Self::SignCustomiser(_) => "sign_customiser",
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Spiff(_) => Scope::Spiff,
            Self::SignCustomiser(_) => Scope::SignCustomiser,
        }
    }

    fn with_timeout(&self, seconds: f64) -> Result<Self, Error> {
        Ok(match self {
            Self::Spiff(client) => Self::Spiff(client.with_timeout(seconds)?),
            Self::SignCustomiser(client) => Self::SignCustomiser(client.with_timeout(seconds)?),
        })
    }

    fn run(&self, operation: &str, input: &[u8]) -> Result<Answer<Json>, Error> {
        assert!(operation != PANIC, "this panic was asked for by the operation {PANIC}");
        match self {
            Self::Spiff(client) => client.run(operation, input),
            Self::SignCustomiser(client) => client.run(operation, input),
        }
    }

    fn prepare(&self, operation: &str, input: &[u8], now: Timestamp) -> Result<Call<Json>, Error> {
        match self {
            Self::Spiff(client) => {
                operations::find(operations::SPIFF, operation)?.prepare(client.account(), input, now)
            }
            Self::SignCustomiser(client) => {
                operations::find(operations::SIGN_CUSTOMISER, operation)?.prepare(client.account(), input, now)
            }
        }
    }
}

fn scope(platform: &str) -> PyResult<Scope> {
    match platform {
        "spiff" => Ok(Scope::Spiff),
        "sign_customiser" => Ok(Scope::SignCustomiser),
        _ => Err(errors::argument(format!("The platform is {platform:?}: \"spiff\" or \"sign_customiser\" is due."))),
    }
}

/// The platform that a class of users is for.
fn platform_of(class: &Bound<'_, PyType>) -> PyResult<Scope> {
    scope(&class.getattr("platform")?.extract::<String>()?)
}

fn type_name(class: &Bound<'_, PyType>) -> String {
    class.name().map_or_else(|_| "Client".to_owned(), |name| name.to_string())
}

/// What an operation does, as far as its name tells.
fn effect(scope: Scope, operation: &str) -> Result<Effect, Error> {
    match scope {
        _ if operation == PANIC => Ok(Effect::Order),
        Scope::SignCustomiser => Ok(operations::find(operations::SIGN_CUSTOMISER, operation)?.effect),
        _ => Ok(operations::find(operations::SPIFF, operation)?.effect),
    }
}

fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Order => "order",
        Effect::Change => "change",
    }
}

/// "read", "order" or "change".
#[pyfunction]
pub(crate) fn effect_of(platform: &str, operation: &str) -> PyResult<&'static str> {
    Ok(effect_name(effect(scope(platform)?, operation).map_err(exception)?))
}

/// Every option as a list of {"name", "platform", "kind", "default", "meaning"}; platform is None for both.
#[pyfunction]
pub(crate) fn options(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    let rows = PyList::empty(py);
    for row in OPTIONS {
        let item = PyDict::new(py);
        item.set_item("name", row.name)?;
        item.set_item("platform", row.scope.platform())?;
        item.set_item("kind", row.kind.name())?;
        item.set_item("default", row.default)?;
        item.set_item("meaning", row.meaning)?;
        rows.append(item)?;
    }
    Ok(rows)
}

/// What a client is made of: ready, or nothing once it is closed. Cheap to share.
#[derive(Clone)]
struct Made {
    platform: Platform,
    settle_delay: u32,
    /// Names of the options that were given, for repr.
    given: Arc<[String]>,
}

impl Made {
    fn new(scope: Scope, options: Options, given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let names =
            given.map(|given| given.iter().filter(|(_, value)| !value.is_none()).map(|(name, _)| name.to_string()));
        let names: Vec<String> = names.into_iter().flatten().collect();
        let options = options_of(options, given)?;
        options.check().map_err(exception)?;
        Ok(Self {
            settle_delay: options.number("settle_delay", SETTLE_DELAY),
            // Reading certificate authorities may take a while.
            platform: Platform::new(scope, &options).map_err(exception)?,
            given: names.into(),
        })
    }
}

/// Hands what is made to the constructor of the class that a user sees.
#[pyclass(frozen)]
struct Ready(Made);

#[pyclass(frozen, subclass, module = "countersign._native")]
pub(crate) struct Client {
    scope: Scope,
    /// Held for moments, and never while another thread may run Python: a fork finds it free.
    made: Mutex<Option<Made>>,
}

impl Client {
    /// What a call needs that does this.
    fn made(&self, effect: Effect) -> PyResult<Made> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let closed = || Error::new(ErrorKind::InvalidArgument, "The client is closed. Make another one.");
        made.ok_or_else(|| exception(closed().before_sending(effect)))
    }

    fn within(&self, timeout: Option<Seconds>, effect: Effect) -> PyResult<Made> {
        let made = self.made(effect)?;
        let Some(Seconds(seconds)) = timeout else { return Ok(made) };
        let platform = made.platform.with_timeout(seconds);
        Ok(Made { platform: platform.map_err(|error| exception(error.before_sending(effect)))?, ..made })
    }
}

/// Does what may wait, without the interpreter; then logs its attempts. A panic while an order may be under way leaves it in
/// doubt. Ctrl-C is answered once the call has ended, and says what came of it.
fn away<T: Send>(
    py: Python<'_>,
    made: &Made,
    operation: &str,
    effect: Effect,
    work: impl FnOnce() -> Result<T, Error> + Send,
) -> PyResult<T> {
    let begun = input::clock();
    let (done, attempts) = py.detach(|| {
        log::take();
        let done = catch_unwind(AssertUnwindSafe(work));
        (done, log::take())
    });
    // First of all: any Python that runs below would be interrupted in the middle.
    let interrupt = py.check_signals().err();
    let result = match done {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(exception(error)),
        Err(_) => {
            let error = Error::new(ErrorKind::Internal, "The library panicked. What it was doing ended there.");
            Err(match effect {
                Effect::Read => exception(error),
                _ => Fault::unknown(error, begun, made.settle_delay).into(),
            })
        }
    };
    let error = result.as_ref().err().map(|error| error.value(py).as_any());
    let logged = log::write(py, made.platform.name(), operation, effect, &attempts, error);
    if let Some(interrupt) = interrupt.or_else(|| logged.err()) {
        let what = match (&result, effect) {
            (Ok(_), Effect::Order) => "the order was placed before this interrupt".to_owned(),
            (Ok(_), _) => "it had succeeded before this interrupt".to_owned(),
            (Err(error), _) => format!("it had failed before this interrupt: {}", error.value(py)),
        };
        interrupt.add_note(py, format!("countersign {operation}: {what}"))?;
        let cause = match (result, effect) {
            (Err(error), _) => Some(error),
            (Ok(_), Effect::Read) => None,
            // Without a cause, nobody could tell it from a call that was never made.
            (Ok(_), _) => {
                let lost = "The call was interrupted just after it had succeeded; its answer is lost.";
                Some(Fault::unknown(Error::new(ErrorKind::Aborted, lost), begun, made.settle_delay).into())
            }
        };
        interrupt.set_cause(py, cause);
        return Err(interrupt);
    }
    result
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
            Made::new(platform_of(class)?, Options::new(), options)?
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
        Ok(Self { scope: made.platform.scope(), made: Mutex::new(Some(made)) })
    }

    /// A client by the environment; options given here come on top.
    #[classmethod]
    #[pyo3(signature = (**options))]
    fn from_env<'py>(class: &Bound<'py, PyType>, options: Option<&Bound<'_, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let scope = platform_of(class)?;
        let environment = countersign::options_from_env(scope).map_err(exception)?;
        class.call1((Ready(Made::new(scope, environment, options)?),))
    }

    /// Runs an operation by its name: prepares it, sends it, reads the reply. operations() lists them; the methods of this
    /// class are made of it.
    ///
    /// input: the operation's members as a dict; str or bytes are JSON already
    /// timeout: seconds for this call instead of the option's
    ///
    /// Answers a PlacedOrder for place_order, else the platform's answer. Blocks without holding the interpreter.
    #[pyo3(signature = (operation, input=None, *, timeout=None))]
    fn run(
        &self,
        py: Python<'_>,
        operation: &str,
        input: Option<&Bound<'_, PyAny>>,
        timeout: Option<Seconds>,
    ) -> PyResult<Py<PyAny>> {
        let effect = effect(self.scope, operation).map_err(exception)?;
        let made = self.within(timeout, effect)?;
        let input = input.map(|input| json::dumps(input, effect)).transpose()?.unwrap_or_default();
        let answer = away(py, &made, operation, effect, || made.platform.run(operation, &input))?;
        if operation == PLACE {
            PlacedOrder::of(py, answer.value.get(), Some(answer.attempt))
        } else {
            Ok(json::loads(py, answer.value.get())?.unbind())
        }
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
        let effect = effect(self.scope, operation).map_err(exception)?;
        let made = self.made(effect)?;
        let input = input.map(|input| json::dumps(input, effect)).transpose()?.unwrap_or_default();
        let call = made.platform.prepare(operation, &input, or_now(now)).map_err(exception)?;
        Ok(PreparedCall::new(py, call, made.settle_delay, operation == PLACE))
    }

    /// One harmless read that tells whether credentials, address and clock are right; raises what is wrong.
    ///
    /// Answers a dict with "skew" (the platform's clock minus ours in seconds, or None), "attempt", and what was read.
    #[pyo3(signature = (*, timeout=None))]
    fn check<'py>(&self, py: Python<'py>, timeout: Option<Seconds>) -> PyResult<Bound<'py, PyDict>> {
        let made = self.within(timeout, Effect::Read)?;
        let answer = PyDict::new(py);
        let (skew, attempt) = match &made.platform {
            Platform::Spiff(client) => {
                let found = away(py, &made, "check", Effect::Read, || client.check())?;
                let text = serde_json::to_string(&found.integration).unwrap_or_else(|_| "null".to_owned());
                answer.set_item("integration", json::loads(py, &text)?)?;
                (found.skew, found.attempt)
            }
            Platform::SignCustomiser(client) => {
                let found = away(py, &made, "check", Effect::Read, || client.check())?;
                answer.set_item("subscriptions", found.subscriptions)?;
                (found.skew, found.attempt)
            }
        };
        answer.set_item("skew", skew)?;
        answer.set_item("attempt", errors::attempt(py, &attempt)?)?;
        Ok(answer)
    }

    #[pyo3(signature = (order, sent_at, first_absent_at=None, timeout=None))]
    fn _settle(
        &self,
        py: Python<'_>,
        order: &Bound<'_, PyAny>,
        sent_at: Option<Moment>,
        first_absent_at: Option<Moment>,
        timeout: Option<Seconds>,
    ) -> PyResult<Settlement> {
        let made = self.within(timeout, Effect::Read)?;
        let order = json::dumps(order, Effect::Read)?;
        match &made.platform {
            Platform::Spiff(client) => {
                let sent_at = sent_at.ok_or_else(|| errors::argument("sent_at is missing: what the error said."))?.0;
                let first = first_absent_at.map(|moment| moment.0);
                let work = || client.settle_json(&order, sent_at, first);
                Ok(away(py, &made, "settle", Effect::Read, work)?.into())
            }
            Platform::SignCustomiser(client) => match client.settle_json(&order).map_err(exception)? {},
        }
    }

    #[pyo3(signature = (partner_id=None, transaction_owner_id=None, bundle_owner_id=None))]
    fn _acting_for<'py>(
        slf: &Bound<'py, Self>,
        partner_id: Option<&str>,
        transaction_owner_id: Option<&str>,
        bundle_owner_id: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let made = slf.get().made(Effect::Read)?;
        let Platform::Spiff(client) = &made.platform else {
            return Err(errors::argument("There is nobody to act for at this platform."));
        };
        let other = client.acting_for(partner_id, transaction_owner_id, bundle_owner_id).map_err(exception)?;
        slf.get_type().call1((Ready(Made { platform: Platform::Spiff(other), ..made }),))
    }

    /// Every operation of this platform, as a list of {"name", "effect", "input"}.
    #[classmethod]
    fn operations<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyList>> {
        let rows: Vec<_> = match platform_of(class)? {
            Scope::SignCustomiser => operations::SIGN_CUSTOMISER.iter().map(|o| (o.name, o.effect, o.input)).collect(),
            _ => operations::SPIFF.iter().map(|o| (o.name, o.effect, o.input)).collect(),
        };
        let list = PyList::empty(class.py());
        for (name, effect, input) in rows {
            let item = PyDict::new(class.py());
            item.set_item("name", name)?;
            item.set_item("effect", effect_name(effect))?;
            item.set_item("input", input)?;
            list.append(item)?;
        }
        Ok(list)
    }

    /// Closes the client and its connections. Calls under way end as they would; later ones are refused. Doing it again
    /// does nothing.
    fn close(&self, py: Python<'_>) {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(made));
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self) -> bool {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    #[getter]
    fn _settle_delay(&self) -> PyResult<u32> {
        Ok(self.made(Effect::Read)?.settle_delay)
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
