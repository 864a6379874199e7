//! Images in SQLite.

use model::ids::{DocumentId, ImageId};
use sqlx::sqlite::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::errors::{column, from_sqlx};
use crate::store::{
    ImageAdded, ImageRoom, ImageStore, MediaType, NewImage, StoreError, StoredImage,
};

#[async_trait::async_trait]
impl ImageStore for SqliteStore {
    async fn add_image(&self, image: NewImage, room: ImageRoom) -> Result<ImageAdded, StoreError> {
        self.writer
            .run(move |connection| Box::pin(add_image(connection, image, room)))
            .await
    }

    async fn image(
        &self,
        document: DocumentId,
        id: ImageId,
    ) -> Result<Option<StoredImage>, StoreError> {
        let row = sqlx::query(
            "SELECT hash, media_type, width_px, height_px, bytes FROM image
             WHERE document = ?1 AND hash = ?2",
        )
        .bind(document.as_bytes().as_slice())
        .bind(id.as_bytes().as_slice())
        .fetch_optional(&self.readers)
        .await
        .map_err(from_sqlx)?;
        row.as_ref().map(read_image).transpose()
    }

    async fn image_ids(&self, document: DocumentId) -> Result<Vec<ImageId>, StoreError> {
        let rows = sqlx::query("SELECT hash FROM image WHERE document = ?1 ORDER BY hash")
            .bind(document.as_bytes().as_slice())
            .fetch_all(&self.readers)
            .await
            .map_err(from_sqlx)?;
        rows.iter().map(read_id).collect()
    }

    async fn copy_images(
        &self,
        from: DocumentId,
        to: DocumentId,
        ids: Vec<ImageId>,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| {
                Box::pin(async move {
                    for id in ids {
                        sqlx::query(
                            "INSERT INTO image SELECT ?2, hash, media_type, width_px, height_px,
                                 uploaded_by, uploaded_at_ms, bytes
                             FROM image WHERE document = ?1 AND hash = ?3
                             ON CONFLICT DO NOTHING",
                        )
                        .bind(from.as_bytes().as_slice())
                        .bind(to.as_bytes().as_slice())
                        .bind(id.as_bytes().as_slice())
                        .execute(&mut *connection)
                        .await
                        .map_err(from_sqlx)?;
                    }
                    Ok(())
                })
            })
            .await
    }
}

async fn add_image(
    connection: &mut SqliteConnection,
    new: NewImage,
    room: ImageRoom,
) -> Result<ImageAdded, StoreError> {
    let NewImage {
        document,
        image,
        person,
        at_ms,
    } = new;
    // The length of a value stands in front of it: no image is read for this.
    let (others, bytes, is_here): (u32, i64, bool) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(length(bytes)), 0), coalesce(max(hash = ?2), 0) FROM image
         WHERE document = ?1",
    )
    .bind(document.as_bytes().as_slice())
    .bind(image.id.as_bytes().as_slice())
    .fetch_one(&mut *connection)
    .await
    .map_err(from_sqlx)?;
    if is_here {
        return Ok(ImageAdded::Kept);
    }
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let grown = bytes.saturating_add(image.bytes.len() as u64);
    if others >= room.images_max || grown > room.bytes_max {
        return Ok(ImageAdded::NoRoom);
    }
    sqlx::query(
        "INSERT INTO image (document, hash, media_type, width_px, height_px, uploaded_by,
             uploaded_at_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(document.as_bytes().as_slice())
    .bind(image.id.as_bytes().as_slice())
    .bind(image.media_type.as_str())
    .bind(image.width_px)
    .bind(image.height_px)
    .bind(person.as_bytes().as_slice())
    .bind(at_ms)
    .bind(image.bytes)
    .execute(connection)
    .await
    .map_err(from_sqlx)?;
    Ok(ImageAdded::Kept)
}

fn read_id(row: &SqliteRow) -> Result<ImageId, StoreError> {
    let hash = column::<&[u8]>(row, "hash")?.try_into();
    hash.map(ImageId::from_hash)
        .map_err(|_| StoreError::Unreadable { what: "image.hash" })
}

fn read_image(row: &SqliteRow) -> Result<StoredImage, StoreError> {
    let media_type = MediaType::parse(column(row, "media_type")?);
    Ok(StoredImage {
        id: read_id(row)?,
        media_type: media_type.ok_or(StoreError::Unreadable {
            what: "image.media_type",
        })?,
        width_px: column(row, "width_px")?,
        height_px: column(row, "height_px")?,
        bytes: column(row, "bytes")?,
    })
}
