//! Tells the linker that the symbols of Node-API come from node.

fn main() {
    napi_build::setup();
}
