//! One JSON text in the spellings that common serialisers give it: same value, other bytes, other signature.

/// What stands after `,` and `:`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spacing {
    /// As it is.
    Kept,
    /// Nothing, as most serialisers write it.
    Compact,
    /// One space, as Python's `json.dumps` writes it by default.
    Spaced,
}

/// How a character that may be written escaped or plain is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    /// As it is.
    Kept,
    /// Escaped: `\/` and `\u00e9`, PHP's default; the latter Python's too.
    Escaped,
    /// Plain.
    Plain,
}

/// Rewrites `text`; `None` if it is not JSON.
pub(super) fn reserialise(text: &[u8], spacing: Spacing, slashes: Spelling, unicode: Spelling) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => string(&mut rest, &mut out, slashes, unicode)?,
            ' ' | '\t' | '\n' | '\r' if spacing != Spacing::Kept => {}
            ',' | ':' if spacing == Spacing::Spaced => out.extend([c, ' ']),
            c => out.push(c),
        }
    }
    Some(out.into_bytes())
}

/// The rest of a string whose opening quote has been read.
fn string(rest: &mut std::str::Chars<'_>, out: &mut String, slashes: Spelling, unicode: Spelling) -> Option<()> {
    out.push('"');
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => match rest.next()? {
                '/' if slashes == Spelling::Plain => out.push('/'),
                'u' => {
                    let digits: String = rest.by_ref().take(4).collect();
                    let high = u32::from_str_radix(&digits, 16).ok()?;
                    let mut units = vec![u16::try_from(high).ok()?];
                    let mut spelt = format!("\\u{digits}");
                    if (0xd800..0xdc00).contains(&high) && rest.as_str().starts_with("\\u") {
                        let low: String = rest.by_ref().skip(2).take(4).collect();
                        units.push(u16::from_str_radix(&low, 16).ok()?);
                        spelt += "\\u";
                        spelt += &low;
                    }
                    match String::from_utf16(&units) {
                        Ok(plain) if unicode == Spelling::Plain && !plain.is_ascii() => out.push_str(&plain),
                        _ if unicode == Spelling::Escaped => out.push_str(&spelt.to_ascii_lowercase()),
                        _ => out.push_str(&spelt),
                    }
                }
                other => out.extend(['\\', other]),
            },
            '/' if slashes == Spelling::Escaped => out.push_str("\\/"),
            c if !c.is_ascii() && unicode == Spelling::Escaped => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_those_of_common_serialisers() {
        let text = "{\"a\": [1.0,2] , \"b\":\"\\u017dofie \u{2615} \\ud83d\\ude00/\\/ \\\"x, y: z\\\"\"}".as_bytes();
        let write = |a, b, c| String::from_utf8(reserialise(text, a, b, c).unwrap()).unwrap();
        use {Spacing::*, Spelling::Kept as As, Spelling::*};
        // What CPython's json.dumps(json.loads(text)) prints, by default and with separators and ensure_ascii=False.
        assert_eq!(
            write(Spaced, Plain, Escaped),
            r#"{"a": [1.0, 2], "b": "\u017dofie \u2615 \ud83d\ude00// \"x, y: z\""}"#
        );
        assert_eq!(
            write(Compact, Escaped, Escaped),
            r#"{"a":[1.0,2],"b":"\u017dofie \u2615 \ud83d\ude00\/\/ \"x, y: z\""}"#
        );
        assert_eq!(
            write(Compact, Plain, Plain),
            "{\"a\":[1.0,2],\"b\":\"\u{17d}ofie \u{2615} \u{1f600}// \\\"x, y: z\\\"\"}"
        );
        assert_eq!(write(Spacing::Kept, As, As).as_bytes(), text);
        assert_eq!(reserialise(b"{", Compact, As, As), None);
        assert_eq!(reserialise(b"\xff", Compact, As, As), None);
    }
}
