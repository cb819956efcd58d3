//! The GraphQL schema of Spiff Commerce, as far as public material shows it.
//!
//! `spiff.graphql` is the one source for it: the sandbox answers by it and the typed model is generated from it. Each
//! definition carries `@src`, which says what it rests on; read the file's first lines before relying on anything
//! marked `INFERRED`.
//!
//! `operations/` has one document per operation: the file's name is ours for it, its variables are what it takes (the
//! strictest types that the platform may want), its selection is what is asked for unless told otherwise. A default stays
//! inside the reference; a first line `# Beyond the reference: …` names what does not.
//!
//! [`model`] reads both, [`generate`] writes the typed model of every language; `make generate` runs it. [`current`] tells of
//! any generated file whether it is what is generated now.

#![forbid(unsafe_code)]

/// The schema in GraphQL's schema definition language.
pub const SPIFF: &str = include_str!("../spiff.graphql");

pub mod current;
pub mod generate;
pub mod model;
