//! The outline beside a document: sections, the items that stand in them, and which required parts
//! are missing or say nothing yet (R1). Cheap enough to be read after every update: bodies are read
//! only where words changed.

use super::{Document, read};
use crate::schema;
use crate::tree::{Outline, OutlineItem, OutlineSection, SectionHead, TextRef};

/// Reads the outline.
pub(super) fn read(document: &Document) -> Outline {
    let mut sections = Vec::new();
    for head in read::section_heads(&document.doc) {
        sections.push(section(document, head));
    }
    let is_there = |role: &str| {
        sections
            .iter()
            .any(|section: &OutlineSection| section.role.as_deref() == Some(role) && !section.empty)
    };
    let missing = schema::required_roles(document.kind())
        .iter()
        .filter(|role| !is_there(role))
        .map(|role| (*role).to_owned())
        .collect();
    Outline {
        title: document.title(),
        fields: read::fields(&document.doc),
        sections,
        missing,
    }
}

fn section(document: &Document, head: SectionHead) -> OutlineSection {
    let shown = document.standing.shown(&head.id);
    let items: Vec<OutlineItem> = shown
        .iter()
        .filter_map(|id| document.standing.line(&document.doc, id))
        .collect();
    let is_named = |item: &OutlineItem| !item.title.trim().is_empty();
    let empty = !items.iter().any(is_named) && document.standing.is_blank(&document.doc, &head.id);
    let heading = read::plain(&document.doc, &TextRef::SectionHeading(head.id.clone()));
    OutlineSection {
        id: head.id,
        role: head.role,
        heading,
        empty,
        items,
    }
}
