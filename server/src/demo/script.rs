//! Reads the demo's texts, which are ours, into edits. Line by line: `@title`, `@field name=value`,
//! `@part role`, `@item kind field=value …`, then `= title`, indented body and `? criterion` of
//! the item; `- bullet` and plain lines belong to the part.

use std::collections::BTreeMap;

use model::document::Document;
use model::edit::Edit;
use model::ids::ItemId;
use model::schema::ItemKind;
use model::tree::{Block, BlockHead, BlockKind, Run, TextRef};

use crate::draft::random_bytes;

/// One document's text.
#[derive(Debug, Default)]
pub(super) struct Script<'a> {
    /// Its title.
    pub(super) title: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
struct Part<'a> {
    role: &'a str,
    lines: Vec<Line<'a>>,
}

#[derive(Debug)]
enum Line<'a> {
    Paragraph(&'a str),
    Bullet(&'a str),
    Item(Item<'a>),
}

#[derive(Debug, Default)]
struct Item<'a> {
    kind: &'a str,
    fields: Vec<(&'a str, &'a str)>,
    title: &'a str,
    body: Vec<&'a str>,
    criteria: Vec<&'a str>,
}

/// Reads a text. Lines that fit nowhere are dropped; a test counts what is read.
pub(super) fn parse(text: &str) -> Script<'_> {
    let mut script = Script::default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(title) = line.strip_prefix("@title ") {
            script.title = title;
        } else if let Some(field) = line.strip_prefix("@field ") {
            script.fields.extend(field.split_once('='));
        } else if let Some(role) = line.strip_prefix("@part ") {
            script.parts.push(Part {
                role,
                lines: Vec::new(),
            });
        } else if let Some(part) = script.parts.last_mut() {
            part.read(line);
        }
    }
    script
}

impl<'a> Part<'a> {
    fn read(&mut self, line: &'a str) {
        if let Some(item) = line.strip_prefix("@item ") {
            self.lines.push(Line::Item(Item::begin(item)));
            return;
        }
        let belongs_to_item = line.starts_with("= ") || line.starts_with("  ");
        match self.lines.last_mut() {
            Some(Line::Item(item)) if belongs_to_item => item.read(line),
            _ => self.lines.push(match line.strip_prefix("- ") {
                Some(text) => Line::Bullet(text),
                None => Line::Paragraph(line),
            }),
        }
    }
}

impl<'a> Item<'a> {
    /// `kind name=value name=value`; a value runs to the next ` name=`.
    fn begin(line: &'a str) -> Self {
        let (kind, mut rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut item = Self {
            kind,
            ..Self::default()
        };
        while let Some((name, tail)) = rest.split_once('=') {
            let end = tail
                .find('=')
                .and_then(|next| tail[..next].rfind(' '))
                .unwrap_or(tail.len());
            item.fields.push((name, &tail[..end]));
            rest = tail[end..].trim_start();
        }
        item
    }

    fn read(&mut self, line: &'a str) {
        if let Some(title) = line.strip_prefix("= ") {
            self.title = title;
        } else if let Some(criterion) = line.trim_start().strip_prefix("? ") {
            self.criteria.push(criterion);
        } else {
            self.body.push(line.trim());
        }
    }
}

impl Script<'_> {
    /// The edits that turn a fresh skeleton into this text. Parts the skeleton does not have are
    /// left out.
    pub(super) fn edits(&self, document: &Document) -> Vec<Edit> {
        let tree = document.tree();
        let mut edits: Vec<Edit> = self
            .fields
            .iter()
            .map(|(field, value)| Edit::FieldSet {
                field: (*field).to_owned(),
                value: Some((*value).to_owned()),
            })
            .collect();
        for part in &self.parts {
            let section = tree
                .sections
                .iter()
                .find(|s| s.head.role.as_deref() == Some(part.role));
            let Some(section) = section else { continue };
            let mut blocks = Vec::new();
            for line in &part.lines {
                blocks.push(match line {
                    Line::Paragraph(text) => block(BlockKind::Paragraph, text),
                    Line::Bullet(text) => block(BlockKind::Bullet, text),
                    Line::Item(item) => item.write(&mut edits),
                });
            }
            edits.push(Edit::Replace {
                text: TextRef::SectionBody(section.head.id.clone()),
                blocks,
            });
            // The template's examples stood there; without their places they would be strays.
            edits.extend(
                section
                    .body
                    .iter()
                    .filter_map(|block| match &block.head.kind {
                        BlockKind::Item { item } => Some(Edit::ItemRemove {
                            id: item.clone(),
                            at_ms: None,
                        }),
                        _ => None,
                    }),
            );
        }
        edits
    }
}

impl Item<'_> {
    /// Adds the item's edits and returns the block that places it.
    fn write(&self, edits: &mut Vec<Edit>) -> Block {
        let id = ItemId::from_random(random_bytes());
        let fields: BTreeMap<_, _> = self
            .fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let kind = self.kind.parse().unwrap_or(ItemKind::Requirement);
        edits.push(Edit::ItemNew {
            id: id.clone(),
            kind,
            fields,
        });
        edits.push(Edit::Splice {
            text: TextRef::ItemTitle(id.clone()),
            at: 0,
            del: 0,
            runs: vec![Run::plain(self.title)],
        });
        let paragraphs = |lines: &[&str], kind: &BlockKind| -> Vec<Block> {
            lines.iter().map(|line| block(kind.clone(), line)).collect()
        };
        if !self.body.is_empty() {
            let blocks = paragraphs(&self.body, &BlockKind::Paragraph);
            edits.push(Edit::Replace {
                text: TextRef::ItemBody(id.clone()),
                blocks,
            });
        }
        if !self.criteria.is_empty() {
            let blocks = paragraphs(&self.criteria, &BlockKind::Check { checked: false });
            edits.push(Edit::Replace {
                text: TextRef::ItemCriteria(id.clone()),
                blocks,
            });
        }
        Block::new(BlockHead::new(BlockKind::Item { item: id }), Vec::new())
    }
}

fn block(kind: BlockKind, text: &str) -> Block {
    Block::new(BlockHead::new(kind), vec![Run::plain(text)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::SCRIPTS;
    use model::ids::ActorId;
    use model::schema::DocumentKind;

    #[test]
    fn fields_may_hold_spaces() {
        let item =
            Item::begin("requirement need=business owner=Alex Chen source=Ride-along 2026-01-12");
        assert_eq!(
            item.fields,
            [
                ("need", "business"),
                ("owner", "Alex Chen"),
                ("source", "Ride-along 2026-01-12")
            ]
        );
    }

    #[test]
    fn every_line_of_every_text_arrives_in_the_document() {
        for (kind, language, text) in SCRIPTS {
            let script = parse(text);
            let actor = ActorId::from(random_bytes());
            let mut document =
                Document::create(kind, language, script.title, actor, &mut random_bytes, 0)
                    .expect("a skeleton");
            let edits = script.edits(&document);
            document.apply(&edits).expect("the text fits the model");
            let tree = document.tree();
            let shown = serde_json::to_string(&tree).expect("JSON");
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                if line.starts_with("@part")
                    || line.starts_with("@item")
                    || line.starts_with("@field")
                {
                    continue;
                }
                let words = line
                    .trim_start_matches("@title ")
                    .trim_start()
                    .trim_start_matches(['-', '?', '='])
                    .trim();
                assert!(shown.contains(words), "{words}");
            }
            let placed = text
                .lines()
                .filter(|line| line.starts_with("@item"))
                .count();
            assert!(tree.items.len() >= placed);
            if kind == DocumentKind::RequirementDocument {
                assert!(placed >= 24, "{placed}");
            }
        }
    }
}
