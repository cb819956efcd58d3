//! How to start a sandbox, and what it accepts.

/// The credentials that the sandbox accepts unless told otherwise. They are public and good for nothing else.
pub mod credentials {
    /// Spiff access key.
    pub const ACCESS_KEY: &str = "test_access_key";
    /// Spiff secret key.
    pub const SECRET_KEY: &str = "test_secret_key";
    /// Spiff application key.
    pub const APPLICATION_KEY: &str = "test_application_key";
    /// Sign Customiser API token.
    pub const API_TOKEN: &str = "test_api_token";
    /// Sign Customiser integration secret: signs the create-product callback.
    pub const INTEGRATION_SECRET: &str = "test_integration_secret";
    /// Sign Customiser webhook secret: that of the first subscription, and of samples.
    pub const WEBHOOK_SECRET: &str = "test_webhook_secret";
}

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the Spiff listener; 0 takes a free one.
    pub spiff_port: u16,
    /// Port of the Sign Customiser listener; 0 takes a free one.
    pub sign_customiser_port: u16,
    /// See [`credentials::ACCESS_KEY`].
    pub access_key: String,
    /// See [`credentials::SECRET_KEY`].
    pub secret_key: String,
    /// See [`credentials::APPLICATION_KEY`].
    pub application_key: String,
    /// See [`credentials::API_TOKEN`].
    pub api_token: String,
    /// See [`credentials::INTEGRATION_SECRET`].
    pub integration_secret: String,
    /// See [`credentials::WEBHOOK_SECRET`].
    pub webhook_secret: String,
    /// Refuses signed requests whose Date is further from now than this, either way; `None` leaves dates unjudged.
    pub date_window_seconds: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            spiff_port: 0,
            sign_customiser_port: 0,
            access_key: credentials::ACCESS_KEY.to_owned(),
            secret_key: credentials::SECRET_KEY.to_owned(),
            application_key: credentials::APPLICATION_KEY.to_owned(),
            api_token: credentials::API_TOKEN.to_owned(),
            integration_secret: credentials::INTEGRATION_SECRET.to_owned(),
            webhook_secret: credentials::WEBHOOK_SECRET.to_owned(),
            date_window_seconds: None,
        }
    }
}
