//! Writing frames: definite lengths, plain byte strings (automerge-repo's cbor-x reads them as
//! `Uint8Array`), absent parts left out.

use std::convert::Infallible;
use std::sync::Arc;

use minicbor::Encoder;

use super::{Durable, Ephemeral, Frame, Here, Join, Peer, PeerMetadata, Sync, SyncKind};
use crate::ids::PeerId;

/// The bytes of `frame`.
pub(super) fn encode(frame: &Frame) -> Vec<u8> {
    let mut out = Writer::default();
    match frame {
        Frame::Join(join) => join.write(&mut out),
        Frame::Peer(peer) => peer.write(&mut out),
        Frame::Sync(sync) => sync.write(&mut out),
        Frame::Unavailable(to) => {
            let target = out.start("doc-unavailable", 3, &to.target);
            out.text("senderId", &to.sender.to_string());
            out.text("documentId", &to.document.to_string());
            out.target(target);
        }
        Frame::Ephemeral(ephemeral) => ephemeral.write(&mut out),
        Frame::Leave(sender) => {
            out.start("leave", 2, &None);
            out.text("senderId", &sender.to_string());
        }
        Frame::Error(error) => {
            let target = out.start("error", 3, &error.target);
            out.text("senderId", &error.sender.to_string());
            out.text("message", &error.message);
            out.target(target);
        }
        Frame::Durable(durable) => durable.write(&mut out),
        Frame::Here(here) => here.write(&mut out),
        Frame::Revoked(revoked) => {
            out.start("revoked", 3, &None);
            out.text("documentId", &revoked.document.to_string());
            out.text("access", revoked.access.as_str());
        }
        Frame::Ignored => {
            out.start("ignored", 1, &None);
        }
    }
    out.finish()
}

impl Join {
    fn write(&self, out: &mut Writer) {
        out.start("join", 4, &None);
        out.text("senderId", &self.sender.to_string());
        out.metadata(&self.metadata);
        out.key("supportedProtocolVersions");
        out.array(self.versions.len());
        for version in &self.versions {
            out.value(version);
        }
    }
}

impl Peer {
    fn write(&self, out: &mut Writer) {
        out.start("peer", 5, &None);
        out.text("senderId", &self.sender.to_string());
        out.metadata(&self.metadata);
        out.text("selectedProtocolVersion", &self.version);
        out.text("targetId", &self.target.to_string());
    }
}

impl Sync {
    /// The same message to each of many, as frames that differ in their target only.
    pub(crate) fn encode_for<'p>(
        &self,
        targets: impl Iterator<Item = &'p PeerId>,
    ) -> impl Iterator<Item = Arc<[u8]>> {
        let mut common = Writer::default();
        self.write_all_but_target(&mut common, 1);
        targets.map(move |target| {
            let mut out = common.clone();
            out.target(Some(target));
            Arc::from(out.finish())
        })
    }

    fn write(&self, out: &mut Writer) {
        self.write_all_but_target(out, usize::from(self.target.is_some()));
        out.target(self.target.as_ref());
    }

    /// Leaves room for so many more parts.
    fn write_all_but_target(&self, out: &mut Writer, parts: usize) {
        debug_assert!(!self.data.is_empty(), "a sync message is never empty");
        let kind = match self.kind {
            SyncKind::Request => "request",
            SyncKind::Sync => "sync",
        };
        out.start(kind, 4 + parts, &None);
        out.text("senderId", &self.sender.to_string());
        out.text("documentId", &self.document.to_string());
        out.bytes("data", &self.data);
    }
}

impl Ephemeral {
    fn write(&self, out: &mut Writer) {
        debug_assert!(!self.data.is_empty(), "an ephemeral message is never empty");
        let target = out.start("ephemeral", 6, &self.target);
        out.text("senderId", &self.sender.to_string());
        out.text("documentId", &self.document.to_string());
        out.text("sessionId", &self.session);
        out.number("count", self.count);
        out.bytes("data", &self.data);
        out.target(target);
    }
}

impl Durable {
    fn write(&self, out: &mut Writer) {
        out.start("durable", 3, &None);
        out.text("documentId", &self.document.to_string());
        out.key("heads");
        out.array(self.heads.len());
        for head in &self.heads {
            out.raw(head);
        }
    }
}

impl Here {
    fn write(&self, out: &mut Writer) {
        out.start("here", 3, &None);
        out.text("documentId", &self.document.to_string());
        out.key("people");
        out.array(self.people.len());
        for person in &self.people {
            out.map(4);
            out.text("peerId", &person.peer.to_string());
            out.text("name", &person.name);
            out.number("hue", u64::from(person.hue));
            out.text("role", &person.role);
        }
    }
}

/// Writes CBOR into memory, which cannot fail.
#[derive(Default, Clone)]
struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn put(&mut self, write: impl FnOnce(&mut Encoder<&mut Vec<u8>>) -> Encoded) {
        let mut encoder = Encoder::new(&mut self.bytes);
        write(&mut encoder).expect("writing to memory does not fail");
    }

    /// Starts a message of `parts` keys, the type among them, and one more if there is a target.
    fn start<'t>(
        &mut self,
        kind: &str,
        parts: usize,
        target: &'t Option<PeerId>,
    ) -> Option<&'t PeerId> {
        self.map(parts + usize::from(target.is_some()));
        self.text("type", kind);
        target.as_ref()
    }

    fn target(&mut self, target: Option<&PeerId>) {
        if let Some(target) = target {
            self.text("targetId", &target.to_string());
        }
    }

    fn metadata(&mut self, metadata: &PeerMetadata) {
        self.key("peerMetadata");
        self.map(
            usize::from(metadata.countersign.is_some())
                + usize::from(metadata.storage_id.is_some())
                + usize::from(metadata.is_ephemeral.is_some()),
        );
        if let Some(version) = metadata.countersign {
            self.number("countersign", version);
        }
        if let Some(storage) = &metadata.storage_id {
            self.text("storageId", storage);
        }
        if let Some(ephemeral) = metadata.is_ephemeral {
            self.key("isEphemeral");
            self.put(|e| e.bool(ephemeral).map(drop));
        }
    }

    fn map(&mut self, len: usize) {
        self.put(|e| e.map(len as u64).map(drop));
    }

    fn array(&mut self, len: usize) {
        self.put(|e| e.array(len as u64).map(drop));
    }

    fn key(&mut self, key: &str) {
        self.put(|e| e.str(key).map(drop));
    }

    fn value(&mut self, text: &str) {
        self.key(text);
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.put(|e| e.bytes(bytes).map(drop));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.value(value);
    }

    fn bytes(&mut self, key: &str, value: &[u8]) {
        self.key(key);
        self.raw(value);
    }

    fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.put(|e| e.u64(value).map(drop));
    }

    fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

type Encoded = Result<(), minicbor::encode::Error<Infallible>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_made_together_are_those_made_one_by_one() {
        let peer = |name| PeerId::parse(name).expect("a label");
        let mut sync = Sync {
            kind: SyncKind::Sync,
            sender: peer("server"),
            target: None,
            document: "4NMNnkMhL8jXrdJ9jamS58PAVdXu".parse().expect("an id"),
            data: vec![0x43, 0, 0, 0, 0],
        };
        let targets = [peer("李"), peer("w")];
        let together: Vec<_> = sync.encode_for(targets.iter()).collect();
        let one_by_one = targets.map(|target| {
            sync.target = Some(target);
            Arc::from(Frame::Sync(sync.clone()).encode())
        });
        assert_eq!(together, one_by_one);
    }
}
