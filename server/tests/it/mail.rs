//! Mail on its way to a server that takes it, to one that does not, and to none.

use serde_json::json;
use server::mail::Carrier;
use server::store::MailState;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::pages::Browser;
use crate::sync_world::{DEADLINE, Setting, World, until};

/// The smallest SMTP server (RFC 5321): takes every mail and hands on what was between DATA and the dot.
async fn carrier() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", listener.local_addr().expect("an address"));
    let (taken, mails) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(converse(socket, taken.clone()));
        }
    });
    (url, mails)
}

async fn converse(socket: TcpStream, taken: mpsc::UnboundedSender<String>) -> Option<()> {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line.get(..4).unwrap_or("").to_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                taken.send(mail).ok()?;
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 fine\r\n",
        };
        write.write_all(answer).await.ok()?;
    }
    Some(())
}

async fn world(url: &str) -> World {
    let carrier = Carrier::new(url, "会签 <sign@example.com>").expect("a carrier");
    World::start_with(Setting {
        carrier: Some(carrier),
        ..Setting::default()
    })
    .await
}

async fn ask(world: &World) {
    let owner = Browser::signed_in(world, world.owner).await;
    let asked = json!({ "mailbox": "li@example.com", "language": "zh-CN" });
    let (_, answer) = owner.call("ask_mailbox", asked).await;
    assert_eq!(answer["mailing"], "sent", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_carried_and_what_was_in_it_is_not_kept() {
    let (url, mut taken) = carrier().await;
    let world = world(&url).await;
    ask(&world).await;
    let mail = tokio::time::timeout(DEADLINE, taken.recv()).await;
    let mail = mail.expect("in time").expect("a mail");
    for part in [
        "To: li@example.com",
        "<sign@example.com>",
        "multipart/alternative",
        "text/plain",
        "text/html",
    ] {
        assert!(mail.contains(part), "{part} in {mail}");
    }
    let store = &world.state.store;
    until("it to be written down", async || {
        let row = store.latest_mail(1).await.expect("answers").swap_remove(0);
        matches!(row.state, MailState::Sent { .. }) && row.mail.plain.is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_carrier_that_is_away_is_tried_again_and_the_mail_is_kept_meanwhile() {
    // A port that somebody had a moment ago and nobody has.
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("smtp://{}", free.local_addr().expect("an address"));
    drop(free);
    let world = world(&url).await;
    ask(&world).await;
    let store = &world.state.store;
    until("the first try", async || {
        let row = store.latest_mail(1).await.expect("answers").swap_remove(0);
        let waits = matches!(row.state, MailState::Waiting { .. });
        waits && row.tries == 1 && !row.failure.is_empty() && !row.mail.plain.is_empty()
    })
    .await;
}
