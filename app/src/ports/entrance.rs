//! The ways in and out: invitations, links and what comes of opening one.

use super::accounts::Mailing;
use super::people::{Language, ProjectId, Role};
use model::ids::DocumentId;
use serde::{Deserialize, Serialize};

/// Whom to invite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Into which project.
    pub project: ProjectId,
    /// The name others will see.
    pub name: String,
    /// As what.
    pub role: Role,
    /// Where the invitation is sent; may be empty.
    #[serde(default)]
    pub mailbox: String,
    /// In which language.
    #[serde(default)]
    pub language: Option<Language>,
    /// What whoever opens the link reads first; may be empty.
    #[serde(default)]
    pub message: String,
    /// For how many days the link works, 1 to 90.
    #[serde(default = "usual_days")]
    pub days: u32,
}

/// For how many days an invitation works when nobody says: a page of an older release, a program, a
/// link that is made anew.
pub const USUAL_DAYS: u32 = 30;

fn usual_days() -> u32 {
    USUAL_DAYS
}

/// A picture of squares in a square, as phones read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrPicture {
    /// Squares on each side.
    pub side: u32,
    /// The dark ones, as the path of an SVG in units of one square.
    pub path: String,
}

/// What an invitation says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Who invites.
    pub inviter: String,
    /// Into which project.
    pub project: String,
    /// How the others see whoever comes in.
    pub name: String,
    /// As what they come.
    pub role: Role,
    /// In the inviter's words; may be empty.
    pub message: String,
}

/// How somebody who was invited comes in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// By the link, which is for them alone.
    #[default]
    Link,
    /// As they always do: they are somebody here already. The link is the project's address.
    OwnMailbox,
}

/// A link for one person, shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// For whom.
    pub name: String,
    /// As what.
    pub role: Role,
    /// How they come in.
    #[serde(default)]
    pub entry: Entry,
    /// Where it was sent, if it was; empty if not.
    #[serde(default)]
    pub mailed_to: String,
    /// Whether that mail leaves the server.
    #[serde(default)]
    pub mailing: Mailing,
    /// The whole address, the secret in its fragment.
    pub url: String,
    /// The same for a camera.
    pub qr: Option<QrPicture>,
    /// When it stops working (Unix milliseconds).
    pub expires_at_ms: i64,
    /// The server's clock (Unix milliseconds).
    pub now_ms: i64,
}

/// A link's secret, posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnterRequest {
    /// What stood in the fragment.
    pub secret: String,
    /// The person's name, once asked for.
    pub name: Option<String>,
}

/// Where a person goes after coming in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The list of projects.
    Projects,
    /// One project.
    Project(ProjectId),
    /// One document.
    Document(DocumentId),
}

/// What came of posting a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnterOutcome {
    /// A set-up link: ask for the person's name, then post again with it. Nothing was used up.
    NameNeeded,
    /// Signed in.
    Entered(Entered),
}

/// A fresh session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The whole `Set-Cookie` value.
    pub set_cookie: String,
    /// Where to go.
    pub destination: Destination,
}

/// A session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOut {
    /// The whole `Set-Cookie` value that removes the cookie.
    pub set_cookie: String,
}
