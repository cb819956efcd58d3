//! `--schema-check`: what a live endpoint says of its schema, held against the table that operations are made from.
//!
//! A difference is *breaking* when something that we can send would be refused, or something that we ask for is not
//! there. A value that may be null where the table says otherwise, and the other way round, breaks nothing: answers are
//! read leniently.

use super::live::{LiveField, LiveSchema, LiveType};
use countersign::operations::SPIFF;
use countersign::spiff::ORDER_CREATE;
use countersign::spiff::document::Document;
use countersign::spiff::model::{Field, Kind, Source, Type};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The scalars that GraphQL has by itself.
const SCALARS: [&str; 5] = ["String", "Int", "Float", "Boolean", "ID"];

/// How a thing of the table differs from the endpoint's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It is not there.
    Missing,
    /// Its type is another.
    Differs,
    /// It has to be given there.
    Required,
    /// It is there, and the table does not know that it has to be given.
    Demanded,
    /// A scalar in the place of another; its text may look different.
    Scalar,
    /// It may be null there.
    MayBeNull,
    /// It is never null there.
    NeverNull,
    /// It may be left out there.
    Optional,
    /// The platform is about to take it away.
    Deprecated,
}

impl What {
    pub(super) const fn is_breaking(self) -> bool {
        matches!(self, Self::Missing | Self::Differs | Self::Required | Self::Demanded)
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::Required => "required",
            Self::Demanded => "demanded",
            Self::Scalar => "scalar",
            Self::MayBeNull => "may_be_null",
            Self::NeverNull => "never_null",
            Self::Optional => "optional",
            Self::Deprecated => "deprecated",
        }
    }
}

/// One difference.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) type_name: &'static str,
    /// `products`, `products(ids)`, or empty for the type itself.
    pub(super) place: String,
    pub(super) what: What,
    /// The types as GraphQL writes them; none where there is none.
    pub(super) ours: Option<&'static str>,
    pub(super) theirs: Option<String>,
    /// What the table's entry rests on; none for what the table does not have.
    pub(super) source: Option<Source>,
    /// The operations that use it unless they are told otherwise.
    pub(super) operations: Vec<&'static str>,
    pub(super) meaning: String,
}

impl Difference {
    pub(super) fn path(&self) -> String {
        path(self.type_name, &self.place)
    }
}

fn path(type_name: &str, place: &str) -> String {
    if place.is_empty() { type_name.to_owned() } else { format!("{type_name}.{place}") }
}

/// What a thing rests on, in a word.
pub(super) const fn word(source: Source) -> &'static str {
    match source {
        Source::Reference => "reference",
        Source::Example => "example",
        Source::Client => "client",
        Source::Inferred => "inferred",
    }
}

/// What the check found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) differences: Vec<Difference>,
    /// What the official reference leaves open: whether the endpoint bears it out.
    pub(super) settled: Vec<(String, Source, bool)>,
    /// What the endpoint has beside it: fields and arguments of known types, words of known enums.
    pub(super) more: Vec<String>,
    /// Types that the table does not have.
    pub(super) more_types: Vec<String>,
}

impl Findings {
    pub(super) fn is_breaking(&self) -> bool {
        self.differences.iter().any(|difference| difference.what.is_breaking())
    }

    pub(super) fn to_json(&self) -> Value {
        let differences: Vec<Value> = self
            .differences
            .iter()
            .map(|one| {
                json!({ "path": one.path(), "what": one.what.word(), "breaking": one.what.is_breaking(), "ours": one.ours,
                    "theirs": one.theirs, "source": one.source.map(word), "operations": one.operations,
                    "meaning": one.meaning })
            })
            .collect();
        let settled = |wanted: bool| -> Vec<Value> {
            let these = self.settled.iter().filter(|(_, _, verified)| *verified == wanted);
            these.map(|(path, source, _)| json!({ "path": path, "source": word(*source) })).collect()
        };
        json!({ "compatible": !self.is_breaking(), "differences": differences, "verified": settled(true),
            "refuted": settled(false), "more": self.more, "more_types": self.more_types })
    }
}

/// Which operations use a field or an argument without being told to.
struct Uses(BTreeMap<(&'static str, String), Vec<&'static str>>);

impl Uses {
    fn new() -> Self {
        let mut uses = Self(BTreeMap::new());
        for document in documents() {
            uses.note(root(document), document.field.to_owned(), document.name);
            // An order sends all of its own, whether they have to be given or not.
            let always = document.name == ORDER_CREATE.name;
            for argument in document.arguments.iter().filter(|argument| always || argument.is_required()) {
                uses.note(root(document), format!("{}({})", document.field, argument.name), document.name);
            }
            uses.select(document.of, document.selection, document.name);
        }
        uses
    }

    fn note(&mut self, type_name: &'static str, place: String, operation: &'static str) {
        let all = self.0.entry((type_name, place)).or_default();
        if all.last() != Some(&operation) {
            all.push(operation);
        }
    }

    /// Walks names and braces from a type down.
    fn select(&mut self, of: &str, selection: &str, operation: &'static str) {
        let spaced = selection.replace('{', " { ").replace('}', " } ");
        let mut within = vec![Type::find(of)];
        let mut last = None;
        for word in spaced.split_whitespace() {
            match word {
                "{" => within.push(last),
                "}" => _ = within.pop(),
                name => {
                    let Some(of) = within.last().copied().flatten() else { continue };
                    self.note(of.name, name.to_owned(), operation);
                    last = of.field(name).and_then(|field| Type::find(field.ty));
                }
            }
        }
    }

    fn of(&self, type_name: &'static str, place: &str) -> Vec<&'static str> {
        self.0.get(&(type_name, place.to_owned())).cloned().unwrap_or_default()
    }
}

fn root(document: &Document) -> &'static str {
    let query = Type::find("Query").and_then(|query| query.field(document.field));
    if query.is_some() { "Query" } else { "Mutation" }
}

/// What operations are made of: the rows, and the order.
fn documents() -> impl Iterator<Item = &'static Document> {
    SPIFF.iter().filter_map(|operation| operation.document()).chain([&ORDER_CREATE])
}

/// The type with which our documents declare the variable of an argument, if any of them gives it.
fn declared(field: &str, argument: &str) -> Option<&'static str> {
    let document = documents().find(|document| document.field == field)?;
    document.arguments.iter().find(|known| known.name == argument).map(|known| known.ty)
}

/// How two types compare, in whatever depth of lists.
#[derive(Default)]
struct Fit {
    /// Another name, or a list in the place of one.
    another: bool,
    /// Theirs may be null where ours is not.
    looser: bool,
    /// Theirs is not null where ours may be.
    tighter: bool,
}

fn fit(ours: &str, theirs: &str) -> Fit {
    let (mine, mine_some) = ours.strip_suffix('!').map_or((ours, false), |ty| (ty, true));
    let (other, other_some) = theirs.strip_suffix('!').map_or((theirs, false), |ty| (ty, true));
    let inner = |ty: &'_ str| ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')).map(str::to_owned);
    let within = match (inner(mine), inner(other)) {
        (Some(mine), Some(other)) => fit(&mine, &other),
        (None, None) => Fit { another: mine != other, ..Fit::default() },
        _ => Fit { another: true, ..Fit::default() },
    };
    Fit {
        another: within.another,
        looser: within.looser || (mine_some && !other_some),
        tighter: within.tighter || (!mine_some && other_some),
    }
}

/// The name in a type, without lists and exclamation marks.
fn bare(ty: &str) -> &str {
    ty.trim_matches(['[', ']', '!'])
}

/// The shape of a type: its lists alone.
fn shape(ty: &str) -> String {
    ty.chars().filter(|c| "[]".contains(*c)).collect()
}

struct Check<'l> {
    live: &'l LiveSchema,
    uses: Uses,
    found: Findings,
}

/// Holds the table against a live schema.
pub(super) fn check(live: &LiveSchema) -> Findings {
    let mut check = Check { live, uses: Uses::new(), found: Findings::default() };
    for of in Type::all() {
        check.type_(of);
    }
    let known = |name: &str| {
        Type::all().any(|of| live.name_of(of.name) == name) || SCALARS.contains(&name) || name.starts_with("__")
    };
    check.found.more_types = live.types.iter().filter_map(|of| of.name.clone()).filter(|name| !known(name)).collect();
    check.found.more_types.sort();
    check.found
}

impl Check<'_> {
    fn type_(&mut self, of: Type) {
        let live = self.live.find(of.name);
        let kinds = match of.kind {
            // Fields are asked of an interface as of an object.
            Kind::Object => &["OBJECT", "INTERFACE"][..],
            Kind::Input => &["INPUT_OBJECT"],
            Kind::Enum => &["ENUM"],
        };
        let Some(live) = live.filter(|live| kinds.contains(&live.kind.as_str())) else {
            let (what, theirs, meaning) = match live {
                None => (What::Missing, None, "There is no such type: leave out what is made of it.".to_owned()),
                Some(live) => {
                    (What::Differs, Some(live.kind.clone()), format!("It is {} there.", kind_words(&live.kind)))
                }
            };
            self.differ(of, "", what, (None, theirs), Some(of.source), meaning);
            of.fields().for_each(|field| self.refute(of, field));
            return;
        };
        for field in of.fields() {
            self.field(of, field, live);
        }
        for theirs in live.members() {
            if of.fields().any(|field| field.name == theirs.name) {
                continue;
            }
            if of.kind == Kind::Input && theirs.is_demanded() {
                let meaning = "Every such input has to have it, and ours does not know it.".to_owned();
                let ty = Some(theirs.type_text());
                self.differ(of, &theirs.name, What::Demanded, (None, ty), None, meaning);
            } else {
                self.found.more.push(path(of.name, &theirs.name));
            }
        }
    }

    fn field(&mut self, of: Type, field: Field, live: &LiveType) {
        let before = self.breaking();
        let Some(theirs) = live.members().find(|theirs| theirs.name == field.name) else {
            let operations = self.uses.of(of.name, field.name);
            let meaning = missing(of, field.name, &operations);
            self.differ(of, field.name, What::Missing, (Some(field.ty), None), Some(field.source), meaning);
            self.refute(of, field);
            return;
        };
        if theirs.is_deprecated {
            let reason = theirs.deprecation_reason.as_deref().unwrap_or("the platform gives no reason");
            let meaning = format!("The platform is about to take it away: {reason}.");
            self.differ(of, field.name, What::Deprecated, (None, None), Some(field.source), meaning);
        }
        match of.kind {
            Kind::Enum => {}
            Kind::Object => self.output(of, field, theirs),
            Kind::Input => self.input(of, field.name, (field.ty, field.ty), theirs, field.source),
        }
        for argument in field.arguments() {
            let place = format!("{}({})", field.name, argument.name);
            let before = self.breaking();
            match theirs.args.iter().find(|one| one.name == argument.name) {
                None => {
                    let meaning = "There is no such argument: do not give it.".to_owned();
                    let types = (Some(argument.ty), None);
                    self.differ(of, &place, What::Missing, types, Some(argument.source), meaning);
                }
                Some(theirs) => {
                    let sent = declared(field.name, argument.name).unwrap_or(argument.ty);
                    self.input(of, &place, (argument.ty, sent), theirs, argument.source);
                }
            }
            let verified = self.breaking() == before;
            self.settle(path(of.name, &place), argument.source, verified);
        }
        for theirs in &theirs.args {
            let place = format!("{}({})", field.name, theirs.name);
            if field.arguments().any(|argument| argument.name == theirs.name) {
                continue;
            }
            if theirs.is_demanded() {
                let meaning = "Every call has to give it, and ours do not know it.".to_owned();
                self.differ(of, &place, What::Demanded, (None, Some(theirs.type_text())), None, meaning);
            } else {
                self.found.more.push(path(of.name, &place));
            }
        }
        let verified = self.breaking() == before;
        self.settle(path(of.name, field.name), field.source, verified);
    }

    /// A value that the platform answers.
    fn output(&mut self, of: Type, field: Field, theirs: &LiveField) {
        let text = theirs.type_text();
        let fit = fit(field.ty, &text);
        let types = (Some(field.ty), Some(text.clone()));
        let source = Some(field.source);
        if fit.another {
            let leaf = |name: &str| self.live.find(name).is_some_and(|of| of.kind == "SCALAR" || of.kind == "ENUM");
            let same_shape = shape(field.ty) == shape(&text);
            if same_shape && SCALARS.contains(&bare(field.ty)) && (SCALARS.contains(&bare(&text)) || leaf(bare(&text)))
            {
                let meaning = "Ask for it as before; see what its value looks like before relying on it.".to_owned();
                self.differ(of, field.name, What::Scalar, types, source, meaning);
            } else {
                let meaning = "What is answered has another form: do not rely on ours.".to_owned();
                self.differ(of, field.name, What::Differs, types, source, meaning);
            }
        } else if fit.looser {
            let meaning = "It may be null: be ready for it.".to_owned();
            self.differ(of, field.name, What::MayBeNull, types, source, meaning);
        } else if fit.tighter {
            self.differ(of, field.name, What::NeverNull, types, source, "It is always there.".to_owned());
        }
    }

    /// A value that the caller gives: `ours` is the type in the table and the type that is sent.
    fn input(
        &mut self,
        of: Type,
        place: &str,
        (ours, sent): (&'static str, &'static str),
        theirs: &LiveField,
        source: Source,
    ) {
        let text = theirs.type_text();
        let declared = fit(sent, &text);
        let types = (Some(ours), Some(text.clone()));
        if declared.another {
            let meaning = if bare(ours) == bare(&text) {
                "One takes a list: give a single value, which fits both.".to_owned()
            } else {
                "A value of ours is refused there.".to_owned()
            };
            self.differ(of, place, What::Differs, types, Some(source), meaning);
        } else if declared.tighter && theirs.default_value.is_none() {
            let meaning = "It has to be given there, and without nulls inside.".to_owned();
            self.differ(of, place, What::Required, types, Some(source), meaning);
        } else if fit(ours, &text).looser {
            let meaning = "It may be left out there; ours gives it.".to_owned();
            self.differ(of, place, What::Optional, types, Some(source), meaning);
        }
    }

    fn breaking(&self) -> usize {
        self.found.differences.iter().filter(|one| one.what.is_breaking()).count()
    }

    /// A field that is not there, and so its arguments are not.
    fn refute(&mut self, of: Type, field: Field) {
        self.settle(path(of.name, field.name), field.source, false);
        for argument in field.arguments() {
            self.settle(path(of.name, &format!("{}({})", field.name, argument.name)), argument.source, false);
        }
    }

    fn settle(&mut self, path: String, source: Source, verified: bool) {
        if source.is_unverified() {
            self.found.settled.push((path, source, verified));
        }
    }

    fn differ(
        &mut self,
        of: Type,
        place: &str,
        what: What,
        (ours, theirs): (Option<&'static str>, Option<String>),
        source: Option<Source>,
        meaning: String,
    ) {
        let operations = self.uses.of(of.name, place);
        let place = place.to_owned();
        self.found.differences.push(Difference {
            type_name: of.name,
            place,
            what,
            ours,
            theirs,
            source,
            operations,
            meaning,
        });
    }
}

/// What it means that a field is not there.
fn missing(of: Type, name: &str, operations: &[&str]) -> String {
    let names = operations.join(", ");
    match (of.name, of.kind, operations) {
        ("Query" | "Mutation", _, []) => "There is no such field: do not call it.".to_owned(),
        ("Query" | "Mutation", _, [_]) => format!("There is no such field: the operation {names} cannot work."),
        ("Query" | "Mutation", ..) => format!("There is no such field: the operations {names} cannot work."),
        (_, Kind::Input, _) => "It is refused there: leave it out.".to_owned(),
        (_, Kind::Enum, _) => format!("There is no such word: do not send {name}."),
        (_, Kind::Object, []) => "Do not ask for it: an unknown field fails the whole request.".to_owned(),
        (_, Kind::Object, _) => {
            format!("An unknown field fails the whole request: give {names} a `select` without it.")
        }
    }
}

/// The kind of a type, in words.
fn kind_words(kind: &str) -> &'static str {
    match kind {
        "OBJECT" => "an object",
        "INPUT_OBJECT" => "an input",
        "ENUM" => "an enum",
        "SCALAR" => "a scalar",
        "INTERFACE" => "an interface",
        "UNION" => "a union",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_compared_in_depth() {
        for (ours, theirs, another, looser, tighter) in [
            ("String", "String", false, false, false),
            ("String!", "String", false, true, false),
            ("[String]!", "[String!]", false, true, true),
            ("[[Int!]]", "[[Int]]", false, true, false),
            ("[Int]", "Int", true, false, false),
            ("Int", "Float", true, false, false),
        ] {
            let fit = fit(ours, theirs);
            assert_eq!((fit.another, fit.looser, fit.tighter), (another, looser, tighter), "{ours} {theirs}");
        }
    }

    #[test]
    fn operations_know_what_they_use() {
        let uses = Uses::new();
        assert_eq!(uses.of("Query", "products"), ["products"]);
        assert_eq!(uses.of("Mutation", "orderCreate"), ["place_order"]);
        assert!(uses.of("Order", "internalId").contains(&"orders"));
        assert!(uses.of("LineItem", "sku").contains(&"orders"));
        assert!(uses.of("Query", "orders(ids)").contains(&"orders"));
    }
}
