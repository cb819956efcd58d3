//! Under which names the sandbox answers. A web page may let its own name lead to 127.0.0.1; the browser then still says
//! that name, and this is how it is told from those who mean the sandbox.

use crate::options::Options;
use countersign_core::host::loopback;
use std::net::{IpAddr, Ipv6Addr};

/// The names that are ours.
pub(crate) struct Hosts {
    allowed: Vec<String>,
    bound: IpAddr,
}

/// Why a request is not answered.
#[derive(Debug, PartialEq)]
pub(crate) enum Stranger {
    /// No host, several, or one that is none.
    Malformed,
    /// A name that is not ours.
    Other(String),
}

/// Takes the port off; `None` if this is no host.
fn name_of(authority: &str) -> Option<&str> {
    let (name, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, port)) => {
            name.parse::<Ipv6Addr>().ok()?;
            (name, port)
        }
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c));
    (named && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// Names are the same in either case, and with the root's dot at their end.
fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

impl Hosts {
    pub(crate) fn new(options: &Options) -> Result<Self, String> {
        let read = |given: &String| match name_of(given) {
            // Without brackets an IPv6 address is a name and a port; with a port, it would look as if only that were allowed.
            Some(name) if name.len() == given.len() || given.ends_with(']') => Ok(plain(name)),
            _ => Err(format!(
                "{given:?} is no host name: give it without scheme, port and path, such as shop.example or [fd00::1]."
            )),
        };
        let allowed = options.allowed_hosts.iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { allowed, bound: options.host })
    }

    fn knows(&self, name: &str) -> bool {
        let name = plain(name);
        let address = name.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        loopback(&name).is_some()
            || address.is_some_and(|address| address == self.bound.to_canonical() && !address.is_unspecified())
            || self.allowed.contains(&name)
            || address.is_some_and(|address| self.allowed.iter().any(|one| one.parse() == Ok(address)))
    }

    /// Judges every place where a request says whom it means.
    pub(crate) fn judge<'r>(&self, said: impl IntoIterator<Item = &'r str>) -> Result<(), Stranger> {
        let mut any = false;
        for authority in said {
            any = true;
            let name = name_of(authority).ok_or(Stranger::Malformed)?;
            if !self.knows(name) {
                return Err(Stranger::Other(plain(name)));
            }
        }
        if any { Ok(()) } else { Err(Stranger::Malformed) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn hosts(host: &str, allowed: &[&str]) -> Result<Hosts, String> {
        let allowed_hosts = allowed.iter().map(|name| (*name).to_owned()).collect();
        Hosts::new(&Options { host: host.parse().unwrap(), allowed_hosts, ..Options::default() })
    }

    #[test]
    fn names_and_addresses() {
        let hosts = hosts("0.0.0.0", &["Shop.Test", "[fd00::1]", "10.0.0.9"]).unwrap();
        for ours in
            ["shop.test", "SHOP.TEST:80", "shop.test.", "[FD00:0::1]:9", "10.0.0.9", "[::ffff:10.0.0.9]", "127.3.2.1"]
        {
            assert_eq!(hosts.judge([ours]), Ok(()), "{ours}");
        }
        for other in ["shop.test.evil.example", "a.shop.test", "10.0.0.8", "0.0.0.0", "[fd00::2]", "127.1"] {
            assert!(matches!(hosts.judge([other]), Err(Stranger::Other(_))), "{other}");
        }
        for none in [
            "",
            ":80",
            "a b",
            "a/b",
            "http://shop.test",
            "[127.0.0.1]",
            "[::1]x",
            "shop.test:123456",
            "shop.test:80:80",
        ] {
            assert_eq!(hosts.judge([none]), Err(Stranger::Malformed), "{none}");
        }
        assert_eq!(hosts.judge([]), Err(Stranger::Malformed));
        assert_eq!(hosts.judge(["shop.test", "evil.example"]), Err(Stranger::Other("evil.example".into())));
    }

    #[test]
    fn the_bound_address_is_ours() {
        assert_eq!(hosts("192.0.2.7", &[]).unwrap().judge(["192.0.2.7:80"]), Ok(()));
        for wrong in ["http://shop.test", "shop.test:80", "*", "", "fd00::1", "a/b"] {
            assert!(hosts("127.0.0.1", &[wrong]).is_err(), "{wrong}");
        }
    }
}
