//! JSON in and out.
//!
//! In: written here, so that every value that JSON cannot say is refused with its path, as any other mistake in an input is.
//! Nothing is rewritten on the way: letters stay as they are, and 2.0 stays a fraction, so that the core refuses it as a
//! quantity. Out: by Python's own `json`, the fastest parser that Python users have, and the one that they know.

use crate::ending::Inside;
use crate::errors::exception;
use countersign::{Effect, Problem, operation};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple};

/// The value of JSON text.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let _inside = Inside::enter(py);
    let loads = LOADS.import(py, "json", "loads")?;
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
pub(crate) fn dumps(value: &Bound<'_, PyAny>, effect: Effect) -> PyResult<Vec<u8>> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(bytes.as_bytes().to_vec());
    }
    match value.cast::<PyString>().map(|text| text.to_str()) {
        Ok(Ok(text)) => Ok(text.as_bytes().to_vec()),
        _ => written(value, effect),
    }
}

/// The JSON of a value; a text is one.
pub(crate) fn written(value: &Bound<'_, PyAny>, effect: Effect) -> PyResult<Vec<u8>> {
    let _inside = Inside::enter(value.py());
    let mut writer = Writer { out: Vec::new(), problems: Vec::new(), path: String::new(), within: Vec::new() };
    writer.write(value)?;
    if writer.problems.is_empty() {
        Ok(writer.out)
    } else {
        Err(exception(operation::unusable(effect, writer.problems)))
    }
}

/// The core reads no deeper.
const DEPTH: usize = 64;

/// So many problems are enough to read.
const MANY: usize = 100;

/// What is wrong with a text that has no UTF-8, and what to do about it.
fn surrogate(text: &Bound<'_, PyString>) -> &'static str {
    match text.call_method1("encode", ("utf-8", "surrogateescape")) {
        Ok(_) => {
            "it has bytes that are no UTF-8 (surrogateescape, as of os.environ or a file's name). Decode them by the encoding that they have."
        }
        Err(_) => {
            "it has half of a surrogate pair: a character was cut in two. Give the text whole, decoded from its bytes."
        }
    }
}

struct Writer<'py> {
    out: Vec<u8>,
    problems: Vec<Problem>,
    /// Of the value that is being written.
    path: String,
    /// What the value is in, outermost first.
    within: Vec<Bound<'py, PyAny>>,
}

impl<'py> Writer<'py> {
    fn problem(&mut self, message: impl Into<String>) {
        self.problems.push(Problem { path: self.path.clone(), code: "type".into(), message: message.into() });
    }

    fn write(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        if self.problems.len() == MANY {
            return Ok(());
        }
        if value.is_none() {
            self.out.extend(b"null");
        } else if let Ok(flag) = value.cast::<PyBool>() {
            self.out.extend(flag.is_true().to_string().bytes());
        } else if let Ok(text) = value.cast::<PyString>() {
            match text.to_str() {
                Ok(text) => self.text(text),
                Err(_) => self.problem(surrogate(text)),
            }
        } else if value.is_instance_of::<PyInt>() {
            // By int itself: what is derived from it, such as an IntEnum, is its number.
            match value.py().get_type::<PyInt>().call_method1("__repr__", (value,)) {
                Ok(digits) => self.out.extend(digits.extract::<String>()?.bytes()),
                Err(_) => self.problem("the number has too many digits."),
            }
        } else if let Ok(number) = value.cast::<PyFloat>() {
            match serde_json::Number::from_f64(number.value()) {
                Some(number) => self.out.extend(number.to_string().bytes()),
                None => self
                    .problem(format!("{} cannot be written as JSON. Give a number, or leave it out.", number.value())),
            }
        } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
            self.inside(value, |writer| {
                writer.out.push(b'[');
                for (at, item) in value.try_iter()?.enumerate() {
                    writer.member(at, None, &item?)?;
                }
                writer.out.push(b']');
                Ok(())
            })?;
        } else if let Ok(items) = value.cast::<PyMapping>() {
            self.inside(value, |writer| {
                writer.out.push(b'{');
                for (at, pair) in items.items()?.iter().enumerate() {
                    let (name, item) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
                    match name.cast::<PyString>().map(|text| (text, text.to_str())) {
                        Ok((_, Ok(name))) => writer.member(at, Some(name), &item)?,
                        Ok((text, Err(_))) => {
                            writer.problem(format!("the key {} is no text: {}", text.repr()?, surrogate(text)))
                        }
                        Err(_) => writer.problem(format!("a key is {}: keys are texts.", a_type(&name))),
                    }
                }
                writer.out.push(b'}');
                Ok(())
            })?;
        } else {
            let hint = match type_name(value).as_str() {
                "Decimal" | "Fraction" => {
                    "write a whole number, such as a quantity, as int(value), a price as minor_units(str(price), currency), and any other number as text, str(value)."
                }
                "datetime" | "date" | "time" | "Timestamp" => {
                    "write it as the platform wants it, such as value.isoformat()."
                }
                "UUID" | "Path" | "PosixPath" | "WindowsPath" => "write str(value).",
                "bytes" | "bytearray" | "memoryview" => "decode it to text first.",
                "set" | "frozenset" | "generator" | "map" | "filter" | "dict_keys" | "dict_values" | "range"
                | "deque" => "make it a list.",
                // numpy's, whose scalars and arrays have it.
                _ if value.hasattr("dtype").unwrap_or(false) => "write value.tolist(), which makes Python's own of it.",
                _ if value.hasattr("model_dump").unwrap_or(false) => "write value.model_dump(mode=\"json\").",
                _ if value.hasattr("__dataclass_fields__").unwrap_or(false) => "write dataclasses.asdict(value).",
                _ if value.hasattr("_value_").unwrap_or(false) => "write value.value, what the enum stands for.",
                _ => "JSON has texts, numbers, booleans, None, lists and dicts.",
            };
            self.problem(format!("{} stands here: {hint}", a_type(value)));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        // The same letters as Python's json escapes.
        self.out.extend(serde_json::Value::from(text).to_string().bytes());
    }

    /// What is written of a value that has others in it.
    fn inside(&mut self, value: &Bound<'py, PyAny>, write: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if self.within.iter().any(|one| one.is(value)) {
            self.problem("it refers to itself.");
        } else if self.within.len() == DEPTH {
            self.problem(format!("it is deeper than {DEPTH} levels."));
        } else {
            self.within.push(value.clone());
            write(self)?;
            self.within.pop();
        }
        Ok(())
    }

    /// A member of an object, which has a name, or of a list.
    fn member(&mut self, at: usize, name: Option<&str>, item: &Bound<'py, PyAny>) -> PyResult<()> {
        if at > 0 {
            self.out.push(b',');
        }
        let outer = self.path.len();
        match name {
            Some(name) => {
                self.text(name);
                self.out.push(b':');
                self.path += if outer == 0 { "" } else { "." };
                self.path += name;
            }
            None => self.path += &format!("[{at}]"),
        }
        let written = self.write(item);
        self.path.truncate(outer);
        written
    }
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
