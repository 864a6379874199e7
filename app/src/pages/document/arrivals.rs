//! Who came and who left, said to a screen reader once it has settled: a line that drops for a moment is
//! no news.

use crate::editor::port::{DocumentSignals, PersonHere};
use crate::i18n::*;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long somebody has been here, or away, before it is said.
const SETTLED: Duration = Duration::from_secs(3);

/// Names by connection.
type Company = BTreeMap<String, String>;

fn company(people: &[PersonHere]) -> Company {
    // Not collected: that would sort a list of them first, and a sort is six kilobytes to download.
    let mut company = Company::new();
    company.extend(
        people
            .iter()
            .map(|person| (person.peer.clone(), person.name.clone())),
    );
    company
}

/// The names of those in `now` who are in `before` under no connection.
fn new_names(before: &Company, now: &Company) -> Vec<String> {
    let mut names = BTreeSet::new();
    let is_new = |name: &&String| !before.values().any(|known| known == *name);
    names.extend(now.values().filter(is_new).cloned());
    names.into_iter().collect()
}

/// Says politely who is here now and who is not any more. Nothing of it is seen.
#[component]
pub fn Arrivals(
    /// The open document.
    signals: DocumentSignals,
) -> impl IntoView {
    let i18n = use_i18n();
    let told = StoredValue::new(Company::new());
    let words = RwSignal::new(String::new());
    let tell = move || {
        let now = signals.people.with_untracked(|people| company(people));
        let before = told.get_value();
        let came = new_names(&before, &now).into_iter();
        let left = new_names(&now, &before).into_iter();
        let came = came.map(|name| t_string!(i18n, document.came, name = name).to_string());
        let left = left.map(|name| t_string!(i18n, document.left, name = name).to_string());
        let news: Vec<String> = came.chain(left).collect();
        if !news.is_empty() {
            words.set(news.join(t_string!(i18n, document.and_then)));
        }
        told.set_value(now);
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let rest = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move || {
        signals.people.track();
        rest();
        timer.set_value(set_timeout_with_handle(tell, SETTLED).ok());
    });
    on_cleanup(rest);
    view! { <span class="sr-only" role="status">{move || words.get()}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(people: &[(&str, &str)]) -> Company {
        let pairs = people.iter();
        pairs
            .map(|(peer, name)| ((*peer).to_owned(), (*name).to_owned()))
            .collect()
    }

    #[test]
    fn a_person_with_two_windows_comes_once_and_leaves_once() {
        let nobody = of(&[]);
        let two = of(&[("1", "王敏"), ("2", "王敏")]);
        let one = of(&[("2", "王敏")]);
        assert_eq!(new_names(&nobody, &two), ["王敏"]);
        assert_eq!(new_names(&two, &one), Vec::<String>::new());
        assert_eq!(new_names(&one, &two), Vec::<String>::new());
        assert_eq!(new_names(&nobody, &one), ["王敏"]);
    }

    #[test]
    fn the_same_person_over_a_new_line_is_no_news() {
        let (before, after) = (of(&[("1", "Li Wei")]), of(&[("7", "Li Wei")]));
        assert_eq!(new_names(&before, &after), Vec::<String>::new());
    }
}
