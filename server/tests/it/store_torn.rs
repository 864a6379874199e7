//! What a power cut leaves of the write-ahead log: cut off anywhere, with the last piece half
//! written or full of something else. The oracle of I1: whatever was acknowledged before the log had
//! that length is there, as a document that reads whole. And bits that flip in the file: whatever
//! they change of a document is found.
//!
//! `TORN=10000 FLIPS=5000 SEED=7 cargo test -p server --test it store_torn`, or `cargo xtask faults`, runs longer.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, DocumentId};
use model::schema::DocumentKind;
use model::tree::{Run, TextRef};
use server::store::sqlite::{DATABASE_FILE_NAME, Damage, Migrations, SqliteSettings, SqliteStore};
use server::store::{ChangeLogRow, ChunkKind, DocumentWrite, NewChunk, Store, StoreError};
use server::upkeep::check;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::dice::{Dice, from_env};
use crate::store_rows::stored_note;

/// Commits in the log: fewer pages than SQLite writes back by itself.
const COMMITS: usize = 60;
const TORN_IN_CI: u64 = 1_000;
const FLIPS_IN_CI: u64 = 200;
/// SQLite's file format: a header, then frames of a header and a page.
const LOG_HEADER_BYTES: u64 = 32;
const FRAME_BYTES: u64 = 24 + 4096;

/// A database with its log as they were, and how long the log was after each acknowledgement.
struct Written {
    database: Vec<u8>,
    log: Vec<u8>,
    /// Length of the log, changes acknowledged by then.
    acknowledged: Vec<(u64, usize)>,
    document: DocumentId,
}

async fn open(folder: &Path, migrations: Migrations) -> Result<Store, StoreError> {
    let settings = SqliteSettings {
        max_bytes: None,
        migrations,
        damage: Damage::Refuse,
    };
    Ok(Arc::new(SqliteStore::open(folder, settings).await?))
}

/// A change as a room writes it.
fn write(
    document: DocumentId,
    copy: &mut Document,
    before: &[model::ids::ChangeHash],
) -> DocumentWrite {
    let heads: Vec<[u8; 32]> = copy.heads().iter().map(|head| head.0).collect();
    let changes = copy.changes_since(before).into_iter();
    DocumentWrite {
        document,
        chunks: changes
            .map(|bytes| NewChunk {
                kind: ChunkKind::Change,
                hash: heads[0],
                bytes,
            })
            .collect(),
        changes: vec![ChangeLogRow {
            hash: heads[0],
            actor: copy.actor().to_bytes().to_vec(),
            person: None,
            at_ms: 0,
        }],
        heads,
        title: "T".to_owned(),
        at_ms: 0,
    }
}

async fn make_document(store: &Store, copy: &mut Document) -> DocumentId {
    let id = DocumentId::from_bytes(rand::random());
    let mut content = write(id, copy, &[]);
    let snapshot = copy.save();
    content.chunks = vec![NewChunk {
        kind: ChunkKind::Snapshot,
        hash: Sha256::digest(&snapshot).into(),
        bytes: snapshot,
    }];
    stored_note(store, content).await
}

/// Writes for a while and takes the files as they are while the server still runs.
async fn written() -> Written {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path(), Migrations::Run).await.expect("opens");
    let actor = ActorId::from(&[7; 16][..]);
    let mut random = || rand::random();
    let made = Document::create(DocumentKind::Note, "en", "T", actor, &mut random, 0);
    let mut copy = made.expect("a template");
    let document = make_document(&store, &mut copy).await;
    let log_file = folder.path().join(format!("{DATABASE_FILE_NAME}-wal"));
    let log_bytes = || fs::metadata(&log_file).expect("a log").len();
    let mut acknowledged = vec![(log_bytes(), 1)];
    let section = copy.tree().sections.remove(0).head.id;
    for number in 0..COMMITS {
        let before = copy.heads();
        let text = TextRef::SectionBody(section.clone());
        let typed = Edit::Splice {
            at: u32::try_from(copy.text_length(&text)).expect("a short text"),
            text,
            del: 0,
            runs: vec![Run {
                text: format!("{number}、"),
                marks: Default::default(),
            }],
        };
        copy.apply(&[typed]).expect("fits");
        copy.commit(0);
        let commit = vec![write(document, &mut copy, &before)];
        store.commit(commit).await.expect("is acknowledged");
        acknowledged.push((log_bytes(), number + 2));
    }
    let lengths = acknowledged.iter().map(|(bytes, _)| bytes);
    assert!(lengths.is_sorted(), "the log was written back in between");
    Written {
        database: fs::read(folder.path().join(DATABASE_FILE_NAME)).expect("reads"),
        log: fs::read(&log_file).expect("reads"),
        acknowledged,
        document,
    }
}

/// What stands behind the place where the log was torn.
#[derive(Debug, Clone, Copy)]
enum Rest {
    Nothing,
    /// Blocks of the disk that were never written.
    Zeros,
    /// Blocks that held something else.
    Noise,
}

impl Written {
    fn torn(&self, at: usize, rest: Rest, dice: &mut Dice) -> Vec<u8> {
        let mut log = self.log[..at].to_vec();
        let left = (self.log.len() - at).min(2 * FRAME_BYTES as usize);
        match rest {
            Rest::Nothing => {}
            Rest::Zeros => log.resize(at + left, 0),
            Rest::Noise => log.extend((0..left).map(|_| dice.below(256) as u8)),
        }
        log
    }

    /// Changes that somebody had been told are durable when the log was so long.
    fn acknowledged_at(&self, at: usize) -> usize {
        let told = self.acknowledged.iter().rev();
        told.clone()
            .find(|(bytes, _)| *bytes <= at as u64)
            .map_or(0, |(_, changes)| *changes)
    }

    async fn check_torn(&self, at: usize, rest: Rest, dice: &mut Dice) {
        let folder = TempDir::new().expect("a folder");
        let database = folder.path().join(DATABASE_FILE_NAME);
        fs::write(&database, &self.database).expect("writes");
        let log = folder.path().join(format!("{DATABASE_FILE_NAME}-wal"));
        fs::write(log, self.torn(at, rest, dice)).expect("writes");
        let case = format!("torn at {at} of {}, then {rest:?}", self.log.len());
        let store = open(folder.path(), Migrations::Run).await;
        let store = store.unwrap_or_else(|error| panic!("{case}: {error}"));
        let report = check(&store).await.expect("reads");
        assert!(report.is_whole(), "{case}: {:?}", report.faults);
        let told = self.acknowledged_at(at);
        assert!(
            report.changes >= told as u64,
            "{case}: {report:?} but {told} were told"
        );
        if told > 0 {
            let row = store.document_row(self.document).await.expect("reads");
            assert!(row.is_some(), "{case}");
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_log_torn_anywhere_loses_nothing_that_was_acknowledged() {
    let (cases, seed) = (from_env("TORN").unwrap_or(TORN_IN_CI), seed());
    println!("TORN={cases} SEED={seed}");
    let mut dice = Dice(seed);
    let written = written().await;
    let frames = (written.log.len() as u64 - LOG_HEADER_BYTES) / FRAME_BYTES;
    // Every boundary first, then anywhere.
    let boundaries = (0..=frames).map(|frame| LOG_HEADER_BYTES + frame * FRAME_BYTES);
    let mut places: Vec<u64> = boundaries.collect();
    while (places.len() as u64) < cases {
        places.push(dice.below(written.log.len() as u64 + 1));
    }
    for at in places {
        let rest = [Rest::Nothing, Rest::Zeros, Rest::Noise][dice.below(3) as usize];
        written.check_torn(at as usize, rest, &mut dice).await;
    }
}

#[tokio::test]
async fn a_bit_that_flips_in_a_document_is_found() {
    let (flips, seed) = (from_env("FLIPS").unwrap_or(FLIPS_IN_CI), seed());
    println!("FLIPS={flips} SEED={seed}");
    let mut dice = Dice(seed);
    let written = written().await;
    let folder = TempDir::new().expect("a folder");
    let database = folder.path().join(DATABASE_FILE_NAME);
    fs::write(&database, &written.database).expect("writes");
    let log = folder.path().join(format!("{DATABASE_FILE_NAME}-wal"));
    fs::write(log, &written.log).expect("writes");
    // Closing writes the log back into the one file.
    let store = open(folder.path(), Migrations::Run).await.expect("opens");
    let original = content(&store, written.document).await.expect("reads");
    store.close().await;
    let whole = fs::read(&database).expect("reads");
    let mut found = 0;
    for _ in 0..flips {
        let bit = dice.below(whole.len() as u64 * 8);
        let mut flipped = whole.clone();
        flipped[(bit / 8) as usize] ^= 1 << (bit % 8);
        fs::write(&database, flipped).expect("writes");
        let noticed = match server::upkeep::open_to_look(folder.path()).await {
            Ok(store) => {
                let noticed = !check(&store).await.is_ok_and(|report| report.is_whole());
                // Free space and the rest of a page belong to nobody.
                let same = content(&store, written.document).await.as_ref() == Some(&original);
                assert!(
                    noticed || same,
                    "bit {bit} changed a document unseen; SEED={seed}"
                );
                store.close().await;
                noticed
            }
            Err(_) => true,
        };
        found += u64::from(noticed);
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(folder.path().join(format!("{DATABASE_FILE_NAME}{end}")));
        }
    }
    println!("{found} of {flips} flips were noticed, the others changed no document");
    assert!(found > 0, "no flip hit anything; SEED={seed}");
}

type Content = (Vec<[u8; 32]>, Vec<([u8; 32], Vec<u8>)>, Vec<[u8; 32]>);

/// All that makes up a document: its heads, its chunks, its log.
async fn content(store: &Store, id: DocumentId) -> Option<Content> {
    let stored = store.load_document(id).await.ok()??;
    let chunks = stored
        .chunks
        .into_iter()
        .map(|chunk| (chunk.hash, chunk.bytes));
    let log = store.change_log(id).await.ok()?;
    let log = log.into_iter().map(|row| row.hash).collect();
    Some((stored.meta.heads, chunks.collect(), log))
}

fn seed() -> u64 {
    from_env("SEED").unwrap_or_else(rand::random)
}
