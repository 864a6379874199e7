//! SPEC: W12. How to reach the server from networks that do not let WebSockets through, or hold
//! streams back until they end.
//!
//! Pure: the caller connects, and finds out whether the server answers at all.

/// What carries the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Carrier {
    /// A WebSocket: the fastest and the rule.
    #[default]
    Socket,
    /// POSTs up, server-sent events down.
    Events,
    /// POSTs up, answers to polls down: where a proxy holds a stream back.
    Polls,
}

/// How often a socket must have failed while the server answered: once may be a server that came
/// back between the two.
const BLOCKED_AFTER: u32 = 2;

/// Which carrier to use next.
#[derive(Debug, Clone, Default)]
pub struct Carriers {
    carrier: Carrier,
    blocked: u32,
}

impl Carriers {
    /// What to try now.
    pub fn next(&self) -> Carrier {
        self.carrier
    }

    /// The server has spoken over this carrier.
    pub fn reached(&mut self) {
        self.blocked = 0;
    }

    /// A socket ended before the server had spoken, although the server answers other questions.
    pub fn blocked(&mut self) {
        if self.carrier != Carrier::Socket {
            return;
        }
        self.blocked += 1;
        if self.blocked >= BLOCKED_AFTER {
            self.blocked = 0;
            self.carrier = Carrier::Events;
        }
    }

    /// Another carrier ended before the server had spoken.
    pub fn failed(&mut self) {
        self.carrier = match self.carrier {
            Carrier::Events => Carrier::Polls,
            Carrier::Socket | Carrier::Polls => Carrier::Socket,
        };
    }

    /// The network is another one.
    pub fn start_over(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // SPEC: W12
    #[test]
    fn a_server_that_is_down_is_no_blocked_network() {
        let mut carriers = Carriers::default();
        for _ in 0..20 {
            carriers.failed();
            assert_eq!(carriers.next(), Carrier::Socket);
        }
        // It came back just after the socket had failed.
        carriers.blocked();
        carriers.reached();
        carriers.blocked();
        assert_eq!(carriers.next(), Carrier::Socket);
    }

    // SPEC: W12
    #[test]
    fn where_sockets_are_blocked_streams_are_tried_and_then_polls() {
        let mut carriers = Carriers::default();
        carriers.blocked();
        carriers.blocked();
        assert_eq!(carriers.next(), Carrier::Events);
        // A late answer about an earlier socket changes nothing.
        carriers.blocked();
        carriers.reached();
        assert_eq!(carriers.next(), Carrier::Events);
        carriers.failed();
        assert_eq!(carriers.next(), Carrier::Polls);
        carriers.reached();
        assert_eq!(carriers.next(), Carrier::Polls);
        carriers.failed();
        assert_eq!(carriers.next(), Carrier::Socket);
        carriers.blocked();
        carriers.blocked();
        carriers.start_over();
        assert_eq!(carriers.next(), Carrier::Socket);
    }
}
