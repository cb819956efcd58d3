//! An account: a client of a platform under the name that the shop gave it.

use countersign::{Error, ErrorKind, Platform};

/// An account of the outbox.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its client.
    pub platform: Platform,
}

/// The number of a platform in the store.
pub(crate) fn provider_number(platform: &str) -> i64 {
    if platform == "sign_customiser" { 2 } else { 1 }
}

impl Account {
    pub(crate) fn provider(&self) -> i64 {
        provider_number(self.platform.name())
    }

    /// Whether the platform can be asked what became of an order.
    pub(crate) fn has_read(&self) -> bool {
        self.platform.has_read()
    }
}

impl From<Platform> for Account {
    fn from(platform: Platform) -> Self {
        Self { platform }
    }
}

/// A name that is safe in every store and at every terminal.
pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(());
    }
    let message = format!("{name:.80?} cannot name an account: give 1 to 64 of a-z, 0-9, '.', '_' and '-'.");
    Err(Error::new(ErrorKind::InvalidArgument, message))
}
