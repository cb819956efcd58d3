//! `docs/spiff-model.md`.
use super::File;
use crate::model::Model;
pub(super) fn reference(_: &Model) -> File {
    ("docs/spiff-model.md", String::new())
}
