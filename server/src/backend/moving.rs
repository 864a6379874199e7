//! An item goes to another document of its project (SPEC: D29). It comes there first and leaves then, so that
//! whatever fails between, it is somewhere.

use app::ports::{AppError, Viewer};
use model::edit::EditError;
use model::ids::{DocumentId, ItemId};
use model::limits;
use model::sync::room::ServerEdit;
use model::tree::ItemTree;

use super::ServerBackend;
use super::translate::parse_person;
use crate::rights;
use crate::rooms::RoomError;
use crate::store::{DocumentRow, PersonId};

impl ServerBackend {
    /// Takes an item from one document to another. The viewer must be allowed to write in both.
    pub(super) async fn carry_item(
        &self,
        viewer: &Viewer,
        from: DocumentId,
        item: &ItemId,
        to: DocumentId,
    ) -> Result<(), AppError> {
        let me = parse_person(&viewer.person)?;
        let (source, target) = (self.writable(me, from).await?, self.writable(me, to).await?);
        if source.project != target.project || from == to {
            return Err(AppError::NotFound);
        }
        let moving = self.item_in(from, item).await?;
        self.take_images_along(from, &moving, to).await?;
        self.write(to, me, ServerEdit::ItemArrives(Box::new(moving)))
            .await?;
        let item = item.clone();
        match self
            .write(from, me, ServerEdit::ItemLeaves { item, to })
            .await
        {
            // Somebody took it out meanwhile: it is where it was to go, and that is what was asked for.
            Err(AppError::NotFound) => Ok(()),
            left => left,
        }
    }

    async fn writable(&self, me: PersonId, id: DocumentId) -> Result<DocumentRow, AppError> {
        let row = self.read(self.state.store.document_row(id)).await?;
        let row = row.ok_or(AppError::NotFound)?;
        match self.readable(me, &row).await?.1 {
            rights::Access::Write => Ok(row),
            rights::Access::Read => Err(AppError::Forbidden),
        }
    }

    async fn item_in(&self, document: DocumentId, item: &ItemId) -> Result<ItemTree, AppError> {
        let (mut tree, _) = self.page(document).await?;
        tree.items.remove(item).ok_or(AppError::NotFound)
    }

    /// What the item shows is with the document before the item is.
    async fn take_images_along(
        &self,
        from: DocumentId,
        item: &ItemTree,
        to: DocumentId,
    ) -> Result<(), AppError> {
        let images = item.images();
        if images.is_empty() {
            return Ok(());
        }
        let there = self.read(self.state.store.image_ids(to)).await?;
        let new = images.iter().filter(|id| !there.contains(id)).count();
        let max = limits::DOCUMENT_IMAGES_MAX;
        if there.len() + new > max as usize {
            return Err(AppError::NoRoom { max });
        }
        let images = images.into_iter().collect();
        self.read(self.state.store.copy_images(from, to, images))
            .await
    }

    async fn write(
        &self,
        document: DocumentId,
        me: PersonId,
        work: ServerEdit,
    ) -> Result<(), AppError> {
        let written = self.state.rooms.write(document, me, work).await;
        written.map_err(|error| match error {
            RoomError::Edits(EditError::IdTaken(_)) => AppError::AlreadyThere,
            RoomError::Edits(EditError::NoPlace) => AppError::NoPlace,
            RoomError::Edits(EditError::ItemNotFound(_)) => AppError::NotFound,
            RoomError::Edits(EditError::TooLarge { limit, .. }) => AppError::NoRoom {
                max: u32::try_from(limit).unwrap_or(u32::MAX),
            },
            error => self.refusals.room(&error),
        })
    }
}
