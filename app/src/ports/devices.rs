//! Where somebody is signed in.

use super::people::{PersonId, SessionId};
use serde::{Deserialize, Serialize};

/// One browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCard {
    /// Its session, so that it can be ended.
    pub session: SessionId,
    /// Browser and system in words; empty when nobody knows.
    pub agent: String,
    /// Since when (Unix milliseconds).
    pub since_ms: i64,
    /// When it was last here, to the day.
    pub seen_at_ms: i64,
    /// It is the one that asks.
    pub is_this: bool,
}

/// All of the viewer's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicesView {
    /// The viewer.
    pub me: PersonId,
    /// Where they are signed in, this device first, then the ones last used.
    pub devices: Vec<DeviceCard>,
    /// The server's clock.
    pub now_ms: i64,
}
