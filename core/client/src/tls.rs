//! How the relay proves itself: the chain to a root that we were given, judged
//! at our own time; and where only the time stands in the way, the key that
//! the hotline's root has certified (docs/adr/0005).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use loive_protocol::PublicKey;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::server::ParsedCertificate;
use rustls::time_provider::TimeProvider;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest as _, Sha256};

use crate::error::{PhoneError, Rejection};
use crate::validity;

/// The roots that may vouch for the relay: the public ones, and the hotline's
/// own if its card has one. Never the platform's: an employer's or a stranger's
/// root in a phone's settings must not open this connection.
pub(crate) fn roots(ca_der: Option<&[u8]>) -> Result<Arc<RootCertStore>, PhoneError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    if let Some(der) = ca_der {
        roots
            .add(CertificateDer::from(der.to_vec()))
            .map_err(|_| PhoneError::rejected(Rejection::BadCard))?;
    }
    Ok(Arc::new(roots))
}

/// The TLS of one session: at a fixed time, with the pins of that time, and
/// nothing by which a relay could know a phone again.
pub(crate) fn config(
    roots: &Arc<RootCertStore>,
    pins: Vec<PublicKey>,
    now: u64,
) -> Result<ClientConfig, PhoneError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let failed = |_| PhoneError::internal("tls");
    let chain = WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone())
        .build()
        .map_err(|_| PhoneError::internal("tls-roots"))?;
    let verifier = Arc::new(RelayVerifier { chain, pins });
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(SessionTime(now)))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Our own time: the phone's clock may stand in 1970.
#[derive(Debug)]
struct SessionTime(u64);

impl TimeProvider for SessionTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

struct RelayVerifier {
    chain: Arc<WebPkiServerVerifier>,
    pins: Vec<PublicKey>,
}

impl fmt::Debug for RelayVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelayVerifier")
            .field("pins", &self.pins.len())
            .finish_non_exhaustive()
    }
}

impl RelayVerifier {
    /// Whether the chain would hold on the day on which the certificate was
    /// issued, so that nothing but the calendar stands in the way.
    fn is_only_about_time(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
    ) -> bool {
        validity::not_before(end_entity)
            .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
            .is_some_and(|issued| {
                self.chain
                    .verify_server_cert(end_entity, intermediates, name, ocsp, issued)
                    .is_ok()
            })
    }

    /// Whether the root has certified this very key. Then the handshake's
    /// signature, which is checked as ever, proves the relay whatever the
    /// calendar says.
    fn is_pinned(&self, end_entity: &CertificateDer<'_>) -> bool {
        let Ok(certificate) = ParsedCertificate::try_from(end_entity) else {
            return false;
        };
        let key = certificate.subject_public_key_info();
        let hash: [u8; 32] = Sha256::digest(key.as_ref()).into();
        self.pins.iter().any(|pin| *pin.as_bytes() == hash)
    }
}

impl ServerCertVerifier for RelayVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self
            .chain
            .verify_server_cert(end_entity, intermediates, name, ocsp, now);
        match verdict {
            Err(error)
                if is_about_time(&error)
                    && self.is_pinned(end_entity)
                    && self.is_only_about_time(end_entity, intermediates, name, ocsp) =>
            {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

fn is_about_time(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    )
}
