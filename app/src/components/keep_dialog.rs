//! A dialog about one thing that is kept: added, changed, or deleted for good.

use super::dialog::Dialog;
use super::field::FormError;
use crate::editor::port::Later;
use crate::i18n::*;
use crate::ports::AppError;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

/// Asks the server for something; it answers later.
pub type Ask = Callback<(), Later<Result<(), AppError>>>;

/// The frame around the fields: what was refused, and the way out, to delete, to keep.
#[component]
pub fn KeepDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Its id.
    id: &'static str,
    /// Its title.
    #[prop(into)]
    title: Signal<String>,
    /// Whether the thing is there already, so that it can be deleted.
    #[prop(into)]
    is_known: Signal<bool>,
    /// Who will see it.
    #[prop(into)]
    hint: Signal<String>,
    /// Keeps what stands in the fields.
    keep: Ask,
    /// Deletes it.
    forget: Ask,
    /// It was kept or deleted.
    changed: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    // Made on the server too and dropped there on any thread: only what runs in the browser is bound to one.
    let run = Action::new(move |ask: &Ask| {
        let answer = ask.run(());
        SendWrapper::new(async move {
            answer.await?;
            open.set(false);
            changed.run(());
            Ok(())
        })
    });
    // What was refused last time is not of this time.
    Effect::new(move || {
        if open.get() {
            run.value().set(None);
        }
    });
    let refusal = Signal::derive(move || run.value().get().and_then(Result::err));
    let busy = run.pending();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        run.dispatch(keep);
    };
    view! {
        <Dialog open id title>
            <form class="dialog-body" on:submit=submit>
                {children()}
                <p class="hint">{hint}</p>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="btn danger"
                        hidden=move || !is_known.get()
                        disabled=busy
                        on:click=move |_| drop(run.dispatch(forget))
                    >
                        {move || t_string!(i18n, form.delete)}
                    </button>
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button type="submit" class="btn pri" disabled=busy>
                        {move || t_string!(i18n, form.keep)}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
