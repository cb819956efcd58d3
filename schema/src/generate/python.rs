use super::File;
use crate::model::Model;
pub(super) fn types(_: &Model) -> File {
    ("x", String::new())
}
pub(super) fn methods(_: &Model) -> File {
    ("x", String::new())
}
