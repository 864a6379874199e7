//! The client's people: kept, changed and forgotten by the project's own side.

use app::ports::{
    AppError, Channel, ContactCard, ContactFacts, ContactId as ContactName, Field,
    ProjectId as ProjectName, Viewer,
};

use super::ServerBackend;
use super::translate::{parse_project, text_field};
use crate::audit::Act;
use crate::clock::now_ms;
use crate::rights::{self, Action, Object, Subject};
use crate::store::{ContactId, ContactRow, Kept, ProjectId};

/// Longest name and post of a contact; the schema has the same number.
const NAME_CHARS_MAX: u32 = 80;
/// Longest number, handle or address; the schema has the same number.
const ADDRESS_CHARS_MAX: u32 = 200;
/// More people than one client has in one project.
const CONTACTS_MAX: u32 = 100;

impl ServerBackend {
    /// The contacts of a project, none for those who may not see them.
    pub(super) async fn visible_contacts(
        &self,
        subject: Subject,
        project: ProjectId,
    ) -> Result<Vec<ContactCard>, AppError> {
        if !rights::can(subject, Action::ManageContacts, Object::Project) {
            return Ok(Vec::new());
        }
        let rows = self.read(self.state.store.contacts(project)).await?;
        Ok(rows.into_iter().map(card).collect())
    }

    /// Adds a contact, or changes the one that is named.
    pub(super) async fn write_contact(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        id: Option<&ContactName>,
        facts: &ContactFacts,
    ) -> Result<(), AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManageContacts, Act::ManageContacts)
            .await?;
        let known = id.map(parse_contact).transpose()?;
        let row = contact_row(project, known, facts)?;
        let store = &self.state.store;
        let kept = match known {
            Some(_) => self.read(store.change_contact(row)).await?,
            None => self.read(store.add_contact(row, CONTACTS_MAX)).await?,
        };
        match kept {
            Kept::Kept => Ok(()),
            Kept::NotThere => Err(AppError::NotFound),
            Kept::NoRoom => Err(AppError::NoRoom { max: CONTACTS_MAX }),
        }
    }

    /// Forgets a contact for good.
    pub(super) async fn strike_contact(
        &self,
        viewer: &Viewer,
        project: &ProjectName,
        id: &ContactName,
    ) -> Result<(), AppError> {
        let project = parse_project(project)?;
        self.may(viewer, project, Action::ManageContacts, Act::ManageContacts)
            .await?;
        let removed = self.state.store.remove_contact(project, parse_contact(id)?);
        match self.read(removed).await? {
            true => Ok(()),
            false => Err(AppError::NotFound),
        }
    }
}

/// What was typed as a row: trimmed and bounded.
pub(super) fn contact_row(
    project: ProjectId,
    known: Option<ContactId>,
    facts: &ContactFacts,
) -> Result<ContactRow, AppError> {
    let name = text_field(&facts.name, Field::Name, NAME_CHARS_MAX)?;
    let post = text_field(&facts.post, Field::Post, NAME_CHARS_MAX)?;
    let address = text_field(&facts.address, Field::Address, ADDRESS_CHARS_MAX)?;
    Ok(ContactRow {
        id: known.unwrap_or_else(ContactId::new),
        project,
        name: name.ok_or(AppError::FieldMissing { field: Field::Name })?,
        post: post.unwrap_or_default(),
        channel: facts.channel.as_str().to_owned(),
        address: address.unwrap_or_default(),
        created_at_ms: now_ms(),
    })
}

fn parse_contact(name: &ContactName) -> Result<ContactId, AppError> {
    name.as_str().parse().map_err(|_| AppError::NotFound)
}

fn card(row: ContactRow) -> ContactCard {
    ContactCard {
        id: ContactName::new(row.id.to_string()),
        facts: ContactFacts {
            name: row.name,
            post: row.post,
            channel: row.channel.parse().unwrap_or(Channel::Other),
            address: row.address,
        },
    }
}
