//! kill -9 of the real binary while several people type. The oracle of I1: every change the server
//! ever called durable is there when it comes back; and of I2: in the end everybody has everything
//! that anybody typed, once.
//!
//! `KILLS=1000 SEED=7 cargo test -p server --test it kill -- --nocapture` runs longer, or again.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::dice::{Dice, from_env};
use crate::sync_peer::{Peer, all_equal};
use crate::sync_world::World;

/// Kills in CI; more are run by hand.
const KILLS_IN_CI: u64 = 10;

/// Kills before the typists move on to a fresh document, so that none grows past its limits.
const KILLS_PER_DOCUMENT: u64 = 25;

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_typing_loses_nothing_that_was_acknowledged() {
    let kills = from_env("KILLS").unwrap_or(KILLS_IN_CI);
    let seed = from_env("SEED").unwrap_or_else(rand::random);
    println!("KILLS={kills} SEED={seed}");
    let mut dice = Dice(seed);

    let world = World::start().await;
    let token = world.token(world.owner).await;
    let mut documents = vec![world.document];
    for _ in 1..kills.div_ceil(KILLS_PER_DOCUMENT) {
        documents.push(world.another_document().await);
    }
    let data = world.stop().await;

    let mut killed = 0;
    for document in documents {
        let stop_at = kills.min(killed + KILLS_PER_DOCUMENT);
        let mut typists: Vec<_> = ["甲", "乙", "丙"]
            .map(|name| Typist::new(Peer::new(name, document)))
            .into();
        while killed < stop_at {
            let server = Server::start(data.path());
            let url = server.sync_url(&token);
            check_durable(&typists, document, &url, seed, killed).await;
            for typist in &mut typists {
                typist.peer.connect(&url).await;
            }
            type_until_killed(&mut typists, server, &mut dice).await;
            killed += 1;
        }
        let server = Server::start(data.path());
        let url = server.sync_url(&token);
        check_durable(&typists, document, &url, seed, killed).await;
        for typist in &mut typists {
            typist.peer.connect(&url).await;
        }
        for typist in &typists {
            typist.peer.saved().await;
        }
        let peers: Vec<_> = typists.iter().map(|typist| &typist.peer).collect();
        all_equal(&peers).await;
        let text = peers[0].text();
        for typist in &typists {
            for word in &typist.typed {
                assert_eq!(text.matches(word).count(), 1, "{word} once; SEED={seed}");
            }
        }
        let typed: usize = typists.iter().map(|typist| typist.typed.len()).sum();
        println!("after {killed} kills: {typed} words typed, all there");
    }
}

struct Typist {
    peer: Peer,
    typed: Vec<String>,
}

impl Typist {
    fn new(peer: Peer) -> Self {
        Self {
            peer,
            typed: Vec::new(),
        }
    }

    fn type_word(&mut self) {
        let word = format!("{}{}。", self.peer.name, self.typed.len());
        self.peer.write(&word);
        self.typed.push(word);
    }
}

/// Types with all of them, at uneven speed, and kills the server somewhere in between.
async fn type_until_killed(typists: &mut [Typist], mut server: Server, dice: &mut Dice) {
    let words = dice.below(120);
    for _ in 0..words {
        for typist in typists.iter_mut() {
            if typist.peer.section().is_some() && dice.below(3) > 0 {
                typist.type_word();
            }
        }
        tokio::time::sleep(Duration::from_micros(dice.below(8_000))).await;
    }
    server.kill();
    for typist in typists {
        typist.peer.disconnect();
    }
}

/// A client with nothing of its own reads what the disk kept, before anybody resends anything.
async fn check_durable(
    typists: &[Typist],
    document: model::ids::DocumentId,
    url: &str,
    seed: u64,
    killed: u64,
) {
    let reader = Peer::with_document("oracle", document, url).await;
    for typist in typists {
        for change in typist.peer.durable() {
            assert!(
                reader.has(&change),
                "acknowledged to {} and lost after kill {killed}; SEED={seed}",
                typist.peer.name
            );
        }
    }
}

/// The real binary.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--addr", "127.0.0.1:0", "--log", "error", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("a pipe");
        let mut first = String::new();
        BufReader::new(stdout)
            .read_line(&mut first)
            .expect("a first line");
        let port = first
            .trim_end()
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .unwrap_or_else(|| panic!("no port in the first line: {first:?}"));
        Self { child, port }
    }

    fn sync_url(&self, token: &str) -> String {
        format!("ws://127.0.0.1:{}/sync?token={token}", self.port)
    }

    /// SIGKILL: nothing is flushed, nothing is said.
    fn kill(&mut self) {
        self.child.kill().expect("a signal");
        self.child.wait().expect("an end");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
