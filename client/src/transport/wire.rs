//! Connections for ureq, with two things that its own lack: limits that hold to the millisecond whatever the peer does,
//! and the certain knowledge whether a byte of the request left.
//!
//! The chain is: proxy (CONNECT) - TCP - TLS - witness. The witness, outermost, sees the request before TLS does and
//! notes that the request begins; TCP, innermost, notes the first byte that the kernel takes after that. The witness also
//! keeps the head back until the body is there: one write, one packet, one TLS record.

use super::attempt::{self, End, Stage};
use super::look_up::{self, LookUps, Trouble};
use super::veil;
use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, RustlsConnector,
    Transport,
};
use zeroize::{Zeroize, Zeroizing};

/// The longest header section of a reply. It must fit [`INPUT`].
pub(super) const HEADER_LIMIT: usize = 64 * 1024;
pub(super) const INPUT: usize = HEADER_LIMIT + 8 * 1024;
pub(super) const OUTPUT: usize = 32 * 1024;

/// Both buffers of a TCP connection below TLS: one record at a time.
const RECORD: usize = 17 * 1024;

/// While other addresses are left, one that does not answer is given up after this time, or half of what is left.
const PATIENCE: Duration = Duration::from_secs(3);

/// With less time than this left, a socket's limit is the deadline itself.
const LAST: Duration = Duration::from_millis(20);

/// How long a new connection is listened to before the request: a server that speaks first is none of HTTP's, and what it
/// says is no answer. Across a network its first word is there when the connection is, or comes too late to be told from an
/// answer; on loopback it needs a moment.
const FIRST_WORD: Duration = Duration::from_millis(5);

pub(super) fn connector() -> impl Connector {
    ().chain(ThroughProxy(ConnectProxyConnector::default()))
        .chain(Dial(LookUps::new()))
        .chain(Tls(RustlsConnector::default()))
        .chain(Witness)
}

/// Leaves the look-up to [`Dial`], which knows whether a connection is needed at all: ureq asks its resolver before it
/// looks for a pooled connection.
#[derive(Debug)]
pub(super) struct Later;

impl Resolver for Later {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// ureq's CONNECT, with a note that what happens inside happens at the proxy. Inside, ureq runs this whole chain once
/// more for the connection to the proxy itself.
#[derive(Debug)]
struct ThroughProxy(ConnectProxyConnector);

impl<In: Transport> Connector<In> for ThroughProxy {
    type Out = <ConnectProxyConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if details.config.proxy().is_none() {
            return self.0.connect(details, chained);
        }
        attempt::note(|attempt| attempt.at_proxy = true);
        let tunnel = self.0.connect(details, chained)?;
        attempt::note(|attempt| attempt.at_proxy = false);
        Ok(tunnel)
    }
}

/// Opens TCP connections. It keeps the look-ups of a forked child.
struct Dial(LookUps);

impl std::fmt::Debug for Dial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dial")
    }
}

impl<In: Transport> Connector<In> for Dial {
    type Out = Either<In, Tcp>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(tunnel) = chained {
            return Ok(Some(Either::A(tunnel)));
        }
        attempt::note(|attempt| {
            attempt.stage = Stage::LookUp;
            attempt.dialled = true;
        });
        let addresses = look_up(details.uri, &self.0)?;
        attempt::note(|attempt| attempt.stage = Stage::Connect);
        let stream = dial(&addresses)?;
        stream.set_nodelay(true)?;
        let (input, output) = if details.needs_tls() { (RECORD, RECORD) } else { (INPUT, OUTPUT) };
        let buffers = LazyBuffers::new(input, output);
        let local = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        let (reading, writing) = (Duration::ZERO, Duration::ZERO);
        Ok(Some(Either::B(Tcp { stream, buffers, waits: true, reading, writing, local })))
    }
}

fn look_up(uri: &Uri, own: &LookUps) -> Result<Vec<SocketAddr>, Error> {
    let host = uri.host().unwrap_or_default();
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    match LookUps::of_this_process(own).find(host, attempt::time_left()?, look_up::by_system) {
        Ok(mut found) => {
            found.iter_mut().for_each(|address| address.set_port(port));
            Some(alternate(found)).filter(|found| !found.is_empty()).ok_or(Error::HostNotFound)
        }
        Err(Trouble::TooSlow) => Err(Error::Timeout(ureq::Timeout::Resolve)),
        Err(Trouble::Failed(error)) => Err(Error::Io(error)),
    }
}

/// The families in turn, beginning with that of the first address: one dead family must not use up the time.
fn alternate(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (Vec<_>, Vec<_>) =
        addresses.into_iter().rev().partition(|address| address.is_ipv6() == first_is_v6);
    let mut turns = Vec::with_capacity(one.len() + other.len());
    while !(one.is_empty() && other.is_empty()) {
        turns.extend(one.pop());
        turns.extend(other.pop());
    }
    turns
}

fn dial(addresses: &[SocketAddr]) -> Result<TcpStream, Error> {
    let mut last = Error::HostNotFound;
    for (i, address) in addresses.iter().enumerate() {
        let left = attempt::time_left()?;
        let is_last = i + 1 == addresses.len();
        match TcpStream::connect_timeout(address, if is_last { left } else { PATIENCE.min(left / 2) }) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => last = Error::Timeout(ureq::Timeout::Connect),
            Err(error) => last = Error::Io(error),
        }
    }
    Err(last)
}

/// ureq's TLS, with a note.
#[derive(Debug)]
struct Tls(RustlsConnector);

impl<In: Transport> Connector<In> for Tls {
    type Out = <RustlsConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        attempt::note(|attempt| attempt.stage = Stage::Tls);
        self.0.connect(details, chained)
    }
}

/// A TCP connection whose every read and write ends at the attempt's deadline. ureq's own restarts its limit with every
/// part of a write that the peer accepts.
#[derive(Debug)]
struct Tcp {
    stream: TcpStream,
    buffers: LazyBuffers,
    /// Whether the socket waits now, and its limits when it does.
    waits: bool,
    reading: Duration,
    writing: Duration,
    /// The peer is on this machine.
    local: bool,
}

impl Tcp {
    /// Lets the socket wait, or not. It stays so until the other is needed: looking whether a connection is open and whether
    /// something came before the request follow on each other, and each change is a system call.
    fn wait(&mut self, waits: bool) -> io::Result<()> {
        if self.waits != waits {
            self.stream.set_nonblocking(!waits)?;
            self.waits = waits;
        }
        Ok(())
    }

    /// What is there to be read now, without waiting longer than for a first word.
    fn read_at_once(&mut self, listened: Duration) -> Result<bool, Error> {
        let patience = FIRST_WORD.saturating_sub(listened);
        let patient = self.local && attempt::is_dialled() && !patience.is_zero();
        self.wait(patient)?;
        if patient {
            self.reading = patience;
            self.stream.set_read_timeout(Some(patience))?;
        }
        let n = match (&self.stream).read(self.buffers.input_append_buf()) {
            // Windows has its own name for the limit.
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::TimedOut => {
                return Err(Error::Io(io::ErrorKind::WouldBlock.into()));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                return Err(Error::Io(io::ErrorKind::WouldBlock.into()));
            }
            read => read?,
        };
        self.buffers.input_appended(n);
        Ok(n > 0)
    }
}

/// Repeats one system call until it does something, fails, or time is up.
fn until_deadline(
    stream: &TcpStream,
    limit: &mut Duration,
    set: fn(&TcpStream, Option<Duration>) -> io::Result<()>,
    mut call: impl FnMut() -> io::Result<usize>,
) -> Result<usize, Error> {
    loop {
        let left = attempt::time_left()?;
        // A limit that strikes early is only another turn of the loop, and saves setting it anew for every call.
        if *limit > left || *limit < left / 3 {
            *limit = if left > LAST { left / 2 } else { left };
            match set(stream, Some(*limit)) {
                // macOS refuses this when the peer has closed; the call itself then says what there is to know.
                Err(error) if cfg!(target_os = "macos") && error.kind() == io::ErrorKind::InvalidInput => {}
                result => result?,
            }
        }
        match call() {
            Ok(n) => return Ok(n),
            // A signal, or the limit just set; `time_left` tells which. Windows has its own name for the limit, which
            // elsewhere means that the network gave up.
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(error) if cfg!(windows) && error.kind() == io::ErrorKind::TimedOut => {}
            Err(error) => return Err(Error::Io(error)),
        }
    }
}

impl Transport for Tcp {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        self.wait(true)?;
        let (mut stream, mut rest) = (&self.stream, &self.buffers.output()[..amount]);
        while !rest.is_empty() {
            let write = || stream.write(rest);
            let n = until_deadline(&self.stream, &mut self.writing, TcpStream::set_write_timeout, write)?;
            // A write that fails has put nothing into the kernel's hands, so only a success counts.
            attempt::note(|attempt| attempt.written |= attempt.stage == Stage::Request);
            rest = rest.get(n..).filter(|_| n > 0).ok_or(Error::Io(io::ErrorKind::WriteZero.into()))?;
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        if let Some(listened) = attempt::listened() {
            return self.read_at_once(listened);
        }
        self.wait(true)?;
        let (mut stream, room) = (&self.stream, self.buffers.input_append_buf());
        if room.is_empty() {
            return Err(Error::Other("a line of the reply is too long".into()));
        }
        let read = || stream.read(room);
        let n = until_deadline(&self.stream, &mut self.reading, TcpStream::set_read_timeout, read)?;
        self.buffers.input_appended(n);
        Ok(n > 0)
    }

    /// Idle means open and silent: bytes that nobody asked for would be taken for the next reply.
    fn is_open(&mut self) -> bool {
        self.wait(false).is_ok()
            && matches!(self.stream.peek(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

/// Notes when the request begins and how the reply ends, and hands the true request down.
#[derive(Debug)]
struct Witness;

impl<In: Transport> Connector<In> for Witness {
    type Out = Witnessed<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        // What is said to a proxy, to reach the platform through it, is not the request.
        let silent = attempt::at_proxy();
        let head = Zeroizing::default();
        Ok(chained.map(|inner| Witnessed { inner, silent, begins: true, at_head: true, head }))
    }
}

#[derive(Debug)]
struct Witnessed<T> {
    inner: T,
    silent: bool,
    /// What is handed down next begins a request.
    begins: bool,
    /// What is read next is the head of a reply.
    at_head: bool,
    /// The beginning of the request, kept back.
    head: Zeroizing<Vec<u8>>,
}

impl<T: Transport> Witnessed<T> {
    /// Hands down what was kept back, and after it the first `amount` bytes of the output. What left is wiped: the buffer is
    /// ureq's, and outlives the call.
    fn hand_down(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if !self.head.is_empty() {
            self.listen(timeout)?;
        }
        let head = std::mem::take(&mut self.head);
        let output = self.inner.buffers().output();
        let whole = head.len() + amount;
        if whole <= output.len() {
            output.copy_within(..amount, head.len());
            output[..head.len()].copy_from_slice(&head);
            return self.transmit(whole, timeout);
        }
        let body = Zeroizing::new(output[..amount].to_vec());
        for part in [head, body] {
            self.inner.buffers().output()[..part.len()].copy_from_slice(&part);
            self.transmit(part.len(), timeout)?;
        }
        Ok(())
    }

    fn transmit(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let result = self.inner.transmit_output(amount, timeout);
        self.inner.buffers().output()[..amount].zeroize();
        result
    }

    /// Directly before the first byte of the request nothing may have come: it would be taken for the answer. Under TLS,
    /// tickets and the like are taken in on the way. An end or an error is told by the write that follows.
    fn listen(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        let spoke = !self.inner.buffers().input().is_empty()
            || matches!(attempt::listening(|| self.inner.await_input(timeout)), Ok(true));
        if spoke {
            return Err(Error::Io(io::Error::other("the server spoke first, which no HTTP server does")));
        }
        Ok(())
    }

    /// Before a reply is awaited, the request has to be away.
    fn let_go(&mut self, timeout: NextTimeout) -> Result<(), Error> {
        self.at_head |= !self.begins;
        self.begins = true;
        if self.head.is_empty() { Ok(()) } else { self.hand_down(0, timeout) }
    }

    /// Takes interim replies out of what was read (RFC 9110, 15.2: any number of them, with headers, before the reply).
    /// False while nothing of the reply itself is there.
    fn skip_interim(&mut self) -> bool {
        while self.at_head {
            let input = self.inner.buffers().input();
            match interim(input) {
                Interim::Whole(length) => self.inner.buffers().input_consume(length),
                Interim::Part => return false,
                Interim::None => self.at_head = false,
            }
        }
        true
    }
}

/// What the bytes read begin with.
#[derive(Debug, PartialEq)]
enum Interim {
    /// A whole interim reply of so many bytes.
    Whole(usize),
    /// Perhaps an interim reply, but more of it is due.
    Part,
    None,
}

/// 101 is no interim reply here: nobody asked to switch protocols.
fn interim(input: &[u8]) -> Interim {
    const PATTERN: &[u8; 12] = b"HTTP/1.x 1dd";
    let matches = input.iter().zip(PATTERN).all(|(byte, due)| match due {
        b'x' => matches!(byte, b'0' | b'1'),
        b'd' => byte.is_ascii_digit(),
        due => byte == due,
    });
    if !matches
        || input.len() > HEADER_LIMIT
        || input.get(9..12) == Some(b"101")
        || input.get(12).is_some_and(|byte| !b" \r\n".contains(byte))
    {
        return Interim::None;
    }
    // The head ends with an empty line; its lines end with LF, with or without CR (RFC 9112, 2.2).
    let mut start = 0;
    for (at, _) in input.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
        match input.get(start..at) {
            Some(b"" | b"\r") => return Interim::Whole(at + 1),
            _ => start = at + 1,
        }
    }
    Interim::Part
}

impl<T: Transport> Transport for Witnessed<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.silent {
            return self.inner.transmit_output(amount, timeout);
        }
        attempt::note(|attempt| attempt.stage = Stage::Request);
        let output = &mut self.inner.buffers().output()[..amount];
        veil::lift(output);
        if std::mem::take(&mut self.begins) {
            self.head = Zeroizing::new(output.to_vec());
            output.zeroize();
            return Ok(());
        }
        self.hand_down(amount, timeout)
    }

    fn maybe_await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.let_go(timeout)?;
        if self.buffers().can_use_input() { Ok(true) } else { self.await_input(timeout) }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.let_go(timeout)?;
        if self.silent {
            return self.inner.await_input(timeout);
        }
        loop {
            match self.inner.await_input(timeout) {
                Ok(true) if self.skip_interim() => return Ok(true),
                Ok(true) => {}
                Ok(false) => {
                    attempt::note(|attempt| attempt.end = Some(End::Closed));
                    return Ok(false);
                }
                Err(error) => {
                    attempt::note(|attempt| attempt.end = Some(End::Broken));
                    return Err(error);
                }
            }
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_refuses_is_followed_by_the_next() {
        let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let live = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let live = live.local_addr().map(|address| (live, address)).unwrap();
        let attempt = attempt::Attempt::new(&crate::transport::Limits::default());
        let (result, _) = attempt.run(|| dial(&[dead, live.1]));
        assert_eq!(result.unwrap().peer_addr().unwrap(), live.1);
        let (result, _) = attempt.run(|| dial(&[dead, dead]));
        assert!(matches!(result, Err(Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused));
        // Outside of an attempt there is no time for anything.
        assert!(matches!(dial(&[live.1]), Err(Error::Timeout(_))));
    }

    #[test]
    fn interim_replies_are_found() {
        for (input, due) in [
            ("HTTP/1.1 100 Continue\r\n\r\n", 25),
            ("HTTP/1.1 100 Continue\r\nDate: x\r\n\r\nHTTP/1.1 200 OK\r\n", 34),
            ("HTTP/1.1 103\nLink: x\n\nrest", 22),
            ("HTTP/1.0 199\r\n\r\n", 16),
        ] {
            assert_eq!(interim(input.as_bytes()), Interim::Whole(due), "{input}");
            for end in 1..due {
                assert_eq!(interim(&input.as_bytes()[..end]), Interim::Part, "{input} {end}");
            }
        }
        for none in
            ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 101 S\r\n\r\n", "HTTP/1.1 1000\r\n", "HTTP/2 100\r\n\r\n", "x"]
        {
            assert_eq!(interim(none.as_bytes()), Interim::None, "{none}");
        }
    }

    #[test]
    fn address_families_take_turns() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        let list = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"].map(address);
        let turns = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"].map(address);
        assert_eq!(alternate(list.to_vec()), turns);
        assert_eq!(alternate(list[3..].to_vec()), &list[3..]);
        assert_eq!(alternate(vec![]), []);
    }
}
