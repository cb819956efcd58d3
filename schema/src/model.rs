//! The schema and the documents of `operations/`, read into what the writers of each language need.

use apollo_compiler::ast::{Directive, DirectiveList, OperationType, Type as AstType};
use apollo_compiler::executable::{Selection, SelectionSet};
use apollo_compiler::schema::{DirectiveList as TypeDirectives, ExtendedType, FieldDefinition};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Node, Schema};
use std::path::Path;

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The platform answers it.
    Object,
    /// The caller gives it.
    Input,
    /// One word of several.
    Enum,
}

/// One type.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What it means.
    pub words: String,
    /// What it rests on: `REFERENCE`, `EXAMPLE`, `CLIENT` or `INFERRED`.
    pub source: String,
    /// Its fields, or the words of an enum.
    pub fields: Vec<Field>,
}

/// A field of a type, an argument of a field, or a word of an enum.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type as GraphQL writes it.
    pub ty: String,
    /// What it means.
    pub words: String,
    /// What it rests on.
    pub source: String,
    /// Its text is JSON.
    pub json: bool,
    /// Its text grants access.
    pub secret: bool,
    /// Its entries are what start terminals are given.
    pub terminals: bool,
    /// It is written into the document.
    pub literal: bool,
    /// The most entries at once; 0 where nothing is said.
    pub batch: u32,
    /// It places an order.
    pub places: bool,
    /// The arguments it takes.
    pub arguments: Vec<Field>,
}

/// One operation that every language offers.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Our name, in snake case: the name of its file.
    pub name: String,
    /// The name in its document.
    pub title: String,
    /// Whether it changes something.
    pub mutation: bool,
    /// Whether what it makes is an order.
    pub places: bool,
    /// The field of `Query` or `Mutation`.
    pub field: String,
    /// What it does.
    pub words: String,
    /// What it rests on.
    pub source: String,
    /// The variables of its document, with the words of the arguments that they fill.
    pub arguments: Vec<Field>,
    /// The type of its answer.
    pub answer: String,
    /// What it asks for unless told otherwise, on one line; empty for an answer without fields.
    pub selection: String,
    /// The answered objects: the items of a feed, else the answer; empty for an answer without fields.
    pub of: String,
    /// It answers items, perhaps by pages.
    pub feed: bool,
    /// Its answer is aligned with `ids`.
    pub aligned: bool,
}

impl Operation {
    /// The argument that is split when it is too long.
    pub fn batch(&self) -> Option<&Field> {
        self.arguments.iter().find(|argument| argument.batch > 0)
    }

    /// Whether its feed has pages.
    pub fn paged(&self) -> bool {
        self.feed && self.arguments.iter().any(|argument| argument.name == "offset")
    }
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Model {
    /// Types in the order of the schema, `Query` and `Mutation` among them.
    pub types: Vec<Type>,
    /// Operations by their names.
    pub operations: Vec<Operation>,
}

/// The name of the type without lists and exclamation marks.
pub fn bare(ty: &str) -> &str {
    ty.trim_matches(['[', ']', '!'])
}

impl Model {
    /// Reads the schema and the documents of a folder.
    ///
    /// # Errors
    /// What is wrong with one of them, in words.
    pub fn read(schema: &str, operations: &Path) -> Result<Self, String> {
        let schema = Schema::parse_and_validate(schema, "spiff.graphql").map_err(|with| with.errors.to_string())?;
        let types: Vec<Type> = schema
            .types
            .iter()
            .filter(|(name, it)| !it.is_built_in() && name.as_str() != "Source")
            .filter_map(|(_, it)| type_of(it))
            .collect();
        let mut model = Self { types, operations: Vec::new() };
        let mut files: Vec<_> = std::fs::read_dir(operations)
            .and_then(Iterator::collect::<Result<_, _>>)
            .map_err(|error| format!("{}: {error}", operations.display()))?;
        files.sort_by_key(std::fs::DirEntry::file_name);
        for file in files {
            let path = file.path();
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let operation =
                model.operation(&schema, &path, &text).map_err(|error| format!("{}: {error}", path.display()))?;
            model.operations.push(operation);
        }
        Ok(model)
    }

    /// The type of this name.
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.types.iter().find(|it| it.name == bare(name))
    }

    /// Whether a type has fields to select.
    pub fn is_object(&self, name: &str) -> bool {
        self.get(name).is_some_and(|it| it.kind == Kind::Object)
    }

    fn operation(&self, schema: &Valid<Schema>, path: &Path, text: &str) -> Result<Operation, String> {
        let document =
            ExecutableDocument::parse_and_validate(schema, text, path).map_err(|with| with.errors.to_string())?;
        let mut named = document.operations.named.iter();
        let (Some((title, operation)), None, None) = (named.next(), named.next(), &document.operations.anonymous)
        else {
            return Err("one operation with a name is due".to_owned());
        };
        let [Selection::Field(root)] = operation.selection_set.selections.as_slice() else {
            return Err("one field at the top is due".to_owned());
        };
        let mutation = operation.operation_type == OperationType::Mutation;
        let of = self
            .get(if mutation { "Mutation" } else { "Query" })
            .and_then(|it| it.fields.iter().find(|field| field.name == root.name.as_str()))
            .ok_or("the field at the top is not known")?;
        let mut arguments = Vec::new();
        for variable in &operation.variables {
            let argument = of.arguments.iter().find(|argument| argument.name == variable.name.as_str());
            let used = root.arguments.iter().any(|one| {
                one.name == variable.name && one.value.as_variable().is_some_and(|value| *value == variable.name)
            });
            let argument = argument.filter(|_| used);
            let argument = argument.ok_or(format!("${} has to be the argument of the same name", variable.name))?;
            arguments.push(Field { ty: variable.ty.to_string(), ..argument.clone() });
        }
        let feed = bare(&of.ty).ends_with("Feed");
        let items = self
            .get(&of.ty)
            .filter(|_| feed)
            .and_then(|it| it.fields.iter().find(|field| field.name == "items"))
            .map(|items| bare(&items.ty).to_owned());
        let selected = match root.selection_set.selections.iter().find_map(Selection::as_field) {
            Some(items) if feed => &items.selection_set,
            _ => &root.selection_set,
        };
        let answered = items.unwrap_or_else(|| bare(&of.ty).to_owned());
        let has_id = self.get(&answered).is_some_and(|it| it.fields.iter().any(|field| field.name == "id"));
        let aligned = of.ty.starts_with('[') && has_id && arguments.iter().any(|a| a.name == "ids" && a.batch > 0);
        Ok(Operation {
            name: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            title: title.to_string(),
            mutation,
            places: of.places,
            field: of.name.clone(),
            words: of.words.clone(),
            source: of.source.clone(),
            arguments,
            answer: of.ty.clone(),
            selection: compact(selected),
            of: if self.is_object(&answered) { answered } else { String::new() },
            feed,
            aligned,
        })
    }
}

fn compact(set: &SelectionSet) -> String {
    let fields = set.selections.iter().filter_map(Selection::as_field).map(|field| {
        let inner = compact(&field.selection_set);
        if inner.is_empty() { field.name.to_string() } else { format!("{} {{ {inner} }}", field.name) }
    });
    fields.collect::<Vec<_>>().join(" ")
}

fn words(description: Option<&Node<str>>) -> String {
    description.map(ToString::to_string).unwrap_or_default()
}

fn source<'d>(mut directives: impl Iterator<Item = &'d Directive>) -> Option<String> {
    let src = directives.find(|directive| directive.name == "src")?;
    src.specified_argument_by_name("s").map(|source| source.to_string())
}

fn type_source(directives: &TypeDirectives) -> String {
    source(directives.iter().map(|one| &***one)).unwrap_or_else(|| "CLIENT".to_owned())
}

fn field(name: &str, ty: &AstType, description: Option<&Node<str>>, directives: &DirectiveList, from: &str) -> Field {
    let batch = directives.get("batch").and_then(|batch| batch.specified_argument_by_name("size")?.to_i32());
    Field {
        name: name.to_owned(),
        ty: ty.to_string(),
        words: words(description),
        source: source(directives.iter().map(|one| &**one)).unwrap_or_else(|| from.to_owned()),
        json: directives.has("json"),
        secret: directives.has("secret"),
        terminals: directives.has("terminals"),
        literal: directives.has("literal"),
        batch: batch.and_then(|size| size.try_into().ok()).unwrap_or(0),
        places: directives.has("places"),
        arguments: Vec::new(),
    }
}

fn with_arguments(it: &FieldDefinition, from: &str) -> Field {
    let mut made = field(&it.name, &it.ty, it.description.as_ref(), &it.directives, from);
    made.arguments = it
        .arguments
        .iter()
        .map(|one| field(&one.name, &one.ty, one.description.as_ref(), &one.directives, &made.source))
        .collect();
    made
}

fn type_of(it: &ExtendedType) -> Option<Type> {
    let from = type_source(it.directives());
    let (kind, fields) = match it {
        ExtendedType::Object(object) => {
            (Kind::Object, object.fields.values().map(|one| with_arguments(one, &from)).collect())
        }
        ExtendedType::InputObject(input) => (
            Kind::Input,
            input
                .fields
                .values()
                .map(|one| field(&one.name, &one.ty, one.description.as_ref(), &one.directives, &from))
                .collect(),
        ),
        ExtendedType::Enum(one) => {
            let string = AstType::Named(apollo_compiler::name!("String"));
            let values = one.values.values();
            (
                Kind::Enum,
                values
                    .map(|value| field(&value.value, &string, value.description.as_ref(), &value.directives, &from))
                    .collect(),
            )
        }
        _ => return None,
    };
    Some(Type { name: it.name().to_string(), kind, words: words(it.description()), source: from, fields })
}
