//! Items edited beside the text, in the table of them. Every edit goes through the editor, which tells
//! it like typing, as the smallest edits, shows it in the text and can undo it.

use app::editor::port::{Choice, ChoiceNews, ItemEdit};
use model::ids::ItemId;
use model::schema::ItemKind;
use model::tree::TextRef;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::Session;
use crate::editor_host::HostCalls;

impl Session {
    /// Makes an edit; says whether it was made.
    pub(super) fn edit_item(&self, edit: &ItemEdit<'_>) -> bool {
        let edit = serde_json::to_string(edit).expect("an edit is always JSON");
        let mut made = false;
        self.ask_editor(|editor| {
            made = editor.edit_item(&edit)?;
            Ok(())
        });
        if made {
            self.show_outline();
        }
        made
    }

    /// Brings back an item that was taken out; says whether it was done.
    pub(super) fn restore_item(&self, id: &str, kind: ItemKind) -> bool {
        let mut restored = false;
        self.ask_editor(|editor| {
            restored = editor.restore_item(id, kind.as_str())?;
            Ok(())
        });
        if restored {
            self.show_outline();
        }
        restored
    }

    /// Lets the person choose what a field says; says whether there is something to choose.
    pub(super) fn choose(&self, choice: Choice) -> bool {
        let Choice {
            anchor,
            item,
            field,
            told,
        } = choice;
        let session = self.me.clone();
        let told = Closure::<dyn Fn(String)>::new(move |news: String| {
            let news = match news.as_str() {
                "changed" => {
                    // The page shows the choice now, not with the next outline.
                    if let Some(session) = session.upgrade() {
                        session.show_outline();
                    }
                    return;
                }
                "Enter" => ChoiceNews::Down,
                "Tab" => ChoiceNews::Right,
                "Shift+Tab" => ChoiceNews::Left,
                _ => ChoiceNews::Stay,
            };
            told(news);
        })
        // The menu may outlive whoever asked for it; the browser frees this with the menu.
        .into_js_value();
        let mut opened = false;
        self.ask_editor(|editor| {
            opened = editor.choose_field(anchor.unchecked_ref(), &item, field, &told)?;
            Ok(())
        });
        opened
    }

    /// Tells the others which item the person is at, as if the caret stood before its title.
    pub(super) fn point_at(&self, item: Option<&str>) {
        let place = item.and_then(|item| ItemId::parse(item).ok()).map(|item| {
            let text = TextRef::ItemTitle(item).to_string();
            serde_json::json!({ "text": text, "at": 0 })
        });
        let selection = place
            .map(|place| serde_json::json!({ "anchor": place.clone(), "head": place }).to_string());
        self.selection(selection.as_deref());
    }
}
