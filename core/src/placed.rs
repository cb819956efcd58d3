//! The answer about a placed order: one shape for every wire and platform.

use crate::call::Refusal;
use crate::delivery::Class;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// An order that the platform confirmed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacedOrder {
    /// The platform's id, where its answer has one (REST answers need not).
    pub id: Option<String>,
    /// The platform's readable number, where it was asked for by `generateInternalId`.
    pub internal_id: Option<String>,
    /// The shop's id, as sent.
    pub external_id: String,
    /// Errors that came with the order nevertheless, as the platform wrote them.
    pub errors: Option<Box<RawValue>>,
    /// The platform's own answer.
    pub raw: Option<Box<RawValue>>,
}

/// An id as text, also where the platform writes a number: then digit by digit, however many there are.
pub(crate) fn id_text(id: &RawValue) -> Option<String> {
    id_of(id.get())
}

/// The same of JSON text.
pub(crate) fn id_of(id: &str) -> Option<String> {
    match id.as_bytes() {
        [b'"', ..] => serde_json::from_str(id).ok(),
        [b'-' | b'0'..=b'9', ..] => Some(id.to_owned()),
        _ => None,
    }
}

/// The answer about a placed order, the same shape on every wire and platform.
pub(crate) fn placed<'r>(
    id: Option<String>,
    internal_id: Option<String>,
    external_id: &str,
    errors: Option<&RawValue>,
    raw: Option<&RawValue>,
) -> Result<Cow<'r, RawValue>, Refusal> {
    let placed = PlacedOrder {
        id,
        internal_id,
        external_id: external_id.to_owned(),
        errors: errors.map(ToOwned::to_owned),
        raw: raw.map(ToOwned::to_owned),
    };
    serde_json::value::to_raw_value(&placed)
        .map(Cow::Owned)
        .map_err(|error| Refusal::new(Class::UnexpectedReply, format!("The answer could not be written: {error}")))
}
