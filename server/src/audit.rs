//! The audit log: decisions about access, each bound to the one before by its hash.
//!
//! A decision is written down before it is acted upon; what cannot be written down is not done. The log
//! shows what was changed or taken out of its middle. That its end was cut off shows against a hash that
//! somebody kept elsewhere: `countersign audit verify` prints it.

use sha2::{Digest as _, Sha256};

use crate::store::{AuditRow, Outcome};

/// What a decision was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Coming in by the set-up link, a login link or an invitation.
    EnterByLink,
    /// Coming in by a code sent to a mailbox.
    EnterByCode,
    /// Coming in by a password.
    EnterByPassword,
    /// Ending a session.
    EndSession,
    /// Taking another mailbox.
    ChangeMailbox,
    /// Taking another password, or none.
    ChangePassword,
    /// Asking somebody into a project.
    Invite,
    /// Making somebody's link anew.
    RenewLink,
    /// Taking somebody out of a project.
    TakeOut,
    /// Keeping a project's contacts.
    ManageContacts,
    /// Saying what words mean.
    ManageGlossary,
    /// Starting a project.
    CreateProject,
    /// Starting a document.
    CreateDocument,
    /// Putting a document into the bin.
    RemoveDocument,
    /// Taking a document out of the bin.
    RestoreDocument,
    /// Looking at the server and its mail.
    SeeServer,
    /// Making an access token.
    CreateToken,
    /// Ending an access token.
    RevokeToken,
}

impl Act {
    /// The word stored and printed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnterByLink => "enter_by_link",
            Self::EnterByCode => "enter_by_code",
            Self::EnterByPassword => "enter_by_password",
            Self::EndSession => "end_session",
            Self::ChangeMailbox => "change_mailbox",
            Self::ChangePassword => "change_password",
            Self::Invite => "invite",
            Self::RenewLink => "renew_link",
            Self::TakeOut => "take_out",
            Self::ManageContacts => "manage_contacts",
            Self::ManageGlossary => "manage_glossary",
            Self::CreateProject => "create_project",
            Self::CreateDocument => "create_document",
            Self::RemoveDocument => "remove_document",
            Self::RestoreDocument => "restore_document",
            Self::SeeServer => "see_server",
            Self::CreateToken => "create_token",
            Self::RevokeToken => "revoke_token",
        }
    }
}

/// What an entry's hash covers besides the one before.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its place, from 1.
    pub position: i64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// What.
    pub act: &'a str,
    /// How it was decided.
    pub outcome: Outcome,
    /// Commitments to who and whom, ids of project and document; empty where there is none.
    pub parties: [&'a [u8]; 4],
}

/// The hash of the entry before the first.
pub const START: [u8; 32] = [0; 32];

/// The hash of an entry. Every part is preceded by its length: no two entries read the same.
#[must_use]
pub fn bind(before: &[u8; 32], facts: Facts<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"countersign/audit/v1\n");
    hash.update(before);
    hash.update(facts.position.to_be_bytes());
    hash.update(facts.at_ms.to_be_bytes());
    let words = [facts.act.as_bytes(), facts.outcome.as_str().as_bytes()];
    for part in words.into_iter().chain(facts.parties) {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Where the chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Entries are missing.
    #[error("entry {position} is missing")]
    Missing {
        /// The first of them.
        position: i64,
    },
    /// An entry is not as it was written.
    #[error("entry {position} is not as it was written")]
    Changed {
        /// Which.
        position: i64,
    },
}

/// Goes along the chain, from one entry to the next.
#[derive(Debug)]
pub struct Verifier {
    position: i64,
    hash: [u8; 32],
}

impl Default for Verifier {
    fn default() -> Self {
        Self {
            position: 0,
            hash: START,
        }
    }
}

impl Verifier {
    /// Takes the next entry.
    ///
    /// # Errors
    /// It is not the next, or not as it was written.
    pub fn take(&mut self, row: &AuditRow) -> Result<(), Broken> {
        let position = self.position + 1;
        if row.position != position {
            return Err(Broken::Missing { position });
        }
        if bind(&self.hash, row.facts()) != row.hash {
            return Err(Broken::Changed { position });
        }
        self.position = position;
        self.hash = row.hash;
        Ok(())
    }

    /// How many entries there were, and the hash of the last.
    #[must_use]
    pub fn end(&self) -> (i64, [u8; 32]) {
        (self.position, self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(position: i64, before: &[u8; 32]) -> AuditRow {
        let mut row = AuditRow {
            position,
            at_ms: 1_000 + position,
            act: Act::Invite.as_str().to_owned(),
            outcome: Outcome::Allowed,
            who: Some(vec![1; 32]),
            whom: None,
            project: Some(vec![2; 16]),
            document: None,
            hash: START,
            name: None,
            whose_name: None,
        };
        row.hash = bind(before, row.facts());
        row
    }

    fn chain() -> Vec<AuditRow> {
        let mut rows = Vec::new();
        let mut before = START;
        for position in 1..=5 {
            let row = row(position, &before);
            before = row.hash;
            rows.push(row);
        }
        rows
    }

    fn verify(rows: &[AuditRow]) -> Result<(), Broken> {
        let mut verifier = Verifier::default();
        rows.iter().try_for_each(|row| verifier.take(row))
    }

    // I6
    #[test]
    fn what_is_changed_moved_or_taken_out_shows() {
        assert_eq!(verify(&chain()), Ok(()));
        let mut changed = chain();
        changed[2].outcome = Outcome::Refused;
        assert_eq!(verify(&changed), Err(Broken::Changed { position: 3 }));
        // Also with a hash made to fit.
        changed[2].hash = bind(&changed[1].hash, changed[2].facts());
        assert_eq!(verify(&changed), Err(Broken::Changed { position: 4 }));
        let mut shortened = chain();
        shortened.remove(1);
        assert_eq!(verify(&shortened), Err(Broken::Missing { position: 2 }));
        let mut moved = chain();
        let (who, project) = (moved[0].who.take(), moved[0].project.take());
        (moved[0].whom, moved[0].document) = (who, project);
        assert_eq!(verify(&moved), Err(Broken::Changed { position: 1 }));
    }
}
