//! One client's socket. What goes over it is the protocol's business.

use std::error::Error;
use std::fmt;

use anyhow::{Context, Result, bail};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::protocol::Frames;

type Stream = WebSocketStream<TcpStream>;

/// The half that sends.
pub(crate) type Sender = SplitSink<Stream, Message>;

/// The server said goodbye, and why.
#[derive(Debug)]
pub(crate) struct ClosedByServer(Option<CloseFrame>);

impl ClosedByServer {
    /// The code of the reason, if it gave one.
    pub(crate) fn code(&self) -> Option<u16> {
        self.0.as_ref().map(|frame| frame.code.into())
    }
}

impl fmt::Display for ClosedByServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "closed by the server: {:?}", self.0)
    }
}

impl Error for ClosedByServer {}

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

/// Sends frames, in this order.
pub(crate) async fn send(sender: &mut Sender, frames: Frames) -> Result<()> {
    for frame in frames {
        sender.feed(Message::Binary(frame.into())).await?;
    }
    Ok(sender.flush().await?)
}

impl Incoming {
    /// The bytes of the next frame; an error when the socket ends.
    pub(crate) async fn next(&mut self) -> Result<Vec<u8>> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Binary(bytes))) => return Ok(bytes.into()),
                Some(Ok(Message::Close(why))) => return Err(ClosedByServer(why).into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the socket ended"),
            }
        }
    }
}
