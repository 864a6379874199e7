//! The server under load: a process of its own with a data folder of its own, and what the system
//! says about it.

use std::io::{self, BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use model::ids::DocumentId;
use model::limits::ROOM_IDLE_MS;
use tempfile::TempDir;

use crate::program::Program;
use crate::protocol::Protocol;
use crate::vitals::{Spent, Vitals};

/// How long a server may take to say where it is.
const ANNOUNCED_WITHIN: Duration = Duration::from_secs(20);

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
        let (child, port) = spawn(program.command(data.path()))?;
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
        (self.child, self.port) = spawn(self.program.command(self.data.path()))?;
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

    /// What the system says about it.
    pub(crate) fn vitals(&self) -> Vitals {
        Vitals::of(self.child.id())
    }

    /// Processor time so far.
    pub(crate) fn spent(&self) -> Result<Spent> {
        self.vitals().spent()
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
            let before = self.spent()?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.spent()?.since(&before) < Duration::from_millis(10) {
                return Ok(());
            }
            // Ten thousand rooms that nobody is in any more are never quite still.
            if patience.elapsed() > crate::PATIENCE + Duration::from_millis(ROOM_IDLE_MS) {
                bail!("the server does not come to rest");
            }
        }
    }

    /// Memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> Result<f64> {
        self.vitals().resident_kib()
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
        while !self.program.is_ready(self.port).await {
            if started.elapsed() > Duration::from_secs(20) {
                bail!("the server is not ready");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    fn end(&mut self) {
        if let Ok(Some(status)) = self.child.try_wait() {
            eprintln!("  {} had ended by itself: {status}", self.program.name);
        }
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

/// Starts a server and learns where it listens.
pub(crate) fn spawn(mut command: Command) -> Result<(Child, u16)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let stdout = child.stdout.take().context("no standard output")?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = BufReader::new(stdout);
        // Nobody may be left to be told.
        let _ = tell.send(announced_port(&mut said));
        // A program that finds nobody reading what it says may end.
        io::copy(&mut said, &mut io::sink())
    });
    let port = told.recv_timeout(ANNOUNCED_WITHIN);
    match port
        .context("the server does not say where it is")
        .flatten()
    {
        Ok(port) => Ok((child, port)),
        Err(error) => {
            // Nobody else would end it.
            let _ = child.kill();
            let _ = child.wait();
            Err(error)
        }
    }
}

/// The port in the first address that is said.
fn announced_port(said: &mut impl BufRead) -> Result<u16> {
    for line in said.lines() {
        let line = line?;
        let host_and_port = line.split_once("://").map(|(_, after)| after);
        if let Some((_, port)) = host_and_port.and_then(|after| after.split_once(':')) {
            let digits = port.split(|next: char| !next.is_ascii_digit()).next();
            return Ok(digits.unwrap_or_default().parse()?);
        }
    }
    bail!("the server ended without saying where it is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_found_in_what_a_server_says() {
        let port = |mut said: &[u8]| announced_port(&mut said).ok();
        assert_eq!(port(b"10:30 starting\nhttp://localhost:8080\n"), Some(8080));
        assert_eq!(port(b"listening on ws://127.0.0.1:41, go\n"), Some(41));
        assert_eq!(port(b"cannot start\n"), None);
    }
}
