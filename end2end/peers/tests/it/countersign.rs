//! The release binary as a process: a project or a relay on a data folder of its own.

use std::env;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// How long a test waits for what must happen on a busy machine.
const DEADLINE: Duration = Duration::from_secs(30);

/// What clients of the relay show.
const RELAY_TOKEN: &str = "shown-by-test-peers";

/// Where the documents of a server come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The demo project's, reached by its people.
    Project,
    /// Whatever clients bring.
    Relay,
}

/// A running server. Dropping it kills it.
pub(crate) struct Countersign {
    mode: Mode,
    data: TempDir,
    /// What `demo --json` said.
    pub(crate) demo: serde_json::Value,
    child: Child,
    port: u16,
}

impl Countersign {
    /// Starts one on an empty folder.
    pub(crate) async fn start(mode: Mode) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let demo = match mode {
            Mode::Project => demo(data.path()),
            Mode::Relay => serde_json::Value::Null,
        };
        let (child, port) = spawn(mode, data.path(), 0);
        let server = Self {
            mode,
            data,
            demo,
            child,
            port,
        };
        server.until_ready().await;
        server
    }

    /// Kills it as a power cut would and starts it again where it was.
    pub(crate) async fn kill_and_start(&mut self) {
        self.kill_meanwhile(|| ()).await;
    }

    /// Kills it, lets clients do something without it, and starts it again where it was.
    pub(crate) async fn kill_meanwhile(&mut self, meanwhile: impl FnOnce()) {
        self.end();
        meanwhile();
        (self.child, self.port) = spawn(self.mode, self.data.path(), self.port);
        self.until_ready().await;
    }

    /// Where the n-th writer syncs: in a project, each is another person.
    pub(crate) fn writer(&self, n: usize) -> String {
        let token = match self.mode {
            Mode::Project => {
                let person = &self.demo["people"][n % 3];
                person["token"].as_str().expect("a token")
            }
            Mode::Relay => RELAY_TOKEN,
        };
        format!("ws://127.0.0.1:{}/sync?token={token}", self.port)
    }

    /// The address it listens at.
    pub(crate) fn address(&self) -> (&'static str, u16) {
        ("127.0.0.1", self.port)
    }

    /// Memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        resident_kib(self.child.id())
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    async fn until_ready(&self) {
        until("the server to listen", async || {
            tokio::net::TcpStream::connect(self.address()).await.is_ok()
        })
        .await;
    }

    fn end(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Countersign {
    fn drop(&mut self) {
        self.end();
    }
}

/// Memory a process holds, in KiB.
pub(crate) fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("it lives");
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let value = line.and_then(|line| line.split_whitespace().nth(1));
    value.and_then(|kib| kib.parse().ok()).expect("a number")
}

fn binary() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = here.join("../../target/release/countersign");
    let binary = env::var_os("END2END_BINARY").map_or(built, PathBuf::from);
    assert!(
        binary.exists(),
        "no binary at {}: set END2END_BINARY, or run `cargo xtask test end2end`",
        binary.display()
    );
    binary
}

fn demo(data: &Path) -> serde_json::Value {
    let mut command = Command::new(binary());
    let said = command
        .args(["demo", "--json", "--data"])
        .arg(data)
        .output();
    serde_json::from_slice(&said.expect("the binary starts").stdout).expect("JSON")
}

/// Starts the program and reads from its first line where it listens.
fn spawn(mode: Mode, data: &Path, port: u16) -> (Child, u16) {
    let mut command = Command::new(binary());
    command.args([
        "serve",
        "--log",
        "warn",
        "--addr",
        &format!("127.0.0.1:{port}"),
    ]);
    if mode == Mode::Relay {
        command
            .arg("--relay")
            .env("COUNTERSIGN_RELAY_TOKEN", RELAY_TOKEN);
    }
    command.arg("--data").arg(data).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    let stdout = child.stdout.take().expect("a pipe");
    let mut line = String::new();
    BufReader::new(stdout)
        .read_line(&mut line)
        .expect("a first line");
    let port = line.trim_end().rsplit_once(':');
    let port = port.and_then(|(_, port)| port.parse().ok());
    let port = port.unwrap_or_else(|| panic!("no port in the first line: {line:?}"));
    (child, port)
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition().await {
        assert!(Instant::now() < deadline, "still waiting for {what}");
        sleep(Duration::from_millis(10)).await;
    }
}
