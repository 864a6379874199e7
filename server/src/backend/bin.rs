//! The bin of a project: put in, put back, looked into. A document in it is out of reach of every
//! page, link and socket, and nothing of it is deleted.

use app::ports::{AppError, BinView, ProjectId as ProjectName, ProjectRef, RemovedCard, Viewer};
use model::ids::DocumentId;

use super::ServerBackend;
use super::translate::{language, name_of, parse_person, parse_project};
use crate::audit::Act;
use crate::auth::{Revocation, document_object};
use crate::clock::now_ms;
use crate::rights::{self, Action, Subject};
use crate::store::{Decision, DocumentRow, MemberRow, Outcome, PersonId, ProjectId};

/// How long a document can be put back: long enough to be missed by a monthly meeting.
const KEPT_DAYS: u32 = 30;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What was removed up to this moment stays where it is.
fn kept_since_ms(now_ms: i64) -> i64 {
    now_ms.saturating_sub(i64::from(KEPT_DAYS) * DAY_MS)
}

/// Days left to put back what was removed then, the one that has begun included. A clock that was
/// set back in between gives no more than the whole time.
fn days_left(removed_at_ms: i64, now_ms: i64) -> u32 {
    let left_ms = removed_at_ms
        .saturating_sub(kept_since_ms(now_ms))
        .max(0)
        .min(i64::from(KEPT_DAYS) * DAY_MS);
    u32::try_from((left_ms + DAY_MS - 1) / DAY_MS).unwrap_or(KEPT_DAYS)
}

impl ServerBackend {
    /// Puts a document into the bin; live connections look again at once.
    pub(super) async fn put_into_bin(
        &self,
        viewer: &Viewer,
        id: DocumentId,
    ) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let row = self.read(self.state.store.document_row(id)).await?;
        self.may_remove(me, row, Act::RemoveDocument).await?;
        let removed = self.state.store.remove_document(id, me, now_ms());
        self.moved(self.read(removed).await?)
    }

    /// Takes a document out of the bin; whoever asked for it in vain gets it now.
    pub(super) async fn take_out_of_bin(
        &self,
        viewer: &Viewer,
        id: DocumentId,
    ) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let row = self.read(self.state.store.removed_document(id)).await?;
        self.may_remove(me, row, Act::RestoreDocument).await?;
        let since_ms = kept_since_ms(now_ms());
        let restored = self.state.store.restore_document(id, since_ms);
        self.moved(self.read(restored).await?)
    }

    /// What of a project's bin the viewer may put back.
    pub(super) async fn show_bin(
        &self,
        viewer: &Viewer,
        id: &ProjectName,
    ) -> Result<BinView, AppError> {
        let me = parse_person(&viewer.person)?;
        let (project, subject, _) = self.visible_project(me, parse_project(id)?).await?;
        let people = self.read(self.state.store.members(project.id)).await?;
        let now_ms = now_ms();
        let rows = self.removed_documents(me, subject, project.id).await?;
        Ok(BinView {
            project: ProjectRef {
                id: ProjectName::new(project.id.to_string()),
                name: project.name,
            },
            my_name: viewer.name.clone(),
            documents: rows
                .iter()
                .filter_map(|row| removed_card(row, &people, now_ms))
                .collect(),
            kept_days: KEPT_DAYS,
            now_ms,
        })
    }

    /// The documents in a project's bin that the viewer may put back, the last one first.
    pub(super) async fn removed_documents(
        &self,
        me: PersonId,
        subject: Subject,
        project: ProjectId,
    ) -> Result<Vec<DocumentRow>, AppError> {
        let since_ms = kept_since_ms(now_ms());
        let rows = self.state.store.removed_documents(project, since_ms);
        let mut rows = self.read(rows).await?;
        rows.retain(|row| rights::can(subject, Action::Remove, document_object(row, me)));
        Ok(rows)
    }

    /// Refuses unless the document is there and the viewer may move it in and out of the bin.
    async fn may_remove(
        &self,
        me: PersonId,
        row: Option<DocumentRow>,
        act: Act,
    ) -> Result<(), AppError> {
        let row = row.ok_or(AppError::NotFound)?;
        let (_, subject, _) = self.visible_project(me, row.project).await?;
        let may = rights::can(subject, Action::Remove, document_object(&row, me));
        let decision = Decision::on(act, Outcome::of(may)).by(me);
        let decision = decision.in_project(row.project).with_document(row.id);
        self.decide(decision).await
    }

    /// Tells everybody connected, or the viewer that somebody else was quicker.
    fn moved(&self, was_moved: bool) -> Result<(), AppError> {
        if !was_moved {
            return Err(AppError::NotFound);
        }
        self.state.revocations.announce(Revocation::Anybody);
        Ok(())
    }
}

fn removed_card(row: &DocumentRow, people: &[MemberRow], now_ms: i64) -> Option<RemovedCard> {
    let removed = row.removed?;
    Some(RemovedCard {
        id: row.id,
        kind: row.kind,
        title: row.title.clone(),
        language: language(&row.language),
        removed_by: name_of(people, removed.by),
        removed_at_ms: removed.at_ms,
        days_left: days_left(removed.at_ms, now_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_800_000_000_000;

    #[test]
    fn a_day_that_has_begun_counts_until_it_is_over() {
        let after = |ms| days_left(NOW_MS, NOW_MS + ms);
        assert_eq!(after(0), 30);
        assert_eq!(after(1), 30);
        assert_eq!(after(DAY_MS), 29);
        assert_eq!(after(30 * DAY_MS - 1), 1);
        assert_eq!(after(30 * DAY_MS), 0);
        assert_eq!(after(300 * DAY_MS), 0);
    }

    #[test]
    fn a_clock_that_jumps_gives_neither_days_nor_a_panic() {
        assert_eq!(days_left(NOW_MS, NOW_MS - 5 * DAY_MS), 30);
        assert_eq!(days_left(i64::MAX, i64::MIN), 30);
        assert_eq!(days_left(i64::MIN, i64::MAX), 0);
    }

    #[test]
    fn the_last_moment_is_the_same_for_the_list_and_for_the_days() {
        let removed_at_ms = kept_since_ms(NOW_MS);
        assert_eq!(days_left(removed_at_ms, NOW_MS), 0);
        assert_eq!(days_left(removed_at_ms + 1, NOW_MS), 1);
    }
}
