//! People of a project, and the ways in and out: invited, let in by a link, taken out, signed out.

use app::ports::{
    AppError, Destination, EnterOutcome, EnterRequest, Entered, Field, Invitation, NewInvitation,
    PersonId as PersonName, ProjectId as ProjectName, QrPicture, SignOut, USUAL_DAYS, Viewer,
    Welcome,
};

use qrcodegen::{QrCode, QrCodeEcc};

use super::translate::{parse_person, parse_project, role, stored_role, text_block, text_field};
use super::{ServerBackend, refusal};
use crate::auth::{DAY, InvitationTerms, Revocation, Secret};
use crate::clock::now_ms;
use crate::rights::Action;
use crate::store::{InvitedBy, LinkPurpose, Removal, SessionId};

/// Longest name of a person; the schema has the same number.
const PERSON_NAME_CHARS_MAX: u32 = 80;
/// Longest message with an invitation; the schema has the same number.
const MESSAGE_CHARS_MAX: u32 = 500;
/// How long an invitation stands at most.
const INVITATION_DAYS_MAX: u32 = 90;

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
        let terms = invitation_terms(viewer, &new.message, new.days)?;
        let (_, issued) = self
            .read(
                self.state
                    .entrance
                    .invite(name.clone(), project, their_role, terms),
            )
            .await?;
        Ok(Invitation {
            name,
            role: new.role,
            qr: qr_of(&issued.shown),
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
        let terms = invitation_terms(viewer, "", USUAL_DAYS)?;
        let people = self.read(self.state.store.members(project)).await?;
        let member = people
            .iter()
            .find(|member| member.person == person)
            .ok_or(AppError::NotFound)?;
        let issued = self
            .read(self.state.entrance.renew_invitation(person, project, terms))
            .await?;
        Ok(Invitation {
            name: member.name.clone(),
            role: role(member.seat.role),
            qr: qr_of(&issued.shown),
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

    /// What an invitation says to whoever opens it; nothing for links of other kinds. Uses nothing up.
    pub(super) async fn greet(&self, secret: &str) -> Result<Option<Welcome>, AppError> {
        let secret = Secret::parse(secret).ok_or(AppError::LinkUnknown)?;
        let link = self
            .read(self.state.entrance.look(&secret))
            .await?
            .map_err(refusal::link)?;
        let (Some(by), Some(person), Some(project)) = (link.invited_by, link.person, link.project)
        else {
            return Ok(None);
        };
        let store = &self.state.store;
        let inviter = self.read(store.person(by.person)).await?;
        let people = self.read(store.members(project)).await?;
        let invited = people.iter().find(|member| member.person == person);
        let project = self.read(store.project(project)).await?;
        let (Some(inviter), Some(invited), Some(project)) = (inviter, invited, project) else {
            return Err(AppError::LinkRevoked);
        };
        Ok(Some(Welcome {
            inviter: inviter.name,
            project: project.name,
            name: invited.name.clone(),
            role: role(invited.seat.role),
            message: by.message,
        }))
    }

    /// Exchanges a link's secret for a session.
    pub(super) async fn come_in(&self, request: EnterRequest) -> Result<EnterOutcome, AppError> {
        let secret = Secret::parse(&request.secret).ok_or(AppError::LinkUnknown)?;
        let link = self
            .read(self.state.entrance.look(&secret))
            .await?
            .map_err(refusal::link)?;
        let agent = self.agent.clone();
        let entry = match link.purpose {
            LinkPurpose::Login | LinkPurpose::Invitation => {
                self.read(self.state.entrance.enter(&secret, agent)).await?
            }
            LinkPurpose::SetUp => {
                let Some(name) = request.name else {
                    return Ok(EnterOutcome::NameNeeded);
                };
                let name = text_field(&name, Field::Name, PERSON_NAME_CHARS_MAX)?
                    .ok_or(AppError::FieldMissing { field: Field::Name })?;
                self.read(self.state.entrance.set_up(&secret, name, agent))
                    .await?
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

/// Who invites, with which words, for how long.
fn invitation_terms(
    viewer: &Viewer,
    message: &str,
    days: u32,
) -> Result<InvitationTerms, AppError> {
    if !(1..=INVITATION_DAYS_MAX).contains(&days) {
        return Err(AppError::NotUnderstood);
    }
    let message = text_block(message, Field::Message, MESSAGE_CHARS_MAX)?;
    Ok(InvitationTerms {
        by: InvitedBy {
            person: parse_person(&viewer.person)?,
            message: message.unwrap_or_default(),
        },
        lifetime: DAY * days,
    })
}

/// The link as a picture that a phone reads, one square for each module; without one where it is too long.
fn qr_of(link: &str) -> Option<QrPicture> {
    let code = QrCode::encode_text(link, QrCodeEcc::Medium).ok()?;
    let side = code.size();
    let squares = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let path = squares
        .filter(|(x, y)| code.get_module(*x, *y))
        .fold(String::new(), |path, (x, y)| {
            format!("{path}M{x} {y}h1v1h-1z")
        });
    Some(QrPicture {
        side: u32::try_from(side).ok()?,
        path,
    })
}
