//! What is known of the platform's schema, as data: the types, their fields, and what each rests on.
//!
//! The table itself ([`super::schema`]) is generated. Inputs and selections are checked against it before anything is sent.

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
    /// Its fields, or the words of an enum.
    pub fields: &'static [Field],
}

/// One field of a type.
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
    /// The arguments it takes.
    pub arguments: &'static [Field],
}

/// A field without arguments, for the generated table.
pub(super) const fn field(name: &'static str, ty: &'static str, source: Source) -> Field {
    Field { name, ty, source, json: false, arguments: &[] }
}

impl Field {
    pub(super) const fn json(self) -> Self {
        Self { json: true, ..self }
    }

    pub(super) const fn taking(self, arguments: &'static [Self]) -> Self {
        Self { arguments, ..self }
    }
}

impl Type {
    /// The type of this name; lists and exclamation marks around it do not matter.
    pub fn find(name: &str) -> Option<&'static Self> {
        let name = bare(name);
        super::schema::TYPES.iter().find(|it| it.name == name)
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// The name in a type, without lists and exclamation marks.
pub(crate) fn bare(ty: &str) -> &str {
    ty.trim_matches(['[', ']', '!'])
}
