//! Decisions: the table of rights is asked, what it says is written down, and only then acted upon.

use app::ports::{AppError, Viewer};

use super::ServerBackend;
use super::translate::parse_person;
use crate::audit::Act;
use crate::rights::{self, Action, Object};
use crate::store::{Decision, Outcome, PersonId, ProjectId};

impl ServerBackend {
    /// Writes a decision down, and refuses if that is what it was. What cannot be written down is not done.
    pub(super) async fn decide(&self, decision: Decision) -> Result<(), AppError> {
        self.read(self.state.store.write_down(decision)).await?;
        match decision.outcome {
            Outcome::Allowed => Ok(()),
            Outcome::Refused => Err(AppError::Forbidden),
        }
    }

    /// Writes down that somebody could not show who they are, or did.
    pub(super) async fn decide_entry(
        &self,
        act: Act,
        who: Option<PersonId>,
        outcome: Outcome,
    ) -> Result<(), AppError> {
        let who = Decision {
            who,
            ..Decision::on(act, outcome)
        };
        self.read(self.state.store.write_down(who)).await
    }

    /// Refuses unless the viewer may do this in the project; either is written down as `act`.
    pub(super) async fn may(
        &self,
        viewer: &Viewer,
        id: ProjectId,
        action: Action,
        act: Act,
    ) -> Result<(), AppError> {
        self.may_to(viewer, id, (action, act), None).await
    }

    /// The same where it is done to somebody.
    pub(super) async fn may_to(
        &self,
        viewer: &Viewer,
        id: ProjectId,
        (action, act): (Action, Act),
        whom: Option<PersonId>,
    ) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let (_, subject, _) = self.visible_project(me, id).await?;
        let may = rights::can(subject, action, Object::Project);
        let decision = Decision::on(act, Outcome::of(may)).by(me).in_project(id);
        self.decide(Decision { whom, ..decision }).await
    }
}
