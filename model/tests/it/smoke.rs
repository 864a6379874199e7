//! The shortest way through the model: make, write, save, load, merge.

use model::document::Document;
use model::edit::Edit;
use model::ids::ActorId;
use model::schema::DocumentKind;
use model::tree::{Run, TextRef};

fn random() -> impl FnMut() -> [u8; 16] {
    let mut next = 0_u8;
    move || {
        next += 1;
        [next; 16]
    }
}

#[test]
fn a_document_is_made_written_saved_and_merged() {
    let actor = |n: u8| ActorId::from(&[n; 16][..]);
    let mut a = Document::create(
        DocumentKind::RequirementDocument,
        "en",
        "Shop",
        actor(1),
        &mut random(),
        1_000,
    )
    .unwrap();
    let bytes = a.save();
    let mut b = Document::load(&bytes, actor(2)).unwrap();
    assert_eq!(a.tree(), b.tree());
    let section = b.tree().sections[0].head.id.clone();
    let body = TextRef::SectionBody(section);
    b.apply(&[Edit::Splice {
        text: body.clone(),
        at: 1,
        del: 0,
        runs: vec![Run::plain("𠮷 hello")],
    }])
    .unwrap();
    assert!(b.pending());
    assert!(b.commit(2_000).is_some());
    a.merge(&mut b).unwrap();
    let update = a.take_update();
    assert_eq!(update.texts.keys().collect::<Vec<_>>(), vec![&body]);
    assert_eq!(update.texts[&body], b.text(&body));
    assert_eq!(a.tree(), b.tree());
    assert!(a.take_update().is_empty());
}
