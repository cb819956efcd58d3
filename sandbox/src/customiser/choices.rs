//! What a person chooses in the frame, and what it costs. All of it is made up.

use crate::page::form::Form;
use crate::platform::Platform;

/// How long a text may be, in characters.
pub(super) const MAX_TEXT: usize = 30;

/// How many may be asked for.
const MAX_QUANTITY: i64 = 999;

/// A colour to choose.
#[derive(Debug)]
pub(super) struct Colour {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// What a picture is drawn with.
    pub(super) ink: &'static str,
    /// What it adds to the price.
    pub(super) price: i64,
}

const fn colour(id: &'static str, name: &'static str, ink: &'static str, price: i64) -> Colour {
    Colour { id, name, ink, price }
}

const PRINTED: [Colour; 4] = [
    colour("black", "Black", "#222", 0),
    colour("red", "Red", "#b3122d", 0),
    colour("blue", "Blue", "#0b57b0", 0),
    colour("gold", "Gold", "#8a6500", 300),
];

const LIT: [Colour; 4] = [
    colour("white", "Warm white", "#fff1d0", 0),
    colour("pink", "Pink", "#ff7ac8", 0),
    colour("blue", "Blue", "#7cc4ff", 0),
    colour("red", "Red", "#ff6b5e", 1000),
];

/// The colours that a platform's things come in; the first is chosen at the beginning.
pub(super) fn colours(platform: Platform) -> &'static [Colour; 4] {
    match platform {
        Platform::Spiff => &PRINTED,
        Platform::SignCustomiser => &LIT,
    }
}

/// What a text adds to the price: a print costs the same whatever it says, a sign by its letters.
fn text_price(platform: Platform, text: &str) -> i64 {
    match platform {
        Platform::Spiff => {
            if text.is_empty() {
                0
            } else {
                250
            }
        }
        Platform::SignCustomiser => {
            let letters = text.chars().filter(|letter| !letter.is_whitespace()).count();
            500 * i64::try_from(letters).unwrap_or_default()
        }
    }
}

/// What was chosen.
pub(super) struct Choices {
    pub(super) text: String,
    pub(super) text_price: i64,
    pub(super) colour: &'static Colour,
    pub(super) quantity: i64,
}

impl Choices {
    /// Reads a form; what is wrong is said in it, and then something right stands in its place.
    pub(super) fn of(platform: Platform, form: &mut Form, least: i64) -> Self {
        let mut text = form.text("text").to_owned();
        if text.is_empty() {
            form.refuse("text", "Write what it is to say.");
        } else if text.chars().count() > MAX_TEXT {
            form.refuse("text", format!("Write at most {MAX_TEXT} characters."));
            text = text.chars().take(MAX_TEXT).collect();
        } else if text.chars().any(char::is_control) {
            form.refuse("text", "Write what can be seen, on one line.");
        }
        let known = colours(platform);
        let colour = known.iter().find(|colour| colour.id == form.text("colour"));
        if colour.is_none() {
            form.refuse("colour", "Choose one of the colours.");
        }
        let quantity = match platform {
            Platform::Spiff => form.whole("quantity", least, MAX_QUANTITY),
            Platform::SignCustomiser => Some(1),
        };
        if quantity.is_none() {
            form.refuse("quantity", format!("Give a whole number from {least} to {MAX_QUANTITY}."));
        }
        let text_price = text_price(platform, &text);
        Self { text, text_price, colour: colour.unwrap_or(&known[0]), quantity: quantity.unwrap_or(least) }
    }

    /// What the choices add to the price of one.
    pub(super) fn price(&self) -> i64 {
        self.text_price + self.colour.price
    }

    /// What a picture of it shows, in words.
    pub(super) fn words(&self) -> String {
        let colour = self.colour.name;
        if self.text.is_empty() {
            format!("nothing yet, in {colour}")
        } else {
            format!("“{}” in {colour}", self.text)
        }
    }
}
