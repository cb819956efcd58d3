//! From what ureq and TLS report to a [`Failure`]: its class, whether something was sent, and a sentence that helps.

use super::attempt::{Attempt, Stage};
use super::wire::HEADER_LIMIT;
use super::{Failure, Limits, Sent};
use countersign_core::delivery::Class;
use rustls::CertificateError as Certificate;
use std::time::Duration;
use ureq::Error;

/// Why there is no reply, before it has a class.
pub(super) enum Trouble {
    Ureq(Error),
    /// The body is longer than the limit.
    TooLong,
    /// The connection ended before the end that the reply announced.
    CutOff,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ureq(error)
    }
}

/// The names that messages give to things.
pub(super) struct Names<'a> {
    /// `https://host:port` of the request.
    pub(super) origin: &'a str,
    pub(super) host: &'a str,
    /// The proxy, without its password.
    pub(super) proxy: Option<&'a str>,
    /// The option as it is set.
    pub(super) roots: &'a str,
}

fn seconds(limit: Duration) -> String {
    format!("{} s", (limit.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// The time limit as it is set: of a call that has begun, less than that is left.
fn set(limits: &Limits) -> Duration {
    limits.deadline.map_or(limits.timeout, |deadline| deadline.limit().max(limits.timeout))
}

impl Trouble {
    pub(super) fn failure(self, attempt: &Attempt, limits: &Limits, names: &Names<'_>) -> Failure {
        let (class, message) = match (attempt.written, attempt.at_proxy) {
            (true, _) => self.after_sending(attempt, limits, names),
            (false, true) => (Class::ProxyFailed, self.at_proxy(attempt.stage, limits, names)),
            (false, false) => self.before_sending(attempt.stage, limits, names),
        };
        Failure { sent: if attempt.written { Sent::Maybe } else { Sent::No }, class, message }
    }

    fn after_sending(self, attempt: &Attempt, limits: &Limits, names: &Names<'_>) -> (Class, String) {
        let origin = names.origin;
        let unexpected = |what: String| (Class::UnexpectedReply, what);
        let cut = format!("The connection to {origin} ended in the middle of the reply.");
        let error = match self {
            Self::Ureq(error) => error,
            Self::TooLong => {
                return unexpected(format!(
                    "The reply of {origin} is longer than {} bytes. Raise reply_limit if that is to be expected.",
                    limits.reply
                ));
            }
            Self::CutOff => return (Class::Interrupted, cut),
        };
        match error {
            Error::Timeout(_) => (
                Class::TimedOut,
                format!(
                    "The request went to {origin}, but no whole reply came within {}. Raise timeout if the platform needs \
                     longer.",
                    seconds(set(limits))
                ),
            ),
            Error::LargeResponseHeader(..) => unexpected(format!(
                "The header section of the reply of {origin} is longer than {} KiB. That limit is fixed; reply_limit is \
                 for the body.",
                HEADER_LIMIT / 1024
            )),
            Error::Io(error) => match tls_error(&error) {
                Some(error) => {
                    (Class::Interrupted, format!("TLS with {origin} broke after the request had begun: {error}."))
                }
                None => (
                    Class::Interrupted,
                    format!("The connection to {origin} broke after the request had begun: {error}."),
                ),
            },
            Error::Protocol(error) => {
                unexpected(format!("What {origin} sent back is not a reply in HTTP/1.1 ({error}). Check base_url."))
            }
            Error::Other(words) => unexpected(format!("The reply of {origin} could not be read: {words}.")),
            // ureq found neither an error nor the end of the reply, because there was nothing more to read.
            _ if attempt.end.is_some() => (Class::Interrupted, cut),
            error => unexpected(format!("The reply of {origin} could not be read: {error}.")),
        }
    }

    fn before_sending(self, stage: Stage, limits: &Limits, names: &Names<'_>) -> (Class, String) {
        let Names { origin, host, .. } = names;
        let Self::Ureq(error) = self else {
            return (Class::Unreachable, format!("{origin} sent a reply before a byte of the request was sent."));
        };
        let too_slow = matches!(error, Error::Timeout(_));
        let within = if limits.connect <= set(limits) {
            format!("within {} (connect_timeout)", seconds(limits.connect))
        } else {
            format!("within {} (timeout)", seconds(set(limits)))
        };
        let unreachable = |what: String| (Class::Unreachable, what);
        match stage {
            Stage::Begun => {
                (Class::Invalid, format!("The request cannot be sent over HTTP as it is: {}.", plain(&error)))
            }
            Stage::LookUp if too_slow => unreachable(format!(
                "The name {host:?} was not looked up {within}. Check the name servers of this machine."
            )),
            Stage::LookUp => unreachable(format!(
                "The name {host:?} could not be looked up: {}. Check base_url and the name servers of this machine.",
                plain(&error)
            )),
            Stage::Connect if too_slow => unreachable(format!(
                "No connection to {origin} {within}. Check base_url, and whether this machine needs a proxy (the option \
                 proxy)."
            )),
            Stage::Connect => unreachable(format!(
                "No connection to {origin}: {}. Check base_url, and whether this machine needs a proxy (the option proxy).",
                plain(&error)
            )),
            Stage::Tls if too_slow => {
                unreachable(format!("{origin} accepted a connection, but did not finish the TLS handshake {within}."))
            }
            Stage::Tls => match tls_words(&error, names) {
                Some(words) => (Class::TlsFailed, words),
                None => {
                    unreachable(format!("The connection to {origin} broke in the TLS handshake: {}.", plain(&error)))
                }
            },
            Stage::Request if too_slow => (
                Class::Expired,
                format!("Time ran out before a byte of the request could be sent to {origin}. Raise timeout."),
            ),
            Stage::Request => unreachable(format!(
                "The connection to {origin} broke before a byte of the request was sent: {}.",
                plain(&error)
            )),
        }
    }

    fn at_proxy(self, stage: Stage, limits: &Limits, names: &Names<'_>) -> String {
        let proxy = names.proxy.unwrap_or_default();
        let Self::Ureq(error) = self else { return format!("The proxy {proxy} failed.") };
        let why = match &error {
            Error::Timeout(_) => {
                return format!(
                    "The proxy {proxy} did not connect to {} within {} (connect_timeout, timeout). Check the option proxy.",
                    names.origin,
                    seconds(limits.connect.min(set(limits)))
                );
            }
            Error::ConnectProxyFailed(words) if words.contains(" 407/") => {
                return format!(
                    "The proxy {proxy} wants a user name and password, or other ones (HTTP 407). Write them into proxy: \
                     \"http://user:password@host:port\"."
                );
            }
            // ureq writes "… responded 502/502" for a status.
            Error::ConnectProxyFailed(words) => match words.rsplit_once('/') {
                Some((_, status)) => format!("it answered {status} to the request for {}", names.origin),
                None => format!("it did not answer the request for {}", names.origin),
            },
            error => match (stage, tls_words(error, &Names { origin: proxy, host: proxy, ..*names })) {
                (Stage::Tls, Some(words)) => words.trim_end_matches('.').to_owned(),
                _ => plain(error),
            },
        };
        format!("The proxy {proxy} could not be used: {why}. Check the option proxy.")
    }
}

/// The words of an error without ureq's prefix for its kind.
fn plain(error: &Error) -> String {
    match error {
        Error::Io(error) => error.to_string(),
        Error::Http(error) => error.to_string(),
        Error::Protocol(error) => error.to_string(),
        Error::Other(error) => error.to_string(),
        error => error.to_string(),
    }
}

fn tls_error(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// What is wrong between us and the other side's TLS; `None` if it is the connection rather than TLS.
fn tls_words(error: &Error, names: &Names<'_>) -> Option<String> {
    let Names { origin, host, roots, .. } = names;
    let error = match error {
        Error::Rustls(error) => error,
        Error::Io(error) => tls_error(error)?,
        Error::Tls(words) => return Some(format!("TLS with {origin} is not possible: {words}. Check base_url.")),
        _ => return None,
    };
    Some(match error {
        rustls::Error::InvalidCertificate(fault) => match fault {
            Certificate::Expired | Certificate::ExpiredContext { .. } => format!(
                "The certificate of {origin} has expired by this machine's clock. Check the clock; if it is right, the \
                 server needs a new certificate, and no setting of roots replaces that."
            ),
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => format!(
                "The certificate of {origin} is not valid yet by this machine's clock. Check the clock; no setting of \
                 roots replaces that."
            ),
            Certificate::NotValidForName => wrong_name(origin, host, "other names"),
            Certificate::NotValidForNameContext { presented, .. } => {
                // rustls writes `DnsName("api.example")`. A part of a name would be a part of what a mask looks for.
                let inside = |name: &str| Some(name.split_once('"')?.1.rsplit_once('"')?.0.to_owned());
                let bare = presented.iter().take(5).map(|name| inside(name).unwrap_or_else(|| name.clone()));
                let list = bare.collect::<Vec<_>>().join(", ");
                wrong_name(origin, host, if list.is_empty() { "other names" } else { &list })
            }
            Certificate::Revoked => format!("The certificate of {origin} has been revoked. Ask who runs the server."),
            Certificate::UnknownIssuer => format!(
                "The certificate of {origin} is self-signed, or was issued by an authority that is not trusted here \
                 (roots is {roots:?}). If that is as it should be, such as with a private authority or an inspecting \
                 proxy, set roots to the PEM file of that authority."
            ),
            fault if fault.to_string().contains("CaUsedAsEndEntity") => format!(
                "The certificate of {origin} is self-signed: an authority's own certificate, used by a server. Give the \
                 server a certificate issued by that authority, and set roots to the authority's PEM file."
            ),
            fault => format!(
                "The certificate of {origin} is not acceptable: {fault}. The trusted authorities are set by roots (now \
                 {roots:?})."
            ),
        },
        rustls::Error::InvalidMessage(_) => {
            format!("{origin} does not speak TLS. Check the port in base_url: it may serve plain HTTP.")
        }
        rustls::Error::AlertReceived(alert) => format!(
            "{origin} ended the TLS handshake with the alert {alert:?}. It may know neither TLS 1.2 nor 1.3, or not this \
             host name."
        ),
        rustls::Error::PeerIncompatible(why) => {
            format!("{origin} offers no acceptable TLS: 1.2 or 1.3 with current ciphers is needed ({why:?}).")
        }
        rustls::Error::General(words) => format!(
            "TLS could not be set up: {words}. If this machine has no store of authorities, set roots to \"bundled\" or to \
             a PEM file."
        ),
        error => format!(
            "The TLS handshake with {origin} failed: {error}. The trusted authorities are set by roots (now {roots:?})."
        ),
    })
}

fn wrong_name(origin: &str, host: &str, presented: &str) -> String {
    format!(
        "The certificate of {origin} is not for the name {host:?}, but for {presented}. Check base_url; no setting of roots \
         changes this."
    )
}
