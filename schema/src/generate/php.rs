use super::File;
use crate::model::Model;
pub(super) fn operations(_: &Model) -> File {
    ("bindings/php/src/SpiffOperations.php", String::new())
}
