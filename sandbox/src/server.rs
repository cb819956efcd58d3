//! One request from arrival to answer: judge it, give it its fault, carry it out, write it down.

use crate::auth::{Judgement, judge_bearer};
use crate::faults::{Asked, Assigned, Fault, Kind};
use crate::http::{Answer, Done, MAX_BODY, Received};
use crate::platform::Platform;
use crate::state::{Record, Shared};
use crate::wire::{Connection, WireListener};
use crate::{clock, control, graphql, page, sign_customiser, spiff, webhooks};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request};
use axum::http::Response;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// Serves one platform until the runtime ends.
pub(crate) async fn serve(listener: std::net::TcpListener, platform: Platform, shared: Arc<Shared>) {
    // It cannot fail: the listener is bound and does not block, and the runtime is running.
    let Ok(listener) = TcpListener::from_std(listener) else { return };
    let for_listener = Arc::clone(&shared);
    let app = Router::new().fallback(move |ConnectInfo(connection): ConnectInfo<Connection>, request: Request| {
        let shared = Arc::clone(&shared);
        async move { handle(shared, platform, connection, request).await }
    });
    let listener = WireListener { listener, platform, shared: for_listener };
    // It only returns when the listener ends, which it never does.
    let _ = axum::serve(listener, app.into_make_service_with_connect_info::<Connection>()).await;
}

async fn handle(shared: Arc<Shared>, platform: Platform, connection: Connection, request: Request) -> Response<Body> {
    let assigned = connection.begin();
    let id = shared.state().request_id();
    let (parts, body) = request.into_parts();
    let whole = to_bytes(body, MAX_BODY).await;
    let too_large = whole.is_err();
    let received = Received::new(&parts, whole.map(Vec::from).unwrap_or_default());
    let mut skew = 0;
    let answer = if received.path == "/" && received.method == "GET" {
        page::page(&shared, platform)
    } else if received.path == "/favicon.ico" {
        Answer::empty(204)
    } else if received.path.starts_with("/_/") {
        control::answer(&shared, &received).await
    } else if too_large {
        let mut record = Record::new(id.clone(), platform, &received);
        record.accepted = Some(false);
        record.why = Some(format!("The body did not arrive whole, or is larger than {MAX_BODY} bytes."));
        record.status = Some(413);
        shared.state().record(record);
        spiff::errors(413, "The body is too large.")
    } else {
        let visit = Visit::new(shared, platform, received, id.clone(), assigned);
        skew = visit.skew();
        visit.answer(&connection).await
    };
    connection.answered();
    // Set here rather than by the HTTP library, because a fault may shift it.
    answer.with("date", clock::now(skew).http_date().to_string()).with("x-request-id", id).into_response()
}

enum Call {
    Spiff(spiff::Call),
    SignCustomiser(sign_customiser::Call),
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
            let mut state = shared.state();
            let fault = match assigned {
                Some(Assigned::Fault(fault)) => Some(fault),
                Some(Assigned::Spared) => None,
                None => state.faults.take(platform, asked),
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
        shared.state().record(record);
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
        self.shared.state().amend(id, |record| {
            record.accepted = Some(accepted);
            record.why = why;
            record.order = order;
        });
        if let Some(event) = order_created {
            webhooks::announce(&self.shared, "order:created", &event);
        }
        answer
    }

    /// Writes down that the request was not carried out because of its fault.
    fn not_carried_out(&self) {
        let name = self.fault.as_ref().map(Fault::name).unwrap_or_default();
        self.shared.state().amend(&self.id, |record| {
            record.accepted = Some(false);
            record.why = Some(format!("Not carried out: the fault {name} was asked for."));
        });
    }

    async fn answer(self: Arc<Self>, connection: &Connection) -> Answer {
        let leaving = Leaving { visit: Some(Arc::clone(&self)) };
        let answer = match &self.fault {
            None => Some(self.carry_out()),
            Some(fault) => self.misbehave(fault, connection).await,
        };
        leaving.stayed();
        let status = answer.as_ref().map(|answer| answer.status);
        self.shared.state().amend(&self.id, |record| record.status = status);
        answer.unwrap_or_else(|| {
            connection.cut_reply_after(0);
            Answer::empty(200)
        })
    }

    /// What the request led to under a fault, as far as it was carried out at all.
    async fn carried(self: &Arc<Self>, fault: &Fault) -> Option<Answer> {
        if !fault.accepts() {
            self.not_carried_out();
            return None;
        }
        if fault.kind != Kind::AcceptLate {
            return Some(self.carry_out());
        }
        let late = Duration::from_millis(fault.amount("ms"));
        let visit = Arc::clone(self);
        // A task of its own: it goes on when the client has left.
        let task = tokio::spawn(async move {
            sleep(late).await;
            visit.carry_out()
        });
        task.await.ok()
    }

    /// The answer under a fault; `None` closes the connection without one.
    async fn misbehave(self: &Arc<Self>, fault: &Fault, connection: &Connection) -> Option<Answer> {
        let answer = self.carried(fault).await.unwrap_or_else(|| self.refusal(500));
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
            | Kind::EmptyBody => self.altered(fault, answer),
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
            visit.shared.state().amend(&visit.id, |record| {
                let left = "The client left before it was answered.";
                record.why = Some(match record.why.take() {
                    Some(why) => format!("{why} {left}"),
                    None => left.to_owned(),
                });
            });
        }
    }
}
