//! Opening the data and serving it until told to stop: start and end of a server's life.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use tokio::net::{TcpListener, TcpSocket};
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

/// How many may have come and not been let in yet; the system may allow fewer. After a restart
/// everybody comes back within the same moment, and who finds no place asks again a second later.
const ARRIVALS_MAX: u32 = 4096;

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
pub fn listen(addr: SocketAddr) -> Result<TcpListener, ExitError> {
    open_listener(addr).map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => ExitError::AddressInUse { addr },
        _ => ExitError::Address { addr, source },
    })
}

fn open_listener(addr: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that starts again takes over its port at once.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(ARRIVALS_MAX)
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
        Some(addr) => Some(serve_admin(&state, listen(addr)?)),
        None => None,
    };
    let watcher = tokio::spawn(announce_changes_elsewhere(state.clone()));
    let postman = tokio::spawn(state.post.clone().run());
    let (stopping, stopped) = tokio::sync::watch::channel(());
    // Small frames, each awaited by a person: never wait to fill a packet.
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    let mut told = stopped.clone();
    let router = routes::router(state.clone());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service)
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
    postman.abort();
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

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn hundreds_may_knock_before_the_first_is_let_in() {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        let addr = listener.local_addr().expect("its address");
        // A second is what the system waits before it knocks again.
        let patience = Duration::from_millis(900);
        let knocking = (0..300).map(|_| TcpStream::connect_timeout(&addr, patience));
        let waiting: Result<Vec<_>, _> = knocking.collect();
        assert_eq!(waiting.map(|all| all.len()).ok(), Some(300));
    }
}
