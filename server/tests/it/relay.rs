//! The relay over real sockets: who gets in, what comes to exist, and what stays out of reach.

use model::ids::DocumentId;
use model::limits::DOCUMENTS_PER_CONNECTION_MAX;
use model::sync::CloseReason;
use model::sync::wire::{Frame, PeerMetadata};
use server::rights::Role;

use crate::sync_peer::Peer;
use crate::sync_world::{NOTHING, Setting, Socket, World, skeleton, until};

const TOKEN: &str = "a relay token of a test";

async fn world() -> World {
    World::start_with(setting()).await
}

fn setting() -> Setting {
    Setting {
        relay: Some(TOKEN),
        ..Setting::default()
    }
}

fn url(world: &World) -> String {
    world.sync_url(&TOKEN.replace(' ', "%20"))
}

fn somewhere() -> DocumentId {
    DocumentId::from_bytes(rand::random())
}

/// Whether a sync message says that there is something: the number of heads is its second byte.
fn names_heads(message: &[u8]) -> bool {
    message.get(1).is_some_and(|heads| *heads > 0)
}

async fn is_unavailable(socket: &mut Socket, document: DocumentId) {
    socket.request(document, NOTHING.to_vec()).await;
    let answer = socket
        .until(|frame| matches!(frame, Frame::Unavailable(_) | Frame::Sync(_)))
        .await;
    match answer {
        Frame::Unavailable(about) => assert_eq!(about.document, document),
        other => panic!("it was let in: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_comes_to_exist_when_somebody_brings_it() {
    let world = world().await;
    let document = somewhere();
    let mut early = Socket::open(&url(&world), &[])
        .await
        .expect("the token fits");
    early.join(PeerMetadata::default()).await;
    is_unavailable(&mut early, document).await;

    let mut bringer = Peer::holding("bringer", document, skeleton());
    bringer.connect(&url(&world)).await;
    until("it to be on disk", async || bringer.save_state().on_server).await;
    // Who asked in vain is let in without asking again.
    early
        .until(|frame| matches!(frame, Frame::Sync(sync) if sync.document == document && names_heads(&sync.data)))
        .await;
    let reader = Peer::with_document("reader", document, &url(&world)).await;
    reader.write("two write");
    until("both to have it", async || {
        bringer.heads() == reader.heads()
    })
    .await;
    until("it to be on disk", async || reader.save_state().on_server).await;

    let world = world.restart_with(setting()).await;
    let again = Peer::with_document("again", document, &url(&world)).await;
    until("the same text", async || again.heads() == reader.heads()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_token_opens_the_relay_and_it_opens_nothing_else() {
    let world = world().await;
    for wrong in ["a%20relay%20token%20of%20a%20tesT", "", "x"] {
        let refused = Socket::open(&world.sync_url(wrong), &[]).await.err();
        assert_eq!(refused, Some(401), "{wrong}");
    }
    let mut relayed = Socket::joined(&url(&world)).await;
    is_unavailable(&mut relayed, world.document).await;
    // Bringing something under the name of a project's document does not help.
    let mut forger = Peer::holding("forger", world.document, skeleton());
    forger.connect(&url(&world)).await;
    until("an answer", async || {
        forger.access() == Some(model::sync::Access::None)
    })
    .await;

    let document = somewhere();
    let mut bringer = Peer::holding("bringer", document, skeleton());
    bringer.connect(&url(&world)).await;
    until("it to be on disk", async || bringer.save_state().on_server).await;
    let member = world.member("成员", Role::Owner).await;
    let mut socket = world.joined(member).await;
    is_unavailable(&mut socket, document).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_brings_so_many_documents_and_no_more() {
    let world = world().await;
    let mut socket = Socket::joined(&url(&world)).await;
    let mut last = somewhere();
    for _ in 0..=DOCUMENTS_PER_CONNECTION_MAX {
        last = somewhere();
        socket.bring(last, NOTHING.to_vec()).await;
    }
    let why = socket.until_closed().await;
    assert_eq!(why, Some(CloseReason::TooManyDocuments));
    let row = world.state.store.document_row(last).await;
    assert!(row.expect("a row or none").is_none(), "it came to exist");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_nobody_gets_in_and_nothing_comes_to_exist() {
    let world = World::start().await;
    let refused = Socket::open(&url(&world), &[]).await.err();
    assert_eq!(refused, Some(401));
    let owner = world.token(world.owner).await;
    let document = somewhere();
    let mut bringer = Peer::holding("bringer", document, skeleton());
    bringer.connect(&world.sync_url(&owner)).await;
    until("an answer", async || {
        bringer.access() == Some(model::sync::Access::None)
    })
    .await;
    assert!(!bringer.save_state().on_server);
}
