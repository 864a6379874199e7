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

#[cfg(test)]
mod tests {
    use crate::config::{Flags, load};

    #[test]
    fn a_relay_needs_a_token_and_is_for_this_machine_unless_told() {
        let token = ("COUNTERSIGN_RELAY_TOKEN", "0123456789abcdef");
        let read = |pairs: &[(&'static str, &str)], env: &[(&str, &str)]| {
            let flags = Flags {
                config_file: None,
                values: pairs
                    .iter()
                    .map(|(name, value)| (*name, (*value).to_owned()))
                    .collect(),
            };
            let environment = env
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            load(&flags, environment).map(|(config, _)| config.relay)
        };
        assert_eq!(read(&[], &[token]), Ok(None), "off unless asked for");
        let relay = read(&[("relay", "loopback")], &[token]).expect("fits");
        assert_eq!(relay.expect("a relay").expose(), token.1);
        let everywhere = ("addr", "0.0.0.0:8080");
        let proxied = ("public_url", "https://sign.example.com");
        for open in [everywhere, proxied] {
            let refused = read(&[("relay", "loopback"), open], &[token]);
            assert!(
                refused
                    .expect_err("refused")
                    .to_string()
                    .contains("network")
            );
            assert!(read(&[("relay", "network"), open], &[token]).is_ok());
        }
        assert!(read(&[("relay", "loopback")], &[]).is_err());
        let short = ("COUNTERSIGN_RELAY_TOKEN", "hunter2");
        let refused = read(&[("relay", "loopback")], &[short]).expect_err("refused");
        assert!(refused.to_string().contains("16"), "{refused}");
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}
