//! The server under load: a process of its own with a data folder of its own, and what the system
//! says about it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::net::TcpStream;

/// What the clients show. The server is for this machine only and gone when they are.
const TOKEN: &str = "shown-by-load-clients";

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    binary: PathBuf,
    data: TempDir,
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one on an empty folder and waits until it serves.
    pub(crate) async fn start(binary: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let (child, port) = spawn(binary, data.path())?;
        let server = Self {
            binary: binary.to_owned(),
            data,
            child,
            port,
        };
        server.until_ready().await?;
        Ok(server)
    }

    /// Kills it as a power cut would and starts it again on the same folder. Says how long it
    /// took to serve again.
    pub(crate) async fn kill_and_start(&mut self) -> Result<Duration> {
        self.end();
        let started = Instant::now();
        (self.child, self.port) = spawn(&self.binary, self.data.path())?;
        self.until_ready().await?;
        Ok(started.elapsed())
    }

    /// Where clients connect.
    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/sync?token={TOKEN}", self.port)
    }

    /// Processor time of all its threads so far.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread may end while we look.
            let Ok(stat) = fs::read_to_string(task?.path().join("schedstat")) else {
                continue;
            };
            let on_processor = stat.split_whitespace().next().context("schedstat")?;
            nanoseconds += on_processor.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Waits until it has nothing left to do.
    pub(crate) async fn until_quiet(&self) -> Result<()> {
        let patience = Instant::now();
        loop {
            let before = self.processor_time()?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.processor_time()?.saturating_sub(before) < Duration::from_millis(10) {
                return Ok(());
            }
            if patience.elapsed() > crate::PATIENCE {
                bail!("the server does not come to rest");
            }
        }
    }

    /// Memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let value = line.and_then(|line| line.split_whitespace().nth(1));
        Ok(value.context("no VmRSS")?.parse()?)
    }

    /// The same once it stops moving.
    pub(crate) async fn settled_kib(&self) -> Result<f64> {
        let mut last = self.resident_kib()?;
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let now = self.resident_kib()?;
            if (now - last).abs() < 64.0 {
                return Ok(now);
            }
            last = now;
        }
        Ok(last)
    }

    async fn until_ready(&self) -> Result<()> {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                bail!("the server does not listen");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    fn end(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts the program and reads from its first line where it listens.
fn spawn(binary: &Path, data: &Path) -> Result<(Child, u16)> {
    let mut child = Command::new(binary)
        .args(["serve", "--relay", "--addr", "127.0.0.1:0", "--log", "warn"])
        .arg("--data")
        .arg(data)
        .env("COUNTERSIGN_RELAY_TOKEN", TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let stdout = child.stdout.take().context("no standard output")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    let port = line.trim().rsplit_once(':').map(|(_, port)| port.parse());
    match port {
        Some(Ok(port)) => Ok((child, port)),
        _ => bail!("the server said `{}` instead of where it is", line.trim()),
    }
}
