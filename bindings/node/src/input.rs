//! What JavaScript hands over and gets back.
//!
//! An argument is read as it is, and judged when it is used: only the function knows its name, and what a mistake in it
//! means for a call. A failure is an answer too: the error's record as JSON, and the reply's body if there is one.

use countersign::options::{ENVIRONMENT, LONGEST, Scope};
use countersign::{Error, ErrorKind, Options, Secret, Timestamp, options_from_variables, system_time};
use napi::ValueType;
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use std::borrow::Cow;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// A string.
pub struct Text(pub(crate) Result<String, Flaw>);

/// The UTF-8 of a string, or the bytes of a Buffer or Uint8Array where they lie.
pub struct Bytes<'a>(pub(crate) Result<Cow<'a, [u8]>, Flaw>);

/// A number.
pub struct Number(pub(crate) Result<f64, Flaw>);

/// Why an argument is not what is due.
pub(crate) enum Flaw {
    /// It is undefined or null.
    Absent(&'static str),
    /// It is something else.
    Found(&'static str),
    /// A letter was cut in two, at this index.
    Half(usize),
    /// Its bytes lie in shared memory.
    Shared,
    /// Its bytes were transferred elsewhere.
    Gone,
    /// Node-API answered this status.
    Status(i32),
}

impl Flaw {
    /// What was found in the place of something else.
    #[cold]
    pub(crate) fn of(kind: ValueType) -> Self {
        match kind {
            ValueType::Undefined => Self::Absent("missing"),
            ValueType::Null => Self::Absent("null"),
            ValueType::Boolean => Self::Found("a boolean"),
            ValueType::Number => Self::Found("a number"),
            ValueType::String => Self::Found("a string"),
            ValueType::Symbol => Self::Found("a symbol"),
            ValueType::Function => Self::Found("a function"),
            ValueType::BigInt => Self::Found("a BigInt"),
            _ => Self::Found("another object"),
        }
    }

    #[cold]
    pub(crate) fn error(self, what: &str, due: &str) -> Error {
        argument(match self {
            Self::Absent(found) | Self::Found(found) => format!("{what} is {found}: {due} is due."),
            Self::Half(at) => format!(
                "{what} has half of a surrogate pair at index {at}: a character was cut in two. Hand over the text whole, or \
                 its bytes."
            ),
            Self::Shared => format!(
                "{what} lies in shared memory, which another thread may change meanwhile: hand over a copy, \
                 Uint8Array.from({what})."
            ),
            Self::Gone => format!("{what} has no bytes any more: its buffer was transferred elsewhere."),
            Self::Status(status) => {
                return Error::new(ErrorKind::Internal, format!("Node-API answered the status {status} to {what}."));
            }
        })
    }
}

/// The UTF-8 of a string, unless a letter was cut in half: no bytes stand for that.
pub(crate) fn utf8(units: &[u16]) -> Result<String, Flaw> {
    if units.iter().all(|unit| *unit < 0x80)
        && let Ok(text) = String::from_utf8(units.iter().map(|unit| unit.to_le_bytes()[0]).collect())
    {
        return Ok(text);
    }
    String::from_utf16(units).map_err(|_| {
        let whole = char::decode_utf16(units.iter().copied()).map_while(Result::ok);
        Flaw::Half(whole.map(char::len_utf16).sum())
    })
}

fn optional<T>(given: Result<T, Flaw>) -> Result<Option<T>, Flaw> {
    match given {
        Err(Flaw::Absent(_)) => Ok(None),
        given => given.map(Some),
    }
}

impl Text {
    pub(crate) fn get(self, what: &str) -> Result<String, Error> {
        self.0.map_err(|flaw| flaw.error(what, "a string"))
    }

    pub(crate) fn optional(self, what: &str) -> Result<Option<String>, Error> {
        optional(self.0).map_err(|flaw| flaw.error(what, "a string"))
    }
}

impl<'a> Bytes<'a> {
    pub(crate) fn get(self, what: &str) -> Result<Cow<'a, [u8]>, Error> {
        self.0.map_err(|flaw| flaw.error(what, "a string, Buffer or Uint8Array"))
    }
}

impl Number {
    pub(crate) fn optional(self, what: &str) -> Result<Option<f64>, Error> {
        optional(self.0).map_err(|flaw| flaw.error(what, "a number"))
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(self, what: &str, least: u32, most: u32) -> Result<Option<u32>, Error> {
        match self.optional(what)? {
            None => Ok(None),
            Some(number) if number.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(&number) =>
            {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is one, and in range")]
                Ok(Some(number as u32))
            }
            Some(number) => Err(argument(format!("{what} is {number}: a whole number from {least} to {most} is due."))),
        }
    }

    /// A time limit in milliseconds.
    pub(crate) fn limit(self, what: &str, least: f64) -> Result<Option<Duration>, Error> {
        let most = LONGEST.as_secs_f64() * 1000.0;
        match self.optional(what)? {
            None => Ok(None),
            Some(ms) if ms >= least && ms <= most => Ok(Some(Duration::from_secs_f64(ms / 1000.0))),
            Some(ms) => {
                Err(argument(format!("{what} is {ms}: milliseconds are due, at least {least} and at most {most}.")))
            }
        }
    }

    /// A moment in seconds since 1970, as `lib/input.js` had it judged: [`crate::clients::moment`].
    pub(crate) fn moment(self) -> Result<Option<Timestamp>, Error> {
        #[expect(clippy::cast_possible_truncation, reason = "far moments go to the end of what a date can name")]
        let moment = |seconds: f64| Timestamp::from_unix(seconds as i64);
        Ok(self.optional("now")?.map(moment))
    }

    pub(crate) fn or_now(self) -> Result<Timestamp, Error> {
        Ok(self.moment()?.unwrap_or_else(system_time))
    }
}

pub(crate) fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

// Answers

/// What a function answers, or its failure: `lib/errors.js` tells them apart.
pub(crate) type Answer<T> = Either<T, Failure>;

/// The error's record as JSON, and the reply's body.
pub(crate) type Failure = Vec<String>;

/// What `work` answers, or its failure, or that it panicked.
pub(crate) fn answer<T>(work: impl FnOnce() -> Result<T, Error>) -> Answer<T> {
    match catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked())) {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(failure(&error)),
    }
}

pub(crate) fn failure(error: &Error) -> Failure {
    let record = serde_json::to_string(error).unwrap_or_default();
    std::iter::once(record).chain(error.body().map(|body| String::from_utf8_lossy(body).into_owned())).collect()
}

/// `errorOf(facts)`: the record of the error that these facts (JSON) describe, for a test's own mock.
#[napi(catch_unwind)]
pub fn error_of(facts: Text) -> Answer<String> {
    answer(|| json(&Error::of_facts(facts.get("facts")?.as_bytes(), system_time())?))
}

#[cold]
pub(crate) fn panicked() -> Error {
    Error::new(ErrorKind::Internal, "The native module panicked.")
}

/// JSON text of a value.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::unwritten)
}

// What several functions take

pub(crate) fn secret(value: Bytes<'_>, what: &str, exact: bool) -> Result<Secret, Error> {
    Ok(Secret::new(value.get(what)?.into_owned(), exact))
}

/// Headers as JSON pairs, as `lib/input.js` writes them.
pub(crate) fn pairs(headers: Text) -> Result<Vec<(String, String)>, Error> {
    serde_json::from_str(&headers.get("headers")?)
        .map_err(|_| argument("The headers are not usable, or hold text that is not Unicode."))
}

/// Options from names and values in turn: what `lib/client.js` made of an object.
pub(crate) fn with_options(flat: Vec<Bytes<'_>>, mut options: Options) -> Result<Options, Error> {
    let mut items = flat.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let name = String::from_utf8_lossy(&name.get("option")?).into_owned();
        options = options.set(&name, secret(value, &name, false)?);
    }
    Ok(options)
}

/// The options that an environment gives: JSON of its variables, because a worker thread has variables of its own.
pub(crate) fn environment(variables: &str, platform: &str) -> Result<Options, Error> {
    let variables: HashMap<String, String> =
        serde_json::from_str(variables).map_err(|_| argument("The environment holds text that is not Unicode."))?;
    let scope = Scope::of(platform)?;
    for (name, owner, _) in ENVIRONMENT {
        // Node reads what is no text with U+FFFD in its place, and would sign with that.
        if *owner == scope && variables.get(*name).is_some_and(|value| value.contains('\u{fffd}')) {
            return Err(Error::new(ErrorKind::Configuration, format!("{name} is not UTF-8 text.")));
        }
    }
    options_from_variables(scope, |name| variables.get(name).cloned())
}
