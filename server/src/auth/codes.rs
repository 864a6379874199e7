//! Codes sent to a mailbox: whoever types one reads the mailbox. A code works in the browser that
//! asked for it and nowhere else, so that one read out on the telephone opens nothing.

use std::time::Duration;

use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};

use super::{Mailbox, Secret};
use crate::clock::{after_ms, now_ms};
use crate::store::{CodeTried, NewCode, PersonId, SecretHash, Store, StoreError};

/// Long enough to find the mail among others, short enough to be useless the next day.
pub const CODE_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// One in a million each; five are enough for whoever has the mail in front of them.
const CODE_TRIES_MAX: u32 = 5;

/// Codes there are.
const CODES: u32 = 1_000_000;

/// What each of two mailboxes is sent when one takes the other's place.
#[derive(Debug)]
pub struct Asked {
    /// Stays in the browser that asked.
    pub ticket: Secret,
    /// For the mailbox that was named.
    pub code: String,
    /// For the one that was there before, if there was.
    pub code_before: Option<String>,
}

/// Whether the mailbox that was there before has to agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// There was none.
    Nothing,
    /// There was one.
    AnotherMailbox,
}

/// Makes codes and tries them.
#[derive(Clone)]
pub struct Codes {
    store: Store,
}

impl Codes {
    /// Codes remembered in this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes a code to sign in with. The same happens for a mailbox that nobody has.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn ask(&self, mailbox: &Mailbox) -> Result<Asked, StoreError> {
        self.add(mailbox, None, Before::Nothing).await
    }

    /// Makes what it takes to make a mailbox a person's own.
    ///
    /// # Errors
    /// The store did not take it.
    pub async fn ask_for(
        &self,
        person: PersonId,
        mailbox: &Mailbox,
        before: Before,
    ) -> Result<Asked, StoreError> {
        self.add(mailbox, Some(person), before).await
    }

    /// Tries what somebody typed, each code as it was typed.
    ///
    /// # Errors
    /// The store could not say.
    pub async fn try_one(
        &self,
        ticket: &str,
        code: &str,
        code_before: Option<&str>,
    ) -> Result<CodeTried, StoreError> {
        let Some(ticket) = Secret::parse(ticket) else {
            return Ok(CodeTried::Over);
        };
        let typed = hash(&ticket, &digits(code), code_before.map(digits).as_deref());
        self.store.try_code(ticket.hash(), typed, now_ms()).await
    }

    async fn add(
        &self,
        mailbox: &Mailbox,
        person: Option<PersonId>,
        before: Before,
    ) -> Result<Asked, StoreError> {
        let asked = Asked {
            ticket: Secret::generate(),
            code: roll(),
            code_before: (before == Before::AnotherMailbox).then(roll),
        };
        self.store
            .add_code(NewCode {
                ticket: asked.ticket.hash(),
                address: mailbox.to_string(),
                person,
                code: hash(&asked.ticket, &asked.code, asked.code_before.as_deref()),
                tries: CODE_TRIES_MAX,
                at_ms: now_ms(),
                expires_at_ms: after_ms(CODE_LIFETIME),
            })
            .await?;
        Ok(asked)
    }
}

/// Six digits, every one of the million as likely.
fn roll() -> String {
    // The last numbers that would make the first codes likelier.
    let fair = u32::MAX - u32::MAX % CODES;
    loop {
        let rolled = SysRng
            .try_next_u32()
            .expect("the operating system gives random bytes");
        if rolled < fair {
            return format!("{:06}", rolled % CODES);
        }
    }
}

/// What was typed without what people put between digits; full-width digits are digits.
fn digits(typed: &str) -> String {
    let narrow = |letter: char| match letter {
        '０'..='９' => char::from_u32(u32::from(letter) - 0xFEE0),
        '0'..='9' => Some(letter),
        _ => None,
    };
    typed.chars().take(64).filter_map(narrow).collect()
}

fn hash(ticket: &Secret, code: &str, before: Option<&str>) -> SecretHash {
    let mut hash = Sha256::new();
    for part in [ticket.expose(), "/", code, "/", before.unwrap_or("")] {
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_typed_as_people_type() {
        for typed in ["012345", " 012 345 ", "012-345", "０１２３４５", "012345\n"] {
            assert_eq!(digits(typed), "012345");
        }
        assert_eq!(roll().len(), 6);
        assert_ne!(digits(&roll()), "");
    }

    #[test]
    fn the_same_code_of_another_ticket_is_another() {
        let (one, other) = (Secret::generate(), Secret::generate());
        assert_eq!(hash(&one, "012345", None), hash(&one, "012345", None));
        assert_ne!(hash(&one, "012345", None), hash(&other, "012345", None));
        assert_ne!(hash(&one, "012345", None), hash(&one, "012345", Some("1")));
    }
}
