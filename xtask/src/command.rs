//! Starting other programs, and saying what is being done and how long it took.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// What a program said and how it ended.
pub(crate) struct Ran {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output and error, in the order the lines came.
    pub(crate) said: String,
}

/// Runs to the end with output passed through; anything but success is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs to the end quietly and gives back standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        bail!("{} ended with {}\n{said}", shown(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{} answered garbage", shown(command)))
}

/// Runs to the end, showing every line as it comes and keeping it. The status is the caller's to judge.
pub(crate) fn tee(command: &mut Command) -> Result<Ran> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let said = Arc::new(Mutex::new(String::new()));
    let out = child
        .stdout
        .take()
        .map(|pipe| copy_lines(pipe, Arc::clone(&said)));
    let err = child
        .stderr
        .take()
        .map(|pipe| copy_lines(pipe, Arc::clone(&said)));
    let status = child.wait()?;
    for copier in [out, err].into_iter().flatten() {
        // A copier only ends early when our own output is closed; there is nobody to tell then.
        let _ = copier.join();
    }
    let said = std::mem::take(&mut *said.lock().expect("a copier panicked while writing"));
    Ok(Ran { status, said })
}

fn copy_lines<R: Read + Send + 'static>(
    pipe: R,
    kept: Arc<Mutex<String>>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&line);
            let _ = std::io::stdout().write_all(text.as_bytes());
            kept.lock()
                .expect("the other copier panicked while writing")
                .push_str(&text);
            line.clear();
        }
    })
}

/// Does one piece of the work, with a line before it and a line with its duration after it.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("→ {what}");
    let started = Instant::now();
    let done = work().with_context(|| format!("while doing: {what}"))?;
    println!("✓ {what} · {:.1} s", started.elapsed().as_secs_f64());
    Ok(done)
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start {}", shown(command))
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
