//! The editing of one long text, made up: somebody types sentences, corrects slips, goes back and
//! inserts, and deletes what is not needed. The same for the same seed, so that figures compare.

/// How many texts of a document are written in, in every protocol alike: the parts of the template
/// of a requirement document.
pub(crate) const TEXTS: usize = 5;

/// Words as frequent as they are in a text about this.
const WORDS: &str = "the of and to in is a that for it as with be on are this by we an or not can \
    have which from but at system data users each when their they one time document will more \
    all has if other also network server client application changes update model approach local \
    software offline collaboration several devices example state operation text order version \
    between merge user history used such may would possible work first new conflict while";

/// Operations a change holds: somebody who types while nobody looks.
const OPERATIONS_A_CHANGE: usize = 8;

/// One operation. Positions are counted from where the writer began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// A letter comes to stand at `at`.
    Typed {
        /// Where.
        at: usize,
        /// Which.
        letter: char,
    },
    /// The letter at `at` goes.
    Deleted {
        /// Where.
        at: usize,
    },
}

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

/// The operations on one text, by the change that holds them: `operations` or a word more.
pub(crate) fn changes(operations: usize) -> Vec<Vec<Letter>> {
    let words: Vec<&str> = WORDS.split_whitespace().collect();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let (mut at, mut length) = (0, 0);
    let mut done = 0;
    let mut changes = Vec::new();
    let mut change = Vec::new();
    while done < operations {
        // Most of the time somebody goes on where they are.
        if dice.below(40) == 0 {
            at = dice.below(length + 1);
        }
        let before = change.len();
        if dice.below(8) == 0 && at > 12 {
            for _ in 0..1 + dice.below(12) {
                at -= 1;
                length -= 1;
                change.push(Letter::Deleted { at });
            }
        } else {
            let word = words[dice.below(words.len())];
            for letter in word.chars().chain([' ']) {
                change.push(Letter::Typed { at, letter });
                at += 1;
                length += 1;
            }
        }
        let written = change.len() - before;
        done += written;
        if done % OPERATIONS_A_CHANGE < written {
            changes.push(std::mem::take(&mut change));
        }
    }
    if !change.is_empty() {
        changes.push(change);
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_can_be_played_and_is_the_same_every_time() {
        let mut text = Vec::new();
        for letter in changes(10_000).into_iter().flatten() {
            match letter {
                Letter::Typed { at, letter } => text.insert(at, letter),
                Letter::Deleted { at } => drop(text.remove(at)),
            }
        }
        let text: String = text.into_iter().collect();
        assert!(text.len() > 3_000, "{} letters are left", text.len());
        assert_eq!(changes(10_000), changes(10_000));
        let operations = changes(10_000).iter().map(Vec::len).sum::<usize>();
        assert!((10_000..10_020).contains(&operations), "{operations}");
    }
}
