//! What the transport sends, what it accepts as a reply, and what it says when there is none.
//!
//! The servers are threads on loopback. The rule behind every row: when a byte of the request reached the server, the
//! transport never says that nothing was sent.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)]

mod support;

use countersign::delivery::Class;
use countersign::transport::{Http, Limits, Sent, Transport};
use countersign::{Header, Options, Request};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use support::{CANARY, Record, SLACK, Server, drain, fail, http, limits, ok, order, patient, post, read_request};

fn millis(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A server that keeps what it got and answers `{}`.
fn recording() -> (Server, Record) {
    let record = Record::default();
    let copy = record.clone();
    let server = Server::start(move |mut stream, _| {
        loop {
            let request = read_request(&mut stream);
            if request.is_empty() {
                return;
            }
            copy.add(&request);
            _ = stream.write_all(&ok("{}"));
        }
    });
    (server, record)
}

// What is sent.

#[test]
fn the_bytes_on_the_wire_are_the_prepared_ones() {
    let (server, record) = recording();
    let http = http();
    let body: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    for body in [&body[..0], &body[..1], b"{\"a\": 1}\r\n", &body[..40_000], &body] {
        // Nothing in the path is decoded, joined or escaped on the way.
        let request = post(server.url("/api//v2/../%2Forders;x=1/%c3%a4?q=%20a+b&c"), body);
        let reply = http.send(&request, &patient()).unwrap();
        assert_eq!((reply.status, &reply.body[..]), (200, &b"{}"[..]));

        let mut expected = format!(
            "POST /api//v2/../%2Forders;x=1/%c3%a4?q=%20a+b&c HTTP/1.1\r\ncontent-length: {}\r\nhost: {}\r\n\
             Authorization: SOA key:{CANARY}\r\nDate: Wed, 01 Jan 2020 00:00:00 GMT\r\nContent-Type: application/json\r\n\
             Accept: application/json\r\nUser-Agent: countersign/test\r\nTransactionOwnerId: {CANARY}\r\n\r\n",
            body.len(),
            server.address
        )
        .into_bytes();
        expected.extend_from_slice(body);
        let got = record.take();
        assert!(got == expected, "{}", String::from_utf8_lossy(&got[..got.len().min(600)]));
    }
}

#[test]
fn head_and_body_leave_together() {
    let (server, record) = {
        let record = Record::default();
        let own = record.clone();
        let server = Server::start(move |mut stream, _| {
            let mut buffer = [0; 4096];
            // What one read brings, and an end after each request: a part that came later would be missing.
            while let Ok(n @ 1..) = stream.read(&mut buffer) {
                own.add(&buffer[..n]);
                if stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
                    return;
                }
            }
        });
        (server, record)
    };
    let http = http();
    for body in [&b"{}"[..], b"", b"{\"again\":true}"] {
        // Whatever part came second would be taken for the next request, or be lost.
        for _ in 0..20 {
            http.send(&post(server.url("/"), body.to_vec()), &Limits::default()).unwrap();
            assert!(record.take().ends_with(&[b"\r\n\r\n", body].concat()));
        }
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn bodies_at_the_edges_of_the_buffer_arrive_whole() {
    let (server, record) = recording();
    let http = http();
    for len in (32_000..33_200).step_by(97).chain([65_536, 70_000, 200_001]) {
        let body: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        http.send(&post(server.url("/"), body.clone()), &Limits::default()).unwrap();
        let sent = record.take();
        assert!(sent.ends_with(&body) && sent.len() - body.len() < 1000, "{len}");
    }
}

#[test]
fn other_methods_and_bare_requests_gain_nothing_either() {
    let (server, record) = recording();
    let http = http();
    let header = |name, value: &str| Header { name, value: value.to_owned(), sensitive: false };
    let request = |method: &str, headers, body: &[u8]| Request {
        method: method.to_owned(),
        url: server.url("/"),
        headers,
        body: body.to_vec(),
    };
    let host = server.address;
    for (request, expected) in [
        (request("GET", vec![], b""), format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")),
        (
            request("GET", vec![header("X-One", "1"), header("X-TWO", "ä"), header("x-one", "")], b""),
            // A name that comes twice stands together, as HTTP allows.
            format!("GET / HTTP/1.1\r\nhost: {host}\r\nX-One: 1\r\nx-one: \r\nX-TWO: ä\r\n\r\n"),
        ),
        (request("GET", vec![], b"x"), format!("GET / HTTP/1.1\r\ncontent-length: 1\r\nhost: {host}\r\n\r\nx")),
        (request("DELETE", vec![], b""), format!("DELETE / HTTP/1.1\r\nhost: {host}\r\n\r\n")),
        (request("PUT", vec![], b"{}"), format!("PUT / HTTP/1.1\r\ncontent-length: 2\r\nhost: {host}\r\n\r\n{{}}")),
        (request("PATCH", vec![], b""), format!("PATCH / HTTP/1.1\r\ncontent-length: 0\r\nhost: {host}\r\n\r\n")),
    ] {
        http.send(&request, &patient()).unwrap();
        assert_eq!(String::from_utf8(record.take()).unwrap(), expected);
    }
}

#[test]
fn a_body_that_looks_like_headers_stays_as_it_is() {
    let (server, record) = recording();
    let stars = "*".repeat(format!("SOA key:{CANARY}").len());
    let body = format!("\r\nAuthorization: {stars}\r\n\r\nTransactionOwnerId: {}\r\n", "*".repeat(CANARY.len()));
    http().send(&post(server.url("/"), body.clone()), &patient()).unwrap();
    let got = String::from_utf8(record.take()).unwrap();
    assert!(got.ends_with(&format!("\r\n\r\n{body}")), "{got}");
    assert!(got.contains(&format!("\r\nAuthorization: SOA key:{CANARY}\r\n")), "{got}");

    // A head that does not fit one buffer, with secrets at both ends of it.
    let mut request = order(server.url("/"));
    for _ in 0..40 {
        request.headers.push(Header { name: "X-Long", value: "x".repeat(3000), sensitive: false });
    }
    request.headers.push(Header { name: "X-Last", value: CANARY.to_owned(), sensitive: true });
    http().send(&request, &patient()).unwrap();
    let got = String::from_utf8(record.take()).unwrap();
    assert_eq!(got.matches(CANARY).count(), 4, "{got}");
    assert!(!got.contains("**"));
}

#[test]
fn a_request_that_http_cannot_carry_is_not_sent() {
    let (server, record) = recording();
    let http = http();
    let with = |change: &dyn Fn(&mut Request)| {
        let mut request = order(server.url("/"));
        change(&mut request);
        request
    };
    for request in [
        with(&|request| request.method = "TELEPORT".to_owned()),
        with(&|request| request.method = "POST /x HTTP/1.1\r\nX:".to_owned()),
        with(&|request| request.url = "ftp://127.0.0.1/".to_owned()),
        with(&|request| request.url = "/path".to_owned()),
        with(&|request| request.url = String::new()),
        with(&|request| request.url = "http://user:password@".to_owned()),
        with(&|request| request.url += "a b"),
        with(&|request| request.url += "a\r\nX: y"),
        with(&|request| request.headers[1].value = "a\r\nX: y".to_owned()),
        with(&|request| request.headers[1].value = "a\0".to_owned()),
        with(&|request| request.headers[0].value += "\r\nX: y"),
        with(&|request| request.headers[0].value += "\n"),
        with(&|request| request.headers[1].name = "X Y"),
        with(&|request| request.headers[1].name = ""),
    ] {
        let failure = fail(&http, &request, &patient());
        assert_eq!((failure.sent, failure.class), (Sent::No, Class::Invalid), "{failure}");
    }
    assert!(record.take().is_empty());
}

// What is accepted.

#[test]
fn every_status_is_a_reply() {
    let http = http();
    for status in [200, 201, 204, 304, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 599, 999] {
        let body = if status == 204 || status == 304 { "" } else { "{\"message\":\"no\"}" };
        let server = Server::replying(format!(
            "HTTP/1.1 {status} Whatever\r\nRetry-After: 7\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        let reply = http.send(&order(server.url("/")), &patient()).unwrap();
        assert_eq!((reply.status, reply.header("retry-after")), (status, Some("7")));
        assert_eq!(reply.body, body.as_bytes());
    }
}

#[test]
fn redirects_are_replies_and_never_followed() {
    let http = http();
    for status in [300, 301, 302, 303, 305, 307, 308] {
        let target = Server::replying(ok("{}"));
        for body in ["", "moved"] {
            let server = Server::replying(format!(
                "HTTP/1.1 {status} Moved\r\nLocation: {}\r\nContent-Length: {}\r\n\r\n{body}",
                target.url("/other"),
                body.len()
            ));
            for request in
                [order(server.url("/")), Request { method: "GET".into(), body: vec![], ..order(server.url("/")) }]
            {
                let reply = http.send(&request, &patient()).unwrap();
                assert_eq!((reply.status, reply.body), (status, body.as_bytes().to_vec()));
                assert_eq!(reply.headers.iter().filter(|(name, _)| name == "location").count(), 1);
            }
            assert_eq!(server.connections(), 1, "the connection is kept");
        }
        assert_eq!(target.connections(), 0);
    }
}

#[test]
fn replies_of_all_framings_are_read_whole() {
    let http = http();
    for (reply, body) in [
        (&b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: r\r\n\r\n"[..], "abcde"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde", "abcde"),
        (b"HTTP/1.0 200 OK\r\n\r\nabcde", "abcde"),
        (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    ] {
        let server = Server::replying_once(reply);
        let reply = http.send(&order(server.url("/")), &patient()).unwrap();
        assert_eq!((reply.status, &reply.body[..]), (200, body.as_bytes()));
    }
}

#[test]
fn headers_that_are_not_utf8_do_no_harm() {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nX-Bad: a\xff\xfeb\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 2\r\n\r\n".to_vec();
    bytes.extend(b"\xff\xfe");
    let server = Server::replying(bytes);
    let reply = http().send(&order(server.url("/")), &patient()).unwrap();
    assert_eq!(reply.header("x-bad"), Some("a\u{fffd}\u{fffd}b"));
    assert_eq!(reply.headers.iter().filter(|(name, _)| name == "x-twice").count(), 2);
    assert_eq!(reply.body, b"\xff\xfe");
}

#[test]
fn the_reply_limit_counts_bytes_exactly() {
    for reply in
        ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde"]
    {
        let server = Server::replying_once(reply);
        let exact = Limits { reply: 5, ..patient() };
        assert_eq!(http().send(&order(server.url("/")), &exact).unwrap().body, b"abcde");
        let failure = fail(&http(), &order(server.url("/")), &Limits { reply: 4, ..patient() });
        assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::UnexpectedReply));
        assert!(failure.message.contains("reply_limit"), "{failure}");
    }
}

// No connection.

#[test]
fn a_refused_port_means_that_nothing_was_sent() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for scheme in ["http", "https"] {
        let failure = fail(&http(), &order(format!("{scheme}://{address}/")), &patient());
        assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
        assert!(failure.message.contains(&address.to_string()) && failure.message.contains("refused"), "{failure}");
    }
}

#[test]
fn an_unknown_name_means_that_nothing_was_sent() {
    // Reserved for this (RFC 6761). Without a name server the look-up may take as long as it is allowed to.
    let failure = fail(&http(), &order("https://orders.countersign.invalid/"), &limits(20_000, 3_000));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
    assert!(failure.message.contains("\"orders.countersign.invalid\""), "{failure}");
    assert!(failure.message.contains("looked up"), "{failure}");
}

#[test]
fn a_name_with_several_addresses_is_reached() {
    // Often ::1 and 127.0.0.1, of which only the second listens.
    let server = Server::replying(ok("{}"));
    let url = format!("http://localhost:{}/", server.address.port());
    assert_eq!(http().send(&order(url), &patient()).unwrap().status, 200);
}

// Time.

#[test]
fn silence_after_the_request_is_a_timeout_that_may_have_been_sent() {
    let server = Server::start(|stream, _| drain(stream));
    let begun = Instant::now();
    let failure = fail(&http(), &order(server.url("/")), &limits(400, 10_000));
    assert!(begun.elapsed() >= millis(400));
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::TimedOut));
    assert!(failure.message.contains("within 0.4 s") && failure.message.contains("timeout"), "{failure}");
}

#[test]
fn a_server_that_drips_does_not_stretch_the_time() {
    for start in ["", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"] {
        let server = Server::start(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(start.as_bytes());
            while stream.write_all(b"H").is_ok() {
                thread::sleep(millis(20));
            }
        });
        let failure = fail(&http(), &order(server.url("/")), &limits(500, 10_000));
        assert_eq!(failure.sent, Sent::Maybe);
        if !start.is_empty() {
            assert_eq!(failure.class, Class::TimedOut, "{failure}");
        }
    }
}

#[test]
fn endless_interim_replies_end_with_the_time() {
    let server = Server::start(|mut stream, _| {
        read_request(&mut stream);
        while stream.write_all(b"HTTP/1.1 102 Processing\r\n\r\n").is_ok() {
            thread::sleep(millis(5));
        }
    });
    let failure = fail(&http(), &order(server.url("/")), &limits(500, 10_000));
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::TimedOut));
}

#[test]
fn interim_replies_with_headers_are_skipped() {
    // RFC 9110, 15.2: any number of them before the reply; 103 (RFC 8297) is made of headers.
    for interim in [
        "HTTP/1.1 100 Continue\r\nDate: Mon, 23 Apr 2012 12:45:19 GMT\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\nServer: y\r\n\r\n",
        "HTTP/1.1 102\nX: y\n\n",
    ] {
        let whole = [interim.as_bytes(), &ok("HTTP/1.1 100 no\r\n\r\n")].concat();
        for pause in [0, 1, 20, interim.len() - 1, interim.len(), interim.len() + 5] {
            let whole = whole.clone();
            let server = Server::start(move |mut stream, _| {
                while !read_request(&mut stream).is_empty() {
                    _ = stream.write_all(&whole[..pause]);
                    thread::sleep(millis(10));
                    _ = stream.write_all(&whole[pause..]);
                }
            });
            let http = http();
            for _ in 0..2 {
                let reply = http.send(&order(server.url("/")), &patient()).unwrap();
                assert_eq!(
                    (reply.status, &reply.body[..]),
                    (200, &b"HTTP/1.1 100 no\r\n\r\n"[..]),
                    "{interim} {pause}"
                );
                assert_eq!(reply.header("date"), None);
            }
            assert_eq!(server.connections(), 1);
        }
    }
    // Nobody asked to switch protocols.
    let server = Server::replying("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n");
    match http().send(&order(server.url("/")), &patient()) {
        Ok(reply) => assert_eq!(reply.status, 101),
        Err(failure) => assert_eq!(failure.sent, Sent::Maybe),
    }
}

#[test]
fn an_endless_interim_reply_ends() {
    let server = Server::start(|mut stream, _| {
        read_request(&mut stream);
        _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n");
        while stream.write_all(b"X: 0123456789\r\n").is_ok() {}
    });
    let failure = fail(&http(), &order(server.url("/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::UnexpectedReply), "{failure}");
}

// What comes before the request.

#[test]
fn what_a_server_says_before_the_request_is_no_answer() {
    for early in [
        ok(r#"{"data":{"orderCreate":{"id":"o-1"}}}"#),
        b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec(),
        b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n".to_vec(),
        b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        b"H".to_vec(),
    ] {
        let server = Server::start(move |mut stream, _| {
            _ = stream.write_all(&early);
            // It reads nothing.
            thread::sleep(millis(300));
        });
        let failure = fail(&http(), &order(server.url("/")), &patient());
        assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable), "{failure}");
        assert!(failure.message.contains("spoke first"), "{failure}");
    }
}

#[test]
fn a_server_that_reads_slowly_does_not_stretch_the_time() {
    // Far more than the buffers of both kernels hold.
    let body = vec![b' '; 48 << 20];
    for step in [0, 4096] {
        let server = Server::start(move |mut stream, _| {
            let mut buffer = vec![0; step.max(1)];
            loop {
                thread::sleep(millis(10));
                if step > 0 && !matches!(stream.read(&mut buffer), Ok(n) if n > 0) {
                    return;
                }
            }
        });
        let failure = fail(&http(), &post(server.url("/"), body.clone()), &limits(700, 10_000));
        assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::TimedOut));
    }
}

#[test]
fn a_handshake_that_hangs_ends_with_the_connect_timeout() {
    let (closed, all) = mpsc::channel();
    let server = Server::start(move |stream, _| {
        drain(stream);
        _ = closed.send(());
    });
    let url = format!("https://{}/", server.address);
    let begun = Instant::now();
    let failure = fail(&http(), &order(&url), &limits(10_000, 300));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
    assert!(failure.message.contains("TLS") && failure.message.contains("within 0.3 s (connect_timeout)"), "{failure}");
    assert!(begun.elapsed() < millis(300) + SLACK, "{:?}", begun.elapsed());

    let failure = fail(&http(), &order(&url), &limits(300, 10_000));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
    assert!(failure.message.contains("within 0.3 s (timeout)"), "{failure}");
    // Both connections are closed: nothing leaks.
    for _ in 0..2 {
        all.recv_timeout(millis(5000)).unwrap();
    }
}

#[test]
fn no_time_at_all_sends_nothing() {
    let (server, record) = recording();
    let failure = fail(&http(), &order(server.url("/")), &limits(0, 10_000));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
    let failure = fail(&http(), &order(server.url("/")), &limits(10_000, 0));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
    assert!(record.take().is_empty());
    // Limits beyond all reason are no reason to panic.
    let endless = Limits { timeout: Duration::MAX, connect: Duration::MAX, reply: usize::MAX, deadline: None };
    assert_eq!(http().send(&order(server.url("/")), &endless).unwrap().status, 200);
}

// Cuts.

fn full_reply(chunked: bool) -> Vec<u8> {
    let body =
        r#"{"data":{"orderCreate":{"order":{"id":"5c1e8f1a-2f7b-4c0a-9a57-6c0e2f1f3c11","internalId":"A-1042"}}}}"#;
    let framing = if chunked {
        format!(
            "Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n{:X}\r\n{}\r\n0\r\n\r\n",
            30,
            &body[..30],
            body.len() - 30,
            &body[30..]
        )
    } else {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    };
    format!(
        "HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 20:00:00 GMT\r\nContent-Type: application/json; charset=utf-8\r\n\
         x-request-id: 4d1f6a52-9f0e-4a6b-8d0c-0d6b6f1f2a77\r\nCache-Control: no-store\r\n{framing}"
    )
    .into_bytes()
}

#[test]
fn a_reply_cut_at_any_byte_may_have_been_sent() {
    let http = http();
    for chunked in [false, true] {
        let whole = full_reply(chunked);
        assert!(whole.len() > 250);
        let bytes = whole.clone();
        let server = Server::start(move |mut stream, number| {
            read_request(&mut stream);
            _ = stream.write_all(&bytes[..number.min(bytes.len())]);
            _ = stream.shutdown(Shutdown::Write);
            drain(stream);
        });
        for at in 0..whole.len() {
            let failure = fail(&http, &order(server.url("/")), &patient());
            assert_eq!(failure.sent, Sent::Maybe, "cut at {at}: {failure}");
            assert!(matches!(failure.class, Class::Interrupted | Class::UnexpectedReply), "cut at {at}: {failure}");
        }
        assert_eq!(server.connections(), whole.len(), "no attempt was repeated");
        assert_eq!(http.send(&order(server.url("/")), &patient()).unwrap().status, 200);
    }
}

#[test]
fn a_request_cut_at_any_byte_is_never_called_unsent() {
    let http = http();
    let request = order("http://127.0.0.1:1/");
    let length = 300 + request.body.len();
    // Closing with bytes unread resets the connection; closing after reading them all ends it.
    let got = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&got);
    let server = Server::start(move |mut stream, number| {
        let mut buffer = vec![0; number];
        let mut read = 0;
        while read < number {
            match stream.read(&mut buffer[read..]) {
                Ok(n) if n > 0 => read += n,
                _ => break,
            }
        }
        count.store(read, Ordering::SeqCst);
    });
    for at in 0..=length {
        got.store(0, Ordering::SeqCst);
        // Beyond the end of the request the server waits for more: that is the timeout's case, met elsewhere.
        let failure = fail(&http, &order(server.url("/")), &limits(150, 150));
        if at > 0 {
            assert_eq!(failure.sent, Sent::Maybe, "after {at} bytes: {failure}");
            assert!(matches!(failure.class, Class::Interrupted | Class::TimedOut), "after {at} bytes: {failure}");
        }
    }
    assert_eq!(server.connections(), length + 1, "no attempt was repeated");
}

#[test]
fn a_large_request_cut_anywhere_is_never_called_unsent() {
    let http = http();
    for at in [1, 1000, 30_000, 33_000, 100_000, 1 << 20] {
        let server = Server::start(move |mut stream, _| {
            let mut buffer = vec![0; at];
            _ = stream.read_exact(&mut buffer);
        });
        let failure = fail(&http, &post(server.url("/"), vec![b' '; 8 << 20]), &patient());
        assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::Interrupted), "{failure}");
    }
}

// Replies that are none.

#[test]
fn what_is_no_reply_may_have_been_sent() {
    let http = http();
    let long = |n: usize| "x".repeat(n);
    for (what, reply, class) in [
        ("nothing", String::new(), Class::Interrupted),
        ("garbage", "\0\x01\x02 garbage \r\n\r\n".to_owned(), Class::UnexpectedReply),
        ("another protocol", "220 mail.example ESMTP\r\n".to_owned(), Class::UnexpectedReply),
        ("HTML without HTTP", "<html><body>no</body></html>\r\n\r\n".to_owned(), Class::UnexpectedReply),
        ("a TLS alert", "\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{46}".to_owned(), Class::UnexpectedReply),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), Class::UnexpectedReply),
        ("a status below 100", "HTTP/1.1 099 No\r\n\r\n".to_owned(), Class::UnexpectedReply),
        ("a status of four digits", "HTTP/1.1 2000 No\r\n\r\n".to_owned(), Class::UnexpectedReply),
        ("a header without colon", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\n".to_owned(), Class::UnexpectedReply),
        (
            "interim replies alone",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n".to_owned(),
            Class::Interrupted,
        ),
        ("a long header", format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", long(70_000)), Class::UnexpectedReply),
        ("an endless header", format!("HTTP/1.1 200 OK\r\nX: {}", long(200_000)), Class::UnexpectedReply),
        ("many headers", format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(200)), Class::UnexpectedReply),
        (
            "two lengths",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_owned(),
            Class::UnexpectedReply,
        ),
        ("a length below zero", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_owned(), Class::UnexpectedReply),
        (
            "a length beyond all numbers",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 9{}\r\n\r\n", "9".repeat(40)),
            Class::UnexpectedReply,
        ),
        (
            "a huge length and a cut",
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nab".to_owned(),
            Class::Interrupted,
        ),
        ("a short body", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".to_owned(), Class::Interrupted),
        (
            "a chunk that is no number",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n".to_owned(),
            Class::UnexpectedReply,
        ),
        (
            "a chunk longer than it says",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n".to_owned(),
            Class::UnexpectedReply,
        ),
        (
            "a chunk size without end",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}", "1".repeat(200_000)),
            Class::UnexpectedReply,
        ),
        (
            "a huge chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc".to_owned(),
            Class::Interrupted,
        ),
        (
            "a chunk beyond all numbers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nabc".to_owned(),
            Class::UnexpectedReply,
        ),
        (
            "the last chunk without its end",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n".to_owned(),
            Class::Interrupted,
        ),
        (
            "endless trailers",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: {}", long(200_000)),
            Class::UnexpectedReply,
        ),
        (
            "a body over the limit",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n{}", long(2_000_000)),
            Class::UnexpectedReply,
        ),
    ] {
        let server = Server::start(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(reply.as_bytes());
            _ = stream.shutdown(Shutdown::Write);
            drain(stream);
        });
        let failure = fail(&http, &order(server.url("/")), &patient());
        assert_eq!(failure.sent, Sent::Maybe, "{what}: {failure}");
        assert_eq!(failure.class, class, "{what}: {failure}");
        assert_eq!(server.connections(), 1, "{what}: tried again");
    }
}

#[test]
fn endless_bodies_end_at_the_limit() {
    for head in ["Transfer-Encoding: chunked\r\n\r\n", "Connection: close\r\n\r\n"] {
        let server = Server::start(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes());
            let piece =
                if head.starts_with("T") { format!("1000\r\n{}\r\n", "x".repeat(4096)) } else { "x".repeat(4096) };
            while stream.write_all(piece.as_bytes()).is_ok() {}
        });
        let failure = fail(&http(), &order(server.url("/")), &patient());
        assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::UnexpectedReply), "{failure}");
        assert!(failure.message.contains("1048576 bytes") && failure.message.contains("reply_limit"), "{failure}");
    }
}

#[test]
fn a_reset_in_the_body_is_not_its_end() {
    // Without a length, only the way the connection ends tells a whole body from half of one.
    let server = Server::start(|mut stream, _| {
        let mut some = [0; 20];
        stream.read_exact(&mut some).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").unwrap();
        // Closing with the rest of the request unread sends a reset.
        thread::sleep(millis(100));
    });
    let failure = fail(&http(), &order(server.url("/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::Interrupted), "{failure}");
}

// Connections that are kept.

#[test]
fn connections_are_reused_across_threads() {
    let server = Server::replying(ok("{}"));
    let http = Arc::new(http());
    for _ in 0..20 {
        http.send(&order(server.url("/")), &patient()).unwrap();
    }
    let other = Arc::clone(&http);
    let url = server.url("/");
    thread::spawn(move || other.send(&order(url), &patient()).unwrap()).join().unwrap();
    assert_eq!(server.connections(), 1);
}

/// As many as the languages with threads of their own make at once.
#[test]
fn calls_that_ran_at_once_leave_their_connections_to_the_next_ones() {
    let (together, rounds) = (8, 3);
    let all_there = Arc::new(Barrier::new(together));
    let server = Server::start(move |mut stream, _| {
        while !read_request(&mut stream).is_empty() {
            all_there.wait();
            _ = stream.write_all(&ok("{}"));
        }
    });
    let (http, url) = (http(), server.url("/"));
    for _ in 0..rounds {
        thread::scope(|scope| {
            for _ in 0..together {
                scope.spawn(|| assert_eq!(http.send(&order(&url), &patient()).unwrap().status, 200));
            }
        });
    }
    assert_eq!(server.connections(), together);
}

#[test]
fn a_reply_that_says_close_is_followed_by_a_new_connection() {
    let server = Server::replying("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    let http = http();
    for number in 1..4 {
        http.send(&order(server.url("/")), &patient()).unwrap();
        assert_eq!(server.connections(), number);
    }
}

#[test]
fn bytes_after_a_reply_never_become_the_next_reply() {
    let server = Server::replying(
        *b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n",
    );
    let http = http();
    for _ in 0..3 {
        assert_eq!(http.send(&order(server.url("/")), &patient()).unwrap().status, 200);
        thread::sleep(millis(20));
    }
}

#[test]
fn bytes_that_come_while_nobody_asks_end_the_connection() {
    let server = Server::start(|mut stream, _| {
        while !read_request(&mut stream).is_empty() {
            stream.write_all(&ok("{}")).unwrap();
            thread::sleep(millis(50));
            _ = stream.write_all(b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n");
        }
    });
    let http = http();
    for number in 1..4 {
        assert_eq!(http.send(&order(server.url("/")), &patient()).unwrap().status, 200);
        thread::sleep(millis(200));
        assert_eq!(server.connections(), number);
    }
}

#[test]
fn an_idle_connection_that_was_closed_is_replaced() {
    let server = Server::replying_once(ok("{}"));
    let http = http();
    for number in 1..4 {
        assert_eq!(http.send(&order(server.url("/")), &patient()).unwrap().status, 200);
        thread::sleep(millis(100));
        assert_eq!(server.connections(), number);
    }
}

#[test]
fn a_kept_connection_that_dies_under_the_request_is_not_tried_again() {
    let (got, requests) = mpsc::channel();
    let server = Server::start(move |mut stream, _| {
        read_request(&mut stream);
        stream.write_all(&ok("{}")).unwrap();
        // The second request arrives, and the server goes away.
        got.send(read_request(&mut stream)).unwrap();
    });
    let http = http();
    http.send(&order(server.url("/")), &patient()).unwrap();
    let failure = fail(&http, &order(server.url("/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::Interrupted));
    assert!(!requests.recv_timeout(millis(5000)).unwrap().is_empty());
    assert_eq!(server.connections(), 1);
}

// Options.

#[test]
fn limits_come_from_the_options() {
    assert_eq!(Http::limits(&Options::new()), Limits::default());
    let options = Options::new().set("timeout", "0.25").set("connect_timeout", "3").set("reply_limit", "10");
    assert_eq!(
        Http::limits(&options),
        Limits { timeout: millis(250), connect: millis(3000), reply: 10, deadline: None }
    );
}

#[test]
fn a_mistake_in_the_options_is_reported_at_once() {
    let error = Http::new(&Options::new().set("timeout", "soon")).unwrap_err();
    assert!(error.message().starts_with("timeout is"), "{error}");
}

#[test]
fn one_client_has_several_time_limits() {
    // Takes what comes and says nothing.
    let server = Server::start(|stream, _| drain(stream));
    let options = Options::new().set("access_key", "k").set("secret_key", "s").set("base_url", server.url(""));
    let spiff = countersign::spiff::Client::new(&options).unwrap();
    let begun = Instant::now();
    let error = spiff.with_timeout(0.3).unwrap().orders(&["a"]).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5) && error.message().contains("within 0.3 s"), "{error}");
    for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 86_401.0] {
        let error = spiff.with_timeout(seconds).unwrap_err();
        assert_eq!(error.kind(), countersign::ErrorKind::InvalidArgument);
        assert!(error.message().starts_with("timeout is"), "{error}");
    }
}
