//! The kinds of load there are.

mod cold;
mod fan_out;
mod idle;
mod kill;
mod reconnect;
mod typing;

use std::path::Path;
use std::pin::Pin;

use anyhow::{Result, bail};
use model::ids::DocumentId;
use model::schema::DocumentKind;

use crate::figures::Table;
use crate::process::Server;
use crate::typist::{self, Typist};

/// What a scenario does; its figures go into the table.
type Run = for<'a> fn(&'a Path, &'a mut Table) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// One kind of load.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: Run,
}

const ALL: [Scenario; 6] = [
    Scenario {
        name: "fan-out",
        what: "one types, 2 to 200 watch",
        run: |server, table| Box::pin(fan_out::run(server, table)),
    },
    Scenario {
        name: "typing",
        what: "ten documents, two typists each, every character a message",
        run: |server, table| Box::pin(typing::run(server, table)),
    },
    Scenario {
        name: "cold",
        what: "a long history on a server that has just started",
        run: |server, table| Box::pin(cold::run(server, table)),
    },
    Scenario {
        name: "idle",
        what: "connections that say nothing",
        run: |server, table| Box::pin(idle::run(server, table)),
    },
    Scenario {
        name: "reconnect",
        what: "200 come back at once",
        run: |server, table| Box::pin(reconnect::run(server, table)),
    },
    Scenario {
        name: "kill",
        what: "kill -9 while two type",
        run: |server, table| Box::pin(kill::run(server, table)),
    },
];

/// The scenarios of these names; all without a name.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Scenario>> {
    if names.is_empty() {
        return Ok(ALL.to_vec());
    }
    let find = |name: &String| {
        let found = ALL.into_iter().find(|scenario| scenario.name == *name);
        match found {
            Some(scenario) => Ok(scenario),
            None => bail!(
                "no scenario `{name}`; there are: {}",
                ALL.map(|one| one.name).join(", ")
            ),
        }
    };
    names.iter().map(find).collect()
}

/// A document nobody has brought yet.
fn fresh() -> DocumentId {
    DocumentId::from_bytes(rand::random())
}

/// A document somebody has brought to the server, and who did.
async fn brought(server: &Server) -> Result<(DocumentId, Typist)> {
    let document = fresh();
    let copy = typist::document(DocumentKind::Note)?;
    let typist = Typist::bring(&server.url(), document, copy).await?;
    Ok((document, typist))
}
