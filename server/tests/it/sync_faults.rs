//! What goes wrong in a room: a disk that is full, an actor that is somebody else's. Each time: who is closed, with which reason, and that nothing is lost.

use std::time::Duration;

use model::edit::Edit;
use model::ids::{ActorId, ChangeHash, ItemId, SectionId};
use model::schema::ItemKind;
use model::sync::CloseReason;
use model::sync::wire::Frame;
use model::tree::{BlockHead, BlockKind, Run, TextRef};
use server::rights::Role;
use server::rooms::{ConnectionTiming, OutboxLimits, RoomSettings};

use crate::sync_peer::{Peer, all_equal};
use crate::sync_world::{Setting, Socket, World, until};

/// Text that hardly compresses.
fn noise(units: u32) -> String {
    (0..units)
        .map(|_| char::from_u32(0x4e00 + rand::random::<u32>() % 0x5000).unwrap_or('字'))
        .collect()
}

// Commit fails: nothing is acknowledged, the room is read from the disk again, clients keep what
// they have.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_acknowledges_nothing_it_did_not_write() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let used = world.database_bytes();
    let world = world
        .restart_with(Setting {
            database_max_bytes: Some(used + 96 * 1024),
            ..Setting::default()
        })
        .await;
    let url = world.sync_url(&token);
    let mut writer = Peer::with_document("writer", world.document, &url).await;
    for _ in 0..60 {
        writer.write(&noise(2_000));
        tokio::time::sleep(Duration::from_millis(5)).await;
        if !writer.is_connected() {
            break;
        }
    }
    until("the disk to be full", async || !writer.is_connected()).await;
    let (code, key) = writer.closed_because().expect("a reason");
    assert_eq!(
        (code, key.as_str()),
        (CloseReason::StorageFailed.code(), "storage_failed")
    );
    let state = writer.save_state();
    assert!(!state.on_server, "I8: never shown as saved");
    assert!(state.unsaved_on_server > 0);

    // What is on disk is exactly a past of the writer, with everything acknowledged in it.
    let reader = Peer::with_document("reader", world.document, &url).await;
    for change in writer.durable() {
        assert!(reader.has(&change), "acknowledged, so it is there");
    }
    assert!(reader.text().len() < writer.text().len());
    drop(reader);

    // With room again, the writer's copy goes through.
    let world = world.restart_with(Setting::default()).await;
    let url = world.sync_url(&token);
    writer.connect(&url).await;
    writer.saved().await;
    let reader = Peer::with_document("reader", world.document, &url).await;
    all_equal(&[&writer, &reader]).await;
}

// A change by an actor that belongs to somebody else ends the connection and reaches nobody.
#[tokio::test(flavor = "multi_thread")]
async fn an_actor_of_somebody_else_is_refused() {
    let world = World::start().await;
    let actor = ActorId::from(&[7_u8; 16][..]);
    let author = world.member("王总", Role::Client).await;
    let url = world.sync_url(&world.token(author).await);
    let mut honest = Peer::acting_as("王总", world.document, actor.clone());
    honest.connect(&url).await;
    until("the document", async || honest.section().is_some()).await;
    honest.write("真的。");
    honest.saved().await;
    honest.disconnect();

    let forger = world.member("冒名者", Role::Member).await;
    let url = world.sync_url(&world.token(forger).await);
    let mut forged = Peer::acting_as("冒名者", world.document, actor);
    forged.connect(&url).await;
    until("the text", async || forged.text().contains("真的。")).await;
    forged.write("假的。");
    until("the forger to be closed", async || !forged.is_connected()).await;
    assert_eq!(
        forged.closed_because().map(|(_, key)| key),
        Some("actor_not_yours".to_owned())
    );
    let tree = world.state.rooms.tree(world.document).await;
    let shown = serde_json::to_string(&tree.expect("a tree")).expect("JSON");
    assert!(shown.contains("真的。") && !shown.contains("假的。"));
}

// A reader that never reads costs a bounded queue, then its connection.
#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_is_cut_off_and_nobody_else_notices() {
    let world = World::start_with(Setting {
        rooms: RoomSettings {
            outbox: OutboxLimits {
                frames_max: 4,
                ..OutboxLimits::default()
            },
            timing: ConnectionTiming {
                close_grace: Duration::from_millis(50),
                // Only the full queue may end it here.
                dead_peer: Duration::from_secs(600),
                ..ConnectionTiming::default()
            },
            ..RoomSettings::default()
        },
        send_buffer: Some(8 * 1024),
        ..Setting::default()
    })
    .await;
    let url = world.sync_url(&world.token(world.owner).await);
    let author = Peer::with_document("author", world.document, &url).await;
    let mut slow = Socket::narrow(&url, world.addr).await;
    slow.request(world.document, with_heads(&[])).await;
    slow.until(|frame| matches!(frame, Frame::Sync(_))).await;
    slow.request(world.document, with_heads(&author.heads()))
        .await;
    author.write("它还在听。");
    slow.until(|frame| matches!(frame, Frame::Sync(_))).await;
    assert_eq!(world.state.rooms.connections(), 2);
    for _ in 0..20 {
        write_a_section(&author);
        author.saved().await;
    }
    until("the slow reader to be cut off", async || {
        world.state.rooms.connections() == 1
    })
    .await;
    assert!(author.is_connected());
    let late = Peer::with_document("late", world.document, &url).await;
    all_equal(&[&author, &late]).await;
}

/// A sync message, version 2, of a peer that has just these heads and says nothing else.
fn with_heads(heads: &[ChangeHash]) -> Vec<u8> {
    let mut message = vec![0x42, u8::try_from(heads.len()).expect("few heads")];
    message.extend(heads.iter().flat_map(|head| head.0));
    // Needs nothing, offers nothing, brings nothing; then one flag: reads version 2.
    message.extend([0, 0, 0, 1, 2]);
    message
}

/// A new section full of text that hardly compresses.
fn write_a_section(author: &Peer) {
    let id = SectionId::from_random(rand::random());
    author.edit(&[
        Edit::SectionNew {
            id: id.clone(),
            order: "80".to_owned(),
            role: None,
        },
        Edit::Splice {
            text: TextRef::SectionBody(id),
            at: 0,
            del: 0,
            runs: vec![Run::plain(noise(8_000))],
        },
    ]);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_items_get_their_numbers_from_the_server() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let url = world.sync_url(&token);
    let writer = Peer::with_document("a", world.document, &url).await;
    let reader = Peer::with_document("b", world.document, &url).await;
    let text = writer.section().expect("a section");
    let items: Vec<ItemId> = (0..3)
        .map(|_| ItemId::from_random(rand::random()))
        .collect();
    for item in &items {
        writer.edit(&[
            Edit::ItemNew {
                id: item.clone(),
                kind: ItemKind::Requirement,
                fields: [].into(),
            },
            Edit::Marker {
                text: text.clone(),
                at: 0,
                block: BlockHead::new(BlockKind::Item { item: item.clone() }),
            },
        ]);
    }
    let number = |peer: &Peer, item: &ItemId| {
        let tree = peer.ask(|sync| sync.document().item(item));
        tree.and_then(|tree| tree.head.number)
    };
    until("all numbers on both sides", async || {
        items.iter().all(|item| {
            let given = number(&reader, item);
            given.is_some() && given == number(&writer, item)
        })
    })
    .await;
    let mut numbers: Vec<_> = items
        .iter()
        .filter_map(|item| number(&reader, item))
        .collect();
    numbers.sort();
    numbers.dedup();
    // The template may have taken the first ones.
    assert_eq!(numbers.len(), items.len(), "each has its own: {numbers:?}");
    assert!(numbers.iter().all(|number| number.starts_with("R-")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_made_by_the_server_reaches_those_who_are_here() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let peer = Peer::with_document("a", world.document, &world.sync_url(&token)).await;
    let edit = Edit::Splice {
        text: TextRef::Title,
        at: 0,
        del: 0,
        runs: vec![Run::plain("终稿：")],
    };
    let rooms = &world.state.rooms;
    let edited = rooms.edit(world.document, world.owner, vec![edit]).await;
    edited.expect("the edit is on disk");
    let row = world.state.store.document_row(world.document).await;
    assert_eq!(
        row.expect("a row").expect("a document").title,
        "终稿：需求文档"
    );
    until("the title", async || {
        peer.ask(|sync| sync.document().title()) == "终稿：需求文档"
    })
    .await;
    let unknown = model::ids::DocumentId::from_bytes([9; 16]);
    let refused = rooms.edit(unknown, world.owner, Vec::new()).await;
    assert_eq!(refused, Err(server::rooms::RoomError::Unknown));
}

// SPEC: P. Names at carets come from the server, never from the peer.
#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_by_name_who_is_here() {
    let world = World::start().await;
    let person = world.member("王总", Role::Client).await;
    let url = world.sync_url(&world.token(person).await);
    let guest = Peer::with_document("guest", world.document, &url).await;
    let url = world.sync_url(&world.token(world.owner).await);
    let host = Peer::with_document("host", world.document, &url).await;
    let names = |peer: &Peer| {
        let others = peer.ask(|sync| sync.others());
        let named = others.into_iter().map(|other| (other.name, other.role));
        named.collect::<Vec<_>>()
    };
    until("both to see each other", async || {
        names(&host) == [("王总".to_owned(), "client".to_owned())]
            && names(&guest) == [("李经理".to_owned(), "owner".to_owned())]
    })
    .await;
    drop(guest);
    until("the guest to be gone", async || names(&host).is_empty()).await;
}

// A room with work under way is finished by a shutdown, not cut off.
#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_in_the_middle_of_typing_loses_nothing_acknowledged() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let url = world.sync_url(&token);
    let mut writers = vec![
        Peer::with_document("a", world.document, &url).await,
        Peer::with_document("b", world.document, &url).await,
    ];
    for word in 0..200 {
        for writer in &writers {
            writer.write(&format!("{word}。"));
        }
    }
    let world = world.restart().await;
    let url = world.sync_url(&token);
    let reader = Peer::with_document("reader", world.document, &url).await;
    for writer in &writers {
        for change in writer.durable() {
            assert!(reader.has(&change), "acknowledged, so it is there");
        }
    }
    for writer in &mut writers {
        writer.connect(&url).await;
        writer.saved().await;
    }
    all_equal(&[&writers[0], &writers[1], &reader]).await;
}
