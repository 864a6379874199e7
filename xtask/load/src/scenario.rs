//! The kinds of load there are.

mod cold;
mod fan_out;
mod idle;
mod kill;
mod knee;
mod ready;
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
    occasion: Occasion,
    pub(crate) run: Run,
}

/// When a scenario is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occasion {
    /// With all others.
    Usual,
    /// Only when it is named: it takes long.
    Named,
}

const ALL: [Scenario; 9] = [
    Scenario {
        name: "fan-out",
        what: "one types, 2 to 200 watch",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(fan_out::run(program, figures)),
    },
    Scenario {
        name: "typing",
        what: "ten documents, two typists each, every character a message",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(typing::run(program, figures)),
    },
    Scenario {
        name: "cold",
        what: "a long history on a server that has just started",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(cold::run(program, figures)),
    },
    Scenario {
        name: "idle",
        what: "connections that say nothing",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(idle::run(program, figures)),
    },
    Scenario {
        name: "reconnect",
        what: "200 come back at once",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(reconnect::run(program, figures)),
    },
    Scenario {
        name: "kill",
        what: "kill -9 while two type",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(kill::run(program, figures)),
    },
    Scenario {
        name: "ready",
        what: "a restart with 10,000 documents",
        occasion: Occasion::Usual,
        run: |program, figures| Box::pin(ready::run(program, figures)),
    },
    Scenario {
        name: "knee",
        what: "more and more who type, until it is felt",
        occasion: Occasion::Named,
        run: |program, figures| Box::pin(knee::run(program, figures)),
    },
    Scenario {
        name: "soak",
        what: "hours of a hundred editors in ten documents",
        occasion: Occasion::Named,
        run: |program, figures| Box::pin(soak::run(program, figures)),
    },
];

/// The scenarios of these names; the usual ones without a name.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Scenario>> {
    if names.is_empty() {
        let usual = |one: &Scenario| one.occasion == Occasion::Usual;
        return Ok(ALL.into_iter().filter(usual).collect());
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
