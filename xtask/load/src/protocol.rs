//! What clients and servers say to each other: one face for every protocol a server under load may
//! speak. A client is handed frames and hands frames out; its socket is somebody else's.

mod automerge_repo;
mod yjs;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use anyhow::Result;
use model::ids::{ChangeHash, DocumentId};

pub(crate) use automerge_repo::Writer as AutomergeWriter;

pub(crate) use automerge_repo::member::Member;
use yjs::framing::Envelope;

/// Frames to send, in this order.
pub(crate) type Frames = Vec<Vec<u8>>;

/// The protocols that are spoken here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// Automerge documents, many to a socket.
    AutomergeRepo,
    /// Yjs documents, one to a socket.
    Yjs,
    /// Yjs documents, many to a socket: every frame names its document.
    Hocuspocus,
}

/// What somebody begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Content {
    /// Nothing: the server has the document.
    Nothing,
    /// A document as short as they come.
    Short,
    /// A long history.
    Trace {
        /// How long.
        operations: usize,
    },
}

impl Protocol {
    /// A client that writes.
    pub(crate) fn writer(
        self,
        document: DocumentId,
        content: Content,
    ) -> Result<Box<dyn Writer + Send>> {
        Ok(match self {
            Self::AutomergeRepo => Box::new(automerge_repo::Writer::new(document, content)?),
            Self::Yjs => Box::new(yjs::Writer::new(Envelope::None, content)),
            Self::Hocuspocus => Box::new(yjs::Writer::new(named(document), content)),
        })
    }

    /// A client that reads.
    pub(crate) fn reader(self, document: DocumentId) -> Box<dyn Reader + Send> {
        match self {
            Self::AutomergeRepo => Box::new(automerge_repo::Reader::new(document)),
            Self::Yjs => Box::new(yjs::Reader::new(Envelope::None)),
            Self::Hocuspocus => Box::new(yjs::Reader::new(named(document))),
        }
    }
}

fn named(document: DocumentId) -> Envelope {
    Envelope::Named(document.to_string())
}

/// One edit, as its protocol tells it from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum EditId {
    /// Automerge: the hash of its change.
    Change(ChangeHash),
    /// Yjs: who, and the how many-eth of theirs.
    Clock {
        /// Who.
        client: u64,
        /// Counted from 0.
        clock: u32,
    },
}

/// How far a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Version {
    /// Automerge: the changes nothing follows.
    Heads(Vec<ChangeHash>),
    /// Yjs: how many of each client.
    Clocks(BTreeMap<u64, u32>),
}

impl Version {
    /// Whether it is that of a copy without anything.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Heads(heads) => heads.is_empty(),
            Self::Clocks(clocks) => clocks.is_empty(),
        }
    }

    /// How many of the edits of one typist, who alone typed, are in this version.
    pub(crate) fn reached(&self, edits: &[(EditId, Instant)]) -> usize {
        let in_it = |(edit, _): &(EditId, Instant)| match (self, edit) {
            (Self::Heads(heads), EditId::Change(change)) => heads.contains(change),
            (Self::Clocks(clocks), EditId::Clock { client, clock }) => {
                clocks.get(client).is_some_and(|upto| clock < upto)
            }
            _ => false,
        };
        // Each of them builds on those before it.
        edits.iter().rposition(in_it).map_or(0, |last| last + 1)
    }
}

/// What a copy holds; equal copies have converged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Contents {
    /// How far it is.
    pub(crate) version: Version,
    /// What a person would read.
    pub(crate) text: String,
}

/// What somebody who joined knows of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The server has not answered.
    Awaited,
    /// It is here.
    Here,
    /// The server does not have it.
    Unknown,
}

/// A client with a document of its own that it writes in.
pub(crate) trait Writer {
    /// The socket is open.
    fn opened(&mut self) -> Result<Frames>;

    /// A frame has come.
    fn receive(&mut self, frame: &[u8]) -> Result<Frames>;

    /// Types one character at the end, as one edit.
    fn type_one(&mut self) -> Result<(EditId, Frames)>;

    /// Shows the others where it writes; nothing where its protocol has no such word here.
    fn point(&mut self) -> Result<Frames> {
        Ok(Frames::new())
    }

    /// Asks whether the server has everything, where it does not say so by itself.
    fn ask(&mut self) -> Frames;

    /// Whether the server has said that it has everything: on disk where it makes that promise.
    fn is_held_by_server(&mut self) -> bool;

    /// Edits the server has said it has, and when.
    fn confirmed(&self) -> HashMap<EditId, Instant>;

    /// What is known of the document.
    fn standing(&self) -> Standing;

    /// How far the copy is.
    fn version(&self) -> Version;

    /// Whether an edit is in the copy.
    fn holds(&self, edit: &EditId) -> bool;

    /// The copy.
    fn contents(&self) -> Contents;
}

/// A client that only keeps what it is sent.
pub(crate) trait Reader {
    /// The socket is open.
    fn opened(&mut self) -> Result<Frames>;

    /// A frame has come.
    fn receive(&mut self, frame: &[u8]) -> Result<Heard>;

    /// How far it is.
    fn version(&self) -> Version;

    /// Bytes of the document that it was sent.
    fn bytes(&self) -> usize;

    /// Builds the document.
    fn contents(&self) -> Result<Contents>;
}

/// What a frame meant to a reader.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// What a client answers.
    pub(crate) answers: Frames,
    /// The version that came with it, if any did.
    pub(crate) brought: Option<Version>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_has_arrived_with_any_that_follows_it() {
        let now = Instant::now();
        let clock = |clock| (EditId::Clock { client: 7, clock }, now);
        let typed = [clock(3), clock(4), clock(5)];
        let upto = |upto| Version::Clocks(BTreeMap::from([(7, upto)]));
        assert_eq!(upto(3).reached(&typed), 0);
        assert_eq!(upto(5).reached(&typed), 2);
        assert_eq!(upto(6).reached(&typed), 3);

        let change = |byte| ChangeHash([byte; 32]);
        let typed = [1, 2, 3].map(|byte| (EditId::Change(change(byte)), now));
        let heads = |byte| Version::Heads(vec![change(byte)]);
        assert_eq!(heads(9).reached(&typed), 0);
        assert_eq!(heads(2).reached(&typed), 2);
        assert_eq!(heads(3).reached(&typed), 3);
    }
}
