//! Changing the mailbox, and changing the password.

use crate::components::dialog::Dialog;
use crate::components::field::{Fill, FormError, TextField};
use crate::editor::port::Later;
use crate::i18n::*;
use crate::ports::{AppError, CodeAsked, Mailing, NewPassword, TypedCode};
use crate::server_fns;
use crate::session::language_of;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// Asks the server for something, and says what there is to show then.
type Ask = Callback<(), Later<Result<Option<CodeAsked>, AppError>>>;

/// Asks for a mailbox, then for what was sent there and to the one before.
#[component]
pub fn MailboxDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The mailbox is another.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let mailbox = RwSignal::new(String::new());
    let (code, code_before) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let asked = RwSignal::new(None::<CodeAsked>);
    let ask: Ask = Callback::new(move |()| {
        let typed = mailbox.get_untracked();
        let language = language_of(i18n.get_locale_untracked());
        let before = code_before.get_untracked();
        let typed_code = asked.get_untracked().map(|asked| TypedCode {
            code_before: asked.before.map(|_| before),
            ticket: asked.ticket,
            code: code.get_untracked(),
        });
        let answer: Later<_> = Box::pin(async move {
            match typed_code {
                None => server_fns::ask_mailbox(typed, language).await.map(Some),
                Some(typed) => server_fns::keep_mailbox(typed).await.map(|()| None),
            }
        });
        answer
    });
    let is_asked = Memo::new(move |_| asked.with(Option::is_some));
    let title = Signal::derive(move || t_string!(i18n, field.mailbox).to_owned());
    let button = Signal::derive(move || match is_asked.get() {
        true => t_string!(i18n, ways_in.confirm).to_owned(),
        false => t_string!(i18n, sign_in.send).to_owned(),
    });
    let reset = Callback::new(move |()| {
        asked.set(None);
        code.set(String::new());
        code_before.set(String::new());
    });
    view! {
        <AskDialog open id="own-mailbox-dialog" title button ask reset shown=asked changed>
            <div hidden=is_asked>
                <TextField
                    id="new-mailbox"
                    label=Signal::derive(move || t_string!(i18n, ways_in.new_mailbox).to_owned())
                    value=mailbox
                    fill=Fill::Mailbox
                    autofocus=true
                />
            </div>
            {move || asked.get().map(|asked| view! { <CodeFields asked mailbox code code_before/> })}
        </AskDialog>
    }
}

/// What was sent to one mailbox, or to both.
#[component]
fn CodeFields(
    asked: CodeAsked,
    mailbox: RwSignal<String>,
    code: RwSignal<String>,
    code_before: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let code_of = move |mailbox: String| {
        t_string!(i18n, ways_in.code_of, mailbox = mailbox.trim().to_owned()).to_string()
    };
    view! {
        {(asked.mailing == Mailing::Held)
            .then(|| view! { <p class="hint">{move || t_string!(i18n, sign_in.held)}</p> })}
        <TextField
            id="new-mailbox-code"
            label=Signal::derive(move || code_of(mailbox.get()))
            value=code
            fill=Fill::Code
        />
        {asked
            .before
            .map(|before| {
                view! {
                    <TextField
                        id="mailbox-before-code"
                        label=Signal::derive(move || code_of(before.clone()))
                        value=code_before
                        fill=Fill::Code
                    />
                }
            })}
    }
}

/// Asks for the password there is and the one there is to be.
#[component]
pub fn PasswordDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Whether there is one.
    has_password: bool,
    /// The password is another.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let keep = move |new: Option<String>| -> Later<Result<Option<CodeAsked>, AppError>> {
        let current = Some(current.get_untracked()).filter(|text| !text.is_empty());
        let wanted = NewPassword { current, new };
        Box::pin(async move { server_fns::keep_password(wanted).await.map(|()| None) })
    };
    let ask: Ask = Callback::new(move |()| {
        // An empty one is too short, not none.
        keep(Some(new.get_untracked()))
    });
    let forget: Option<Ask> = has_password.then(|| Callback::new(move |()| keep(None)));
    let title = Signal::derive(move || t_string!(i18n, field.password).to_owned());
    let button = Signal::derive(move || t_string!(i18n, form.keep).to_owned());
    let reset = Callback::new(move |()| {
        current.set(String::new());
        new.set(String::new());
    });
    view! {
        <AskDialog open id="own-password-dialog" title button ask forget reset changed>
            {has_password
                .then(|| {
                    view! {
                        <TextField
                            id="current-password"
                            label=Signal::derive(move || t_string!(i18n, ways_in.current).to_owned())
                            value=current
                            fill=Fill::Password
                            optional=true
                        />
                    }
                })}
            <TextField
                id="new-password"
                label=Signal::derive(move || t_string!(i18n, ways_in.new_password).to_owned())
                hint=Signal::derive(move || t_string!(i18n, ways_in.password_hint).to_owned())
                value=new
                fill=Fill::NewPassword
            />
            <p class="hint">{move || t_string!(i18n, ways_in.others_end)}</p>
        </AskDialog>
    }
}

/// A dialog whose answer may be another question.
#[component]
fn AskDialog(
    open: RwSignal<bool>,
    id: &'static str,
    title: Signal<String>,
    button: Signal<String>,
    ask: Ask,
    /// Takes away what there is.
    #[prop(optional_no_strip)]
    forget: Option<Ask>,
    reset: Callback<()>,
    /// The other question.
    #[prop(optional)]
    shown: Option<RwSignal<Option<CodeAsked>>>,
    changed: Callback<()>,
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    // Made on the server too and dropped there on any thread: only what runs in the browser is bound to one.
    let run = Action::new(move |ask: &Ask| {
        let answer = ask.run(());
        SendWrapper::new(async move {
            match (answer.await?, shown) {
                (Some(more), Some(shown)) => shown.set(Some(more)),
                _ => {
                    open.set(false);
                    changed.run(());
                }
            }
            Ok::<_, AppError>(())
        })
    });
    Effect::new(move || {
        if open.get() {
            run.value().set(None);
            reset.run(());
        }
    });
    let refusal = Signal::derive(move || run.value().get().and_then(Result::err));
    let busy = run.pending();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        run.dispatch(ask);
    };
    view! {
        <Dialog open id title>
            <form class="dialog-body" on:submit=submit>
                {children()}
                <FormError error=refusal/>
                <div class="dialog-actions">
                    {forget
                        .map(|forget| {
                            view! {
                                <button
                                    type="button"
                                    class="btn danger"
                                    disabled=busy
                                    on:click=move |_| drop(run.dispatch(forget))
                                >
                                    {move || t_string!(i18n, ways_in.no_more)}
                                </button>
                            }
                        })}
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="submit" class="btn pri" disabled=busy>
                        {button}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
