//! Sign Customiser: orders with a bearer token, signed webhooks, and webhook subscriptions.
//!
//! Source of every rule: the vendor's public API reference. Its text is not fully public, so what it leaves open is
//! *unverified*, has a cautious default and can be set otherwise.

mod account;
mod money;
mod order;
mod subscription;
pub mod webhook;

pub use crate::placed::PlacedOrder;
pub use account::Account;
pub(crate) use account::nothing_to_settle_by;
pub use money::minor_units;
pub use order::{Address, Customer, Order, Product};
pub use subscription::{Subscription, Topic};
pub use webhook::{Event, Webhook};
