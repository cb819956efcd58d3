//! The environment of this process: its variables, and the files that they name.
//!
//! The rules stand in the core; here is what it does not touch. No message repeats a path: people put the secret itself
//! in its place.

use countersign_core::options::{Scope, of_variable};
use countersign_core::{Error, Options, Secret};
use std::ffi::OsString;
use std::io::Read;

/// The longest file that a variable may name, in bytes.
const LIMIT: u64 = 64 << 10;

/// Options from the environment, as [`options::ENVIRONMENT`](crate::options::ENVIRONMENT) lists it; each variable also with
/// `_FILE`.
///
/// # Errors
/// `configuration` for a file that cannot be read, both forms of one variable, or a variable that is no text.
pub fn options_from_env(scope: Scope) -> Result<Options, Error> {
    options_from_env_where(Options::new(), scope, |_| true)
}

/// The same on top of other options, for those alone that are `wanted`; the variables of others are not looked at.
///
/// # Errors
/// As [`options_from_env`].
pub fn options_from_env_where(options: Options, scope: Scope, wanted: impl Fn(&str) -> bool) -> Result<Options, Error> {
    options.with_environment_where(scope, wanted, variable, file)
}

/// The same from variables that a host has of its own, as a worker thread of Node does.
///
/// # Errors
/// As [`options_from_env`].
pub fn options_from_variables(scope: Scope, variable: impl Fn(&str) -> Option<String>) -> Result<Options, Error> {
    Options::new().with_environment(scope, variable, file)
}

/// A secret from the environment by the same rules: the value of a variable, or of the file that its form with `_FILE`
/// names.
///
/// # Errors
/// As [`options_from_env`].
pub fn secret_from_env(name: &str) -> Result<Option<Secret>, Error> {
    Ok(of_variable(name, variable, file)?.map(Secret::from))
}

fn variable(name: &str) -> Option<Vec<u8>> {
    std::env::var_os(name).map(OsString::into_encoded_bytes)
}

fn file(path: &str) -> Result<Vec<u8>, String> {
    // Room for all of it: what a growing vector leaves behind is not wiped.
    let mut bytes = Vec::new();
    let read = |file: std::fs::File| {
        let length = file.metadata()?.len().min(LIMIT);
        bytes.reserve_exact(usize::try_from(length).unwrap_or_default() + 64);
        file.take(LIMIT + 1).read_to_end(&mut bytes)
    };
    match std::fs::File::open(path).and_then(read) {
        Ok(_) if bytes.len() as u64 > LIMIT => Err(format!("it is larger than {LIMIT} bytes.")),
        Ok(_) => Ok(bytes),
        Err(error) => Err(format!("{error}.")),
    }
}
