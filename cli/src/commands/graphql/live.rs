//! What a live endpoint says of its schema: the introspection query, and its answer.

use serde::Deserialize;

/// Asks for names and types alone: descriptions would make the answer several times as long.
pub(super) const QUERY: &str = "query SchemaCheck { __schema { queryType { name } mutationType { name } types { kind name \
    fields(includeDeprecated: true) { name isDeprecated deprecationReason args { name defaultValue type { ...T } } type { ...T } } \
    inputFields { name defaultValue type { ...T } } enumValues(includeDeprecated: true) { name isDeprecated deprecationReason } } } } \
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } }";

#[derive(Deserialize, Debug)]
pub(super) struct Data {
    #[serde(rename = "__schema")]
    pub(super) schema: Option<LiveSchema>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct LiveSchema {
    query_type: Option<Named>,
    mutation_type: Option<Named>,
    pub(super) types: Vec<LiveType>,
}

#[derive(Deserialize, Debug)]
struct Named {
    name: String,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct LiveType {
    pub(super) kind: String,
    pub(super) name: Option<String>,
    fields: Option<Vec<LiveField>>,
    input_fields: Option<Vec<LiveField>>,
    enum_values: Option<Vec<LiveField>>,
}

/// A field, an argument, or a word of an enum.
#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct LiveField {
    pub(super) name: String,
    #[serde(default)]
    pub(super) args: Vec<LiveField>,
    #[serde(rename = "type")]
    ty: Option<TypeRef>,
    pub(super) default_value: Option<String>,
    #[serde(default)]
    pub(super) is_deprecated: bool,
    pub(super) deprecation_reason: Option<String>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
struct TypeRef {
    kind: String,
    name: Option<String>,
    of_type: Option<Box<TypeRef>>,
}

impl TypeRef {
    /// As GraphQL writes it, such as `[String!]!`.
    fn text(&self) -> String {
        let inner = || self.of_type.as_ref().map_or_else(|| "?".to_owned(), |inner| inner.text());
        match self.kind.as_str() {
            "NON_NULL" => format!("{}!", inner()),
            "LIST" => format!("[{}]", inner()),
            _ => self.name.clone().unwrap_or_else(|| "?".to_owned()),
        }
    }
}

impl LiveField {
    pub(super) fn type_text(&self) -> String {
        self.ty.as_ref().map(TypeRef::text).unwrap_or_default()
    }

    /// Whether a caller has to give it.
    pub(super) fn is_demanded(&self) -> bool {
        self.default_value.is_none() && self.type_text().ends_with('!')
    }
}

impl LiveType {
    /// Its fields, input fields or words.
    pub(super) fn members(&self) -> impl Iterator<Item = &LiveField> {
        let all = [&self.fields, &self.input_fields, &self.enum_values];
        all.into_iter().flatten().flatten()
    }
}

impl LiveSchema {
    /// What the endpoint calls a type: its roots may have other names.
    pub(super) fn name_of<'s>(&'s self, name: &'s str) -> &'s str {
        let root = match name {
            "Query" => self.query_type.as_ref(),
            "Mutation" => self.mutation_type.as_ref(),
            _ => None,
        };
        root.map_or(name, |root| &root.name)
    }

    pub(super) fn find(&self, name: &str) -> Option<&LiveType> {
        let name = self.name_of(name);
        self.types.iter().find(|of| of.name.as_deref() == Some(name))
    }
}
