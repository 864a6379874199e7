//! Words for documents: kinds, items, parts, the save state and what may be wrong.

use crate::editor::port::Trouble;
use crate::editor::save_label::SaveLabel;
use crate::i18n::*;
use model::schema::{DocumentKind, ItemKind};

/// What a document is called.
pub fn document_kind(locale: Locale, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::RequirementDocument => td_string!(locale, kind.requirement_document),
        DocumentKind::ScopeAgreement => td_string!(locale, kind.scope_agreement),
        DocumentKind::MeetingNotes => td_string!(locale, kind.meeting_notes),
        DocumentKind::Note => td_string!(locale, kind.note),
    }
}

/// What such a document is for.
pub fn document_kind_hint(locale: Locale, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::RequirementDocument => td_string!(locale, kind_hint.requirement_document),
        DocumentKind::ScopeAgreement => td_string!(locale, kind_hint.scope_agreement),
        DocumentKind::MeetingNotes => td_string!(locale, kind_hint.meeting_notes),
        DocumentKind::Note => td_string!(locale, kind_hint.note),
    }
}

/// What an item is called.
pub fn item_kind(locale: Locale, kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Requirement => td_string!(locale, item.requirement),
        ItemKind::Goal => td_string!(locale, item.goal),
        ItemKind::Decision => td_string!(locale, item.decision),
        ItemKind::Question => td_string!(locale, item.question),
        ItemKind::Action => td_string!(locale, item.action),
        ItemKind::Risk => td_string!(locale, item.risk),
        ItemKind::Deliverable => td_string!(locale, item.deliverable),
        ItemKind::Topic => td_string!(locale, item.topic),
        ItemKind::Other => td_string!(locale, item.other),
    }
}

/// When to write such an item.
pub fn item_kind_hint(locale: Locale, kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Requirement => td_string!(locale, item_hint.requirement),
        ItemKind::Goal => td_string!(locale, item_hint.goal),
        ItemKind::Decision => td_string!(locale, item_hint.decision),
        ItemKind::Question => td_string!(locale, item_hint.question),
        ItemKind::Action => td_string!(locale, item_hint.action),
        ItemKind::Risk => td_string!(locale, item_hint.risk),
        ItemKind::Deliverable => td_string!(locale, item_hint.deliverable),
        ItemKind::Topic => td_string!(locale, item_hint.topic),
        ItemKind::Other => td_string!(locale, item_hint.other),
    }
}

/// A required part (R1, R11, R12, M1) by its role word; a word of a newer program stays as it is.
pub fn part(locale: Locale, role: &str) -> String {
    match role {
        "background" => td_string!(locale, part.background),
        "goals" => td_string!(locale, part.goals),
        "requirements" => td_string!(locale, part.requirements),
        "expectations" => td_string!(locale, part.expectations),
        "constraints" => td_string!(locale, part.constraints),
        "content" => td_string!(locale, part.content),
        "boundaries" => td_string!(locale, part.boundaries),
        "responsibilities" => td_string!(locale, part.responsibilities),
        "deliverables" => td_string!(locale, part.deliverables),
        "timetable" => td_string!(locale, part.timetable),
        "budget" => td_string!(locale, part.budget),
        "acceptance" => td_string!(locale, part.acceptance),
        "issues" => td_string!(locale, part.issues),
        "consensus" => td_string!(locale, part.consensus),
        "actions" => td_string!(locale, part.actions),
        other => other,
    }
    .to_owned()
}

/// The save-state chip.
pub fn save_label(locale: Locale, label: SaveLabel) -> String {
    match label {
        SaveLabel::Loading => td_string!(locale, save.loading).to_owned(),
        SaveLabel::OnServer => td_string!(locale, save.server).to_owned(),
        SaveLabel::OnDevice { .. } => td_string!(locale, save.here).to_owned(),
        SaveLabel::Offline { unsaved: 0 } => td_string!(locale, save.offline).to_owned(),
        SaveLabel::Offline { unsaved } => {
            td_string!(locale, save.offline_unsaved, n = unsaved).to_string()
        }
        SaveLabel::NotSaved { .. } => td_string!(locale, save.not_saved).to_owned(),
    }
}

/// A banner's sentence.
pub fn trouble(locale: Locale, trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::DeviceStorage => td_string!(locale, trouble.device_storage),
        Trouble::Editor => td_string!(locale, trouble.editor),
        Trouble::ServerStorage => td_string!(locale, trouble.server_storage),
        Trouble::SignedOut => td_string!(locale, trouble.signed_out),
        Trouble::Refused => td_string!(locale, trouble.refused),
        Trouble::NewerSchema => td_string!(locale, trouble.newer_schema),
    }
}

/// Why an image was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageTrouble {
    /// The file is larger than the server takes.
    TooLarge,
    /// It would take too much memory to unpack.
    TooManyPixels,
    /// The file is of no format we read.
    NotOne,
    /// The file ends too early.
    Damaged,
    /// The document has as many as it may.
    Full,
    /// The person may only read, or no longer that.
    NoRight,
    /// The server was not reached.
    Offline,
    /// Anything else.
    Failed,
}

/// A passing remark of the editor, by its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What was pasted is larger than one edit may be.
    PasteTooLarge,
    /// Some pictures are where we cannot get them.
    ImagesLeftOut,
    /// An image was not taken in.
    Image(ImageTrouble),
    /// Part of a pasted table stands behind it as lines.
    TableDivided,
    /// A text or a title is as long as it may be.
    TextTooLong,
    /// The address given is not one a link may have.
    LinkNotAllowed,
    /// The address of an item is on the clipboard.
    ItemLinkCopied,
    /// The browser keeps the clipboard to itself.
    ItemLinkNotCopied,
    /// An item was taken out, and how it comes back.
    ItemRemoved,
    /// An edit could not be taken; the page shows the document as it stands.
    EditRefused,
}

impl Remark {
    /// Reads the editor's code; a code this program does not know is an edit that was not taken.
    pub fn from_code(code: &str) -> Self {
        match code {
            "paste_too_large" => Remark::PasteTooLarge,
            "paste_images_dropped" => Remark::ImagesLeftOut,
            "image_too_large" => Remark::Image(ImageTrouble::TooLarge),
            "image_too_many_pixels" => Remark::Image(ImageTrouble::TooManyPixels),
            "image_not_one" => Remark::Image(ImageTrouble::NotOne),
            "image_damaged" => Remark::Image(ImageTrouble::Damaged),
            "images_full" => Remark::Image(ImageTrouble::Full),
            "image_no_right" => Remark::Image(ImageTrouble::NoRight),
            "image_offline" => Remark::Image(ImageTrouble::Offline),
            "image_failed" => Remark::Image(ImageTrouble::Failed),
            "table_divided" => Remark::TableDivided,
            "text_too_long" => Remark::TextTooLong,
            "link_not_allowed" => Remark::LinkNotAllowed,
            "item_link_copied" => Remark::ItemLinkCopied,
            "item_link_not_copied" => Remark::ItemLinkNotCopied,
            "item_removed" => Remark::ItemRemoved,
            _ => Remark::EditRefused,
        }
    }

    /// Its sentence.
    pub fn words(self, locale: Locale) -> &'static str {
        match self {
            Remark::PasteTooLarge => td_string!(locale, remark.paste_too_large),
            Remark::ImagesLeftOut => td_string!(locale, remark.images_left_out),
            Remark::Image(trouble) => trouble.words(locale),
            Remark::TableDivided => td_string!(locale, remark.table_divided),
            Remark::TextTooLong => td_string!(locale, remark.text_too_long),
            Remark::LinkNotAllowed => td_string!(locale, remark.link_not_allowed),
            Remark::ItemLinkCopied => td_string!(locale, remark.item_link_copied),
            Remark::ItemLinkNotCopied => td_string!(locale, remark.item_link_not_copied),
            Remark::ItemRemoved => td_string!(locale, remark.item_removed),
            Remark::EditRefused => td_string!(locale, remark.edit_refused),
        }
    }
}

impl ImageTrouble {
    fn words(self, locale: Locale) -> &'static str {
        match self {
            Self::TooLarge => td_string!(locale, remark.image_too_large),
            Self::TooManyPixels => td_string!(locale, remark.image_too_many_pixels),
            Self::NotOne => td_string!(locale, remark.image_not_one),
            Self::Damaged => td_string!(locale, remark.image_damaged),
            Self::Full => td_string!(locale, remark.images_full),
            Self::NoRight => td_string!(locale, remark.image_no_right),
            Self::Offline => td_string!(locale, remark.image_offline),
            Self::Failed => td_string!(locale, remark.image_failed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_save_state_uses_the_product_words() {
        let zh = |label| save_label(Locale::zh_CN, label);
        let en = |label| save_label(Locale::en, label);
        assert_eq!(zh(SaveLabel::OnServer), "已保存到服务器");
        assert_eq!(zh(SaveLabel::OnDevice { unsaved: 2 }), "已保存到本机");
        assert_eq!(zh(SaveLabel::Offline { unsaved: 0 }), "离线，可继续编辑");
        assert_eq!(
            en(SaveLabel::Offline { unsaved: 3 }),
            "Offline, keep editing (3 unsaved to server)"
        );
        assert_eq!(en(SaveLabel::OnServer), "Saved on the server");
        assert_eq!(
            en(SaveLabel::OnDevice { unsaved: 1 }),
            "Saved on this device"
        );
    }

    // SPEC: I8
    #[test]
    fn nothing_but_the_server_state_says_server() {
        for label in [
            SaveLabel::Loading,
            SaveLabel::OnDevice { unsaved: 0 },
            SaveLabel::Offline { unsaved: 0 },
            SaveLabel::NotSaved { unsaved: 1 },
        ] {
            assert!(
                !save_label(Locale::zh_CN, label).contains("保存到服务器")
                    || matches!(label, SaveLabel::Offline { .. })
            );
            assert!(!save_label(Locale::en, label).starts_with("Saved on the server"));
        }
    }
}
