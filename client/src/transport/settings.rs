//! Options that become settings of ureq: trusted authorities and the proxy.

use countersign_core::{Error, ErrorKind, Options};
use std::net::IpAddr;
use std::sync::Arc;
use ureq::tls::{PemItem, RootCerts, parse_pem};
use ureq::{Proxy, ProxyProtocol};
use zeroize::Zeroizing;

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// `roots`: "platform", "bundled", or the path of a PEM file.
pub(super) fn roots(options: &Options) -> Result<RootCerts, Error> {
    match options.text("roots").unwrap_or("platform") {
        "platform" => Ok(RootCerts::PlatformVerifier),
        "bundled" => Ok(RootCerts::WebPki),
        path => {
            let pem = std::fs::read(path).map_err(|error| {
                refused(format!(
                    "roots names the file {path:?}, which cannot be read: {error}. Give the path of a PEM file, \
                     \"platform\" or \"bundled\"."
                ))
            })?;
            authorities(&pem).map_err(|why| refused(format!("roots names the file {path:?}, {why}")))
        }
    }
}

fn authorities(pem: &[u8]) -> Result<RootCerts, String> {
    let mut certificates = Vec::new();
    // ureq skips what it cannot use, and an authority that is not there looks like a stranger's server later.
    let mut store = rustls::RootCertStore::empty();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => {
                store
                    .add(certificate.der().into())
                    .map_err(|error| format!("whose certificate {} is not usable: {error}.", certificates.len() + 1))?;
                certificates.push(certificate);
            }
            Ok(_) => {}
            Err(_) => return Err("which is not well-formed PEM.".to_owned()),
        }
    }
    if certificates.is_empty() {
        return Err("which has no certificate in it. \"-----BEGIN CERTIFICATE-----\" is due.".to_owned());
    }
    Ok(RootCerts::Specific(Arc::new(certificates)))
}

/// `proxy`: the URL of a proxy, or "env" for the environment's. Without the option the environment has no say.
pub(super) fn proxy(options: &Options, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
    match options.text("proxy") {
        None => Ok(None),
        Some("env") => proxy_of_environment(options, variable),
        Some(url) => checked("proxy", url).map(Some),
    }
}

/// The variable of the environment whose proxy would be used, if `proxy` said "env" instead of nothing.
pub(super) fn unused_proxy(options: &Options, variable: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let left = options.text("proxy").is_none().then(|| chosen(is_plain(options), variable)).flatten();
    left.map(|(name, _)| name)
}

fn is_plain(options: &Options) -> bool {
    options.text("base_url").is_some_and(|url| url.starts_with("http://"))
}

/// The URL may hold a password: no message repeats it.
fn checked(name: &str, url: &str) -> Result<Proxy, Error> {
    let proxy = Proxy::new(url).map_err(|_| {
        refused(format!("{name} is not the URL of a proxy. Write it as \"http://user:password@host:port\"; the user part is optional."))
    })?;
    match proxy.protocol() {
        ProxyProtocol::Http | ProxyProtocol::Https if !proxy.host().is_empty() => {}
        _ => {
            return Err(refused(format!(
                "{name} must begin with http:// or https://: only HTTP proxies are supported."
            )));
        }
    }
    // ureq would take the usual port instead of one that is no port.
    let authority = proxy.uri().authority().map_or("", |authority| authority.as_str());
    let after_host = authority.rsplit(['@', ']']).next().unwrap_or_default();
    if after_host.contains(':') && proxy.uri().port_u16().is_none() {
        return Err(refused(format!("{name} has a port that is none: a number from 1 to 65535 is due.")));
    }
    Ok(proxy)
}

/// The first variable that says a proxy, and what it says.
fn chosen(plain: bool, variable: impl Fn(&str) -> Option<String>) -> Option<(&'static str, Zeroizing<String>)> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(Zeroizing::new);
    let names: &[&str] = if !plain {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else if set("REQUEST_METHOD").is_some() {
        // Under CGI, a visitor sets HTTP_PROXY by sending a header called Proxy.
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
    };
    names.iter().find_map(|name| Some((*name, set(name)?)))
}

fn proxy_of_environment(options: &Options, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some((name, url)) = chosen(is_plain(options), &variable) else { return Ok(None) };
    let proxy = checked(name, &url)?;
    let Some(exceptions) = set("no_proxy").or_else(|| set("NO_PROXY")) else { return Ok(Some(proxy)) };

    let mut builder = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
    if let Some(user) = proxy.username() {
        builder = builder.username(user);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    let (host, port) = own_address(options);
    let words = exceptions.split(|c: char| c == ',' || c.is_ascii_whitespace());
    for exception in words.filter(|exception| !exception.is_empty()) {
        // As curl reads it: "example.com", ".example.com" and "*.example.com" all mean the name and what is below it, and
        // "10.0.0.0/8" the addresses of a network. A port means that port alone.
        let (name, at) = name_and_port(exception.trim_start_matches('*').trim_start_matches('.'));
        let other_port = at.is_some_and(|at| at != port);
        let ours = network(name).map(|network| host.parse().is_ok_and(|address| is_in(address, network)));
        builder = match (name, ours) {
            _ if other_port => builder,
            ("", _) => builder.no_proxy("*"),
            (_, Some(true)) => builder.no_proxy(host).no_proxy(&format!("[{host}]")),
            (_, Some(false)) => builder,
            (name, None) => builder.no_proxy(name).no_proxy(&format!(".{name}")),
        };
    }
    builder.build().map(Some).map_err(|_| refused(format!("{name} is not the URL of a proxy.")))
}

/// The host and port that a client with these options calls; a host by name where it is the platform's own.
fn own_address(options: &Options) -> (&str, u16) {
    let url = options.text("base_url").unwrap_or_default();
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = authority.split(['/', '?', '#']).next().unwrap_or_default();
    let (host, port) = name_and_port(authority);
    (host, port.unwrap_or(if is_plain(options) { 80 } else { 443 }))
}

/// `name:port`, `[address]:port`, or a name alone.
fn name_and_port(text: &str) -> (&str, Option<u16>) {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match text.rsplit_once(':') {
        // An address of IPv6 without brackets has more than one colon.
        Some((name, port)) if !name.contains(':') => (name, port.parse().ok()),
        _ => (text, None),
    }
}

/// `10.0.0.0/8`, `fd00::/8`, or an address alone.
fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.trim_matches(['[', ']']).parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((address, bits))
}

fn is_in(address: IpAddr, (network, bits): (IpAddr, u32)) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros() >= bits,
        _ => false,
    }
}

/// A proxy as messages may show it.
pub(super) fn shown(proxy: &Proxy) -> String {
    format!("{}://{}:{}", proxy.protocol().to_string().to_ascii_lowercase(), proxy.host(), proxy.port())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// As curl 7.88 reads them; but for a port, which curl does not know there.
    #[test]
    fn exceptions_are_read_as_curl_reads_them() {
        for (base_url, exceptions, direct) in [
            ("http://10.1.2.3:8080", "10.0.0.0/8", true),
            ("http://10.1.2.3:8080", "x.example 10.1.2.0/24", true),
            ("http://10.1.2.3:8080", "10.1.3.0/24,10.1.2.4/32", false),
            ("http://10.1.2.3:8080", "10.1.2.3/33", false),
            ("http://10.1.2.3:8080", "10.1.2.3", true),
            ("http://10.1.2.3:8080", "10.1.2.3:8080", true),
            ("http://10.1.2.3:8080", "10.1.2.3:80", false),
            ("http://10.1.2.3:8080", "0.0.0.0/0", true),
            ("http://[fd12::1]:8080", "fd00::/8", true),
            ("http://[fd12::1]", "[fd12::1]", true),
            ("http://[fd12::1]", "fe00::/8", false),
            ("http://api.example", "a.example\tapi.example", true),
            ("http://api.example", "example:80", true),
            ("http://api.example", "example:443", false),
            ("https://api.example", ".example", true),
            ("https://api.example", "pi.example", false),
            ("https://api.example", "10.0.0.0/8", false),
            ("https://api.example", " , *", true),
        ] {
            let options = Options::new().set("base_url", base_url).set("proxy", "env");
            let variable = |name: &str| match name {
                "http_proxy" | "https_proxy" => Some("http://proxy.example:3128".to_owned()),
                "no_proxy" => Some(exceptions.to_owned()),
                _ => None,
            };
            let proxy = proxy(&options, variable).unwrap().unwrap();
            assert_eq!(proxy.is_no_proxy(&base_url.parse().unwrap()), direct, "{base_url} {exceptions}");
        }
    }
}
