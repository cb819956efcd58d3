//! `PreparedCall`: bring your own HTTP; and the answers `PlacedOrder` and `Settlement`.

use crate::errors::exception;
use crate::input::{Body, Headers, SecondsSince1970};
use crate::json;
use crate::signer::no_copies;
use countersign::{Attempt, Call, Effect, Json, Reply};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyInt, PyString, PyTuple};
use pythonize::pythonize;
use serde_json::value::RawValue;

/// An order that the platform has. Store id with your own order.
///
/// id: the platform's id; None where it answered none (a placed order all the same)
/// internal_id: the platform's number for people, where generateInternalId asked for it
/// external_id: your own id of the order
/// errors: GraphQL errors beside the order, as sent
/// raw: the platform's own answer
/// attempt: the record of the attempt, for a log; None with HTTP of your own
#[pyclass(frozen, module = "countersign")]
pub(crate) struct PlacedOrder {
    #[pyo3(get)]
    id: Option<String>,
    #[pyo3(get)]
    internal_id: Option<String>,
    #[pyo3(get)]
    external_id: Option<String>,
    /// Read when they are asked for: most programs want the id alone.
    errors: Lazy,
    raw: Lazy,
    attempt: Lazy,
}

/// A value of Python that is made when it is first asked for.
struct Lazy(Source, PyOnceLock<Py<PyAny>>);

enum Source {
    Nothing,
    Json(String),
    Attempt(Attempt),
}

impl Lazy {
    fn new(source: Source) -> Self {
        Self(source, PyOnceLock::new())
    }

    fn of(py: Python<'_>, value: Option<Py<PyAny>>) -> Self {
        let cell = PyOnceLock::new();
        if let Some(value) = value {
            _ = cell.set(py, value);
        }
        Self(Source::Nothing, cell)
    }

    fn get(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let value = self.1.get_or_try_init(py, || match &self.0 {
            Source::Nothing => Ok(py.None()),
            Source::Json(text) => Ok::<_, PyErr>(json::loads(py, text)?.unbind()),
            Source::Attempt(record) => Ok(pythonize(py, record)?.unbind()),
        });
        Ok(value?.clone_ref(py))
    }
}

#[pymethods]
impl PlacedOrder {
    #[new]
    #[pyo3(signature = (id=None, internal_id=None, external_id=None, errors=None, raw=None, attempt=None))]
    fn new(
        py: Python<'_>,
        id: Option<String>,
        internal_id: Option<String>,
        external_id: Option<String>,
        errors: Option<Py<PyAny>>,
        raw: Option<Py<PyAny>>,
        attempt: Option<Py<PyAny>>,
    ) -> Self {
        let (errors, raw, attempt) = (Lazy::of(py, errors), Lazy::of(py, raw), Lazy::of(py, attempt));
        Self { id, internal_id, external_id, errors, raw, attempt }
    }

    #[getter]
    fn errors(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.errors.get(py)
    }

    #[getter]
    fn raw(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.raw.get(py)
    }

    #[getter]
    fn attempt(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.attempt.get(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let text = |id: &Option<String>| Ok::<_, PyErr>(id.as_deref().into_pyobject(py)?.repr()?.to_string());
        Ok(format!("PlacedOrder(id={}, external_id={})", text(&self.id)?, text(&self.external_id)?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let lazy = (self.errors.get(py)?, self.raw.get(py)?, self.attempt.get(py)?);
        let members = (&self.id, &self.internal_id, &self.external_id, lazy.0, lazy.1, lazy.2);
        (py.get_type::<Self>(), members).into_pyobject(py)
    }
}

impl PlacedOrder {
    /// Read leniently: an order that was placed must never fail for the form of its answer.
    pub(crate) fn of(py: Python<'_>, answer: &str, attempt: Option<Attempt>) -> PyResult<Py<PyAny>> {
        let json = |json: Option<Box<RawValue>>| match json {
            Some(json) if json.get() != "null" => Lazy::new(Source::Json(json.get().to_owned())),
            _ => Lazy::new(Source::Nothing),
        };
        let placed = serde_json::from_str(answer).unwrap_or_else(|_| countersign::spiff::PlacedOrder {
            raw: serde_json::from_str(answer).ok(),
            ..Default::default()
        });
        let placed = Self {
            id: placed.id,
            internal_id: placed.internal_id,
            external_id: Some(placed.external_id).filter(|id| !id.is_empty()),
            errors: json(placed.errors),
            raw: json(placed.raw),
            attempt: Lazy::new(attempt.map_or(Source::Nothing, Source::Attempt)),
        };
        Ok(Py::new(py, placed)?.into_any())
    }
}

/// What a read-back says about an order in doubt. It equals its verdict: `spiff.settle(...) == "absent"`.
///
/// verdict: "placed"; "absent": place it again; "unclear": settle again at again_at
/// reason: why, for a person
/// again_at: when to settle again, in seconds since 1970; None if a person must look: see the reason
/// first_absent_at: hand it to the next settle()
#[pyclass(frozen, get_all, module = "countersign")]
pub(crate) struct Settlement {
    verdict: String,
    reason: String,
    again_at: Option<i64>,
    first_absent_at: Option<i64>,
}

#[pymethods]
impl Settlement {
    #[new]
    #[pyo3(signature = (verdict, reason="", again_at=None, first_absent_at=None))]
    fn new(verdict: String, reason: &str, again_at: Option<i64>, first_absent_at: Option<i64>) -> Self {
        Self { verdict, reason: reason.to_owned(), again_at, first_absent_at }
    }

    fn __str__(&self) -> &str {
        &self.verdict
    }

    fn __repr__(&self) -> String {
        let number = |n: Option<i64>| n.map_or_else(|| "None".to_owned(), |n| n.to_string());
        format!(
            "Settlement({:?}, {:?}, again_at={}, first_absent_at={})",
            self.verdict,
            self.reason,
            number(self.again_at),
            number(self.first_absent_at)
        )
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        if let Ok(other) = other.cast::<Self>() {
            let other = other.get();
            return (&self.verdict, &self.reason, self.again_at, self.first_absent_at)
                == (&other.verdict, &other.reason, other.again_at, other.first_absent_at);
        }
        other.cast::<PyString>().is_ok_and(|text| text.to_str().is_ok_and(|text| text == self.verdict))
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, &self.verdict).hash()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let members = (&self.verdict, &self.reason, self.again_at, self.first_absent_at);
        (py.get_type::<Self>(), members).into_pyobject(py)
    }
}

/// The input of the operation `settle`: an order, also as JSON text, and moments.
#[pyfunction]
#[pyo3(signature = (order, sent_at, first_absent_at=None))]
pub(crate) fn doubt<'py>(
    order: &Bound<'py, PyAny>,
    sent_at: SecondsSince1970,
    first_absent_at: Option<SecondsSince1970>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = order.py();
    let order = json::dumps(order, Effect::Read)?;
    let mut text = b"{\"order\":".to_vec();
    text.extend(if order.is_empty() { b"null".as_slice() } else { &order });
    text.extend(format!(",\"sent_at\":{}", sent_at.0).bytes());
    if let Some(SecondsSince1970(first)) = first_absent_at {
        text.extend(format!(",\"first_absent_at\":{first}").bytes());
    }
    text.push(b'}');
    Ok(PyBytes::new(py, &text))
}

/// What an operation answered, as Python shows it.
pub(crate) fn answer(py: Python<'_>, operation: &str, text: &str, attempt: Option<Attempt>) -> PyResult<Py<PyAny>> {
    Ok(match operation {
        "place_order" => PlacedOrder::of(py, text, attempt)?,
        "settle" => py.get_type::<Settlement>().call((), Some(json::loads(py, text)?.cast()?))?.unbind(),
        _ => json::loads(py, text)?.unbind(),
    })
}

/// A request that is ready to be sent with any HTTP stack, and the reader of its reply.
///
/// Send it once, unchanged, with redirects off and a time limit; then hand the reply to read(), or say failed(). For
/// another attempt prepare another one: the date in it ages. It is immutable: threads may share it.
///
/// method, url: of the request
/// headers: a dict; they carry credentials, do not log them
/// body: bytes, to be sent as they are; b"" for none
/// signed_at: in seconds since 1970; what settle() wants to know of an order in doubt
#[pyclass(frozen, module = "countersign")]
pub(crate) struct PreparedCall {
    call: Call<Json>,
    operation: String,
    body: Py<PyBytes>,
}

impl PreparedCall {
    pub(crate) fn new(py: Python<'_>, call: Call<Json>, operation: &str) -> Self {
        let body = PyBytes::new(py, &call.request().body).unbind();
        Self { call, operation: operation.to_owned(), body }
    }
}

/// The first of these attributes that is there.
fn first<'py>(object: &Bound<'py, PyAny>, names: [&str; 2]) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = object.getattr_opt(names[0])?;
    found.map_or_else(|| object.getattr_opt(names[1]), |found| Ok(Some(found)))
}

/// The reply of an HTTP library: httpx, requests, urllib3, http.client and their like.
fn reply_of(response: &Bound<'_, PyAny>) -> PyResult<Reply> {
    let py = response.py();
    let status = first(response, ["status_code", "status"])?;
    let body = match first(response, ["content", "data"])? {
        Some(body) => Some(body),
        None => response.getattr_opt(intern!(py, "read"))?.map(|read| read.call0()).transpose()?,
    };
    let (Some(status), Some(headers), Some(body)) = (status, response.getattr_opt(intern!(py, "headers"))?, body)
    else {
        return Err(PyTypeError::new_err(format!(
            "status, headers and body are due, or a response of httpx or requests, and this is {}",
            json::a_type(response)
        )));
    };
    reply(&status, &headers, &body)
}

fn reply(status: &Bound<'_, PyAny>, headers: &Bound<'_, PyAny>, body: &Bound<'_, PyAny>) -> PyResult<Reply> {
    Ok(Reply {
        // A number that is no status has no meaning, and is judged like one: the outcome is unknown.
        status: u16::try_from(status.extract::<i64>()?).unwrap_or(0),
        headers: headers.extract::<Headers>()?.into_pairs(),
        body: body.extract::<Body<'_>>()?.to_vec(),
    })
}

#[pymethods]
impl PreparedCall {
    #[getter]
    fn method(&self) -> &str {
        &self.call.request().method
    }

    #[getter]
    fn url(&self) -> &str {
        &self.call.request().url
    }

    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for header in &self.call.request().headers {
            headers.set_item(header.name, &header.value)?;
        }
        Ok(headers)
    }

    #[getter]
    fn body(&self, py: Python<'_>) -> Py<PyBytes> {
        self.body.clone_ref(py)
    }

    #[getter]
    fn signed_at(&self) -> i64 {
        self.call.signed_at().unix()
    }

    /// Reads a reply that was received whole: read(status, headers, body), or read(response) for a response of httpx or
    /// requests whose body was read.
    ///
    /// Answers a PlacedOrder for an order, else the platform's answer. Raises what the reply means: NotPlaced,
    /// OutcomeUnknown, or for a read another Error.
    #[pyo3(signature = (status, headers=None, body=None))]
    fn read(
        &self,
        py: Python<'_>,
        status: &Bound<'_, PyAny>,
        headers: Option<&Bound<'_, PyAny>>,
        body: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let reply = match (headers, body) {
            (None, None) if !status.is_instance_of::<PyInt>() => reply_of(status),
            (Some(headers), Some(body)) => reply(status, headers, body),
            _ => Err(PyTypeError::new_err("status, headers and body are due, or a response alone")),
        };
        let reply = reply.map_err(|why| {
            if !why.is_instance_of::<PyException>(py) {
                return why;
            }
            let unreadable = exception(self.call.unreadable(&why));
            unreadable.set_cause(py, Some(why));
            unreadable
        })?;
        let text = self.call.read_json(&reply).map_err(exception)?;
        answer(py, &self.operation, text.get(), None)
    }

    /// Says that no whole reply came, and always raises what that means.
    ///
    /// not_sent: True only if it is certain that no byte of the request left: a name that does not resolve, a refused
    ///     connection, a failed TLS handshake (httpx.ConnectError). In doubt False, and the outcome of an order is unknown.
    #[pyo3(signature = (*, not_sent=false))]
    fn failed(&self, py: Python<'_>, not_sent: bool) -> PyResult<Py<PyAny>> {
        let raised = exception(self.call.failed(not_sent));
        // What the HTTP library raised, if this is said while handling it.
        let handled = py.import(intern!(py, "sys"))?.call_method0(intern!(py, "exception"))?;
        raised.set_context(py, (!handled.is_none()).then(|| PyErr::from_value(handled)));
        Err(raised)
    }

    fn __repr__(&self) -> String {
        let request = self.call.request();
        let url = request.url.split('?').next().unwrap_or_default();
        format!("<countersign.PreparedCall {} {url} {} bytes>", request.method, request.body.len())
    }

    fn __reduce__(&self) -> PyResult<Bound<'_, PyTuple>> {
        Err(no_copies("PreparedCall", "credentials in its headers"))
    }
}
