//! `Pages`: the items of a feed, read page by page.

use super::Client;
use super::document::Document;
use countersign_core::Error;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An iterator over the items of a feed. It reads a page when the items at hand are used up; after an error it ends.
///
/// An item is `None` where the platform shows none. Items that are added or removed while it is used may be passed over
/// or come twice: the platform counts from the beginning for each page. One that shows a page again ends it with an error.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    document: &'static Document,
    input: Value,
    /// Where the next page begins; `None` after the last.
    next: Option<u64>,
    total: Option<u64>,
    items: std::vec::IntoIter<Option<T>>,
}

/// One page as the core answers it.
#[derive(Deserialize)]
struct Page<T> {
    items: Vec<Option<T>>,
    total: Option<u64>,
    next: Option<u64>,
    mark: Option<String>,
}

impl<T> Pages<T> {
    pub(super) fn new(client: Client, document: &'static Document, input: Value) -> Self {
        Self { client, document, input, next: Some(0), total: None, items: Vec::new().into_iter() }
    }

    /// With pages of so many items, at least 1.
    #[must_use]
    pub fn page_size(mut self, items: u32) -> Self {
        if self.document.is_paged() {
            self.input["limit"] = items.into();
        }
        self
    }

    /// How many items there are in all, if the platform said so with the last page read.
    pub fn total(&self) -> Option<u64> {
        self.total
    }
}

impl<T: DeserializeOwned> Iterator for Pages<T> {
    type Item = Result<Option<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.next() {
                return Some(Ok(item));
            }
            let offset = self.next.take()?;
            if self.document.is_paged() {
                self.input["offset"] = offset.into();
            }
            match self.client.answer::<Page<T>>(self.document, self.input.clone()) {
                Ok(page) => {
                    if let Some(mark) = page.mark {
                        self.input["mark"] = mark.into();
                    }
                    (self.next, self.total) = (page.next, page.total);
                    self.items = page.items.into_iter();
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
