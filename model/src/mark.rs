//! The marks people put on text: their names as stored, how they grow while somebody types at their
//! end, and the elements they become. The one table; the editor has the same names.

use crate::limits;

/// A link; its value is the address it leads to.
pub const LINK: &str = "link";
/// Somebody is named; its value is the person's id, the text is how they were called.
pub const MENTION: &str = "mention";
/// A day; its value is YYYY-MM-DD, the text is how it was written.
pub const DATE: &str = "date";

/// Every mark with a value, in the order in which their elements nest, the outermost first; flags are inside.
pub const VALUED: [&str; 3] = [LINK, MENTION, DATE];

/// Whether a mark of this name may be given this value.
pub fn takes(name: &str, value: &str) -> bool {
    match name {
        LINK => !value.is_empty() && value.len() <= limits::LINK_BYTES_MAX,
        MENTION => is_person(value),
        DATE => is_day(value),
        _ => false,
    }
}

/// Whether a mark of this name and value is shown: of a link every address is, where it leads is asked apart.
pub(crate) fn shows(name: &str, value: &str) -> bool {
    name == LINK || takes(name, value)
}

/// The id of a person as the server writes it: 32 hexadecimal digits.
fn is_person(value: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    value.len() == 32 && value.bytes().all(is_digit)
}

/// A day of the calendar as ISO 8601 writes it.
fn is_day(value: &str) -> bool {
    let bytes = value.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let number = |part: &str| -> Option<u32> {
        let is_plain = part.bytes().all(|byte| byte.is_ascii_digit());
        if is_plain { part.parse().ok() } else { None }
    };
    let (Some(year), Some(month), Some(day)) = (
        value.get(..4).and_then(number),
        value.get(5..7).and_then(number),
        value.get(8..).and_then(number),
    ) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// A mark that is there or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag {
    /// As stored and sent.
    pub name: &'static str,
    /// The element it becomes.
    pub tag: &'static str,
    /// Emphasis grows with what is typed at its end, code does not.
    pub(crate) grows: bool,
}

const fn flag(name: &'static str, tag: &'static str, grows: bool) -> Flag {
    Flag { name, tag, grows }
}

/// Every flag, in the order in which their elements nest, the outermost first; marks with a value are around all.
pub const FLAGS: [Flag; 7] = [
    flag("bold", "strong", true),
    flag("italic", "em", true),
    flag("underline", "u", true),
    flag("strike", "s", true),
    flag("highlight", "mark", true),
    flag("code", "code", false),
    // R4: somebody has looked at these words and means them as they stand.
    flag("wording_ok", "span", false),
];

/// The flag of this name.
pub fn flag_named(name: &str) -> Option<&'static Flag> {
    FLAGS.iter().find(|flag| flag.name == name)
}

/// Whether this program shows a mark of this name.
pub(crate) fn is_known(name: &str) -> bool {
    VALUED.contains(&name) || flag_named(name).is_some()
}
