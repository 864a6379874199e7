//! Brings to the server what was written on this device without it, wherever the person is now, and says so.

use super::toast::Toast;
use crate::editor::port::DocumentPort;
use crate::i18n::*;
use crate::ports::PersonId;
use leptos::{ev, prelude::*};
use model::ids::DocumentId;
use std::sync::Arc;
use std::time::Duration;

/// The page is there before this begins.
const START: Duration = Duration::from_millis(1_500);
/// How often it is looked again: another tab may have written.
const AGAIN: Duration = Duration::from_secs(60);

/// The documents that wait on this device. Given by context, so that lists can say so.
#[derive(Clone, Copy)]
pub struct Waiting(pub RwSignal<Vec<DocumentId>>);

impl Waiting {
    /// Whether something of this document waits here.
    pub fn has(self, document: DocumentId) -> bool {
        self.0.with(|waiting| waiting.contains(&document))
    }
}

/// What is known while it works.
#[derive(Clone, Copy)]
struct Round {
    waiting: RwSignal<Vec<DocumentId>>,
    /// How many arrived, and how many rounds had some: the same number twice is two remarks.
    arrived: RwSignal<(u32, usize)>,
    busy: StoredValue<bool>,
}

impl Round {
    /// Looks what waits, and brings one after another. What does not arrive is tried in the next round.
    async fn run(self, port: Arc<dyn DocumentPort>, me: PersonId) {
        if self
            .busy
            .try_update_value(|busy| std::mem::replace(busy, true))
            != Some(false)
        {
            return;
        }
        let found = port.waiting(&me).await;
        self.waiting.try_set(found.clone());
        let mut arrived = 0;
        for document in found {
            if port.deliver(document, me.clone()).await {
                arrived += 1;
                self.waiting
                    .try_update(|waiting| waiting.retain(|other| *other != document));
            }
        }
        if arrived > 0 {
            self.arrived
                .try_update(|(serial, count)| (*serial, *count) = (*serial + 1, arrived));
        }
        self.busy.try_set_value(false);
    }
}

/// Not on a document's own page: that one brings its words itself.
#[component]
pub fn Delivery(
    /// Whose words.
    me: PersonId,
) -> impl IntoView {
    let i18n = use_i18n();
    let Waiting(waiting) = use_context().unwrap_or_else(|| Waiting(RwSignal::new(Vec::new())));
    let round = Round {
        waiting,
        arrived: RwSignal::new((0, 0)),
        busy: StoredValue::new(false),
    };
    Effect::new(move || {
        let Some(port) = use_context::<Arc<dyn DocumentPort>>() else {
            return;
        };
        let (me, port) = (me.clone(), port);
        let begin = move || leptos::task::spawn_local(round.run(port.clone(), me.clone()));
        let first = set_timeout_with_handle(begin.clone(), START).ok();
        let again = set_interval_with_handle(begin.clone(), AGAIN).ok();
        let online = window_event_listener(ev::online, move |_| begin());
        on_cleanup(move || {
            if let Some(first) = first {
                first.clear();
            }
            if let Some(again) = again {
                again.clear();
            }
            online.remove();
        });
    });
    let remark = Signal::derive(move || {
        let (serial, count) = round.arrived.get();
        let words = t_string!(i18n, kept.delivered, n = count).to_string();
        (serial > 0).then_some((serial, words))
    });
    view! { <Toast remark/> }
}
