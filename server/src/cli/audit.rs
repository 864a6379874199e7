//! `countersign audit`: what was decided about access, beside a running server.

use super::command::AuditCommand;
use super::upkeep::database_exists;
use crate::config::Config;
use crate::error::ExitError;
use crate::store::{AuditRow, ProjectId, Store};
use crate::upkeep;

/// Does what the command line says about the log.
pub(super) async fn audit(config: &Config, command: &AuditCommand) -> Result<(), ExitError> {
    database_exists(config)?;
    let store = upkeep::open_to_look(&config.data).await?;
    let done = match command {
        AuditCommand::List { after, limit } => list(&store, *after, *limit).await,
        AuditCommand::Verify => verify(&store).await,
    };
    store.close().await;
    done
}

async fn list(store: &Store, after: i64, limit: u32) -> Result<(), ExitError> {
    for row in store.audit(after, limit).await? {
        println!("{}", line(&row));
    }
    Ok(())
}

/// One entry on one line, columns apart by tabs.
fn line(row: &AuditRow) -> String {
    let at = jiff::Timestamp::from_millisecond(row.at_ms).unwrap_or_default();
    let somebody = |name: &Option<String>, commitment: &Option<Vec<u8>>| match (name, commitment) {
        (Some(name), _) => name.clone(),
        (None, Some(commitment)) => hex::encode(commitment.get(..8).unwrap_or(commitment)),
        (None, None) => "-".to_owned(),
    };
    let project = row.project.as_deref().and_then(ProjectId::from_bytes);
    let project = project.map_or_else(|| "-".to_owned(), |id| id.to_string());
    [
        row.position.to_string(),
        at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        row.outcome.as_str().to_owned(),
        row.act.clone(),
        somebody(&row.name, &row.who),
        somebody(&row.whose_name, &row.whom),
        project,
    ]
    .join("\t")
}

async fn verify(store: &Store) -> Result<(), ExitError> {
    match upkeep::audit_chain(store).await? {
        Ok((count, hash)) => {
            println!("{count} entries, each bound to the one before. The end is");
            println!("  {count} {}", hex::encode(hash));
            println!("Keep this line elsewhere: a log that was cut off no longer has it.");
            Ok(())
        }
        Err(broken) => {
            println!("audit: {broken}");
            Err(ExitError::NotWhole(1))
        }
    }
}
