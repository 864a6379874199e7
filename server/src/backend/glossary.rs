//! What words mean in a project (L5): read by everybody in it, kept by its own side.

use app::ports::{
    AppError, Field, ProjectId as ProjectName, TermCard, TermFacts, TermId as TermName, Viewer,
};

use super::ServerBackend;
use super::translate::{parse_project, text_block, text_field};
use crate::audit::Act;
use crate::clock::now_ms;
use crate::rights::Action;
use crate::store::{Kept, ProjectId, TermId, TermRow};

/// Longest word; the schema has the same number.
const WORD_CHARS_MAX: u32 = 60;
/// Longest meaning; the schema has the same number.
const MEANING_CHARS_MAX: u32 = 500;
/// More words than one project has to explain; every document looks for all of them.
const TERMS_MAX: u32 = 300;

impl ServerBackend {
    /// The words of a project. The viewer must be allowed to see it.
    pub(super) async fn glossary(&self, project: ProjectId) -> Result<Vec<TermCard>, AppError> {
        let rows = self.read(self.state.store.terms(project)).await?;
        Ok(rows.into_iter().map(card).collect())
    }

    /// Adds a word, or changes the one that is named.
    pub(super) async fn write_term(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        id: Option<&TermName>,
        facts: &TermFacts,
    ) -> Result<(), AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManageGlossary, Act::ManageGlossary)
            .await?;
        let known = id.map(parse_term).transpose()?;
        let row = term_row(project, known, facts)?;
        let store = &self.state.store;
        let kept = match known {
            Some(_) => self.read(store.change_term(row)).await?,
            None => self.read(store.add_term(row, TERMS_MAX)).await?,
        };
        match kept {
            Kept::Kept => Ok(()),
            Kept::NotThere => Err(AppError::NotFound),
            Kept::NoRoom => Err(AppError::NoRoom { max: TERMS_MAX }),
        }
    }

    /// Forgets a word for good.
    pub(super) async fn strike_term(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        id: &TermName,
    ) -> Result<(), AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManageGlossary, Act::ManageGlossary)
            .await?;
        let removed = self.state.store.remove_term(project, parse_term(id)?);
        match self.read(removed).await? {
            true => Ok(()),
            false => Err(AppError::NotFound),
        }
    }
}

/// What was typed as a row: trimmed and bounded.
fn term_row(
    project: ProjectId,
    known: Option<TermId>,
    facts: &TermFacts,
) -> Result<TermRow, AppError> {
    let needed = |field| AppError::FieldMissing { field };
    let word = text_field(&facts.word, Field::Word, WORD_CHARS_MAX)?;
    let also = text_field(&facts.also, Field::Also, WORD_CHARS_MAX)?;
    let meaning = text_block(&facts.meaning, Field::Meaning, MEANING_CHARS_MAX)?;
    Ok(TermRow {
        id: known.unwrap_or_else(TermId::new),
        project,
        word: word.ok_or(needed(Field::Word))?,
        also: also.unwrap_or_default(),
        meaning: meaning.ok_or(needed(Field::Meaning))?,
        created_at_ms: now_ms(),
    })
}

fn parse_term(name: &TermName) -> Result<TermId, AppError> {
    name.as_str().parse().map_err(|_| AppError::NotFound)
}

fn card(row: TermRow) -> TermCard {
    TermCard {
        id: TermName::new(row.id.to_string()),
        facts: TermFacts {
            word: row.word,
            also: row.also,
            meaning: row.meaning,
        },
    }
}
