//! What every handler shares. Cheap to clone; holds the data directory for as long as it lives.

use std::sync::Arc;

use crate::auth::{Authority, Codes, Entrance, Passwords, Revocations, SessionCookie, Throttle};
use crate::config::Config;
use crate::images::Images;
use crate::mail::Post;
use crate::open_work::OpenWork;
use crate::relay::Relay;
use crate::rooms::{RoomSettings, Rooms};
use crate::store::{DataDirLock, Store};

/// The parts of a running server.
#[derive(Clone)]
pub struct AppState {
    /// The settings in effect.
    pub config: Arc<Config>,
    /// Everything durable.
    pub store: Store,
    /// Who is asking, and may they still.
    pub authority: Authority,
    /// The ways in and out.
    pub entrance: Entrance,
    /// Codes sent to mailboxes.
    pub codes: Codes,
    /// Hashes and tries passwords.
    pub passwords: Passwords,
    /// How often the ways in may be tried.
    pub throttle: Throttle,
    /// Takes letters.
    pub post: Post,
    /// Told when somebody's rights may have changed.
    pub revocations: Revocations,
    /// The documents that are open.
    pub rooms: Rooms,
    /// What documents leave open.
    pub open_work: OpenWork,
    /// Takes in the images people bring.
    pub images: Images,
    /// Kept so that no second server starts on the same data.
    _lock: Arc<DataDirLock>,
}

impl AppState {
    /// Puts the parts together around an open store. Must be called inside a runtime.
    #[must_use]
    pub fn new(config: Config, store: Store, lock: DataDirLock) -> Self {
        let public_url = config.public_url();
        let cookie = SessionCookie::new(public_url.cookie_security());
        let revocations = Revocations::default();
        let relay = config.relay.as_ref();
        let relay = relay.map(|token| Arc::new(Relay::new(store.clone(), token.expose())));
        let authority = Authority::new(store.clone(), cookie).with_relay(relay);
        Self {
            rooms: Rooms::new(
                store.clone(),
                authority.clone(),
                &revocations,
                RoomSettings::default(),
            ),
            authority,
            entrance: Entrance::new(store.clone(), cookie, public_url, revocations.clone()),
            codes: Codes::new(store.clone()),
            passwords: Passwords::default(),
            throttle: Throttle::default(),
            post: Post::new(store.clone(), config.carrier.clone()),
            revocations,
            open_work: OpenWork::default(),
            images: Images::default(),
            store,
            config: Arc::new(config),
            _lock: Arc::new(lock),
        }
    }

    /// The same with other sizes and times for rooms, for tests. Nothing may be open yet.
    #[must_use]
    pub fn with_room_settings(mut self, settings: RoomSettings) -> Self {
        self.rooms = Rooms::new(
            self.store.clone(),
            self.authority.clone(),
            &self.revocations,
            settings,
        );
        self
    }
}
