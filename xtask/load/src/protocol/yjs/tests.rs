//! Writers and readers without a server between them.

use super::*;
use crate::protocol::{Reader as _, Writer as _};

/// What a server does with what it is told: it hands it on.
fn relayed(frame: &[u8]) -> Vec<u8> {
    match Envelope::None.unwrap(frame) {
        Ok(Message::Step2(update) | Message::Update(update)) => {
            Envelope::None.wrap(&Message::Update(update))
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reader_knows_how_far_it_is_without_building_anything() {
    let mut writer = Writer::new(Envelope::None, Content::Short);
    let mut reader = Reader::new(Envelope::None);
    let asked = Envelope::None.wrap(&Message::Step1(StateVector::default().encode_v1()));
    let brought = writer.receive(&asked).expect("it answers");
    reader.receive(&relayed(&brought[0])).expect("it is whole");
    assert_eq!(reader.version(), writer.version());

    let mut sent = Vec::new();
    for _ in 0..3 {
        let (edit, frames) = writer.type_one().expect("it types");
        sent.push((edit, Instant::now()));
        let heard = reader.receive(&relayed(&frames[0])).expect("it is whole");
        let brought = heard.brought.expect("it brings an edit");
        assert_eq!(brought.reached(&sent), sent.len());
    }
    assert_eq!(reader.version(), writer.version());
    let read = reader.contents().expect("nothing is lacking");
    assert_eq!(read, writer.contents());
    assert_eq!(read.text, "Loadxxx");
}

#[test]
fn a_writer_waits_until_its_last_question_is_answered() {
    let nothing = || Envelope::None.wrap(&Message::Step2(NOTHING.to_vec()));
    let mut writer = Writer::new(Envelope::None, Content::Short);
    let opened = writer.opened().expect("it opens");
    assert_eq!(opened.len(), 1);
    writer.receive(&nothing()).expect("it is whole");
    assert!(!writer.is_held_by_server(), "nobody has asked for it yet");

    let asked = Envelope::None.wrap(&Message::Step1(StateVector::default().encode_v1()));
    writer.receive(&asked).expect("it answers");
    assert!(!writer.is_held_by_server(), "it asks once more");
    writer.receive(&nothing()).expect("it is whole");
    assert!(writer.is_held_by_server());

    writer.type_one().expect("it types");
    assert!(!writer.is_held_by_server(), "an edit is on its way");
    assert_eq!(writer.ask().len(), 1);
    assert!(writer.ask().is_empty(), "one question is enough");
    writer.receive(&nothing()).expect("it is whole");
    assert!(writer.is_held_by_server());
}

#[test]
fn a_trace_gives_the_text_that_was_typed() {
    let copy = Copy::new(Content::Trace {
        operations: 1_000 * trace::TEXTS,
    });
    let text = copy.contents().text;
    let each = text.len() / trace::TEXTS;
    assert!(each > 300, "{each} letters are left of 1,000 operations");
    assert_eq!(text[..each].repeat(trace::TEXTS), text);
}
