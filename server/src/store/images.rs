//! Images of documents: bytes that were made here, named by what they are.

use model::ids::{DocumentId, ImageId};

use super::{PersonId, StoreError};

/// In which format the bytes of an image are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaType {
    /// A photograph.
    Jpeg,
    /// Anything with few colours or with transparency.
    Png,
}

impl MediaType {
    /// The word stored and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// Reads what [`Self::as_str`] gave.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// An image as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredImage {
    /// The SHA-256 of its bytes.
    pub id: ImageId,
    /// In which format they are.
    pub media_type: MediaType,
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An image on its way into the database.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// Whose image it is. Must exist.
    pub document: DocumentId,
    /// The image.
    pub image: StoredImage,
    /// Who brought it.
    pub person: PersonId,
    /// Now.
    pub at_ms: i64,
}

/// What came of adding an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageAdded {
    /// It is there, from now or from before.
    Kept,
    /// The document has as many images, or as many bytes of them, as it may.
    NoRoom,
}

/// How many images a document may have.
#[derive(Clone, Copy, Debug)]
pub struct ImageRoom {
    /// Images.
    pub images_max: u32,
    /// Bytes of all of them.
    pub bytes_max: u64,
}

/// What is kept of images.
#[async_trait::async_trait]
pub trait ImageStore: Send + Sync + 'static {
    /// Adds an image if the document has room for it; nothing is written when it has not.
    async fn add_image(&self, image: NewImage, room: ImageRoom) -> Result<ImageAdded, StoreError>;

    /// An image of this document; `None` also when it is another document's alone.
    async fn image(
        &self,
        document: DocumentId,
        id: ImageId,
    ) -> Result<Option<StoredImage>, StoreError>;

    /// The ids of a document's images, in the order of their bytes.
    async fn image_ids(&self, document: DocumentId) -> Result<Vec<ImageId>, StoreError>;

    /// Gives a document these images of another one; those that are not there are skipped.
    async fn copy_images(
        &self,
        from: DocumentId,
        to: DocumentId,
        ids: Vec<ImageId>,
    ) -> Result<(), StoreError>;
}
