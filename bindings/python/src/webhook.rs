//! `Webhook` and `Event`: deliveries of Sign Customiser; and prices in minor units.

use crate::errors::{argument, exception};
use crate::input::{Body, Headers, Moment, Window, or_now};
use crate::json;
use crate::signer::no_copies;
use countersign::options::Scope;
use countersign::sign_customiser::webhook::{DEFAULT_CONTENT, DEFAULT_ENCODING, DEFAULT_TOLERANCE};
use countersign::{Secret, sign_customiser};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFloat, PyList, PyString, PyTuple, PyType};
use pythonize::pythonize;

/// Verifies deliveries with the secrets that are active, in constant time. It is immutable: threads may share it, and it
/// stays usable after fork.
///
/// secret: the webhook secret of a subscription, or the integration secret for the product:created callback, as str or
///     bytes; a list of them during a rotation
/// content: what is signed: "timestamp.body", "body", "timestamp+body", "body+timestamp" or "body.timestamp". Which one
///     the platform uses is unverified: explain() settles it with one captured delivery
/// encoding: "hex" or "base64"
/// tolerance: how many seconds a timestamp may be from the clock, either way
/// exact_secret: accept secrets with white space around them
///
/// Raises InvalidInput for what cannot be verified with.
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Webhook {
    webhook: sign_customiser::Webhook,
    secrets: usize,
}

/// The body of a delivery, as it arrived.
fn raw<'a>(body: &'a Bound<'_, PyAny>) -> PyResult<Body<'a>> {
    body.extract().map_err(|why: PyErr| {
        if !why.is_instance_of::<PyTypeError>(body.py()) {
            return why;
        }
        PyTypeError::new_err(format!(
            "raw_body is {}: the bytes are due as they arrived, such as request.body (Django), request.get_data() (Flask) \
             or await request.body() (FastAPI). What was parsed has lost what was signed",
            json::a_type(body)
        ))
    })
}

#[pymethods]
impl Webhook {
    #[new]
    #[pyo3(signature = (secret, *, content=DEFAULT_CONTENT.name(), encoding=DEFAULT_ENCODING.name(),
                        tolerance=Window(DEFAULT_TOLERANCE), exact_secret=false),
           text_signature = "(secret, *, content='timestamp.body', encoding='hex', tolerance=300, exact_secret=False)")]
    fn new(
        secret: &Bound<'_, PyAny>,
        content: &str,
        encoding: &str,
        tolerance: Window,
        exact_secret: bool,
    ) -> PyResult<Self> {
        let several = secret.is_instance_of::<PyList>() || secret.is_instance_of::<PyTuple>();
        let given: Vec<Bound<'_, PyAny>> =
            if several { secret.try_iter()?.collect::<PyResult<_>>()? } else { vec![secret.clone()] };
        let wrong = |_: PyErr| PyTypeError::new_err("secret: str or bytes are due, or a list of them");
        let secret =
            |one: &Bound<'_, PyAny>| Ok(Secret::new(&*one.extract::<Body<'_>>().map_err(wrong)?, exact_secret));
        let secrets = given.iter().map(secret).collect::<PyResult<Vec<_>>>()?;
        let webhook = sign_customiser::Webhook::new(secrets).map_err(exception)?;
        let webhook = webhook.with_formula(Some(content), Some(encoding), Some(tolerance.0)).map_err(exception)?;
        Ok(Self { webhook, secrets: given.len() })
    }

    /// With the secret of the environment: COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET, or the file that
    /// COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET_FILE names.
    ///
    /// secret: "integration" takes COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET instead, for the product:created callback.
    ///     The rest as for the class.
    #[staticmethod]
    #[pyo3(signature = (*, secret="webhook", content=DEFAULT_CONTENT.name(), encoding=DEFAULT_ENCODING.name(),
                        tolerance=Window(DEFAULT_TOLERANCE), exact_secret=false),
           text_signature = "(*, secret='webhook', content='timestamp.body', encoding='hex', tolerance=300, exact_secret=False)")]
    fn from_env(secret: &str, content: &str, encoding: &str, tolerance: Window, exact_secret: bool) -> PyResult<Self> {
        let options = countersign::options_from_env(Scope::SignCustomiser).map_err(exception)?;
        let options = options.set("exact_secret", if exact_secret { "true" } else { "false" });
        let webhook = sign_customiser::Webhook::of_options(&options, secret).map_err(exception)?;
        let webhook = webhook.with_formula(Some(content), Some(encoding), Some(tolerance.0)).map_err(exception)?;
        Ok(Self { webhook, secrets: 1 })
    }

    /// Verifies a delivery and reads it.
    ///
    /// headers: request.headers of any framework, Django's META, a WSGI environ, ASGI's byte pairs, a dict or pairs
    /// raw_body: the bytes as they arrived; parsed and written again they would be others
    /// now: seconds since 1970 or an aware datetime; None for the clock
    ///
    /// Raises VerificationFailed (malformed, mismatch, too_old, in_the_future): answer 401. InvalidInput for a body that
    /// is signed but not readable.
    #[pyo3(signature = (headers, raw_body, *, now=None))]
    fn verify(&self, headers: Headers, raw_body: &Bound<'_, PyAny>, now: Option<Moment>) -> PyResult<Event> {
        let event = self.webhook.verify(&headers.pairs(), &raw(raw_body)?, or_now(now)).map_err(exception)?;
        Ok(Event { event, data: PyOnceLock::new() })
    }

    /// The headers that the platform would send with this body, as a dict: for tests of a shop's own, which need deliveries that
    /// verify. Signed with the first secret, by the formula of this object.
    ///
    /// timestamp: when it is stamped, as seconds since 1970 or an aware datetime; None for the clock
    #[pyo3(signature = (raw_body, timestamp=None))]
    fn sign<'py>(
        &self,
        py: Python<'py>,
        raw_body: &Bound<'py, PyAny>,
        timestamp: Option<Moment>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in self.webhook.sign(&raw(raw_body)?, or_now(timestamp)) {
            headers.set_item(name, value)?;
        }
        Ok(headers)
    }

    /// Says which formula a captured delivery matches, whatever its age, as {"content", "encoding", "configured",
    /// "advice"}. Arguments as for verify().
    fn explain<'py>(
        &self,
        py: Python<'py>,
        headers: Headers,
        raw_body: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.webhook.explain(&headers.pairs(), &raw(raw_body)?))?)
    }

    fn __repr__(&self) -> String {
        format!("<countersign.Webhook with {} secret{}>", self.secrets, if self.secrets == 1 { "" } else { "s" })
    }

    fn __reduce__(&self) -> PyResult<Bound<'_, PyTuple>> {
        Err(no_copies("Webhook", "secrets"))
    }
}

/// A delivery whose signature is right. Deliveries may repeat: answer a repeated dedup_key as the first.
///
/// topic: "product:created", "order:created" or "form:submitted"
/// data: what stands under "product", "order" or "form_submission", as a dict
/// timestamp: when the platform stamped it, in seconds since 1970
/// dedup_key: the same text for every delivery of one happening, such as "product:17"; keep it for twice the tolerance
/// secret_index: which of the secrets verified it, from 0
#[pyclass(frozen, module = "countersign")]
pub(crate) struct Event {
    event: sign_customiser::Event,
    data: PyOnceLock<Py<PyAny>>,
}

#[cfg(feature = "outbox")]
impl Event {
    pub(crate) fn event(&self) -> &sign_customiser::Event {
        &self.event
    }
}

#[pymethods]
impl Event {
    #[getter]
    fn topic(&self) -> &str {
        self.event.topic()
    }

    #[getter]
    fn data(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let data =
            self.data.get_or_try_init(py, || Ok::<_, PyErr>(json::loads(py, self.event.data().get())?.unbind()))?;
        Ok(data.clone_ref(py))
    }

    #[getter]
    fn timestamp(&self) -> i64 {
        self.event.timestamp().unix()
    }

    #[getter]
    fn dedup_key(&self) -> &str {
        self.event.dedup_key()
    }

    #[getter]
    fn secret_index(&self) -> usize {
        self.event.secret_index()
    }

    /// The JSON text to answer the product:created callback with, status 200 and application/json. Answer other topics with
    /// status 200 and {"ok":true}.
    ///
    /// external_id: the shop's id of the product; the same product must always get the same one
    ///
    /// Raises Unsupported for another topic, InvalidInput for an empty id.
    #[pyo3(signature = (external_id))]
    fn answer(&self, external_id: &str) -> PyResult<String> {
        self.event.answer(external_id).map_err(exception)
    }

    fn __repr__(&self) -> String {
        format!("<countersign.Event {} {:?}>", self.event.topic(), self.event.dedup_key())
    }

    fn __reduce__(&self) -> PyResult<Bound<'_, PyTuple>> {
        Err(PyTypeError::new_err(
            "An Event cannot be pickled: hand on what you need of it, such as topic, data and dedup_key.",
        ))
    }
}

/// A decimal price as an integer of minor units: ("29.99", "USD") gives 2999, ("500", "JPY") gives 500.
///
/// amount: plain decimal text or a Decimal; never a float, which has lost cents before it arrives
/// currency: three capital letters
///
/// Raises InvalidInput for what is no plain decimal number or has more places than the currency.
#[pyfunction]
pub(crate) fn minor_units(amount: &Bound<'_, PyAny>, currency: &str) -> PyResult<i64> {
    static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let text = if amount.is_instance_of::<PyString>() {
        amount.extract::<String>()?
    } else if !amount.is_instance_of::<PyFloat>()
        && amount.is_instance(DECIMAL.import(amount.py(), "decimal", "Decimal")?)?
    {
        // 'f' writes it without an exponent.
        amount.call_method1("__format__", ("f",))?.extract()?
    } else {
        return Err(argument(format!(
            "The amount is {}: text or a Decimal is due, such as \"29.99\". A float has lost cents before it arrives.",
            json::a_type(amount)
        )));
    };
    sign_customiser::minor_units(&text, currency).map_err(exception)
}
