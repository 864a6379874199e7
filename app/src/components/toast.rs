//! A passing remark at the foot of the page.

use leptos::prelude::*;
use std::time::Duration;

/// Long enough to read two sentences twice.
const SHOWN_FOR: Duration = Duration::from_secs(8);

/// The newest remark, gone after a while. `serial` makes the same words twice two remarks.
#[component]
pub fn Toast(
    /// The remark and its serial number.
    #[prop(into)]
    remark: Signal<Option<(u32, String)>>,
) -> impl IntoView {
    let hidden_up_to = RwSignal::new(0_u32);
    Effect::new(move || {
        if let Some((serial, _)) = remark.get() {
            set_timeout(move || hidden_up_to.set(serial.wrapping_add(1)), SHOWN_FOR);
        }
    });
    view! {
        <div class="toast-place" role="status">
            {move || {
                remark
                    .get()
                    .filter(|(serial, _)| *serial >= hidden_up_to.get())
                    .map(|(_, words)| view! { <p class="toast">{words}</p> })
            }}
        </div>
    }
}
