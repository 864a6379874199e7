//! Writes the corpora to begin with into `model/fuzz/corpus`: real frames, real changes and real
//! documents. Run it again when a format changes:
//! `cargo run --manifest-path model/fuzz/Cargo.toml --example seeds`.

use std::fs;
use std::path::Path;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, Change, ObjType, ROOT, ReadDoc};
use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, DocumentId, PeerId};
use model::sync::Access;
use model::sync::wire::{
    Addressed, Durable, Ephemeral, ErrorFrame, Frame, Here, HerePerson, Join, Peer, PeerMetadata,
    Revoked, Sync, SyncKind,
};
use model::tree::{BlockHead, BlockKind, Run, TextRef};
use model_fuzz::forge::{CHANGE_COLUMNS, kind, message};
use model_fuzz::sample;

fn main() -> std::io::Result<()> {
    for (name, frame) in frames() {
        write("frame", name, &frame.encode())?;
    }
    let changes = changes();
    for (name, change) in &changes {
        let pieces = [
            (kind::COLUMNS, columns(change)),
            (kind::CHANGE, body(change.raw_bytes()).to_vec()),
            (kind::DEFLATED, body(change.raw_bytes()).to_vec()),
        ];
        for (kind, body) in pieces {
            let piece = piece(kind, &body);
            let name = format!("{name}_{kind}");
            write("chunk", &name, &piece)?;
            write("gate", &name, &letter(&piece))?;
        }
    }
    let all: Vec<u8> = changes
        .iter()
        .flat_map(|(_, change)| piece(kind::COLUMNS, &columns(change)))
        .collect();
    write("gate", "all", &letter(&all))?;
    let document = piece(kind::DOCUMENT, body(sample::saved()));
    write("chunk", "document", &document)?;
    write("gate", "document", &letter(&document))?;
    let raw = message(changes[0].1.raw_bytes().to_vec());
    write("chunk", "message", &raw)?;
    write("gate", "message", &[&[0][..], &length(&raw), &raw].concat())?;
    trees()
}

fn write(target: &str, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(name), bytes)
}

fn frames() -> Vec<(&'static str, Frame)> {
    let sender = label("peer-1");
    let join = Join {
        sender: sender.clone(),
        metadata: PeerMetadata {
            storage_id: Some("s".to_owned()),
            is_ephemeral: Some(true),
            ..PeerMetadata::ours()
        },
        versions: vec!["1".to_owned()],
    };
    let peer = Peer {
        sender: sender.clone(),
        target: label("server"),
        metadata: PeerMetadata::ours(),
        version: "1".to_owned(),
    };
    let error = ErrorFrame {
        sender: sender.clone(),
        target: None,
        message: "no".to_owned(),
    };
    let mut frames = vec![
        ("join", Frame::Join(join)),
        ("peer", Frame::Peer(peer)),
        ("leave", Frame::Leave(sender)),
        ("error", Frame::Error(error)),
    ];
    frames.extend(frames_of_a_document(DocumentId::from_bytes([3; 16])));
    frames
}

fn label(text: &str) -> PeerId {
    PeerId::parse(text).expect("letters are a label")
}

fn frames_of_a_document(document: DocumentId) -> [(&'static str, Frame); 7] {
    let (sender, target) = (label("peer-1"), Some(label("server")));
    let sync = |kind| {
        Frame::Sync(Sync {
            kind,
            sender: sender.clone(),
            target: target.clone(),
            document,
            data: vec![0x42, 0, 0, 0, 0],
        })
    };
    let unavailable = Addressed {
        sender: sender.clone(),
        target: target.clone(),
        document,
    };
    let ephemeral = Ephemeral {
        sender: sender.clone(),
        target: target.clone(),
        document,
        session: "session".to_owned(),
        count: 70_000,
        data: vec![1, 2, 3],
    };
    let person = HerePerson {
        peer: sender.clone(),
        name: "李经理".to_owned(),
        hue: 3,
        role: "owner".to_owned(),
    };
    let (heads, people) = (vec![[7; 32], [8; 32]], vec![person]);
    let access = Access::Read;
    [
        ("request", sync(SyncKind::Request)),
        ("sync", sync(SyncKind::Sync)),
        ("unavailable", Frame::Unavailable(unavailable)),
        ("ephemeral", Frame::Ephemeral(ephemeral)),
        ("durable", Frame::Durable(Durable { document, heads })),
        ("here", Frame::Here(Here { document, people })),
        ("revoked", Frame::Revoked(Revoked { document, access })),
    ]
}

/// One change each of what people and programs do to the sample document.
fn changes() -> Vec<(&'static str, Change)> {
    let body = TextRef::SectionBody(sample::section());
    let ours: [(&str, Vec<Edit>); 4] = [
        (
            "type",
            vec![Edit::Splice {
                text: body.clone(),
                at: 1,
                del: 1,
                runs: vec![Run::plain("字x")],
            }],
        ),
        (
            "marker",
            vec![Edit::Marker {
                text: body.clone(),
                at: 2,
                block: BlockHead::new(BlockKind::Check { checked: true }),
            }],
        ),
        (
            "mark",
            vec![Edit::Mark {
                text: body,
                from: 1,
                to: 4,
                name: "italic".to_owned(),
                value: Some(model::tree::MarkValue::Flag(true)),
            }],
        ),
        (
            "remove",
            vec![Edit::ItemRemove {
                id: sample::item(),
                at_ms: None,
            }],
        ),
    ];
    let mut made: Vec<_> = ours
        .into_iter()
        .map(|(name, edits)| (name, by_us(&edits)))
        .collect();
    made.push(("foreign", by_somebody()));
    made
}

fn by_us(edits: &[Edit]) -> Change {
    let mut document: Document = sample::document(sample::STRANGERS[0]);
    let before = document.heads();
    document.apply(edits).expect("the edits fit");
    document.commit(0);
    let bytes = document.changes_since(&before).remove(0);
    Change::from_bytes(bytes).expect("we made it")
}

fn by_somebody() -> Change {
    let mut doc = AutoCommit::load(sample::saved()).expect("we made it");
    doc.set_actor(ActorId::from(&sample::STRANGERS[0][..]));
    let before = doc.get_heads();
    let list = doc.put_object(ROOT, "list", ObjType::List).expect("a list");
    for n in 0..3 {
        doc.insert(&list, n, n as i64).expect("a value");
    }
    let map = doc.insert_object(&list, 1, ObjType::Map).expect("a map");
    doc.put(&map, "counter", automerge::ScalarValue::counter(1))
        .expect("a counter");
    doc.increment(&map, "counter", 2).expect("a count");
    doc.put(&map, "float", 1.5).expect("a number");
    doc.delete(&list, 0).expect("a deletion");
    let title = doc.get(ROOT, "title").expect("a root").expect("a title").1;
    doc.update_text(&title, "Other").expect("a title");
    doc.commit();
    doc.get_changes(&before).remove(0)
}

/// A chunk without its header: four bytes of magic, four of checksum, the kind, the length.
fn body(chunk: &[u8]) -> &[u8] {
    let length = chunk[9..]
        .iter()
        .take_while(|byte| **byte & 0x80 != 0)
        .count()
        + 1;
    &chunk[9 + length..]
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len())
        .expect("a small seed")
        .to_le_bytes()
}

fn piece(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &length(body), body].concat()
}

fn letter(pieces: &[u8]) -> Vec<u8> {
    [&[1][..], &length(pieces), pieces].concat()
}

/// The columns of a change as the forger reads them: by the second actor, at the honest counter.
fn columns(change: &Change) -> Vec<u8> {
    let mut rest = body(change.raw_bytes());
    let deps = number(&mut rest);
    rest = &rest[deps * 32..];
    let actor = number(&mut rest);
    rest = &rest[actor..];
    for _ in 0..3 {
        number(&mut rest); // sequence, first operation, time
    }
    let words = number(&mut rest);
    rest = &rest[words..];
    for _ in 0..number(&mut rest) {
        let actor = number(&mut rest);
        rest = &rest[actor..];
    }
    let count = number(&mut rest);
    let heads: Vec<_> = (0..count)
        .map(|_| (number(&mut rest), number(&mut rest)))
        .collect();
    let mut seed = vec![1, 0];
    for (spec, length) in heads {
        let place = CHANGE_COLUMNS
            .iter()
            .position(|known| *known as usize == spec);
        let (bytes, behind) = rest.split_at(length);
        rest = behind;
        seed.push(place.expect("a known column") as u8);
        seed.push(u8::try_from(length).expect("a small change"));
        seed.extend_from_slice(bytes);
    }
    seed
}

fn number(rest: &mut &[u8]) -> usize {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (byte, behind) = rest.split_first().expect("a whole number");
        *rest = behind;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

/// Inputs of the two targets that read their input as a list of choices.
fn trees() -> std::io::Result<()> {
    let words = b"\x05<b>&'\x0bjavascript:\x09https://x\x03\xe5\xad\x97\x02\x00\r";
    let choices: Vec<u8> = (0..=255_u8).flat_map(|n| [n, n.wrapping_mul(37)]).collect();
    for (name, stride) in [("few", 7), ("some", 3), ("many", 1)] {
        let picked: Vec<u8> = choices.iter().copied().step_by(stride).collect();
        let mixed: Vec<u8> = picked
            .chunks(6)
            .flat_map(|part| [part, words].concat())
            .take(2_000)
            .collect();
        for target in ["tree", "html"] {
            write(target, name, &picked)?;
            write(target, &format!("{name}_words"), &mixed)?;
        }
    }
    Ok(())
}
