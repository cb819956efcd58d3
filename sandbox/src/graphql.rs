//! GraphQL: documents are validated against the schema and executed over the stored objects.
//!
//! One generic resolver serves every type: the value of a field is the value of that key in the stored object. Links
//! between objects are followed when asked for, so that cycles cost nothing.

use crate::faults::Target;
use crate::http::Answer;
use crate::limits::{self, Budget, TOO_MUCH};
use crate::partial;
use crate::schema::SCHEMA;
use crate::state::State;
use crate::store::{Object, followed};
use crate::world::{Context, World};
use crate::{mutations, queries};
use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::{OperationType, Type};
use apollo_compiler::executable::Selection;
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{ExecutionResponse, JsonMap, JsonValue};
use apollo_compiler::validation::Valid;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;

/// How many errors are told.
const MAX_ERRORS: usize = 100;

/// A field at the top of the operation.
struct Root {
    key: String,
    field: String,
}

/// A request whose document is valid.
pub(crate) struct Prepared {
    document: Valid<ExecutableDocument>,
    operation: Option<String>,
    variables: JsonMap,
    roots: Vec<Root>,
    pub(crate) target: Target,
    /// It asks for the schema.
    pub(crate) introspects: bool,
}

/// `errors` without `data`: execution never began.
pub(crate) fn refused(status: u16, messages: impl IntoIterator<Item = String>) -> Answer {
    let errors: Vec<_> = messages.into_iter().map(|message| json!({ "message": message })).collect();
    Answer::json(status, &json!({ "errors": errors }))
}

/// Reads and validates a request.
pub(crate) fn prepare(body: &[u8]) -> Result<Prepared, Answer> {
    let malformed = |message: &str| refused(400, [message.to_owned()]);
    let envelope: Value =
        serde_json::from_slice(body).map_err(|error| malformed(&format!("The body is not JSON: {error}.")))?;
    let Some(query) = envelope["query"].as_str() else {
        return Err(malformed("The body has to be a JSON object with the document in \"query\"."));
    };
    if query.len() > limits::MAX_DOCUMENT {
        return Err(malformed(&format!("The document is longer than {} bytes.", limits::MAX_DOCUMENT)));
    }
    let operation = match &envelope["operationName"] {
        Value::Null => None,
        Value::String(name) => Some(name.clone()),
        _ => return Err(malformed("\"operationName\" is a string.")),
    };
    let variables = match &envelope["variables"] {
        Value::Null => JsonMap::new(),
        Value::Object(_) => serde_json::from_value(envelope["variables"].clone())
            .map_err(|error| malformed(&format!("\"variables\": {error}.")))?,
        _ => return Err(malformed("\"variables\" is an object.")),
    };
    let document = ExecutableDocument::parse_and_validate(&SCHEMA, query, "request.graphql").map_err(|invalid| {
        let errors: Vec<_> = invalid.errors.iter().take(MAX_ERRORS).map(|error| error.to_json()).collect();
        Answer::json(200, &json!({ "errors": errors }))
    })?;
    let chosen = document
        .operations
        .get(operation.as_deref())
        .map_err(|error| Answer::json(200, &json!({ "errors": [error.to_graphql_error(&document.sources)] })))?;
    limits::check(&document, chosen).map_err(|message| refused(200, [message]))?;
    let roots: Vec<_> = root_fields(&document, &chosen.selection_set.selections);
    let target = match chosen.operation_type {
        OperationType::Query | OperationType::Subscription => Target::Read,
        OperationType::Mutation if roots.iter().any(|root| root.field.starts_with("orderCreate")) => Target::Order,
        OperationType::Mutation => Target::Other,
    };
    let schemas = roots.iter().filter(|root| root.field == "__schema" || root.field == "__type").count();
    limits::check_introspections(schemas).map_err(|message| refused(200, [message]))?;
    let introspects = schemas > 0;
    Ok(Prepared { operation, variables, roots, target, introspects, document })
}

fn root_fields(document: &ExecutableDocument, selections: &[Selection]) -> Vec<Root> {
    let inside = |selection: &Selection| match selection {
        Selection::Field(field) => {
            vec![Root { key: field.response_key().to_string(), field: field.name.to_string() }]
        }
        Selection::InlineFragment(inline) => root_fields(document, &inline.selection_set.selections),
        Selection::FragmentSpread(spread) => match document.fragments.get(&spread.fragment_name) {
            Some(fragment) => root_fields(document, &fragment.selection_set.selections),
            None => Vec::new(),
        },
    };
    selections.iter().flat_map(inside).collect()
}

impl Prepared {
    /// Every field at the top as null: what the platform answers to someone it does not know.
    pub(crate) fn all_null(&self) -> Answer {
        let data: JsonMap = self.roots.iter().map(|root| (root.key.as_str().into(), JsonValue::Null)).collect();
        written(&ExecutionResponse { data: Some(data), errors: Vec::new() })
    }

    /// Sets the orders in an answer to null; the other fields stay.
    pub(crate) fn order_nulled(&self, mut answer: Value) -> Value {
        let orders = self.target == Target::Order;
        for root in &self.roots {
            if !orders || root.field.starts_with("orderCreate") {
                answer["data"][&root.key] = Value::Null;
            }
        }
        answer
    }

    /// Takes one field out of an answer: it becomes null, or the nearest object around it that may be null, and an
    /// error says so. An empty path means the last item of the first list, or the first field.
    pub(crate) fn field_failed(&self, answer: Value, path: &str, message: &str) -> Value {
        let Ok(chosen) = self.document.operations.get(self.operation.as_deref()) else { return answer };
        partial::field_failed(&self.document, chosen, answer, path, message)
    }

    /// Executes the operation. The answer has no `data` if it did not begin.
    pub(crate) fn execute(&self, state: &mut State, context: &Context) -> Answer {
        let world = World { state: RefCell::new(state), context, budget: Budget::new() };
        let name = if self.target == Target::Read { "Query" } else { "Mutation" };
        let root = Node { world: &world, type_name: name.to_owned(), fields: Arc::default() };
        let execution = Execution::new(&SCHEMA, &self.document).operation_name(self.operation.as_deref());
        let result = execution.and_then(|execution| {
            execution.raw_variable_values(&self.variables).enable_schema_introspection(true).execute_sync(&root)
        });
        match result {
            // What was read is not whole; and what was changed is changed: there is data, and it is null.
            Ok(_) if world.budget.is_over() => {
                let path: Vec<_> = self.roots.iter().take(1).map(|root| root.key.as_str()).collect();
                Answer::json(200, &json!({ "data": null, "errors": [{ "message": TOO_MUCH, "path": path }] }))
            }
            Ok(response) => written(&response),
            Err(error) => Answer::json(200, &json!({ "errors": [error.to_graphql_error(&self.document.sources)] })),
        }
    }
}

/// A response as it is written: fields in the order in which they were asked for.
fn written(response: &ExecutionResponse) -> Answer {
    Answer::new(200, "application/json", serde_json::to_vec(response).unwrap_or_default())
}

struct Node<'w, 's> {
    world: &'w World<'s>,
    type_name: String,
    fields: Arc<Object>,
}

impl ObjectValue for Node<'_, '_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let definition = info.field_definition();
        // Reading a root looks through everything.
        let root = matches!(self.type_name.as_str(), "Query" | "Mutation");
        let steps = if root { 1 + self.world.state.borrow().store.size() / 32 } else { 1 };
        if !self.world.budget.steps(steps) {
            return Err(FieldError { message: TOO_MUCH.to_owned() });
        }
        let each = info.field_selections().iter().map(|field| limits::breadth(info.document(), &field.selection_set));
        let each = each.fold(1, u64::saturating_add);
        let value = match self.type_name.as_str() {
            // Whoever lacks a permission gets null, and nobody says why.
            "Query" | "Mutation" if self.world.context.forbidden.iter().any(|one| one == field) => Value::Null,
            "Query" | "Mutation" => {
                let arguments = serde_json::to_value(info.arguments()).unwrap_or_default();
                let Value::Object(arguments) = arguments else { return Err(self.unknown_field_error(info)) };
                let found = if self.type_name == "Query" {
                    queries::answer(self.world, field, &arguments)
                } else {
                    mutations::answer(self.world, field, &arguments).map_err(|message| FieldError { message })?
                };
                found.ok_or_else(|| self.unknown_field_error(info))?
            }
            _ => match (self.fields.get(field).cloned().unwrap_or_default(), info.arguments().get("productIds")) {
                (Value::Array(items), Some(wanted)) if !wanted.is_null() => {
                    let wanted = serde_json::to_value(wanted).unwrap_or_default();
                    let wanted = wanted.as_array().cloned().unwrap_or_default();
                    items.into_iter().filter(|item| wanted.contains(&item["productId"])).collect()
                }
                (value, _) => value,
            },
        };
        Ok(resolved(self.world, &definition.ty, value, each))
    }
}

/// A value as the executor wants it: links are followed, objects become nodes, each of which takes so many steps.
fn resolved<'a>(world: &'a World<'_>, expected: &'a Type, value: Value, each: u64) -> ResolvedValue<'a> {
    match value {
        Value::Array(items) if expected.is_list() => {
            let items = items.into_iter().take_while(|_| !world.budget.is_over());
            ResolvedValue::list(items.map(move |item| resolved(world, expected.item_type(), item, each)))
        }
        Value::Object(fields) => {
            if !world.budget.steps(each) {
                return ResolvedValue::null();
            }
            let fields = match followed(&fields) {
                Some((type_name, id)) => world.state.borrow().store.shared(type_name, id),
                None => Some(Arc::new(fields)),
            };
            let type_name = expected.inner_named_type().to_string();
            ResolvedValue::nullable_object(fields.map(|fields| Node { world, type_name, fields }))
        }
        leaf => match leaf.as_str() {
            Some(text) if !world.budget.text(text.len()) => ResolvedValue::null(),
            _ => ResolvedValue::leaf(leaf),
        },
    }
}
