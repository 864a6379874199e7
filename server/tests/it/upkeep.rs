//! Backup, restore and check, as whoever runs a server meets them: by the command line, beside people
//! who write.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use server::store::sqlite::DATABASE_FILE_NAME;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use crate::sync_peer::{Peer, all_equal};
use crate::sync_world::{World, until};

/// Runs a command on a data folder: its exit code, and everything it said.
pub(crate) async fn countersign(data: &Path, args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command
        .args(["--log", "error", "--data"])
        .arg(data)
        .args(args);
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let Output {
        status,
        stdout,
        stderr,
    } = ran.expect("no panic").expect("the program starts");
    let said = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (status.code().expect("an exit code"), said.concat())
}

pub(crate) fn text_of(path: &Path) -> &str {
    path.to_str().expect("a readable path")
}

/// A world that has written something, with a client that is still connected.
async fn written() -> (World, Peer) {
    let world = World::start().await;
    let url = world.sync_url(&world.token(world.owner).await);
    let peer = Peer::with_document("甲", world.document, &url).await;
    peer.write("第一句。");
    peer.saved().await;
    (world, peer)
}

/// A backup of a world, and the folder that both are to be deleted with.
async fn backed_up(world: &World) -> TempDir {
    let place = tempfile::tempdir().expect("a folder");
    let to = place.path().join("monday");
    let (code, said) = countersign(world.folder(), &["backup", text_of(&to)]).await;
    assert_eq!(code, 0, "{said}");
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_people_write_is_restored_and_catches_up() {
    let (world, mut peer) = written().await;
    let token = world.token(world.owner).await;
    let writing = async {
        for count in 0..200 {
            peer.write(&format!("{count}、"));
            tokio::task::yield_now().await;
        }
        peer.saved().await;
    };
    let ((), place) = tokio::join!(writing, backed_up(&world));
    peer.write("备份以后。");
    peer.saved().await;

    let new = tempfile::tempdir().expect("a folder");
    let backup = place.path().join("monday");
    let (code, said) = countersign(new.path(), &["restore", text_of(&backup)]).await;
    assert_eq!(code, 0, "{said}");
    let (code, said) = countersign(new.path(), &["check"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("everything is whole"), "{said}");

    peer.disconnect();
    let world = world.move_to(new).await;
    let url = world.sync_url(&token);
    let reader = Peer::with_document("乙", world.document, &url).await;
    let restored = reader.text();
    assert!(restored.contains("第一句。"), "{restored}");
    assert!(!restored.contains("备份以后。"), "the backup is older");
    // SPEC: S14. What an older backup lacks comes back from those who have it, and until then
    // nobody is told that it is saved.
    peer.connect(&url).await;
    until("the restored server to be told", async || {
        reader.text().contains("备份以后。")
    })
    .await;
    peer.saved().await;
    all_equal(&[&peer, &reader]).await;
    let (code, said) = countersign(world.folder(), &["check"]).await;
    assert_eq!(code, 0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_never_goes_over_something() {
    let (world, _peer) = written().await;
    let place = backed_up(&world).await;
    let backup = place.path().join("monday");
    let (code, said) = countersign(world.folder(), &["backup", text_of(&backup)]).await;
    assert_eq!(code, 73, "{said}");
    assert!(said.contains("exists already"), "{said}");
    // Into a folder where a server is, or was.
    let (code, said) = countersign(world.folder(), &["restore", text_of(&backup)]).await;
    assert_eq!(code, 75, "{said}");
    let stopped = world.stop().await;
    let before = fs::read(stopped.path().join(DATABASE_FILE_NAME)).expect("reads");
    let (code, said) = countersign(stopped.path(), &["restore", text_of(&backup)]).await;
    assert_eq!(code, 73, "{said}");
    let after = fs::read(stopped.path().join(DATABASE_FILE_NAME)).expect("reads");
    assert_eq!(before, after);
    // Into the log of a database that is gone.
    let left = tempfile::tempdir().expect("a folder");
    fs::write(left.path().join(format!("{DATABASE_FILE_NAME}-wal")), "old").expect("a file");
    let (code, said) = countersign(left.path(), &["restore", text_of(&backup)]).await;
    assert_eq!(code, 73, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_backup_or_a_damaged_one_is_not_restored() {
    let (world, _peer) = written().await;
    let place = backed_up(&world).await;
    let backup = place.path().join("monday");
    let new = tempfile::tempdir().expect("a folder");
    let restore = async || countersign(new.path(), &["restore", text_of(&backup)]).await;

    let (code, said) = countersign(new.path(), &["restore", text_of(world.folder())]).await;
    assert_eq!(code, 66, "{said}");
    assert!(said.contains("is not a backup"), "{said}");

    let database = backup.join(DATABASE_FILE_NAME);
    let whole = fs::read(&database).expect("reads");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    for damaged in [&flipped[..], &whole[..whole.len() - 1], b""] {
        fs::write(&database, damaged).expect("writes");
        let (code, said) = restore().await;
        assert_eq!(code, 65, "{said}");
        assert!(
            said.contains("differs from what its manifest says"),
            "{said}"
        );
    }
    fs::remove_file(&database).expect("removes");
    assert_eq!(restore().await.0, 65);
    fs::write(&database, &whole).expect("writes");

    let manifest = backup.join(server::upkeep::MANIFEST_FILE_NAME);
    let text = fs::read_to_string(&manifest).expect("reads");
    fs::write(&manifest, text.replace("\"format\": 1", "\"format\": 2")).expect("writes");
    let (code, said) = restore().await;
    assert_eq!(code, 76, "{said}");
    fs::write(&manifest, &text[..text.len() / 2]).expect("writes");
    assert_eq!(restore().await.0, 66);

    let there: Vec<_> = fs::read_dir(new.path()).expect("reads").collect();
    let names: Vec<_> = there
        .into_iter()
        .map(|file| file.expect("a file").file_name())
        .collect();
    assert_eq!(names, ["countersign.lock"], "nothing of it was kept");
    fs::write(&manifest, text).expect("writes");
    assert_eq!(restore().await.0, 0, "and the whole one is restored");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_each_kind_of_damage_and_names_the_document() {
    let cases = [
        // A value that is not what its column says must be reported, not panicked over.
        (
            "UPDATE document SET title = CAST(x'ff' AS TEXT)",
            "cannot read: title",
        ),
        // A bit of a chunk that SQLite itself cannot notice.
        (
            "UPDATE chunk SET bytes = CAST(substr(bytes, 1, 20) || x'ff' || substr(bytes, 22) AS BLOB)",
            "name says",
        ),
        (
            "DELETE FROM chunk WHERE position = (SELECT min(position) FROM chunk)",
            "deps",
        ),
        ("UPDATE document SET heads = zeroblob(32)", "that its row"),
        ("DELETE FROM change_log", "in no log"),
        (
            "INSERT INTO chunk_archive (document, hash, kind, bytes, merged_into, archived_at_ms)
             SELECT id, zeroblob(32), 1, x'00', zeroblob(32), 0 FROM document",
            "archived chunk",
        ),
    ];
    let (world, _peer) = written().await;
    let document = world.document.to_string();
    let whole = world.stop().await;
    for (damage, expected) in cases {
        let copy = tempfile::tempdir().expect("a folder");
        let database = copy.path().join(DATABASE_FILE_NAME);
        fs::copy(whole.path().join(DATABASE_FILE_NAME), &database).expect("copies");
        assert_eq!(countersign(copy.path(), &["check"]).await.0, 0);
        change(&database, damage).await;
        let before = fs::read(&database).expect("reads");
        let (code, said) = countersign(copy.path(), &["check"]).await;
        assert_eq!(code, 65, "{damage}: {said}");
        assert!(
            said.contains(expected) && said.contains(&document),
            "{damage}: {said}"
        );
        assert_eq!(
            before,
            fs::read(&database).expect("reads"),
            "check changes nothing"
        );
        // Nor does a damaged database become a backup.
        let backup = copy.path().join("backup");
        let (code, said) = countersign(copy.path(), &["backup", text_of(&backup)]).await;
        assert_eq!(code, 65, "{damage}: {said}");
        assert!(
            said.contains("not whole") && !backup.exists(),
            "{damage}: {said}"
        );
    }
    let nothing = tempfile::tempdir().expect("a folder");
    let (code, said) = countersign(nothing.path(), &["check"]).await;
    assert_eq!(code, 66, "{said}");
    assert!(
        !nothing.path().join(DATABASE_FILE_NAME).exists(),
        "and makes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn check_goes_on_behind_a_damaged_page() {
    let (world, _peer) = written().await;
    let folder = world.stop().await;
    let database = folder.path().join(DATABASE_FILE_NAME);
    let mut bytes = fs::read(&database).expect("reads");
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    fs::write(&database, bytes).expect("writes");
    let (code, said) = countersign(folder.path(), &["check"]).await;
    assert_eq!(code, 65, "{said}");
    assert!(said.contains("database: "), "{said}");
}

async fn change(database: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(database)
        .foreign_keys(false);
    let mut connection = options.connect().await.expect("opens");
    sqlx::query(statement)
        .execute(&mut connection)
        .await
        .expect("changes");
    connection.close().await.expect("closes");
}
