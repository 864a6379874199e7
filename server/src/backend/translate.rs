//! Between the words of the application's port and the words of the store.

use app::ports::{
    Access as PortAccess, AppError, DocumentCard, Field, Language, Membership, NamedPerson,
    PersonCard, PersonId as PersonName, ProjectId as ProjectName, Role as PortRole,
};

use crate::auth::document_object;
use crate::rights::{self, Access, Action, Role, Subject};
use crate::store::{DocumentRow, MemberRow, PersonId, ProjectId};

/// A viewer or person named by the application. Ours are always readable; anything else is nobody.
pub(super) fn parse_person(name: &PersonName) -> Result<PersonId, AppError> {
    name.as_str().parse().map_err(|_| AppError::NotFound)
}

/// A project named in an address.
pub(super) fn parse_project(name: &ProjectName) -> Result<ProjectId, AppError> {
    name.as_str().parse().map_err(|_| AppError::NotFound)
}

/// A one-line text a person typed: trimmed, bounded, `None` when empty. Characters that would
/// break the line or reorder what stands around it are taken out.
pub(super) fn text_field(
    text: &str,
    field: Field,
    max_chars: u32,
) -> Result<Option<String>, AppError> {
    let line: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !reorders_text(*c))
        .collect();
    let line = line.trim();
    if line.chars().count() > max_chars as usize {
        return Err(AppError::FieldTooLong { field, max_chars });
    }
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

/// A few lines a person typed: as [`text_field`], but their own line breaks stay.
pub(super) fn text_block(
    text: &str,
    field: Field,
    max_chars: u32,
) -> Result<Option<String>, AppError> {
    let mut lines = Vec::new();
    for line in text.lines() {
        lines.push(text_field(line, field, max_chars)?.unwrap_or_default());
    }
    let block = lines.join("\n");
    let block = block.trim();
    if block.chars().count() > max_chars as usize {
        return Err(AppError::FieldTooLong { field, max_chars });
    }
    Ok((!block.is_empty()).then(|| block.to_owned()))
}

/// Bidirectional controls, with which a name can pose as another.
fn reorders_text(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A stored language word; the schema lets no other in.
pub(super) fn language(word: &str) -> Language {
    word.parse().unwrap_or(Language::En)
}

/// A role as the application names it.
pub(super) fn role(role: Role) -> PortRole {
    match role {
        Role::Owner => PortRole::Owner,
        Role::Member => PortRole::Member,
        Role::Client => PortRole::Client,
        Role::Reader => PortRole::Reader,
    }
}

/// A role as the store names it.
pub(super) fn stored_role(role: PortRole) -> Role {
    match role {
        PortRole::Owner => Role::Owner,
        PortRole::Member => Role::Member,
        PortRole::Client => Role::Client,
        PortRole::Reader => Role::Reader,
    }
}

/// What the viewer may do with a document, as the application names it.
pub(super) fn access(access: Access) -> PortAccess {
    match access {
        Access::Read => PortAccess::Read,
        Access::Write => PortAccess::Write,
    }
}

/// Somebody in a project.
pub(super) fn person_card(member: &MemberRow) -> PersonCard {
    PersonCard {
        id: PersonName::new(member.person.to_string()),
        name: member.name.clone(),
        role: role(member.seat.role),
        hue: member.seat.hue,
        membership: match member.last_seen_at_ms {
            Some(_) => Membership::Joined,
            None => Membership::Invited,
        },
        seen_at_ms: None,
    }
}

/// The same with when they were last here, which is not for everybody.
pub(super) fn person_card_with_seen(member: &MemberRow) -> PersonCard {
    PersonCard {
        seen_at_ms: member.last_seen_at_ms,
        ..person_card(member)
    }
}

/// Somebody in a project, as they can be named.
pub(super) fn named(member: &MemberRow) -> NamedPerson {
    NamedPerson {
        id: PersonName::new(member.person.to_string()),
        name: member.name.clone(),
    }
}

/// The name of somebody who is in the project.
pub(super) fn name_of(people: &[MemberRow], person: PersonId) -> Option<String> {
    let member = people.iter().find(|member| member.person == person);
    member.map(|member| member.name.clone())
}

/// For whom documents are listed, and who is there to be named.
pub(super) struct DocumentCards<'a> {
    pub(super) people: &'a [MemberRow],
    pub(super) viewer: PersonId,
    pub(super) subject: Subject,
}

impl DocumentCards<'_> {
    /// A document in a list.
    pub(super) fn card(&self, row: &DocumentRow) -> DocumentCard {
        let object = document_object(row, self.viewer);
        DocumentCard {
            id: row.id,
            kind: row.kind,
            title: row.title.clone(),
            language: language(&row.language),
            changed_at_ms: row.updated_at_ms,
            changed_by: row.changed_by.and_then(|by| name_of(self.people, by)),
            may_remove: rights::can(self.subject, Action::Remove, object),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_one_plain_line() {
        let read = |text: &str| text_field(text, Field::Name, 10);
        assert_eq!(read("  李经理\n"), Ok(Some("李经理".to_owned())));
        assert_eq!(read("a\tb\u{0}c"), Ok(Some("a bc".to_owned())));
        assert_eq!(read("evil\u{202E}"), Ok(Some("evil".to_owned())));
        assert_eq!(read("  \n "), Ok(None));
        assert_eq!(
            read("12345678901"),
            Err(AppError::FieldTooLong {
                field: Field::Name,
                max_chars: 10
            })
        );
        // Ten characters of Chinese are ten characters.
        assert!(read("一二三四五六七八九十").is_ok_and(|text| text.is_some()));
    }
}
