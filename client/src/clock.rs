//! The system clock, corrected by what the platform's replies say about the time.
//!
//! A signature carries a date, and a platform refuses one that is far from its own clock. Each reply carries the
//! platform's date: from two replies that agree, or from one that refused the signature, the difference is learned and
//! signed with. It is always a difference to the system clock as it is, never to a corrected one; it is forgotten after an
//! hour, and at once when the system clock jumps. It never touches the replay window of webhooks.

use countersign_core::{Reply, Timestamp};
use std::fmt;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant, SystemTime};

/// A smaller difference (in seconds) harms no signature and is not corrected.
const WORTH: i64 = 60;
/// Two differences that are this near to each other agree.
const AGREE: i64 = 5;
/// A larger difference is a mistake rather than a clock.
const MOST: i64 = 24 * 3600;
/// A reply that took longer says too little about the time.
const ROUND_TRIP: Duration = Duration::from_secs(10);
/// How long a difference is believed.
const LIFE: Duration = Duration::from_secs(3600);
/// When system clock and steady clock differ by more than this since a difference was learned, the system clock was set.
const JUMP: i64 = 30_000;
/// A server that claims another time than from the year this was written to twenty years later is not believed.
const YEARS: std::ops::RangeInclusive<i64> = 1_767_225_600..=2_429_913_599;

/// One moment on both clocks of this machine, and the correction that was in force.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Milliseconds since 1970, by the system clock.
    wall: i64,
    steady: Instant,
    skew: i64,
}

impl Moment {
    fn now() -> Self {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let wall = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        };
        Self { wall, steady: Instant::now(), skew: 0 }
    }

    /// The time to sign with, corrected.
    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::from_unix(self.wall.div_euclid(1000)).plus(self.skew)
    }
}

/// What one reply said about the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Observation {
    /// The platform's clock minus the system clock, in seconds, if the reply can be believed.
    pub(crate) skew: Option<i64>,
    /// The correction is now another one than when the request was signed, by a minute or more: signing again may help.
    pub(crate) corrected: bool,
}

/// A difference learned from a reply, and when.
#[derive(Clone, Copy)]
struct Sample {
    skew: i64,
    at: Moment,
}

#[derive(Clone, Copy, Default)]
struct State {
    in_force: Option<Sample>,
    /// The last sample, waiting for one that agrees.
    last: Option<Sample>,
}

/// The clock of one platform. Thread-safe, and usable after `fork`.
pub(crate) struct Clock {
    correct: bool,
    source: Box<dyn Fn() -> Moment + Send + Sync>,
    state: Mutex<State>,
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock").field("correct", &self.correct).field("skew", &self.skew()).finish_non_exhaustive()
    }
}

impl Clock {
    /// With `correct` off, differences are observed and reported, but never applied.
    pub(crate) fn new(correct: bool) -> Self {
        Self::with_source(correct, Moment::now)
    }

    fn with_source(correct: bool, source: impl Fn() -> Moment + Send + Sync + 'static) -> Self {
        Self { correct, source: Box::new(source), state: Mutex::default() }
    }

    /// The time to sign with.
    pub(crate) fn now(&self) -> Timestamp {
        self.moment().timestamp()
    }

    /// This moment, with the correction in force: to be taken when a request is signed, and when its reply is there.
    pub(crate) fn moment(&self) -> Moment {
        let mut moment = (self.source)();
        moment.skew = self.in_force(&moment).unwrap_or(0);
        moment
    }

    /// The correction in force, in seconds.
    pub(crate) fn skew(&self) -> Option<i64> {
        self.in_force(&(self.source)())
    }

    fn in_force(&self, now: &Moment) -> Option<i64> {
        let sample = self.state()?.in_force?;
        sample.holds(now).then_some(sample.skew)
    }

    /// Learns from a reply to a request that was signed at `sent` and answered at `received`. `refused` says that the
    /// platform did not accept the signature (401, 403): one sample is then enough, because the old time is no use.
    pub(crate) fn observe(&self, reply: &Reply, sent: &Moment, received: &Moment, refused: bool) -> Observation {
        let nothing = Observation { skew: None, corrected: false };
        let Some(skew) = sample(reply, sent, received) else { return nothing };
        let seen = Observation { skew: Some(skew), corrected: false };
        if !self.correct {
            return seen;
        }
        let Some(mut state) = self.state() else { return seen };
        let sample = Sample { skew, at: *received };
        let agreed = state.last.is_some_and(|last| last.holds(received) && (last.skew - skew).abs() <= AGREE);
        state.last = Some(sample);
        if refused || agreed {
            // A small difference takes a correction back: the system clock was set right meanwhile.
            state.in_force = (skew.abs() >= WORTH).then_some(sample);
        }
        let now = state.in_force.filter(|sample| sample.holds(received)).map_or(0, |sample| sample.skew);
        Observation { corrected: (now - sent.skew).abs() >= WORTH, ..seen }
    }

    /// The lock is held for moments. It is waited for, but not for ever: in a forked child nobody may be left to release
    /// it, and the time without correction is then the best there is.
    fn state(&self) -> Option<MutexGuard<'_, State>> {
        for _ in 0..1000 {
            match self.state.try_lock() {
                Ok(state) => return Some(state),
                Err(TryLockError::Poisoned(state)) => return Some(state.into_inner()),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        }
        None
    }
}

impl Sample {
    /// Neither too old, nor has the system clock been set since.
    fn holds(&self, now: &Moment) -> bool {
        let steady = now.steady.saturating_duration_since(self.at.steady);
        steady < LIFE && jump(&self.at, now).abs() <= JUMP
    }
}

/// By how many milliseconds the system clock ran ahead of the steady clock between two moments.
fn jump(from: &Moment, to: &Moment) -> i64 {
    let steady = i64::try_from(to.steady.saturating_duration_since(from.steady).as_millis()).unwrap_or(i64::MAX);
    to.wall.saturating_sub(from.wall).saturating_sub(steady)
}

/// The platform's clock minus ours in seconds, if this reply tells.
fn sample(reply: &Reply, sent: &Moment, received: &Moment) -> Option<i64> {
    // An age means a cache, and the date of the copy.
    if reply.header("age").is_some() {
        return None;
    }
    let server = Timestamp::from_http_date(reply.header("date")?)?.unix();
    let took = received.steady.saturating_duration_since(sent.steady);
    if took >= ROUND_TRIP || jump(sent, received).abs() > 1000 || !YEARS.contains(&server) {
        return None;
    }
    let middle = sent.wall.saturating_add(i64::try_from(took.as_millis() / 2).ok()?);
    let skew = server.saturating_mul(1000).saturating_sub(middle).saturating_add(500).div_euclid(1000);
    (skew.abs() <= MOST).then_some(skew)
}
