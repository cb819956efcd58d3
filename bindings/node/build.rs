//! Tells the linker that the symbols of Node-API come from node, and on Linux that the module stays loaded: Node closes it when
//! the worker thread that loaded it ends, and a call may still be under way in it then. Elsewhere napi says so at run time.

fn main() {
    napi_build::setup();
}
