//! Whether there is a relay, for whom, and how far it may be heard.

use std::fmt;
use std::net::SocketAddr;

use super::{ConfigError, CookieSecurity, Effective, PublicUrl};

/// Shorter ones can be guessed.
const LENGTH_MIN: usize = 16;
/// Longer ones are a mistake: a file's content instead of its name, say.
const LENGTH_MAX: usize = 256;

/// What programs show to use the relay. Never logged: its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayToken(String);

impl RelayToken {
    /// Takes a text of a fitting length.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (LENGTH_MIN..=LENGTH_MAX)
            .contains(&text.len())
            .then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RelayToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RelayToken(…)")
    }
}

/// Reads both settings. A relay that other machines could reach must have been asked for by name.
pub(super) fn read(
    effective: &Effective,
    addr: SocketAddr,
    public_url: Option<&PublicUrl>,
) -> Result<Option<RelayToken>, ConfigError> {
    let here_only = addr.ip().is_loopback()
        && public_url.is_none_or(|url| url.cookie_security() == CookieSecurity::ThisMachineOnly);
    match effective.text("relay") {
        "off" => return Ok(None),
        "network" => {}
        "loopback" if here_only => {}
        "loopback" => {
            let expected = "network, because addr or public_url let other machines in";
            return Err(effective.invalid("relay", expected));
        }
        _ => return Err(effective.invalid("relay", "off, loopback or network")),
    }
    let expected = "16 to 256 characters while relay is on";
    RelayToken::parse(effective.text("relay_token"))
        .ok_or_else(|| effective.invalid("relay_token", expected))
        .map(Some)
}
