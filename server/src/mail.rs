//! Mail: what is in the outbox is handed to whoever carries it, again and again until they take it
//! or a day has passed. Without anybody who does it stays, and the host reads it on the
//! administration page.

mod letter;
mod post;

use std::sync::Arc;
use std::time::Duration;

use lettre::message::Mailbox as Sender;
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use tokio::sync::Notify;

pub use letter::{Letter, Rendered};
pub use post::Post;

use crate::clock::{after_ms, now_ms};
use crate::store::{Handed, MailRow, Store, StoreError};

/// Waits between tries. Whoever asked for a code has asked again by the second; an invitation can wait.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(20),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(3 * 60 * 60),
    Duration::from_secs(6 * 60 * 60),
    Duration::from_secs(12 * 60 * 60),
];
/// A mail that is older says nothing that is still so.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How often the outbox is looked into without being told.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Mails for one look.
const AT_ONCE: u32 = 20;
/// What is written down of a refusal.
const FAILURE_CHARS_MAX: usize = 200;

/// What is wrong with how mail is to be carried; each says what would fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarrierFault {
    /// The server's address.
    Url(&'static str),
    /// The sender.
    Sender(&'static str),
}

/// Whoever carries mail: an SMTP server.
#[derive(Clone)]
pub struct Carrier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    sender: Sender,
}

impl Carrier {
    /// Hands mail to the server at this address, in this sender's name.
    ///
    /// # Errors
    /// What the address or the sender must be.
    pub fn new(url: &str, sender: &str) -> Result<Self, CarrierFault> {
        let url_fault = CarrierFault::Url("smtps://USER:PASSWORD@HOST or smtp://HOST?tls=required");
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| url_fault)?
            .timeout(Some(Duration::from_secs(20)))
            .build();
        let sender_fault = CarrierFault::Sender("an address such as countersign@example.com");
        let sender = sender.parse().map_err(|_| sender_fault)?;
        Ok(Self { transport, sender })
    }

    async fn carry(&self, row: &MailRow) -> Result<(), String> {
        let to = row.mail.recipient.parse();
        let to: Sender = to.map_err(|_| "the address cannot be read".to_owned())?;
        let body = MultiPart::alternative_plain_html(row.mail.plain.clone(), row.mail.html.clone());
        let message = Message::builder()
            .from(self.sender.clone())
            .to(to)
            .subject(row.mail.subject.clone())
            .multipart(body)
            .map_err(|error| error.to_string())?;
        let sent = self.transport.send(message).await;
        sent.map(drop).map_err(|error| error.to_string())
    }
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Carrier({})", self.sender)
    }
}

/// Empties the outbox for as long as it is polled.
pub async fn deliver(store: Store, carrier: Carrier, news: Arc<Notify>) {
    loop {
        if let Err(error) = look(&store, &carrier).await {
            tracing::error!(%error, "the outbox could not be read or written");
        }
        let _ = tokio::time::timeout(LOOK_EVERY, news.notified()).await;
    }
}

async fn look(store: &Store, carrier: &Carrier) -> Result<(), StoreError> {
    for row in store.mail_due(now_ms(), AT_ONCE).await? {
        let outcome = match is_stale(&row) {
            true => Handed::Failed {
                failure: "nobody carried it within a day".to_owned(),
                next_try_at_ms: None,
            },
            false => hand_on(carrier, &row).await,
        };
        store.mail_handed(row.mail.id, outcome).await?;
    }
    Ok(())
}

async fn hand_on(carrier: &Carrier, row: &MailRow) -> Handed {
    match carrier.carry(row).await {
        Ok(()) => Handed::Sent { at_ms: now_ms() },
        Err(failure) => {
            // Neither the address nor what stands in it is for the log.
            tracing::warn!(mail = %row.mail.id, tries = row.tries + 1, "a mail was not taken");
            let pause = PAUSES.get(usize::try_from(row.tries).unwrap_or(usize::MAX));
            Handed::Failed {
                failure: failure.chars().take(FAILURE_CHARS_MAX).collect(),
                next_try_at_ms: pause.map(|pause| after_ms(*pause)),
            }
        }
    }
}

fn is_stale(row: &MailRow) -> bool {
    let lifetime_ms = i64::try_from(LIFETIME.as_millis()).unwrap_or(i64::MAX);
    now_ms() - row.mail.at_ms > lifetime_ms
}
