//! What the topics of a meeting come to: how many minutes are planned, when the meeting would end, and
//! whether that is later than it says.

use super::Fact;
use crate::i18n::*;
use leptos::prelude::*;
use model::schema::ItemKind;
use model::tree::Outline;

const HOUR_MIN: u32 = 60;
const DAY_MIN: u32 = 24 * HOUR_MIN;

/// The topics of a meeting taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Agenda {
    topics: u32,
    /// Those nobody has given minutes.
    unplanned: u32,
    minutes: u32,
}

impl Agenda {
    fn of(outline: &Outline) -> Self {
        let mut agenda = Self::default();
        let items = outline.sections.iter().flat_map(|section| &section.items);
        for topic in items.filter(|item| item.kind == ItemKind::Topic) {
            let minutes = topic.fields.get("minutes").map(|minutes| minutes.trim());
            let minutes: u32 = minutes
                .and_then(|minutes| minutes.parse().ok())
                .unwrap_or_default();
            agenda.topics += 1;
            agenda.unplanned += u32::from(minutes == 0);
            agenda.minutes = agenda.minutes.saturating_add(minutes);
        }
        agenda
    }
}

/// A time of day in minutes since midnight, if it is written as one.
fn time_of_day(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let number = |digits: &str| match digits.len() {
        1 | 2 if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<u32>().ok(),
        _ => None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < HOUR_MIN).then_some(hours * HOUR_MIN + minutes)
}

/// When a meeting that begins then would end, if that is a time of the same day.
fn end(begin: &str, minutes: u32) -> Option<String> {
    let end = time_of_day(begin)?.checked_add(minutes)?;
    (minutes > 0 && end < DAY_MIN).then(|| format!("{:02}:{:02}", end / HOUR_MIN, end % HOUR_MIN))
}

/// Minutes by which the topics take longer than the meeting.
fn over(begin: &str, until: &str, minutes: u32) -> Option<u32> {
    let lasts = time_of_day(until)?.checked_sub(time_of_day(begin)?)?;
    minutes.checked_sub(lasts).filter(|over| *over > 0)
}

/// One line under the facts; nothing while there are no topics.
#[component]
pub fn AgendaLine(
    /// When it begins.
    begin: Fact,
    /// When it ends.
    until: Fact,
) -> impl IntoView {
    let i18n = use_i18n();
    let agenda = Memo::new(move |_| begin.signals.outline.with(Agenda::of));
    let words = move || {
        let Agenda {
            topics,
            unplanned,
            minutes,
        } = agenda.get();
        let mut said = vec![
            t_string!(i18n, facts.topics, n = topics).to_string(),
            t_string!(i18n, facts.minutes, n = minutes).to_string(),
        ];
        if unplanned > 0 {
            said.push(t_string!(i18n, facts.unplanned, n = unplanned).to_string());
        }
        if let Some(end) = end(&begin.value(), minutes) {
            said.push(t_string!(i18n, facts.would_end, at = end).to_string());
        }
        said.join(" · ")
    };
    let over = move || {
        let over = over(&begin.value(), &until.value(), agenda.get().minutes)?;
        Some(t_string!(i18n, facts.over, n = over).to_string())
    };
    move || {
        (agenda.get().topics > 0).then(|| {
            view! {
                <p class="fact wide fact-agenda">
                    <span>{move || t_string!(i18n, facts.agenda)}</span>
                    <span>{words}</span>
                    {move || over().map(|over| view! { <span class="chip warn">{over}</span> })}
                </p>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(topics: &[&str]) -> Outline {
        let items: Vec<_> = topics
            .iter()
            .enumerate()
            .map(|(at, minutes)| {
                serde_json::json!({ "id": format!("t{at}"), "kind": "topic", "number": null, "title": "",
                    "fields": { "minutes": minutes } })
            })
            .collect();
        serde_json::from_value(serde_json::json!({
            "title": "", "missing": [],
            "sections": [{ "id": "s1", "role": null, "heading": "", "empty": false, "items": items }],
        }))
        .expect("an outline")
    }

    // M1
    #[test]
    fn the_topics_are_added_up_and_those_without_minutes_counted() {
        let agenda = Agenda::of(&outline(&["10", " 25 ", "", "soon"]));
        let expected = Agenda {
            topics: 4,
            unplanned: 2,
            minutes: 35,
        };
        assert_eq!(agenda, expected);
        assert_eq!(Agenda::of(&outline(&[])), Agenda::default());
        let huge = Agenda::of(&outline(&["4294967295", "4294967295"]));
        assert_eq!(huge.minutes, u32::MAX);
    }

    // M1
    #[test]
    fn the_end_follows_from_the_beginning_and_what_is_too_long_is_said() {
        assert_eq!(end("14:00", 75).as_deref(), Some("15:15"));
        assert_eq!(end("9:05", 5).as_deref(), Some("09:10"));
        for (begin, minutes) in [
            ("", 10),
            ("两点", 10),
            ("14:00", 0),
            ("23:30", 60),
            ("14:00", u32::MAX),
        ] {
            assert_eq!(end(begin, minutes), None, "{begin} {minutes}");
        }
        assert_eq!(over("14:00", "15:00", 75), Some(15));
        assert_eq!(over("14:00", "15:00", 60), None);
        assert_eq!(
            over("14:00", "13:00", 60),
            None,
            "which day that is nobody said"
        );
        assert_eq!(over("14:00", "", 600), None);
    }

    #[test]
    fn only_a_time_of_day_is_one() {
        assert_eq!(time_of_day(" 23:59 "), Some(1439));
        for text in [
            "24:00",
            "12:60",
            "1200",
            "12:000",
            "-1:00",
            "+1:00",
            "12:",
            "十二:30",
        ] {
            assert_eq!(time_of_day(text), None, "{text}");
        }
    }
}
