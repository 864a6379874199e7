//! SPEC: W3, W8, W9. Any bytes as a frame: nothing panics, what is read is written and read the same,
//! and nothing that is said back is larger than what was sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use model::ids::PeerId;
use model::sync::connection::{Connection, Received};
use model::sync::wire::{Frame, Join, PROTOCOL_VERSION, PeerMetadata, Receiver};

/// What a frame we write may have that the one read had not: names of keys, an empty name.
const WRITTEN_PER_READ: usize = 8;

fuzz_target!(|data: &[u8]| {
    for receiver in [Receiver::Server, Receiver::Relay, Receiver::Client] {
        let Ok(frame) = Frame::decode(data, receiver) else {
            continue;
        };
        let written = frame.encode();
        assert!(written.len() <= 128 + WRITTEN_PER_READ * data.len());
        assert_eq!(Frame::decode(&written, receiver), Ok(frame));
    }
    talk(data);
});

/// The bytes as the first frame of a connection and as the second.
fn talk(data: &[u8]) {
    let peer = PeerId::parse("p").expect("a label");
    let join = Frame::Join(Join {
        sender: peer.clone(),
        metadata: PeerMetadata::default(),
        versions: vec![PROTOCOL_VERSION.to_owned()],
    });
    for first in [None, Some(join.encode())] {
        let mut connection = Connection::new(peer.clone(), Receiver::Server, 0);
        let joined = first.map(|join| connection.receive(&join, 0));
        let answer = connection.receive(data, 0);
        if joined.is_none() && connection.remote().is_none() {
            assert!(!matches!(
                answer,
                Ok(Received::Sync { .. } | Received::Ephemeral(_))
            ));
        }
        if let Ok(Received::Joined { reply, .. } | Received::Refused { reply, .. }) = answer {
            assert!(reply.len() <= 512, "an answer to a join");
        }
    }
}
