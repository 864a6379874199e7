//! An item as a row of the table, and the columns a table has. No view, no document: values in, values out.

use model::schema::{self, ItemKind};
use model::tree::Outline;
use std::collections::BTreeMap;

/// A column of the table, in the order they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The item's number.
    Number,
    /// Its title.
    Title,
    /// What it is.
    Kind,
    /// How far it is.
    Status,
    /// MoSCoW.
    Priority,
    /// Who sees to it.
    Owner,
    /// Until when.
    Due,
    /// The type of need (R6).
    Need,
    /// Functional, non-functional, constraint (R7).
    Aspect,
    /// Where it came from (R5).
    Source,
    /// The section it stands in.
    Section,
}

impl Column {
    /// Every column, in order.
    pub const ALL: [Self; 11] = [
        Self::Number,
        Self::Title,
        Self::Kind,
        Self::Status,
        Self::Priority,
        Self::Owner,
        Self::Due,
        Self::Need,
        Self::Aspect,
        Self::Source,
        Self::Section,
    ];

    /// Its word, in addresses and in the page. For a field, the field's name in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Title => "title",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Owner => "owner",
            Self::Due => "due",
            Self::Need => "need",
            Self::Aspect => "aspect",
            Self::Source => "source",
            Self::Section => "section",
        }
    }

    /// Reads the word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == word)
    }

    /// The field of the item it shows, if it shows one.
    pub const fn field(self) -> Option<&'static str> {
        match self {
            Self::Number | Self::Title | Self::Kind | Self::Section => None,
            _ => Some(self.as_str()),
        }
    }

    /// Whether somebody who writes may change it in the table.
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Title) || self.field().is_some()
    }

    /// The words its cells choose from; `None` when they are written.
    pub fn choices(self) -> Option<&'static [&'static str]> {
        schema::field_words(self.field()?)
    }
}

/// The columns an item of this kind is expected to fill in, beside number, title, kind and section.
const fn expected(kind: ItemKind) -> &'static [Column] {
    use Column::{Aspect, Due, Need, Owner, Priority, Source, Status};
    match kind {
        ItemKind::Requirement => &[Status, Priority, Owner, Need, Aspect, Source],
        ItemKind::Goal | ItemKind::Deliverable => &[Status, Priority, Owner, Due],
        ItemKind::Action | ItemKind::Question | ItemKind::Risk => &[Status, Owner, Due],
        ItemKind::Decision | ItemKind::Other => &[Status, Owner],
        ItemKind::Topic => &[],
    }
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: ItemKind,
    /// Its number, empty until the server gave one.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its fields by name.
    pub fields: BTreeMap<String, String>,
    /// The heading of the section it stands in.
    pub section: String,
    /// The section's place in the document, from 1.
    pub place: usize,
}

impl TableRow {
    /// What it says in a column, as it is stored; empty when it says nothing.
    pub fn value(&self, column: Column) -> &str {
        match column {
            Column::Number => &self.number,
            Column::Title => &self.title,
            Column::Kind => self.kind.as_str(),
            Column::Section => &self.section,
            field => self
                .fields
                .get(field.as_str())
                .map_or("", |value| value.as_str()),
        }
    }
}

/// The items of a document in document order. A topic is no item to follow up but a place in the
/// agenda: what came of it is listed.
pub fn rows(outline: &Outline) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for (index, section) in outline.sections.iter().enumerate() {
        let listed = section.items.iter();
        for item in listed.filter(|item| item.kind != ItemKind::Topic) {
            rows.push(TableRow {
                id: item.id.to_string(),
                kind: item.kind,
                number: item.number.clone().unwrap_or_default(),
                title: item.title.clone(),
                fields: item.fields.clone(),
                section: section.heading.trim().to_owned(),
                place: index + 1,
            });
        }
    }
    rows
}

/// The columns these rows need: those every item has, those a kind among them is expected to fill in,
/// and those somebody filled in anyway.
pub fn columns(rows: &[TableRow]) -> Vec<Column> {
    let is_needed = |column: Column| match column.field() {
        None => true,
        Some(_) => rows
            .iter()
            .any(|row| expected(row.kind).contains(&column) || !row.value(column).is_empty()),
    };
    Column::ALL
        .into_iter()
        .filter(|column| is_needed(*column))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline() -> Outline {
        serde_json::from_value(serde_json::json!({
            "title": "云仓", "fields": {}, "missing": [],
            "sections": [
                {"id": "s1", "heading": "目标 ", "empty": false, "items": [
                    {"id": "g1", "kind": "goal", "number": "G-001", "title": "快", "fields": {"status": "agreed"}}
                ]},
                {"id": "s2", "heading": "需求", "empty": false, "items": [
                    {"id": "t1", "kind": "topic", "number": null, "title": "上线", "fields": {"minutes": "10"}},
                    {"id": "q1", "kind": "question", "number": null, "title": "谁?", "fields": {"colour": "red"}}
                ]}
            ]
        }))
        .expect("an outline")
    }

    #[test]
    fn items_are_rows_in_document_order_with_the_section_they_stand_in() {
        let rows = rows(&outline());
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].section.as_str(), rows[0].place), ("目标", 1));
        assert_eq!(rows[0].value(Column::Status), "agreed");
        assert_eq!(rows[1].value(Column::Number), "");
        assert_eq!(rows[1].value(Column::Due), "");
    }

    #[test]
    fn columns_are_those_some_kind_or_somebody_needs() {
        use Column::{Due, Kind, Number, Owner, Priority, Section, Source, Status, Title};
        let mut rows = rows(&outline());
        let of_question = columns(&rows[1..]);
        assert_eq!(
            of_question,
            [Number, Title, Kind, Status, Owner, Due, Section]
        );
        rows[1].fields.insert("source".into(), "访谈".into());
        let of_both = columns(&rows);
        assert!(of_both.contains(&Source) && of_both.contains(&Priority));
        assert_eq!(columns(&[]), [Number, Title, Kind, Section]);
    }

    #[test]
    fn every_column_has_a_word_of_its_own() {
        for column in Column::ALL {
            assert_eq!(Column::from_word(column.as_str()), Some(column));
            assert!(!column.as_str().contains('-'), "cells are named with it");
        }
        assert_eq!(Column::from_word("colour"), None);
        assert!(Column::Status.choices().is_some() && Column::Owner.choices().is_none());
        assert!(!Column::Number.is_editable() && Column::Title.is_editable());
    }
}
