//! The kinds of load there are.

mod cold;
mod fan_out;
mod idle;
mod kill;
mod reconnect;
mod soak;
mod typing;

use std::pin::Pin;

use anyhow::{Result, bail};
use model::ids::DocumentId;

use crate::figures::Figures;
use crate::process::Server;
use crate::program::Program;
use crate::protocol::Content;
use crate::typist::Typist;

/// What a scenario does to one server; its figures are what it hands out.
type Run =
    for<'a> fn(&'a Program, &'a mut Figures) -> Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// One kind of load.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) run: Run,
}

const ALL: [Scenario; 7] = [
    Scenario {
        name: "fan-out",
        what: "one types, 2 to 200 watch",
        run: |program, figures| Box::pin(fan_out::run(program, figures)),
    },
    Scenario {
        name: "typing",
        what: "ten documents, two typists each, every character a message",
        run: |program, figures| Box::pin(typing::run(program, figures)),
    },
    Scenario {
        name: "cold",
        what: "a long history on a server that has just started",
        run: |program, figures| Box::pin(cold::run(program, figures)),
    },
    Scenario {
        name: "idle",
        what: "connections that say nothing",
        run: |program, figures| Box::pin(idle::run(program, figures)),
    },
    Scenario {
        name: "reconnect",
        what: "200 come back at once",
        run: |program, figures| Box::pin(reconnect::run(program, figures)),
    },
    Scenario {
        name: "kill",
        what: "kill -9 while two type",
        run: |program, figures| Box::pin(kill::run(program, figures)),
    },
    Scenario {
        name: "soak",
        what: "hours of a hundred editors in ten documents",
        run: |program, figures| Box::pin(soak::run(program, figures)),
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
    let typist = Typist::bring(server, document, Content::Short).await?;
    Ok((document, typist))
}
