//! Proposals for the library: from the envelope to the decision and the word back.

mod recordings;
mod strange;

use std::collections::BTreeMap;
use std::sync::Arc;

use loive_documents::library::{CleanRecording, Fields, ItemDocument, Proposal, clean_recording};
use loive_documents::{ReportDocument, library::Standing};
use loive_protocol::{Envelope, Outcome, ProofKind, ReportItem};
use loive_server::desk::library::{Decision, LibraryError, ProposalPage, Taken, fingerprint};
use loive_server::desk::{Desk, DeskError};

use crate::home::{Home, START, hoa, lan, minh};
use crate::phone::Phone;

const VOICE: &[u8] = include_bytes!("../../../core/documents/src/library/recording/voice.opus");
const ITEM: &str = "a01-what-is-trafficking";

fn fields(pairs: &[(&str, &str)]) -> Fields {
    let pairs = pairs.iter();
    pairs
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
        .collect()
}

fn article() -> Fields {
    fields(&[
        ("kind", "article"),
        ("review", "reviewed"),
        ("title.vi", "Mua bán người là gì?"),
        ("blocks", "act"),
        ("block.act", "part"),
        ("text.vi.act", "Đưa người đi."),
        ("text.en.act", "Taking peple."),
    ])
}

fn voice() -> CleanRecording {
    clean_recording(VOICE).unwrap()
}

/// A hotline whose library has one article, and a phone that has it too.
fn start() -> (Home, Arc<Desk>, ItemDocument) {
    let home = Home::new();
    let desk = home.desk();
    let library = BTreeMap::from([(ITEM.to_owned(), article())]);
    desk.import_library(&library).unwrap();
    // The phone's copy has the same words; who wrote them is of no account here.
    let mut copy = ItemDocument::new();
    copy.set(&article(), [7; 16], 1).unwrap();
    (home, desk, copy)
}

/// A proposal on a phone: the change as it leaves, and the phone that hears back.
struct Sent {
    phone: Phone,
    envelope: Envelope,
}

fn texts(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    fields(pairs).into_iter().collect()
}

fn change(copy: &ItemDocument, pairs: &[(&str, &str)], sound: Option<&CleanRecording>) -> Vec<u8> {
    let mut branch = ItemDocument::load(copy.changes()).unwrap();
    let recording = sound.map(|it| ("audio.hnj.act".to_owned(), it.recording()));
    let proposal = Proposal::write(
        &mut branch,
        &texts(pairs),
        recording.as_ref(),
        Some("vì sao"),
        [0x5a; 16],
        START,
    );
    proposal.unwrap().unwrap().raw().to_vec()
}

fn items(change: Vec<u8>, sound: Option<&[u8]>) -> Vec<ReportItem> {
    let branch = ReportItem::Branch {
        item: ITEM.to_owned(),
        change: change.into(),
    };
    let sound = sound.map(|bytes| ReportItem::Recording(bytes.to_vec().into()));
    std::iter::once(branch).chain(sound).collect()
}

fn send(home: &Home, items: Vec<ReportItem>) -> Sent {
    let phone = home.phone("không dùng");
    let envelope = phone.seal(items, ProofKind::Seed);
    home.relay.push_envelope(&envelope);
    Sent { phone, envelope }
}

impl Sent {
    /// A message or a withdrawal, as somebody without a report says it.
    fn say(&self, home: &Home, write: impl FnOnce(&mut ReportDocument) -> Vec<u8>) {
        let nothing: [&[u8]; 0] = [];
        let mut document = ReportDocument::load(nothing).unwrap();
        let raw = write(&mut document);
        home.relay.push_envelope(&self.phone.later(raw));
    }

    fn outcomes(&self, home: &Home) -> Vec<Outcome> {
        self.phone.read(&home.relay).of(&self.envelope.id())
    }
}

fn only(desk: &Desk) -> ProposalPage {
    let all = desk.proposals(&lan(desk)).unwrap();
    let mut rows = all.open.into_iter().chain(all.decided);
    let number = rows.next().unwrap().number;
    assert!(rows.next().is_none(), "a proposal stands once in the list");
    desk.proposal(&lan(desk), number).unwrap().unwrap()
}

/// Everything that is proposed, as it was seen.
fn all_of(page: &ProposalPage) -> BTreeMap<String, Taken> {
    let edits = page.edits.iter();
    edits
        .map(|edit| {
            let seen = fingerprint(edit.today.as_deref());
            let text = edit.value.clone();
            (edit.key.clone(), Taken { seen, text })
        })
        .collect()
}

fn says(desk: &Desk, key: &str) -> Option<String> {
    let item = desk.library_item(ITEM).unwrap().unwrap();
    item.fields.get(key).cloned()
}

#[tokio::test]
async fn a_correction_comes_is_mended_and_taken_and_the_volunteer_hears_a_word() {
    let (home, desk, copy) = start();
    let sent = send(
        &home,
        items(
            change(&copy, &[("text.en.act", "Taking people.")], None),
            None,
        ),
    );
    desk.catch_up().await.unwrap();
    let page = only(&desk);
    assert_eq!(page.row.item, ITEM);
    assert_eq!(page.row.languages, ["en"]);
    assert!(page.row.is_unread && page.row.decision.is_none());
    assert_eq!(page.note.as_deref(), Some("vì sao"));
    assert_eq!(page.edits[0].today.as_deref(), Some("Taking peple."));
    assert_eq!(sent.outcomes(&home), [Outcome::Merged]);
    assert!(sent.phone.read(&home.relay).view().opened.is_some());

    let mut taken = all_of(&page);
    taken.get_mut("text.en.act").unwrap().text = "Moving people.".to_owned();
    let (who, number) = (hoa(&desk), page.row.number);
    let refused = desk.accept_proposal(&lan(&desk), number, &taken, None);
    assert_eq!(refused, Err(LibraryError::Desk(DeskError::Forbidden)));
    assert!(
        desk.accept_proposal(&who, number, &taken, Some("Cảm ơn\r\nbạn"))
            .unwrap()
    );
    assert!(
        !desk
            .accept_proposal(&who, number, &taken, Some("nữa"))
            .unwrap()
    );
    let declined = desk.decline_proposal(&who, number, None);
    assert_eq!(declined, Err(LibraryError::Decided));
    desk.catch_up().await.unwrap();

    assert_eq!(
        says(&desk, "text.en.act").as_deref(),
        Some("Moving people.")
    );
    assert_eq!(says(&desk, "review").as_deref(), Some("needs_review"));
    assert_eq!(says(&desk, "note"), None, "nothing of the branch is merged");
    let heard = sent.phone.read(&home.relay);
    assert!(heard.view().accepted.is_some() && heard.view().declined.is_none());
    assert!(heard.view().read.is_some());
    assert_eq!(heard.texts(), ["Cảm ơn\nbạn"]);
    let page = only(&desk);
    assert!(matches!(page.row.decision, Some((Decision::Accepted, _))));
    assert_eq!(page.row.decided_by.as_deref(), Some("Lê Hoa"));
    assert_eq!(page.talk[0].by.as_deref(), Some("Lê Hoa"));
    let log = desk.audit(&who, None, 500).unwrap();
    let about = |action: &str| log.iter().filter(|row| row.action == action).count();
    assert_eq!(about("accepted_proposal"), 1);
    assert_eq!(about("edited_library"), 1);
}

#[tokio::test]
async fn a_recording_is_taken_only_after_somebody_who_speaks_the_language() {
    let (home, desk, copy) = start();
    let voice = voice();
    let words = [("text.hnj.act", "Coj neeg mus.")];
    send(
        &home,
        items(change(&copy, &words, Some(&voice)), Some(&voice.bytes)),
    );
    desk.catch_up().await.unwrap();
    let page = only(&desk);
    assert!(page.row.has_recording);
    let (who, number) = (hoa(&desk), page.row.number);
    let heard = desk.proposal_recording(&lan(&desk), number).unwrap();
    assert_eq!(heard.as_ref(), Some(&voice.bytes));
    let taken = all_of(&page);
    assert_eq!(taken.len(), 2);
    let refused = desk.accept_proposal(&who, number, &taken, None);
    assert_eq!(refused, Err(LibraryError::NeedsSpeaker));

    desk.sign_off_proposal(&minh(&desk), number).unwrap();
    desk.sign_off_proposal(&lan(&desk), number).unwrap();
    let signed = only(&desk).row.signed_off.unwrap();
    assert_eq!(signed.0, "Trần Minh", "the first who signed off stays");
    // Who does not speak it mends nothing in it.
    let mut mended = taken.clone();
    mended.get_mut("text.hnj.act").unwrap().text = "khác".to_owned();
    let refused = desk.accept_proposal(&who, number, &mended, None);
    assert_eq!(refused, Err(LibraryError::NeedsSpeaker));
    let mut other = taken.clone();
    other.get_mut("audio.hnj.act").unwrap().text = "1 1 x".to_owned();
    assert!(matches!(
        desk.accept_proposal(&who, number, &other, None),
        Err(LibraryError::NotFound(_))
    ));
    assert!(says(&desk, "audio.hnj.act").is_none());

    assert!(desk.accept_proposal(&who, number, &taken, None).unwrap());
    let recording = desk.library_recording(ITEM, "audio.hnj.act").unwrap();
    assert_eq!(recording, Some(voice.bytes));
    let signed_off: Vec<_> = desk
        .audit(&who, None, 500)
        .unwrap()
        .into_iter()
        .filter(|row| row.action == "signed_off_proposal")
        .collect();
    assert_eq!(signed_off.len(), 1);
    assert_eq!(signed_off[0].user, "minh");
    // The next import from text files does not take it away.
    let library = BTreeMap::from([(ITEM.to_owned(), article())]);
    desk.import_library(&library).unwrap();
    assert!(says(&desk, "audio.hnj.act").is_some());
    assert_eq!(
        says(&desk, "text.hnj.act").as_deref(),
        Some("Coj neeg mus.")
    );
    let mut without = article();
    for key in ["blocks", "block.act", "text.vi.act", "text.en.act"] {
        without.remove(key);
    }
    desk.import_library(&BTreeMap::from([(ITEM.to_owned(), without)]))
        .unwrap();
    assert!(says(&desk, "audio.hnj.act").is_none(), "its block is gone");
}

#[tokio::test]
async fn whoever_proposed_may_say_more_and_take_it_back() {
    let (home, desk, copy) = start();
    let sent = send(
        &home,
        items(change(&copy, &[("title.vi", "Mái nhà")], None), None),
    );
    sent.say(&home, |document| {
        document
            .add_message("xin sửa giúp", [0x71; 16], START, [1; 4])
            .unwrap()
    });
    desk.catch_up().await.unwrap();
    let page = only(&desk);
    assert_eq!(page.talk.len(), 1);
    assert_eq!(
        (page.talk[0].by.as_ref(), page.talk[0].text.as_str()),
        (None, "xin sửa giúp")
    );
    desk.reply(&lan(&desk), &page.report, "Từ nào ạ?", "t1")
        .unwrap();
    desk.catch_up().await.unwrap();
    assert_eq!(sent.phone.read(&home.relay).texts(), ["Từ nào ạ?"]);

    sent.say(&home, |document| {
        document.withdraw([0x72; 16], START + 5).unwrap().unwrap()
    });
    desk.catch_up().await.unwrap();
    let page = only(&desk);
    assert!(page.row.withdrawn_at.is_some());
    assert!(sent.phone.read(&home.relay).view().withdrawn_seen.is_some());
    let number = page.row.number;
    let refused = desk.accept_proposal(&hoa(&desk), number, &all_of(&page), None);
    assert_eq!(refused, Err(LibraryError::Withdrawn));
    assert!(desk.decline_proposal(&hoa(&desk), number, None).unwrap());
    desk.rebuild_projections().unwrap();
    let again = only(&desk);
    assert_eq!(
        again.talk,
        page.talk.iter().cloned().chain([]).collect::<Vec<_>>()
    );
    assert_eq!(again.row.withdrawn_at, page.row.withdrawn_at);
}

#[tokio::test]
async fn two_translators_at_one_place_are_shown_where_the_words_moved_on() {
    let (home, desk, copy) = start();
    send(
        &home,
        items(change(&copy, &[("text.en.act", "One")], None), None),
    );
    send(
        &home,
        items(change(&copy, &[("text.en.act", "Two")], None), None),
    );
    desk.catch_up().await.unwrap();
    let who = hoa(&desk);
    let rows = desk.proposals(&who).unwrap().open;
    let page = |at: usize| desk.proposal(&who, rows[at].number).unwrap().unwrap();
    let (first, second) = (page(0), page(1));
    let stale = all_of(&second);
    assert!(
        desk.accept_proposal(&who, first.row.number, &all_of(&first), None)
            .unwrap()
    );
    let refused = desk.accept_proposal(&who, second.row.number, &stale, None);
    assert_eq!(refused, Err(LibraryError::Stale));
    let second = page(1);
    assert_eq!(second.edits[0].standing, Standing::MovedOn);
    assert_eq!(second.edits[0].today.as_deref(), Some("One"));
    assert!(
        desk.accept_proposal(&who, second.row.number, &all_of(&second), None)
            .unwrap()
    );
    assert_eq!(says(&desk, "text.en.act").as_deref(), Some("Two"));
}

#[tokio::test]
async fn a_desk_that_lost_its_store_learns_from_relay_and_mailboxes_what_was_decided() {
    let (home, desk, copy) = start();
    let sent = send(
        &home,
        items(change(&copy, &[("title.en", "Home")], None), None),
    );
    let gone = send(
        &home,
        items(change(&copy, &[("title.en", "House")], None), None),
    );
    desk.catch_up().await.unwrap();
    let who = hoa(&desk);
    let rows = desk.proposals(&who).unwrap().open;
    let page = desk.proposal(&who, rows[0].number).unwrap().unwrap();
    desk.accept_proposal(&who, page.row.number, &all_of(&page), None)
        .unwrap();
    desk.decline_proposal(&who, rows[1].number, Some("để sau"))
        .unwrap();
    desk.catch_up().await.unwrap();
    let before = (
        sent.phone.read(&home.relay).envelopes,
        gone.phone.read(&home.relay).envelopes,
    );
    drop(desk);

    let desk = home.desk_at("again.db");
    desk.catch_up().await.unwrap();
    let all = desk.proposals(&lan(&desk)).unwrap();
    assert!(all.open.is_empty() && all.open_count == 0);
    let mut decisions: Vec<_> = all
        .decided
        .iter()
        .map(|row| (row.number, row.decision.unwrap().0, row.decided_by.clone()))
        .collect();
    decisions.sort_unstable_by_key(|row| row.0);
    assert_eq!(decisions[0].1, Decision::Accepted);
    assert_eq!(decisions[1].1, Decision::Declined);
    assert!(decisions.iter().all(|row| row.2.is_none()));
    let after = (
        sent.phone.read(&home.relay).envelopes,
        gone.phone.read(&home.relay).envelopes,
    );
    assert_eq!(before, after, "nobody is told twice");
    let twice = desk.decline_proposal(&hoa(&desk), decisions[0].0, None);
    assert_eq!(twice, Err(LibraryError::Decided));
}
