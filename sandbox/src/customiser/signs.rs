//! Signs at Sign Customiser: a finished one is told to the shop, whose answer the page hears. What the shop does not take is
//! kept, and offered again as the same sign.

use super::Subject;
use super::choices::Choices;
use crate::aside::aside;
use crate::page::form::Form;
use crate::page::html::Html;
use crate::platform::Platform;
use crate::state::{Product, Shared, State};
use crate::webhooks;
use countersign_core::Mask;
use serde_json::{Value, json};
use std::sync::Arc;

/// What a sign costs without letters.
const BASE: i64 = 5000;

/// A sign, as the attributes of the element name it.
pub(super) fn subject(form: &Form) -> Result<Subject, String> {
    let number = |field: &str, attribute: &str| match form.text(field).parse::<u32>() {
        Ok(number) if number > 0 => Ok(number.to_string()),
        _ => Err(format!("The attribute {attribute} is a number, not {:?}.", form.text(field))),
    };
    Ok(Subject {
        name: "Sign".to_owned(),
        base: BASE,
        currency: String::new(),
        least: 1,
        kept: vec![
            ("customiser", number("customiser", "customiser-id")?),
            ("integration", number("integration", "integration-id")?),
            ("product_id", String::new()),
        ],
    })
}

/// Keeps the sign, and tells the shop of it. Answers what the page and the person are told, or what the person is when
/// the shop did not take it.
pub(super) async fn finish(shared: &Arc<Shared>, subject: &Subject, form: &mut Form) -> Option<Result<Value, Value>> {
    let choices = Choices::of(Platform::SignCustomiser, form, subject.least);
    if !form.is_right() {
        return None;
    }
    let price = subject.base + choices.price();
    let title = format!("Custom Neon: {}", choices.text);
    let (text, colour) = (choices.text.clone(), choices.colour.name);
    let again = form.text("product_id").parse().ok();
    let sign = Product {
        external_id: None,
        title: title.clone(),
        price: Some(price),
        text: Some(choices.text),
        ink: Some(choices.colour.ink),
    };
    let kept = Arc::clone(shared);
    let (id, url) = aside(move || {
        let mut state = kept.state();
        (keep(&mut state, again, sign), state.settings.create_product_url.clone())
    })
    .await;
    let told = match url {
        None => Err("No create-product URL is set: the sandbox does not know where the shop is.".to_owned()),
        Some(url) => {
            let mut html = Html::new(Mask::default());
            html.put("<p>Text: {}</p><p>Colour: {}</p>", [&text, colour]);
            let product = json!({ "title": title, "description": format!("Text: {text}\nColour: {colour}"),
                "description_html": html.finish(), "price": price, "compare_price": price });
            let customiser = subject.kept("customiser").parse::<u32>().unwrap_or_default();
            let given = json!({ "url": url, "product_id": id, "customiser_id": customiser, "product": product });
            webhooks::product_created(shared, &given).await
        }
    };
    let refused = |why: &str| {
        let why = format!("The shop did not take the sign. {why} Nothing is lost: try again.");
        Some(Err(json!({ "wrong": { "": why }, "product_id": id })))
    };
    match told {
        Err(why) => refused(&why),
        Ok(mut told) if told["ok"] == true => {
            let mut product = told["event"]["product"].take();
            product["external_id"] = told["external_id"].take();
            Some(Ok(json!({ "product": product, "said": format!("The shop has your sign “{text}”.") })))
        }
        Ok(told) => refused(told["why"].as_str().unwrap_or_default()),
    }
}

/// Writes a sign down, unless it is the one that was offered before; answers its id.
fn keep(state: &mut State, again: Option<u64>, sign: Product) -> u64 {
    let same = |known: &Product| known.text == sign.text && known.ink == sign.ink;
    if let Some(id) = again.filter(|id| state.products.get(id).is_some_and(same)) {
        return id;
    }
    let id = state.number("product");
    state.products.insert(id, sign);
    id
}
