//! People of a project, and the ways in and out: invited, let in by a link, taken out, signed out.

use app::ports::{
    AppError, Destination, EnterOutcome, EnterRequest, Entered, Field, Invitation, NewInvitation,
    PersonId as PersonName, ProjectId as ProjectName, SignOut, Viewer,
};

use super::translate::{parse_person, parse_project, role, stored_role, text_field};
use super::{ServerBackend, refusal};
use crate::auth::{Revocation, Secret};
use crate::clock::now_ms;
use crate::rights::Action;
use crate::store::{LinkPurpose, Removal, SessionId};

/// Longest name of a person; the schema has the same number.
const PERSON_NAME_CHARS_MAX: u32 = 80;

impl ServerBackend {
    /// Adds a person and makes their link.
    pub(super) async fn invite_person(
        &self,
        viewer: &Viewer,
        new: NewInvitation,
    ) -> Result<Invitation, AppError> {
        let project = parse_project(&new.project)?;
        self.may(viewer, project, Action::ManagePeople).await?;
        let name = text_field(&new.name, Field::Name, PERSON_NAME_CHARS_MAX)?
            .ok_or(AppError::FieldMissing { field: Field::Name })?;
        let their_role = stored_role(new.role);
        let (_, issued) = self
            .read(
                self.state
                    .entrance
                    .invite(name.clone(), project, their_role),
            )
            .await?;
        Ok(Invitation {
            name,
            role: new.role,
            url: issued.shown,
            expires_at_ms: issued.expires_at_ms,
            now_ms: now_ms(),
        })
    }

    /// Makes a fresh link for somebody in the project.
    pub(super) async fn renew_invitation(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        person: &PersonName,
    ) -> Result<Invitation, AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManagePeople).await?;
        let person = parse_person(person)?;
        let people = self.read(self.state.store.members(project)).await?;
        let member = people
            .iter()
            .find(|member| member.person == person)
            .ok_or(AppError::NotFound)?;
        let issued = self
            .read(self.state.entrance.renew_invitation(person, project))
            .await?;
        Ok(Invitation {
            name: member.name.clone(),
            role: role(member.seat.role),
            url: issued.shown,
            expires_at_ms: issued.expires_at_ms,
            now_ms: now_ms(),
        })
    }

    /// Takes somebody out; live connections look again at once.
    pub(super) async fn take_out(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        person: &PersonName,
    ) -> Result<(), AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManagePeople).await?;
        let person = parse_person(person)?;
        match self
            .read(self.state.store.remove_member(project, person, now_ms()))
            .await?
        {
            Removal::Removed => {
                self.state.revocations.announce(Revocation::Person(person));
                Ok(())
            }
            Removal::NotThere => Err(AppError::NotFound),
            Removal::LastOwner => Err(AppError::LastOwner),
        }
    }

    /// Exchanges a link's secret for a session.
    pub(super) async fn come_in(&self, request: EnterRequest) -> Result<EnterOutcome, AppError> {
        let secret = Secret::parse(&request.secret).ok_or(AppError::LinkUnknown)?;
        let link = self
            .read(self.state.entrance.look(&secret))
            .await?
            .map_err(refusal::link)?;
        let entry = match link.purpose {
            LinkPurpose::Login | LinkPurpose::Invitation => {
                self.read(self.state.entrance.enter(&secret)).await?
            }
            LinkPurpose::SetUp => {
                let Some(name) = request.name else {
                    return Ok(EnterOutcome::NameNeeded);
                };
                let name = text_field(&name, Field::Name, PERSON_NAME_CHARS_MAX)?
                    .ok_or(AppError::FieldMissing { field: Field::Name })?;
                self.read(self.state.entrance.set_up(&secret, name)).await?
            }
        };
        let entry = entry.map_err(refusal::link)?;
        let destination = match entry.project {
            Some(project) => Destination::Project(ProjectName::new(project.to_string())),
            None => Destination::Projects,
        };
        Ok(EnterOutcome::Entered(Entered {
            set_cookie: entry.set_cookie,
            destination,
        }))
    }

    /// Ends the viewer's session.
    pub(super) async fn leave(&self, viewer: &Viewer) -> Result<SignOut, AppError> {
        let session: SessionId = viewer
            .session
            .as_str()
            .parse()
            .map_err(|_| AppError::SignedOut)?;
        let set_cookie = self.read(self.state.entrance.sign_out(session)).await?;
        Ok(SignOut { set_cookie })
    }
}
