//! Options by name, and the tables of options and operations.

use crate::boundary::{bytes, free, handle_mut, json, text};
use crate::error::countersign_error;
use crate::out::{make, run};
use crate::text::countersign_text;
use countersign_client::options::{OPTIONS, Scope};
use countersign_client::{Options, Platform, options_from_env};
use std::ffi::c_char;

/// Options for a client, by name. One thread at a time may use them; a client keeps its own copy, so they may be freed
/// once the client is made. Secrets in them are wiped when they are freed.
#[derive(Debug)]
pub struct countersign_options(pub(crate) Options);

/// No options yet.
/// Ownership: *out is the caller's, for countersign_options_free.
/// Threads: any.
/// Errors: invalid_argument if out is NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_options_new(
    out: *mut *mut countersign_options,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: outputs NULL or writable.
    unsafe { make(out, err, || Ok(countersign_options(Options::new()))) }
}

/// The options that the environment gives for a platform, "spiff" or "sign_customiser": COUNTERSIGN_SPIFF_ACCESS_KEY
/// and so on, each also with _FILE appended for the path of a file that holds the value. More may be set on top.
/// Ownership: borrows the text; *out is the caller's, for countersign_options_free.
/// Threads: no other thread may change the environment meanwhile.
/// Errors: configuration for a file that cannot be read or an unusable value; invalid_argument for another platform.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_options_from_env(
    platform: *const c_char,
    platform_len: usize,
    out: *mut *mut countersign_options,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let options = options_from_env(Scope::of(text(platform, platform_len, "platform")?)?)?;
            options.check()?;
            Ok(countersign_options(options))
        })
    }
}

/// Sets an option, such as "region" to "us"; countersign_options_table lists them. Values are text as in the
/// environment: "true", "30". An empty value unsets it.
/// Ownership: borrows the texts for the call.
/// Threads: no other thread may use the options meanwhile.
/// Errors: configuration for an unknown option or an unusable value; the options are then as they were.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_options_set(
    options: *mut countersign_options,
    name: *const c_char,
    name_len: usize,
    value: *const c_char,
    value_len: usize,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: a handle of this thread, texts readable for their lengths, err NULL or writable.
    unsafe {
        run(err, || {
            let options = handle_mut(options, "options")?;
            let changed = options.0.clone().set(text(name, name_len, "name")?, bytes(value, value_len, "value")?);
            changed.check()?;
            options.0 = changed;
            Ok(())
        })
    }
}

/// Frees options.
/// Ownership: takes the options; NULL is allowed.
/// Threads: no other thread may use the options.
/// Errors: none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_options_free(options: *mut countersign_options) {
    // SAFETY: the conventions: NULL or a live handle that is given up.
    unsafe { free(options) }
}

/// Every option as JSON: a list of {"name", "platform", "kind", "default", "meaning"}; platform is null for both.
/// Ownership: *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument if out is NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_options_table(
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: outputs NULL or writable.
    unsafe { make(out, err, || Ok(countersign_text(json(&OPTIONS)?))) }
}

/// Every operation of a platform, "spiff" or "sign_customiser", as JSON: a list of {"name", "effect", "input"}, where
/// the effect is "read", "order" or "change" and input names the members of the operation's JSON.
/// Ownership: borrows the text; *out is the caller's, for countersign_text_free.
/// Threads: any.
/// Errors: invalid_argument for another platform.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn countersign_operations(
    platform: *const c_char,
    platform_len: usize,
    out: *mut *mut countersign_text,
    err: *mut *mut countersign_error,
) -> i32 {
    // SAFETY: the conventions: text readable for its length, outputs NULL or writable.
    unsafe {
        make(out, err, || {
            let rows = Platform::operations(text(platform, platform_len, "platform")?)?;
            Ok(countersign_text(json(&rows)?))
        })
    }
}
