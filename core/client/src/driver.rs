//! The thin driver: it carries bytes and waits; what they mean is decided by
//! the machine and the store.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use loive_protocol::limits::RESPONSE_MAX_BYTES;
use loive_protocol::{HotlineCard, Lane, PublicKey};
use reqwest::{Client, Url, redirect};
use rustls::RootCertStore;

use crate::error::{PhoneError, Rejection};
use crate::limits::{CONNECT_TIMEOUT_SECONDS, EXCHANGE_TIMEOUT_SECONDS, IDLE_TIMEOUT_SECONDS};
use crate::sync::TransportError;
use crate::tls;

/// The way to the hotline's relay.
#[derive(Clone)]
pub struct Driver {
    sync_url: Url,
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
fn sync_url(relay_url: &str) -> Result<Url, PhoneError> {
    let insecure = || PhoneError::rejected(Rejection::InsecureAddress);
    let text = format!("{}/v1/sync", relay_url.trim_end_matches('/'));
    let url = Url::parse(&text).map_err(|_| insecure())?;
    let is_loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback);
    let is_plain = url.username().is_empty() && url.password().is_none();
    if is_safe && is_plain {
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
    report: Option<Client>,
    field: Option<Client>,
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

    fn client(&mut self, lane: Lane) -> Result<Client, PhoneError> {
        let slot = match lane {
            Lane::Report => &mut self.report,
            Lane::Field => &mut self.field,
        };
        if let Some(client) = slot {
            return Ok(client.clone());
        }
        let config = tls::config(&self.driver.roots, self.pins.clone(), self.now)?;
        let client = client(config)?;
        *slot = Some(client.clone());
        Ok(client)
    }
}

/// A client that says nothing about the phone and keeps nothing.
fn client(config: rustls::ClientConfig) -> Result<Client, PhoneError> {
    Client::builder()
        .tls_backend_preconfigured(config)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .pool_max_idle_per_host(1)
        .connect_timeout(Duration::from_secs(CONNECT_TIMEOUT_SECONDS))
        .read_timeout(Duration::from_secs(IDLE_TIMEOUT_SECONDS))
        .timeout(Duration::from_secs(EXCHANGE_TIMEOUT_SECONDS))
        .build()
        .map_err(|_| PhoneError::internal("http"))
}

async fn exchange(client: &Client, url: Url, bytes: Vec<u8>) -> Result<Vec<u8>, TransportError> {
    let mut response = client
        .post(url)
        .body(bytes)
        .send()
        .await
        .map_err(|error| reached_nobody(&error))?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(TransportError::Status(status));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|_| TransportError::Interrupted)?
    {
        if body.len() + chunk.len() > RESPONSE_MAX_BYTES {
            return Err(TransportError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Tells "no network" from "somebody else answered". The error's own text may
/// hold an address and ends here.
fn reached_nobody(error: &reqwest::Error) -> TransportError {
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
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
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
