//! Passwords: how good one must be, how it is kept, and how it is tried without standing in
//! anybody's way.

use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// Shortest password in characters (NIST SP 800-63B, for one that stands alone, says 15; ASVS 5 asks
/// for 8 and recommends 15: what decides here is how hard it is to guess).
pub const PASSWORD_CHARS_MIN: usize = 8;
/// Longest: hashing is not to be made slow by whoever asks.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Of 0 to 4: 10^8 guesses and more (zxcvbn). Whatever stands in its list of the 30,000 most common is
/// 0 or 1.
const SCORE_MIN: zxcvbn::Score = zxcvbn::Score::Three;

/// How many are hashed at a time: each takes a core for some 20 ms and 19 MiB.
const AT_A_TIME: usize = 2;
/// Memory in KiB, rounds, lanes: OWASP's recommendation for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const ROUNDS: u32 = 2;
const LANES: u32 = 1;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Shorter than [`PASSWORD_CHARS_MIN`].
    Short,
    /// Longer than [`PASSWORD_CHARS_MAX`].
    Long,
    /// Soon guessed: common, a name, a pattern, or what belongs to the person.
    Guessable,
}

/// A hash that could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The library's own words.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The task that hashed ended.
    #[error("hashing a password did not end: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// The server is stopping.
    #[error("the server is stopping")]
    Closed(#[from] tokio::sync::AcquireError),
}

/// A hash of nothing anybody knows, tried when there is no person: both take the same time.
static NOBODYS: LazyLock<Option<String>> =
    LazyLock::new(|| hash(super::Secret::generate().expose()).ok());

/// Hashes and tries passwords, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
        }
    }
}

impl Passwords {
    /// Makes what is kept of a password.
    ///
    /// # Errors
    /// It could not be hashed.
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let _turn = self.turns.acquire().await?;
        tokio::task::spawn_blocking(move || hash(&password)).await?
    }

    /// Whether this is the password of which that was kept; for nobody, `false` after the same time.
    ///
    /// # Errors
    /// It could not be tried.
    pub async fn is_right(
        &self,
        password: String,
        kept: Option<String>,
    ) -> Result<bool, PasswordError> {
        let _turn = self.turns.acquire().await?;
        let tried = tokio::task::spawn_blocking(move || {
            let whose = kept.as_ref();
            let kept = whose.or(NOBODYS.as_ref());
            let is_right = kept.is_some_and(|kept| is_right(&password, kept));
            whose.is_some() && is_right
        });
        Ok(tried.await?)
    }
}

/// Whether a password is good enough; `about` is what others know of the person.
///
/// # Errors
/// Why not.
pub fn judge(password: &str, about: &[&str]) -> Result<(), Weakness> {
    let chars = password.chars().count();
    if chars < PASSWORD_CHARS_MIN {
        return Err(Weakness::Short);
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(Weakness::Long);
    }
    let words = about
        .iter()
        .flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
    let known: Vec<&str> = about.iter().copied().chain(words).collect();
    match zxcvbn::zxcvbn(password, &known).score() >= SCORE_MIN {
        true => Ok(()),
        false => Err(Weakness::Guessable),
    }
}

fn argon() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, ROUNDS, LANES, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, PasswordError> {
    let hash = argon()?
        .hash_password(password.as_bytes())
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// With the parameters that stand in the hash: earlier ones stay good when ours change.
fn is_right(password: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else {
        return false;
    };
    Argon2::default()
        .verify_password(password.as_bytes(), &kept)
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_soon_guessed_is_not_taken() {
        let about = ["李娜 Li Na", "li.na@example.com", "countersign"];
        for (password, weakness) in [
            ("short", Weakness::Short),
            ("password", Weakness::Guessable),
            ("Password123!", Weakness::Guessable),
            ("qwertyuiop", Weakness::Guessable),
            ("11111111111111111111", Weakness::Guessable),
            ("countersign2026", Weakness::Guessable),
            ("li.na@example.com", Weakness::Guessable),
        ] {
            assert_eq!(judge(password, &about), Err(weakness), "{password}");
        }
        assert_eq!(judge(&"长".repeat(129), &about), Err(Weakness::Long));
        for password in ["correct horse battery staple", "四月雨 vellum-otter 73"] {
            assert_eq!(judge(password, &about), Ok(()), "{password}");
        }
    }

    #[tokio::test]
    async fn a_password_is_kept_as_something_else_and_found_right() {
        let passwords = Passwords::default();
        let kept = passwords
            .hash("四月雨 vellum".to_owned())
            .await
            .expect("hashed");
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        for (typed, whose, is_right) in [
            ("四月雨 vellum", Some(kept.clone()), true),
            ("四月雨 Vellum", Some(kept.clone()), false),
            ("四月雨 vellum", None, false),
            ("四月雨 vellum", Some("nonsense".to_owned()), false),
        ] {
            let found = passwords.is_right(typed.to_owned(), whose).await;
            assert_eq!(found.expect("tried"), is_right, "{typed}");
        }
    }
}
