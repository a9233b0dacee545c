//! The relay's public port: `POST /v1/sync`, `POST /v1/desk`, `GET /healthz`,
//! `GET /metrics`, and nothing else.
//!
//! Answers carry no header that they can do without: a sync with nothing new
//! costs under 200 bytes both ways. A successful body is always CBOR, so it is
//! not labelled.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use loive_protocol::limits::REQUEST_MAX_BYTES;
use loive_protocol::{DeskRequestError, SignedDeskRequest, SyncRequest, Wire};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::StreamExt;

use super::{DeskRefusal, MetricsFor, Relay, RelayError};
use crate::http::Peer;

/// What all request bodies together may hold in memory. A body counts by what
/// has arrived of it, not by what it announces.
const BODIES_MAX_BYTES: usize = 67_108_864;
/// How long a sender may be silent in the middle of a body.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// When a sender that was turned away may try again.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("30");

#[derive(Clone)]
struct Port {
    relay: Arc<Relay>,
    memory: Arc<Semaphore>,
}

/// The routes of a relay.
pub fn router(relay: Arc<Relay>) -> Router {
    let port = Port {
        relay,
        memory: Arc::new(Semaphore::new(BODIES_MAX_BYTES)),
    };
    Router::new()
        .route("/v1/sync", post(sync))
        .route("/v1/desk", post(desk))
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .method_not_allowed_fallback(|| async { empty(StatusCode::METHOD_NOT_ALLOWED) })
        .with_state(port)
}

/// A body with the memory that it was granted.
struct Received {
    bytes: Vec<u8>,
    memory: Option<OwnedSemaphorePermit>,
}

async fn sync(
    State(port): State<Port>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let received = match port.receive(port.source(peer, &headers), body).await {
        Ok(received) => received,
        Err(status) => return turned_away(status),
    };
    let Ok(request) = SyncRequest::from_bytes(&received.bytes) else {
        port.relay.metrics.bad_requests.add(1);
        return empty(StatusCode::BAD_REQUEST);
    };
    match port.relay.sync(request, received.bytes.len()).await {
        Ok(response) => {
            port.relay.metrics.sync_requests.add(1);
            port.answer(response.to_bytes())
        }
        Err(error) => port.failed(error),
    }
}

async fn desk(
    State(port): State<Port>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let received = match port.receive(port.source(peer, &headers), body).await {
        Ok(received) => received,
        Err(status) => return turned_away(status),
    };
    let Ok(request) = SignedDeskRequest::from_bytes(&received.bytes) else {
        port.relay.metrics.bad_requests.add(1);
        return empty(StatusCode::BAD_REQUEST);
    };
    // A long poll must not keep what it was asked with.
    drop(received);
    match port.relay.desk(request).await {
        Ok(response) => {
            port.relay.metrics.desk_requests.add(1);
            port.answer(response.to_bytes())
        }
        Err(DeskRefusal::Relay(error)) => port.failed(error),
        Err(DeskRefusal::Request(DeskRequestError::NotSigned)) => empty(StatusCode::FORBIDDEN),
        Err(DeskRefusal::Request(DeskRequestError::Stale)) => {
            empty(StatusCode::PRECONDITION_FAILED)
        }
        Err(DeskRefusal::Request(DeskRequestError::Content(_))) => empty(StatusCode::BAD_REQUEST),
    }
}

/// 200 as long as the store answers.
async fn healthz(
    State(port): State<Port>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if let Err(status) = port.admit(port.source(peer, &headers)) {
        return turned_away(status);
    }
    match port.relay.blocking(|relay| relay.store.head()).await {
        Ok(_) => text("ok\n".into()),
        Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn metrics(
    State(port): State<Port>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    let source = port.source(peer, &headers);
    if let Err(status) = port.admit(source) {
        return turned_away(status);
    }
    let shown = match port.relay.settings.metrics {
        MetricsFor::Everyone => true,
        MetricsFor::Loopback => source.to_canonical().is_loopback(),
        MetricsFor::Nobody => false,
    };
    if shown {
        text(port.relay.metrics.to_text())
    } else {
        empty(StatusCode::NOT_FOUND)
    }
}

impl Port {
    /// Where a request came from: for throttling, and kept nowhere.
    fn source(&self, peer: Peer, headers: &HeaderMap) -> IpAddr {
        let named = || {
            // The last one is what the proxy itself saw; those before it are
            // whatever the client claimed.
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        if self.relay.settings.behind_proxy && peer.0.to_canonical().is_loopback() {
            named().unwrap_or(peer.0)
        } else {
            peer.0
        }
    }

    fn admit(&self, source: IpAddr) -> Result<(), StatusCode> {
        if self.relay.sources.allow(source) {
            return Ok(());
        }
        self.relay.metrics.throttled_requests.add(1);
        Err(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Takes in a body, as far as source, size and memory allow.
    async fn receive(&self, source: IpAddr, body: Body) -> Result<Received, StatusCode> {
        self.admit(source)?;
        let metrics = &self.relay.metrics;
        let announced = axum::body::HttpBody::size_hint(&body).lower();
        if announced > REQUEST_MAX_BYTES as u64 {
            metrics.oversized_requests.add(1);
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let mut received = Received {
            bytes: Vec::new(),
            memory: None,
        };
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = tokio::time::timeout(SILENCE_MAX, chunks.next())
            .await
            .map_err(|_| StatusCode::REQUEST_TIMEOUT)?
        {
            let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
            if received.bytes.len() + chunk.len() > REQUEST_MAX_BYTES {
                metrics.oversized_requests.add(1);
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            self.grant(&mut received, &chunk)?;
            received.bytes.extend_from_slice(&chunk);
        }
        metrics.received_bytes.add(received.bytes.len() as u64);
        Ok(received)
    }

    fn grant(&self, received: &mut Received, chunk: &Bytes) -> Result<(), StatusCode> {
        let wanted = u32::try_from(chunk.len()).map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        let Ok(permit) = Arc::clone(&self.memory).try_acquire_many_owned(wanted) else {
            self.relay.metrics.busy_requests.add(1);
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        };
        match &mut received.memory {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }

    fn answer(&self, bytes: Vec<u8>) -> Response {
        self.relay.metrics.sent_bytes.add(bytes.len() as u64);
        Response::new(Body::from(bytes))
    }

    fn failed(&self, error: RelayError) -> Response {
        if error == RelayError::Busy {
            self.relay.metrics.busy_requests.add(1);
        } else {
            tracing::error!(%error, "the relay could not answer");
        }
        turned_away(StatusCode::SERVICE_UNAVAILABLE)
    }
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// With a hint when to come back, where coming back helps.
fn turned_away(status: StatusCode) -> Response {
    let mut response = empty(status);
    if matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    ) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response
}

fn text(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response
}
