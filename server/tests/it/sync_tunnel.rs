//! SPEC: W11. What goes over a socket goes by requests and their answers as well: the same frames,
//! the same rights, the same bounds and the same reasons to close.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::StreamExt as _;
use model::limits;
use model::sync::tunnel::{pack, unpack};
use model::sync::wire::{Frame, Join, PeerMetadata, Receiver};
use model::sync::{Access, CloseReason};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use server::rights::Role;
use server::rooms::{ConnectionTiming, RoomSettings};

use crate::sync_peer::{Peer, Plug, all_equal};
use crate::sync_world::{Setting, World, until};

/// How frames come down.
#[derive(Clone, Copy)]
enum Down {
    Events,
    Polls,
}

/// One open tunnel, as a client sees it.
#[derive(Clone)]
struct Tunnel {
    client: Client,
    base: String,
    token: String,
    name: String,
}

/// What a poll is answered with.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Frames(u64, Vec<Vec<u8>>),
    Nothing,
    Closed(u64),
    NoServer,
}

impl Tunnel {
    async fn open(world: &World, token: &str) -> Self {
        let mut tunnel = Self {
            client: Client::new(),
            base: format!("{}/sync/tunnel", world.origin()),
            token: token.to_owned(),
            name: String::new(),
        };
        let opened = tunnel.client.post(&tunnel.base).bearer_auth(token);
        let opened = opened.send().await.expect("an answer");
        assert_eq!(opened.status(), StatusCode::CREATED);
        let opened: serde_json::Value = opened.json().await.expect("JSON");
        tunnel.name = opened["tunnel"].as_str().expect("a name").to_owned();
        tunnel
    }

    /// The tunnel in somebody else's hands.
    fn held_by(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    fn post(&self, what: &str, count: (&str, u64)) -> RequestBuilder {
        let (base, name, (key, number)) = (&self.base, &self.name, count);
        let url = format!("{base}/{what}?tunnel={name}&{key}={number}");
        self.client.post(url).bearer_auth(&self.token)
    }

    async fn bring(&self, number: u64, body: Vec<u8>) -> StatusCode {
        let brought = self.brought(number, body).await;
        brought.expect("an answer").status()
    }

    async fn brought(&self, number: u64, body: Vec<u8>) -> reqwest::Result<Response> {
        let post = self.post("frames", ("number", number));
        post.body(body).send().await
    }

    async fn poll(&self, after: u64) -> Answer {
        let Ok(answer) = self.post("answers", ("after", after)).send().await else {
            return Answer::NoServer;
        };
        match answer.status() {
            StatusCode::OK => {
                let number = answer.headers()["tunnel-number"].to_str().unwrap();
                let number = number.parse().expect("a number");
                let body = answer.bytes().await.expect("a body");
                let frames = unpack(&body).expect("whole frames");
                Answer::Frames(number, frames.into_iter().map(<[u8]>::to_vec).collect())
            }
            StatusCode::NO_CONTENT => Answer::Nothing,
            StatusCode::GONE => {
                let body: serde_json::Value = answer.json().await.expect("JSON");
                Answer::Closed(body["close"].as_u64().expect("a code"))
            }
            other => panic!("no answer to a poll: {other}"),
        }
    }

    /// Brings everything the client hears to it, until the tunnel ends.
    async fn listen(&self, down: Down, plug: &Plug) {
        match down {
            Down::Polls => {
                let mut after = 0;
                loop {
                    match self.poll(after).await {
                        Answer::Frames(number, frames) => {
                            after = number;
                            frames.iter().for_each(|frame| plug.frame(frame));
                        }
                        Answer::Nothing => {}
                        Answer::Closed(code) => return told(plug, code),
                        Answer::NoServer => return,
                    }
                }
            }
            Down::Events => {
                let (base, name) = (&self.base, &self.name);
                let stream = self.client.get(format!("{base}/events?tunnel={name}"));
                let stream = stream.bearer_auth(&self.token).send().await;
                let mut stream = stream.expect("an answer").bytes_stream();
                let mut text = String::new();
                while let Some(Ok(bytes)) = stream.next().await {
                    text.push_str(std::str::from_utf8(&bytes).expect("text"));
                    while let Some((event, rest)) = text.split_once("\n\n") {
                        heard(event, plug);
                        text = rest.to_owned();
                    }
                }
            }
        }
    }
}

fn heard(event: &str, plug: &Plug) {
    let field = |name: &str| {
        let mut lines = event.lines();
        lines
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let data = field("data:").unwrap_or_default();
    match field("event:") {
        None => {
            let body = BASE64.decode(data).expect("base64");
            let frames = unpack(&body).expect("whole frames");
            frames.into_iter().for_each(|frame| plug.frame(frame));
        }
        Some("close-tunnel") => told(plug, data.parse().expect("a code")),
        Some(_) => {}
    }
}

fn told(plug: &Plug, code: u64) {
    let code = u16::try_from(code).expect("a close code");
    let reason = CloseReason::from_code(code).expect("a known code");
    plug.closed_because(Some((code, reason.key().to_owned())));
}

/// A client that has the document, through a tunnel.
async fn through(world: &World, name: &'static str, token: &str, down: Down) -> Peer {
    let mut peer = Peer::new(name, world.document);
    let tunnel = Tunnel::open(world, token).await;
    let (mut frames, plug) = peer.plug();
    peer.carried_by(tokio::spawn(async move {
        let up = async {
            let mut number = 0;
            while let Some(frame) = frames.recv().await {
                number += 1;
                let body = pack(&[frame]);
                if tunnel.brought(number, body).await.is_err() {
                    // Why there is no server any more is heard on the other way.
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            () = up => {}
            () = tunnel.listen(down, &plug) => {}
        }
        plug.pull();
    }));
    until("the document", async || peer.section().is_some()).await;
    peer
}

fn join(name: &str) -> Vec<u8> {
    let join = Join {
        sender: name.parse().expect("a label"),
        metadata: PeerMetadata::ours(),
        versions: vec!["1".to_owned()],
    };
    Frame::Join(join).encode()
}

fn is_peer(frame: &[u8]) -> bool {
    matches!(Frame::decode(frame, Receiver::Client), Ok(Frame::Peer(_)))
}

// SPEC: W11 S3
#[tokio::test(flavor = "multi_thread")]
async fn people_on_sockets_streams_and_polls_write_one_document() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let guest = world.member("王总", Role::Client).await;
    let guest = world.token(guest).await;
    let socket = Peer::with_document("socket", world.document, &world.sync_url(&token)).await;
    let events = through(&world, "events", &guest, Down::Events).await;
    let polls = through(&world, "polls", &guest, Down::Polls).await;
    for round in 0..20 {
        for peer in [&socket, &events, &polls] {
            peer.write(&format!("{}{round} ", peer.name));
        }
    }
    let everybody = [&socket, &events, &polls];
    for peer in everybody {
        peer.saved().await;
    }
    all_equal(&everybody).await;
    assert_eq!(socket.text().matches("polls").count(), 20);
    assert_eq!(socket.text().matches("events").count(), 20);
    let world = world.restart().await;
    let token = world.token(world.owner).await;
    let late = Peer::with_document("late", world.document, &world.sync_url(&token)).await;
    all_equal(&[&late, &socket]).await;
    for peer in [&events, &polls] {
        until("the tunnel to end", async || !peer.is_connected()).await;
    }
    let restarting = |reason: (u16, String)| reason.1 == "restarting";
    assert!(events.closed_because().is_some_and(restarting));
    // Between two polls there is nobody to tell.
    assert!(polls.closed_because().is_none_or(restarting));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_taken_once_and_an_answer_kept_until_it_is_there() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let tunnel = Tunnel::open(&world, &token).await;
    let body = pack(&[join("twice")]);
    assert_eq!(tunnel.bring(1, body.clone()).await, StatusCode::NO_CONTENT);
    let Answer::Frames(1, first) = tunnel.poll(0).await else {
        panic!("an answer to the join");
    };
    assert!(is_peer(&first[0]) && first.len() == 1, "{first:?}");
    // Neither the answer to the body nor the one to the poll has arrived, says the client.
    assert_eq!(tunnel.bring(1, body).await, StatusCode::NO_CONTENT);
    assert_eq!(tunnel.poll(0).await, Answer::Frames(1, first));
    // A later poll takes the place of one that waits: its client may be gone.
    let (one, other) = (Box::pin(tunnel.poll(1)), Box::pin(tunnel.poll(1)));
    let (earlier, later) = futures_util::future::select(one, other)
        .await
        .factor_first();
    assert_eq!(earlier, Answer::Nothing);
    let again = tunnel.bring(2, pack(&[join("twice")])).await;
    assert_eq!(again, StatusCode::NO_CONTENT);
    assert!(matches!(later.await, Answer::Frames(2, frames) if is_peer(&frames[0])));

    assert_eq!(
        tunnel.bring(4, pack(&[join("gap")])).await,
        StatusCode::BAD_REQUEST
    );
    let closed = Answer::Closed(CloseReason::BadFrame.code().into());
    assert_eq!(tunnel.poll(2).await, closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_body_of_frames_ends_the_tunnel() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let many = vec![Vec::new(); limits::TUNNEL_FRAMES_MAX + 1];
    for (body, status, reason) in [
        (
            vec![0, 0, 0],
            StatusCode::BAD_REQUEST,
            CloseReason::BadFrame,
        ),
        (pack(&many), StatusCode::BAD_REQUEST, CloseReason::BadFrame),
        // Whole frames that are not the protocol end it as they end a socket.
        (
            pack(&[b"garbage"]),
            StatusCode::NO_CONTENT,
            CloseReason::BadFrame,
        ),
        (
            pack(&[vec![0; limits::FRAME_FROM_CLIENT_BYTES_MAX + 1]]),
            StatusCode::NO_CONTENT,
            CloseReason::FrameTooLarge,
        ),
    ] {
        let tunnel = Tunnel::open(&world, &token).await;
        let about = format!("{} bytes", body.len());
        assert_eq!(tunnel.bring(1, body).await, status, "{about}");
        let closed = Answer::Closed(reason.code().into());
        assert_eq!(tunnel.poll(0).await, closed, "{about}");
    }
    let tunnel = Tunnel::open(&world, &token).await;
    let huge = vec![0; limits::TUNNEL_BODY_BYTES_MAX + 1];
    assert_eq!(tunnel.bring(1, huge).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tunnel_is_its_owners_alone() {
    let world = World::start().await;
    let token = world.token(world.owner).await;
    let other = world.member("王总", Role::Client).await;
    let other = world.token(other).await;
    let tunnel = Tunnel::open(&world, &token).await;
    let stolen = tunnel.held_by(&other);
    assert_eq!(
        stolen.bring(1, pack(&[join("thief")])).await,
        StatusCode::NOT_FOUND
    );
    let unknown = tunnel.held_by("nonsense");
    assert_eq!(unknown.bring(1, Vec::new()).await, StatusCode::UNAUTHORIZED);

    let cookie = world.cookie(world.owner).await;
    let origin = world.origin();
    let open = |origin: Option<&str>| {
        let post = Client::new().post(&tunnel.base).header("cookie", &cookie);
        match origin {
            Some(origin) => post.header("origin", origin),
            None => post,
        }
    };
    for (origin, status) in [
        (Some(origin.as_str()), StatusCode::CREATED),
        (Some("http://evil.example"), StatusCode::FORBIDDEN),
        (None, StatusCode::FORBIDDEN),
    ] {
        let opened = open(origin).send().await.expect("an answer");
        assert_eq!(opened.status(), status, "{origin:?}");
    }
    let stream = format!("{}/events?tunnel={}", tunnel.base, tunnel.name);
    let stream = Client::new().get(stream).header("cookie", &cookie);
    let foreign = stream.header("origin", "http://evil.example").send().await;
    assert_eq!(foreign.expect("an answer").status(), StatusCode::FORBIDDEN);
}

// SPEC: S6
#[tokio::test(flavor = "multi_thread")]
async fn rights_that_change_reach_whoever_is_in_a_tunnel() {
    for down in [Down::Events, Down::Polls] {
        let world = World::start().await;
        let guest = world.member("王总", Role::Client).await;
        let token = world.token(guest).await;
        let peer = through(&world, "guest", &token, down).await;
        peer.write("mine");
        peer.saved().await;
        world.set_role(guest, Role::Reader).await;
        until("the reader to know", async || {
            peer.access() == Some(Access::Read)
        })
        .await;
        world.remove(guest).await;
        until("the stranger to know", async || {
            peer.access() == Some(Access::None)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tunnel_nobody_asks_anything_of_ends() {
    let rooms = RoomSettings {
        timing: ConnectionTiming {
            tunnel_silence: Duration::from_millis(300),
            close_grace: Duration::from_millis(100),
            ..ConnectionTiming::default()
        },
        connections_per_person_max: 1,
        ..RoomSettings::default()
    };
    let world = World::start_with(Setting {
        rooms,
        ..Setting::default()
    })
    .await;
    let token = world.token(world.owner).await;
    let tunnel = Tunnel::open(&world, &token).await;
    assert_eq!(world.state.rooms.connections(), 1);
    let second = tunnel.client.post(&tunnel.base).bearer_auth(&token).send();
    let second = second.await.expect("an answer");
    assert_eq!(second.status(), StatusCode::TOO_MANY_REQUESTS);
    until("it to end", async || world.state.rooms.connections() == 0).await;
    until("it to be forgotten", async || {
        tunnel.bring(1, Vec::new()).await == StatusCode::NOT_FOUND
    })
    .await;
}
