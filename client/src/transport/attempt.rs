//! What is known about the attempt under way on this thread: its deadlines, how far it got, whether a byte left.
//!
//! A thread-local is enough. ureq connects, writes and reads on the thread that calls it: the only thread it ever starts
//! is for a name look-up with a time limit, in the resolver that [`wire`](super::wire) replaces. Our own look-up runs on a
//! thread too, and touches nothing here.

use super::Limits;
use crate::Deadline;
use countersign_core::options::LONGEST;
use std::cell::Cell;
use std::time::{Duration, Instant};

/// How far an attempt got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Nothing yet, or a pooled connection was found.
    Begun,
    LookUp,
    Connect,
    Tls,
    /// The request was handed down.
    Request,
}

/// How the server ended the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Closed,
    Broken,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) stage: Stage,
    /// The stage is that of a connection to the proxy, not through it.
    pub(super) at_proxy: bool,
    /// A connection was made for this attempt; otherwise one was reused.
    pub(super) dialled: bool,
    /// The kernel took a byte of the request.
    pub(super) written: bool,
    /// The connection ended while a reply was awaited.
    pub(super) end: Option<End>,
    connect_by: Instant,
    finish_by: Instant,
    deadline: Option<Deadline>,
}

thread_local! {
    /// Since when reads take what is there, and wait for nothing else.
    static LISTENING: Cell<Option<Instant>> = const { Cell::new(None) };
    static CURRENT: Cell<Option<Attempt>> = const { Cell::new(None) };
}

impl Attempt {
    pub(super) fn new(limits: &Limits) -> Self {
        let now = Instant::now();
        // An hour more than the longest timeout that the options allow; an overflow here would be a panic.
        let by = |limit: Duration| now + limit.min(LONGEST + Duration::from_secs(3600));
        Self {
            stage: Stage::Begun,
            at_proxy: false,
            dialled: false,
            written: false,
            end: None,
            connect_by: by(limits.connect),
            finish_by: by(limits.timeout),
            deadline: limits.deadline,
        }
    }

    /// A further attempt within the same time.
    pub(super) fn again(self) -> Self {
        Self { stage: Stage::Begun, at_proxy: false, dialled: false, written: false, end: None, ..self }
    }

    /// Runs `work` as this attempt; what became of the attempt comes back with the result.
    pub(super) fn run<T>(self, work: impl FnOnce() -> T) -> (T, Self) {
        CURRENT.set(Some(self));
        let result = work();
        (result, CURRENT.take().unwrap_or(self))
    }
}

/// Notes something about the attempt under way.
pub(super) fn note(change: impl FnOnce(&mut Attempt)) {
    if let Some(mut attempt) = CURRENT.get() {
        change(&mut attempt);
        CURRENT.set(Some(attempt));
    }
}

/// Lets every read within take what is there, and wait for nothing else.
pub(super) fn listening<T>(read: impl FnOnce() -> T) -> T {
    LISTENING.set(Some(Instant::now()));
    let result = read();
    LISTENING.set(None);
    result
}

/// How long that has been going on, if it is.
pub(super) fn listened() -> Option<Duration> {
    LISTENING.get().map(|since| since.elapsed())
}

pub(super) fn is_dialled() -> bool {
    CURRENT.get().is_some_and(|attempt| attempt.dialled)
}

pub(super) fn at_proxy() -> bool {
    CURRENT.get().is_some_and(|attempt| attempt.at_proxy)
}

/// The time left for what is being done; an error when there is none. Before a first byte leaves, the deadline counts too.
pub(super) fn time_left() -> Result<Duration, ureq::Error> {
    let left = CURRENT.get().map(|attempt| {
        let by = match attempt.stage {
            Stage::Request => attempt.finish_by,
            _ => attempt.connect_by.min(attempt.finish_by),
        };
        let left = by.saturating_duration_since(Instant::now());
        match attempt.deadline {
            Some(deadline) if !attempt.written => left.min(deadline.left()),
            _ => left,
        }
    });
    match left {
        Some(left) if !left.is_zero() => Ok(left),
        _ => Err(ureq::Error::Timeout(ureq::Timeout::Global)),
    }
}
