//! What the palette offers, and in which order: rules without a screen.

use crate::components::icon::Glyph;
use crate::finding;
use crate::i18n::*;
use crate::pages::project::kind_glyph;
use crate::ports::{Language, PlaceDocument, PlacesView, ProjectRef};
use crate::session::{Theme, locale_of};
use crate::words;

/// Lines shown at most: whoever has more types another letter.
const SHOWN_MAX: usize = 50;

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Goes to an address of this application.
    Go(String),
    /// Speaks another language.
    Speak(Language),
    /// Takes another theme.
    Wear(Theme),
    /// Shows the table of keys.
    ShowKeys,
}

/// One line of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is called.
    pub(super) label: String,
    /// The language of the label, where it is not the interface's.
    pub(super) label_language: Option<Language>,
    /// What sort of thing it is.
    pub(super) hint: String,
    /// Its icon.
    pub(super) glyph: Glyph,
    /// What choosing it does.
    pub(super) act: Act,
    /// What else finds it: its name in the other language.
    also: String,
}

/// Everything there is to choose from: documents here, projects, actions.
pub(super) fn entries(locale: Locale, places: Option<&PlacesView>) -> Vec<Entry> {
    let mut all = Vec::new();
    if let Some(places) = places {
        all.extend(places.documents.iter().map(|found| document(locale, found)));
        let projects = places.projects.iter();
        all.extend(projects.map(|found| project(locale, found)));
        all.extend(places.here.iter().map(|here| bin(locale, here)));
    }
    all.extend(actions(locale));
    all
}

/// The entries that what is typed names, the best first; those that fit alike stay in order.
pub(super) fn found(all: &[Entry], typed: &str) -> Vec<Entry> {
    let fitting = all.iter().filter_map(|entry| {
        let by_name = finding::fit(&entry.label, typed);
        let by_other = finding::fit(&format!("{} {}", entry.also, entry.hint), typed);
        // Its own name counts for more than what sort of thing it is.
        by_name
            .map(|fit| (0, fit))
            .or(by_other.map(|fit| (1, fit)))
            .map(|fit| (fit, entry))
    });
    let mut best = Vec::new();
    for (fit, entry) in fitting {
        let at = best.partition_point(|(other, _)| *other <= fit);
        if at < SHOWN_MAX {
            best.insert(at, (fit, entry));
            best.truncate(SHOWN_MAX);
        }
    }
    best.into_iter().map(|(_, entry)| entry.clone()).collect()
}

fn document(locale: Locale, found: &PlaceDocument) -> Entry {
    let (label, label_language) = match found.title.trim() {
        "" => (td_string!(locale, document.untitled).to_owned(), None),
        title => (title.to_owned(), Some(found.language)),
    };
    Entry {
        label,
        label_language,
        hint: words::document_kind(locale, found.kind).to_owned(),
        glyph: kind_glyph(found.kind),
        act: Act::Go(format!("/documents/{}", found.id)),
        also: String::new(),
    }
}

fn project(locale: Locale, found: &ProjectRef) -> Entry {
    Entry {
        label: found.name.clone(),
        label_language: None,
        hint: td_string!(locale, palette.project).to_owned(),
        glyph: Glyph::Folder,
        act: Act::Go(format!("/projects/{}", found.id)),
        also: String::new(),
    }
}

fn bin(locale: Locale, here: &ProjectRef) -> Entry {
    Entry {
        label: td_string!(locale, palette.bin).to_owned(),
        label_language: None,
        hint: here.name.clone(),
        glyph: Glyph::Bin,
        act: Act::Go(format!("/projects/{}/bin", here.id)),
        also: td_string!(other(locale), palette.bin).to_owned(),
    }
}

fn actions(locale: Locale) -> Vec<Entry> {
    macro_rules! action {
        ($key:ident, $glyph:ident, $act:expr) => {
            Entry {
                label: td_string!(locale, palette.$key).to_owned(),
                label_language: None,
                hint: td_string!(locale, palette.action).to_owned(),
                glyph: Glyph::$glyph,
                act: $act,
                also: td_string!(other(locale), palette.$key).to_owned(),
            }
        };
    }
    let go = |address: &str| Act::Go(address.to_owned());
    let speak = Language::ALL
        .into_iter()
        .filter(|language| locale_of(*language) != locale);
    let speak = speak.map(|language| Entry {
        label: words::language(language).to_owned(),
        label_language: Some(language),
        hint: td_string!(locale, palette.speak).to_owned(),
        glyph: Glyph::Language,
        act: Act::Speak(language),
        also: td_string!(other(locale), palette.speak).to_owned(),
    });
    let mut all = vec![
        action!(projects, Folder, go("/")),
        action!(settings, Settings, go("/settings")),
        action!(keys, Keyboard, Act::ShowKeys),
    ];
    all.extend(speak);
    all.extend([
        action!(theme_light, Sun, Act::Wear(Theme::Light)),
        action!(theme_dark, Moon, Act::Wear(Theme::Dark)),
        action!(theme_system, Screen, Act::Wear(Theme::System)),
    ]);
    all
}

fn other(locale: Locale) -> Locale {
    match locale {
        Locale::zh_CN => Locale::en,
        Locale::en => Locale::zh_CN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::ProjectId;
    use model::ids::DocumentId;
    use model::schema::DocumentKind;

    fn places() -> PlacesView {
        let project = |id: &str, name: &str| ProjectRef {
            id: ProjectId::new(id),
            name: name.to_owned(),
        };
        let document = |seed: u8, kind, title: &str| PlaceDocument {
            id: DocumentId::from_bytes([seed; 16]),
            kind,
            title: title.to_owned(),
            language: Language::ZhCn,
        };
        PlacesView {
            projects: vec![project("p", "订单系统升级"), project("q", "Warehouse")],
            here: Some(project("p", "订单系统升级")),
            documents: vec![
                document(1, DocumentKind::RequirementDocument, "订单系统需求"),
                document(2, DocumentKind::MeetingNotes, "  "),
            ],
        }
    }

    fn labels(locale: Locale, typed: &str) -> Vec<String> {
        let all = entries(locale, Some(&places()));
        let found = found(&all, typed);
        found.into_iter().map(|entry| entry.label).collect()
    }

    #[test]
    fn nothing_typed_offers_everything_the_nearest_first() {
        let all = labels(Locale::zh_CN, "");
        assert_eq!(all[..3], ["订单系统需求", "无标题", "订单系统升级"]);
        assert!(all.iter().any(|label| label == "English"));
        assert!(!all.iter().any(|label| label == "中文"), "already spoken");
    }

    #[test]
    fn a_few_letters_of_either_language_are_enough() {
        assert_eq!(labels(Locale::zh_CN, "订升")[0], "订单系统升级");
        assert_eq!(labels(Locale::en, "ware"), ["Warehouse"]);
        assert_eq!(labels(Locale::zh_CN, "settings"), ["设置"]);
        assert_eq!(labels(Locale::en, "设置"), ["Settings"]);
        assert_eq!(labels(Locale::en, "meeting"), ["Untitled"], "by its kind");
        assert!(labels(Locale::en, "nothing like it").is_empty());
    }

    #[test]
    fn who_is_not_signed_in_still_has_the_actions() {
        let all = entries(Locale::en, None);
        assert!(
            all.iter()
                .all(|entry| entry.act != Act::Go("/projects/p".into()))
        );
        assert!(
            all.iter()
                .any(|entry| entry.act == Act::Speak(Language::ZhCn))
        );
        assert_eq!(found(&all, "dark")[0].act, Act::Wear(Theme::Dark));
    }
}
