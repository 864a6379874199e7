//! samod, the other Rust implementation of the protocol, as a client: in a project and over the
//! relay.

use std::time::Duration;

use futures_util::StreamExt as _;
use samod::{DocHandle, DocumentId};
use tokio::time::timeout;

use crate::countersign::{Countersign, Mode, until};
use crate::samod_peer::{SamodPeer, Window, all_equal, heads, text, write};

/// How many changes a peer makes while there is no server.
const OFFLINE_EDITS: usize = 200;

/// A document that nobody ever made: sixteen bytes of seven.
const NOBODYS: &str = "6gMHXjsZ5cxdn4qSbgGYYY8CnKK";

async fn peer(server: &Countersign, writer: usize) -> SamodPeer {
    SamodPeer::connect(&server.writer(writer), Window::Usual).await
}

/// A document that is on the server, and one peer's copy of it.
async fn document(server: &Countersign, peer: &SamodPeer) -> DocHandle {
    match server.demo["documents"][0]["id"].as_str() {
        Some(id) => peer.open(&id.parse().expect("an id")).await,
        None => peer.create().await,
    }
}

/// A peer with nothing of its own gets exactly this.
async fn is_on_server(server: &Countersign, handle: &DocHandle) {
    let reader = peer(server, 2).await;
    let copy = reader.open(handle.document_id()).await;
    all_equal(&[&copy, handle]).await;
    assert_eq!(text(&copy), text(handle));
    reader.stop().await;
}

// SPEC: S1 S15. I1, I2.
async fn peers_converge(mode: Mode) {
    let mut server = Countersign::start(mode).await;
    let (a, b) = (peer(&server, 0).await, peer(&server, 1).await);
    let one = document(&server, &a).await;
    let other = b.open(one.document_id()).await;
    for round in 0..20 {
        write(&one, &format!("𠮷甲{round}。"));
        write(&other, &format!("B{round}. "));
        tokio::task::yield_now().await;
    }
    all_equal(&[&one, &other]).await;
    is_on_server(&server, &one).await;

    server.kill_and_start().await;
    is_on_server(&server, &one).await;
    write(&one, "after the kill. ");
    all_equal(&[&one, &other]).await;
    for round in 0..20 {
        for word in [format!("𠮷甲{round}。"), format!("B{round}. ")] {
            assert_eq!(text(&other).matches(&word).count(), 1, "{word} once");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_peers_converge_in_a_project() {
    peers_converge(Mode::Project).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_peers_converge_over_the_relay() {
    peers_converge(Mode::Relay).await;
}

async fn offline_edits_come_together(mode: Mode) {
    let mut server = Countersign::start(mode).await;
    let (a, b) = (peer(&server, 0).await, peer(&server, 1).await);
    let one = document(&server, &a).await;
    let other = b.open(one.document_id()).await;
    all_equal(&[&one, &other]).await;
    server
        .kill_meanwhile(|| {
            for edit in 0..OFFLINE_EDITS {
                write(&one, &format!("a{edit}."));
                write(&other, &format!("b{edit}."));
            }
        })
        .await;
    all_equal(&[&one, &other]).await;
    let words = text(&one);
    for edit in 0..OFFLINE_EDITS {
        for word in [format!("a{edit}."), format!("b{edit}.")] {
            assert_eq!(words.matches(&word).count(), 1, "{word} once");
        }
    }
    is_on_server(&server, &one).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_peers_come_together_after_200_edits_each_in_a_project() {
    offline_edits_come_together(Mode::Project).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_peers_come_together_after_200_edits_each_over_the_relay() {
    offline_edits_come_together(Mode::Relay).await;
}

// SPEC: S7 S10
#[tokio::test(flavor = "multi_thread")]
async fn samod_is_told_that_a_document_is_not_there_until_it_is() {
    for mode in [Mode::Project, Mode::Relay] {
        let server = Countersign::start(mode).await;
        let asking = peer(&server, 0).await;
        let nowhere: DocumentId = NOBODYS.parse().expect("an id");
        assert!(asking.find(&nowhere).await.is_none(), "{mode:?}");
    }
    let server = Countersign::start(Mode::Relay).await;
    let mut bringer = SamodPeer::alone().await;
    let brought = bringer.create().await;
    let early = peer(&server, 1).await;
    assert!(early.find(brought.document_id()).await.is_none());
    bringer.go_online(&server.writer(0), Window::Usual).await;
    let copy = early.open(brought.document_id()).await;
    all_equal(&[&copy, &brought]).await;
}

// SPEC: P1
#[tokio::test(flavor = "multi_thread")]
async fn samod_hears_what_another_samod_says() {
    for mode in [Mode::Project, Mode::Relay] {
        let server = Countersign::start(mode).await;
        let (a, b) = (peer(&server, 0).await, peer(&server, 1).await);
        let one = document(&server, &a).await;
        let other = b.open(one.document_id()).await;
        until("both to have the same", async || {
            heads(&one) == heads(&other)
        })
        .await;
        let mut heard = Box::pin(other.ephemera());
        // CBOR of {"caret": 7}.
        let said = b"\xa1\x65caret\x07".to_vec();
        one.broadcast(said.clone());
        let heard = timeout(Duration::from_secs(30), heard.next()).await;
        assert_eq!(heard.expect("in time"), Some(said), "{mode:?}");
    }
}
