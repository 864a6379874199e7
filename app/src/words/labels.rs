//! The editor's labels: the flat JSON object `frontend/editor/src/labels.ts` asks for.

use crate::i18n::*;
use model::schema::ItemKind;
use serde_json::{Map, Value};

/// Every label of the editor in one language, as JSON.
pub fn editor_labels(locale: Locale) -> String {
    Value::Object(editor_label_map(locale)).to_string()
}

/// Every label of the editor in one language, by its key.
pub fn editor_label_map(locale: Locale) -> Map<String, Value> {
    let mut labels = Map::new();
    put_surface(locale, &mut labels);
    put_marks(locale, &mut labels);
    put_item_acts(locale, &mut labels);
    put_table(locale, &mut labels);
    put_find(locale, &mut labels);
    put_reading(locale, &mut labels);
    put_fields(locale, &mut labels);
    put_smart(locale, &mut labels);
    for kind in ItemKind::ALL {
        labels.insert(
            format!("kind_{kind}"),
            Value::from(super::item_kind(locale, *kind)),
        );
    }
    labels
}

/// Puts the translation of each key under the key's own name.
macro_rules! put {
    ($locale:ident, $labels:ident: $($key:ident),+ $(,)?) => {
        $($labels.insert(
            stringify!($key).to_owned(),
            Value::from(td_string!($locale, editor.$key)),
        );)+
    };
}

/// Placeholders, menus, blocks.
fn put_surface(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        editor,
        placeholder_title,
        placeholder_heading,
        placeholder_body,
        placeholder_item_title,
        placeholder_item_body,
        placeholder_criteria,
        criteria,
        item,
        item_new,
        ghost,
        check_box,
        menu_blocks,
        menu_items,
        menu_insert,
        menu_empty,
        menu_mention,
        menu_people,
        menu_days,
        day_today,
        day_tomorrow,
        day_monday,
        block_paragraph,
        block_heading1,
        block_heading2,
        block_heading3,
        block_bullet,
        block_ordered,
        block_check,
        block_quote,
        block_callout,
        block_code,
        block_divider,
        block_image,
        placeholder_caption,
        image_alt,
        image_alt_hint,
        image_alt_apply,
        image_width,
        image_missing,
        image_uploading,
        image_preparing,
    );
}

/// The toolbar, marks, vague words, links.
fn put_marks(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        toolbar,
        turn_into,
        turn_into_item,
        mark_bold,
        mark_italic,
        mark_underline,
        mark_strike,
        mark_highlight,
        mark_code,
        vague,
        vague_keep,
        vague_when,
        vague_how_much,
        vague_how_many,
        vague_open_list,
        vague_taste,
        vague_undecided,
        vague_who,
        vague_condition,
        block_section,
        unset,
        link,
        link_url,
        link_apply,
        link_remove,
        cancel,
    );
}

/// What can be done with an item.
fn put_item_acts(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        item_acts,
        item_copy_link,
        item_duplicate,
        item_move_up,
        item_move_down,
        item_move_to,
        item_remove,
    );
}

/// What can be done with a table.
fn put_table(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        block_table,
        table,
        table_acts,
        table_rows,
        table_columns,
        table_row_above,
        table_row_below,
        table_row_up,
        table_row_down,
        table_row_remove,
        table_column_left,
        table_column_right,
        table_column_move_left,
        table_column_move_right,
        table_column_wider,
        table_column_narrower,
        table_column_remove,
        table_header,
        table_remove,
    );
}

/// The bar that finds and replaces.
fn put_find(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        find,
        find_query,
        find_none,
        find_count,
        drag_handle,
        find_previous,
        find_next,
        find_case,
        find_word,
        find_replace,
        find_replacement,
        replace_one,
        replace_all,
        replaced,
        find_close,
    );
}

/// Reading mode and the count of words.
fn put_reading(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        reading,
        reading_leave,
        reading_close,
        count_all,
        count_chosen,
        count_selection,
        count_document,
        count_words,
        count_characters,
        count_without_spaces,
    );
}

/// An item's fields and the words they may hold.
fn put_fields(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        field_need,
        field_aspect,
        field_priority,
        field_status,
        field_owner,
        field_due,
        field_source,
        field_presenter,
        field_minutes,
        minutes_unit,
        timer_start,
        timer_pause,
        timer_over,
        outcomes,
        need_business,
        need_technical,
        need_time,
        need_budget,
        aspect_functional,
        aspect_non_functional,
        aspect_constraint,
        priority_must,
        priority_should,
        priority_could,
        priority_wont,
        status_draft,
        status_agreed,
        status_in_progress,
        status_done,
        status_dropped,
        status_open,
        status_answered,
    );
}

/// What a goal can be said to be.
fn put_smart(locale: Locale, labels: &mut Map<String, Value>) {
    put!(locale, labels:
        smart_missing,
        specific_letter,
        measurable_letter,
        achievable_letter,
        relevant_letter,
        time_bound_letter,
        field_specific,
        field_measurable,
        field_achievable,
        field_relevant,
        field_time_bound,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names the editor declares, read from its source.
    fn declared() -> Vec<String> {
        let source = include_str!("../../../frontend/editor/src/labels.ts");
        let (_, list) = source
            .split_once("LABEL_KEYS = [")
            .expect("labels.ts declares LABEL_KEYS");
        let (list, _) = list.split_once(']').expect("the list ends");
        list.lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.split('"').next())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_label_the_editor_declares_exists_in_both_languages() {
        let declared = declared();
        assert!(declared.len() > 30, "{declared:?}");
        for locale in [Locale::zh_CN, Locale::en] {
            let labels: Map<String, Value> =
                serde_json::from_str(&editor_labels(locale)).expect("labels are JSON");
            for key in &declared {
                let text = labels.get(key).and_then(Value::as_str).unwrap_or_default();
                assert!(!text.is_empty(), "{key} is missing in {locale:?}");
            }
        }
    }
}
