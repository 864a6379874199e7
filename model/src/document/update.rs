//! What a view has to draw again after remote work, read from the document as it is now.

use super::touched::Touched;
use super::{Document, read, table};
use crate::ids::TableId;
use crate::inserted::inserted;
use crate::patch::RemoteUpdate;
use crate::tree::TextRef;

impl Document {
    /// What remote work changed since the last call; the cost is that of the touched Texts.
    pub fn take_update(&mut self) -> RemoteUpdate {
        let mut touched = std::mem::take(&mut self.touched);
        if touched.everything {
            self.touch_everything(&mut touched);
        }
        self.touch_cells(&mut touched);
        let mut update = RemoteUpdate {
            sections: touched.sections.then(|| read::section_heads(&self.doc)),
            fields: touched.fields.then(|| read::fields(&self.doc)),
            ..RemoteUpdate::default()
        };
        for text in touched.texts {
            let blocks = self.text(&text);
            update.texts.insert(text, blocks);
        }
        for id in touched.items {
            match read::item_head(&self.doc, &id) {
                Some(head) => {
                    update.items.insert(id, head);
                }
                None => update.removed.push(id),
            }
        }
        for id in touched.tables {
            match table::head(&self.doc, &id) {
                Some(head) => {
                    update.tables.insert(id, head);
                }
                None => update.removed_tables.push(id),
            }
        }
        update
    }

    /// Forgets what [`Self::take_update`] would tell, without reading it; says whether there was anything.
    pub fn forget_update(&mut self) -> bool {
        std::mem::take(&mut self.touched) != Touched::default()
    }

    fn touch_everything(&self, touched: &mut Touched) {
        touched.sections = true;
        touched.fields = true;
        touched.texts.insert(TextRef::Title);
        for section in self.standing.sections() {
            let heading = TextRef::SectionHeading(section.clone());
            touched.texts.insert(heading);
            touched.texts.insert(TextRef::SectionBody(section.clone()));
        }
        for item in self.standing.live_items() {
            touched.items.insert(item.clone());
            touched.texts.insert(TextRef::ItemTitle(item.clone()));
            touched.texts.insert(TextRef::ItemBody(item.clone()));
            touched.texts.insert(TextRef::ItemCriteria(item.clone()));
        }
        for table in self.standing.live_tables() {
            touched.tables.insert(table.clone());
            touched.whole_tables.insert(table.clone());
        }
    }

    /// The cells of what came back: a view may hold none of them.
    fn touch_cells(&self, touched: &mut Touched) {
        let lines = std::mem::take(&mut touched.lines);
        let mut tables: std::collections::BTreeSet<&TableId> =
            inserted(lines.iter().map(|(table, _)| table));
        tables.extend(&touched.whole_tables);
        for id in tables {
            let Some(head) = table::head(&self.doc, id) else {
                continue;
            };
            let whole = touched.whole_tables.contains(id);
            let came = |line: &str| lines.contains(&(id.clone(), line.to_owned()));
            for (cell, _) in table::live_cells(&self.doc, &head) {
                if whole || came(cell.row.as_str()) || came(cell.column.as_str()) {
                    touched.texts.insert(TextRef::Cell(id.clone(), cell.into()));
                }
            }
        }
    }
}
