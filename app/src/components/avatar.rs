//! A person as a coloured initial.

use leptos::prelude::*;

/// The letter that stands for a name: the first character of a Chinese name, otherwise the first
/// letter in upper case.
pub fn initial(name: &str) -> String {
    name.trim()
        .chars()
        .next()
        .map_or_else(|| "?".to_owned(), |first| first.to_uppercase().collect())
}

/// One person. The name is read out; the colour only helps the eye.
#[component]
pub fn Avatar(
    /// Their name.
    #[prop(into)]
    name: String,
    /// Their colour, 0..=7.
    hue: u8,
) -> impl IntoView {
    let letter = initial(&name);
    view! {
        <span class=format!("avatar hue-{}", hue % 8) title=name.clone() role="img" aria-label=name>
            {letter}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::initial;

    #[test]
    fn takes_the_first_character_whatever_its_width() {
        assert_eq!(initial("李经理"), "李");
        assert_eq!(initial(" anna"), "A");
        assert_eq!(initial("𠮷田"), "𠮷");
        assert_eq!(initial(""), "?");
    }
}
