//! Every refusal as two sentences: what happened, and what to do next.

use crate::i18n::*;
use crate::ports::{AppError, Field};

/// What a person reads when something did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorWords {
    /// What happened.
    pub title: String,
    /// What to do next.
    pub advice: String,
}

/// The two sentences of a refusal without anything to put in.
macro_rules! words {
    ($locale:ident, $key:ident) => {
        ErrorWords {
            title: td_string!($locale, error.$key.title).to_owned(),
            advice: td_string!($locale, error.$key.advice).to_owned(),
        }
    };
}

/// Words an error.
pub fn error(locale: Locale, error: &AppError) -> ErrorWords {
    match error {
        AppError::SignedOut => words!(locale, signed_out),
        AppError::Forbidden => words!(locale, forbidden),
        AppError::NotFound => words!(locale, not_found),
        AppError::LinkUnknown => words!(locale, link_unknown),
        AppError::LinkExpired => words!(locale, link_expired),
        AppError::LinkUsed => words!(locale, link_used),
        AppError::LinkRevoked => words!(locale, link_revoked),
        AppError::FieldMissing { field } => ErrorWords {
            title: td_string!(
                locale,
                error.field_missing.title,
                field = field_name(locale, *field)
            )
            .to_string(),
            advice: td_string!(locale, error.field_missing.advice).to_owned(),
        },
        AppError::FieldTooLong { field, max_chars } => ErrorWords {
            title: td_string!(
                locale,
                error.field_too_long.title,
                field = field_name(locale, *field)
            )
            .to_string(),
            advice: td_string!(locale, error.field_too_long.advice, max = *max_chars).to_string(),
        },
        AppError::NoRoom { max } => ErrorWords {
            title: td_string!(locale, error.no_room.title, max = *max).to_string(),
            advice: td_string!(locale, error.no_room.advice).to_owned(),
        },
        AppError::AlreadyThere => words!(locale, already_there),
        AppError::NoPlace => words!(locale, no_place),
        AppError::LastOwner => words!(locale, last_owner),
        AppError::TooManyRequests { wait_s } => ErrorWords {
            title: td_string!(locale, error.too_many_requests.title).to_owned(),
            advice: td_string!(
                locale,
                error.too_many_requests.advice,
                n = wait_s.div_ceil(60).max(1)
            )
            .to_string(),
        },
        AppError::StoreUnavailable => words!(locale, store_unavailable),
        AppError::Unreachable => words!(locale, unreachable),
        AppError::NotUnderstood => words!(locale, not_understood),
        AppError::Internal { request_id } => ErrorWords {
            title: td_string!(locale, error.internal.title).to_owned(),
            advice: match request_id {
                Some(id) => {
                    td_string!(locale, error.internal.advice_with_id, id = id.clone()).to_string()
                }
                None => td_string!(locale, error.internal.advice).to_owned(),
            },
        },
        // Named one by one: a new refusal without words does not compile.
        AppError::MailboxUnreadable
        | AppError::MailboxTaken
        | AppError::CodeWrong { .. }
        | AppError::CodeOver
        | AppError::PasswordWrong
        | AppError::PasswordShort { .. }
        | AppError::PasswordGuessable
        | AppError::SignInAgain
        | AppError::AlreadyMember
        | AppError::OwnWayIn => entry_error(locale, error),
    }
}

/// Words what goes wrong on the way in: those that [`error`] hands on.
fn entry_error(locale: Locale, error: &AppError) -> ErrorWords {
    match error {
        AppError::MailboxUnreadable => words!(locale, mailbox_unreadable),
        AppError::MailboxTaken => words!(locale, mailbox_taken),
        AppError::CodeWrong { tries_left } => ErrorWords {
            title: td_string!(locale, error.code_wrong.title).to_owned(),
            advice: td_string!(locale, error.code_wrong.advice, n = *tries_left).to_string(),
        },
        AppError::CodeOver => words!(locale, code_over),
        AppError::PasswordWrong => words!(locale, password_wrong),
        AppError::PasswordShort { min_chars } => ErrorWords {
            title: td_string!(locale, error.password_short.title).to_owned(),
            advice: td_string!(locale, error.password_short.advice, n = *min_chars).to_string(),
        },
        AppError::PasswordGuessable => words!(locale, password_guessable),
        AppError::SignInAgain => words!(locale, sign_in_again),
        AppError::AlreadyMember => words!(locale, already_member),
        AppError::OwnWayIn => words!(locale, own_way_in),
        _ => words!(locale, internal),
    }
}

fn field_name(locale: Locale, field: Field) -> &'static str {
    match field {
        Field::Name => td_string!(locale, field.name),
        Field::Client => td_string!(locale, field.client),
        Field::Title => td_string!(locale, field.title),
        Field::Post => td_string!(locale, field.post),
        Field::Address => td_string!(locale, field.address),
        Field::Message => td_string!(locale, field.message),
        Field::Word => td_string!(locale, field.word),
        Field::Also => td_string!(locale, field.also),
        Field::Meaning => td_string!(locale, field.meaning),
        Field::Mailbox => td_string!(locale, field.mailbox),
        Field::Password => td_string!(locale, field.password),
    }
}
