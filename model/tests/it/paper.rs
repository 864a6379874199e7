//! What the model's tests stand on: dice with a seed, fresh documents, and a second, naive way to say
//! what a Text holds, position by position.

use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, ImageId, SectionId};
use model::schema::DocumentKind;
use model::tree::{Block, BlockHead, BlockKind, ImageHead, MarkValue, Marks, Run, TextRef};

/// Randomness that a printed seed brings back.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end.max(1)
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    pub(crate) fn bytes(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes
    }
}

pub(crate) fn actor(n: u8) -> ActorId {
    ActorId::from(&[n; 16][..])
}

/// A document from its template.
pub(crate) fn document(kind: DocumentKind, language: &str) -> Document {
    let mut dice = Dice::new(1);
    Document::create(
        kind,
        language,
        "Shop",
        actor(1),
        &mut || dice.bytes(),
        1_000,
    )
    .unwrap()
}

/// A note with one section `s1` whose body is one empty paragraph.
pub(crate) fn bare() -> Document {
    let mut document = document(DocumentKind::Note, "en");
    let old = document.tree().sections.remove(0).head.id;
    document
        .apply(&[
            Edit::SectionRemove { id: old },
            Edit::SectionNew {
                id: section("s1"),
                order: "80".to_owned(),
                role: None,
            },
        ])
        .unwrap();
    document.commit(1_000);
    document
}

pub(crate) fn section(id: &str) -> SectionId {
    SectionId::parse(id).unwrap()
}

pub(crate) fn item(id: &str) -> model::ids::ItemId {
    model::ids::ItemId::parse(id).unwrap()
}

/// The body of section `s1` of [`bare`].
pub(crate) fn body() -> TextRef {
    TextRef::SectionBody(section("s1"))
}

pub(crate) fn splice(text: &TextRef, at: usize, del: usize, runs: &[Run]) -> Edit {
    Edit::Splice {
        text: text.clone(),
        at: at as u32,
        del: del as u32,
        runs: runs.to_vec(),
    }
}

pub(crate) fn marker(text: &TextRef, at: usize, kind: BlockKind) -> Edit {
    Edit::Marker {
        text: text.clone(),
        at: at as u32,
        block: BlockHead::new(kind),
    }
}

pub(crate) fn bold() -> Marks {
    Marks::from([("bold".to_owned(), MarkValue::Flag(true))])
}

pub(crate) fn marked(text: &str, marks: &Marks) -> Run {
    Run {
        text: text.to_owned(),
        marks: marks.clone(),
    }
}

/// What stands at one place of a Text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place {
    Marker(BlockHead),
    Letter(char, Marks),
}

impl Place {
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Marker(_) => 1,
            Self::Letter(letter, _) => letter.len_utf16(),
        }
    }
}

/// A Text as a plain sequence of places.
pub(crate) fn places(blocks: &[Block]) -> Vec<Place> {
    let mut places = Vec::new();
    for block in blocks {
        if !block.implicit {
            places.push(Place::Marker(block.head.clone()));
        }
        places.extend(letters(&block.runs));
    }
    places
}

pub(crate) fn letters(runs: &[Run]) -> Vec<Place> {
    let of_run = |run: &Run| {
        let marks = run.marks.clone();
        run.text
            .chars()
            .map(|letter| Place::Letter(letter, marks.clone()))
            .collect::<Vec<_>>()
    };
    runs.iter().flat_map(of_run).collect()
}

/// Every index that is between two places, with the number of places before it.
pub(crate) fn boundaries(places: &[Place]) -> Vec<usize> {
    let mut at = 0;
    let mut found = vec![0];
    for place in places {
        at += place.width();
        found.push(at);
    }
    found
}

/// Words with everything that is hard about counting: outside of the BMP, joined emoji, combining
/// marks, full-width punctuation, a line break.
pub(crate) const WORDS: &[&str] = &[
    "a",
    "bc ",
    "中",
    "文字，",
    "𠮷",
    "👩‍👩‍👧",
    "e\u{301}",
    "🇨🇳",
    "\u{200b}",
    "。",
    "x\ny",
];

/// A few runs with random marks.
pub(crate) fn random_runs(dice: &mut Dice, plain: bool) -> Vec<Run> {
    let mut runs = Vec::new();
    for _ in 0..1 + dice.below(3) {
        let text = dice
            .pick(WORDS)
            .replace('\n', if plain { " " } else { "\n" });
        let mut marks = Marks::new();
        if !plain {
            for name in model::mark::FLAGS.map(|flag| flag.name) {
                if dice.one_in(4) {
                    marks.insert(name.to_owned(), MarkValue::Flag(true));
                }
            }
            if dice.one_in(6) {
                let target = dice.pick(&["https://a.example", "https://b.example"]);
                marks.insert("link".to_owned(), MarkValue::Text((*target).to_owned()));
            }
        }
        runs.push(Run { text, marks });
    }
    runs
}

/// Any image.
pub(crate) fn image(dice: &mut Dice) -> ImageHead {
    ImageHead {
        image: ImageId::from_hash([dice.below(3) as u8; 32]),
        alt: (*dice.pick(&["", "价格页", "\u{1f44d}\u{1f3fd} \"<b>\""])).to_owned(),
        width_pct: 5 * (2 + dice.below(19) as u8),
        width_px: 1 + dice.below(2_560) as u32,
        height_px: 1 + dice.below(2_560) as u32,
    }
}

/// A random block that is not an item.
pub(crate) fn random_head(dice: &mut Dice) -> BlockHead {
    let kind = match dice.below(10) {
        0 | 1 => BlockKind::Paragraph,
        2 => BlockKind::Heading {
            level: 1 + dice.below(3) as u8,
        },
        3 => BlockKind::Bullet,
        4 => BlockKind::Ordered,
        5 => BlockKind::Callout,
        6 => BlockKind::Code,
        7 => BlockKind::Divider,
        8 => BlockKind::Image(image(dice)),
        _ => BlockKind::Check {
            checked: dice.one_in(2),
        },
    };
    let indent = if dice.one_in(3) {
        dice.below(4) as u8
    } else {
        0
    };
    let head = BlockHead::new(kind);
    match head.holds_text() {
        true => BlockHead {
            indent,
            quote: dice.one_in(5),
            ..head
        },
        false => head,
    }
}
