//! A minimal HTTP client over a TCP stream.

use countersign_core::signature::Parts;
use countersign_core::{BodyDigest, Scheme, Signer};
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No test waits longer than this for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const DATE: &str = "Mon, 23 Apr 2012 12:45:19 GMT";

/// What came back, byte by byte.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

pub(crate) fn connect(base: &str) -> TcpStream {
    let stream = TcpStream::connect(base.strip_prefix("http://").expect("plain HTTP")).expect("the sandbox listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    stream
}

/// The bytes of a request.
pub(crate) fn message(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    let mut message = head.into_bytes();
    message.extend_from_slice(body);
    message
}

/// Everything that can be read, and whether the connection ended in order.
pub(crate) fn drain(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let mut space = [0; 65536];
    loop {
        match stream.read(&mut space) {
            Ok(0) => return all,
            Ok(count) => all.extend_from_slice(&space[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return all,
            Err(error) => panic!("reading: {error}"),
        }
    }
}

/// Sends a request and reads until the other side closes.
pub(crate) fn raw(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut stream = connect(base);
    // A sandbox that cuts the request may refuse the rest of it.
    let _ = stream.write_all(&message(method, path, headers, body));
    drain(&mut stream)
}

pub(crate) fn parse(bytes: &[u8]) -> Option<Reply> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let reply = Reply { status, headers, body: bytes[end + 4..].to_vec() };
    if let Some(length) = reply.header("content-length") {
        assert_eq!(length.parse(), Ok(reply.body.len()), "the length that was promised");
    }
    Some(reply)
}

pub(crate) fn call(base: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let bytes = raw(base, method, path, headers, body);
    parse(&bytes).unwrap_or_else(|| panic!("no reply to {method} {path}: {:?}", String::from_utf8_lossy(&bytes)))
}

pub(crate) const APPLICATION: (&str, &str) = ("X-Application-Key", "test_application_key");
pub(crate) const BEARER: (&str, &str) = ("Authorization", "Bearer test_api_token");
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");
pub(crate) const ACCEPT: (&str, &str) = ("Accept", "application/json");

/// A GraphQL request with the application key; its whole answer.
pub(crate) fn graphql(base: &str, query: &str, variables: Value) -> Value {
    let body = serde_json::json!({ "query": query, "variables": variables }).to_string();
    let reply = call(base, "POST", "/graphql", &[APPLICATION, JSON], body.as_bytes());
    assert_eq!(reply.status, 200);
    reply.json()
}

/// The value of Authorization for a POST with JSON.
pub(crate) fn sign(scheme: Scheme, path: &str, date: &str, body: &[u8]) -> String {
    let signer = Signer::new("test_access_key", "test_secret_key", scheme).expect("a signer");
    let parts = Parts { method: "POST", path, content_type: "application/json", date, body };
    signer.authorization(&parts).expect("a signature")
}

pub(crate) const SOA: Scheme = Scheme::Soa(BodyDigest::Sha512);

/// A signed POST with JSON.
pub(crate) fn signed(base: &str, path: &str, body: &str) -> Reply {
    let authorization = sign(SOA, path, DATE, body.as_bytes());
    call(base, "POST", path, &[("Authorization", &authorization), JSON, ("Date", DATE)], body.as_bytes())
}

/// The body of an order for one transaction.
pub(crate) fn order(transaction: &str) -> String {
    format!(
        r#"{{"externalId":"order-1","paid":true,"orderItems":[{{"amountToOrder":2,"transactionId":"{transaction}"}}]}}"#
    )
}

/// An order over GraphQL with the application key, for one transaction.
pub(crate) fn order_graphql(transaction: &str) -> String {
    let query = "mutation OrderCreate($externalId: String, $paid: Boolean, $orderItems: [OrderItemInput]!) { orderCreate(externalId: $externalId, paid: $paid, orderItems: $orderItems) { id internalId externalId } }";
    let variables: Value = serde_json::from_str(&order(transaction)).expect("JSON");
    serde_json::json!({ "query": query, "variables": variables, "operationName": "OrderCreate" }).to_string()
}

/// The status of a reply, once it has arrived as far as its Content-Length says.
pub(crate) fn parse_whole(bytes: &[u8]) -> Option<u16> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?.to_ascii_lowercase();
    let length: usize = head.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
    (bytes.len() == end + 4 + length).then(|| head.split(' ').nth(1)?.parse().ok())?
}
