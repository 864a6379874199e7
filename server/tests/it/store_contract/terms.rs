//! What every backend promises about words.

use server::store::{Kept, ProjectId, Store, TermId, TermRow};

use super::{NOW_MS, person};
use crate::store_rows::project;

fn term(project: ProjectId, word: &str) -> TermRow {
    TermRow {
        id: TermId::new(),
        project,
        word: word.to_owned(),
        also: "statement".to_owned(),
        meaning: "每月五日的总额".to_owned(),
        created_at_ms: NOW_MS,
    }
}

pub(super) async fn a_word_belongs_to_its_project_and_reads_back(store: Store) {
    let owner = person(&store, "o").await;
    let (here, there) = (project(&store, owner).await, project(&store, owner).await);
    let (first, second) = (term(here, "对账单"), term(here, "SLA"));
    for row in [first.clone(), second.clone()] {
        let kept = store.add_term(row, 2).await.expect("answers");
        assert_eq!(kept, Kept::Kept);
    }
    let full = store.add_term(term(here, "C"), 2).await;
    assert_eq!(full.expect("answers"), Kept::NoRoom);
    let elsewhere = store.add_term(term(there, "C"), 1).await;
    assert_eq!(elsewhere.expect("answers"), Kept::Kept);
    let read = store.terms(here).await.expect("reads");
    assert_eq!(read, [first.clone(), second.clone()]);

    // Under another project's name nothing is found, changed or taken out.
    let strayed = TermRow {
        project: there,
        ..first.clone()
    };
    let changed = store.change_term(strayed).await.expect("answers");
    assert_eq!(changed, Kept::NotThere);
    let removed = store.remove_term(there, first.id).await;
    assert!(!removed.expect("answers"));

    let other = TermRow {
        meaning: "总额与明细".to_owned(),
        ..first
    };
    let changed = store.change_term(other.clone()).await.expect("answers");
    assert_eq!(changed, Kept::Kept);
    assert!(store.remove_term(here, second.id).await.expect("done"));
    assert_eq!(store.terms(here).await.expect("reads"), [other]);
}
