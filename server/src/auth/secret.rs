//! What is in a link, a cookie or a token: 256 random bits, told once, kept only as a hash.

use std::fmt;

use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

use crate::store::SecretHash;

/// Longest text looked at. Ours are 43 or 44 characters; anything longer is not ours.
const TEXT_MAX_BYTES: usize = 64;

/// A secret in the clear. Never logged: its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one from the operating system's random source.
    ///
    /// # Panics
    /// When the operating system has no randomness to give; nothing secure can be done then.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = [0_u8; 32];
        SysRng
            .try_fill_bytes(&mut bytes)
            .expect("the operating system gives random bytes");
        Self(bs58::encode(bytes).into_string())
    }

    /// Reads one that somebody sent; `None` when it cannot be ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() || text.len() > TEXT_MAX_BYTES {
            return None;
        }
        bs58::decode(text)
            .into_vec()
            .ok()
            .filter(|bytes| bytes.len() == 32)?;
        Some(Self(text.to_owned()))
    }

    /// What the database keeps. A plain hash is enough for 256 random bits: there is nothing to
    /// guess, so nothing to slow down.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The text to hand out, once.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reads_back_and_hides_itself() {
        let secret = Secret::generate();
        assert_eq!(Secret::parse(secret.expose()), Some(secret.clone()));
        assert_ne!(secret, Secret::generate());
        assert!(!format!("{secret:?}").contains(secret.expose()));
    }

    #[test]
    fn what_cannot_be_ours_is_not_looked_up() {
        for text in [
            "",
            "abc",
            "0OIl",
            "../../etc/passwd",
            &"z".repeat(65),
            "' OR 1=1 --",
        ] {
            assert_eq!(Secret::parse(text), None, "{text}");
        }
    }
}
