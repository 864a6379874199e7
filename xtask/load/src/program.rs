//! The programs that can be put under load: how each is started, where its documents are, and what
//! it promises.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use model::ids::DocumentId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::protocol::Protocol;

/// What our clients show. The server is for this machine only and gone when they are.
pub(crate) const TOKEN: &str = "shown-by-load-clients";

/// A server that can be started.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// What people call it.
    pub(crate) name: &'static str,
    /// What it speaks.
    pub(crate) protocol: Protocol,
    /// What its word about an edit is worth.
    pub(crate) word: Word,
    /// How long it may keep an edit in memory alone, as it comes.
    pub(crate) writes_within: Duration,
    start: Start,
}

/// What a server says about an edit it has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// "It is on disk."
    Durable,
    /// Nothing that outlives the server.
    None,
}

#[derive(Debug, Clone)]
enum Start {
    Countersign(PathBuf),
    /// A script for Node.js that is told its data folder.
    Script(PathBuf),
    YSweet(PathBuf),
}

/// Where the others are.
#[derive(Debug)]
pub(crate) struct Peers {
    /// The folder of the scripts, with their packages installed.
    pub(crate) scripts: PathBuf,
    /// The program `y-sweet`.
    pub(crate) y_sweet: PathBuf,
}

impl Program {
    /// Ours.
    pub(crate) fn countersign(binary: &Path) -> Self {
        Self {
            name: "Countersign",
            protocol: Protocol::AutomergeRepo,
            word: Word::Durable,
            writes_within: Duration::ZERO,
            start: Start::Countersign(binary.to_owned()),
        }
    }

    /// The others, each with the store it comes with and its own defaults.
    pub(crate) fn others(peers: &Peers) -> Vec<Self> {
        let script = |name, file: &str, protocol, writes_within| Self {
            name,
            protocol,
            word: Word::None,
            writes_within,
            start: Start::Script(peers.scripts.join(file)),
        };
        // `maxDebounce`, the interval of checkpoints, and the like.
        let (tenth, ten) = (Duration::from_millis(100), Duration::from_secs(10));
        vec![
            script("Hocuspocus", "hocuspocus.mjs", Protocol::Hocuspocus, ten),
            script("y-websocket", "y-websocket.mjs", Protocol::Yjs, tenth),
            script(
                "automerge-repo",
                "automerge-repo.mjs",
                Protocol::AutomergeRepo,
                tenth,
            ),
            Self {
                name: "y-sweet",
                protocol: Protocol::Yjs,
                word: Word::None,
                writes_within: ten,
                start: Start::YSweet(peers.y_sweet.clone()),
            },
        ]
    }

    /// What starts it on a data folder, at a port that the system chooses.
    pub(crate) fn command(&self, data: &Path) -> Command {
        match &self.start {
            Start::Countersign(binary) => {
                let mut command = Command::new(binary);
                command
                    .args(["serve", "--relay", "--addr", "127.0.0.1:0", "--log", "warn"])
                    .arg("--data")
                    .arg(data)
                    .env("COUNTERSIGN_RELAY_TOKEN", TOKEN);
                command
            }
            Start::Script(script) => {
                let mut command = Command::new("node");
                command.arg(script).arg(data);
                command.env("NODE_ENV", "production");
                command
            }
            Start::YSweet(binary) => {
                let mut command = Command::new(binary);
                command.args(["serve", "--port", "0"]).arg(data);
                command
            }
        }
    }

    /// Where clients of a document connect.
    pub(crate) fn url(&self, port: u16, document: DocumentId) -> String {
        let host = format!("ws://127.0.0.1:{port}");
        match (&self.start, self.protocol) {
            (Start::Countersign(_), _) => format!("{host}/sync?token={TOKEN}"),
            (Start::YSweet(_), _) => format!("{host}/d/{document}/ws/{document}"),
            (Start::Script(_), Protocol::Yjs) => format!("{host}/{document}"),
            (Start::Script(_), _) => host,
        }
    }

    /// Whether it serves at this port: by its own word where it gives one, else when it listens.
    pub(crate) async fn is_ready(&self, port: u16) -> bool {
        let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)).await else {
            return false;
        };
        if !matches!(self.start, Start::Countersign(_)) {
            return true;
        }
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        let mut answer = String::new();
        socket.write_all(request.as_bytes()).await.is_ok()
            && socket.read_to_string(&mut answer).await.is_ok()
            && answer.starts_with("HTTP/1.1 200")
    }

    /// Makes a document where one has to be made before it can be opened.
    pub(crate) async fn prepare(&self, port: u16, document: DocumentId) -> Result<()> {
        let Start::YSweet(_) = self.start else {
            return Ok(());
        };
        let body = format!(r#"{{"docId":"{document}"}}"#);
        let request = format!(
            "POST /doc/new HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut socket = TcpStream::connect(("127.0.0.1", port)).await?;
        socket.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await?;
        let status = answer.lines().next().context("no answer")?;
        if !status.starts_with("HTTP/1.1 200") {
            bail!("the server does not make a document: {status}");
        }
        Ok(())
    }
}
