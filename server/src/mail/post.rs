//! Where letters are handed in.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{Carrier, LIFETIME, Letter, Rendered};
use crate::auth::Mailbox;
use crate::clock::now_ms;
use crate::store::{MailId, NewMail, Store};

/// How many milliseconds mail is kept to be looked up when it was carried.
const KEEP_CARRIED_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// Takes letters for the outbox.
#[derive(Clone)]
pub struct Post {
    store: Store,
    carrier: Option<Carrier>,
    news: Arc<Notify>,
}

impl Post {
    /// Takes letters for whoever carries them; without anybody they stay.
    #[must_use]
    pub fn new(store: Store, carrier: Option<Carrier>) -> Self {
        Self {
            store,
            carrier,
            news: Arc::default(),
        }
    }

    /// Whether somebody carries what is handed in.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        self.carrier.is_some()
    }

    /// Puts a letter into the outbox. What fails is written down: whoever waits for a mail that
    /// does not come asks for another.
    pub async fn hand_in(&self, to: &Mailbox, letter: &Letter) {
        let Rendered { plain, html } = match letter.render() {
            Ok(rendered) => rendered,
            Err(error) => return tracing::error!(%error, "a letter could not be written"),
        };
        let at_ms = now_ms();
        let mail = NewMail {
            id: MailId::new(),
            recipient: to.to_string(),
            // A line of its own in the mail's head.
            subject: letter.subject.replace(char::is_control, " "),
            plain,
            html,
            at_ms,
        };
        let keep_ms = match self.carrier {
            Some(_) => KEEP_CARRIED_MS,
            None => i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX),
        };
        match self.store.add_mail(mail, at_ms - keep_ms).await {
            Ok(()) => self.news.notify_one(),
            Err(error) => tracing::error!(%error, "a letter did not get into the outbox"),
        }
    }

    /// Empties the outbox for as long as it is polled; waits for ever when nobody carries mail.
    pub async fn run(self) {
        match self.carrier {
            Some(carrier) => super::deliver(self.store, carrier, self.news).await,
            None => std::future::pending().await,
        }
    }
}
