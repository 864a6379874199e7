//! An address that leads nowhere.

use crate::components::error_screen::ErrorScreen;
use crate::ports::AppError;
use leptos::prelude::*;

/// 404.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <ErrorScreen error=AppError::NotFound/> }
}
