//! How an item is drawn: its number and fields, its texts, and under a topic what can come of it.

use super::Page;
use crate::schema::{self, ItemKind};
use crate::tree::{Block, ItemTree};

impl Page<'_> {
    pub(super) fn item(&mut self, item: &ItemTree) {
        let kind = item.head.kind.as_str();
        self.open(
            "section",
            &[
                ("class", "item"),
                ("data-item", item.head.id.as_str()),
                ("data-kind", kind),
            ],
        );
        self.item_head(item);
        self.open("div", &[("class", "item-text")]);
        self.line("h3", "item-title", "placeholder_item_title", &item.title);
        self.item_part("item-body", "placeholder_item_body", None, &item.body);
        let criteria = self.label("criteria");
        self.item_part(
            "item-criteria",
            "placeholder_criteria",
            Some(&criteria),
            &item.criteria,
        );
        self.close("div");
        if item.head.kind == ItemKind::Topic {
            self.outcomes();
        }
        self.close("section");
    }

    fn item_head(&mut self, item: &ItemTree) {
        self.open(
            "header",
            &[("class", "item-head"), ("contenteditable", "false")],
        );
        match &item.head.number {
            // Its place among the topics is counted by the style sheet.
            _ if item.head.kind == ItemKind::Topic => {
                let topic = self.label("kind_topic");
                self.element(
                    "button",
                    &[("type", "button"), ("class", "num topic-place")],
                    &topic,
                );
            }
            Some(number) => self.element("button", &[("type", "button"), ("class", "num")], number),
            None => {
                let fresh = self.label("item_new");
                self.element(
                    "button",
                    &[("type", "button"), ("class", "num is-new")],
                    &fresh,
                );
            }
        }
        self.open("div", &[("class", "fields")]);
        for &field in item.head.kind.shown_fields() {
            let value = item.head.fields.get(field).map_or("", String::as_str);
            if value.is_empty() && !item.head.kind.asked_fields().contains(&field) {
                continue;
            }
            let text = self.field_text(field, value);
            let class = if value.is_empty() {
                "field is-unset"
            } else {
                "field"
            };
            let attributes = [
                ("type", "button"),
                ("class", class),
                ("data-field", field),
                ("data-value", value),
            ];
            self.element("button", &attributes, &text);
        }
        self.close("div");
        if item.head.kind == ItemKind::Goal {
            self.smart(item);
        }
        self.close("header");
    }

    /// The letters of a goal: which hold, and, once one is said, which are missing.
    fn smart(&mut self, item: &ItemTree) {
        let holds = |field: &&&str| item.head.fields.contains_key(**field);
        let class = match ItemKind::SMART.iter().filter(holds).count() {
            0 => "smart is-unset",
            all if all == ItemKind::SMART.len() => "smart is-whole",
            _ => "smart",
        };
        self.open("div", &[("class", class)]);
        for field in ItemKind::SMART {
            let pressed = item.head.fields.contains_key(*field);
            let letter = self.label(&format!("{field}_letter"));
            let attributes = [
                ("type", "button"),
                ("class", "smart-letter"),
                ("data-field", *field),
                ("aria-pressed", if pressed { "true" } else { "false" }),
            ];
            self.element("button", &attributes, &letter);
        }
        self.close("div");
    }

    fn field_text(&self, field: &str, value: &str) -> String {
        match value {
            "" => self.label(&format!("field_{field}")),
            word if schema::field_words(field).is_some() => self.label(&format!("{field}_{word}")),
            minutes if field == "minutes" => format!("{minutes} {}", self.label("minutes_unit")),
            word => word.to_owned(),
        }
    }

    /// What can come of a topic, one button each.
    fn outcomes(&mut self) {
        self.open(
            "footer",
            &[("class", "item-outcomes"), ("contenteditable", "false")],
        );
        for kind in ItemKind::OUTCOMES {
            let name = self.label(&format!("kind_{kind}"));
            let attributes = [
                ("type", "button"),
                ("class", "outcome"),
                ("data-kind", kind.as_str()),
            ];
            self.element("button", &attributes, &name);
        }
        self.close("footer");
    }

    fn item_part(&mut self, class: &str, placeholder: &str, label: Option<&str>, blocks: &[Block]) {
        let empty = matches!(blocks, [only] if only.runs.is_empty() && only.head.holds_text());
        let class = if empty {
            format!("{class} is-empty")
        } else {
            class.to_owned()
        };
        let placeholder = self.label(placeholder);
        let mut attributes = vec![
            ("class", class.as_str()),
            ("data-placeholder", &placeholder),
        ];
        attributes.extend(label.map(|label| ("data-label", label)));
        self.open("div", &attributes);
        for block in blocks {
            self.block(block);
        }
        self.close("div");
    }
}
