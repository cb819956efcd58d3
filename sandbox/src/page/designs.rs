//! Designs with their previews, newest first, and the form that makes one: as the browser phase does at Spiff, through
//! the create-product callback at Sign Customiser.

use super::form::{Field, Form, Keys};
use super::html::Html;
use super::webhooks::last;
use super::{SHOWN, Section, View, money, plain};
use crate::orders::linked;
use crate::past;
use crate::platform::Platform;
use crate::receivers::loopback;
use crate::state::{Product, Shared, State};
use crate::store::{Object, followed, text};
use crate::webhooks;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// How many of a design's orders are named.
const NAMED: usize = 5;

pub(super) const DESIGN: &str = "design";
pub(super) const PRODUCT: &str = "product";

/// What the address says of a product that the shop refused.
const NOT_TAKEN: &str = "not-taken";

/// One design as it is listed.
struct Design {
    id: String,
    name: String,
    /// Names and values that say more of it.
    facts: Vec<(&'static str, String)>,
    pictured: bool,
    price: Option<i64>,
    currency: String,
    quantity: i64,
    state: &'static str,
    /// What the shop calls the orders that it stands in.
    orders: Vec<String>,
}

/// Everything that the section shows.
pub(super) struct Designs {
    designs: Vec<Design>,
    all: usize,
    /// What can be designed at Spiff: the integration product's id, and what it is called.
    products: Vec<(String, String)>,
}

impl Designs {
    pub(super) fn of(state: &State, platform: Platform) -> Self {
        match platform {
            Platform::Spiff => Self {
                designs: spiff(state),
                all: state.store.all("Transaction").count(),
                products: state.store.all("IntegrationProduct").map(|found| product(state, found)).collect(),
            },
            Platform::SignCustomiser => Self { designs: signs(state), all: state.products.len(), products: Vec::new() },
        }
    }

    pub(super) fn write(&self, html: &mut Html, view: &View<'_>, section: &Section, deliveries: &[Arc<Value>]) {
        section.open(html, "Designs");
        let listed = |id: &&str| self.designs.iter().any(|design| design.id == *id);
        if let Some(id) = view.done(DESIGN).filter(listed) {
            html.put("<p class=\"notice done\" role=\"status\">Made: <code>{}</code>, ready to be ordered.</p>", [id]);
        }
        if let Some(id) = view.done(PRODUCT).filter(listed) {
            html.put("<p class=\"notice done\" role=\"status\">The shop took the product <code>{}</code>.</p>", [id]);
        }
        if view.done(NOT_TAKEN).is_some() {
            let text =
                "<p class=\"notice wrong\" role=\"status\">The shop did not take it; its answer is under Webhooks.</p>";
            html.put(text, []);
        }
        match view.platform {
            Platform::Spiff => self.design_form(html, view),
            Platform::SignCustomiser => product_form(html, view, &last(deliveries, "url", &["product:created"])),
        }
        if self.designs.is_empty() {
            html.put("<p>There is none yet.</p>", []);
        } else {
            html.put(
                "<table class=\"designs\"><thead><tr><th scope=\"col\">Preview</th><th scope=\"col\">Design</th>\
                 <th scope=\"col\">Ordered</th></tr></thead><tbody>",
                [],
            );
            self.designs.iter().for_each(|design| row(html, design));
            html.put("</tbody></table>", []);
        }
        if self.all > self.designs.len() {
            let shown = self.designs.len().to_string();
            html.put("<p>The newest {} are shown; all are at <a href=\"/_/state\">/_/state</a>.</p>", [&shown]);
        }
        html.put("</section>", []);
    }

    fn design_form(&self, html: &mut Html, view: &View<'_>) {
        view.fold(html, DESIGN, "New design");
        let mut fields = view.fields(html, DESIGN);
        let products: Vec<_> = self.products.iter().map(|(id, name)| (id.as_str(), name.as_str(), "")).collect();
        let field = Field { name: "product", label: "Product", ..Field::default() };
        fields.choice(field, &products, products.first().map_or("", |(id, _, _)| id));
        let field = Field { name: "name", label: "Name", hint: "Empty: named after the product.", ..Field::default() };
        fields.line(field, Keys::Text, "");
        let field = Field { name: "count", label: "How many", hint: "1 to 100.", ..Field::default() };
        fields.line(field, Keys::Digits, "1");
        fields.close("Make the design");
        html.put("</details>", []);
    }
}

fn row(html: &mut Html, design: &Design) {
    html.put("<tr id=\"design-{}\"><td>", [&design.id]);
    match design.pictured {
        true => html.put(
            "<a href=\"/images/{}.svg\"><img src=\"/images/{}.svg\" width=\"72\" height=\"72\" loading=\"lazy\" \
             alt=\"Preview of {}\"></a>",
            [&design.id, &design.id, &design.name],
        ),
        false => html.put("none", []),
    }
    html.put("</td><th scope=\"row\">{}<br><code>{}</code>", [&design.name, &design.id]);
    for (name, value) in &design.facts {
        html.put("<br><span class=\"fact\">{} <code>{}</code></span>", [name, value]);
    }
    match design.price {
        Some(price) => html.put("<br><span class=\"fact\">price</span> {} {}", [&money(price), &design.currency]),
        None => html.put("<br><span class=\"fact\">no price</span>", []),
    }
    if design.quantity != 1 {
        html.put(" × {}", [&design.quantity.to_string()]);
    }
    html.put("</th><td>{}", [design.state]);
    for order in design.orders.iter().take(NAMED) {
        html.put("<br>by <code>{}</code>", [order]);
    }
    if design.orders.len() > NAMED {
        html.put("<br>and {} more", [&(design.orders.len() - NAMED).to_string()]);
    }
    html.put("</td></tr>", []);
}

/// An integration product's id, and what people call it.
fn product(state: &State, found: &Object) -> (String, String) {
    let product = linked(state, found, "product");
    let name = match (text(&product, "name"), text(found, "externalProductId")) {
        (name, "") => name.to_owned(),
        (name, external) => format!("{name} ({external})"),
    };
    (text(found, "id").to_owned(), name)
}

fn spiff(state: &State) -> Vec<Design> {
    let newest = state.store.newest("Transaction", SHOWN);
    let mut ordered: HashMap<&str, Vec<String>> =
        newest.iter().map(|design| (text(design, "id"), Vec::new())).collect();
    let target = |line: &Object, field: &str| {
        let link = line.get(field).and_then(Value::as_object)?;
        followed(link).map(|(_, id)| id.to_owned())
    };
    for line in state.store.all("LineItem") {
        let design = target(line, "transaction").unwrap_or_default();
        let Some(orders) = ordered.get_mut(design.as_str()) else { continue };
        let order = target(line, "order").unwrap_or_default();
        let external = state.store.get("Order", &order).map(|order| text(order, "externalId").to_owned());
        orders.push(external.filter(|id| !id.is_empty()).unwrap_or(order));
    }
    newest.iter().map(|design| spiff_design(state, design, ordered.remove(text(design, "id")))).collect()
}

fn spiff_design(state: &State, design: &Object, orders: Option<Vec<String>>) -> Design {
    let product = linked(state, design, "product");
    let number = |object: &Object, field: &str| object.get(field).and_then(Value::as_i64);
    let price = number(&product, "basePrice").map(|base| base + number(design, "priceModifierTotal").unwrap_or(0));
    let mut facts = vec![("owner", text(design, "@owner").to_owned())];
    if let Some(bundle) = design.get("bundle").and_then(Value::as_object).and_then(followed) {
        facts.push(("in the bundle", bundle.1.to_owned()));
    }
    Design {
        id: text(design, "id").to_owned(),
        name: text(design, "designName").to_owned(),
        facts,
        pictured: design.get("previewImageLink").is_some_and(Value::is_string),
        price,
        currency: text(&linked(state, &product, "partner"), "currencyCode").to_owned(),
        quantity: number(design, "quantity").unwrap_or(1),
        state: match (design.get("isOrdered") == Some(&true.into()), design.get("completed") == Some(&true.into())) {
            (true, _) => "ordered",
            (false, true) => "not ordered",
            (false, false) => "not ordered, not complete",
        },
        orders: orders.unwrap_or_default(),
    }
}

fn signs(state: &State) -> Vec<Design> {
    let newest: Vec<_> = state.products.iter().rev().take(SHOWN).collect();
    let mut ordered: HashMap<&str, Vec<String>> =
        newest.iter().filter_map(|(_, product)| Some((product.external_id.as_deref()?, Vec::new()))).collect();
    for order in state.orders.iter().filter(|order| order["platform"] == "sign_customiser") {
        for item in order["items"].as_array().into_iter().flatten() {
            if let Some(orders) = item["external_id"].as_str().and_then(|id| ordered.get_mut(id)) {
                orders.push(plain(&order["externalId"]));
            }
        }
    }
    let sign = |(id, product): (&u64, &Product)| {
        let taken = product.external_id.clone();
        let orders = taken.as_ref().and_then(|taken| ordered.get(taken.as_str())).cloned().unwrap_or_default();
        let state = match (&taken, orders.is_empty()) {
            (None, _) => "not taken by the shop",
            (_, true) => "not ordered",
            (_, false) => "ordered",
        };
        Design {
            id: id.to_string(),
            name: product.title.clone(),
            facts: taken.map(|taken| ("in the shop", taken)).into_iter().collect(),
            pictured: true,
            price: product.price,
            currency: String::new(),
            quantity: 1,
            state,
            orders,
        }
    };
    newest.into_iter().map(sign).collect()
}

/// Makes designs; answers the first one's id.
pub(super) fn make(shared: &Shared, form: &mut Form) -> Option<String> {
    let count = form.whole("count", 1, 100);
    if count.is_none() {
        form.refuse("count", "Give a whole number from 1 to 100.");
    }
    if !form.is_right() {
        return None;
    }
    let mut given = json!({ "count": count, "product": form.text("product") });
    if !form.text("name").is_empty() {
        given["name"] = form.text("name").into();
    }
    match past::browser_phase(&mut shared.state(), &given) {
        Ok(made) => Some(plain(&made[0]["transactionId"])),
        Err(why) => {
            form.refuse("product", why);
            None
        }
    }
}

fn product_form(html: &mut Html, view: &View<'_>, url: &str) {
    view.fold(html, PRODUCT, "New design");
    html.put(
        "<p class=\"hint\">Tells the shop of a finished design, as the platform does. The shop answers with the id of its own \
         product, which orders then name.</p>",
        [],
    );
    let mut fields = view.fields(html, PRODUCT);
    let hint = "The shop's create-product URL on this machine, such as http://127.0.0.1:8000/products.";
    fields.line(Field { name: "url", label: "URL", hint, ..Field::default() }, Keys::Url, url);
    let field = Field { name: "title", label: "Title", hint: "Empty: a sample.", ..Field::default() };
    fields.line(field, Keys::Text, "");
    let hint = "In minor units, such as cents. Empty: 10000.";
    fields.line(Field { name: "price", label: "Price", hint, ..Field::default() }, Keys::Digits, "");
    let hint = "The platform's own. Empty: the next one.";
    fields.line(Field { name: "product_id", label: "Product id", hint, ..Field::default() }, Keys::Digits, "");
    fields.close("Tell the shop");
    html.put("</details>", []);
}

/// Delivers the create-product callback; answers where it is to be seen what the shop said.
pub(super) async fn tell(shared: &Arc<Shared>, form: &mut Form) -> Option<String> {
    let price = form.whole("price", 0, i64::MAX);
    let id = form.whole("product_id", 1, i64::MAX);
    let mut product = Map::new();
    if !form.text("title").is_empty() {
        product.insert("title".into(), form.text("title").into());
    }
    product.extend(price.map(|price| ("price".to_owned(), price.into())));
    let url = form.text("url").to_owned();
    if let Err(why) = loopback(&url) {
        form.refuse("url", why);
    }
    if !form.is_right() {
        return None;
    }
    match webhooks::product_created(shared, &json!({ "url": url, "product_id": id, "product": product })).await {
        Ok(told) => {
            let done = if told["ok"] == true { PRODUCT } else { NOT_TAKEN };
            Some(format!("/?done={done}&id={}&delivery={}#designs", told["product_id"], told["delivery"]))
        }
        Err(why) => {
            form.refuse("", why);
            None
        }
    }
}
