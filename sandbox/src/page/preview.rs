//! What a design looks like: a small drawing, made when it is asked for.

use super::html::Html;
use super::mask;
use crate::orders::linked;
use crate::platform::Platform;
use crate::state::Shared;
use crate::store::text;
use serde_json::Value;

/// How much of a name fits.
const LETTERS: usize = 30;

/// How wide a letter is about, in parts of its height; and one of those that are wide.
const LETTER: f64 = 0.6;
const WIDE_LETTER: f64 = 1.0;

/// Whether an address is one of a picture.
pub(super) fn is_picture(path: &str) -> bool {
    id_in(path).is_some()
}

fn id_in(path: &str) -> Option<&str> {
    path.strip_prefix("/images/")?.strip_suffix(".svg")
}

/// The picture at an address, if there is a design that it shows.
pub(super) fn picture(shared: &Shared, platform: Platform, path: &str) -> Option<String> {
    let id = id_in(path)?;
    let state = shared.state();
    let (name, shape, ink) = match platform {
        Platform::Spiff => {
            let design = state.store.get("Transaction", id)?;
            let shape = text(&linked(&state, design, "product"), "name").to_owned();
            let ink = design.get("@ink").and_then(Value::as_str).map(str::to_owned);
            (text(design, "designName").to_owned(), shape, ink)
        }
        // A sign has its picture before a shop takes it, in the delivery that offers it.
        Platform::SignCustomiser => {
            let sign = state.products.get(&id.parse().ok()?);
            let says = sign.map(|sign| sign.text.as_ref().unwrap_or(&sign.title).clone());
            let ink = sign.and_then(|sign| sign.ink).map(str::to_owned);
            (says.unwrap_or_else(|| "Hello World".to_owned()), "Sign".to_owned(), ink)
        }
    };
    drop(state);
    let mut html = Html::new(mask(shared));
    draw(&mut html, &name, &shape, id, ink.as_deref());
    Some(html.finish())
}

/// Draws a thing with a text on it: in an ink of its own, or in colours that its id gives it.
pub(crate) fn draw(html: &mut Html, name: &str, shape: &str, id: &str, own_ink: Option<&str>) {
    let seed =
        own_ink.unwrap_or(id).bytes().fold(0_u32, |seed, byte| seed.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let (hue, other) = ((seed % 360 * 47 % 360).to_string(), ((seed % 360 * 47 + 150) % 360).to_string());
    html.put(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 240 240\" width=\"240\" height=\"240\" role=\"img\">",
        [],
    );
    html.put("<title>{}</title><rect width=\"240\" height=\"240\" fill=\"hsl({},45%,90%)\"/>", [name, &hue]);
    // What letters are drawn with unless it is chosen, where their middle is, how wide they may be and how high.
    let (ink, middle, width, height) = match shape {
        "Mug" => {
            html.put(
                "<path d=\"M172 92h20q22 0 22 28t-22 28h-20\" fill=\"none\" stroke=\"#fff\" stroke-width=\"14\"/>",
                [],
            );
            html.put("<path d=\"M32 62h142v108q0 18-18 18H50q-18 0-18-18z\" fill=\"#fff\"/>", []);
            html.put("<rect x=\"32\" y=\"100\" width=\"142\" height=\"42\" fill=\"hsl({},55%,88%)\"/>", [&other]);
            ("#222", "103", 130.0, 22.0)
        }
        "Shirt" => {
            html.put("<path d=\"M80 44q40 26 80 0l54 30-18 44-26-10v92H70v-92l-26 10-18-44z\" fill=\"#fff\"/>", []);
            html.put("<circle cx=\"120\" cy=\"98\" r=\"14\" fill=\"hsl({},55%,60%)\"/>", [&other]);
            ("#222", "120", 92.0, 18.0)
        }
        "Sign" => {
            html.put("<rect x=\"18\" y=\"66\" width=\"204\" height=\"108\" rx=\"14\" fill=\"#1b1b28\"/>", []);
            html.put(
                "<rect x=\"26\" y=\"74\" width=\"188\" height=\"92\" rx=\"10\" fill=\"none\" stroke-width=\"3\" ",
                [],
            );
            match own_ink {
                Some(ink) => html.put("stroke=\"{}\"/>", [ink]),
                None => html.put("stroke=\"hsl({},90%,65%)\"/>", [&other]),
            }
            ("#fff", "120", 168.0, 32.0)
        }
        _ => {
            html.put("<rect x=\"56\" y=\"28\" width=\"128\" height=\"184\" fill=\"#fff\"/>", []);
            html.put("<rect x=\"68\" y=\"40\" width=\"104\" height=\"60\" fill=\"hsl({},55%,80%)\"/>", [&other]);
            ("#222", "120", 112.0, 18.0)
        }
    };
    let short: String = name.chars().take(LETTERS).collect();
    let more = if short.len() < name.len() { "…" } else { "" };
    let wide = |letter: char| if u32::from(letter) < 0x1100 { LETTER } else { WIDE_LETTER };
    let long: f64 = short.chars().chain(more.chars()).map(wide).sum();
    let fits = height * long <= width;
    let size = if fits { height } else { width / long };
    html.put("<text x=\"{}\" y=\"127\" text-anchor=\"middle\" font-family=\"sans-serif\" ", [middle]);
    html.put("font-size=\"{}\"", [&format!("{size:.1}")]);
    if !fits {
        html.put(" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"", [&format!("{width:.0}")]);
    }
    html.put(" fill=\"{}\">{}{}</text></svg>", [own_ink.unwrap_or(ink), &short, more]);
}
