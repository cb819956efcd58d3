//! The two platforms, and which paths are GraphQL.

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

/// Whether this is where GraphQL is answered: under any prefix, such as a proxy has, but for one that is or ends in a path
/// of the platform. A client that was given the whole address instead of the base of it should hear so here.
pub(crate) fn is_graphql(path: &str) -> bool {
    let Some(prefix) = path.strip_suffix("/graphql") else { return false };
    let known = ["/graphql", "/api/v2/orders", "/targets"].iter().any(|known| prefix.ends_with(known));
    let read = ["/api/transactions/", "/artifacts/"].iter().any(|known| prefix.contains(known));
    !known && !read
}
