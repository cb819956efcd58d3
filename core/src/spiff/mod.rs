//! Spiff Commerce: accounts, orders, and every query and mutation of its GraphQL schema.
//!
//! | module | what lives there |
//! |---|---|
//! | [`operations`] | the queries and mutations, one [`Document`](document::Document) each |
//! | [`input`] | what those with more than a few arguments take |
//! | [`types`] | what the platform answers |
//! | [`document`] | what a row of an operation says |
//! | [`asked`] | how an input is checked, split and sent, the same for all of them |
//! | [`model`] | the schema as data: types, fields, and what each rests on |
//! | [`flow`] | process executions: what they are given, and how to wait for their end |
//!
//! Source of every rule: the platform's developer documentation and its first-party clients. What neither settles is
//! marked *unverified* where it is decided.

mod account;
mod answered;
pub mod asked;
pub mod document;
pub mod flow;
mod graphql;
#[rustfmt::skip]
pub mod input;
pub mod model;
#[rustfmt::skip]
pub mod operations;
mod order;
mod page;
mod raw;
#[rustfmt::skip]
mod schema;
mod selection;
mod settle;
mod texts;
#[rustfmt::skip]
pub mod types;
mod variables;

pub use crate::draft::Designs;
pub use crate::placed::PlacedOrder;
pub use account::Account;
pub use flow::{Pace, Terminal, Wait};
pub use order::{Address, Design, ExternalData, ORDER_CREATE, Order, OrderItem};
pub(crate) use raw::effect_of;
pub use settle::{Doubt, SPACING, Seen, SeenBundle, SeenTransaction, Settlement, Sight, Verdict, judge};
pub use texts::{Artifact, Hidden, JsonKey, JsonText};
