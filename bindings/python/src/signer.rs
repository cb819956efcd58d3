//! `Signer`: the class that users see. Its hot method borrows everything and answers from a buffer on the stack.

use crate::errors::exception;
use crate::input::{Body, Headers, Moment, Window, body_or_empty, http_date, or_now};
use countersign::signature::{self, DEFAULT_CONTENT_TYPE, DEFAULT_WINDOW};
use countersign::{HttpDate, Parts, Scheme, Secret};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use pythonize::pythonize;

/// From this many bytes on, hashing takes longer than letting go of the interpreter is worth.
const LARGE: usize = 32 * 1024;

/// The room on the stack for an Authorization value; key ids are far shorter.
const ROOM: usize = 256;

/// One key pair, ready to sign. Make it once and keep it: it holds the keyed state. It is immutable: threads may share it,
/// and it stays usable after fork. It sends nothing.
///
/// access_key: the access key (key id) of an integration
/// secret_key: its secret key as str or bytes: raw text, never decoded
/// scheme: "SOA", or "VWS" for POST /targets
/// digest: "sha512" or "md5"; None for the scheme's own
/// exact_secret: accept a secret with white space around it
///
/// Raises InvalidInput for what cannot be signed with.
#[pyclass(frozen, module = "countersign", name = "Signer")]
pub(crate) struct Signer(countersign::Signer);

impl Signer {
    /// Signs, without the interpreter where the body is large, and hands the text over.
    #[inline]
    fn sign<R>(&self, py: Python<'_>, parts: &Parts<'_>, take: impl FnOnce(&[u8]) -> R) -> PyResult<R> {
        let write = |out: &mut [u8]| {
            if parts.body.len() < LARGE {
                self.0.write_authorization(parts, out)
            } else {
                py.detach(|| self.0.write_authorization(parts, out))
            }
        };
        let mut room = [0; ROOM];
        let len = self.0.authorization_len();
        if len <= ROOM {
            let len = write(&mut room).map_err(exception)?;
            Ok(take(&room[..len]))
        } else {
            let mut room = vec![0; len];
            write(&mut room).map_err(exception)?;
            Ok(take(&room))
        }
    }
}

#[pymethods]
impl Signer {
    #[new]
    #[pyo3(signature = (access_key, secret_key, *, scheme="SOA", digest=None, exact_secret=false))]
    fn new(
        access_key: &str,
        secret_key: Body<'_>,
        scheme: &str,
        digest: Option<&str>,
        exact_secret: bool,
    ) -> PyResult<Self> {
        let scheme = Scheme::from_names(scheme, digest).map_err(exception)?;
        countersign::Signer::new(access_key, Secret::new(&*secret_key, exact_secret), scheme)
            .map(Self)
            .map_err(exception)
    }

    /// The value of the Authorization header.
    ///
    /// method: such as "POST"
    /// path: the path as it is requested
    /// body: the bytes that are sent; a str is its UTF-8
    /// content_type: None means application/json; "" an empty line in what is signed, and then no header is sent
    /// date: the Date header that you send. None for that of now; rather take headers() then, because the very same date
    ///     has to be sent
    ///
    /// Raises InvalidInput for control characters. The interpreter is let go of while a large body is hashed.
    #[pyo3(signature = (method, path, body=None, content_type=None, date=None))]
    fn authorization<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: Option<Body<'_>>,
        content_type: Option<&str>,
        date: Option<&str>,
    ) -> PyResult<Bound<'py, PyString>> {
        let mut fresh = None;
        let parts = parts(method, path, &body, content_type, date, None, &mut fresh);
        self.sign(py, &parts, |value| PyString::from_bytes(py, value))?
    }

    /// The headers of a signed request, as a dict: Authorization, Date and, unless it is empty, Content-Type.
    ///
    /// now: when it is signed, as seconds since 1970 or an aware datetime; None for the clock. The rest as for
    /// authorization().
    #[pyo3(signature = (method, path, body=None, content_type=None, date=None, *, now=None))]
    #[allow(clippy::too_many_arguments, reason = "keyword arguments")]
    fn headers<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: Option<Body<'_>>,
        content_type: Option<&str>,
        date: Option<&str>,
        now: Option<Moment>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let mut fresh = None;
        let parts = parts(method, path, &body, content_type, date, now, &mut fresh);
        let headers = PyDict::new(py);
        let authorization = self.sign(py, &parts, |value| PyString::from_bytes(py, value))??;
        headers.set_item(intern!(py, "Authorization"), authorization)?;
        headers.set_item(intern!(py, "Date"), parts.date)?;
        if !parts.content_type.is_empty() {
            headers.set_item(intern!(py, "Content-Type"), parts.content_type)?;
        }
        Ok(headers)
    }

    /// The exact text that is signed: the first thing to look at after a 401. Arguments as for authorization().
    #[pyo3(signature = (method, path, body=None, content_type=None, date=None))]
    fn string_to_sign(
        &self,
        method: &str,
        path: &str,
        body: Option<Body<'_>>,
        content_type: Option<&str>,
        date: Option<&str>,
    ) -> PyResult<String> {
        let mut fresh = None;
        self.0.string_to_sign(&parts(method, path, &body, content_type, date, None, &mut fresh)).map_err(exception)
    }

    /// Judges a received request, in constant time, and answers who signed it: 0 for this signer, then the others.
    ///
    /// headers: request.headers of any framework, Django's META, a WSGI environ, ASGI's byte pairs, a dict or pairs
    /// now: seconds since 1970 or an aware datetime; None for the clock
    /// window: how many seconds the Date may be from now, either way; None leaves the date unjudged
    /// others: more signers that are active, as during a rotation
    ///
    /// Raises VerificationFailed with the first kind that applies of malformed, unknown_key, mismatch, date_missing,
    /// date_malformed, too_old, in_the_future: answer 401.
    #[pyo3(signature = (method, path, body, headers, *, now=None, window=Some(Window(DEFAULT_WINDOW)), others=None),
           text_signature = "($self, method, path, body, headers, *, now=None, window=300, others=None)")]
    #[allow(clippy::too_many_arguments, reason = "keyword arguments")]
    fn verify(
        slf: PyRef<'_, Self>,
        py: Python<'_>,
        method: &str,
        path: &str,
        body: Option<Body<'_>>,
        headers: Headers,
        now: Option<Moment>,
        window: Option<Window>,
        others: Option<Vec<PyRef<'_, Self>>>,
    ) -> PyResult<usize> {
        let others = others.unwrap_or_default();
        let signers: Vec<&countersign::Signer> = std::iter::once(&slf).chain(&others).map(|signer| &signer.0).collect();
        let (pairs, now, body) = (headers.pairs(), or_now(now), body_or_empty(&body));
        let verify =
            || signature::verify(&signers, method, path, body, &pairs, now, window.as_ref().map(|window| window.0));
        let judged = if body.len() < LARGE { verify() } else { py.detach(verify) };
        judged.map_err(exception)
    }

    /// The likely reason why a request was refused, as {"matches", "advice", "ours", "presented"}.
    ///
    /// matches is "as_sent" if the signature is right, the name of the mistake, or None; ours and presented are the strings
    /// to sign. path: as requested, with its query; headers as for verify().
    #[pyo3(signature = (method, path, body, headers))]
    fn explain<'py>(
        &self,
        py: Python<'py>,
        method: &str,
        path: &str,
        body: Option<Body<'_>>,
        headers: Headers,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (pairs, body) = (headers.pairs(), body_or_empty(&body));
        Ok(pythonize(py, &py.detach(|| self.0.explain(method, path, body, &pairs)))?)
    }

    /// The access key (key id).
    #[getter]
    fn access_key(&self) -> &str {
        self.0.key_id()
    }

    /// "SOA" or "VWS".
    #[getter]
    fn scheme(&self) -> &'static str {
        self.0.scheme().name()
    }

    /// "sha512" or "md5".
    #[getter]
    fn digest(&self) -> &'static str {
        self.0.scheme().digest().name()
    }

    fn __repr__(&self) -> String {
        format!("<countersign.Signer {} {} {:?}>", self.scheme(), self.digest(), self.0.key_id())
    }

    fn __reduce__(&self) -> PyResult<Bound<'_, PyTuple>> {
        Err(no_copies("Signer", "a secret"))
    }
}

/// What is signed. What is left out is the default: no body, JSON, and the date of that moment, which is kept in `fresh`.
#[inline]
fn parts<'a>(
    method: &'a str,
    path: &'a str,
    body: &'a Option<Body<'_>>,
    content_type: Option<&'a str>,
    date: Option<&'a str>,
    now: Option<Moment>,
    fresh: &'a mut Option<HttpDate>,
) -> Parts<'a> {
    let date = date.unwrap_or_else(|| fresh.insert(http_date(or_now(now))));
    let content_type = content_type.unwrap_or(DEFAULT_CONTENT_TYPE);
    Parts { method, path, content_type, date, body: body_or_empty(body) }
}

/// What holds secrets is neither pickled nor copied.
pub(crate) fn no_copies(class: &str, what: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "{class} holds {what} and cannot be pickled or copied. Share it between threads, and make it anew in other processes."
    ))
}
