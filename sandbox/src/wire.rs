//! The TCP side: a stream that can cut a request or a reply at an exact byte, or let a reply drip.
//!
//! The HTTP library sits on top of [`Wire`] and knows nothing of this. At the start of each request the stream holds
//! back the first bytes until the request line tells whether a fault cuts this request; a handler sets, before it
//! answers, how much of the reply may leave.

use crate::customiser;
use crate::faults::{Assigned, Fault, Kind};
use crate::page;
use crate::platform::Platform;
use crate::received::Received;
use crate::remembered::Record;
use crate::state::Shared;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// A request that is being cut.
struct Cut {
    fault: Fault,
    /// Where the first line says it goes.
    method: String,
    path: String,
    /// How many of its bytes are swallowed before the connection closes.
    after: usize,
    seen: Vec<u8>,
}

#[derive(Default)]
struct Plan {
    /// Bytes of the current request so far, while its request line is not complete.
    first: Option<Vec<u8>>,
    /// What the request line settled, for the handler to pick up.
    assigned: Option<Assigned>,
    cut: Option<Cut>,
    /// How many bytes of the reply may still leave.
    reply_left: Option<usize>,
    drip: Option<Duration>,
}

/// The handler's handle on its connection.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Mutex<Plan>>);

impl Connection {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Plan { first: Some(Vec::new()), ..Plan::default() })))
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request: what its first line settled. Nothing of an earlier reply's plan remains.
    pub(crate) fn begin(&self) -> Option<Assigned> {
        let mut plan = self.plan();
        plan.reply_left = None;
        plan.drip = None;
        plan.assigned.take()
    }

    /// Lets only the first bytes of the coming reply leave, then closes. With 0, nothing is answered.
    pub(crate) fn cut_reply_after(&self, bytes: u64) {
        self.plan().reply_left = Some(usize::try_from(bytes).unwrap_or(usize::MAX));
    }

    /// Lets the coming reply leave byte by byte.
    pub(crate) fn drip(&self, pause: Duration) {
        self.plan().drip = Some(pause);
    }

    /// Says that the request is read and its reply about to leave: what arrives next is a new request.
    pub(crate) fn answered(&self) {
        self.plan().first = Some(Vec::new());
    }
}

/// Accepts a connection for one platform.
pub(crate) async fn accept(listener: &TcpListener, platform: Platform, shared: &Arc<Shared>) -> Wire {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Cut and dripping replies should leave at once.
                let _ = stream.set_nodelay(true);
                let (connection, shared) = (Connection::new(), Arc::clone(shared));
                return Wire { stream, connection, platform, shared, ready: Vec::new(), pause: None, stalled: None };
            }
            // Out of file descriptors, or the client left already: wait a moment and go on.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// One connection.
pub(crate) struct Wire {
    stream: TcpStream,
    connection: Connection,
    platform: Platform,
    shared: Arc<Shared>,
    /// Bytes held back and now free to be read.
    ready: Vec<u8>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Ends the connection when the client has read nothing of its reply for long.
    stalled: Option<Pin<Box<Sleep>>>,
}

/// What the first bytes of a request tell.
enum Line<'a> {
    Incomplete,
    /// The sandbox's own pages and control, or something that is not HTTP: never cut.
    Exempt,
    Of {
        method: &'a str,
        path: &'a str,
    },
}

fn read_line(bytes: &[u8]) -> Line<'_> {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let line = &bytes[..end.unwrap_or(bytes.len())];
    // A request line longer than this is not ours.
    let whole = end.is_some() || line.len() > 8192;
    let mut words = line.splitn(3, |byte| *byte == b' ');
    let (Some(method), Some(target), rest) = (words.next(), words.next(), words.next()) else {
        return if whole { Line::Exempt } else { Line::Incomplete };
    };
    if target.starts_with(b"/_/") {
        return Line::Exempt;
    }
    if rest.is_none() && !whole {
        return Line::Incomplete;
    }
    let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
    match (std::str::from_utf8(method), std::str::from_utf8(path)) {
        (_, Ok(path)) if page::is_own(path) || customiser::is_own(path) => Line::Exempt,
        (Ok(method), Ok(path)) => Line::Of { method, path },
        _ => Line::Exempt,
    }
}

impl Wire {
    pub(crate) fn connection(&self) -> Connection {
        self.connection.clone()
    }

    fn closed(why: &str) -> io::Error {
        io::Error::new(io::ErrorKind::ConnectionAborted, why)
    }

    /// Reads more of the request; `Ok(None)` at its end of stream.
    fn poll_bytes(&mut self, context: &mut Context<'_>, most: usize) -> Poll<io::Result<Option<Vec<u8>>>> {
        let mut space = vec![0; most.min(4096)];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        let bytes = buffer.filled().to_vec();
        Poll::Ready(Ok((!bytes.is_empty()).then_some(bytes)))
    }

    /// Writes down a request that was cut before anything could read it.
    fn record_cut(&self, cut: Cut) {
        let Cut { fault, method, path, after, seen } = cut;
        let body = seen[..seen.len().min(after)].to_vec();
        let received = Received { method, path, query: None, headers: Vec::new(), body };
        let mut log = self.shared.log();
        let mut record = Record::new(log.request_id(), self.platform, &received);
        record.accepted = Some(false);
        record.why = Some(format!("The connection was closed at byte {after} of the request, on demand."));
        record.fault = Some(fault.to_json());
        log.record(record);
    }

    /// Looks at the first bytes of a request. `true`: some are free to be read, or the request is being cut; `false`:
    /// the stream ended.
    fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            let bytes = ready!(self.poll_bytes(context, 4096))?;
            let mut plan = self.connection.plan();
            let mut first = plan.first.take().unwrap_or_default();
            let Some(bytes) = bytes else {
                let any = !first.is_empty();
                self.ready = first;
                return Poll::Ready(Ok(any));
            };
            first.extend_from_slice(&bytes);
            let mut faults = self.shared.faults();
            let line = if faults.is_empty() { Line::Exempt } else { read_line(&first) };
            let (method, path) = match line {
                Line::Incomplete => {
                    plan.first = Some(first);
                    continue;
                }
                Line::Exempt => {
                    self.ready = first;
                    return Poll::Ready(Ok(true));
                }
                Line::Of { method, path } => (method.to_owned(), path.to_owned()),
            };
            match faults.on_line(self.platform, &method, &path) {
                Some(Assigned::Fault(fault)) if fault.kind == Kind::CutRequest => {
                    let after = usize::try_from(fault.amount("bytes")).unwrap_or(usize::MAX);
                    plan.cut = Some(Cut { fault, method, path, after, seen: first });
                }
                settled => {
                    plan.assigned = settled;
                    self.ready = first;
                }
            }
            return Poll::Ready(Ok(true));
        }
    }

    /// Swallows a request up to the byte where it is cut.
    fn poll_cut(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            let Some(mut cut) = self.connection.plan().cut.take() else {
                return Poll::Ready(Self::closed("the request was cut on demand"));
            };
            let left = cut.after.saturating_sub(cut.seen.len());
            let bytes = if left == 0 { Poll::Ready(Ok(None)) } else { self.poll_bytes(context, left) };
            match bytes {
                Poll::Pending => {
                    self.connection.plan().cut = Some(cut);
                    return Poll::Pending;
                }
                Poll::Ready(Ok(Some(bytes))) => {
                    cut.seen.extend_from_slice(&bytes);
                    self.connection.plan().cut = Some(cut);
                }
                // Enough, or the client was faster.
                Poll::Ready(Ok(None) | Err(_)) => self.record_cut(cut),
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if !self.ready.is_empty() {
                let count = self.ready.len().min(buffer.remaining());
                buffer.put_slice(&self.ready[..count]);
                self.ready.drain(..count);
                return Poll::Ready(Ok(()));
            }
            let (first, cut) = {
                let plan = self.connection.plan();
                (plan.first.is_some(), plan.cut.is_some())
            };
            if cut {
                return self.poll_cut(context).map(Err);
            }
            if !first {
                return Pin::new(&mut self.stream).poll_read(context, buffer);
            }
            if !ready!(self.poll_first(context))? {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let (left, drip) = {
            let plan = self.connection.plan();
            (plan.reply_left, plan.drip)
        };
        let mut most = left.unwrap_or(usize::MAX);
        if most == 0 {
            return Poll::Ready(Err(Self::closed("the reply was cut on demand")));
        }
        if let Some(drip) = drip {
            let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(drip)));
            ready!(pause.as_mut().poll(context));
            self.pause = None;
            most = 1;
        }
        let written = match Pin::new(&mut self.stream).poll_write(context, &bytes[..bytes.len().min(most)]) {
            Poll::Ready(written) => written?,
            Poll::Pending => {
                let limit = self.shared.options.request_timeout;
                let stalled = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
                ready!(stalled.as_mut().poll(context));
                return Poll::Ready(Err(Self::closed("the reply is not read")));
            }
        };
        self.stalled = None;
        if let Some(left) = &mut self.connection.plan().reply_left {
            *left -= written;
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.plan().reply_left == Some(0) {
            return Poll::Ready(Err(Self::closed("the reply was cut on demand")));
        }
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
