//! Work beside the thread that serves the connections.

/// Runs what takes time beside the thread that serves the connections.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The sandbox stops, and this future with it.
            Err(_) => std::future::pending().await,
        },
    }
}
