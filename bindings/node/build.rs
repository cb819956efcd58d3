//! Tells the linker that the symbols of Node-API come from node, and that the module stays loaded: Node closes it when the
//! worker thread that loaded it ends, and a call may still be under way in it then.

fn main() {
    napi_build::setup();
}
