//! The editing of one long text, made up: somebody types sentences, corrects slips, goes back and
//! inserts, and deletes what is not needed. The same for the same seed, so that figures compare.

use anyhow::{Context as _, Result};
use model::document::Document;
use model::edit::Edit;
use model::tree::{Run, TextRef};

/// Words as frequent as they are in a text about this.
const WORDS: &str = "the of and to in is a that for it as with be on are this by we an or not can \
    have which from but at system data users each when their they one time document will more \
    all has if other also network server client application changes update model approach local \
    software offline collaboration several devices example state operation text order version \
    between merge user history used such may would possible work first new conflict while";

/// Operations a change holds: somebody who types while nobody looks.
const OPERATIONS_A_CHANGE: usize = 8;

/// A random number for a seed, the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap_or(0)
    }
}

/// Puts `operations` single-character edits into a part of the document.
pub(crate) fn write(document: &mut Document, text: &TextRef, operations: usize) -> Result<()> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let first = document.text_length(text);
    let (mut at, mut length) = (first, first);
    let mut done = 0;
    while done < operations {
        // Most of the time somebody goes on where they are.
        if dice.below(40) == 0 {
            at = first + dice.below(length - first + 1);
        }
        let mut edits = Vec::new();
        if dice.below(8) == 0 && at > first + 12 {
            for _ in 0..1 + dice.below(12) {
                at -= 1;
                length -= 1;
                edits.push(splice(text, at, 1, "")?);
            }
        } else {
            let word = words[dice.below(words.len())];
            for letter in word.chars().chain([' ']) {
                edits.push(splice(text, at, 0, &letter.to_string())?);
                at += 1;
                length += 1;
            }
        }
        done += edits.len();
        document.apply(&edits)?;
        if done % OPERATIONS_A_CHANGE < edits.len() {
            document
                .commit(i64::try_from(done)?)
                .context("nothing changed")?;
        }
    }
    document.commit(i64::try_from(done)?);
    Ok(())
}

fn splice(text: &TextRef, at: usize, del: u32, letters: &str) -> Result<Edit> {
    let runs = match letters {
        "" => Vec::new(),
        _ => vec![Run::plain(letters.to_owned())],
    };
    Ok(Edit::Splice {
        text: text.clone(),
        at: u32::try_from(at)?,
        del,
        runs,
    })
}
