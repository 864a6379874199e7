//! What can go wrong, as stable codes the application puts into words in both languages.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// A form field that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A project's or person's name.
    Name,
    /// The client's name.
    Client,
    /// A document's title.
    Title,
    /// What a contact is at the client's.
    Post,
    /// Where a contact is reached.
    Address,
    /// What is said with an invitation.
    Message,
    /// A word that is explained.
    Word,
    /// How else it is written.
    Also,
    /// What it means.
    Meaning,
    /// A mailbox's address.
    Mailbox,
    /// A password.
    Password,
}

/// A refusal or failure. Codes are stable; sentences live in `locales`.
///
/// Details (SQL, paths, stack) never travel: they are logged once where they are handled, under
/// the request id that [`AppError::Internal`] carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AppError {
    /// Nobody is signed in, or the session ended.
    #[error("signed_out")]
    SignedOut,
    /// Signed in, but not allowed to do this.
    #[error("forbidden")]
    Forbidden,
    /// No such project, document or person (or not for this viewer to know).
    #[error("not_found")]
    NotFound,
    /// The login link was never ours.
    #[error("link_unknown")]
    LinkUnknown,
    /// The login link's time is over.
    #[error("link_expired")]
    LinkExpired,
    /// The login link was used as often as it may be.
    #[error("link_used")]
    LinkUsed,
    /// The login link was taken back.
    #[error("link_revoked")]
    LinkRevoked,
    /// A required field is empty.
    #[error("field_missing")]
    FieldMissing {
        /// Which one.
        field: Field,
    },
    /// A field is longer than allowed.
    #[error("field_too_long")]
    FieldTooLong {
        /// Which one.
        field: Field,
        /// The limit in characters.
        max_chars: u32,
    },
    /// There are as many as there may be.
    #[error("no_room")]
    NoRoom {
        /// How many that is.
        max: u32,
    },
    /// The item to be moved is in that document already.
    #[error("already_there")]
    AlreadyThere,
    /// The item to be moved can stand nowhere in that document.
    #[error("no_place")]
    NoPlace,
    /// The project would be left without an owner.
    #[error("last_owner")]
    LastOwner,
    /// That cannot be a mailbox's address.
    #[error("mailbox_unreadable")]
    MailboxUnreadable,
    /// The mailbox is another person's here.
    #[error("mailbox_taken")]
    MailboxTaken,
    /// The code is not the one that was sent.
    #[error("code_wrong")]
    CodeWrong {
        /// How often another may be typed.
        tries_left: u32,
    },
    /// The code works no more.
    #[error("code_over")]
    CodeOver,
    /// Mailbox and password do not belong together, or there is no such mailbox.
    #[error("password_wrong")]
    PasswordWrong,
    /// A new password is shorter than it must be.
    #[error("password_short")]
    PasswordShort {
        /// The least.
        min_chars: u32,
    },
    /// A new password is soon guessed.
    #[error("password_guessable")]
    PasswordGuessable,
    /// Only for whoever has just signed in.
    #[error("sign_in_again")]
    SignInAgain,
    /// Whoever is to be invited is in the project already.
    #[error("already_member")]
    AlreadyMember,
    /// They have a way in of their own; nobody makes them a link.
    #[error("own_way_in")]
    OwnWayIn,
    /// Too many requests from here; try again after a while.
    #[error("too_many_requests")]
    TooManyRequests {
        /// How many seconds that is; 0 when nobody said.
        #[serde(default)]
        wait_s: u32,
    },
    /// The server cannot write just now (disk full, database locked).
    #[error("store_unavailable")]
    StoreUnavailable,
    /// The server could not be reached.
    #[error("unreachable")]
    Unreachable,
    /// Page and server do not understand each other: most likely they are of different versions.
    #[error("not_understood")]
    NotUnderstood,
    /// Anything else; the request id finds it in the log.
    #[error("internal")]
    Internal {
        /// The request's id, where there is one.
        request_id: Option<String>,
    },
}

impl AppError {
    /// The HTTP status a page or server function answers with.
    pub fn status(&self) -> u16 {
        match self {
            AppError::SignedOut => 401,
            AppError::Forbidden => 403,
            AppError::NotFound => 404,
            AppError::LinkUnknown
            | AppError::LinkExpired
            | AppError::LinkUsed
            | AppError::LinkRevoked => 410,
            AppError::FieldMissing { .. } | AppError::FieldTooLong { .. } => 422,
            AppError::MailboxUnreadable
            | AppError::CodeWrong { .. }
            | AppError::PasswordWrong
            | AppError::PasswordShort { .. }
            | AppError::PasswordGuessable => 422,
            AppError::CodeOver => 410,
            AppError::SignInAgain => 403,
            AppError::MailboxTaken
            | AppError::AlreadyMember
            | AppError::OwnWayIn
            | AppError::LastOwner
            | AppError::NoRoom { .. }
            | AppError::AlreadyThere
            | AppError::NoPlace => 409,
            AppError::NotUnderstood => 400,
            AppError::TooManyRequests { .. } => 429,
            AppError::StoreUnavailable | AppError::Unreachable => 503,
            AppError::Internal { .. } => 500,
        }
    }
}

/// A part of the program that could not be fetched: the same as a server that cannot be reached.
impl From<leptos::wasm_split::SplitLoaderError> for AppError {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        AppError::Unreachable
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => AppError::Unreachable,
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => AppError::NotUnderstood,
            _ => AppError::Internal { request_id: None },
        }
    }
}
