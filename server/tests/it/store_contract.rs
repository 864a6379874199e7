//! What every backend of the store must do. The promises are plain functions over a [`Store`]; a
//! backend is under contract by one line of `under_contract!` at the end.

use std::future::Future;

use model::ids::{DocumentId, ItemId};
use model::schema::ItemKind;
use server::rights::Standing;
use server::store::sqlite::{Damage, Migrations, SqliteSettings, SqliteStore};
use server::store::{
    ActorBinding, ChangeLogRow, ChunkKind, Compaction, Constraint, DocumentWrite, NewChunk,
    NewDocument, PersonId, PersonRow, ProjectId, Store, StoreError,
};
use tempfile::TempDir;

use crate::store_rows::{NOW_MS, note, person, project};

use self::access::{
    a_link_works_as_often_as_it_may_and_says_why_not,
    people_of_a_project_have_colours_of_their_own, sessions_and_tokens_end, the_last_owner_stays,
};
use self::bin::{
    a_document_in_the_bin_is_out_of_sight_and_whole, a_document_is_put_back_only_in_time,
    a_list_knows_who_wrote_last,
};
use self::contacts::a_contact_belongs_to_its_project_and_reads_back;
use self::images::{
    a_document_has_room_for_so_many_images_and_bytes,
    an_image_belongs_to_its_document_and_reads_back,
};
use self::mailboxes::{
    a_code_works_once_and_so_often, a_mailbox_is_one_persons, mail_waits_is_sent_and_is_given_up,
};
use self::terms::a_word_belongs_to_its_project_and_reads_back;

mod access;
mod bin;
mod contacts;
mod images;
mod mailboxes;
mod terms;

fn chunk(kind: ChunkKind, seed: u8) -> NewChunk {
    NewChunk {
        kind,
        hash: [seed; 32],
        bytes: vec![seed; 10],
    }
}

fn write(document: DocumentId, chunks: Vec<NewChunk>, title: &str) -> DocumentWrite {
    DocumentWrite {
        document,
        heads: chunks.iter().map(|chunk| chunk.hash).collect(),
        chunks,
        changes: Vec::new(),
        title: title.to_owned(),
        at_ms: NOW_MS,
    }
}

fn new_document(id: DocumentId, project: ProjectId, author: PersonId) -> NewDocument {
    let content = write(id, vec![chunk(ChunkKind::Snapshot, 1)], "T");
    note(project, author, content)
}

async fn document(store: &Store) -> (DocumentId, ProjectId, PersonId) {
    let owner = person(store, "o").await;
    let project = project(store, owner).await;
    let id = DocumentId::from_bytes(rand::random());
    let made = store.create_document(new_document(id, project, owner));
    made.await.expect("a document");
    (id, project, owner)
}

async fn a_document_reads_back_in_the_order_written(store: Store) {
    let (id, project, owner) = document(&store).await;
    let chunks = vec![chunk(ChunkKind::Change, 2), chunk(ChunkKind::Change, 3)];
    store
        .commit(vec![write(id, chunks.clone(), "New title")])
        .await
        .expect("a commit");
    // Writing the same chunk again changes nothing.
    store
        .commit(vec![write(id, chunks, "New title")])
        .await
        .expect("again");
    let stored = store.load_document(id).await.expect("reads");
    let stored = stored.expect("is there");
    let hashes: Vec<u8> = stored.chunks.iter().map(|chunk| chunk.hash[0]).collect();
    assert_eq!(hashes, [1, 2, 3]);
    assert_eq!(stored.meta.title, "New title");
    assert_eq!(stored.meta.heads, [[2; 32], [3; 32]]);
    assert_eq!(stored.meta.stored_bytes, 30);
    assert_eq!((stored.meta.project, stored.meta.author), (project, owner));
    let unknown = DocumentId::from_bytes([9; 16]);
    assert!(store.load_document(unknown).await.expect("reads").is_none());
}

async fn a_commit_is_all_or_nothing_and_does_not_take_others_down(store: Store) {
    let (id, _, _) = document(&store).await;
    let unknown = DocumentId::from_bytes([9; 16]);
    let good = write(id, vec![chunk(ChunkKind::Change, 2)], "T");
    let bad = write(unknown, vec![chunk(ChunkKind::Change, 3)], "T");
    let refused = store.commit(vec![good, bad]);
    let other = store.commit(vec![write(id, vec![chunk(ChunkKind::Change, 4)], "T")]);
    // Both are queued at once, so they may share a transaction.
    let (refused, other) = tokio::join!(refused, other);
    let missing = Constraint::Missing;
    assert!(
        matches!(&refused, Err(StoreError::Refused { constraint, .. }) if *constraint == missing),
        "{refused:?}"
    );
    other.expect("the other commit stands");
    let stored = store.load_document(id).await.expect("reads");
    let chunks = stored.expect("is there").chunks;
    let hashes: Vec<u8> = chunks.iter().map(|chunk| chunk.hash[0]).collect();
    assert_eq!(hashes, [1, 4], "nothing of the refused commit is there");
}

async fn compaction_replaces_exactly_what_it_merged(store: Store) {
    let (id, _, _) = document(&store).await;
    let chunks = (2..=4).map(|seed| chunk(ChunkKind::Change, seed)).collect();
    store
        .commit(vec![write(id, chunks, "T")])
        .await
        .expect("a commit");
    let compaction = Compaction {
        document: id,
        snapshot: chunk(ChunkKind::Snapshot, 50),
        // 4 arrived after the snapshot was taken; 99 was never there.
        merged: vec![[1; 32], [2; 32], [3; 32], [99; 32]],
        at_ms: NOW_MS,
    };
    store
        .compact(compaction.clone())
        .await
        .expect("a compaction");
    let stored = store.load_document(id).await.expect("reads");
    let stored = stored.expect("is there");
    let hashes: Vec<u8> = stored.chunks.iter().map(|chunk| chunk.hash[0]).collect();
    assert_eq!(hashes, [50, 4]);
    assert_eq!(stored.meta.stored_bytes, 20);
    store.compact(compaction).await.expect("twice is once");
    let again = store.load_document(id).await.expect("reads");
    assert_eq!(again.expect("is there").chunks.len(), 2);
}

async fn an_actor_belongs_to_whoever_used_it_first(store: Store) {
    let (id, project, owner) = document(&store).await;
    let other = person(&store, "other").await;
    let bind = |person| store.bind_actor(id, vec![7; 16], person);
    let (first, second) = (bind(owner).await, bind(other).await);
    assert_eq!(first.expect("binds"), ActorBinding::Theirs);
    assert_eq!(second.expect("answers"), ActorBinding::SomebodyElses);
    assert_eq!(bind(owner).await.expect("answers"), ActorBinding::Theirs);
    // The actor of a skeleton is its author's from the start.
    let mut new = new_document(DocumentId::from_bytes([5; 16]), project, owner);
    new.content.changes = vec![ChangeLogRow {
        hash: [1; 32],
        actor: vec![8; 16],
        person: Some(owner),
        at_ms: NOW_MS,
    }];
    let id = new.id;
    store.create_document(new).await.expect("a document");
    let forged = store.bind_actor(id, vec![8; 16], other).await;
    assert_eq!(forged.expect("answers"), ActorBinding::SomebodyElses);
    assert_eq!(store.change_log(id).await.expect("reads").len(), 1);
}

async fn numbers_are_given_once_and_counted_per_kind(store: Store) {
    let (_, project, _) = document(&store).await;
    let item = |seed: u8| ItemId::from_random([seed; 16]);
    let ask = |items: Vec<(ItemId, ItemKind)>| {
        let store = store.clone();
        async move {
            let given = store.assign_numbers(project, items).await.expect("numbers");
            given
                .into_iter()
                .map(|(_, label)| label)
                .collect::<Vec<_>>()
        }
    };
    let (requirement, goal) = (ItemKind::Requirement, ItemKind::Goal);
    let first = vec![
        (item(1), requirement),
        (item(2), goal),
        (item(3), requirement),
    ];
    assert_eq!(ask(first).await, ["R-001", "G-001", "R-002"]);
    let again = vec![
        (item(3), requirement),
        (item(4), requirement),
        (item(5), ItemKind::Other),
    ];
    assert_eq!(ask(again).await, ["R-002", "R-003"]);
    // Two rooms at once never get the same number.
    let (left, right) = tokio::join!(
        ask(vec![(item(6), requirement)]),
        ask(vec![(item(7), requirement)])
    );
    assert_ne!(left, right);
}

async fn what_is_refused_takes_nothing_with_it(store: Store) {
    let (good, _, _) = document(&store).await;
    let change = |document: DocumentId, seed: u8| {
        let mut write = write(document, vec![chunk(ChunkKind::Change, seed)], "T");
        write.changes = vec![ChangeLogRow {
            hash: [seed; 32],
            actor: vec![seed; 16],
            person: None,
            at_ms: NOW_MS,
        }];
        vec![write]
    };
    let nowhere = DocumentId::from_bytes([9; 16]);
    let (one, other, another) = tokio::join!(
        store.commit(change(good, 21)),
        store.commit(change(nowhere, 22)),
        store.commit(change(good, 23)),
    );
    one.expect("is written");
    another.expect("is written too");
    assert!(
        matches!(
            other,
            Err(StoreError::Refused {
                constraint: Constraint::Missing,
                ..
            })
        ),
        "{other:?}"
    );
    let stored = store
        .load_document(good)
        .await
        .expect("reads")
        .expect("is there");
    let seeds: Vec<u8> = stored.chunks.iter().map(|chunk| chunk.hash[0]).collect();
    assert!(seeds.ends_with(&[21, 23]), "{seeds:?}");
    assert_eq!(store.change_log(good).await.expect("reads").len(), 2);
}

async fn what_the_schema_forbids_is_refused(store: Store) {
    let nameless = PersonRow {
        id: PersonId::new(),
        name: String::new(),
        standing: Standing::Guest,
        created_at_ms: NOW_MS,
    };
    let refused = store.add_person(nameless).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Refused {
                constraint: Constraint::Invalid,
                ..
            })
        ),
        "{refused:?}"
    );
    let (id, project, owner) = document(&store).await;
    let twice = store
        .create_document(new_document(id, project, owner))
        .await;
    assert!(
        matches!(
            twice,
            Err(StoreError::Refused {
                constraint: Constraint::Duplicate,
                ..
            })
        ),
        "{twice:?}"
    );
}

async fn a_closed_store_takes_nothing(store: Store) {
    let (id, _, _) = document(&store).await;
    store.close().await;
    let late = store
        .commit(vec![write(id, vec![chunk(ChunkKind::Change, 2)], "T")])
        .await;
    assert!(matches!(late, Err(StoreError::Closed)), "{late:?}");
}

async fn with_sqlite<F: Future<Output = ()>>(promise: impl FnOnce(Store) -> F) {
    let dir = TempDir::new().expect("a directory");
    let settings = SqliteSettings {
        max_bytes: None,
        migrations: Migrations::Run,
        damage: Damage::Refuse,
    };
    let store = SqliteStore::open(dir.path(), settings)
        .await
        .expect("opens");
    promise(std::sync::Arc::new(store)).await;
}

macro_rules! under_contract {
    ($backend:ident: $with:path, $($promise:ident),+ $(,)?) => {
        mod $backend {
            $(#[tokio::test]
            async fn $promise() {
                $with(super::$promise).await;
            })+
        }
    };
}

under_contract!(
    sqlite: super::with_sqlite,
    a_document_reads_back_in_the_order_written,
    a_commit_is_all_or_nothing_and_does_not_take_others_down,
    compaction_replaces_exactly_what_it_merged,
    an_actor_belongs_to_whoever_used_it_first,
    numbers_are_given_once_and_counted_per_kind,
    the_last_owner_stays,
    people_of_a_project_have_colours_of_their_own,
    a_link_works_as_often_as_it_may_and_says_why_not,
    sessions_and_tokens_end,
    what_the_schema_forbids_is_refused,
    what_is_refused_takes_nothing_with_it,
    a_document_in_the_bin_is_out_of_sight_and_whole,
    a_document_is_put_back_only_in_time,
    a_list_knows_who_wrote_last,
    an_image_belongs_to_its_document_and_reads_back,
    a_document_has_room_for_so_many_images_and_bytes,
    a_contact_belongs_to_its_project_and_reads_back,
    a_word_belongs_to_its_project_and_reads_back,
    a_mailbox_is_one_persons,
    a_code_works_once_and_so_often,
    mail_waits_is_sent_and_is_given_up,
    a_closed_store_takes_nothing,
);
