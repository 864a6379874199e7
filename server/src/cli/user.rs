//! `countersign user`: people who can sign in, beside a running server.

use super::command::UserCommand;
use super::upkeep::open_beside;
use crate::audit::Act;
use crate::auth::{Entrance, Revocations, SessionCookie};
use crate::clock::now_ms;
use crate::config::Config;
use crate::error::ExitError;
use crate::store::{Decision, Outcome, PersonRow, Store};

/// Does what the command line says about people.
pub(super) async fn user(config: Config, command: &UserCommand) -> Result<(), ExitError> {
    let (store, lock) = open_beside(&config).await?;
    let done = match command {
        UserCommand::List => list(&store).await,
        UserCommand::Link { person } => link(&config, &store, person).await,
        UserCommand::SignOut { person } => sign_out(&config, &store, person).await,
    };
    store.close().await;
    drop(lock);
    done
}

async fn list(store: &Store) -> Result<(), ExitError> {
    for person in store.people().await? {
        let mailbox = store.mailbox(person.id).await?;
        println!(
            "{}\t{}\t{}\t{}",
            person.id,
            person.standing.as_str(),
            mailbox.as_deref().unwrap_or("-"),
            person.name
        );
    }
    Ok(())
}

async fn link(config: &Config, store: &Store, named: &str) -> Result<(), ExitError> {
    let person = find(store, named).await?;
    let decided = Decision::on(Act::RenewLink, Outcome::Allowed).to(person.id);
    store.write_down(decided).await?;
    let issued = entrance(config, store).login_link(person.id, None).await?;
    eprintln!(
        "This link signs {} in, once. It is shown only now:",
        person.name
    );
    // Alone on standard output, so that a script can take it.
    println!("{}", issued.shown);
    Ok(())
}

async fn sign_out(config: &Config, store: &Store, named: &str) -> Result<(), ExitError> {
    let person = find(store, named).await?;
    let decided = Decision::on(Act::EndSession, Outcome::Allowed).to(person.id);
    store.write_down(decided).await?;
    let entrance = entrance(config, store);
    let sessions = store.sessions_of(person.id, now_ms()).await?;
    for session in &sessions {
        entrance.sign_out(session.id).await?;
    }
    println!("Signed {} out on {} devices.", person.name, sessions.len());
    Ok(())
}

fn entrance(config: &Config, store: &Store) -> Entrance {
    let public_url = config.public_url();
    let cookie = SessionCookie::new(public_url.cookie_security());
    Entrance::new(store.clone(), cookie, public_url, Revocations::default())
}

/// By id, else by name.
async fn find(store: &Store, named: &str) -> Result<PersonRow, ExitError> {
    if let Ok(id) = named.parse()
        && let Some(person) = store.person(id).await?
    {
        return Ok(person);
    }
    let mut found = store.people_named(named).await?;
    match (found.pop(), found.is_empty()) {
        (Some(person), true) => Ok(person),
        (Some(_), false) => Err(ExitError::Ambiguous {
            what: "person",
            name: named.to_owned(),
        }),
        (None, _) => Err(ExitError::NoSuch {
            what: "person",
            name: named.to_owned(),
            hint: "`countersign user list` shows names and ids",
        }),
    }
}
