//! Gives the shared library its SONAME: the ABI number, which is not the version of the package.

/// Raised when a function changes or goes. The same as `COUNTERSIGN_ABI_VERSION`; a test compares them.
const ABI: u32 = 0;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libcountersign.so.{ABI}");
    }
}
