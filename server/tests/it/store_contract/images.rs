//! What every backend promises about images.

use model::ids::{DocumentId, ImageId};
use server::store::{
    Constraint, ImageAdded, ImageRoom, MediaType, NewImage, PersonId, Store, StoreError,
    StoredImage,
};

use super::{NOW_MS, document};

const ROOM: ImageRoom = ImageRoom {
    images_max: 3,
    bytes_max: 100,
};

fn image(seed: u8, bytes: usize) -> StoredImage {
    StoredImage {
        id: ImageId::from_hash([seed; 32]),
        media_type: MediaType::Jpeg,
        width_px: 2_560,
        height_px: 1,
        bytes: vec![seed; bytes],
    }
}

async fn add(
    store: &Store,
    document: DocumentId,
    person: PersonId,
    image: StoredImage,
) -> Result<ImageAdded, StoreError> {
    let new = NewImage {
        document,
        image,
        person,
        at_ms: NOW_MS,
    };
    store.add_image(new, ROOM).await
}

pub(super) async fn an_image_belongs_to_its_document_and_reads_back(store: Store) {
    let (one, _, owner) = document(&store).await;
    let (other, _, _) = document(&store).await;
    let added = add(&store, one, owner, image(1, 10)).await;
    assert_eq!(added.expect("is written"), ImageAdded::Kept);
    let read = async |document, id| store.image(document, id).await.expect("reads");
    assert_eq!(read(one, image(1, 10).id).await, Some(image(1, 10)));
    assert_eq!(read(other, image(1, 10).id).await, None);
    assert_eq!(read(one, image(2, 10).id).await, None);
    let ids = [image(1, 10).id, image(9, 1).id].to_vec();
    for _ in 0..2 {
        let copied = store.copy_images(one, other, ids.clone()).await;
        copied.expect("what is not there is skipped, what is there stays");
    }
    assert_eq!(read(other, image(1, 10).id).await, Some(image(1, 10)));
    let listed = store.image_ids(other).await.expect("reads");
    assert_eq!(listed, [image(1, 10).id]);
}

pub(super) async fn a_document_has_room_for_so_many_images_and_bytes(store: Store) {
    let (id, _, owner) = document(&store).await;
    let says = async |image| add(&store, id, owner, image).await.expect("answers");
    assert_eq!(says(image(1, 60)).await, ImageAdded::Kept);
    assert_eq!(says(image(2, 41)).await, ImageAdded::NoRoom, "bytes");
    assert_eq!(says(image(2, 30)).await, ImageAdded::Kept);
    assert_eq!(says(image(3, 1)).await, ImageAdded::Kept);
    assert_eq!(says(image(4, 1)).await, ImageAdded::NoRoom, "images");
    assert_eq!(
        says(image(1, 60)).await,
        ImageAdded::Kept,
        "is there already"
    );
    assert_eq!(store.image_ids(id).await.expect("reads").len(), 3);
    let unknown = DocumentId::from_bytes([9; 16]);
    let refused = add(&store, unknown, owner, image(1, 1)).await;
    assert!(matches!(
        refused,
        Err(StoreError::Refused {
            constraint: Constraint::Missing,
            ..
        })
    ));
    let (empty, _, _) = document(&store).await;
    for wrong in [
        image(1, 0),
        StoredImage {
            width_px: 2_561,
            ..image(1, 1)
        },
    ] {
        let refused = add(&store, empty, owner, wrong).await;
        assert!(matches!(
            refused,
            Err(StoreError::Refused {
                constraint: Constraint::Invalid,
                ..
            })
        ));
    }
}
