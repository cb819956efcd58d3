//! Flows: what a process execution is given at its start, and how to see that it has ended.

use super::account::Account;
use super::asked;
use super::operations::PROCESS_EXECUTIONS;
use crate::call::{Call, Json};
use crate::error::Error;
use crate::operation::read;
use crate::options::LONGEST;
use crate::time::Timestamp;
use serde::Serialize;
use std::time::Duration;

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

/// How long to wait for the end of a process execution unless told otherwise.
pub const WAIT: Duration = Duration::from_secs(60);
/// How long from one look at it to the next; the first-party client looks as often.
pub const WAIT_STEP: Duration = Duration::from_secs(2);

/// How long to wait, and how often to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long to wait at most. Zero is a single look.
    pub timeout: Duration,
    /// How long from one look to the next.
    pub interval: Duration,
}

impl Pace {
    /// How long the next look may take when the wait has lasted so long; `None` for as long as any read. A platform that says
    /// nothing must not hold the wait up, but the last look has an interval's time. A single look is a read like any other.
    pub fn look(self, waited: Duration) -> Option<Duration> {
        (!self.timeout.is_zero()).then(|| self.timeout.saturating_sub(waited).max(self.interval))
    }

    /// How long to rest before the next look; `None` where the wait is over.
    pub fn rest(self, waited: Duration) -> Option<Duration> {
        let left = self.timeout.saturating_sub(waited);
        (!left.is_zero()).then_some(left.min(self.interval))
    }
}

/// How to wait for the end of a process execution.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Its id.
    pub id: String,
    /// How long, and how often to look.
    pub pace: Pace,
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
            let longest = LONGEST.as_secs().cast_signed();
            let mut seconds = |name, min, default| match fields.optional(name) {
                Some(node) => {
                    node.integer(min, longest, ", in seconds", problems).map(|n| Duration::from_secs(n.unsigned_abs()))
                }
                None => Some(default),
            };
            let (timeout, interval) = (seconds("timeout", 0, WAIT), seconds("interval", 1, WAIT_STEP));
            let select = fields.optional("select").map(|node| node.string(problems));
            let select = match select {
                Some(text) => Some(text?.into_owned()),
                None => None,
            };
            let pace = Pace { timeout: timeout?, interval: interval? };
            Some(Self { id: id?.into_owned(), pace, select })
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
