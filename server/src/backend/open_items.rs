//! What a project's documents leave open: actions, questions and risks, the most urgent first.

use std::sync::Arc;

use app::ports::{OpenItem, OpenItems};
use model::tree::OutlineItem;

use super::ServerBackend;
use crate::clock::now_ms;
use crate::store::DocumentRow;

/// Items a page shows; the others are counted.
const SHOWN_MAX: usize = 12;
/// Documents opened for one page; the others are read by the next.
const READ_MAX: usize = 20;

impl ServerBackend {
    /// What these documents leave open. The viewer must be allowed to read them all.
    pub(super) async fn open_items(&self, documents: &[DocumentRow]) -> OpenItems {
        let today = today();
        let mut to_read = READ_MAX;
        let mut items = Vec::new();
        for row in documents {
            for item in self.left_open_in(row, &mut to_read).await.iter() {
                items.push(open_item(row, item, &today));
            }
        }
        // What has no date comes after what has one; the documents last changed come first.
        items.sort_by(|a, b| (a.due.is_empty(), &a.due).cmp(&(b.due.is_empty(), &b.due)));
        let more = items.len().saturating_sub(SHOWN_MAX);
        items.truncate(SHOWN_MAX);
        OpenItems {
            items,
            more: u32::try_from(more).unwrap_or(u32::MAX),
        }
    }

    async fn left_open_in(&self, row: &DocumentRow, to_read: &mut usize) -> Arc<[OutlineItem]> {
        let work = &self.state.open_work;
        if let Some(known) = work.known(row.id, row.updated_at_ms) {
            return known;
        }
        let none = || Arc::from([]);
        let Some(left) = to_read.checked_sub(1) else {
            return none();
        };
        *to_read = left;
        // A document that cannot be read is said where it is opened; the project's page is not for that.
        match self.state.rooms.page(row.id).await {
            Ok((_, outline)) => work.learn(row.id, row.updated_at_ms, &outline),
            Err(_) => none(),
        }
    }
}

fn open_item(row: &DocumentRow, item: &OutlineItem, today: &str) -> OpenItem {
    let field = |name: &str| item.fields.get(name).cloned().unwrap_or_default();
    let due = field("due");
    OpenItem {
        document: row.id,
        number: item.number.clone(),
        kind: item.kind,
        title: item.title.clone(),
        owner: field("owner"),
        overdue: !due.is_empty() && due.as_str() < today,
        due,
    }
}

/// The day, UTC, as dates are written in documents.
fn today() -> String {
    let now = jiff::Timestamp::from_millisecond(now_ms()).unwrap_or_default();
    now.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}
