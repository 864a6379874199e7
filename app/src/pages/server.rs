//! What the host sees of the server: how much there is, and the mail it sent or holds.

use crate::components::error_screen::ErrorScreen;
use crate::components::page_title::PageTitle;
use crate::components::skeleton::ListSkeleton;
use crate::components::top_bar::TopBar;
use crate::i18n::*;
use crate::ports::{AppError, MailCard, MailStanding, Mailing, ServerView};
use crate::server_fns;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

/// `/server`
#[component]
pub fn ServerRoute() -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match server_screen().await {
                    Ok(screen) => screen,
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The page; for one person of the server's.
#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(
    /// Fetches what [`server_screen`] needs.
    ///
    /// # Errors
    /// When that part of the program cannot be had.
    fetch_server_screen
))]
pub fn server_screen() -> Result<AnyView, AppError> {
    Ok(view! { <Server/> }.into_any())
}

#[component]
fn Server() -> impl IntoView {
    let found = Resource::new(|| (), |()| server_fns::server_overview());
    view! {
        <Transition fallback=|| view! { <ListSkeleton/> }>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(view) => view! { <Overview view/> }.into_any(),
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Overview(view: ServerView) -> impl IntoView {
    let i18n = use_i18n();
    let title = Signal::derive(move || t_string!(i18n, server.title).to_owned());
    let ServerView {
        version,
        people,
        projects,
        documents,
        stored_bytes,
        mailing,
        mail,
        now_ms,
    } = view;
    let figures = move || {
        t_string!(
            i18n,
            server.figures,
            people = people,
            projects = projects,
            documents = documents,
            size = size(stored_bytes)
        )
        .to_string()
    };
    let how = move || match mailing {
        Mailing::Sent => t_string!(i18n, server.mail_sent),
        Mailing::Held => t_string!(i18n, server.mail_held),
    };
    let is_empty = mail.is_empty();
    let rows = mail
        .into_iter()
        .map(|card| view! { <Mail card now_ms/> })
        .collect_view();
    view! {
        <PageTitle text=title/>
        <TopBar here=title/>
        <main id="main" class="page narrow settings" tabindex="-1">
            <header class="page-head">
                <div>
                    <h1>{title}</h1>
                    <p class="page-sub">{figures}" · "{version}</p>
                </div>
            </header>
            <section id="mail" class="card" aria-labelledby="mail-title">
                <h2 id="mail-title">{move || t_string!(i18n, server.mail)}</h2>
                <p class="hint">{how}</p>
                {is_empty.then(|| view! { <p>{move || t_string!(i18n, server.no_mail)}</p> })}
                <ul class="rows">{rows}</ul>
            </section>
        </main>
    }
}

#[component]
fn Mail(card: MailCard, now_ms: i64) -> impl IntoView {
    let i18n = use_i18n();
    let MailCard {
        recipient,
        subject,
        text,
        at_ms,
        standing,
        failure,
    } = card;
    let facts = move || {
        let when = words::when(i18n.get_locale(), RelativeTime::between(at_ms, now_ms));
        let standing = match standing {
            MailStanding::Waiting => t_string!(i18n, server.waiting),
            MailStanding::Sent => t_string!(i18n, server.sent),
            MailStanding::GivenUp => t_string!(i18n, server.given_up),
        };
        format!("{recipient} · {when} · {standing}")
    };
    view! {
        <li class="row mail-row">
            <details>
                <summary>
                    <b>{subject}</b>
                    <small>{facts}</small>
                </summary>
                {(!failure.is_empty()).then(|| view! { <p class="form-error">{failure}</p> })}
                <pre class="mail-text">
                    {move || match text.is_empty() {
                        true => t_string!(i18n, server.gone).to_owned(),
                        false => text.clone(),
                    }}
                </pre>
            </details>
        </li>
    }
}

/// So many bytes, as people say it.
fn size(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    match bytes {
        0..MIB => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(0), "0 KiB");
        assert_eq!(size(1), "1 KiB");
        assert_eq!(size(3 * 1024 * 1024 / 2), "1.5 MiB");
    }
}
