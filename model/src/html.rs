//! The typed tree as HTML, in exactly the shape the editor draws, so that a page can be read before
//! the program arrives and nothing moves when it takes over. Everything is escaped here; an address
//! that is not allowed becomes plain text. Words for people come from the caller by key.

mod image;
mod item;
mod table;

use crate::ids::DocumentId;
use crate::tree::{Block, BlockKind, DocTree, MarkValue, Marks, Run, SectionTree, utf16_len};
use crate::{limits, mark};

/// Gives the translated text for a key (`criteria`, `field_need`, `need_business` …).
pub type Labels<'a> = &'a dyn Fn(&str) -> String;

/// Where the server keeps the images of a document.
pub fn images_address(document: DocumentId) -> String {
    format!("/documents/{document}/images")
}

/// The whole document as `<article class="paper" data-doc>…</article>`. `id` says where its images are.
pub fn article(tree: &DocTree, id: DocumentId, labels: Labels<'_>) -> String {
    let mut page = Page {
        out: String::with_capacity(16 * 1024),
        images: images_address(id),
        labels,
    };
    page.open("article", &[("class", "paper"), ("data-doc", "")]);
    page.line("h1", "doc-title", "placeholder_title", &tree.title);
    for section in &tree.sections {
        page.section(tree, section);
    }
    page.close("article");
    page.out
}

/// Escapes text for element content and quoted attributes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Parsers drop or change these, which would shift every position behind them.
            '\0' | '\r' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
}

/// The address to use, or `None` when it is not one of http, https, mailto, tel. Control characters
/// and invisible spaces are taken out first, as a browser would.
pub fn safe_href(raw: &str) -> Option<String> {
    let address: String = raw.chars().filter(|letter| !is_ignored(*letter)).collect();
    if utf16_len(&address) > limits::LINK_BYTES_MAX {
        return None;
    }
    let (scheme, _) = address.split_once(':')?;
    let allowed = ["http", "https", "mailto", "tel"]
        .iter()
        .any(|word| scheme.eq_ignore_ascii_case(word));
    allowed.then_some(address)
}

fn is_ignored(letter: char) -> bool {
    matches!(letter,
        '\0'..=' ' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

struct Page<'a> {
    out: String,
    images: String,
    labels: Labels<'a>,
}

impl Page<'_> {
    fn label(&self, key: &str) -> String {
        (self.labels)(key)
    }

    fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            push_escaped(&mut self.out, value);
            self.out.push('"');
        }
        self.out.push('>');
    }

    fn close(&mut self, tag: &str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    fn element(&mut self, tag: &str, attributes: &[(&str, &str)], text: &str) {
        self.open(tag, attributes);
        push_escaped(&mut self.out, text);
        self.close(tag);
    }

    /// A plain Text: title, heading or item title.
    fn line(&mut self, tag: &str, class: &str, placeholder: &str, text: &str) {
        let class = if text.is_empty() {
            format!("{class} is-empty")
        } else {
            class.to_owned()
        };
        let placeholder = self.label(placeholder);
        self.element(
            tag,
            &[("class", &class), ("data-placeholder", &placeholder)],
            text,
        );
    }

    fn section(&mut self, tree: &DocTree, section: &SectionTree) {
        let mut attributes = vec![
            ("class", "part"),
            ("data-section", section.head.id.as_str()),
        ];
        if let Some(role) = &section.head.role {
            attributes.push(("data-role", role));
        }
        self.open("section", &attributes);
        self.line(
            "h2",
            "part-heading",
            "placeholder_heading",
            &section.heading,
        );
        for block in &section.body {
            match &block.head.kind {
                BlockKind::Item { item } => match tree.items.get(item) {
                    Some(item) => self.item(item),
                    None => self.ghost(),
                },
                BlockKind::Table { table } => match tree.tables.get(table) {
                    Some(table) => self.table(table),
                    None => self.ghost(),
                },
                _ => self.block(block),
            }
        }
        self.close("section");
    }

    fn ghost(&mut self) {
        let text = self.label("ghost");
        self.element(
            "div",
            &[("class", "ghost"), ("contenteditable", "false")],
            &text,
        );
    }

    fn block(&mut self, block: &Block) {
        let indent = block.head.indent.to_string();
        match &block.head.kind {
            BlockKind::Paragraph => self.text_block("p", "", &[("data-indent", &indent)], block),
            BlockKind::Heading { level } => {
                let tag = ["h3", "h4", "h5"][usize::from(level.clamp(&1, &3) - 1)];
                let level = level.to_string();
                self.text_block(
                    tag,
                    "",
                    &[("data-indent", &indent), ("data-level", &level)],
                    block,
                );
            }
            BlockKind::Bullet => self.list_item("ul", "li bullet", &indent, block),
            BlockKind::Ordered => self.list_item("ol", "li ordered", &indent, block),
            BlockKind::Check { checked } => self.check_item(&indent, *checked, block),
            BlockKind::Callout => {
                self.text_block("p", "callout", &[("data-indent", &indent)], block);
            }
            BlockKind::Code => {
                self.text_block("p", "code-line", &[("data-indent", &indent)], block);
            }
            BlockKind::Divider => {
                self.open("hr", &[("class", "divider"), ("contenteditable", "false")])
            }
            BlockKind::Image(image) => self.image(image, block),
            BlockKind::Item { .. } | BlockKind::Table { .. } | BlockKind::Ghost { .. } => {
                self.ghost()
            }
        }
    }

    fn text_block(&mut self, tag: &str, class: &str, attributes: &[(&str, &str)], block: &Block) {
        let class = quoted(class, block);
        let mut attributes = attributes.to_vec();
        if !class.is_empty() {
            attributes.push(("class", &class));
        }
        self.open(tag, &attributes);
        self.runs(&block.runs);
        self.close(tag);
    }

    fn list_item(&mut self, tag: &str, class: &str, indent: &str, block: &Block) {
        let class = quoted(class, block);
        self.open(tag, &[("class", &class), ("data-indent", indent)]);
        self.open("li", &[]);
        self.runs(&block.runs);
        self.close("li");
        self.close(tag);
    }

    fn check_item(&mut self, indent: &str, checked: bool, block: &Block) {
        let class = quoted("li check", block);
        let checked = if checked { "true" } else { "false" };
        let name = self.label("check_box");
        self.open(
            "ul",
            &[
                ("class", &class),
                ("data-indent", indent),
                ("data-checked", checked),
            ],
        );
        self.open("li", &[]);
        let attributes = [
            ("class", "box"),
            ("role", "checkbox"),
            ("aria-checked", checked),
            ("aria-label", &name),
        ];
        self.element("span", &attributes, "");
        self.open("div", &[("class", "li-text")]);
        self.runs(&block.runs);
        self.close("div");
        self.close("li");
        self.close("ul");
    }

    /// Runs nest as the editor nests them: a mark stays open as long as the outer ones do.
    fn runs(&mut self, runs: &[Run]) {
        let mut open: Vec<(&str, &MarkValue)> = Vec::new();
        for run in runs {
            let wanted = ordered(&run.marks);
            let kept = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
            while open.len() > kept {
                self.close_mark(open.pop());
            }
            for mark in &wanted[kept..] {
                self.open_mark(mark);
                open.push(*mark);
            }
            push_escaped(&mut self.out, &run.text);
        }
        while !open.is_empty() {
            self.close_mark(open.pop());
        }
    }

    fn open_mark(&mut self, mark: &(&str, &MarkValue)) {
        match (mark_tag(mark), mark.1) {
            ("a", MarkValue::Text(target)) => {
                let target = safe_href(target).unwrap_or_default();
                self.open(
                    "a",
                    &[("href", &target), ("rel", "noopener noreferrer nofollow")],
                );
            }
            ("time", MarkValue::Text(day)) => {
                self.open("time", &[("class", "date"), ("datetime", day)]);
            }
            (_, MarkValue::Text(person)) if mark.0 == mark::MENTION => {
                self.open("span", &[("class", "mention"), ("data-person", person)]);
            }
            (tag, _) => self.open(tag, &[]),
        }
    }

    fn close_mark(&mut self, mark: Option<(&str, &MarkValue)>) {
        if let Some(mark) = mark {
            self.close(mark_tag(&mark));
        }
    }
}

/// The element a mark becomes; a link that leads nowhere allowed is only a span.
fn mark_tag(mark: &(&str, &MarkValue)) -> &'static str {
    match *mark {
        (mark::LINK, MarkValue::Text(target)) if safe_href(target).is_some() => "a",
        (mark::DATE, _) => "time",
        (name, _) => mark::flag_named(name).map_or("span", |flag| flag.tag),
    }
}

fn ordered(marks: &Marks) -> Vec<(&'static str, &MarkValue)> {
    let flags = mark::FLAGS.iter().map(|flag| flag.name);
    let valued = mark::VALUED.into_iter();
    valued
        .chain(flags)
        .filter_map(|name| Some((name, marks.get(name)?)))
        .collect()
}

fn quoted(class: &str, block: &Block) -> String {
    match (class, block.head.quote) {
        ("", true) => "quote".to_owned(),
        (class, true) => format!("{class} quote"),
        (class, false) => class.to_owned(),
    }
}
