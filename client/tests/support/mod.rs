//! Small servers on loopback that do exactly what a test asks, and requests with a canary in every secret place.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod certificates;

use countersign::transport::{Failure, Http, Limits, Transport};
use countersign::{Header, Options, Request};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Stands in every place that holds a secret, and may be seen in no message.
pub const CANARY: &str = "canary-7c41e0";

/// What a busy machine may add to a time limit. A limit that does not hold is missed by much more.
pub const SLACK: Duration = Duration::from_secs(3);

/// A server that hands each connection, with its number from 0, to `handle` on a thread of its own.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(handle: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (handle, count) = (Arc::new(handle), Arc::clone(&connections));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (handle, number) = (Arc::clone(&handle), count.fetch_add(1, Ordering::SeqCst));
                // No server outlives its test by much.
                stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
                thread::spawn(move || handle(stream, number));
            }
        });
        Self { address, connections }
    }

    /// Answers every request with these bytes and keeps the connection.
    pub fn replying(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |mut stream, _| {
            while !read_request(&mut stream).is_empty() {
                if stream.write_all(&reply).is_err() {
                    return;
                }
            }
        })
    }

    /// Answers one request with these bytes and closes.
    pub fn replying_once(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(&reply);
        })
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// A place where server threads leave bytes for the test.
#[derive(Clone, Default)]
pub struct Record(Arc<Mutex<Vec<u8>>>);

impl Record {
    pub fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend_from_slice(bytes);
    }

    pub fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// One request with its body, by Content-Length; empty at the end of the connection.
pub fn read_request(stream: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => bytes.push(byte[0]),
            _ => return Vec::new(),
        }
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1).map_or(0, |rest| rest.lines().next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    if stream.read_exact(&mut body).is_err() {
        return Vec::new();
    }
    bytes.extend(body);
    bytes
}

/// Swallows what comes until the peer closes.
pub fn drain(mut stream: TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer), Ok(n) if n > 0) {}
}

pub fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn header(name: &'static str, value: &str, sensitive: bool) -> Header {
    Header { name, value: value.to_owned(), sensitive }
}

pub fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Request {
    Request {
        method: "POST".to_owned(),
        url: url.into(),
        headers: vec![
            header("Authorization", &format!("SOA key:{CANARY}"), true),
            header("Date", "Wed, 01 Jan 2020 00:00:00 GMT", false),
            header("Content-Type", "application/json", false),
            header("Accept", "application/json", false),
            header("User-Agent", "countersign/test", false),
            header("TransactionOwnerId", CANARY, true),
        ],
        body: body.into(),
    }
}

pub fn order(url: impl Into<String>) -> Request {
    post(url, format!("{{\"name\":\"{CANARY}\"}}"))
}

pub fn http() -> Http {
    Http::new(&Options::new()).unwrap()
}

pub fn limits(timeout: u64, connect: u64) -> Limits {
    Limits { timeout: Duration::from_millis(timeout), connect: Duration::from_millis(connect), ..Limits::default() }
}

/// Limits that no test on loopback reaches.
pub fn patient() -> Limits {
    limits(15_000, 15_000)
}

/// Sends what must fail, looks for the canary, and keeps the time.
pub fn fail(http: &Http, request: &Request, limits: &Limits) -> Failure {
    let begun = Instant::now();
    let failure = match http.send(request, limits) {
        Ok(reply) => panic!("{} answered: {reply:?}", request.url),
        Err(failure) => failure,
    };
    let took = begun.elapsed();
    assert!(took < limits.timeout + SLACK, "took {took:?}: {failure}");
    for text in [failure.to_string(), format!("{failure:?}"), format!("{http:?}"), format!("{request:?}")] {
        assert!(!text.contains(CANARY), "{text}");
    }
    assert!(failure.message.ends_with('.'), "{failure}");
    failure
}
