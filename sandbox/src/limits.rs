//! What one GraphQL request may cost: a small document can ask for more than any machine has.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::Name;
use apollo_compiler::executable::{Operation, Selection, SelectionSet};
use apollo_compiler::introspection::check_max_depth;
use apollo_compiler::validation::Valid;
use std::cell::Cell;
use std::collections::HashMap;

/// The longest document.
pub(crate) const MAX_DOCUMENT: usize = 512 * 1024;

/// How many fields an operation may ask for when every fragment is written out.
const MAX_FIELDS: u64 = 20_000;

/// How deep fields and fragments may stand in each other.
const MAX_DEPTH: u32 = 64;

/// How often the schema may be asked for in one operation.
const MAX_INTROSPECTIONS: usize = 8;

/// How many steps answering may take, and how many bytes of text the answer may have.
const MAX_STEPS: u64 = 300_000;
const MAX_TEXT: u64 = 64 * 1024 * 1024;

/// What everyone is told who asks for more.
pub(crate) const TOO_MUCH: &str =
    "The request asks for too much: ask for fewer fields, or for fewer objects at a time.";

/// Refuses an operation that multiplies.
pub(crate) fn check(document: &Valid<ExecutableDocument>, operation: &Operation) -> Result<(), String> {
    let mut seen = HashMap::new();
    let (fields, _) = expanded(document, &operation.selection_set, 0, &mut seen)?;
    if fields > MAX_FIELDS {
        return Err(format!("The operation asks for more than {MAX_FIELDS} fields. {TOO_MUCH}"));
    }
    check_max_depth(document, operation).map_err(|error| format!("{}. {TOO_MUCH}", error.message()))
}

/// Refuses an operation that asks for the schema again and again. Only after [`check`]: it writes fragments out.
pub(crate) fn check_introspections(count: usize) -> Result<(), String> {
    if count > MAX_INTROSPECTIONS {
        return Err(format!("The operation asks for the schema more than {MAX_INTROSPECTIONS} times."));
    }
    Ok(())
}

/// How many selections there are with every fragment written out, and how deep they go. Each fragment is counted once.
fn expanded<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    depth: u32,
    seen: &mut HashMap<&'d Name, (u64, u32)>,
) -> Result<(u64, u32), String> {
    let too_deep = || format!("Fields and fragments stand more than {MAX_DEPTH} deep in each other.");
    if depth > MAX_DEPTH {
        return Err(too_deep());
    }
    let (mut sum, mut height) = (0_u64, 0);
    for selection in &set.selections {
        let (inside, below) = match selection {
            Selection::Field(field) => expanded(document, &field.selection_set, depth + 1, seen)?,
            Selection::InlineFragment(inline) => expanded(document, &inline.selection_set, depth + 1, seen)?,
            Selection::FragmentSpread(spread) => match seen.get(&spread.fragment_name) {
                Some(known) => *known,
                None => {
                    let fragment = document.fragments.get(&spread.fragment_name);
                    let inside = match fragment {
                        Some(fragment) => expanded(document, &fragment.selection_set, depth + 1, seen)?,
                        None => (0, 0),
                    };
                    seen.insert(&spread.fragment_name, inside);
                    inside
                }
            },
        };
        sum = sum.saturating_add(1).saturating_add(inside);
        height = height.max(below + 1);
        // A fragment that was counted before may stand deeper here.
        if depth + height > MAX_DEPTH + 1 {
            return Err(too_deep());
        }
    }
    Ok((sum, height))
}

/// How many selections one object is asked for, fragments written out.
pub(crate) fn breadth(document: &ExecutableDocument, set: &SelectionSet) -> u64 {
    let of = |selection: &Selection| match selection {
        Selection::Field(_) => 1,
        Selection::InlineFragment(inline) => 1 + breadth(document, &inline.selection_set),
        Selection::FragmentSpread(spread) => {
            1 + document.fragments.get(&spread.fragment_name).map_or(0, |one| breadth(document, &one.selection_set))
        }
    };
    set.selections.iter().map(of).sum()
}

/// What is left while an operation runs.
pub(crate) struct Budget {
    steps: Cell<u64>,
    text: Cell<u64>,
    over: Cell<bool>,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { steps: Cell::new(MAX_STEPS), text: Cell::new(MAX_TEXT), over: Cell::new(false) }
    }

    fn take(&self, from: &Cell<u64>, amount: u64) -> bool {
        match from.get().checked_sub(amount) {
            Some(left) if !self.over.get() => from.set(left),
            _ => self.over.set(true),
        }
        !self.over.get()
    }

    /// Takes steps; `false` when there are none left, from then on always.
    pub(crate) fn steps(&self, amount: u64) -> bool {
        self.take(&self.steps, amount)
    }

    /// Takes bytes of text.
    pub(crate) fn text(&self, amount: usize) -> bool {
        self.take(&self.text, amount as u64)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over.get()
    }
}
