//! The real driver against a real TLS server on this machine: who is believed,
//! at which time, and what travels.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Hotline, NOW, ask_for_no_library, certificate, filled_draft, request};
use loive_client::{Cancel, Delivery, Driver, Ended, ManualClock, Phone, PhoneError, Rejection};
use loive_protocol::{CertificateKind, HotlineCard, LogId, PublicKey};
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, PublicKeyData as _, date_time_ymd,
};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A relay behind TLS with a certificate authority of its own.
struct Relay {
    hotline: Arc<Mutex<Hotline>>,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
    card: HotlineCard,
    address: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Answers {
    Truly,
    /// Cuts every body in the middle.
    HalfWay,
    /// Sends without end.
    WithoutEnd,
    Never,
}

struct Setup {
    /// Years in which the certificate is valid.
    valid: (i32, i32),
    is_pinned: bool,
    is_ca_on_card: bool,
    answers: Answers,
    name: &'static str,
}

const GOOD: Setup = Setup {
    valid: (2020, 2099),
    is_pinned: false,
    is_ca_on_card: true,
    answers: Answers::Truly,
    name: "localhost",
};

async fn relay(setup: Setup) -> Relay {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca_params = CertificateParams::new(Vec::<String>::new()).unwrap();
    ca_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = ca_params.clone().self_signed(&ca_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![setup.name.to_owned()]).unwrap();
    params.not_before = date_time_ymd(setup.valid.0, 1, 1);
    params.not_after = date_time_ymd(setup.valid.1, 1, 1);
    let issuer = Issuer::from_params(&ca_params, &ca_key);
    let leaf = params.signed_by(&key, &issuer).unwrap();

    let mut hotline = Hotline::new();
    if setup.is_pinned {
        let hash: [u8; 32] = Sha256::digest(key.subject_public_key_info()).into();
        let pin = PublicKey::from_bytes(hash);
        let pin = certificate(&hotline.root, CertificateKind::RelayPin, 1, pin);
        hotline.certificates.add(&pin).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(leaf.der().to_vec())],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let ca_der = setup.is_ca_on_card.then(|| ca.der().to_vec());
    let card = HotlineCard::new(
        hotline.root.public(),
        address.clone(),
        ca_der,
        &hotline.certificates,
    );
    let relay = Relay {
        hotline: Arc::new(Mutex::new(hotline)),
        heads: Arc::default(),
        connections: Arc::default(),
        card,
        address,
    };
    tokio::spawn(serve(
        listener,
        TlsAcceptor::from(Arc::new(config)),
        relay.hotline.clone(),
        relay.heads.clone(),
        relay.connections.clone(),
        setup.answers,
    ));
    relay
}

async fn serve(
    listener: TcpListener,
    tls: TlsAcceptor,
    hotline: Arc<Mutex<Hotline>>,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
    answers: Answers,
) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (tls, hotline, heads) = (tls.clone(), hotline.clone(), heads.clone());
        *connections.lock().unwrap() += 1;
        tokio::spawn(async move {
            let mut stream = tls.accept(stream).await.ok()?;
            loop {
                let (head, body) = read_request(&mut stream).await?;
                heads.lock().unwrap().push(head);
                let response = hotline.lock().unwrap().exchange(&body);
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
                    response.len()
                );
                match answers {
                    Answers::Truly => {
                        stream.write_all(head.as_bytes()).await.ok()?;
                        stream.write_all(&response).await.ok()?;
                        stream.flush().await.ok()?;
                    }
                    Answers::HalfWay => {
                        stream.write_all(head.as_bytes()).await.ok()?;
                        stream
                            .write_all(&response[..response.len() / 2])
                            .await
                            .ok()?;
                        stream.shutdown().await.ok()?;
                        return None::<()>;
                    }
                    Answers::WithoutEnd => {
                        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
                        stream.write_all(head.as_bytes()).await.ok()?;
                        let chunk = [b"10000\r\n".as_slice(), &vec![0; 0x1_0000], b"\r\n"].concat();
                        loop {
                            stream.write_all(&chunk).await.ok()?;
                        }
                    }
                    Answers::Never => std::future::pending().await,
                }
            }
        });
    }
}

async fn read_request(
    stream: &mut (impl tokio::io::AsyncRead + Unpin),
) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.ok()?;
    Some((head, body))
}

fn phone_of(dir: &tempfile::TempDir, relay: &Relay, time: u64) -> (Phone, Driver) {
    let request = request(dir.path(), relay.card.clone(), &ManualClock::at(time));
    let phone = Phone::open(request).unwrap();
    ask_for_no_library(&phone, LogId::from_bytes([1; 8]));
    (phone, Driver::new(&relay.card).unwrap())
}

async fn sync_once(relay: &Relay, time: u64) -> Result<Delivery, PhoneError> {
    let dir = tempfile::tempdir().unwrap();
    let (phone, driver) = phone_of(&dir, relay, time);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    phone.sync(&driver, &Cancel::new()).await?;
    Ok(phone.report(&id).unwrap().summary.delivery)
}

const UNTRUSTED: PhoneError = PhoneError::Rejected {
    reason: Rejection::Untrusted,
};
/// 2099-07-01.
const FAR_FUTURE: u64 = 4_086_547_200;

#[tokio::test]
async fn the_hotlines_own_authority_is_believed_and_no_other() {
    let good = relay(GOOD).await;
    assert_eq!(sync_once(&good, NOW).await, Ok(Delivery::AtRelay));

    let foreign = relay(Setup {
        is_ca_on_card: false,
        ..GOOD
    })
    .await;
    assert_eq!(sync_once(&foreign, NOW).await, Err(UNTRUSTED));
    assert!(foreign.hotline.lock().unwrap().inbox.is_empty());

    let other_name = relay(Setup {
        name: "elsewhere.example",
        ..GOOD
    })
    .await;
    assert_eq!(sync_once(&other_name, NOW).await, Err(UNTRUSTED));
}

#[tokio::test]
async fn a_clock_in_1970_does_not_stand_in_the_way() {
    // The certificate is from this year; the clock says 1970; the app knows
    // when it was built.
    let relay = relay(Setup {
        valid: (2026, 2099),
        ..GOOD
    })
    .await;
    assert_eq!(sync_once(&relay, 0).await, Ok(Delivery::AtRelay));
}

#[tokio::test]
async fn a_clock_in_2099_passes_only_with_a_pin_of_the_root() {
    let setup = Setup {
        valid: (2020, 2090),
        ..GOOD
    };
    let plain = relay(setup).await;
    assert_eq!(sync_once(&plain, FAR_FUTURE).await, Err(UNTRUSTED));
    let pinned = relay(Setup {
        valid: (2020, 2090),
        is_pinned: true,
        ..GOOD
    })
    .await;
    assert_eq!(sync_once(&pinned, FAR_FUTURE).await, Ok(Delivery::AtRelay));

    // The pin forgives the time and nothing else.
    for bad in [
        Setup {
            valid: (2020, 2090),
            is_pinned: true,
            is_ca_on_card: false,
            ..GOOD
        },
        Setup {
            valid: (2020, 2090),
            is_pinned: true,
            name: "elsewhere.example",
            ..GOOD
        },
    ] {
        let relay = relay(bad).await;
        assert_eq!(sync_once(&relay, FAR_FUTURE).await, Err(UNTRUSTED));
    }
}

#[tokio::test]
async fn a_request_says_nothing_about_the_phone() {
    let relay = relay(GOOD).await;
    sync_once(&relay, NOW).await.unwrap();
    let head = relay.heads.lock().unwrap()[0].clone();
    let mut names: Vec<_> = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": ").map(|(name, _)| name))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["content-length", "host"], "{head}");
    assert!(head.starts_with("POST /v1/sync HTTP/1.1\r\n"));
}

#[tokio::test]
async fn one_report_costs_one_request_within_the_budget() {
    let relay = relay(GOOD).await;
    let dir = tempfile::tempdir().unwrap();
    let (phone, driver) = phone_of(&dir, &relay, NOW);
    phone.submit(filled_draft(&phone)).unwrap();
    let summary = phone.sync(&driver, &Cancel::new()).await.unwrap();
    assert_eq!(summary.requests, 1);
    let head = relay.heads.lock().unwrap()[0].len();
    let up = usize::try_from(summary.bytes_up).unwrap() + head;
    let down = usize::try_from(summary.bytes_down).unwrap();
    assert!(up + down <= 800, "{up} up, {down} down");
}

#[tokio::test]
async fn pages_of_one_session_share_a_connection_and_sessions_do_not() {
    let relay = relay(GOOD).await;
    let dir = tempfile::tempdir().unwrap();
    let (phone, driver) = phone_of(&dir, &relay, NOW);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    phone.sync(&driver, &Cancel::new()).await.unwrap();
    assert_eq!(*relay.connections.lock().unwrap(), 1);
    {
        let mut hotline = relay.hotline.lock().unwrap();
        hotline.work();
        for number in 0..4 {
            hotline.now += 1;
            hotline.reply(&id, &number.to_string());
        }
        hotline.page_bytes = 600;
    }
    let summary = phone.sync(&driver, &Cancel::new()).await.unwrap();
    assert!(summary.requests > 2);
    assert_eq!(*relay.connections.lock().unwrap(), 2);
}

#[tokio::test]
async fn a_body_that_breaks_off_or_never_ends_is_dropped() {
    let broken = relay(Setup {
        answers: Answers::HalfWay,
        ..GOOD
    })
    .await;
    assert_eq!(sync_once(&broken, NOW).await, Err(PhoneError::Offline));
    let endless = relay(Setup {
        answers: Answers::WithoutEnd,
        ..GOOD
    })
    .await;
    assert_eq!(
        sync_once(&endless, NOW).await,
        Err(PhoneError::Rejected {
            reason: Rejection::NotUnderstood
        })
    );
}

#[tokio::test]
async fn nobody_there_is_offline() {
    let relay = relay(GOOD).await;
    let dir = tempfile::tempdir().unwrap();
    let (phone, _) = phone_of(&dir, &relay, NOW);
    phone.submit(filled_draft(&phone)).unwrap();
    // A port that was free a moment ago.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let driver = Driver::to(&relay.card, &format!("https://localhost:{port}")).unwrap();
    let result = phone.sync(&driver, &Cancel::new()).await;
    assert_eq!(result, Err(PhoneError::Offline));
    assert!(relay.address.starts_with("https://"));
}

#[tokio::test]
async fn a_sync_that_hangs_is_cancelled_from_elsewhere() {
    let relay = relay(Setup {
        answers: Answers::Never,
        ..GOOD
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let (phone, driver) = phone_of(&dir, &relay, NOW);
    phone.submit(filled_draft(&phone)).unwrap();
    let cancel = Cancel::new();
    let stop = cancel.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.cancel();
    });
    let summary = phone.sync(&driver, &cancel).await.unwrap();
    assert_eq!(summary.ended, Ended::Cancelled);
    // Cancelled before it began, too.
    let summary = phone.sync(&driver, &cancel).await.unwrap();
    assert_eq!((summary.ended, summary.requests), (Ended::Cancelled, 0));
}

#[tokio::test]
async fn a_phone_keeps_itself_up_to_date_until_the_handle_is_dropped() {
    let relay = relay(GOOD).await;
    let dir = tempfile::tempdir().unwrap();
    let (phone, driver) = phone_of(&dir, &relay, NOW);
    let handle = phone.keep_syncing(&driver);
    let mut last = handle.last();
    last.wait_for(Option::is_some).await.unwrap();

    let mut changes = phone.subscribe();
    let id = phone.submit(filled_draft(&phone)).unwrap();
    assert_eq!(changes.recv().await.unwrap(), id);
    handle.wake();
    assert_eq!(changes.recv().await.unwrap(), id);
    assert_eq!(
        phone.report(&id).unwrap().summary.delivery,
        Delivery::AtRelay
    );

    drop(handle);
    let before = relay.heads.lock().unwrap().len();
    relay.hotline.lock().unwrap().work();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(relay.heads.lock().unwrap().len(), before);
    // Somebody who waits can go on by hand.
    phone.sync(&driver, &Cancel::new()).await.unwrap();
    assert_eq!(
        phone.report(&id).unwrap().summary.delivery,
        Delivery::Opened
    );
}
