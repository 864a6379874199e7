//! The server that faults are done to: the release binary in a process of its own, what it was
//! started with, and what it says about itself.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::process;
use crate::program::TOKEN;

/// How long a server may take to serve; more is a fault of its own.
const READY_MAX: Duration = Duration::from_secs(20);
/// How long a question about its state may take.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How long what a killed server had sent takes to be read; shorter than any wait of a client.
const LAST_WORDS_HEARD: Duration = Duration::from_millis(20);
/// How long a signal may take to reach every thread.
const STOPS_WITHIN: Duration = Duration::from_secs(5);
/// Lines of its log that are shown when something is wrong.
const LAST_LINES: usize = 4;
/// What the server keeps its documents in, and what belongs to it.
const FILES: [&str; 2] = ["countersign.sqlite3", "countersign.sqlite3-wal"];

/// Where people connect at the moment; nobody connects while there is none.
pub(super) type Address = watch::Receiver<Option<String>>;

/// What a server is started in.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    /// Words before the program's own: what starts it.
    pub(super) wrapper: Vec<String>,
    /// Variables it sees.
    pub(super) variables: Vec<(String, String)>,
    /// The address it listens at.
    pub(super) ip: String,
    /// What it believes to be called and the port it is told, where that is not this machine and
    /// any port it is given there.
    pub(super) elsewhere: Option<(&'static str, u16)>,
    /// How much it logs.
    pub(super) log: &'static str,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            wrapper: Vec::new(),
            variables: Vec::new(),
            ip: "127.0.0.1".to_owned(),
            elsewhere: None,
            log: "warn",
        }
    }
}

/// A server. Dropping it kills it.
pub(super) struct Host {
    binary: PathBuf,
    surroundings: Surroundings,
    /// Its log, and its data where no other place was named.
    folder: TempDir,
    data: PathBuf,
    child: Option<Child>,
    port: u16,
    admin: u16,
    address: watch::Sender<Option<String>>,
}

impl Host {
    /// Starts one on a folder of its own and lets people in.
    pub(super) async fn start(binary: &Path, surroundings: Surroundings) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        let mut host = Self::prepare(binary, surroundings, folder, data);
        host.start_again().await?;
        host.let_in();
        Ok(host)
    }

    /// The same on data that is somewhere.
    pub(super) async fn start_on(
        binary: &Path,
        surroundings: Surroundings,
        data: &Path,
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut host = Self::prepare(binary, surroundings, folder, data.to_owned());
        host.start_again().await?;
        host.let_in();
        Ok(host)
    }

    fn prepare(binary: &Path, surroundings: Surroundings, folder: TempDir, data: PathBuf) -> Self {
        Self {
            binary: binary.to_owned(),
            surroundings,
            folder,
            data,
            child: None,
            port: 0,
            admin: 0,
            address: watch::channel(None).0,
        }
    }

    /// Starts the program on its data and waits until it takes work; nobody is let in. Says how long
    /// that took.
    pub(super) async fn start_again(&mut self) -> Result<Duration> {
        self.end();
        let started = Instant::now();
        // Asked for and given back: nobody else on this machine takes it within the moment.
        self.admin = std::net::TcpListener::bind("127.0.0.1:0")?
            .local_addr()?
            .port();
        let mut command = self.command()?;
        let (child, port) = match self.surroundings.elsewhere {
            Some((_, port)) => (command.stdout(Stdio::null()).spawn()?, port),
            None => process::spawn(command)?,
        };
        (self.child, self.port) = (Some(child), port);
        while self.ready().await != Some(200) {
            self.is_alive()?;
            ensure!(started.elapsed() < READY_MAX, "it does not get ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(started.elapsed())
    }

    fn command(&self) -> Result<Command> {
        let Surroundings {
            wrapper,
            variables,
            ip,
            elsewhere,
            log,
        } = &self.surroundings;
        let mut command = match wrapper.split_first() {
            None => Command::new(&self.binary),
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.binary);
                command
            }
        };
        let port = elsewhere.map_or(0, |(_, port)| port);
        let mut log_file = File::options();
        let log_file = log_file.create(true).append(true).open(self.log_path())?;
        command
            .args(["serve", "--relay=network", "--log", log])
            .args(["--addr", &format!("{ip}:{port}")])
            .args(["--admin-addr", &format!("{ip}:{}", self.admin)])
            .arg("--data")
            .arg(&self.data)
            .env("COUNTERSIGN_RELAY_TOKEN", TOKEN)
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::from(log_file));
        if let Some((url, _)) = elsewhere {
            command.args(["--public-url", url]);
        }
        Ok(command)
    }

    /// Where people find it.
    pub(super) fn address(&self) -> Address {
        self.address.subscribe()
    }

    /// The way in for whoever is handed it; nobody else is let in by that.
    pub(super) fn only_me(&self) -> Address {
        watch::channel(Some(self.url())).1
    }

    /// Its address and port.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.surroundings.ip, self.port)
    }

    /// What somebody connects to who goes there directly.
    pub(super) fn url(&self) -> String {
        sync_url(&self.place())
    }

    /// Its process.
    pub(super) fn pid(&self) -> Result<u32> {
        Ok(self
            .child
            .as_ref()
            .context("the server is not started")?
            .id())
    }

    /// Lets people in.
    pub(super) fn let_in(&self) {
        self.address.send_replace(Some(self.url()));
    }

    /// Nobody is told the address any more, and who is here leaves.
    pub(super) fn send_away(&self) {
        self.address.send_replace(None);
    }

    /// Kills it as a power cut would. What it had said by then is still heard: its last
    /// acknowledgements are the ones that matter most.
    pub(super) async fn kill(&mut self) {
        self.end();
        tokio::time::sleep(LAST_WORDS_HEARD).await;
        self.send_away();
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself, which `is_alive` tells; then there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// An error when it has ended by itself.
    pub(super) fn is_alive(&mut self) -> Result<()> {
        let child = self.child.as_mut().context("the server is not started")?;
        match child.try_wait()? {
            Some(status) => bail!("the server ended by itself: {status}"),
            None => Ok(()),
        }
    }

    /// Stops it where it stands, all of it.
    pub(super) fn stop(&self) -> Result<()> {
        self.signal("STOP")?;
        let asked = Instant::now();
        // On a busy machine a thread runs on until it is its turn to hear of it.
        while !self.stands_still()? {
            ensure!(asked.elapsed() < STOPS_WITHIN, "it does not stop");
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn stands_still(&self) -> Result<bool> {
        for task in fs::read_dir(format!("/proc/{}/task", self.pid()?))? {
            // A thread may end while we look.
            let stat = fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
            // The name before it may hold anything, brackets too.
            let state = stat.rsplit_once(") ").map(|(_, after)| after);
            if state.is_some_and(|state| !state.starts_with('T')) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Lets it go on.
    pub(super) fn go_on(&self) -> Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        run(Command::new("kill").args(["-s", signal, &self.pid()?.to_string()]))
    }

    /// What `/readyz` answers; nothing when it does not.
    pub(super) async fn ready(&self) -> Option<u16> {
        let answer = timeout(ANSWER_MAX, get(self.place(), "/readyz")).await;
        let answer = answer.ok()?.ok()?;
        answer.split_whitespace().nth(1)?.parse().ok()
    }

    /// Waits until `/readyz` answers with this status.
    pub(super) async fn until_ready_is(&self, status: u16, within: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            let now = self.ready().await;
            if now == Some(status) {
                return Ok(());
            }
            ensure!(
                started.elapsed() < within,
                "/readyz answers {now:?} and not {status}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// One of its figures.
    pub(super) async fn metric(&self, name: &str) -> Result<f64> {
        let place = format!("{}:{}", self.surroundings.ip, self.admin);
        let answer = timeout(ANSWER_MAX, get(place, "/metrics")).await??;
        let mut lines = answer.lines().filter_map(|line| line.split_once(' '));
        let found = lines.find(|(of, _)| *of == name);
        Ok(found
            .with_context(|| format!("no metric {name}"))?
            .1
            .trim()
            .parse()?)
    }

    /// What would be found if the power went now. Whoever wants it may have stopped the server
    /// already; otherwise it is stopped for the moment this takes.
    pub(super) fn image(&self, stopped: Stopped) -> Result<TempDir> {
        let image = tempfile::tempdir()?;
        if stopped == Stopped::No {
            self.stop()?;
        }
        let copied = FILES.iter().try_for_each(|name| {
            let from = self.data.join(name);
            match from.exists() {
                true => fs::copy(from, image.path().join(name)).map(drop),
                false => Ok(()),
            }
        });
        if stopped == Stopped::No {
            self.go_on()?;
        }
        copied.context("its files cannot be copied")?;
        Ok(image)
    }

    /// The last lines it logged.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let from = lines.len().saturating_sub(LAST_LINES);
        lines[from..].join("\n")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether a server stands still already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stopped {
    Yes,
    No,
}

/// What clients connect to at a place.
pub(super) fn sync_url(place: &str) -> String {
    format!("ws://{place}/sync?token={TOKEN}")
}

/// Takes the log away from a copy of the server's files: what an unsafe disk might do.
pub(super) fn lose_the_log(image: &Path) -> Result<()> {
    fs::remove_file(image.join(FILES[1])).context("there is no log to lose")
}

/// Runs a program to its end; what it says is only shown when it fails.
pub(super) fn run(command: &mut Command) -> Result<()> {
    let words = format!("{command:?}");
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start {words}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{words}: {}", said.trim());
    Ok(())
}

async fn get(place: String, path: &str) -> Result<String> {
    let mut socket = TcpStream::connect(place).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    Ok(answer)
}
