//! The address of a mailbox, as somebody typed it and as it is kept.

use std::fmt;

use lettre::Address;

/// Longest address there can be (RFC 5321, 4.5.3.1.3, without the brackets).
const ADDRESS_CHARS_MAX: usize = 254;

/// A mailbox's address: one that mail can be sent to, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox(String);

impl Mailbox {
    /// Reads one; `None` when no mail could be sent there, whatever it is.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Full-width forms come from Chinese keyboards.
        let text: String = text.trim().chars().map(narrow).collect();
        if text.len() > ADDRESS_CHARS_MAX || text.chars().any(char::is_control) {
            return None;
        }
        let address: Address = text.parse().ok()?;
        let has_place = address.domain().contains('.') || address.domain() == "localhost";
        has_place.then(|| Self(text.to_lowercase()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A character of the full-width block as the one it stands for.
fn narrow(letter: char) -> char {
    match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(letter) - 0xFEE0).unwrap_or(letter),
        '。' => '.',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_an_address() {
        for (typed, kept) in [
            ("li@example.com", "li@example.com"),
            ("  Li.Na@Example.COM ", "li.na@example.com"),
            ("li＠example。com", "li@example.com"),
            ("li+work@mail.example.com.cn", "li+work@mail.example.com.cn"),
        ] {
            assert_eq!(
                Mailbox::parse(typed).as_ref().map(Mailbox::as_str),
                Some(kept)
            );
        }
    }

    #[test]
    fn what_is_none_is_refused_and_nothing_slips_into_a_header() {
        let long = format!("{}@example.com", "a".repeat(250));
        for typed in [
            "",
            "li",
            "@example.com",
            "li@",
            "li@example",
            "li@example.com\r\nBcc: all@example.com",
            "li@example.com, other@example.com",
            "李 <li@example.com>",
            "li@exa mple.com",
            &long,
        ] {
            assert_eq!(Mailbox::parse(typed), None, "{typed}");
        }
    }
}
