//! Images people bring: how many are taken in at once, and the one place where they are made anew.
//! Nothing of a file that was sent is kept; what is stored was drawn here from its pixels.

mod remake;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit, TryAcquireError};

pub use remake::{Unusable, remake};

use crate::store::{PersonId, StoredImage};

/// Files that are in memory at once: 8 × 20 MiB.
const FILES_MAX: usize = 8;

/// Files one person may be sending at once: one editor sends one after another, and there are tabs.
const FILES_OF_ONE_MAX: usize = 3;

/// Images unpacked at once. One takes up to 400 MB for a second or two; a second one beside it would
/// only make both slower.
const UNPACKED_MAX: usize = 1;

/// Takes images in, a few at a time.
#[derive(Clone, Debug)]
pub struct Images(Arc<Places>);

#[derive(Debug)]
struct Places {
    files: Semaphore,
    unpacked: Semaphore,
    senders: Mutex<HashMap<PersonId, usize>>,
}

impl Default for Images {
    fn default() -> Self {
        Self(Arc::new(Places {
            files: Semaphore::new(FILES_MAX),
            unpacked: Semaphore::new(UNPACKED_MAX),
            senders: Mutex::default(),
        }))
    }
}

/// A place for one file, given back when dropped.
#[derive(Debug)]
pub struct FilePlace<'a> {
    images: &'a Images,
    person: PersonId,
    _file: SemaphorePermit<'a>,
}

impl Drop for FilePlace<'_> {
    fn drop(&mut self) {
        let mut senders = self.images.senders();
        if let Some(count) = senders.get_mut(&self.person) {
            *count -= 1;
            if *count == 0 {
                senders.remove(&self.person);
            }
        }
    }
}

impl Images {
    /// A place for a file of this person; `None` when there is none right now. Nobody waits: a slow
    /// sender could keep everybody waiting.
    pub fn place_for(&self, person: PersonId) -> Option<FilePlace<'_>> {
        let file = match self.0.files.try_acquire() {
            Ok(file) => file,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return None,
        };
        let mut senders = self.senders();
        let count = senders.entry(person).or_default();
        if *count >= FILES_OF_ONE_MAX {
            return None;
        }
        *count += 1;
        Some(FilePlace {
            images: self,
            person,
            _file: file,
        })
    }

    fn senders(&self) -> std::sync::MutexGuard<'_, HashMap<PersonId, usize>> {
        // A count is whole between any two statements.
        let senders = self.0.senders.lock();
        senders.unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an image anew, away from the threads that serve everybody.
    ///
    /// # Errors
    /// Why the file is not an image that can be kept.
    pub async fn remake(&self, file: axum::body::Bytes) -> Result<StoredImage, Unusable> {
        let turn = self.0.unpacked.acquire().await;
        let made = tokio::task::spawn_blocking(move || remake(&file)).await;
        drop(turn);
        // A library that panics over a file could not read it.
        made.unwrap_or(Err(Unusable::Damaged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_has_a_few_places_and_gives_them_back() {
        let images = Images::default();
        let [one, other] = [PersonId::new(), PersonId::new()];
        let mut held: Vec<_> = (0..FILES_OF_ONE_MAX)
            .map(|_| images.place_for(one).expect("a place"))
            .collect();
        assert!(images.place_for(one).is_none());
        assert!(images.place_for(other).is_some());
        held.pop();
        assert!(images.place_for(one).is_some());
        held.clear();
        assert!(images.senders().is_empty());
        let everybody: Vec<_> = (0..FILES_MAX)
            .map(|_| images.place_for(PersonId::new()).expect("a place"))
            .collect();
        assert!(images.place_for(one).is_none());
        drop(everybody);
        assert!(images.place_for(one).is_some());
    }
}
