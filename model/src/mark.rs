//! The marks people put on text: their names as stored, how they grow while somebody types at their
//! end, and the elements they become. The one table; the editor has the same names.

/// The name of the only mark with a value: the address a link leads to.
pub const LINK: &str = "link";

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

/// Every flag, in the order in which their elements nest, the outermost first; a link is around all.
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
    name == LINK || flag_named(name).is_some()
}
