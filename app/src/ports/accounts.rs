//! Signing in without a link: a mailbox, codes sent to it, a password; and what the host of a server sees of it.

use super::backend::Reply;
use super::entrance::Entered;
use super::people::{Language, Viewer};
use serde::{Deserialize, Serialize};

/// Whether mail leaves this server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mailing {
    /// It is sent.
    Sent,
    /// It stays, for the host to read out.
    #[default]
    Held,
}

/// A code is on its way, if there is anybody to whom it leads in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeAsked {
    /// To be posted with the code. The code works with nothing else.
    pub ticket: String,
    /// Whether it was sent.
    pub mailing: Mailing,
    /// The mailbox there was before, which has to agree, a little hidden; `None` when there was none.
    pub before: Option<String>,
}

/// A code as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedCode {
    /// From [`CodeAsked`].
    pub ticket: String,
    /// What was typed.
    pub code: String,
    /// What was typed of the other mailbox's, where there was one.
    #[serde(default)]
    pub code_before: Option<String>,
}

/// A mailbox and its person's password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedPassword {
    /// The mailbox.
    pub mailbox: String,
    /// The password.
    pub password: String,
}

/// A password is shown to nobody, the log least of all.
impl std::fmt::Debug for TypedPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedPassword(…)")
    }
}

/// A password in place of another, or of none.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPassword {
    /// The one there is; may be left out soon after signing in.
    pub current: Option<String>,
    /// The one there is to be; `None` for none.
    pub new: Option<String>,
}

/// See [`TypedPassword`].
impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// How somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// Their mailbox, once they proved that it is theirs.
    pub mailbox: Option<String>,
    /// Whether they have a password.
    pub has_password: bool,
    /// Whether they run this server, and see what it keeps.
    pub is_host: bool,
}

/// Where a mail stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailStanding {
    /// Will be tried (again).
    Waiting,
    /// Was handed on.
    Sent,
    /// Nobody took it.
    GivenUp,
}

/// One mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailCard {
    /// To whom.
    pub recipient: String,
    /// What it is about.
    pub subject: String,
    /// What it says; empty once it was handed on.
    pub text: String,
    /// When it was written (Unix milliseconds).
    pub at_ms: i64,
    /// Where it stands.
    pub standing: MailStanding,
    /// What whoever carries mail said; empty when nothing went wrong.
    pub failure: String,
}

/// What the host sees of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerView {
    /// The program's version.
    pub version: String,
    /// How many people can come in.
    pub people: u32,
    /// How many projects there are.
    pub projects: u32,
    /// How many documents there are, those in bins included.
    pub documents: u32,
    /// How large what is kept is, in bytes.
    pub stored_bytes: u64,
    /// Whether mail leaves this server.
    pub mailing: Mailing,
    /// The latest mail, the newest first.
    pub mail: Vec<MailCard>,
    /// The server's clock (Unix milliseconds).
    pub now_ms: i64,
}

/// The ways in that people have themselves.
pub trait Accounts: Send + Sync + 'static {
    /// Sends a code to a mailbox, if it leads in. The answer is the same if not.
    fn ask_code<'a>(&'a self, mailbox: &'a str, language: Language) -> Reply<'a, CodeAsked>;

    /// Signs in whoever reads the mailbox.
    fn enter_code<'a>(&'a self, typed: &'a TypedCode) -> Reply<'a, Entered>;

    /// Signs in whoever knows the password.
    fn enter_password(&self, typed: TypedPassword) -> Reply<'_, Entered>;

    /// How the viewer signs in.
    fn ways_in<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, WaysIn>;

    /// Sends a code to what is to be the viewer's mailbox, and one to what was.
    fn ask_mailbox<'a>(
        &'a self,
        viewer: &'a Viewer,
        mailbox: &'a str,
        language: Language,
    ) -> Reply<'a, CodeAsked>;

    /// Makes a mailbox the viewer's, and signs them out everywhere else.
    fn keep_mailbox<'a>(&'a self, viewer: &'a Viewer, typed: &'a TypedCode) -> Reply<'a, ()>;

    /// Changes the viewer's password, and signs them out everywhere else.
    fn keep_password<'a>(&'a self, viewer: &'a Viewer, new: NewPassword) -> Reply<'a, ()>;

    /// What the host sees of the server.
    fn server<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ServerView>;
}
