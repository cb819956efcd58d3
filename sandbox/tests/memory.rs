//! What the sandbox holds, in a process of its own, so that no other test counts.
#![cfg(target_os = "linux")]

#[allow(dead_code, unreachable_pub, reason = "shared with the other tests")]
#[path = "sandbox/http.rs"]
mod http;

use countersign_sandbox::{Options, Sandbox};
use http::{connect, drain, parse};
use std::io::{Read, Write};

/// What this process holds, in KiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this process");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("a size");
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number")
}

#[test]
fn what_is_remembered_is_bounded_by_bytes() {
    let sandbox = Sandbox::start(Options::default()).expect("two free ports on loopback");
    let base = sandbox.spiff_url();
    let before = resident();
    let mut stream = connect(base);
    let body = vec![b'x'; 64 * 1024];
    let head = format!("POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    let mut space = [0; 4096];
    for _ in 0..2500 {
        stream.write_all(head.as_bytes()).expect("written");
        stream.write_all(&body).expect("written");
        let mut seen = Vec::new();
        while http::parse_whole(&seen).is_none() {
            let count = stream.read(&mut space).expect("a reply");
            assert!(count > 0, "{}", String::from_utf8_lossy(&seen));
            seen.extend_from_slice(&space[..count]);
        }
    }
    let kept = resident().saturating_sub(before);
    assert!(kept < 110 * 1024, "{kept} KiB for 160 MiB of requests");
    // A reader that takes its time: the list is written as it is read.
    let mut slow = connect(base);
    slow.write_all(b"GET /_/requests HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("written");
    slow.read_exact(&mut space).expect("the beginning");
    let listed = resident().saturating_sub(before);
    assert!(listed < 130 * 1024, "{listed} KiB while it is listed");
    let mut all = space.to_vec();
    all.extend(drain(&mut slow));
    let said = parse(&all).expect("a reply").json();
    let requests = said["requests"].as_array().expect("a list");
    assert!((500..2000).contains(&requests.len()), "{}", requests.len());
    assert_eq!(requests.last().expect("one")["body"].as_str().map(str::len), Some(body.len()));
}
