//! A bad network for machines where nobody may make a real one: a relay of bytes that delays them,
//! holds them back, cuts connections anywhere in a frame and lets nothing through for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::dice::Dice;

/// Bytes that travel together: what fits an Ethernet frame.
const PACKET_BYTES: usize = 1_400;
/// How long a lost packet holds back what follows: TCP's shortest wait before it sends again.
const LOST: Duration = Duration::from_millis(200);
/// Bytes on their way in one direction; more waits with the sender, as behind a full window.
const WINDOW_BYTES: usize = 256 * 1024;

/// What the network is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weather {
    /// Nothing is in the way.
    Clear,
    /// Every packet takes this long, give or take, and some are lost.
    Bad {
        delay: Duration,
        jitter: Duration,
        lost_percent: u64,
    },
    /// Nothing arrives, and nobody is told.
    Parted,
}

/// The network between people and a server. Dropping it cuts every connection.
pub(super) struct Proxy {
    port: u16,
    weather: watch::Sender<Weather>,
    /// Counts cuts; every connection notices when it grows.
    cuts: watch::Sender<u64>,
    task: JoinHandle<()>,
}

#[derive(Clone)]
struct Sky {
    weather: watch::Receiver<Weather>,
    cuts: watch::Receiver<u64>,
    dice: Arc<Mutex<Dice>>,
}

impl Proxy {
    /// Stands before a server.
    pub(super) async fn start(server: String, dice: Dice) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let weather = watch::channel(Weather::Clear).0;
        let cuts = watch::channel(0).0;
        let sky = Sky {
            weather: weather.subscribe(),
            cuts: cuts.subscribe(),
            dice: Arc::new(Mutex::new(dice)),
        };
        let task = tokio::spawn(accept(listener, server, sky));
        Ok(Self {
            port,
            weather,
            cuts,
            task,
        })
    }

    /// Where people connect.
    pub(super) fn place(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// From now on the network is like this.
    pub(super) fn turns(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Cuts every connection, wherever in a frame its bytes are.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, server: String, sky: Sky) {
    // They end with the task.
    let mut lines = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        lines.spawn(carry(near, server.clone(), sky.clone()));
    }
}

async fn carry(near: TcpStream, server: String, mut sky: Sky) {
    // Who comes while nothing gets through is not heard.
    let parted = |weather: &Weather| *weather != Weather::Parted;
    if sky.weather.wait_for(parted).await.is_err() {
        return;
    }
    let Ok(far) = TcpStream::connect(server).await else {
        return;
    };
    // Without it the two would add delays of their own; that it fails is no harm.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let mut cuts = sky.cuts.clone();
    cuts.mark_unchanged();
    tokio::select! {
        _ = pump(near_in, far_out, sky.clone()) => {}
        _ = pump(far_in, near_out, sky) => {}
        _ = cuts.changed() => {}
    }
}

/// One direction. Ends with either end.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut sky: Sky) -> Result<()> {
    let mut under_way: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
    let mut bytes_under_way = 0;
    let mut last = Instant::now();
    let mut packet = vec![0; PACKET_BYTES];
    loop {
        let first = under_way.front().map(|(due, _)| *due);
        let parted = *sky.weather.borrow_and_update() == Weather::Parted;
        let arrives = async {
            match first {
                Some(due) if !parted => sleep_until(due).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            read = from.read(&mut packet), if bytes_under_way < WINDOW_BYTES => {
                let read = read?;
                if read == 0 {
                    return Ok(());
                }
                // One after another, whatever each of them takes.
                last = last.max(Instant::now() + sky.time_for_a_packet());
                under_way.push_back((last, packet[..read].to_vec()));
                bytes_under_way += read;
            }
            () = arrives => {
                if let Some((_, packet)) = under_way.pop_front() {
                    bytes_under_way -= packet.len();
                    to.write_all(&packet).await?;
                }
            }
            // What is under way is held back, or goes on.
            changed = sky.weather.changed() => changed?,
        }
    }
}

impl Sky {
    fn time_for_a_packet(&self) -> Duration {
        let Weather::Bad {
            delay,
            jitter,
            lost_percent,
        } = *self.weather.borrow()
        else {
            return Duration::ZERO;
        };
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        let range = 2 * u64::try_from(jitter.as_millis()).unwrap_or_default();
        let jitter = Duration::from_millis(dice.below(range + 1)).saturating_sub(jitter);
        let again = match dice.below(100) < lost_percent {
            true => LOST,
            false => Duration::ZERO,
        };
        delay + jitter + again
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let place = listener.local_addr().expect("an address").to_string();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = socket.split();
                    let _ = tokio::io::copy(&mut from, &mut to).await;
                });
            }
        });
        place
    }

    async fn connected() -> (Proxy, TcpStream) {
        let proxy = Proxy::start(echo().await, Dice(1)).await.expect("starts");
        let socket = TcpStream::connect(proxy.place()).await.expect("connects");
        (proxy, socket)
    }

    async fn heard(socket: &mut TcpStream, bytes: usize) -> Vec<u8> {
        let mut heard = vec![0; bytes];
        socket.read_exact(&mut heard).await.expect("comes back");
        heard
    }

    #[tokio::test]
    async fn bytes_arrive_late_and_in_order() {
        let (proxy, mut socket) = connected().await;
        let delay = Duration::from_millis(40);
        proxy.turns(Weather::Bad {
            delay,
            jitter: delay / 2,
            lost_percent: 20,
        });
        let said: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        let started = Instant::now();
        socket.write_all(&said).await.expect("takes it");
        assert_eq!(heard(&mut socket, said.len()).await, said);
        assert!(started.elapsed() >= delay, "twice half of it at least");
    }

    #[tokio::test]
    async fn what_is_parted_is_silent_and_goes_on_afterwards() {
        let (proxy, mut socket) = connected().await;
        proxy.turns(Weather::Parted);
        socket.write_all(b"hello").await.expect("takes it");
        let mut byte = [0];
        let silence = Duration::from_millis(100);
        let early = tokio::time::timeout(silence, socket.read(&mut byte)).await;
        assert!(early.is_err(), "nothing gets through");
        proxy.turns(Weather::Clear);
        assert_eq!(heard(&mut socket, 5).await, b"hello");
    }

    #[tokio::test]
    async fn a_cut_ends_connections_and_not_the_network() {
        let (proxy, mut socket) = connected().await;
        socket.write_all(b"a").await.expect("takes it");
        heard(&mut socket, 1).await;
        proxy.cut();
        let ended = socket.read(&mut [0]).await;
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
        let mut other = TcpStream::connect(proxy.place()).await.expect("connects");
        other.write_all(b"b").await.expect("takes it");
        assert_eq!(heard(&mut other, 1).await, b"b");
    }
}
