//! How an image is drawn: in a figure as wide as people made it, its place kept until it arrives, and
//! its caption below.

use super::{Page, quoted};
use crate::tree::{Block, ImageHead};

impl Page<'_> {
    pub(super) fn image(&mut self, image: &ImageHead, block: &Block) {
        let class = quoted("image", block);
        let indent = block.head.indent.to_string();
        // An attribute, not a style: pages allow no styles of their own.
        let width = image.width_pct.to_string();
        self.open(
            "figure",
            &[
                ("data-indent", &indent),
                ("class", &class),
                ("data-width", &width),
            ],
        );
        self.open(
            "div",
            &[("class", "image-box"), ("contenteditable", "false")],
        );
        self.open(
            "img",
            &[
                ("src", &format!("{}/{}", self.images, image.image)),
                ("alt", &image.alt),
                ("width", &image.width_px.to_string()),
                ("height", &image.height_px.to_string()),
                ("decoding", "async"),
            ],
        );
        self.close("div");
        let empty = block.runs.is_empty();
        let placeholder = self.label("placeholder_caption");
        self.open(
            "figcaption",
            &[
                ("class", if empty { "is-empty" } else { "" }),
                ("data-placeholder", &placeholder),
            ],
        );
        self.runs(&block.runs);
        self.close("figcaption");
        self.close("figure");
    }
}
