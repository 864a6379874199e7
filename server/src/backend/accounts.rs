//! The ways in that people have themselves: codes by mail, passwords, and changing both.

use std::net::IpAddr;
use std::time::Duration;

use app::ports::{
    Accounts, AppError, CodeAsked, Destination, Entered, Field, Language, Mailing, NewPassword,
    Reply, ServerView, TypedCode, TypedPassword, Viewer, WaysIn,
};
use app::session::locale_of;
use app::words::{self, MailWords};

use super::ServerBackend;
use super::translate::parse_person;
use crate::audit::Act;
use crate::auth::{Attempt, Before, CODE_LIFETIME, Mailbox, TooSoon, passwords};
use crate::clock::now_ms;
use crate::mail::Letter;
use crate::rights::Standing;
use crate::store::{CodeTried, Outcome, PersonId, ProjectId};

/// Whoever signed in so recently need not show again who they are.
const FRESH: Duration = Duration::from_secs(10 * 60);

impl ServerBackend {
    /// Counts a try at the ways in from this address.
    pub(super) fn attempt(&self, attempt: Attempt) -> Result<(), AppError> {
        let address: Option<IpAddr> = self.caller.address;
        let tried = self.state.throttle.from(attempt, address);
        tried.map_err(too_soon)
    }

    fn attempt_on(&self, attempt: Attempt, mailbox: &Mailbox) -> Result<(), AppError> {
        let tried = self.state.throttle.of(attempt, mailbox.as_str());
        tried.map_err(too_soon)
    }

    pub(super) fn mailing(&self) -> Mailing {
        match self.state.post.is_carried() {
            true => Mailing::Sent,
            false => Mailing::Held,
        }
    }

    async fn send_code(&self, typed: &str, language: Language) -> Result<CodeAsked, AppError> {
        self.attempt(Attempt::Mail)?;
        let mailbox = parse_mailbox(typed)?;
        self.attempt_on(Attempt::Mail, &mailbox)?;
        let asked = self.read(self.state.codes.ask(&mailbox)).await?;
        let (store, post) = (self.state.store.clone(), self.state.post.clone());
        // After the answer has gone: whether there is a mail must not be told by how long it takes.
        tokio::spawn(async move {
            match store.mailbox_leads_in(mailbox.as_str(), now_ms()).await {
                Ok(true) => {
                    let words = words::sign_in_mail(locale_of(language), minutes(CODE_LIFETIME));
                    post.hand_in(&mailbox, &letter(words, &asked.code)).await;
                }
                Ok(false) => {}
                Err(error) => tracing::error!(%error, "a code was not sent"),
            }
        });
        Ok(CodeAsked {
            ticket: asked.ticket.expose().to_owned(),
            mailing: self.mailing(),
            before: None,
        })
    }

    async fn come_in_by_code(&self, typed: &TypedCode) -> Result<Entered, AppError> {
        self.attempt(Attempt::Enter)?;
        let (person, project) = self.try_code(typed, Act::EnterByCode).await?;
        self.open_for(person, project).await
    }

    async fn try_code(
        &self,
        typed: &TypedCode,
        act: Act,
    ) -> Result<(PersonId, Option<ProjectId>), AppError> {
        let before = typed.code_before.as_deref();
        let codes = &self.state.codes;
        let tried = self.read(codes.try_one(&typed.ticket, &typed.code, before));
        let tried = tried.await?;
        let (who, outcome) = match tried {
            CodeTried::Is { person, .. } => (Some(person), Outcome::Allowed),
            _ => (None, Outcome::Refused),
        };
        self.decide_entry(act, who, outcome).await?;
        match tried {
            CodeTried::Is { person, project } => Ok((person, project)),
            CodeTried::Wrong { tries_left: 0 } | CodeTried::Over => Err(AppError::CodeOver),
            CodeTried::Wrong { tries_left } => Err(AppError::CodeWrong { tries_left }),
            CodeTried::Taken => Err(AppError::MailboxTaken),
        }
    }

    async fn open_for(
        &self,
        person: PersonId,
        project: Option<ProjectId>,
    ) -> Result<Entered, AppError> {
        let agent = self.caller.agent.clone();
        let entry = self.state.entrance.admit(person, project, agent);
        let entry = self.read(entry).await?;
        Ok(Entered {
            set_cookie: entry.set_cookie,
            destination: Destination::Projects,
        })
    }

    async fn come_in_by_password(&self, typed: TypedPassword) -> Result<Entered, AppError> {
        self.attempt(Attempt::Enter)?;
        let mailbox = parse_mailbox(&typed.mailbox)?;
        self.attempt_on(Attempt::Enter, &mailbox)?;
        let store = &self.state.store;
        let person = self.read(store.person_of_mailbox(mailbox.as_str())).await?;
        let kept = match person {
            Some(person) => self.read(store.password(person)).await?,
            None => None,
        };
        let is_right = self.is_password(typed.password, kept).await?;
        self.decide_entry(Act::EnterByPassword, person, Outcome::of(is_right))
            .await?;
        match person.filter(|_| is_right) {
            Some(person) => self.open_for(person, None).await,
            None => Err(AppError::PasswordWrong),
        }
    }

    async fn is_password(&self, typed: String, kept: Option<String>) -> Result<bool, AppError> {
        // Nobody's is so long; hashing it would be their pleasure and our time.
        if typed.chars().count() > passwords::PASSWORD_CHARS_MAX {
            return Ok(false);
        }
        let tried = self.state.passwords.is_right(typed, kept).await;
        tried.map_err(|error| self.refusals.unforeseen(&error))
    }

    async fn show_ways_in(&self, viewer: &Viewer) -> Result<WaysIn, AppError> {
        let me = parse_person(&viewer.person)?;
        Ok(WaysIn {
            mailbox: self.read(self.state.store.mailbox(me)).await?,
            has_password: self.read(self.state.store.password(me)).await?.is_some(),
            is_host: self.stranger(me).await?.standing == Standing::Host,
        })
    }

    async fn send_mailbox_codes(
        &self,
        viewer: &Viewer,
        typed: &str,
        language: Language,
    ) -> Result<CodeAsked, AppError> {
        self.attempt(Attempt::Mail)?;
        let me = parse_person(&viewer.person)?;
        let mailbox = parse_mailbox(typed)?;
        self.attempt_on(Attempt::Mail, &mailbox)?;
        let before = self.read(self.state.store.mailbox(me)).await?;
        let before = before.as_deref().and_then(Mailbox::parse);
        let agreement = match before {
            Some(_) => Before::AnotherMailbox,
            None => Before::Nothing,
        };
        let asked = self.state.codes.ask_for(me, &mailbox, agreement);
        let asked = self.read(asked).await?;
        let locale = locale_of(language);
        let words = words::mailbox_mail(locale, &viewer.name, minutes(CODE_LIFETIME));
        let post = &self.state.post;
        post.hand_in(&mailbox, &letter(words, &asked.code)).await;
        if let (Some(before), Some(code)) = (&before, &asked.code_before) {
            let words = words::mailbox_before_mail(locale, &viewer.name, mailbox.as_str());
            post.hand_in(before, &letter(words, code)).await;
        }
        Ok(CodeAsked {
            ticket: asked.ticket.expose().to_owned(),
            mailing: self.mailing(),
            before: before.map(|before| before.to_string()),
        })
    }

    async fn take_mailbox(&self, viewer: &Viewer, typed: &TypedCode) -> Result<(), AppError> {
        self.attempt(Attempt::Enter)?;
        let (person, _) = self.try_code(typed, Act::ChangeMailbox).await?;
        // The code says whose mailbox it becomes; whoever typed it is asked to be them.
        if person != parse_person(&viewer.person)? {
            return Err(AppError::Forbidden);
        }
        self.end_others(viewer).await
    }

    async fn change_password(&self, viewer: &Viewer, new: NewPassword) -> Result<(), AppError> {
        self.attempt(Attempt::Enter)?;
        let me = parse_person(&viewer.person)?;
        let store = &self.state.store;
        let kept = self.read(store.password(me)).await?;
        let mailbox = self.read(store.mailbox(me)).await?;
        let shown = match new.current {
            Some(current) => self.is_password(current, kept).await?,
            None => self.is_fresh(viewer, me).await?,
        };
        self.decide_entry(Act::ChangePassword, Some(me), Outcome::of(shown))
            .await?;
        if !shown {
            return Err(AppError::SignInAgain);
        }
        // A password alone says nothing about whose it is.
        let mailbox = mailbox.ok_or(AppError::FieldMissing {
            field: Field::Mailbox,
        })?;
        let hash = match new.new {
            Some(password) => Some(
                self.hash_password(password, &[&viewer.name, &mailbox])
                    .await?,
            ),
            None => None,
        };
        self.read(store.keep_password(me, hash, now_ms())).await?;
        self.end_others(viewer).await
    }

    async fn hash_password(&self, password: String, about: &[&str]) -> Result<String, AppError> {
        passwords::judge(&password, about).map_err(weakness)?;
        let hash = self.state.passwords.hash(password).await;
        hash.map_err(|error| self.refusals.unforeseen(&error))
    }

    async fn is_fresh(&self, viewer: &Viewer, me: PersonId) -> Result<bool, AppError> {
        let now_ms = now_ms();
        let own = self.read(self.state.store.sessions_of(me, now_ms)).await?;
        let this = own
            .iter()
            .find(|row| row.id.to_string() == viewer.session.as_str());
        let fresh_ms = i64::try_from(FRESH.as_millis()).unwrap_or(i64::MAX);
        Ok(this.is_some_and(|row| now_ms - row.created_at_ms < fresh_ms))
    }
}

impl Accounts for ServerBackend {
    fn ask_code<'a>(&'a self, mailbox: &'a str, language: Language) -> Reply<'a, CodeAsked> {
        Box::pin(self.send_code(mailbox, language))
    }

    fn enter_code<'a>(&'a self, typed: &'a TypedCode) -> Reply<'a, Entered> {
        Box::pin(self.come_in_by_code(typed))
    }

    fn enter_password(&self, typed: TypedPassword) -> Reply<'_, Entered> {
        Box::pin(self.come_in_by_password(typed))
    }

    fn ways_in<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, WaysIn> {
        Box::pin(self.show_ways_in(viewer))
    }

    fn ask_mailbox<'a>(
        &'a self,
        viewer: &'a Viewer,
        mailbox: &'a str,
        language: Language,
    ) -> Reply<'a, CodeAsked> {
        Box::pin(self.send_mailbox_codes(viewer, mailbox, language))
    }

    fn keep_mailbox<'a>(&'a self, viewer: &'a Viewer, typed: &'a TypedCode) -> Reply<'a, ()> {
        Box::pin(self.take_mailbox(viewer, typed))
    }

    fn keep_password<'a>(&'a self, viewer: &'a Viewer, new: NewPassword) -> Reply<'a, ()> {
        Box::pin(self.change_password(viewer, new))
    }

    fn server<'a>(&'a self, viewer: &'a Viewer) -> Reply<'a, ServerView> {
        Box::pin(self.show_server(viewer))
    }
}

/// What somebody typed as a mailbox.
pub(super) fn parse_mailbox(typed: &str) -> Result<Mailbox, AppError> {
    Mailbox::parse(typed).ok_or(AppError::MailboxUnreadable)
}

/// A letter that says no more than words and a code.
fn letter(words: MailWords, code: &str) -> Letter {
    Letter {
        subject: words.subject,
        lead: words.lead,
        code: code.to_owned(),
        remark: words.remark,
        ..Letter::default()
    }
}

fn minutes(duration: Duration) -> u64 {
    duration.as_secs() / 60
}

fn too_soon(refusal: TooSoon) -> AppError {
    let wait_s = u32::try_from(refusal.wait.as_secs()).unwrap_or(u32::MAX);
    AppError::TooManyRequests {
        wait_s: wait_s.saturating_add(1),
    }
}

fn weakness(weakness: passwords::Weakness) -> AppError {
    let count = |chars| u32::try_from(chars).unwrap_or(u32::MAX);
    match weakness {
        passwords::Weakness::Short => AppError::PasswordShort {
            min_chars: count(passwords::PASSWORD_CHARS_MIN),
        },
        passwords::Weakness::Long => AppError::FieldTooLong {
            field: Field::Password,
            max_chars: count(passwords::PASSWORD_CHARS_MAX),
        },
        passwords::Weakness::Guessable => AppError::PasswordGuessable,
    }
}
