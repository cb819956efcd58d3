//! Version and ABI number.

use crate::boundary::guard;
use std::ffi::c_char;

/// The number of the binary interface that this header describes. It is raised when a function changes or goes, and it
/// is the number in the library's SONAME. New functions do not raise it.
pub const COUNTERSIGN_ABI_VERSION: u32 = 0;

/// The number of the binary interface of the library in use: compare it with COUNTERSIGN_ABI_VERSION before anything
/// else.
/// Ownership: nothing is passed.
/// Threads: any.
/// Errors: none.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn countersign_abi_version() -> u32 {
    guard(0, || COUNTERSIGN_ABI_VERSION)
}

/// The version of the library in use, such as "0.1.0".
/// Ownership: the text is static and NUL-terminated.
/// Threads: any.
/// Errors: none.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn countersign_version() -> *const c_char {
    guard(std::ptr::null(), || concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast())
}
