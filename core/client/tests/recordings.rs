//! Somebody who does not read wants to hear: recordings of whole languages come
//! when it costs nothing, and nothing says which page was heard.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::library::Publisher;
use common::{Hotline, NOW, phone};
use loive_client::{LanguageView, LibraryQuery, ManualClock, Phone, PhoneError, Problem};
use loive_protocol::{ChunkHash, Lane, LibraryAnswer, SyncRequest, SyncResponse, Wire as _};

struct World {
    hotline: Hotline,
    publisher: Publisher,
    clock: ManualClock,
    dir: tempfile::TempDir,
    phone: Phone,
}

/// Sound that is like no other, of two chunks.
fn sound(number: u8) -> Vec<u8> {
    (0..40_000_u32)
        .map(|at| number ^ u8::try_from(at.wrapping_mul(2_654_435_761) >> 24).unwrap())
        .collect()
}

/// An article of which one block is read in two languages, and one in Vietnamese.
fn world() -> World {
    let mut hotline = Hotline::new();
    let mut publisher = Publisher::new(&hotline.root);
    publisher.article("a09", "Việc nhẹ", "Không có hợp đồng.");
    publisher.add("a09", &[("text.hnj.bait", "Tsis muaj ntawv cog lus.")]);
    let shelf = &mut hotline.shelf;
    publisher.record(shelf, ("a09", "hnj", "bait"), &sound(1));
    publisher.record(shelf, ("a09", "vi", "bait"), &sound(2));
    publisher.record(shelf, ("a09", "vi", "keep"), &sound(3));
    publisher.publish(shelf);
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let mut world = World {
        hotline,
        publisher,
        clock,
        dir,
        phone,
    };
    world.look();
    world
}

impl World {
    /// Asks for news at once.
    fn look(&mut self) {
        self.phone.look_for_library().unwrap();
        self.hotline.sync(&self.phone).unwrap();
    }

    fn sync(&mut self) -> u32 {
        self.hotline.sync(&self.phone).unwrap().requests
    }

    fn language(&self, code: &str) -> LanguageView {
        let all = self.phone.languages("vi").unwrap();
        all.into_iter().find(|one| one.code == code).unwrap()
    }

    fn hears(&self, block: &str, lang: &str) -> bool {
        self.phone.recording("a09", block, lang).is_ok()
    }
}

#[test]
fn who_wants_to_hear_a_language_gets_all_of_it_and_no_other() {
    let mut world = world();
    assert!(!world.hears("bait", "hnj"));
    let before = world.hotline.shelf.handed_out;
    assert_eq!(world.sync(), 0, "nobody wants to hear anything");
    let language = world.language("hnj");
    assert_eq!((language.items, language.recordings), (1, 1));
    assert_eq!((language.bytes, language.bytes_here), (40_000, 0));
    assert!(!language.is_wanted);

    world.phone.set_listening("hnj", true).unwrap();
    world.phone.set_listening("hnj", true).unwrap();
    assert_eq!(world.sync(), 1);
    assert_eq!(world.hotline.shelf.handed_out, before + 2);
    assert!(world.phone.recording("a09", "bait", "hnj").unwrap() == sound(1));
    assert_eq!(
        world.phone.recording("a09", "bait", "vi"),
        Err(PhoneError::NotFound)
    );
    let language = world.language("hnj");
    assert_eq!((language.bytes_here, language.is_wanted), (40_000, true));
    assert_eq!(world.sync(), 0, "all of it is here");
}

#[test]
fn a_page_offers_the_language_that_is_read_or_says_that_it_is_another() {
    let mut world = world();
    world.phone.set_listening("vi", true).unwrap();
    world.sync();
    let page = world.phone.library_item("a09", "hnj").unwrap();
    let heard = page.blocks[0].recording.as_ref().unwrap();
    assert_eq!((heard.lang.as_str(), heard.is_fallback), ("hnj", false));
    assert_eq!((heard.bytes, heard.milliseconds), (40_000, 4_000));
    assert!(!heard.is_here);
    let heard = page.blocks[1].recording.as_ref().unwrap();
    assert_eq!((heard.lang.as_str(), heard.is_fallback), ("vi", true));
    assert!(heard.is_here && page.blocks[1].is_fallback);
    assert_eq!(page.blocks[1].lang, "vi", "never English");
}

#[test]
fn over_mobile_data_many_recordings_wait_for_leave() {
    let mut world = world();
    world.phone.set_metered(true);
    world.phone.set_library_unasked_bytes(60_000).unwrap();
    world.phone.set_listening("vi", true).unwrap();
    assert_eq!(world.sync(), 0);
    let standing = world.phone.library().unwrap();
    assert_eq!(standing.waiting_recording_bytes, Some(80_000));
    world.phone.allow_library().unwrap();
    assert_eq!(world.sync(), 1);
    assert!(world.hears("bait", "vi") && world.hears("keep", "vi"));
    assert_eq!(world.phone.library().unwrap().waiting_recording_bytes, None);

    // Leave is for what was shown: the next release's recordings wait anew.
    let shelf = &mut world.hotline.shelf;
    world
        .publisher
        .record(shelf, ("a09", "vi", "bait"), &sound(7));
    world
        .publisher
        .record(shelf, ("a09", "vi", "keep"), &sound(8));
    world.publisher.publish(shelf);
    world.look();
    assert!(!world.hears("bait", "vi"));
    world.phone.set_metered(false);
    world.sync();
    assert!(world.hears("bait", "vi"));

    // A small one comes without asking.
    world.phone.set_metered(true);
    world.phone.set_listening("hnj", true).unwrap();
    world.sync();
    assert!(world.hears("bait", "hnj"));
}

#[test]
fn a_new_release_goes_first_and_takes_away_what_nobody_reads_any_more() {
    let mut world = world();
    world.phone.set_listening("hnj", true).unwrap();
    world.sync();
    let shelf = &mut world.hotline.shelf;
    world
        .publisher
        .record(shelf, ("a09", "hnj", "bait"), &sound(9));
    world.publisher.publish(shelf);
    world.phone.set_listening("vi", true).unwrap();
    world.look();
    assert_eq!(world.phone.library().unwrap().release, Some(2));
    assert!(world.phone.recording("a09", "bait", "hnj").unwrap() == sound(9));
    assert!(world.hears("keep", "vi"));
    // The old sound is no secret: its page is free, and gone with the next scrub.
    world.phone.set_listening("zz", false).unwrap();
    let (bytes, old) = (dump(&world), sound(1));
    assert!(!bytes.windows(500).any(|it| it == &old[..500]));
}

fn dump(world: &World) -> Vec<u8> {
    let key = loive_cipher::StoreKey::from_bytes([7; 32]);
    loive_cipher::dump_plaintext(&world.dir.path().join("phone.db"), &key).unwrap()
}

#[test]
fn who_does_not_want_to_hear_a_language_any_more_leaves_no_sound_of_it() {
    let mut world = world();
    world.phone.set_listening("hnj", true).unwrap();
    world.phone.set_listening("vi", true).unwrap();
    world.sync();
    world.phone.set_listening("hnj", false).unwrap();
    let (gone, kept) = (sound(1), sound(2));
    let bytes = dump(&world);
    assert!(!bytes.windows(500).any(|it| it == &gone[..500]));
    assert!(bytes.windows(500).any(|it| it == &kept[..500]));
    assert!(!world.hears("bait", "hnj") && world.hears("bait", "vi"));
    assert_eq!(world.sync(), 0);
    world.phone.erase_private().unwrap();
    assert!(!world.hears("bait", "vi") && !world.language("vi").is_wanted);
    assert_eq!(world.sync(), 0);
}

/// The line breaks after every chunk, and once the phone dies.
#[test]
fn what_arrived_before_a_cut_is_not_fetched_again() {
    let mut world = world();
    world.phone.set_listening("vi", true).unwrap();
    let before = world.hotline.shelf.handed_out;
    for _ in 0..4 {
        world.phone.suspend().unwrap();
        world.phone = phone(world.dir.path(), &world.hotline, &world.clock);
        let mut is_up = true;
        let hotline = &mut world.hotline;
        // One chunk, then no signal.
        let _ = world.phone.sync_through(|_, bytes| {
            if !std::mem::replace(&mut is_up, false) {
                return Err(loive_client::TransportError::Offline);
            }
            let mut request = SyncRequest::from_bytes(bytes).unwrap();
            if let Some(ask) = &mut request.library {
                ask.want.truncate(1);
            }
            Ok(hotline.exchange(&request.to_bytes()))
        });
    }
    assert_eq!(world.hotline.shelf.handed_out, before + 4);
    assert!(world.phone.recording("a09", "keep", "vi").unwrap() == sound(3));
    assert!(world.phone.recording("a09", "bait", "vi").unwrap() == sound(2));
}

/// A relay that answers with something else, and one that has nothing.
#[test]
fn what_nobody_asked_for_is_not_kept_and_an_empty_answer_is_believed_for_an_hour() {
    let mut world = world();
    world.phone.set_listening("hnj", true).unwrap();
    let log = world.hotline.log;
    let answer = |chunks: &[Vec<u8>]| {
        let mut response = SyncResponse::new(log);
        response.library = Some(LibraryAnswer {
            manifest: None,
            chunks: chunks.iter().map(|it| it.clone().into()).collect(),
        });
        response.to_bytes()
    };
    let others = answer(&[sound(2)[..32_768].to_vec(), vec![5; 100]]);
    let fetched = world.phone.library().unwrap().bytes_fetched;
    let mut asked = 0;
    let mut sync = |phone: &Phone| {
        phone
            .sync_through(|lane, bytes| {
                assert_eq!(lane, Lane::Field);
                let request = SyncRequest::from_bytes(bytes).unwrap();
                let wanted: Vec<ChunkHash> = sound(1).chunks(32_768).map(ChunkHash::of).collect();
                assert_eq!(request.library.unwrap().want, wanted);
                asked += 1;
                Ok(others.clone())
            })
            .unwrap();
        asked
    };
    assert_eq!(sync(&world.phone), 1);
    assert_eq!(sync(&world.phone), 1, "not again within the hour");
    world.clock.advance(3_600);
    assert_eq!(sync(&world.phone), 2);
    assert_eq!(world.phone.library().unwrap().bytes_fetched, fetched);
    // Who looks for news does not wait.
    world.look();
    assert!(world.hears("bait", "hnj"));
}

/// Chunks of a language that is not wanted any more when they arrive.
#[test]
fn who_changes_their_mind_while_the_answer_is_on_its_way_keeps_nothing() {
    let mut world = world();
    world.phone.set_listening("hnj", true).unwrap();
    let (phone, hotline) = (&world.phone, &mut world.hotline);
    phone
        .sync_through(|_, bytes| {
            let answer = hotline.exchange(bytes);
            phone.set_listening("hnj", false).unwrap();
            Ok(answer)
        })
        .unwrap();
    assert_eq!(world.language("hnj").bytes_here, 0);
    assert_eq!(world.sync(), 0);
}

#[test]
fn languages_have_the_names_of_the_hotlines_list() {
    let mut world = world();
    world.publisher.write(
        "languages",
        &[
            ("kind", "languages"),
            ("blocks", "vi hnj tyz"),
            ("block.vi", "language"),
            ("block.hnj", "language"),
            ("block.tyz", "language"),
            ("text.vi.vi", "Tiếng Việt"),
            ("text.en.vi", "Vietnamese"),
            ("text.vi.hnj", "Mông"),
            ("text.vi.tyz", "Tày"),
        ],
    );
    world.publisher.add("a09", &[("title.zz", "Unlisted")]);
    world.publisher.publish(&mut world.hotline.shelf);
    world.look();
    let names = |lang: &str| -> Vec<(String, String)> {
        let all = world.phone.languages(lang).unwrap();
        all.into_iter().map(|one| (one.code, one.name)).collect()
    };
    let pair = |code: &str, name: &str| (code.to_owned(), name.to_owned());
    let listed = [
        pair("vi", "Vietnamese"),
        pair("hnj", "Mông"),
        pair("tyz", "Tày"),
        pair("zz", "zz"),
    ];
    assert_eq!(names("en"), listed);
    assert_eq!(names("vi")[0], pair("vi", "Tiếng Việt"));
    assert_eq!(world.language("tyz").items, 0);
    let wrong = world.phone.set_listening("Mông", true);
    assert!(matches!(
        wrong,
        Err(PhoneError::Invalid { field, reason: Problem::UnknownOption }) if field == "lang"
    ));
}

#[test]
fn an_item_without_a_word_of_the_language_is_there_in_vietnamese() {
    let mut world = world();
    world
        .publisher
        .article("a10", "Bài hai", "Chưa dịch hợp đồng.");
    world.publisher.add(
        "a10",
        &[
            ("title.en", "Two"),
            ("text.en.bait", "An English contract."),
        ],
    );
    world.publisher.add("a09", &[("title.hnj", "Haujlwm sib")]);
    world.publisher.publish(&mut world.hotline.shelf);
    world.look();
    let phone = &world.phone;
    let page = phone.library_item("a10", "hnj").unwrap();
    assert_eq!(page.blocks[0].text, "Chưa dịch hợp đồng.");
    assert!(page.line.is_fallback && page.blocks[0].is_fallback);
    assert_eq!(
        (page.line.lang.as_str(), page.line.title.as_str()),
        ("vi", "Bài hai")
    );
    let lines = phone.library_list(&LibraryQuery::default(), "hnj").unwrap();
    let shown: Vec<_> = lines
        .iter()
        .map(|it| (&*it.id, &*it.lang, it.is_fallback))
        .collect();
    assert_eq!(shown, [("a09", "hnj", false), ("a10", "vi", true)]);
    let hits = phone.library_search("hợp đồng", "hnj").unwrap();
    let found: Vec<_> = hits
        .iter()
        .map(|hit| (&*hit.line.id, &*hit.line.lang))
        .collect();
    assert_eq!(found, [("a09", "hnj"), ("a10", "vi")]);
    phone.set_favourite("a10", true).unwrap();
    let home = phone.library_home("hnj", None).unwrap();
    assert_eq!(home.favourites[0].lang, "vi");
    assert!(home.favourites[0].is_fallback);
}
