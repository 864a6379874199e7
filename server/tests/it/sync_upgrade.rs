//! Who gets a socket at all, and what ends one.

use std::time::Duration;

use model::ids::DocumentId;
use model::sync::CloseReason;
use model::sync::wire::{Addressed, Frame, PeerMetadata};
use server::clock::now_ms;
use server::rights::Role;
use server::rooms::{ConnectionTiming, RoomSettings};
use tokio_tungstenite::tungstenite::Message;

use crate::sync_world::{Heard, NOTHING, Setting, Socket, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_needs_exactly_one_of_our_origins() {
    let world = World::start().await;
    let cookie = world.cookie(world.owner).await;
    let url = format!("ws://{}/sync", world.addr);
    let origin = world.origin();
    let port = world.addr.port();
    for wrong in [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}.evil.example"),
        "http://127.0.0.1".to_owned(),
    ] {
        let refused = Socket::open(&url, &[("cookie", &cookie), ("origin", &wrong)]).await;
        assert_eq!(refused.err(), Some(403), "{wrong}");
    }
    let refused = Socket::open(&url, &[("cookie", &cookie)]).await;
    assert_eq!(refused.err(), Some(403), "a cookie without any origin");
    let refused = Socket::open(&url, &[("origin", &origin)]).await;
    assert_eq!(refused.err(), Some(401), "our origin without a cookie");

    let headers = [("cookie", cookie.as_str()), ("origin", origin.as_str())];
    let mut socket = Socket::open(&url, &headers).await.expect("a socket");
    socket.join(PeerMetadata::ours()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_the_socket_until_it_ends_or_is_revoked() {
    let world = World::start().await;
    let (id, token) = world
        .token_for(world.owner, Duration::from_secs(3600))
        .await;
    let url = format!("ws://{}/sync", world.addr);
    let bearer = format!("Bearer {token}");
    for (url, headers) in [
        (world.sync_url(&token), vec![]),
        (url.clone(), vec![("authorization", bearer.as_str())]),
        // No page of somebody else's knows a token, so where it comes from does not matter.
        (
            world.sync_url(&token),
            vec![("origin", "http://evil.example")],
        ),
    ] {
        let socket = Socket::open(&url, &headers).await;
        socket.expect("a socket").join(PeerMetadata::ours()).await;
    }

    let ended = world.token_for(world.owner, Duration::ZERO).await.1;
    let revoked = world.state.store.revoke_token(id, now_ms()).await;
    assert!(revoked.expect("the store answers"));
    for wrong in [ended.as_str(), token.as_str(), "", "nonsense"] {
        let refused = Socket::open(&world.sync_url(wrong), &[]).await;
        assert_eq!(refused.err(), Some(401), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_holds_a_bounded_number_of_sockets() {
    let rooms = RoomSettings {
        connections_per_person_max: 2,
        ..RoomSettings::default()
    };
    let world = World::start_with(Setting {
        rooms,
        ..Setting::default()
    })
    .await;
    let token = world.token(world.owner).await;
    let _first = Socket::joined(&world.sync_url(&token)).await;
    let _second = Socket::joined(&world.sync_url(&token)).await;
    let third = Socket::open(&world.sync_url(&token), &[]).await;
    assert_eq!(third.err(), Some(429));
    let colleague = world.member("王", Role::Member).await;
    let _other = world.joined(colleague).await;
}

// SPEC: I3. Unknown and forbidden read the same, so that nobody learns which documents exist.
#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_forbidden_documents_are_unavailable_and_never_made() {
    let world = World::start().await;
    let stranger = world.stranger("陌生人").await;
    let unknown = DocumentId::from_bytes([7; 16]);
    for (person, document) in [
        (world.owner, unknown),
        (stranger, unknown),
        (stranger, world.document),
    ] {
        let mut socket = world.joined(person).await;
        socket.request(document, NOTHING.to_vec()).await;
        match socket.next().await {
            Heard::Frame(Frame::Unavailable(Addressed {
                document: named, ..
            })) => assert_eq!(named, document),
            other => panic!("expected doc-unavailable, got {other:?}"),
        }
    }
    assert_eq!(world.state.rooms.times_opened(), 0, "nothing was opened");
    let row = world.state.store.document_row(unknown).await;
    assert!(row.expect("the store answers").is_none());
}

// SPEC: I5. A bad frame ends one connection, nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_bad_frame_ends_its_connection_with_a_reason_and_harms_nobody() {
    let world = World::start().await;
    let mut bystander = world.joined(world.owner).await;
    bystander.request(world.document, NOTHING.to_vec()).await;
    bystander
        .until(|frame| matches!(frame, Frame::Sync(_)))
        .await;

    let whole = {
        let mut socket = world.joined(world.owner).await;
        socket.request(world.document, NOTHING.to_vec()).await;
        socket
            .until(|frame| matches!(frame, Frame::Sync(_)))
            .await
            .encode()
    };
    let bad: Vec<(Message, CloseReason)> = vec![
        (
            Message::Binary(vec![0xff; 40].into()),
            CloseReason::BadFrame,
        ),
        (Message::Binary(Vec::new().into()), CloseReason::BadFrame),
        (
            Message::Binary(whole[..whole.len() / 2].to_vec().into()),
            CloseReason::BadFrame,
        ),
        (Message::Text("{}".into()), CloseReason::BadFrame),
        // A CBOR length far beyond the frame.
        (
            Message::Binary(vec![0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff].into()),
            CloseReason::BadFrame,
        ),
        (
            Message::Binary(vec![0xa1; 300 * 1024].into()),
            CloseReason::FrameTooLarge,
        ),
        (
            Message::Binary(vec![0xa1; 2 * 1024 * 1024].into()),
            CloseReason::FrameTooLarge,
        ),
    ];
    for (message, expected) in bad {
        let what = format!("{:?}", &message.clone().into_data()[..8.min(message.len())]);
        let mut socket = world.joined(world.owner).await;
        socket.send_message(message).await;
        assert_eq!(socket.until_closed().await, Some(expected), "{what}");
    }
    let mut socket = world.joined(world.owner).await;
    socket.request(world.document, vec![0x42, 1, 2, 3]).await;
    assert_eq!(
        socket.until_closed().await,
        Some(CloseReason::ChangeRefused),
        "a frame whose sync message is garbage"
    );

    bystander
        .request(DocumentId::from_bytes([7; 16]), NOTHING.to_vec())
        .await;
    bystander
        .until(|frame| matches!(frame, Frame::Unavailable(_)))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_never_joins_is_closed() {
    let rooms = RoomSettings {
        timing: ConnectionTiming {
            handshake: Duration::from_millis(100),
            ..ConnectionTiming::default()
        },
        ..RoomSettings::default()
    };
    let world = World::start_with(Setting {
        rooms,
        ..Setting::default()
    })
    .await;
    let token = world.token(world.owner).await;
    let mut silent = Socket::open(&world.sync_url(&token), &[])
        .await
        .expect("a socket");
    assert_eq!(silent.until_closed().await, Some(CloseReason::TooSlow));
    let mut rude = Socket::open(&world.sync_url(&token), &[])
        .await
        .expect("a socket");
    rude.request(world.document, NOTHING.to_vec()).await;
    assert_eq!(rude.until_closed().await, Some(CloseReason::JoinExpected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_is_stopped_by_the_budget() {
    let world = World::start().await;
    let mut socket = world.joined(world.owner).await;
    let frame = Frame::Ignored.encode();
    for _ in 0..model::limits::FRAMES_BURST * 2 {
        socket.send(frame.clone()).await;
    }
    assert_eq!(socket.until_closed().await, Some(CloseReason::TooFast));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_request_is_told_what_this_address_is() {
    let world = World::start().await;
    let answer = reqwest::get(format!("http://{}/sync", world.addr)).await;
    let answer = answer.expect("an answer");
    assert_eq!(answer.status().as_u16(), 426);
    let body: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(body["code"], "websocket_expected");
}
