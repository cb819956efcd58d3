//! Secrets: from a file that is named, or from the environment.

use super::read;
use clap::Args;
use countersign::options::without_line_end;
use countersign::{Error, ErrorKind, Secret, secret_from_env};
use std::ffi::{OsStr, OsString};

/// The largest secret that is read, in bytes.
const LIMIT: u64 = 64 << 10;

/// Where a secret comes from, besides the environment.
#[derive(Args, Debug)]
pub(crate) struct SecretArgs {
    /// Read the secret from this file, less one final line end; `-` is standard input. Goes before the environment
    #[arg(long, value_name = "FILE")]
    secret_file: Option<OsString>,
    /// Take the secret as it is, also with white space around it
    #[arg(long)]
    exact_secret: bool,
}

impl SecretArgs {
    /// Whether a file was named.
    pub(crate) fn is_file(&self) -> bool {
        self.secret_file.is_some()
    }

    /// The secret from `--secret-file`, the environment variable, or the file that its form with `_FILE` names.
    pub(crate) fn secret(&self, variable: &str, what: &str) -> Result<Secret, Error> {
        self.secret_or(variable, what, "--secret-file")
    }

    /// The same where there are other arguments to give.
    pub(crate) fn secret_or(&self, variable: &str, what: &str, arguments: &str) -> Result<Secret, Error> {
        let found = match &self.secret_file {
            Some(path) => Some(secret_file(path, "--secret-file")?),
            None => secret_from_env(variable)?,
        };
        let secret = found.ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                format!("There is no {what}: set {variable} or {variable}_FILE, or give {arguments}."),
            )
        })?;
        Ok(if self.exact_secret { Secret::exact(secret.expose()) } else { secret })
    }
}

/// The secret in a file, less one final line end. `who` names the file.
pub(crate) fn secret_file(path: &OsStr, who: &str) -> Result<Secret, Error> {
    // The path is not repeated: people put the secret itself there.
    let bytes = read(path, LIMIT).map_err(|why| {
        Error::new(ErrorKind::Configuration, format!("{who} names a file that cannot be read: {why}."))
    })?;
    let text = without_line_end(bytes);
    if text.is_empty() {
        return Err(Error::new(ErrorKind::Configuration, format!("{who} names a file that is empty.")));
    }
    Ok(Secret::from(text))
}
