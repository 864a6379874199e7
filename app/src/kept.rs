//! What the browser keeps of the server's answers, so that pages open without a network as they were last
//! seen. Only what was asked for is kept, for the person who asked; what they may no longer see is forgotten.

use crate::editor::port::Later;
use crate::ports::{AppError, PersonId};
use leptos::ev;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

/// What is found, sooner or later.
pub type Found = Pin<Box<dyn Future<Output = Option<String>> + Send>>;

/// Keeps answers in this browser. Given once, when the program starts; the server never gives one.
pub trait AnswerPort: Send + Sync + 'static {
    /// Keeps an answer under this name, in place of the one before.
    fn keep(&self, name: &str, answer: String);
    /// The answer kept under this name.
    fn find(&self, name: &str) -> Found;
    /// Forgets one answer.
    fn forget(&self, name: &str);
    /// Forgets all of them: somebody has signed out, or somebody else came.
    fn forget_all(&self);
    /// Forgets everything this device holds of anybody, of this person at least, and leaves the page.
    fn forget_device(&self, person: &PersonId) -> Later<()>;
    /// The language or theme is another one: a page that opens without the server shall have it, too.
    fn preference_changed(&self);
}

/// Handlers of events know no context, so this is one for the whole program.
static ANSWERS: OnceLock<Arc<dyn AnswerPort>> = OnceLock::new();

/// Gives the port. Once; a second one is not taken.
pub fn provide_answers(answers: Arc<dyn AnswerPort>) {
    drop(ANSWERS.set(answers));
}

fn answers() -> Option<&'static dyn AnswerPort> {
    ANSWERS.get().map(AsRef::as_ref)
}

/// Whether what is on the page was kept, because the server was not reached. Given by context.
#[derive(Clone, Copy)]
pub struct Kept(pub RwSignal<bool>);

/// A resource whose last answer is shown when the server cannot be reached, and asked for again when the
/// network is back. `name` is unique for the question.
pub fn kept_resource<K, T, Fut>(
    name: impl Fn(&K) -> String + Clone + Send + Sync + 'static,
    key: impl Fn() -> K + Clone + Send + Sync + 'static,
    fetch: impl Fn(K) -> Fut + Send + Sync + 'static,
) -> Resource<Result<T, AppError>>
where
    K: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = Result<T, AppError>> + Send + 'static,
{
    let kept = use_context::<Kept>();
    let resource = {
        let name = name.clone();
        Resource::new(key.clone(), move |key| {
            let answer = fetch(key.clone());
            or_kept(answers(), kept, name(&key), answer)
        })
    };
    // Only in the browser; the first answer came with the page.
    Effect::new(move || {
        let Some(answers) = answers() else { return };
        let is_kept = kept.is_some_and(|Kept(kept)| kept.get_untracked());
        let fresh = resource.with(|answer| match answer {
            Some(Ok(value)) if !is_kept => serde_json::to_string(value).ok(),
            _ => None,
        });
        if let Some(fresh) = fresh {
            answers.keep(&name(&key()), fresh);
        }
    });
    Effect::new(move || {
        let online = window_event_listener(ev::online, move |_| {
            if kept.is_some_and(|Kept(kept)| kept.get_untracked()) {
                resource.refetch();
            }
        });
        on_cleanup(move || online.remove());
    });
    resource
}

/// The server's answer, or what was kept of the last one when the server is not reached.
async fn or_kept<T: DeserializeOwned>(
    answers: Option<&dyn AnswerPort>,
    kept: Option<Kept>,
    name: String,
    answer: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    let answer = answer.await;
    let tell = |is_kept| {
        if let Some(Kept(kept)) = kept {
            kept.try_set(is_kept);
        }
    };
    match (&answer, answers) {
        (Err(AppError::Unreachable), Some(answers)) => {
            let found = answers.find(&name).await;
            // An older program may have kept something else.
            match found.and_then(|found| serde_json::from_str(&found).ok()) {
                Some(found) => {
                    tell(true);
                    return Ok(found);
                }
                None => tell(false),
            }
        }
        (Err(AppError::NotFound | AppError::Forbidden | AppError::SignedOut), Some(answers)) => {
            answers.forget(&name);
            tell(false);
        }
        _ => tell(false),
    }
    answer
}

/// Forgets whatever this browser kept for the person who was here.
pub fn forget_all() {
    if let Some(answers) = answers() {
        answers.forget_all();
    }
}

/// Forgets everything this device holds of anybody, and leaves the page.
pub async fn forget_device(person: &PersonId) {
    if let Some(answers) = answers() {
        answers.forget_device(person).await;
    }
}

/// The language or theme is another one.
pub fn preference_changed() {
    if let Some(answers) = answers() {
        answers.preference_changed();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use std::sync::Mutex;

    #[derive(Default)]
    struct Drawer(Mutex<HashMap<String, String>>);

    impl AnswerPort for Drawer {
        fn keep(&self, name: &str, answer: String) {
            self.0
                .lock()
                .expect("a drawer")
                .insert(name.to_owned(), answer);
        }

        fn find(&self, name: &str) -> Found {
            let found = self.0.lock().expect("a drawer").get(name).cloned();
            Box::pin(async move { found })
        }

        fn forget(&self, name: &str) {
            self.0.lock().expect("a drawer").remove(name);
        }

        fn forget_all(&self) {
            self.0.lock().expect("a drawer").clear();
        }

        fn forget_device(&self, _person: &PersonId) -> Later<()> {
            self.forget_all();
            Box::pin(std::future::ready(()))
        }

        fn preference_changed(&self) {}
    }

    fn ask(drawer: &Drawer, name: &str, answer: Result<u32, AppError>) -> Result<u32, AppError> {
        at_once(or_kept(Some(drawer), None, name.to_owned(), async {
            answer
        }))
    }

    /// Nothing here waits for anything.
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match std::pin::pin!(future).poll(&mut context) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => unreachable!("everything is at hand"),
        }
    }

    #[test]
    fn without_the_server_the_last_answer_is_shown_and_nothing_else() {
        let drawer = Drawer::default();
        drawer.keep("a", "7".to_owned());
        assert_eq!(ask(&drawer, "a", Ok(8)), Ok(8), "the server is asked first");
        assert_eq!(ask(&drawer, "a", Err(AppError::Unreachable)), Ok(7));
        let nothing = ask(&drawer, "b", Err(AppError::Unreachable));
        assert_eq!(nothing, Err(AppError::Unreachable));
        let failed = ask(&drawer, "a", Err(AppError::StoreUnavailable));
        assert_eq!(failed, Err(AppError::StoreUnavailable));
    }

    #[test]
    fn what_may_not_be_seen_any_more_is_forgotten() {
        for refusal in [AppError::NotFound, AppError::Forbidden, AppError::SignedOut] {
            let drawer = Drawer::default();
            drawer.keep("a", "7".to_owned());
            assert_eq!(ask(&drawer, "a", Err(refusal.clone())), Err(refusal));
            assert_eq!(
                ask(&drawer, "a", Err(AppError::Unreachable)),
                Err(AppError::Unreachable)
            );
        }
    }

    #[test]
    fn what_an_older_program_kept_is_not_guessed_at() {
        let drawer = Drawer::default();
        drawer.keep("a", "\"seven\"".to_owned());
        assert_eq!(
            ask(&drawer, "a", Err(AppError::Unreachable)),
            Err(AppError::Unreachable)
        );
    }
}
