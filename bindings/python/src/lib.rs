//! Countersign for Python: the native module `countersign._native`.
//!
//! | file | what lives there |
//! |---|---|
//! | `signer.rs` | `Signer`: signing, verifying, explaining |
//! | `client.rs` | `Client`: any platform, one way in by the operation's name |
//! | `job.rs` | one call of a client: without the interpreter, logged, and what is known if something strikes it |
//! | `call.rs` | `PreparedCall`, `PlacedOrder`, `Settlement` |
//! | `webhook.rs` | `Webhook`, `Event`, prices |
//! | `outbox.rs` | `Outbox`, `Task`: the steps of an outbox over the host's connection, and whole runs in a file |
//! | `ending.rs` | the end of the interpreter, while threads are inside calls |
//! | `errors.rs` | errors as exceptions |
//! | `json.rs` | JSON in and out |
//! | `input.rs` | bodies, headers, times and options as Python hands them over |
//! | `log.rs` | attempts for `logging.getLogger("countersign")` |
//!
//! What users import lies in `python/countersign`. No rule of a platform is here: the core has them.
#![forbid(unsafe_code)]

/// A dict of these members.
macro_rules! dict {
    ($py:expr, $($name:ident: $value:expr),* $(,)?) => {{
        let dict = pyo3::types::PyDict::new($py);
        $(dict.set_item(pyo3::intern!($py, stringify!($name)), $value)?;)*
        dict
    }};
}

mod call;
mod client;
mod ending;
mod errors;
mod input;
mod job;
mod json;
mod log;
#[cfg(feature = "outbox")]
mod outbox;
mod signer;
mod webhook;

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

#[pymodule(gil_used = false)]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Classes and tables are kept once for the process. Another interpreter of it has other objects, and `sys` is one.
    static HOME: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let sys = module.py().import("sys")?;
    if !HOME.get_or_init(module.py(), || sys.clone().unbind()).is(&sys) {
        return Err(PyImportError::new_err("this is a sub-interpreter, and another interpreter has loaded the module"));
    }
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<call::PlacedOrder>()?;
    module.add_class::<call::PreparedCall>()?;
    module.add_class::<call::Settlement>()?;
    module.add_class::<client::Client>()?;
    module.add_class::<signer::Signer>()?;
    module.add_class::<webhook::Event>()?;
    module.add_class::<webhook::Webhook>()?;
    module.add_class::<job::Job>()?;
    module.add_function(wrap_pyfunction!(call::doubt, module)?)?;
    module.add_function(wrap_pyfunction!(client::options, module)?)?;
    module.add_function(wrap_pyfunction!(errors::error_class, module)?)?;
    module.add_function(wrap_pyfunction!(errors::error_of, module)?)?;
    module.add_function(wrap_pyfunction!(errors::errors, module)?)?;
    module.add_function(wrap_pyfunction!(webhook::minor_units, module)?)?;
    #[cfg(feature = "outbox")]
    {
        module.add_class::<outbox::Outbox>()?;
        module.add_class::<outbox::Stop>()?;
        module.add_class::<outbox::Task>()?;
        module.add_function(wrap_pyfunction!(outbox::delivery, module)?)?;
        module.add_function(wrap_pyfunction!(outbox::order_json, module)?)?;
        module.add_function(wrap_pyfunction!(outbox::store_error, module)?)?;
        outbox::watch(module.py())?;
    }
    ending::watch(module.py())?;
    // Made by the lines above; what is public says the package.
    module.delattr("__all__")
}
