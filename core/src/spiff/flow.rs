//! Flows: what a process execution is given at its start, and how to see that it has ended.

use super::account::Account;
use super::asked;
use super::operations::PROCESS_EXECUTIONS;
use crate::call::{Call, Json};
use crate::error::Error;
use crate::operation::read;
use crate::time::Timestamp;
use serde::Serialize;

/// What one start terminal of a flow is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Terminal {
    /// A text.
    Text {
        /// The text.
        text: String,
    },
    /// Something that the platform holds.
    Entity {
        /// What it is: `Transaction`, `Bundle`, `Product`, `Variant`, `Option`, `LineItem`, `Asset`, or another.
        #[serde(rename = "type")]
        kind: String,
        /// Its id.
        id: String,
    },
    /// Several.
    List(Vec<Terminal>),
}

impl Terminal {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// Something that the platform holds, such as a `Transaction`.
    pub fn entity(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self::Entity { kind: kind.into(), id: id.into() }
    }
}

/// Seconds to wait for the end of a process execution unless told otherwise.
pub const WAIT: u32 = 60;
/// Seconds between two looks at it; the first-party client looks as often.
pub const WAIT_STEP: u32 = 2;

/// How to wait for the end of a process execution.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Its id.
    pub id: String,
    /// Seconds to wait at most.
    pub timeout: u32,
    /// Seconds between two looks.
    pub interval: u32,
    /// Other fields to ask for.
    pub select: Option<String>,
}

impl Wait {
    /// Reads `id, timeout, interval, select`.
    ///
    /// # Errors
    /// `invalid_argument` with each problem.
    pub fn read(input: &[u8]) -> Result<Self, Error> {
        read(input, &["id", "timeout", "interval", "select"], |fields, problems| {
            let id = fields.required("id", "Give the id of a process execution.", problems);
            let id = id.and_then(|node| node.id(problems));
            let mut seconds = |name, min, default: u32| match fields.optional(name) {
                Some(node) => node.integer(min, 86_400, ", in seconds", problems).and_then(|n| u32::try_from(n).ok()),
                None => Some(default),
            };
            let (timeout, interval) = (seconds("timeout", 0, WAIT), seconds("interval", 1, WAIT_STEP));
            let select = fields.optional("select").map(|node| node.string(problems));
            let select = match select {
                Some(text) => Some(text?.into_owned()),
                None => None,
            };
            Some(Self { id: id?.into_owned(), timeout: timeout?, interval: interval?, select })
        })
    }

    /// One look: reads the process execution. The answer is one object. `completedAt` and `failedAt` of a whole
    /// execution are what the first-party client looks at; the reference does not print them: unverified.
    ///
    /// # Errors
    /// Those of the read.
    pub fn prepare(&self, account: &Account, now: Timestamp) -> Result<Call<Json>, Error> {
        const ENDS: &str = "completedAt failedAt";
        let select = self.select.as_deref().unwrap_or(PROCESS_EXECUTIONS.selection).trim();
        let inner = select.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')).unwrap_or(select);
        // Nothing stays nothing, to be refused as it is elsewhere.
        let select = if inner.trim().is_empty() { String::new() } else { format!("{inner} {ENDS}") };
        let input = asked::ids(std::slice::from_ref(&self.id), &select)?;
        PROCESS_EXECUTIONS.read(&input)?.prepare_one(account, now)
    }

    /// Whether the answer of a look says that the process execution has ended, well or not.
    pub fn is_over(answer: &Json) -> bool {
        #[derive(Default, serde::Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        struct Ends {
            completed_at: Option<serde::de::IgnoredAny>,
            failed_at: Option<serde::de::IgnoredAny>,
        }
        let ends: Ends = serde_json::from_str(answer.get()).unwrap_or_default();
        ends.completed_at.is_some() || ends.failed_at.is_some()
    }
}
