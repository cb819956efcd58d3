//! The generated files are what the schema and the operations say. `make generate` rewrites them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use countersign_schema::{
    SPIFF, current, generate,
    model::{Model, bare},
};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn model() -> Model {
    Model::read(SPIFF, &root().join("schema/operations")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn files_are_up_to_date() {
    let files = generate::files(&model());
    let stale: Vec<_> = files.iter().filter_map(|(name, text)| current::check(name, text, "generate").err()).collect();
    assert!(stale.is_empty(), "\n{}", stale.join("\n"));
}

/// What a field rests on, when it is asked for unless told otherwise: the reference, or else the document says so.
#[test]
fn default_selections_stay_inside_the_reference() {
    let model = model();
    for operation in &model.operations {
        let text =
            std::fs::read_to_string(root().join(format!("schema/operations/{}.graphql", operation.name))).unwrap();
        let note = text.lines().find_map(|line| line.strip_prefix("# Beyond the reference: ")).unwrap_or_default();
        let mut at = vec![operation.of.clone()];
        let mut last = String::new();
        for word in operation.selection.split_whitespace() {
            match word {
                "{" => at.push(last.clone()),
                "}" => _ = at.pop(),
                word => {
                    let of = model.get(at.last().unwrap()).unwrap();
                    let field = of.fields.iter().find(|field| field.name == word).unwrap();
                    let documented = field.source == "REFERENCE" || of.source != "REFERENCE";
                    assert!(
                        documented || note.split([',', ' ']).any(|said| said == word),
                        "{}: {}.{word} is not in the reference",
                        operation.name,
                        of.name
                    );
                    last.clone_from(&field.ty);
                }
            }
        }
    }
}

#[test]
fn every_field_at_the_top_is_an_operation() {
    let model = model();
    for root in ["Query", "Mutation"] {
        // place_order is written by hand: it has three wires.
        for field in model.get(root).unwrap().fields.iter().filter(|field| field.name != "orderCreate") {
            assert!(
                model.operations.iter().any(|operation| operation.field == field.name),
                "{root}.{} has no document in schema/operations/",
                field.name
            );
        }
    }
}

/// The platform's names of what places an order, by its examples. One more comes here by hand, as its directive does: what is
/// an order is never sent twice, and is settled.
#[test]
fn orders_are_placed_by_what_the_schema_says() {
    let model = model();
    let fields = |root: &str| &model.get(root).unwrap().fields;
    let places: Vec<_> = fields("Mutation").iter().filter(|field| field.places).map(|field| &*field.name).collect();
    assert_eq!(places, ["orderCreate", "orderCreateSimpleAsync"]);
    assert!(!fields("Query").iter().any(|field| field.places), "what reads places nothing");
    for field in fields("Mutation").iter().filter(|field| bare(&field.ty) == "Order") {
        assert!(field.places, "{} answers an order: say whether it places it, here and by @places", field.name);
    }
}

/// Texts inside literals need no words of an enum, which are written without quotes.
#[test]
fn literals_hold_no_enums() {
    let model = model();
    for argument in model.operations.iter().flat_map(|operation| &operation.arguments).filter(|it| it.literal) {
        for field in &model.get(&argument.ty).unwrap().fields {
            assert!(matches!(field.ty.as_str(), "String" | "String!"), "{}", field.name);
        }
    }
}
