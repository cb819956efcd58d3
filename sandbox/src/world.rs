//! What the fields of an operation see while it runs: the objects, and what came with the request.

use crate::limits::Budget;
use crate::state::State;
use std::cell::RefCell;

/// What a request brings along that is not in its document.
pub(crate) struct Context {
    pub(crate) request: String,
    pub(crate) body: String,
    pub(crate) transaction_owner: Option<String>,
    pub(crate) bundle_owner: Option<String>,
    /// Lists come back one shorter than asked for.
    pub(crate) drop_items: bool,
    /// The fields at the top that the credentials have no permission for.
    pub(crate) forbidden: Vec<String>,
}

/// The objects, while an operation runs.
pub(crate) struct World<'s> {
    pub(crate) state: RefCell<&'s mut State>,
    pub(crate) context: &'s Context,
    pub(crate) budget: Budget,
}
