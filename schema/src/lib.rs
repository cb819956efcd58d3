//! The GraphQL schema of Spiff Commerce, as far as public material shows it.
//!
//! `spiff.graphql` is the one source for it: the sandbox answers by it and the typed model is generated from it. Each
//! definition carries `@src`, which says what it rests on; read the file's first lines before relying on anything
//! marked `INFERRED`.

#![forbid(unsafe_code)]

/// The schema in GraphQL's schema definition language.
pub const SPIFF: &str = include_str!("../spiff.graphql");

pub mod generate;
pub mod model;
