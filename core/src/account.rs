//! What the account of every platform can do.

use crate::call::Call;
use crate::draft::Draft;
use crate::error::Error;
use crate::operation::Operation;
use crate::options::{Options, Scope};
use crate::placed::PlacedOrder;
use crate::time::Timestamp;
use crate::{operations, sign_customiser, spiff};

/// The account of a platform: who calls, and where. Pure: give it a time and it prepares calls.
pub trait Account: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// Its platform.
    const SCOPE: Scope;

    /// Every operation of the platform.
    const OPERATIONS: &'static [Operation<Self>];

    /// An account with these options.
    ///
    /// # Errors
    /// `configuration` for what is missing or does not fit, `invalid_argument` for an unusable key.
    fn of_options(options: &Options) -> Result<Self, Error>;

    /// Checks an order given as JSON, and writes it as it will be signed and sent.
    ///
    /// # Errors
    /// `invalid_json` if it is not JSON, `invalid_order` with every problem.
    fn draft(&self, order: &[u8]) -> Result<Draft, Error>;

    /// Makes the call of a draft, for one attempt.
    ///
    /// # Errors
    /// `invalid_argument` for a draft of another platform.
    fn sign(&self, draft: &Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error>;

    /// Seconds after signing from which an order in doubt may count as absent.
    fn settle_delay(&self) -> u32;

    /// By which credential it calls, in a form that may be stored: the same for the same one, and nothing of a secret.
    fn credential(&self) -> String;
}

macro_rules! account {
    ($platform:ident, $scope:ident, $operations:ident) => {
        impl Account for $platform::Account {
            const SCOPE: Scope = Scope::$scope;
            const OPERATIONS: &'static [Operation<Self>] = operations::$operations;

            fn of_options(options: &Options) -> Result<Self, Error> {
                Self::new(options)
            }

            fn draft(&self, order: &[u8]) -> Result<Draft, Error> {
                self.draft(order)
            }

            fn sign(&self, draft: &Draft, now: Timestamp) -> Result<Call<PlacedOrder>, Error> {
                self.sign(draft, now)
            }

            fn settle_delay(&self) -> u32 {
                self.settle_delay()
            }

            fn credential(&self) -> String {
                self.credential()
            }
        }
    };
}

account!(spiff, Spiff, SPIFF);
account!(sign_customiser, SignCustomiser, SIGN_CUSTOMISER);
