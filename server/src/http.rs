//! Serving HTTP/1.1 over TLS or, on loopback only, without, and stopping
//! gracefully.
//!
//! hyper is used directly rather than through `axum::serve`, for three things
//! that it does not offer: no `date` header, TLS by our own files, and a stop
//! that waits for requests in progress but not for ever.

use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// Connections of one listener at a time; more wait in the kernel's queue.
const CONNECTIONS_MAX_COUNT: usize = 4_096;
/// How long a client may take for the TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(20);
/// How long a client may take to send a request's head, and how long a
/// connection may idle between two requests.
const HEAD_MAX: Duration = Duration::from_secs(30);
/// hyper's read buffer for each connection: the head must fit.
const BUFFER_MAX_BYTES: usize = 65_536;
/// Pause after the system refused to accept (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The network address that a request came from, as a request extension. It is
/// there for throttling only: no log line shows it, not even by mistake.
#[derive(Clone, Copy)]
pub struct Peer(pub IpAddr);

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Peer(..)")
    }
}

/// A bound port that is not served yet.
pub struct Listener {
    name: &'static str,
    tcp: TcpListener,
    tls: Option<TlsAcceptor>,
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Plain HTTP anywhere but on the machine itself.
    #[error(
        "the {name} would speak plain HTTP on {address}, where others can listen in: give it \
         {name}.tls_certificate and {name}.tls_key, or a loopback address such as 127.0.0.1 \
         behind a proxy that adds TLS"
    )]
    PlainOffLoopback {
        /// `relay` or `console`.
        name: &'static str,
        /// The address in the configuration.
        address: SocketAddr,
    },
    /// The system's answer.
    #[error("the {name} cannot listen on {address}: {source}")]
    Bind {
        /// `relay` or `console`.
        name: &'static str,
        /// The address in the configuration.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Listener {
    /// Binds a port. Without TLS only on a loopback address.
    pub async fn bind(
        name: &'static str,
        address: SocketAddr,
        tls: Option<Arc<rustls::ServerConfig>>,
    ) -> Result<Self, ListenError> {
        if tls.is_none() && !address.ip().to_canonical().is_loopback() {
            return Err(ListenError::PlainOffLoopback { name, address });
        }
        let tcp = TcpListener::bind(address)
            .await
            .map_err(|source| ListenError::Bind {
                name,
                address,
                source,
            })?;
        Ok(Self {
            name,
            tcp,
            tls: tls.map(TlsAcceptor::from),
        })
    }

    /// The address with the port that the system chose, if it was 0.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }

    /// Serves until `stop` turns true, then lets requests in progress finish for
    /// at most `drain`. `on_failed` is called for connections that never became
    /// a request.
    pub async fn serve(
        self,
        router: Router,
        mut stop: watch::Receiver<bool>,
        drain: Duration,
        on_failed: impl Fn() + Clone + Send + 'static,
    ) {
        let seats = Arc::new(Semaphore::new(CONNECTIONS_MAX_COUNT));
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.accept(&seats) => accepted,
                // Finished connections are cleared away as they finish.
                Some(_) = connections.join_next() => continue,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            if let Some((seat, tcp, peer)) = accepted {
                let connection = Connection {
                    seat,
                    peer: Peer(peer.ip()),
                    tls: self.tls.clone(),
                };
                let (router, stop, on_failed) = (router.clone(), stop.clone(), on_failed.clone());
                connections.spawn(async move {
                    if !connection.run(tcp, router, stop).await {
                        on_failed();
                    }
                });
            }
        }
        drop(self.tcp);
        let all = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(drain, all).await.is_err() {
            tracing::warn!(
                listener = self.name,
                connections = connections.len(),
                "requests were still in progress when the time to stop was over"
            );
        }
        connections.shutdown().await;
    }

    async fn accept(
        &self,
        seats: &Arc<Semaphore>,
    ) -> Option<(OwnedSemaphorePermit, TcpStream, SocketAddr)> {
        let seat = Arc::clone(seats).acquire_owned().await.ok()?;
        match self.tcp.accept().await {
            Ok((tcp, peer)) => Some((seat, tcp, peer)),
            Err(error) => {
                tracing::debug!(listener = self.name, kind = %error.kind(), "not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }
}

struct Connection {
    seat: OwnedSemaphorePermit,
    peer: Peer,
    tls: Option<TlsAcceptor>,
}

impl Connection {
    /// Serves one connection to its end. `false` if it never spoke HTTP.
    async fn run(self, tcp: TcpStream, router: Router, stop: watch::Receiver<bool>) -> bool {
        let Self { seat, peer, tls } = self;
        // Answers are small and complete: waiting to fill a packet only delays them.
        if tcp.set_nodelay(true).is_err() {
            return false;
        }
        let served = match tls {
            None => serve_one(tcp, peer, router, stop).await,
            Some(tls) => match tokio::time::timeout(HANDSHAKE_MAX, tls.accept(tcp)).await {
                Ok(Ok(stream)) => serve_one(stream, peer, router, stop).await,
                Ok(Err(_)) | Err(_) => false,
            },
        };
        drop(seat);
        served
    }
}

async fn serve_one<S>(
    stream: S,
    peer: Peer,
    router: Router,
    mut stop: watch::Receiver<bool>,
) -> bool
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = WithPeer {
        router: TowerToHyperService::new(router),
        peer,
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_buf_size(BUFFER_MAX_BYTES)
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        served = connection.as_mut() => return served.is_ok(),
        _ = stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
    }
    connection.await.is_ok()
}

/// The router, with the peer put into every request.
struct WithPeer {
    router: TowerToHyperService<Router>,
    peer: Peer,
}

impl Service<Request<Incoming>> for WithPeer {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}
