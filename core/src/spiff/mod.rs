//! Spiff Commerce: accounts, orders, read-backs and GraphQL.
//!
//! Source of every rule: the platform's developer documentation and its first-party clients. What neither settles is
//! marked *unverified* where it is decided.

mod account;
mod graphql;
mod order;
mod reads;
mod settle;
pub mod types;

pub use crate::placed::PlacedOrder;
pub use account::Account;
pub use order::{Address, Design, ExternalData, Order, OrderItem};
pub use reads::MAX_IDS;
pub use settle::{Designs, Settlement, Verdict};
