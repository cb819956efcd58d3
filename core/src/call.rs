//! `Call`: a prepared request and what to expect of its reply. The way through without I/O.
//!
//! Prepare a call, send its [`Request`] with any HTTP client, and give the [`Reply`] to [`Call::read`], or say
//! [`Call::failed`] when none came. The client of this library does the same over its own transport.

use crate::delivery::{Class, Effect};
use crate::error::{Error, Problem};
use crate::headers;
use crate::json;
use crate::mask::{Mask, cover_form};
use crate::said;
use crate::time::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use zeroize::Zeroize;

/// A request, ready to be sent as it is: every byte of the body is covered by the signature.
///
/// Send it once, unchanged, with redirects off. Sign again for another attempt: the date in it ages.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers to set, in this order.
    pub headers: Vec<Header>,
    /// The body, to be sent byte for byte. Empty for none.
    pub body: Vec<u8>,
}

/// A header of a [`Request`]. If it carries a credential, its `Debug` hides the value, and its memory is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// The name, in the usual spelling.
    pub name: &'static str,
    /// The value.
    pub value: String,
    /// Whether the value must not be logged.
    pub sensitive: bool,
}

impl Drop for Header {
    fn drop(&mut self) {
        if self.sensitive {
            self.value.zeroize();
        }
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, if self.sensitive { "(redacted)" } else { &self.value })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl Request {
    /// The value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        headers::find(self.headers.iter().map(|header| (header.name, header.value.as_str())), name)
    }
}

/// A reply, received whole. A reply that was cut off is no reply: say [`Call::failed`] instead.
#[derive(Clone, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, with names in any case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The longest wait that `retry_after` reports, in seconds.
const RETRY_AFTER_CAP: u64 = 3600;

impl Reply {
    /// The value of a header, by its name in any case; the first one if it is repeated.
    pub fn header(&self, name: &str) -> Option<&str> {
        headers::find(self.headers.iter().map(|(key, value)| (key.as_str(), value.as_str())), name)
    }

    /// The platform's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        ["x-request-id", "x-amzn-requestid", "apigw-requestid", "cf-ray"].iter().find_map(|name| self.header(name))
    }

    /// The wait asked for by Retry-After (seconds or a date, RFC 9110, 10.2.3), at most an hour.
    pub fn retry_after(&self, now: Timestamp) -> Option<u32> {
        let text = self.header("retry-after")?.trim();
        let seconds = if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse::<u64>().unwrap_or(u64::MAX)
        } else {
            let here = self.header("date").and_then(Timestamp::from_http_date).unwrap_or(now);
            u64::try_from(Timestamp::from_http_date(text)?.unix() - here.unix()).unwrap_or(0)
        };
        u32::try_from(seconds.min(RETRY_AFTER_CAP)).ok()
    }

    /// The body without a byte order mark.
    pub(crate) fn content(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }

    /// Whether the body is a page, whatever it is called: frameworks call JSON HTML, and pages JSON.
    fn is_html(&self) -> bool {
        let says_html = |value: &str| value.as_bytes().windows(4).any(|four| four.eq_ignore_ascii_case(b"html"));
        match self.content().trim_ascii_start().first() {
            Some(b'<') => true,
            None | Some(b'{' | b'[') => false,
            Some(_) => self.header("content-type").is_some_and(says_html),
        }
    }

    /// The coding that the body is still in (RFC 9110, 8.4). Clients that decode leave the header standing.
    fn coding(&self) -> Option<&str> {
        match self.content().trim_ascii_start() {
            [0x1f, 0x8b, ..] => Some("gzip"),
            [] | [b'{' | b'[' | b'<', ..] => None,
            _ => self.header("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity")),
        }
    }
}

/// JSON text of the platform, for a host language to parse with its own parser.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct Json(pub Box<RawValue>);

/// What a call can answer: any type that serde decodes, or [`Json`], which is the text as it stands.
pub trait Answer: Sized {
    /// Makes it of the answer's JSON text.
    ///
    /// # Errors
    /// What does not fit, in words.
    fn of(json: Cow<'_, RawValue>) -> Result<Self, String>;
}

impl<T: DeserializeOwned> Answer for T {
    fn of(json: Cow<'_, RawValue>) -> Result<Self, String> {
        serde_json::from_str(json.get()).map_err(|error| error.to_string())
    }
}

impl Answer for Json {
    fn of(json: Cow<'_, RawValue>) -> Result<Self, String> {
        // It was read once to be judged: that is enough.
        Ok(Self(json.into_owned()))
    }
}

impl Json {
    /// The members of an object in their order, doubled ones included; `None` for anything but an object.
    #[doc(hidden)]
    pub fn members(object: &RawValue) -> Option<Vec<(Cow<'_, str>, &RawValue)>> {
        serde_json::from_str::<json::Members<'_>>(object.get()).ok().map(|members| members.0)
    }

    /// The text.
    pub fn get(&self) -> &str {
        self.0.get()
    }
}

/// Reads the body of a 2xx reply: a slice of it where the platform's own text is the answer, new text where the answer
/// must be put together.
pub(crate) type Read = dyn for<'r> Fn(&'r Reply) -> Result<Cow<'r, RawValue>, Refusal> + Send + Sync;

/// Why a 2xx reply is not an answer.
pub(crate) struct Refusal {
    pub(crate) class: Class,
    pub(crate) message: String,
    pub(crate) problems: Vec<Problem>,
}

impl Refusal {
    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), problems: Vec::new() }
    }
}

/// A prepared request and what to expect of its reply; `T` is the answer in Rust.
pub struct Call<T> {
    request: Request,
    expect: std::sync::Arc<Read>,
    effect: Effect,
    signed_at: Timestamp,
    settle_delay: u32,
    throttled_unclear: bool,
    /// The account's credentials; those of the request are added where they are needed.
    mask: Mask,
    answer: PhantomData<fn() -> T>,
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("request", &self.request).field("effect", &self.effect).finish_non_exhaustive()
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            expect: self.expect.clone(),
            mask: self.mask.clone(),
            answer: PhantomData,
            ..*self
        }
    }
}

impl<T> Call<T> {
    pub(crate) fn new(
        request: Request,
        effect: Effect,
        signed_at: Timestamp,
        expect: impl for<'r> Fn(&'r Reply) -> Result<Cow<'r, RawValue>, Refusal> + Send + Sync + 'static,
    ) -> Self {
        Self {
            request,
            expect: std::sync::Arc::new(expect),
            effect,
            signed_at,
            settle_delay: crate::options::SETTLE_DELAY,
            throttled_unclear: false,
            mask: Mask::default(),
            answer: PhantomData,
        }
    }

    pub(crate) fn with_policy(mut self, settle_delay: u32, throttled_unclear: bool, mask: &Mask) -> Self {
        self.mask = mask.clone();
        self.settle_delay = settle_delay;
        self.throttled_unclear = throttled_unclear;
        self
    }

    /// The request to send.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What the call does at the platform.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// When it was signed.
    pub fn signed_at(&self) -> Timestamp {
        self.signed_at
    }

    /// Seconds after which a read-back may say *absent*, by the account that prepared it.
    pub fn settle_delay(&self) -> u32 {
        self.settle_delay
    }

    /// The credentials of this call: what is quoted of a platform or an address passes it. [`Call::error`] and
    /// [`Call::read`] do that.
    pub fn mask(&self) -> Mask {
        self.mask.clone().with_request(&self.request)
    }

    /// The same for a short text of every reply: the forms in which a platform may give back what this request alone sends
    /// are not worth their time there.
    pub fn cover(&self, text: &mut String) {
        self.mask.cover(text);
        Mask::cover_sent(&self.request, text);
    }

    /// The same call with its answer as JSON text, for hosts with a JSON parser of their own.
    pub fn erase(self) -> Call<Json> {
        Call {
            request: self.request,
            expect: self.expect,
            effect: self.effect,
            signed_at: self.signed_at,
            settle_delay: self.settle_delay,
            throttled_unclear: self.throttled_unclear,
            mask: self.mask,
            answer: PhantomData,
        }
    }

    /// The error for an attempt without a (whole) reply. `not_sent` may be true only if it is certain that no byte of
    /// the request left: a name that does not resolve, a refused connection, a failed TLS handshake. In doubt: false.
    pub fn failed(&self, not_sent: bool) -> Error {
        if not_sent {
            self.error(Class::Unreachable, "No connection was made, so nothing was sent.")
        } else {
            self.error(
                Class::Interrupted,
                "The connection ended before a whole reply arrived, after bytes may have left.",
            )
        }
    }

    /// The error for a reply that arrived and cannot be handed over as it is, such as one without a body. Whoever has a
    /// reply has sent the request: an order is in doubt.
    pub fn unreadable(&self, why: impl fmt::Display) -> Error {
        self.error(Class::UnexpectedReply, format!("The reply cannot be read: {why}"))
    }

    /// What is known of this call after something struck it from outside, such as a panic: [`Class::in_words`].
    pub fn struck(&self, class: Class) -> Error {
        self.error(class, class.in_words(self.effect))
    }

    /// The error of a class for this call, its credentials taken out of the message.
    pub fn error(&self, class: Class, message: impl Into<String>) -> Error {
        self.unmasked(class, message).masked(&self.mask())
    }

    fn unmasked(&self, class: Class, message: impl Into<String>) -> Error {
        Error::of_class(class, self.effect, message).with_times(self.signed_at, self.settle_delay)
    }

    /// Reads a reply to the answer's JSON text: a slice of the reply wherever possible.
    ///
    /// # Errors
    /// Whatever [`Class`] the reply belongs to, with status, request id and body.
    pub fn read_json<'r>(&self, reply: &'r Reply) -> Result<Cow<'r, RawValue>, Error> {
        let retry_after = reply.retry_after(self.signed_at);
        let class = Class::of_status(reply.status, retry_after.is_some());
        let class = if self.throttled_unclear { class.unless_it_acted() } else { class };
        let said = || {
            let code = if self.request.url.ends_with("/graphql") { said::GRAPHQL } else { said::PLATFORM };
            said::in_body(reply.content(), code)
        };
        let refused = |class, message: String, problems: Vec<Problem>| {
            let problems = if problems.is_empty() { said().0 } else { problems };
            self.unmasked(class, message)
                .with_problems(problems)
                .with_reply(reply.status, reply.request_id(), &reply.body)
                .with_retry_after(retry_after)
                .masked(&self.mask())
        };
        if class != Class::Done {
            let (problems, words) = said();
            return Err(refused(class, status_message(class, reply, retry_after, words), problems));
        }
        if let Some(coding) = reply.coding() {
            let message = format!(
                "The reply is compressed ({}), though \"Accept-Encoding: identity\" asks for plain JSON. Does a proxy \
                 compress it, or a client of HTTP ask for it without decoding it?",
                said::quoted(coding)
            );
            return Err(refused(Class::UnexpectedReply, message, Vec::new()));
        }
        if reply.is_html() {
            let message =
                "The reply is an HTML page, not an answer of the API. A proxy, a login page or a wrong base_url?";
            return Err(refused(Class::UnexpectedReply, message.to_owned(), Vec::new()));
        }
        if crate::json::too_deep(&reply.body) {
            let message = "The reply nests deeper than 64 levels.";
            return Err(refused(Class::UnexpectedReply, message.to_owned(), Vec::new()));
        }
        (self.expect)(reply).map_err(|refusal| refused(refusal.class, refusal.message, refusal.problems))
    }
}

impl<T: Answer> Call<T> {
    /// Reads a reply to the answer.
    ///
    /// # Errors
    /// As [`Call::read_json`].
    pub fn read(&self, reply: &Reply) -> Result<T, Error> {
        self.read_as(reply)
    }
}

impl<T> Call<T> {
    /// Reads a reply to an answer of another type than the call's own.
    ///
    /// # Errors
    /// As [`Call::read_json`].
    pub fn read_as<A: Answer>(&self, reply: &Reply) -> Result<A, Error> {
        A::of(self.read_json(reply)?).map_err(|error| {
            self.unmasked(
                Class::UnexpectedReply,
                format!("The reply is JSON, but not of the documented shape: {error}."),
            )
            .with_reply(reply.status, reply.request_id(), &reply.body)
            .masked(&self.mask())
        })
    }
}

fn status_message(class: Class, reply: &Reply, retry_after: Option<u32>, words: Option<String>) -> String {
    let status = reply.status;
    let coded = |coding| format!(" Its body is compressed ({}).", said::quoted(coding));
    let words = words.map(|words| format!(" It says: {words}"));
    let words = words.or_else(|| reply.coding().map(coded)).unwrap_or_default();
    match class {
        Class::Unauthorized => format!("The platform refused the credentials (HTTP {status}).{words}"),
        Class::Refused => format!("The platform refused the request (HTTP {status}).{words}"),
        Class::Throttled | Class::ThrottledUnclear | Class::Unavailable | Class::UnavailableUnclear => {
            let wait = retry_after.map(|seconds| format!(" and asks to wait {seconds} s")).unwrap_or_default();
            format!("The platform is throttling (HTTP {status}){wait}.{words}")
        }
        Class::Redirected => {
            let to = reply.header("location").map(|to| to.split(['?', '#']).next().unwrap_or_default()).unwrap_or("?");
            format!("The platform answered with a redirect (HTTP {status}) to {to:?}, which is not followed.")
        }
        Class::ServerError => format!("The platform failed (HTTP {status}).{words}"),
        _ => format!("The platform answered HTTP {status}, whose meaning is not documented.{words}"),
    }
}

/// What a request sends and hides: the values of its headers, and of `SOA key:signature` what follows the scheme, and the
/// signature. The key in front of it is no secret, and good to see.
fn hidden(request: &Request) -> impl Iterator<Item = &str> {
    request.headers.iter().filter(|header| header.sensitive).flat_map(|header| {
        let value = header.value.as_str();
        let credential = value.split_once(' ').map_or(value, |(_, credential)| credential);
        let signature = credential.split_once(':').map_or(credential, |(_, signature)| signature);
        [value, credential, signature]
    })
}

impl Mask {
    /// These, and the values that a request sends and hides: a signature, a token and its scheme.
    #[must_use]
    pub fn with_request(self, request: &Request) -> Self {
        hidden(request).fold(self, |mask, sent| mask.with(sent.as_bytes()))
    }

    /// Takes what this request sends and hides out of a text, as it was sent: for what is quoted of every reply.
    pub fn cover_sent(request: &Request, text: &mut String) {
        for sent in hidden(request).filter(|sent| sent.len() > 1) {
            cover_form(text, sent);
        }
    }
}
