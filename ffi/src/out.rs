//! What a function hands out: a value or a handle through its output, or an error through its last argument.

use crate::boundary::{argument, guard, guard_waiting};
use crate::error::countersign_error;
use countersign_client::delivery::Class;
use countersign_client::{Effect, Error, ErrorKind};
use std::ptr::NonNull;

/// Success.
const OK: i32 = 0;

fn panicked() -> Error {
    Error::new(ErrorKind::Internal, Class::Defect.in_words(Effect::Read))
}

/// Runs `work`, and turns what went wrong into a status and an error handle.
///
/// # Safety
/// `err` is NULL or writable.
pub(crate) unsafe fn run(err: *mut *mut countersign_error, work: impl FnOnce() -> Result<(), Error>) -> i32 {
    let error = match guard_waiting(None, || Some(work())) {
        Some(Ok(())) => return OK,
        Some(Err(error)) => error,
        None => panicked(),
    };
    // SAFETY: the caller's promise.
    unsafe { hand_over(err, error) }
}

/// Fails, always: with what `work` says, or with what keeps it from saying that.
///
/// # Safety
/// `err` is NULL or writable.
pub(crate) unsafe fn fail(err: *mut *mut countersign_error, work: impl FnOnce() -> Result<Error, Error>) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { run(err, || Err(work()?)) }
}

/// Hands an error over and answers its number.
///
/// # Safety
/// `err` is NULL or writable.
unsafe fn hand_over(err: *mut *mut countersign_error, error: Error) -> i32 {
    let number = error.kind().number();
    if let Some(err) = NonNull::new(err) {
        let handle = guard(std::ptr::null_mut(), || Box::into_raw(Box::new(countersign_error::new(error))));
        // SAFETY: not NULL, so writable by the caller's promise.
        unsafe { err.write(handle) };
    }
    number
}

/// Makes a handle. The place for it is looked at first, so that no order is placed whose answer has nowhere to go.
///
/// # Safety
/// `out` and `err` are NULL or writable.
pub(crate) unsafe fn make<T>(
    out: *mut *mut T,
    err: *mut *mut countersign_error,
    work: impl FnOnce() -> Result<T, Error>,
) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { give(out, err, || Ok(Box::into_raw(Box::new(work()?)))) }
}

/// Writes a plain value.
///
/// # Safety
/// `out` and `err` are NULL or writable.
pub(crate) unsafe fn give<T>(
    out: *mut T,
    err: *mut *mut countersign_error,
    work: impl FnOnce() -> Result<T, Error>,
) -> i32 {
    let work = || {
        let out = NonNull::new(out).ok_or_else(|| argument("There is no place for the answer: the output is NULL."))?;
        let value = work()?;
        // SAFETY: not NULL, so writable by the caller's promise.
        unsafe { out.write(value) };
        Ok(())
    };
    // SAFETY: the caller's promise.
    unsafe { run(err, work) }
}
