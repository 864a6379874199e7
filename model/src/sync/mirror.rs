//! A copy that is kept as chunks and only built when somebody wants to read it: for programs that
//! hold many copies at once, such as the one that measures a server.
//!
//! It has nothing of its own to say, so it believes the server about what the server has.

use automerge::sync::{State, SyncDoc};

use super::chunk::{self, ChunkKind};
use super::message::{self, Audience};
use super::reasons::CloseReason;
use crate::document::{Document, LoadError};
use crate::ids::{ActorId, ChangeHash};

/// What has come.
#[derive(Debug)]
pub struct News {
    /// The changes in it; those within a whole document are not named.
    pub changes: Vec<ChangeHash>,
    /// All of it, as it is stored.
    pub chunks: Vec<u8>,
}

/// Everything one server has sent of one document.
#[derive(Debug, Default)]
pub struct Mirror {
    heads: Vec<ChangeHash>,
    chunks: Vec<u8>,
}

impl Mirror {
    /// The sync message to begin with on every connection: "this is what I have".
    pub fn greeting(&self) -> Vec<u8> {
        if self.heads.is_empty() {
            let mut nothing = Document::empty(ActorId::from(&[0_u8][..]));
            let doc = nothing.automerge_mut().sync();
            let first = doc.generate_sync_message(&mut State::new());
            return first.map(|message| message.encode()).unwrap_or_default();
        }
        message::bringing(&self.heads, Vec::new(), Audience::Writers)
    }

    /// Takes a sync message; what comes back says that it has arrived.
    ///
    /// # Errors
    /// The reason to close the connection with.
    pub fn receive(&mut self, data: &[u8]) -> Result<Vec<u8>, CloseReason> {
        let envelope = message::open_trusted(data).map_err(|refusal| refusal.close_reason())?;
        self.chunks.extend_from_slice(&envelope.chunks);
        self.heads = envelope.message.heads;
        Ok(self.greeting())
    }

    /// Takes out what has come since this was last asked. A mirror that is asked this is no copy of
    /// its own any more: the chunks are somebody else's to keep.
    ///
    /// # Errors
    /// The reason to close the connection with.
    pub fn take_news(&mut self) -> Result<News, CloseReason> {
        let chunks = std::mem::take(&mut self.chunks);
        let mut changes = Vec::new();
        let refused = |refusal: super::gate::Refusal| refusal.close_reason();
        for chunk in chunk::split_own(&chunks).map_err(refused)? {
            if chunk.kind != ChunkKind::Document {
                changes.push(ChangeHash(chunk.hash().map_err(refused)?));
            }
        }
        Ok(News { changes, chunks })
    }

    /// The sync message that brings a change to the server. The change leads to `heads`.
    pub fn bring(&mut self, heads: Vec<ChangeHash>, chunk: Vec<u8>) -> Vec<u8> {
        self.heads = heads;
        message::bringing(&self.heads, chunk, Audience::Writers)
    }

    /// The version the server last named.
    pub fn heads(&self) -> &[ChangeHash] {
        &self.heads
    }

    /// Bytes of everything that was sent.
    pub fn bytes(&self) -> usize {
        self.chunks.len()
    }

    /// The document itself.
    ///
    /// # Errors
    /// What was sent is not a whole document.
    pub fn build(&self, actor: ActorId) -> Result<Document, LoadError> {
        Document::load(&self.chunks, actor)
    }
}
