//! JSON in and out, by Python's own `json`: the fastest parser that Python users have, and the one that they know.
//!
//! Nothing is rewritten on the way in: letters stay as they are, and 2.0 stays a fraction, so that the core refuses it as a
//! quantity. What JSON cannot say is refused with its place.

use crate::errors::exception;
use countersign::{Effect, Error, ErrorKind};
use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use std::borrow::Cow;

struct Json {
    encode: Py<PyAny>,
    loads: Py<PyAny>,
}

static JSON: PyOnceLock<Json> = PyOnceLock::new();

fn json(py: Python<'_>) -> PyResult<&Json> {
    JSON.get_or_try_init(py, || {
        let module = py.import("json")?;
        let options = PyDict::new(py);
        options.set_item("ensure_ascii", false)?;
        options.set_item("allow_nan", false)?;
        options.set_item("separators", (",", ":"))?;
        let encoder = module.getattr("JSONEncoder")?.call((), Some(&options))?;
        Ok(Json { encode: encoder.getattr("encode")?.unbind(), loads: module.getattr("loads")?.unbind() })
    })
}

/// The value of JSON text.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let loads = json(py)?.loads.bind(py);
    match loads.call1((text,)) {
        // Python refuses numbers of more than 4300 digits. An order that was placed must not fail for that.
        Err(error) if error.is_instance_of::<PyValueError>(py) => {
            let lenient = PyDict::new(py);
            lenient.set_item("parse_int", wrap_pyfunction!(whole_number, py)?)?;
            loads.call((text,), Some(&lenient))
        }
        result => result,
    }
}

/// A whole number, or its text where it is longer than Python reads.
#[pyfunction]
fn whole_number<'py>(text: &Bound<'py, PyString>) -> Bound<'py, PyAny> {
    let number = text.py().get_type::<PyInt>().call1((text,));
    number.unwrap_or_else(|_| text.clone().into_any())
}

/// The JSON of an input. Text and bytes are taken as JSON already, None as no input.
pub(crate) fn dumps<'a>(value: &'a Bound<'_, PyAny>, effect: Effect) -> PyResult<Cow<'a, [u8]>> {
    let py = value.py();
    if value.is_none() {
        return Ok(Cow::Borrowed(b""));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Cow::Borrowed(
            text.to_str().map_err(|_| refuse(String::new(), SURROGATE.to_owned(), effect))?.as_bytes(),
        ));
    }
    let text = json(py)?.encode.bind(py).call1((value,));
    match text.and_then(|text| Ok(text.cast_into::<PyString>()?.to_str()?.as_bytes().to_vec())) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(error) => {
            let ours = error.is_instance_of::<PyTypeError>(py)
                || error.is_instance_of::<PyValueError>(py)
                || error.is_instance_of::<PyRecursionError>(py);
            if !ours {
                return Err(error);
            }
            let (path, why) = find(value, String::new(), 0)?.unwrap_or_else(|| (String::new(), error.to_string()));
            let refused = refuse(path, why, effect);
            refused.set_cause(py, Some(error));
            Err(refused)
        }
    }
}

fn refuse(path: String, why: String, effect: Effect) -> PyErr {
    let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
    let error = Error::new(ErrorKind::InvalidJson, format!("The input cannot be written as JSON: {place}{why}"));
    exception(error.before_sending(effect))
}

const SURROGATE: &str = "the text has half of a surrogate pair, which is no character. Decode it anew from its bytes.";

/// The first value that JSON cannot say: its path and why.
fn find(value: &Bound<'_, PyAny>, path: String, depth: usize) -> PyResult<Option<(String, String)>> {
    if depth > 64 {
        return Ok(Some((
            path.chars().take(60).collect(),
            "it nests deeper than 64 levels, or holds itself.".to_owned(),
        )));
    }
    if value.is_none() || value.is_instance_of::<PyBool>() {
        return Ok(None);
    }
    if value.is_instance_of::<PyInt>() {
        // Python writes numbers of up to 4300 digits.
        return Ok(value.repr().is_err().then(|| (path, "the number has too many digits.".to_owned())));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str().is_err().then(|| (path, SURROGATE.to_owned())));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let why = || format!("{} is no number of JSON.", number.value());
        return Ok((!number.value().is_finite()).then(|| (path, why())));
    }
    if let Ok(items) = value.cast::<PyDict>() {
        // A copy: a key may have a __str__ that changes the dict.
        for pair in items.items() {
            let (key, item) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            let name = match key.cast::<PyString>() {
                Ok(name) if name.to_str().is_err() => return Ok(Some((path, SURROGATE.to_owned()))),
                Ok(name) => name.to_str()?.to_owned(),
                Err(_) if key.is_instance_of::<PyInt>() || key.is_instance_of::<PyFloat>() || key.is_none() => {
                    key.str()?.to_string()
                }
                Err(_) => {
                    return Ok(Some((path, format!("a key is of the type {}: keys are texts.", type_name(&key)))));
                }
            };
            let below = if path.is_empty() { name } else { format!("{path}.{name}") };
            if let Some(found) = find(&item, below, depth + 1)? {
                return Ok(Some(found));
            }
        }
        return Ok(None);
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        for (at, item) in value.try_iter()?.enumerate() {
            if let Some(found) = find(&item?, format!("{path}[{at}]"), depth + 1)? {
                return Ok(Some(found));
            }
        }
        return Ok(None);
    }
    let kind = type_name(value);
    let hint = match kind.as_str() {
        "Decimal" => {
            "write a price as an integer, minor_units(str(price), currency), or any other number as text, str(value)."
        }
        "datetime" | "date" | "time" => "write it as the platform wants it, such as value.isoformat().",
        "UUID" => "write str(value).",
        "bytes" | "bytearray" => "decode it to text first.",
        "set" | "frozenset" | "generator" | "map" | "filter" => "make it a list.",
        _ => "JSON has texts, numbers, booleans, None, lists and dicts.",
    };
    Ok(Some((path, format!("{} stands here: {hint}", a_type(value)))))
}

/// What a value is, with its article: "an int", "a dict".
pub(crate) fn a_type(value: &Bound<'_, PyAny>) -> String {
    if value.is_none() {
        return "None".to_owned();
    }
    let name = type_name(value);
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" };
    format!("{article} {name}")
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map(|name| name.to_string()).unwrap_or_else(|_| "?".to_owned())
}
