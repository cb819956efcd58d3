//! `Problems`: what is wrong with an input, gathered while it is read: each by its path, and no more than a person can read.

use crate::error::{Error, ErrorKind, MOST_PROBLEMS, Problem};

/// The longest part of an input that a message quotes, in bytes.
pub(crate) const QUOTED: usize = 80;

/// Problems found so far: the first of them, and how many there are besides.
#[derive(Default)]
pub(crate) struct Problems {
    pub(crate) list: Vec<Problem>,
    more: usize,
}

/// Where a problem is; written only where it is listed.
pub(crate) trait Place {
    fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R;
}

impl Place for &str {
    fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R {
        use_it(self)
    }
}

impl Place for &String {
    fn with<R>(self, use_it: impl FnOnce(&str) -> R) -> R {
        use_it(self)
    }
}

impl Problems {
    pub(crate) fn add(&mut self, place: impl Place, code: &'static str, message: impl Into<String>) {
        if self.is_full() {
            self.more += 1;
        } else {
            place.with(|path| self.list.push(Problem::new(path, code, message)));
        }
    }

    /// Counts one that there is no room to list; false where there is room.
    pub(crate) fn only_counted(&mut self) -> bool {
        self.more += usize::from(self.is_full());
        self.is_full()
    }

    fn is_full(&self) -> bool {
        self.list.len() >= MOST_PROBLEMS
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Nothing, or all the problems as one error.
    pub(crate) fn into_result(mut self, what: &str, kind: ErrorKind) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        if self.more > 0 {
            self.list.push(Problem::more(self.more));
        }
        Err(Error::of_problems(kind, what, self.list))
    }
}
