//! An order through an HTTP stack of your own: prepare, send, read; and what to say when no reply comes.
//!
//! Here the stack is a bare socket, which is enough for a sandbox on loopback; yours is what your program uses already.
//!
//! ```sh
//! COUNTERSIGN_SPIFF_BASE_URL=… COUNTERSIGN_SPIFF_ACCESS_KEY=… COUNTERSIGN_SPIFF_SECRET_KEY=… \
//!     cargo run -p countersign --example bring_your_own_http -- TRANSACTION_ID
//! ```
#![allow(clippy::print_stdout, reason = "a program that talks to a person")]

use countersign::spiff::{Account, Order, OrderItem, PlacedOrder};
use countersign::{Call, Error, Outcome, Reply, Request, Timestamp, options::Scope};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Account::new(&countersign::options_from_env(Scope::Spiff)?)?;
    let transaction = std::env::args().nth(1).ok_or("give the id of a transaction")?;
    let order = Order::new("1001", true, vec![OrderItem::transaction(1, transaction)]);

    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let call = account.prepare_order(&order, Timestamp::from_unix(now.try_into()?))?;
    match place(&call) {
        Ok(placed) => println!("placed: {}", placed.id.unwrap_or_default()),
        Err(error) if error.outcome() == Some(Outcome::Unknown) => {
            println!("unknown: {error} Settle it; do not send it again.");
        }
        Err(error) => println!("not placed: {error}"),
    }
    Ok(())
}

fn place(call: &Call<PlacedOrder>) -> Result<PlacedOrder, Error> {
    let request = call.request();
    let Some(mut connection) = connect(request) else {
        // No connection, no byte: certain.
        return Err(call.failed(true));
    };
    match exchange(&mut connection, request) {
        Some(reply) => call.read(&reply),
        // A time limit, a reset, half a reply: bytes may have left, and that is all we know.
        None => Err(call.failed(false)),
    }
}

fn host_and_path(request: &Request) -> Option<(&str, &str)> {
    let rest = request.url.strip_prefix("http://")?;
    Some(rest.split_at(rest.find('/')?))
}

fn connect(request: &Request) -> Option<TcpStream> {
    let (host, _) = host_and_path(request)?;
    let connection = TcpStream::connect(host).ok()?;
    connection.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    Some(connection)
}

fn exchange(connection: &mut TcpStream, request: &Request) -> Option<Reply> {
    let (host, path) = host_and_path(request)?;
    let mut head = format!("{} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", request.method);
    for header in &request.headers {
        head += &format!("{}: {}\r\n", header.name, header.value);
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body.len());
    connection.write_all(head.as_bytes()).ok()?;
    // The bytes that were signed, and no others.
    connection.write_all(&request.body).ok()?;

    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).ok()?;
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let reply = Reply {
        status,
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: bytes[end + 4..].to_vec(),
    };
    // A reply that was cut off is no reply.
    let whole = reply.header("content-length")?.parse() == Ok(reply.body.len());
    whole.then_some(reply)
}
