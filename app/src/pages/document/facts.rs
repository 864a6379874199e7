//! The facts of a meeting above its notes: when, where, who was there and who was not (M1). They are
//! fields of the document, so they travel with it like its text: offline, to everybody, for ever.

pub mod agenda;
pub mod names;

use super::surface::OpenHandle;
use crate::components::icon::{Glyph, Icon};
use crate::editor::port::DocumentSignals;
use crate::i18n::*;
use agenda::AgendaLine;
use leptos::prelude::*;
use model::carry_over;
use model::html::safe_href;
use model::ids::DocumentId;
use model::limits::FIELD_VALUE_BYTES_MAX;
use model::schema::{self, DocumentKind};
use names::NamesFact;
use std::collections::BTreeMap;

/// One fact: reads the live copy and writes into it.
#[derive(Clone, Copy)]
pub struct Fact {
    /// The field's name in the document.
    pub name: &'static str,
    signals: DocumentSignals,
    handle: OpenHandle,
}

impl Fact {
    /// What the document says, empty when it says nothing.
    pub fn value(self) -> String {
        self.signals
            .outline
            .with(|outline| outline.fields.get(self.name).cloned().unwrap_or_default())
    }

    /// Says something else; nothing at all when `value` is blank.
    pub fn set(self, value: &str) {
        let value = cut(value.trim());
        self.handle.with_value(|open| {
            if let Some(open) = open {
                open.set_field(self.name, Some(value).filter(|value| !value.is_empty()));
            }
        });
    }

    /// Whether the viewer may change it.
    pub fn is_writable(self) -> bool {
        self.signals.is_writing()
    }
}

/// As much of a text as a field takes, in whole characters.
pub fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(FIELD_VALUE_BYTES_MAX)]
}

/// Whether documents of this kind have facts to show.
pub fn has_facts(kind: DocumentKind) -> bool {
    !schema::expected_fields(kind).is_empty()
}

/// The facts of meeting notes.
#[component]
pub fn MeetingFacts(
    /// The open document.
    signals: DocumentSignals,
    /// The open document's handle.
    handle: OpenHandle,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    let fact = move |name| Fact {
        name,
        signals,
        handle,
    };
    view! {
        <section class="facts" class:is-open=move || open.get() aria-label=move || t_string!(i18n, facts.title)>
            // A narrow screen shows one line of it until somebody wants the rest.
            <button
                type="button"
                class="facts-line"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <span>{move || signals.outline.with(|outline| in_a_line(&outline.fields, t_string!(i18n, facts.title)))}</span>
                <Icon glyph=Glyph::Unfold/>
            </button>
            <div class="fact">
                <label for="fact-date">{move || t_string!(i18n, facts.date)}</label>
                <LineFact fact=fact("date") id="fact-date" input="date"/>
            </div>
            <div class="fact">
                <label for="fact-time">{move || t_string!(i18n, facts.time)}</label>
                <span class="fact-times">
                    <LineFact fact=fact("time") id="fact-time" input="time"/>
                    <span aria-hidden="true">"–"</span>
                    <LineFact
                        fact=fact("until")
                        id="fact-until"
                        input="time"
                        label=Signal::derive(move || t_string!(i18n, facts.until).to_owned())
                    />
                </span>
            </div>
            <div class="fact wide">
                <label for="fact-place">{move || t_string!(i18n, facts.place)}</label>
                <LineFact
                    fact=fact("place")
                    id="fact-place"
                    input="text"
                    example=Signal::derive(move || t_string!(i18n, facts.place_example).to_owned())
                />
                <PlaceLink fact=fact("place")/>
            </div>
            <NamesFact fact=fact("attendees") id="fact-attendees" label=Signal::derive(move || t_string!(i18n, facts.attendees).to_owned())/>
            <PreviousLink fact=fact(carry_over::PREVIOUS)/>
            <NamesFact fact=fact("absentees") id="fact-absentees" label=Signal::derive(move || t_string!(i18n, facts.absentees).to_owned())/>
            <AgendaLine begin=fact("time") until=fact("until")/>
        </section>
    }
}

/// When and where in one line; `otherwise` when neither is known.
fn in_a_line(fields: &BTreeMap<String, String>, otherwise: &str) -> String {
    let known = |name: &str| {
        fields
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    };
    let said: Vec<_> = ["date", "time", "place"]
        .into_iter()
        .filter_map(known)
        .collect();
    match said.is_empty() {
        true => otherwise.to_owned(),
        false => said.join(" · "),
    }
}

/// A fact of one line. What somebody is writing stays while others change it; what is written last
/// is what it says then.
#[component]
fn LineFact(
    fact: Fact,
    id: &'static str,
    input: &'static str,
    #[prop(into, optional)] label: Signal<String>,
    #[prop(into, optional)] example: Signal<String>,
) -> impl IntoView {
    let draft = RwSignal::new(None::<String>);
    // A picker shows nothing of a text that it cannot hold.
    let kind = move || match fits(input, &fact.value()) {
        true => input,
        false => "text",
    };
    let shown = move || draft.get().unwrap_or_else(|| fact.value());
    let settle = move || {
        if let Some(text) = draft.get_untracked() {
            draft.set(None);
            fact.set(&text);
        }
    };
    view! {
        <input
            id=id
            type=kind
            autocomplete="off"
            maxlength="200"
            readonly=move || !fact.is_writable()
            placeholder=example
            aria-label=move || Some(label.get()).filter(|label| !label.is_empty())
            value=fact.value()
            prop:value=shown
            on:input=move |event| draft.set(Some(event_target_value(&event)))
            on:change=move |_| settle()
            on:blur=move |_| settle()
        />
    }
}

/// Whether an input of this type can show a value.
pub(super) fn fits(input: &str, value: &str) -> bool {
    let shape = match input {
        "date" => "0000-00-00",
        "time" => "00:00",
        _ => return true,
    };
    let alike = |(letter, wanted): (char, char)| match wanted {
        '0' => letter.is_ascii_digit(),
        _ => letter == wanted,
    };
    value.is_empty() || (value.len() == shape.len() && value.chars().zip(shape.chars()).all(alike))
}

/// Where the meeting is, when that is an address on the web.
#[component]
fn PlaceLink(fact: Fact) -> impl IntoView {
    let i18n = use_i18n();
    let address = Memo::new(move |_| web_address(&fact.value()));
    move || {
        address.get().map(|address| {
            view! {
                <a class="fact-link" href=address target="_blank" rel="noopener noreferrer nofollow">
                    <Icon glyph=Glyph::Link/>
                    {move || t_string!(i18n, facts.open_link)}
                </a>
            }
        })
    }
}

/// The way to the meeting before this one.
#[component]
fn PreviousLink(fact: Fact) -> impl IntoView {
    let i18n = use_i18n();
    let previous = Memo::new(move |_| fact.value().parse::<DocumentId>().ok());
    move || {
        previous.get().map(|id| {
            view! {
                <p class="fact wide">
                    <a class="fact-link" href=format!("/documents/{id}")>
                        {move || t_string!(i18n, facts.previous)}
                    </a>
                </p>
            }
        })
    }
}

/// The first address in a text that a browser may be sent to.
fn web_address(text: &str) -> Option<String> {
    text.split_whitespace()
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .find_map(safe_href)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_web_address_becomes_a_link() {
        let meeting = "腾讯会议 https://meeting.example/12 3";
        assert_eq!(
            web_address(meeting).as_deref(),
            Some("https://meeting.example/12")
        );
        for text in ["会议室 3", "javascript:alert(1)", "mailto:a@b.example", ""] {
            assert_eq!(web_address(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_says_what_is_known_and_else_what_it_is() {
        let fields = |said: &[(&str, &str)]| {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            said.iter().map(own).collect()
        };
        assert_eq!(in_a_line(&fields(&[]), "会议信息"), "会议信息");
        let said = fields(&[
            ("time", "14:00"),
            ("date", "2026-11-23"),
            ("place", " "),
            ("attendees", "王敏"),
        ]);
        assert_eq!(in_a_line(&said, "会议信息"), "2026-11-23 · 14:00");
    }

    #[test]
    fn a_picker_is_for_values_it_can_show() {
        for value in ["", "2026-11-23"] {
            assert!(fits("date", value), "{value}");
        }
        for value in ["下周一", "2026-11-23 10:00", "23.11.2026", "２026-11-2"] {
            assert!(!fits("date", value), "{value}");
        }
        assert!(fits("time", "14:00") && !fits("time", "14:00–15:30"));
        assert!(fits("text", "anything"));
    }

    #[test]
    fn a_fact_is_cut_between_characters() {
        let long = "会".repeat(FIELD_VALUE_BYTES_MAX);
        assert!(cut(&long).len() <= FIELD_VALUE_BYTES_MAX);
        assert!(cut(&long).chars().all(|letter| letter == '会'));
        assert_eq!(cut("会议室"), "会议室");
    }

    #[test]
    fn meetings_have_facts_and_requirement_documents_have_none() {
        assert!(has_facts(DocumentKind::MeetingNotes));
        assert!(!has_facts(DocumentKind::RequirementDocument));
    }
}
