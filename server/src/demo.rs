//! A believable bilingual project to look around in: a PM, a colleague and a client, two
//! requirement documents and the minutes of a meeting. The texts are in `server/demo/`.

mod script;

use model::edit::EditError;
use model::schema::DocumentKind;
use serde::Serialize;

use crate::auth::Entrance;
use crate::clock::now_ms;
use crate::draft::{Draft, DraftError, DraftOrigin};
use crate::rights::{Role, Standing};
use crate::state::AppState;
use crate::store::{NewProject, PersonId, PersonRow, ProjectId, Store, StoreError};

/// The demo's name; a second one is numbered.
const PROJECT_NAME: &str = "青禾生鲜配送 · Greenfield Fresh Delivery";

const CLIENT_NAME: &str = "青禾生鲜";

/// Demo tokens end by themselves: what is printed on a terminal is easily forgotten there.
const TOKEN_LIFETIME: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 60 * 60);

const PEOPLE: [(&str, Role, Standing); 3] = [
    ("王敏", Role::Owner, Standing::Host),
    ("Alex Chen", Role::Member, Standing::Guest),
    ("李经理", Role::Client, Standing::Guest),
];

const SCRIPTS: [(DocumentKind, &str, &str); 3] = [
    (
        DocumentKind::RequirementDocument,
        "zh-CN",
        include_str!("../demo/requirements.zh-CN.txt"),
    ),
    (
        DocumentKind::RequirementDocument,
        "en",
        include_str!("../demo/requirements.en.txt"),
    ),
    (
        DocumentKind::MeetingNotes,
        "zh-CN",
        include_str!("../demo/minutes.zh-CN.txt"),
    ),
];

/// What was made, as scripts read it.
#[derive(Debug, Serialize)]
pub struct Demo {
    /// The project.
    pub project: DemoProject,
    /// Its people: PM, colleague, client.
    pub people: Vec<DemoPerson>,
    /// Its documents.
    pub documents: Vec<DemoDocument>,
}

/// The project made.
#[derive(Debug, Serialize)]
pub struct DemoProject {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Somebody in it, with their ways in. The only time these secrets are shown.
#[derive(Debug, Serialize)]
pub struct DemoPerson {
    /// Their name.
    pub name: String,
    /// As what.
    pub role: &'static str,
    /// Signs them in once.
    pub login_url: String,
    /// For `/sync?token=`.
    pub token: String,
}

/// A document in it.
#[derive(Debug, Serialize)]
pub struct DemoDocument {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
}

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The model refused a text of ours.
    #[error("a demo text does not fit the model: {0}")]
    Edit(#[from] EditError),
}

/// Makes one more demo project.
///
/// # Errors
/// The store refused; what was made before that stays.
pub async fn create(state: &AppState) -> Result<Demo, DemoError> {
    let store = &state.store;
    let mut people = Vec::new();
    for (name, role, standing) in PEOPLE {
        let id = PersonId::new();
        let name = name.to_owned();
        let row = PersonRow {
            id,
            name: name.clone(),
            standing,
            created_at_ms: now_ms(),
        };
        store.add_person(row).await?;
        people.push((id, name, role));
    }
    let owner = people[0].0;
    let project = create_project(store, owner).await?;
    let id = project.id;
    for (person, _, role) in people.iter().skip(1) {
        store.set_member(id, *person, *role, now_ms()).await?;
    }
    let mut documents = Vec::new();
    for (kind, language, text) in SCRIPTS {
        documents.push(create_document(store, id, owner, kind, language, text).await?);
    }
    let mut shown = Vec::new();
    for (person, name, role) in people {
        shown.push(show_person(&state.entrance, id, person, name, role).await?);
    }
    let project = DemoProject {
        id: id.to_string(),
        name: project.name,
    };
    Ok(Demo {
        project,
        people: shown,
        documents,
    })
}

async fn create_project(store: &Store, owner: PersonId) -> Result<NewProject, StoreError> {
    let mut name = PROJECT_NAME.to_owned();
    let mut number = 1;
    while !store.projects_named(&name).await?.is_empty() {
        number += 1;
        name = format!("{PROJECT_NAME} {number}");
    }
    let project = NewProject {
        id: ProjectId::new(),
        name,
        client: CLIENT_NAME.to_owned(),
        language: "zh-CN".to_owned(),
        owner,
        at_ms: now_ms(),
    };
    store.create_project(project.clone()).await?;
    Ok(project)
}

async fn create_document(
    store: &Store,
    project: ProjectId,
    author: PersonId,
    kind: DocumentKind,
    language: &'static str,
    text: &'static str,
) -> Result<DemoDocument, DemoError> {
    let script = script::parse(text);
    let title = script.title.to_owned();
    let origin = DraftOrigin {
        project,
        author,
        kind,
        language,
        title: title.clone(),
        at_ms: now_ms(),
    };
    let mut draft = Draft::new(origin)?;
    let edits = script.edits(draft.document());
    draft.write(&edits)?;
    let id = draft.store(store).await.map_err(|error| match error {
        DraftError::Store(error) => DemoError::Store(error),
        DraftError::Edit(error) => DemoError::Edit(error),
    })?;
    Ok(DemoDocument {
        id: id.to_string(),
        kind: kind.as_str(),
        title,
    })
}

async fn show_person(
    entrance: &Entrance,
    project: ProjectId,
    person: PersonId,
    name: String,
    role: Role,
) -> Result<DemoPerson, StoreError> {
    let link = entrance.login_link(person, Some(project)).await?;
    let (_, token) = entrance
        .token(person, Some(project), TOKEN_LIFETIME)
        .await?;
    Ok(DemoPerson {
        name,
        role: role.as_str(),
        login_url: link.shown,
        token: token.shown.expose().to_owned(),
    })
}
