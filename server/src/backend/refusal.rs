//! Failures as the stable codes the application words. Detail is logged here, once, under the
//! request's id, and never travels.

use std::fmt::Display;

use app::ports::AppError;

use crate::rooms::RoomError;
use crate::store::{LinkRefusal, StoreError};

/// Words failures of one request.
pub(super) struct Refusals {
    request_id: Option<String>,
}

impl Refusals {
    pub(super) fn new(request_id: Option<String>) -> Self {
        Self { request_id }
    }

    /// The store's refusals: some pass by themselves, the rest are ours to mend.
    pub(super) fn store(&self, error: &StoreError) -> AppError {
        match error {
            StoreError::Busy
            | StoreError::Full
            | StoreError::ReadOnly
            | StoreError::Disk { .. }
            | StoreError::Closed => {
                self.log(error);
                AppError::StoreUnavailable
            }
            _ => self.unforeseen(error),
        }
    }

    /// A room that could not answer.
    pub(super) fn room(&self, error: &RoomError) -> AppError {
        match error {
            RoomError::Unknown => AppError::NotFound,
            RoomError::Unavailable(_) | RoomError::Restarted | RoomError::ShuttingDown => {
                self.log(error);
                AppError::StoreUnavailable
            }
            RoomError::Edits(_) => self.unforeseen(error),
        }
    }

    /// Anything nobody can do something about but us.
    pub(super) fn unforeseen(&self, error: &dyn Display) -> AppError {
        self.log(error);
        AppError::Internal {
            request_id: self.request_id.clone(),
        }
    }

    fn log(&self, error: &dyn Display) {
        let request_id = self.request_id.as_deref().unwrap_or("none");
        tracing::error!(request_id, %error, "the request was not answered");
    }
}

/// Why a link does not work.
pub(super) fn link(refusal: LinkRefusal) -> AppError {
    match refusal {
        LinkRefusal::Unknown => AppError::LinkUnknown,
        LinkRefusal::Expired => AppError::LinkExpired,
        LinkRefusal::Used => AppError::LinkUsed,
        LinkRefusal::Revoked => AppError::LinkRevoked,
    }
}
