//! What the tests of the outbox share: a sandbox, an outbox in a folder of its own, and orders.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test uses its part, and stops where it cannot go on"
)]

use countersign::{Options, Platform};
use countersign_outbox::{Accounts, Outbox, Place, Policy, Settings};
use countersign_sandbox::Sandbox;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder that is gone with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("countersign-outbox-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

pub const ANYWHERE: Place = Place { create: true, anywhere: true };

pub fn sandbox() -> Sandbox {
    Sandbox::start(countersign_sandbox::Options::default()).unwrap()
}

pub fn spiff(sandbox: &Sandbox) -> Platform {
    let ready: serde_json::Value = serde_json::from_str(&sandbox.ready_line()).unwrap();
    let key = |name: &str| ready["spiff"][name].as_str().unwrap().to_owned();
    let options = Options::new()
        .set("access_key", key("access_key"))
        .set("secret_key", key("secret_key"))
        .set("base_url", sandbox.spiff_url());
    Platform::new("spiff", &options).unwrap()
}

pub fn sign_customiser(sandbox: &Sandbox) -> Platform {
    let ready: serde_json::Value = serde_json::from_str(&sandbox.ready_line()).unwrap();
    let options = Options::new()
        .set("api_token", ready["sign_customiser"]["api_token"].as_str().unwrap())
        .set("base_url", sandbox.sign_customiser_url());
    Platform::new("sign_customiser", &options).unwrap()
}

/// Every time divided by `scale`.
pub fn policy(scale: u32) -> Policy {
    Policy { scale, ..Policy::default() }
}

pub fn settings(accounts: &[(&str, Platform)], policy: Policy) -> Settings {
    let accounts: Accounts = accounts.iter().map(|(name, platform)| ((*name).to_owned(), platform.clone())).collect();
    Settings { policy, ..Settings::new(accounts) }
}

pub fn open(file: &Path, settings: Settings) -> Outbox {
    let outbox = Outbox::open(&format!("sqlite:{}", file.display()), settings, ANYWHERE).unwrap();
    outbox.install().unwrap();
    outbox
}

pub fn order(id: &str, transaction: &str, amount: u32) -> Vec<u8> {
    serde_json::json!({
        "externalId": id,
        "paid": true,
        "orderItems": [{ "amountToOrder": amount, "transactionId": transaction }],
    })
    .to_string()
    .into_bytes()
}
