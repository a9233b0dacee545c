//! Recordings in releases: over the relay that ships, to a phone that asks.

use std::sync::Arc;

use loive_documents::library::Recording;
use loive_protocol::{
    Ack, Certificate, CertificateBody, CertificateKind, ChunkHash, Lane, LibraryAsk, Manifest,
    ProofKind, PublishKey, SyncRequest, SyncResponse, Wire,
};
use loive_server::desk::Desk;
use loive_server::desk::library::LibraryError;
use loive_server::desk::link::LocalLink;
use loive_server::relay::{Relay, RelaySettings, SqliteOptions, SqliteStore};

use super::{ITEM, all_of, change, items, only, says, start, voice};
use crate::home::{Home, START, hoa, minh};

/// The desk of `home` over a relay that keeps a library.
struct Shop {
    home: Home,
    relay: Arc<Relay>,
    desk: Arc<Desk>,
    publishing: (PublishKey, Certificate),
}

impl Shop {
    /// With a library in which one block has a recording in `hnj`.
    async fn with_a_recording() -> Self {
        let (home, desk, copy) = start();
        drop(desk);
        let path = home.database().with_file_name("relay.db");
        let key = Home::store_key();
        let store = SqliteStore::open(&path, &key, SqliteOptions::default(), &home.env).unwrap();
        let relay = Relay::start(
            Arc::new(store),
            home.root.public(),
            RelaySettings::default(),
            home.env.clone(),
        );
        let relay = relay.unwrap();
        let link = Arc::new(LocalLink(Arc::clone(&relay)));
        let desk = Desk::open(home.config(home.database()), link).unwrap();
        let key = PublishKey::generate(&mut home.env.rng());
        let kind = CertificateKind::Publish;
        let body = CertificateBody::new(kind, 1, key.public(), START, START + 1_000_000);
        let publishing = (key, home.root.certify(body));
        let shop = Self {
            home,
            relay,
            desk,
            publishing,
        };

        let voice = voice();
        let phone = shop.home.phone("không dùng");
        let change = change(&copy, &[("title.en", "Home")], Some(&voice));
        let envelope = phone.seal(items(change, Some(&voice.bytes)), ProofKind::Seed);
        let mut request = SyncRequest::new(Lane::Report);
        request.push = vec![envelope.as_bytes().to_vec().into()];
        assert_eq!(shop.sync(request).await.acks, [Ack::Stored]);
        shop.desk.catch_up().await.unwrap();
        let page = only(&shop.desk);
        let number = page.row.number;
        shop.desk
            .sign_off_proposal(&minh(&shop.desk), number)
            .unwrap();
        let who = hoa(&shop.desk);
        let taken = shop
            .desk
            .accept_proposal(&who, number, &all_of(&page), None);
        assert!(taken.unwrap());
        // The word of it goes first, the library after it.
        shop.desk.catch_up().await.unwrap();
        shop
    }

    async fn sync(&self, request: SyncRequest) -> SyncResponse {
        let length = request.to_bytes().len();
        self.relay.sync(request, length).await.unwrap()
    }

    async fn publish(&self) -> u32 {
        self.desk.build_release("").unwrap();
        let (key, certificate) = &self.publishing;
        self.desk.sign_release(key, certificate, &[]).unwrap();
        let release = self.desk.publish_release().unwrap();
        self.desk.catch_up().await.unwrap();
        release
    }

    /// The manifest that phones get.
    async fn manifest(&self) -> Option<Manifest> {
        let mut request = SyncRequest::new(Lane::Field);
        request.library = Some(LibraryAsk::new(0));
        let answer = self.sync(request).await.library?;
        let manifest = answer.manifest.unwrap().verify(&self.home.root.public());
        Some(manifest.unwrap())
    }

    /// What a phone gets that wants these chunks.
    async fn want(&self, have: u32, hashes: &[ChunkHash]) -> Vec<Vec<u8>> {
        let mut ask = LibraryAsk::new(have);
        ask.want = hashes.to_vec();
        let mut request = SyncRequest::new(Lane::Field);
        request.library = Some(ask);
        let answer = self.sync(request).await.library;
        let chunks = answer.into_iter().flat_map(|answer| answer.chunks);
        chunks.map(|chunk| chunk.to_vec()).collect()
    }

    fn recording(&self) -> Recording {
        let value = says(&self.desk, "audio.hnj.act").unwrap();
        Recording::from_value(&value).unwrap()
    }

    /// Does something to the store behind the desk's back.
    fn execute(&self, sql: &str) {
        let options = loive_cipher::Options::default();
        let path = self.home.database();
        let connection = loive_cipher::open(&path, &Home::store_key(), options).unwrap();
        connection.execute(sql, []).unwrap();
    }
}

#[tokio::test]
async fn a_release_brings_its_recordings_to_the_relay_and_a_phone_hears_one() {
    let shop = Shop::with_a_recording().await;
    let release = shop.publish().await;
    let manifest = shop.manifest().await.unwrap();
    assert_eq!(manifest.release, release);
    assert!(manifest.languages.iter().any(|code| code == "hnj"));
    assert!(manifest.recordings.is_some());
    let recording = shop.recording();
    let chunks = shop.want(release, &recording.chunks).await;
    let heard = recording.join(chunks.iter().map(Vec::as_slice));
    assert_eq!(heard, Some(voice().bytes));
    shop.relay.stop().await;
}

#[tokio::test]
async fn a_recording_that_is_not_here_is_named_and_nothing_goes_out() {
    let shop = Shop::with_a_recording().await;
    shop.execute("DELETE FROM library_recordings");
    let expected = LibraryError::NoRecording {
        item: ITEM.to_owned(),
        block: "act".to_owned(),
    };
    assert_eq!(shop.desk.build_release("").err(), Some(expected));
    assert!(shop.desk.release_history().unwrap().is_empty());
    assert_eq!(
        shop.desk.library_recording(ITEM, "audio.hnj.act").unwrap(),
        None
    );
    shop.relay.stop().await;
}

#[tokio::test]
async fn going_back_to_a_release_brings_its_recordings_back() {
    let shop = Shop::with_a_recording().await;
    let first = shop.publish().await;
    let recording = shop.recording();
    shop.desk.edit_library(ITEM, "audio.hnj.act", None).unwrap();
    let second = shop.publish().await;
    assert!(shop.want(second, &recording.chunks).await.is_empty());
    assert!(shop.manifest().await.unwrap().recordings.is_none());

    shop.desk.restore_release(first).unwrap();
    let third = shop.publish().await;
    assert!(!shop.want(third, &recording.chunks).await.is_empty());
    shop.relay.stop().await;
}

#[tokio::test]
async fn a_recording_that_never_went_out_is_dropped_when_nothing_names_it() {
    let shop = Shop::with_a_recording().await;
    let value = says(&shop.desk, "audio.hnj.act").unwrap();
    shop.desk.edit_library(ITEM, "audio.hnj.act", None).unwrap();
    shop.desk.build_release("").unwrap();
    shop.desk
        .edit_library(ITEM, "audio.hnj.act", Some(&value))
        .unwrap();
    let refused = shop.desk.build_release("").err();
    assert!(matches!(refused, Some(LibraryError::NoRecording { .. })));
    shop.relay.stop().await;
}
