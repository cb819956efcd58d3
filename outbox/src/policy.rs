//! The policy: every time and number of the outbox, with its meaning and its limits.
//!
//! Times are seconds here and milliseconds inside. Tests run with a hidden scale: every time divided by it.

use countersign::{Error, ErrorKind};

/// One number of the policy.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// Its name, as `-o name=value` takes it.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// `s` for seconds, empty for a count.
    pub unit: &'static str,
    /// What it is where nobody sets it.
    pub default: u32,
    /// The least and the most that it may be.
    pub limits: (u32, u32),
    field: fn(&mut Policy) -> &mut u32,
}

macro_rules! numbers {
    ($($name:ident $unit:literal $default:literal $least:literal $most:literal $meaning:literal;)*) => {
        /// Every time and number of the outbox.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Policy {
            $(#[doc = $meaning] pub $name: u32,)*
            /// Tests divide every time by this.
            #[doc(hidden)]
            pub scale: u32,
        }

        impl Default for Policy {
            fn default() -> Self {
                Self { $($name: $default,)* scale: 1 }
            }
        }

        /// All of them, in the order of the documents.
        pub const NUMBERS: &[Number] = &[$(Number {
            name: stringify!($name),
            meaning: $meaning,
            unit: $unit,
            default: $default,
            limits: ($least, $most),
            field: |policy| &mut policy.$name,
        },)*];
    };
}

numbers! {
    deadline "s" 20 1 600 "The time that one call to the platform may take, look and send each.";
    lease "s" 60 12 3600 "How long a worker has a row for itself; at least two deadlines and ten seconds.";
    settle "s" 120 10 86400 "The longest that the platform may still accept an order after its client gave up.";
    settle_growth "" 10 1 100 "How many times longer the wait for certainty is with each further doubt.";
    gap "s" 60 5 3600 "How far apart the two reads are that prove an order absent.";
    clock_tolerance "s" 60 1 3600 "By how much two clocks may disagree about a wait before it begins again.";
    resends "" 1 0 3 "How often an order is sent again after a doubt and a proven absence.";
    unknown "s" 86400 60 2592000 "How long an order in doubt is read back before a person must look.";
    reads "" 12 1 1000 "How many reads may prove nothing before a person must look.";
    webhook_wait "s" 900 1 604800 "How long an order in doubt waits for its webhook where the platform has no read.";
    backoff "s" 2 1 600 "The pause after the first failure; it doubles each time, and is drawn at random up to that.";
    backoff_most "s" 900 1 86400 "The longest such pause.";
    max_age "s" 604800 60 31536000 "How old an order may be when it is sent; pauses of its account do not count.";
    crashes "" 3 1 100 "How many workers may die over one order before a person must look.";
    quota "" 500 20 100000 "Tokens of an account for failures; without them it pauses.";
    quota_throttle "" 5 0 1000 "What a 429 costs.";
    quota_transient "" 14 0 1000 "What any other passing failure costs.";
    pause "s" 60 1 86400 "How long an account pauses without tokens, or when the platform asks to slow down and says not how long.";
    check_integration "s" 3600 1 604800 "How often it is asked whose credentials these are.";
    check_every "s" 300 1 86400 "How often an account whose credentials were refused is tried by a harmless read.";
    alive "s" 3600 60 2592000 "How long nobody may have drained before orders without a read wait for `adopt`.";
    poll "s" 60 1 3600 "The longest that a drain waits before it looks for new orders again.";
    keep_bodies "s" 2592000 0 315360000 "How long the body of a finished order is kept.";
    strip "" 100 1 10000 "How many old bodies one drain strips.";
}

/// How often a row is looked at that tells nothing: until it is so many seconds old, once in so many seconds.
const SPACING: &[(i64, i64)] = &[(600, 60), (3600, 300), (21_600, 1800), (i64::MAX, 10_800)];

impl Policy {
    /// The defaults; under the tests of the languages every time divided by what their environment says. No option does that.
    ///
    /// # Errors
    /// `configuration` where that is no number.
    #[doc(hidden)]
    pub fn under_test() -> Result<Self, Error> {
        const SCALE: &str = "COUNTERSIGN_OUTBOX_TEST_SCALE";
        let Some(text) = std::env::var(SCALE).ok().filter(|text| !text.is_empty()) else { return Ok(Self::default()) };
        match text.parse().ok().filter(|scale| (1..=100_000).contains(scale)) {
            Some(scale) => Ok(Self { scale, ..Self::default() }),
            None => Err(Error::new(ErrorKind::Configuration, format!("{SCALE} is no whole number from 1 to 100000."))),
        }
    }

    /// Sets a number by its name.
    ///
    /// # Errors
    /// `configuration` for a name or a value that is none, with what may be given.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let refuse = |message| Err(Error::new(ErrorKind::Configuration, message));
        let Some(number) = NUMBERS.iter().find(|number| number.name == name) else {
            let names: Vec<_> = NUMBERS.iter().map(|number| number.name).collect();
            return refuse(format!("The outbox has no number {name:?}. It has: {}.", names.join(", ")));
        };
        let (least, most) = number.limits;
        match value.parse::<u32>() {
            Ok(given) if (least..=most).contains(&given) => {
                *(number.field)(self) = given;
                Ok(())
            }
            _ => {
                let unit = if number.unit == "s" { " seconds" } else { "" };
                refuse(format!("{name} is {value:?}: give a whole number from {least} to {most}{unit}."))
            }
        }
    }

    /// Refuses what does not fit together.
    ///
    /// # Errors
    /// `configuration`.
    pub fn check(&self) -> Result<(), Error> {
        for number in NUMBERS {
            let value = *(number.field)(&mut self.clone());
            self.clone().set(number.name, &value.to_string())?;
        }
        let least = 2 * self.deadline + 10;
        if self.lease < least {
            let message = format!(
                "lease is {} seconds, and with a deadline of {} it must be at least {least}: a worker must not send what another \
                 one has taken over. Raise lease, or lower deadline.",
                self.lease, self.deadline
            );
            return Err(Error::new(ErrorKind::Configuration, message));
        }
        Ok(())
    }

    /// Seconds of the policy in milliseconds, as tests scale them.
    pub fn ms(&self, seconds: u32) -> i64 {
        i64::from(seconds) * 1000 / i64::from(self.scale.max(1))
    }

    /// After which time an order in its `doubts`th doubt can no longer be accepted. When its send ended is not known, so a
    /// whole lease is waited for as well.
    pub fn settle_ms(&self, doubts: i64) -> i64 {
        let longer = i64::from(self.settle_growth).saturating_pow(u32::try_from(doubts - 1).unwrap_or(0).min(8));
        (self.ms(self.lease) + self.ms(self.settle)).saturating_mul(longer)
    }

    /// The longest pause after so many failures in a row.
    pub fn backoff_ms(&self, attempts: i64) -> i64 {
        let doubled = 1_i64 << attempts.clamp(1, 32).saturating_sub(1);
        self.ms(self.backoff).saturating_mul(doubled).min(self.ms(self.backoff_most)).max(1)
    }

    /// The pause before a row of this age is looked at again that told nothing.
    pub fn spacing_ms(&self, age: i64) -> i64 {
        let scale = i64::from(self.scale.max(1));
        let row = SPACING.iter().find(|(until, _)| age < until.saturating_mul(1000) / scale);
        (row.map_or(10_800, |(_, every)| *every) * 1000 / scale).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_outlasts_two_deadlines() {
        let mut policy = Policy::default();
        policy.check().unwrap();
        policy.set("lease", "49").unwrap();
        let error = policy.check().unwrap_err();
        assert!(error.message().contains("at least 50"), "{error}");
        policy.set("lease", "50").unwrap();
        policy.check().unwrap();
    }

    #[test]
    fn numbers_have_names_and_limits() {
        for number in NUMBERS {
            let (least, most) = number.limits;
            assert!((least..=most).contains(&number.default), "{}", number.name);
            assert!(number.meaning.ends_with('.'));
            for bad in [(u64::from(most) + 1).to_string(), "-1".to_owned(), "1.5".to_owned(), String::new()] {
                let error = Policy::default().set(number.name, &bad).unwrap_err();
                assert!(error.message().contains(&most.to_string()), "{error}");
            }
        }
        let error = Policy::default().set("leese", "1").unwrap_err();
        assert!(error.message().contains("lease"), "{error}");
    }

    #[test]
    fn waits_grow() {
        let policy = Policy::default();
        assert_eq!([1, 2, 3].map(|doubts| policy.settle_ms(doubts)), [180_000, 1_800_000, 18_000_000]);
        assert_eq!([1, 2, 9, 10, 99].map(|n| policy.backoff_ms(n)), [2000, 4000, 512_000, 900_000, 900_000]);
        assert_eq!([0, 600_000, 86_400_000].map(|age| policy.spacing_ms(age)), [60_000, 300_000, 10_800_000]);
        assert_eq!(Policy { scale: 100, ..policy }.settle_ms(1), 1800);
    }
}
