//! Proxies: used when asked for, and never otherwise; what they refuse was not sent.
#![cfg(feature = "http")]
#![allow(clippy::unwrap_used)]

mod support;

use countersign::delivery::Class;
use countersign::transport::{Failure, Http, Sent, Transport};
use countersign::{ErrorKind, Options};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};
use support::certificates::{Authority, https};
use support::{CANARY, Record, SLACK, Server, drain, fail, limits, ok, order, patient, read_request};

/// A CONNECT proxy, and what it was asked.
fn proxy() -> (Server, Record) {
    let record = Record::default();
    let copy = record.clone();
    let server = Server::start(move |mut client, _| {
        let request = read_request(&mut client);
        copy.add(&request);
        let head = String::from_utf8(request).unwrap();
        let target = head.split(' ').nth(1).unwrap().to_owned();
        let server = TcpStream::connect(target).unwrap();
        client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        let (mut from, mut into) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || {
            _ = std::io::copy(&mut from, &mut into);
            _ = into.shutdown(Shutdown::Write);
        });
        _ = std::io::copy(&mut &server, &mut &client);
        _ = client.shutdown(Shutdown::Write);
    });
    (server, record)
}

fn through(proxy: &str) -> Http {
    Http::new(&Options::new().set("proxy", proxy)).unwrap()
}

#[test]
fn a_proxy_carries_tls_to_the_platform_unread() {
    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost"], 2020..2040).replying(ok("{}"));
    let (proxy, asked) = proxy();
    let roots = authority.file();
    let options =
        Options::new().set("proxy", format!("http://user:{CANARY}%20x@{}", proxy.address)).set("roots", roots.path());
    let http = Http::new(&options).unwrap();
    for _ in 0..3 {
        assert_eq!(http.send(&order(https(&server, "/")), &patient()).unwrap().body, b"{}");
    }
    assert_eq!((proxy.connections(), server.connections()), (1, 1), "the tunnel is kept");
    let target = format!("localhost:{}", server.address.port());
    let credentials = base64(format!("user:{CANARY} x").as_bytes());
    assert_eq!(
        String::from_utf8(asked.take()).unwrap(),
        format!(
            "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Connection: Keep-Alive\r\nProxy-Authorization: Basic \
             {credentials}\r\n\r\n"
        )
    );
    assert!(!format!("{http:?}").contains(CANARY));
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, i| bits << 8 | usize::from(*group.get(i).unwrap_or(&0)));
        for i in 0..4 {
            text.push(if i > group.len() { '=' } else { char::from(LETTERS[bits >> (18 - 6 * i) & 63]) });
        }
    }
    text
}

#[test]
fn a_proxy_may_itself_be_reached_by_tls() {
    let authority = Authority::new("Shop CA");
    let identity = authority.issue(&["localhost"], 2020..2040);
    let asked = Record::default();
    let copy = asked.clone();
    let proxy = identity.serve(move |mut stream, _| {
        copy.add(&read_request(&mut stream));
        _ = stream.write_all(b"HTTP/1.1 403 No\r\n\r\n");
        _ = stream.flush();
        drain(stream.sock);
    });
    let url = format!("https://user:{CANARY}@localhost:{}", proxy.address.port());
    let roots = authority.file();
    let options = Options::new().set("proxy", &*url).set("roots", roots.path());
    let failure = unsent(&Http::new(&options).unwrap());
    assert!(failure.message.contains("403"), "{failure}");
    assert!(asked.take().starts_with(b"CONNECT 127.0.0.1:9 "));
    // A proxy that is not trusted is the proxy's failure, not the platform's.
    let failure = unsent(&through(&url));
    assert!(failure.message.contains("certificate") && failure.message.contains("roots"), "{failure}");
}

/// An order to nowhere, through a proxy that must not get further than it.
fn unsent(http: &Http) -> Failure {
    let failure = fail(http, &order("https://127.0.0.1:9/orders"), &limits(5_000, 700));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::ProxyFailed), "{failure}");
    assert!(failure.message.contains("proxy"), "{failure}");
    failure
}

#[test]
fn what_a_proxy_refuses_was_not_sent() {
    for (reply, words) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", "407"),
        ("HTTP/1.1 502 Bad Gateway\r\n\r\n", "502"),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n", "302"),
        ("", "could not be used"),
        ("HTTP/1.1 200 Conn", "could not be used"),
        ("SSH-2.0-OpenSSH\r\n", "could not be used"),
        ("\0\0\0\0\0\0\0\0", "could not be used"),
        (&format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(200)), "could not be used"),
        (&format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(300_000)), "could not be used"),
    ] {
        let reply = reply.to_owned();
        let server = Server::start(move |mut stream, _| {
            read_request(&mut stream);
            _ = stream.write_all(reply.as_bytes());
            _ = stream.shutdown(Shutdown::Write);
            drain(stream);
        });
        let failure = unsent(&through(&format!("http://user:{CANARY}@{}", server.address)));
        assert!(failure.message.contains(words), "{failure}");
        assert!(failure.message.contains(&format!("http://{}", server.address)), "{failure}");
    }
}

#[test]
fn a_proxy_that_cannot_be_reached_sends_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let failure = unsent(&through(&format!("http://user:{CANARY}@{address}")));
    assert!(failure.message.contains("refused"), "{failure}");
    unsent(&through(&format!("http://user:{CANARY}@proxy.countersign.invalid:3128")));
}

#[test]
fn a_proxy_that_hangs_or_drips_ends_with_the_connect_timeout() {
    for drip in [false, true] {
        let server = Server::start(move |mut stream, _| {
            read_request(&mut stream);
            while drip && stream.write_all(b"HTTP/1.1 200 OK\r\n".get(..1).unwrap()).is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
            drain(stream);
        });
        let begun = Instant::now();
        let failure = unsent(&through(&format!("http://{}", server.address)));
        if !drip {
            assert!(failure.message.contains("connect_timeout"), "{failure}");
        }
        assert!(begun.elapsed() < Duration::from_millis(700) + SLACK);
    }
}

#[test]
fn trouble_behind_the_tunnel_is_not_the_proxys() {
    let (proxy, _) = proxy();
    let server = Authority::new("Shop CA").issue(&["localhost"], 2020..2040).replying(ok("{}"));
    let http = through(&format!("http://{}", proxy.address));
    let failure = fail(&http, &order(https(&server, "/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::TlsFailed), "{failure}");
    let silent = Server::start(|stream, _| drain(stream));
    let failure = fail(&http, &order(https(&silent, "/")), &limits(5_000, 300));
    assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable), "{failure}");
    // Plain HTTP, to a host that is allowed it, goes through a tunnel as well.
    let plain = Server::replying_once("garbage\r\n\r\n");
    let failure = fail(&http, &order(plain.url("/")), &patient());
    assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::UnexpectedReply), "{failure}");
}

#[test]
fn addresses_that_are_no_proxy_are_refused_without_showing_them() {
    for url in [
        format!("socks5://user:{CANARY}@127.0.0.1:1080"),
        format!("ftp://user:{CANARY}@127.0.0.1"),
        format!("http://user:{CANARY}@"),
        format!("http://user:{CANARY}@ho st"),
        format!("http://user:{CANARY}@host:99999"),
        format!("http://user:{CANARY}%ff@host"),
        format!("/{CANARY}"),
        "ENV".to_owned() + " ",
    ] {
        let error = Http::new(&Options::new().set("proxy", url)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.message().contains("proxy") && !error.message().contains(CANARY), "{error}");
    }
}

/// Run in a child process by the next test, with the environment that it sets.
#[test]
#[ignore = "run by the_environment_has_a_say_only_when_asked"]
fn child() {
    let setting = |name: &str| std::env::var(name).unwrap_or_default();
    let options = Options::new().set("proxy", setting("TEST_PROXY")).set("base_url", setting("TEST_URL"));
    let http = Http::new(&options).unwrap();
    let result = http.send(&order(setting("TEST_URL")), &patient());
    std::fs::write(setting("TEST_OUT"), format!("{:?}", result.map(|reply| reply.status))).unwrap();
}

#[test]
fn the_environment_has_a_say_only_when_asked() {
    let (proxy, asked) = proxy();
    let server = Server::replying(ok("{}"));
    let by_name = format!("http://localhost:{}/", server.address.port());
    let proxy_url = format!("http://{}", proxy.address);
    let dead = "http://127.0.0.1:9";
    let out = support::certificates::file("");
    let run = |option: &str, url: &str, variables: &[(&str, &str)]| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--ignored", "--quiet"]);
        for name in
            ["http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
        {
            command.env_remove(name);
        }
        command
            .envs(variables.iter().copied())
            .env("TEST_PROXY", option)
            .env("TEST_URL", url)
            .env("TEST_OUT", out.path());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let used = !asked.take().is_empty();
        (std::fs::read_to_string(out.path()).unwrap(), used)
    };
    let direct = ("Ok(200)".to_owned(), false);
    let proxied = ("Ok(200)".to_owned(), true);
    let url = server.url("/");

    let everything: Vec<_> = ["http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, dead)).into();
    assert_eq!(run("", &url, &everything), direct, "not asked");
    assert_eq!(run("env", &url, &[]), direct, "nothing set");
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        assert_eq!(run("env", &url, &[(name, &proxy_url)]), proxied, "{name}");
    }
    assert_eq!(run("env", &url, &[("HTTPS_PROXY", dead)]), direct, "for the other scheme");
    assert_eq!(run("env", &url, &[("HTTP_PROXY", dead), ("REQUEST_METHOD", "GET")]), direct, "a visitor's header");
    for exceptions in ["*", "127.0.0.1", "x.example, 127.0.0.1 "] {
        assert_eq!(run("env", &url, &[("HTTP_PROXY", dead), ("NO_PROXY", exceptions)]), direct, "{exceptions}");
    }
    for exceptions in ["", "x.example", "27.0.0.1"] {
        assert_eq!(run("env", &url, &[("HTTP_PROXY", &proxy_url), ("no_proxy", exceptions)]), proxied, "{exceptions}");
    }
    assert_eq!(run("env", &by_name, &[("HTTP_PROXY", dead), ("NO_PROXY", "LocalHost")]), direct);
    assert_eq!(run(&proxy_url, &url, &[("NO_PROXY", "*")]), proxied, "an explicit proxy knows no exceptions");
    let (failed, _) = run("env", &url, &[("HTTP_PROXY", dead)]);
    assert!(failed.contains("ProxyFailed"), "{failed}");
}

#[test]
fn reading_is_not_disturbed_by_what_follows_the_proxys_answer() {
    // A proxy that sends its answer in one packet with the server's first bytes.
    let server = Server::start(|mut stream, _| {
        read_request(&mut stream);
        _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        let mut rest = Vec::new();
        _ = stream.read_to_end(&mut rest);
    });
    unsent_or_tls(&through(&format!("http://{}", server.address)));
}

fn unsent_or_tls(http: &Http) {
    let failure = fail(http, &order("https://127.0.0.1:9/"), &limits(3_000, 400));
    assert_eq!(failure.sent, Sent::No, "{failure}");
}
