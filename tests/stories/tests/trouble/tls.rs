//! How the relay proves itself.

use std::net::Ipv4Addr;

use loive_client::{Delivery, Driver, PhoneError, Rejection};
use loive_protocol::{CertificateBody, CertificateKind, HotlineCard, PublicKey};
use loive_server::http::ListenError;
use loive_server::{Hotline, StartError};
use loive_stories::{Authority, Options, TODAY, TlsFiles, World, a_report};

const UNTRUSTED: PhoneError = PhoneError::Rejected {
    reason: Rejection::Untrusted,
};

async fn world_with(tls: &TlsFiles) -> World {
    World::with(Options {
        tls: Some(tls),
        ..Options::default()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotline_with_its_own_authority_is_reached_by_its_phones_and_by_no_others() {
    let files = tempfile::tempdir().expect("there is room for temporary files");
    let authority = Authority::new();
    let world = world_with(&authority.certify(files.path(), 2026, 2030)).await;
    let card = world.card();
    assert!(card.relay_url.starts_with("https://"));
    assert_eq!(
        card.ca_der.as_ref().map(|der| der.to_vec()),
        Some(authority.der())
    );
    let mai = world.handset();
    let report = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;

    // A card without the authority: only the public ones count.
    let certificates = card.verified().expect("the card is genuine");
    let bare = HotlineCard::new(card.root, card.relay_url.clone(), None, &certificates);
    let hoa = world.handset_with(bare);
    hoa.submit(&a_report().answers());
    assert_eq!(hoa.try_sync().await, Err(UNTRUSTED));

    // Another's authority.
    let other = Some(Authority::new().der());
    let forged = HotlineCard::new(card.root, card.relay_url.clone(), other, &certificates);
    let thu = world.handset_with(forged);
    let kept = thu.submit(&a_report().answers());
    assert_eq!(thu.try_sync().await, Err(UNTRUSTED));
    assert_eq!(thu.delivery(&kept), Delivery::OnThisPhone);
    assert_eq!(world.counsellor().count(), 1);
    world.end().await;
}

/// The certificate ran out three years ago, or the phone's clock is wrong:
/// nobody can tell. Only the hotline's root can.
#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_out_of_its_time_is_taken_only_if_the_root_has_certified_its_key() {
    let files = tempfile::tempdir().expect("there is room for temporary files");
    let authority = Authority::new();
    let tls = authority.certify(files.path(), 2020, 2024);
    let world = world_with(&tls).await;

    let mai = world.handset();
    mai.submit(&a_report().answers());
    assert_eq!(mai.try_sync().await, Err(UNTRUSTED));

    let hoa = world.handset_with(with_pin(&world, tls.pin));
    let report = hoa.submit(&a_report().answers());
    hoa.sync_until_report_is(&report, Delivery::Opened).await;

    // A pin of another key helps nobody.
    let thu = world.handset_with(with_pin(&world, [7; 32]));
    thu.submit(&a_report().answers());
    assert_eq!(thu.try_sync().await, Err(UNTRUSTED));

    // Nor does the right pin where more than the time is wrong.
    let mut strange = with_pin(&world, tls.pin);
    strange.ca_der = Some(Authority::new().der().into());
    let lan = world.handset_with(strange);
    lan.submit(&a_report().answers());
    assert_eq!(lan.try_sync().await, Err(UNTRUSTED));
    assert_eq!(world.counsellor().count(), 1);
    world.end().await;
}

/// The card, with the root's word on one more key of the relay.
fn with_pin(world: &World, pin: [u8; 32]) -> HotlineCard {
    let card = world.card();
    let root = world
        .folder()
        .root_key(None)
        .expect("the root is still here");
    let key = PublicKey::from_bytes(pin);
    let body = CertificateBody::new(CertificateKind::RelayPin, 1, key, TODAY, TODAY);
    let mut certificates = card.verified().expect("the card is genuine");
    certificates
        .add(&root.certify(body))
        .expect("there is room on the card");
    let ca = card.ca_der.as_ref().map(|der| der.to_vec());
    HotlineCard::new(card.root, card.relay_url.clone(), ca, &certificates)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_ever_sent_in_the_clear_but_on_one_machine() {
    let mut world = World::new().await;
    let card = world.card();
    let refused = Driver::to(&card, "http://relay.example").err();
    assert_eq!(
        refused,
        Some(PhoneError::Rejected {
            reason: Rejection::InsecureAddress
        })
    );

    world.stop().await;
    let mut config = world.config.clone();
    config.relay.listen.set_ip(Ipv4Addr::UNSPECIFIED.into());
    let refused = Hotline::start(config).await.err();
    assert!(matches!(
        refused,
        Some(StartError::Listen(ListenError::PlainOffLoopback {
            name: "relay",
            ..
        }))
    ));
    let mut config = world.config.clone();
    config.console.listen.set_ip(Ipv4Addr::UNSPECIFIED.into());
    let refused = Hotline::start(config).await.err();
    assert!(matches!(
        refused,
        Some(StartError::Listen(ListenError::PlainOffLoopback {
            name: "console",
            ..
        }))
    ));
    let mut config = world.config.clone();
    config.desk.relay = "http://relay.example".into();
    assert!(matches!(
        Hotline::start_desk(config).await.err(),
        Some(StartError::Link(_))
    ));
    world.end().await;
}
