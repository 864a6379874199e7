//! `countersign demo`.

use crate::config::Config;
use crate::demo::{self, Demo, DemoError};
use crate::error::ExitError;
use crate::serve::open;

/// How the answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DemoOutput {
    /// For people.
    Text,
    /// One JSON object, for scripts.
    Json,
}

/// Makes the demo project in the data directory.
pub(super) async fn demo(config: Config, output: DemoOutput) -> Result<(), ExitError> {
    let data = config.data.display().to_string();
    let state = open(config).await?;
    let made = demo::create(&state).await.map_err(|error| match error {
        DemoError::Store(error) => ExitError::Store(error),
        DemoError::Edit(error) => ExitError::Other(error.into()),
    })?;
    state.store.close().await;
    match output {
        DemoOutput::Json => {
            let json = serde_json::to_string(&made).map_err(anyhow::Error::from)?;
            println!("{json}");
        }
        DemoOutput::Text => print!("{}", describe(&made, &data)),
    }
    Ok(())
}

fn describe(demo: &Demo, data: &str) -> String {
    let mut text = format!("Made the project “{}” with\n", demo.project.name);
    for document in &demo.documents {
        text.push_str(&format!("  {} ({})\n", document.title, document.kind));
    }
    text.push_str("\nEach link signs one person in, once:\n");
    for person in &demo.people {
        text.push_str(&format!(
            "  {} ({})\n    {}\n",
            person.name, person.role, person.login_url
        ));
        text.push_str(&format!("    token for /sync: {}\n", person.token));
    }
    text.push_str(&format!(
        "\nNow start the server:\n  countersign serve --data {data}\n"
    ));
    text
}
