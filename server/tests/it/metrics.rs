//! The figures of a running server, as a scraper reads them.

use std::net::SocketAddr;

use crate::sync_peer::Peer;
use crate::sync_world::{Setting, Socket, World, until};

/// The value of a line of the figures.
fn figure(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line?.trim().parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_shows_in_the_figures_and_on_the_admin_address_alone() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let admin: SocketAddr = free.local_addr().expect("an address");
    drop(free);
    let world = World::start_with(Setting {
        admin_addr: Some(admin),
        ..Setting::default()
    })
    .await;
    let url = world.sync_url(&world.token(world.owner).await);
    let read = async || {
        let answer = reqwest::get(format!("http://{admin}/metrics")).await.ok()?;
        answer.text().await.ok()
    };
    until("the admin address", async || read().await.is_some()).await;

    let peer = Peer::with_document("甲", world.document, &url).await;
    peer.write("被记下的一句。");
    peer.saved().await;
    let mut hostile = Socket::joined(&url).await;
    hostile.send(b"not a frame".to_vec()).await;
    hostile.until_closed().await;
    until("the refusal in the figures", async || {
        let text = read().await.unwrap_or_default();
        figure(
            &text,
            "countersign_closed_connections_total{reason=\"bad_frame\"}",
        ) == Some(1.0)
    })
    .await;
    let text = read().await.expect("the figures");
    for (name, least) in [
        ("countersign_rooms ", 1.0),
        ("countersign_connections ", 1.0),
        ("countersign_rooms_opened_total ", 1.0),
        ("countersign_commit_seconds_count ", 1.0),
        ("countersign_apply_seconds_count ", 1.0),
        ("countersign_fan_out_seconds_count ", 1.0),
        ("countersign_received_frames_total ", 3.0),
        ("countersign_sent_frames_total ", 1.0),
        ("countersign_failed_commits_total ", 0.0),
        ("countersign_waiting_messages ", 0.0),
        ("countersign_waiting_writes ", 0.0),
    ] {
        let value = figure(&text, name);
        assert!(
            value.is_some_and(|value| value >= least),
            "{name}{value:?} in\n{text}"
        );
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
    assert!(!text.contains("被记下"), "no text of a document");

    let public = reqwest::get(format!("{}/metrics", world.origin())).await;
    let public = public.expect("an answer").text().await.expect("text");
    assert!(
        !public.contains("countersign_"),
        "not where everybody can look"
    );
}
