//! Signing in without a link, and what the host sees of the server.

#[cfg(feature = "ssr")]
use super::context;
use crate::ports::{
    AppError, CodeAsked, Language, NewPassword, ServerView, TypedCode, TypedPassword, WaysIn,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Sends a code to a mailbox, if it leads in.
#[server(prefix = "/api", endpoint = "ask_code", input = Json)]
pub async fn ask_code(mailbox: String, language: Language) -> Result<CodeAsked, AppError> {
    context::answer(async { context::backend()?.ask_code(&mailbox, language).await }).await
}

/// Signs in whoever reads the mailbox.
#[server(prefix = "/api", endpoint = "enter_code", input = Json)]
pub async fn enter_code(typed: TypedCode) -> Result<(), AppError> {
    context::answer(async {
        let entered = context::backend()?.enter_code(&typed).await?;
        context::set_cookie(&entered.set_cookie)
    })
    .await
}

/// Signs in whoever knows the password.
#[server(prefix = "/api", endpoint = "enter_password", input = Json)]
pub async fn enter_password(typed: TypedPassword) -> Result<(), AppError> {
    context::answer(async {
        let entered = context::backend()?.enter_password(typed).await?;
        context::set_cookie(&entered.set_cookie)
    })
    .await
}

/// How the viewer signs in.
#[server(prefix = "/api", endpoint = "ways_in", input = Json)]
pub async fn my_ways_in() -> Result<WaysIn, AppError> {
    context::answer(async { context::backend()?.ways_in(&context::viewer()?).await }).await
}

/// Sends codes to what is to be the viewer's mailbox and to what was.
#[server(prefix = "/api", endpoint = "ask_mailbox", input = Json)]
pub async fn ask_mailbox(mailbox: String, language: Language) -> Result<CodeAsked, AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?
            .ask_mailbox(&viewer, &mailbox, language)
            .await
    })
    .await
}

/// Makes a mailbox the viewer's.
#[server(prefix = "/api", endpoint = "keep_mailbox", input = Json)]
pub async fn keep_mailbox(typed: TypedCode) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.keep_mailbox(&viewer, &typed).await
    })
    .await
}

/// Changes the viewer's password.
#[server(prefix = "/api", endpoint = "keep_password", input = Json)]
pub async fn keep_password(new: NewPassword) -> Result<(), AppError> {
    context::answer(async {
        let viewer = context::viewer()?;
        context::backend()?.keep_password(&viewer, new).await
    })
    .await
}

/// What the host sees of the server.
#[server(prefix = "/api", endpoint = "server", input = Json)]
pub async fn server_overview() -> Result<ServerView, AppError> {
    context::answer(async { context::backend()?.server(&context::viewer()?).await }).await
}
