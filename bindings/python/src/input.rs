//! Bodies, headers, times and options, in the forms in which Python programs have them.

use crate::ending::Inside;
use crate::errors::{argument, exception};
use crate::json::a_type;
use countersign::options::{OPTIONS, OptionKind};
use countersign::{Options, Timestamp, system_time};
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use std::borrow::Cow;
use std::cell::Cell;

/// Bytes to sign, verify or send: `bytes` and `str` (its UTF-8) are borrowed, other buffers are copied, because they may
/// change.
pub(crate) struct Body<'a>(Cow<'a, [u8]>);

impl std::ops::Deref for Body<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Body<'a> {
    type Error = PyErr;

    #[inline]
    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = value.extract::<&'a [u8]>() {
            return Ok(Self(Cow::Borrowed(bytes)));
        }
        if value.is_instance_of::<PyString>() {
            let text = value.extract::<&'a str>();
            let text = text.map_err(|_| argument("The text has half of a surrogate pair, which has no bytes."))?;
            return Ok(Self(Cow::Borrowed(text.as_bytes())));
        }
        if let Ok(bytes) = value.cast::<PyByteArray>() {
            return Ok(Self(Cow::Owned(bytes.to_vec())));
        }
        match PyBuffer::<u8>::get(&value) {
            Ok(buffer) => Ok(Self(Cow::Owned(buffer.to_vec(value.py())?))),
            Err(_) => Err(PyTypeError::new_err(format!("bytes or str are due, and this is {}", a_type(&value)))),
        }
    }
}

/// The bytes of a body that may be left out.
pub(crate) fn body_or_empty<'a>(body: &'a Option<Body<'_>>) -> &'a [u8] {
    body.as_deref().unwrap_or_default()
}

/// The date of a moment. It is written once for each second and thread.
pub(crate) fn http_date(moment: Timestamp) -> countersign::HttpDate {
    thread_local! {
        static LAST: Cell<Option<(Timestamp, countersign::HttpDate)>> = const { Cell::new(None) };
    }
    match LAST.get() {
        Some((at, date)) if at == moment => date,
        _ => {
            let date = moment.http_date();
            LAST.set(Some((moment, date)));
            date
        }
    }
}

/// A moment: seconds since 1970, or a datetime that knows its zone.
pub(crate) struct Moment(pub(crate) Timestamp);

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let SecondsSince1970(seconds) = value.extract()?;
        Timestamp::of_seconds(seconds).map(Self).map_err(argument)
    }
}

/// The same, in whatever year: the core judges it.
pub(crate) struct SecondsSince1970(pub(crate) i64);

impl<'py> FromPyObject<'_, 'py> for SecondsSince1970 {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
        let seconds = if number && !value.is_instance_of::<PyBool>() {
            // What is no float is as far away as the farthest.
            value.extract::<f64>().unwrap_or(f64::INFINITY)
        } else if value.hasattr(intern!(py, "utcoffset"))? && value.hasattr(intern!(py, "timestamp"))? {
            if value.call_method0(intern!(py, "utcoffset"))?.is_none() {
                return Err(argument(format!(
                    "The datetime {} is naive: it does not say in which zone. Use datetime.now(timezone.utc), or seconds since 1970.",
                    value.str()?
                )));
            }
            value.call_method0(intern!(py, "timestamp"))?.extract::<f64>()?
        } else {
            return Err(PyTypeError::new_err(format!(
                "seconds since 1970 or an aware datetime are due, and this is {}",
                a_type(&value)
            )));
        };
        if seconds.is_nan() {
            return Err(argument("nan is no time: seconds since 1970 are due."));
        }
        #[allow(clippy::cast_possible_truncation, reason = "what is farther away is out of range all the same")]
        Ok(Self(seconds.floor() as i64))
    }
}

/// That moment, or now.
pub(crate) fn or_now(moment: Option<Moment>) -> Timestamp {
    moment.map_or_else(system_time, |moment| moment.0)
}

/// Headers as pairs of name and value.
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    pub(crate) fn pairs(&self) -> Vec<(&str, &str)> {
        countersign::headers::borrowed(&self.0)
    }

    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.0
    }

    fn add(&mut self, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            for one in value.try_iter()? {
                self.0.push((text(name)?, text(&one?)?));
            }
        } else if !value.is_none() {
            self.0.push((text(name)?, text(value)?));
        }
        Ok(())
    }

    /// What CGI made of the headers: Django's `META`, the environ of WSGI.
    fn add_cgi(&mut self, items: &Bound<'_, PyDict>) -> PyResult<()> {
        // A copy: a value may have a __str__ that changes the dict.
        for pair in items.items() {
            let (key, value) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
            let Ok(key) = key.cast::<PyString>() else { continue };
            let key = key.to_string_lossy();
            let name = match key.strip_prefix("HTTP_") {
                Some(name) => name,
                // They are '' where the request had none.
                None if matches!(&*key, "CONTENT_TYPE" | "CONTENT_LENGTH") && value.is_truthy()? => &key,
                None => continue,
            };
            let name = PyString::new(value.py(), &name.replace('_', "-").to_ascii_lowercase());
            self.add(&name, &value)?;
        }
        Ok(())
    }
}

fn is_cgi(items: &Bound<'_, PyDict>) -> bool {
    let py = items.py();
    items.contains(intern!(py, "REQUEST_METHOD")).unwrap_or(false)
        || items.iter().any(|(key, _)| {
            key.cast::<PyString>().is_ok_and(|key| key.to_str().is_ok_and(|key| key.starts_with("HTTP_")))
        })
}

/// A name or value. Bytes that are no UTF-8 are replaced: what is odd stays odd, and is judged like that.
fn text(value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.cast::<PyBytes>() {
        Ok(bytes) => Ok(String::from_utf8_lossy(bytes.as_bytes()).into_owned()),
        Err(_) => Ok(value.str()?.to_string_lossy().into_owned()),
    }
}

impl<'py> FromPyObject<'_, 'py> for Headers {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = value.py();
        let _inside = Inside::enter(py);
        let mut headers = Self(Vec::new());
        if let Ok(items) = value.cast::<PyDict>()
            && is_cgi(&items)
        {
            headers.add_cgi(&items)?;
            return Ok(headers);
        }
        // httpx joins repeated headers in items() and tells them apart in multi_items().
        let rows = if value.hasattr(intern!(py, "multi_items"))? {
            value.call_method0(intern!(py, "multi_items"))?
        } else if value.hasattr(intern!(py, "items"))? {
            value.call_method0(intern!(py, "items"))?
        } else {
            value.to_owned()
        };
        let wrong = || {
            PyTypeError::new_err(format!(
                "headers are due: a mapping or pairs of name and value, such as request.headers, and this is {}",
                a_type(&value)
            ))
        };
        if rows.is_instance_of::<PyString>() || rows.is_instance_of::<PyBytes>() {
            return Err(wrong());
        }
        for row in rows.try_iter().map_err(|_| wrong())? {
            let row = row?;
            let pair = row.try_iter().and_then(Iterator::collect::<PyResult<Vec<_>>>).map_err(|_| wrong())?;
            match pair.as_slice() {
                [name, value] if !row.is_instance_of::<PyString>() => headers.add(name, value)?,
                _ => return Err(wrong()),
            }
        }
        Ok(headers)
    }
}

/// Seconds for one call: a number, and no bool.
pub(crate) struct Seconds(pub(crate) f64);

impl FromPyObject<'_, '_> for Seconds {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        if value.is_instance_of::<PyBool>() {
            return Err(PyTypeError::new_err("seconds are due, and this is a bool"));
        }
        value.extract().map(Self)
    }
}

/// How many seconds a time may be from the clock.
pub(crate) struct Window(pub(crate) u32);

impl FromPyObject<'_, '_> for Window {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        value.extract().map(Self).map_err(|error| {
            if error.is_instance_of::<PyOverflowError>(value.py()) {
                argument("whole seconds are due, from 0 to 4294967295.")
            } else {
                error
            }
        })
    }
}

/// Options from keyword arguments; None means not given. Texts and secrets are never made of something else: the path of a
/// secret is not the secret.
pub(crate) fn options(mut options: Options, given: Option<&Bound<'_, PyDict>>) -> PyResult<Options> {
    let Some(given) = given else { return Ok(options) };
    for (name, value) in given.iter() {
        let name = name.cast::<PyString>()?.to_str()?.to_owned();
        if value.is_none() {
            continue;
        }
        let kind = OPTIONS.iter().find(|row| row.name == name).map(|row| row.kind);
        let text = matches!(kind, Some(OptionKind::Text | OptionKind::Secret));
        let number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
        let several = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
        options = if value.is_instance_of::<PyString>() {
            options.set(&name, &*value.extract::<Body<'_>>()?)
        } else if let Ok(bytes) = value.extract::<Body<'_>>() {
            options.set(&name, &*bytes)
        } else if let (Ok(flag), false) = (value.cast::<PyBool>(), text) {
            options.set(&name, if flag.is_true() { "true" } else { "false" })
        } else if number && !text {
            options.set(&name, value.str()?.to_str()?)
        } else if several && matches!(kind, Some(OptionKind::List)) {
            let items = value.extract::<Vec<String>>();
            options.set(
                &name,
                items.map_err(|_| PyTypeError::new_err(format!("the option {name} is a list of str")))?.join(","),
            )
        } else if matches!(kind, Some(OptionKind::Text)) && value.hasattr(intern!(value.py(), "__fspath__"))? {
            options.set(&name, value.call_method0(intern!(value.py(), "__fspath__"))?.extract::<String>()?)
        } else if kind.is_none() {
            options.set(&name, "") // there is none of this name, and check() says which there are
        } else {
            let due = if text { ": str or bytes are due" } else { "" };
            return Err(PyTypeError::new_err(format!("the option {name} cannot be {}{due}", a_type(&value))));
        };
        options.check().map_err(exception)?;
    }
    Ok(options)
}
