//! The table of faults and the queue that says which request gets which.

use crate::platform::Platform;
use serde_json::{Map, Value, json};

/// What a request is for, as far as faults can be aimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// It places an order.
    Order,
    /// It changes nothing.
    Read,
    /// Anything else, such as a new webhook subscription or another mutation.
    Other,
}

impl Target {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Read => "read",
            Self::Other => "other",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AcceptThenHang,
    Hang,
    AcceptLate,
    CutRequest,
    CutReply,
    AcceptThen500,
    Error500,
    Unavailable503,
    Throttle429,
    Unauthorized401,
    Forbidden403,
    Status,
    Redirect,
    Html,
    TruncatedJson,
    Oversized,
    NotJson,
    OrderNull,
    DataNull,
    NoData,
    PartialErrors,
    FieldError,
    NoIntrospection,
    MissingItems,
    EmptyBody,
    SkewedDate,
    Slow,
    WrongEcho,
}

impl Kind {
    /// Some faults exist on one platform only.
    pub(crate) fn fits(self, platform: Platform) -> bool {
        match self {
            Self::WrongEcho => platform == Platform::SignCustomiser,
            Self::FieldError | Self::NoIntrospection => platform == Platform::Spiff,
            _ => true,
        }
    }
}

/// One row per fault.
pub(crate) struct Row {
    pub(crate) kind: Kind,
    pub(crate) name: &'static str,
    /// What the client sees, for people.
    pub(crate) about: &'static str,
    /// Whether the request is carried out, unless the parameter `accept` says otherwise.
    pub(crate) accepts: bool,
    /// Its parameters beside `accept`, with the defaults.
    pub(crate) params: &'static [(&'static str, Preset)],
}

/// The default of a parameter, which also fixes its type.
pub(crate) enum Preset {
    Number(i64),
    Text(&'static str),
    Flag(bool),
    None,
}

const fn row(
    kind: Kind,
    name: &'static str,
    about: &'static str,
    accepts: bool,
    params: &'static [(&'static str, Preset)],
) -> Row {
    Row { kind, name, about, accepts, params }
}

/// Every fault.
pub(crate) const TABLE: &[Row] = &[
    row(
        Kind::AcceptThenHang,
        "accept_then_hang",
        "nothing is answered, until the client leaves",
        true,
        &[("ms", Preset::Number(60_000))],
    ),
    row(Kind::Hang, "hang", "nothing is answered, until the client leaves", false, &[("ms", Preset::Number(60_000))]),
    row(
        Kind::AcceptLate,
        "accept_late",
        "carried out and answered late, also if the client left",
        true,
        &[("ms", Preset::Number(400))],
    ),
    row(
        Kind::CutRequest,
        "cut_request",
        "the connection closes within the request",
        false,
        &[("bytes", Preset::Number(0))],
    ),
    row(Kind::CutReply, "cut_reply", "the connection closes within the reply", true, &[("bytes", Preset::Number(0))]),
    row(Kind::AcceptThen500, "accept_then_500", "500, although it was carried out", true, &[]),
    row(Kind::Error500, "500", "a server error", false, &[]),
    row(Kind::Unavailable503, "503", "unavailable", false, &[("retry_after", Preset::None)]),
    row(Kind::Throttle429, "429", "too many requests", false, &[("retry_after", Preset::None)]),
    row(Kind::Unauthorized401, "401", "unauthorized", false, &[]),
    row(Kind::Forbidden403, "403", "forbidden", false, &[]),
    row(
        Kind::Status,
        "status",
        "a status of your choice",
        false,
        &[("status", Preset::Number(500)), ("body", Preset::Text(""))],
    ),
    row(
        Kind::Redirect,
        "redirect",
        "a redirect",
        false,
        &[("to", Preset::Text("/login")), ("status", Preset::Number(302))],
    ),
    row(Kind::Html, "html", "a page where JSON was due", false, &[("status", Preset::Number(200))]),
    row(Kind::TruncatedJson, "truncated_json", "half of the JSON", true, &[]),
    row(Kind::Oversized, "oversized", "JSON with much padding", true, &[("bytes", Preset::Number(2 * 1024 * 1024))]),
    row(Kind::NotJson, "not_json", "text that claims to be JSON", true, &[]),
    row(Kind::OrderNull, "order_null", "null in the place of the order", true, &[]),
    row(Kind::DataNull, "data_null", "null in the place of the data", true, &[("errors", Preset::Flag(false))]),
    row(Kind::NoData, "no_data", "errors without data", false, &[]),
    row(Kind::PartialErrors, "partial_errors", "the answer, and errors beside it", true, &[]),
    row(
        Kind::FieldError,
        "field_error",
        "one field fails, and errors name it",
        true,
        &[("path", Preset::Text("")), ("message", Preset::Text("This field cannot be answered."))],
    ),
    row(
        Kind::NoIntrospection,
        "no_introspection",
        "questions for the schema are refused",
        false,
        &[("status", Preset::Number(400))],
    ),
    row(Kind::MissingItems, "missing_items", "lists by ids one shorter", true, &[]),
    row(Kind::EmptyBody, "empty_body", "the status without a body", true, &[]),
    row(Kind::SkewedDate, "skewed_date", "a shifted Date", true, &[("seconds", Preset::Number(-7200))]),
    row(Kind::Slow, "slow", "the reply byte by byte", true, &[("ms_per_byte", Preset::Number(5))]),
    row(Kind::WrongEcho, "wrong_echo", "another external id in the answer", true, &[]),
];

/// One fault with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) kind: Kind,
    params: Map<String, Value>,
}

impl Fault {
    fn row(&self) -> &'static Row {
        TABLE.iter().find(|row| row.kind == self.kind).unwrap_or(&TABLE[0])
    }

    pub(crate) fn name(&self) -> &'static str {
        self.row().name
    }

    /// Whether the request is carried out.
    pub(crate) fn accepts(&self) -> bool {
        self.params.get("accept").and_then(Value::as_bool).unwrap_or(self.row().accepts)
    }

    fn default(&self, name: &str) -> Option<&'static Preset> {
        self.row().params.iter().find(|(param, _)| *param == name).map(|(_, default)| default)
    }

    pub(crate) fn number(&self, name: &str) -> i64 {
        self.params.get(name).and_then(Value::as_i64).unwrap_or(match self.default(name) {
            Some(Preset::Number(number)) => *number,
            _ => 0,
        })
    }

    /// A size or a duration: never negative.
    pub(crate) fn amount(&self, name: &str) -> u64 {
        u64::try_from(self.number(name)).unwrap_or(0)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        match (self.params.get(name), self.default(name)) {
            (Some(Value::String(text)), _) => text.clone(),
            (Some(Value::Null) | None, Some(Preset::Text(text))) => (*text).to_owned(),
            (Some(Value::Null) | None, _) => String::new(),
            (Some(other), _) => other.to_string(),
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Value::as_bool).unwrap_or(matches!(self.default(name), Some(Preset::Flag(true))))
    }

    pub(crate) fn to_json(&self) -> Value {
        let mut all = Map::new();
        all.insert("fault".into(), self.name().into());
        all.extend(self.params.clone());
        Value::Object(all)
    }

    /// Reads a fault from its name and the parameters beside it.
    fn read(name: &str, given: Map<String, Value>) -> Result<Self, String> {
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            let names: Vec<_> = TABLE.iter().map(|row| row.name).collect();
            return Err(format!("There is no fault \"{name}\". Known: {}.", names.join(", ")));
        };
        for (param, value) in &given {
            let known = row.params.iter().find(|(known, _)| known == param);
            let fits = match known {
                _ if param == "accept" => value.is_boolean(),
                Some((_, Preset::Number(_))) if row.kind == Kind::Oversized => {
                    value.as_i64().is_some_and(|bytes| bytes <= MAX_PADDING)
                }
                Some((_, Preset::Number(_))) => value.is_i64(),
                Some((_, Preset::Flag(_))) => value.is_boolean(),
                Some((_, Preset::Text(_))) => value.is_string() || value.is_object(),
                Some((_, Preset::None)) => value.is_i64() || value.is_string() || value.is_null(),
                None => {
                    let mut params: Vec<_> = row.params.iter().map(|(param, _)| *param).collect();
                    params.push("accept");
                    return Err(format!("\"{name}\" has no parameter \"{param}\". It has: {}.", params.join(", ")));
                }
            };
            if !fits {
                return Err(format!("The parameter \"{param}\" of \"{name}\" cannot be {value}."));
            }
        }
        Ok(Self { kind: row.kind, params: given })
    }
}

/// What a fault needs to know of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) target: Target,
    /// A GraphQL document that is valid.
    pub(crate) graphql: bool,
    /// It asks for the schema.
    pub(crate) introspects: bool,
}

/// How well a rule matches a request of which only the first line is known.
#[derive(PartialEq, Eq)]
enum Match {
    Yes,
    No,
    /// Only the body will tell: GraphQL reads and orders share a path.
    Undecided,
}

enum Choice {
    One(Fault),
    /// Cumulative percentages in a fixed order, and the state of the generator.
    Profile(Vec<(f64, Fault)>, u64),
}

struct Rule {
    choice: Choice,
    left: u64,
    platform: Option<Platform>,
    target: Option<Target>,
    given: Value,
}

/// What the first line of a request already settled.
#[derive(Clone, Debug)]
pub(crate) enum Assigned {
    /// It gets this fault.
    Fault(Fault),
    /// A profile was asked and spared it.
    Spared,
}

/// How many rules may wait: each request looks through them.
const MAX_RULES: usize = 10_000;

/// The most that `oversized` adds.
const MAX_PADDING: i64 = 64 * 1024 * 1024;

/// The queue.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
}

impl Rule {
    fn on_line(&self, platform: Platform, method: &str, path: &str) -> Match {
        if self.platform.is_some_and(|only| only != platform) || !self.fits_platform(platform) {
            return Match::No;
        }
        let Some(wanted) = self.target else { return Match::Yes };
        let actual = match (platform, method) {
            (Platform::Spiff, "POST") if crate::platform::is_graphql(path) => return Match::Undecided,
            (Platform::Spiff, "POST") if path == "/api/v2/orders" || path == "/targets" => Target::Order,
            (Platform::SignCustomiser, "POST") if path == "/api/v2/orders" => Target::Order,
            (_, "GET" | "HEAD") => Target::Read,
            _ => Target::Other,
        };
        if actual == wanted { Match::Yes } else { Match::No }
    }

    fn matches(&self, platform: Platform, asked: Asked) -> bool {
        let fits = match self.kind() {
            Some(Kind::FieldError) => asked.graphql,
            Some(Kind::NoIntrospection) => asked.introspects,
            _ => true,
        };
        fits && self.platform.is_none_or(|only| only == platform)
            && self.target.is_none_or(|only| only == asked.target)
            && self.fits_platform(platform)
    }

    fn kind(&self) -> Option<Kind> {
        match &self.choice {
            Choice::One(fault) => Some(fault.kind),
            Choice::Profile(..) => None,
        }
    }

    /// Whether its fault exists there; elsewhere it waits.
    fn fits_platform(&self, platform: Platform) -> bool {
        self.kind().is_none_or(|kind| kind.fits(platform))
    }

    fn hit(&mut self) -> Assigned {
        self.left -= 1;
        match &mut self.choice {
            Choice::One(fault) => Assigned::Fault(fault.clone()),
            Choice::Profile(table, seed) => {
                let drawn = f64::from(u32::try_from(splitmix(seed) % 1_000_000).unwrap_or(0)) / 10_000.0;
                let found = table.iter().find(|(below, _)| drawn < *below);
                found.map_or(Assigned::Spared, |(_, fault)| Assigned::Fault(fault.clone()))
            }
        }
    }
}

/// SplitMix64: small, and the same everywhere.
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Faults {
    /// Adds one rule, or each of a list.
    pub(crate) fn add(&mut self, given: &Value) -> Result<(), String> {
        let list = match given {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        // All of them or none: a test with a typing error should not half apply.
        if self.rules.len() + list.len() > MAX_RULES {
            return Err(format!("At most {MAX_RULES} faults wait at a time; \"count\" repeats one."));
        }
        let rules: Vec<_> = list.iter().map(Rule::read).collect::<Result<_, _>>()?;
        self.rules.extend(rules);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    pub(crate) fn to_json(&self) -> Value {
        let rules = self.rules.iter().map(|rule| {
            let mut all = rule.given.clone();
            all["left"] = rule.left.into();
            all
        });
        json!({ "faults": rules.collect::<Vec<_>>() })
    }

    /// What can be settled when only the request line is known: cuts within the request, and profiles (so that a seed
    /// gives the same sequence whatever the bodies are).
    pub(crate) fn on_line(&mut self, platform: Platform, method: &str, path: &str) -> Option<Assigned> {
        let (at, how) = self.rules.iter().enumerate().find_map(|(at, rule)| {
            let how = rule.on_line(platform, method, path);
            (how != Match::No).then_some((at, how))
        })?;
        let rule = &self.rules[at];
        let cuts = matches!(&rule.choice, Choice::One(Fault { kind: Kind::CutRequest, .. }));
        let profile = matches!(&rule.choice, Choice::Profile(..));
        (cuts || (profile && how == Match::Yes)).then(|| self.hit(at))
    }

    /// The fault for a whole request, if any.
    pub(crate) fn take(&mut self, platform: Platform, asked: Asked) -> Option<Fault> {
        let at = self.rules.iter().position(|rule| rule.matches(platform, asked))?;
        match self.hit(at) {
            Assigned::Fault(fault) => Some(fault),
            Assigned::Spared => None,
        }
    }

    fn hit(&mut self, at: usize) -> Assigned {
        let assigned = self.rules[at].hit();
        if self.rules[at].left == 0 {
            self.rules.remove(at);
        }
        assigned
    }
}

impl Rule {
    fn read(given: &Value) -> Result<Self, String> {
        let Value::Object(all) = given else {
            return Err("A fault is a JSON object such as {\"fault\":\"500\",\"count\":1}.".into());
        };
        let mut rest = all.clone();
        let left = match rest.remove("count") {
            None => 1,
            Some(count) => count.as_u64().filter(|count| *count > 0).ok_or("\"count\" is a whole number from 1.")?,
        };
        let platform = match rest.remove("platform") {
            None | Some(Value::Null) => None,
            Some(name) => Some(
                name.as_str()
                    .and_then(Platform::from_name)
                    .ok_or("\"platform\" is \"spiff\" or \"sign_customiser\"; leave it out for both.")?,
            ),
        };
        let target = match rest.remove("target").as_ref().map(|target| target.as_str()) {
            None | Some(Some("any")) => None,
            Some(Some("order")) => Some(Target::Order),
            Some(Some("read")) => Some(Target::Read),
            Some(Some("other")) => Some(Target::Other),
            Some(_) => return Err("\"target\" is \"order\", \"read\", \"other\" or \"any\".".into()),
        };
        let choice = match (rest.remove("fault"), rest.remove("profile")) {
            (Some(Value::String(name)), None) => Choice::One(Fault::read(&name, rest)?),
            (None, Some(Value::Object(profile))) => Self::read_profile(profile, &rest)?,
            _ => return Err("Give either \"fault\": \"<name>\" or \"profile\": {\"<name>\": percent}.".into()),
        };
        Ok(Self { choice, left, platform, target, given: given.clone() })
    }

    fn read_profile(profile: Map<String, Value>, rest: &Map<String, Value>) -> Result<Choice, String> {
        if let Some(unknown) = rest.keys().find(|key| *key != "seed") {
            return Err(format!("A profile has no parameter \"{unknown}\"; it has seed, count, platform, target."));
        }
        let seed = match rest.get("seed") {
            None => 0,
            Some(seed) => seed.as_u64().ok_or("\"seed\" is a whole number from 0.")?,
        };
        let mut entries: Vec<_> = profile.into_iter().collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let mut table = Vec::new();
        let mut sum = 0.0;
        for (name, value) in entries {
            let (percent, params) = match value {
                Value::Object(mut params) => (params.remove("percent").unwrap_or(Value::Null), params),
                percent => (percent, Map::new()),
            };
            let percent = percent.as_f64().filter(|percent| (0.0..=100.0).contains(percent)).ok_or_else(|| {
                format!("\"{name}\" in a profile is a percentage from 0 to 100, or an object with \"percent\".")
            })?;
            sum += percent;
            table.push((sum, Fault::read(&name, params)?));
        }
        if sum > 100.0 + 1e-9 {
            return Err(format!("The percentages of a profile add up to {sum}, which is over 100."));
        }
        Ok(Choice::Profile(table, seed))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn faults(given: Value) -> Faults {
        let mut faults = Faults::default();
        faults.add(&given).unwrap();
        faults
    }

    fn plain(target: Target) -> Asked {
        Asked { target, graphql: false, introspects: false }
    }

    #[test]
    fn what_a_request_is_decides_about_graphql_faults() {
        let mut faults = faults(json!([{ "fault": "no_introspection" }, { "fault": "field_error" }]));
        let mut take = |platform, asked| faults.take(platform, asked).map(|fault| fault.name());
        let read = Asked { graphql: true, ..plain(Target::Read) };
        assert_eq!(take(Platform::Spiff, plain(Target::Order)), None);
        assert_eq!(take(Platform::SignCustomiser, plain(Target::Order)), None);
        assert_eq!(take(Platform::Spiff, read), Some("field_error"));
        assert_eq!(take(Platform::Spiff, read), None);
        assert_eq!(take(Platform::Spiff, Asked { introspects: true, ..read }), Some("no_introspection"));
    }

    #[test]
    fn queue_order_and_filters() {
        let mut faults = faults(json!([
            { "fault": "500", "count": 2, "target": "order" },
            { "fault": "429", "platform": "sign_customiser" },
            { "fault": "hang" }
        ]));
        let mut take = |platform, target| faults.take(platform, plain(target)).map(|fault| fault.name());
        assert_eq!(take(Platform::Spiff, Target::Order), Some("500"));
        assert_eq!(take(Platform::SignCustomiser, Target::Read), Some("429"));
        assert_eq!(take(Platform::Spiff, Target::Read), Some("hang"));
        assert_eq!(take(Platform::Spiff, Target::Read), None);
        assert_eq!(take(Platform::SignCustomiser, Target::Order), Some("500"));
        assert_eq!(take(Platform::SignCustomiser, Target::Order), None);
    }

    #[test]
    fn profiles_repeat_with_their_seed() {
        let draw = |seed: u64| {
            let given = json!({ "profile": { "500": 20, "cut_reply": { "percent": 30, "bytes": 3 } }, "seed": seed, "count": 400 });
            let mut faults = faults(given);
            (0..400).map(|_| faults.take(Platform::Spiff, plain(Target::Order)).map(|f| f.name())).collect::<Vec<_>>()
        };
        let first = draw(42);
        assert_eq!(first, draw(42));
        assert_ne!(first, draw(43));
        let count = |name| first.iter().filter(|drawn| **drawn == name).count();
        assert!((50..110).contains(&count(Some("500"))), "{}", count(Some("500")));
        assert!((80..160).contains(&count(Some("cut_reply"))));
        assert!((150..250).contains(&count(None)));
    }

    #[test]
    fn mistakes_are_named() {
        let mut faults = Faults::default();
        for (given, part) in [
            (json!("500"), "JSON object"),
            (json!({ "fault": "501" }), "accept_then_hang"),
            (json!({ "fault": "429", "after": 2 }), "retry_after"),
            (json!({ "fault": "accept_late", "ms": "400" }), "cannot be"),
            (json!({ "fault": "500", "count": 0 }), "count"),
            (json!({ "fault": "500", "platform": "shop" }), "sign_customiser"),
            (json!({ "fault": "500", "target": "orders" }), "target"),
            (json!({ "profile": { "500": 60, "503": 50 } }), "over 100"),
            (json!([{ "fault": "500" }, { "fault": "x" }]), "no fault"),
        ] {
            let error = faults.add(&given).unwrap_err();
            assert!(error.contains(part), "{given}: {error}");
            assert!(faults.is_empty());
        }
    }

    #[test]
    fn the_readme_knows_every_fault() {
        let readme = include_str!("../README.md");
        for row in TABLE {
            assert!(readme.contains(&format!("`{}`", row.name)), "{}", row.name);
            assert!(row.params.iter().all(|(param, _)| readme.contains(&format!("`{param}`"))), "{}", row.name);
        }
    }

    #[test]
    fn names_are_unique() {
        for row in TABLE {
            assert_eq!(TABLE.iter().filter(|other| other.name == row.name || other.kind == row.kind).count(), 1);
        }
    }
}
