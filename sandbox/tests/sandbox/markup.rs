//! A strict reader of the sandbox's own pages and pictures: what it does not expect, it does not take.

/// Tags that stand alone.
const ALONE: [&str; 8] = ["meta", "link", "br", "img", "input", "rect", "circle", "path"];

/// Attributes that neither run nor load anything but what `src` and `href` name.
const ATTRIBUTES: &str = " lang charset name content rel href src defer class id aria-label aria-labelledby \
    aria-describedby aria-invalid role tabindex data-live data-only method action novalidate type value for hidden \
    inputmode autocomplete spellcheck autofocus rows selected checked scope datetime width height alt loading open label \
    data-from data-embedded data-wrong data-meanwhile textLength lengthAdjust xmlns viewBox fill stroke stroke-width x y d cx cy r rx text-anchor font-family font-size ";

const TAGS: &str = " html head meta title link script body a header h1 p nav ul li main b span noscript div section h2 h3 \
    table thead tbody tr th td code strong time br ol details summary dl dt dd pre mark form input label select optgroup \
    option textarea fieldset legend button img svg rect path circle text ";

/// An element: its name, its attributes, and the text in it.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.as_str())
    }
}

/// A page that was read whole.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) elements: Vec<Element>,
    pub(crate) text: String,
}

impl Page {
    pub(crate) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    pub(crate) fn by_id(&self, id: &str) -> &Element {
        let found = self.elements.iter().find(|element| element.get("id") == Some(id));
        found.unwrap_or_else(|| panic!("nothing has the id {id}"))
    }

    pub(crate) fn has(&self, id: &str) -> bool {
        self.elements.iter().any(|element| element.get("id") == Some(id))
    }
}

fn decoded(text: &str) -> String {
    let mut all = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        all.push_str(&rest[..at]);
        let known = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];
        let (entity, c) = known.into_iter().find(|(entity, _)| rest[at..].starts_with(entity)).unwrap_or_else(|| {
            panic!("an & that begins nothing: {:?}", rest[at..].chars().take(20).collect::<String>())
        });
        all.push(c);
        rest = &rest[at + entity.len()..];
    }
    all + rest
}

fn tag(inside: &str) -> Element {
    let name_end = inside.find(' ').unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(name_end);
    assert!(TAGS.contains(&format!(" {name} ")), "the tag {inside:?}");
    let mut element = Element { name: name.to_owned(), ..Element::default() };
    while let Some(more) = rest.strip_prefix(' ') {
        let end = more.find(['=', ' ']).unwrap_or(more.len());
        let (attribute, after) = more.split_at(end);
        assert!(ATTRIBUTES.contains(&format!(" {attribute} ")), "the attribute {attribute:?} in {inside:?}");
        let value = match after.strip_prefix("=\"") {
            Some(value) => {
                let end = value.find('"').unwrap_or_else(|| panic!("no end of {attribute} in {inside:?}"));
                rest = &value[end + 1..];
                decoded(&value[..end])
            }
            None => {
                rest = after;
                String::new()
            }
        };
        assert!(element.get(attribute).is_none(), "{attribute} twice in {inside:?}");
        element.attributes.push((attribute.to_owned(), value));
    }
    assert_eq!(rest, "", "in {inside:?}");
    element
}

/// Reads a page, or panics with what is not right in it.
pub(crate) fn read(html: &str) -> Page {
    let mut rest = html.strip_prefix("<!DOCTYPE html>").unwrap_or(html);
    let mut page = Page { elements: Vec::new(), text: String::new() };
    let mut open: Vec<usize> = Vec::new();
    while !rest.is_empty() {
        let end = rest.find(['<', '>']).unwrap_or(rest.len());
        let text = decoded(&rest[..end]);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'), "a control character in {text:?}");
        page.text.push_str(&text);
        for at in &open {
            page.elements[*at].text.push_str(&text);
        }
        rest = &rest[end..];
        let Some(begun) = rest.strip_prefix('<') else {
            assert!(rest.is_empty(), "a > that ends nothing");
            break;
        };
        let end = begun.find('>').expect("an end of the tag");
        let inside = begun[..end].strip_suffix('/').unwrap_or(&begun[..end]);
        rest = &begun[end + 1..];
        assert!(!inside.contains('<'), "a tag within a tag: {inside:?}");
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop().unwrap_or_else(|| panic!("{name} ends and never began"));
            assert_eq!(page.elements[last].name, name);
            continue;
        }
        let element = tag(inside);
        let alone = ALONE.contains(&element.name.as_str());
        page.elements.push(element);
        if !alone {
            open.push(page.elements.len() - 1);
        }
    }
    assert!(open.is_empty(), "not ended: {open:?}");
    page
}

#[test]
fn it_takes_no_foreign_markup() {
    for bad in [
        "<p>a<script>b</p>",
        "<p onclick=\"x\">",
        "<iframe></iframe>",
        "<p title=\"a\"b\">",
        "<p>a & b</p>",
        "<p>a > b</p>",
        "<p><b></p></b>",
        "<p>a\u{0}</p>",
        "<p>",
        "<a href='x'></a>",
    ] {
        assert!(std::panic::catch_unwind(|| read(bad)).is_err(), "{bad}");
    }
    let page = read("<!DOCTYPE html><p id=\"a\">1 &lt; <b>2</b></p><br>");
    assert_eq!((page.text.as_str(), page.by_id("a").text.as_str()), ("1 < 2", "1 < 2"));
}
