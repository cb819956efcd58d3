//! Who may receive a webhook: addresses on this machine alone, and so many at a time.

use axum::http::Uri;
use countersign_core::host::{self, Authority};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many deliveries in the background may be under way: receivers that do not answer keep them for half a minute.
pub(crate) const MAX_WAITING: usize = 256;

/// Counts the deliveries in the background.
#[derive(Clone, Default)]
pub(crate) struct Waiting(Arc<AtomicUsize>);

/// One of them.
pub(crate) struct Turn(Waiting);

impl Waiting {
    pub(crate) fn enter(&self) -> Option<Turn> {
        let room = |waiting| (waiting < MAX_WAITING).then_some(waiting + 1);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).ok().map(|_| Turn(self.clone()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A URL on this machine.
#[derive(Debug, PartialEq)]
pub(crate) struct Loopback {
    pub(crate) address: SocketAddr,
    pub(crate) host: String,
    pub(crate) target: Uri,
}

/// Takes a URL apart, and refuses it unless it names this machine: the sandbox is no way to reach anything else.
pub(crate) fn loopback(url: &str) -> Result<Loopback, String> {
    let refused =
        |why: &str| Err(format!("{url:?} {why}; the sandbox delivers to http://127.0.0.1, [::1] and localhost only."));
    let Some(rest) = url.strip_prefix("http://") else { return refused("does not begin with http://") };
    if url.contains(|c: char| c.is_ascii_control() || c == ' ') {
        return refused("has a space or a control character");
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, target) = rest.split_at(end);
    let target = target.split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    // What may not stand in a URL goes the way a browser sends it.
    let encoded = |target: String, c: char| target.replace(c, &format!("%{:02X}", u32::from(c)));
    let target = ['"', '<', '>', '`'].into_iter().fold(target, encoded);
    let Ok(target) = target.parse::<Uri>() else { return refused("is too long") };
    let Some(Authority { host, port }) = Authority::read(authority) else {
        return refused("has no valid host or port");
    };
    let Some(ip) = host::loopback(host) else { return refused("is not on this machine") };
    let address = SocketAddr::new(ip, port.unwrap_or(80));
    Ok(Loopback { address, host: authority.to_owned(), target })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine() {
        let to = |url| loopback(url).map(|to| (to.address.to_string(), to.target.to_string()));
        assert_eq!(to("http://127.0.0.1:8080/a?b=c#d").unwrap(), ("127.0.0.1:8080".into(), "/a?b=c".into()));
        assert_eq!(to("http://localhost").unwrap(), ("127.0.0.1:80".into(), "/".into()));
        assert_eq!(to("http://[::1]:9/x").unwrap(), ("[::1]:9".into(), "/x".into()));
        assert_eq!(to("http://127.9.9.9?x").unwrap(), ("127.9.9.9:80".into(), "/?x".into()));
        assert_eq!(to("http://127.0.0.1//x/{y}|é").unwrap(), ("127.0.0.1:80".into(), "//x/{y}|é".into()));
        assert_eq!(to("http://127.0.0.1/<`>?\"").unwrap().1, "/%3C%60%3E?%22");
        for bad in [
            "https://127.0.0.1/",
            "http://example.com/",
            "http://127.0.0.1.example.com/",
            "http://localhost.example.com/",
            "http://127.0.0.1@example.com/",
            "http://127.0.0.1:80@example.com/",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://2130706433/",
            "http://127.0.0.1:port/",
            "http://127.0.0.1/\r\nX: y",
            "ftp://127.0.0.1/",
            "",
        ] {
            assert!(to(bad).is_err(), "{bad}");
        }
        assert!(to(&format!("http://127.0.0.1/{}", "x".repeat(65_536))).unwrap_err().contains("is too long"));
    }
}
