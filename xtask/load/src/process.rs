//! The server under load: a process of its own with a data folder of its own, and what the system
//! says about it.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use model::ids::DocumentId;
use tempfile::TempDir;
use tokio::net::TcpStream;

use crate::program::{Port, Program};
use crate::protocol::Protocol;

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    program: Program,
    data: TempDir,
    child: Child,
    port: u16,
}

impl Server {
    /// Starts one on an empty folder and waits until it serves.
    pub(crate) async fn start(program: &Program) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let (child, port) = spawn(program, data.path())?;
        let server = Self {
            program: program.clone(),
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
        (self.child, self.port) = spawn(&self.program, self.data.path())?;
        self.until_ready().await?;
        Ok(started.elapsed())
    }

    /// What it speaks.
    pub(crate) fn protocol(&self) -> Protocol {
        self.program.protocol
    }

    /// Where clients of a document connect.
    pub(crate) fn url(&self, document: DocumentId) -> String {
        self.program.url(self.port, document)
    }

    /// Makes a document where one has to be made before it can be opened.
    pub(crate) async fn prepare(&self, document: DocumentId) -> Result<()> {
        self.program.prepare(self.port, document).await
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

    /// Waits until everything it was given is on its disk, as far as it ever writes by itself.
    pub(crate) async fn until_written(&self) -> Result<()> {
        // Nobody says when; its own setting does.
        tokio::time::sleep(2 * self.program.writes_within).await;
        self.until_quiet().await
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

/// Starts the program and learns where it listens.
fn spawn(program: &Program, data: &Path) -> Result<(Child, u16)> {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let (mut command, port) = program.command(data, free);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let mut stdout = BufReader::new(child.stdout.take().context("no standard output")?);
    let port = match port {
        Port::Given => free,
        Port::OnFirstLine => match port_on_first_line(&mut stdout) {
            Ok(port) => port,
            Err(error) => {
                // Nobody else would end it.
                let _ = child.kill();
                let _ = child.wait();
                return Err(error);
            }
        },
    };
    // A program that finds nobody reading what it says may end.
    std::thread::spawn(move || io::copy(&mut stdout, &mut io::sink()));
    Ok((child, port))
}

fn port_on_first_line(stdout: &mut BufReader<ChildStdout>) -> Result<u16> {
    let mut line = String::new();
    stdout.read_line(&mut line)?;
    let port = line.trim().rsplit(':').next().unwrap_or_default();
    port.parse()
        .with_context(|| format!("the server said `{}` instead of where it is", line.trim()))
}
