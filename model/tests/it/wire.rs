//! SPEC part W: frames as they travel. The golden frames of other people's software were recorded
//! from npm `@automerge/automerge-repo` 2.5.6 (its `cbor.encode`).

use model::ids::{DocumentId, PeerId};
use model::limits;
use model::sync::connection::{Connection, Received};
use model::sync::wire::{
    Access, Dialect, Durable, Ephemeral, Frame, FrameError, Here, HerePerson, Join, PeerMetadata,
    Receiver, Revoked, Sync, SyncKind,
};
use model::sync::{CloseReason, reasons};

use crate::world::Dice;

const JOIN: &str = "b900046474797065646a6f696e6873656e646572496466706565722d316c706565724d65746164617461b900026973746f726167654964f76b6973457068656d6572616cf57819737570706f7274656450726f746f636f6c56657273696f6e73816131";
const PEER: &str = "b90005647479706564706565726873656e6465724964667365727665726c706565724d65746164617461b900007773656c656374656450726f746f636f6c56657273696f6e613168746172676574496466706565722d31";
const REQUEST: &str = "b9000564747970656772657175657374 6873656e646572496466706565722d31687461726765744964667365727665726a646f63756d656e744964781c344e4d4e6e6b4d684c386a5872644a396a616d533538504156645875646461746143010203";
const EPHEMERAL_FLOAT: &str = "b90007647479706569657068656d6572616c6873656e646572496466706565722d316874617267657449646673657276657265636f756e74fb41f00000003000006973657373696f6e4964636162636a646f63756d656e744964781c344e4d4e6e6b4d684c386a5872644a396a616d533538504156645875646461746143010203";
const HEADS_GOSSIP: &str = "b9000564747970657472656d6f74652d68656164732d6368616e6765646873656e646572496466706565722d31687461726765744964667365727665726a646f63756d656e744964781c344e4d4e6e6b4d684c386a5872644a396a616d533538504156645875686e65774865616473b900016173b900026568656164738161616974696d657374616d70fb4279aa4b6457b000";

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text.replace(' ', "")).unwrap()
}

fn read(text: &str) -> Frame {
    Frame::decode(&bytes(text), Receiver::Server).unwrap()
}

fn document() -> DocumentId {
    "4NMNnkMhL8jXrdJ9jamS58PAVdXu".parse().unwrap()
}

fn peer(text: &str) -> PeerId {
    text.parse().unwrap()
}

// SPEC: W1
#[test]
fn w1_frames_of_automerge_repo_are_read() {
    let Frame::Join(join) = read(JOIN) else {
        panic!("a join");
    };
    assert_eq!(join.sender, peer("peer-1"));
    assert_eq!(join.versions, ["1"]);
    assert_eq!(join.metadata.storage_id, None, "undefined is absent");
    assert_eq!(join.metadata.is_ephemeral, Some(true));
    assert_eq!(join.metadata.dialect(), Dialect::Stock);
    let Frame::Peer(answer) = read(PEER) else {
        panic!("a peer");
    };
    assert_eq!(
        (answer.version.as_str(), answer.target),
        ("1", peer("peer-1"))
    );
    let Frame::Sync(sync) = read(REQUEST) else {
        panic!("a request");
    };
    assert_eq!(sync.kind, SyncKind::Request);
    assert_eq!(sync.document, document());
    assert_eq!(sync.data, [1, 2, 3]);
}

// SPEC: W2
#[test]
fn w2_counts_may_be_floats_and_gossip_is_ignored() {
    let Frame::Ephemeral(said) = read(EPHEMERAL_FLOAT) else {
        panic!("an ephemeral message");
    };
    assert_eq!(said.count, 4_294_967_299);
    assert_eq!(read(HEADS_GOSSIP), Frame::Ignored);
    let half = EPHEMERAL_FLOAT.replace("fb41f0000000300000", "fb3fe0000000000000");
    assert!(
        Frame::decode(&bytes(&half), Receiver::Server).is_err(),
        "half a count"
    );
}

/// `{"type": "leave", "senderId": "p"}` in many forms.
// SPEC: W3
#[test]
fn w3_every_length_form_is_read() {
    let body = "6474797065656c65617665 6873656e6465724964 6170";
    let indefinite = "bf 6474797065 7f 626c65 63617665 ff 6873656e6465724964 6170 ff";
    for head in ["a2", "b802", "b90002", "ba00000002", "bb0000000000000002"] {
        assert_eq!(read(&format!("{head}{body}")), Frame::Leave(peer("p")));
    }
    assert_eq!(read(indefinite), Frame::Leave(peer("p")));
    let unknown = "6178 82 a1 6161 82 f6 f7 c1 00 6179 d840 43010203 08 f4";
    assert_eq!(read(&format!("a5{body}{unknown}")), Frame::Leave(peer("p")));
}

// SPEC: W4
#[test]
fn w4_byte_strings_may_carry_the_typed_array_tag() {
    for data in ["43010203", "d84043010203", "5f41014202 03ff"] {
        let frame = REQUEST.replace("6461746143010203", &format!("64617461{data}"));
        let Frame::Sync(sync) = read(&frame) else {
            panic!("a request");
        };
        assert_eq!(sync.data, [1, 2, 3]);
    }
    let empty = REQUEST.replace("6461746143010203", "6461746140");
    let error = Frame::decode(&bytes(&empty), Receiver::Server).unwrap_err();
    assert_eq!(
        error,
        FrameError::Missing {
            kind: "sync",
            part: "data"
        }
    );
}

// SPEC: W5
#[test]
fn w5_missing_versions_are_version_one_and_metadata_has_two_names() {
    // {"type":"join","senderId":"p","metadata":{"countersign":1}}
    let frame = read(
        "a3 6474797065646a6f696e 6873656e6465724964 6170 686d65746164617461 a16b636f756e7465727369676e01",
    );
    let Frame::Join(join) = frame else {
        panic!("a join");
    };
    assert_eq!(join.versions, ["1"]);
    assert_eq!(join.metadata.dialect(), Dialect::Countersign);
}

/// What we write, byte for byte: definite lengths, plain byte strings.
// SPEC: W6
#[test]
fn w6_what_is_written_stays_as_it_is() {
    let sync = Frame::Sync(Sync {
        kind: SyncKind::Sync,
        sender: peer("server"),
        target: Some(peer("peer-1")),
        document: document(),
        data: vec![1, 2, 3],
    });
    let golden = "a5647479706564 73796e63 6873656e6465724964 66736572766572 6a646f63756d656e744964 781c344e4d4e6e6b4d684c386a5872644a396a616d533538504156645875 6464617461 43010203 687461726765744964 66706565722d31";
    assert_eq!(hex::encode(sync.encode()), golden.replace(' ', ""));
}

// SPEC: W6
#[test]
fn w6_everything_written_is_read_back() {
    let frames = [
        Frame::Join(Join {
            sender: peer("p"),
            metadata: PeerMetadata::ours(),
            versions: vec!["1".to_owned()],
        }),
        Frame::Ephemeral(Ephemeral {
            sender: peer("p"),
            target: None,
            document: document(),
            session: "s".to_owned(),
            count: u64::from(u32::MAX) + 5,
            data: vec![1],
        }),
        Frame::Durable(Durable {
            document: document(),
            heads: vec![[7; 32], [8; 32]],
        }),
        Frame::Here(Here {
            document: document(),
            people: vec![HerePerson {
                peer: peer("p"),
                name: "李经理".to_owned(),
                hue: 3,
                role: "owner".to_owned(),
            }],
        }),
        Frame::Revoked(Revoked {
            document: document(),
            access: Access::Read,
        }),
        Frame::Leave(peer("p")),
    ];
    for frame in frames {
        assert_eq!(
            Frame::decode(&frame.encode(), Receiver::Client).as_ref(),
            Ok(&frame)
        );
    }
}

fn joined(server: &mut Connection, frame: &str) -> Result<Received, CloseReason> {
    server.receive(&bytes(frame), 0)
}

// SPEC: W7
#[test]
fn w7_a_join_is_answered_twice_and_another_version_is_refused() {
    let mut server = Connection::new(peer("server"), Receiver::Server, 0);
    assert_eq!(joined(&mut server, REQUEST), Err(CloseReason::JoinExpected));
    for _ in 0..2 {
        let Ok(Received::Joined { remote, reply }) = joined(&mut server, JOIN) else {
            panic!("joined");
        };
        assert_eq!(remote.peer, peer("peer-1"));
        let reply = Frame::decode(&reply, Receiver::Client).unwrap();
        assert!(matches!(reply, Frame::Peer(answer) if answer.version == "1"));
    }
    let other = JOIN.replace("66706565722d31", "66706565722d32");
    assert_eq!(joined(&mut server, &other), Err(CloseReason::JoinExpected));
    let mut server = Connection::new(peer("server"), Receiver::Server, 0);
    let later = JOIN.replace("816131", "816132");
    let Ok(Received::Refused { reply, reason }) = joined(&mut server, &later) else {
        panic!("refused");
    };
    assert_eq!(reason, CloseReason::VersionUnsupported);
    let reply = Frame::decode(&reply, Receiver::Client).unwrap();
    assert!(matches!(reply, Frame::Error(_)));
}

// SPEC: W8
#[test]
fn w8_frames_are_bounded_in_size_depth_and_rate() {
    let mut server = Connection::new(peer("server"), Receiver::Server, 0);
    let long = vec![0; limits::FRAME_FROM_CLIENT_BYTES_MAX + 1];
    assert_eq!(server.receive(&long, 0), Err(CloseReason::FrameTooLarge));
    // A relay's programs bring whole documents.
    let mut relay = Connection::new(peer("server"), Receiver::Relay, 0);
    assert_eq!(relay.receive(&long, 0), Err(CloseReason::BadFrame));
    let longer = vec![0; limits::FRAME_TO_RELAY_BYTES_MAX + 1];
    assert_eq!(relay.receive(&longer, 0), Err(CloseReason::FrameTooLarge));
    let deep = [&b"\xa1\x61x"[..], &[0x81; 5_000], &[0]].concat();
    assert_eq!(server.receive(&deep, 0), Err(CloseReason::BadFrame));
    let endless = b"\xa1\x61x\xbb\xff\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(server.receive(endless, 0), Err(CloseReason::BadFrame));
    joined(&mut server, JOIN).unwrap();
    let leave = bytes("a26474797065656c656176656873656e64657249646170");
    let sent = (0..)
        .take_while(|_| server.receive(&leave, 0).is_ok())
        .count();
    assert!((1_900..=2_000).contains(&sent), "{sent}");
    assert_eq!(server.receive(&leave, 0), Err(CloseReason::TooFast));
    assert_eq!(
        server.receive(&leave, 1_000),
        Ok(Received::Left),
        "the budget refills"
    );
}

// SPEC: W8. A client answers nearly every message; nobody is sent away for the company they keep.
#[test]
fn w8_a_hundred_people_who_write_are_not_too_fast_for_one_another() {
    const PEOPLE: u64 = 100;
    const CHANGES_A_SECOND: u64 = 4;
    const CARETS_A_SECOND: u64 = 33;
    let mut server = Connection::new(peer("server"), Receiver::Server, 0);
    joined(&mut server, JOIN).unwrap();
    let frame = bytes("a26474797065656c656176656873656e64657249646170");
    let a_second = PEOPLE * CHANGES_A_SECOND + CARETS_A_SECOND;
    for sent in 0..60 * a_second {
        let now_ms = sent * 1_000 / a_second;
        assert!(server.receive(&frame, now_ms).is_ok(), "{sent} sent");
    }
}

// SPEC: W9
#[test]
fn w9_garbage_never_panics() {
    let mut dice = Dice::new(11);
    let whole = bytes(EPHEMERAL_FLOAT);
    for length in 0..whole.len() {
        assert!(Frame::decode(&whole[..length], Receiver::Server).is_err());
    }
    for _ in 0..30_000 {
        let mut frame = whole.clone();
        for _ in 0..=dice.below(4) {
            let at = dice.below(frame.len());
            frame[at] = dice.roll() as u8;
        }
        let _ = Frame::decode(&frame, Receiver::Server);
        let random: Vec<u8> = (0..dice.below(60)).map(|_| dice.roll() as u8).collect();
        let _ = Frame::decode(&random, Receiver::Client);
    }
}

// SPEC: W10
#[test]
fn w10_every_reason_has_a_code_and_a_key_of_its_own() {
    let all = reasons::ALL;
    for reason in all {
        assert_eq!(CloseReason::from_code(reason.code()), Some(reason));
        assert!((4_000..5_000).contains(&reason.code()));
        assert_eq!(
            all.iter()
                .filter(|other| other.key() == reason.key())
                .count(),
            1
        );
    }
    assert_eq!(CloseReason::from_code(1_006), None);
}
