//! Gives the shared library its SONAME (the ABI number, which is not the version of the package), and keeps it loaded.

/// Raised when a function changes or goes. The same as `COUNTERSIGN_ABI_VERSION`; a test compares them.
const ABI: u32 = 0;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let system = std::env::var("CARGO_CFG_TARGET_OS");
    if system.as_deref() == Ok("macos") {
        // Else it is the path where it was built, which programs then look for.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libcountersign.dylib");
    }
    if system.as_deref() == Ok("linux") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libcountersign.so.{ABI}");
        // A host that unloads libraries (PHP does) must not take the code from under a name look-up that still runs.
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
