//! Why was a signature refused? Recomputes it under the mistakes people make, alone and in pairs.
//!
//! Each mistake is one row of `MISTAKES`: its name, what to do about it, and how it changes what is signed. A row that
//! cannot apply to a request yields nothing.

use super::reserialise::{Spacing, Spelling, reserialise};
use super::signer::Signer;
use super::string_to_sign::{Lines, media_type};
use super::verify::{Received, shown};
use crate::digest::{BodyDigest, HmacSha1, base64, from_base64, from_hex, hex, hmac_sha256};
use crate::headers::find;
use crate::time::Timestamp;
use serde::Serialize;
use std::cell::OnceCell;
use std::rc::Rc;

/// What [`explain`] found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `as_sent` if the signature is right for this secret; the name of the mistake that produces the presented
    /// signature, two joined by `+`; `None` if no tried mistake does, which most often means another secret.
    pub matches: Option<String>,
    /// What to do, in words.
    pub advice: String,
    /// The string to sign for the request as it was received.
    pub ours: String,
    /// The string to sign that produces the presented signature, where one was found.
    pub presented: Option<String>,
}

/// The signature printed in the platforms' documentation. It lost its padding, and no secret for it is published.
const SAMPLE: &str = "jHX6oLeqTXpynyqcvVC2MSHarhU";

#[derive(Clone, Copy, PartialEq)]
enum Encoding {
    Base64,
    Unpadded,
    UrlSafe,
    Hex,
    HexInBase64,
}

struct Body {
    bytes: Vec<u8>,
    sha512: OnceCell<String>,
    md5: OnceCell<String>,
}

impl Body {
    fn new(bytes: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { bytes, sha512: OnceCell::new(), md5: OnceCell::new() })
    }

    fn hex(&self, digest: BodyDigest) -> &str {
        let cell = match digest {
            BodyDigest::Sha512 => &self.sha512,
            BodyDigest::Md5 => &self.md5,
        };
        cell.get_or_init(|| digest.hex(&self.bytes))
    }
}

/// One idea of what the sender signed.
#[derive(Clone)]
struct Idea {
    method: String,
    path: String,
    content_type: String,
    date: String,
    body: Rc<Body>,
    digest: BodyDigest,
    key: Rc<HmacSha1>,
    /// The secret, where the HMAC is one of SHA-256.
    sha256: Option<Rc<zeroize::Zeroizing<Vec<u8>>>>,
    encoding: Encoding,
}

impl Idea {
    /// That the request was signed by the rule, as it arrived.
    fn as_received(signer: &Signer, method: &str, target: &str, body: &[u8], received: &Received<'_>) -> Self {
        let content_type = received.content_type.unwrap_or_default();
        Self {
            method: method.to_owned(),
            path: target.split('?').next().unwrap_or_default().to_owned(),
            content_type: signer.scheme().signed_content_type(content_type).to_owned(),
            date: received.date.unwrap_or_default().to_owned(),
            body: Body::new(body.to_vec()),
            digest: signer.scheme().digest(),
            key: Rc::new(HmacSha1::new(signer.secret().expose())),
            sha256: None,
            encoding: Encoding::Base64,
        }
    }

    fn lines(&self) -> Lines<'_> {
        let digest = self.body.hex(self.digest).as_bytes();
        Lines { method: &self.method, digest, content_type: &self.content_type, date: &self.date, path: &self.path }
    }

    fn produces(&self, signature: &str) -> bool {
        if let Some(secret) = &self.sha256 {
            let mac = hmac_sha256(secret, &self.lines().pieces());
            return signature == base64(&mac) || signature.eq_ignore_ascii_case(&hex(&mac));
        }
        let mac = self.key.mac_of_parts(&self.lines().pieces());
        match self.encoding {
            Encoding::Base64 => signature == base64(&mac),
            Encoding::Unpadded => signature == base64(&mac).trim_end_matches('='),
            Encoding::UrlSafe => {
                let text = base64(&mac).replace('+', "-").replace('/', "_");
                signature == text || signature == text.trim_end_matches('=')
            }
            Encoding::Hex => signature.eq_ignore_ascii_case(&hex(&mac)),
            Encoding::HexInBase64 => signature == base64(hex(&mac).as_bytes()),
        }
    }

    fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        change(&mut other);
        other
    }
}

/// What the mistakes may draw on besides the request.
struct Subject<'a> {
    secret: &'a [u8],
    /// The request target as requested, perhaps with a query.
    target: &'a str,
    host: Option<&'a str>,
    content_type: &'a str,
}

struct Mistake {
    name: &'static str,
    /// Two mistakes of one group exclude each other.
    group: &'static str,
    advice: &'static str,
    ideas: fn(&Subject<'_>, &Idea) -> Vec<Idea>,
}

const fn mistake(
    name: &'static str,
    group: &'static str,
    advice: &'static str,
    ideas: fn(&Subject<'_>, &Idea) -> Vec<Idea>,
) -> Mistake {
    Mistake { name, group, advice, ideas }
}

fn path(idea: &Idea, path: impl Into<String>) -> Vec<Idea> {
    let path = path.into();
    if path == idea.path { Vec::new() } else { vec![idea.with(|i| i.path = path)] }
}

fn body(idea: &Idea, bytes: Option<Vec<u8>>) -> Vec<Idea> {
    match bytes {
        Some(bytes) if bytes != idea.body.bytes => vec![idea.with(|i| i.body = Body::new(bytes))],
        _ => Vec::new(),
    }
}

fn respelt(idea: &Idea, spacing: Spacing, slashes: Spelling, unicode: Spelling) -> Vec<Idea> {
    body(idea, reserialise(&idea.body.bytes, spacing, slashes, unicode))
}

fn content_type(idea: &Idea, value: &str) -> Vec<Idea> {
    if value == idea.content_type { Vec::new() } else { vec![idea.with(|i| i.content_type = value.to_owned())] }
}

fn encoding(idea: &Idea, encoding: Encoding) -> Vec<Idea> {
    vec![idea.with(|i| i.encoding = encoding)]
}

fn secrets(idea: &Idea, secrets: impl IntoIterator<Item = Vec<u8>>) -> Vec<Idea> {
    secrets
        .into_iter()
        .filter(|secret| !secret.is_empty())
        .map(|secret| {
            let secret = zeroize::Zeroizing::new(secret);
            idea.with(|i| i.key = Rc::new(HmacSha1::new(&secret)))
        })
        .collect()
}

fn dates(idea: &Idea, dates: impl IntoIterator<Item = String>) -> Vec<Idea> {
    dates.into_iter().filter(|date| *date != idea.date).map(|date| idea.with(|i| i.date = date)).collect()
}

/// The longest target whose mistakes are searched, in bytes. Servers take no longer ones.
const LONGEST_TARGET: usize = 8 << 10;

/// The platform's hosts, where a request does not say its own.
const HOSTS: [&str; 2] = ["api.us.spiffcommerce.com", "api.au.spiffcommerce.com"];

/// Bodies with and without the line ends that `curl -d @file` takes out of a file. Where they stood follows from how JSON
/// is indented.
fn line_ends(bytes: &[u8]) -> Vec<Vec<u8>> {
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return vec![bytes.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect()];
    }
    let mut broken = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    let (mut inside, mut escaped) = (false, false);
    for (at, byte) in bytes.iter().copied().enumerate() {
        if inside {
            inside = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            broken.push(byte);
            continue;
        }
        let before = || bytes[..at].iter().rposition(|byte| *byte != b' ').map(|at| bytes[at]);
        if matches!(byte, b'}' | b']') && !matches!(before(), Some(b'{' | b'[')) {
            let text = broken.iter().rposition(|byte| *byte != b' ').map_or(0, |at| at + 1);
            broken.insert(text, b'\n');
        }
        broken.push(byte);
        inside = byte == b'"';
        let next = bytes[at + 1..].iter().find(|byte| **byte != b' ');
        if matches!(byte, b'{' | b'[' | b',') && !matches!(next, Some(b'}' | b']')) {
            broken.push(b'\n');
        }
    }
    if !broken.contains(&b'\n') {
        return Vec::new();
    }
    let with_cr = |text: &[u8]| String::from_utf8_lossy(text).replace('\n', "\r\n").into_bytes();
    let ended = [&broken[..], b"\n"].concat();
    vec![with_cr(&broken), with_cr(&ended), ended, broken]
}

/// Seconds by which a rewritten date is searched, either way.
const DATE_SEARCH: i64 = 900;

/// The mistakes, most frequent first: where two explain one signature, the earlier is named.
const MISTAKES: &[Mistake] = &[
    mistake(
        "other_digest",
        "digest",
        "The sender digested the body with the other algorithm. Choose digest \"sha512\" (current) or \"md5\" (legacy) on \
         both sides.",
        |_, idea| {
            let other = if idea.digest == BodyDigest::Md5 { BodyDigest::Sha512 } else { BodyDigest::Md5 };
            vec![idea.with(|i| i.digest = other)]
        },
    ),
    mistake(
        "unpadded_signature",
        "encoding",
        "The signature lost its padding: base64 of an HMAC-SHA1 has 28 characters, the last one `=`. The 27-character \
         sample in the documentation is not a model.",
        |_, idea| encoding(idea, Encoding::Unpadded),
    ),
    mistake(
        "hex_in_base64",
        "encoding",
        "The hex text of the HMAC was base64-encoded. Encode its 20 raw bytes: in PHP, hash_hmac(…, true).",
        |_, idea| encoding(idea, Encoding::HexInBase64),
    ),
    mistake(
        "hex_signature",
        "encoding",
        "The HMAC was written in hex. Write its 20 raw bytes in base64.",
        |_, idea| encoding(idea, Encoding::Hex),
    ),
    mistake(
        "url_safe_base64",
        "encoding",
        "The signature is in the URL-safe alphabet. Use standard base64 (`+` and `/`) with padding.",
        |_, idea| encoding(idea, Encoding::UrlSafe),
    ),
    mistake(
        "hmac_sha256",
        "encoding",
        "The HMAC was made with SHA-256. Both schemes want HMAC-SHA1, whatever digest the body has.",
        |subject, idea| {
            let secret = Rc::new(zeroize::Zeroizing::new(subject.secret.to_vec()));
            vec![idea.with(|i| i.sha256 = Some(secret))]
        },
    ),
    mistake(
        "path_with_query",
        "path",
        "The query string was signed with the path. Sign the path alone (documented for VWS, unverified for SOA).",
        |subject, idea| path(idea, subject.target),
    ),
    mistake(
        "path_without_leading_slash",
        "path",
        "The path was signed without its leading slash. Sign it as it stands in the request line.",
        |_, idea| path(idea, idea.path.trim_start_matches('/')),
    ),
    mistake(
        "path_with_leading_slash",
        "path",
        "The path was signed with a leading slash that the request does not have.",
        |_, idea| if idea.path.starts_with('/') { Vec::new() } else { path(idea, format!("/{}", idea.path)) },
    ),
    mistake(
        "path_trailing_slash",
        "path",
        "The path was signed with (or without) a slash at its end, unlike the request.",
        |_, idea| match idea.path.strip_suffix('/') {
            Some(without) => path(idea, without),
            None => path(idea, format!("{}/", idea.path)),
        },
    ),
    mistake(
        "path_without_prefix",
        "path",
        "The first part of the path was not signed. Sign the whole path that is requested, the prefix of base_url or of a \
         proxy included.",
        |_, idea| {
            if idea.path.contains("://") {
                return Vec::new();
            }
            let slashes = idea.path.char_indices().skip(1).filter(|(_, c)| *c == '/').take(4);
            slashes.flat_map(|(at, _)| path(idea, &idea.path[at..])).collect()
        },
    ),
    mistake("path_with_host", "path", "The whole URL was signed. Sign its path alone.", |subject, idea| {
        // A path that is a whole URL names its host itself.
        if let Some((_, rest)) = idea.path.split_once("://") {
            return path(idea, rest.find('/').map_or("/", |at| &rest[at..]));
        }
        let hosts = subject.host.map_or(HOSTS.to_vec(), |host| vec![host]);
        let targets = if subject.target == idea.path { vec![&*idea.path] } else { vec![&*idea.path, subject.target] };
        let urls = hosts.iter().flat_map(|host| ["https://", "http://", ""].map(|scheme| format!("{scheme}{host}")));
        urls.flat_map(|origin| targets.iter().flat_map(move |target| path(idea, format!("{origin}{target}")))).collect()
    }),
    mistake("path_decoded", "path", "The path was signed percent-decoded. Sign it as it is sent.", |_, idea| {
        percent_decoded(&idea.path).map_or(Vec::new(), |decoded| path(idea, decoded))
    }),
    mistake(
        "path_encoded",
        "path",
        "The path was signed percent-encoded, but sent plain. Sign it as it is sent.",
        |_, idea| path(idea, percent_encoded(&idea.path)),
    ),
    mistake(
        "content_type_without_parameters",
        "content type",
        "The sender signed the media type alone, but sent it with parameters. Send exactly the content type that is \
         signed; HTTP libraries like to add `; charset=utf-8`.",
        |subject, idea| content_type(idea, media_type(subject.content_type)),
    ),
    mistake(
        "content_type_with_parameters",
        "content type",
        "The content type was signed with its parameters. VWS signs the part before `;` alone; SOA signs what is sent.",
        |subject, idea| {
            let bare = media_type(subject.content_type);
            let added = ["; charset=utf-8", ";charset=utf-8", "; charset=UTF-8", ";charset=UTF-8"];
            let with_added = added.iter().flat_map(|suffix| content_type(idea, &format!("{bare}{suffix}")));
            content_type(idea, subject.content_type).into_iter().chain(with_added).collect()
        },
    ),
    mistake(
        "content_type_missing",
        "content type",
        "The content type was signed as an empty line. Sign the value that is sent, usually application/json.",
        |_, idea| content_type(idea, ""),
    ),
    mistake(
        "content_type_not_sent",
        "content type",
        "application/json was signed, but another Content-Type, or none, arrived. Send the header that was signed.",
        |_, idea| content_type(idea, "application/json"),
    ),
    mistake(
        "body_final_newline",
        "body end",
        "The body was signed with (or without) a line feed at its end, unlike what was sent.",
        |_, idea| {
            let bytes = &idea.body.bytes;
            let changed = match bytes.strip_suffix(b"\n") {
                Some(without) => without.strip_suffix(b"\r").unwrap_or(without).to_vec(),
                None => [bytes, &b"\n"[..]].concat(),
            };
            body(idea, Some(changed))
        },
    ),
    mistake(
        "body_line_ends",
        "body spacing",
        "The body was signed with its line ends and sent without them (or the other way round): curl's -d @file takes them \
         out of a file. Send the file with --data-binary @file.",
        |_, idea| line_ends(&idea.body.bytes).into_iter().flat_map(|changed| body(idea, Some(changed))).collect(),
    ),
    mistake(
        "body_compact",
        "body spacing",
        "The JSON was serialised again without spaces after signing (or before sending). Sign the very bytes that are sent.",
        |_, idea| respelt(idea, Spacing::Compact, Spelling::Kept, Spelling::Kept),
    ),
    mistake(
        "body_spaced",
        "body spacing",
        "The JSON was serialised again with spaces, as Python does by default. Sign the very bytes that are sent.",
        |_, idea| respelt(idea, Spacing::Spaced, Spelling::Kept, Spelling::Kept),
    ),
    mistake(
        "body_escaped_slashes",
        "body slashes",
        "The JSON was signed with `\\/` for `/`, as PHP's json_encode writes it. Serialise once and sign those bytes.",
        |_, idea| respelt(idea, Spacing::Kept, Spelling::Escaped, Spelling::Kept),
    ),
    mistake(
        "body_plain_slashes",
        "body slashes",
        "The JSON was signed with `/`, but sent with `\\/`. Serialise once and sign those bytes.",
        |_, idea| respelt(idea, Spacing::Kept, Spelling::Plain, Spelling::Kept),
    ),
    mistake(
        "body_escaped_unicode",
        "body unicode",
        "The JSON was signed with \\uXXXX for other than ASCII characters. Serialise once and sign those bytes.",
        |_, idea| respelt(idea, Spacing::Kept, Spelling::Kept, Spelling::Escaped),
    ),
    mistake(
        "body_plain_unicode",
        "body unicode",
        "The JSON was signed with plain characters, but sent with \\uXXXX. Serialise once and sign those bytes.",
        |_, idea| respelt(idea, Spacing::Kept, Spelling::Kept, Spelling::Plain),
    ),
    mistake(
        "body_not_signed",
        "body end",
        "The digest of an empty body was signed. Sign the bytes of the body.",
        |_, idea| body(idea, Some(Vec::new())),
    ),
    mistake(
        "secret_with_white_space",
        "secret",
        "The sender's secret has white space around it, often a line end from a file or a copied space. Remove it there.",
        |subject, idea| {
            let secret = subject.secret;
            let around: [(&[u8], &[u8]); 6] =
                [(b"", b"\n"), (b"", b"\r\n"), (b"", b" "), (b" ", b""), (b" ", b" "), (b"\t", b"")];
            secrets(idea, around.map(|(before, after)| [before, secret, after].concat()))
        },
    ),
    mistake(
        "secret_trimmed",
        "secret",
        "The secret here has white space around it, the sender's has not. Remove it here.",
        |subject, idea| {
            let trimmed = subject.secret.trim_ascii();
            if trimmed == subject.secret { Vec::new() } else { secrets(idea, [trimmed.to_vec()]) }
        },
    ),
    mistake(
        "secret_with_quotes",
        "secret",
        "The sender's secret has quotes around it, as an env file may leave them. Remove them there.",
        |subject, idea| {
            secrets(idea, [b"\"", b"'", b"`"].map(|quote| [&quote[..], subject.secret, &quote[..]].concat()))
        },
    ),
    mistake(
        "secret_unquoted",
        "secret",
        "The secret here has quotes around it, the sender's has not. Remove them here.",
        |subject, idea| secrets(idea, crate::secret::unquoted(subject.secret).map(<[u8]>::to_vec)),
    ),
    mistake(
        "secret_decoded",
        "secret",
        "The sender decoded the secret from hex or base64. Use its text as it is.",
        |subject, idea| {
            let text = std::str::from_utf8(subject.secret).unwrap_or_default();
            secrets(idea, [from_hex(&text.to_ascii_lowercase()), from_base64(text)].into_iter().flatten())
        },
    ),
    mistake(
        "wrong_method",
        "method",
        "Another method was signed than was sent. Sign the method of the request, in upper case.",
        |_, idea| {
            let lower = idea.method.to_ascii_lowercase();
            let upper = idea.method.to_ascii_uppercase();
            let all = ["GET", "POST", "PUT", "PATCH", "DELETE", &lower, &upper];
            all.iter().filter(|m| **m != idea.method).map(|m| idea.with(|i| (*m).clone_into(&mut i.method))).collect()
        },
    ),
    mistake(
        "date_missing",
        "date",
        "The date was signed as an empty line. Sign the value of the Date header.",
        |_, idea| dates(idea, [String::new()]),
    ),
    mistake(
        "date_reformatted",
        "date",
        "The date was signed in another spelling than it was sent. Sign the very text of the Date header.",
        |_, idea| Timestamp::from_http_date(&idea.date).map_or(Vec::new(), |date| dates(idea, spellings(date))),
    ),
    mistake(
        "date_rewritten",
        "date",
        "The Date that arrived is not the one that was signed: something on the way (HTTP library, proxy, browser) \
         rewrote it. Set the header yourself and send it unchanged.",
        |_, idea| {
            let Some(date) = Timestamp::from_http_date(&idea.date) else { return Vec::new() };
            let shifts = (1..=DATE_SEARCH).flat_map(|n| [-n, n]);
            dates(idea, shifts.map(|n| date.plus(n).http_date().to_string()))
        },
    ),
];

/// Other spellings of one moment that libraries produce.
fn spellings(date: Timestamp) -> Vec<String> {
    let text = date.http_date();
    let (day, rest) = text.split_at(5);
    let plus = text.replace("GMT", "+0000");
    let utc = text.replace("GMT", "UTC");
    let one_digit = rest.strip_prefix('0').map(|rest| format!("{day}{rest}"));
    let mut all = vec![plus, utc, date.unix().to_string(), (date.unix() * 1000).to_string()];
    all.extend(one_digit);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months.iter().position(|m| *m == &text[8..11]).map_or(0, |i| i + 1);
    let (day, year, clock) = (&text[5..7], &text[12..16], &text[17..25]);
    all.push(format!("{year}-{month:02}-{day}T{clock}Z"));
    all.push(format!("{year}-{month:02}-{day}T{clock}+00:00"));
    all.push(format!("{year}-{month:02}-{day}T{clock}.000Z"));
    all
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (b'%', [high, low, after @ ..]) = (*first, tail)
            && let Some(byte) = from_hex(&format!("{}{}", char::from(*high), char::from(*low)).to_ascii_lowercase())
        {
            bytes.extend(byte);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

fn percent_encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}') {
            text.push(char::from(byte));
        } else {
            text += &format!("%{byte:02X}");
        }
    }
    text
}

/// The name of a mistake in the header itself, and what to do about it.
type Oddity = (&'static str, String);

/// What is odd about the Authorization header itself, and the signature in it.
fn read_leniently<'a>(signer: &Signer, presented: &'a str) -> (Vec<Oddity>, &'a str) {
    let mut odd = Vec::new();
    let text = presented.trim();
    if text.len() != presented.len() {
        odd.push(("white_space_around_header", "There is white space around the header's value.".to_owned()));
    }
    let (scheme, rest) = text.split_once(' ').unwrap_or((if text.contains(':') { "" } else { text }, text));
    let ours = signer.scheme().name();
    if scheme.is_empty() {
        odd.push(("scheme_missing", format!("The scheme is missing: write `{ours} ` before the key id.")));
    } else if scheme != ours && scheme.eq_ignore_ascii_case(ours) {
        odd.push((
            "scheme_case",
            format!("The scheme is written {}: write {ours}, in upper case.", shown(&[signer], scheme)),
        ));
    } else if scheme != ours {
        odd.push(("other_scheme", format!("The scheme is {}, but {ours:?} is due here.", shown(&[signer], scheme))));
    }
    let credentials = rest.trim_start();
    if credentials.len() != rest.len() {
        odd.push((
            "two_spaces_after_scheme",
            "There is more than one space after the scheme: write exactly one. (An old template in the documentation \
             shows two.)"
                .to_owned(),
        ));
    }
    let (key_id, signature) = credentials.split_once(':').unwrap_or(("", credentials));
    if key_id != signer.key_id() {
        odd.push((
            "other_key_id",
            format!(
                "The key id presented is {}, but this secret was said to belong to {:?}.",
                shown(&[signer], key_id),
                signer.key_id()
            ),
        ));
    }
    (odd, signature.trim())
}

/// Finds the likely reason why a signature was refused, given the request as it was sent or received and the signer
/// whose secret should have signed it.
///
/// `path` may carry the query; the rule signs the path alone. `headers` should hold at least Authorization, Date and
/// Content-Type; Host helps. Takes about a millisecond for a small body, and several hashes of a large one.
///
/// `matches` is `as_sent`, one or two names joined by `+`, or `None`. The advice says what to do in each case.
pub fn explain(signer: &Signer, method: &str, target: &str, body: &[u8], headers: &[(&str, &str)]) -> Explanation {
    let (received, repeated) = match Received::of(headers) {
        Ok(received) => (received, None),
        Err(error) => (Received { authorization: None, date: None, content_type: None }, Some(error)),
    };
    let sent = Idea::as_received(signer, method, target, body, &received);
    let ours = sent.lines().text();
    let nothing = |advice: String| Explanation { matches: None, advice, ours: ours.clone(), presented: None };

    if let Some(error) = repeated {
        return nothing(format!("{} Send it once.", error.message()));
    }
    let Some(presented) = received.authorization else {
        return nothing("There is no Authorization header. Some proxies and web servers remove it.".to_owned());
    };
    let (odd, signature) = read_leniently(signer, presented);
    if signature == SAMPLE {
        return Explanation {
            matches: Some("sample_signature".to_owned()),
            advice: "This is the sample signature of the documentation. It has 27 characters because its padding was \
                     lost, and no secret for it is published: sign the request instead of copying it."
                .to_owned(),
            ours,
            presented: None,
        };
    }
    let host = find(headers.iter().copied(), "Host");
    let content_type = received.content_type.unwrap_or_default();
    let subject = Subject { secret: signer.secret().expose(), target, host, content_type };
    // Each idea hashes the path once more, and there are thousands of them.
    let found_idea = if target.len() > LONGEST_TARGET {
        sent.produces(signature).then(|| (Vec::new(), sent.clone()))
    } else {
        search(&subject, &sent, signature)
    };
    match found_idea {
        Some((mistakes, idea)) => {
            let (matches, mut advice) = found(&odd, &mistakes, target);
            if received.date.is_none() {
                advice = format!("{NO_DATE} {advice}");
            }
            Explanation { matches: Some(matches), advice, ours, presented: Some(idea.lines().text()) }
        }
        None if received.date.is_none() => nothing(format!("{NO_DATE} {}", not_found(&odd, signature))),
        None => nothing(not_found(&odd, signature)),
    }
}

const NO_DATE: &str =
    "There is no Date header: both schemes sign it, so it has to be sent with the very text that was signed.";

/// The names and the advice where the presented signature was produced.
fn found(odd: &[Oddity], mistakes: &[&Mistake], target: &str) -> (String, String) {
    let names: Vec<_> = odd.iter().map(|(name, _)| *name).chain(mistakes.iter().map(|m| m.name)).collect();
    let mut advice: Vec<_> = odd.iter().map(|(_, advice)| advice.as_str()).collect();
    advice.extend(mistakes.iter().map(|m| m.advice));
    if names.is_empty() {
        advice.push(
            "The signature is right for this secret and this request. Look elsewhere: does the key id belong to this \
             secret, is it the right region, is the clock right, may this key place orders? `countersign doctor` checks \
             these.",
        );
        if target.contains('?') {
            advice.push("The query was left out of the signature, which is the rule.");
        }
        return ("as_sent".to_owned(), advice.join(" "));
    }
    (names.join("+"), advice.join(" "))
}

/// The advice where no tried mistake produces the presented signature.
fn not_found(odd: &[Oddity], signature: &str) -> String {
    let mut advice = vec![
        "None of the usual mistakes produces this signature: most often the secret is another one (another key pair, \
         region or environment), or the body or date changed on the way."
            .to_owned(),
    ];
    advice.extend(odd.iter().map(|(_, advice)| advice.clone()));
    if signature.len() == 44 || signature.len() == 64 {
        advice.push("The signature is as long as an HMAC-SHA256: both schemes want HMAC-SHA1.".to_owned());
    }
    if signature.len() != 28 {
        advice.push(format!(
            "The signature has {} characters instead of 28{}.",
            signature.len(),
            if signature.len() == 27 { ": its padding `=` was lost" } else { "" }
        ));
    }
    advice.push(
        "To see what is really sent, point the program at `countersign sandbox` once: it keeps every request as it arrives."
            .to_owned(),
    );
    advice.join(" ")
}

impl Signer {
    /// Finds the likely reason why a request was refused; see [`explain`].
    pub fn explain(&self, method: &str, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Explanation {
        explain(self, method, path, body, headers)
    }
}

/// The first of: as sent, one mistake, two mistakes of different groups.
fn search<'m>(subject: &Subject<'_>, sent: &Idea, signature: &str) -> Option<(Vec<&'m Mistake>, Idea)> {
    if sent.produces(signature) {
        return Some((Vec::new(), sent.clone()));
    }
    let mut alone = Vec::with_capacity(MISTAKES.len());
    for mistake in MISTAKES {
        let ideas = (mistake.ideas)(subject, sent);
        if let Some(idea) = ideas.iter().find(|idea| idea.produces(signature)) {
            return Some((vec![mistake], idea.clone()));
        }
        alone.push((mistake, ideas));
    }
    // Bodies first: a second mistake is then laid over a body that is already rewritten and digested.
    let is_of_body = |(mistake, _): &(&Mistake, _)| mistake.group.starts_with("body");
    let (mut alone, others): (Vec<_>, Vec<_>) = alone.into_iter().partition(is_of_body);
    alone.extend(others);
    for (i, (first, ideas)) in alone.iter().enumerate() {
        for (second, _) in alone[i + 1..].iter().filter(|(second, _)| second.group != first.group) {
            // A searched date has hundreds of ideas: it is tried alone.
            if first.name == "date_rewritten" || second.name == "date_rewritten" {
                continue;
            }
            for idea in ideas {
                let both = (second.ideas)(subject, idea);
                if let Some(idea) = both.into_iter().find(|idea| idea.produces(signature)) {
                    let both = MISTAKES.iter().filter(|row| row.name == first.name || row.name == second.name);
                    return Some((both.collect(), idea));
                }
            }
        }
    }
    None
}
