use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ROOT, ReadDoc, ScalarValue};
use loive_documents::ReportDocument;

use super::judged::report_is_sound;
use crate::feed::Feed;
use crate::world::world;

/// Phones that write to one report.
const PEERS_COUNT: u8 = 3;
/// Steps of one run.
const STEPS_MAX_COUNT: usize = 64;
/// Where they write: form fields, and what a newer version may know.
const KEYS: [&str; 8] = [
    "danger_now",
    "where",
    "what_type",
    "where_hint",
    "how_many",
    "contact_wanted",
    "from_the_future",
    "x",
];

/// Some phones write, delete and merge by Automerge alone: whatever they do, in
/// whatever order it arrives, none of it is refused and all copies read alike.
pub fn peers(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let mut all = run(&mut feed);
    let mut changes: BTreeMap<[u8; 32], Vec<u8>> = BTreeMap::new();
    for peer in &mut all {
        for change in peer.get_changes(&[]) {
            changes.insert(change.hash().0, change.raw_bytes().to_vec());
        }
    }
    let arrived = feed.shuffle(changes.into_values().collect());
    let mut report = ReportDocument::load([]).expect("a report without rows");
    for raw in &arrived {
        report.apply(raw).expect("what Automerge wrote is taken");
    }
    assert!(
        report
            .take_released()
            .iter()
            .all(|one| one.refusal.is_none())
    );
    assert_eq!(report.waiting().len(), 0, "everything has arrived");
    let loaded = ReportDocument::load(arrived.iter().map(Vec::as_slice))
        .expect("what Automerge wrote is taken");
    assert!(loaded.damaged_rows().is_empty());
    assert!(loaded.view() == report.view(), "the order of arrival shows");
    let mut merged = merge(all);
    let mut heads: Vec<_> = merged.get_heads().iter().map(|head| head.0).collect();
    heads.sort_unstable();
    assert_eq!(report.heads(), heads);
    for key in KEYS {
        assert_eq!(report.raw_texts(key), texts(&merged, key), "at {key}");
    }
    report_is_sound(&mut report);
}

fn run(feed: &mut Feed<'_>) -> Vec<AutoCommit> {
    let first = world().report.first().expect("the story has a beginning");
    let mut peers: Vec<AutoCommit> = (1..=PEERS_COUNT)
        .map(|number| {
            let mut peer = AutoCommit::new().with_actor(ActorId::from([number; 16]));
            let change = automerge::Change::from_bytes(first.clone()).expect("ours");
            peer.apply_changes([change]).expect("ours");
            peer
        })
        .collect();
    for step in 0..STEPS_MAX_COUNT {
        if feed.is_empty() {
            break;
        }
        let from = feed.below(peers.len());
        let mut other = peers.get_mut(from).expect("below the count").fork();
        let to = feed.below(peers.len());
        let peer = peers.get_mut(to).expect("below the count");
        match feed.below(8) {
            0 => {
                peer.merge(&mut other).expect("documents merge");
            }
            1 => {
                peer.commit_with(CommitOptions::default().with_time(1_790_000_000));
            }
            2 => {
                let key = *feed.pick(&KEYS).expect("there are keys");
                if peer.get(ROOT, key).is_ok_and(|found| found.is_some()) {
                    peer.delete(ROOT, key).expect("it is there");
                }
            }
            3 => {
                let key = format!("message.{:010}-{to:04x}{step:04x}", feed.byte());
                peer.put(ROOT, key, "một lời").expect("a scalar");
            }
            _ => {
                let key = *feed.pick(&KEYS).expect("there are keys");
                peer.put(ROOT, key, scalar(feed)).expect("a scalar");
            }
        }
    }
    for peer in &mut peers {
        peer.commit();
    }
    peers
}

fn scalar(feed: &mut Feed<'_>) -> ScalarValue {
    let number = i64::from(feed.byte()) - 128;
    match feed.below(7) {
        0 => ScalarValue::Null,
        1 => ScalarValue::Boolean(number < 0),
        2 => ScalarValue::Int(number << (number & 0x1f)),
        3 => ScalarValue::Uint(number.unsigned_abs() << 40),
        4 => ScalarValue::Timestamp(number),
        5 => ScalarValue::Str("yes".into()),
        _ => ScalarValue::Str("đường lên chợ".repeat(feed.below(16)).into()),
    }
}

fn merge(peers: Vec<AutoCommit>) -> AutoCommit {
    let mut peers = peers.into_iter();
    let mut merged = peers.next().expect("there are peers");
    for mut peer in peers {
        merged.merge(&mut peer).expect("documents merge");
    }
    merged
}

/// What stands at a key, as `ReportDocument::raw_texts` writes it.
fn texts(document: &AutoCommit, key: &str) -> Vec<String> {
    let all = document.get_all(ROOT, key).expect("the root is a map");
    all.iter()
        .filter_map(|(value, _)| match value.as_scalar()? {
            ScalarValue::Str(text) => Some(text.to_string()),
            ScalarValue::Boolean(yes) => Some(yes.to_string()),
            ScalarValue::Int(number) | ScalarValue::Timestamp(number) => Some(number.to_string()),
            ScalarValue::Uint(number) => {
                i64::try_from(*number).ok().map(|number| number.to_string())
            }
            _ => None,
        })
        .collect()
}
