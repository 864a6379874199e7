//! Whether what somebody types names something: titles in a list, places and actions in the
//! palette. Chinese has no spaces and no capitals, Latin has both; one rule serves the two.

/// How well a name fits, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fit(u32);

/// Text as it is compared: small letters, and the wide ones an input method leaves behind as the
/// usual ones.
pub fn folded(text: &str) -> String {
    let narrow = text.chars().map(|c| match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    });
    narrow.flat_map(char::to_lowercase).collect()
}

/// Whether every word typed stands somewhere in the text. Nothing typed is in every text.
pub fn says_all(text: &str, typed: &str) -> bool {
    let text = folded(text);
    folded(typed)
        .split_whitespace()
        .all(|word| text.contains(word))
}

/// How well the words typed name this text, `None` when they do not. A word may leave letters out
/// (`mtg` finds "meeting") as long as it begins where a word does.
pub fn fit(text: &str, typed: &str) -> Option<Fit> {
    let text: Vec<char> = folded(text).chars().collect();
    let mut sum = 0;
    for word in folded(typed).split_whitespace() {
        let word: Vec<char> = word.chars().collect();
        sum += fit_of_word(&text, &word)?;
    }
    Some(Fit(sum))
}

fn fit_of_word(text: &[char], word: &[char]) -> Option<u32> {
    let places = || {
        let found = text.windows(word.len()).enumerate();
        found.filter(|(_, part)| *part == word).map(|(at, _)| at)
    };
    match places().next() {
        Some(0) => return Some(0),
        Some(_) if places().any(|at| begins_word(text, at)) => return Some(1),
        Some(_) => return Some(2),
        None => {}
    }
    let starts = (0..text.len()).filter(|&at| begins_word(text, at));
    // One letter that is not there is not there.
    let mut starts = starts.filter(|&at| word.len() > 1 && text[at] == word[0]);
    starts.any(|at| is_in_order(&text[at..], word)).then_some(3)
}

fn begins_word(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text[before]);
    match before {
        None => true,
        Some(before) => is_han(text[at]) || is_han(before) || !before.is_alphanumeric(),
    }
}

/// Every Chinese character is a word of its own here.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn is_in_order(text: &[char], word: &[char]) -> bool {
    let mut letters = text.iter();
    word.iter()
        .all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_found_without_spaces_and_latin_without_capitals() {
        assert!(says_all("订单系统升级 Phase 2", "系统"));
        assert!(says_all("订单系统升级 Phase 2", "phase 订单"));
        assert!(says_all("订单系统升级 Phase 2", "ＰＨＡＳＥ　２"));
        assert!(says_all("anything", "  "));
        assert!(!says_all("订单系统升级", "系统 采购"));
        assert!(says_all("𠮷野家", "𠮷"));
    }

    #[test]
    fn the_nearer_the_beginning_the_better() {
        let fits = |text| fit(text, "or").expect("fits");
        assert!(fits("Orders") < fits("The orders"));
        assert!(fits("The orders") < fits("Storage"));
        assert_eq!(fit("Storage", ""), fit("", ""));
        assert!(fit("订单系统", "订单") < fit("新订单系统", "订单"));
    }

    #[test]
    fn letters_may_be_left_out_but_not_turned_around() {
        assert!(fit("Weekly meeting", "mtg").is_some());
        assert!(fit("订单系统升级", "订升").is_some());
        assert!(fit("订单系统升级", "升订").is_none());
        assert!(fit("Weekly meeting", "kly").is_some(), "it stands there");
        assert!(fit("Weekly meeting", "ely").is_none(), "no word begins so");
        assert!(fit("meeting", "x").is_none());
        assert!(fit("", "x").is_none());
    }
}
