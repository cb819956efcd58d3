//! The sandbox from outside: over raw sockets, because a client library would hide what is tested here.

mod auth;
mod changes;
mod control;
mod customiser;
mod faults;
mod graphql;
mod http;
mod markup;
mod orders;
mod page;
mod processes;
mod schema;
mod sign_customiser;
mod strangers;
mod webhooks;

use countersign_sandbox::{Options, Sandbox};

/// A sandbox on free ports.
fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).expect("two free ports on loopback")
}
