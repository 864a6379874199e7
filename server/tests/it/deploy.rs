//! The files in `server/deploy` and the program agree.

use std::path::Path;
use std::process::Command;

use server::config::SETTINGS;

fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    std::fs::read_to_string(folder.join(name)).expect("the sample")
}

const SAMPLES: [&str; 4] = [
    "nginx.conf",
    "Caddyfile",
    "countersign.service",
    "Dockerfile",
];

#[test]
fn every_variable_in_a_sample_is_a_setting() {
    let mut seen = 0;
    for name in SAMPLES {
        for (at, found) in sample(name).match_indices("COUNTERSIGN_") {
            let text = sample(name);
            let rest = &text[at + found.len()..];
            let end = rest
                .find(|letter: char| !(letter.is_ascii_uppercase() || letter == '_'))
                .unwrap_or(rest.len());
            let setting = rest[..end].to_lowercase();
            let is_known = SETTINGS.iter().any(|known| known.name == setting);
            assert!(is_known, "{name}: {setting}");
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen}");
}

#[test]
fn a_proxy_drops_what_browsers_say_about_where_they_are() {
    assert!(sample("nginx.conf").contains("X-Forwarded-For $remote_addr;"));
    assert!(sample("Caddyfile").contains("X-Forwarded-For {remote_host}"));
}

#[test]
fn a_service_is_stopped_after_the_server_has_had_its_time() {
    let unit = sample("countersign.service");
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("TimeoutStopSec="));
    let seconds: u64 = line.expect("a time").parse().expect("seconds");
    // `DRAIN_TIMEOUT` in `serve` is 8 s.
    assert!(seconds > 8);
    assert!(unit.contains("ExecStart=/usr/local/bin/countersign serve"));
    let help = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .arg("--help")
        .output()
        .expect("the program starts");
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    for command in ["serve", "user", "token", "audit", "backup", "check"] {
        assert!(help.contains(command), "{command}");
    }
}
