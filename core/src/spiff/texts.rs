//! Texts of the platform that are more than text: JSON in a string, and ids that grant access.

use crate::error::{Error, ErrorKind};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::fmt;

/// A text that is JSON itself, such as a line item's `customFields`. It stays text until it is decoded, so that a
/// platform that writes something else there spoils nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonText(pub String);

impl JsonText {
    /// The value of a text.
    ///
    /// # Errors
    /// `invalid_json` if the text is not JSON, or not of this shape.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.0).map_err(|error| {
            Error::new(ErrorKind::InvalidJson, format!("The text is not JSON of the shape asked for: {error}."))
        })
    }

    /// The text of a value.
    ///
    /// # Errors
    /// `invalid_argument` for what JSON cannot write, such as a map whose keys are not text.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, Error> {
        let text = serde_json::to_string(value);
        text.map(Self).map_err(|error| Error::argument(format!("The value cannot be written as JSON: {error}.")))
    }

    /// What a node of a process execution produced.
    ///
    /// # Errors
    /// `invalid_json` if the text is not an object with a type.
    pub fn artifact(&self) -> Result<Artifact, Error> {
        self.decode()
    }
}

impl From<&str> for JsonText {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a node of a process execution produced.
#[derive(Clone, Debug, Deserialize)]
pub struct Artifact {
    /// Kind of value, such as `JsonKey`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The value as JSON, of a shape that the kind tells.
    #[serde(default)]
    pub value: Option<Box<RawValue>>,
}

impl Artifact {
    /// Where the data lies, for the kind `JsonKey`. The file is not downloaded: fetch its URL with HTTP of your own.
    pub fn json_key(&self) -> Option<JsonKey> {
        let value = self.value.as_ref().filter(|_| self.kind == "JsonKey")?;
        serde_json::from_str(value.get()).ok()
    }
}

/// A JSON file that holds the data of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct JsonKey {
    /// Its key.
    pub key: String,
    /// Its URL.
    pub url: String,
}

/// A text that is or grants access, such as a transaction's owner id. Its `Debug` hides it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl Hidden {
    /// The text. The only way to see it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Hidden {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn artifacts_are_read_as_the_reference_prints_them() {
        let text = JsonText::from(
            r#"{"type":"JsonKey","value":{"key":"processExecutions/00000000-0000-0000-0000-000000000000.json","url":"https://assets.us.spiffcommerce.com/processExecutions/00000000-0000-0000-0000-000000000000.json"}}"#,
        );
        let key = text.artifact().unwrap().json_key().unwrap();
        assert_eq!(key.key, "processExecutions/00000000-0000-0000-0000-000000000000.json");
        assert!(key.url.starts_with("https://assets.us.") && key.url.ends_with(".json"));
        let other = JsonText::from(r#"{"type":"Number","value":3}"#).artifact().unwrap();
        assert!(other.json_key().is_none() && other.value.unwrap().get() == "3");
        for wrong in ["", "[]", "nonsense", r#"{"value":1}"#] {
            assert_eq!(JsonText::from(wrong).artifact().unwrap_err().kind(), ErrorKind::InvalidJson);
        }
    }

    #[test]
    fn hidden_texts_are_not_printed() {
        assert_eq!(format!("{:?}", Some(Hidden("canary".to_owned()))), "Some(Hidden(redacted))");
    }
}
