//! The two platforms.

/// The platform a listener stands in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Spiff,
    SignCustomiser,
}

impl Platform {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Spiff => "spiff",
            Self::SignCustomiser => "sign_customiser",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Spiff, Self::SignCustomiser].into_iter().find(|platform| platform.name() == name)
    }
}
