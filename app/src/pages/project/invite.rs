//! Inviting somebody: name and role in, a personal link out.

use crate::components::copy_field::CopyField;
use crate::components::dialog::Dialog;
use crate::components::field::{Choice, ChoiceField, Fill, FormError, TextArea, TextField};
use crate::i18n::*;
use crate::ports::{Entry, Invitation, Mailing, NewInvitation, ProjectId, QrPicture, Role};
use crate::server_fns;
use crate::session::language_of;
use crate::words::{self, RelativeTime};
use leptos::prelude::*;

/// For how many days a link may work.
const DAYS: [u32; 3] = [7, 30, 90];

/// Asks whom and as what, then shows the link.
#[component]
pub fn InviteDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Into which project.
    project: ProjectId,
    /// Somebody was added.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Client);
    let mailbox = RwSignal::new(String::new());
    let message = RwSignal::new(String::new());
    let days = RwSignal::new(DAYS[1]);
    let ready = RwSignal::new(None::<Invitation>);
    let invite = Action::new(move |new: &NewInvitation| {
        let new = new.clone();
        async move {
            ready.set(Some(server_fns::invite(new).await?));
            Ok(())
        }
    });
    let refusal = Signal::derive(move || invite.value().get().and_then(Result::err));
    // Closing forgets the link (it is shown once) and shows the new person in the list behind.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open && ready.with_untracked(Option::is_some) {
            ready.set(None);
            name.set(String::new());
            message.set(String::new());
            mailbox.set(String::new());
            changed.run(());
        }
        is_open
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        invite.dispatch(NewInvitation {
            project: project.clone(),
            name: name.get_untracked().trim().to_owned(),
            role: role.get_untracked(),
            mailbox: mailbox.get_untracked().trim().to_owned(),
            language: Some(language_of(i18n.get_locale_untracked())),
            message: message.get_untracked().trim().to_owned(),
            days: days.get_untracked(),
        });
    };
    let title = Signal::derive(move || match ready.get() {
        Some(ready) => t_string!(i18n, invite.ready_title, name = ready.name).to_string(),
        None => t_string!(i18n, invite.title).to_owned(),
    });
    view! {
        <Dialog open id="invite" title>
            <form class="dialog-body" hidden=move || ready.with(Option::is_some) on:submit=submit>
                <InviteFields name mailbox role message days/>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="submit" class="btn pri" disabled=invite.pending()>
                        {move || t_string!(i18n, invite.create)}
                    </button>
                </div>
            </form>
            {move || {
                ready
                    .get()
                    .map(|invitation| {
                        view! { <InvitationReady id="invite-link" invitation open/> }
                    })
            }}
        </Dialog>
    }
}

/// Whom, as what, with which words, for how long.
#[component]
fn InviteFields(
    name: RwSignal<String>,
    mailbox: RwSignal<String>,
    role: RwSignal<Role>,
    message: RwSignal<String>,
    days: RwSignal<u32>,
) -> impl IntoView {
    let i18n = use_i18n();
    macro_rules! words {
        ($key:ident) => {
            Signal::derive(move || t_string!(i18n, invite.$key).to_owned())
        };
    }
    view! {
        <TextField
            id="invite-name"
            label=words!(name)
            hint=words!(name_hint)
            example=words!(name_example)
            value=name
            autofocus=true
        />
        <TextField
            id="invite-mailbox"
            label=words!(mailbox)
            hint=words!(mailbox_hint)
            value=mailbox
            fill=Fill::OthersMailbox
            optional=true
        />
        <ChoiceField name="invite-role" label=words!(role) choices=role_choices(i18n) value=role/>
        <TextArea
            id="invite-message"
            label=words!(message)
            example=words!(message_example)
            value=message
            optional=true
        />
        <DaysField days/>
    }
}

/// How long the link works.
#[component]
fn DaysField(days: RwSignal<u32>) -> impl IntoView {
    let i18n = use_i18n();
    let pick = move |event: leptos::ev::Event| {
        if let Ok(chosen) = event_target_value(&event).parse() {
            days.set(chosen);
        }
    };
    let options = DAYS
        .into_iter()
        .map(|count| {
            view! {
                <option
                    value=count.to_string()
                    prop:selected=move || days.get() == count
                    selected=days.get_untracked() == count
                >
                    {move || t_string!(i18n, invite.days, n = count).to_string()}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="form-field">
            <label for="invite-days">{move || t_string!(i18n, invite.expiry)}</label>
            <select id="invite-days" on:change=pick>{options}</select>
        </div>
    }
}

fn role_choices(i18n: leptos_i18n::I18nContext<Locale>) -> Vec<Choice<Role>> {
    [Role::Client, Role::Member, Role::Reader, Role::Owner]
        .into_iter()
        .map(|role| Choice {
            value: role,
            word: role.as_str(),
            label: Signal::derive(move || words::role(i18n.get_locale(), role).to_owned()),
            hint: Some(Signal::derive(move || {
                words::role_hint(i18n.get_locale(), role).to_owned()
            })),
        })
        .collect()
}

/// A personal link, shown once.
#[component]
pub fn InvitationReady(
    /// The field's id, unique on the page.
    id: &'static str,
    /// The link and for whom it is.
    invitation: Invitation,
    /// Closes the dialog it stands in.
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let Invitation {
        name,
        url,
        qr,
        expires_at_ms,
        entry,
        mailed_to,
        mailing,
        ..
    } = invitation;
    let is_mailed = !mailed_to.is_empty();
    let advice = move || {
        let date = words::when(i18n.get_locale(), RelativeTime::on(expires_at_ms));
        match entry {
            Entry::Link => {
                t_string!(i18n, invite.ready_advice, name = name.clone(), date = date).to_string()
            }
            Entry::OwnMailbox => {
                t_string!(i18n, invite.known_advice, name = name.clone()).to_string()
            }
        }
    };
    let mailed = move || {
        let mailbox = mailed_to.clone();
        match mailing {
            Mailing::Sent => t_string!(i18n, invite.mailed, mailbox = mailbox).to_string(),
            Mailing::Held => t_string!(i18n, invite.held, mailbox = mailbox).to_string(),
        }
    };
    view! {
        <div class="dialog-body">
            {is_mailed.then(|| view! { <p><b>{mailed}</b></p> })}
            <p>{move || advice()}</p>
            <CopyField
                id
                label=Signal::derive(move || t_string!(i18n, invite.link).to_owned())
                text=url
            />
            {qr.map(|qr| view! { <QrCode qr/> })}
            <div class="dialog-actions">
                <button type="button" class="btn" on:click=move |_| open.set(false)>
                    {move || t_string!(i18n, form.done)}
                </button>
            </div>
        </div>
    }
}

/// The link for the camera of a phone that is at hand.
#[component]
fn QrCode(qr: QrPicture) -> impl IntoView {
    let i18n = use_i18n();
    let QrPicture { side, path } = qr;
    // Four squares of quiet around it, as readers expect.
    let frame = format!("-4 -4 {0} {0}", side + 8);
    view! {
        <figure class="qr">
            <svg
                viewBox=frame
                shape-rendering="crispEdges"
                role="img"
                aria-label=move || t_string!(i18n, invite.qr)
            >
                <path d=path></path>
            </svg>
            <figcaption>{move || t_string!(i18n, invite.qr_advice)}</figcaption>
        </figure>
    }
}
