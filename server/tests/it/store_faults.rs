//! The SQLite store when the disk or a neighbour fails: a clear refusal, nothing acknowledged that
//! is not there, and everything acknowledged still there afterwards.

use std::path::Path;
use std::sync::Arc;

use model::ids::DocumentId;
use server::store::sqlite::{DATABASE_FILE_NAME, Damage, Migrations, SqliteSettings, SqliteStore};
use server::store::{ChunkKind, DocumentWrite, NewChunk, Store, StoreError};
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use crate::store_rows::stored_note;

async fn open(dir: &Path, max_bytes: Option<u64>) -> Store {
    let settings = SqliteSettings {
        max_bytes,
        migrations: Migrations::Run,
        damage: Damage::Refuse,
    };
    Arc::new(SqliteStore::open(dir, settings).await.expect("opens"))
}

fn chunk(document: DocumentId, number: u16) -> DocumentWrite {
    let mut hash = [0; 32];
    hash[..2].copy_from_slice(&number.to_be_bytes());
    DocumentWrite {
        document,
        chunks: vec![NewChunk {
            kind: ChunkKind::Change,
            hash,
            bytes: vec![7; 20_000],
        }],
        changes: Vec::new(),
        heads: vec![hash],
        title: "T".to_owned(),
        at_ms: 0,
    }
}

async fn document(store: &Store) -> DocumentId {
    stored_note(store, chunk(DocumentId::from_bytes([1; 16]), 0)).await
}

/// How many chunks a document has.
async fn chunks(store: &Store, id: DocumentId) -> usize {
    let stored = store.load_document(id).await.expect("reads");
    stored.expect("is there").chunks.len()
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let dir = TempDir::new().expect("a directory");
    let store = open(dir.path(), Some(600 * 1024)).await;
    let id = document(&store).await;
    let mut acknowledged = 1;
    let refusal = loop {
        match store.commit(vec![chunk(id, acknowledged)]).await {
            Ok(()) => acknowledged += 1,
            Err(refusal) => break refusal,
        }
        assert!(acknowledged < 100, "the limit holds");
    };
    assert!(matches!(refusal, StoreError::Full), "{refusal:?}");
    assert!(acknowledged > 5, "there was room at first");
    // The store goes on answering, and says no again.
    assert_eq!(chunks(&store, id).await, usize::from(acknowledged));
    let again = store.commit(vec![chunk(id, acknowledged)]).await;
    assert!(matches!(again, Err(StoreError::Full)), "{again:?}");
    store.close().await;
    // With room again, all that was acknowledged is there and writing works.
    let store = open(dir.path(), None).await;
    assert_eq!(chunks(&store, id).await, usize::from(acknowledged));
    store
        .commit(vec![chunk(id, acknowledged)])
        .await
        .expect("room again");
    assert_eq!(chunks(&store, id).await, usize::from(acknowledged) + 1);
}

#[tokio::test]
async fn a_neighbour_holding_the_database_is_named_and_outlived() {
    let dir = TempDir::new().expect("a directory");
    let store = open(dir.path(), None).await;
    let id = document(&store).await;
    let path = dir.path().join(DATABASE_FILE_NAME);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut neighbour = options.connect().await.expect("opens");
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut neighbour)
        .await
        .expect("locks");
    let refused = store.commit(vec![chunk(id, 1)]).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert!(store.ready().await.is_err(), "not ready meanwhile");
    // Reading goes on.
    assert_eq!(chunks(&store, id).await, 1);
    sqlx::query("COMMIT")
        .execute(&mut neighbour)
        .await
        .expect("lets go");
    store
        .commit(vec![chunk(id, 1)])
        .await
        .expect("writes again");
    assert_eq!(chunks(&store, id).await, 2);
}

#[tokio::test]
async fn a_write_by_another_process_is_noticed() {
    let dir = TempDir::new().expect("a directory");
    let store = open(dir.path(), None).await;
    document(&store).await;
    let path = dir.path().join(DATABASE_FILE_NAME);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut neighbour = options.connect().await.expect("opens");
    let noticed = store.changed_elsewhere();
    let write_until_noticed = async {
        // The watcher needs a first look before it can see a difference.
        loop {
            sqlx::query("UPDATE person SET name = name || 'x'")
                .execute(&mut neighbour)
                .await
                .expect("writes");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = noticed => {}
        () = write_until_noticed => {}
        () = tokio::time::sleep(std::time::Duration::from_secs(10)) => panic!("not noticed"),
    }
    neighbour.close().await.expect("closes");
}

#[tokio::test]
async fn members_of_an_older_database_get_their_colours_in_the_order_they_came() {
    let steps = [
        include_str!("../../migrations/sqlite/0001_start.sql"),
        "PRAGMA foreign_keys = OFF;
         INSERT INTO member (project, person, role, added_at_ms) VALUES
             (x'01', x'0c', 'client', 30), (x'01', x'0a', 'owner', 10),
             (x'01', x'0b', 'member', 10), (x'02', x'0c', 'owner', 5);",
        include_str!("../../migrations/sqlite/0002_member_hue.sql"),
    ];
    let options = sqlx::sqlite::SqliteConnectOptions::new().in_memory(true);
    let mut connection = options.connect().await.expect("opens");
    for step in steps {
        let done = sqlx::raw_sql(step).execute(&mut connection).await;
        done.expect("runs");
    }
    let colours: Vec<String> = sqlx::query_scalar(
        "SELECT hex(project) || hex(person) || ':' || hue FROM member ORDER BY project, person",
    )
    .fetch_all(&mut connection)
    .await
    .expect("reads");
    assert_eq!(colours, ["010A:0", "010B:1", "010C:2", "020C:0"]);
}
