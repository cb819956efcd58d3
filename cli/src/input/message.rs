//! HTTP requests in the raw: in parts, or as a file.

use super::{body, file, refused};
use crate::output::Failure;
use clap::{ArgGroup, Args};
use countersign::{Error, headers};
use std::ffi::OsString;

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
#[command(group = ArgGroup::new("whole request").required(true).args(["request", "method"]))]
pub(crate) struct RequestArgs {
    /// The whole request as a file: request line, headers, a blank line; every byte after it is the body. `-` is
    /// standard input. Or what `curl -v`, --trace or --trace-ascii wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["path", "header"])]
    request: Option<OsString>,
    /// The method of the request
    #[arg(long, requires = "path")]
    method: Option<String>,
    /// The path as requested
    #[arg(long, requires = "method")]
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
            let mut message = Message::parse(file(source, "The request")?)?;
            if self.body_file.is_some() {
                message.body = body(self.body_file.as_deref())?;
                message.oddities.retain(|oddity| oddity != CURL_SHOWS_NO_BODY);
            }
            return Ok(message);
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
        // Editors put a byte order mark where nobody sees it.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
        let (bytes, oddity) = match of_curl(&bytes) {
            Some((request, oddity)) => (request, oddity),
            None => (bytes, None),
        };
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
        message.oddities = oddity.map_or_else(|| message.odd(), |oddity| vec![oddity.to_owned()]);
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

/// What is said of a request that `curl -v` printed.
const CURL_SHOWS_NO_BODY: &str = "curl -v does not show the body that was sent: give it by --body-file.";
const CURL_SHOWS_DOTS: &str =
    "curl --trace-ascii shows a dot for each byte that it cannot print: --trace shows them all.";

/// The request in what curl printed, and what is missing in it; nothing for what curl did not print. Of several requests
/// the last.
fn of_curl(bytes: &[u8]) -> Option<(Vec<u8>, Option<&'static str>)> {
    let text = String::from_utf8_lossy(bytes);
    if text.lines().any(|line| line.contains("=> Send header")) {
        return of_trace(&text);
    }
    let first = |line: &str| {
        let line = line.strip_prefix("> ").map(str::trim_end);
        line.is_some_and(|line| line.contains(" HTTP/") && request_line(line).is_ok())
    };
    let lines: Vec<&str> = text.lines().collect();
    let begin = lines.iter().rposition(|line| first(line))?;
    let mut request = String::new();
    for line in &lines[begin..] {
        match line.strip_prefix('>') {
            Some(line) if line.trim().is_empty() => break,
            Some(line) => request += &format!("{}\r\n", line.trim()),
            // `*` and `}` are notes of curl's own.
            None if line.starts_with(['*', '}', '{']) => {}
            None => break,
        }
    }
    let sends = request.to_ascii_lowercase().contains("\ncontent-length: ");
    let sends = sends && !request.to_ascii_lowercase().contains("\ncontent-length: 0\r");
    Some(((request + "\r\n").into_bytes(), sends.then_some(CURL_SHOWS_NO_BODY)))
}

/// The same for `--trace` (in hex) and `--trace-ascii`.
fn of_trace(text: &str) -> Option<(Vec<u8>, Option<&'static str>)> {
    let (mut request, mut dots) = (Vec::new(), false);
    // What is being shown, how long it is, and where its next byte stands.
    let (mut sent, mut header, mut length, mut place) = (false, false, 0, 0);
    // curl begins a new line where one was sent, and shows no end of the last one.
    let end = |request: &mut Vec<u8>, place: usize, length: usize| {
        if place + 2 == length {
            request.extend(b"\r\n");
        }
    };
    for line in text.lines() {
        if let Some((_, what)) = line.split_once("=> Send ").filter(|(_, what)| what.contains(" bytes (")) {
            end(&mut request, place, length);
            let next = what.starts_with("header");
            if next && !header {
                request.clear();
                dots = false;
            }
            let bytes = what.split(' ').nth(1).and_then(|bytes| bytes.parse().ok());
            (sent, header, length, place) = (true, next, bytes.unwrap_or(0), 0);
            continue;
        }
        let shown = line.split_once(": ").or_else(|| line.strip_suffix(':').map(|at| (at, "")));
        let at = shown.filter(|(at, _)| at.len() >= 4).and_then(|(at, _)| usize::from_str_radix(at, 16).ok());
        let (Some(at), Some((_, shown)), true) = (at, shown, sent) else {
            sent = sent && at.is_some();
            continue;
        };
        end(&mut request, place, at);
        place = at;
        if let Some(bytes) = hex_of(shown) {
            place += bytes.len();
            request.extend(bytes);
        } else {
            dots |= !header && shown.contains('.');
            place += shown.len();
            request.extend(shown.as_bytes());
        }
    }
    end(&mut request, place, length);
    Some((request, dots.then_some(CURL_SHOWS_DOTS)))
}

/// The bytes of a line such as `50 4f 53 54 20 2f 61                             POST /a`.
fn hex_of(shown: &str) -> Option<Vec<u8>> {
    let hex = shown.get(..48).filter(|_| shown.len() > 48)?;
    let bytes: Option<Vec<u8>> = hex.split_whitespace().map(|two| u8::from_str_radix(two, 16).ok()).collect();
    bytes.filter(|bytes| !bytes.is_empty() && hex.as_bytes()[2] == b' ')
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
        _ => Err("is not a request line such as `POST /api/v2/orders HTTP/1.1`."),
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

    /// As curl 7.88 wrote them.
    #[test]
    fn what_curl_prints_is_read() {
        let verbose = "*   Trying 127.0.0.1:80...\n* Connected to x (127.0.0.1) port 80 (#0)\n> POST /a HTTP/1.1\n> Host: x\n\
                       > Authorization: SOA k:abc=\n> Content-Length: 30\n> \n} [30 bytes data]\n< HTTP/1.1 200 OK\n< Date: y\n< \n";
        let message = parse(verbose).unwrap();
        assert_eq!((&*message.method, &*message.target, &*message.body), ("POST", "/a", &b""[..]));
        assert_eq!((message.header("authorization"), message.header("date")), (Some("SOA k:abc="), None));
        assert_eq!(message.oddities, [CURL_SHOWS_NO_BODY]);
        let ascii = "== Info: x\n=> Send header, 40 bytes (0x28)\n0000: POST /a HTTP/1.1\n0012: Date: today now!!!\n0026: \n\
                     => Send data, 91 bytes (0x5b)\n\
                     0000: {\"a\":1,\"b\":\"a long text that is longer than sixty-four bytes, so\n\
                     0040:  that the trace breaks it\"}\n<= Recv header, 17 bytes (0x11)\n0000: HTTP/1.1 200 OK\n";
        let message = parse(ascii).unwrap();
        assert_eq!(message.body.len(), 91, "{:?}", String::from_utf8_lossy(&message.body));
        assert_eq!(message.header("date"), Some("today now!!!"));
        assert!(message.oddities.is_empty());
        let hex = "=> Send header, 20 bytes (0x14)\n\
                   0000: 50 4f 53 54 20 2f 61 20 48 54 54 50 2f 31 2e 31 POST /a HTTP/1.1\n\
                   0010: 0d 0a 0d 0a                                     ....\n=> Send data, 4 bytes (0x4)\n\
                   0000: c3 a9 0a 7d                                     ...}\n== Info: x\n";
        assert_eq!(parse(hex).unwrap().body, b"\xc3\xa9\n}");
        assert!(parse("\u{feff}POST /a HTTP/1.1\n\n").is_ok());
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
}
