//! Reading frames: every known key into its place, then the places into a message.

use std::borrow::Cow;

use super::{
    Access, Addressed, CborError, Durable, Ephemeral, ErrorFrame, Frame, FrameError, Hash, Here,
    HerePerson, Join, PROTOCOL_VERSION, Peer, PeerMetadata, Reader, Revoked, Sync, SyncKind,
};
use crate::ids::{DocumentId, PeerId};
use crate::limits;

/// Reads a frame whose size has been checked.
pub(super) fn decode(bytes: &[u8]) -> Result<Frame, FrameError> {
    let mut fields = Fields::default();
    Reader::new(bytes).map(|reader, key| fields.take(reader, key))?;
    fields.into_frame()
}

/// What a frame may hold; `None` where the key was absent, null or undefined.
#[derive(Default)]
struct Fields<'b> {
    kind: Option<Cow<'b, str>>,
    sender: Option<Cow<'b, str>>,
    target: Option<Cow<'b, str>>,
    document: Option<Cow<'b, str>>,
    data: Option<Cow<'b, [u8]>>,
    session: Option<Cow<'b, str>>,
    message: Option<Cow<'b, str>>,
    selected: Option<Cow<'b, str>>,
    access: Option<Cow<'b, str>>,
    count: Option<u64>,
    metadata: Option<PeerMetadata>,
    versions: Option<Vec<String>>,
    heads: Option<Vec<Hash>>,
    people: Option<Vec<HerePerson>>,
}

impl<'b> Fields<'b> {
    fn take(&mut self, reader: &mut Reader<'b>, key: &str) -> Result<(), CborError> {
        match key {
            "type" => self.kind = reader.optional(Reader::text)?,
            "senderId" => self.sender = reader.optional(Reader::text)?,
            "targetId" => self.target = reader.optional(Reader::text)?,
            "documentId" => self.document = reader.optional(Reader::text)?,
            "data" => self.data = reader.optional(Reader::bytes)?,
            "sessionId" => self.session = reader.optional(Reader::text)?,
            "message" => self.message = reader.optional(Reader::text)?,
            "selectedProtocolVersion" => self.selected = reader.optional(Reader::text)?,
            "access" => self.access = reader.optional(Reader::text)?,
            "count" => self.count = reader.optional(Reader::count)?,
            "peerMetadata" | "metadata" if reader.at_map()? => {
                self.metadata = Some(metadata(reader)?)
            }
            "supportedProtocolVersions" => self.versions = reader.optional(texts)?,
            "heads" => self.heads = reader.optional(hashes)?,
            "people" => self.people = reader.optional(people)?,
            _ => reader.skip()?,
        }
        Ok(())
    }

    fn into_frame(self) -> Result<Frame, FrameError> {
        let kind = self.kind.as_deref().ok_or(FrameError::Missing {
            kind: "typeless",
            part: "type",
        })?;
        match kind {
            "join" => self.join().map(Frame::Join),
            "peer" => self.peer().map(Frame::Peer),
            "request" => self.sync(SyncKind::Request),
            "sync" => self.sync(SyncKind::Sync),
            "ephemeral" => self.ephemeral(),
            "leave" => Ok(Frame::Leave(self.sender("leave")?)),
            "error" => Ok(Frame::Error(ErrorFrame {
                sender: self.sender("error")?,
                target: self.target()?,
                message: self.message.unwrap_or_default().into_owned(),
            })),
            "doc-unavailable" => self.unavailable(),
            "durable" => self.durable(),
            "here" => self.here(),
            "revoked" => self.revoked(),
            _ => Ok(Frame::Ignored),
        }
    }

    fn sender(&self, kind: &'static str) -> Result<PeerId, FrameError> {
        let part = "senderId";
        peer_id(
            self.sender
                .as_deref()
                .ok_or(FrameError::Missing { kind, part })?,
        )
    }

    fn target(&self) -> Result<Option<PeerId>, FrameError> {
        self.target.as_deref().map(peer_id).transpose()
    }

    /// `None` for an id that is not base58check of 16 bytes: older automerge-repo clients have
    /// such documents, and one of them must not end the connection for all the others.
    fn document(&self, kind: &'static str) -> Result<Option<DocumentId>, FrameError> {
        let part = "documentId";
        let text = self
            .document
            .as_deref()
            .ok_or(FrameError::Missing { kind, part })?;
        Ok(text.parse().ok())
    }

    fn data(&mut self, kind: &'static str) -> Result<Vec<u8>, FrameError> {
        match self.data.take() {
            Some(data) if !data.is_empty() => Ok(data.into_owned()),
            _ => Err(FrameError::Missing { kind, part: "data" }),
        }
    }

    fn join(self) -> Result<Join, FrameError> {
        Ok(Join {
            sender: self.sender("join")?,
            metadata: self.metadata.unwrap_or_default(),
            versions: self
                .versions
                .unwrap_or_else(|| vec![PROTOCOL_VERSION.to_owned()]),
        })
    }

    fn peer(self) -> Result<Peer, FrameError> {
        let part = "targetId";
        Ok(Peer {
            sender: self.sender("peer")?,
            target: self
                .target()?
                .ok_or(FrameError::Missing { kind: "peer", part })?,
            metadata: self.metadata.unwrap_or_default(),
            version: self
                .selected
                .map_or_else(|| PROTOCOL_VERSION.to_owned(), Cow::into_owned),
        })
    }

    fn sync(mut self, kind: SyncKind) -> Result<Frame, FrameError> {
        let data = self.data("sync")?;
        let Some(document) = self.document("sync")? else {
            return Ok(Frame::Ignored);
        };
        Ok(Frame::Sync(Sync {
            kind,
            sender: self.sender("sync")?,
            target: self.target()?,
            document,
            data,
        }))
    }

    fn ephemeral(mut self) -> Result<Frame, FrameError> {
        let kind = "ephemeral";
        let data = self.data(kind)?;
        let Some(document) = self.document(kind)? else {
            return Ok(Frame::Ignored);
        };
        let session = self.session.as_deref().unwrap_or_default().to_owned();
        if session.len() > limits::SESSION_ID_BYTES_MAX {
            return Err(CborError::of("a session id that is too long").into());
        }
        Ok(Frame::Ephemeral(Ephemeral {
            sender: self.sender(kind)?,
            target: self.target()?,
            document,
            session,
            count: self.count.ok_or(FrameError::Missing {
                kind,
                part: "count",
            })?,
            data,
        }))
    }

    fn unavailable(self) -> Result<Frame, FrameError> {
        let Some(document) = self.document("doc-unavailable")? else {
            return Ok(Frame::Ignored);
        };
        Ok(Frame::Unavailable(Addressed {
            sender: self.sender("doc-unavailable")?,
            target: self.target()?,
            document,
        }))
    }

    fn durable(self) -> Result<Frame, FrameError> {
        let kind = "durable";
        let Some(document) = self.document(kind)? else {
            return Ok(Frame::Ignored);
        };
        let heads = self.heads.ok_or(FrameError::Missing {
            kind,
            part: "heads",
        })?;
        Ok(Frame::Durable(Durable { document, heads }))
    }

    fn here(self) -> Result<Frame, FrameError> {
        let kind = "here";
        let Some(document) = self.document(kind)? else {
            return Ok(Frame::Ignored);
        };
        let people = self.people.ok_or(FrameError::Missing {
            kind,
            part: "people",
        })?;
        Ok(Frame::Here(Here { document, people }))
    }

    fn revoked(self) -> Result<Frame, FrameError> {
        let kind = "revoked";
        let Some(document) = self.document(kind)? else {
            return Ok(Frame::Ignored);
        };
        let access = self.access.as_deref().and_then(Access::parse);
        let access = access.ok_or(FrameError::Missing {
            kind,
            part: "access",
        })?;
        Ok(Frame::Revoked(Revoked { document, access }))
    }
}

fn peer_id(text: &str) -> Result<PeerId, FrameError> {
    text.parse().map_err(|_| FrameError::PeerId)
}

fn metadata(reader: &mut Reader<'_>) -> Result<PeerMetadata, CborError> {
    let mut metadata = PeerMetadata::default();
    reader.map(|reader, key| {
        match key {
            "countersign" => metadata.countersign = reader.optional(Reader::count)?,
            "storageId" => {
                metadata.storage_id = reader.optional(Reader::text)?.map(Cow::into_owned);
            }
            "isEphemeral" => metadata.is_ephemeral = reader.optional(Reader::boolean)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(metadata)
}

fn texts(reader: &mut Reader<'_>) -> Result<Vec<String>, CborError> {
    let mut texts = Vec::new();
    reader.array(|reader| {
        texts.push(reader.text()?.into_owned());
        bounded(texts.len(), limits::PROTOCOL_VERSIONS_MAX)
    })?;
    Ok(texts)
}

fn hashes(reader: &mut Reader<'_>) -> Result<Vec<Hash>, CborError> {
    let mut hashes = Vec::new();
    reader.array(|reader| {
        let hash = Hash::try_from(reader.bytes()?.as_ref())
            .map_err(|_| CborError::of("a hash that is not 32 bytes"))?;
        hashes.push(hash);
        bounded(hashes.len(), limits::HEADS_MAX)
    })?;
    Ok(hashes)
}

fn people(reader: &mut Reader<'_>) -> Result<Vec<HerePerson>, CborError> {
    let mut people = Vec::new();
    reader.array(|reader| {
        people.push(person(reader)?);
        bounded(people.len(), limits::ROSTER_PEOPLE_MAX)
    })?;
    Ok(people)
}

fn person(reader: &mut Reader<'_>) -> Result<HerePerson, CborError> {
    let (mut peer, mut name, mut hue, mut role) = (None, String::new(), 0, String::new());
    reader.map(|reader, key| {
        match key {
            "peerId" => peer = reader.text()?.parse().ok(),
            "name" => name = reader.text()?.into_owned(),
            "hue" => hue = u8::try_from(reader.count()?).unwrap_or_default(),
            "role" => role = reader.text()?.into_owned(),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let peer = peer.ok_or(CborError::of("a person without a peer id"))?;
    Ok(HerePerson {
        peer,
        name,
        hue,
        role,
    })
}

fn bounded(len: usize, most: usize) -> Result<(), CborError> {
    if len > most {
        return Err(CborError::of("a list that is too long"));
    }
    Ok(())
}
