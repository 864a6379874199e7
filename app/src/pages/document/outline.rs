//! The outline: sections and items in reading order, each one press away.

use crate::components::icon::{Glyph, Icon};
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use crate::words;
use leptos::prelude::*;
use model::schema::ItemKind;
use model::tree::Outline;

/// One line of the outline. Equal rows are the same line on screen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// A section.
    Section {
        /// Its id.
        target: String,
        /// Its place, from 1.
        place: usize,
        /// Its heading.
        heading: String,
        /// A required part with nothing in it (R1).
        missing: bool,
    },
    /// An item.
    Item {
        /// Its id.
        target: String,
        /// Its number, once the server gave one.
        number: Option<String>,
        /// Its title.
        title: String,
        /// Agreed or done.
        settled: bool,
    },
    /// A required part that has no section (R1).
    Absent {
        /// Its role word.
        role: String,
    },
}

/// The outline as lines.
pub fn rows(outline: &Outline) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut topics = 0;
    for (index, section) in outline.sections.iter().enumerate() {
        let is_missing = |role: &String| outline.missing.contains(role);
        rows.push(Row::Section {
            target: section.id.to_string(),
            place: index + 1,
            heading: section.heading.trim().to_owned(),
            missing: section.role.as_ref().is_some_and(is_missing),
        });
        rows.extend(section.items.iter().map(|item| Row::Item {
            target: item.id.to_string(),
            number: match item.kind {
                ItemKind::Topic => {
                    topics += 1;
                    Some(topics.to_string())
                }
                _ => item.number.clone(),
            },
            title: item.title.trim().to_owned(),
            settled: matches!(
                item.fields.get("status").map(String::as_str),
                Some("agreed" | "done" | "answered")
            ),
        }));
    }
    rows.extend(absent_roles(outline).map(|role| Row::Absent { role: role.clone() }));
    rows
}

/// Required parts no section stands for.
pub fn absent_roles(outline: &Outline) -> impl Iterator<Item = &String> {
    outline
        .missing
        .iter()
        .filter(|role| section_of_role(outline, role).is_none())
}

/// The section that stands for a required part.
pub fn section_of_role(outline: &Outline, role: &str) -> Option<String> {
    let section = outline
        .sections
        .iter()
        .find(|section| section.role.as_deref() == Some(role))?;
    Some(section.id.to_string())
}

/// The heading or title of a section or item, for "in “Goals”".
pub fn name_of(outline: &Outline, target: &str) -> Option<String> {
    outline.sections.iter().find_map(|section| {
        if section.id.as_str() == target {
            return Some(section.heading.clone());
        }
        let item = section
            .items
            .iter()
            .find(|item| item.id.as_str() == target)?;
        Some(item.number.clone().unwrap_or_else(|| item.title.clone()))
    })
}

/// Where the text begins.
pub fn first_target(outline: &Outline) -> Option<String> {
    Some(outline.sections.first()?.id.to_string())
}

/// The outline beside the paper.
#[component]
pub fn OutlinePanel(
    /// The open document.
    signals: DocumentSignals,
    /// Goes to a section or item.
    reveal: Callback<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let lines = Memo::new(move |_| signals.outline.with(rows));
    view! {
        <h2 class="panel-title">{move || t_string!(i18n, document.outline)}</h2>
        <ol class="outline">
            <For each=move || lines.get() key=Clone::clone let:row>
                <OutlineLine row signals reveal/>
            </For>
        </ol>
        <Show when=move || lines.with(Vec::is_empty)>
            <p class="hint">{move || t_string!(i18n, document.outline_empty)}</p>
        </Show>
    }
}

#[component]
fn OutlineLine(row: Row, signals: DocumentSignals, reveal: Callback<String>) -> impl IntoView {
    let i18n = use_i18n();
    let missing_chip = move || {
        view! { <span class="chip warn">{move || t_string!(i18n, document.missing)}</span> }
    };
    let or = move |text: &str, otherwise: &'static str| {
        if text.is_empty() {
            otherwise.to_owned()
        } else {
            text.to_owned()
        }
    };
    let (class, target, words) = match row {
        Row::Absent { role } => {
            let part = move || words::part(i18n.get_locale(), &role);
            return view! {
                <li class="outline-line absent"><span class="outline-text">{move || part()}</span>{missing_chip()}</li>
            }
            .into_any();
        }
        Row::Section {
            target,
            place,
            heading,
            missing,
        } => {
            let text = move || or(&heading, t_string!(i18n, document.untitled_section));
            let words = view! {
                <span class="outline-place">{place}</span>
                <span class="outline-text">{move || text()}</span>
                {missing.then(missing_chip)}
            };
            ("outline-line section", target, words.into_any())
        }
        Row::Item {
            target,
            number,
            title,
            settled,
        } => {
            let number = move || match &number {
                Some(number) => number.clone(),
                None => t_string!(i18n, document.new_number).to_owned(),
            };
            let text = move || or(&title, t_string!(i18n, document.untitled_item));
            let words = view! {
                <span class="outline-number">{move || number()}</span>
                <span class="outline-text">{move || text()}</span>
                {settled.then(|| view! { <Icon glyph=Glyph::Check/> })}
            };
            ("outline-line", target, words.into_any())
        }
    };
    let own = target.clone();
    let is_current = move || {
        signals
            .current
            .with(|at| at.as_deref() == Some(own.as_str()))
    };
    view! {
        <li class=class>
            <button
                type="button"
                aria-current=move || is_current().then_some("true")
                on:click=move |_| reveal.run(target.clone())
            >
                {words}
            </button>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline() -> Outline {
        serde_json::from_value(serde_json::json!({
            "title": "云仓",
            "sections": [
                {"id": "s1", "role": "background", "heading": "业务背景", "empty": false, "items": []},
                {"id": "s2", "role": "goals", "heading": "目标 ", "empty": true, "items": [
                    {"id": "g1", "kind": "goal", "number": "G-001", "title": "快", "fields": {"status": "agreed"}},
                    {"id": "g2", "kind": "goal", "number": null, "title": "", "fields": {}}
                ]}
            ],
            "missing": ["goals", "constraints"]
        }))
        .expect("an outline")
    }

    // SPEC: R1
    #[test]
    fn empty_and_absent_required_parts_are_flagged() {
        let rows = rows(&outline());
        assert!(matches!(
            &rows[0],
            Row::Section {
                place: 1,
                missing: false,
                ..
            }
        ));
        assert!(
            matches!(&rows[1], Row::Section { place: 2, missing: true, heading, .. } if heading == "目标")
        );
        assert_eq!(
            rows.last(),
            Some(&Row::Absent {
                role: "constraints".into()
            })
        );
    }

    #[test]
    fn items_follow_their_section_in_order() {
        let rows = rows(&outline());
        assert!(
            matches!(&rows[2], Row::Item { number: Some(n), settled: true, .. } if n == "G-001")
        );
        assert!(matches!(
            &rows[3],
            Row::Item {
                number: None,
                settled: false,
                ..
            }
        ));
        assert_eq!(rows.len(), 5);
    }

    #[test]
    fn topics_are_counted_where_other_items_have_numbers() {
        let outline: Outline = serde_json::from_value(serde_json::json!({
            "title": "周会",
            "sections": [{"id": "s1", "role": "content", "heading": "主要内容", "empty": false, "items": [
                {"id": "t1", "kind": "topic", "number": null, "title": "上线", "fields": {}},
                {"id": "a1", "kind": "action", "number": null, "title": "查日志", "fields": {"status": "open"}},
                {"id": "t2", "kind": "topic", "number": null, "title": "预算", "fields": {}}
            ]}],
            "missing": []
        }))
        .expect("an outline");
        let numbers: Vec<_> = rows(&outline)
            .into_iter()
            .filter_map(|row| match row {
                Row::Item { number, .. } => Some(number),
                _ => None,
            })
            .collect();
        assert_eq!(numbers, [Some("1".into()), None, Some("2".into())]);
    }

    #[test]
    fn a_place_is_named_by_heading_or_number() {
        let outline = outline();
        assert_eq!(name_of(&outline, "s1").as_deref(), Some("业务背景"));
        assert_eq!(name_of(&outline, "g1").as_deref(), Some("G-001"));
        assert_eq!(name_of(&outline, "nowhere"), None);
        assert_eq!(section_of_role(&outline, "goals").as_deref(), Some("s2"));
        assert_eq!(first_target(&outline).as_deref(), Some("s1"));
    }
}
