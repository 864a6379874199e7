//! `countersign token`: access tokens for programs, made, listed and revoked beside a running
//! server. The server notices a revocation within a second.

use std::time::Duration;

use super::command::{NewTokenArgs, TokenCommand};
use super::upkeep::open_beside;
use crate::audit::Act;
use crate::auth::{Entrance, Revocations, SessionCookie};
use crate::clock::now_ms;
use crate::config::Config;
use crate::error::ExitError;
use crate::rights::{Role, Standing};
use crate::store::{Decision, Outcome, PersonId, PersonRow, ProjectRow, Store, TokenId, TokenRow};

/// Does what the command line says about tokens.
pub(super) async fn token(config: Config, command: &TokenCommand) -> Result<(), ExitError> {
    let (store, lock) = open_beside(&config).await?;
    let done = match command {
        TokenCommand::Create(args) => create(&config, &store, args).await,
        TokenCommand::List => list(&store).await,
        TokenCommand::Revoke { id } => revoke(&store, id).await,
    };
    store.close().await;
    drop(lock);
    done
}

async fn create(config: &Config, store: &Store, args: &NewTokenArgs) -> Result<(), ExitError> {
    let project = find_project(store, &args.project).await?;
    let (person, name) = find_or_add_person(store, &args.person).await?;
    let role = join(store, &project, person, &name, args.role).await?;
    let public_url = config.public_url();
    let cookie = SessionCookie::new(public_url.cookie_security());
    let entrance = Entrance::new(store.clone(), cookie, public_url, Revocations::default());
    let lifetime = Duration::from_secs(u64::from(args.days) * 24 * 60 * 60);
    let decided = Decision::on(Act::CreateToken, Outcome::Allowed);
    let decided = decided.to(person).in_project(project.id);
    store.write_down(decided).await?;
    let (id, issued) = entrance.token(person, Some(project.id), lifetime).await?;
    eprintln!(
        "Token {id} for {name} ({role}) in “{}”, until {}. It is shown only now:",
        project.name,
        day(issued.expires_at_ms)
    );
    // Alone on standard output, so that a script can take it.
    println!("{}", issued.shown.expose());
    Ok(())
}

async fn list(store: &Store) -> Result<(), ExitError> {
    println!(
        "{:32}  {:10}  {:10}  {:8}  person",
        "id", "made", "ends", "state"
    );
    for token in store.tokens().await? {
        println!(
            "{:32}  {:10}  {:10}  {:8}  {}",
            token.id.to_string(),
            day(token.created_at_ms),
            day(token.expires_at_ms),
            state(&token),
            token.name
        );
    }
    Ok(())
}

async fn revoke(store: &Store, id: &str) -> Result<(), ExitError> {
    let no_such = || ExitError::NoSuch {
        what: "token",
        name: id.to_owned(),
        hint: "`countersign token list` shows the ids",
    };
    let token: TokenId = id.parse().map_err(|_| no_such())?;
    if !store.revoke_token(token, now_ms()).await? {
        return Err(no_such());
    }
    let decided = Decision::on(Act::RevokeToken, Outcome::Allowed);
    store.write_down(decided).await?;
    println!("Revoked {id}.");
    Ok(())
}

/// By id, else by name.
async fn find_project(store: &Store, named: &str) -> Result<ProjectRow, ExitError> {
    if let Ok(id) = named.parse()
        && let Some(project) = store.project(id).await?
    {
        return Ok(project);
    }
    let mut found = store.projects_named(named).await?;
    match (found.pop(), found.is_empty()) {
        (Some(project), true) => Ok(project),
        (Some(_), false) => Err(ExitError::Ambiguous {
            what: "project",
            name: named.to_owned(),
        }),
        (None, _) => Err(ExitError::NoSuch {
            what: "project",
            name: named.to_owned(),
            hint: "give its name or the id in its address",
        }),
    }
}

/// By id, else by name; a name nobody has is a new person.
async fn find_or_add_person(store: &Store, named: &str) -> Result<(PersonId, String), ExitError> {
    if let Ok(id) = named.parse()
        && let Some(person) = store.person(id).await?
    {
        return Ok((person.id, person.name));
    }
    let found = store.people_named(named).await?;
    match found.as_slice() {
        [person] => Ok((person.id, person.name.clone())),
        [_, _, ..] => Err(ExitError::Ambiguous {
            what: "person",
            name: named.to_owned(),
        }),
        [] => {
            let id = PersonId::new();
            let name = named.to_owned();
            let standing = Standing::Guest;
            let row = PersonRow {
                id,
                name: name.clone(),
                standing,
                created_at_ms: now_ms(),
            };
            store.add_person(row).await?;
            Ok((id, name))
        }
    }
}

/// The role of the person in the project, given now if they are not in it yet.
async fn join(
    store: &Store,
    project: &ProjectRow,
    person: PersonId,
    name: &str,
    wanted: Option<Role>,
) -> Result<Role, ExitError> {
    let seat = store.seat(project.id, person).await?;
    match (seat.map(|seat| seat.role), wanted) {
        (Some(role), None) => Ok(role),
        (Some(role), Some(wanted)) if role == wanted => Ok(role),
        (Some(role), Some(_)) => Err(ExitError::RoleDiffers {
            name: name.to_owned(),
            role,
        }),
        (None, wanted) => {
            let role = wanted.unwrap_or(Role::Reader);
            store.set_member(project.id, person, role, now_ms()).await?;
            Ok(role)
        }
    }
}

fn state(token: &TokenRow) -> &'static str {
    if token.revoked_at_ms.is_some() {
        "revoked"
    } else if token.expires_at_ms <= now_ms() {
        "expired"
    } else {
        "live"
    }
}

fn day(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map_or_else(
        |_| "-".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}
