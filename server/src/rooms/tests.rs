//! What only this crate can do to a room: make it fail as a fault in the merging code would.

use model::document::Document;
use model::ids::{ActorId, DocumentId};
use model::schema::DocumentKind;
use sha2::{Digest as _, Sha256};

use super::mailbox::RoomMessage;
use super::{RoomError, RoomSettings, Rooms};
use crate::auth::{Authority, Revocations, SessionCookie};
use crate::clock::now_ms;
use crate::config::CookieSecurity;
use crate::rights::{Audience, Standing};
use crate::serve::open_store;
use crate::store::sqlite::Migrations;
use crate::store::{
    ChunkKind, DocumentWrite, NewChunk, NewDocument, NewProject, PersonId, PersonRow, ProjectId,
    Store,
};

async fn store_with_document(data: &std::path::Path) -> (Store, DocumentId) {
    let config = crate::config::Config::with_data(data.to_owned());
    let store = open_store(&config, Migrations::Run).await.expect("a store");
    let person = PersonRow {
        id: PersonId::new(),
        name: "李经理".to_owned(),
        standing: Standing::Host,
        created_at_ms: now_ms(),
    };
    let (author, project) = (person.id, ProjectId::new());
    store.add_person(person).await.expect("a person");
    let new = NewProject {
        id: project,
        name: "工作台".to_owned(),
        client: String::new(),
        language: "zh-CN".to_owned(),
        owner: author,
        at_ms: now_ms(),
    };
    store.create_project(new).await.expect("a project");
    let actor = ActorId::from(&rand::random::<[u8; 16]>()[..]);
    let random = &mut rand::random;
    let kind = DocumentKind::Note;
    let skeleton = Document::create(kind, "zh-CN", "便条", actor, random, now_ms());
    let mut skeleton = skeleton.expect("a skeleton");
    let bytes = skeleton.save();
    let id = DocumentId::from_bytes(rand::random());
    let new = NewDocument {
        id,
        project,
        kind,
        title: "便条".to_owned(),
        language: "zh-CN".to_owned(),
        audience: Audience::Project,
        author,
        at_ms: now_ms(),
        content: DocumentWrite {
            document: id,
            chunks: vec![NewChunk {
                kind: ChunkKind::Snapshot,
                hash: Sha256::digest(&bytes).into(),
                bytes,
            }],
            changes: Vec::new(),
            heads: skeleton.heads().iter().map(|head| head.0).collect(),
            title: "便条".to_owned(),
            at_ms: now_ms(),
        },
    };
    store.create_document(new).await.expect("a document");
    (store, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_one_room_and_the_next_question_opens_it_again() {
    let data = tempfile::tempdir().expect("a folder");
    let (store, document) = store_with_document(data.path()).await;
    let authority = Authority::new(
        store.clone(),
        SessionCookie::new(CookieSecurity::ThisMachineOnly),
    );
    let settings = RoomSettings::default();
    let rooms = Rooms::new(store, authority, &Revocations::default(), settings);
    let tree = rooms.tree(document).await.expect("a tree");
    let door = rooms.door(document).expect("the room");
    door.send(RoomMessage::Panic).await.expect("it is open");
    drop(door);
    // Whoever asks while it is failing is either answered by the next room or told to ask again.
    let again = loop {
        match rooms.tree(document).await {
            Err(RoomError::Restarted) => {}
            answer => break answer.expect("the chunks are kept"),
        }
    };
    assert_eq!(again, tree);
    assert_eq!(rooms.times_opened(), 2);
    rooms.drain().await;
    assert_eq!(rooms.open_rooms(), 0);
    assert_eq!(rooms.tree(document).await, Err(RoomError::ShuttingDown));
}
