//! Reads a page of ours back, as strictly as we write it: known tags and attributes, every value
//! quoted, every element closed in its turn.

use model::html::safe_href;

const TAGS: [&str; 32] = [
    "article",
    "section",
    "header",
    "div",
    "span",
    "button",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "p",
    "ul",
    "ol",
    "li",
    "a",
    "strong",
    "em",
    "code",
    "u",
    "s",
    "mark",
    "footer",
    "table",
    "colgroup",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "time",
];
/// The elements without an end.
const VOID: [&str; 3] = ["hr", "col", "img"];
const ATTRIBUTES: [&str; 31] = [
    "class",
    "type",
    "href",
    "rel",
    "role",
    "contenteditable",
    "aria-checked",
    "aria-label",
    "aria-pressed",
    "data-doc",
    "data-section",
    "data-role",
    "data-item",
    "data-kind",
    "data-field",
    "data-value",
    "data-placeholder",
    "data-label",
    "data-indent",
    "data-level",
    "data-checked",
    "data-table",
    "scope",
    "width",
    "height",
    "src",
    "alt",
    "decoding",
    "data-width",
    "data-person",
    "datetime",
];

/// The text of a page outside of the heads and feet of items, which hold words of the interface. Fails when
/// anything on the page is not ours.
pub fn text_of(page: &str) -> String {
    let mut open: Vec<&str> = Vec::new();
    let mut text = String::new();
    let mut rest = page;
    while let Some((before, behind)) = rest.split_once('<') {
        if !open.contains(&"header") && !open.contains(&"footer") {
            text.push_str(&unescaped(before));
        }
        let (tag, behind) = behind.split_once('>').expect("every tag is closed");
        rest = behind;
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "closed in its turn"),
            None if VOID.contains(&element(tag)) => {}
            None => open.push(element(tag)),
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
    assert_eq!(rest, "", "text behind the page");
    text
}

fn element(tag: &str) -> &str {
    let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
    assert!(TAGS.contains(&name) || VOID.contains(&name), "<{tag}>");
    while let Some((attribute, behind)) = attributes.split_once("=\"") {
        let attribute = attribute.trim();
        assert!(ATTRIBUTES.contains(&attribute), "{attribute} in <{tag}>");
        let (value, behind) = behind.split_once('"').expect("every value is quoted");
        attributes = behind;
        if attribute == "src" {
            let ours = value.starts_with("/documents/") && !value.contains([':', '&', '%']);
            assert!(ours, "an image from {value}");
        }
        if attribute == "href" {
            let target = unescaped(value);
            assert_eq!(
                safe_href(&target).as_ref(),
                Some(&target),
                "a link to anywhere"
            );
        }
    }
    assert_eq!(attributes.trim(), "", "<{tag}>");
    name
}

/// Text without its escapes. Anything that is none of ours stands for itself, and is then noticed.
fn unescaped(text: &str) -> String {
    assert!(
        !text.contains(['<', '>', '"', '\'', '\0', '\r']),
        "{text:?}"
    );
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
