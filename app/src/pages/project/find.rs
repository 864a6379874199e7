//! Which of a project's documents are asked for: by title, by kind. Plain rules over the list.

use crate::finding;
use crate::ports::DocumentCard;
use model::schema::DocumentKind;

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words of the title, in any order.
    pub words: String,
    /// Only documents of this kind.
    pub kind: Option<DocumentKind>,
}

impl Wanted {
    /// Whether anything is asked for at all.
    pub fn is_everything(&self) -> bool {
        self.words.trim().is_empty() && self.kind.is_none()
    }

    /// Those asked for, in the order of the list.
    pub fn among(&self, documents: &[DocumentCard]) -> Vec<DocumentCard> {
        let is_wanted = |document: &&DocumentCard| {
            self.kind.is_none_or(|kind| document.kind == kind)
                && finding::says_all(&document.title, &self.words)
        };
        documents.iter().filter(is_wanted).cloned().collect()
    }
}

/// The kinds there are to choose between, in their usual order.
pub fn kinds_of(documents: &[DocumentCard]) -> Vec<DocumentKind> {
    let is_there = |kind: &&DocumentKind| documents.iter().any(|one| one.kind == **kind);
    DocumentKind::ALL.iter().filter(is_there).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Language;
    use model::ids::DocumentId;

    fn card(seed: u8, kind: DocumentKind, title: &str) -> DocumentCard {
        DocumentCard {
            id: DocumentId::from_bytes([seed; 16]),
            kind,
            title: title.to_owned(),
            language: Language::ZhCn,
            changed_at_ms: 0,
            changed_by: None,
            may_remove: false,
        }
    }

    fn documents() -> Vec<DocumentCard> {
        vec![
            card(1, DocumentKind::MeetingNotes, "第三次评审会"),
            card(2, DocumentKind::RequirementDocument, "订单系统需求 v2"),
            card(3, DocumentKind::MeetingNotes, "Kick-off"),
        ]
    }

    fn titles(words: &str, kind: Option<DocumentKind>) -> Vec<String> {
        let wanted = Wanted {
            words: words.to_owned(),
            kind,
        };
        let found = wanted.among(&documents());
        found.into_iter().map(|card| card.title).collect()
    }

    #[test]
    fn titles_are_found_in_either_script_and_kept_in_order() {
        assert_eq!(titles("评审", None), ["第三次评审会"]);
        assert_eq!(titles("V2 订单", None), ["订单系统需求 v2"]);
        assert_eq!(titles("kick", None), ["Kick-off"]);
        assert_eq!(titles(" ", None).len(), 3);
        assert!(titles("没有", None).is_empty());
    }

    #[test]
    fn words_and_kind_must_both_fit() {
        let meetings = Some(DocumentKind::MeetingNotes);
        assert_eq!(titles("", meetings), ["第三次评审会", "Kick-off"]);
        assert!(titles("订单", meetings).is_empty());
    }

    #[test]
    fn only_kinds_that_are_there_are_offered() {
        let kinds = kinds_of(&documents());
        assert_eq!(kinds.len(), 2);
        assert!(!kinds.contains(&DocumentKind::Note));
    }
}
