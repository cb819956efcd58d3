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

/// Now, by the clock of this machine, uncorrected.
pub fn system_time() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A smaller difference (in seconds) harms no signature and is not corrected.
const WORTH: i64 = 60;
/// Two differences that are this near to each other agree.
const AGREE: i64 = 5;
/// A larger difference is a mistake rather than a clock: it is told, and corrects nothing.
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
    #[cfg(test)]
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

    /// Takes over a difference that was learned elsewhere, such as by a process before this one. A small one corrects
    /// nothing, an impossible one is not believed.
    pub(crate) fn learn(&self, skew: i64) {
        if !self.correct || skew.abs() > MOST {
            return;
        }
        let at = (self.source)();
        if let Some(mut state) = self.state() {
            state.in_force = (skew.abs() >= WORTH).then_some(Sample { skew, at });
        }
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
        // Told, but not followed: what is off by a day and more is no clock that runs wrong.
        if !self.correct || skew.abs() > MOST {
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
    Some(skew)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// 2026-11-20T12:00:00Z, the true time at which every test begins.
    const START: i64 = 1_795_176_000;

    /// A machine whose system clock is wrong by `offset` seconds, a platform whose clock is right, and time that passes
    /// only when told to.
    struct World {
        clock: Clock,
        state: Arc<Mutex<(Instant, i64)>>,
        begun: Instant,
    }

    impl World {
        fn new(offset: i64, correct: bool) -> Self {
            let begun = Instant::now();
            let state = Arc::new(Mutex::new((begun, offset * 1000)));
            let shared = Arc::clone(&state);
            let source = move || {
                let (steady, offset) = *shared.lock().unwrap();
                let passed = i64::try_from((steady - begun).as_millis()).unwrap();
                Moment { wall: START * 1000 + passed + offset, steady, skew: 0 }
            };
            Self { clock: Clock::with_source(correct, source), state, begun }
        }

        fn wait(&self, time: Duration) {
            self.state.lock().unwrap().0 += time;
        }

        /// Somebody sets the system clock.
        fn set_offset(&self, offset: i64) {
            self.state.lock().unwrap().1 = offset * 1000;
        }

        fn truth(&self) -> i64 {
            START + i64::try_from((self.state.lock().unwrap().0 - self.begun).as_secs()).unwrap()
        }

        /// A call that takes `took` and gets these headers; `DATE` stands for the platform's date.
        fn exchange_with(&self, took: Duration, headers: &[(&str, &str)], refused: bool) -> Observation {
            let sent = self.clock.moment();
            self.wait(took / 2);
            let date = Timestamp::from_unix(self.truth()).http_date();
            self.wait(took / 2);
            let value = |value: &str| if value == "DATE" { date.to_string() } else { value.to_owned() };
            let headers = headers.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
            let reply = Reply { status: 200, headers, body: vec![] };
            self.clock.observe(&reply, &sent, &self.clock.moment(), refused)
        }

        fn exchange(&self, refused: bool) -> Observation {
            self.exchange_with(Duration::from_millis(200), &[("Date", "DATE")], refused)
        }

        /// How wrong a signature would be.
        fn error(&self) -> i64 {
            self.clock.now().unix() - self.truth()
        }
    }

    #[test]
    fn two_replies_that_agree_correct_a_clock_that_is_wrong() {
        for offset in [-7200, -901, -600, -61, 61, 300, 7200, -86_000, 86_000] {
            let world = World::new(offset, true);
            let first = world.exchange(false);
            assert!((first.skew.unwrap() + offset).abs() <= 1, "{offset}: {first:?}");
            assert!(!first.corrected && world.clock.skew().is_none(), "one reply is no proof");
            let second = world.exchange(false);
            assert!(second.corrected && second.skew.is_some());
            assert!(world.error().abs() <= 1, "{offset}: {}", world.error());
            // Never cumulative: what follows changes nothing.
            for _ in 0..10 {
                world.wait(Duration::from_secs(60));
                let later = world.exchange(false);
                assert!(!later.corrected && (later.skew.unwrap() + offset).abs() <= 1);
                assert!(world.error().abs() <= 1);
            }
        }
    }

    #[test]
    fn a_clock_that_is_nearly_right_is_left_alone() {
        for offset in [-58, -5, 0, 5, 58] {
            let world = World::new(offset, true);
            for refused in [false, false, true, true] {
                let seen = world.exchange(refused);
                assert!(seen.skew.is_some() && !seen.corrected);
                assert_eq!(world.clock.skew(), None);
            }
        }
    }

    #[test]
    fn a_refusal_is_proof_enough_and_grants_one_more_attempt() {
        let world = World::new(-1200, true);
        assert!(world.exchange(true).corrected);
        assert!(world.error().abs() <= 1);
        // The credentials are wrong as well: there is no third attempt.
        assert!(!world.exchange(true).corrected);
        assert!(!world.exchange(true).corrected);
    }

    #[test]
    fn a_request_signed_before_another_thread_learned_gets_its_second_attempt_too() {
        let world = World::new(-1200, true);
        let sent = world.clock.moment();
        assert!(world.exchange(true).corrected);
        let date = Timestamp::from_unix(world.truth()).http_date().to_string();
        let reply = Reply { status: 401, headers: vec![("date".to_owned(), date)], body: vec![] };
        assert!(world.clock.observe(&reply, &sent, &world.clock.moment(), true).corrected);
    }

    #[test]
    fn what_cannot_be_believed_is_ignored() {
        let quick = Duration::from_millis(200);
        let world = World::new(-1200, true);
        let tomorrow = Timestamp::from_unix(START + 2 * 86_400).http_date().to_string();
        for headers in [
            &[][..],
            &[("Date", "")],
            &[("Date", "yesterday")],
            &[("Date", "Fri, 20 Nov 2026 12:00:00 +0000")],
            &[("Date", "Friday, 20-Nov-26 12:00:00 GMT")],
            &[("Date", "Thu, 20 Nov 2026 12:00:00 GMT")],
            &[("Date", "Fri, 20 Nov 2026 12:00:00 GMT\u{fffd}")],
            &[("Date", "Thu, 01 Jan 1970 00:00:00 GMT")],
            &[("Date", "Fri, 31 Dec 9999 23:59:59 GMT")],
            &[("Date", "DATE"), ("Age", "0")],
            &[("Date", "DATE"), ("age", "nonsense")],
        ] {
            for _ in 0..2 {
                let seen = world.exchange_with(quick, headers, true);
                assert_eq!(seen, Observation { skew: None, corrected: false }, "{headers:?}");
            }
        }
        for took in [10_000, 60_000] {
            let seen = world.exchange_with(Duration::from_millis(took), &[("Date", "DATE")], true);
            assert_eq!(seen.skew, None, "{took} ms");
        }
        assert_eq!(world.clock.skew(), None);
        // More than a day off is told and not corrected; also of a machine without a clock battery, in 1970.
        let seen = world.exchange_with(quick, &[("Date", &*tomorrow)], true);
        assert!(seen.skew.is_some_and(|skew| skew > 2 * 86_400) && !seen.corrected && world.clock.skew().is_none());
        for offset in [-START, 40 * 86_400, -40 * 86_400] {
            let world = World::new(offset, true);
            for _ in 0..3 {
                let seen = world.exchange(true);
                assert!(seen.skew.is_some_and(|skew| (skew + offset).abs() <= 1) && !seen.corrected, "{seen:?}");
            }
            assert_eq!(world.clock.skew(), None);
        }
        assert_eq!(World::new(-START - 10, true).clock.now(), Timestamp::from_unix(0));
    }

    #[test]
    fn a_platform_of_another_age_is_not_believed() {
        for (server, believed) in [
            ("Wed, 31 Dec 2025 23:59:59 GMT", false),
            ("Thu, 01 Jan 2026 00:00:00 GMT", true),
            ("Mon, 31 Dec 2046 23:59:59 GMT", true),
            ("Tue, 01 Jan 2047 00:00:00 GMT", false),
        ] {
            // A machine whose clock is as far off as the platform's.
            let wall = Timestamp::from_http_date(server).unwrap().unix() * 1000 - 600_000;
            let moment = Moment { wall, steady: Instant::now(), skew: 0 };
            let reply = Reply { status: 200, headers: vec![("Date".to_owned(), server.to_owned())], body: vec![] };
            assert_eq!(sample(&reply, &moment, &moment), believed.then_some(600), "{server}");
        }
    }

    #[test]
    fn replies_that_disagree_correct_nothing() {
        let world = World::new(0, true);
        let date = |seconds: i64| Timestamp::from_unix(world.truth() + seconds).http_date().to_string();
        let quick = Duration::from_millis(200);
        for seconds in [300, -300, 310, 320, 400, 0, 300] {
            let seen = world.exchange_with(quick, &[("Date", &date(seconds))], false);
            assert!(!seen.corrected && seen.skew.is_some());
        }
        assert_eq!(world.clock.skew(), None);
        assert!(world.exchange_with(quick, &[("Date", &date(303))], false).corrected);
    }

    #[test]
    fn a_correction_expires_after_an_hour_of_silence() {
        let world = World::new(600, true);
        world.exchange(true);
        world.wait(Duration::from_secs(3590));
        assert!(world.error().abs() <= 1);
        world.wait(Duration::from_secs(20));
        assert_eq!((world.clock.skew(), world.error()), (None, 600));
        // The old sample agrees with nobody any more.
        assert!(!world.exchange(false).corrected);
        assert!(world.exchange(false).corrected);
    }

    #[test]
    fn a_jump_of_the_system_clock_ends_the_correction() {
        for (before, after) in [(-1200, 0), (600, 0), (-1200, -7200), (7200, -100)] {
            let world = World::new(before, true);
            world.exchange(true);
            assert!(world.error().abs() <= 1);
            world.set_offset(after);
            assert_eq!((world.clock.skew(), world.error()), (None, after), "from {before} to {after}");
            // What was learned before does not count as one of two.
            assert!(!world.exchange(false).corrected);
            assert_eq!(world.exchange(false).corrected, after != 0);
            assert!(world.error().abs() <= 1);
        }
        // A jump during the call makes its reply useless.
        let world = World::new(-1200, true);
        let sent = world.clock.moment();
        world.set_offset(0);
        let date = Timestamp::from_unix(world.truth()).http_date().to_string();
        let reply = Reply { status: 401, headers: vec![("date".to_owned(), date)], body: vec![] };
        assert_eq!(world.clock.observe(&reply, &sent, &world.clock.moment(), true).skew, None);
    }

    #[test]
    fn a_clock_set_right_slowly_takes_the_correction_back() {
        // A time service may slew instead of jumping: never far at once, but all the way in the end.
        let world = World::new(120, true);
        world.exchange(true);
        for offset in (0..120).rev() {
            world.wait(Duration::from_secs(30));
            world.set_offset(offset);
            world.exchange(false);
            assert!(world.error().abs() <= WORTH + AGREE, "{offset}: {}", world.error());
        }
        assert_eq!(world.clock.skew(), None);
    }

    #[test]
    fn the_switch_turns_correction_off_but_not_observation() {
        let world = World::new(-1200, false);
        for refused in [false, false, true] {
            let seen = world.exchange(refused);
            assert!((seen.skew.unwrap() - 1200).abs() <= 1 && !seen.corrected);
        }
        assert_eq!((world.clock.skew(), world.error()), (None, -1200));
    }

    #[test]
    fn a_lock_that_nobody_releases_stops_nothing() {
        let world = World::new(-1200, true);
        world.exchange(true);
        let _held = world.clock.state.lock().unwrap();
        assert_eq!((world.clock.skew(), world.error()), (None, -1200));
        assert!(!world.exchange(true).corrected);
        assert!(format!("{:?}", world.clock).contains("Clock"));
    }

    #[test]
    fn the_real_clock_runs() {
        let clock = Clock::new(true);
        let system = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert!((clock.now().unix() - i64::try_from(system).unwrap()).abs() <= 1);
    }
}
