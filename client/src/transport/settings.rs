//! Options that become settings of ureq: trusted authorities and the proxy.

use countersign_core::{Error, ErrorKind, Options};
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
        Some("env") => proxy_of_environment(is_plain(options), variable),
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

fn proxy_of_environment(plain: bool, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>, Error> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let Some((name, url)) = chosen(plain, &variable) else { return Ok(None) };
    let proxy = checked(name, &url)?;
    let Some(exceptions) = set("no_proxy").or_else(|| set("NO_PROXY")) else { return Ok(Some(proxy)) };

    let mut builder = Proxy::builder(proxy.protocol()).host(proxy.host()).port(proxy.port());
    if let Some(user) = proxy.username() {
        builder = builder.username(user);
    }
    if let Some(password) = proxy.password() {
        builder = builder.password(password);
    }
    for exception in exceptions.split(',').map(str::trim).filter(|exception| !exception.is_empty()) {
        // As curl reads it: "example.com", ".example.com" and "*.example.com" all mean the name and what is below it.
        let name = exception.trim_start_matches('*').trim_start_matches('.');
        builder = match name {
            "" => builder.no_proxy("*"),
            name => builder.no_proxy(name).no_proxy(&format!(".{name}")),
        };
    }
    builder.build().map(Some).map_err(|_| refused(format!("{name} is not the URL of a proxy.")))
}

/// A proxy as messages may show it.
pub(super) fn shown(proxy: &Proxy) -> String {
    format!("{}://{}:{}", proxy.protocol().to_string().to_ascii_lowercase(), proxy.host(), proxy.port())
}
