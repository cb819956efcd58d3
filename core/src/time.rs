//! `Timestamp`: whole seconds since 1970, and its HTTP date text. No clock is read here.

use std::{fmt, ops::Deref, time::Duration, time::SystemTime};

/// A moment in whole seconds since 1970-01-01T00:00:00Z, between the years 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// 9999-12-31T23:59:59Z, the last moment an IMF-fixdate can name.
pub(crate) const LAST: i64 = 253_402_300_799;

/// 2024-01-01T00:00:00Z: no request was sent by this library before it existed.
const BEGAN: i64 = 1_704_067_200;

/// Seconds by which two clocks may differ.
const APART: i64 = 86_400;

impl Timestamp {
    /// From seconds since 1970; moments outside 1970…9999 are moved to the nearest end, because no HTTP date names them.
    pub const fn from_unix(seconds: i64) -> Self {
        Self(if seconds < 0 {
            0
        } else if seconds > LAST {
            LAST
        } else {
            seconds
        })
    }

    /// From seconds since 1970 that somebody gave us.
    ///
    /// # Errors
    /// What is wrong, in words, outside 1970…9999: most often milliseconds were given.
    pub fn of_seconds(seconds: i64) -> Result<Self, String> {
        match seconds {
            0..=LAST => Ok(Self(seconds)),
            ..0 => Err(format!("{seconds} lies before 1970: seconds since 1970 are due.")),
            _ => Err(format!("{seconds} lies after the year 9999, as milliseconds do: seconds since 1970 are due.")),
        }
    }

    /// From seconds since 1970 at which something was done with this library, as somebody remembers it `now`.
    ///
    /// # Errors
    /// What is wrong, in words: it lies before this library existed, as a moment that was lost does, or further ahead than
    /// clocks can differ, as milliseconds do.
    pub fn remembered(seconds: i64, now: Self) -> Result<Self, String> {
        let moment = Self(seconds);
        if seconds >= LAST {
            return Err(format!(
                "{seconds} lies beyond the year 9998, as milliseconds do: seconds since 1970 are due."
            ));
        }
        if seconds < BEGAN {
            let began = Self(BEGAN).http_date();
            return Err(format!("{seconds} lies before this library existed ({began}): seconds since 1970 are due."));
        }
        if seconds > now.0.saturating_add(APART) {
            let (then, now) = (moment.http_date(), now.http_date());
            return Err(format!(
                "{seconds} ({then}) lies more than 24 hours ahead of this machine's clock ({now}), which may be wrong."
            ));
        }
        Ok(moment)
    }

    /// Seconds since 1970.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// Moved by `seconds`, later when positive.
    pub const fn plus(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// The IMF-fixdate of this moment (RFC 9110, 5.6.7), such as `Wed, 01 Jan 2020 00:00:00 GMT`: English names,
    /// two-digit day, always 29 bytes. Independent of any locale; nothing is allocated.
    pub fn http_date(self) -> HttpDate {
        use std::io::Write;
        let mut text = [0; 29];
        let moment = SystemTime::UNIX_EPOCH + Duration::from_secs(self.0.unsigned_abs());
        let written = write!(&mut text[..], "{}", httpdate::HttpDate::from(moment));
        debug_assert!(written.is_ok(), "every moment of 1970…9999 has a 29-byte date");
        HttpDate(text)
    }

    /// Reads an IMF-fixdate, exactly as [`Timestamp::http_date`] writes it; the two obsolete forms of RFC 9110 and
    /// unpadded spellings are not dates here.
    pub fn from_http_date(text: &str) -> Option<Self> {
        let moment = httpdate::parse_http_date(text).ok()?;
        let seconds = moment.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
        let date = Self::from_unix(i64::try_from(seconds).ok()?);
        (*date.http_date() == *text).then_some(date)
    }
}

/// The text of an HTTP date; dereferences to `str`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HttpDate([u8; 29]);

impl Deref for HttpDate {
    type Target = str;
    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_imf_fixdates() {
        // The formatter vector of vws-auth-tools: the fraction dropped, the day zero-padded.
        assert_eq!(&*Timestamp::from_unix(1_423_148_112).http_date(), "Thu, 05 Feb 2015 14:55:12 GMT");
        assert_eq!(&*Timestamp::from_unix(i64::MIN).http_date(), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(&*Timestamp::from_unix(i64::MAX).http_date(), "Fri, 31 Dec 9999 23:59:59 GMT");
    }

    #[test]
    fn moments_that_are_given_lie_between_1970_and_9999() {
        assert_eq!(Timestamp::of_seconds(0), Ok(Timestamp::from_unix(0)));
        assert_eq!(Timestamp::of_seconds(LAST).map(Timestamp::unix), Ok(LAST));
        assert!(Timestamp::of_seconds(LAST + 1).unwrap_err().contains("milliseconds"));
        assert!(Timestamp::of_seconds(-1).unwrap_err().contains("before 1970"));
    }

    #[test]
    fn only_exact_imf_fixdates_are_read() {
        let read = Timestamp::from_http_date;
        assert_eq!(read("Mon, 23 Apr 2012 12:45:19 GMT"), Some(Timestamp::from_unix(1_335_185_119)));
        for bad in [
            "",
            "Mon, 23 Apr 2012 12:45:19 +0000",
            "Wed, 1 Jan 2020 0:0:0 GMT",
            "Tue, 23 Apr 2012 12:45:19 GMT",
            "Monday, 23-Apr-12 12:45:19 GMT",
            "Mon Apr 23 12:45:19 2012",
            " Mon, 23 Apr 2012 12:45:19 GMT",
            "Mon, 31 Apr 2012 12:45:19 GMT",
            "2012-04-23T12:45:19Z",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
