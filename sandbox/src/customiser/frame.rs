//! The frame as a page: what can be chosen, or why nothing can.

use super::Subject;
use super::choices::{Choices, MAX_TEXT, colours};
use crate::page::html::Html;
use crate::page::money;
use crate::platform::Platform;

/// Whom the frame speaks to, and how it stands in the page.
pub(super) struct Place<'p> {
    pub(super) platform: Platform,
    /// The origin of the page that holds it.
    pub(super) from: &'p str,
    /// Whether it stands among other things of the page, and not over them.
    pub(super) embedded: bool,
}

impl Place<'_> {
    fn head(&self, html: &mut Html, title: &str) {
        html.put(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\"><title>{} – Countersign sandbox</title>",
            [title],
        );
        html.put(
            "<link rel=\"stylesheet\" href=\"/_/page/style.css\"><link rel=\"stylesheet\" href=\"/_/customiser/frame.css\">\
             <script src=\"/_/customiser/frame.js\" defer></script></head><body data-from=\"{}\"",
            [self.from],
        );
        html.put(if self.embedded { " data-embedded=\"yes\">" } else { ">" }, []);
        html.put("<header><h1 id=\"title\" tabindex=\"-1\">{}</h1>", [title]);
        if !self.embedded {
            html.put("<button class=\"quiet\" id=\"quit\" type=\"button\">Quit</button>", []);
        }
        let stood_for = match self.platform {
            Platform::Spiff => "Spiff Commerce",
            Platform::SignCustomiser => "Sign Customiser",
        };
        html.put("</header><main>", []);
        html.put("<p class=\"stand-in\">A stand-in for the customiser of {}, on this machine.</p>", [stood_for]);
    }

    pub(super) fn refused(&self, html: &mut Html, why: &str) {
        self.head(html, "This cannot be customised");
        html.put("<p class=\"notice wrong\" role=\"alert\">{}</p></main></body></html>", [why]);
    }

    pub(super) fn choose(&self, html: &mut Html, subject: &Subject, choices: &Choices, token: &str) {
        self.head(html, &format!("Design your {}", subject.name.to_lowercase()));
        html.put(
            "<form id=\"design\" novalidate><div class=\"choose\"><div><img id=\"preview\" alt=\"{}\" ",
            [&choices.words()],
        );
        html.put("width=\"240\" height=\"240\" src=\"/_/customiser/preview.svg?", []);
        for (name, value) in &subject.kept {
            html.put("{}={}&amp;", [name, &encoded(value)]);
        }
        html.put("colour={}\"></div><div>", [choices.colour.id]);
        html.put("<input type=\"hidden\" name=\"token\" value=\"", []);
        html.kept(token);
        for (name, value) in &subject.kept {
            html.put("\"><input type=\"hidden\" name=\"{}\" value=\"", [name]);
            html.kept(value);
        }
        html.put("\">", []);
        html.put(
            "<div class=\"field\"><label for=\"text\">Text</label><input autocomplete=\"off\" id=\"text\" name=\"text\" \
             aria-describedby=\"text-hint\" value=\"\"><p class=\"wrong\" id=\"text-wrong\" data-wrong=\"text\" \
             hidden></p><p class=\"hint\" id=\"text-hint\">Up to {} characters.</p></div>",
            [&MAX_TEXT.to_string()],
        );
        html.put("<fieldset><legend>Colour</legend>", []);
        for colour in colours(self.platform) {
            html.put("<label class=\"colour\"><input type=\"radio\" name=\"colour\" value=\"{}\"", [colour.id]);
            html.put(if colour.id == choices.colour.id { " checked> " } else { "> " }, []);
            html.put("{}", [colour.name]);
            if colour.price > 0 {
                html.put(" (+{})", [&money(colour.price)]);
            }
            html.put("</label>", []);
        }
        html.put("</fieldset>", []);
        if self.platform == Platform::Spiff {
            html.put(
                "<div class=\"field\"><label for=\"quantity\">Quantity</label><input autocomplete=\"off\" inputmode=\"numeric\" \
                 id=\"quantity\" name=\"quantity\" value=\"{}\"><p class=\"wrong\" \
                 id=\"quantity-wrong\" data-wrong=\"quantity\" hidden></p></div>",
                [&choices.quantity.to_string()],
            );
        }
        html.put("<p class=\"price\" id=\"price\" role=\"status\">Price: {}</p>", [&subject.price(choices)]);
        html.put("<p class=\"notice wrong\" id=\"wrong\" role=\"alert\" hidden></p>", []);
        let (finish, meanwhile) = match self.platform {
            Platform::Spiff => ("Finish", "Saving the design …"),
            Platform::SignCustomiser => ("Finish the sign", "Asking the shop …"),
        };
        html.put("<p id=\"done\" role=\"status\" data-meanwhile=\"{}\"></p><p class=\"buttons\">", [meanwhile]);
        html.put("<button id=\"finish\" value=\"design\">{}</button>", [finish]);
        if !subject.kept("portal").is_empty() {
            html.put("<button class=\"quiet\" id=\"add\" value=\"add\">Add to a bundle</button>", []);
        }
        html.put("</p></div></div></form></main></body></html>", []);
    }
}

/// A value as a query has it.
fn encoded(value: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    value.bytes().map(byte).collect()
}
