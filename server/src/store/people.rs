//! People, projects and who is in which project with which role.

use super::{NewLink, PersonId, ProjectId, StoreError};
use crate::rights::{Role, Standing};

/// Somebody who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Their id.
    pub id: PersonId,
    /// The name others see. Kept here only, so that it can be erased.
    pub name: String,
    /// What they are on this server, apart from any project.
    pub standing: Standing,
    /// When they were added, Unix milliseconds.
    pub created_at_ms: i64,
}

/// A project to be created together with its first member, who owns it.
#[derive(Clone, Debug)]
pub struct NewProject {
    /// Chosen by the caller.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// The client's name; may be empty.
    pub client: String,
    /// `zh-CN` or `en`.
    pub language: String,
    /// Becomes its owner.
    pub owner: PersonId,
    /// Now.
    pub at_ms: i64,
}

/// A project as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectRow {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// The client's name; may be empty.
    pub client: String,
    /// `zh-CN` or `en`.
    pub language: String,
    /// When it was created, Unix milliseconds.
    pub created_at_ms: i64,
}

/// Somebody in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRow {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// As what, and in which colour.
    pub seat: Seat,
    /// When they were last seen signing in or opening a page; `None` if never.
    pub last_seen_at_ms: Option<i64>,
}

/// What somebody is in one project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// What they may do there.
    pub role: Role,
    /// Their colour, 0..=7: their own as long as the project has no more people than colours.
    pub hue: u8,
}

/// What came of taking somebody out of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// They are out.
    Removed,
    /// They were not in it.
    NotThere,
    /// They own it and nobody else does; they stay.
    LastOwner,
}

/// What is kept of people and projects.
#[async_trait::async_trait]
pub trait PeopleStore: Send + Sync + 'static {
    /// Whether anybody runs this server: without a host the first run prints a set-up link.
    async fn has_host(&self) -> Result<bool, StoreError>;

    /// Adds a person.
    async fn add_person(&self, person: PersonRow) -> Result<(), StoreError>;

    /// A person by id.
    async fn person(&self, id: PersonId) -> Result<Option<PersonRow>, StoreError>;

    /// Everybody, oldest first; for the command line.
    async fn people(&self) -> Result<Vec<PersonRow>, StoreError>;

    /// People with exactly this name, oldest first; for the command line.
    async fn people_named(&self, name: &str) -> Result<Vec<PersonRow>, StoreError>;

    /// Creates a project and makes its owner a member.
    async fn create_project(&self, project: NewProject) -> Result<(), StoreError>;

    /// A project by id.
    async fn project(&self, id: ProjectId) -> Result<Option<ProjectRow>, StoreError>;

    /// Projects with exactly this name, oldest first; for the command line.
    async fn projects_named(&self, name: &str) -> Result<Vec<ProjectRow>, StoreError>;

    /// The projects a person is in, with their role, newest first.
    async fn projects_of(&self, person: PersonId) -> Result<Vec<(ProjectRow, Role)>, StoreError>;

    /// The person's seat in the project, `None` when they are not (or no longer) in it.
    async fn seat(&self, project: ProjectId, person: PersonId) -> Result<Option<Seat>, StoreError>;

    /// Everybody in the project, owners first, then by name.
    async fn members(&self, project: ProjectId) -> Result<Vec<MemberRow>, StoreError>;

    /// Adds somebody to a project, or changes the role they have in it.
    async fn set_member(
        &self,
        project: ProjectId,
        person: PersonId,
        role: Role,
        at_ms: i64,
    ) -> Result<(), StoreError>;

    /// Adds a person, puts them in a project, and makes their link: all or nothing.
    async fn invite(
        &self,
        person: PersonRow,
        project: ProjectId,
        role: Role,
        link: NewLink,
    ) -> Result<(), StoreError>;

    /// Takes somebody out of a project and revokes the links and tokens that were made for them
    /// in it, in one transaction.
    async fn remove_member(
        &self,
        project: ProjectId,
        person: PersonId,
        at_ms: i64,
    ) -> Result<Removal, StoreError>;
}
