//! The live copy behind an editor: what is stored opens again, what is typed is not called stored,
//! and tabs bring each other up to date.

use model::ids::DocumentId;
use model::live_copy::{LiveCopy, Opening, Work};
use model::presence::{Caret, Presence};
use model::schema::DocumentKind;
use model::sync::Access;
use model::sync::room::{ConnId, Person};
use model::tree::TextRef;

use crate::paper::{actor, document};
use crate::world::World;

/// What a device has of a fresh requirement document called "Shop".
fn stored() -> Vec<Vec<u8>> {
    vec![document(DocumentKind::RequirementDocument, "en").save()]
}

fn open(writer: u8, chunks: &[Vec<u8>]) -> LiveCopy {
    let (copy, unreadable) = LiveCopy::open(Opening {
        document: DocumentId::from_bytes([7; 16]),
        actor: actor(writer),
        chunks,
        durable: Vec::new(),
    });
    assert_eq!(unreadable, 0);
    copy
}

fn type_in_title(copy: &mut LiveCopy, text: &str) {
    let edits =
        format!(r#"[{{"op":"splice","text":"title","at":0,"runs":[{{"text":"{text}"}}]}}]"#);
    copy.apply(&edits).unwrap();
}

/// The version of a copy as another tab is told of it.
fn heads(copy: &mut LiveCopy) -> Vec<Vec<u8>> {
    let heads = copy.facts().heads;
    heads.iter().map(|head| head.0.to_vec()).collect()
}

fn add_kept(chunks: &mut Vec<Vec<u8>>, work: &Work) {
    chunks.extend(work.keep.iter().map(|chunk| chunk.bytes.clone()));
}

#[test]
fn what_was_kept_opens_again() {
    let mut chunks = stored();
    let mut copy = open(2, &chunks);
    type_in_title(&mut copy, "会签 ");
    let work = copy.commit(5_000);
    assert_eq!(work.news.kept, Some(copy.facts().heads));
    assert_eq!(work.keep[0].key.kind, "change");
    add_kept(&mut chunks, &work);
    let again = open(3, &chunks);
    assert!(again.tree().contains("会签 Shop"));
    assert_eq!(again.tree(), copy.tree());
}

#[test]
fn a_chunk_that_cannot_be_read_is_counted_and_left_out() {
    let mut chunks = stored();
    let whole = open(2, &chunks).tree();
    let mut damaged = chunks[0].clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    let cut = chunks[0][..middle].to_vec();
    chunks.extend([b"not a chunk".to_vec(), Vec::new(), damaged, cut]);
    let (copy, unreadable) = LiveCopy::open(Opening {
        document: DocumentId::from_bytes([7; 16]),
        actor: actor(2),
        chunks: &chunks,
        durable: Vec::new(),
    });
    assert_eq!(unreadable, 4);
    assert_eq!(copy.tree(), whole);
}

#[test]
fn a_device_without_a_copy_has_nothing_to_show() {
    let facts = open(2, &[]).facts();
    assert!(!facts.has_text && !facts.writable && !facts.newer);
}

// SPEC: S14
#[test]
fn typed_text_is_stored_only_when_the_store_has_said_so() {
    let mut copy = open(2, &stored());
    assert!(copy.facts().stored_here);
    type_in_title(&mut copy, "x");
    let facts = copy.facts();
    assert!(facts.typing && !facts.stored_here && !facts.on_server);
    let work = copy.commit(5_000);
    let facts = copy.facts();
    assert!(!facts.typing && !facts.stored_here);
    copy.stored(work.news.kept.unwrap(), 5_001);
    let facts = copy.facts();
    assert!(facts.stored_here && !facts.on_server && !facts.online);
    assert!(facts.unsaved_on_server > 0);
}

#[test]
fn tabs_tell_each_other_what_they_lack() {
    let (mut one, mut other) = (open(2, &stored()), open(3, &stored()));
    type_in_title(&mut one, "one ");
    let told = one.commit(5_000).tell_tabs;
    type_in_title(&mut other, "other ");
    for change in told {
        other.add_change(change);
    }
    let work = other.merge_waiting(5_010);
    assert!(work.news.updated);
    assert!(other.take_update().unwrap().contains("one "));
    assert!(other.take_update().is_none(), "told once");

    let (lacking, _) = other.lacking(&heads(&mut one), 5_015);
    assert_eq!(lacking.len(), 1, "what the other tab typed itself");
    for change in lacking {
        one.add_change(change);
    }
    one.merge_waiting(5_020);
    assert_eq!(one.tree(), other.tree());
    assert_eq!(one.facts().heads, other.facts().heads);
}

#[test]
fn text_typed_when_another_tab_asks_is_kept() {
    let mut copy = open(2, &stored());
    let before = heads(&mut copy);
    type_in_title(&mut copy, "open ");
    let (lacking, work) = copy.lacking(&before, 5_000);
    assert_eq!(lacking.len(), 1);
    assert_eq!(work.keep.len(), 1, "for the device's store");
    assert_eq!(work.news.kept, Some(copy.facts().heads));
}

#[test]
fn refused_edits_leave_no_trace() {
    let mut copy = open(2, &stored());
    let before = copy.tree();
    let beyond = r#"[{"op":"splice","text":"title","at":0,"runs":[{"text":"x"}]},
                     {"op":"splice","text":"title","at":9999,"runs":[{"text":"y"}]}]"#;
    for refused in [beyond, "not JSON", "{}", r#"[{"op":"unheard of"}]"#] {
        assert!(copy.apply(refused).is_err(), "{refused}");
        assert_eq!(copy.tree(), before, "{refused}");
        assert!(!copy.facts().typing, "{refused}");
    }
}

#[test]
fn a_snapshot_is_the_whole_document_and_never_half_a_change() {
    let mut copy = open(2, &stored());
    type_in_title(&mut copy, "x");
    assert!(copy.snapshot().is_none());
    copy.commit(5_000);
    let (heads, chunk) = copy.snapshot().unwrap();
    assert_eq!(chunk.key.kind, "snapshot");
    let mut again = open(3, &[chunk.bytes]);
    assert_eq!(again.facts().heads, heads);
    assert_eq!(again.tree(), copy.tree());
}

#[test]
fn a_selection_is_in_a_section_an_item_or_neither() {
    let mut copy = open(2, &stored());
    let section = copy.outline().sections[0].id.to_string();
    let place = |text: &str| format!(r#"{{"text":"{text}","at":0}}"#);
    let selection = |text: &str| format!(r#"{{"anchor":{0},"head":{0}}}"#, place(text));
    let body = selection(&format!("s/{section}/body"));
    assert_eq!(copy.select(Some(&body)), Some(section));
    assert_eq!(copy.select(Some(&selection("title"))), None);
    assert_eq!(copy.select(Some("garbage")), None);
    assert_eq!(copy.select(None), None);
}

#[test]
fn a_rehearsal_leaves_the_document_and_what_is_said_of_it_alone() {
    let mut copy = open(2, &stored());
    let (tree, facts) = (copy.tree(), copy.facts());
    assert!(copy.rehearse(5_000), "there is a part to type into");
    assert_eq!((copy.tree(), copy.facts()), (tree, facts));
    assert!(
        copy.take_update().is_none(),
        "the editor has nothing to show"
    );
    // Text that is open is the person's: it is not closed for a rehearsal.
    type_in_title(&mut copy, "x");
    assert!(!copy.rehearse(5_100));
    assert!(copy.facts().typing);
    assert!(!open(3, &[]).rehearse(5_000), "an empty copy has no part");
}

/// A live copy on a line to a server, with somebody else in the document.
struct Desk {
    copy: LiveCopy,
    world: World,
    conn: ConnId,
    /// Own changes so far.
    changes: usize,
}

impl Desk {
    fn new() -> Self {
        let mut world = World::new(&[Access::Write]);
        let (copy, _) = LiveCopy::open(Opening {
            document: world.host.document,
            actor: actor(9),
            chunks: &[],
            durable: Vec::new(),
        });
        world.open_page();
        world.connect(0);
        world.settle();
        let conn = world.accept(Person([99; 16]), Access::Write);
        let mut desk = Self {
            copy,
            world,
            conn,
            changes: 0,
        };
        let joining = desk.copy.line_up("desk".parse().unwrap(), 1_000);
        desk.say(joining);
        while desk.exchange() > 0 {}
        assert!(desk.copy.facts().on_server, "the document has arrived");
        desk
    }

    /// One change was answered while the next is open.
    fn with_an_answer_waiting() -> Self {
        let mut desk = Self::new();
        type_in_title(&mut desk.copy, "a");
        desk.commit();
        type_in_title(&mut desk.copy, "b");
        desk.exchange();
        desk
    }

    fn now_ms(&self) -> u64 {
        self.world.now_ms
    }

    fn say(&mut self, work: Work) {
        self.changes += work.tell_tabs.len();
        self.world.send_up(self.conn, work.send);
    }

    /// The server deals with everything it was sent.
    fn server_answers(&mut self) {
        let conns: Vec<_> = self.world.wires.keys().copied().collect();
        for conn in conns {
            while !self.world.wires[&conn].up.is_empty() {
                self.world.deliver_up(conn, true);
            }
        }
        while let Some(job) = self.world.host.next_job() {
            self.world.finish(job);
        }
    }

    /// What the server has sent arrives, and is merged as far as it does not wait.
    fn arrive(&mut self) -> usize {
        let down = &mut self.world.wires.get_mut(&self.conn).unwrap().down;
        let frames = std::mem::take(down);
        let count = frames.len();
        for frame in frames {
            self.copy.add_frame(frame);
        }
        let work = self.copy.merge_waiting(self.now_ms());
        self.say(work);
        count
    }

    fn exchange(&mut self) -> usize {
        self.server_answers();
        self.arrive()
    }

    fn commit(&mut self) {
        let work = self.copy.commit(self.now_ms());
        self.say(work);
    }
}

// SPEC: S16
#[test]
fn steady_typing_makes_four_changes_a_second_however_slow_the_line_is() {
    for answer_after_ms in (10..200).step_by(10) {
        let mut desk = Desk::new();
        let (start_ms, mut answer_ms) = (desk.now_ms(), None);
        for now_ms in (start_ms..start_ms + 5_000).step_by(10) {
            desk.world.now_ms = now_ms;
            let since = now_ms - start_ms;
            if since % 70 == 0 {
                type_in_title(&mut desk.copy, "x");
            }
            if desk.copy.commit_wait_ms(now_ms) == Some(0) {
                desk.commit();
                answer_ms = Some(now_ms + answer_after_ms);
            }
            if answer_ms == Some(now_ms) {
                desk.exchange();
            }
        }
        let made = desk.changes;
        assert!(
            (18..=21).contains(&made),
            "{made} at {answer_after_ms} ms in 5 s"
        );
        desk.commit();
        while desk.exchange() > 0 {}
        assert!(desk.copy.facts().on_server, "nothing waits for ever");
    }
}

// SPEC: S14, S16
#[test]
fn an_answer_waits_for_open_text_and_is_believed_after_it() {
    let mut desk = Desk::with_an_answer_waiting();
    let facts = desk.copy.facts();
    assert!(facts.typing && !facts.on_server);
    assert_eq!(desk.changes, 1);
    let work = desk.copy.commit(desk.now_ms());
    assert!(work.news.durable.is_some(), "the first change is confirmed");
    assert_eq!(desk.copy.facts().unsaved_on_server, 1, "the second is not");
}

// SPEC: S14
#[test]
fn an_answer_that_waited_when_the_line_went_down_is_not_believed_on_the_next() {
    let mut desk = Desk::with_an_answer_waiting();
    desk.copy.line_down(desk.now_ms());
    desk.commit();
    let facts = desk.copy.facts();
    assert!(!facts.online);
    assert_eq!(facts.unsaved_on_server, 2);
}

#[test]
fn what_others_wrote_is_merged_at_once_and_closes_open_text() {
    let mut desk = Desk::new();
    type_in_title(&mut desk.copy, "mine ");
    desk.world.act(0, |other, now_ms| {
        assert!(other.type_text(0, "theirs ", now_ms));
    });
    desk.exchange();
    assert!(desk.copy.take_update().unwrap().contains("theirs "));
    assert!(!desk.copy.facts().typing);
    assert_eq!(desk.changes, 1);
}

#[test]
fn somebody_who_moves_about_does_not_close_open_text() {
    let mut desk = Desk::new();
    type_in_title(&mut desk.copy, "mine ");
    desk.world.now_ms += 100;
    desk.world.act(0, |other, now_ms| {
        let caret = Some(Caret {
            text: TextRef::Title,
            cursor: "1@aa".to_owned(),
        });
        other.say(
            Presence {
                anchor: caret.clone(),
                head: caret,
                pending: None,
            },
            now_ms,
        );
    });
    desk.server_answers();
    let down = &mut desk.world.wires.get_mut(&desk.conn).unwrap().down;
    for frame in std::mem::take(down) {
        desk.copy.add_frame(frame);
    }
    let work = desk.copy.merge_waiting(desk.now_ms());
    assert!(work.news.presence, "they are seen");
    assert!(desk.copy.facts().typing);
    assert!(work.tell_tabs.is_empty());
}
