//! Where a platform is reached: an address checked once, with its path prefix.

use crate::error::Error;
use crate::host::{Authority, loopback};

/// A base URL: scheme, authority and path prefix. No query, no fragment, no user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `https://host[:port]`
    origin: String,
    /// Empty, or `/…` without a slash at its end.
    prefix: String,
}

fn bad(url: &str, why: &str) -> Error {
    // What follows the path, or stands before the host, may be a credential.
    let shown = url.split(['?', '#']).next().unwrap_or_default();
    let url = if shown.contains('@') { "(hidden)" } else { shown };
    Error::configuration(format!("base_url {url:?} cannot be used: {why}"))
}

impl Endpoint {
    /// Reads a base URL. Plain HTTP is for loopback and for the host names in `allow_http` alone.
    pub(crate) fn new(url: &str, allow_http: &[&str]) -> Result<Self, Error> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| bad(url, "it must begin with https://."))?;
        let (authority, prefix) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(bad(url, "it has a user name or password before the host. Give credentials by their options."));
        }
        if prefix.contains(['?', '#']) {
            return Err(bad(url, "it has a query or fragment. Give scheme, host and path alone."));
        }
        check_path(prefix, true).map_err(|why| bad(url, &why))?;
        // The client adds these itself, and asked for twice they are no path of the platform.
        let added = ["/graphql", "/api/v2/orders", "/api/v2/webhooks", "/api/v2", "/targets"];
        if let Some(path) = added.iter().find(|path| prefix.trim_end_matches('/').ends_with(**path)) {
            return Err(bad(url, &format!("it ends in {path}, which is added to it at each call. Leave that out.")));
        }
        let Some(Authority { host, .. }) = Authority::read(authority) else {
            return Err(bad(url, "the host or port is not of a usable form."));
        };
        match scheme {
            "https" => {}
            "http" if loopback(host).is_some() || allow_http.contains(&host) => {}
            "http" => {
                return Err(bad(
                    url,
                    "plain HTTP would show the order to everyone on the way. Use https://, or for a test network name the \
                     host in allow_http.",
                ));
            }
            _ => return Err(bad(url, "it must begin with https://.")),
        }
        Ok(Self { origin: format!("{scheme}://{authority}"), prefix: prefix.trim_end_matches('/').to_owned() })
    }

    /// The path to request and sign.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The URL of a path that [`Endpoint::path`] made.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

/// The rule for paths that clients request: a leading slash, and nothing that a server could read differently.
pub(crate) fn check_path(path: &str, may_be_empty: bool) -> Result<(), String> {
    if path.is_empty() && may_be_empty {
        return Ok(());
    }
    if !path.starts_with('/') {
        return Err(format!("the path {:?} must begin with a slash.", shown(path)));
    }
    if let Some((at, c)) =
        path.char_indices().find(|(_, c)| !c.is_ascii_graphic() || matches!(c, '?' | '#' | '\\' | '"' | '<' | '>'))
    {
        return Err(format!(
            "the path {:?} has {c:?} at byte {at}. Percent-encode it; a query is not part of a signed path.",
            shown(path)
        ));
    }
    Ok(())
}

/// A path without its query, which may hold a credential.
fn shown(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_addresses_are_taken_apart() {
        for (url, path, full) in [
            ("https://api.example", "/graphql", "https://api.example/graphql"),
            ("https://api.example:8443/", "/graphql", "https://api.example:8443/graphql"),
            ("https://moonlight.example/2026-09/", "/2026-09/graphql", "https://moonlight.example/2026-09/graphql"),
            ("http://127.0.0.1:9", "/graphql", "http://127.0.0.1:9/graphql"),
            ("http://[::1]:9", "/graphql", "http://[::1]:9/graphql"),
            ("http://localhost", "/graphql", "http://localhost/graphql"),
            ("http://sandbox:8080", "/graphql", "http://sandbox:8080/graphql"),
        ] {
            let endpoint = Endpoint::new(url, &["sandbox"]).unwrap();
            assert_eq!(endpoint.path("/graphql"), path);
            assert_eq!(endpoint.url(&endpoint.path("/graphql")), full);
        }
    }

    #[test]
    fn bad_addresses_are_refused() {
        for url in [
            "",
            "api.example",
            "ftp://api.example",
            "http://api.example",
            "http://sandbox.evil",
            "http://127.0.0.1.evil",
            "https://",
            "https://:1",
            "https://a:0",
            "https://a:x",
            "https://a:70000",
            "https://user:pass@a",
            "https://a/?x",
            "https://a/#x",
            "https://a/b c",
            "https://a b",
            "https://a/graphql",
            "https://a/graphql/",
            "https://a/prefix/api/v2/orders",
            "https://a/api/v2/",
            "https://a/targets",
            "https://[::1",
            "https://[zz]",
            "http://allowed@evil",
        ] {
            let error = Endpoint::new(url, &["sandbox", "allowed"]).unwrap_err();
            assert!(error.message().contains("cannot be used"), "{url}");
            assert!(!error.message().contains("pass@"), "{url}");
        }
    }
}
