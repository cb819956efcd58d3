//! What Unix does to a process: fork, signals, and a kept connection that no longer takes a byte.
#![cfg(all(feature = "http", unix))]
#![allow(clippy::unwrap_used)]

mod support;

use countersign::Options;
use countersign::delivery::Class;
use countersign::transport::{Http, Sent, Transport};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::FromRawFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use support::certificates::{Authority, https};
use support::{Record, Server, drain, fail, limits, ok, order, patient, read_request};

/// One test at a time: a child inherits whatever the others have open, and keeps it open.
static ALONE: Mutex<()> = Mutex::new(());

fn send(http: &Http, url: &str) -> bool {
    http.send(&order(url), &patient()).is_ok_and(|reply| reply.status == 200)
}

/// Runs `work` in a forked child and says whether it was true there.
fn in_child(work: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child uses only what this thread owns and the allocator, which glibc, musl and macOS make usable after
    // fork; it leaves by _exit, running no handler of its parent's.
    unsafe {
        match libc::fork() {
            0 => libc::_exit(i32::from(!work())),
            child => {
                assert!(child > 0);
                let mut status = 0;
                assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
                libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
            }
        }
    }
}

fn check(server: &Server, http: &Http, url: &str) {
    assert!(send(http, url));
    assert_eq!(server.connections(), 1);
    assert!(in_child(|| send(http, url) && send(http, url)));
    assert_eq!(server.connections(), 2, "one more, kept by the child");
    thread::sleep(Duration::from_millis(50));
    // The child has exited and closed everything it had. The parent's session is none the worse.
    assert!(send(http, url));
    assert_eq!(server.connections(), 2);
    // A child of a child.
    assert!(in_child(|| send(http, url) && in_child(|| send(http, url)) && send(http, url)));
    assert_eq!(server.connections(), 4);
    // A child that drops the transport.
    let mut taken = Some(Http::new(&Options::new()).unwrap());
    assert!(in_child(|| taken.take().is_some()));
    assert!(send(http, url));
    assert_eq!(server.connections(), 4);
}

#[test]
fn connections_do_not_cross_a_fork() {
    let _alone = ALONE.lock().unwrap();
    let server = Server::replying(ok("{}"));
    check(&server, &support::http(), &server.url("/"));

    let authority = Authority::new("Shop CA");
    let server = authority.issue(&["localhost"], 2020..2040).replying(ok("{}"));
    check(&server, &trusting(&authority), &https(&server, "/"));
}

fn trusting(authority: &Authority) -> Http {
    Http::new(&Options::new().set("roots", authority.file().path())).unwrap()
}

#[test]
fn children_begin_while_other_threads_send() {
    let _alone = ALONE.lock().unwrap();
    let server = Server::replying(ok("{}"));
    let (http, url) = (support::http(), server.url("/"));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|_| scope.spawn(|| (0..400).all(|_| send(&http, &url)))).collect();
        for _ in 0..40 {
            assert!(in_child(|| send(&http, &url)));
        }
        assert!(workers.into_iter().all(|worker| worker.join().unwrap()));
    });
}

/// Ends the sending half of this process's connections to a server, behind the back of whoever keeps them.
fn stop_sending_to(server: SocketAddr) -> usize {
    let mut stopped = 0;
    for fd in 3..200 {
        // SAFETY: asks whether the number is in use, and changes nothing.
        if unsafe { libc::fcntl(fd, libc::F_GETFD) } == -1 {
            continue;
        }
        // SAFETY: the number is in use. If it is no socket's, the look at its peer fails and nothing else happens; it is
        // not closed here, because it belongs to the connection.
        let stream = std::mem::ManuallyDrop::new(unsafe { TcpStream::from_raw_fd(fd) });
        if stream.peer_addr().is_ok_and(|peer| peer == server) {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            stopped += 1;
        }
    }
    stopped
}

#[test]
fn a_kept_connection_that_takes_no_byte_is_replaced_once() {
    let _alone = ALONE.lock().unwrap();
    let authority = Authority::new("Shop CA");
    let record = Record::default();

    // The server answers once and then says and does nothing more: for the client the connection looks alive.
    let copy = record.clone();
    let plain = Server::start(move |mut stream, _| {
        read_request(&mut stream);
        stream.write_all(&ok("{}")).unwrap();
        let mut more = Vec::new();
        _ = stream.read_to_end(&mut more);
        copy.add(&more);
        thread::sleep(Duration::from_secs(3));
    });
    let copy = record.clone();
    let secure = authority.issue(&["localhost"], 2020..2040).serve(move |mut stream, _| {
        read_request(&mut stream);
        stream.write_all(&ok("{}")).unwrap();
        stream.flush().unwrap();
        let mut more = Vec::new();
        _ = stream.sock.read_to_end(&mut more);
        copy.add(&more);
        thread::sleep(Duration::from_secs(3));
    });
    let http = trusting(&authority);
    for (server, url) in [(&plain, plain.url("/")), (&secure, https(&secure, "/"))] {
        assert!(send(&http, &url));
        assert_eq!(stop_sending_to(server.address), 1);
        assert!(send(&http, &url), "on a new connection");
        assert_eq!(server.connections(), 2);
    }
    thread::sleep(Duration::from_millis(50));
    assert!(record.take().is_empty(), "nothing had left on the old ones");
}

#[test]
fn signals_neither_break_a_call_nor_stretch_it() {
    extern "C" fn nothing(_: libc::c_int) {}
    let _alone = ALONE.lock().unwrap();
    // SAFETY: the handler does nothing; without SA_RESTART every system call that waits is interrupted.
    let here = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
        libc::pthread_self()
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                // SAFETY: the thread lives longer than this scope.
                unsafe { libc::pthread_kill(here, libc::SIGUSR1) };
                thread::sleep(Duration::from_millis(1));
            }
        });
        let result = std::panic::catch_unwind(|| {
            let authority = Authority::new("Shop CA");
            let server = authority.issue(&["localhost"], 2020..2040).serve(|mut stream, _| {
                while !read_request(&mut stream).is_empty() {
                    for byte in ok("{}") {
                        thread::sleep(Duration::from_millis(3));
                        stream.write_all(&[byte]).unwrap();
                        stream.flush().unwrap();
                    }
                }
            });
            let http = trusting(&authority);
            for _ in 0..3 {
                http.send(&order(https(&server, "/")), &patient()).unwrap();
            }
            let silent = Server::start(|stream, _| drain(stream));
            let failure = fail(&http, &order(silent.url("/")), &limits(500, 500));
            assert_eq!((failure.sent, failure.class), (Sent::Maybe, Class::TimedOut));
            let failure = fail(&http, &order(https(&silent, "/")), &limits(500, 500));
            assert_eq!((failure.sent, failure.class), (Sent::No, Class::Unreachable));
        });
        done.store(true, Ordering::SeqCst);
        result.unwrap();
    });
}
