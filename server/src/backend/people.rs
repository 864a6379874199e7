//! People of a project, and the ways in and out: invited, let in by a link, taken out, signed out.

use app::ports::{
    AppError, Destination, EnterOutcome, EnterRequest, Entered, Entry, Field, Invitation, Language,
    NewInvitation, PersonId as PersonName, ProjectId as ProjectName, QrPicture, SignOut,
    USUAL_DAYS, Viewer, Welcome,
};
use app::session::locale_of;
use app::words;
use qrcodegen::{QrCode, QrCodeEcc};

use super::translate::{parse_person, parse_project, role, stored_role, text_block, text_field};
use super::{ServerBackend, accounts, refusal};
use crate::audit::Act;
use crate::auth::{Attempt, DAY, InvitationTerms, Mailbox, Revocation, Secret};
use crate::clock::now_ms;
use crate::mail::Letter;
use crate::rights::{Action, Standing};
use crate::store::{
    Decision, InvitedBy, LinkPurpose, Outcome, PersonId, ProjectId, Removal, SessionId,
};

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
        self.may(viewer, project, Action::ManagePeople, Act::Invite)
            .await?;
        let name = text_field(&new.name, Field::Name, PERSON_NAME_CHARS_MAX)?
            .ok_or(AppError::FieldMissing { field: Field::Name })?;
        let their_role = stored_role(new.role);
        let terms = invitation_terms(viewer, &new.message, new.days)?;
        let mailbox = match new.mailbox.trim() {
            "" => None,
            typed => Some(accounts::parse_mailbox(typed)?),
        };
        let letter = InvitationLetter {
            language: new.language.unwrap_or(Language::ZhCn),
            days: new.days,
            terms: terms.clone(),
        };
        if let Some(mailbox) = &mailbox {
            self.attempt(Attempt::Mail)?;
            let store = &self.state.store;
            let known = self.read(store.person_of_mailbox(mailbox.as_str())).await?;
            if let Some(person) = known {
                return self
                    .add_known(viewer, (person, project), new.role, (mailbox, &letter))
                    .await;
            }
        }
        let entrance = &self.state.entrance;
        let invited = entrance.invite(name.clone(), project, their_role, terms);
        let (person, issued) = self.read(invited).await?;
        if let Some(mailbox) = &mailbox {
            let terms = letter.terms.clone();
            let link = entrance.mailed_invitation(person, project, terms, mailbox);
            let link = self.read(link).await?.shown;
            self.mail_invitation(viewer, project, (mailbox, &letter), link, Some(letter.days))
                .await?;
        }
        Ok(Invitation {
            name,
            role: new.role,
            entry: Entry::Link,
            mailed_to: mailbox
                .map(|mailbox| mailbox.to_string())
                .unwrap_or_default(),
            mailing: self.mailing(),
            qr: qr_of(&issued.shown),
            url: issued.shown,
            expires_at_ms: issued.expires_at_ms,
            now_ms: now_ms(),
        })
    }

    /// Puts somebody who has a mailbox here already into the project. They come in as they always do: a link would let
    /// whoever sees it come in as them everywhere.
    async fn add_known(
        &self,
        viewer: &Viewer,
        (person, project): (PersonId, ProjectId),
        their_role: app::ports::Role,
        (mailbox, letter): (&Mailbox, &InvitationLetter),
    ) -> Result<Invitation, AppError> {
        let store = &self.state.store;
        if self.read(store.seat(project, person)).await?.is_some() {
            return Err(AppError::AlreadyMember);
        }
        let known = self.read(store.person(person)).await?;
        let name = known.ok_or(AppError::NotFound)?.name;
        let set = store.set_member(project, person, stored_role(their_role), now_ms());
        self.read(set).await?;
        let url = self.state.entrance.project_address(project);
        self.mail_invitation(viewer, project, (mailbox, letter), url.clone(), None)
            .await?;
        Ok(Invitation {
            name,
            role: their_role,
            entry: Entry::OwnMailbox,
            mailed_to: mailbox.to_string(),
            mailing: self.mailing(),
            qr: qr_of(&url),
            url,
            expires_at_ms: 0,
            now_ms: now_ms(),
        })
    }

    async fn mail_invitation(
        &self,
        viewer: &Viewer,
        project: ProjectId,
        (mailbox, invitation): (&Mailbox, &InvitationLetter),
        url: String,
        days: Option<u32>,
    ) -> Result<(), AppError> {
        let project = self.read(self.state.store.project(project)).await?;
        let project = project.ok_or(AppError::NotFound)?.name;
        let locale = locale_of(invitation.language);
        let words = words::invitation_mail(locale, &viewer.name, &project, days);
        let letter = Letter {
            subject: words.subject,
            lead: words.lead,
            quote: invitation.terms.by.message.clone(),
            link: Some((words.button, url)),
            remark: words.remark,
            ..Letter::default()
        };
        self.state.post.hand_in(mailbox, &letter).await;
        Ok(())
    }

    /// Whether a link may be made that lets somebody in: not for whoever has a way in of their own, or could do more
    /// with it than in this project.
    async fn needs_link(&self, person: PersonId) -> Result<bool, AppError> {
        let store = &self.state.store;
        let has_mailbox = self.read(store.mailbox(person)).await?.is_some();
        let is_host = self.stranger(person).await?.standing == Standing::Host;
        let is_elsewhere = self.read(store.projects_of(person)).await?.len() > 1;
        Ok(!(has_mailbox || is_host || is_elsewhere))
    }

    /// Makes a fresh link for somebody in the project.
    pub(super) async fn renew_invitation(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        person: &PersonName,
    ) -> Result<Invitation, AppError> {
        let project = parse_project(project)?;
        let person = parse_person(person)?;
        let renewing = (Action::ManagePeople, Act::RenewLink);
        self.may_to(viewer, project, renewing, Some(person)).await?;
        let terms = invitation_terms(viewer, "", USUAL_DAYS)?;
        let people = self.read(self.state.store.members(project)).await?;
        let member = people
            .iter()
            .find(|member| member.person == person)
            .ok_or(AppError::NotFound)?;
        if !self.needs_link(person).await? {
            let me = parse_person(&viewer.person)?;
            let refused = Decision::on(Act::RenewLink, Outcome::Refused);
            let refused = refused.by(me).to(person).in_project(project);
            self.read(self.state.store.write_down(refused)).await?;
            return Err(AppError::OwnWayIn);
        }
        let issued = self
            .read(self.state.entrance.renew_invitation(person, project, terms))
            .await?;
        Ok(Invitation {
            name: member.name.clone(),
            role: role(member.seat.role),
            entry: Entry::Link,
            mailed_to: String::new(),
            mailing: self.mailing(),
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
        let person = parse_person(person)?;
        let taking_out = (Action::ManagePeople, Act::TakeOut);
        self.may_to(viewer, project, taking_out, Some(person))
            .await?;
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
        self.attempt(Attempt::Enter)?;
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
        self.attempt(Attempt::Enter)?;
        let secret = Secret::parse(&request.secret).ok_or(AppError::LinkUnknown)?;
        let link = match self.read(self.state.entrance.look(&secret)).await? {
            Ok(link) => link,
            Err(why) => {
                self.decide_entry(Act::EnterByLink, None, Outcome::Refused)
                    .await?;
                return Err(refusal::link(why));
            }
        };
        self.decide_entry(Act::EnterByLink, link.person, Outcome::Allowed)
            .await?;
        let agent = self.caller.agent.clone();
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
        let me = parse_person(&viewer.person)?;
        self.decide(Decision::on(Act::EndSession, Outcome::Allowed).by(me))
            .await?;
        let set_cookie = self.read(self.state.entrance.sign_out(session)).await?;
        Ok(SignOut { set_cookie })
    }
}

/// What an invitation's mail says besides who invites into what.
struct InvitationLetter {
    language: Language,
    days: u32,
    terms: InvitationTerms,
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
