use super::File;
use crate::model::Model;
pub(super) fn types(_: &Model) -> File {
    ("bindings/node/spiff.d.ts", String::new())
}
