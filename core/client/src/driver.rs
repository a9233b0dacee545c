//! The thin driver: it carries bytes and waits; what they mean is decided by
//! the machine and the store.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use loive_protocol::limits::RESPONSE_MAX_BYTES;
use loive_protocol::{HotlineCard, Lane, PublicKey};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

use crate::error::{PhoneError, Rejection};
use crate::limits::{CONNECT_TIMEOUT_SECONDS, EXCHANGE_TIMEOUT_SECONDS, IDLE_TIMEOUT_SECONDS};
use crate::sync::TransportError;
use crate::tls;

/// A connection of one lane.
type Connection = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The way to the hotline's relay.
#[derive(Clone)]
pub struct Driver {
    sync_url: Uri,
    roots: Arc<RootCertStore>,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").finish_non_exhaustive()
    }
}

impl Driver {
    /// The way to the relay on the card.
    ///
    /// # Errors
    /// [`PhoneError::Rejected`] if its address is none, or would send in the
    /// clear to anywhere but this machine.
    pub fn new(card: &HotlineCard) -> Result<Self, PhoneError> {
        Self::to(card, &card.relay_url)
    }

    /// The same relay at another address, such as a tunnel to it.
    ///
    /// # Errors
    /// As [`Driver::new`].
    pub fn to(card: &HotlineCard, relay_url: &str) -> Result<Self, PhoneError> {
        Ok(Self {
            sync_url: sync_url(relay_url)?,
            roots: tls::roots(card.ca_der.as_ref().map(|der| der.as_slice()))?,
        })
    }

    /// Connections for one session.
    pub(crate) fn session(&self, now: u64, pins: Vec<PublicKey>) -> Session {
        Session {
            driver: self.clone(),
            now,
            pins,
            report: None,
            field: None,
        }
    }
}

/// `…/v1/sync` of a relay that is reached safely.
fn sync_url(relay_url: &str) -> Result<Uri, PhoneError> {
    let insecure = || PhoneError::rejected(Rejection::InsecureAddress);
    let text = format!("{}/v1/sync", relay_url.trim_end_matches('/'));
    let url: Uri = text.parse().map_err(|_| insecure())?;
    let is_loopback = match url.host() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    let is_safe = match url.scheme_str() {
        Some("https") => url.host().is_some(),
        Some("http") => is_loopback,
        _ => false,
    };
    let names_nobody = url
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    if is_safe && names_nobody && url.query().is_none() {
        Ok(url)
    } else {
        Err(insecure())
    }
}

pub(crate) type Exchange =
    Pin<Box<dyn Future<Output = (u64, Result<Vec<u8>, TransportError>)> + Send>>;

/// One session: each lane has its own connection, which lives no longer.
pub(crate) struct Session {
    driver: Driver,
    now: u64,
    pins: Vec<PublicKey>,
    report: Option<Connection>,
    field: Option<Connection>,
}

impl Session {
    /// One exchange on the lane's connection.
    pub(crate) fn send(
        &mut self,
        ticket: u64,
        lane: Lane,
        bytes: Vec<u8>,
    ) -> Result<Exchange, PhoneError> {
        let client = self.client(lane)?;
        let url = self.driver.sync_url.clone();
        Ok(Box::pin(async move {
            (ticket, exchange(&client, url, bytes).await)
        }))
    }

    fn client(&mut self, lane: Lane) -> Result<Connection, PhoneError> {
        let slot = match lane {
            Lane::Report => &mut self.report,
            Lane::Field => &mut self.field,
        };
        if let Some(client) = slot {
            return Ok(client.clone());
        }
        let config = tls::config(&self.driver.roots, self.pins.clone(), self.now)?;
        Ok(slot.insert(connection(config)).clone())
    }
}

/// Follows nothing, asks no proxy, and sends no header of its own but `host`.
fn connection(config: ClientConfig) -> Connection {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(Duration::from_secs(CONNECT_TIMEOUT_SECONDS)));
    // Plain only to this machine: `sync_url` lets nothing else through.
    let connector = HttpsConnector::from((tcp, config));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_max_idle_per_host(1)
        .build(connector)
}

async fn exchange(
    client: &Connection,
    url: Uri,
    bytes: Vec<u8>,
) -> Result<Vec<u8>, TransportError> {
    let whole = Duration::from_secs(EXCHANGE_TIMEOUT_SECONDS);
    timeout(whole, ask(client, url, bytes))
        .await
        .unwrap_or(Err(TransportError::Interrupted))
}

async fn ask(client: &Connection, url: Uri, bytes: Vec<u8>) -> Result<Vec<u8>, TransportError> {
    let mut request = Request::new(Full::from(bytes));
    *request.method_mut() = hyper::Method::POST;
    *request.uri_mut() = url;
    let response = unless_idle(client.request(request))
        .await
        .ok_or(TransportError::Offline)?
        .map_err(|error| reached_nobody(&error))?;
    if response.status() != StatusCode::OK {
        return Err(TransportError::Status(response.status().as_u16()));
    }
    read(response).await
}

/// The body, as far as it is not larger than any page may be.
async fn read(response: Response<Incoming>) -> Result<Vec<u8>, TransportError> {
    let mut incoming = response.into_body();
    let mut body = Vec::new();
    let interrupted = TransportError::Interrupted;
    while let Some(frame) = unless_idle(incoming.frame()).await.ok_or(interrupted)? {
        let frame = frame.map_err(|_| interrupted)?;
        let chunk = frame.data_ref().map_or(&[][..], |data| &data[..]);
        if body.len() + chunk.len() > RESPONSE_MAX_BYTES {
            return Err(TransportError::TooLarge);
        }
        body.extend_from_slice(chunk);
    }
    Ok(body)
}

/// A line on which nothing moves any more is no line.
async fn unless_idle<T>(waiting: impl Future<Output = T>) -> Option<T> {
    timeout(Duration::from_secs(IDLE_TIMEOUT_SECONDS), waiting)
        .await
        .ok()
}

/// Tells "no network" from "somebody else answered". The error's own text may
/// hold an address and ends here.
fn reached_nobody(error: &legacy::Error) -> TransportError {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if is_about_trust(inner) {
            return TransportError::Untrusted;
        }
        source = inner.source();
    }
    TransportError::Offline
}

fn is_about_trust(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return matches!(tls, rustls::Error::InvalidCertificate(_));
    }
    // An I/O error hides what it wraps from `source`, and may wrap another.
    error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref)
        .is_some_and(|inner| is_about_trust(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(url: &str) -> bool {
        sync_url(url).is_ok()
    }

    #[test]
    fn nothing_is_sent_in_the_clear_except_to_this_machine() {
        assert!(is_taken("https://relay.example"));
        assert!(is_taken("https://relay.example/tuyen/"));
        assert!(is_taken("http://127.0.0.1:8080"));
        assert!(is_taken("http://[::1]:8080"));
        assert!(is_taken("http://localhost:8080"));
        assert!(!is_taken("http://relay.example"));
        assert!(!is_taken("http://127.0.0.1.relay.example"));
        assert!(!is_taken("http://localhost.relay.example"));
        assert!(!is_taken("https://someone:secret@relay.example"));
        assert!(!is_taken("https://relay.example?a"));
        assert!(!is_taken("https://"));
        assert!(!is_taken("http://127.1"));
        assert!(!is_taken("ftp://relay.example"));
        assert!(!is_taken("relay.example"));
        assert!(!is_taken(""));
    }

    #[test]
    fn the_path_is_added_once() {
        let url = sync_url("https://relay.example/").map(|url| url.to_string());
        assert_eq!(url, Ok("https://relay.example/v1/sync".to_owned()));
    }
}
