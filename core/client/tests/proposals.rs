//! Somebody in a village finds a mistake, translates a paragraph or reads one
//! aloud; the hotline hears it, decides, and says a word back.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::library::Publisher;
use common::voice::{VOICE, voice};
use common::{Hotline, NOW, filled_draft, offline, phone, text};
use loive_client::{
    Decision, Delivery, ManualClock, NewProposal, NewRecording, Part, Phone, PhoneError, Problem,
    ProposedText, Rejection,
};
use loive_documents::library::clean_recording;
use loive_protocol::{OpenError, ReportId};

/// A phone with the library, and the hotline that published it.
struct World {
    hotline: Hotline,
    publisher: Publisher,
    clock: ManualClock,
    dir: tempfile::TempDir,
    phone: Phone,
}

fn world() -> World {
    let mut hotline = Hotline::new();
    let mut publisher = Publisher::new(&hotline.root);
    publisher.article("a09", "Việc nhẹ, lương cao", "Không có hợp đồng.");
    publisher.publish(&mut hotline.shelf);
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.look_for_library().unwrap();
    hotline.sync(&phone).unwrap();
    World {
        hotline,
        publisher,
        clock,
        dir,
        phone,
    }
}

impl World {
    /// What the hotline has of it: key and words of the first text.
    fn received(&self, id: &ReportId) -> (String, String) {
        let (item, proposal, _) = self.hotline.cases[id].proposed.as_ref().unwrap();
        assert_eq!(item, "a09");
        proposal.texts[0].clone()
    }

    fn sync(&mut self) {
        self.hotline.sync(&self.phone).unwrap();
    }

    /// Sends, lets the desk work, and fetches its word.
    fn deliver(&mut self) {
        self.sync();
        self.hotline.work();
        self.sync();
    }
}

fn words(block: &str, lang: &str, words: &str) -> ProposedText {
    ProposedText {
        part: Part::Block(block.into()),
        lang: lang.into(),
        text: words.into(),
    }
}

fn correction() -> NewProposal {
    NewProposal {
        item: "a09".into(),
        texts: vec![words("bait", "vi", "Không có hợp đồng lao động.")],
        recording: None,
        note: Some("Thiếu chữ.".into()),
    }
}

fn read_aloud(ogg: &[u8]) -> NewProposal {
    NewProposal {
        item: "a09".into(),
        recording: Some(NewRecording {
            block: "keep".into(),
            lang: "hnj".into(),
            ogg: ogg.to_vec(),
        }),
        ..NewProposal::default()
    }
}

fn decision(phone: &Phone, id: &ReportId) -> Decision {
    phone.proposal(id, "vi").unwrap().summary.decision
}

#[test]
fn a_correction_made_offline_arrives_is_accepted_and_stands_in_the_next_release() {
    let mut world = world();
    let id = world.phone.propose(&correction()).unwrap();
    assert!(world.phone.sync_through(offline).is_err());
    let page = world.phone.proposal(&id, "en").unwrap();
    assert_eq!(page.summary.title.as_deref(), Some("Việc nhẹ, lương cao"));
    assert_eq!(page.summary.delivery, Delivery::OnThisPhone);
    assert_eq!(page.texts[0].today.as_deref(), Some("Không có hợp đồng."));
    assert_eq!(page.texts[0].proposed, "Không có hợp đồng lao động.");
    assert_eq!(page.note.as_deref(), Some("Thiếu chữ."));

    world.sync();
    let summary = &world.phone.proposals("vi").unwrap()[0];
    assert_eq!(summary.delivery, Delivery::AtRelay);
    world.deliver();
    assert_eq!(world.received(&id).0, "text.vi.bait");
    let page = world.phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.summary.delivery, Delivery::Opened);
    assert_eq!(page.summary.decision, Decision::Waiting);
    assert!(page.times.opened.is_some() && page.troubles.is_empty());

    world.hotline.mark_read(&id);
    world.hotline.reply(&id, "Cảm ơn, đã sửa.");
    world.hotline.now += 60;
    world.hotline.decide(&id, true);
    world
        .publisher
        .add("a09", &[("text.vi.bait", "Không có hợp đồng lao động.")]);
    world.publisher.publish(&mut world.hotline.shelf);
    world.phone.look_for_library().unwrap();
    world.sync();
    let page = world.phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.summary.decision, Decision::Accepted { at: NOW + 60 });
    assert_eq!(page.summary.delivery, Delivery::Read);
    assert_eq!(page.timeline[0].text, "Cảm ơn, đã sửa.");
    assert_eq!(page.texts[0].today.as_ref(), Some(&page.texts[0].proposed));
    assert!(!page.texts[0].has_moved_on);
}

#[test]
fn it_is_declined_with_a_word_and_who_proposed_asks_back() {
    let mut world = world();
    let id = world.phone.propose(&correction()).unwrap();
    world.deliver();
    world.hotline.reply(&id, "Câu cũ đúng hơn.");
    world.hotline.decide(&id, false);
    world.phone.send_message(&id, "Vì sao ạ?").unwrap();
    world.deliver();
    assert_eq!(decision(&world.phone, &id), Decision::Declined { at: NOW });
    let asked = &world.hotline.cases[&id].document.view().messages;
    assert_eq!(asked[0].text, "Vì sao ạ?");
    let page = world.phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.timeline.len(), 2);
    assert_eq!(page.timeline[1].delivery, Delivery::Opened);
    // A desk that lost its store decides once more: what was told first holds.
    world.hotline.now += 5;
    world.hotline.decide(&id, true);
    world.sync();
    assert_eq!(decision(&world.phone, &id), Decision::Declined { at: NOW });
}

#[test]
fn it_is_taken_back_and_erased_as_a_report_is() {
    let mut world = world();
    let id = world.phone.propose(&correction()).unwrap();
    world.deliver();
    world.phone.withdraw(&id).unwrap();
    world.phone.withdraw(&id).unwrap();
    world.deliver();
    assert!(world.hotline.cases[&id].document.view().withdrawn.is_some());
    let page = world.phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.withdrawal.unwrap().delivery, Delivery::Opened);
    // What was taken back may be proposed anew.
    let again = world.phone.propose(&correction()).unwrap();
    assert_ne!(again, id);
    world.phone.erase_report(&id).unwrap();
    assert_eq!(
        world.phone.proposal(&id, "vi").unwrap_err(),
        PhoneError::NotFound
    );
    assert_eq!(world.phone.proposals("vi").unwrap().len(), 1);
}

#[test]
fn reports_and_proposals_are_never_mistaken_for_each_other() {
    let mut world = world();
    let proposal = world.phone.propose(&correction()).unwrap();
    let report = world.phone.submit(filled_draft(&world.phone)).unwrap();
    world.deliver();
    let phone = &world.phone;
    assert_eq!(phone.reports().unwrap().len(), 1);
    assert_eq!(phone.reports().unwrap()[0].id, report);
    assert_eq!(phone.proposals("vi").unwrap()[0].id, proposal);
    assert_eq!(phone.report(&proposal).unwrap_err(), PhoneError::NotFound);
    assert_eq!(
        phone.proposal(&report, "vi").unwrap_err(),
        PhoneError::NotFound
    );
    let gone = Err(PhoneError::NotFound);
    assert_eq!(phone.amend(&proposal, "suspect_info", &text("x")), gone);
    assert!(phone.make_receipt(&proposal).is_err());
    assert_eq!(
        phone.proposed_recording(&report).unwrap_err(),
        PhoneError::NotFound
    );
}

#[test]
fn a_second_tap_proposes_nothing_new() {
    let world = world();
    let first = world.phone.propose(&correction()).unwrap();
    assert_eq!(world.phone.propose(&correction()), Ok(first));
    assert_eq!(world.phone.unsent().unwrap(), 1);
    let mut other = correction();
    other.note = None;
    assert_ne!(world.phone.propose(&other), Ok(first));
}

#[test]
fn what_cannot_be_proposed_says_why() {
    let world = world();
    let invalid = |field: &str, reason| PhoneError::Invalid {
        field: field.into(),
        reason,
    };
    let refused = |change: &dyn Fn(&mut NewProposal)| {
        let mut new = correction();
        change(&mut new);
        world.phone.propose(&new).unwrap_err()
    };
    assert_eq!(refused(&|it| it.item = "a99".into()), PhoneError::NotFound);
    let nothing = refused(&|it| it.texts.clear());
    assert_eq!(nothing, invalid("proposal", Problem::Empty));
    let same = refused(&|it| it.texts[0].text = " Không có hợp đồng.\n".into());
    assert_eq!(same, invalid("proposal", Problem::NothingNew));
    let blank = refused(&|it| it.texts[0].text = " \n ".into());
    assert_eq!(blank, invalid("text", Problem::Empty));
    let elsewhere = refused(&|it| it.texts[0].part = Part::Block("nowhere".into()));
    assert_eq!(elsewhere, invalid("block", Problem::UnknownOption));
    let lang = refused(&|it| it.texts[0].lang = "Tiếng Mông".into());
    assert_eq!(lang, invalid("lang", Problem::UnknownOption));
    let note = refused(&|it| it.note = Some("ữ".repeat(501)));
    let (limit, found) = (500, 501);
    assert_eq!(note, invalid("note", Problem::TooLong { limit, found }));
    // Somebody pastes a book: how much of it goes is said in characters.
    let book = refused(&|it| it.texts[0].text = "ữ".repeat(100_000));
    let (limit, found) = (8_192 / "ữ".len(), 100_000);
    assert_eq!(book, invalid("text", Problem::TooLong { limit, found }));
    let all = refused(&|it| {
        it.texts = ["vi", "en", "hnj", "tyz"]
            .map(|lang| words("bait", lang, &"a".repeat(8_000)))
            .into();
    });
    let reason = Rejection::TooLarge;
    assert_eq!(all, PhoneError::Rejected { reason });
    assert!(world.phone.proposals("vi").unwrap().is_empty());
    assert_eq!(world.phone.unsent().unwrap(), 0);
}

#[test]
fn a_recording_that_is_none_says_why() {
    let world = world();
    let refused = |ogg: &[u8]| match world.phone.propose(&read_aloud(ogg)).unwrap_err() {
        PhoneError::Invalid { field, reason } if field == "recording" => reason,
        other => panic!("{other}"),
    };
    assert_eq!(refused(b"RIFF....WAVE"), Problem::NotOpus);
    assert_eq!(refused(&voice(0, 10)), Problem::Silent);
    assert!(matches!(
        refused(&voice(60, 10)),
        Problem::TooLarge { limit: 49_152, found } if found > 60_000
    ));
    let mut elsewhere = read_aloud(VOICE);
    elsewhere.recording.as_mut().unwrap().block = "nowhere".into();
    assert!(matches!(
        world.phone.propose(&elsewhere),
        Err(PhoneError::Invalid { field, .. }) if field == "block"
    ));
}

#[test]
fn a_recording_leaves_the_phone_with_nothing_but_its_sound() {
    let mut world = world();
    assert!(VOICE.windows(8).any(|it| it == b"LOCATION"));
    let id = world.phone.propose(&read_aloud(VOICE)).unwrap();
    world.deliver();
    let clean = clean_recording(VOICE).unwrap().bytes;
    let (_, _, sound) = world.hotline.cases[&id].proposed.as_ref().unwrap();
    assert!(sound.as_ref() == Some(&clean));
    assert!(world.phone.proposed_recording(&id).unwrap() == clean);
    let page = world.phone.proposal(&id, "vi").unwrap();
    let recording = page.recording.unwrap();
    assert_eq!(
        (recording.lang, recording.block),
        ("hnj".into(), "keep".into())
    );
    assert_eq!(recording.bytes as usize, clean.len());
    assert!(page.texts.is_empty());
}

/// The largest recording beside the longest words: they fit one envelope, or the
/// phone says at once that they do not.
#[test]
fn the_largest_recording_goes_in_one_envelope() {
    let mut world = world();
    let ogg = voice(47, 3_000);
    assert!(clean_recording(&ogg).unwrap().bytes.len() > 48_000);
    let mut new = read_aloud(&ogg);
    new.texts = vec![words(
        "keep",
        "hnj",
        &"Hais rau ib tug phooj ywg. ".repeat(80),
    )];
    let id = world.phone.propose(&new).unwrap();
    world.deliver();
    assert!(
        world.hotline.cases[&id]
            .proposed
            .as_ref()
            .unwrap()
            .2
            .is_some()
    );
    assert_eq!(
        world.phone.proposal(&id, "vi").unwrap().summary.delivery,
        Delivery::Opened
    );
}

#[test]
fn two_translators_at_one_paragraph_are_both_heard() {
    let mut world = world();
    let other_dir = tempfile::tempdir().unwrap();
    let other = phone(other_dir.path(), &world.hotline, &world.clock);
    other.look_for_library().unwrap();
    world.hotline.sync(&other).unwrap();
    let mut hers = correction();
    hers.texts = vec![words("keep", "hnj", "Hais rau ib tug.")];
    let mut his = hers.clone();
    his.texts = vec![words("keep", "hnj", "Qhia rau phooj ywg.")];
    let hers = world.phone.propose(&hers).unwrap();
    let his = other.propose(&his).unwrap();
    world.hotline.sync(&other).unwrap();
    world.deliver();
    assert_eq!(world.received(&hers).1, "Hais rau ib tug.");
    assert_eq!(world.received(&his).1, "Qhia rau phooj ywg.");

    // Hers is taken; he sees what stands there now.
    world
        .publisher
        .add("a09", &[("text.hnj.keep", "Hais rau ib tug.")]);
    world.publisher.publish(&mut world.hotline.shelf);
    world.hotline.decide(&hers, true);
    world.hotline.decide(&his, false);
    other.look_for_library().unwrap();
    world.hotline.sync(&other).unwrap();
    let page = other.proposal(&his, "vi").unwrap();
    assert!(page.texts[0].has_moved_on);
    assert_eq!(page.texts[0].today.as_deref(), Some("Hais rau ib tug."));
}

#[test]
fn two_proposals_of_one_phone_have_nothing_in_common() {
    let mut world = world();
    let mut ids = Vec::new();
    for text in ["Một.", "Hai."] {
        let mut new = correction();
        new.texts[0].text = text.into();
        ids.push(world.phone.propose(&new).unwrap());
    }
    world.deliver();
    let actors: Vec<[u8; 16]> = ids
        .iter()
        .map(|id| {
            let (_, proposal, _) = world.hotline.cases[id].proposed.as_ref().unwrap();
            let rules = loive_documents::validate::Rules::library();
            let summary = loive_documents::validate::check_change(proposal.raw(), &rules);
            summary.unwrap().actor
        })
        .collect();
    assert_ne!(actors[0], actors[1]);
    assert_ne!(
        world.hotline.cases[&ids[0]].seed.as_bytes(),
        world.hotline.cases[&ids[1]].seed.as_bytes()
    );
}

/// The hotline destroyed its key while the phone was in the mountains.
#[test]
fn a_proposal_is_sealed_anew_from_what_is_kept() {
    let mut world = world();
    let mut new = read_aloud(VOICE);
    new.texts = vec![words("keep", "hnj", "Hais rau ib tug.")];
    let id = world.phone.propose(&new).unwrap();
    world.hotline.rotate_seal(true);
    world.sync();
    world.deliver();
    let opened = world.hotline.cases[&id].proposed.as_ref().unwrap();
    assert_eq!(opened.1.texts[0].1, "Hais rau ib tug.");
    assert!(opened.2.as_ref() == Some(&clean_recording(VOICE).unwrap().bytes));
    let page = world.phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.summary.delivery, Delivery::Opened);
    // What was sealed to the old key, if it went out, opens nowhere.
    assert!(
        world
            .hotline
            .unopened
            .iter()
            .all(|it| *it == OpenError::UnknownKey)
    );
}

#[test]
fn a_proposal_outlives_its_item_and_the_app() {
    let mut world = world();
    let id = world.phone.propose(&correction()).unwrap();
    let World {
        hotline,
        clock,
        dir,
        phone: old,
        publisher,
    } = &mut world;
    publisher.forget("a09");
    publisher.article("a10", "Bài khác", "Chữ khác.");
    hotline.shelf.release = None;
    old.suspend().unwrap();
    let phone = phone(dir.path(), hotline, clock);
    let signed = publisher.publish(&mut hotline.shelf);
    phone.take_library_file(&publisher.file(&signed)).unwrap();
    assert!(phone.library_item("a09", "vi").is_err());
    let page = phone.proposal(&id, "vi").unwrap();
    assert_eq!(page.summary.title, None);
    assert_eq!(page.texts[0].today, None);
    assert!(page.texts[0].has_moved_on);
    hotline.sync(&phone).unwrap();
    hotline.work();
    assert!(hotline.cases.contains_key(&id));
}
