//! Both platforms as the bench needs them: on loopback, and they take every order at once. One file without dependencies: `rustc -O`
//! makes it.
//!
//! It prints its port. For each line `WORKERS ORDERS` on standard input it times one race, and prints the seconds that it took. The
//! first order of each worker is held until all of them have sent one: no start-up counts. Then so many more orders are waited for.
//! A line `0 0` ends the race before, whatever is missing; orders that come between races are taken all the same.

use std::collections::VecDeque;
use std::io::{BufRead, Error, ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

#[derive(Default)]
struct Race {
    workers: usize,
    /// Orders that are waited for, the first ones of the workers among them.
    orders: usize,
    come: usize,
    began: Option<Instant>,
}

#[derive(Default)]
struct Shared {
    race: Mutex<Race>,
    begins: Condvar,
}

impl Shared {
    fn race(&self) -> MutexGuard<'_, Race> {
        self.race.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, workers: usize, orders: usize) {
        *self.race() = Race { workers, orders: workers + orders, ..Race::default() };
        self.begins.notify_all();
    }

    /// An order has come: whoever is early waits for the others.
    fn order(&self) {
        let mut race = self.race();
        race.come += 1;
        if race.come == race.workers {
            race.began = Some(Instant::now());
            self.begins.notify_all();
        }
        while race.come < race.workers {
            race = self.begins.wait(race).unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(began) = race.began
            && race.come == race.orders
        {
            println!("{}", began.elapsed().as_secs_f64());
        }
    }
}

/// One request: its head, and its body.
fn read(stream: &mut TcpStream, buffer: &mut VecDeque<u8>) -> Result<Option<(String, String)>> {
    let mut whole = None;
    let mut seen = 0;
    loop {
        let bytes = buffer.make_contiguous();
        if whole.is_none()
            && let Some(end) = bytes[seen..].windows(4).position(|four| four == b"\r\n\r\n")
        {
            let end = seen + end + 4;
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            whole = Some((head, end, end + length.unwrap_or(0)));
        }
        seen = bytes.len().saturating_sub(3);
        if let Some((head, from, to)) = &whole
            && bytes.len() >= *to
        {
            let body = String::from_utf8_lossy(&bytes[*from..*to]).into_owned();
            let head = head.clone();
            buffer.drain(..*to);
            return Ok(Some((head, body)));
        }
        let mut more = [0; 16 * 1024];
        match stream.read(&mut more)? {
            0 if bytes.is_empty() => return Ok(None),
            0 => return Err(Error::from(ErrorKind::UnexpectedEof)),
            count => buffer.extend(&more[..count]),
        }
    }
}

/// The text that follows a member's name; whatever a client writes between both is its own affair.
fn member<'b>(body: &'b str, name: &str) -> &'b str {
    let after = body.split_once(&format!("\"{name}\"")).map_or("", |(_, after)| after);
    after.trim_start_matches([':', '[', ' ', '"']).split('"').next().unwrap_or_default()
}

fn answer(shared: &Shared, head: &str, body: &str) -> String {
    if head.starts_with("POST /api/v2/orders") {
        shared.order();
        // Its number is its id again, and the products have none: a store of JSON may have changed the order of the members.
        let id = member(body, "external_order_number");
        return format!("{{\"order\":{{\"order_id\":\"o-{id}\",\"external_id\":\"{id}\"}}}}");
    }
    if body.contains("mutation OrderCreate") {
        shared.order();
        let id = member(body, "externalId");
        return format!("{{\"data\":{{\"orderCreate\":{{\"id\":\"o-{id}\",\"internalId\":null,\"externalId\":\"{id}\"}}}}}}");
    }
    if body.contains("currentIntegration") {
        return "{\"data\":{\"currentIntegration\":{\"enabled\":true,\"externalIntegrationId\":null,\"id\":\"i-1\",\"type\":null}}}".to_owned();
    }
    let id = member(body, "ids");
    format!("{{\"data\":{{\"transactions\":[{{\"id\":\"{id}\",\"isOrdered\":false,\"externalOrderId\":null}}]}}}}")
}

fn serve(shared: &Shared, mut stream: TcpStream) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = VecDeque::new();
    while let Some((head, body)) = read(&mut stream, &mut buffer)? {
        let body = answer(shared, &head, &body);
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes())?;
    }
    Ok(())
}

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?.port());
    let shared = Arc::new(Shared::default());
    let races = Arc::clone(&shared);
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let mut numbers = line.split(' ').filter_map(|word| word.parse().ok());
            races.begin(numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        }
        std::process::exit(0);
    });
    for stream in listener.incoming() {
        let (stream, shared) = (stream?, Arc::clone(&shared));
        // A worker that goes away is no error.
        std::thread::spawn(move || serve(&shared, stream));
    }
    Ok(())
}
