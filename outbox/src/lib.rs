//! The outbox of Countersign: a shop enqueues a paid order and is done. It is delivered once in effect, whatever crashes.
//!
//! ```no_run
//! use countersign::{Options, Platform};
//! use countersign_outbox::{Accounts, Enqueue, Outbox, Place, Settings};
//!
//! let spiff = Platform::new("spiff", &Options::new().set("access_key", "…").set("secret_key", "…").set("region", "us"))?;
//! let settings = Settings::new(Accounts::from([("shop".to_owned(), spiff)]));
//! let outbox = Outbox::open("sqlite:/var/lib/shop/outbox.db", settings, Place { create: true, ..Place::default() })?;
//! outbox.install()?;
//!
//! // In the payment hook, before it is answered:
//! let order = br#"{"externalId":"1001","paid":true,"orderItems":[{"amountToOrder":1,"transactionId":"e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38"}]}"#;
//! println!("{:?}", outbox.enqueue(None, order, Enqueue::default())?.status);
//!
//! // In a worker, in cron, as often as you like and wherever:
//! println!("{:?}", outbox.drain(20.0, 100)?);
//! # Ok::<(), countersign::Error>(())
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | [`state`] | the machine as data: states, events, transitions |
//! | [`policy`] | every time and number |
//! | [`row`], [`pause`] | what stands in the store of an order, and of an account |
//! | `session` | the connection that a host lends |
//! | [`statement`], `trouble`, `schema` | one step in the store, the tables, and what the dialects say differently |
//! | [`engine`] | tasks, steps and answers: bring your own connection |
//! | `drain`, `reserve`, `enqueue`, `evidence`, `people`, `listing`, `meta` | what is done step by step |
//! | [`OPERATIONS`], [`Steps`], [`Given`] | the same by name and as JSON, for other languages |
//! | `rows`, `accounts` | what stands in the store, read and changed |
//! | [`store`] | SQLite |
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands"))]

mod account;
mod accounts;
mod drain;
pub mod engine;
mod enqueue;
mod evidence;
mod given;
mod listing;
mod meta;
mod operations;
mod outbox;
pub mod pause;
mod people;

pub mod policy;
mod reserve;
pub mod row;
mod rows;
mod schema;
mod session;
pub mod state;
pub mod statement;
mod steps;
pub mod store;
mod trouble;

pub use account::Account;
pub use drain::{Changed, Drained};
pub use engine::{Answer, Asked, Call, Outcome, Step, Task, Told};
pub use enqueue::{Enqueue, Enqueued, Status, Swept, row_key};
pub use evidence::Notified;
pub use given::Given;
pub use listing::{AccountStats, Changes, Checked, Detail, Filter, List, Stats};
pub use operations::{Json, OPERATIONS, Operation};
#[cfg(feature = "sqlite")]
pub use outbox::Outbox;
pub use outbox::{Accounts, Engine, Settings};
pub use people::{Cancelled, Decision};
pub use policy::Policy;
pub use row::{Row, Shown};
pub use state::{Event, Reason, Rules, State};
pub use statement::{Dialect, Paramstyle, Statement, Value, Wants};
pub use steps::Steps;
pub use store::Place;
pub use trouble::{Trouble, TroubleKind};
