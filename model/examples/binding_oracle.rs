//! The model behind a pipe, so that the editor's own tests can check their binding against it with
//! random steps. One JSON command a line on stdin, one JSON answer a line on stdout.
//!
//! Every command may name a replica with `"replica"` (default `"a"`). An answer is
//! `{"ok": …}` or `{"error": "sentence"}`; after an error the document is as it was before.
//!
//! ```text
//! {"cmd":"create","kind":"requirement_document","language":"en","title":"T"}   → tree
//! {"cmd":"bare"}                     → tree of a note with one section "s1" and an empty body
//! {"cmd":"fork","from":"a","into":"b"}    → tree of b, a second live copy
//! {"cmd":"apply","edits":[…]}        → true; edits stay in the open transaction
//! {"cmd":"commit"}                   → true when there was something to commit
//! {"cmd":"merge","from":"a","into":"b"}   → RemoteUpdate of b (both are committed first)
//! {"cmd":"update"}                   → RemoteUpdate since the last merge or update
//! {"cmd":"tree"}                     → DocTree
//! {"cmd":"text","text":"s/ID/body"}  → Block[]
//! {"cmd":"length","text":"…"}        → number of positions
//! {"cmd":"item","id":"…"}            → ItemTree or null
//! {"cmd":"outline"}                  → Outline
//! {"cmd":"html"}                     → the document as HTML, labels shown as their keys
//! {"cmd":"cursor","text":"…","at":3} → cursor or null
//! {"cmd":"position","text":"…","cursor":"…"} → index or null
//! {"cmd":"number","id":"…","number":"R-001"} → true
//! {"cmd":"reload"}                   → tree after saving and loading
//! {"cmd":"id"}                       → a fresh id, the same sequence in every run
//! ```

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use model::document::Document;
use model::edit::Edit;
use model::ids::{ActorId, DocumentId, ItemId, SectionId};
use model::schema::DocumentKind;
use model::tree::TextRef;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "cmd", rename_all = "snake_case")]
enum Command {
    Create {
        kind: DocumentKind,
        language: String,
        title: String,
    },
    Bare,
    Fork {
        from: String,
        into: String,
    },
    Apply {
        edits: Vec<Edit>,
    },
    Commit,
    Merge {
        from: String,
        into: String,
    },
    Update,
    Tree,
    Text {
        text: TextRef,
    },
    Length {
        text: TextRef,
    },
    Item {
        id: ItemId,
    },
    Outline,
    Html,
    Cursor {
        text: TextRef,
        at: u32,
    },
    Position {
        text: TextRef,
        cursor: String,
    },
    Number {
        id: ItemId,
        number: String,
    },
    Reload,
    Id,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default = "first_replica")]
    replica: String,
    #[serde(flatten)]
    command: Command,
}

fn first_replica() -> String {
    "a".to_owned()
}

#[derive(Default)]
struct Oracle {
    replicas: BTreeMap<String, Document>,
    made: u64,
    now_ms: i64,
}

type Answer = Result<Value, String>;

fn sentence(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn as_json(value: impl serde::Serialize) -> Answer {
    serde_json::to_value(value).map_err(sentence)
}

impl Oracle {
    fn random(&mut self) -> [u8; 16] {
        self.made += 1;
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes[8..].copy_from_slice(&self.made.to_be_bytes());
        bytes
    }

    fn actor(&mut self) -> ActorId {
        ActorId::from(&self.random()[..])
    }

    fn find(&mut self, name: &str) -> Result<&mut Document, String> {
        self.replicas
            .get_mut(name)
            .ok_or_else(|| format!("there is no replica “{name}”"))
    }

    fn answer(&mut self, line: Line) -> Answer {
        self.now_ms += 1_000;
        let now_ms = self.now_ms;
        let name = line.replica;
        match line.command {
            Command::Create {
                kind,
                language,
                title,
            } => self.create(name, kind, &language, &title),
            Command::Bare => self.bare(name),
            Command::Fork { from, into } => self.fork(&from, into),
            Command::Merge { from, into } => self.merge(&from, &into),
            Command::Id => as_json(ItemId::from_random(self.random())),
            Command::Apply { edits } => {
                self.find(&name)?.apply(&edits).map_err(sentence)?;
                Ok(json!(true))
            }
            Command::Commit => Ok(json!(self.find(&name)?.commit(now_ms).is_some())),
            Command::Update => as_json(self.find(&name)?.take_update()),
            Command::Tree => as_json(self.find(&name)?.tree()),
            Command::Text { text } => as_json(self.find(&name)?.text(&text)),
            Command::Length { text } => as_json(self.find(&name)?.text_length(&text)),
            Command::Item { id } => as_json(self.find(&name)?.item(&id)),
            Command::Outline => as_json(self.find(&name)?.outline()),
            Command::Html => as_json(model::html::article(
                &self.find(&name)?.tree(),
                DocumentId::from_bytes([0; 16]),
                &str::to_owned,
            )),
            Command::Cursor { text, at } => as_json(self.find(&name)?.cursor(&text, at)),
            Command::Position { text, cursor } => {
                as_json(self.find(&name)?.position(&text, &cursor))
            }
            Command::Number { id, number } => {
                self.find(&name)?
                    .set_number(&id, &number)
                    .map_err(sentence)?;
                Ok(json!(true))
            }
            Command::Reload => self.reload(name),
        }
    }

    fn create(&mut self, name: String, kind: DocumentKind, language: &str, title: &str) -> Answer {
        let (actor, now_ms) = (self.actor(), self.now_ms);
        let mut random = || self.random();
        let document = Document::create(kind, language, title, actor, &mut random, now_ms)
            .map_err(sentence)?;
        let tree = as_json(document.tree());
        self.replicas.insert(name, document);
        tree
    }

    fn bare(&mut self, name: String) -> Answer {
        self.create(name.clone(), DocumentKind::Note, "en", "")?;
        let now_ms = self.now_ms;
        let document = self.find(&name)?;
        let tree = document.tree();
        let mut edits: Vec<Edit> = tree
            .sections
            .into_iter()
            .map(|section| Edit::SectionRemove {
                id: section.head.id,
            })
            .collect();
        let id = SectionId::parse("s1").map_err(sentence)?;
        edits.push(Edit::SectionNew {
            id,
            order: "80".to_owned(),
            role: None,
        });
        document.apply(&edits).map_err(sentence)?;
        document.commit(now_ms);
        as_json(document.tree())
    }

    fn fork(&mut self, from: &str, into: String) -> Answer {
        let actor = self.actor();
        let document = self.find(from)?.fork(actor);
        let tree = as_json(document.tree());
        self.replicas.insert(into, document);
        tree
    }

    fn merge(&mut self, from: &str, into: &str) -> Answer {
        let now_ms = self.now_ms;
        let mut source = self
            .replicas
            .remove(from)
            .ok_or_else(|| format!("there is no replica “{from}”"))?;
        source.commit(now_ms);
        let result = self.find(into).and_then(|target| {
            target.commit(now_ms);
            target.merge(&mut source).map_err(sentence)?;
            as_json(target.take_update())
        });
        self.replicas.insert(from.to_owned(), source);
        result
    }

    fn reload(&mut self, name: String) -> Answer {
        let actor = self.actor();
        let bytes = self.find(&name)?.save();
        let document = Document::load(&bytes, actor).map_err(sentence)?;
        let tree = as_json(document.tree());
        self.replicas.insert(name, document);
        tree
    }
}

fn main() -> std::io::Result<()> {
    let mut oracle = Oracle::default();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = serde_json::from_str(&line)
            .map_err(|error| format!("this line is not a command: {error}"))
            .and_then(|line| oracle.answer(line));
        let answer = match answer {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": error }),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
