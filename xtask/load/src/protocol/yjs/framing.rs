//! The frames of y-protocols as bytes: lib0's variable-length integers, the three sync messages, and
//! the name of the document in front where a server wants one.

use anyhow::{Context as _, Result, bail, ensure};

/// What stands before each message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Envelope {
    /// Nothing: the address names the document.
    None,
    /// The document.
    Named(String),
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Message {
    /// "This is what I have": a state vector, to be answered with what is lacking.
    Step1(Vec<u8>),
    /// The answer: an update with all that was lacking.
    Step2(Vec<u8>),
    /// An update that was just made.
    Update(Vec<u8>),
    /// Who may come in.
    Auth(Auth),
    /// Are you there?
    Ping,
    /// I am.
    Pong,
    /// Awareness and what servers add: of no interest here.
    Other(u64),
}

/// About coming in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Here is what lets me in.
    Token(String),
    /// No, because.
    Denied(String),
    /// Yes.
    Granted,
}

mod kind {
    pub(super) const SYNC: u64 = 0;
    pub(super) const AUTH: u64 = 2;
    /// Hocuspocus: a sync message that is not to be answered with a question.
    pub(super) const SYNC_REPLY: u64 = 4;
    pub(super) const PING: u64 = 9;
    pub(super) const PONG: u64 = 10;

    pub(super) const STEP_1: u64 = 0;
    pub(super) const STEP_2: u64 = 1;
    pub(super) const UPDATE: u64 = 2;

    pub(super) const TOKEN: u64 = 0;
    pub(super) const DENIED: u64 = 1;
    pub(super) const GRANTED: u64 = 2;
}

impl Envelope {
    /// A message as a frame.
    pub(crate) fn wrap(&self, message: &Message) -> Vec<u8> {
        let mut frame = Vec::new();
        if let Self::Named(name) = self {
            put_bytes(&mut frame, name.as_bytes());
        }
        let mut sync = |kind, data: &[u8]| {
            put_unsigned(&mut frame, kind::SYNC);
            put_unsigned(&mut frame, kind);
            put_bytes(&mut frame, data);
        };
        match message {
            Message::Step1(vector) => sync(kind::STEP_1, vector),
            Message::Step2(update) => sync(kind::STEP_2, update),
            Message::Update(update) => sync(kind::UPDATE, update),
            Message::Auth(auth) => {
                put_unsigned(&mut frame, kind::AUTH);
                let (kind, text) = match auth {
                    Auth::Token(token) => (kind::TOKEN, token.as_str()),
                    Auth::Denied(reason) => (kind::DENIED, reason.as_str()),
                    Auth::Granted => (kind::GRANTED, "read-write"),
                };
                put_unsigned(&mut frame, kind);
                put_bytes(&mut frame, text.as_bytes());
            }
            Message::Ping => put_unsigned(&mut frame, kind::PING),
            Message::Pong => put_unsigned(&mut frame, kind::PONG),
            Message::Other(kind) => put_unsigned(&mut frame, *kind),
        }
        frame
    }

    /// The message of a frame.
    pub(crate) fn unwrap(&self, frame: &[u8]) -> Result<Message> {
        let mut cursor = Cursor(frame);
        if let Self::Named(name) = self {
            let about = cursor.bytes()?;
            ensure!(about == name.as_bytes(), "a frame of another document");
        }
        Ok(match cursor.unsigned()? {
            kind::SYNC | kind::SYNC_REPLY => {
                let kind = cursor.unsigned()?;
                let data = cursor.bytes()?.to_vec();
                match kind {
                    kind::STEP_1 => Message::Step1(data),
                    kind::STEP_2 => Message::Step2(data),
                    kind::UPDATE => Message::Update(data),
                    other => bail!("no sync message is of kind {other}"),
                }
            }
            kind::AUTH => match cursor.unsigned()? {
                kind::TOKEN => Message::Auth(Auth::Token(cursor.text()?)),
                kind::DENIED => Message::Auth(Auth::Denied(cursor.text()?)),
                kind::GRANTED => Message::Auth(Auth::Granted),
                other => bail!("no auth message is of kind {other}"),
            },
            kind::PING => Message::Ping,
            kind::PONG => Message::Pong,
            other => Message::Other(other),
        })
    }
}

/// Seven bits a byte, the lowest first; the eighth says that more follow.
fn put_unsigned(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_unsigned(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// What is left to read of a frame.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn unsigned(&mut self) -> Result<u64> {
        let mut number = 0;
        // Ten times seven bits are more than a number has.
        for place in 0..10 {
            let (byte, rest) = self.0.split_first().context("a frame ends in a number")?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << (7 * place);
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        bail!("a number is longer than it can be")
    }

    fn bytes(&mut self) -> Result<&'a [u8]> {
        let length = usize::try_from(self.unsigned()?)?;
        let taken = self.0.split_at_checked(length);
        let (bytes, rest) = taken.context("a frame ends in its data")?;
        self.0 = rest;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<String> {
        Ok(String::from_utf8(self.bytes()?.to_vec())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_lib0() {
        // As lib0's `writeVarUint` writes them.
        let known: [(u64, &[u8]); 6] = [
            (0, &[0]),
            (127, &[0x7f]),
            (128, &[0x80, 0x01]),
            (300, &[0xac, 0x02]),
            (16_384, &[0x80, 0x80, 0x01]),
            (4_294_967_295, &[0xff, 0xff, 0xff, 0xff, 0x0f]),
        ];
        for (number, bytes) in known {
            let mut written = Vec::new();
            put_unsigned(&mut written, number);
            assert_eq!(written, bytes, "{number}");
            let mut cursor = Cursor(bytes);
            assert_eq!(cursor.unsigned().expect("it is whole"), number);
            assert!(cursor.0.is_empty());
        }
    }

    #[test]
    fn sync_messages_are_those_of_y_protocols() {
        let bare = Envelope::None;
        // What a stock client without anything says first, and what one that lacks nothing is told.
        assert_eq!(bare.wrap(&Message::Step1(vec![0])), [0, 0, 1, 0]);
        assert_eq!(bare.wrap(&Message::Step2(vec![0, 0])), [0, 1, 2, 0, 0]);
        assert_eq!(bare.wrap(&Message::Update(vec![9])), [0, 2, 1, 9]);
        let named = Envelope::Named("ab".to_owned());
        assert_eq!(
            named.wrap(&Message::Auth(Auth::Token("t".to_owned()))),
            [2, b'a', b'b', 2, 0, 1, b't']
        );
    }

    #[test]
    fn every_message_comes_back() {
        let messages = [
            Message::Step1(vec![0]),
            Message::Step2(vec![1; 200]),
            Message::Update(vec![2; 70_000]),
            Message::Auth(Auth::Token("key".to_owned())),
            Message::Auth(Auth::Denied("no".to_owned())),
            Message::Auth(Auth::Granted),
            Message::Ping,
            Message::Pong,
            Message::Other(102),
        ];
        for envelope in [Envelope::None, Envelope::Named("纪要".to_owned())] {
            for message in &messages {
                let frame = envelope.wrap(message);
                let read = envelope.unwrap(&frame).expect("it was just written");
                assert_eq!(read, *message);
            }
        }
    }

    #[test]
    fn a_frame_that_is_cut_short_is_an_error() {
        let envelope = Envelope::Named("document".to_owned());
        let frame = envelope.wrap(&Message::Update(vec![3; 300]));
        for length in 0..frame.len() {
            assert!(envelope.unwrap(&frame[..length]).is_err(), "{length}");
        }
        let other = Envelope::Named("another".to_owned());
        assert!(other.unwrap(&frame).is_err());
    }
}
