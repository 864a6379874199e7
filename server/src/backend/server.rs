//! What the host sees of the server: how much there is, and the mail.

use app::ports::{AppError, MailCard, MailStanding, ServerView, Viewer};

use super::ServerBackend;
use super::translate::parse_person;
use crate::audit::Act;
use crate::clock::now_ms;
use crate::rights::{self, Action, Object};
use crate::store::{Decision, MailRow, MailState, Outcome};

/// Mails shown.
const MAIL_MAX: u32 = 50;

impl ServerBackend {
    /// For the host alone.
    pub(super) async fn show_server(&self, viewer: &Viewer) -> Result<ServerView, AppError> {
        let me = parse_person(&viewer.person)?;
        let subject = self.stranger(me).await?;
        let may = rights::can(subject, Action::SeeServer, Object::Server);
        self.decide(Decision::on(Act::SeeServer, Outcome::of(may)).by(me))
            .await?;
        let counts = self.read(self.state.store.counts()).await?;
        let mail = self.read(self.state.store.latest_mail(MAIL_MAX)).await?;
        Ok(ServerView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            people: counts.people,
            projects: counts.projects,
            documents: counts.documents,
            stored_bytes: counts.stored_bytes,
            mailing: self.mailing(),
            mail: mail.into_iter().map(card).collect(),
            now_ms: now_ms(),
        })
    }
}

fn card(row: MailRow) -> MailCard {
    MailCard {
        recipient: row.mail.recipient,
        subject: row.mail.subject,
        text: row.mail.plain,
        at_ms: row.mail.at_ms,
        standing: match row.state {
            MailState::Waiting { .. } => MailStanding::Waiting,
            MailState::Sent { .. } => MailStanding::Sent,
            MailState::GivenUp => MailStanding::GivenUp,
        },
        failure: row.failure,
    }
}
