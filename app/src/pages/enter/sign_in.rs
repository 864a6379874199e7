//! Coming in without a link: by a code sent to one's mailbox, or by a password.

use super::EnterFrame;
use crate::components::error_screen::ErrorScreen;
use crate::components::field::{Fill, FormError, TextField};
use crate::editor::port::Later;
use crate::i18n::*;
use crate::kept;
use crate::ports::{AppError, CodeAsked, Mailing, TypedCode, TypedPassword};
use crate::server_fns;
use crate::session::language_of;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// Where signing in stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// Which mailbox?
    Mailbox,
    /// Which mailbox, and which password?
    Password,
    /// A code was asked for.
    Code(CodeAsked),
}

/// What a form does: asks the server, then goes on.
type Act = fn(Form) -> Later<Result<Next, AppError>>;

/// What comes of it.
enum Next {
    /// Another step.
    Step(Step),
    /// Signed in.
    In,
}

/// What has been typed.
#[derive(Clone)]
struct Form {
    language: crate::ports::Language,
    mailbox: String,
    password: String,
    code: String,
    ticket: String,
}

/// The page for whoever comes without a link.
#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match sign_in_screen().await {
                    Ok(screen) => screen,
                    Err(error) => view! { <ErrorScreen error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The page; nobody needs it who is signed in or has a link.
#[wasm_split(account, wasm_split_path = leptos::wasm_split, fallible, preload(
    /// Fetches what [`sign_in_screen`] needs.
    ///
    /// # Errors
    /// When that part of the program cannot be had.
    fetch_sign_in_screen
))]
pub fn sign_in_screen() -> Result<AnyView, AppError> {
    Ok(view! { <SignInPage/> }.into_any())
}

#[component]
fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let query = use_query_map();
    let step = RwSignal::new(Step::Mailbox);
    let mailbox = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let run = Action::new_local(move |act: &Act| {
        let ticket = match step.get_untracked() {
            Step::Code(asked) => asked.ticket,
            Step::Mailbox | Step::Password => String::new(),
        };
        let answer = act(Form {
            language: language_of(i18n.get_locale_untracked()),
            mailbox: mailbox.get_untracked(),
            password: password.get_untracked(),
            code: code.get_untracked(),
            ticket,
        });
        let navigate = navigate.clone();
        async move {
            match answer.await? {
                Next::Step(next) => {
                    code.set(String::new());
                    step.set(next);
                }
                Next::In => {
                    // Whoever was here before: what was kept was theirs.
                    kept::forget_all();
                    let next = query.with_untracked(|query| query.get("next"));
                    let instead = NavigateOptions {
                        replace: true,
                        ..NavigateOptions::default()
                    };
                    navigate(&way_on(next), instead);
                }
            }
            Ok::<_, AppError>(())
        }
    });
    let refusal = Signal::derive(move || run.value().get().and_then(Result::err));
    let busy = run.pending();
    let act = Callback::new(move |act: Act| drop(run.dispatch_local(act)));
    let turn = Callback::new(move |next: Step| {
        run.value().set(None);
        step.set(next);
    });
    let fields = Fields {
        mailbox,
        password,
        code,
    };
    view! {
        <EnterFrame>
            {move || match step.get() {
                Step::Mailbox => view! { <MailboxForm fields act turn busy refusal/> }.into_any(),
                Step::Password => view! { <PasswordForm fields act turn busy refusal/> }.into_any(),
                Step::Code(asked) => {
                    view! { <CodeForm asked fields act turn busy refusal/> }.into_any()
                }
            }}
        </EnterFrame>
    }
}

/// What is being typed.
#[derive(Clone, Copy)]
struct Fields {
    mailbox: RwSignal<String>,
    password: RwSignal<String>,
    code: RwSignal<String>,
}

fn ask(form: Form) -> Later<Result<Next, AppError>> {
    Box::pin(async move {
        let asked = server_fns::ask_code(form.mailbox, form.language).await?;
        Ok(Next::Step(Step::Code(asked)))
    })
}

fn enter_code(form: Form) -> Later<Result<Next, AppError>> {
    let typed = TypedCode {
        ticket: form.ticket,
        code: form.code,
        code_before: None,
    };
    Box::pin(async move { server_fns::enter_code(typed).await.map(|()| Next::In) })
}

fn enter_password(form: Form) -> Later<Result<Next, AppError>> {
    let typed = TypedPassword {
        mailbox: form.mailbox,
        password: form.password,
    };
    Box::pin(async move { server_fns::enter_password(typed).await.map(|()| Next::In) })
}

#[component]
fn MailboxForm(
    fields: Fields,
    act: Callback<Act>,
    turn: Callback<Step>,
    busy: Memo<bool>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        act.run(ask);
    };
    view! {
        <h1>{move || t_string!(i18n, sign_in.title)}</h1>
        <p>{move || t_string!(i18n, sign_in.advice)}</p>
        <form class="enter-form" on:submit=submit>
            <MailboxField value=fields.mailbox/>
            <FormError error=refusal/>
            <button type="submit" class="btn pri large" disabled=busy>
                {move || t_string!(i18n, sign_in.send)}
            </button>
            <button type="button" class="btn large" on:click=move |_| turn.run(Step::Password)>
                {move || t_string!(i18n, sign_in.by_password)}
            </button>
        </form>
        <p class="hint">{move || t_string!(i18n, sign_in.by_link)}</p>
    }
}

#[component]
fn PasswordForm(
    fields: Fields,
    act: Callback<Act>,
    turn: Callback<Step>,
    busy: Memo<bool>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        act.run(enter_password);
    };
    view! {
        <h1>{move || t_string!(i18n, sign_in.title)}</h1>
        <form class="enter-form" on:submit=submit>
            <MailboxField value=fields.mailbox/>
            <TextField
                id="sign-in-password"
                label=Signal::derive(move || t_string!(i18n, field.password).to_owned())
                value=fields.password
                fill=Fill::Password
            />
            <FormError error=refusal/>
            <button type="submit" class="btn pri large" disabled=busy>
                {move || t_string!(i18n, sign_in.go)}
            </button>
            <button type="button" class="btn large" on:click=move |_| turn.run(Step::Mailbox)>
                {move || t_string!(i18n, sign_in.by_code)}
            </button>
        </form>
    }
}

#[component]
fn CodeForm(
    asked: CodeAsked,
    fields: Fields,
    act: Callback<Act>,
    turn: Callback<Step>,
    busy: Memo<bool>,
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        act.run(enter_code);
    };
    let is_held = asked.mailing == Mailing::Held;
    let where_to = move || {
        let mailbox = fields.mailbox.get();
        t_string!(i18n, sign_in.sent, mailbox = mailbox.trim().to_owned()).to_string()
    };
    view! {
        <h1>{move || t_string!(i18n, sign_in.code_title)}</h1>
        <p>{where_to}</p>
        {is_held.then(|| view! { <p class="hint">{move || t_string!(i18n, sign_in.held)}</p> })}
        <form class="enter-form" on:submit=submit>
            <TextField
                id="sign-in-code"
                label=Signal::derive(move || t_string!(i18n, sign_in.code).to_owned())
                value=fields.code
                fill=Fill::Code
                autofocus=true
            />
            <FormError error=refusal/>
            <button type="submit" class="btn pri large" disabled=busy>
                {move || t_string!(i18n, sign_in.go)}
            </button>
            <button type="button" class="btn large" disabled=busy on:click=move |_| act.run(ask)>
                {move || t_string!(i18n, sign_in.again)}
            </button>
            <button type="button" class="btn large" on:click=move |_| turn.run(Step::Mailbox)>
                {move || t_string!(i18n, sign_in.other)}
            </button>
        </form>
        <p class="hint">{move || t_string!(i18n, sign_in.not_there)}</p>
    }
}

#[component]
fn MailboxField(value: RwSignal<String>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <TextField
            id="sign-in-mailbox"
            label=Signal::derive(move || t_string!(i18n, field.mailbox).to_owned())
            example=Signal::stored("name@company.com".to_owned())
            value
            fill=Fill::Mailbox
            autofocus=true
        />
    }
}

/// Where to go once signed in: to a page of ours that was asked for, else to the projects.
fn way_on(next: Option<String>) -> String {
    let is_ours = |path: &String| {
        let begins = ["/projects/", "/documents/"]
            .iter()
            .any(|begin| path.starts_with(begin));
        let plain =
            |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '-' | '_');
        begins && !path.contains("//") && path.chars().all(plain)
    };
    next.filter(is_ours).unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_ours_are_gone_to() {
        let go = |next: &str| way_on(Some(next.to_owned()));
        assert_eq!(go("/projects/0199a"), "/projects/0199a");
        assert_eq!(
            go("/documents/4NMNnkMhL8jXrdJ9jamS58PAVdXu"),
            "/documents/4NMNnkMhL8jXrdJ9jamS58PAVdXu"
        );
        for next in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "/projects/..//evil.example",
            "/documents/a?b#c",
            "/projects/%2e%2e",
            "/enter",
            "",
        ] {
            assert_eq!(go(next), "/", "{next}");
        }
        assert_eq!(way_on(None), "/");
    }
}
