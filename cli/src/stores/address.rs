//! The URL of a server: `scheme://user:password@host:port,host:port/database?name=value`. Every part of it may be absent, and is
//! written with `%2F` and the like where it holds what separates the parts.
//!
//! Nothing that is shown of it holds the password, and no message repeats what could not be read.

use std::fmt;

/// What a URL says.
#[derive(Clone, Default)]
pub(crate) struct Address {
    scheme: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// Each with its port, where one is given.
    pub(crate) hosts: Vec<(String, Option<u16>)>,
    pub(crate) database: Option<String>,
    parameters: Vec<(String, String)>,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

const ENCODE: &str = "in a user or a password, write / as %2F, ? as %3F, @ as %40, : as %3A and % as %25";

/// A part with its escapes read.
fn decode(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let digits = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let byte = byte.ok_or_else(|| format!("has a % without two hexadecimal digits behind it: {ENCODE}"))?;
        bytes.push(byte);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).map_err(|_| "is not UTF-8 once its escapes are read".to_owned())
}

/// A part, `None` if there is nothing in it.
fn part(text: &str) -> Result<Option<String>, String> {
    decode(text).map(|text| Some(text).filter(|text| !text.is_empty()))
}

/// A host, and its port.
fn host(text: &str) -> Result<(String, Option<u16>), String> {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // An address of IPv6 has colons of its own.
        Some((address, port)) => (address, port),
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let port = match port {
        "" | ":" => None,
        port => {
            let number = port.strip_prefix(':').and_then(|port| port.parse().ok()).filter(|port| *port > 0);
            Some(
                number
                    .ok_or_else(|| format!("has a port that is none. If what stands there is a password: {ENCODE}"))?,
            )
        }
    };
    Ok((decode(name)?, port))
}

impl Address {
    /// Reads a URL.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once("://").ok_or_else(|| "is no URL: there is no :// in it".to_owned())?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        // What is not escaped in a password would be taken for a host or a database, and shown.
        if database.contains(['/', '@', ':']) || query.contains('?') || authority.matches('@').count() > 1 {
            return Err(format!("cannot be read: {ENCODE}"));
        }
        let (login, hosts) = authority.split_once('@').unwrap_or(("", authority));
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        let hosts: Result<Vec<_>, _> = hosts.split(',').filter(|text| !text.is_empty()).map(host).collect();
        let mut parameters = Vec::new();
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').ok_or_else(|| {
                format!("has a parameter without a value behind the question mark. If that is of a password: {ENCODE}")
            })?;
            parameters.push((decode(name)?, decode(value)?));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            user: part(user)?,
            password: part(password)?,
            hosts: hosts?,
            database: part(database)?,
            parameters,
        })
    }

    /// Refuses parameters that nobody knows.
    pub(crate) fn knows(&self, known: &[&str]) -> Result<(), String> {
        match self.parameters.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(format!(
                "has a parameter {name:.40?} that this command does not know: it knows {}",
                known.join(", ")
            )),
        }
    }

    /// The last value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn has_password(&self) -> bool {
        self.password.is_some() || self.parameter("password").is_some()
    }

    /// What may be seen by everybody, the same at every start.
    pub(crate) fn shown(&self) -> String {
        let login = match (&self.user, &self.password) {
            (None, None) => String::new(),
            (user, None) => format!("{}@", user.as_deref().unwrap_or_default()),
            (user, Some(_)) => format!("{}:…@", user.as_deref().unwrap_or_default()),
        };
        let host = |(name, port): &(String, Option<u16>)| {
            let name = if name.contains(':') { format!("[{name}]") } else { name.clone() };
            port.map_or_else(|| name.clone(), |port| format!("{name}:{port}"))
        };
        let hosts: Vec<_> = self.hosts.iter().map(host).collect();
        format!("{}://{login}{}/{}", self.scheme, hosts.join(","), self.database.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_may_be_absent_and_is_escaped() {
        let url = "postgresql://sh%6Fp:p%40%2F%25s@a.example:5433,[::1]:5434,%2Frun%2Fpg/my%20shop?sslmode=require&application_name=w%261";
        let address = Address::read(url).unwrap();
        assert_eq!((address.user.as_deref(), address.password.as_deref()), (Some("shop"), Some("p@/%s")));
        let hosts = [("a.example", Some(5433)), ("::1", Some(5434)), ("/run/pg", None)];
        assert_eq!(address.hosts, hosts.map(|(host, port)| (host.to_owned(), port)));
        assert_eq!(address.database.as_deref(), Some("my shop"));
        assert_eq!(address.parameter("application_name"), Some("w&1"));
        assert_eq!(address.shown(), "postgresql://shop:…@a.example:5433,[::1]:5434,/run/pg/my shop");
        for (url, shown) in [
            ("mysql://", "mysql:///"),
            ("postgresql:///shop?host=/tmp", "postgresql:///shop"),
            ("mysql://db", "mysql://db/"),
        ] {
            let address = Address::read(url).unwrap();
            assert_eq!((address.shown().as_str(), &address.user, &address.password), (shown, &None, &None));
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for password in ["canary", "can%40ary", "canary%2F", "canary%3Fx%3Dy"] {
            let address = Address::read(&format!("mysql://shop:{password}@db/shop")).unwrap();
            assert_eq!(address.shown(), "mysql://shop:…@db/shop");
            assert!(!format!("{address:?}").contains("ary"));
        }
        // What was forgotten to be escaped is refused rather than taken for something that is shown.
        for password in ["can/ary", "can?ary", "can?a=ry", "can@ary", "12/canary", "12?canary", "can%zzary", "can%4"] {
            match Address::read(&format!("mysql://shop:{password}@db/shop")) {
                Err(why) => assert!(why.contains("%40") && !why.contains("ary"), "{why}"),
                Ok(address) => panic!("{password}: {address:?}"),
            }
        }
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for (url, words) in [
            ("mysql:db", "://"),
            ("mysql://db:port/x", "port"),
            ("mysql://db:0/x", "port"),
            ("mysql://db?socket", "value"),
        ] {
            assert!(Address::read(url).is_err_and(|why| why.contains(words)), "{url}");
        }
        let address = Address::read("mysql://db/?sokcet=/x").unwrap();
        assert!(
            address.knows(&["socket", "ssl-mode"]).is_err_and(|why| why.contains("sokcet") && why.contains("ssl-mode"))
        );
    }
}
