//! Several clients in one document: they converge, nothing acknowledged is lost, and rights hold.

use std::time::Duration;

use futures_util::future::join_all;
use model::ids::ChangeHash;
use model::sync::CloseReason;
use model::sync::wire::Access;
use server::rights::Role;
use server::rooms::RoomSettings;

use crate::sync_peer::{Peer, all_equal};
use crate::sync_world::{Setting, World, until};

async fn peer(world: &World, name: &'static str, role: Role) -> Peer {
    let person = world.member(name, role).await;
    let token = world.token(person).await;
    Peer::with_document(name, world.document, &world.sync_url(&token)).await
}

// SPEC: I2.
#[tokio::test(flavor = "multi_thread")]
async fn two_clients_who_write_at_once_converge_and_are_told_it_is_saved() {
    let world = World::start().await;
    let manager = peer(&world, "李经理", Role::Member).await;
    let client = peer(&world, "王总", Role::Client).await;
    for round in 0..20 {
        manager.write(&format!("甲{round}。"));
        client.write(&format!("B{round}. "));
    }
    manager.saved().await;
    client.saved().await;
    all_equal(&[&manager, &client]).await;
    for round in 0..20 {
        for part in [format!("甲{round}。"), format!("B{round}. ")] {
            assert!(manager.text().contains(&part), "{part} is there");
        }
    }
    assert_eq!(manager.text(), client.text());
}

// SPEC: I4. What a reader writes stays with the reader.
#[tokio::test(flavor = "multi_thread")]
async fn a_readers_edits_reach_nobody() {
    let world = World::start().await;
    let writer = peer(&world, "李经理", Role::Member).await;
    let reader = peer(&world, "读者", Role::Reader).await;
    assert_eq!(reader.access(), Some(Access::Read));
    reader.write("不该出现");
    writer.write("应该出现");
    writer.saved().await;
    until("the reader to follow", async || {
        reader.text().contains("应该出现")
    })
    .await;
    assert!(!writer.text().contains("不该出现"));
    let log = world.state.store.change_log(world.document).await;
    // The owner made the document; what the server writes by itself, numbers say, is nobody's.
    let by_members = log
        .expect("a log")
        .iter()
        .filter(|row| row.person.is_some_and(|person| person != world.owner))
        .count();
    assert_eq!(by_members, 1, "only the writer's change was logged");
}

// SPEC: I1.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything_acknowledged_and_clients_go_on() {
    let world = World::start().await;
    let person = world.member("李经理", Role::Member).await;
    let token = world.token(person).await;
    let mut writer = Peer::with_document("a", world.document, &world.sync_url(&token)).await;
    writer.write("重启之前。");
    writer.saved().await;
    let world = world.restart().await;
    until("the writer to notice", async || !writer.is_connected()).await;
    assert_eq!(
        writer.closed_because().map(|(code, _)| code),
        Some(CloseReason::Restarting.code())
    );
    writer.write("断线时。");
    assert!(
        !writer.save_state().on_server,
        "I8: not saved while offline"
    );
    let reader = Peer::with_document("b", world.document, &world.sync_url(&token)).await;
    for change in writer.durable() {
        assert!(reader.has(&change), "an acknowledged change is there");
    }
    assert!(reader.text().contains("重启之前。"));
    writer.connect(&world.sync_url(&token)).await;
    writer.saved().await;
    all_equal(&[&writer, &reader]).await;
    assert!(reader.text().contains("断线时。"));
}

// SPEC: I4, and "two live copies of one document" of ARCHITECTURE.
#[tokio::test(flavor = "multi_thread")]
async fn many_who_open_a_document_at_once_get_one_room() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let url = world.sync_url(&token);
    let peers = join_all((0..12).map(async |_| {
        let (tree, peer) = tokio::join!(
            world.state.rooms.tree(world.document),
            Peer::with_document("peer", world.document, &url)
        );
        assert_eq!(tree.expect("a tree").sections.len(), 5);
        peer
    }))
    .await;
    assert_eq!(world.state.rooms.times_opened(), 1);
    peers[3].write("一个房间");
    let peers: Vec<_> = peers.iter().collect();
    peers[3].saved().await;
    all_equal(&peers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_nobody_uses_unloads_and_opens_again() {
    let rooms = RoomSettings {
        idle_unload: Duration::from_millis(50),
        ..RoomSettings::default()
    };
    let world = World::start_with(Setting {
        rooms,
        ..Setting::default()
    })
    .await;
    let token = world.token(world.owner).await;
    let writer = Peer::with_document("a", world.document, &world.sync_url(&token)).await;
    // Enough changes that unloading compacts them.
    for word in 0..50 {
        writer.write(&format!("第{word}句。"));
    }
    writer.saved().await;
    let (text, heads) = (writer.text(), writer.heads());
    drop(writer);
    until("the room to go", async || {
        world.state.rooms.open_rooms() == 0
    })
    .await;
    let stored = world.state.store.load_document(world.document).await;
    let stored = stored.expect("the store answers").expect("a document");
    assert_eq!(stored.chunks.len(), 1, "one snapshot in place of 51 chunks");
    let again = Peer::with_document("b", world.document, &world.sync_url(&token)).await;
    until("the same text", async || again.text() == text).await;
    assert_eq!(again.heads(), heads);
    assert_eq!(world.state.rooms.times_opened(), 2);
}

// SPEC: I3, I4. Within one second, without the client's help.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_ends_access_within_a_second_and_a_grant_restores_it_unasked() {
    let world = World::start().await;
    let writer = peer(&world, "李经理", Role::Member).await;
    let person = world.member("王总", Role::Client).await;
    let token = world.token(person).await;
    let client = Peer::with_document("王总", world.document, &world.sync_url(&token)).await;
    client.write("先前。");
    client.saved().await;

    world.remove(person).await;
    let revoked_at = std::time::Instant::now();
    until("the client to lose access", async || {
        client.access() == Some(Access::None) || !client.is_connected()
    })
    .await;
    assert!(revoked_at.elapsed() < Duration::from_secs(1));
    client.write("之后。");
    writer.write("别人的。");
    writer.saved().await;
    assert!(!writer.text().contains("之后。"));
    assert!(!client.text().contains("别人的。"), "nothing is received");

    world.set_role(person, Role::Client).await;
    if client.is_connected() {
        until("the client to receive again, unasked", async || {
            client.text().contains("别人的。")
        })
        .await;
        client.saved().await;
        all_equal(&[&writer, &client]).await;
        assert!(writer.text().contains("之后。"), "kept here, now it counts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_who_becomes_a_reader_keeps_reading() {
    let world = World::start().await;
    let writer = peer(&world, "李经理", Role::Member).await;
    let person = world.member("王总", Role::Client).await;
    let token = world.token(person).await;
    let client = Peer::with_document("王总", world.document, &world.sync_url(&token)).await;
    world.set_role(person, Role::Reader).await;
    until("read access", async || {
        client.access() == Some(Access::Read)
    })
    .await;
    client.write("不算。");
    writer.write("算。");
    writer.saved().await;
    until("the reader to follow", async || {
        client.text().contains("算。")
    })
    .await;
    assert!(!writer.text().contains("不算。"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_closes_its_sockets_within_a_second() {
    let world = World::start().await;
    let (id, token) = world
        .token_for(world.owner, Duration::from_secs(3600))
        .await;
    let peer = Peer::with_document("a", world.document, &world.sync_url(&token)).await;
    let revoked = world.state.store.revoke_token(id, server::clock::now_ms());
    assert!(revoked.await.expect("the store answers"));
    let hint = server::auth::Revocation::Token(id);
    world.state.revocations.announce(hint);
    let revoked_at = std::time::Instant::now();
    until("the socket to close", async || !peer.is_connected()).await;
    assert!(revoked_at.elapsed() < Duration::from_secs(1));
    let (code, key) = peer.closed_because().expect("a reason");
    assert_eq!(
        (code, key.as_str()),
        (CloseReason::SignedOut.code(), "signed_out")
    );
}

// An actor belongs to the person who first used it.
#[tokio::test(flavor = "multi_thread")]
async fn the_change_log_names_the_person_behind_each_change() {
    let world = World::start().await;
    let person = world.member("王总", Role::Client).await;
    let token = world.token(person).await;
    let client = Peer::with_document("王总", world.document, &world.sync_url(&token)).await;
    client.write("是我写的。");
    client.saved().await;
    let log = world.state.store.change_log(world.document).await;
    let log = log.expect("a log");
    let theirs: Vec<_> = log
        .iter()
        .filter(|row| row.person == Some(person))
        .collect();
    assert_eq!(theirs.len(), 1);
    let change = ChangeHash(theirs[0].hash);
    assert!(client.has(&change), "and it is the one they made");
}
