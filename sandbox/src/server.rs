//! One request from arrival to answer: judge it, give it its fault, carry it out, write it down.

use crate::aside::aside;
use crate::auth::{Judgement, judge_bearer};
use crate::faults::{Asked, Assigned, Fault, Kind};
use crate::hosts::Stranger;
use crate::http::{Answer, Done, MAX_BODY, MAX_CONTROL, arrive};
use crate::platform::Platform;
use crate::received::Received;
use crate::remembered::Record;
use crate::state::Shared;
use crate::wire::{self, Connection, Wire};
use crate::{clock, control, customiser, graphql, page, sign_customiser, spiff, webhooks};
use axum::body::Body;
use axum::http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// Serves one platform until the runtime ends.
pub(crate) async fn serve(listener: std::net::TcpListener, platform: Platform, shared: Arc<Shared>) {
    // It cannot fail: the listener is bound and does not block, and the runtime is running.
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    loop {
        let wire = wire::accept(&listener, platform, &shared).await;
        tokio::spawn(converse(wire, platform, Arc::clone(&shared)));
    }
}

/// Answers what comes over one connection, until either side ends it or the client takes too long.
async fn converse(wire: Wire, platform: Platform, shared: Arc<Shared>) {
    let connection = wire.connection();
    let patience = shared.options.request_timeout;
    let service = service_fn(move |request| {
        let (shared, connection) = (Arc::clone(&shared), connection.clone());
        async move { Ok::<_, Infallible>(handle(shared, platform, connection, request).await) }
    });
    // It ends with an error when it is cut on demand, or the client is rude: nobody needs to know.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .serve_connection(TokioIo::new(wire), service)
        .await;
}

async fn handle(
    shared: Arc<Shared>,
    platform: Platform,
    connection: Connection,
    request: Request<Incoming>,
) -> Response<Body> {
    let assigned = connection.begin();
    let id = shared.log().request_id();
    let (parts, body) = request.into_parts();
    let control = parts.uri.path().starts_with("/_/");
    let (most, patience) = (if control { MAX_CONTROL } else { MAX_BODY }, shared.options.request_timeout);
    let guard = Arc::clone(&shared);
    let (whole, _held) = arrive(&guard.traffic, body, most, patience).await;
    let missing = whole.as_ref().err().copied();
    // HTTP/1.0, which no browser speaks and some health checks do, has no Host.
    let old = parts.version == Version::HTTP_10 && !parts.headers.contains_key("host");
    let authority = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    let authority = authority.or_else(|| old.then(|| "localhost".to_owned()));
    let received = Received::new(&parts, whole.unwrap_or_default());
    let mut skew = 0;
    let answer = if let Some((status, why)) = stranger(&shared, &received, authority.as_deref()) {
        note_refusal(&shared, &id, platform, &received, status, &why);
        control::wrong(status, &why)
    } else if let Some(missing) = missing {
        let why = missing.why(most, patience);
        let answer = if control {
            control::wrong(missing.status(), &why)
        } else {
            note_refusal(&shared, &id, platform, &received, missing.status(), &why);
            spiff::errors(missing.status(), &why)
        };
        answer.with("connection", "close")
    } else if customiser::is_own(&received.path) {
        customiser::answer(&shared, platform, received).await
    } else if received.path.starts_with("/_/page/") || (received.verb() == "GET" && page::is_own(&received.path)) {
        page::answer(&shared, platform, received).await
    } else if control {
        control::answer(&shared, received).await
    } else {
        let judged = (Arc::clone(&shared), id.clone());
        // What is written down is carried out: the client may leave at any time after.
        let (visit, carried) = aside(move || {
            let visit = Visit::new(judged.0, platform, received, judged.1, assigned);
            let carried = visit.carry();
            (visit, carried)
        })
        .await;
        skew = visit.skew();
        visit.answer(carried, &connection).await
    };
    connection.answered();
    // Set here rather than by the HTTP library, because a fault may shift it.
    answer.with("date", clock::now(skew).http_date().to_string()).with("x-request-id", id).into_response()
}

/// The status and the reason, when a request does not mean this sandbox.
fn stranger(shared: &Shared, received: &Received, authority: Option<&str>) -> Option<(u16, String)> {
    let hosts: Vec<_> =
        received.headers.iter().filter(|(name, _)| name == "host").map(|(_, host)| host.as_str()).collect();
    if hosts.len() > 1 {
        return Some((400, "The request has more than one Host header.".to_owned()));
    }
    match shared.hosts.judge(hosts.into_iter().chain(authority)) {
        Ok(()) => None,
        Err(Stranger::Malformed) => Some((400, "The Host header is missing, or names no host.".to_owned())),
        Err(Stranger::Other(name)) => Some((
            421,
            format!(
                "The sandbox does not answer under the name {name}, so that no web page with a name of its own can read it. \
                 Ask for 127.0.0.1 or localhost, or start it with --allowed-host {name}."
            ),
        )),
    }
}

/// Writes a request down that went no further.
fn note_refusal(shared: &Shared, id: &str, platform: Platform, received: &Received, status: u16, why: &str) {
    let mut record = Record::new(id.to_owned(), platform, received);
    record.accepted = Some(false);
    record.why = Some(why.to_owned());
    record.status = Some(status);
    shared.log().record(record);
}

enum Call {
    Spiff(spiff::Call),
    SignCustomiser(sign_customiser::Call),
}

/// What became of a request at the platform.
enum Carried {
    /// This.
    Now(Answer),
    /// It is carried out later, also when the client leaves.
    Late(tokio::task::JoinHandle<Answer>),
    /// Nothing.
    Not,
}

/// One request to a platform.
struct Visit {
    shared: Arc<Shared>,
    platform: Platform,
    received: Received,
    id: String,
    call: Call,
    judgement: Judgement,
    fault: Option<Fault>,
    epoch: u64,
}

impl Visit {
    fn new(
        shared: Arc<Shared>,
        platform: Platform,
        received: Received,
        id: String,
        assigned: Option<Assigned>,
    ) -> Arc<Self> {
        let call = match platform {
            Platform::Spiff => Call::Spiff(spiff::Call::of(&received)),
            Platform::SignCustomiser => Call::SignCustomiser(sign_customiser::Call::of(&received)),
        };
        let (wire, asked) = match &call {
            Call::Spiff(call) => (call.wire(), call.asked()),
            Call::SignCustomiser(call) => {
                (call.wire(), Asked { target: call.target(), graphql: false, introspects: false })
            }
        };
        let (fault, window, epoch) = {
            let state = shared.state();
            let fault = match assigned {
                Some(Assigned::Fault(fault)) => Some(fault),
                Some(Assigned::Spared) => None,
                None => shared.faults().take(platform, asked),
            };
            (fault, state.settings.date_window_seconds, state.epoch)
        };
        let judgement = match platform {
            // A shifted clock shifts the judgement too.
            Platform::Spiff => shared.keys.judge(&received, clock::now(skew(fault.as_ref())), window),
            Platform::SignCustomiser => judge_bearer(&received, &shared.options.api_token),
        };
        let mut record = Record::new(id.clone(), platform, &received);
        record.wire = wire;
        record.purpose = asked.target.name();
        record.judgement = Some(judgement.clone());
        record.fault = fault.as_ref().map(Fault::to_json);
        shared.log().record(record);
        Arc::new(Self { shared, platform, received, id, call, judgement, fault, epoch })
    }

    fn skew(&self) -> i64 {
        skew(self.fault.as_ref())
    }

    fn is(&self, kind: Kind) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.kind == kind)
    }

    /// Carries the request out, unless the world was reset since it arrived.
    fn carry_out(&self) -> Answer {
        if self.shared.state().epoch != self.epoch {
            return Answer::empty(503);
        }
        let (shared, received, judgement, id) = (&*self.shared, &self.received, &self.judgement, self.id.as_str());
        let done = match &self.call {
            Call::Spiff(call) => spiff::carry_out(shared, call, received, judgement, id, self.is(Kind::MissingItems)),
            Call::SignCustomiser(call) => {
                sign_customiser::carry_out(shared, call, received, judgement, id, self.is(Kind::WrongEcho))
            }
        };
        let Done { answer, accepted, why, order, order_created } = done;
        self.shared.log().amend(id, |record| {
            record.accepted = Some(accepted);
            // The client may have left meanwhile.
            record.why = match (why, record.why.take()) {
                (Some(why), Some(left)) => Some(format!("{why} {left}")),
                (why, left) => why.or(left),
            };
            record.order = order;
        });
        if let Some(event) = order_created {
            webhooks::announce(&self.shared, "order:created", &event);
        }
        answer
    }

    /// Carries the request out as its fault says: now, later in a task of its own, or not at all.
    fn carry(self: &Arc<Self>) -> Carried {
        match &self.fault {
            Some(fault) if !fault.accepts() => {
                self.not_carried_out();
                Carried::Not
            }
            Some(fault) if fault.kind == Kind::AcceptLate => {
                let (visit, late) = (Arc::clone(self), Duration::from_millis(fault.amount("ms")));
                Carried::Late(tokio::spawn(async move {
                    sleep(late).await;
                    aside(move || visit.carry_out()).await
                }))
            }
            _ => Carried::Now(self.carry_out()),
        }
    }

    /// Writes down that the request was not carried out because of its fault.
    fn not_carried_out(&self) {
        let name = self.fault.as_ref().map(Fault::name).unwrap_or_default();
        self.shared.log().amend(&self.id, |record| {
            record.accepted = Some(false);
            record.why = Some(format!("Not carried out: the fault {name} was asked for."));
        });
    }

    async fn answer(self: Arc<Self>, carried: Carried, connection: &Connection) -> Answer {
        let leaving = Leaving { visit: Some(Arc::clone(&self)) };
        let carried = match carried {
            Carried::Now(answer) => Some(answer),
            Carried::Late(task) => task.await.ok(),
            Carried::Not => None,
        };
        let answer = match (&self.fault, carried) {
            (None, carried) => carried,
            (Some(fault), carried) => self.misbehave(fault, carried, connection).await,
        };
        leaving.stayed();
        let status = answer.as_ref().map(|answer| answer.status);
        self.shared.log().amend(&self.id, |record| record.status = status);
        answer.unwrap_or_else(|| {
            connection.cut_reply_after(0);
            Answer::empty(200)
        })
    }

    /// The answer under a fault; `None` closes the connection without one.
    async fn misbehave(
        self: &Arc<Self>,
        fault: &Fault,
        carried: Option<Answer>,
        connection: &Connection,
    ) -> Option<Answer> {
        let answer = carried.unwrap_or_else(|| self.refusal(500));
        Some(match fault.kind {
            Kind::Hang | Kind::AcceptThenHang => {
                sleep(Duration::from_millis(fault.amount("ms"))).await;
                return None;
            }
            Kind::CutRequest => return None,
            Kind::CutReply => {
                connection.cut_reply_after(fault.amount("bytes"));
                answer
            }
            Kind::Slow => {
                connection.drip(Duration::from_millis(fault.amount("ms_per_byte")));
                answer
            }
            Kind::AcceptLate | Kind::MissingItems | Kind::SkewedDate | Kind::WrongEcho => answer,
            Kind::AcceptThen500
            | Kind::Error500
            | Kind::Unavailable503
            | Kind::Throttle429
            | Kind::Unauthorized401
            | Kind::Forbidden403
            | Kind::Status
            | Kind::Redirect
            | Kind::Html
            | Kind::NoData
            | Kind::NoIntrospection => self.instead(fault),
            Kind::TruncatedJson
            | Kind::Oversized
            | Kind::NotJson
            | Kind::OrderNull
            | Kind::DataNull
            | Kind::PartialErrors
            | Kind::FieldError
            | Kind::EmptyBody => {
                let (visit, fault) = (Arc::clone(self), fault.clone());
                aside(move || visit.altered(&fault, answer)).await
            }
        })
    }

    /// An answer that does not depend on what was carried out.
    fn instead(&self, fault: &Fault) -> Answer {
        let status = |otherwise| u16::try_from(fault.amount("status")).unwrap_or(otherwise);
        let later = |answer: Answer| match fault.text("retry_after") {
            after if after.is_empty() => answer,
            after => answer.with("retry-after", after),
        };
        match fault.kind {
            Kind::Unauthorized401 => self.refusal(401),
            Kind::Forbidden403 => self.refusal(403),
            Kind::Throttle429 => later(self.refusal(429)),
            Kind::Unavailable503 => later(self.refusal(503)),
            Kind::Status => Answer::new(status(500), "application/json", fault.text("body")),
            Kind::Redirect => {
                Answer::html(status(302), "<!DOCTYPE html><title>Moved</title>").with("location", fault.text("to"))
            }
            Kind::Html => {
                let page = "<!DOCTYPE html><title>Welcome</title><p>Please sign in to this network.</p>";
                Answer::html(status(200), page)
            }
            Kind::NoData => Answer::json(200, &json!({ "errors": [{ "message": "The request was refused." }] })),
            Kind::NoIntrospection => graphql::refused(status(400), ["Introspection is not allowed here.".to_owned()]),
            _ => self.refusal(500),
        }
    }

    /// What was answered, spoilt.
    fn altered(&self, fault: &Fault, answer: Answer) -> Answer {
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let object = |said: Value| if said.is_object() { said } else { json!({ "data": said }) };
        match fault.kind {
            Kind::TruncatedJson => {
                // Without a body there is nothing to truncate: then it is the beginning of one.
                let whole = if answer.body.len() < 2 { br#"{"data":{"id":"#.repeat(2) } else { answer.body.clone() };
                let half = whole[..whole.len() / 2].to_vec();
                Answer { body: half, ..answer.body_json(&Value::Null) }
            }
            Kind::Oversized => {
                let mut all = object(said);
                all["padding"] = "x".repeat(usize::try_from(fault.amount("bytes")).unwrap_or(0)).into();
                answer.body_json(&all)
            }
            Kind::NotJson => Answer { body: b"OK, thanks".to_vec(), ..answer.body_json(&Value::Null) },
            Kind::OrderNull => answer.body_json(&match &self.call {
                Call::Spiff(spiff::Call::Graphql(Ok(prepared))) => prepared.order_nulled(said),
                Call::Spiff(_) => json!({ "data": null }),
                Call::SignCustomiser(_) => json!({ "order": null }),
            }),
            Kind::DataNull => {
                let mut all = json!({ "data": null });
                if fault.flag("errors") {
                    all["errors"] = json!([{ "message": "Something went wrong." }]);
                }
                Answer { status: answer.status, ..Answer::json(200, &all) }
            }
            Kind::PartialErrors => {
                let mut all = object(said);
                all["errors"] = json!([{ "message": "Something else went wrong.", "path": ["elsewhere"] }]);
                answer.body_json(&all)
            }
            Kind::FieldError => match &self.call {
                Call::Spiff(spiff::Call::Graphql(Ok(prepared))) if said.get("data").is_some() => {
                    answer.body_json(&prepared.field_failed(said, &fault.text("path"), &fault.text("message")))
                }
                // Drawn from a profile, it may meet a request without fields.
                _ => answer,
            },
            Kind::EmptyBody => Answer::empty(answer.status),
            _ => answer,
        }
    }

    /// An error in the platform's own words.
    fn refusal(&self, status: u16) -> Answer {
        let (spiff, sign) = match status {
            401 => ("Unauthorized", "Unauthenticated."),
            403 => ("Forbidden", "This action is unauthorized."),
            429 => ("Too many requests", "Too Many Attempts."),
            503 => ("Service unavailable", "Service Unavailable"),
            _ => ("Internal server error", "Server Error"),
        };
        match self.platform {
            Platform::Spiff => spiff::errors(status, spiff),
            Platform::SignCustomiser => {
                let answer = sign_customiser::message(status, sign);
                match status {
                    429 => answer.with("x-ratelimit-limit", "60").with("x-ratelimit-remaining", "0"),
                    _ => answer,
                }
            }
        }
    }
}

fn skew(fault: Option<&Fault>) -> i64 {
    fault.filter(|fault| fault.kind == Kind::SkewedDate).map_or(0, |fault| fault.number("seconds"))
}

/// Notices when the client leaves before it is answered: then the HTTP library drops the handler.
struct Leaving {
    visit: Option<Arc<Visit>>,
}

impl Leaving {
    fn stayed(mut self) {
        self.visit = None;
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        if let Some(visit) = self.visit.take() {
            visit.shared.log().amend(&visit.id, |record| {
                let left = "The client left before it was answered.";
                record.why = Some(match record.why.take() {
                    Some(why) => format!("{why} {left}"),
                    None => left.to_owned(),
                });
            });
        }
    }
}
