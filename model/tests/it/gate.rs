//! SPEC part G: what the gate lets in. The bombs are built here, byte by byte.

mod bomb;
mod hostile;
mod shape;

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ROOT};
use model::document::Shape;
use model::limits;
use model::sync::gate::{Refusal, inspect};
use model::sync::room::RoomEvent;
use model::sync::{Access, CloseReason};

use self::bomb::{append_columns, change, chunk, deflate, message, run, unsigned};
use crate::world::{Dice, World};

fn refusal(chunks: Vec<u8>) -> Refusal {
    inspect(&message(chunks)).expect_err("this must not come in")
}

const ACTION: u32 = 0x42;
const KEY_TEXT: u32 = 0x15;
const PREDECESSORS: u32 = 0x70;
const VALUE_HEAD: u32 = 0x56;
const VALUE: u32 = 0x57;

fn honest() -> AutoCommit {
    let mut doc = AutoCommit::new().with_actor(ActorId::from(&[5; 16][..]));
    doc.put(ROOT, "a", "b").unwrap();
    let text = doc.put_object(ROOT, "t", automerge::ObjType::Text).unwrap();
    doc.splice_text(&text, 0, 0, &"hello 需求 ".repeat(200))
        .unwrap();
    doc.commit();
    doc
}

// SPEC: G1
#[test]
fn g1_what_automerge_writes_comes_in() {
    let mut doc = honest();
    let mut change = doc.get_changes(&[]).remove(0);
    assert_eq!(inspect(&message(change.raw_bytes().to_vec())), Ok(1));
    let deflated = change.bytes().into_owned();
    assert_eq!(deflated[8], 2, "this change is worth deflating");
    assert_eq!(inspect(&message(deflated)), Ok(1));
    assert_eq!(inspect(&message(doc.save())), Ok(1));
}

// SPEC: G2
#[test]
fn g2_a_sync_message_is_looked_at_before_it_is_decoded() {
    let head = |bytes: &[u8]| [&[0x42, 0, 0][..], bytes].concat();
    let bloom = |bytes: &[u8]| head(&[&[1, 0, bytes.len() as u8][..], bytes, &[0]].concat());
    assert_eq!(inspect(&bloom(&[1, 10, 7, 0, 0])), Ok(0));
    // A division by zero inside Automerge.
    assert_eq!(
        inspect(&bloom(&[1, 0, 7])),
        Err(Refusal::Malformed("Bloom filter"))
    );
    // Four billion probes for every change of the document.
    let greedy = bloom(&[1, 10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]);
    assert_eq!(inspect(&greedy), Err(Refusal::Malformed("Bloom filter")));
    // A list of 2^60 heads.
    let long = [&[0x42][..], &unsigned(1 << 60)].concat();
    assert_eq!(inspect(&long), Err(Refusal::TooMany("list entries")));
    let unsorted = [&[0x42, 2][..], &[9; 32], &[1; 32], &[0, 0, 0]].concat();
    assert_eq!(
        inspect(&unsorted),
        Err(Refusal::Malformed("order of heads"))
    );
    assert_eq!(
        inspect(&[0x41]),
        Err(Refusal::Malformed("sync message type"))
    );
}

// SPEC: G3
#[test]
fn g3_a_deflate_bomb_is_cut_off() {
    let zeros = vec![0; 64 * 1024 * 1024];
    let bomb = chunk(2, &deflate(&zeros), 1, &[]);
    assert!(bomb.len() < limits::FRAME_FROM_CLIENT_BYTES_MAX);
    assert_eq!(refusal(bomb), Refusal::TooLarge("inflated data"));
}

// SPEC: G4
#[test]
fn g4_run_lengths_are_counted_and_never_unfolded() {
    let too_many = run(limits::CHANGE_OPS_MAX as u64 + 1, &[1]);
    assert_eq!(
        refusal(change(1, &[(ACTION, too_many)])),
        Refusal::TooLarge("operations")
    );
    let endless = run(i64::MAX as u64, &[1]);
    assert_eq!(
        refusal(change(1, &[(ACTION, endless)])),
        Refusal::TooLarge("operations")
    );
    let nulls = [&[0][..], &unsigned(u64::MAX)].concat();
    assert_eq!(
        refusal(change(1, &[(ACTION, nulls)])),
        Refusal::TooLarge("operations")
    );
    let predecessors = run(1, &unsigned(4_000_000_000));
    assert_eq!(
        refusal(change(1, &[(PREDECESSORS, predecessors)])),
        Refusal::TooLarge("predecessors")
    );
    let key = [&unsigned(60_000)[..], &vec![b'k'; 60_000]].concat();
    assert_eq!(
        refusal(change(1, &[(KEY_TEXT, run(20_000, &key))])),
        Refusal::TooLarge("repeated text")
    );
}

// SPEC: G4
#[test]
fn g4_a_whole_document_takes_the_same_gate() {
    let mut body = vec![0, 0, 0];
    let ops = [(ACTION, run(50_000_000, &[1]))];
    append_columns(&mut body, &ops);
    body.extend_from_slice(&ops[0].1);
    assert_eq!(
        refusal(chunk(0, &body, 0, &body)),
        Refusal::TooLarge("operations")
    );

    let column = deflate(&vec![0x7f; 16 * 1024 * 1024]);
    let mut body = vec![0, 0, 0];
    append_columns(&mut body, &[(ACTION | 0b1000, column.clone())]);
    body.extend_from_slice(&column);
    assert_eq!(
        refusal(chunk(0, &body, 0, &body)),
        Refusal::TooLarge("inflated data")
    );

    assert_eq!(
        refusal(chunk(3, &[0], 3, &[0])),
        Refusal::Malformed("chunk type")
    );
}

// SPEC: G5
#[test]
fn g5_values_and_counters_are_bounded() {
    let long = unsigned((limits::VALUE_BYTES_MAX as u64 + 1) << 4 | 6);
    let columns = [
        (VALUE_HEAD, run(1, &long)),
        (VALUE, vec![b'v'; limits::VALUE_BYTES_MAX + 1]),
    ];
    assert_eq!(refusal(change(1, &columns)), Refusal::TooLarge("value"));
    let short = [
        (VALUE_HEAD, run(3, &unsigned(10 << 4 | 6))),
        (VALUE, vec![b'v'; 20]),
    ];
    assert_eq!(refusal(change(1, &short)), Refusal::TooLarge("values"));
    // A change that uses up the counters would leave nobody able to write.
    let last = change(u64::from(u32::MAX) - 1, &[(ACTION, run(1, &[1]))]);
    assert_eq!(refusal(last), Refusal::TooLarge("operation counter"));
}

// SPEC: G6
#[test]
fn g6_a_checksum_that_does_not_fit_is_refused() {
    let mut doc = honest();
    let mut bytes = doc.get_changes(&[]).remove(0).raw_bytes().to_vec();
    bytes[5] ^= 1;
    assert_eq!(refusal(bytes), Refusal::Malformed("checksum"));
}

// SPEC: G7
#[test]
fn g7_truncated_flipped_and_random_bytes_never_panic() {
    let mut doc = honest();
    let whole = message(doc.get_changes(&[]).remove(0).bytes().into_owned());
    for length in 0..whole.len() {
        assert!(inspect(&whole[..length]).is_err(), "cut at {length}");
    }
    let mut dice = Dice::new(7);
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << dice.below(8);
        let _ = inspect(&flipped);
    }
    for _ in 0..20_000 {
        let mut bytes: Vec<u8> = (0..dice.below(80)).map(|_| dice.roll() as u8).collect();
        bytes.insert(0, 0x42);
        let _ = inspect(&bytes);
    }
    // With a checksum that fits, the columns themselves are reached.
    for _ in 0..5_000 {
        let columns: Vec<(u32, Vec<u8>)> = (0..dice.below(4))
            .map(|n| {
                let bytes = (0..dice.below(20)).map(|_| dice.roll() as u8).collect();
                (n as u32 * 16 + dice.below(8) as u32, bytes)
            })
            .collect();
        let _ = inspect(&message(change(1, &columns)));
    }
}

/// Two people in a document that may take any shape: what harms must be stopped there too.
fn two_writers() -> World {
    let mut world = World::new(&[Access::Write, Access::Write]);
    world.host.shape = Shape::Any;
    world.connect(0);
    world.connect(1);
    world.open_page();
    world.settle();
    world
}

/// Sends a sync message straight into the room.
fn push(world: &mut World, device: usize, data: Vec<u8>) {
    let (conn, now_ms) = (world.devices[device].conn.unwrap(), world.now_ms);
    world.host.tell(RoomEvent::Sync { conn, data }, now_ms);
    world.host.tell(RoomEvent::Flush, now_ms);
    world.carry();
    world.settle();
}

#[test]
fn i5_a_bad_message_ends_one_connection_and_nothing_else() {
    let mut world = two_writers();
    push(
        &mut world,
        0,
        message(change(1, &[(ACTION, run(1 << 40, &[1]))])),
    );
    assert_eq!(world.closed, vec![CloseReason::ChangeRefused]);
    assert!(world.devices[0].conn.is_none());
    world.act(1, |d, now| d.type_text(0, "unharmed", now));
    world.settle();
    assert!(world.devices[1].saved.unwrap().on_server);
}

/// Changes by an actor on top of what a device has.
fn forged(world: &mut World, device: usize, actor: &ActorId, key: &str) -> Vec<automerge::Change> {
    let mut doc = AutoCommit::new().with_actor(actor.clone());
    for bytes in world.devices[device]
        .client
        .document_mut()
        .changes_since(&[])
    {
        doc.load_incremental(&bytes).unwrap();
    }
    let before = doc.get_heads();
    for value in 0..3 {
        doc.put(ROOT, key, value).unwrap();
        doc.commit();
    }
    doc.get_changes(&before)
}

// SPEC: G8
#[test]
fn g8_nobody_writes_as_somebody_else() {
    let mut world = two_writers();
    world.act(0, |d, now| d.type_text(0, "mine", now));
    world.settle();
    let actor = world.devices[0].client.document().actor().clone();
    let batches = world.host.batches.len();
    let changes = forged(&mut world, 1, &actor, "forged");
    push(&mut world, 1, message(changes[0].raw_bytes().to_vec()));
    assert_eq!(world.closed, vec![CloseReason::ActorNotYours]);
    assert_eq!(world.host.batches.len(), batches, "nothing was applied");
}

// SPEC: G8
#[test]
fn g8_an_actor_bound_before_a_restart_stays_bound() {
    let mut world = two_writers();
    world.act(0, |d, now| d.type_text(0, "mine", now));
    world.settle();
    let actor = world.devices[0].client.document().actor().clone();
    let changes = forged(&mut world, 1, &actor, "forged");
    world.crash_host();
    world.connect(1);
    world.settle();
    push(&mut world, 1, message(changes[0].raw_bytes().to_vec()));
    assert_eq!(world.closed, vec![CloseReason::ActorNotYours]);
}

// SPEC: S4
#[test]
fn s4_a_change_waits_for_what_it_depends_on_and_is_not_stored_before() {
    let mut world = two_writers();
    let actor = ActorId::from(&[0x77; 16][..]);
    let changes = forged(&mut world, 0, &actor, "later");
    let batches = world.host.batches.len();
    push(&mut world, 0, message(changes[2].raw_bytes().to_vec()));
    push(&mut world, 0, message(changes[1].raw_bytes().to_vec()));
    assert_eq!(world.host.batches.len(), batches);
    push(&mut world, 0, message(changes[0].raw_bytes().to_vec()));
    let batch = world.host.batches.last().unwrap();
    let order: Vec<_> = batch.changes.iter().map(|row| row.hash).collect();
    let made: Vec<_> = changes.iter().map(automerge::Change::hash).collect();
    assert_eq!(order, made, "each after what it depends on");
}

// SPEC: G9
#[test]
fn g9_the_same_sequence_number_twice_is_refused() {
    let mut world = two_writers();
    let actor = ActorId::from(&[0x77; 16][..]);
    let one = forged(&mut world, 0, &actor, "one");
    let other = forged(&mut world, 0, &actor, "other");
    push(&mut world, 0, message(one[0].raw_bytes().to_vec()));
    assert!(world.closed.is_empty());
    push(&mut world, 0, message(other[0].raw_bytes().to_vec()));
    assert_eq!(world.closed, vec![CloseReason::ChangeRefused]);
}

// SPEC: G10
#[test]
fn g10_a_full_document_takes_nothing_more() {
    let mut world = World::new(&[Access::Write, Access::Write]);
    world.host.shape = Shape::Any;
    let mut dice = Dice::new(3);
    let mut doc = AutoCommit::load(&world.host.disk.chunks[0].bytes).unwrap();
    let mut fill = |doc: &mut AutoCommit, count: usize, key: &str| {
        for value in 0..count {
            let bytes: Vec<u8> = (0..60_000).map(|_| dice.roll() as u8).collect();
            doc.put(ROOT, format!("{key}{value}"), bytes).unwrap();
        }
        doc.commit();
    };
    fill(&mut doc, 138, "stored");
    world.host.disk.chunks[0].bytes = doc.save_nocompress();
    world.connect(0);
    world.connect(1);
    world.settle();
    let mut doc = doc.fork().with_actor(ActorId::from(&[0x66; 16][..]));
    let before = doc.get_heads();
    fill(&mut doc, 3, "more");
    let change = doc.get_changes(&before).remove(0);
    push(&mut world, 0, message(change.raw_bytes().to_vec()));
    assert_eq!(world.closed, vec![CloseReason::DocumentFull]);
    world.connect(0);
    world.settle();
    assert_eq!(
        world.devices[0].heads(),
        world.devices[1].heads(),
        "it can still be read"
    );
}
