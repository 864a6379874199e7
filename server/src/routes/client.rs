//! From where a request comes: the other end of the connection, or whom a proxy of ours names.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderMap;

use crate::config::Config;
use crate::state::AppState;

/// The network address a request comes from, as far as can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) Option<IpAddr>);

/// Leaves the address with the request.
pub(super) async fn locate(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map(|peer| peer.0.ip());
    let address = client(peer, request.headers(), &state.config);
    request.extensions_mut().insert(ClientAddress(address));
    next.run(request).await
}

/// The nearest address in the chain that is not one of our proxies. What stands further away was
/// written by whoever sent the request, and is not believed.
fn client(peer: Option<IpAddr>, headers: &HeaderMap, config: &Config) -> Option<IpAddr> {
    let is_ours = |address: &IpAddr| {
        let address = address.to_canonical();
        config
            .trusted_proxies
            .iter()
            .any(|net| net.contains(&address))
    };
    let named = headers.get_all("x-forwarded-for").iter();
    let named = named.filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = named.flat_map(|value| value.split(',')).collect();
    let mut nearest = peer?;
    for name in named.into_iter().rev() {
        if !is_ours(&nearest) {
            break;
        }
        let Ok(further) = name.trim().parse() else {
            break;
        };
        nearest = further;
    }
    Some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_of_ours_is_believed_and_nobody_else() {
        let config = Config {
            trusted_proxies: vec!["127.0.0.0/8".parse().expect("a net")],
            ..Config::with_data("nowhere".into())
        };
        let from = |peer: &str, forwarded: &str| {
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", forwarded.parse().expect("a value"));
            }
            let found = client(peer.parse().ok(), &headers, &config);
            found.map(|address| address.to_string()).unwrap_or_default()
        };
        assert_eq!(from("192.0.2.1", ""), "192.0.2.1");
        assert_eq!(from("192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(from("127.0.0.1", "198.51.100.7"), "198.51.100.7");
        assert_eq!(from("127.0.0.1", "6.6.6.6, 198.51.100.7"), "198.51.100.7");
        assert_eq!(from("127.0.0.1", "198.51.100.7, 127.0.0.2"), "198.51.100.7");
        assert_eq!(from("127.0.0.1", "nonsense"), "127.0.0.1");
        assert_eq!(from("127.0.0.1", ""), "127.0.0.1");
    }
}
