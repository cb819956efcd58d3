//! TLS: who is trusted, what is said when somebody is not, and that nothing was sent then.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)]

mod support;

use countersign::delivery::Class;
use countersign::transport::{Failure, Http, Sent, Transport};
use countersign::{ErrorKind, Options};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use support::certificates::{Authority, Identity, TextFile, accept, file, https, self_signed};
use support::{Record, SLACK, Server, drain, fail, limits, ok, order, patient, read_request};

const YEARS: std::ops::Range<i32> = 2020..2040;

fn trusting(pem: &TextFile) -> Http {
    Http::new(&Options::new().set("roots", pem.path())).unwrap()
}

/// A server with this certificate, asked by a client that trusts this file: it must not get a byte of the request.
fn refused(identity: &Identity, roots: &str) -> Failure {
    let record = Record::default();
    let copy = record.clone();
    let server = identity.serve(move |mut stream, _| copy.add(&read_request(&mut stream)));
    let http = Http::new(&Options::new().set("roots", roots)).unwrap();
    let failure = fail(&http, &order(https(&server, "/graphql")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::TlsFailed), "{failure}");
    assert!(failure.message.contains("https://localhost:"), "{failure}");
    assert!(record.take().is_empty());
    failure
}

#[test]
fn an_authority_from_a_pem_file_is_trusted() {
    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost", "127.0.0.1"], YEARS).replying(ok("{}"));
    // Other certificates, keys and text may stand around it.
    let other = Authority::new("Other CA");
    for pem in [authority.pem(), format!("# ours\n{}\nand\n{}", other.pem(), authority.pem())] {
        let http = trusting(&file(&pem));
        for url in [https(&server, "/"), format!("https://{}/", server.address)] {
            let reply = http.send(&order(url), &patient()).unwrap();
            assert_eq!((reply.status, &reply.body[..]), (200, &b"{}"[..]));
        }
    }
}

#[test]
fn what_comes_before_the_request_is_no_answer_under_tls_either() {
    let authority = Authority::new("Shop CA");
    // The server's tickets come before the request, too, and are none of an answer.
    let mut config = (*authority.issue(&["localhost"], YEARS).config(rustls::ALL_VERSIONS)).clone();
    config.send_half_rtt_data = true;
    let config = Arc::new(config);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let server = Server::start(move |mut stream, number| {
        if number == 0 {
            // With the server's part of the handshake; it reads nothing of the request.
            let mut connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            connection.writer().write_all(&ok(r#"{"data":{"orderCreate":{"id":"o-1"}}}"#)).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
            thread::sleep(Duration::from_millis(300));
        } else if let Some(mut stream) = accept(&config, stream) {
            while !read_request(&mut stream).is_empty() {
                count.fetch_add(1, Ordering::SeqCst);
                _ = stream.write_all(&ok("{}"));
            }
        }
    });
    let http = trusting(&authority.file());
    let failure = fail(&http, &order(https(&server, "/graphql")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable), "{failure}");
    for _ in 0..3 {
        assert_eq!(http.send(&order(https(&server, "/graphql")), &patient()).unwrap().status, 200);
    }
    assert_eq!((asked.load(Ordering::SeqCst), server.connections()), (3, 2));
}

/// Run in a child process by the next test.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by the_authorities_of_the_platform_are_the_default_and_not_the_bundled_ones"]
fn child() {
    let setting = |name: &str| std::env::var(name).unwrap();
    let http = Http::new(&Options::new().set("roots", setting("TEST_ROOTS"))).unwrap();
    let result = http.send(&order(setting("TEST_URL")), &patient());
    std::fs::write(setting("TEST_OUT"), format!("{:?}", result.map(|reply| reply.status))).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn the_authorities_of_the_platform_are_the_default_and_not_the_bundled_ones() {
    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost"], YEARS).replying(ok("{}"));
    let (store, empty, out) = (authority.file(), file(""), file(""));
    // Where OpenSSL, and who follows it, looks for the platform's store.
    let run = |roots: &str, store: &TextFile| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--quiet"])
            .env_remove("SSL_CERT_DIR")
            .envs([("SSL_CERT_FILE", store.path()), ("TEST_ROOTS", roots), ("TEST_OUT", out.path())])
            .env("TEST_URL", https(&server, "/"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        std::fs::read_to_string(out.path()).unwrap()
    };
    for roots in ["", "platform"] {
        assert_eq!(run(roots, &store), "Ok(200)");
        let failed = run(roots, &empty);
        assert!(failed.contains("TlsFailed") && failed.contains("sent: No") && failed.contains("bundled"), "{failed}");
    }
    let failed = run("bundled", &store);
    assert!(failed.contains("TlsFailed") && failed.contains("not trusted"), "{failed}");
}

#[test]
fn connections_are_kept_under_tls_too() {
    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost"], YEARS).replying(ok("{}"));
    let http = trusting(&authority.file());
    for _ in 0..5 {
        http.send(&order(https(&server, "/")), &patient()).unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn both_versions_of_tls_that_are_safe_are_spoken() {
    let authority = Authority::new("Shop CA");
    let identity = authority.issue(&["localhost"], YEARS);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let config = identity.config(&[version]);
        let server = Server::start(move |stream, _| {
            let mut stream = accept(&config, stream).unwrap();
            read_request(&mut stream);
            stream.write_all(&ok("{}")).unwrap();
            drain(stream.sock);
        });
        let reply = trusting(&authority.file()).send(&order(https(&server, "/")), &patient()).unwrap();
        assert_eq!(reply.status, 200);
    }
}

#[test]
fn expired_certificates_are_refused_and_the_clock_is_named() {
    let authority = Authority::new("Shop CA");
    let roots = authority.file();
    let failure = refused(&authority.issue(&["localhost"], 2001..2002), roots.path());
    assert!(failure.message.contains("has expired") && failure.message.contains("clock"), "{failure}");
    let failure = refused(&authority.issue(&["localhost"], 2090..2091), roots.path());
    assert!(failure.message.contains("not valid yet") && failure.message.contains("clock"), "{failure}");
}

#[test]
fn certificates_for_other_names_are_refused_and_the_names_shown() {
    let authority = Authority::new("Shop CA");
    let roots = authority.file();
    let identity = authority.issue(&["api.example", "www.example"], YEARS);
    let failure = refused(&identity, roots.path());
    for part in ["\"localhost\"", "api.example", "www.example", "base_url", "roots"] {
        assert!(failure.message.contains(part), "{failure}");
    }
    // A certificate for the name is none for the address.
    let server = authority.issue(&["localhost"], YEARS).replying(ok("{}"));
    let failure = fail(&trusting(&roots), &order(format!("https://{}/", server.address)), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::TlsFailed));
}

#[test]
fn unknown_issuers_are_refused_by_every_kind_of_roots_and_the_option_named() {
    let identity = Authority::new("Shop CA").issue(&["localhost"], YEARS);
    let other = Authority::new("Other CA").file();
    for roots in ["platform", "bundled", other.path()] {
        let failure = refused(&identity, roots);
        assert!(failure.message.contains(&format!("roots is {roots:?}")), "{failure}");
        assert!(failure.message.contains("PEM file"), "{failure}");
    }
}

#[test]
fn self_signed_certificates_are_refused_and_the_option_named() {
    let failure = refused(&self_signed("localhost"), "bundled");
    assert!(failure.message.contains("self-signed") && failure.message.contains("roots"), "{failure}");
    // `openssl req -x509` makes it an authority's, which no server may use, not even one that is trusted.
    let (identity, pem) = Authority::as_server("localhost");
    for roots in ["bundled", file(&pem).path()] {
        let failure = refused(&identity, roots);
        assert!(failure.message.contains("self-signed") && failure.message.contains("roots"), "{failure}");
    }
}

#[test]
fn a_port_without_tls_is_recognised() {
    let record = Record::default();
    let copy = record.clone();
    let server = Server::start(move |mut stream, _| {
        let mut first = [0; 1];
        stream.read_exact(&mut first).unwrap();
        copy.add(&first);
        _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        drain(stream);
    });
    let failure = fail(&Http::new(&Options::new()).unwrap(), &order(https(&server, "/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::TlsFailed));
    assert!(failure.message.contains("does not speak TLS"), "{failure}");
    assert_eq!(record.take(), [0x16], "a handshake, not a request");
}

#[test]
fn a_server_of_old_tls_alone_is_refused() {
    // What a server of TLS 1.0 or 1.1 says to an offer of 1.2 and 1.3: the alert protocol_version, or its own version.
    for (reply, word) in [
        (&b"\x15\x03\x01\x00\x02\x02\x46"[..], "ProtocolVersion"),
        (b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x020123456789abcdef0123456789abcdef\x00\x00\x2f\x00", "TLS"),
    ] {
        let server = Server::start(move |mut stream, _| {
            let mut hello = [0; 64];
            stream.read_exact(&mut hello).unwrap();
            stream.write_all(reply).unwrap();
            drain(stream);
        });
        let failure = fail(&Http::new(&Options::new()).unwrap(), &order(https(&server, "/")), &patient());
        assert_eq!((failure.sent, failure.class), (Sent::No, Class::TlsFailed), "{failure}");
        assert!(failure.message.contains(word), "{failure}");
    }
}

/// Passes bytes between a client and `to`, and cuts the line after `limit` bytes of the server's.
fn relay(to: std::net::SocketAddr, limit: Arc<AtomicUsize>) -> Server {
    Server::start(move |client, _| {
        let server = TcpStream::connect(to).unwrap();
        let (mut from, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            _ = std::io::copy(&mut from, &mut into);
            _ = into.shutdown(Shutdown::Write);
        });
        let mut rest = (&server).take(u64::try_from(limit.load(Ordering::SeqCst)).unwrap());
        _ = std::io::copy(&mut rest, &mut &client);
        _ = client.shutdown(Shutdown::Both);
        _ = server.shutdown(Shutdown::Both);
    })
}

#[test]
fn a_line_cut_at_any_byte_of_the_servers_is_told_right() {
    let authority = Authority::new("Shop CA");
    let asked = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&asked);
    let server = authority.issue(&["localhost"], YEARS).serve(move |mut stream, _| {
        let mut first = [0; 1];
        flag.store(matches!(stream.read(&mut first), Ok(1)), Ordering::SeqCst);
        read_request(&mut stream);
        _ = stream.write_all(&ok("{\"id\":\"1\"}"));
        _ = stream.flush();
    });
    let limit = Arc::new(AtomicUsize::new(0));
    let line = relay(server.address, Arc::clone(&limit));
    let http = trusting(&authority.file());
    let (mut unsent, mut maybe) = (0, 0);
    for at in (0..4000).step_by(7) {
        limit.store(at, Ordering::SeqCst);
        asked.store(false, Ordering::SeqCst);
        match http.send(&order(https(&line, "/")), &limits(5_000, 5_000)) {
            Ok(reply) => {
                assert_eq!(reply.body, b"{\"id\":\"1\"}");
                break;
            }
            Err(failure) if failure.sent == Sent::No => {
                unsent += 1;
                assert_eq!(failure.class, Class::Unreachable, "cut at {at}: {failure}");
                assert!(!asked.load(Ordering::SeqCst), "cut at {at}: the request had arrived");
                assert_eq!(maybe, 0, "cut at {at}: later than one that may have been sent");
            }
            Err(failure) => {
                maybe += 1;
                assert_eq!(failure.class, Class::Interrupted, "cut at {at}: {failure}");
            }
        }
    }
    assert!(unsent > 20 && maybe > 5, "{unsent} {maybe}");
}

#[test]
fn an_end_without_farewell_is_a_cut() {
    // Without Content-Length the end of the stream is the end of the body, but only if the server says it is.
    let authority = Authority::new("Shop CA");
    for farewell in [true, false] {
        let server = authority.issue(&["localhost"], YEARS).serve(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
            if farewell {
                stream.conn.send_close_notify();
            }
            _ = stream.flush();
            _ = stream.sock.shutdown(Shutdown::Write);
            drain(stream.sock);
        });
        let http = trusting(&authority.file());
        if farewell {
            assert_eq!(http.send(&order(https(&server, "/")), &patient()).unwrap().body, b"");
        } else {
            let failure = fail(&http, &order(https(&server, "/")), &patient());
            assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::Interrupted), "{failure}");
        }
    }
}

#[test]
fn a_handshake_that_drips_ends_with_the_connect_timeout() {
    let server = Server::start(|mut stream, _| {
        // The head of a long record, and then a byte now and then.
        _ = stream.write_all(b"\x16\x03\x03\x40\x00\x02");
        while stream.write_all(b"\0").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = std::time::Instant::now();
    let failure = fail(&Http::new(&Options::new()).unwrap(), &order(https(&server, "/")), &limits(20_000, 400));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable), "{failure}");
    assert!(begun.elapsed() < Duration::from_millis(400) + SLACK);
}

#[test]
fn pem_files_that_are_no_help_are_refused_by_name() {
    let whole = Authority::new("Shop CA").pem();
    let damaged = whole.replacen("MII", "AAA", 1);
    let truncated = &whole[..whole.len() / 2];
    for (text, words) in [
        ("", "no certificate"),
        ("\n\nnot PEM at all\n", "no certificate"),
        ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no certificate"),
        ("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n", "not well-formed"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1 is not usable"),
        (truncated, "not well-formed"),
        (&damaged, "certificate 1 is not usable"),
        (&format!("{whole}{damaged}"), "certificate 2 is not usable"),
    ] {
        let path = file(text);
        let error = Http::new(&Options::new().set("roots", path.path())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains(path.path()) && error.message().contains(words), "{error}");
    }
    for path in ["/nowhere/at/all.pem", "/", "Platform"] {
        let error = Http::new(&Options::new().set("roots", path)).unwrap_err();
        assert!(error.message().contains(path) && error.message().contains("roots"), "{error}");
    }
}
