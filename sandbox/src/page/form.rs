//! A form as it was sent, and fields as they are shown: what was given comes back, with what is wrong beside it.

use super::html::Html;
use crate::received::Received;
use serde_json::{Map, Value};

/// A form as it was sent.
pub(crate) struct Form {
    pub(crate) name: &'static str,
    given: Vec<(String, String)>,
    /// By field; a sentence that is about none has an empty name.
    wrong: Vec<(&'static str, String)>,
}

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn read(name: &'static str, body: &[u8]) -> Self {
        let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        let given = pairs.map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            (decoded(&pair[..end]), decoded(pair.get(end + 1..).unwrap_or_default()))
        });
        Self { name, given: given.collect(), wrong: Vec::new() }
    }

    fn raw(&self, field: &str) -> Option<&str> {
        self.given.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// What a field holds, without the blanks around it.
    pub(crate) fn text(&self, field: &str) -> &str {
        self.raw(field).unwrap_or_default().trim()
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, field: &str) -> bool {
        self.raw(field).is_some()
    }

    /// A whole number; `None` if the field is empty, or wrong, which is then said.
    pub(crate) fn whole(&mut self, field: &'static str, least: i64, most: i64) -> Option<i64> {
        let text = self.text(field);
        if text.is_empty() {
            return None;
        }
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(field, format!("Give a whole number from {least} to {most}."));
        }
        number
    }

    /// Says what is wrong with a field; the first thing said of it counts.
    pub(crate) fn refuse(&mut self, field: &'static str, why: impl Into<String>) {
        if self.wrong(field).is_none() {
            self.wrong.push((field, why.into()));
        }
    }

    pub(crate) fn is_right(&self) -> bool {
        self.wrong.is_empty()
    }

    /// What is wrong, by field, for a script.
    pub(crate) fn told(&self) -> Value {
        Value::Object(
            self.wrong.iter().map(|(field, why)| ((*field).to_owned(), why.as_str().into())).collect::<Map<_, _>>(),
        )
    }

    fn wrong(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|(name, _)| *name == field).map(|(_, why)| why.as_str())
    }
}

/// Whether a request brings a form.
pub(crate) fn is_form(received: &Received) -> bool {
    let kind = received.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let two = text.get(at + 1..at + 3).and_then(|two| std::str::from_utf8(two).ok());
        let hex = two.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match (byte, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                at += 2;
            }
            (b'+', _) => bytes.push(b' '),
            (byte, _) => bytes.push(*byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// How a field is introduced.
#[derive(Clone, Copy, Default)]
pub(super) struct Field<'f> {
    pub(super) name: &'static str,
    pub(super) label: &'f str,
    /// Unit, default, what an empty field means.
    pub(super) hint: &'f str,
    /// The choices with which alone it has a meaning, for the script to hide it with others.
    pub(super) only: &'f str,
}

/// The keyboard that a phone shows.
#[derive(Clone, Copy)]
pub(super) enum Keys {
    Text,
    Digits,
    Url,
}

/// Writes the fields of one form.
pub(super) struct Fields<'a> {
    html: &'a mut Html,
    name: &'static str,
    /// The same form, if it was sent and refused.
    sent: Option<&'a Form>,
    /// Whether a field is wrong to which the cursor goes.
    led: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn open(html: &'a mut Html, name: &'static str, token: &str, sent: Option<&'a Form>) -> Self {
        html.put("<form method=\"post\" action=\"/_/page/{}\" novalidate>", [name]);
        html.put("<input type=\"hidden\" name=\"token\" value=\"{}\">", [token]);
        if let Some(form) = sent {
            let why = form.wrong("").unwrap_or("What is marked below has to be changed first.");
            html.put("<p class=\"notice wrong\" role=\"alert\">Nothing was done. {}</p>", [why]);
        }
        Self { html, name, sent, led: false }
    }

    fn begin(&mut self, field: &Field<'_>) {
        match field.only {
            "" => self.html.put("<div class=\"field\">", []),
            only => self.html.put("<div class=\"field\" data-only=\"{}\">", [only]),
        }
    }

    fn label(&mut self, field: &Field<'_>) {
        self.html.put("<label for=\"{}-{}\">{}</label>", [self.name, field.name, field.label]);
    }

    fn wrong(&self, field: &Field<'_>) -> Option<&'a str> {
        self.sent.and_then(|form| form.wrong(field.name))
    }

    /// The attributes that every control has.
    fn attributes(&mut self, field: &Field<'_>) {
        let (form, name) = (self.name, field.name);
        self.html.put(" id=\"{}-{}\" name=\"{}\"", [form, name, name]);
        match (field.hint, self.wrong(field)) {
            ("", None) => {}
            (_, None) => self.html.put(" aria-describedby=\"{}-{}-hint\"", [form, name]),
            ("", Some(_)) => self.html.put(" aria-invalid=\"true\" aria-describedby=\"{}-{}-wrong\"", [form, name]),
            (_, Some(_)) => {
                let ids = [form, name, form, name];
                self.html.put(" aria-invalid=\"true\" aria-describedby=\"{}-{}-wrong {}-{}-hint\"", ids);
            }
        }
        if self.wrong(field).is_some() && !self.led {
            self.led = true;
            self.html.put(" autofocus", []);
        }
    }

    fn end(&mut self, field: &Field<'_>) {
        if let Some(why) = self.wrong(field) {
            self.html.put("<p class=\"wrong\" id=\"{}-{}-wrong\">{}</p>", [self.name, field.name, why]);
        }
        if !field.hint.is_empty() {
            self.html.put("<p class=\"hint\" id=\"{}-{}-hint\">{}</p>", [self.name, field.name, field.hint]);
        }
        self.html.put("</div>", []);
    }

    fn value<'v>(&self, field: &Field<'_>, otherwise: &'v str) -> &'v str
    where
        'a: 'v,
    {
        self.sent.map_or(otherwise, |form| form.raw(field.name).unwrap_or_default())
    }

    pub(super) fn line(&mut self, field: Field<'_>, keys: Keys, value: &str) {
        self.begin(&field);
        self.label(&field);
        self.html.put("<input autocomplete=\"off\" spellcheck=\"false\"", []);
        match keys {
            Keys::Text => {}
            Keys::Digits => self.html.put(" inputmode=\"numeric\"", []),
            Keys::Url => self.html.put(" inputmode=\"url\"", []),
        }
        self.attributes(&field);
        self.html.put(" value=\"", []);
        self.html.kept(self.value(&field, value));
        self.html.put("\">", []);
        self.end(&field);
    }

    pub(super) fn area(&mut self, field: Field<'_>) {
        self.begin(&field);
        self.label(&field);
        self.html.put("<textarea rows=\"4\" spellcheck=\"false\"", []);
        self.attributes(&field);
        // A line end at the beginning is not read as one.
        self.html.put(">\n", []);
        self.html.kept(self.value(&field, ""));
        self.html.put("</textarea>", []);
        self.end(&field);
    }

    /// Values, what they are called, and the group that they are in, if any.
    pub(super) fn choice(&mut self, field: Field<'_>, options: &[(&str, &str, &str)], value: &str) {
        self.begin(&field);
        self.label(&field);
        self.html.put("<select", []);
        self.attributes(&field);
        self.html.put(">", []);
        let value = self.value(&field, value);
        let mut group = "";
        for (name, called, of) in options {
            if group != *of {
                self.html.put(if group.is_empty() { "" } else { "</optgroup>" }, []);
                self.html.put("<optgroup label=\"{}\">", [of]);
                group = of;
            }
            match *name == value {
                true => self.html.put("<option value=\"{}\" selected>{}</option>", [name, called]),
                false => self.html.put("<option value=\"{}\">{}</option>", [name, called]),
            }
        }
        self.html.put(if group.is_empty() { "</select>" } else { "</optgroup></select>" }, []);
        self.end(&field);
    }

    pub(super) fn tick(&mut self, field: Field<'_>, ticked: bool) {
        self.begin(&field);
        self.html.put("<span class=\"tick\"><input type=\"checkbox\" value=\"yes\"", []);
        self.attributes(&field);
        let ticked = self.sent.map_or(ticked, |form| form.ticked(field.name));
        self.html.put(if ticked { " checked> " } else { "> " }, []);
        self.label(&field);
        self.html.put("</span>", []);
        self.end(&field);
    }

    /// Puts the fields that follow into a group, until [`Fields::apart`].
    pub(super) fn group(&mut self, legend: &str) {
        self.html.put("<fieldset><legend>{}</legend>", [legend]);
    }

    pub(super) fn apart(&mut self) {
        self.html.put("</fieldset>", []);
    }

    pub(super) fn close(self, button: &str) {
        self.html.put("<button>{}</button></form>", [button]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let mut form = Form::read("f", b"a=1+2%20%c3%A9&b&c=%&d=%4&e=%+f&count=+7+&a=second&many=70");
        for (field, expected) in [("a", "1 2 é"), ("b", ""), ("c", "%"), ("d", "%4"), ("e", "% f"), ("none", "")] {
            assert_eq!(form.text(field), expected, "{field}");
        }
        assert!(form.ticked("b") && !form.ticked("none"));
        assert_eq!((form.whole("count", 1, 9), form.whole("none", 1, 9), form.is_right()), (Some(7), None, true));
        assert_eq!(form.whole("many", 1, 9), None);
        assert_eq!(form.wrong("many"), Some("Give a whole number from 1 to 9."));
    }
}
