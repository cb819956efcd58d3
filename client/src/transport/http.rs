//! `Http`: the transport over ureq and rustls, with every setting chosen on purpose.

use super::attempt::{Attempt, End, Stage};
use super::failure::{Names, Trouble};
use super::wire::{self, HEADER_LIMIT, INPUT, OUTPUT};
use super::{Failure, Limits, Transport, settings, veil};
use countersign_core::{Error, Mask, Options, Reply, Request};
use std::fmt;
use std::io::Read;
use std::sync::Mutex;
use std::time::Duration;
use ureq::config::{AutoHeaderValue, Config};
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body, RequestBuilder};

/// Idle connections kept for one host; twice as many for all together. Not fewer than the threads that a language's client
/// has unless it is told otherwise: a connection made anew costs a handshake, and on loopback a listening for a first word.
const IDLE: usize = 8;

/// An idle connection is not reused after this time: servers and middle boxes begin to forget.
const IDLE_AGE: Duration = Duration::from_secs(10);

/// HTTP/1.1 over TCP and TLS.
///
/// Made once and shared. It keeps up to eight idle connections to a host, runs no thread but for the time of a name look-up
/// (one for each name at a time, however many calls wait for it), and stays usable after `fork`: a child begins with
/// connections of its own and leaves its parent's alone. No request is sent twice; only where a kept connection turns out not
/// to have taken a single byte of it, a new connection takes its place.
pub struct Http {
    config: Config,
    /// As messages may show it.
    proxy: Option<String>,
    /// The proxy's credentials.
    mask: Mask,
    roots: String,
    /// The process that made it, and its connections.
    home: (u32, Agent),
    /// The same for a forked child.
    away: Mutex<Option<(u32, Agent)>>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("proxy", &self.proxy).field("roots", &self.roots).finish_non_exhaustive()
    }
}

impl Http {
    /// From the options `roots` and `proxy`. Nothing is connected yet.
    ///
    /// Credentials of requests are wiped when they have left. A password in the URL of a proxy is not: ureq keeps it, and
    /// makes copies of its own for each connection.
    ///
    /// # Errors
    /// `configuration` for a PEM file that cannot be used, or a proxy that is none.
    pub fn new(options: &Options) -> Result<Self, Error> {
        options.check()?;
        let proxy = settings::proxy(options, |name| std::env::var(name).ok())?;
        let mask = match proxy.as_ref() {
            Some(proxy) => Mask::default().with_address(&proxy.uri().to_string()),
            None => Mask::default(),
        };
        let shown = proxy.as_ref().map(settings::shown);
        let config = config(settings::roots(options)?, proxy);
        Ok(Self {
            home: (std::process::id(), agent(&config)),
            away: Mutex::new(None),
            config,
            proxy: shown,
            mask,
            roots: options.text("roots").unwrap_or("platform").to_owned(),
        })
    }

    /// The variable of the environment that names a proxy which these options leave unused: `proxy` as "env" would use it.
    pub fn unused_proxy(options: &Options) -> Option<&'static str> {
        settings::unused_proxy(options, |name| std::env::var(name).ok())
    }

    /// What it was given to authenticate with: a proxy's user name and password.
    pub(crate) fn mask(&self) -> &Mask {
        &self.mask
    }

    /// The limits that the options `timeout`, `connect_timeout` and `reply_limit` set.
    pub fn limits(options: &Options) -> Limits {
        let default = Limits::default();
        let seconds = |name, default: Duration| {
            Duration::try_from_secs_f64(options.seconds(name, default.as_secs_f64())).unwrap_or(default)
        };
        Limits {
            timeout: seconds("timeout", default.timeout),
            connect: seconds("connect_timeout", default.connect),
            reply: options.text("reply_limit").and_then(|text| text.parse().ok()).unwrap_or(default.reply),
            deadline: None,
        }
    }

    /// The connections of this process.
    fn agent(&self) -> Agent {
        self.agent_of(std::process::id())
    }

    fn agent_of(&self, process: u32) -> Agent {
        if process == self.home.0 {
            return self.home.1.clone();
        }
        // A forked child. Two streams of one TLS session, or two readers of one reply, would ruin both processes' calls,
        // so the parent's connections stay in `home`, untouched; closing them here would not tell the server anything.
        // The lock may have been held by another thread at a further fork, and then stays so for ever: no waiting.
        let Ok(mut away) = self.away.try_lock() else { return agent(&self.config) };
        match &*away {
            Some((owner, agent)) if *owner == process => agent.clone(),
            _ => away.insert((process, agent(&self.config))).1.clone(),
        }
    }
}

fn agent(config: &Config) -> Agent {
    Agent::with_parts(config.clone(), wire::connector(), wire::Later)
}

fn config(roots: RootCerts, proxy: Option<ureq::Proxy>) -> Config {
    Config::builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(proxy)
        // The request's headers are the prepared ones.
        .user_agent(AutoHeaderValue::None)
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        // rustls offers TLS 1.2 and 1.3, nothing older.
        .tls_config(TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(roots).build())
        .max_response_header_size(HEADER_LIMIT)
        .input_buffer_size(INPUT)
        .output_buffer_size(OUTPUT)
        .max_idle_connections(IDLE * 2)
        .max_idle_connections_per_host(IDLE)
        .max_idle_age(IDLE_AGE)
        // Time limits differ from call to call and hold below ureq: see `wire`. Set here, they would make ureq treat each
        // call's settings as its own, and load the authorities anew for each connection.
        .timeout_global(None)
        .build()
}

impl Transport for Http {
    fn send(&self, request: &Request, limits: &Limits) -> Result<Reply, Failure> {
        let agent = self.agent();
        let mut attempt = Attempt::new(limits);
        loop {
            let (result, after) = attempt.run(|| exchange(&agent, request, limits.reply));
            let trouble = match result {
                Ok((reply, framed)) => match after.end {
                    // Where the reply says itself where it ends, ureq reads to there and no further.
                    None if after.written => return Ok(reply),
                    Some(End::Closed) if after.written && !framed => return Ok(reply),
                    _ => Trouble::CutOff,
                },
                // The server closed an idle connection while we reached for it. Each such failure uses up one.
                Err(Trouble::Ureq(ureq::Error::Io(_)))
                    if !after.written && !after.dialled && after.stage == Stage::Request =>
                {
                    attempt = after.again();
                    continue;
                }
                Err(trouble) => trouble,
            };
            let origin = origin(&request.url);
            let names = Names { origin, host: host(origin), proxy: self.proxy.as_deref(), roots: &self.roots };
            let mut failure = trouble.failure(&after, limits, &names);
            self.mask.clone().with_request(request).cover(&mut failure.message);
            return Err(failure);
        }
    }
}

/// One request and its reply; and whether the reply says itself where it ends.
fn exchange(agent: &Agent, request: &Request, limit: usize) -> Result<(Reply, bool), Trouble> {
    let headers = veil::cover(request)?;
    let response = call(agent, request, &headers);
    veil::drop_lines();
    let mut response = response?;
    let headers = response.headers();
    let framed = headers.contains_key("content-length") || headers.contains_key("transfer-encoding");
    let mut reply = Reply {
        status: response.status().as_u16(),
        headers: headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: Vec::new(),
    };
    // One byte more than allowed shows that there is more.
    let most = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut reader = response.body_mut().as_reader().take(most.saturating_add(1));
    reader.read_to_end(&mut reply.body).map_err(ureq::Error::from)?;
    if reply.body.len() > limit { Err(Trouble::TooLong) } else { Ok((reply, framed)) }
}

fn call(agent: &Agent, request: &Request, headers: &veil::Headers<'_>) -> Result<Response<Body>, ureq::Error> {
    fn dress<B>(builder: RequestBuilder<B>, headers: &veil::Headers<'_>) -> RequestBuilder<B> {
        // Raw: with the spelling of the names as prepared.
        headers.iter().fold(builder, |builder, (name, value)| builder.header_raw(name, value))
    }
    let (url, body) = (request.url.as_str(), &request.body[..]);
    let bare = |builder| match dress(builder, headers) {
        builder if body.is_empty() => builder.call(),
        builder => builder.force_send_body().send(body),
    };
    let full = |builder| dress(builder, headers).send(body);
    match request.method.as_str() {
        "GET" => bare(agent.get(url)),
        "DELETE" => bare(agent.delete(url)),
        "HEAD" => bare(agent.head(url)),
        "POST" => full(agent.post(url)),
        "PUT" => full(agent.put(url)),
        "PATCH" => full(agent.patch(url)),
        _ => Err(ureq::Error::Other("the method is not one of HTTP's usual ones".into())),
    }
}

/// `https://host:port` of a URL.
fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['/', '?', '#']).map_or(url.len(), |at| authority + at);
    // No user name belongs into a URL here; if there is one, nothing of it is shown.
    if url[authority..end].contains('@') { "the address given" } else { &url[..end] }
}

/// The name in an origin.
fn host(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_cut_out_of_addresses() {
        for (url, place, name) in [
            ("https://api.example/graphql?q#f", "https://api.example", "api.example"),
            ("https://api.example:8443", "https://api.example:8443", "api.example"),
            ("http://[::1]:9/", "http://[::1]:9", "::1"),
            ("https://api.example?x", "https://api.example", "api.example"),
            ("https://user:password@api.example/", "the address given", "the address given"),
            ("", "", ""),
            ("://", "://", ""),
            ("api.example/x", "api.example", "api.example"),
        ] {
            assert_eq!((origin(url), host(origin(url))), (place, name), "{url}");
        }
    }

    #[test]
    fn each_process_has_connections_of_its_own() {
        let http = Http::new(&Options::new()).unwrap();
        let config = |agent: &Agent| std::ptr::from_ref(agent.config());
        let home = std::process::id();
        let (here, child, grandchild) = (http.agent(), http.agent_of(home + 1), http.agent_of(home + 2));
        assert_eq!(config(&here), config(&http.agent_of(home)));
        assert_eq!(config(&grandchild), config(&http.agent_of(home + 2)));
        for (one, other) in [(&here, &child), (&here, &grandchild), (&child, &grandchild)] {
            assert_ne!(config(one), config(other));
        }
        // Held by a thread that the child does not have: nobody waits.
        let _held = http.away.lock().unwrap();
        assert_ne!(config(&http.agent_of(home + 2)), config(&grandchild));
    }
}
