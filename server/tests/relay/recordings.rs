//! Recordings on the relay: a release is handed out when they are there too.

use std::collections::BTreeSet;
use std::sync::Arc;

use loive_protocol::limits::LIBRARY_ALL_CHUNKS_MAX_COUNT;
use loive_protocol::{
    Bundle, BundleItem, Bytes, ChunkHash, Digest, Lane, LibraryAnswer, LibraryAsk, LibraryPut,
    Manifest, Pack, Packed, SignedManifest, SyncRequest, pack_recordings,
};
use loive_server::relay::{Relay, RelaySettings};

use crate::support::{Home, START, sync};

/// Bytes of the smallest recording here; none is like another.
const RECORDING_BYTES: usize = 100;

/// A release with recordings, as a desk has it.
struct Release {
    signed: SignedManifest,
    packs: Vec<Packed>,
    recordings: Vec<Bytes>,
}

impl Release {
    fn new(home: &Home, number: u32, recordings: std::ops::Range<u32>) -> Self {
        let recordings: Vec<Bytes> = recordings.map(recording).collect();
        let hashes: BTreeSet<ChunkHash> = recordings.iter().map(|it| ChunkHash::of(it)).collect();
        let list = pack_recordings(&hashes).unwrap().unwrap();
        Self::with_list(home, number, list, recordings)
    }

    fn with_list(home: &Home, number: u32, list: Packed, recordings: Vec<Bytes>) -> Self {
        let items = vec![BundleItem {
            id: "a1".into(),
            changes: vec![number.to_be_bytes().to_vec().into()],
        }];
        let snapshot = Bundle::new(items).pack(0).unwrap();
        let mut manifest = Manifest::new(number, START, Digest::of([]), snapshot.pack.clone());
        manifest.recordings = Some(list.pack.clone());
        let (key, certificate) = home.folder.publishing(None).unwrap();
        Self {
            signed: SignedManifest::sign(&manifest, &key, &certificate, &[]),
            packs: vec![snapshot, list],
            recordings,
        }
    }

    fn put(&self, chunks: Vec<Bytes>) -> LibraryPut {
        LibraryPut {
            manifest: self.signed.clone(),
            chunks,
        }
    }

    fn packs(&self) -> Vec<Bytes> {
        let chunks = self.packs.iter().flat_map(Packed::chunks);
        chunks.map(|chunk| chunk.to_vec().into()).collect()
    }

    /// Brings whatever the relay says is missing, until it says nothing; gives how
    /// many turns that took.
    async fn bring(&self, home: &Home, relay: &Arc<Relay>) -> usize {
        let mut missing = bring(home, relay, self.put(Vec::new())).await;
        for turn in 1..100 {
            if missing.is_empty() {
                return turn;
            }
            assert!(missing.len() <= LIBRARY_ALL_CHUNKS_MAX_COUNT);
            let wanted: BTreeSet<ChunkHash> = missing.into_iter().collect();
            let all = self.packs().into_iter().chain(self.recordings.clone());
            let chunks = all.filter(|chunk| wanted.contains(&ChunkHash::of(chunk)));
            missing = bring(home, relay, self.put(chunks.take(500).collect())).await;
        }
        panic!("the relay never has enough");
    }
}

fn recording(number: u32) -> Bytes {
    number.to_be_bytes().repeat(RECORDING_BYTES / 4).into()
}

async fn bring(home: &Home, relay: &Arc<Relay>, put: LibraryPut) -> Vec<ChunkHash> {
    let request = home.ask(|desk| desk.library = Some(put));
    relay.desk(request).await.unwrap().library_missing
}

async fn ask(relay: &Arc<Relay>, ask: LibraryAsk) -> Option<LibraryAnswer> {
    let mut request = SyncRequest::new(Lane::Field);
    request.library = Some(ask);
    sync(relay, request).await.library
}

fn want(have: u32, hashes: Vec<ChunkHash>) -> LibraryAsk {
    let mut ask = LibraryAsk::new(have);
    ask.want = hashes;
    ask
}

#[tokio::test]
async fn a_release_is_handed_out_when_its_recordings_are_there() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let release = Release::new(&home, 1, 0..3);
    let packs: Vec<_> = release.packs().iter().map(|it| ChunkHash::of(it)).collect();
    let missing = bring(&home, &relay, release.put(Vec::new())).await;
    assert_eq!(missing.len(), packs.len(), "before the list, only packs");
    // The list alone: now the relay knows what else is missing.
    let list = release.packs().pop().unwrap();
    let missing = bring(&home, &relay, release.put(vec![list])).await;
    assert_eq!(missing.len(), packs.len() - 1 + 3);
    let missing = bring(&home, &relay, release.put(release.packs())).await;
    assert_eq!(missing.len(), 3);
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    // What nobody needs is not kept.
    let mut chunks = release.recordings[..2].to_vec();
    chunks.push(recording(77));
    let missing = bring(&home, &relay, release.put(chunks)).await;
    assert_eq!(missing, [ChunkHash::of(&release.recordings[2])]);
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());

    let missing = bring(&home, &relay, release.put(release.recordings[2..].to_vec())).await;
    assert!(missing.is_empty());
    let answer = ask(&relay, LibraryAsk::new(0)).await.unwrap();
    assert!(answer.manifest.is_some());
    let unasked = answer
        .chunks
        .iter()
        .any(|chunk| release.recordings.contains(chunk));
    assert!(!unasked, "nobody gets a recording unasked");
    let asked = vec![
        ChunkHash::of(&recording(77)),
        ChunkHash::of(&release.recordings[1]),
    ];
    let answer = ask(&relay, want(1, asked)).await.unwrap();
    assert_eq!(answer.chunks, [release.recordings[1].clone()]);
    relay.stop().await;
}

#[tokio::test]
async fn thousands_of_recordings_come_and_those_of_the_release_before_go() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let first = Release::new(&home, 1, 0..2_500);
    let turns = first.bring(&home, &relay).await;
    assert!(turns < 12, "{turns} turns");
    let second = Release::new(&home, 2, 2_000..2_600);
    let missing = bring(&home, &relay, second.put(second.packs())).await;
    assert_eq!(missing.len(), 100, "what is there is not brought again");
    second.bring(&home, &relay).await;

    let of = |number| vec![ChunkHash::of(&recording(number))];
    assert!(
        ask(&relay, want(2, of(1_999))).await.is_none(),
        "it is gone"
    );
    for kept in [2_000, 2_599] {
        assert!(ask(&relay, want(2, of(kept))).await.is_some());
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_release_whose_list_is_none_is_not_handed_out_nor_called_so() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let bytes = vec![7; 64];
    let list = Packed {
        pack: Pack {
            from: 0,
            bytes: 64,
            chunks: vec![ChunkHash::of(&bytes)],
        },
        bytes,
    };
    let release = Release::with_list(&home, 1, list, Vec::new());
    for _ in 0..2 {
        let missing = bring(&home, &relay, release.put(release.packs())).await;
        assert!(!missing.is_empty(), "it is not handed out");
    }
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_none());
    // A later one that can be read is no worse off for it.
    let later = Release::new(&home, 2, 0..1);
    later.bring(&home, &relay).await;
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_some());
    relay.stop().await;
}

/// The power fails between the list and the recordings.
#[tokio::test]
async fn a_restart_in_the_middle_of_the_recordings_costs_nothing() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let release = Release::new(&home, 1, 0..5);
    let mut chunks = release.packs();
    chunks.extend_from_slice(&release.recordings[..2]);
    let rest = bring(&home, &relay, release.put(chunks)).await;
    assert_eq!(rest.len(), 3);
    relay.stop().await;
    drop(relay);
    let relay = home.relay(RelaySettings::default());
    assert_eq!(bring(&home, &relay, release.put(Vec::new())).await, rest);
    assert_eq!(release.bring(&home, &relay).await, 2);
    assert!(ask(&relay, LibraryAsk::new(0)).await.is_some());
    relay.stop().await;
}
