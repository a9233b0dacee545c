use std::collections::BTreeSet;

use loive_documents::validate::{Actor, ChangeHash, Rules, check_change};
use loive_documents::{Applied, ReportDocument};
use loive_protocol::Refusal;

use super::judged::{automerge_agrees, report_is_sound};
use crate::chunk::{self, Draft, Operation};
use crate::feed::Feed;
use crate::world::world;

/// Changes of one run.
const CHANGES_MAX_COUNT: usize = 24;
/// Operations of one change.
const OPERATIONS_MAX_COUNT: usize = 6;
const ACTORS: [Actor; 4] = [[1; 16], [2; 16], [3; 16], [0xff; 16]];
const KEYS: [&str; 8] = [
    "danger_now",
    "where",
    "where_hint",
    "withdrawn",
    "message.1790000000-0001abff",
    "message.1790000001-0001abff",
    "x",
    "from_the_future",
];

/// What a forger remembers of a change, so that the next one can build on it.
struct Made {
    hash: ChangeHash,
    actor: Actor,
    last: u64,
    puts: Vec<(usize, u64)>,
}

/// A forger writes changes that build on each other, most of them sound, some
/// with a wrong counter, sequence, dependency or predecessor. Whatever is taken
/// does no harm, and the order of arrival does not change what is taken.
pub fn history(bytes: &[u8]) {
    let mut feed = Feed::new(bytes);
    let changes = forge(&mut feed);
    let arrived = feed.shuffle(changes.clone());
    let (mut here, refused) = take(&changes);
    let (mut there, also_refused) = take(&arrived);
    let first_come_first_served = [
        Refusal::DuplicateSequence,
        Refusal::DuplicateFirst,
        Refusal::TooManyChanges,
    ];
    let depends_on_order = refused
        .union(&also_refused)
        .any(|refusal| first_come_first_served.contains(refusal));
    if !depends_on_order {
        assert_eq!(here.heads(), there.heads(), "the order of arrival shows");
        assert!(here.view() == there.view(), "the order of arrival shows");
    }
    report_is_sound(&mut here);
    report_is_sound(&mut there);
}

/// A report that was brought these changes, and why some were refused.
fn take(changes: &[Vec<u8>]) -> (ReportDocument, BTreeSet<Refusal>) {
    let mut report = ReportDocument::load([]).expect("a report without rows");
    let mut refused = BTreeSet::new();
    for raw in changes {
        let heads = report.heads();
        match report.apply(raw) {
            Ok(Applied::New) => assert!(report.contains(&chunk::hash(raw).expect("a change"))),
            Ok(Applied::Known | Applied::Waiting) => assert_eq!(report.heads(), heads),
            Err(refusal) => {
                assert_eq!(report.heads(), heads, "a refused change left a trace");
                refused.insert(refusal);
            }
        }
        let released = report.take_released();
        refused.extend(released.iter().filter_map(|one| one.refusal));
    }
    (report, refused)
}

fn forge(feed: &mut Feed<'_>) -> Vec<Vec<u8>> {
    let first = world().report.first().expect("the story has a beginning");
    let summary = check_change(first, &Rules::report()).expect("the story is sound");
    let mut made = vec![Made {
        hash: summary.hash,
        actor: summary.actor,
        last: summary.start_op + summary.ops as u64 - 1,
        puts: Vec::new(),
    }];
    let mut changes = vec![first.clone()];
    while !feed.is_empty() && changes.len() < CHANGES_MAX_COUNT {
        let draft = draft(feed, &made);
        let raw = draft.raw();
        if let Ok(summary) = check_change(&raw, &Rules::report()) {
            automerge_agrees(&raw, &summary);
        }
        made.push(Made {
            hash: chunk::hash(&raw).expect("a change"),
            actor: draft.actor,
            last: draft
                .start
                .saturating_add(draft.operations.len() as u64 - 1),
            puts: puts(&draft),
        });
        changes.push(raw);
    }
    changes
}

fn puts(draft: &Draft) -> Vec<(usize, u64)> {
    let counters = draft.start..;
    draft
        .operations
        .iter()
        .zip(counters)
        .filter_map(|(operation, counter)| {
            let key = KEYS.iter().position(|key| *key == operation.key)?;
            Some((key, counter))
        })
        .collect()
}

fn draft(feed: &mut Feed<'_>, made: &[Made]) -> Draft {
    let actor = *feed.pick(&ACTORS).expect("there are actors");
    let dependencies = dependencies(feed, made, actor);
    let seen = made
        .iter()
        .filter(|one| dependencies.contains(&one.hash))
        .map(|one| one.last);
    let mut start = seen.max().unwrap_or_default().saturating_add(1);
    if feed.rarely() {
        start = match feed.below(5) {
            0 => start.saturating_add(1_023),
            1 => start.saturating_add(1_024),
            2 => start.saturating_sub(1).max(1),
            3 => (1 << 24) - 1,
            _ => u64::from(u32::MAX),
        };
    }
    let mut sequence = 1 + made.iter().filter(|one| one.actor == actor).count() as u64;
    if feed.rarely() {
        sequence = (sequence + 1).saturating_sub(feed.below(3) as u64);
    }
    let count = 1 + feed.below(OPERATIONS_MAX_COUNT);
    let mut operations = Vec::with_capacity(count);
    for counter in (start..).take(count) {
        operations.push(operation(feed, made, &operations, actor, counter));
    }
    Draft {
        dependencies,
        actor,
        sequence,
        start,
        time: if feed.rarely() { -1 } else { 0 },
        operations,
    }
}

/// One to three earlier changes, and most often the last one of the same actor.
fn dependencies(feed: &mut Feed<'_>, made: &[Made], actor: Actor) -> Vec<ChangeHash> {
    let mut dependencies = Vec::new();
    let own = made.iter().rev().find(|one| one.actor == actor);
    if let Some(own) = own
        && !feed.rarely()
    {
        dependencies.push(own.hash);
    }
    for _ in 0..feed.below(3) {
        dependencies.extend(feed.pick(made).map(|one| one.hash));
    }
    if dependencies.is_empty() && !feed.rarely() {
        dependencies.extend(made.last().map(|one| one.hash));
    }
    if feed.rarely() {
        dependencies.push([feed.byte(); 32]);
    }
    let mut seen = BTreeSet::new();
    dependencies.retain(|hash| seen.insert(*hash));
    dependencies
}

fn operation(
    feed: &mut Feed<'_>,
    made: &[Made],
    before: &[Operation],
    actor: Actor,
    counter: u64,
) -> Operation {
    let place = feed.below(KEYS.len());
    let key = KEYS.get(place).copied().unwrap_or_default();
    let is_message = key.starts_with("message.");
    let deletes = feed.below(4) == 3;
    let mut predecessors = Vec::new();
    if !is_message || feed.rarely() {
        for one in made {
            let puts = one.puts.iter().filter(|(at, _)| *at == place);
            for (_, counter) in puts {
                if feed.below(2) == 1 {
                    predecessors.push((*counter, one.actor));
                }
            }
        }
        for (earlier, distance) in before.iter().rev().zip(1..) {
            if earlier.key == key && feed.below(2) == 1 {
                predecessors.push((counter.saturating_sub(distance), actor));
            }
        }
    }
    if feed.rarely() {
        let anybody = *feed.pick(&ACTORS).expect("there are actors");
        predecessors.push((feed.byte().into(), anybody));
    }
    predecessors.sort_unstable();
    predecessors.dedup();
    let (meta, value) = if deletes {
        (0, Vec::new())
    } else {
        value(feed, key)
    };
    Operation {
        action: if deletes { 3 } else { 1 },
        key: key.to_owned(),
        meta,
        value,
        predecessors,
    }
}

/// Type and bytes of a value.
fn value(feed: &mut Feed<'_>, key: &str) -> (u64, Vec<u8>) {
    let mut bytes = Vec::new();
    let code = match key {
        "withdrawn" => {
            chunk::signed(&mut bytes, i64::from(feed.byte()));
            4
        }
        key if key.starts_with("message.") => {
            bytes.extend("Cứu em".bytes());
            6
        }
        _ => match feed.below(8) {
            0 => 0,
            1 => 1,
            2 => 2,
            3 => {
                chunk::unsigned(&mut bytes, u64::from(feed.byte()) << 56);
                3
            }
            4 => {
                chunk::signed(&mut bytes, i64::from(feed.byte()) << 55);
                9
            }
            5 => {
                bytes.extend([0; 8]);
                5
            }
            _ => {
                bytes.extend("yes".bytes());
                6
            }
        },
    };
    ((bytes.len() as u64) << 4 | code, bytes)
}
