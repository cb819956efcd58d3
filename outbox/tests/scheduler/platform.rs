//! The platform of a schedule: it takes orders, at once or later than anybody waits, and tells the truth about it or not.

use crate::random::Random;
use countersign::delivery::Class;
use countersign::draft::Designs;
use countersign::spiff::{PlacedOrder, Seen, SeenTransaction};
use countersign::{Draft, Effect, Error, Json, Options, Platform, Reply};
use std::collections::{HashMap, VecDeque};

/// An order that the platform took, or will take: to make it is under way and cannot be stopped.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) at: i64,
    pub(crate) external_id: String,
    pub(crate) designs: Vec<String>,
    pub(crate) goods: u32,
    pub(crate) remote_id: String,
}

/// What the platform does with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    TakesIt,
    TakesItLater,
    Nothing,
}

/// What whoever sent it hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    Ok,
    // It may have taken it.
    ServerError,
    Unavailable,
    Conflict,
    NullOrder,
    Garbage,
    Cut,
    Nothing,
    // It has not taken it.
    Throttled,
    ThrottledFor,
    Unauthorised,
    Refused,
    GraphqlRefused,
    Unreachable,
}

impl Says {
    pub(crate) const DOUBT: [Self; 7] = [
        Self::ServerError,
        Self::Unavailable,
        Self::Conflict,
        Self::NullOrder,
        Self::Garbage,
        Self::Cut,
        Self::Nothing,
    ];
    pub(crate) const NO: [Self; 6] = [
        Self::Throttled,
        Self::ThrottledFor,
        Self::Unauthorised,
        Self::Refused,
        Self::GraphqlRefused,
        Self::Unreachable,
    ];
}

/// Both clients, made once for many schedules: nothing is ever sent by them.
pub(crate) struct Clients {
    pub(crate) spiff: Platform,
    pub(crate) signs: Platform,
    spiff_call: countersign::Call<Json>,
    signs_call: countersign::Call<Json>,
}

pub(crate) fn order_of(signs: bool, id: &str, designs: &[String], goods: u32) -> Vec<u8> {
    let order = if signs {
        serde_json::json!({
            "integration_id": 1, "external_id": id, "external_order_number": id, "currency": "USD",
            "products": [{ "external_id": "p-1", "price": 100, "quantity": goods }],
        })
    } else {
        let items: Vec<_> = designs
            .iter()
            .map(|design| serde_json::json!({ "amountToOrder": goods, "transactionId": design }))
            .collect();
        serde_json::json!({ "externalId": id, "paid": true, "orderItems": items })
    };
    order.to_string().into_bytes()
}

impl Clients {
    pub(crate) fn new() -> Self {
        let options = Options::new().set("base_url", "http://127.0.0.1:9");
        let spiff = options.clone().set("access_key", "key").set("secret_key", "secret");
        let spiff = Platform::new("spiff", &spiff).unwrap();
        let signs = Platform::new("sign_customiser", &options.set("api_token", "token")).unwrap();
        let call = |platform: &Platform, signs| {
            platform.prepare("place_order", &order_of(signs, "1", &["t-1".to_owned()], 1), None).unwrap()
        };
        let (spiff_call, signs_call) = (call(&spiff, false), call(&signs, true));
        Self { spiff, signs, spiff_call, signs_call }
    }

    /// The error that the client would make of it.
    fn error(&self, signs: bool, says: Says) -> Error {
        let call = if signs { &self.signs_call } else { &self.spiff_call };
        let reply = |status: u16, retry_after: &str, body: &str| {
            let mut reply = Reply { status, body: body.as_bytes().to_vec(), ..Reply::default() };
            if !retry_after.is_empty() {
                reply.headers.push(("retry-after".to_owned(), retry_after.to_owned()));
            }
            call.read_json(&reply).unwrap_err()
        };
        match says {
            Says::ServerError => reply(500, "", "{}"),
            Says::Unavailable => reply(503, "5", "{}"),
            Says::Conflict => reply(409, "", "{}"),
            Says::NullOrder if !signs => reply(200, "", r#"{"data":{"orderCreate":null}}"#),
            Says::NullOrder | Says::Garbage => reply(200, "", "<html>"),
            Says::Cut => call.failed(false),
            Says::Nothing => Error::of_class(Class::TimedOut, Effect::Order, "No reply came in time."),
            Says::Throttled => reply(429, "", "{}"),
            Says::ThrottledFor => reply(429, "30", "{}"),
            Says::Unauthorised => reply(401, "", "{}"),
            Says::Refused => reply(422, "", "{}"),
            Says::GraphqlRefused if !signs => reply(200, "", r#"{"errors":[{"message":"no such field"}]}"#),
            Says::GraphqlRefused => reply(415, "", "{}"),
            Says::Unreachable => call.failed(true),
            Says::Ok => unreachable!("that is no error"),
        }
    }
}

pub(crate) struct FakePlatform {
    pub(crate) signs: bool,
    pub(crate) taken: Vec<Taken>,
    /// How long the platform's reads may lag behind, at most.
    pub(crate) lag: i64,
    /// How often it does not simply do what it is asked, of 10,000: for orders, and for reads.
    pub(crate) hostile: (u64, u64),
    /// Orders that it never takes, and never says so.
    pub(crate) poison: Vec<String>,
    /// Designs that it does not show from some time on.
    pub(crate) hidden: Vec<(String, i64)>,
    /// What it does with the next sends of an order, whatever else is said here.
    pub(crate) script: HashMap<String, VecDeque<(Does, Says)>>,
    /// Goods that it refused, by order.
    pub(crate) refused: Vec<(String, u32)>,
    /// Orders whose sender was left in doubt, once for each time.
    pub(crate) doubts: Vec<String>,
    pub(crate) sends: usize,
}

impl FakePlatform {
    pub(crate) fn new(signs: bool) -> Self {
        Self {
            signs,
            taken: Vec::new(),
            lag: 0,
            hostile: (0, 0),
            poison: Vec::new(),
            hidden: Vec::new(),
            script: HashMap::new(),
            refused: Vec::new(),
            doubts: Vec::new(),
            sends: 0,
        }
    }

    /// Takes an order, whose first byte left at `now`. A copy of it may be acted on until `latest`.
    pub(crate) fn send(
        &mut self,
        clients: &Clients,
        random: &mut Random,
        draft: &Draft,
        now: i64,
        latest: i64,
    ) -> (Says, Result<PlacedOrder, Error>) {
        self.sends += 1;
        let external_id = draft.external_id().to_owned();
        let (mut does, mut says) = match random.below(10_000) < self.hostile.0 {
            false => (Does::TakesIt, Says::Ok),
            true => match random.below(4) {
                0 => (Does::TakesIt, random.one(&Says::DOUBT)),
                1 => (Does::TakesItLater, random.one(&Says::DOUBT)),
                2 => (Does::Nothing, random.one(&Says::DOUBT)),
                _ => (Does::Nothing, random.one(&Says::NO)),
            },
        };
        if self.poison.contains(&external_id) {
            (does, says) = (Does::Nothing, Says::ServerError);
        }
        if let Some(next) = self.script.get_mut(&external_id).and_then(VecDeque::pop_front) {
            (does, says) = next;
        }
        let goods = goods(draft);
        let remote_id = format!("r-{}", self.sends);
        if says == Says::Refused || (self.signs && says == Says::GraphqlRefused) {
            self.refused.push((external_id.clone(), goods));
        }
        if Says::DOUBT.contains(&says) {
            self.doubts.push(external_id.clone());
        }
        if does != Does::Nothing {
            let at = if does == Does::TakesItLater { random.from(now, latest.max(now)) } else { now };
            let designs = draft.designs().transactions.clone();
            let remote_id = remote_id.clone();
            self.taken.push(Taken { at, external_id: external_id.clone(), designs, goods, remote_id });
        }
        let result = match says {
            Says::Ok => {
                Ok(PlacedOrder { id: Some(remote_id), internal_id: None, external_id, errors: None, raw: None })
            }
            _ => Err(clients.error(self.signs, says)),
        };
        (says, result)
    }

    /// Shows designs as they were some time ago.
    pub(crate) fn look(&self, random: &mut Random, designs: &Designs, now: i64) -> Result<Seen, Error> {
        if random.often(self.hostile.1) {
            let class = random.one(&[Class::ServerError, Class::Interrupted, Class::Throttled, Class::Unauthorized]);
            return Err(Error::of_class(class, Effect::Read, "The read failed."));
        }
        let as_of = now - random.from(0, self.lag);
        let transactions = designs.transactions.iter().map(|design| {
            if self.hidden.iter().any(|(hidden, from)| hidden == design && *from <= now) {
                return None;
            }
            let by = self.taken.iter().filter(|taken| taken.at <= as_of && taken.designs.contains(design));
            let by = by.max_by_key(|taken| taken.at);
            Some(SeenTransaction {
                id: Some(design.clone()),
                is_ordered: Some(by.is_some()),
                external_order_id: by.map(|taken| taken.external_id.clone()),
            })
        });
        Ok(Seen { transactions: transactions.collect(), bundles: Vec::new(), odd: None })
    }

    pub(crate) fn check(&self, random: &mut Random) -> Result<Option<String>, Error> {
        if random.often(self.hostile.1) {
            let class = random.one(&[Class::ServerError, Class::Interrupted, Class::Unauthorized]);
            return Err(Error::of_class(class, Effect::Read, "The read failed."));
        }
        Ok((!self.signs).then(|| "integration-1".to_owned()))
    }

    pub(crate) fn taken_of<'a>(&'a self, external_id: &'a str) -> impl Iterator<Item = &'a Taken> {
        self.taken.iter().filter(move |taken| taken.external_id == external_id)
    }
}

/// How many pieces an order is for: all that differs between two versions of one here.
fn goods(draft: &Draft) -> u32 {
    let body = String::from_utf8_lossy(draft.body());
    ["amountToOrder", "quantity"]
        .iter()
        .find_map(|name| {
            let after = body.split_once(name)?.1.trim_start_matches(['"', '\\', ':', ' ']);
            let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        })
        .expect("an order says how many")
}
