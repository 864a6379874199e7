//! What the server counts about itself, for whoever watches it: shown as Prometheus text on the
//! admin address. No name, token, address or text of a document is in it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use model::sync::CloseReason;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// From a change to an empty room up to what the largest document takes, in seconds. A tenfold range
/// in three steps: enough to see which tail grows.
const BUCKETS_S: [f64; 13] = [
    0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 2.0,
];

/// Why a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ending {
    reason: &'static str,
}

/// How much there is of something at the moment of asking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing {
    /// Rooms that are open.
    pub rooms: usize,
    /// Sockets that are open.
    pub connections: usize,
    /// Messages that wait for a room, over all of them.
    pub waiting_messages: usize,
    /// Writes that wait for the next transaction.
    pub waiting_writes: usize,
}

/// Counters and times of one server. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    /// Reading a batch of messages and merging what they bring.
    apply_seconds: Histogram,
    /// Handing what follows to those who get it.
    fan_out_seconds: Histogram,
    /// From a batch's readiness to its being on the disk.
    commit_seconds: Histogram,
    failed_commits: Counter,
    received_frames: Counter,
    sent_frames: Counter,
    endings: Family<Ending, Counter>,
    rooms: Gauge,
    rooms_opened: Counter<u64, AtomicU64>,
    connections: Gauge,
    waiting_messages: Gauge,
    waiting_writes: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Arc::default(),
            apply_seconds: Histogram::new(BUCKETS_S),
            fan_out_seconds: Histogram::new(BUCKETS_S),
            commit_seconds: Histogram::new(BUCKETS_S),
            failed_commits: Counter::default(),
            received_frames: Counter::default(),
            sent_frames: Counter::default(),
            endings: Family::default(),
            rooms: Gauge::default(),
            rooms_opened: Counter::default(),
            connections: Gauge::default(),
            waiting_messages: Gauge::default(),
            waiting_writes: Gauge::default(),
        };
        metrics.registry = Arc::new(metrics.register());
        metrics
    }
}

impl Metrics {
    fn register(&self) -> Registry {
        let mut registry = Registry::with_prefix("countersign");
        let times = [
            (
                "apply",
                "Reading messages of a document and merging them",
                &self.apply_seconds,
            ),
            (
                "fan_out",
                "Handing one batch to everybody who gets it",
                &self.fan_out_seconds,
            ),
            (
                "commit",
                "Writing one batch of a document to the disk",
                &self.commit_seconds,
            ),
        ];
        for (name, help, histogram) in times {
            registry.register_with_unit(name, help, Unit::Seconds, histogram.clone());
        }
        let counters = [
            (
                "failed_commits",
                "Batches that were not written",
                &self.failed_commits,
            ),
            (
                "received_frames",
                "Frames that clients sent",
                &self.received_frames,
            ),
            (
                "sent_frames",
                "Frames put up for clients",
                &self.sent_frames,
            ),
            ("rooms_opened", "Documents opened", &self.rooms_opened),
        ];
        for (name, help, counter) in counters {
            registry.register(name, help, counter.clone());
        }
        let ended = "Connections the server ended, by reason; change_refused is the admission gate";
        registry.register("closed_connections", ended, self.endings.clone());
        let gauges = [
            ("rooms", "Documents open now", &self.rooms),
            ("connections", "Sockets open now", &self.connections),
            (
                "waiting_messages",
                "Messages waiting for their room",
                &self.waiting_messages,
            ),
            (
                "waiting_writes",
                "Writes waiting for the next transaction",
                &self.waiting_writes,
            ),
        ];
        for (name, help, gauge) in gauges {
            registry.register(name, help, gauge.clone());
        }
        registry
    }

    /// A room has read and merged what it had gathered, and handed out what follows.
    pub(crate) fn batch(&self, apply: Duration, fan_out: Duration) {
        self.apply_seconds.observe(apply.as_secs_f64());
        self.fan_out_seconds.observe(fan_out.as_secs_f64());
    }

    /// A batch is on the disk.
    pub(crate) fn committed(&self, took: Duration) {
        self.commit_seconds.observe(took.as_secs_f64());
    }

    /// A batch could not be written.
    pub(crate) fn commit_failed(&self) {
        self.failed_commits.inc();
    }

    /// A client sent a frame.
    pub(crate) fn received(&self) {
        self.received_frames.inc();
    }

    /// A frame goes to so many clients.
    pub(crate) fn sent_to(&self, clients: usize) {
        self.sent_frames.inc_by(clients as u64);
    }

    /// The server ended a connection.
    pub(crate) fn closed(&self, reason: CloseReason) {
        let ending = Ending {
            reason: reason.key(),
        };
        self.endings.get_or_create(&ending).inc();
    }

    /// A document was opened.
    pub(crate) fn room_opened(&self) {
        self.rooms_opened.inc();
    }

    /// How often a document was opened since the start.
    #[must_use]
    pub fn times_opened(&self) -> u64 {
        self.rooms_opened.get()
    }

    /// Everything as OpenMetrics text.
    #[must_use]
    pub fn text(&self, standing: Standing) -> String {
        let count = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        self.rooms.set(count(standing.rooms));
        self.connections.set(count(standing.connections));
        self.waiting_messages.set(count(standing.waiting_messages));
        self.waiting_writes.set(count(standing.waiting_writes));
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("writing to memory does not fail");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_is_in_the_text() {
        let metrics = Metrics::default();
        metrics.batch(Duration::from_millis(3), Duration::from_micros(20));
        metrics.sent_to(3);
        metrics.closed(CloseReason::ChangeRefused);
        let text = metrics.text(Standing {
            rooms: 2,
            ..Standing::default()
        });
        for line in [
            "countersign_apply_seconds_count 1",
            "countersign_sent_frames_total 3",
            "countersign_closed_connections_total{reason=\"change_refused\"} 1",
            "countersign_rooms 2",
        ] {
            assert!(text.lines().any(|said| said == line), "{line} in\n{text}");
        }
    }
}
