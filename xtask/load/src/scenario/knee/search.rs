//! The largest number that stands: doubled until one does not, then halved in between.

/// How close is close enough, as a part of the number itself.
const CLOSE: usize = 8;

/// What is known so far.
#[derive(Debug)]
pub(super) struct Search {
    first: usize,
    stood: Option<usize>,
    fell: Option<usize>,
}

impl Search {
    /// Begins at a number.
    pub(super) fn from(first: usize) -> Self {
        Self {
            first,
            stood: None,
            fell: None,
        }
    }

    /// What to try; nothing when the largest is known closely enough.
    pub(super) fn next(&self) -> Option<usize> {
        match (self.stood, self.fell) {
            (None, None) => Some(self.first),
            (Some(stood), None) => Some(2 * stood),
            (stood, Some(fell)) => {
                let stood = stood.unwrap_or(0);
                let apart = fell.saturating_sub(stood);
                (apart > 1.max(stood / CLOSE)).then_some(stood + apart / 2)
            }
        }
    }

    /// Whether a number stood.
    pub(super) fn take(&mut self, number: usize, stands: bool) {
        match stands {
            true => self.stood = self.stood.max(Some(number)),
            false => self.fell = Some(self.fell.map_or(number, |fell| fell.min(number))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn largest(first: usize, limit: usize) -> (usize, usize) {
        let (mut search, mut tries) = (Search::from(first), 0);
        while let Some(number) = search.next() {
            search.take(number, number <= limit);
            tries += 1;
            assert!(tries < 30, "it ends");
        }
        (search.stood.unwrap_or(0), tries)
    }

    #[test]
    fn the_largest_number_that_stands_is_found_closely_and_soon() {
        for limit in [0, 1, 3, 4, 5, 17, 100, 777] {
            let (found, tries) = largest(4, limit);
            assert!(found <= limit, "{found} of {limit}");
            assert!(limit - found <= found / CLOSE, "{found} of {limit}");
            assert!(tries <= 14, "{tries} tries for {limit}");
        }
    }
}
