//! How the desk reaches its relay: in the same process, or over HTTPS.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use loive_protocol::limits::{RESPONSE_MAX_BYTES, WAIT_MAX_SECONDS};
use loive_protocol::{DeskRequestError, DeskResponse, SignedDeskRequest, Wire};
use reqwest::{StatusCode, Url};

use crate::relay::{DeskRefusal, Relay};
use crate::tls::{self, TlsError};

/// How long a connection may take to be made.
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// How long a connection is kept between two requests.
const IDLE_MAX: Duration = Duration::from_secs(20);
/// How long an answer may take beyond the wait that the desk asked for.
const ANSWER_MAX: Duration = Duration::from_secs(60 + WAIT_MAX_SECONDS as u64);

/// An exchange under way. It may be dropped at any time: what it pushed is then
/// pushed again, which is harmless.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<DeskResponse, LinkError>> + Send + 'a>>;

/// One request of the desk to its relay and the answer.
///
/// A boxed future and not `async fn`, so that the desk can hold either link as
/// `Arc<dyn DeskLink>`.
pub trait DeskLink: Send + Sync {
    /// Sends a request and waits for the answer, as long as the request allows.
    fn exchange(&self, request: SignedDeskRequest) -> Exchange<'_>;
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// The relay cannot be reached. Try again.
    #[error("the relay cannot be reached; check the network and desk.relay")]
    Offline,
    /// The relay is busy or its store failed. Try again later.
    #[error("the relay is busy or cannot write; see its log")]
    Busy,
    /// The relay does not know this desk.
    #[error(
        "the relay does not take this desk's signature: is it the relay of the same hotline, \
         and is the desk's key still in use?"
    )]
    NotSigned,
    /// The clocks differ.
    #[error("the clocks of desk and relay differ too much: set both by the network")]
    ClockSkew,
    /// The relay answered something else.
    #[error("what answers at desk.relay is not a relay of this version")]
    NotUnderstood,
}

/// A relay in the same process.
pub struct LocalLink(pub Arc<Relay>);

impl DeskLink for LocalLink {
    fn exchange(&self, request: SignedDeskRequest) -> Exchange<'_> {
        Box::pin(async move {
            self.0.desk(request).await.map_err(|refusal| match refusal {
                DeskRefusal::Request(error) => of_request(error),
                DeskRefusal::Relay(_) => LinkError::Busy,
            })
        })
    }
}

const fn of_request(error: DeskRequestError) -> LinkError {
    match error {
        DeskRequestError::NotSigned => LinkError::NotSigned,
        DeskRequestError::Stale => LinkError::ClockSkew,
        DeskRequestError::Content(_) => LinkError::NotUnderstood,
    }
}

/// A relay elsewhere.
pub struct RemoteLink {
    client: reqwest::Client,
    desk_url: Url,
}

/// Why a link to a relay elsewhere cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum RemoteLinkError {
    /// Not an address, or one without TLS.
    #[error(
        "a relay's address is written as https://relay.example; http:// is taken for a loopback \
         address only"
    )]
    Url,
    /// The authority's file.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The client could not be made.
    #[error("the HTTPS client could not be made")]
    Client,
}

impl RemoteLink {
    /// A link to the relay at `url`, certified by the public authorities or, if
    /// given, only by those in the PEM file `own_ca`.
    pub fn new(url: &str, own_ca: Option<&Path>) -> Result<Self, RemoteLinkError> {
        let mut desk_url = relay_url(url)?;
        let path = format!("{}/v1/desk", desk_url.path().trim_end_matches('/'));
        desk_url.set_path(&path);
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(own_ca)?)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            // The relay closes a connection that idles for longer.
            .pool_idle_timeout(IDLE_MAX)
            .connect_timeout(CONNECT_MAX)
            .timeout(ANSWER_MAX)
            .build()
            .map_err(|_| RemoteLinkError::Client)?;
        Ok(Self { client, desk_url })
    }

    async fn send(&self, body: Vec<u8>) -> Result<DeskResponse, LinkError> {
        let mut response = self
            .client
            .post(self.desk_url.clone())
            .header("content-type", "application/cbor")
            .body(body)
            .send()
            .await
            .map_err(|_| LinkError::Offline)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::FORBIDDEN => return Err(LinkError::NotSigned),
            StatusCode::PRECONDITION_FAILED => return Err(LinkError::ClockSkew),
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::REQUEST_TIMEOUT => return Err(LinkError::Busy),
            status if status.is_server_error() => return Err(LinkError::Offline),
            _ => return Err(LinkError::NotUnderstood),
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| LinkError::Offline)? {
            if bytes.len() + chunk.len() > RESPONSE_MAX_BYTES {
                return Err(LinkError::NotUnderstood);
            }
            bytes.extend_from_slice(&chunk);
        }
        DeskResponse::from_bytes(&bytes).map_err(|_| LinkError::NotUnderstood)
    }
}

impl DeskLink for RemoteLink {
    fn exchange(&self, request: SignedDeskRequest) -> Exchange<'_> {
        Box::pin(self.send(request.to_bytes()))
    }
}

/// A relay's address: HTTPS, or plain HTTP on the own machine.
pub fn relay_url(text: &str) -> Result<Url, RemoteLinkError> {
    let url = Url::parse(text).map_err(|_| RemoteLinkError::Url)?;
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if allowed {
        Ok(url)
    } else {
        Err(RemoteLinkError::Url)
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_the_own_machine_only() {
        for allowed in [
            "https://relay.example",
            "https://relay.example/loive/",
            "http://127.0.0.1:8080",
            "http://localhost:8080",
            "http://[::1]:8080",
        ] {
            assert!(RemoteLink::new(allowed, None).is_ok(), "{allowed}");
        }
        for refused in [
            "http://relay.example",
            "http://127.0.0.1.relay.example",
            "http://10.0.0.1",
            "ftp://relay.example",
            "relay.example",
            "",
        ] {
            assert!(
                matches!(RemoteLink::new(refused, None), Err(RemoteLinkError::Url)),
                "{refused}"
            );
        }
    }

    #[test]
    fn a_relay_under_a_path_is_asked_under_that_path() {
        let link = RemoteLink::new("https://relay.example/loive/", None).ok();
        let url = link.map(|link| link.desk_url.to_string());
        assert_eq!(url.as_deref(), Some("https://relay.example/loive/v1/desk"));
    }
}
