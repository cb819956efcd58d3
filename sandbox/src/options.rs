//! How to start a sandbox, and what it accepts.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

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
    /// The address both listeners bind to: 127.0.0.1 unless told otherwise. With any but a loopback address, other machines
    /// reach the sandbox, read its credentials and steer it.
    pub host: IpAddr,
    /// Names, beside loopback names and addresses, under which requests are answered: what a `Host` header may say, without
    /// a port. Anything else is answered with 421, so that a web page whose name leads here reads nothing.
    pub allowed_hosts: Vec<String>,
    /// How long the head of a request may take to arrive, then its body; how long a connection may be idle, and a reply
    /// unread. After that the connection is closed.
    pub request_timeout: Duration,
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
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            allowed_hosts: Vec::new(),
            request_timeout: Duration::from_secs(30),
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
