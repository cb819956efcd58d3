//! HTML that is written safely: markup comes from literals alone, and every text between it is escaped here.

use countersign_core::Mask;
use std::fmt::Write as _;

/// A page in the making, or a picture.
pub(crate) struct Html {
    out: String,
    /// The sandbox's own secrets, which no text shows.
    mask: Mask,
}

impl Html {
    pub(crate) fn new(mask: Mask) -> Self {
        Self { out: String::new(), mask }
    }

    /// Writes markup, with a text in the place of each `{}`: between tags or in a quoted attribute.
    pub(crate) fn put<const N: usize>(&mut self, markup: &'static str, texts: [&str; N]) {
        debug_assert_eq!(markup.matches("{}").count(), N, "{markup}");
        let mut texts = texts.into_iter();
        for (at, piece) in markup.split("{}").enumerate() {
            if at > 0 {
                self.text(texts.next().unwrap_or_default());
            }
            self.out.push_str(piece);
        }
    }

    fn text(&mut self, text: &str) {
        let covered = self.mask.covered(text);
        for c in covered.chars() {
            match c {
                '\n' | '\t' => self.out.push(c),
                // They would hide what a header smuggles, or show it in another order.
                c if invisible(c) => _ = write!(self.out, "⟨U+{:04X}⟩", u32::from(c)),
                c => self.character(c),
            }
        }
    }

    /// Writes what a field of a form holds, which has to come back as it was given.
    pub(crate) fn kept(&mut self, text: &str) {
        for c in text.chars() {
            self.character(if c == '\0' { char::REPLACEMENT_CHARACTER } else { c });
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '&' => self.out.push_str("&amp;"),
            '<' => self.out.push_str("&lt;"),
            '>' => self.out.push_str("&gt;"),
            '"' => self.out.push_str("&quot;"),
            '\'' => self.out.push_str("&#39;"),
            c => self.out.push(c),
        }
    }

    /// Lets no text show these either, until the mask that was there is put back.
    pub(crate) fn hide<'s>(&mut self, secrets: impl IntoIterator<Item = &'s str>) -> Mask {
        let before = self.mask.clone();
        self.mask = secrets.into_iter().fold(before.clone(), |mask, secret| mask.with(secret.as_bytes()));
        before
    }

    pub(crate) fn show(&mut self, before: Mask) {
        self.mask = before;
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }
}

/// Whether a character is not seen, changes the order of those around it, or may not stand in XML.
fn invisible(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(code, 0xad | 0x61c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff)
        || matches!(code, 0xfdd0..=0xfdef | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
        || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let mut html = Html::new(Mask::default().with(b"s3cret"));
        html.put("<p title=\"{}\">", [text]);
        html.finish()
    }

    #[test]
    fn nothing_stays_markup() {
        assert_eq!(
            written("<a href='x' b=\"y\">&{}"),
            "<p title=\"&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;{}\">"
        );
        assert_eq!(written("a\0b\u{7f}\n\t\r"), "<p title=\"a⟨U+0000⟩b⟨U+007F⟩\n\t⟨U+000D⟩\">");
        assert_eq!(written("x\u{202e}y\u{2066}\u{fffe}"), "<p title=\"x⟨U+202E⟩y⟨U+2066⟩⟨U+FFFE⟩\">");
        assert_eq!(written("key s3cret"), "<p title=\"key (hidden)\">");
    }

    #[test]
    fn a_field_keeps_what_it_was_given() {
        let mut html = Html::new(Mask::default().with(b"s3cret"));
        html.kept("s3cret\u{202e}\"\0\r\n");
        assert_eq!(html.finish(), "s3cret\u{202e}&quot;\u{fffd}\r\n");
    }
}
