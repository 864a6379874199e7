//! Why a connection ends: a WebSocket close code and a stable key that the application translates.

/// Why one side closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloseReason {
    /// The frame was not the protocol.
    BadFrame,
    /// The frame was longer than allowed.
    FrameTooLarge,
    /// The first message was not a join, or a second join named another peer.
    JoinExpected,
    /// No protocol version in common.
    VersionUnsupported,
    /// The peer did not answer or read in time.
    TooSlow,
    /// More frames or bytes than the budget allows.
    TooFast,
    /// More documents on one connection than allowed.
    TooManyDocuments,
    /// A change was not what the gate lets in.
    ChangeRefused,
    /// A change by an actor that belongs to somebody else.
    ActorNotYours,
    /// The document has reached its largest size.
    DocumentFull,
    /// The session or the token ended.
    SignedOut,
    /// What was sent could not be stored; reconnect and send it again.
    StorageFailed,
    /// The document's room failed; reconnect.
    RoomFailed,
    /// The server is going down for a moment.
    Restarting,
}

/// Every reason, its close code and its key. Codes 4000–4999 belong to applications.
const TABLE: [(CloseReason, u16, &str); 14] = [
    (CloseReason::BadFrame, 4400, "bad_frame"),
    (CloseReason::FrameTooLarge, 4413, "frame_too_large"),
    (CloseReason::JoinExpected, 4401, "join_expected"),
    (CloseReason::VersionUnsupported, 4406, "version_unsupported"),
    (CloseReason::TooSlow, 4408, "too_slow"),
    (CloseReason::TooFast, 4429, "too_fast"),
    (CloseReason::TooManyDocuments, 4430, "too_many_documents"),
    (CloseReason::ChangeRefused, 4422, "change_refused"),
    (CloseReason::ActorNotYours, 4403, "actor_not_yours"),
    (CloseReason::DocumentFull, 4507, "document_full"),
    (CloseReason::SignedOut, 4410, "signed_out"),
    (CloseReason::StorageFailed, 4503, "storage_failed"),
    (CloseReason::RoomFailed, 4500, "room_failed"),
    (CloseReason::Restarting, 4001, "restarting"),
];

/// Every reason there is.
pub const ALL: [CloseReason; 14] = {
    let mut all = [CloseReason::BadFrame; 14];
    let mut at = 0;
    while at < all.len() {
        all[at] = TABLE[at].0;
        at += 1;
    }
    all
};

impl CloseReason {
    /// The WebSocket close code.
    pub fn code(self) -> u16 {
        self.row().1
    }

    /// The key that travels as the close text and that the application translates.
    pub fn key(self) -> &'static str {
        self.row().2
    }

    /// The reason with this close code.
    pub fn from_code(code: u16) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == code).map(|row| row.0)
    }

    /// Whether the same peer may simply connect again and go on.
    pub fn is_passing(self) -> bool {
        matches!(
            self,
            Self::TooSlow
                | Self::TooFast
                | Self::StorageFailed
                | Self::RoomFailed
                | Self::Restarting
        )
    }

    fn row(self) -> (Self, u16, &'static str) {
        *TABLE
            .iter()
            .find(|row| row.0 == self)
            .expect("every reason has a row; a test walks them")
    }
}
