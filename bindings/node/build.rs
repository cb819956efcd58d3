//! Tells the linker that the symbols of Node-API come from node, and keeps the module loaded.

fn main() {
    napi_build::setup();
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        // Node unloads the module when the worker thread that loaded it ends: the code must not go from under a call that
        // is still under way.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
