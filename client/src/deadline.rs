//! `Deadline`: the moment after which a request must not begin any more.
//!
//! A request that goes out late can be an order that somebody else has settled meanwhile as not placed. The machine may
//! have slept (the steady clock of the standard library stands still then), or its clock may have been set: so the time that
//! has passed is what the clock with the larger difference says.

use boot_time::Instant;
use std::time::{Duration, SystemTime};

/// Until when a request may begin: some time from a moment on, by two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    wall: SystemTime,
    /// Goes on while the machine sleeps, and cannot be set.
    boot: Instant,
    lasts: Duration,
    /// What messages name: of a call that had to wait, less was left than was set.
    limit: Duration,
}

impl Deadline {
    /// So much time from now on.
    pub fn within(limit: Duration) -> Self {
        Self { wall: SystemTime::now(), boot: Instant::now(), lasts: limit, limit }
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        // A clock that was set back says nothing; the other one does.
        let wall = self.wall.elapsed().unwrap_or_default();
        self.lasts.saturating_sub(wall.max(self.boot.elapsed()))
    }

    /// The time limit as it was set, which messages name.
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// The same deadline, as what was left of such a limit.
    #[cfg(feature = "http")]
    pub(crate) fn of_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Whether none is left.
    pub fn has_passed(&self) -> bool {
        self.left().is_zero()
    }

    /// The same deadline, unless `limit` from now on is earlier.
    #[must_use]
    pub fn at_most(self, limit: Duration) -> Self {
        if limit < self.left() { Self::within(limit) } else { self }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn the_clock_that_ran_further_counts() {
        let deadline = Deadline::within(HOUR);
        assert!(!deadline.has_passed() && deadline.left() > HOUR / 2);
        // The machine slept, or its clock was set on.
        assert!(Deadline { boot: deadline.boot.checked_sub(HOUR).unwrap(), ..deadline }.has_passed());
        assert!(Deadline { wall: deadline.wall - HOUR, ..deadline }.has_passed());
        // It was set back: that gives no time.
        let back = Deadline { wall: deadline.wall + 10 * HOUR, ..deadline };
        assert!(back.left() <= HOUR && !back.has_passed());
        assert!(Deadline { boot: deadline.boot.checked_sub(HOUR).unwrap(), ..back }.has_passed());
        assert!(Deadline::within(Duration::ZERO).has_passed());
    }

    #[test]
    fn a_shorter_limit_wins() {
        let deadline = Deadline::within(HOUR);
        assert!(deadline.at_most(Duration::from_secs(1)).left() <= Duration::from_secs(1));
        assert_eq!(deadline.at_most(2 * HOUR), deadline);
    }
}
