//! Both customisation platforms on loopback, for tests, demos and anyone's CI.
//!
//! One listener stands in for Spiff Commerce (signed REST, GraphQL), one for Sign Customiser (bearer REST, signed
//! webhooks). They follow what the platforms' documents say, verify signatures over the bytes that arrived, remember
//! every request, and misbehave on demand: see the package's README for the control interface under `/_/`.
//!
//! ```
//! use countersign_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! let transaction = sandbox.create_transaction();
//! sandbox.faults(r#"{"fault":"accept_then_hang","target":"order"}"#).unwrap();
//! // … place an order for `transaction` at sandbox.spiff_url(), see what your code makes of silence …
//! assert_eq!(sandbox.orders().len(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The sandbox runs on its own thread with its own runtime, so that blocking code can use it. Dropping it stops the
//! listeners and joins the thread.

#![forbid(unsafe_code)]

mod auth;
mod clock;
mod control;
mod faults;
mod graphql;
mod http;
mod mutations;
mod orders;
mod page;
mod partial;
mod past;
mod platform;
mod processes;
mod queries;
mod schema;
mod seed;
mod server;
mod sign_customiser;
mod spiff;
mod state;
mod store;
mod webhooks;
mod wire;
mod world;

use auth::SpiffKeys;
use platform::Platform;
use serde_json::{Value, json};
use state::Shared;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

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

/// A running sandbox.
pub struct Sandbox {
    shared: Arc<Shared>,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts both listeners on 127.0.0.1. When it returns, they answer.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrInUse`] if a port is taken, with a sentence that names it;
    /// [`io::ErrorKind::InvalidInput`] if the key pair cannot sign.
    pub fn start(options: Options) -> io::Result<Self> {
        let keys = SpiffKeys::new(&options.access_key, &options.secret_key, &options.application_key)
            .map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        let spiff = bind(options.spiff_port)?;
        let sign_customiser = bind(options.sign_customiser_port)?;
        let url = |listener: &TcpListener| io::Result::Ok(format!("http://{}", listener.local_addr()?));
        let shared = Arc::new(Shared::new(options, keys, url(&spiff)?, url(&sign_customiser)?));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let handle = runtime.handle().clone();
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("countersign-sandbox".to_owned())
            .spawn(move || run(runtime, spiff, sign_customiser, for_thread, stopped))?;
        Ok(Self { shared, runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT` of the Spiff listener.
    pub fn spiff_url(&self) -> &str {
        &self.shared.spiff_url
    }

    /// `http://127.0.0.1:PORT` of the Sign Customiser listener.
    pub fn sign_customiser_url(&self) -> &str {
        &self.shared.sign_customiser_url
    }

    /// Addresses, credentials and the environment for a client, as one line of JSON.
    pub fn ready_line(&self) -> String {
        ready(&self.shared).to_string()
    }

    /// The same control as over HTTP: `control("POST", "/_/settings", r#"{"dedupe":true}"#)`. An empty body is `{}`.
    ///
    /// It blocks while a webhook is being delivered.
    ///
    /// # Errors
    /// The message that HTTP would answer.
    pub fn control(&self, method: &str, path: &str, body: &str) -> Result<Value, String> {
        let path = path.strip_prefix("/_/").unwrap_or(path);
        let body = if body.is_empty() { "{}" } else { body };
        let given: Value = serde_json::from_str(body).map_err(|error| format!("The body is not JSON: {error}."))?;
        match (method, path) {
            ("POST", "product-created" | "deliver") => {
                let (shared, callback) = (Arc::clone(&self.shared), path == "product-created");
                let (tell, told) = std::sync::mpsc::channel();
                self.runtime.spawn(async move {
                    let done = match callback {
                        true => webhooks::product_created(&shared, &given).await,
                        false => webhooks::deliver(&shared, &given).await,
                    };
                    // Only this function waits for it.
                    let _ = tell.send(done);
                });
                told.recv().unwrap_or_else(|_| Err("The sandbox has stopped.".to_owned()))
            }
            _ => control::control(&self.shared, method, path, &given)
                .unwrap_or_else(|| Err(format!("There is no {method} /_/{path}."))),
        }
    }

    /// Adds faults: one JSON object, or a list of them.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the JSON; then nothing was added.
    pub fn faults(&self, json: &str) -> Result<(), String> {
        self.control("POST", "faults", json).map(drop)
    }

    /// Changes settings.
    ///
    /// # Errors
    /// A sentence that says what is wrong with the JSON; then nothing was changed.
    pub fn settings(&self, json: &str) -> Result<(), String> {
        self.control("POST", "settings", json).map(drop)
    }

    /// The accepted orders of both platforms, oldest first.
    pub fn orders(&self) -> Vec<Value> {
        self.shared.state().orders.clone()
    }

    /// Every request that arrived at either platform, oldest first.
    pub fn requests(&self) -> Vec<Value> {
        self.shared.state().requests.iter().map(state::Record::to_json).collect()
    }

    /// Every webhook that was sent, oldest first.
    pub fn deliveries(&self) -> Vec<Value> {
        self.shared.state().deliveries.iter().cloned().collect()
    }

    /// Makes a design as the browser phase would and answers its transaction id.
    pub fn create_transaction(&self) -> String {
        let made = past::browser_phase(&mut self.shared.state(), &Value::Null).unwrap_or_default();
        made["transactionId"].as_str().unwrap_or_default().to_owned()
    }

    /// Makes a bundle of designs and answers its id.
    ///
    /// # Errors
    /// A sentence, if a transaction does not exist.
    pub fn create_bundle(&self, transactions: &[&str]) -> Result<String, String> {
        let given = json!({ "transactionIds": transactions });
        let made = past::browser_bundle(&mut self.shared.state(), &given)?;
        Ok(made["bundleId"].as_str().unwrap_or_default().to_owned())
    }

    /// Forgets everything, also faults and changed settings.
    pub fn reset(&self) {
        self.shared.reset();
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended already; then there is nobody to tell.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("spiff_url", &self.shared.spiff_url)
            .field("sign_customiser_url", &self.shared.sign_customiser_url)
            .finish_non_exhaustive()
    }
}

fn bind(port: u16) -> io::Result<TcpListener> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|error| {
        let other = "with --port (0 takes a free one)";
        let message = match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("Port {port} on 127.0.0.1 is in use. Stop what uses it, or choose another {other}.")
            }
            _ => format!("Cannot listen on 127.0.0.1:{port}: {error}. Choose another port {other}."),
        };
        io::Error::new(error.kind(), message)
    })
}

/// The thread's work: both listeners, until told to stop. Dropping the runtime drops every connection.
fn run(
    runtime: Runtime,
    spiff: TcpListener,
    sign_customiser: TcpListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async move {
        tokio::select! {
            () = server::serve(spiff, Platform::Spiff, Arc::clone(&shared)) => {}
            () = server::serve(sign_customiser, Platform::SignCustomiser, shared) => {}
            _ = stopped => {}
        }
    });
}

/// What [`Sandbox::ready_line`] and `GET /_/ready` say.
fn ready(shared: &Shared) -> Value {
    let Shared { options, spiff_url, sign_customiser_url, .. } = shared;
    json!({
        "ready": true,
        "spiff": {
            "url": spiff_url,
            "access_key": options.access_key,
            "secret_key": options.secret_key,
            "application_key": options.application_key,
            "page": format!("{spiff_url}/"),
        },
        "sign_customiser": {
            "url": sign_customiser_url,
            "api_token": options.api_token,
            "integration_secret": options.integration_secret,
            "webhook_secret": options.webhook_secret,
            "page": format!("{sign_customiser_url}/"),
        },
        // One kind of Spiff credentials: both at once would leave a client in doubt, and ours refuses that.
        "env": {
            "COUNTERSIGN_SPIFF_BASE_URL": spiff_url,
            "COUNTERSIGN_SPIFF_ACCESS_KEY": options.access_key,
            "COUNTERSIGN_SPIFF_SECRET_KEY": options.secret_key,
            "COUNTERSIGN_SIGN_CUSTOMISER_BASE_URL": sign_customiser_url,
            "COUNTERSIGN_SIGN_CUSTOMISER_API_TOKEN": options.api_token,
            "COUNTERSIGN_SIGN_CUSTOMISER_INTEGRATION_SECRET": options.integration_secret,
            "COUNTERSIGN_SIGN_CUSTOMISER_WEBHOOK_SECRET": options.webhook_secret,
        },
    })
}
