//! Where somebody is signed in, and the way out of each of them.

use app::ports::{AppError, DeviceCard, DevicesView, SessionId as SessionName, Viewer};

use super::ServerBackend;
use super::translate::parse_person;
use crate::audit::Act;
use crate::clock::now_ms;
use crate::store::{Decision, Outcome, SessionId};

impl ServerBackend {
    /// Where the viewer is signed in, the device of this request first.
    pub(super) async fn show_devices(&self, viewer: &Viewer) -> Result<DevicesView, AppError> {
        let me = parse_person(&viewer.person)?;
        let now_ms = now_ms();
        let rows = self.read(self.state.store.sessions_of(me, now_ms)).await?;
        let mut devices: Vec<DeviceCard> = rows
            .into_iter()
            .map(|row| {
                let session = SessionName::new(row.id.to_string());
                DeviceCard {
                    is_this: session == viewer.session,
                    session,
                    agent: row.agent,
                    since_ms: row.created_at_ms,
                    seen_at_ms: row.seen_at_ms,
                }
            })
            .collect();
        devices.sort_by_key(|device| (!device.is_this, std::cmp::Reverse(device.seen_at_ms)));
        Ok(DevicesView {
            me: viewer.person.clone(),
            devices,
            now_ms,
        })
    }

    /// Ends one of the viewer's own sessions.
    pub(super) async fn end_session(
        &self,
        viewer: &Viewer,
        session: &SessionName,
    ) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let id = parse_session(session).ok_or(AppError::NotFound)?;
        let own = self
            .read(self.state.store.sessions_of(me, now_ms()))
            .await?;
        if !own.iter().any(|row| row.id == id) {
            return Err(AppError::NotFound);
        }
        self.decide(Decision::on(Act::EndSession, Outcome::Allowed).by(me))
            .await?;
        self.read(self.state.entrance.sign_out(id)).await?;
        Ok(())
    }

    /// Ends every session of the viewer's but this one.
    pub(super) async fn end_others(&self, viewer: &Viewer) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let this = parse_session(&viewer.session).ok_or(AppError::SignedOut)?;
        self.decide(Decision::on(Act::EndSession, Outcome::Allowed).by(me))
            .await?;
        for row in self
            .read(self.state.store.sessions_of(me, now_ms()))
            .await?
        {
            if row.id != this {
                self.read(self.state.entrance.sign_out(row.id)).await?;
            }
        }
        Ok(())
    }
}

fn parse_session(name: &SessionName) -> Option<SessionId> {
    name.as_str().parse().ok()
}
