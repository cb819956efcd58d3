//! `spiff.graphql` says what the reference prints, and says something about everything.

#![allow(clippy::unwrap_used)]
use apollo_compiler::Schema;
use apollo_compiler::ast::Directive;
use apollo_compiler::schema::{Component, ComponentOrigin, ExtendedType};
use countersign_schema::SPIFF;
use std::fmt::Write as _;

fn schema() -> apollo_compiler::validation::Valid<Schema> {
    Schema::parse_and_validate(SPIFF, "spiff.graphql").unwrap_or_else(|with| panic!("{}", with.errors))
}

fn source(directives: Option<&apollo_compiler::Node<Directive>>) -> Option<String> {
    directives.and_then(|src| src.specified_argument_by_name("s")).map(ToString::to_string)
}

/// What the definition itself holds; what `extend type` adds is not documented by the vendor.
fn defined<'a, T: 'a>(
    fields: impl IntoIterator<Item = (&'a apollo_compiler::Name, &'a Component<T>)>,
    type_of: impl Fn(&T) -> String,
    text: &mut String,
) {
    for (name, field) in fields {
        if field.origin == ComponentOrigin::Definition {
            _ = writeln!(text, "  {name} {}", type_of(field));
        }
    }
}

#[test]
fn the_documented_part_is_what_the_reference_prints() {
    let schema = schema();
    let mut ours = String::new();
    for (name, definition) in &schema.types {
        if source(definition.directives().get("src").map(|src| &**src)).as_deref() != Some("REFERENCE") {
            continue;
        }
        match definition {
            ExtendedType::Object(object) => {
                _ = writeln!(ours, "\ntype {name}");
                defined(&object.fields, |field| field.ty.to_string(), &mut ours);
            }
            ExtendedType::InputObject(input) => {
                _ = writeln!(ours, "\ninput {name}");
                defined(&input.fields, |field| field.ty.to_string(), &mut ours);
            }
            other => panic!("{} is documented, but is neither a type nor an input", other.name()),
        }
    }
    let printed: String = include_str!("../documented.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| [line, "\n"])
        .collect();
    // A reference that prints more is written into documented.txt, and counted here.
    assert_eq!(printed.lines().filter(|line| line.starts_with("  ")).count(), 313);
    assert_eq!(printed.lines().filter(|line| !line.is_empty() && !line.starts_with("  ")).count(), 61);
    let differs = countersign_schema::current::difference(&printed, &ours).unwrap_or_default();
    assert!(
        differs.is_empty(),
        "schema/documented.txt, what the reference prints (-), is not what spiff.graphql marks REFERENCE (+). What the \
         reference does not print stands in an `extend type`:\n{differs}"
    );
}

#[test]
fn everything_is_described() {
    let schema = schema();
    let mut silent = Vec::new();
    let mut look = |path: String, description: Option<&apollo_compiler::Node<str>>| match description {
        Some(words) if words.ends_with('.') => {}
        Some(words) => silent.push(format!("{path}: {words:?} does not end as a sentence")),
        None => silent.push(format!("{path} has no description")),
    };
    for (name, definition) in schema.types.iter().filter(|(_, definition)| !definition.is_built_in()) {
        if name == "Source" {
            continue;
        }
        look(name.to_string(), definition.description());
        match definition {
            ExtendedType::Object(object) => {
                for (field, it) in &object.fields {
                    look(format!("{name}.{field}"), it.description.as_ref());
                    for argument in &it.arguments {
                        look(format!("{name}.{field}({})", argument.name), argument.description.as_ref());
                    }
                }
            }
            ExtendedType::InputObject(input) => {
                for (field, it) in &input.fields {
                    look(format!("{name}.{field}"), it.description.as_ref());
                }
            }
            ExtendedType::Enum(one) => {
                for (value, it) in &one.values {
                    look(format!("{name}.{value}"), it.description.as_ref());
                }
            }
            _ => {}
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
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
