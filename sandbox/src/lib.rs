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

mod aside;
mod auth;
mod clock;
mod control;
mod customiser;
mod faults;
mod graphql;
mod hosts;
mod http;
mod limits;
mod listing;
mod mutations;
mod options;
mod orders;
mod page;
mod partial;
mod past;
mod platform;
mod processes;
mod queries;
mod received;
mod receivers;
mod remembered;
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

pub use options::{Options, credentials};
pub use webhooks::sample;

use auth::SpiffKeys;
use hosts::Hosts;
use platform::Platform;
use serde_json::{Value, json};
use state::Shared;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;

/// A running sandbox.
pub struct Sandbox {
    shared: Arc<Shared>,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts both listeners, on 127.0.0.1 unless the options say otherwise. When it returns, they answer.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrInUse`] if a port is taken, with a sentence that names it;
    /// [`io::ErrorKind::InvalidInput`] if the key pair cannot sign, or an allowed host is no host name.
    pub fn start(options: Options) -> io::Result<Self> {
        let keys = SpiffKeys::new(&options.access_key, &options.secret_key, &options.application_key)
            .map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        let hosts = Hosts::new(&options).map_err(|message| io::Error::new(io::ErrorKind::InvalidInput, message))?;
        let spiff = bind(options.host, options.spiff_port)?;
        let sign_customiser = bind(options.host, options.sign_customiser_port)?;
        let shared = Arc::new(Shared::new(options, keys, hosts, url(&spiff)?, url(&sign_customiser)?));
        // One thread serves the connections; what takes time runs beside it, deep documents included.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(32)
            .thread_stack_size(8 * 1024 * 1024)
            .build()?;
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
        self.shared.ready().to_string()
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
        self.shared.state().orders.iter().map(|order| Value::clone(order)).collect()
    }

    /// Every request that arrived at either platform, oldest first.
    pub fn requests(&self) -> Vec<Value> {
        self.shared.log().requests().iter().map(|record| record.to_json()).collect()
    }

    /// Every webhook that was sent, oldest first.
    pub fn deliveries(&self) -> Vec<Value> {
        self.shared.log().deliveries().iter().map(|delivery| Value::clone(delivery)).collect()
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

/// Where this machine finds a listener.
fn url(listener: &TcpListener) -> io::Result<String> {
    let address = listener.local_addr()?;
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    Ok(format!("http://{}", SocketAddr::new(ip, address.port())))
}

fn bind(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let address = SocketAddr::new(host, port);
    let bound = TcpListener::bind(address).and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|error| {
        let other = "with --port (0 takes a free one)";
        let message = match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("Port {port} on {host} is in use. Stop what uses it, or choose another {other}.")
            }
            _ => format!(
                "Cannot listen on {address}: {error}. Choose another address with --host, or another port {other}."
            ),
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
    // What was under way beside ends on its own: it is bounded.
    runtime.shutdown_timeout(Duration::from_secs(1));
}
