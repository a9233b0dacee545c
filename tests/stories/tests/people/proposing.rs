//! Two translators propose words and a voice, and the hotline decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use loive_client::{
    Decision, LanguageView, NewProposal, NewRecording, Part, PhoneError, ProposalPage, ProposedText,
};
use loive_documents::library::clean_recording;
use loive_protocol::ReportId;
use loive_server::desk::library::{self, Taken, fingerprint};
use loive_server::desk::{Desk, Role, User};
use loive_stories::{Handset, PASSWORD, World, eventually};

use super::library::{content, gets, release};

/// Two seconds of a voice, as a phone records it.
const VOICE: &[u8] = include_bytes!("../../../../core/documents/src/library/recording/voice.opus");
const ITEM: &str = "a09";
/// A language that is neither Vietnamese nor English.
const SPOKEN: &str = "hnj";

fn words(part: Part, lang: &str, text: &str) -> ProposedText {
    ProposedText {
        part,
        lang: lang.to_owned(),
        text: text.to_owned(),
    }
}

fn proposal(texts: Vec<ProposedText>, note: Option<&str>) -> NewProposal {
    NewProposal {
        item: ITEM.to_owned(),
        texts,
        recording: None,
        note: note.map(str::to_owned),
    }
}

/// The first block of the article, by its id.
fn block(phone: &Handset) -> String {
    let page = phone.phone().library_item(ITEM, "vi").expect("it is there");
    page.blocks[0].id.clone()
}

fn user(desk: &Desk, name: &str, display: &str, role: Role) -> User {
    desk.add_user(name, display, role, PASSWORD)
        .expect("somebody gets a login")
}

/// The number that a proposal has at the desk.
fn number(desk: &Desk, who: &User, id: &ReportId) -> u64 {
    let open = desk.proposals(who).expect("they are read").open;
    let mut pages = open
        .iter()
        .map(|row| page(desk, who, row.number))
        .filter(|page| page.report == *id);
    pages.next().expect("it is at the desk").row.number
}

fn page(desk: &Desk, who: &User, number: u64) -> library::ProposalPage {
    let page = desk.proposal(who, number).expect("it is read");
    page.expect("it is there")
}

/// Everything that is proposed, as it stands on the page, with `text` for words.
fn taken(page: &library::ProposalPage, text: Option<&str>) -> BTreeMap<String, Taken> {
    let edits = page.edits.iter();
    edits
        .map(|edit| {
            let seen = fingerprint(edit.today.as_deref());
            let text = text.unwrap_or(&edit.value).to_owned();
            (edit.key.clone(), Taken { seen, text })
        })
        .collect()
}

/// Syncs until the hotline's decision is on the phone.
async fn decided(phone: &Handset, id: &ReportId) -> ProposalPage {
    let what = "the hotline's decision is on the phone";
    phone
        .sync_until(what, |phone| {
            let page = phone.proposal(id, "vi").expect("it is on this phone");
            (page.summary.decision != Decision::Waiting).then_some(page)
        })
        .await
}

/// What the hotline wrote.
fn said(page: &ProposalPage) -> Vec<&str> {
    page.timeline
        .iter()
        .map(|line| line.text.as_str())
        .collect()
}

fn spoken(phone: &Handset) -> LanguageView {
    let all = phone.phone().languages("vi").expect("they are read");
    let mut spoken = all.into_iter().filter(|one| one.code == SPOKEN);
    spoken.next().expect("there is something in it")
}

/// A hotline with the library of the repository, and two phones that have it.
async fn world() -> (World, Handset, Handset) {
    let world = World::new().await;
    let desk = world.desk();
    desk.import_library(&content().documents())
        .expect("it fits");
    let first = release(&world, desk, "the first");
    let (huong, seng) = (world.handset(), world.handset());
    gets(&huong, first).await;
    gets(&seng, first).await;
    (world, huong, seng)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_translators_propose_offline_and_hear_what_became_of_it() {
    let (world, huong, seng) = world().await;
    let desk: &Arc<Desk> = world.desk();
    let part = || Part::Block(block(&huong));

    // In two villages without a signal.
    let correction = vec![words(part(), "vi", "Không có hợp đồng thì đừng đi.")];
    let correction = proposal(correction, Some("Câu cũ khó hiểu."));
    let correction = huong.phone().propose(&correction).expect("it is kept");
    let other_title = vec![words(Part::Title, "en", "Easy money")];
    let other_title = proposal(other_title, None);
    let other_title = huong.phone().propose(&other_title).expect("it is kept");
    let mut read_aloud = proposal(
        vec![words(part(), SPOKEN, "Tsis muaj ntawv cog lus.")],
        None,
    );
    read_aloud.recording = Some(NewRecording {
        block: block(&seng),
        lang: SPOKEN.to_owned(),
        ogg: VOICE.to_vec(),
    });
    let read_aloud = seng.phone().propose(&read_aloud).expect("it is kept");
    assert_eq!(
        huong.phone().proposals("vi").expect("they are read").len(),
        2
    );
    assert!(huong.phone().reports().expect("they are read").is_empty());

    // Later each of them is where there is one.
    huong.sync().await;
    seng.sync().await;
    eventually("three proposals are at the desk", async || {
        (desk.open_proposals() == Ok(3)).then_some(())
    })
    .await;
    assert_eq!(world.counsellor().count(), 0, "none of them is a report");

    let hoa = user(desk, "hoa", "Chị Hoa", Role::Administrator);
    let minh = user(desk, "minh", "Anh Minh", Role::Counsellor);
    let at = number(desk, &hoa, &correction);
    let mended = taken(
        &page(desk, &hoa, at),
        Some("Không có hợp đồng thì đừng đi đâu."),
    );
    let accepted = desk.accept_proposal(&hoa, at, &mended, Some("Cảm ơn em, chị thêm một chữ."));
    assert_eq!(accepted, Ok(true));

    let at = number(desk, &hoa, &read_aloud);
    let all = taken(&page(desk, &hoa, at), None);
    let early = desk.accept_proposal(&hoa, at, &all, None);
    assert_eq!(early, Err(library::LibraryError::NeedsSpeaker));
    let heard = desk.proposal_recording(&minh, at).expect("it is read");
    let voice = clean_recording(VOICE).expect("it is a recording").bytes;
    assert!(
        heard.as_ref() == Some(&voice),
        "Minh hears what phones will"
    );
    desk.sign_off_proposal(&minh, at).expect("Minh speaks it");
    assert_eq!(desk.accept_proposal(&hoa, at, &all, None), Ok(true));

    let at = number(desk, &hoa, &other_title);
    let why = Some("Bài khác đã có tên này.");
    assert_eq!(desk.decline_proposal(&hoa, at, why), Ok(true));
    assert_eq!(desk.open_proposals(), Ok(0));
    let second = release(&world, desk, "what was proposed");

    // Both hear of it, and both get the release.
    let page = decided(&huong, &correction).await;
    assert!(matches!(page.summary.decision, Decision::Accepted { .. }));
    assert_eq!(said(&page), ["Cảm ơn em, chị thêm một chữ."]);
    let page = decided(&huong, &other_title).await;
    assert!(matches!(page.summary.decision, Decision::Declined { .. }));
    assert_eq!(said(&page), ["Bài khác đã có tên này."]);
    let page = decided(&seng, &read_aloud).await;
    assert!(matches!(page.summary.decision, Decision::Accepted { .. }));
    assert!(said(&page).is_empty());
    gets(&huong, second).await;
    gets(&seng, second).await;

    hear(&huong, &seng, &voice).await;
    world.end().await;
}

/// Seng's phone plays the recording; Hương's never fetched it.
async fn hear(huong: &Handset, seng: &Handset, voice: &[u8]) {
    let id = block(seng);
    let page = huong.phone().library_item(ITEM, "vi").expect("it is there");
    assert!(page.blocks[0].recording.is_none(), "not in Vietnamese");
    seng.phone()
        .set_listening(SPOKEN, true)
        .expect("it is noted");
    let heard = seng
        .sync_until("the recording is on the phone", |phone| {
            phone.recording(ITEM, &id, SPOKEN).ok()
        })
        .await;
    assert!(heard == voice);
    let page = seng
        .phone()
        .library_item(ITEM, SPOKEN)
        .expect("it is there");
    let recording = page.blocks[0].recording.as_ref().expect("it is offered");
    assert!(recording.is_here && !recording.is_fallback);

    huong.sync().await;
    let missing = huong.phone().recording(ITEM, &id, SPOKEN);
    assert_eq!(missing, Err(PhoneError::NotFound));
    let (here, there) = (spoken(seng), spoken(huong));
    assert_eq!((here.recordings, there.recordings), (1, 1));
    assert_eq!(here.bytes_here, here.bytes);
    assert_eq!((there.bytes_here, there.is_wanted), (0, false));
}
