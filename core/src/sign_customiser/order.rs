//! The order of a merchant, with the fields of the vendor's reference.
//!
//! The reference marks nothing as required; what is required here is what an order cannot be matched or priced without.
//! Addresses go out with `province`; the vendor's webhooks bring them back with `state`.

use super::account::{Account, member};
use super::money::is_currency;
use crate::call::{Call, Refusal, Reply};
use crate::delivery::{Class, Effect};
use crate::draft::{Designs, Draft, Wire};
use crate::error::{Error, ErrorKind};
use crate::evidence;
use crate::json::{self, Extra, Node, Problems, Texts};
use crate::placed::{PlacedOrder, placed};
use crate::said::quoted;
use crate::time::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// An order to place, for Rust callers; other languages give the same as JSON. It is checked when it is prepared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Order {
    /// The id of the custom integration, from its detail page.
    pub integration_id: i64,
    /// The shop's own id of the order; the only handle by which a webhook can confirm it.
    pub external_id: String,
    /// The order number that people see.
    pub external_order_number: String,
    /// ISO 4217, such as `USD`.
    pub currency: String,
    /// Where the bill goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
    /// Where the goods go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_address: Option<Address>,
    /// The name of the shipping method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_line: Option<String>,
    /// Who bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<Customer>,
    /// What was bought.
    pub products: Vec<Product>,
    /// Further members, sent as they are.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// An address as it is sent.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// The shopper.
#[derive(Clone, Debug, Default, Serialize)]
#[allow(missing_docs, reason = "the platform's own names say it")]
pub struct Customer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

/// One position of an order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Product {
    /// The product id that was given back for `product:created`.
    pub external_id: String,
    /// How many, at least 1.
    pub quantity: u32,
    /// The price in minor units; per unit, which is *unverified*. [`minor_units`](super::minor_units) makes it.
    pub price: u64,
}

const ORDER: &[&str] = &[
    "integration_id",
    "external_id",
    "external_order_number",
    "currency",
    "billing_address",
    "shipping_address",
    "shipping_line",
    "customer",
    "products",
    "extra",
];
const ADDRESS: &[&str] =
    &["first_name", "last_name", "email", "phone", "address_1", "address_2", "city", "province", "postcode", "country"];
const CUSTOMER: &[&str] = &["first_name", "last_name", "email", "phone"];
const PRODUCT: &[&str] = &["external_id", "quantity", "price"];

struct Checked<'a> {
    integration_id: i64,
    external_id: Cow<'a, str>,
    external_order_number: Cow<'a, str>,
    currency: Cow<'a, str>,
    addresses: Vec<(&'static str, Texts<'a>)>,
    shipping_line: Option<Cow<'a, str>>,
    customer: Option<Texts<'a>>,
    products: Vec<Line<'a>>,
    extra: Extra<'a>,
}

#[derive(Serialize)]
struct Line<'a> {
    external_id: Cow<'a, str>,
    quantity: i64,
    price: i64,
}

impl Serialize for Checked<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        map.serialize_entry("integration_id", &self.integration_id)?;
        map.serialize_entry("external_id", &self.external_id)?;
        map.serialize_entry("external_order_number", &self.external_order_number)?;
        map.serialize_entry("currency", &self.currency)?;
        for (key, address) in &self.addresses {
            map.serialize_entry(key, address)?;
        }
        if let Some(line) = &self.shipping_line {
            map.serialize_entry("shipping_line", line)?;
        }
        if let Some(customer) = &self.customer {
            map.serialize_entry("customer", customer)?;
        }
        map.serialize_entry("products", &self.products)?;
        self.extra.write(&mut map)?;
        map.end()
    }
}

fn object<'a>(node: Option<Node<'_, 'a>>, keys: &'static [&'static str], problems: &mut Problems) -> Option<Texts<'a>> {
    let fields = node?.fields(problems)?;
    fields.refuse_others(keys, "", problems);
    Some(Texts::of(&fields, keys, problems))
}

impl<'a> Checked<'a> {
    fn read(text: &'a [u8]) -> Result<Self, Error> {
        json::read(text, "The order", ErrorKind::InvalidOrder, Self::of)
    }

    fn of(root: Node<'_, 'a>, problems: &mut Problems) -> Option<Self> {
        let fields = root.fields(problems)?;
        fields.refuse_others(ORDER, " Anything else that the platform should get goes into \"extra\".", problems);
        let name = |key, why: &str, problems: &mut Problems| {
            fields.required(key, why, problems).and_then(|node| node.name(problems))
        };
        let external_id = fields
            .required("external_id", "Give the shop's own id of the order, as text.", problems)
            .and_then(|node| node.id(problems));
        let number = name("external_order_number", "Give the order number that people see, as text.", problems);
        let currency = name("currency", "Give its ISO 4217 code, such as \"USD\".", problems);
        if let Some(code) = currency.as_deref().filter(|code| !is_currency(code)) {
            problems.add(
                "currency",
                "format",
                format!("{code:?} is not a currency code: three capital letters are due, such as \"USD\"."),
            );
        }
        let integration_id = fields
            .required("integration_id", "It stands on the integration's page in the dashboard.", problems)
            .and_then(|node| node.integer(1, i64::MAX, "", problems));
        let products = fields.required("products", "Give at least one product.", problems);
        let products = products.and_then(|node| {
            let items = node.items(problems)?;
            if items.is_empty() {
                problems.add(node, "empty", "The list is empty: an order without products would order nothing.");
            }
            Some(items.filter_map(|product| Line::of(product, problems)).collect())
        });
        let mut addresses = Vec::new();
        for key in ["billing_address", "shipping_address"] {
            addresses.extend(object(fields.optional(key), ADDRESS, problems).map(|texts| (key, texts)));
        }
        let customer = object(fields.optional("customer"), CUSTOMER, problems);
        let shipping_line = fields.optional("shipping_line").and_then(|node| node.string(problems));
        let extra = fields.optional("extra").and_then(|node| Extra::of(node, ORDER, |_, _| (), problems));
        Some(Self {
            integration_id: integration_id?,
            external_id: external_id?,
            external_order_number: number?,
            currency: currency?,
            addresses,
            shipping_line,
            customer,
            products: products?,
            extra: extra.unwrap_or_default(),
        })
    }
}

impl<'a> Line<'a> {
    fn of(node: Node<'_, 'a>, problems: &mut Problems) -> Option<Self> {
        let fields = node.fields(problems)?;
        fields.refuse_others(PRODUCT, "", problems);
        let external_id = fields
            .required("external_id", "Give the product id that was given back for product:created.", problems)
            .and_then(|node| node.id(problems));
        let quantity = fields
            .required("quantity", "Say how many.", problems)
            .and_then(|node| node.integer(1, i32::MAX.into(), "", problems));
        let price = fields
            .required("price", "Give it in minor units, such as 2999 for 29.99 USD.", problems)
            .and_then(|node| node.integer(0, i64::MAX, ", or use minor_units(\"29.99\", \"USD\") = 2999", problems));
        Some(Self { external_id: external_id?, quantity: quantity?, price: price? })
    }
}

impl Account {
    /// Checks an order given as JSON with the fields of the vendor's reference, and writes it as it is sent. No token goes
    /// into it: the draft can be kept.
    ///
    /// # Errors
    /// `invalid_json` if it is not JSON, `invalid_order` with every problem.
    pub fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
        let drafted = Checked::read(order).and_then(|checked| {
            let body = serde_json::to_vec(&checked).map_err(Error::unwritten)?;
            let external_id = checked.external_id.into_owned();
            // Nothing can be read back by the designs here.
            let designs = Designs { external_id, transactions: vec![], bundles: vec![] };
            Ok(Draft::new(Wire::SignCustomiser, "/api/v2/orders", body, designs))
        });
        drafted.map_err(|error| error.before_sending(Effect::Order))
    }

    /// Makes the call of a draft, for one attempt.
    ///
    /// # Errors
    /// `invalid_argument` for a draft of another platform.
    pub fn sign(&self, draft: &Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        self.order_call(draft.clone(), now)
    }

    fn order_call(&self, draft: Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        draft.for_platform("sign_customiser")?;
        let Draft { path, content_type, body, designs, .. } = draft;
        let request = self.request("POST", &path, &content_type, body);
        let external_id = designs.external_id;
        Ok(self.call_of(request, Effect::Order, now, move |reply| read(reply, &external_id)))
    }

    /// Prepares an order.
    ///
    /// # Errors
    /// `invalid_order` with every problem; nothing is sent.
    pub fn prepare_order(&self, order: &Order, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        let text = serde_json::to_vec(order).map_err(Error::unwritten)?;
        self.prepare_order_json(&text, now)
    }

    /// Prepares an order given as JSON: drafts it and makes its call.
    ///
    /// # Errors
    /// As [`Account::draft`].
    pub fn prepare_order_json(&self, order: &[u8], now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
        self.order_call(self.draft(order)?, now)
    }
}

/// Only an `order` object with our id confirms our order; echoed lines differ even in the vendor's own sample.
fn read<'r>(reply: &'r Reply, external_id: &str) -> Result<Cow<'r, RawValue>, Refusal> {
    let order = member(reply, "order")?;
    let unexpected = |why: &str| Refusal::new(Class::UnexpectedReply, format!("The order in the reply {why}."));
    let found = evidence::deciding(order, ["order_id", "external_id"])?;
    let [id, theirs] = found.ok_or_else(|| unexpected("is not an object"))?;
    let id = evidence::id(id, "The order's id")?;
    let theirs = theirs.ok_or_else(|| unexpected(&format!("has no external_id: {}", quoted(order.get()))))?;
    evidence::ours(theirs, external_id, id.as_deref())?;
    placed(id, None, external_id, None, Some(order))
}
