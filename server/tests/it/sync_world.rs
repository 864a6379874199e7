//! A world for one test: its own data folder and database, a real listener on a free port, people
//! with tokens, a project and a document. And the plainest client: a socket that sends and reads
//! frames. Waiting is always for a condition, with a deadline that fails the test.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use model::document::Document;
use model::ids::{ActorId, ChangeHash, DocumentId, PeerId};
use model::schema::DocumentKind;
use model::sync::CloseReason;
use model::sync::wire::{self, Frame, Join, PeerMetadata, Receiver, SyncKind};
use server::AppState;
use server::clock::now_ms;
use server::config::Config;
use server::mail::Carrier;
use server::rights::{Audience, Role, Standing};
use server::rooms::RoomSettings;
use server::store::{
    ChangeLogRow, ChunkKind, DocumentWrite, NewChunk, NewDocument, NewProject, PersonId, PersonRow,
    ProjectId, TokenId,
};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

/// How long a test waits for what must happen.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A running server with its data.
pub(crate) struct World {
    pub(crate) state: AppState,
    pub(crate) addr: SocketAddr,
    pub(crate) project: ProjectId,
    pub(crate) owner: PersonId,
    pub(crate) document: DocumentId,
    dir: TempDir,
    settings: RoomSettings,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

/// What a world is started with.
#[derive(Default)]
pub(crate) struct Setting {
    pub(crate) rooms: RoomSettings,
    pub(crate) database_max_bytes: Option<u64>,
    /// What the system may take from the server for a socket that does not read, in bytes.
    pub(crate) send_buffer: Option<u32>,
    /// Where figures are shown.
    pub(crate) admin_addr: Option<SocketAddr>,
    /// Who carries mail, if anybody.
    pub(crate) carrier: Option<Carrier>,
    /// The token of a relay, if there is one.
    pub(crate) relay: Option<&'static str>,
}

/// A sync message of a peer that has nothing: version 1, no heads, needs, haves or changes.
pub(crate) const NOTHING: [u8; 5] = [0x42, 0, 0, 0, 0];

impl World {
    /// A server with one project of one owner and one requirement document.
    pub(crate) async fn start() -> Self {
        Self::start_with(Setting::default()).await
    }

    pub(crate) async fn start_with(setting: Setting) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let (state, listener) = open(&dir, &setting).await;
        let owner = add_person(&state, "李经理", Standing::Guest).await;
        let project = ProjectId::new();
        let new = NewProject {
            id: project,
            name: "工作台".to_owned(),
            client: "某公司".to_owned(),
            language: "zh-CN".to_owned(),
            owner,
            at_ms: now_ms(),
        };
        state.store.create_project(new).await.expect("a project");
        let document = create_document(&state, project, owner).await;
        let rooms = setting.rooms;
        Self::running(dir, rooms, (state, listener), (project, owner, document))
    }

    fn running(
        dir: TempDir,
        settings: RoomSettings,
        (state, listener): (AppState, TcpListener),
        (project, owner, document): (ProjectId, PersonId, DocumentId),
    ) -> Self {
        let addr = listener.local_addr().expect("an address");
        let (stop, served) = serve(state.clone(), listener);
        Self {
            state,
            addr,
            project,
            owner,
            document,
            dir,
            settings,
            stop,
            served,
        }
    }

    /// Stops the server as SIGTERM does and starts another on the same data.
    pub(crate) async fn restart(self) -> Self {
        let rooms = self.settings;
        self.restart_with(Setting {
            rooms,
            ..Setting::default()
        })
        .await
    }

    pub(crate) async fn restart_with(self, setting: Setting) -> Self {
        let there = (self.project, self.owner, self.document);
        let dir = self.stop().await;
        let opened = open(&dir, &setting).await;
        Self::running(dir, setting.rooms, opened, there)
    }

    /// Stops the server for good and starts another on another folder, with the same people.
    pub(crate) async fn move_to(self, dir: TempDir) -> Self {
        let there = (self.project, self.owner, self.document);
        self.stop().await;
        let opened = open(&dir, &Setting::default()).await;
        Self::running(dir, RoomSettings::default(), opened, there)
    }

    /// Where its data is.
    pub(crate) fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Stops the server as SIGTERM does and hands out its data folder.
    pub(crate) async fn stop(self) -> TempDir {
        let _ = self.stop.send(());
        self.served.await.expect("the server ends cleanly");
        self.dir
    }

    /// Size of the database without what is still in its log.
    pub(crate) fn database_bytes(&self) -> u64 {
        let files = std::fs::read_dir(self.dir.path()).expect("the data folder");
        files
            .map(|file| file.expect("a file"))
            .filter(|file| file.path().extension().is_some_and(|end| end == "sqlite3"))
            .map(|file| file.metadata().expect("a size").len())
            .sum()
    }

    /// Somebody new in the project.
    pub(crate) async fn member(&self, name: &str, role: Role) -> PersonId {
        let person = add_person(&self.state, name, Standing::Guest).await;
        self.set_role(person, role).await;
        person
    }

    /// Somebody who is in no project.
    pub(crate) async fn stranger(&self, name: &str) -> PersonId {
        add_person(&self.state, name, Standing::Guest).await
    }

    /// Somebody who may start projects, and is in none.
    pub(crate) async fn host(&self, name: &str) -> PersonId {
        add_person(&self.state, name, Standing::Host).await
    }

    pub(crate) async fn set_role(&self, person: PersonId, role: Role) {
        let set = self
            .state
            .store
            .set_member(self.project, person, role, now_ms());
        set.await.expect("a role");
        let hint = server::auth::Revocation::Person(person);
        self.state.revocations.announce(hint);
    }

    pub(crate) async fn remove(&self, person: PersonId) {
        let removed = self
            .state
            .store
            .remove_member(self.project, person, now_ms());
        removed.await.expect("a removal");
        let hint = server::auth::Revocation::Person(person);
        self.state.revocations.announce(hint);
    }

    pub(crate) async fn another_document(&self) -> DocumentId {
        create_document(&self.state, self.project, self.owner).await
    }

    pub(crate) async fn token(&self, person: PersonId) -> String {
        self.token_for(person, Duration::from_secs(3600)).await.1
    }

    pub(crate) async fn token_for(&self, person: PersonId, life: Duration) -> (TokenId, String) {
        let issued = self.state.entrance.token(person, None, life).await;
        let (id, secret) = issued.expect("a token");
        (id, secret.shown.expose().to_owned())
    }

    /// `name=value` of a session cookie.
    pub(crate) async fn cookie(&self, person: PersonId) -> String {
        let link = self.state.entrance.login_link(person, None).await;
        let link = link.expect("a link").shown;
        let (_, secret) = link.split_once('#').expect("a secret in the fragment");
        let secret = server::auth::Secret::parse(secret).expect("a secret");
        let entry = self
            .state
            .entrance
            .enter(&secret, String::new())
            .await
            .expect("a session");
        let set_cookie = entry.expect("the link works").set_cookie;
        let (pair, _) = set_cookie.split_once(';').expect("attributes");
        pair.to_owned()
    }

    pub(crate) fn sync_url(&self, token: &str) -> String {
        format!("ws://{}/sync?token={token}", self.addr)
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.addr.port())
    }

    /// A socket that has joined.
    pub(crate) async fn joined(&self, person: PersonId) -> Socket {
        let token = self.token(person).await;
        Socket::joined(&self.sync_url(&token)).await
    }
}

async fn open(dir: &TempDir, setting: &Setting) -> (AppState, TcpListener) {
    let listener = listen(setting.send_buffer);
    let mut config = Config::with_data(dir.path().to_owned());
    config.addr = listener.local_addr().expect("an address");
    config.database_max_bytes = setting.database_max_bytes;
    config.admin_addr = setting.admin_addr;
    config.carrier = setting.carrier.clone();
    config.relay = setting.relay.and_then(server::config::RelayToken::parse);
    let state = server::open(config).await.expect("the data opens");
    (state.with_room_settings(setting.rooms), listener)
}

fn listen(send_buffer: Option<u32>) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    if let Some(bytes) = send_buffer {
        socket.set_send_buffer_size(bytes).expect("a buffer");
    }
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(anywhere).expect("a port");
    socket.listen(64).expect("a listener")
}

fn serve(state: AppState, listener: TcpListener) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(async move {
        let shutdown = async {
            // A dropped sender is the end of the test, and a stop as well.
            let _ = stopped.await;
        };
        server::serve(state, listener, shutdown)
            .await
            .expect("serving works");
    });
    (stop, served)
}

async fn add_person(state: &AppState, name: &str, standing: Standing) -> PersonId {
    let person = PersonRow {
        id: PersonId::new(),
        name: name.to_owned(),
        standing,
        created_at_ms: now_ms(),
    };
    let id = person.id;
    state.store.add_person(person).await.expect("a person");
    id
}

async fn create_document(state: &AppState, project: ProjectId, author: PersonId) -> DocumentId {
    let id = DocumentId::from_bytes(rand::random());
    let mut skeleton = skeleton();
    let bytes = skeleton.save();
    let log = |head: &ChangeHash| ChangeLogRow {
        hash: head.0,
        actor: skeleton.actor().to_bytes().to_vec(),
        person: Some(author),
        at_ms: now_ms(),
    };
    // A skeleton is one change.
    let changes = skeleton.heads().iter().map(log).collect();
    let new = NewDocument {
        id,
        project,
        kind: DocumentKind::RequirementDocument,
        title: "需求文档".to_owned(),
        language: "zh-CN".to_owned(),
        audience: Audience::Project,
        author,
        at_ms: now_ms(),
        content: DocumentWrite {
            document: id,
            chunks: vec![NewChunk {
                kind: ChunkKind::Snapshot,
                hash: Sha256::digest(&bytes).into(),
                bytes,
            }],
            changes,
            heads: skeleton.heads().iter().map(|head| head.0).collect(),
            title: "需求文档".to_owned(),
            at_ms: now_ms(),
        },
    };
    state.store.create_document(new).await.expect("a document");
    id
}

/// A fresh requirement document.
pub(crate) fn skeleton() -> Document {
    Document::create(
        DocumentKind::RequirementDocument,
        "zh-CN",
        "需求文档",
        ActorId::from(&rand::random::<[u8; 16]>()[..]),
        &mut rand::random,
        now_ms(),
    )
    .expect("a skeleton")
}

/// What came out of a socket.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Frame(Frame),
    /// The close code and its key; `None` when the socket just broke.
    Closed(Option<(u16, String)>),
}

/// A socket of the plainest client.
pub(crate) struct Socket {
    inner: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) peer: PeerId,
}

impl Socket {
    /// Opens a socket with these headers; the status when it is refused.
    pub(crate) async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = url.into_client_request().expect("an address");
        for (name, value) in headers {
            let value = value.parse().expect("a header");
            request.headers_mut().insert(*name, value);
        }
        match connect_async(request).await {
            Ok((inner, _)) => Ok(Self {
                inner,
                peer: random_label(),
            }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no answer at all: {error}"),
        }
    }

    /// A socket with a small window: what it does not read stays with the server.
    pub(crate) async fn narrow(url: &str, addr: SocketAddr) -> Self {
        let tcp = TcpSocket::new_v4().expect("a socket");
        tcp.set_recv_buffer_size(4 * 1024).expect("a small window");
        let tcp = tcp.connect(addr).await.expect("a connection");
        let (inner, _) = client_async(url, MaybeTlsStream::Plain(tcp))
            .await
            .expect("the socket opens");
        let mut socket = Self {
            inner,
            peer: random_label(),
        };
        socket.join(PeerMetadata::ours()).await;
        socket
    }

    pub(crate) async fn joined(url: &str) -> Self {
        let mut socket = Self::open(url, &[]).await.expect("the socket opens");
        socket.join(PeerMetadata::ours()).await;
        socket
    }

    /// Joins and reads the answer.
    pub(crate) async fn join(&mut self, metadata: PeerMetadata) {
        let join = Frame::Join(Join {
            sender: self.peer.clone(),
            metadata,
            versions: vec![wire::PROTOCOL_VERSION.to_owned()],
        });
        self.send(join.encode()).await;
        match self.next().await {
            Heard::Frame(Frame::Peer(peer)) => assert_eq!(peer.target, self.peer),
            other => panic!("expected a peer frame, got {other:?}"),
        }
    }

    /// Sends a binary frame; a socket that is closed swallows it.
    pub(crate) async fn send(&mut self, bytes: Vec<u8>) {
        let _ = self.inner.send(Message::Binary(bytes.into())).await;
    }

    pub(crate) async fn send_message(&mut self, message: Message) {
        let _ = self.inner.send(message).await;
    }

    /// Asks for a document as a peer that has nothing of it.
    pub(crate) async fn request(&mut self, document: DocumentId, data: Vec<u8>) {
        self.ask(SyncKind::Request, document, data).await;
    }

    /// Speaks of a document as a peer that has something of it.
    pub(crate) async fn bring(&mut self, document: DocumentId, data: Vec<u8>) {
        self.ask(SyncKind::Sync, document, data).await;
    }

    async fn ask(&mut self, kind: SyncKind, document: DocumentId, data: Vec<u8>) {
        let frame = Frame::Sync(wire::Sync {
            kind,
            sender: self.peer.clone(),
            target: None,
            document,
            data,
        });
        self.send(frame.encode()).await;
    }

    /// The next frame or the end.
    pub(crate) async fn next(&mut self) -> Heard {
        tokio::time::timeout(DEADLINE, self.read())
            .await
            .expect("the server says something in time")
    }

    async fn read(&mut self) -> Heard {
        loop {
            match self.inner.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    let frame = Frame::decode(&bytes, Receiver::Client);
                    return Heard::Frame(frame.expect("the server sends readable frames"));
                }
                Some(Ok(Message::Close(close))) => {
                    return Heard::Closed(
                        close.map(|close| (close.code.into(), close.reason.to_string())),
                    );
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Heard::Closed(None),
            }
        }
    }

    /// Reads until the frame fits; everything else on the way is passed over.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Frame) -> bool) -> Frame {
        loop {
            match self.next().await {
                Heard::Frame(frame) if fits(&frame) => return frame,
                Heard::Frame(_) => {}
                Heard::Closed(why) => panic!("closed while waiting for a frame: {why:?}"),
            }
        }
    }

    /// Reads until the server closes, and says why it did.
    pub(crate) async fn until_closed(&mut self) -> Option<CloseReason> {
        loop {
            if let Heard::Closed(why) = self.next().await {
                let (code, key) = why?;
                let reason = CloseReason::from_code(code).expect("a known code");
                assert_eq!(reason.key(), key, "code and key belong together");
                return Some(reason);
            }
        }
    }
}

fn random_label() -> PeerId {
    let label = format!("test-{}", hex::encode(rand::random::<[u8; 8]>()));
    PeerId::parse(&label).expect("a label")
}

/// Waits until a condition holds.
pub(crate) async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !condition().await {
        assert!(
            tokio::time::Instant::now() < deadline,
            "still waiting for {what}"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Now, as the model counts.
pub(crate) fn wall_ms() -> u64 {
    u64::try_from(now_ms()).expect("a clock after 1970")
}
