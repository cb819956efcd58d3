//! Hosts: taking the authority of a URL apart, and which hosts are this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host, and a port where one is said, as they stand in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// A name or an address, without brackets.
    pub host: &'a str,
    /// From 1 on.
    pub port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Takes `host`, `host:port` or `[address]:port` apart; nothing for what is none, such as one with a user name.
    pub fn read(authority: &'a str) -> Option<Self> {
        let (host, port) = match authority.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
                host.parse::<Ipv6Addr>().ok()?;
                (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
            }
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':');
        if host.is_empty() || !host.bytes().all(letter) {
            return None;
        }
        let port = match port {
            Some(port) if port.bytes().all(|b| b.is_ascii_digit()) => Some(port.parse().ok().filter(|port| *port > 0)?),
            Some(_) => return None,
            None => None,
        };
        Some(Self { host, port })
    }
}

/// The address of this machine that a host names: `localhost`, or a loopback address. Nothing for any other host, also where
/// that leads here: a name means what its server says, and may mean another machine the next time.
pub fn loopback(host: &str) -> Option<IpAddr> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    host.parse().ok().filter(|ip: &IpAddr| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_taken_apart() {
        let of = |authority| Authority::read(authority).map(|it| (it.host, it.port));
        assert_eq!(of("shop.example"), Some(("shop.example", None)));
        assert_eq!(of("shop.example:8080"), Some(("shop.example", Some(8080))));
        assert_eq!(of("[::1]"), Some(("::1", None)));
        assert_eq!(of("[::1]:9"), Some(("::1", Some(9))));
        for none in
            ["", ":1", "a:", "a:0", "a:x", "a:+1", "a:70000", "a:1:2", "::1", "[::1", "[::1]9", "[zz]", "u@a", "a b"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn this_machine_is_a_name_and_some_addresses() {
        for here in ["localhost", "LocalHost", "127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(loopback(here).is_some(), "{here}");
        }
        for elsewhere in
            ["", "localhost.example", "127.0.0.1.example", "0.0.0.0", "::", "10.0.0.1", "2130706433", "127.1"]
        {
            assert_eq!(loopback(elsewhere), None, "{elsewhere}");
        }
    }
}
