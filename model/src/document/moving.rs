//! SPEC: D29. An item goes to another document of its project as the same item: what is written there,
//! and what is written where it was.

use std::collections::BTreeMap;

use super::server_work::home;
use super::{Document, read};
use crate::edit::{Edit, EditError};
use crate::ids::{DocumentId, ItemId};
use crate::schema::{DocumentKind, ItemKind, MOVED_TO};
use crate::tree::{Block, BlockHead, BlockKind, ItemTree, Run, TextRef};

impl Document {
    /// The edits that make an item of another document stand here, at the end of the part its kind
    /// belongs to. One that was taken out here before comes back as it is there.
    ///
    /// # Errors
    /// It is here already ([`EditError::IdTaken`]), or there is no part it could stand in
    /// ([`EditError::NoPlace`]): topics stand in meetings, and everything stands in a part.
    pub fn edits_for_arrival(&self, item: &ItemTree) -> Result<Vec<Edit>, EditError> {
        let id = &item.head.id;
        if item.head.kind == ItemKind::Topic && self.kind() != DocumentKind::MeetingNotes {
            return Err(EditError::NoPlace);
        }
        if read::item_head(&self.doc, id).is_some() {
            return Err(EditError::IdTaken(id.to_string()));
        }
        let mut fields = item.head.fields.clone();
        fields.retain(|_, value| !value.is_empty());
        fields.remove(MOVED_TO);
        let removed = read::removed_item(&self.doc, id);
        let mut edits = match removed {
            Some(was) => back_as(id, item.head.kind, &was.fields, &fields),
            None => vec![Edit::ItemNew {
                id: id.clone(),
                kind: item.head.kind,
                fields,
            }],
        };
        let title = vec![Block::implicit(vec![Run::plain(item.title.clone())])];
        let texts = [
            (TextRef::ItemTitle(id.clone()), title),
            (TextRef::ItemBody(id.clone()), item.body.clone()),
            (TextRef::ItemCriteria(id.clone()), item.criteria.clone()),
        ];
        edits.extend(
            texts
                .into_iter()
                .map(|(text, blocks)| Edit::Replace { text, blocks }),
        );
        let heads = read::section_heads(&self.doc);
        let text = TextRef::SectionBody(
            home(&heads, item.head.kind)
                .ok_or(EditError::NoPlace)?
                .clone(),
        );
        edits.push(Edit::Marker {
            at: u32::try_from(self.text_length(&text)).map_err(|_| EditError::NoPlace)?,
            text,
            block: BlockHead::new(BlockKind::Item { item: id.clone() }),
        });
        Ok(edits)
    }

    /// The edits that take an item out because it is in the document `to` now, and say so.
    ///
    /// # Errors
    /// It is not here, or not any more.
    pub fn edits_for_departure(
        &self,
        item: &ItemId,
        to: DocumentId,
        at_ms: u64,
    ) -> Result<Vec<Edit>, EditError> {
        if read::item_head(&self.doc, item).is_none() {
            return Err(EditError::ItemNotFound(item.clone()));
        }
        let mut edits: Vec<Edit> = self.marker_of(item).into_iter().collect();
        edits.push(Edit::ItemSet {
            id: item.clone(),
            field: MOVED_TO.to_owned(),
            value: Some(to.to_string()),
        });
        edits.push(Edit::ItemRemove {
            id: item.clone(),
            at_ms: Some(at_ms),
        });
        Ok(edits)
    }

    /// The edit that takes away the marker an item stands at.
    fn marker_of(&self, item: &ItemId) -> Option<Edit> {
        read::section_heads(&self.doc).into_iter().find_map(|head| {
            let text = TextRef::SectionBody(head.id);
            let mut at = 0;
            for block in self.text(&text) {
                if matches!(&block.head.kind, BlockKind::Item { item: here } if here == item) {
                    let at = u32::try_from(at).ok()?;
                    return Some(Edit::Splice {
                        text,
                        at,
                        del: 1,
                        runs: Vec::new(),
                    });
                }
                at += block.width();
            }
            None
        })
    }
}

/// The edits that bring a removed item back as it is elsewhere now.
fn back_as(
    id: &ItemId,
    kind: ItemKind,
    was: &BTreeMap<String, String>,
    is: &BTreeMap<String, String>,
) -> Vec<Edit> {
    let set = |field: &str, value: Option<&String>| Edit::ItemSet {
        id: id.clone(),
        field: field.to_owned(),
        value: value.cloned(),
    };
    let mut edits = vec![
        Edit::ItemRestore { id: id.clone() },
        set("kind", Some(&kind.to_string())),
    ];
    edits.extend(
        was.keys()
            .filter(|field| !is.contains_key(*field))
            .map(|field| set(field, None)),
    );
    edits.extend(is.iter().map(|(field, value)| set(field, Some(value))));
    edits
}
