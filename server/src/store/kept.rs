//! What came of keeping a row of which a project may have so many and no more.

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is as it was given.
    Kept,
    /// The project has as many as it may.
    NoRoom,
    /// It was to be changed and is not (or no longer) there.
    NotThere,
}
