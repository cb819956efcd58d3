//! An account of the outbox: whether it pauses and why, since when, and what it may still spend on failures.

use crate::policy::Policy;
use crate::state::named;
use crate::statement::{Value, unicode};

named! {
    /// Why an account pauses. A pause gives way to one with a larger number only.
    Pause {
        /// It does not.
        None = 0 "none",
        /// The platform asked to slow down, or failures came too often.
        Throttled = 1 "throttled",
        /// The platform refused the document: nothing of this account would be understood.
        Refused = 2 "refused",
        /// The platform refused the credentials.
        Unauthorised = 3 "unauthorised",
        /// The credentials belong to another integration than before.
        Integration = 4 "integration",
        /// The store is not where it was, and this account has no read: what was sent before is not known.
        Moved = 5 "moved",
        /// A person said so.
        Person = 6 "person",
    }
}

/// How many pauses an account remembers: more are melted together.
const REMEMBERED: usize = 32;

/// The row of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the columns of docs/outbox.md")]
pub struct AccountRow {
    pub account: String,
    pub provider: i64,
    pub version: i64,
    pub pause: Pause,
    pub paused_until: Option<i64>,
    /// A hash of the key id that was refused: a worker with another one goes on.
    pub pause_key: Option<String>,
    pub pause_why: Option<String>,
    /// From when to when it paused; an open end is the present pause.
    pub pauses: Vec<(i64, Option<i64>)>,
    pub quota: i64,
    pub quota_at: i64,
    pub integration: Option<String>,
    pub checked_at: Option<i64>,
    pub success_at: Option<i64>,
    pub alive_at: Option<i64>,
    pub now: i64,
}

impl AccountRow {
    pub(crate) const COLUMNS: &str = "account, provider, version, pause, paused_until, pause_key, pause_why, pauses, quota, \
                                      quota_at, integration, checked_at, success_at, alive_at, {now}";

    pub(crate) fn of(values: &[Value]) -> Result<Self, String> {
        let text = |at: usize| values.get(at).and_then(Value::text);
        let number = |at: usize| values.get(at).and_then(Value::int);
        let needed = |at: usize| number(at).ok_or_else(|| "the row of an account is not readable".to_owned());
        Ok(Self {
            account: text(0).unwrap_or_default(),
            provider: needed(1)?,
            version: needed(2)?,
            // What a later version knows ends only by a person, or by it.
            pause: Pause::of_number(needed(3)?).unwrap_or(Pause::Person),
            paused_until: number(4),
            pause_key: text(5),
            pause_why: text(6).as_deref().map(unicode),
            pauses: text(7).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
            quota: needed(8)?,
            quota_at: needed(9)?,
            integration: text(10).as_deref().map(unicode),
            checked_at: number(11),
            success_at: number(12),
            alive_at: number(13),
            now: needed(14)?,
        })
    }

    /// Whether it pauses now, for somebody with this key.
    pub fn is_paused(&self, key: &str) -> bool {
        match self.pause {
            Pause::None => false,
            Pause::Unauthorised if self.pause_key.as_deref() != Some(key) => false,
            _ => self.paused_until.is_none_or(|until| until > self.now),
        }
    }

    /// How much of the time from `since` to now it did not pause.
    pub fn unpaused(&self, since: i64) -> i64 {
        let paused: i64 = self
            .pauses
            .iter()
            .map(|(from, to)| {
                let to = to.or(self.paused_until).unwrap_or(self.now).min(self.now);
                (to - (*from).max(since)).max(0)
            })
            .sum();
        (self.now - since - paused).max(0)
    }

    /// The pauses with one more that begins now, and without those that nobody asks about any more.
    pub(crate) fn pausing(&self) -> Vec<(i64, Option<i64>)> {
        let mut pauses = self.ended();
        pauses.push((self.now, None));
        pauses
    }

    /// The pauses, the present one ended now, or when it was to end.
    pub(crate) fn ended(&self) -> Vec<(i64, Option<i64>)> {
        let end = self.paused_until.unwrap_or(self.now).min(self.now);
        let mut pauses: Vec<_> = self.pauses.iter().map(|(from, to)| (*from, Some(to.unwrap_or(end)))).collect();
        // Melted together, the time between them counts as a pause: orders are then held later, never earlier.
        while pauses.len() >= REMEMBERED {
            let first = pauses.remove(0);
            pauses[0].0 = first.0;
        }
        pauses
    }

    /// The tokens by now: they come back with time.
    pub(crate) fn tokens(&self, policy: &Policy) -> i64 {
        let minutes = (self.now - self.quota_at).max(0) / policy.ms(60).max(1);
        (self.quota + minutes.saturating_mul(i64::from(policy.quota_throttle))).min(policy.quota.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pauses: &[(i64, Option<i64>)], until: Option<i64>, now: i64) -> AccountRow {
        AccountRow {
            account: "shop".to_owned(),
            provider: 1,
            version: 1,
            pause: Pause::Throttled,
            paused_until: until,
            pause_key: None,
            pause_why: None,
            pauses: pauses.to_vec(),
            quota: 0,
            quota_at: now,
            integration: None,
            checked_at: None,
            success_at: None,
            alive_at: None,
            now,
        }
    }

    #[test]
    fn pauses_do_not_count() {
        assert_eq!(row(&[], None, 100).unpaused(40), 60);
        assert_eq!(row(&[(50, Some(70))], None, 100).unpaused(40), 40);
        assert_eq!(row(&[(10, Some(70))], None, 100).unpaused(40), 30);
        assert_eq!(row(&[(10, Some(20)), (90, None)], None, 100).unpaused(40), 50);
        assert_eq!(row(&[(10, None)], Some(50), 100).unpaused(40), 50);
        assert_eq!(row(&[(10, None)], None, 100).unpaused(40), 0);
    }

    #[test]
    fn many_pauses_are_melted_together() {
        let many: Vec<_> = (0..200).map(|at| (at * 10, Some(at * 10 + 1))).collect();
        let row = row(&many, None, 5000);
        let kept = row.pausing();
        assert!(kept.len() <= REMEMBERED + 1 && kept[0].0 == 0 && kept.last() == Some(&(5000, None)));
    }
}
