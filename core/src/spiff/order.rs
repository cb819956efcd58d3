//! The order of a merchant: one input for every wire, checked in full before anything is signed.
//!
//! | field | rule | source |
//! |---|---|---|
//! | `externalId` | the shop's order id, text | first-party plugins send text; the reference types it `String` |
//! | `paid` | no default: ordering before payment is a known accident | first-party plugins |
//! | `orderItems[].amountToOrder` | integer, 1 to 2³¹−1 | reference, `Int!` |
//! | `orderItems[].transactionId`, `bundleId` | exactly one; `bundleId` on GraphQL only | reference: with both, the platform ignores the former |
//! | `externalData` | the fields of `ExternalDataInput`; one address travels as an object | reference says list, clients send an object, GraphQL reads both |
//! | `extra` | passes through untouched, beside the other fields | for what the documents do not settle |

use super::account::{Account, GRAPHQL, Unsigned};
use super::document::{Document, argument};
use super::model::Source;
/// An address: every part is optional, latitude and longitude are text too.
pub use super::types::AddressInput as Address;
use super::{graphql, model};
use crate::call::{Call, Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::draft::{Designs, Draft, Wire};
use crate::error::{Error, ErrorKind};
use crate::evidence::{self, Found};
use crate::json::{self, Extra, Members, Node, Problems, Texts, Written};
use crate::placed::{PlacedOrder, id_of, id_text, placed};
use crate::time::Timestamp;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

/// An order to place, for Rust callers; other languages give the same as JSON. It is checked when it is prepared.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The shop's own id of the order. Nothing public says that the platform refuses a second order with the same id.
    pub external_id: String,
    /// Whether the shopper has paid.
    pub paid: bool,
    /// What to make, and how many of each.
    pub order_items: Vec<OrderItem>,
    /// Addresses and notes for the fulfilment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_data: Option<ExternalData>,
    /// Further members of the order, sent as they are: on REST beside the others, on GraphQL as arguments of
    /// `orderCreate` (such as `generateInternalId`).
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Order {
    /// An order without external data.
    pub fn new(external_id: impl Into<String>, paid: bool, order_items: Vec<OrderItem>) -> Self {
        Self { external_id: external_id.into(), paid, order_items, external_data: None, extra: serde_json::Map::new() }
    }
}

/// One position of an order.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    /// How many, 1 to 2³¹−1.
    pub amount_to_order: u32,
    /// The stored design.
    #[serde(flatten)]
    pub design: Design,
}

impl OrderItem {
    /// So many of one transaction's design.
    pub fn transaction(amount_to_order: u32, id: impl Into<String>) -> Self {
        Self { amount_to_order, design: Design::Transaction(id.into()) }
    }

    /// So many of a bundle.
    pub fn bundle(amount_to_order: u32, id: impl Into<String>) -> Self {
        Self { amount_to_order, design: Design::Bundle(id.into()) }
    }
}

/// What stores the design.
#[derive(Clone, Debug, Serialize)]
pub enum Design {
    /// One customised product.
    #[serde(rename = "transactionId")]
    Transaction(String),
    /// Several transactions together. GraphQL only.
    #[serde(rename = "bundleId")]
    Bundle(String),
}

/// What the shop knows about the order besides its designs; the platform hands it to the fulfilment.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct ExternalData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub discount_codes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

const ADDRESS: [&str; model::size("AddressInput")] = model::input("AddressInput").0;
const DATA_SIZE: usize = model::size("ExternalDataInput");
const DATA: ([&str; DATA_SIZE], [&str; DATA_SIZE]) = model::input("ExternalDataInput");
const ITEM: &[&str] = &["amountToOrder", "transactionId", "bundleId"];
const ORDER: &[&str] = &["externalId", "paid", "orderItems", "externalData", "extra"];

/// The parts of a checked order, ready to be written.
pub(crate) struct Checked<'a> {
    pub(crate) external_id: Cow<'a, str>,
    paid: bool,
    pub(crate) items: Vec<Item<'a>>,
    external_data: Option<Data<'a>>,
    extra: Extra<'a>,
}

pub(crate) struct Item<'a> {
    amount: i64,
    pub(crate) transaction_id: Option<Cow<'a, str>>,
    pub(crate) bundle_id: Option<Cow<'a, str>>,
}

impl Serialize for Item<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(2))?;
        map.serialize_entry("amountToOrder", &self.amount)?;
        if let Some(id) = &self.transaction_id {
            map.serialize_entry("transactionId", id)?;
        }
        if let Some(id) = &self.bundle_id {
            map.serialize_entry("bundleId", id)?;
        }
        map.end()
    }
}

/// What `externalData` holds, in the schema's order.
struct Data<'a>(Vec<(&'static str, Datum<'a>)>);

#[derive(Serialize)]
#[serde(untagged)]
enum Datum<'a> {
    Text(Cow<'a, str>),
    Texts(Vec<Cow<'a, str>>),
    Address(Texts<'a>),
    Addresses(Vec<Texts<'a>>),
    AsWritten(Written<'a>),
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'a> Checked<'a> {
    /// Reads an order; all its problems at once.
    pub(crate) fn read(text: &'a [u8], wire: Wire) -> Result<Self, Error> {
        json::read(text, "The order", ErrorKind::InvalidOrder, |node, problems| Self::of(node, wire, problems))
    }

    fn of(root: Node<'_, 'a>, wire: Wire, problems: &mut Problems) -> Option<Self> {
        let fields = root.fields(problems)?;
        let elsewhere = " Anything else that the platform should get goes into \"extra\".";
        fields.refuse_others(ORDER, elsewhere, problems);
        let external_id = fields
            .required("externalId", "Give the shop's own id of the order, as text.", problems)
            .and_then(|node| node.id(problems));
        let paid = fields
            .required("paid", "It has no default: say true once the shopper has paid, else false.", problems)
            .and_then(|node| node.boolean(problems));
        let items = fields.required("orderItems", "Give at least one item.", problems).and_then(|node| {
            let items = node.items(problems)?;
            if items.is_empty() {
                problems.add(node, "empty", "The list is empty: an order without items would order nothing.");
            }
            Some(items.filter_map(|item| Item::of(item, wire, problems)).collect())
        });
        let external_data = fields.optional("externalData").and_then(|node| Data::of(node, wire, problems));
        let check = |value: Node<'_, 'a>, problems: &mut Problems| {
            if wire == Wire::SpiffGraphql {
                graphql::check_literal(value.key(), value, problems);
            }
        };
        let extra = fields.optional("extra").and_then(|node| Extra::of(node, ORDER, check, problems));
        Some(Self {
            external_id: external_id?,
            paid: paid?,
            items: items?,
            external_data,
            extra: extra.unwrap_or_default(),
        })
    }
}

impl<'a> Item<'a> {
    fn of(node: Node<'_, 'a>, wire: Wire, problems: &mut Problems) -> Option<Self> {
        let fields = node.fields(problems)?;
        fields.refuse_others(ITEM, "", problems);
        let amount = fields
            .required("amountToOrder", "Say how many to make.", problems)
            .and_then(|node| node.integer(1, i32::MAX.into(), "", problems));
        let (transaction, bundle) = (fields.optional("transactionId"), fields.optional("bundleId"));
        match (&transaction, &bundle) {
            (Some(_), Some(_)) => problems.add(node,
                "conflict",
                "transactionId and bundleId are both there, and the platform would ignore the former. Give one of them.",
            ),
            (None, None) => problems.add(node,
                "missing",
                "There is no design: give transactionId (or, on GraphQL, bundleId).",
            ),
            (None, Some(bundle)) if wire != Wire::SpiffGraphql => problems.add(*bundle,
                "unsupported",
                "Bundles can be ordered over GraphQL only: set orders_api to \"graphql\".",
            ),
            _ => {}
        }
        let transaction_id = transaction.map(|node| node.id(problems));
        let bundle_id = bundle.map(|node| node.id(problems));
        Some(Self { amount: amount?, transaction_id: transaction_id.flatten(), bundle_id: bundle_id.flatten() })
    }
}

impl<'a> Data<'a> {
    fn of(node: Node<'_, 'a>, wire: Wire, problems: &mut Problems) -> Option<Self> {
        let fields = node.fields(problems)?;
        // A first-party client sends this one over REST; the GraphQL type does not have it.
        let line_items = if wire == Wire::SpiffGraphql { None } else { fields.optional("lineItems") };
        let (names, types) = &DATA;
        let known = if line_items.is_some() { [&names[..], &["lineItems"]].concat() } else { names.to_vec() };
        fields.refuse_others(&known, "", problems);
        let mut data = Vec::with_capacity(names.len() + 1);
        for (name, ty) in names.iter().zip(types) {
            let value = fields.optional(name).and_then(|node| Datum::of(node, ty, problems));
            data.extend(value.map(|value| (*name, value)));
        }
        let list = line_items.and_then(|node| node.items(problems).map(|_| Written(node.text())));
        data.extend(list.map(|list| ("lineItems", Datum::AsWritten(list))));
        Some(Self(data))
    }
}

impl<'a> Datum<'a> {
    fn of(node: Node<'_, 'a>, ty: &str, problems: &mut Problems) -> Option<Self> {
        match ty {
            "String" => node.string(problems).map(Self::Text),
            "[String]" => {
                let texts = node.items(problems)?;
                Some(Self::Texts(texts.filter_map(|text| text.string(problems)).collect()))
            }
            "[AddressInput]" if node.text().starts_with('[') => {
                let mut addresses = node.children().map(|item| address(item, problems)).collect::<Option<Vec<_>>>()?;
                match addresses.len() {
                    0 => None,
                    1 => addresses.pop().map(Self::Address),
                    _ => Some(Self::Addresses(addresses)),
                }
            }
            "[AddressInput]" => address(node, problems).map(Self::Address),
            // Whatever else the schema may hold one day.
            _ => Some(Self::AsWritten(Written(node.text()))),
        }
    }
}

fn address<'a>(node: Node<'_, 'a>, problems: &mut Problems) -> Option<Texts<'a>> {
    let fields = node.fields(problems)?;
    fields.refuse_others(&ADDRESS, "", problems);
    Some(Texts::of(&fields, &ADDRESS, problems))
}

/// `orderCreate` as the rows of the other operations say it: what an order always sends on GraphQL, and asks for.
pub static ORDER_CREATE: Document = Document {
    name: "place_order",
    effect: Effect::Order,
    operation: "OrderCreate",
    field: "orderCreate",
    arguments: &[
        argument("externalId", "String", Source::Client),
        argument("paid", "Boolean", Source::Client),
        argument("orderItems", "[OrderItemInput]!", Source::Client),
        argument("externalData", "ExternalDataInput", Source::Client),
    ],
    answer: "Order",
    of: "Order",
    selection: "id internalId externalId",
    aligned: false,
    feed: false,
    source: Source::Example,
};

/// The document of that row, but for what `extra` adds: a constant, because every order sends it. A test holds it against
/// the row.
macro_rules! head {
    () => {
        "mutation OrderCreate($externalId: String, $paid: Boolean, $orderItems: [OrderItemInput]!, $externalData: \
         ExternalDataInput) { orderCreate(externalId: $externalId, paid: $paid, orderItems: $orderItems, externalData: \
         $externalData"
    };
}
macro_rules! tail {
    () => {
        ") { id internalId externalId } }"
    };
}

impl Checked<'_> {
    /// Writes the members that every wire sends, in their fixed order.
    fn write_members<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("externalId", &self.external_id)?;
        map.serialize_entry("paid", &self.paid)?;
        map.serialize_entry("orderItems", &self.items)?;
        match &self.external_data {
            Some(data) => map.serialize_entry("externalData", data),
            None => Ok(()),
        }
    }

    /// What the order is known by at the platform.
    fn designs(&self) -> Designs {
        let mut designs = Designs { external_id: self.external_id.to_string(), transactions: vec![], bundles: vec![] };
        let mut seen = HashSet::with_capacity(self.items.len());
        for item in &self.items {
            let (list, id) = match (&item.transaction_id, &item.bundle_id) {
                (_, Some(id)) => (&mut designs.bundles, id),
                (Some(id), None) => (&mut designs.transactions, id),
                (None, None) => continue,
            };
            if seen.insert((item.bundle_id.is_some(), id)) {
                list.push(id.to_string());
            }
        }
        designs
    }

    /// The bytes that the wire wants.
    fn body(&self, wire: Wire) -> Result<Vec<u8>, Error> {
        if wire == Wire::SpiffGraphql {
            return graphql::envelope(&self.document(), Some(Variables(self)), Some(ORDER_CREATE.operation));
        }
        serde_json::to_vec(&RestBody(self)).map_err(Error::unwritten)
    }

    /// The document of `orderCreate`. Ids travel as variables, never inside the text. What `extra` adds becomes literal
    /// arguments: a variable would need its type declared, and types of undocumented arguments are not known.
    fn document(&self) -> Cow<'static, str> {
        if self.extra.0.is_empty() {
            return Cow::Borrowed(concat!(head!(), tail!()));
        }
        let mut document = head!().to_owned();
        for (key, value) in &self.extra.0 {
            _ = write!(document, ", {key}: ");
            graphql::literal(value.0, &mut document);
        }
        document.push_str(tail!());
        Cow::Owned(document)
    }
}

/// The body of a REST order.
struct RestBody<'c, 'a>(&'c Checked<'a>);

impl Serialize for RestBody<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        self.0.write_members(&mut map)?;
        self.0.extra.write(&mut map)?;
        map.end()
    }
}

/// The variables of `orderCreate`.
struct Variables<'c, 'a>(&'c Checked<'a>);

impl Serialize for Variables<'_, '_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        self.0.write_members(&mut map)?;
        map.end()
    }
}

const fn path_of(wire: Wire) -> &'static str {
    match wire {
        Wire::SpiffRest => "/api/v2/orders",
        Wire::SpiffTargets => "/targets",
        _ => GRAPHQL,
    }
}

impl Account {
    /// Checks an order given as JSON, `{ externalId, paid, orderItems: [{ amountToOrder, transactionId | bundleId }],
    /// externalData?, extra? }`, and writes it for the wire of this account. Nothing is signed: the draft can be kept.
    ///
    /// # Errors
    /// `invalid_json` if it is not JSON, `invalid_order` with every problem.
    pub fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
        let wire = self.wire();
        let drafted = Checked::read(order, wire)
            .and_then(|checked| Ok(Draft::new(wire, path_of(wire), checked.body(wire)?, checked.designs())));
        drafted.map_err(|error| error.before_sending(Effect::Order))
    }

    /// Signs a draft, for one attempt: the wire is the draft's own.
    ///
    /// # Errors
    /// `invalid_argument` for a draft of another platform; `configuration` for one on `/targets` without a key pair.
    pub fn sign(&self, draft: &Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        self.call_of(draft.clone(), now)
    }

    fn call_of(&self, draft: Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        draft.for_platform("spiff")?;
        let Draft { wire, path, content_type, body, designs } = draft;
        let unsigned = Unsigned { path: &path, content_type: &content_type, vws: wire == Wire::SpiffTargets, body };
        let request = self.request(unsigned, now).map_err(|error| error.before_sending(Effect::Order))?;
        let external_id = designs.external_id;
        Ok(self.call(request, Effect::Order, now, move |reply| match wire {
            Wire::SpiffGraphql => read_graphql(reply, &external_id),
            _ => read_rest(reply, &external_id),
        }))
    }

    /// Prepares an order.
    ///
    /// # Errors
    /// `invalid_order` with every problem; nothing is sent.
    pub fn prepare_order(&self, order: &Order, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        let text = serde_json::to_vec(order).map_err(Error::unwritten)?;
        self.prepare_order_json(&text, now)
    }

    /// Prepares an order given as JSON: drafts and signs it.
    ///
    /// # Errors
    /// As [`Account::draft`].
    pub fn prepare_order_json(&self, order: &[u8], now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        self.call_of(self.draft(order)?, now)
    }
}

/// The reply to an `orderCreate`: only an order object is an order, by an id or by our own external id in it, and never by
/// another's. Null may stand for an order that was made nevertheless, so it is unknown; without a `data` key nothing was
/// executed, if well-formed errors say so.
fn read_graphql<'r>(reply: &'r Reply, external_id: &str) -> Result<Cow<'r, RawValue>, Refusal> {
    let body = graphql::body::<Members<'r>>(reply)?;
    let data = match body.data_or_null() {
        None => return Err(body.without_data("The platform refused the order before executing it.")),
        Some(None) => return Err(body.refusal(Class::OrderNull, "The platform answered null instead of data.")),
        Some(Some(data)) => data,
    };
    let Some(order) = graphql::value(data, ORDER_CREATE.field)? else {
        return Err(body.refusal(Class::OrderNull, "The platform answered null instead of the order."));
    };
    let Some([id, internal_id, theirs]) = evidence::deciding(order, ["id", "internalId", "externalId"])? else {
        return Err(body.refusal(Class::UnexpectedReply, "The platform answered something else than an order."));
    };
    let id = evidence::id(id, "The order's id")?;
    let internal_id = internal_id.and_then(id_of);
    match theirs {
        Some(theirs) => evidence::ours(theirs, external_id, id.as_deref())?,
        None if id.is_none() => {
            let what = "The platform answered an order without the fields that were asked for.";
            return Err(body.refusal(Class::UnexpectedReply, what));
        }
        None => {}
    }
    placed(id, internal_id, external_id, body.errors(), Some(order))
}

/// A 2xx received whole is an order placed, also without a body or an id: no first-party client reads the body, and its
/// shape is not documented. But what names another order, or says that it failed, is believed in that; and JSON that breaks
/// off was cut, and then nothing is certain.
fn read_rest<'r>(reply: &'r Reply, external_id: &str) -> Result<Cow<'r, RawValue>, Refusal> {
    if evidence::is_empty(reply)? {
        return placed(None, None, external_id, None, None);
    }
    let raw = evidence::json(reply)?;
    // Where an id may be; unverified.
    let found = Found::of(raw)?;
    found.must_not_contradict(raw, external_id)?;
    placed(found.id.and_then(id_text), found.internal_id.and_then(id_text), external_id, None, Some(raw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_order_sends_is_in_the_schema() {
        let field = model::Type::find("Mutation").unwrap().field(ORDER_CREATE.field).unwrap();
        assert_eq!((field.ty, field.source), (ORDER_CREATE.answer, ORDER_CREATE.source));
        for sent in ORDER_CREATE.arguments {
            let known = field.arguments().find(|known| known.name == sent.name).unwrap();
            assert_eq!((known.ty, known.source), (sent.ty, sent.source), "{}", sent.name);
        }
        let declared: Vec<_> = ORDER_CREATE.arguments.iter().map(|it| format!("${}: {}", it.name, it.ty)).collect();
        let given: Vec<_> = ORDER_CREATE.arguments.iter().map(|it| format!("{0}: ${0}", it.name)).collect();
        let Document { operation, field, selection, .. } = ORDER_CREATE;
        let (declared, given) = (declared.join(", "), given.join(", "));
        let document = format!("mutation {operation}({declared}) {{ {field}({given}) {{ {selection} }} }}");
        assert_eq!(document, concat!(head!(), tail!()));
        let order = model::Type::find(ORDER_CREATE.of).unwrap();
        assert!(ORDER_CREATE.selection.split(' ').all(|name| order.field(name).is_some()));
    }

    #[test]
    fn external_data_has_the_fields_of_the_schema() {
        let text = || Some(String::new());
        let (address, codes) = (|| Some(Address::default()), vec![String::new()]);
        let data = ExternalData {
            order_number: text(),
            customer_email: text(),
            customer_phone: text(),
            billing_address: address(),
            shipping_address: address(),
            discount_codes: codes,
            note: text(),
        };
        let written = serde_json::to_string(&data).unwrap();
        let members: Members<'_> = serde_json::from_str(&written).unwrap();
        assert!(members.0.iter().map(|(name, _)| &**name).eq(DATA.0));
    }

    #[test]
    fn a_design_that_is_ordered_twice_is_known_once() {
        let item = |of: &str| format!(r#"{{"amountToOrder":1,{of}}}"#);
        let items = [r#""transactionId":"a""#, r#""bundleId":"a""#, r#""transactionId":"\u0061""#, r#""bundleId":"b""#];
        let order = format!(r#"{{"externalId":"1","paid":true,"orderItems":[{}]}}"#, items.map(item).join(","));
        let designs = Checked::read(order.as_bytes(), Wire::SpiffGraphql).unwrap().designs();
        assert_eq!(
            (designs.transactions, designs.bundles),
            (vec!["a".to_owned()], vec!["a".to_owned(), "b".to_owned()])
        );
    }
}
