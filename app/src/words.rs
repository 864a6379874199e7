//! Stable words (roles, kinds, parts, codes) put into sentences of the person's language.

mod document;
mod errors;
mod labels;
mod mail;
mod time;

pub use document::{
    Remark, document_kind, document_kind_hint, item_kind, item_kind_hint, part, save_label, trouble,
};
pub use errors::{ErrorWords, error};
pub use labels::{editor_label_map, editor_labels};
pub use mail::{MailWords, invitation_mail, mailbox_before_mail, mailbox_mail, sign_in_mail};
pub use time::{RelativeTime, when};

use crate::i18n::*;
use crate::ports::{Channel, Language, Role, TemplateSet};

/// What a person is in a project.
pub fn role(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Owner => td_string!(locale, role.owner),
        Role::Member => td_string!(locale, role.member),
        Role::Client => td_string!(locale, role.client),
        Role::Reader => td_string!(locale, role.reader),
    }
}

/// What a person of this role may do.
pub fn role_hint(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Owner => td_string!(locale, role_hint.owner),
        Role::Member => td_string!(locale, role_hint.member),
        Role::Client => td_string!(locale, role_hint.client),
        Role::Reader => td_string!(locale, role_hint.reader),
    }
}

/// The documents a project starts with.
pub fn template_set(locale: Locale, set: TemplateSet) -> &'static str {
    match set {
        TemplateSet::Requirements => td_string!(locale, template_set.requirements),
        TemplateSet::Agreement => td_string!(locale, template_set.agreement),
        TemplateSet::Empty => td_string!(locale, template_set.empty),
    }
}

/// What for.
pub fn template_set_hint(locale: Locale, set: TemplateSet) -> &'static str {
    match set {
        TemplateSet::Requirements => td_string!(locale, template_set.requirements_hint),
        TemplateSet::Agreement => td_string!(locale, template_set.agreement_hint),
        TemplateSet::Empty => td_string!(locale, template_set.empty_hint),
    }
}

/// How somebody likes to be reached.
pub fn channel(locale: Locale, channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => td_string!(locale, channel.phone),
        Channel::Wechat => td_string!(locale, channel.wechat),
        Channel::Wecom => td_string!(locale, channel.wecom),
        Channel::Dingtalk => td_string!(locale, channel.dingtalk),
        Channel::Feishu => td_string!(locale, channel.feishu),
        Channel::Email => td_string!(locale, channel.email),
        Channel::Meeting => td_string!(locale, channel.meeting),
        Channel::Other => td_string!(locale, channel.other),
    }
}

/// A language by its own name.
pub fn language(language: Language) -> &'static str {
    match language {
        Language::ZhCn => "中文",
        Language::En => "English",
    }
}

/// "1 document", "3 documents", "3 份文档".
pub fn documents_count(locale: Locale, count: u32) -> String {
    match count {
        1 => td_string!(locale, count.document).to_owned(),
        _ => td_string!(locale, count.documents, n = count).to_string(),
    }
}

/// "1 person", "3 people", "3 人".
pub fn people_count(locale: Locale, count: u32) -> String {
    match count {
        1 => td_string!(locale, count.person).to_owned(),
        _ => td_string!(locale, count.people, n = count).to_string(),
    }
}

/// "Bin", "Bin (3)", "回收站（3）".
pub fn in_bin(locale: Locale, count: u32) -> String {
    match count {
        0 => td_string!(locale, bin.title).to_owned(),
        _ => td_string!(locale, bin.holds, n = count).to_string(),
    }
}

/// "last day", "12 days left", "还剩 12 天".
pub fn days_left(locale: Locale, days: u32) -> String {
    match days {
        0 | 1 => td_string!(locale, bin.last_day).to_owned(),
        _ => td_string!(locale, bin.days_left, n = days).to_string(),
    }
}
