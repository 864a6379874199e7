//! What an image's marker says beside its caption. The bytes are not in the document: they lie beside
//! it on the server, by their id.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Block, BlockKind, DocTree, ItemTree};
use crate::ids::ImageId;
use crate::inserted::inserted;
use crate::limits;

/// Which image, how it is shown, and the words that stand for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageHead {
    /// Which one.
    pub image: ImageId,
    /// What it shows, for whoever cannot see it. May be empty.
    #[serde(default)]
    pub alt: String,
    /// How wide it stands, in per cent of the page.
    #[serde(default = "whole_width")]
    pub width_pct: u8,
    /// Pixels across, known before the image arrives so that its place is kept.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
}

const fn whole_width() -> u8 {
    100
}

/// The nearest width an image may have.
pub(crate) fn nearest_width_pct(wanted: i64) -> u8 {
    let step = i64::from(limits::IMAGE_WIDTH_PCT_STEP);
    let least = i64::from(limits::IMAGE_WIDTH_PCT_MIN);
    (wanted.clamp(least, 100) / step * step) as u8
}

/// The nearest number of pixels a side may have.
pub(crate) fn nearest_side_px(wanted: i64) -> u32 {
    wanted.clamp(1, i64::from(limits::IMAGE_SIDE_PX_MAX)) as u32
}

/// As much of the words as may stand for an image.
pub(crate) fn bounded_alt(alt: &str) -> String {
    let mut units = 0;
    alt.chars()
        .filter(|letter| !letter.is_control())
        .take_while(|letter| {
            units += letter.len_utf16();
            units <= limits::IMAGE_ALT_UNITS_MAX
        })
        .collect()
}

impl ImageHead {
    /// Why it cannot be written, or nothing.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        if self.alt != bounded_alt(&self.alt) {
            return Some("the words for an image are a line of at most 500 units");
        }
        if self.width_pct != nearest_width_pct(i64::from(self.width_pct)) {
            return Some("an image is wide 10 to 100 per cent in steps of 5");
        }
        let fits = |px: u32| px == nearest_side_px(i64::from(px));
        if !fits(self.width_px) || !fits(self.height_px) {
            return Some("an image has 1 to 2,560 pixels on each side");
        }
        None
    }
}

impl DocTree {
    /// The images that are shown anywhere in the document.
    pub fn images(&self) -> BTreeSet<ImageId> {
        let sections = self.sections.iter().flat_map(|section| &section.body);
        let items = self.items.values();
        let items = items.flat_map(|item| item.body.iter().chain(&item.criteria));
        inserted(sections.chain(items).filter_map(image_of))
    }
}

impl ItemTree {
    /// The images that are shown in the item.
    pub fn images(&self) -> BTreeSet<ImageId> {
        let blocks = self.body.iter().chain(&self.criteria);
        inserted(blocks.filter_map(image_of))
    }
}

fn image_of(block: &Block) -> Option<ImageId> {
    match &block.head.kind {
        BlockKind::Image(head) => Some(head.image),
        _ => None,
    }
}
