//! What is known of the platform's schema, as data: the types, their fields, and what each rests on.
//!
//! The table itself (`schema.rs` beside it) is generated. Inputs and selections are checked against it before anything is sent.

/// What a part of the schema rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Printed on the official reference pages.
    Reference,
    /// Stands in an official example; its signature is not printed there.
    Example,
    /// Used by a first-party client; its nullability is a guess.
    Client,
    /// Never seen, deduced.
    Inferred,
}

impl Source {
    /// Whether the official reference leaves it open.
    pub const fn is_unverified(self) -> bool {
        !matches!(self, Self::Reference)
    }
}

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The platform answers it.
    Object,
    /// The caller gives it.
    Input,
    /// One word of several: its fields.
    Enum,
}

/// One type of the schema, `Query` and `Mutation` among them.
#[derive(Clone, Copy, Debug)]
pub struct Type {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it rests on.
    pub source: Source,
    lines: &'static str,
}

/// One field of a type, an argument of a field, or a word of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type as GraphQL writes it, such as `[String!]!`.
    pub ty: &'static str,
    /// What it rests on.
    pub source: Source,
    /// Whether its text is JSON.
    pub json: bool,
    /// Whether its text grants access.
    pub secret: bool,
    lines: &'static str,
}

// The table is one text, read where it is needed: as structures, each name in it would cost the shared library an entry to
// relocate at load. A line is indented by what it belongs to: a type, its fields, their arguments.

impl Type {
    /// Every type that is known.
    pub fn all() -> impl Iterator<Item = Self> {
        blocks(super::schema::TABLE, 0).filter_map(|(line, lines)| {
            let mut words = line.split(' ');
            let kind = match words.next()? {
                "input" => Kind::Input,
                "enum" => Kind::Enum,
                _ => Kind::Object,
            };
            Some(Self { name: words.next()?, kind, source: source(words.next()?)?, lines })
        })
    }

    /// The type of this name; lists and exclamation marks around it do not matter.
    pub fn find(name: &str) -> Option<Self> {
        let name = bare(name);
        Self::all().find(|it| it.name == name)
    }

    /// Its fields, or the words of an enum.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        fields(self.lines, 1, self.source)
    }

    /// The names of its fields.
    pub fn names(self) -> Vec<&'static str> {
        self.fields().map(|field| field.name).collect()
    }

    /// The field of this name.
    pub fn field(self, name: &str) -> Option<Field> {
        self.fields().find(|field| field.name == name)
    }
}

impl Field {
    /// The arguments it takes.
    pub fn arguments(self) -> impl Iterator<Item = Self> {
        fields(self.lines, 2, self.source)
    }
}

/// The lines at one depth, each with the deeper lines below it.
fn blocks(mut text: &'static str, depth: usize) -> impl Iterator<Item = (&'static str, &'static str)> {
    std::iter::from_fn(move || {
        let (line, rest) = text.split_once('\n')?;
        let deeper = |line: &str| line.bytes().take_while(|byte| *byte == b' ').count() > depth;
        let below = rest.split_inclusive('\n').take_while(|line| deeper(line)).map(str::len).sum();
        let (lines, rest) = rest.split_at(below);
        text = rest;
        Some((&line[depth..], lines))
    })
}

fn fields(lines: &'static str, depth: usize, of: Source) -> impl Iterator<Item = Field> {
    blocks(lines, depth).filter_map(move |(line, lines)| {
        let mut words = line.split(' ');
        let mut field = Field { name: words.next()?, ty: words.next()?, source: of, json: false, secret: false, lines };
        for word in words {
            match word {
                "json" => field.json = true,
                "secret" => field.secret = true,
                word => field.source = source(word)?,
            }
        }
        Some(field)
    })
}

fn source(word: &str) -> Option<Source> {
    Some(match word {
        "reference" => Source::Reference,
        "example" => Source::Example,
        "client" => Source::Client,
        "inferred" => Source::Inferred,
        _ => return None,
    })
}

/// The name in a type, without lists and exclamation marks.
pub(crate) fn bare(ty: &str) -> &str {
    ty.trim_matches(['[', ']', '!'])
}

// What every order needs is read when this is compiled.

/// The names and the types of the fields of an input type, in their order.
pub(super) const fn input<const N: usize>(of: &str) -> ([&'static str; N], [&'static str; N]) {
    let (mut names, mut types) = ([""; N], [""; N]);
    let mut lines = lines_of(of);
    let mut n = 0;
    while let Some((line, rest)) = indented(lines) {
        let (name, words) = cut(line, b' ');
        (names[n], types[n]) = (name, cut(words, b' ').0);
        (lines, n) = (rest, n + 1);
    }
    (names, types)
}

/// How many fields an input type has.
pub(super) const fn size(of: &str) -> usize {
    let mut lines = lines_of(of);
    let mut n = 0;
    while let Some((_, rest)) = indented(lines) {
        (lines, n) = (rest, n + 1);
    }
    n
}

/// The table from the fields of an input type on.
const fn lines_of(of: &str) -> &'static str {
    let mut rest = super::schema::TABLE;
    while !rest.is_empty() {
        let (line, below) = cut(rest, b'\n');
        let (kind, name) = cut(line, b' ');
        if equal(kind, "input") && equal(cut(name, b' ').0, of) {
            return below;
        }
        rest = below;
    }
    panic!("the schema has no such input type")
}

/// A line that is indented by one, without its indent, and what is below it.
const fn indented(lines: &'static str) -> Option<(&'static str, &'static str)> {
    match cut(lines, b'\n') {
        (line, below) if !line.is_empty() && line.as_bytes()[0] == b' ' => Some((line.split_at(1).1, below)),
        _ => None,
    }
}

/// What is before and after the first `at`.
const fn cut(text: &'static str, at: u8) -> (&'static str, &'static str) {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == at {
            return (text.split_at(i).0, text.split_at(i + 1).1);
        }
        i += 1;
    }
    (text, "")
}

const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        assert_eq!(Type::all().filter(|it| it.source == Source::Reference).count(), 61);
        let transaction = Type::find("[Transaction!]").unwrap();
        assert_eq!((transaction.name, transaction.kind), ("Transaction", Kind::Object));
        let state = transaction.field("workflowState").unwrap();
        assert_eq!((state.ty, state.source, state.json), ("String", Source::Reference, true));
        let owner = transaction.field("transactionOwnerId").unwrap();
        assert!(owner.secret && !owner.json && !state.secret);
        assert_eq!(transaction.field("completed").unwrap().source, Source::Client);
        assert_eq!(Type::find("BundleTemplateStatus").unwrap().names(), ["Draft", "Active"]);
        let order = Type::find("Mutation").unwrap().field("orderCreate").unwrap();
        assert_eq!(order.source, Source::Example);
        let last = order.arguments().last().unwrap();
        assert_eq!((last.name, last.ty, last.source), ("internalId", "String", Source::Inferred));
        assert!(Type::find("Nothing").is_none() && Type::find("").is_none());
    }

    #[test]
    fn an_input_is_the_same_at_compile_time() {
        const ADDRESS: ([&str; size("AddressInput")], [&str; size("AddressInput")]) = input("AddressInput");
        const DATA: ([&str; size("ExternalDataInput")], [&str; size("ExternalDataInput")]) = input("ExternalDataInput");
        for (name, (names, types)) in
            [("AddressInput", (&ADDRESS.0[..], &ADDRESS.1[..])), ("ExternalDataInput", (&DATA.0, &DATA.1))]
        {
            let of = Type::find(name).unwrap();
            assert_eq!(of.names(), names);
            assert_eq!(of.fields().map(|field| field.ty).collect::<Vec<_>>(), types);
        }
    }
}
