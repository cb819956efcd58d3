//! Spiff Commerce: accounts, orders, read-backs and GraphQL.
//!
//! Source of every rule: the platform's developer documentation and its first-party clients. What neither settles is
//! marked *unverified* where it is decided.

mod account;
pub mod document;
pub mod flow;
mod graphql;
#[rustfmt::skip]
pub mod input;
pub mod model;
#[rustfmt::skip]
pub mod operations;
mod order;
mod reads;
#[rustfmt::skip]
pub mod schema;
mod selection;
mod settle;
mod texts;
#[rustfmt::skip]
pub mod types;
mod variables;

pub use crate::placed::PlacedOrder;
pub use account::Account;
pub use flow::{Terminal, Wait};
pub use order::{Address, Design, ExternalData, Order, OrderItem};
pub use reads::MAX_IDS;
pub use settle::{Designs, SeenBundle, SeenTransaction, Settlement, Verdict};
pub use texts::{Artifact, Hidden, JsonKey, JsonText};
