//! The boundary itself: the panic guard, and the readers of pointers that came from C; `out.rs` has the writers.
//!
//! The contract behind every `unsafe` here is that of `include/README.md`: a pointer is NULL or valid for its length; a
//! handle is NULL or came from this library and was not freed; an output is NULL or writable. NULL is answered with an
//! error wherever it is of no use.

use countersign_client::{Error, ErrorKind, Timestamp, system_time};
use std::ffi::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use zeroize::Zeroize;

/// In place of a time: now, by the clock of this machine.
pub const COUNTERSIGN_NOW: i64 = -1;

/// In place of a number of seconds: the default.
pub const COUNTERSIGN_DEFAULT: i64 = -1;

/// In place of a time that there is not.
pub const COUNTERSIGN_ABSENT: i64 = -1;

/// In place of the window of countersign_verify: the date is not judged.
pub const COUNTERSIGN_ANY_DATE: i64 = -2;

pub(crate) fn argument(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Runs `work`; a panic becomes `fallback`. What it says went to standard error already, as every panic's text does.
pub(crate) fn guard<R>(fallback: R, work: impl FnOnce() -> R) -> R {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(payload) => {
            // A payload may panic once more while it is dropped.
            _ = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            fallback
        }
    }
}

/// As [`guard`], for what may wait for the network or a file: a thread that is cancelled meanwhile ends in the caller's own
/// code. The C library would unwind it through ours, which ends the whole process. Threads of other systems are not cancelled
/// from outside, or their conventions forbid it.
pub(crate) fn guard_waiting<R>(fallback: R, work: impl FnOnce() -> R) -> R {
    #[cfg(any(all(target_os = "linux", not(target_env = "ohos")), target_vendor = "apple"))]
    let _held = cancellation::Held::new();
    guard(fallback, work)
}

#[cfg(any(all(target_os = "linux", not(target_env = "ohos")), target_vendor = "apple"))]
mod cancellation {
    use std::ffi::c_int;

    /// As glibc, musl and Apple number it.
    const DISABLE: c_int = if cfg!(target_vendor = "apple") { 0 } else { 1 };

    unsafe extern "C" {
        fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int;
    }

    /// While it lives, pthread_cancel of this thread waits.
    pub(super) struct Held(c_int);

    impl Held {
        pub(super) fn new() -> Self {
            let mut old = DISABLE;
            // SAFETY: POSIX: the state is one of the two, and `old` is writable.
            unsafe { pthread_setcancelstate(DISABLE, &raw mut old) };
            Self(old)
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            // SAFETY: the state that was set before; the old one is not asked for, which glibc, musl and Apple permit.
            // With the deferred type, the only one under which POSIX lets a thread call other functions, nothing is cancelled here.
            unsafe { pthread_setcancelstate(self.0, std::ptr::null_mut()) };
        }
    }
}

/// A handle that must be there.
///
/// # Safety
/// `handle` is NULL or a live handle, and stays so for `'a`.
pub(crate) unsafe fn handle<'a, T>(handle: *const T, name: &str) -> Result<&'a T, Error> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_ref() }.ok_or_else(|| argument(format!("The {name} is NULL.")))
}

/// A handle that is changed.
///
/// # Safety
/// `handle` is NULL or a live handle that no other thread uses meanwhile.
pub(crate) unsafe fn handle_mut<'a, T>(handle: *mut T, name: &str) -> Result<&'a mut T, Error> {
    // SAFETY: the caller's promise.
    unsafe { handle.as_mut() }.ok_or_else(|| argument(format!("The {name} is NULL.")))
}

/// Bytes; `(NULL, 0)` is empty.
///
/// # Safety
/// `data` is NULL or readable for `len` bytes during `'a`.
#[inline]
pub(crate) unsafe fn bytes<'a>(data: *const c_char, len: usize, name: &str) -> Result<&'a [u8], Error> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() || isize::try_from(len).is_err() {
        return Err(bad_length(data, len, name));
    }
    // SAFETY: not NULL, not too long, and readable by the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts(data.cast(), len) })
}

#[cold]
fn bad_length(data: *const c_char, len: usize, name: &str) -> Error {
    if data.is_null() {
        argument(format!("The {name} is NULL, but its length is {len}."))
    } else {
        argument(format!("The length of the {name} is {len}: more than there is memory. A negative number?"))
    }
}

/// Text, which must be UTF-8.
///
/// # Safety
/// As [`bytes`].
#[inline]
pub(crate) unsafe fn text<'a>(data: *const c_char, len: usize, name: &str) -> Result<&'a str, Error> {
    // SAFETY: the caller's promise.
    let bytes = unsafe { bytes(data, len, name) }?;
    std::str::from_utf8(bytes).map_err(|error| not_utf8(name, error.valid_up_to()))
}

#[cold]
pub(crate) fn not_utf8(name: &str, at: usize) -> Error {
    argument(format!("The {name} is not UTF-8 text (at byte {at})."))
}

/// Text that may be absent: a NULL pointer with length 0.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn optional<'a>(data: *const c_char, len: usize, name: &str) -> Result<Option<&'a str>, Error> {
    // SAFETY: the caller's promise.
    let text = unsafe { text(data, len, name) }?;
    Ok((!data.is_null()).then_some(text))
}

/// Lends a text of a handle; NULL and 0 where there is none.
///
/// # Safety
/// `handle` is NULL or live, `len` is NULL or writable.
pub(crate) unsafe fn lend<T>(
    handle: *const T,
    len: *mut usize,
    pick: impl FnOnce(&T) -> Option<&Text>,
) -> *const c_char {
    // SAFETY: the caller's promise.
    let handle = unsafe { handle.as_ref() };
    let found = guard(None, || handle.and_then(pick));
    if let Some(len) = NonNull::new(len) {
        // SAFETY: not NULL, so writable by the caller's promise.
        unsafe { len.write(found.map_or(0, Text::len)) };
    }
    found.map_or(std::ptr::null(), Text::as_ptr)
}

/// Reads a plain value off a handle; `absent` for NULL.
///
/// # Safety
/// `handle` is NULL or live.
pub(crate) unsafe fn peek<T, R: Copy>(handle: *const T, absent: R, pick: impl FnOnce(&T) -> R) -> R {
    // SAFETY: the caller's promise.
    let handle = unsafe { handle.as_ref() };
    guard(absent, || handle.map_or(absent, pick))
}

/// Frees a handle.
///
/// # Safety
/// `handle` is NULL or came from [`make`] and was not freed.
pub(crate) unsafe fn free<T>(handle: *mut T) {
    guard_waiting((), || {
        if !handle.is_null() {
            // SAFETY: made by Box::into_raw, and by the caller's promise not freed before.
            drop(unsafe { Box::from_raw(handle) });
        }
    });
}

/// Bytes that a handle owns, with a NUL behind them for the convenience of C.
pub(crate) struct Text(Box<[u8]>);

impl Text {
    pub(crate) fn new(bytes: impl Into<Vec<u8>>) -> Self {
        let mut bytes = bytes.into();
        bytes.reserve_exact(1);
        bytes.push(0);
        Self(bytes.into_boxed_slice())
    }

    /// The same without a copy that is given back before [`Text::wipe`].
    pub(crate) fn copy(bytes: &[u8]) -> Self {
        let mut own = Vec::with_capacity(bytes.len() + 1);
        own.extend_from_slice(bytes);
        Self::new(own)
    }

    pub(crate) fn wipe(&mut self) {
        self.0.zeroize();
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[..self.len()]
    }

    fn len(&self) -> usize {
        self.0.len() - 1
    }

    pub(crate) fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }
}

/// JSON text of a value of ours.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<Text, Error> {
    serde_json::to_vec(value).map(Text::new).map_err(Error::unwritten)
}

/// A moment that C gave: seconds since 1970, or `COUNTERSIGN_NOW`, as any negative number.
pub(crate) fn moment(seconds: i64) -> Result<Timestamp, Error> {
    if seconds <= COUNTERSIGN_NOW { Ok(system_time()) } else { Timestamp::of_seconds(seconds).map_err(argument) }
}
