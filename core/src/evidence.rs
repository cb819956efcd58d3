//! What a reply proves: the rules that the readers of every wire share.
//!
//! *Placed* needs well-formed JSON (or nothing at all, where the platform need say nothing), our own external id where one
//! is named, and one value for each key that decides. Two parsers pick different values of a doubled key, so that it
//! proves nothing. The table of all this is in `docs/errors.md`.

use crate::call::{Refusal, Reply};
use crate::delivery::Class;
use crate::json::Members;
use crate::placed::{id_of, id_text};
use crate::said::quoted;
use crate::walk;
use serde_json::value::RawValue;

fn unexpected(message: String) -> Refusal {
    Refusal::new(Class::UnexpectedReply, message)
}

/// The text of a reply's body, without a byte order mark (RFC 8259, 8.1 lets a reader skip it). JSON is UTF-8, also in the
/// members that nobody reads.
pub(crate) fn text(reply: &Reply) -> Result<&str, Refusal> {
    std::str::from_utf8(reply.content())
        .map_err(|error| unexpected(format!("The reply is not UTF-8, as JSON has to be: {error}.")))
}

/// The whole body as JSON.
pub(crate) fn json(reply: &Reply) -> Result<&RawValue, Refusal> {
    serde_json::from_str(text(reply)?).map_err(|error| {
        unexpected(format!("The platform answered success, but its reply is not whole JSON: {error}."))
    })
}

/// Whether the reply says nothing, and says so: 204, or a length or chunks that end. Where a body ends only because the
/// connection does, nothing tells an empty one from one that was cut off.
pub(crate) fn is_empty(reply: &Reply) -> Result<bool, Refusal> {
    if !reply.content().trim_ascii().is_empty() {
        return Ok(false);
    }
    let chunked =
        || reply.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    let framed = match reply.header("content-length") {
        _ if reply.status == 204 => true,
        Some(length) => length.trim().parse() == Ok(reply.body.len()),
        None => chunked(),
    };
    if framed {
        return Ok(true);
    }
    Err(unexpected(
        "The platform answered success with an empty body whose end nothing marks (no Content-Length, no chunks): it may \
         have been cut off."
            .to_owned(),
    ))
}

fn twice(name: &str, one: &str, other: &str) -> Refusal {
    let (one, other) = (quoted(one), quoted(other));
    unexpected(format!("The reply has {name:?} twice: {one} and {other}. Which of them counts is not certain."))
}

/// The member of an object that decides something; null counts as absent.
pub(crate) fn once<'r>(members: &Members<'r>, name: &str) -> Result<Option<&'r RawValue>, Refusal> {
    let mut found = members.0.iter().filter(|(key, _)| key == name).map(|(_, value)| *value);
    match (found.next(), found.next()) {
        (Some(one), Some(other)) => Err(twice(name, one.get(), other.get())),
        (found, _) => Ok(found.filter(|value| value.get() != "null")),
    }
}

/// The members of an object that decide something; null counts as absent. `None` for anything but an object.
pub(crate) fn deciding<'r, const N: usize>(
    value: &'r RawValue,
    names: [&str; N],
) -> Result<Option<[Option<&'r str>; N]>, Refusal> {
    if !value.get().starts_with('{') {
        return Ok(None);
    }
    let mut found = [None; N];
    for (key, value) in walk::members(value.get()) {
        for (name, slot) in names.iter().zip(&mut found) {
            if key == *name
                && let Some(other) = slot.replace(value)
            {
                return Err(twice(name, other, value));
            }
        }
    }
    Ok(Some(found.map(|value| value.filter(|value| *value != "null"))))
}

/// The members of an object; `None` for anything else.
pub(crate) fn object(value: &RawValue) -> Option<Members<'_>> {
    serde_json::from_str(value.get()).ok()
}

/// An id that must be a string or a number where it is given.
pub(crate) fn id(value: Option<&str>, what: &str) -> Result<Option<String>, Refusal> {
    match value {
        None => Ok(None),
        Some(value) => id_of(value)
            .map(Some)
            .ok_or_else(|| unexpected(format!("{what} in the reply is no id: {}.", quoted(value)))),
    }
}

/// Refuses a reply that names another order than ours.
pub(crate) fn ours(theirs: &str, external_id: &str, id: Option<&str>) -> Result<(), Refusal> {
    let named = id_of(theirs);
    if named.as_deref() == Some(external_id) {
        return Ok(());
    }
    let named = named.map_or_else(|| quoted(theirs), |named| format!("{:?}", quoted(&named)));
    let id = id.map(|id| format!(" (id {:?})", quoted(id))).unwrap_or_default();
    Err(unexpected(format!("The reply speaks of the order {named}{id}, not of {external_id:?}.")))
}

/// What a reply says about an order whose shape no document fixes: wherever an envelope may have put it.
#[derive(Default)]
pub(crate) struct Found<'r> {
    pub(crate) id: Option<&'r RawValue>,
    pub(crate) internal_id: Option<&'r RawValue>,
    external_ids: Vec<&'r RawValue>,
    says_error: bool,
}

/// Where an answer may be wrapped in.
const ENVELOPES: [&str; 6] = ["data", "order", "orderCreate", "result", "response", "target"];

/// How the shop's id may be spelt.
const EXTERNAL_IDS: [&str; 3] = ["externalId", "external_id", "externalID"];

impl<'r> Found<'r> {
    pub(crate) fn of(value: &'r RawValue) -> Result<Self, Refusal> {
        let mut found = Self::default();
        found.look(value, 0)?;
        Ok(found)
    }

    fn look(&mut self, value: &'r RawValue, depth: usize) -> Result<(), Refusal> {
        match value.get() {
            "null" | "false" if depth == 0 => self.says_error = true,
            text if text.starts_with('{') => {
                let Some(members) = object(value) else { return Ok(()) };
                let (id, internal_id) = (once(&members, "id")?, once(&members, "internalId")?);
                if self.id.is_none() && id.is_some() {
                    (self.id, self.internal_id) = (id, internal_id);
                }
                for name in EXTERNAL_IDS {
                    self.external_ids.extend(once(&members, name)?);
                }
                self.says_error |= members.0.iter().any(|(key, value)| is_error(key, value.get()));
                for name in ENVELOPES {
                    if let Some(inner) = once(&members, name)?.filter(|_| depth < 3) {
                        self.look(inner, depth + 1)?;
                    }
                }
            }
            text if text.starts_with('[') && depth < 3 => {
                for item in walk::items(text) {
                    if let Ok(item) = serde_json::from_str::<&RawValue>(item) {
                        self.look(item, depth + 1)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Refuses what names another order, or reports an error and no id.
    pub(crate) fn must_not_contradict(&self, reply: &RawValue, external_id: &str) -> Result<(), Refusal> {
        let id = self.id.and_then(id_text);
        self.external_ids.iter().try_for_each(|theirs| ours(theirs.get(), external_id, id.as_deref()))?;
        self.must_not_say_error(reply)
    }

    /// Refuses what reports an error and no id.
    pub(crate) fn must_not_say_error(&self, reply: &RawValue) -> Result<(), Refusal> {
        if self.says_error && self.id.is_none() {
            let said = quoted(reply.get());
            return Err(unexpected(format!("The status says success, but the reply says that it failed: {said}")));
        }
        Ok(())
    }
}

/// Whether a member says that something failed.
fn is_error(key: &str, value: &str) -> bool {
    let word = value.trim_matches('"');
    let nothing = matches!(word, "" | "null" | "false" | "0" | "{}" | "[]") || walk::is_empty(value);
    match key.to_ascii_lowercase().replace(['_', '-'], "").as_str() {
        "error" | "errors" | "errormessage" | "errorcode" | "errortype" | "exception" | "fault" | "failure"
        | "failed" | "iserror" | "haserror" | "haserrors" => !nothing,
        "success" | "ok" | "succeeded" | "successful" | "issuccess" => matches!(word, "false" | "0"),
        "status" | "statuscode" | "code" | "result" | "state" | "outcome" => {
            let word = word.to_ascii_lowercase();
            word.parse::<u16>().is_ok_and(|status| (400..600).contains(&status))
                || ["error", "fail", "failed", "failure", "fault", "ko", "nok", "rejected", "refused", "invalid"]
                    .contains(&word.as_str())
        }
        _ => false,
    }
}
