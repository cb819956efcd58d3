//! The GraphQL schema of Spiff Commerce, as far as public material shows it.
//!
//! `spiff.graphql` is the one source for it: the sandbox answers by it and the typed model is generated from it. Each
//! definition carries `@src`, which says what it rests on; read the file's first lines before relying on anything
//! marked `INFERRED`.

#![forbid(unsafe_code)]

/// The schema in GraphQL's schema definition language.
pub const SPIFF: &str = include_str!("../spiff.graphql");

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::SPIFF;
    use apollo_compiler::Schema;
    use apollo_compiler::schema::{Component, ComponentOrigin, ExtendedType};

    fn schema() -> apollo_compiler::validation::Valid<Schema> {
        Schema::parse_and_validate(SPIFF, "spiff.graphql").unwrap_or_else(|with| panic!("{}", with.errors))
    }

    /// Counts fields of the definition itself; what `extend type` adds is not documented by the vendor.
    fn defined<'a, T: 'a>(fields: impl IntoIterator<Item = &'a Component<T>>) -> usize {
        fields.into_iter().filter(|field| field.origin == ComponentOrigin::Definition).count()
    }

    /// (types, fields) printed on the reference page.
    fn documented(schema: &Schema) -> (usize, usize) {
        let mut count = (0, 0);
        for definition in schema.types.values() {
            let source = definition.directives().get("src").and_then(|src| src.specified_argument_by_name("s"));
            if source.is_none_or(|source| source.to_string() != "REFERENCE") {
                continue;
            }
            count.0 += 1;
            count.1 += match definition {
                ExtendedType::Object(object) => defined(object.fields.values()),
                ExtendedType::InputObject(input) => defined(input.fields.values()),
                _ => 0,
            };
        }
        count
    }

    #[test]
    fn parses_and_validates() {
        schema();
    }

    #[test]
    fn documented_part_is_complete() {
        assert_eq!(documented(&schema()), (61, 313));
    }

    #[test]
    fn every_root_field_says_what_it_rests_on() {
        let schema = schema();
        for root in ["Query", "Mutation"] {
            for (name, field) in &schema.get_object(root).unwrap().fields {
                assert!(field.directives.has("src"), "{root}.{name} has no @src");
            }
        }
    }

    #[test]
    fn fields_orders_rest_on_are_there() {
        let schema = schema();
        for (parent, field, text) in [
            ("Transaction", "isOrdered", "Boolean"),
            ("Transaction", "externalOrderId", "String"),
            ("Bundle", "transactions", "[Transaction]"),
            ("Order", "lineItems", "[LineItem]"),
            ("Mutation", "orderCreate", "Order"),
            ("Query", "transactions", "[Transaction]"),
            ("Query", "currentIntegration", "Integration"),
        ] {
            assert_eq!(schema.type_field(parent, field).unwrap().ty.to_string(), text, "{parent}.{field}");
        }
    }
}
