//! Text that was typed and is part of no change yet. It rides on presence, so that others see
//! typing at once although changes are gathered.
//!
//! Only one run of typing is followed, the newest: everything else arrives with its change.

use crate::edit::Edit;
use crate::limits;
use crate::tree::TextRef;

/// The newest run of typing since the last change.
#[derive(Debug, Clone, Default)]
pub struct PendingText {
    typed: Option<Typed>,
}

#[derive(Debug, Clone)]
struct Typed {
    text: TextRef,
    start: u32,
    units: Vec<u16>,
}

impl Typed {
    fn end(&self) -> u32 {
        self.start + u32::try_from(self.units.len()).unwrap_or(u32::MAX)
    }
}

/// What can be shown to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Which Text was typed in.
    pub text: &'a TextRef,
    /// Behind the last typed character: the place before which the others show it.
    pub end: u32,
    /// At most [`limits::PENDING_UNITS_MAX`] code units, cut between characters.
    pub content: String,
}

impl PendingText {
    /// An edit was applied to the open transaction.
    pub fn edited(&mut self, edit: &Edit) {
        match edit {
            Edit::Splice {
                text,
                at,
                del,
                runs,
            } => {
                let units: Vec<u16> = runs
                    .iter()
                    .flat_map(|run| run.text.encode_utf16())
                    .collect();
                self.spliced(text, *at, *del, units);
            }
            Edit::Marker { text, .. } | Edit::Replace { text, .. } => self.forget(text),
            Edit::Block { .. } | Edit::Mark { .. } => {}
            Edit::ItemNew { .. }
            | Edit::ItemRemove { .. }
            | Edit::ItemRestore { .. }
            | Edit::ItemSet { .. }
            | Edit::SectionNew { .. }
            | Edit::SectionRemove { .. }
            | Edit::SectionRestore { .. }
            | Edit::SectionSet { .. }
            | Edit::FieldSet { .. }
            | Edit::Table(_) => {}
        }
    }

    fn spliced(&mut self, text: &TextRef, at: u32, del: u32, units: Vec<u16>) {
        if let Some(typed) = &mut self.typed
            && typed.text == *text
            && at >= typed.start
            && at.saturating_add(del) <= typed.end()
        {
            let from = (at - typed.start) as usize;
            typed.units.splice(from..from + del as usize, units);
            return;
        }
        if !units.is_empty() {
            self.typed = Some(Typed {
                text: text.clone(),
                start: at,
                units,
            });
        } else {
            // Something around it was taken away: its place may be wrong now.
            self.forget(text);
        }
    }

    fn forget(&mut self, text: &TextRef) {
        self.typed.take_if(|typed| typed.text == *text);
    }

    /// Everything typed is part of a change now.
    pub fn committed(&mut self) {
        self.typed = None;
    }

    /// What others may be shown, if anything.
    #[must_use]
    pub fn shown(&self) -> Option<Shown<'_>> {
        let typed = self.typed.as_ref()?;
        let mut units = typed.units.as_slice();
        if units.len() > limits::PENDING_UNITS_MAX {
            // The end is where the person is typing.
            units = &units[units.len() - limits::PENDING_UNITS_MAX..];
            if (0xDC00..0xE000).contains(&units[0]) {
                units = &units[1..];
            }
        }
        let content = String::from_utf16_lossy(units);
        (!content.is_empty()).then(|| Shown {
            text: &typed.text,
            end: typed.end(),
            content,
        })
    }

    /// Where others can place a caret that stands at `at` in `text`: inside of pending text they
    /// know no position, so it stands behind it.
    #[must_use]
    pub fn outside(&self, text: &TextRef, at: u32) -> u32 {
        match &self.typed {
            Some(typed) if typed.text == *text && (typed.start..typed.end()).contains(&at) => {
                typed.end()
            }
            _ => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{BlockHead, Run};

    fn splice(at: u32, del: u32, text: &str) -> Edit {
        Edit::Splice {
            text: TextRef::Title,
            at,
            del,
            runs: vec![Run::plain(text)],
        }
    }

    fn shown(pending: &PendingText) -> Option<(u32, String)> {
        pending.shown().map(|shown| (shown.end, shown.content))
    }

    #[test]
    fn follows_typing_and_corrections_within_it() {
        let mut pending = PendingText::default();
        for edit in [
            splice(5, 0, "会"),
            splice(6, 0, "签x"),
            splice(7, 1, ""),
            splice(5, 0, "𠮷"),
        ] {
            pending.edited(&edit);
        }
        assert_eq!(shown(&pending), Some((9, "𠮷会签".to_owned())));
        pending.committed();
        assert_eq!(shown(&pending), None);
    }

    #[test]
    fn typing_elsewhere_starts_over_and_deleting_around_it_forgets_it() {
        let mut pending = PendingText::default();
        pending.edited(&splice(5, 0, "abc"));
        pending.edited(&splice(0, 0, "z"));
        assert_eq!(shown(&pending), Some((1, "z".to_owned())));
        pending.edited(&splice(0, 3, ""));
        assert_eq!(shown(&pending), None);
    }

    #[test]
    fn a_new_block_in_the_same_text_forgets_it() {
        let mut pending = PendingText::default();
        pending.edited(&splice(5, 0, "abc"));
        pending.edited(&Edit::Marker {
            text: TextRef::Title,
            at: 0,
            block: BlockHead::paragraph(),
        });
        assert_eq!(shown(&pending), None);
    }

    #[test]
    fn shows_the_end_of_long_typing_and_never_half_a_character() {
        let mut pending = PendingText::default();
        let long = "𠮷".repeat(limits::PENDING_UNITS_MAX);
        pending.edited(&splice(0, 0, &format!("{long}x")));
        let (_, content) = shown(&pending).expect("something was typed");
        assert!(content.encode_utf16().count() <= limits::PENDING_UNITS_MAX);
        assert!(content.ends_with("𠮷x") && content.starts_with('𠮷'));
    }

    #[test]
    fn a_caret_inside_stands_behind_it_for_others() {
        let mut pending = PendingText::default();
        pending.edited(&splice(5, 0, "abc"));
        assert_eq!(pending.outside(&TextRef::Title, 6), 8);
        assert_eq!(pending.outside(&TextRef::Title, 4), 4);
        assert_eq!(pending.outside(&TextRef::Title, 8), 8);
    }
}
