//! The schema as the platform would tell it: what our file notes beside it (what rests on what, which text is JSON) is
//! left out, so that introspection shows nothing that is ours.

use apollo_compiler::Schema;
use apollo_compiler::ast::DirectiveList as Notes;
use apollo_compiler::schema::{DirectiveList, ExtendedType};
use apollo_compiler::validation::Valid;
use std::sync::LazyLock;

/// What requests are validated against.
pub(crate) static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let noted = Schema::parse_and_validate(countersign_schema::SPIFF, "spiff.graphql");
    let noted = noted.unwrap_or_else(|invalid| panic!("the schema is valid, which its own test holds:\n{invalid}"));
    let plain = without_notes(noted.into_inner()).validate();
    plain.unwrap_or_else(|invalid| panic!("the schema is valid without notes, which tests hold:\n{invalid}"))
});

/// Whether there is such a field at the top of an operation.
pub(crate) fn is_root_field(name: &str) -> bool {
    ["Query", "Mutation"].iter().any(|root| SCHEMA.type_field(root, name).is_ok())
}

fn without_notes(mut schema: Schema) -> Schema {
    let ours: Vec<_> = schema.directive_definitions.values().filter(|one| !one.is_built_in()).cloned().collect();
    for directive in &ours {
        schema.directive_definitions.shift_remove(&directive.name);
        // What only notes are written with.
        for argument in &directive.arguments {
            let name = argument.ty.inner_named_type();
            if schema.types.get(name).is_some_and(|of| !of.is_built_in()) {
                schema.types.shift_remove(name);
            }
        }
    }
    let is_ours = |name: &str| ours.iter().any(|directive| directive.name == name);
    let of_type = |list: &mut DirectiveList| list.0.retain(|one| !is_ours(&one.name));
    let of_field = |list: &mut Notes| list.0.retain(|one| !is_ours(&one.name));
    for definition in schema.types.values_mut() {
        match definition {
            ExtendedType::Object(object) => {
                let object = object.make_mut();
                of_type(&mut object.directives);
                for field in object.fields.values_mut() {
                    let field = field.make_mut();
                    of_field(&mut field.directives);
                    field.arguments.iter_mut().for_each(|argument| of_field(&mut argument.make_mut().directives));
                }
            }
            ExtendedType::InputObject(input) => {
                let input = input.make_mut();
                of_type(&mut input.directives);
                input.fields.values_mut().for_each(|field| of_field(&mut field.make_mut().directives));
            }
            ExtendedType::Enum(words) => of_type(&mut words.make_mut().directives),
            // There are no others.
            _ => {}
        }
    }
    schema
}
