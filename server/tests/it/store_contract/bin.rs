//! The part of the contract about the bin, and about what lists say of documents.

use model::ids::DocumentId;
use server::store::{ChangeLogRow, ChunkKind, PersonId, Removed, Store};

use super::{NOW_MS, chunk, document, person, write};

pub(super) async fn a_document_in_the_bin_is_out_of_sight_and_whole(store: Store) {
    let (id, project, owner) = document(&store).await;
    let before = store.load_document(id).await.expect("reads");
    let removed = store.remove_document(id, owner, NOW_MS).await;
    assert!(removed.expect("answers"), "it was there");
    let again = store.remove_document(id, owner, NOW_MS + 1).await;
    assert!(!again.expect("answers"), "it is in the bin already");

    assert!(store.document_row(id).await.expect("reads").is_none());
    assert!(store.documents_of(project).await.expect("reads").is_empty());
    let in_bin = store.removed_documents(project, 0).await.expect("reads");
    let by_owner = Removed {
        by: owner,
        at_ms: NOW_MS,
    };
    assert_eq!(in_bin.len(), 1);
    assert_eq!((in_bin[0].id, in_bin[0].removed), (id, Some(by_owner)));
    let one = store.removed_document(id).await.expect("reads");
    assert_eq!(one.expect("is there").removed, Some(by_owner));

    // Nothing of it is deleted, and whoever looks after the database still finds it.
    assert_eq!(store.document_ids().await.expect("reads"), [id]);
    let after = store.load_document(id).await.expect("reads");
    let bytes = |stored: Option<server::store::StoredDocument>| {
        let chunks = stored.expect("is there").chunks;
        chunks
            .into_iter()
            .map(|chunk| chunk.bytes)
            .collect::<Vec<_>>()
    };
    assert_eq!(bytes(before), bytes(after));

    let back = store.restore_document(id, NOW_MS - 1).await;
    assert!(back.expect("answers"));
    let row = store.document_row(id).await.expect("reads");
    assert_eq!(row.expect("is back").removed, None);
    assert!(store.removed_document(id).await.expect("reads").is_none());
    let unknown = DocumentId::from_bytes([9; 16]);
    let nothing = store.remove_document(unknown, owner, NOW_MS).await;
    assert!(!nothing.expect("answers"));
}

pub(super) async fn a_document_is_put_back_only_in_time(store: Store) {
    let (id, project, owner) = document(&store).await;
    let removed = store.remove_document(id, owner, NOW_MS).await;
    assert!(removed.expect("answers"));
    // "After" is after: the moment itself is over.
    let listed = store.removed_documents(project, NOW_MS).await;
    assert!(listed.expect("reads").is_empty());
    let late = store.restore_document(id, NOW_MS).await;
    assert!(!late.expect("answers"));
    let listed = store.removed_documents(project, NOW_MS - 1).await;
    assert_eq!(listed.expect("reads").len(), 1);
    let in_time = store.restore_document(id, NOW_MS - 1).await;
    assert!(in_time.expect("answers"));
    let not_in_bin = store.restore_document(id, 0).await;
    assert!(!not_in_bin.expect("answers"));
}

pub(super) async fn a_list_knows_who_wrote_last(store: Store) {
    let (id, _, _) = document(&store).await;
    let writer = person(&store, "w").await;
    let change = |seed: u8, person: Option<PersonId>| {
        let mut write = write(id, vec![chunk(ChunkKind::Change, seed)], "T");
        write.changes = vec![ChangeLogRow {
            hash: [seed; 32],
            actor: vec![seed; 16],
            person,
            at_ms: NOW_MS,
        }];
        vec![write]
    };
    let last = async || {
        let row = store.document_row(id).await.expect("reads");
        row.expect("is there").changed_by
    };
    assert_eq!(last().await, None);
    store
        .commit(change(2, Some(writer)))
        .await
        .expect("written");
    assert_eq!(last().await, Some(writer));
    // What the server adds by itself is nobody's.
    store.commit(change(3, None)).await.expect("written");
    assert_eq!(last().await, Some(writer));
    // A write that is not changes alone goes another way.
    let other = person(&store, "x").await;
    let mut mixed = change(4, Some(other));
    mixed[0].chunks.push(chunk(ChunkKind::Snapshot, 5));
    store.commit(mixed).await.expect("written");
    assert_eq!(last().await, Some(other));
}
