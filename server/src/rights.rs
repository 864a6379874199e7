//! Who may do what: one table, read from top to bottom. Everything that acts asks [`can`] at the
//! moment it acts; nothing else in the server decides.
//!
//! | | owner | member | client | reader | nobody |
//! |---|---|---|---|---|---|
//! | see project, see people | yes | yes | yes | yes | – |
//! | invite, take people out | yes | – | – | – | – |
//! | keep contacts, say what words mean, create document | yes | yes | – | – | – |
//! | read shared document | yes | yes | yes | yes | – |
//! | write shared document | yes | yes | yes | – | – |
//! | remove shared document, put it back | yes | yes | – | – | – |
//! | private document | its author alone, while in the project | | | | |
//!
//! A client writes in shared documents because requirements and minutes are written together.
//! Creating projects, and seeing how much the server keeps and its mail, belong to the host of the server,
//! not to a role.

use std::fmt;

/// What somebody is in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Runs the project: the PM.
    Owner,
    /// Edits with the owner.
    Member,
    /// The client's people.
    Client,
    /// Reads only.
    Reader,
}

impl Role {
    /// Every role, from most rights to fewest.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Member, Self::Client, Self::Reader];

    /// The word stored and shown to scripts.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Client => "client",
            Self::Reader => "reader",
        }
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What somebody is on this server, apart from any project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Runs the server: came in by the set-up link or was made on the command line.
    Host,
    /// Was invited into a project.
    Guest,
}

impl Standing {
    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
        }
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Host, Self::Guest]
            .into_iter()
            .find(|standing| standing.as_str() == word)
    }
}

/// For whom a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Everybody in the project, as their role allows.
    Project,
    /// Its author alone.
    Author,
}

impl Audience {
    /// The word stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Project => "project",
            Self::Author => "author",
        }
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Project, Self::Author]
            .into_iter()
            .find(|audience| audience.as_str() == word)
    }
}

/// Whether somebody made the document in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Authorship {
    /// They made it.
    Theirs,
    /// Somebody else made it.
    SomebodyElses,
}

/// Who asks, as far as rights go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What they are on this server.
    pub standing: Standing,
    /// What they are in the project of the object; `None` when they are not in it.
    pub role: Option<Role>,
}

/// What is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    /// This server as a whole.
    Server,
    /// A project.
    Project,
    /// A document of a project.
    Document {
        /// For whom it is.
        audience: Audience,
        /// Whether the subject made it.
        authorship: Authorship,
    },
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Start a project on this server.
    CreateProject,
    /// See how much the server keeps, and its mail.
    SeeServer,
    /// See a project, its people and its list of documents.
    SeeProject,
    /// Invite people into a project and take them out.
    ManagePeople,
    /// See and keep the client's people and how they are reached.
    ManageContacts,
    /// Say what words mean in a project.
    ManageGlossary,
    /// Start a document in a project.
    CreateDocument,
    /// Read a document and be present in it.
    Read,
    /// Change a document.
    Write,
    /// Put a document into the bin and take it out again.
    Remove,
}

/// What somebody may do with one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reads.
    Read,
    /// Reads and writes.
    Write,
}

/// The table. What it does not list is refused.
#[must_use]
pub fn can(subject: Subject, action: Action, object: Object) -> bool {
    use Action::{
        CreateDocument, CreateProject, ManageContacts, ManageGlossary, ManagePeople, Read, Remove,
        SeeProject, SeeServer, Write,
    };
    use Role::{Client, Member, Owner, Reader};

    match (action, object, subject.role) {
        (CreateProject | SeeServer, Object::Server, _) => subject.standing == Standing::Host,

        (SeeProject, Object::Project, Some(Owner | Member | Client | Reader)) => true,
        (ManagePeople, Object::Project, Some(Owner)) => true,
        (
            CreateDocument | ManageContacts | ManageGlossary,
            Object::Project,
            Some(Owner | Member),
        ) => true,

        (
            Read | Write | Remove,
            Object::Document {
                audience: Audience::Author,
                authorship,
            },
            Some(_),
        ) => authorship == Authorship::Theirs,
        (Read, Object::Document { .. }, Some(Owner | Member | Client | Reader)) => true,
        (Write, Object::Document { .. }, Some(Owner | Member | Client)) => true,
        (Remove, Object::Document { .. }, Some(Owner | Member)) => true,

        _ => false,
    }
}

/// The most somebody may do with a document, `None` when not even read it.
#[must_use]
pub fn document_access(subject: Subject, document: Object) -> Option<Access> {
    if can(subject, Action::Write, document) {
        Some(Access::Write)
    } else if can(subject, Action::Read, document) {
        Some(Access::Read)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIONS: [Action; 9] = [
        Action::CreateProject,
        Action::SeeProject,
        Action::ManagePeople,
        Action::ManageContacts,
        Action::ManageGlossary,
        Action::CreateDocument,
        Action::Read,
        Action::Write,
        Action::Remove,
    ];

    fn document(audience: Audience, authorship: Authorship) -> Object {
        Object::Document {
            audience,
            authorship,
        }
    }

    /// The whole matrix, written out a second time by hand: one letter per action in the order of
    /// `ACTIONS`, upper case where allowed.
    #[test]
    fn the_full_matrix_is_as_written() {
        use Audience::{Author, Project};
        use Authorship::{SomebodyElses, Theirs};
        let roles = [
            Some(Role::Owner),
            Some(Role::Member),
            Some(Role::Client),
            Some(Role::Reader),
            None,
        ];
        let objects: [(Object, &str); 6] = [
            (
                Object::Server,
                "p-------- p-------- p-------- p-------- p--------",
            ),
            (
                Object::Project,
                "-SMCGD--- -S-CGD--- -S------- -S------- ---------",
            ),
            (
                document(Project, Theirs),
                "------RWX ------RWX ------RW- ------R-- ---------",
            ),
            (
                document(Project, SomebodyElses),
                "------RWX ------RWX ------RW- ------R-- ---------",
            ),
            (
                document(Author, Theirs),
                "------RWX ------RWX ------RWX ------RWX ---------",
            ),
            (
                document(Author, SomebodyElses),
                "--------- --------- --------- --------- ---------",
            ),
        ];
        for (object, rows) in objects {
            assert_eq!(rows.split(' ').count(), roles.len());
            for (role, row) in roles.into_iter().zip(rows.split(' ')) {
                for standing in [Standing::Host, Standing::Guest] {
                    for (action, letter) in ACTIONS.into_iter().zip(row.chars()) {
                        // "p": creating projects goes by standing, not by role.
                        let expected = match letter {
                            'p' => standing == Standing::Host,
                            '-' => false,
                            _ => true,
                        };
                        let subject = Subject { standing, role };
                        assert_eq!(
                            can(subject, action, object),
                            expected,
                            "{standing:?} {role:?} {action:?} {object:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn access_is_the_most_that_is_allowed() {
        let shared = document(Audience::Project, Authorship::SomebodyElses);
        let as_role = |role| {
            document_access(
                Subject {
                    standing: Standing::Guest,
                    role,
                },
                shared,
            )
        };
        assert_eq!(as_role(Some(Role::Client)), Some(Access::Write));
        assert_eq!(as_role(Some(Role::Reader)), Some(Access::Read));
        assert_eq!(as_role(None), None);
    }

    #[test]
    fn words_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
