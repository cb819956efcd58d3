//! Stores: what runs a task's statements. SQLite alone is here; every other one is the host's own connection.

#[cfg(feature = "sqlite")]
pub mod sqlite;
