//! The real binary from outside: how it starts, what it says, and with which code it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

fn countersign(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.arg("--data").arg(data);
    command
}

/// Runs to the end and checks the code; gives what was said on standard error.
fn ends_with(command: &mut Command, code: i32) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program starts");
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(
        status.code(),
        Some(code),
        "said: {said}\n{}",
        String::from_utf8_lossy(&stdout)
    );
    said
}

/// A server that is stopped when the test ends.
struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    greeting: String,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = countersign(data)
            .args(["serve", "--addr", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut greeting = String::new();
        // The first line comes when the server listens and the database is open.
        stdout.read_line(&mut greeting).expect("a greeting");
        Self {
            child,
            stdout,
            greeting,
        }
    }

    fn signal(&self) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    fn terminate(mut self) -> (Option<i32>, Duration) {
        let begun = Instant::now();
        self.signal();
        loop {
            if let Some(status) = self.child.try_wait().expect("waits") {
                return (status.code(), begun.elapsed());
            }
            assert!(begun.elapsed() < DEADLINE, "did not stop");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_unknown_setting_is_named() {
    let dir = TempDir::new().expect("a directory");
    let said = ends_with(
        countersign(dir.path())
            .arg("serve")
            .env("COUNTERSIGN_ADRR", "x"),
        78,
    );
    assert!(said.contains("COUNTERSIGN_ADRR"), "{said}");
    std::fs::write(dir.path().join("countersign.toml"), "adrr = \"x\"\n").expect("a file");
    let said = ends_with(countersign(dir.path()).arg("serve"), 78);
    assert!(
        said.contains("adrr") && said.contains("countersign.toml"),
        "{said}"
    );
    let said = ends_with(
        countersign(&dir.path().join("other")).args([
            "serve",
            "--public-url",
            "http://example.com",
        ]),
        78,
    );
    assert!(said.contains("https"), "{said}");
}

#[test]
fn a_command_line_that_is_not_understood() {
    let dir = TempDir::new().expect("a directory");
    ends_with(countersign(dir.path()).arg("sevre"), 64);
    ends_with(countersign(dir.path()).arg("--help"), 0);
}

#[test]
fn a_port_in_use_touches_nothing() {
    let dir = TempDir::new().expect("a directory");
    let data = dir.path().join("data");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let addr = taken.local_addr().expect("an address").to_string();
    let said = ends_with(countersign(&data).args(["serve", "--addr", &addr]), 69);
    assert!(said.contains(&addr) && said.contains("in use"), "{said}");
    assert!(!data.exists(), "no data directory was made");
}

#[test]
fn a_directory_that_cannot_be_made() {
    let dir = TempDir::new().expect("a directory");
    let file = dir.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let below = file.join("data");
    ends_with(
        countersign(&below).args(["serve", "--addr", "127.0.0.1:0"]),
        73,
    );
}

#[test]
fn a_damaged_database_is_not_touched() {
    let dir = TempDir::new().expect("a directory");
    let path = dir.path().join("countersign.sqlite3");
    let garbage = b"this is not a database, and nobody should write to it ".repeat(100);
    std::fs::write(&path, &garbage).expect("a file");
    let said = ends_with(
        countersign(dir.path()).args(["serve", "--addr", "127.0.0.1:0"]),
        65,
    );
    assert!(said.contains("damaged"), "{said}");
    assert_eq!(std::fs::read(&path).expect("reads"), garbage);
}

#[test]
fn damage_in_the_middle_is_seen_at_the_start() {
    let dir = TempDir::new().expect("a directory");
    ends_with(countersign(dir.path()).args(["demo", "--json"]), 0);
    let path = dir.path().join("countersign.sqlite3");
    let mut bytes = std::fs::read(&path).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xA5);
    std::fs::write(&path, &bytes).expect("writes");
    let said = ends_with(
        countersign(dir.path()).args(["serve", "--addr", "127.0.0.1:0"]),
        65,
    );
    assert!(said.contains("backup"), "{said}");
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    use sqlx::{ConnectOptions as _, Connection as _};
    let dir = TempDir::new().expect("a directory");
    ends_with(countersign(dir.path()).args(["demo", "--json"]), 0);
    let path = dir.path().join("countersign.sqlite3");
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut connection = options.connect().await.expect("opens");
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', TRUE, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .expect("a future migration");
    connection.close().await.expect("closes");
    let said = ends_with(
        countersign(dir.path()).args(["serve", "--addr", "127.0.0.1:0"]),
        76,
    );
    assert!(said.contains("newer") && said.contains("9999"), "{said}");
}

#[test]
fn one_server_per_data_directory_and_a_clean_end() {
    let dir = TempDir::new().expect("a directory");
    let first = Running::start(dir.path());
    assert!(
        first
            .greeting
            .starts_with("Countersign is at http://localhost:"),
        "{}",
        first.greeting
    );
    let said = ends_with(
        countersign(dir.path()).args(["serve", "--addr", "127.0.0.1:0"]),
        75,
    );
    assert!(said.contains("in use by another"), "{said}");
    let (code, took) = first.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(9), "{took:?}");
    // The lock ended with the process.
    let (code, _) = Running::start(dir.path()).terminate();
    assert_eq!(code, Some(0));
}

#[test]
fn the_first_run_prints_a_set_up_link_and_later_ones_do_not() {
    let dir = TempDir::new().expect("a directory");
    let said = |mut running: Running| {
        running.signal();
        let mut rest = String::new();
        running.stdout.read_to_string(&mut rest).expect("reads");
        rest
    };
    let first = said(Running::start(dir.path()));
    assert!(first.contains("/enter#"), "{first}");
    ends_with(countersign(dir.path()).args(["demo", "--json"]), 0);
    let second = said(Running::start(dir.path()));
    assert!(!second.contains("/enter#"), "{second}");
}

#[test]
fn the_demo_is_what_scripts_expect_and_a_second_one_is_another() {
    let dir = TempDir::new().expect("a directory");
    let demo = || -> Value {
        let output = countersign(dir.path())
            .args(["demo", "--json"])
            .output()
            .expect("runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    };
    let first = demo();
    let roles: Vec<_> = first["people"]
        .as_array()
        .expect("people")
        .iter()
        .map(|p| &p["role"])
        .collect();
    assert_eq!(roles, ["owner", "member", "client"]);
    for person in first["people"].as_array().expect("people") {
        let login = person["login_url"].as_str().expect("a link");
        assert!(login.starts_with("http://localhost:8080/enter#"), "{login}");
        assert!(
            person["token"]
                .as_str()
                .is_some_and(|token| token.len() >= 40)
        );
    }
    let kinds: Vec<_> = first["documents"]
        .as_array()
        .expect("documents")
        .iter()
        .map(|d| &d["kind"])
        .collect();
    assert_eq!(
        kinds,
        [
            "requirement_document",
            "requirement_document",
            "meeting_notes"
        ]
    );
    let keys: Vec<_> = first
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    let second = demo();
    assert_ne!(first["project"]["id"], second["project"]["id"]);
    assert_ne!(first["project"]["name"], second["project"]["name"]);
}

#[test]
fn tokens_are_made_listed_and_revoked_while_the_server_runs() {
    let dir = TempDir::new().expect("a directory");
    let said = ends_with(countersign(dir.path()).args(["token", "list"]), 66);
    assert!(said.contains("start the server"), "{said}");
    let demo = countersign(dir.path())
        .args(["demo", "--json"])
        .output()
        .expect("runs")
        .stdout;
    let demo: Value = serde_json::from_slice(&demo).expect("JSON");
    let project = demo["project"]["id"].as_str().expect("an id");
    let _server = Running::start(dir.path());
    let create = [
        "token",
        "create",
        "--person",
        "CI",
        "--project",
        project,
        "--role",
        "reader",
    ];
    let made = countersign(dir.path()).args(create).output().expect("runs");
    let token = String::from_utf8(made.stdout).expect("text");
    assert!(token.trim().len() >= 40, "{token}");
    let said = String::from_utf8(made.stderr).expect("text");
    let id = said.split_whitespace().nth(1).expect("an id").to_owned();
    let list = || {
        let output = countersign(dir.path())
            .args(["token", "list"])
            .output()
            .expect("runs");
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(!text.contains(token.trim()), "the secret is not listed");
        text.lines()
            .find(|line| line.starts_with(&id))
            .expect("is listed")
            .to_owned()
    };
    assert!(list().contains(" live "), "{}", list());
    ends_with(countersign(dir.path()).args(["token", "revoke", &id]), 0);
    assert!(list().contains(" revoked "), "{}", list());
    ends_with(
        countersign(dir.path()).args(["token", "revoke", "nonsense"]),
        66,
    );
    ends_with(
        countersign(dir.path()).args(["token", "create", "--person", "x", "--project", "no such"]),
        66,
    );
}
