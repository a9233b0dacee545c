//! A release on the relay: how it comes, how it is handed out, and what is not
//! taken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use loive_documents::library::{Fields, keys};
use loive_protocol::{
    Bundle, BundleItem, Certificate, CertificateBody, CertificateKind, ChunkHash, Digest, Lane,
    LibraryAnswer, LibraryAsk, LibraryPut, Manifest, Packed, PublishKey, ReceiptCost, RootKey,
    SignedManifest, SyncRequest, Wire,
};
use loive_server::desk::link::LocalLink;
use loive_server::desk::{Desk, DeskConfig};
use loive_server::relay::{Relay, RelaySettings, SqliteOptions};

use crate::support::{Home, START, push, sync};

/// Bytes of one change, which does not compress: a pack of four has several
/// chunks.
const CHANGE_BYTES: usize = 40_000;
/// A relay whose whole file is smaller than the library that is published.
const SMALL_STORE_BYTES: u64 = 262_144;
/// How long a desk may take to catch up with its relay here.
const TURNS_MAX: Duration = Duration::from_mins(1);

/// A release of a few changes that mean nothing to a relay.
struct Release {
    signed: SignedManifest,
    packed: Packed,
}

impl Release {
    /// Release `number`, signed by the publishing key of `home`.
    fn new(home: &Home, number: u32) -> Self {
        let (key, certificate) = home.folder.publishing(None).unwrap();
        Self::signed_by(home, number, &key, &certificate)
    }

    fn signed_by(home: &Home, number: u32, key: &PublishKey, certificate: &Certificate) -> Self {
        let change = || {
            let mut bytes = vec![0; CHANGE_BYTES];
            rand::Rng::fill_bytes(&mut home.env.rng(), &mut bytes);
            bytes.into()
        };
        let items = (1..5).map(|n| BundleItem {
            id: format!("a{n}"),
            changes: vec![change()],
        });
        let packed = Bundle::new(items.collect()).pack(0).unwrap();
        let manifest = Manifest::new(number, START, Digest::of([]), packed.pack.clone());
        Self {
            signed: SignedManifest::sign(&manifest, key, certificate, &[]),
            packed,
        }
    }

    fn chunks(&self) -> &[ChunkHash] {
        &self.packed.pack.chunks
    }

    /// What a desk puts: the manifest and some of the chunks.
    fn put(&self, chunks: std::ops::Range<usize>) -> LibraryPut {
        let chunk = |bytes: &[u8]| bytes.to_vec().into();
        let all: Vec<_> = self.packed.chunks().map(chunk).collect();
        LibraryPut {
            manifest: self.signed.clone(),
            chunks: all[chunks].to_vec(),
        }
    }

    fn all(&self) -> LibraryPut {
        self.put(0..self.chunks().len())
    }
}

/// Puts it as the desk does; gives the hashes that the relay misses.
async fn bring(home: &Home, relay: &Arc<Relay>, put: LibraryPut) -> Vec<ChunkHash> {
    let request = home.ask(|desk| desk.library = Some(put));
    relay.desk(request).await.unwrap().library_missing
}

fn request(ask: LibraryAsk) -> SyncRequest {
    let mut request = SyncRequest::new(Lane::Field);
    request.library = Some(ask);
    request
}

async fn ask(relay: &Arc<Relay>, ask: LibraryAsk) -> Option<LibraryAnswer> {
    sync(relay, request(ask)).await.library
}

fn sorted(hashes: &[ChunkHash]) -> Vec<ChunkHash> {
    let mut hashes = hashes.to_vec();
    hashes.sort_unstable();
    hashes
}

fn hashes(answer: &LibraryAnswer) -> Vec<ChunkHash> {
    let chunks = answer.chunks.iter();
    chunks.map(|chunk| ChunkHash::of(chunk)).collect()
}

/// The power fails while the desk brings a release; nobody hears of it before
/// it is whole, and what was there need not come again.
#[tokio::test]
async fn a_put_that_a_restart_interrupts_goes_on_where_it_was() {
    let home = Home::new();
    let release = Release::new(&home, 1);
    let all = release.chunks();
    assert!(all.len() >= 5, "{}", all.len());
    let relay = home.relay(RelaySettings::default());
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    assert_eq!(bring(&home, &relay, release.put(0..0)).await, sorted(all));
    let rest = bring(&home, &relay, release.put(0..2)).await;
    assert_eq!(rest, sorted(&all[2..]));
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    relay.stop().await;
    drop(relay);

    let relay = home.relay(RelaySettings::default());
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    assert_eq!(bring(&home, &relay, release.put(0..0)).await, rest);
    let missing = bring(&home, &relay, release.put(2..all.len())).await;
    assert!(missing.is_empty());
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_some());
    relay.stop().await;
    drop(relay);

    let relay = home.relay(RelaySettings::default());
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_some());
    relay.stop().await;
}

/// The signal comes and goes: each answer is a page, and the next one brings
/// what is still missing.
#[tokio::test]
async fn a_phone_fetches_a_release_page_by_page_and_then_hears_nothing() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let release = Release::new(&home, 1);
    let all = release.chunks();
    bring(&home, &relay, release.all()).await;

    let first = ask(&relay, LibraryAsk::new(0)).await.unwrap();
    assert_eq!(first.manifest.as_ref(), Some(&release.signed));
    let mut have = hashes(&first);
    assert_eq!(have, all[..have.len()], "the first of the pack, in order");
    assert!(have.len() < all.len(), "a page does not hold them all");
    while have.len() < all.len() {
        let mut more = LibraryAsk::new(0);
        more.pending = Some(1);
        more.want = all[have.len()..].to_vec();
        let page = ask(&relay, more).await.unwrap();
        assert_eq!(page.manifest, None, "the phone has it");
        assert!(!page.chunks.is_empty(), "every page brings something");
        have.extend(hashes(&page));
    }
    assert_eq!(have, all);
    let text = relay.metrics().to_text();
    for (name, value) in [
        ("bytes_total", release.packed.bytes.len()),
        ("chunks_total", all.len()),
        ("release", 1),
    ] {
        let line = format!("\nloive_relay_library_{name} {value}\n");
        assert!(text.contains(&line), "{text}");
    }

    let mut waiting = LibraryAsk::new(0);
    waiting.pending = Some(1);
    for nothing in [LibraryAsk::new(1), LibraryAsk::new(2), waiting] {
        assert!(ask(&relay, nothing).await.is_none());
    }
    relay.stop().await;
}

/// Over mobile data only the manifest comes unasked, and where reports go
/// nothing of the library does.
#[tokio::test]
async fn a_large_pack_waits_for_leave_and_the_lane_of_reports_has_no_library() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let release = Release::new(&home, 1);
    bring(&home, &relay, release.all()).await;

    let mut small = LibraryAsk::new(0);
    small.unasked_max_bytes = release.packed.pack.bytes - 1;
    let answer = ask(&relay, small.clone()).await.unwrap();
    assert!(answer.manifest.is_some() && answer.chunks.is_empty());
    small.unasked_max_bytes += 1;
    assert!(!ask(&relay, small).await.unwrap().chunks.is_empty());

    let mut elsewhere = request(LibraryAsk::new(0));
    elsewhere.lane = Lane::Report;
    assert!(sync(&relay, elsewhere).await.library.is_none());
    relay.stop().await;
}

#[tokio::test]
async fn a_later_release_takes_the_place_of_an_earlier_one_and_never_the_reverse() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let [first, second] = [1, 2].map(|number| Release::new(&home, number));
    bring(&home, &relay, first.all()).await;
    bring(&home, &relay, second.all()).await;

    // A phone in the middle of the first one is told of the second.
    let mut late = LibraryAsk::new(0);
    late.pending = Some(1);
    late.want = first.chunks().to_vec();
    let answer = ask(&relay, late).await.unwrap();
    assert_eq!(answer.manifest.as_ref(), Some(&second.signed));
    assert!(answer.chunks.is_empty(), "the old chunks are gone");

    bring(&home, &relay, first.all()).await;
    let answer = ask(&relay, LibraryAsk::new(0)).await.unwrap();
    assert_eq!(answer.manifest.as_ref(), Some(&second.signed));
    relay.stop().await;
}

/// Somebody who stole the desk's signing key, and no publishing key, cannot put
/// words into the hotline's mouth.
#[tokio::test]
async fn a_release_that_another_hotline_signed_is_not_taken() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let mut rng = home.env.rng();
    let (root, key) = (RootKey::generate(&mut rng), PublishKey::generate(&mut rng));
    let kind = CertificateKind::Publish;
    let body = CertificateBody::new(kind, 1, key.public(), START, START + 1_000);
    let forged = Release::signed_by(&home, 9, &key, &root.certify(body));
    bring(&home, &relay, forged.all()).await;
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    let mut fishing = LibraryAsk::new(0);
    fishing.want = forged.chunks().to_vec();
    assert!(ask(&relay, fishing).await.is_none(), "no chunk was kept");

    // The desk's own key is certified, and not for this.
    let key = PublishKey::from_bytes(*home.keys.sign.to_bytes());
    let forged = Release::signed_by(&home, 9, &key, &home.keys.sign_certificate);
    bring(&home, &relay, forged.all()).await;
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    relay.stop().await;
}

/// The publishing key was stolen and retired: what it signs goes nowhere, and
/// the desk is not told that it did.
#[tokio::test]
async fn a_release_under_a_retired_key_is_not_handed_out_nor_called_so() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let next = PublishKey::generate(&mut home.env.rng());
    let kind = CertificateKind::Publish;
    let mut body = CertificateBody::new(kind, 2, next.public(), START, START + 1_000);
    body.retires_below = 2;
    let retiring = home.folder.root_key(None).unwrap().certify(body);
    let request = home.ask(|desk| desk.certificates = vec![retiring]);
    relay.desk(request).await.unwrap();

    let release = Release::new(&home, 1);
    let missing = bring(&home, &relay, release.all()).await;
    assert!(!missing.is_empty(), "it is not handed out");
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    relay.stop().await;
}

fn desk(home: &Home, relay: &Arc<Relay>) -> Arc<Desk> {
    let config = DeskConfig {
        database: home.folder.desk_db(),
        keys: home.folder.desk_keys().unwrap(),
        receipt_cost: ReceiptCost::CHEAP,
        env: home.env.clone(),
    };
    Desk::open(config, Arc::new(LocalLink(Arc::clone(relay)))).unwrap()
}

/// Texts that do not compress: some 400 kB.
fn long_library(home: &Home) -> BTreeMap<String, Fields> {
    let words = || -> String {
        let mut bytes = [0_u8; 6_000];
        rand::Rng::fill_bytes(&mut home.env.rng(), &mut bytes);
        bytes
            .iter()
            .map(|byte| char::from(b'a' + byte % 16))
            .collect()
    };
    let item = |n: usize| {
        let mut fields = Fields::from([(keys::KIND.to_owned(), "article".to_owned())]);
        fields.extend((0..10).map(|block| (keys::text("vi", &format!("b{block}")), words())));
        (format!("a{n:02}"), fields)
    };
    (1..=13).map(item).collect()
}

/// Exchanges until both have what the other had, which ends.
async fn catch_up(desk: &Arc<Desk>) {
    let caught_up = tokio::time::timeout(TURNS_MAX, desk.catch_up()).await;
    caught_up.expect("the desk comes to an end").unwrap();
}

fn publish(home: &Home, desk: &Desk) -> u32 {
    let (key, certificate) = home.folder.publishing(None).unwrap();
    desk.sign_release(&key, &certificate, &[]).unwrap();
    desk.publish_release().unwrap()
}

async fn handed_out(relay: &Arc<Relay>) -> Option<u32> {
    let answer = ask(relay, LibraryAsk::new(0)).await?;
    let root = relay.root();
    Some(answer.manifest?.verify(root).unwrap().release)
}

/// The disk has no room for the library. Whoever reports is found all the same,
/// and the library comes as soon as there is room.
#[tokio::test]
async fn a_relay_without_room_for_the_library_keeps_no_report_from_the_desk() {
    let home = Home::new();
    let options = SqliteOptions {
        max_bytes: Some(SMALL_STORE_BYTES),
        ..SqliteOptions::default()
    };
    let relay = home.relay_over(Arc::new(home.open(options)), RelaySettings::default());
    let desk_of_day = desk(&home, &relay);
    desk_of_day.import_library(&long_library(&home)).unwrap();
    let built = desk_of_day.build_release("").unwrap();
    assert!(built.snapshot_bytes as u64 > SMALL_STORE_BYTES);
    publish(&home, &desk_of_day);
    sync(&relay, push(&[home.report()])).await;
    let seen = |desk: &Desk| {
        let metrics = &desk.metrics();
        metrics.opened_envelopes.get() + metrics.unopened_envelopes.get()
    };

    catch_up(&desk_of_day).await;
    assert_eq!(seen(&desk_of_day), 1, "the report is at the desk");
    sync(&relay, push(&[home.report()])).await;
    catch_up(&desk_of_day).await;
    assert_eq!(seen(&desk_of_day), 2, "and so is the next one");
    assert_eq!(handed_out(&relay).await, None);

    // It is not offered at every turn, and not given up either.
    let tries = || relay.metrics().store_full.get();
    assert_eq!(tries(), 1);
    home.clock.advance_seconds(299);
    catch_up(&desk_of_day).await;
    assert_eq!(tries(), 1);
    home.clock.advance_seconds(1);
    catch_up(&desk_of_day).await;
    assert_eq!(tries(), 2);
    relay.stop().await;
    drop((desk_of_day, relay));

    // Somebody gives it a larger disk.
    let relay = home.relay(RelaySettings::default());
    catch_up(&desk(&home, &relay)).await;
    assert_eq!(handed_out(&relay).await, Some(1));
    relay.stop().await;
}

/// The desk's machine dies between building and publishing, and later the
/// relay's disk: every time the work goes on where it was.
#[tokio::test]
async fn a_release_survives_the_end_of_the_desk_and_of_the_relay() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let first = desk(&home, &relay);
    first.import_library(&long_library(&home)).unwrap();
    first.build_release("the first").unwrap();
    drop(first);

    let second = desk(&home, &relay);
    let built = second.release_history().unwrap();
    assert!(!built[0].is_signed && built[0].note == "the first");
    catch_up(&second).await;
    assert_eq!(handed_out(&relay).await, None, "it was only built");
    publish(&home, &second);
    drop(second);

    let third = desk(&home, &relay);
    catch_up(&third).await;
    assert_eq!(handed_out(&relay).await, Some(1));
    relay.stop().await;
    drop((third, relay));

    for name in ["relay.db", "relay.db-wal", "relay.db-shm", "relay.mark"] {
        // Not all of them are there.
        let _ = std::fs::remove_file(home.folder.path().join(name));
    }
    let relay = home.relay(RelaySettings::default());
    assert_eq!(handed_out(&relay).await, None);
    catch_up(&desk(&home, &relay)).await;
    assert_eq!(handed_out(&relay).await, Some(1), "it was brought again");
    relay.stop().await;
}

/// Most days there is nothing new, and most phones have little credit.
#[tokio::test]
async fn asking_in_vain_costs_next_to_nothing() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let release = Release::new(&home, 1);
    bring(&home, &relay, release.all()).await;
    let asked = request(LibraryAsk::new(1));
    let asked_bytes = asked.to_bytes().len();
    let answered_bytes = sync(&relay, asked).await.to_bytes().len();
    assert!(
        asked_bytes + answered_bytes <= 64,
        "{asked_bytes} B up, {answered_bytes} B down"
    );
    relay.stop().await;
}
