//! People by name: each one a chip that can be taken away, and a line to add the next.

use super::Fact;
use crate::components::icon::{Glyph, Icon};
use crate::i18n::*;
use leptos::{ev, prelude::*};

/// What stands between two names in a field. Both of our languages read it.
const BETWEEN: &str = "、";

/// The names in a text, however they were separated, each once.
pub fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(['、', ',', '，', ';', '；', '\n', '\t']) {
        let name = name.trim();
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Names as a field holds them.
pub fn joined(names: &[String]) -> String {
    names.join(BETWEEN)
}

/// A fact that names people.
#[component]
pub fn NamesFact(
    /// Which.
    fact: Fact,
    /// Id of its line, unique on the page.
    id: &'static str,
    /// What the people have in common.
    label: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let listed = Memo::new(move |_| names(&fact.value()));
    let draft = RwSignal::new(String::new());
    let add = move || {
        let new = names(&draft.get_untracked());
        if !new.is_empty() {
            let all: Vec<String> = listed.get_untracked().into_iter().chain(new).collect();
            fact.set(&joined(&names(&joined(&all))));
        }
        draft.set(String::new());
    };
    let drop_last = move || {
        let mut left = listed.get_untracked();
        left.pop();
        fact.set(&joined(&left));
    };
    let key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        // Enter belongs to the input method while it composes.
        "Enter" if !event.is_composing() => {
            event.prevent_default();
            add();
        }
        "Backspace" if draft.with_untracked(String::is_empty) => drop_last(),
        _ => {}
    };
    let chip = move |name: String| {
        let remove = {
            let name = name.clone();
            move |_| {
                let mut left = listed.get_untracked();
                left.retain(|known| *known != name);
                fact.set(&joined(&left));
            }
        };
        let words = {
            let name = name.clone();
            move || t_string!(i18n, facts.remove_name, name = name.clone()).to_string()
        };
        view! {
            <li class="name-chip">
                <span>{name}</span>
                <Show when=move || fact.is_writable()>
                    <button type="button" aria-label=words.clone() on:click=remove.clone()>
                        <Icon glyph=Glyph::Cross/>
                    </button>
                </Show>
            </li>
        }
    };
    view! {
        <div class="fact wide">
            <label for=id>{label}</label>
            <ul class="names">
                <For each=move || listed.get() key=Clone::clone children=chip/>
                <Show when=move || fact.is_writable()>
                    <li class="name-new">
                        <input
                            id=id
                            type="text"
                            autocomplete="off"
                            maxlength="200"
                            placeholder=move || t_string!(i18n, facts.add_name)
                            prop:value=draft
                            on:input=move |event| draft.set(event_target_value(&event))
                            on:keydown=key
                            on:blur=move |_| add()
                        />
                    </li>
                </Show>
            </ul>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_however_they_were_separated() {
        let text = "王敏、李经理, Anna Schmidt；王敏，\n 周 ";
        assert_eq!(names(text), ["王敏", "李经理", "Anna Schmidt", "周"]);
        assert_eq!(names(" 、,， "), Vec::<String>::new());
        assert_eq!(names(&joined(&names(text))), names(text));
    }
}
