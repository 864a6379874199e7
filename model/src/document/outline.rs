//! The outline beside a document: sections, the items that stand in them, and which required parts
//! are missing or say nothing yet (R1). Cheap enough to be read after every update: bodies are read
//! only where words changed.

use super::{Document, read};
use crate::schema::{self, DocumentKind};
use crate::tree::{Outline, OutlineItem, OutlineSection, SectionHead, TextRef};

/// Reads the outline.
pub(super) fn read(document: &Document) -> Outline {
    let mut sections = Vec::new();
    for head in read::section_heads(&document.doc) {
        sections.push(section(document, head));
    }
    let kind = document.kind();
    let is_there = |role: &str| {
        sections.iter().any(|section: &OutlineSection| {
            (section.role.as_deref() == Some(role) && !section.empty)
                // What came of a topic stands under it: the part it could stand in lacks nothing.
                || (kind == DocumentKind::MeetingNotes && holds_any_of(section, role))
        })
    };
    let missing = schema::required_roles(kind)
        .iter()
        .filter(|role| !is_there(role))
        .map(|role| (*role).to_owned())
        .collect();
    Outline {
        title: document.title(),
        fields: read::fields(&document.doc),
        sections,
        missing,
        removed: read::removed_items(&document.doc),
    }
}

/// Whether an item with a title stands here that is at home in the part with this role.
fn holds_any_of(section: &OutlineSection, role: &str) -> bool {
    section
        .items
        .iter()
        .any(|item| is_named(item) && item.kind.home_roles().contains(&role))
}

fn is_named(item: &OutlineItem) -> bool {
    !item.title.trim().is_empty()
}

fn section(document: &Document, head: SectionHead) -> OutlineSection {
    let shown = document.standing.shown(&head.id);
    let items: Vec<OutlineItem> = shown
        .iter()
        .filter_map(|id| document.standing.line(&document.doc, id))
        .collect();
    let empty = !items.iter().any(is_named)
        && document.standing.is_blank(&document.doc, &head.id)
        && !document
            .standing
            .shows_written_table(&document.doc, &head.id);
    let heading = read::plain(&document.doc, &TextRef::SectionHeading(head.id.clone()));
    OutlineSection {
        id: head.id,
        role: head.role,
        heading,
        empty,
        items,
    }
}
