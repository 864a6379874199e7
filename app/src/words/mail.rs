//! What mails say, in the reader's language. How they look is the server's (`server/src/mail`).

use crate::i18n::*;

/// A mail's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailWords {
    /// What it is about.
    pub subject: String,
    /// What happened.
    pub lead: String,
    /// What the button says; empty where there is none.
    pub button: String,
    /// What to know besides.
    pub remark: String,
}

/// A code to sign in with, good for so many minutes.
pub fn sign_in_mail(locale: Locale, minutes: u64) -> MailWords {
    MailWords {
        subject: td_string!(locale, mail.code_subject).to_owned(),
        lead: td_string!(locale, mail.code_lead).to_owned(),
        button: String::new(),
        remark: td_string!(locale, mail.code_remark, n = minutes).to_string(),
    }
}

/// A code that makes a mailbox somebody's.
pub fn mailbox_mail(locale: Locale, name: &str, minutes: u64) -> MailWords {
    MailWords {
        subject: td_string!(locale, mail.mailbox_subject).to_owned(),
        lead: td_string!(locale, mail.mailbox_lead, name = name.to_owned()).to_string(),
        button: String::new(),
        remark: td_string!(locale, mail.code_remark, n = minutes).to_string(),
    }
}

/// A code by which the mailbox there was agrees to another.
pub fn mailbox_before_mail(locale: Locale, name: &str, new: &str) -> MailWords {
    let (name, new) = (name.to_owned(), new.to_owned());
    MailWords {
        subject: td_string!(locale, mail.before_subject).to_owned(),
        lead: td_string!(locale, mail.before_lead, name = name, new = new).to_string(),
        button: String::new(),
        remark: td_string!(locale, mail.before_remark).to_owned(),
    }
}

/// An invitation into a project, for so many days; `None` for somebody who can come in anyway.
pub fn invitation_mail(
    locale: Locale,
    inviter: &str,
    project: &str,
    days: Option<u32>,
) -> MailWords {
    let subject = (inviter.to_owned(), project.to_owned());
    let lead = subject.clone();
    MailWords {
        subject: td_string!(
            locale,
            mail.invitation_subject,
            name = subject.0,
            project = subject.1
        )
        .to_string(),
        lead: td_string!(
            locale,
            mail.invitation_lead,
            name = lead.0,
            project = lead.1
        )
        .to_string(),
        button: td_string!(locale, mail.invitation_button).to_owned(),
        remark: match days {
            Some(days) => td_string!(locale, mail.invitation_remark, n = days).to_string(),
            None => td_string!(locale, mail.invitation_remark_known).to_owned(),
        },
    }
}
