//! Clients of y-protocols: the writer has a document of its own, the reader keeps the updates it is
//! sent and builds the document only at the end.

pub(super) mod framing;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use yrs::updates::decoder::Decode as _;
use yrs::updates::encoder::Encode as _;
use yrs::{
    Doc, GetString as _, ReadTxn as _, StateVector, Text as _, TextRef, Transact as _, Update,
};

use self::framing::{Auth, Envelope, Message};
use super::{Content, Contents, EditId, Frames, Heard, Standing, Version};
use crate::trace::{self, Letter};

/// An update without anything in it.
const NOTHING: [u8; 2] = [0, 0];

/// One copy: as many texts as a document of ours has parts.
struct Copy {
    doc: Doc,
    texts: Vec<TextRef>,
}

impl Copy {
    fn new(content: Content) -> Self {
        // 32 bits, as stock clients do: y-sweet does not read longer ones.
        let doc = Doc::with_client_id(u64::from(rand::random::<u32>()));
        let text = |number| doc.get_or_insert_text(format!("text-{number}").as_str());
        let copy = Self {
            texts: (0..trace::TEXTS).map(text).collect(),
            doc,
        };
        match content {
            Content::Nothing => {}
            Content::Short => copy.texts[0].insert(&mut copy.doc.transact_mut(), 0, "Load"),
            Content::Trace { operations } => copy.write(operations),
        }
        copy
    }

    /// What somebody who worked on it for long has done, a transaction a change.
    fn write(&self, operations: usize) {
        for text in &self.texts {
            for change in trace::changes(operations / trace::TEXTS) {
                let mut transaction = self.doc.transact_mut();
                for letter in change {
                    match letter {
                        Letter::Typed { at, letter } => {
                            text.insert(
                                &mut transaction,
                                at as u32,
                                letter.encode_utf8(&mut [0; 4]),
                            );
                        }
                        Letter::Deleted { at } => text.remove_range(&mut transaction, at as u32, 1),
                    }
                }
            }
        }
    }

    fn take(&self, update: &[u8]) -> Result<()> {
        let update = Update::decode_v1(update)?;
        Ok(self.doc.transact_mut().apply_update(update)?)
    }

    fn clocks(&self) -> BTreeMap<u64, u32> {
        clocks(&self.doc.transact().state_vector())
    }

    fn contents(&self) -> Contents {
        let transaction = self.doc.transact();
        let texts = self.texts.iter().map(|text| text.get_string(&transaction));
        Contents {
            version: Version::Clocks(clocks(&transaction.state_vector())),
            text: texts.collect(),
        }
    }
}

/// Somebody who writes.
pub(super) struct Writer {
    envelope: Envelope,
    copy: Copy,
    /// What is to be said before the server can have what was there already.
    debt: Debt,
    /// Questions that were sent, and those that were answered. A server takes one message after
    /// another, so an answer says that all before its question has been taken.
    asked: u32,
    answered: u32,
    last: Last,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Debt {
    /// It waits to be asked for what it brings.
    Owes,
    /// The server has been sent everything.
    Paid,
}

/// What was sent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Question,
    Edit,
}

impl Writer {
    pub(super) fn new(envelope: Envelope, content: Content) -> Self {
        let debt = match content {
            Content::Nothing => Debt::Paid,
            Content::Short | Content::Trace { .. } => Debt::Owes,
        };
        Self {
            envelope,
            copy: Copy::new(content),
            debt,
            asked: 0,
            answered: 0,
            last: Last::Question,
        }
    }

    fn question(&mut self) -> Vec<u8> {
        self.asked += 1;
        self.last = Last::Question;
        let vector = self.copy.doc.transact().state_vector();
        self.envelope.wrap(&Message::Step1(vector.encode_v1()))
    }

    fn answer(&mut self, vector: &[u8]) -> Result<Frames> {
        let vector = StateVector::decode_v1(vector)?;
        let lacking = {
            let transaction = self.copy.doc.transact();
            transaction.encode_state_as_update_v1(&vector)
        };
        let mut frames = vec![self.envelope.wrap(&Message::Step2(lacking))];
        if self.debt == Debt::Owes {
            self.debt = Debt::Paid;
            frames.push(self.question());
        }
        Ok(frames)
    }
}

impl super::Writer for Writer {
    fn opened(&mut self) -> Result<Frames> {
        let mut frames = token(&self.envelope);
        frames.push(self.question());
        Ok(frames)
    }

    fn receive(&mut self, frame: &[u8]) -> Result<Frames> {
        match self.envelope.unwrap(frame)? {
            Message::Step1(vector) => return self.answer(&vector),
            Message::Step2(update) => {
                self.copy.take(&update)?;
                self.answered += 1;
            }
            Message::Update(update) => self.copy.take(&update)?,
            Message::Ping => return Ok(vec![self.envelope.wrap(&Message::Pong)]),
            Message::Auth(Auth::Denied(reason)) => bail!("the server lets nobody in: {reason}"),
            Message::Auth(_) | Message::Pong | Message::Other(_) => {}
        }
        Ok(Vec::new())
    }

    fn type_one(&mut self) -> Result<(EditId, Frames)> {
        let text = &self.copy.texts[0];
        let update = {
            let mut transaction = self.copy.doc.transact_mut();
            let end = text.len(&transaction);
            text.insert(&mut transaction, end, "x");
            transaction.encode_update_v1()
        };
        let client = self.copy.doc.client_id().get();
        let upto = self.copy.clocks().get(&client).copied();
        let clock = upto.and_then(|upto| upto.checked_sub(1));
        let clock = clock.context("nothing changed")?;
        self.last = Last::Edit;
        let frame = self.envelope.wrap(&Message::Update(update));
        Ok((EditId::Clock { client, clock }, vec![frame]))
    }

    fn ask(&mut self) -> Frames {
        match self.last {
            Last::Edit => vec![self.question()],
            Last::Question => Vec::new(),
        }
    }

    fn is_held_by_server(&mut self) -> bool {
        self.debt == Debt::Paid && self.last == Last::Question && self.asked == self.answered
    }

    fn confirmed(&self) -> HashMap<EditId, Instant> {
        HashMap::new()
    }

    fn standing(&self) -> Standing {
        match self.answered {
            0 => Standing::Awaited,
            _ => Standing::Here,
        }
    }

    fn version(&self) -> Version {
        Version::Clocks(self.copy.clocks())
    }

    fn holds(&self, edit: &EditId) -> bool {
        let EditId::Clock { client, clock } = edit else {
            return false;
        };
        self.copy
            .clocks()
            .get(client)
            .is_some_and(|upto| clock < upto)
    }

    fn contents(&self) -> Contents {
        self.copy.contents()
    }
}

/// Somebody who reads.
pub(super) struct Reader {
    envelope: Envelope,
    clocks: BTreeMap<u64, u32>,
    updates: Vec<Vec<u8>>,
}

impl Reader {
    pub(super) fn new(envelope: Envelope) -> Self {
        Self {
            envelope,
            clocks: BTreeMap::new(),
            updates: Vec::new(),
        }
    }

    /// Keeps an update and says how far it goes.
    fn keep(&mut self, update: Vec<u8>) -> Result<Option<Version>> {
        if update == NOTHING {
            return Ok(None);
        }
        let brought = reach(&Update::decode_v1(&update)?);
        for (client, upto) in &brought {
            let known = self.clocks.entry(*client).or_default();
            *known = (*known).max(*upto);
        }
        self.updates.push(update);
        Ok(Some(Version::Clocks(brought)))
    }
}

impl super::Reader for Reader {
    fn opened(&mut self) -> Result<Frames> {
        let mut frames = token(&self.envelope);
        let nothing = StateVector::default().encode_v1();
        frames.push(self.envelope.wrap(&Message::Step1(nothing)));
        Ok(frames)
    }

    fn receive(&mut self, frame: &[u8]) -> Result<Heard> {
        let mut heard = Heard::default();
        match self.envelope.unwrap(frame)? {
            Message::Step1(_) => {
                let answer = Message::Step2(NOTHING.to_vec());
                heard.answers.push(self.envelope.wrap(&answer));
            }
            Message::Step2(update) | Message::Update(update) => {
                heard.brought = self.keep(update)?
            }
            Message::Ping => heard.answers.push(self.envelope.wrap(&Message::Pong)),
            Message::Auth(Auth::Denied(reason)) => bail!("the server lets nobody in: {reason}"),
            Message::Auth(_) | Message::Pong | Message::Other(_) => {}
        }
        Ok(heard)
    }

    fn version(&self) -> Version {
        Version::Clocks(self.clocks.clone())
    }

    fn bytes(&self) -> usize {
        self.updates.iter().map(Vec::len).sum()
    }

    fn contents(&self) -> Result<Contents> {
        let copy = Copy::new(Content::Nothing);
        for update in &self.updates {
            copy.take(update)?;
        }
        ensure!(copy.clocks() == self.clocks, "a reader lacks an update");
        Ok(copy.contents())
    }
}

/// What comes first where a frame names its document: the server wants to be shown something.
fn token(envelope: &Envelope) -> Frames {
    match envelope {
        Envelope::None => Vec::new(),
        Envelope::Named(_) => {
            vec![envelope.wrap(&Message::Auth(Auth::Token("load".to_owned())))]
        }
    }
}

fn clocks(vector: &StateVector) -> BTreeMap<u64, u32> {
    vector
        .iter()
        .map(|(client, clock)| (client.get(), *clock))
        .collect()
}

/// How far an update goes. A socket keeps the order, so all before it has come as well.
fn reach(update: &Update) -> BTreeMap<u64, u32> {
    let mut clocks = BTreeMap::new();
    for (client, ranges) in update.insertions(true).iter() {
        if let Some(end) = ranges.iter().map(|range| range.end).max() {
            clocks.insert(client.get(), end);
        }
    }
    clocks
}
