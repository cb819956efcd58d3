//! What exists before anyone does anything: a partner with a shop, its catalogue, its shoppers, what they made and
//! ordered, and the flows that ran on it. Links hold both ways, and the same ids come with every start.
//!
//! Most objects are there twice: once with every field, once with as little as the platform may give, so that a client
//! meets nulls before its users do.

mod catalogue;
mod flows;
mod history;

use crate::store::Store;

/// Fixed ids, so that a test can name them without asking first.
pub(crate) mod ids {
    pub(crate) const PARTNER: &str = "5a000000-0000-4000-8000-000000000001";
    pub(crate) const INTEGRATION: &str = "5a000000-0000-4000-8000-000000000002";
    pub(crate) const MUG: &str = "5a000000-0000-4000-8000-000000000003";
    pub(crate) const SHIRT: &str = "5a000000-0000-4000-8000-000000000004";
    pub(crate) const MUG_LINK: &str = "5a000000-0000-4000-8000-000000000005";
    pub(crate) const SHIRT_LINK: &str = "5a000000-0000-4000-8000-000000000006";
    pub(crate) const MUG_WORKFLOW: &str = "5a000000-0000-4000-8000-000000000007";
    pub(crate) const SHIRT_WORKFLOW: &str = "5a000000-0000-4000-8000-000000000008";
    pub(crate) const CONVERSION: &str = "5a000000-0000-4000-8000-000000000009";
    pub(crate) const CUSTOMER: &str = "5a000000-0000-4000-8000-000000000010";
    pub(crate) const FLOW: &str = "5a000000-0000-4000-8000-000000000011";
    pub(crate) const FLOW_CONTEXT: &str = "5a000000-0000-4000-8000-000000000012";
    pub(crate) const PROPERTIES: &str = "5a000000-0000-4000-8000-000000000013";
    pub(crate) const METAFIELD: &str = "5a000000-0000-4000-8000-000000000014";
    pub(crate) const COLLECTION: &str = "5a000000-0000-4000-8000-000000000015";
    pub(crate) const OPTION: &str = "5a000000-0000-4000-8000-000000000016";
    pub(crate) const RESELLER: &str = "5a000000-0000-4000-8000-000000000017";
    pub(crate) const HUB: &str = "5a000000-0000-4000-8000-000000000018";
    pub(crate) const CLOSED: &str = "5a000000-0000-4000-8000-000000000019";
    pub(crate) const POSTER: &str = "5a000000-0000-4000-8000-000000000020";
    pub(crate) const POSTER_LINK: &str = "5a000000-0000-4000-8000-000000000021";
    pub(crate) const MUG_HUB_LINK: &str = "5a000000-0000-4000-8000-000000000022";
    pub(crate) const CONVERSION_BARE: &str = "5a000000-0000-4000-8000-000000000023";
    pub(crate) const METAFIELD_JSON: &str = "5a000000-0000-4000-8000-000000000024";
    pub(crate) const METAFIELD_SHOP: &str = "5a000000-0000-4000-8000-000000000025";
    pub(crate) const PROPERTIES_BARE: &str = "5a000000-0000-4000-8000-000000000026";
    pub(crate) const COLLECTION_BARE: &str = "5a000000-0000-4000-8000-000000000027";
    pub(crate) const OPTION_BARE: &str = "5a000000-0000-4000-8000-000000000028";
    pub(crate) const WORKFLOW_BARE: &str = "5a000000-0000-4000-8000-000000000029";

    pub(crate) const APPROVER: &str = "5a000000-0000-4000-8000-000000000030";
    pub(crate) const VIEWER: &str = "5a000000-0000-4000-8000-000000000031";
    /// Ordered, in the ordered bundle.
    pub(crate) const ORDERED_MUG: &str = "5a000000-0000-4000-8000-000000000040";
    pub(crate) const ORDERED_SHIRT: &str = "5a000000-0000-4000-8000-000000000041";
    /// In the template, not ordered.
    pub(crate) const MUG_DESIGN: &str = "5a000000-0000-4000-8000-000000000042";
    /// A copy of that, ordered and rejected.
    pub(crate) const COPIED_DESIGN: &str = "5a000000-0000-4000-8000-000000000043";
    /// Many variations from one table; not complete.
    pub(crate) const BULK_DESIGN: &str = "5a000000-0000-4000-8000-000000000044";
    pub(crate) const ORDERED_BUNDLE: &str = "5a000000-0000-4000-8000-000000000050";
    pub(crate) const TEMPLATE_BUNDLE: &str = "5a000000-0000-4000-8000-000000000051";
    pub(crate) const EMPTY_BUNDLE: &str = "5a000000-0000-4000-8000-000000000052";
    pub(crate) const ORDER: &str = "5a000000-0000-4000-8000-000000000060";
    pub(crate) const REJECTED_ORDER: &str = "5a000000-0000-4000-8000-000000000061";

    /// Fails at its last node, always.
    pub(crate) const FAILING_FLOW: &str = "5a000000-0000-4000-8000-000000000070";
    pub(crate) const BARE_FLOW: &str = "5a000000-0000-4000-8000-000000000071";
    pub(crate) const DONE: &str = "5a000000-0000-4000-8000-000000000080";
    pub(crate) const FAILED: &str = "5a000000-0000-4000-8000-000000000081";
    pub(crate) const RUNNING: &str = "5a000000-0000-4000-8000-000000000082";

    /// What was filled in for a bundle's global properties, and the templates to fill in from.
    pub(crate) const PROPERTY_STATES: [&str; 2] =
        ["5a000000-0000-4000-8000-000000000090", "5a000000-0000-4000-8000-000000000091"];
    pub(crate) const PROPERTY_TEMPLATES: [&str; 3] = [
        "5a000000-0000-4000-8000-000000000092",
        "5a000000-0000-4000-8000-000000000093",
        "5a000000-0000-4000-8000-000000000094",
    ];
}

/// The shop's own ids of the seeded integration and products.
pub(crate) const EXTERNAL_INTEGRATION: &str = "sandbox-shop";

/// When the catalogue was made; the rest came later.
const THEN: &str = "2024-01-01T00:00:00.000Z";

/// Fills an empty store.
pub(crate) fn seed(store: &mut Store, base: &str) {
    catalogue::seed(store, base);
    history::seed(store, base);
    flows::seed(store, base);
}
