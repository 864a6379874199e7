//! `countersign serve`.

use std::io::Write as _;

use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::error::ExitError;
use crate::serve::{listen, open, serve as serve_until};
use crate::state::AppState;

/// Serves until SIGTERM or SIGINT.
pub(super) async fn serve(mut config: Config) -> Result<(), ExitError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(anyhow::Error::from)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(anyhow::Error::from)?;
    // The address first: a port in use must not touch the data.
    let listener = listen(config.addr)?;
    config.addr = listener.local_addr().map_err(anyhow::Error::from)?;
    let state = open(config).await?;
    greet(&state).await?;
    serve_until(state, listener, async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
    .await
}

/// Says where the server is and, on a first run, how to come in. Scripts read the first line.
async fn greet(state: &AppState) -> Result<(), ExitError> {
    let mut lines = format!("Countersign is at {}\n", state.config.public_url().origin());
    if !state.store.has_host().await? {
        let link = state.entrance.set_up_link().await?;
        lines.push_str(&format!(
            "Nobody runs this server yet. Open this link once, within a day, to set it up:\n  {}\n",
            link.shown
        ));
    }
    let mut out = std::io::stdout().lock();
    // A closed standard output is the starter's choice and stops nothing.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
    Ok(())
}
