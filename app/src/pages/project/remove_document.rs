//! Asking before a document goes into the bin: it closes for everybody who has it open.

use crate::components::dialog::Dialog;
use crate::components::field::FormError;
use crate::i18n::*;
use crate::ports::DocumentCard;
use crate::server_fns;
use leptos::prelude::*;
use model::ids::DocumentId;

/// Removes the document named in `leaving` once that is confirmed.
#[component]
pub fn RemoveDocumentDialog(
    /// Which document is about to go; setting it opens the dialog.
    leaving: RwSignal<Option<DocumentCard>>,
    /// It has gone.
    changed: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let open = RwSignal::new(false);
    Effect::new(move || {
        if leaving.with(Option::is_some) {
            open.set(true);
        }
    });
    let remove = Action::new(move |id: &DocumentId| {
        let id = *id;
        async move {
            server_fns::remove_document(id).await?;
            open.set(false);
            leaving.set(None);
            changed.run(());
            Ok(())
        }
    });
    let refusal = Signal::derive(move || remove.value().get().and_then(Result::err));
    let title = Signal::derive(move || {
        let title = leaving.with(|card| card.as_ref().map(|card| card.title.trim().to_owned()));
        let title = title.filter(|title| !title.is_empty());
        let title = title.unwrap_or_else(|| t_string!(i18n, document.untitled).to_owned());
        t_string!(i18n, remove_document.title, title = title).to_string()
    });
    let confirm = move |_| {
        if let Some(card) = leaving.get_untracked() {
            remove.dispatch(card.id);
        }
    };
    // Asking again about the same document is asking.
    Effect::new(move || {
        if !open.get() {
            leaving.set(None);
            remove.value().set(None);
        }
    });
    view! {
        <Dialog open id="remove-document" title>
            <div class="dialog-body">
                <p>{move || t_string!(i18n, remove_document.advice)}</p>
                <FormError error=refusal/>
                <div class="dialog-actions">
                    <button type="button" class="btn" on:click=move |_| open.set(false)>
                        {move || t_string!(i18n, form.cancel)}
                    </button>
                    <button
                        type="button"
                        class="btn danger"
                        disabled=remove.pending()
                        on:click=confirm
                    >
                        {move || t_string!(i18n, remove_document.confirm)}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}
