//! What commands read: files and standard input, secrets, raw HTTP requests, and the options of an account.
//!
//! No value that may be a secret is repeated in a message: neither an argument that stands where a file is due, nor a
//! header that cannot be read.

use crate::output::{Failure, Output};
use clap::{Args, ValueEnum};
use countersign::options::{ENVIRONMENT, OPTIONS, OptionKind, Scope, without_line_end};
use countersign::{Effect, Error, ErrorKind, Options, Platform, Secret, Timestamp, headers};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

/// The largest body or order that is read, in bytes.
const FILE_LIMIT: u64 = 256 << 20;
/// The largest secret that is read, in bytes.
const SECRET_LIMIT: u64 = 64 << 10;

/// Reads a Unix time from an argument.
pub(crate) fn unix_time(text: &str) -> Result<Timestamp, String> {
    let seconds: i64 = text.parse().map_err(|_| "seconds since 1970 are due, such as 1704067200".to_owned())?;
    let moment = Timestamp::from_unix(seconds);
    if moment.unix() == seconds { Ok(moment) } else { Err("the years 1970 to 9999 are due".to_owned()) }
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::InvalidArgument, message)
}

/// Reads a file, or standard input for `-`, which can be read once.
fn read(source: &OsStr, limit: u64) -> Result<Vec<u8>, String> {
    static STDIN: AtomicBool = AtomicBool::new(false);
    let mut bytes = Vec::new();
    let read = if source == "-" {
        if STDIN.swap(true, Ordering::Relaxed) {
            return Err("standard input (-) was read already. Name a file".to_owned());
        }
        std::io::stdin().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(source).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) if bytes.len() as u64 > limit => Err(format!("it is larger than {limit} bytes")),
        Ok(_) => Ok(bytes),
        Err(error) => Err(error.to_string()),
    }
}

/// Reads what a command works on.
pub(crate) fn file(source: &OsStr, what: &str) -> Result<Vec<u8>, Error> {
    let name = if source == "-" { "standard input".into() } else { format!("{:?}", source.to_string_lossy()) };
    read(source, FILE_LIMIT).map_err(|why| refused(format!("{what} cannot be read from {name}: {why}.")))
}

/// Text that is given, or the file that it names after an @.
pub(crate) fn text_or_file(given: Option<&str>, what: &str) -> Result<Option<Vec<u8>>, Error> {
    match given.map(|text| (text, text.strip_prefix('@'))) {
        Some((_, Some(path))) => file(OsStr::new(path), what).map(Some),
        Some((text, None)) => Ok(Some(text.as_bytes().to_vec())),
        None => Ok(None),
    }
}

/// JSON text that becomes a part of the input of an operation with this effect, byte for byte.
pub(crate) fn json<'b>(text: &'b [u8], what: &str, effect: Effect) -> Result<&'b RawValue, Error> {
    serde_json::from_slice(text).map_err(|why| {
        Error::new(ErrorKind::InvalidJson, format!("{what} is not usable JSON: {why}.")).before_sending(effect)
    })
}

/// Reads a body; none given is an empty one.
pub(crate) fn body(source: Option<&OsStr>) -> Result<Vec<u8>, Error> {
    source.map_or(Ok(Vec::new()), |source| file(source, "The body"))
}

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
        let found = match &self.secret_file {
            Some(path) => Some(secret_of_file(path, "--secret-file")?),
            None => secret_of_environment(variable)?,
        };
        let bytes = found.ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                format!("There is no {what}: set {variable} or {variable}_FILE, or give --secret-file."),
            )
        })?;
        Ok(if self.exact_secret { Secret::exact(bytes) } else { Secret::from(bytes) })
    }
}

fn secret_of_file(path: &OsStr, origin: &str) -> Result<Vec<u8>, Error> {
    // The path is not repeated: people put the secret itself there.
    let bytes = read(path, SECRET_LIMIT).map_err(|why| {
        Error::new(ErrorKind::Configuration, format!("{origin} names a file that cannot be read: {why}."))
    })?;
    Ok(without_line_end(bytes))
}

fn secret_of_environment(variable: &str) -> Result<Option<Vec<u8>>, Error> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let from_file = format!("{variable}_FILE");
    match (set(variable), set(&from_file)) {
        (Some(_), Some(_)) => Err(Error::new(
            ErrorKind::Configuration,
            format!("{variable} and {from_file} are both set. Unset one of them."),
        )),
        (Some(value), None) => Ok(Some(value.into_encoded_bytes())),
        (None, Some(path)) => secret_of_file(&path, &from_file).map(Some),
        (None, None) => Ok(None),
    }
}

/// A request as it was sent or received.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) method: String,
    /// Path and query as requested.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// What looks odd about it without being wrong.
    pub(crate) oddities: Vec<String>,
}

/// A request in parts, or as a file.
#[derive(Args, Debug)]
pub(crate) struct RequestArgs {
    /// The whole request as a file: request line, headers, a blank line; every byte after it is the body. `-` is
    /// standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["method", "path", "header", "body_file"])]
    request: Option<OsString>,
    /// The method of the request
    #[arg(long, required_unless_present = "request")]
    method: Option<String>,
    /// The path as requested
    #[arg(long, required_unless_present = "request")]
    path: Option<String>,
    /// A header of the request, as `Name: value`; give Authorization, Date and Content-Type
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// The body, byte for byte; `-` is standard input. Without it the body is empty
    #[arg(long, value_name = "FILE")]
    body_file: Option<OsString>,
}

impl RequestArgs {
    /// The request.
    pub(crate) fn message(&self) -> Result<Message, Failure> {
        if let Some(source) = &self.request {
            return Ok(Message::parse(file(source, "The request")?)?);
        }
        let headers = headers(&self.header)?;
        Ok(Message {
            method: self.method.clone().unwrap_or_default(),
            target: self.path.clone().unwrap_or_default(),
            headers,
            body: body(self.body_file.as_deref())?,
            oddities: Vec::new(),
        })
    }

    /// Whether the path was given apart, and so is meant as it is.
    pub(crate) fn is_in_parts(&self) -> bool {
        self.request.is_none()
    }
}

/// Headers given as arguments.
pub(crate) fn headers(arguments: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let one = |(i, text): (usize, &String)| {
        header(text).map_err(|why| {
            let nth = i + 1;
            Failure::usage_of(format!("--header number {nth} {why}"))
        })
    };
    arguments.iter().enumerate().map(one).collect()
}

/// Reads `Name: value`. Messages do not repeat the text: it may be a credential.
fn header(line: &str) -> Result<(String, String), &'static str> {
    let (name, value) = line.split_once(':').ok_or("has no colon. Write it as `Name: value`.")?;
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        return Err("is not a header: a name without spaces, a colon and the value are due.");
    }
    Ok((name.to_owned(), value.trim_matches([' ', '\t']).to_owned()))
}

impl Message {
    /// Reads an HTTP/1 request, its lines ended by LF or CRLF.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, Error> {
        let wrong = |line: usize, why: &str| refused(format!("Line {line} of the request {why}"));
        let mut rest = &bytes[..];
        let mut number = 0;
        let mut first = None;
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            number += 1;
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                return Err(refused(
                    "The request has no blank line after its headers, so it is not clear where its body begins. Add \
                     one, also when there is no body."
                        .to_owned(),
                ));
            };
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            rest = &rest[end + 1..];
            let text = std::str::from_utf8(line).map_err(|_| wrong(number, "is not UTF-8 text."))?;
            if first.is_none() {
                first = Some(request_line(text).map_err(|why| wrong(number, why))?);
                continue;
            }
            if text.is_empty() {
                break;
            }
            if text.starts_with([' ', '\t']) {
                return Err(wrong(number, "begins with white space. Write each header on one line."));
            }
            headers.push(header(text).map_err(|why| {
                wrong(number, &format!("{why} (A blank line stands between the headers and the body.)"))
            })?);
        }
        let (method, target) = first.unwrap_or_default();
        let target =
            match target.split_once("://").filter(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric())) {
                None => target,
                Some((_, rest)) => {
                    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
                    if headers::find(headers.iter().map(|(name, value)| (name, value)), "host").is_none() {
                        headers.push(("Host".to_owned(), host.to_owned()));
                    }
                    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
                }
            };
        let mut message = Self { method, target, headers, body: rest.to_vec(), oddities: Vec::new() };
        message.oddities = message.odd();
        Ok(message)
    }

    /// What looks odd without being wrong.
    fn odd(&self) -> Vec<String> {
        let mut oddities = Vec::new();
        match self.header("content-length").map(|text| (text, text.parse::<usize>())) {
            Some((_, Ok(length))) if length != self.body.len() => oddities.push(format!(
                "Content-Length says {length} bytes, but {} follow the blank line. Editors like to add a line end.",
                self.body.len()
            )),
            Some((_, Err(_))) => oddities.push("Content-Length is not a number.".to_owned()),
            _ => {}
        }
        if self.header("transfer-encoding").is_some() {
            oddities
                .push("Transfer-Encoding is set: the file must hold the body itself, without chunk sizes.".to_owned());
        }
        if self.header("content-encoding").is_some_and(|value| !value.eq_ignore_ascii_case("identity")) {
            oddities.push("Content-Encoding is set: the bytes that were sent are signed, not those before.".to_owned());
        }
        oddities
    }

    /// The value of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        headers::find(self.borrowed(), name)
    }

    /// The headers as the core takes them.
    pub(crate) fn borrowed(&self) -> Vec<(&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The path without the query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Scheme and key id as the Authorization header claims them.
    pub(crate) fn claimed(&self) -> Option<(&str, &str)> {
        let value = self.header("authorization")?.trim();
        let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
        Some((scheme, rest.trim_start().split_once(':')?.0))
    }
}

fn request_line(text: &str) -> Result<(String, String), &'static str> {
    if text.starts_with("HTTP/") {
        return Err("is the first line of a reply. Give the request.");
    }
    let words: Vec<_> = text.split(' ').collect();
    match words[..] {
        [method, target] | [method, target, _] if method.is_empty() || target.is_empty() => {
            Err("is not a request line such as `POST /api/v2/orders HTTP/1.1`.")
        }
        [method, target] => Ok((method.to_owned(), target.to_owned())),
        [method, target, version] if version.starts_with("HTTP/") => Ok((method.to_owned(), target.to_owned())),
        [">", ..] => Err("begins with `>`, as curl -v prints it. Remove these marks from every line."),
        _ => Err("is not a request line such as `POST /api/v2/orders HTTP/1.1`."),
    }
}

/// Which platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PlatformName {
    /// Spiff Commerce
    Spiff,
    /// Sign Customiser
    SignCustomiser,
}

impl PlatformName {
    /// As the library knows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Spiff => "spiff",
            Self::SignCustomiser => "sign_customiser",
        }
    }

    /// As people know it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Spiff => "Spiff",
            Self::SignCustomiser => "Sign Customiser",
        }
    }

    /// Whose options it takes.
    pub(crate) const fn scope(self) -> Scope {
        match self {
            Self::Spiff => Scope::Spiff,
            Self::SignCustomiser => Scope::SignCustomiser,
        }
    }
}

/// Which credential of Spiff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Credential {
    /// The access key and its secret key, which sign
    AccessKey,
    /// The application key
    ApplicationKey,
}

impl Credential {
    /// The options that make it.
    pub(crate) const fn options(self) -> &'static [&'static str] {
        match self {
            Self::AccessKey => &["access_key", "secret_key"],
            Self::ApplicationKey => &["application_key"],
        }
    }

    /// Whether the environment has all of it.
    pub(crate) fn is_in_environment(self) -> bool {
        self.options().iter().all(|option| in_environment(Scope::Spiff, option))
    }
}

/// Whether the environment sets an option of a client, in either form.
pub(crate) fn in_environment(scope: Scope, option: &str) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut rows = ENVIRONMENT.iter().filter(|(_, owner, name)| *owner == scope && *name == option);
    rows.any(|(name, ..)| set(name) || set(&format!("{name}_FILE")))
}

/// Which account, and how it is reached. Credentials come from the environment.
#[derive(Args, Debug, Clone)]
pub(crate) struct AccountArgs {
    /// Where the account lives: us or au
    #[arg(long, conflicts_with = "base_url")]
    region: Option<String>,
    /// The address of the API instead of a region, such as a sandbox's
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Which credential to use where the environment has both: access-key (the default) or application-key
    #[arg(long, value_enum)]
    credential: Option<Credential>,
    /// Any option that is not a secret (see `countersign options`), such as `-o timeout=5`; may be repeated
    #[arg(short, long, value_name = "NAME=VALUE")]
    option: Vec<String>,
}

impl AccountArgs {
    /// What was given, as options; the environment fills the rest. `more` are options that have arguments of their own.
    pub(crate) fn options(&self, scope: Scope, more: &[(&'static str, Option<&str>)]) -> Result<Options, Failure> {
        let given = self.given(more)?;
        let options = given.iter().fold(Options::new(), |options, (name, value)| options.set(name, *value));
        options.check().map_err(Failure::usage)?;
        let named = |option: &str| given.iter().any(|(name, _)| *name == option);
        let unused = self.unused_credential();
        let set_aside = |option: &str| match option {
            // Both say where the account lives, so that one of them given sets the environment's other aside.
            "region" | "base_url" => named("region") || named("base_url"),
            option => named(option) || unused.is_some_and(|unused| unused.options().contains(&option)),
        };
        Ok(environment(options, scope, set_aside)?)
    }

    /// The client that these options make.
    pub(crate) fn client(
        &self,
        platform: PlatformName,
        more: &[(&'static str, Option<&str>)],
        out: &Output,
    ) -> Result<Platform, Failure> {
        Ok(out.told(Platform::new(platform.name(), &self.options(platform.scope(), more)?)?))
    }

    /// The options alone, without the environment.
    pub(crate) fn given_options(&self) -> Result<Options, Failure> {
        let given = self.given(&[])?;
        let options = given.iter().fold(Options::new(), |options, (name, value)| options.set(name, *value));
        options.check().map_err(Failure::usage)?;
        Ok(options)
    }

    /// The value that an option was given.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        let given = self.given(&[]).ok()?;
        // `-o` may repeat an option: the last one counts.
        given.into_iter().rev().find(|(given, _)| *given == name).map(|(_, value)| value)
    }

    /// The credential of the environment that stays unused.
    fn unused_credential(&self) -> Option<Credential> {
        match self.credential {
            Some(Credential::AccessKey) => Some(Credential::ApplicationKey),
            Some(Credential::ApplicationKey) => Some(Credential::AccessKey),
            None => Credential::AccessKey.is_in_environment().then_some(Credential::ApplicationKey),
        }
    }

    fn given<'a>(&'a self, more: &[(&'static str, Option<&'a str>)]) -> Result<Vec<(&'a str, &'a str)>, Failure> {
        let own = [("region", self.region.as_deref()), ("base_url", self.base_url.as_deref())];
        let mut given: Vec<(&str, &str)> =
            own.iter().chain(more).filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        for text in &self.option {
            let (name, value) = text.split_once('=').ok_or_else(|| {
                Failure::usage_of("--option is given without `=`: write it as name=value, such as `-o timeout=5`.")
            })?;
            let row = OPTIONS.iter().find(|row| row.name == name);
            if row.is_some_and(|row| row.kind == OptionKind::Secret) {
                let variables =
                    ENVIRONMENT.iter().filter(|(_, _, option)| *option == name).map(|(variable, ..)| *variable);
                return Err(Failure::usage_of(format!(
                    "The option {name:?} is a secret, which is never taken from the command line: set {0} or {0}_FILE.",
                    variables.collect::<Vec<_>>().join(" or ")
                )));
            }
            if name == "proxy" && value.contains('@') {
                return Err(Failure::usage_of(
                    "The proxy has a user name or password, which is never taken from the command line: set HTTPS_PROXY \
                     and give `-o proxy=env`.",
                ));
            }
            given.push((name, value));
        }
        Ok(given)
    }

    /// The arguments that say the same again, for a command to run next.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        for (name, value) in [("--region", &self.region), ("--base-url", &self.base_url)] {
            if let Some(value) = value {
                words.extend([name.to_owned(), value.clone()]);
            }
        }
        if let Some(credential) = self.credential.and_then(|credential| credential.to_possible_value()) {
            words.extend(["--credential".to_owned(), credential.get_name().to_owned()]);
        }
        words.extend(self.option.iter().flat_map(|option| ["-o".to_owned(), option.clone()]));
        words
    }
}

/// Adds what the environment says, but for the options that are set aside.
pub(crate) fn environment(options: Options, scope: Scope, set_aside: impl Fn(&str) -> bool) -> Result<Options, Error> {
    let unreadable = RefCell::new(None);
    let variable = |name: &str| {
        let base = name.strip_suffix("_FILE").unwrap_or(name);
        let (_, _, option) = ENVIRONMENT.iter().find(|(variable, ..)| *variable == base)?;
        if set_aside(option) {
            return None;
        }
        match std::env::var_os(name)?.into_string() {
            Ok(value) => Some(value),
            Err(_) => {
                unreadable.borrow_mut().get_or_insert_with(|| name.to_owned());
                None
            }
        }
    };
    let options = options.with_environment(scope, variable, |path| read(OsStr::new(path), SECRET_LIMIT))?;
    match unreadable.into_inner() {
        Some(name) => Err(Error::new(ErrorKind::Configuration, format!("{name} is not UTF-8 text."))),
        None => Ok(options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: impl AsRef<[u8]>) -> Result<Message, String> {
        Message::parse(text.as_ref().to_vec()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn requests_are_read_with_either_line_end() {
        for end in ["\n", "\r\n"] {
            let head = ["POST /a?b=c HTTP/1.1", "Host: x", "Date:  Mon \t", "X-Empty:", "", ""].join(end);
            let mut bytes = head.into_bytes();
            bytes.extend(b"\0\xff\r\n\r\n\n");
            let message = parse(bytes).unwrap();
            assert_eq!((message.method.as_str(), message.target.as_str(), message.path()), ("POST", "/a?b=c", "/a"));
            assert_eq!(message.borrowed(), [("Host", "x"), ("Date", "Mon"), ("X-Empty", "")]);
            assert_eq!(message.body, b"\0\xff\r\n\r\n\n");
            assert_eq!(message.oddities, [""; 0]);
        }
    }

    #[test]
    fn mixed_line_ends_and_missing_versions_are_read() {
        let message = parse("GET x\r\nA: 1\nB: 2:3\r\n\nbody").unwrap();
        assert_eq!((message.target.as_str(), &message.body[..]), ("x", &b"body"[..]));
        assert_eq!(message.borrowed(), [("A", "1"), ("B", "2:3")]);
        assert_eq!(parse("GET / HTTP/1.1\n\n").unwrap().body, b"");
    }

    #[test]
    fn repeated_headers_are_kept_for_the_verdict() {
        let message = parse("GET / HTTP/1.1\nDate: a\ndate: b\n\n").unwrap();
        assert_eq!(message.borrowed(), [("Date", "a"), ("date", "b")]);
    }

    #[test]
    fn an_absolute_target_gives_path_and_host() {
        let message = parse("POST https://api.example:8443/a/b?c HTTP/1.1\n\n").unwrap();
        assert_eq!((message.target.as_str(), message.borrowed()), ("/a/b?c", vec![("Host", "api.example:8443")]));
        let message = parse("GET http://x HTTP/1.1\nhost: y\n\n").unwrap();
        assert_eq!((message.target.as_str(), message.borrowed()), ("/", vec![("host", "y")]));
        // A query may hold an address of its own.
        assert_eq!(parse("GET /a?u=http://x HTTP/1.1\n\n").unwrap().target, "/a?u=http://x");
    }

    #[test]
    fn what_is_no_request_is_refused_with_its_line() {
        for (text, words) in [
            ("", "no blank line"),
            ("POST /a HTTP/1.1", "no blank line"),
            ("POST /a HTTP/1.1\nHost: x\n", "no blank line"),
            ("\n\n", "Line 1"),
            ("POST\n\n", "Line 1"),
            ("POST /a b HTTP/1.1\n\n", "Line 1"),
            ("POST  /a HTTP/1.1\n\n", "Line 1"),
            ("POST /a FTP\n\n", "Line 1"),
            ("HTTP/1.1 401 Unauthorized\n\n", "a reply"),
            ("> POST /a HTTP/1.1\n> Host: x\n\n", "curl -v"),
            ("POST /a HTTP/1.1\nHost x\n\n", "Line 2 of the request has no colon"),
            ("POST /a HTTP/1.1\nA: b\n{\"x\":1}\n\n", "Line 3 of the request is not a header"),
            ("POST /a HTTP/1.1\n: b\n\n", "Line 2"),
            ("POST /a HTTP/1.1\nDate : b\n\n", "Line 2"),
            ("POST /a HTTP/1.1\nA: b\n c\n\n", "Line 3 of the request begins with white space"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(words), "{text:?}: {error}");
        }
        assert!(parse(b"GET / HTTP/1.1\nA: \xff\n\n").unwrap_err().contains("Line 2 of the request is not UTF-8"));
        let error = parse("POST /a HTTP/1.1\nAuthorization Bearer canary\n\n").unwrap_err();
        assert!(!error.contains("canary"));
    }

    #[test]
    fn odd_lengths_and_codings_are_noticed() {
        let odd = |head: &str| parse(format!("POST / HTTP/1.1\n{head}\n\n{{}}\n")).unwrap().oddities;
        assert!(odd("Content-Length: 2")[0].contains("says 2 bytes, but 3 follow"));
        assert!(odd("content-length: x")[0].contains("not a number"));
        assert!(odd("Content-Length: 3").is_empty());
        assert!(odd("Transfer-Encoding: chunked")[0].contains("chunk"));
        assert!(odd("Content-Encoding: gzip")[0].contains("Content-Encoding"));
    }

    #[test]
    fn claims_are_read_leniently() {
        let claimed = |value: &str| {
            let message = parse(format!("GET / HTTP/1.1\nauthorization: {value}\n\n")).unwrap();
            message.claimed().map(|(scheme, key)| (scheme.to_owned(), key.to_owned()))
        };
        let some = |scheme: &str, key: &str| Some((scheme.to_owned(), key.to_owned()));
        assert_eq!(claimed("SOA k:s"), some("SOA", "k"));
        assert_eq!(claimed("vws   k:s=:"), some("vws", "k"));
        assert_eq!(claimed("k:s"), some("", "k"));
        assert_eq!(claimed("SOA k"), None);
    }

    #[test]
    fn unix_times_are_whole_seconds_of_known_years() {
        assert_eq!(unix_time("1704067200").unwrap().unix(), 1_704_067_200);
        for bad in ["", "x", "1.5", "-1", "253402300800", "99999999999999999999"] {
            assert!(unix_time(bad).is_err(), "{bad}");
        }
    }
}
