//! Countersign places orders at customisation platforms: signed, sent once, and with an honest answer about what happened.
//!
//! ```no_run
//! use countersign::spiff::{Client, Order, OrderItem};
//! use countersign::{Options, Outcome};
//!
//! let spiff = Client::new(&Options::new().set("access_key", "…").set("secret_key", "…").set("region", "us"))?;
//! let order = Order::new("1001", true, vec![OrderItem::transaction(1, "e3ac7f3a-a117-46d7-a5f0-232fbc7cfe38")]);
//! match spiff.place_order(&order) {
//!     Ok(placed) => println!("placed: {:?}", placed.id),
//!     // Nobody knows whether it was placed: never send it again. Ask later.
//!     Err(error) if error.outcome() == Some(Outcome::Unknown) => {
//!         println!("{error}; settle it from {:?} on", error.settle_after());
//!     }
//!     // Not placed, for certain. `retryable` says whether the same order may simply be placed again later.
//!     Err(error) => println!("{error} ({})", error.next_step()),
//! }
//! # Ok::<(), countersign::Error>(())
//! ```
//!
//! | module | what lives there |
//! |---|---|
//! | [`spiff`] | the client of Spiff Commerce: orders, and each query and mutation of its GraphQL model as a method |
//! | [`sign_customiser`] | the client of Sign Customiser |
//! | [`client`] | what the clients of both platforms share |
//! | [`platform`] | any operation of any platform by its name: what the other languages are made of |
//! | [`transport`] | how requests travel; replaceable |
//!
//! All else is [`countersign_core`], re-exported: signing and verifying without any client, prepared calls for HTTP stacks
//! of your own, the error and its kinds.
//!
//! A client is made once and shared: it is `Send` and `Sync`, keeps its connections, and stays usable after `fork`.
//!
//! # Minimum supported Rust version
//! 1.89. Raised in minor releases only, and named in the changelog.
#![forbid(unsafe_code)]

#[cfg(feature = "http")]
pub mod client;
#[cfg(feature = "http")]
mod clock;
mod deadline;
mod environment;
#[cfg(feature = "http")]
pub mod platform;
#[cfg(feature = "http")]
mod session;
#[cfg(feature = "http")]
pub mod sign_customiser;
#[cfg(feature = "http")]
pub mod spiff;
pub mod transport;

#[cfg(feature = "http")]
pub use clock::system_time;
pub use countersign_core::{
    Attempt, Band, BodyDigest, Call, Draft, Effect, Error, ErrorKind, Header, HttpDate, Json, Options, Outcome, Parts,
    Problem, Reply, Request, Scheme, Secret, Signer, Timestamp, call, delivery, digest, draft, error, headers, host,
    operation, operations, options, signature,
};
pub use deadline::Deadline;
pub use environment::{options_from_env, options_from_env_where, options_from_variables, secret_from_env};
#[cfg(feature = "http")]
pub use platform::Platform;
#[cfg(feature = "http")]
pub use session::{Answer, Observer};
