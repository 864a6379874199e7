//! A whole page's worth of "this did not work": what happened, what to do next, where to go.

use super::icon::{Glyph, Icon};
use super::page_title::PageTitle;
use super::top_bar::TopBar;
use crate::i18n::*;
use crate::palette::PaletteSignal;
use crate::ports::AppError;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The error as a page. While the server renders, the response takes the error's status.
#[component]
pub fn ErrorScreen(
    /// What went wrong.
    error: AppError,
) -> impl IntoView {
    let i18n = use_i18n();
    answer_with_status(&error);
    let glyph = match error {
        AppError::SignedOut | AppError::Forbidden | AppError::LinkRevoked => Glyph::Lock,
        AppError::Unreachable => Glyph::Offline,
        AppError::NotFound => Glyph::Document,
        _ => Glyph::Warning,
    };
    let status = error.status();
    let to_projects = !matches!(error, AppError::SignedOut);
    let sign_in = (!to_projects).then(|| {
        let here = use_location().pathname.get_untracked();
        format!("/enter?next={here}")
    });
    // What may have passed by itself; the same request again is the way to find out.
    let again = matches!(
        error,
        AppError::Internal { .. }
            | AppError::StoreUnavailable
            | AppError::Unreachable
            | AppError::NotUnderstood
    );
    let look = matches!(error, AppError::NotFound | AppError::Forbidden);
    let palette = use_context::<PaletteSignal>().filter(|_| look);
    let words = Memo::new(move |_| {
        let words = words::error(i18n.get_locale(), &error);
        (words.title, words.advice)
    });
    let title = Signal::derive(move || words.get().0);
    view! {
        <PageTitle text=title/>
        <TopBar here=Signal::derive(String::new)/>
        <main id="main" class="screen" tabindex="-1" data-status=status>
            <div class="screen-mark"><Icon glyph/></div>
            <h1>{title}</h1>
            <p>{move || words.get().1}</p>
            <div class="screen-acts">
                {again
                    .then(|| {
                        view! {
                            <a class="btn pri large" href="" rel="external">
                                {move || t_string!(i18n, screen.retry)}
                            </a>
                        }
                    })}
                {sign_in
                    .map(|href| {
                        view! {
                            <a class="btn pri large" href=href>
                                {move || t_string!(i18n, sign_in.title)}
                            </a>
                        }
                    })}
                {to_projects
                    .then(|| {
                        view! {
                            <a class="btn large" class:pri=!again href="/">
                                {move || t_string!(i18n, screen.to_projects)}
                            </a>
                        }
                    })}
                {palette
                    .map(|PaletteSignal(open)| {
                        view! {
                            <button type="button" class="btn large" on:click=move |_| open.set(true)>
                                <Icon glyph=Glyph::Search/>
                                {move || t_string!(i18n, screen.look)}
                            </button>
                        }
                    })}
            </div>
            <p class="screen-number">
                {move || t_string!(i18n, screen.number, number = status).to_string()}
            </p>
        </main>
    }
}

/// Gives the response the status of the error it shows.
#[cfg(feature = "ssr")]
fn answer_with_status(error: &AppError) {
    let status = axum::http::StatusCode::from_u16(error.status());
    if let (Some(response), Ok(status)) = (use_context::<leptos_axum::ResponseOptions>(), status) {
        response.set_status(status);
    }
}

#[cfg(not(feature = "ssr"))]
fn answer_with_status(_error: &AppError) {}
