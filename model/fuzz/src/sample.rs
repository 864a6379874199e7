//! The document that everything is sent to: small, always the same, with a bit of everything.

use std::sync::OnceLock;

use automerge::{AutoCommit, ReadDoc};
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ItemId, SectionId};
use model::schema::{DocumentKind, ItemKind};
use model::tree::{BlockHead, BlockKind, MarkValue, Marks, Run, TextRef};

use crate::forge::Known;

/// Who made the document.
pub const AUTHOR: [u8; 16] = [9; 16];
/// Whose work arrives; nobody has seen these yet.
pub const STRANGERS: [[u8; 16]; 2] = [[1; 16], [0xee; 16]];

/// The section everything stands in.
pub fn section() -> SectionId {
    SectionId::from_random([1; 16])
}

/// The item that stands there.
pub fn item() -> ItemId {
    ItemId::from_random([2; 16])
}

/// The document's bytes.
pub fn saved() -> &'static [u8] {
    static SAVED: OnceLock<Vec<u8>> = OnceLock::new();
    SAVED.get_or_init(make)
}

/// A copy that this actor writes through.
pub fn document(actor: [u8; 16]) -> Document {
    Document::load(saved(), ActorId::from(&actor[..])).expect("we made it")
}

/// What a forger of changes to it has to know.
pub fn known() -> Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let mut doc = AutoCommit::load(saved()).expect("we made it");
        let written = doc.get_changes(&[]).len() as u64;
        let mut actors = vec![(AUTHOR.to_vec(), written)];
        actors.extend(STRANGERS.map(|actor| (actor.to_vec(), 0)));
        Known {
            heads: doc.get_heads(),
            max_op: doc.stats().num_ops,
            actors,
        }
    });
    known.clone()
}

fn make() -> Vec<u8> {
    let author = ActorId::from(&AUTHOR[..]);
    let mut next = 10_u8;
    let mut random = || {
        next += 1;
        [next; 16]
    };
    let kind = DocumentKind::Note;
    let mut document =
        Document::create(kind, "en", "Sample", author, &mut random, 0).expect("a note can be made");
    let body = TextRef::SectionBody(section());
    let bold = Marks::from([("bold".to_owned(), MarkValue::Flag(true))]);
    let edits = [
        Edit::SectionNew {
            id: section(),
            order: "80".to_owned(),
            role: None,
        },
        splice(
            &body,
            vec![
                Run::plain("a𠮷b"),
                Run {
                    text: "c".into(),
                    marks: bold,
                },
            ],
        ),
        Edit::ItemNew {
            id: item(),
            kind: ItemKind::Requirement,
            fields: Default::default(),
        },
        Edit::Marker {
            text: body.clone(),
            at: 0,
            block: BlockHead::new(BlockKind::Item { item: item() }),
        },
        splice(&TextRef::ItemTitle(item()), vec![Run::plain("one")]),
    ];
    document.apply(&edits).expect("the sample's edits fit");
    document.commit(0);
    document.save()
}

fn splice(text: &TextRef, runs: Vec<Run>) -> Edit {
    Edit::Splice {
        text: text.clone(),
        at: 0,
        del: 0,
        runs,
    }
}
