//! Stores: what runs a task's statements. SQLite alone is here; every other one is the host's own connection.

#[cfg(feature = "sqlite")]
pub mod sqlite;

/// Whether the file may be made, and where it may lie.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// Make the file where it is missing.
    pub create: bool,
    /// Take a place that loses it, that cannot be shared, or that a web server shows.
    pub anywhere: bool,
}
