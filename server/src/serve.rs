//! Opening the data and serving it until told to stop: start and end of a server's life.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::auth::Revocation;
use crate::config::Config;
use crate::error::ExitError;
use crate::routes;
use crate::state::AppState;
use crate::store::sqlite::{Damage, Migrations, SqliteSettings, SqliteStore};
use crate::store::{DataDirLock, Store, StoreError};

/// After a signal, answers under way have this long before the process ends anyway. Shorter than
/// the 10 s after which service managers lose patience.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);

/// Takes the data directory for this process and opens what is in it, making both when missing.
///
/// # Errors
/// A sentence for each way this fails; see [`ExitError`].
pub async fn open(config: Config) -> Result<AppState, ExitError> {
    std::fs::create_dir_all(&config.data).map_err(|source| ExitError::DataDir {
        path: config.data.clone(),
        source,
    })?;
    let lock = DataDirLock::acquire(&config.data)?;
    let store = open_store(&config, Migrations::Run).await?;
    Ok(AppState::new(config, store, lock))
}

/// Opens the database alone, beside whoever owns the data directory.
///
/// # Errors
/// The database is not usable.
pub async fn open_store(config: &Config, migrations: Migrations) -> Result<Store, StoreError> {
    let settings = SqliteSettings {
        max_bytes: config.database_max_bytes,
        migrations,
        damage: Damage::Refuse,
    };
    Ok(Arc::new(SqliteStore::open(&config.data, settings).await?))
}

/// Takes the address.
///
/// # Errors
/// Somebody else has it, or it cannot be had.
pub async fn listen(addr: SocketAddr) -> Result<TcpListener, ExitError> {
    TcpListener::bind(addr)
        .await
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ExitError::AddressInUse { addr },
            _ => ExitError::Address { addr, source },
        })
}

/// Serves until `shutdown` resolves, then drains: sockets are closed with a reason, open documents
/// are written, answers under way are finished, the database is closed.
///
/// # Errors
/// Listening failed.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ExitError> {
    let admin = match state.config.admin_addr {
        Some(addr) => Some(serve_admin(&state, listen(addr).await?)),
        None => None,
    };
    let watcher = tokio::spawn(announce_changes_elsewhere(state.clone()));
    let (stopping, stopped) = tokio::sync::watch::channel(());
    // Small frames, each awaited by a person: never wait to fill a packet.
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    let mut told = stopped.clone();
    let server = axum::serve(listener, routes::router(state.clone()))
        .with_graceful_shutdown(async move {
            let _ = told.changed().await;
        })
        .into_future();
    let mut server = tokio::spawn(server);
    tokio::select! {
        ended = &mut server => {
            ended.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?;
        }
        () = shutdown => {
            tracing::info!("stopping: finishing what is under way");
            drop(stopping);
            let finished = async {
                state.rooms.drain().await;
                (&mut server).await
            };
            if tokio::time::timeout(DRAIN_TIMEOUT, finished).await.is_err() {
                tracing::warn!("some connections or answers were not finished in time");
                server.abort();
            }
        }
    }
    watcher.abort();
    if let Some(admin) = admin {
        admin.abort();
    }
    state.store.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Figures are shown until the very end, the drain included.
fn serve_admin(state: &AppState, listener: TcpListener) -> JoinHandle<()> {
    if let Ok(addr) = listener.local_addr() {
        tracing::info!(%addr, "figures are at /metrics");
    }
    let router = routes::admin(state.clone());
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "figures are not shown any more");
        }
    })
}

/// The command line may revoke a token while the server runs; live connections are then checked
/// again within the second.
async fn announce_changes_elsewhere(state: AppState) {
    loop {
        state.store.changed_elsewhere().await;
        state.revocations.announce(Revocation::Anybody);
    }
}
