//! Signing into the caller's buffer and verifying allocate nothing. A binary of its own, for its allocator.
#![allow(clippy::unwrap_used, reason = "a failed test says where")]

use countersign_core::{BodyDigest, Parts, Scheme, Signer, Timestamp};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

thread_local! {
    /// Allocations of this thread, so that the test harness's own threads do not disturb.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

fn count() {
    // While a thread ends its locals may be gone; nothing is measured then.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: every call goes to `System` unchanged, which keeps the contract; counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above; the pointer came from `System`, as all of ours do.
        unsafe { System.realloc(pointer, layout, size) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(mut work: impl FnMut() -> T) -> u64 {
    let before = COUNT.get();
    for _ in 0..1000 {
        black_box(work());
    }
    COUNT.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| vec![1u8]), 1000);
    assert_eq!(allocations(|| vec![0u8; 10]), 1000);
    assert_eq!(allocations(|| 1 + 1), 0);
}

#[test]
fn signing_and_verifying_allocate_nothing() {
    let now = Timestamp::from_unix(1_577_836_800);
    for scheme in [Scheme::Soa(BodyDigest::Sha512), Scheme::Soa(BodyDigest::Md5), Scheme::Vws] {
        for size in [0, 150, 65_536] {
            // The longer path leaves the one buffer and is hashed piece by piece.
            for path in ["/api/v2/orders", &*"/long".repeat(200)] {
                let signer = Signer::new("access-key", "secret-key", scheme).unwrap();
                let body = vec![b'x'; size];
                let date = now.http_date();
                let content_type = "application/json; charset=utf-8";
                let parts = Parts { method: "POST", path, content_type, date: &date, body: &body };
                let mut out = [0; 128];
                let mut len = 0;
                let place = format!("{scheme:?}, {size} bytes, path of {}", path.len());

                let count = allocations(|| len = signer.write_authorization(black_box(&parts), &mut out).unwrap());
                assert_eq!(count, 0, "write_authorization, {place}");

                let value = std::str::from_utf8(&out[..len]).unwrap();
                let headers =
                    [("Host", "x.test"), ("authorization", value), ("date", &*date), ("content-type", content_type)];
                let count = allocations(|| {
                    signer.verify("POST", path, black_box(&body), &headers, now, Some(300)).unwrap();
                });
                assert_eq!(count, 0, "verify, {place}");
                assert_eq!(allocations(|| signer.authorization(&parts).unwrap()), 1000, "the String alone, {place}");
            }
        }
    }
}

#[test]
fn a_date_allocates_nothing() {
    let mut seconds = 1_577_836_800;
    let count = allocations(|| {
        seconds += 86_399;
        let date = Timestamp::from_unix(seconds).http_date();
        assert!(date.ends_with(" GMT"));
        Timestamp::from_http_date(&date).unwrap()
    });
    assert_eq!(count, 0);
}
