//! Credentials are looked for in the memory that is given back, and must not be there. A binary of its own, for its
//! allocator; one test, because it counts for the whole process.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign::{Options, Platform, Secret, spiff};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const CANARY: &[u8; 16] = b"Xk7-canary-91f2c";
static FOUND: AtomicUsize = AtomicUsize::new(0);
static LOOKING: AtomicBool = AtomicBool::new(false);

struct Looking;

// SAFETY: every call goes to `System`, which keeps the contract; `realloc` is the default one, over these. Looking neither
// allocates nor unwinds.
unsafe impl GlobalAlloc for Looking {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read when it is given back.
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if LOOKING.load(Ordering::Relaxed) {
            // SAFETY: the block is still the caller's, is as long as it says, and was zeroed at first.
            let block = unsafe { std::slice::from_raw_parts(pointer, layout.size()) };
            if block.windows(CANARY.len()).any(|window| window == CANARY) {
                FOUND.fetch_add(1, Ordering::Relaxed);
            }
        }
        // SAFETY: as above; the pointer came from `System`, as all of ours do.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Looking = Looking;

/// How many blocks were given back with the credential in them.
fn found(work: impl FnOnce()) -> usize {
    let before = FOUND.load(Ordering::Relaxed);
    LOOKING.store(true, Ordering::Relaxed);
    work();
    LOOKING.store(false, Ordering::Relaxed);
    FOUND.load(Ordering::Relaxed) - before
}

fn canary() -> &'static str {
    std::str::from_utf8(CANARY).unwrap()
}

/// A server that answers so many requests, and keeps nothing of them.
fn serve(requests: usize, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for _ in 0..requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut room = [0; 16 * 1024];
            let _ = stream.read(&mut room).unwrap();
            let reply = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            stream.write_all(reply.as_bytes()).unwrap();
        }
    });
    format!("http://{address}")
}

#[test]
fn no_credential_is_left_in_memory_that_is_given_back() {
    assert_eq!(found(|| drop(canary().to_owned())), 1, "what is not wiped is found");
    assert_eq!(found(|| drop(Secret::from(canary()))), 0);

    // Options, an account, a prepared call and its copies.
    let prepared = || {
        for (name, options) in [
            ("application_key", Options::new().set("region", "us")),
            ("secret_key", Options::new().set("region", "us").set("access_key", "a")),
        ] {
            let options = options.set(name, canary());
            let account = spiff::Account::new(&options).unwrap().acting_for(None, None, None).unwrap();
            let order = spiff::Order::new("1", true, vec![spiff::OrderItem::transaction(1, "t")]);
            let call = account.prepare_order(&order, countersign::system_time()).unwrap();
            drop((options.clone(), call.clone(), call.request().headers.clone(), format!("{call:?}")));
        }
    };
    assert_eq!(found(prepared), 0);

    // Whole calls, over HTTP.
    for (platform, option, body) in [
        ("spiff", "application_key", r#"{"data":{"currentIntegration":{"id":"1"}}}"#),
        ("sign_customiser", "api_token", r#"{"webhooks":[]}"#),
    ] {
        let url = serve(2, body);
        let calls = || {
            let client = Platform::new(platform, &Options::new().set("base_url", &*url).set(option, canary())).unwrap();
            client.run("check", b"").unwrap();
            client.with_timeout(5.0).unwrap().run("check", b"").unwrap();
        };
        assert_eq!(found(calls), 0, "{option}");
    }

    // A file that a variable names.
    let path = std::env::temp_dir().join(format!("countersign-wiped-{}", std::process::id()));
    std::fs::write(&path, [&CANARY[..], b"\n"].concat()).unwrap();
    let read = || {
        let variable = |name: &str| (name == "COUNTERSIGN_SPIFF_SECRET_KEY_FILE").then(|| path.display().to_string());
        let options = countersign::options_from_variables(countersign::options::Scope::Spiff, variable).unwrap();
        assert!(format!("{options:?}").contains("secret_key"));
    };
    assert_eq!(found(read), 0);
    std::fs::remove_file(&path).unwrap();
}
