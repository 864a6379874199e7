//! What every backend promises about contacts.

use server::store::{ContactId, ContactRow, Kept, ProjectId, Store};

use super::{NOW_MS, person};
use crate::store_rows::project;

fn contact(project: ProjectId, name: &str) -> ContactRow {
    ContactRow {
        id: ContactId::new(),
        project,
        name: name.to_owned(),
        post: "运营经理".to_owned(),
        channel: "wechat".to_owned(),
        address: "lina_ops".to_owned(),
        created_at_ms: NOW_MS,
    }
}

pub(super) async fn a_contact_belongs_to_its_project_and_reads_back(store: Store) {
    let owner = person(&store, "o").await;
    let (here, there) = (project(&store, owner).await, project(&store, owner).await);
    let (first, second) = (contact(here, "李娜"), contact(here, "Zhou"));
    for row in [first.clone(), second.clone()] {
        let kept = store.add_contact(row, 2).await.expect("answers");
        assert_eq!(kept, Kept::Kept);
    }
    let full = store.add_contact(contact(here, "C"), 2).await;
    assert_eq!(full.expect("answers"), Kept::NoRoom);
    let read = store.contacts(here).await.expect("reads");
    assert_eq!(read, [first.clone(), second.clone()]);
    assert!(store.contacts(there).await.expect("reads").is_empty());

    // Under another project's name nothing is found, changed or taken out.
    let strayed = ContactRow {
        project: there,
        ..first.clone()
    };
    let changed = store.change_contact(strayed).await.expect("answers");
    assert_eq!(changed, Kept::NotThere);
    let removed = store.remove_contact(there, first.id).await;
    assert!(!removed.expect("answers"));

    let other = ContactRow {
        address: "138".to_owned(),
        created_at_ms: NOW_MS + 1,
        ..first.clone()
    };
    let changed = store.change_contact(other.clone()).await.expect("answers");
    assert_eq!(changed, Kept::Kept);
    assert!(store.remove_contact(here, second.id).await.expect("done"));
    let read = store.contacts(here).await.expect("reads");
    // When it was added stays.
    let expected = ContactRow {
        created_at_ms: NOW_MS,
        ..other
    };
    assert_eq!(read, [expected]);
}
