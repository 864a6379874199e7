//! One client's socket: joined, sending and receiving frames of one document.

use anyhow::{Context, Result, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use model::ids::{DocumentId, PeerId};
use model::sync::wire::{self, Frame, Join, PeerMetadata, Receiver, SyncKind};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

type Stream = WebSocketStream<TcpStream>;

/// The half that sends.
pub(crate) type Sender = SplitSink<Stream, Message>;

/// The half that receives.
pub(crate) struct Incoming(SplitStream<Stream>);

/// A socket that is open; nobody has said anything yet.
pub(crate) async fn open(url: &str) -> Result<(Sender, Incoming)> {
    let request = url.into_client_request()?;
    let host = request.uri().authority().context("no host")?.to_string();
    let tcp = TcpStream::connect(host).await?;
    tcp.set_nodelay(true)?;
    let (stream, _) = client_async(request, tcp).await?;
    let (sender, incoming) = stream.split();
    Ok((sender, Incoming(incoming)))
}

/// A label nobody else uses.
pub(crate) fn label() -> PeerId {
    let label = format!("load-{}", hex::encode(rand::random::<[u8; 8]>()));
    PeerId::parse(&label).expect("letters, digits and a dash are a label")
}

/// The first frame of a stock client.
pub(crate) fn join(me: &PeerId) -> Vec<u8> {
    let join = Join {
        sender: me.clone(),
        metadata: PeerMetadata::default(),
        versions: vec![wire::PROTOCOL_VERSION.to_owned()],
    };
    Frame::Join(join).encode()
}

/// A sync message of one document as a frame.
pub(crate) fn sync(me: &PeerId, document: DocumentId, kind: SyncKind, data: Vec<u8>) -> Vec<u8> {
    let sync = wire::Sync {
        kind,
        sender: me.clone(),
        target: None,
        document,
        data,
    };
    Frame::Sync(sync).encode()
}

/// Sends one frame.
pub(crate) async fn send(sender: &mut Sender, frame: Vec<u8>) -> Result<()> {
    Ok(sender.send(Message::Binary(frame.into())).await?)
}

impl Incoming {
    /// The bytes of the next frame; an error when the socket ends.
    pub(crate) async fn next(&mut self) -> Result<Vec<u8>> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes.into()),
                Some(Ok(Message::Close(why))) => bail!("closed by the server: {why:?}"),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the socket ended"),
            }
        }
    }
}

/// Reads a frame of a server.
pub(crate) fn read(bytes: &[u8]) -> Result<Frame> {
    Ok(Frame::decode(bytes, Receiver::Client)?)
}
