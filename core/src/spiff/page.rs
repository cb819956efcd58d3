//! `Mark`: what a page of a feed is recognised by, so that the page after it can be told to be another one.
//!
//! The core keeps nothing between two requests: a page answers its mark, and whoever asks for the next one hands it over.

use crate::walk;
use serde_json::value::RawValue;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What the pages before were: the first and the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    first: u64,
    last: u64,
    /// How often a page was seen again, in a row.
    again: u32,
}

impl Mark {
    /// Reads what [`Mark`] writes.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let mut number = || u64::from_str_radix(parts.next()?, 16).ok();
        let (first, last, again) = (number()?, number()?, number()?);
        parts.next().is_none().then_some(Self { first, last, again: u32::try_from(again).ok()? })
    }

    /// The mark of a page, or nothing for a page that was there before: a platform that does not pass over what it is told
    /// to pass over answers the same page for ever, one that counts round begins anew.
    pub(super) fn of(items: &[&RawValue], before: Option<Self>) -> Option<Self> {
        let mut ids: Vec<_> = items.iter().filter_map(|item| walk::text_of(item.get(), "id")).collect();
        ids.sort_unstable();
        let mut hasher = DefaultHasher::new();
        if ids.is_empty() {
            items.iter().for_each(|item| item.get().hash(&mut hasher));
        } else {
            ids.hash(&mut hasher);
        }
        let last = hasher.finish();
        let Some(before) = before.filter(|_| !items.is_empty()) else {
            return Some(Self { first: last, last, again: 0 });
        };
        // One thing that is added meanwhile brings a page of one again; and what has no id may all look the same.
        let most = match (ids.is_empty(), items.len()) {
            (true, _) => 100,
            (false, 1) => 1,
            (false, _) => 0,
        };
        let again = if last == before.last || last == before.first { before.again + 1 } else { 0 };
        (again <= most).then_some(Self { first: before.first, last, again })
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}.{:x}", self.first, self.last, self.again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many pages of a feed are read before it is told to make no progress.
    fn pages(page: impl Fn(usize) -> String) -> Option<usize> {
        let mut mark = None;
        (1..500).find(|nth| {
            let text = page(nth - 1);
            let items: Vec<&RawValue> = serde_json::from_str(&text).unwrap();
            let next = Mark::of(&items, mark);
            mark = next.map(|mark| Mark::read(&mark.to_string()).unwrap());
            next.is_none()
        })
    }

    #[test]
    fn pages_that_were_there_are_recognised() {
        let of = |ids: &[usize]| {
            let items: Vec<_> = ids.iter().map(|id| format!("{{\"n\":1,\"id\":\"{id}\"}}")).collect();
            format!("[{}]", items.join(","))
        };
        assert_eq!(pages(|nth| of(&[2 * nth, 2 * nth + 1])), None);
        assert_eq!(pages(|_| of(&[1, 2])), Some(2), "the same page");
        assert_eq!(pages(|nth| of(if nth % 2 == 0 { &[1, 2] } else { &[2, 1] })), Some(2), "in another order");
        assert_eq!(pages(|nth| of(&[nth % 4, 10])), Some(5), "counted round");
        assert_eq!(pages(|nth| of(&[nth.min(5), 10])), Some(7), "the last page for ever");
        // What was added meanwhile brings one thing again, once.
        assert_eq!(pages(|nth| of(&[if nth > 3 { nth - 1 } else { nth }])), None);
        assert_eq!(pages(|_| of(&[1])), Some(3));
        // Things without an id may look the same; but not for ever.
        assert_eq!(pages(|_| "[null,null]".to_owned()), Some(102));
        assert_eq!(pages(|_| "[{\"name\":\"a\"}]".to_owned()), Some(102));
        assert_eq!(pages(|nth| format!("[{{\"name\":\"{nth}\"}}]")), None);
    }

    #[test]
    fn only_marks_are_read() {
        for wrong in ["", "1.2", "1.2.3.4", "x.1.1", "1..1", "1.1.100000000", "10000000000000000.1.1"] {
            assert_eq!(Mark::read(wrong), None, "{wrong}");
        }
    }
}
