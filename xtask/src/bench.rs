//! `cargo xtask bench`: the bounds we promise about size, start-up and idle memory, measured on the
//! release binary, and the load clients that type at it.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command;
use crate::pipeline::{self, Built, Mode};
use crate::tools::{self, YSweet};
use crate::workspace::Workspace;

/// What a first visit on a phone network may cost: a file, its encoding, the bound in KiB.
const SIZES: [(&str, &str, u64); 6] = [
    // 450 KB, counted in thousands.
    ("app.wasm", "br", 439),
    // The part of it that only a document needs, fetched beside it.
    ("document.wasm", "br", 140),
    ("account.wasm", "br", 60),
    // Comes with the first document, while its text can be read already.
    ("engine.wasm", "br", 520),
    // The same, and must not be felt either: 130 KB, counted in thousands.
    ("editor.js", "gz", 126),
    // Fetched when there is time.
    ("foreign.js", "gz", 20),
];
/// A restart must look like a hiccup.
const READY_MS: u128 = 2_000;
/// It should fit on the smallest machine that is rented out.
const IDLE_MIB: u64 = 30;
/// When to give up waiting for a server that does not start.
const PATIENCE: Duration = Duration::from_secs(20);

/// The scenario that is no load.
const BOUNDS: &str = "bounds";

/// Who is put under load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Servers {
    /// Ours.
    Ours,
    /// Ours and, after it, what others run.
    OursAndPeers,
}

impl Servers {
    /// Takes `--peers` out of the arguments, wherever it stands.
    fn from_args(args: &[String]) -> (Self, Vec<String>) {
        let (peers, rest): (Vec<_>, Vec<_>) =
            args.iter().cloned().partition(|arg| arg == "--peers");
        match peers.is_empty() {
            true => (Self::Ours, rest),
            false => (Self::OursAndPeers, rest),
        }
    }
}

/// Builds, measures what was named or everything, fails when a bound is broken. Load is only
/// measured: its figures depend on the machine.
pub(crate) fn bench(workspace: &Workspace, args: &[String]) -> Result<ExitCode> {
    let (servers, scenarios) = Servers::from_args(args);
    let built = pipeline::build(workspace, Mode::Release)?;
    let (bounds, loads): (Vec<_>, Vec<_>) = scenarios.iter().partition(|name| *name == BOUNDS);
    let everything = scenarios.is_empty();
    let mut code = ExitCode::SUCCESS;
    if everything || !bounds.is_empty() {
        code = bounds_hold(workspace, &built)?;
    }
    if everything || !loads.is_empty() {
        put_under_load(workspace, &built, servers, &loads)?;
    }
    Ok(code)
}

/// Runs the load clients, which print a table.
fn put_under_load(
    workspace: &Workspace,
    built: &Built,
    servers: Servers,
    scenarios: &[&String],
) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["run", "--release", "--quiet", "--package=load", "--"]);
    cargo.arg(&built.binary);
    if servers == Servers::OursAndPeers {
        let y_sweet = install_peers(workspace)?;
        cargo.arg("--peers").arg(workspace.peers()).arg(y_sweet);
    }
    command::run(cargo.args(scenarios))
}

/// Installs the other servers; says where y-sweet is. Without y-sweet the others are still measured.
fn install_peers(workspace: &Workspace) -> Result<PathBuf> {
    tools::ensure_node()?;
    tools::ensure_npm_packages(workspace, &workspace.peers())?;
    let y_sweet = YSweet::of(workspace);
    if let Err(error) = y_sweet.ensure(workspace) {
        println!("· y-sweet cannot be measured: {error:#}");
    }
    Ok(y_sweet.binary())
}

fn bounds_hold(workspace: &Workspace, built: &Built) -> Result<ExitCode> {
    let mut within = sizes_hold(built)?;
    within.extend(start_up(workspace, built)?);
    println!("typing latency and key to paint are printed by `cargo xtask test end2end`");
    let broken = within.iter().filter(|within| !**within).count();
    Ok(if broken == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether what a browser downloads before it can write is within its bounds.
pub(crate) fn sizes_hold(built: &Built) -> Result<Vec<bool>> {
    let manifest = fs::read(built.site.join("manifest.json"))?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest)?;
    let mut within = Vec::new();
    for (name, encoding, limit_kib) in SIZES {
        let file = manifest[name]
            .as_str()
            .with_context(|| format!("the manifest has no {name}"))?;
        let path = built.site.join(format!("{file}.{encoding}"));
        let kib = fs::metadata(path)?.len().div_ceil(1024);
        within.push(bound(&format!("{name}.{encoding}"), kib, limit_kib, "KiB"));
    }
    Ok(within)
}

fn bound<N: PartialOrd + std::fmt::Display>(what: &str, measured: N, limit: N, unit: &str) -> bool {
    let within = measured <= limit;
    let mark = if within { "✓" } else { "✗" };
    println!("{mark} {what}: {measured} {unit} (bound {limit} {unit})");
    within
}

fn start_up(workspace: &Workspace, built: &Built) -> Result<Vec<bool>> {
    let data = workspace.target.join("xtask/bench-data");
    let _ = fs::remove_dir_all(&data);
    fs::create_dir_all(&data)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let started = Instant::now();
    let server = Command::new(&built.binary)
        .args(["serve", "--addr", &format!("127.0.0.1:{port}"), "--data"])
        .arg(&data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let server = Running(server);
    while !ready(port) {
        if started.elapsed() > PATIENCE {
            bail!("the server was not ready after {} s", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let ready_ms = started.elapsed().as_millis();
    let mut within = vec![bound("ready", ready_ms, READY_MS, "ms")];
    match settled_memory_mib(server.0.id()) {
        Some(mib) => within.push(bound("idle memory", mib, IDLE_MIB, "MiB")),
        None => println!("· idle memory: cannot be read on this system"),
    }
    Ok(within)
}

/// A server that ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ready(port: u16) -> bool {
    let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let asked =
        socket.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok()
        && socket.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}

/// Resident memory once two readings agree.
fn settled_memory_mib(process: u32) -> Option<u64> {
    let mut last = 0;
    for _ in 0..20 {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        if kib == last {
            break;
        }
        last = kib;
        std::thread::sleep(Duration::from_millis(250));
    }
    Some(last.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_asked_for_anywhere_among_the_scenarios() {
        let args = ["fan-out", "--peers", "kill"].map(str::to_owned);
        let (servers, rest) = Servers::from_args(&args);
        assert_eq!(servers, Servers::OursAndPeers);
        assert_eq!(rest, ["fan-out", "kill"]);
        assert_eq!(Servers::from_args(&rest).0, Servers::Ours);
    }
}
