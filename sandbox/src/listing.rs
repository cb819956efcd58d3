//! A long answer that is written while it is read: it shares what it lists, so that nothing is copied as a whole.

use crate::remembered::Record;
use crate::store::Object;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use serde_json::Value;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// About how much is written at a time.
const FRAME: usize = 64 * 1024;

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Record(Arc<Record>),
    Value(Arc<Value>),
    Object(Arc<Object>),
}

impl Piece {
    fn write(&self, to: &mut impl io::Write) {
        // A vector and a counter take everything, and JSON values can always be written.
        let _ = match self {
            Self::Text(text) => to.write_all(text.as_bytes()),
            Self::Record(record) => serde_json::to_writer(to, &record.to_json()).map_err(Into::into),
            Self::Value(value) => serde_json::to_writer(to, &**value).map_err(Into::into),
            Self::Object(object) => serde_json::to_writer(to, &**object).map_err(Into::into),
        };
    }
}

/// Counts what would be written.
struct Counter(u64);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// JSON in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pieces: VecDeque<Piece>,
    /// How many bytes are still to come.
    left: u64,
}

impl Listing {
    fn add(&mut self, piece: Piece) {
        self.pieces.push_back(piece);
    }

    /// Counts how long it is, which takes a while.
    pub(crate) fn measured(mut self) -> Self {
        let mut counter = Counter(0);
        self.pieces.iter().for_each(|piece| piece.write(&mut counter));
        self.left = counter.0;
        self
    }

    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.add(Piece::Text(text.into()));
    }

    fn list(&mut self, pieces: impl Iterator<Item = Piece>) {
        self.text("[");
        for (at, piece) in pieces.enumerate() {
            if at > 0 {
                self.text(",");
            }
            self.add(piece);
        }
        self.text("]");
    }

    pub(crate) fn values(&mut self, values: impl IntoIterator<Item = Arc<Value>>) {
        self.list(values.into_iter().map(Piece::Value));
    }

    pub(crate) fn objects(&mut self, objects: impl IntoIterator<Item = Arc<Object>>) {
        self.list(objects.into_iter().map(Piece::Object));
    }

    pub(crate) fn records(&mut self, records: impl IntoIterator<Item = Arc<Record>>) {
        self.list(records.into_iter().map(Piece::Record));
    }

    /// All of it, for those in the same process.
    pub(crate) fn to_json(&self) -> Value {
        let mut all = Vec::new();
        self.pieces.iter().for_each(|piece| piece.write(&mut all));
        serde_json::from_slice(&all).unwrap_or_default()
    }
}

impl Body for Listing {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut bytes = Vec::new();
        while bytes.len() < FRAME
            && let Some(piece) = self.pieces.pop_front()
        {
            piece.write(&mut bytes);
        }
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
