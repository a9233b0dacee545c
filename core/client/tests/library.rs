//! The library on the phone: releases that come, break off, lie or are too
//! large, and what somebody reads.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::library::Publisher;
use common::{Hotline, NOW, phone};
use loive_client::{
    LibraryQuery, ManualClock, Phone, PhoneError, Rejection, Segment, Taken, TransportError,
};
use loive_protocol::*;

/// Bytes that do not compress, as letters: a release of several chunks.
fn noise(seed: u64, chars: usize) -> String {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'a' + u8::try_from((state >> 33) % 26).unwrap())
    })
    .take(chars)
    .collect()
}

struct World {
    hotline: Hotline,
    publisher: Publisher,
    clock: ManualClock,
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let hotline = Hotline::new();
        Self {
            publisher: Publisher::new(&hotline.root),
            hotline,
            clock: ManualClock::at(NOW),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn phone(&self) -> Phone {
        phone(self.dir.path(), &self.hotline, &self.clock)
    }

    fn publish(&mut self) -> SignedManifest {
        self.publisher.publish(&mut self.hotline.shelf)
    }

    fn sync(&mut self, phone: &Phone) {
        phone.look_for_library().unwrap();
        self.hotline.sync(phone).unwrap();
    }
}

fn titles(phone: &Phone) -> Vec<String> {
    let lines = phone.library_list(&LibraryQuery::default(), "vi").unwrap();
    lines.into_iter().map(|line| line.title).collect()
}

#[test]
fn a_new_phone_gets_the_library_and_reads_it() {
    let mut world = World::new();
    world
        .publisher
        .article("a09", "Việc nhẹ, lương cao", "Không có hợp đồng.");
    world.publish();
    let phone = world.phone();
    assert_eq!(phone.library().unwrap().release, None);
    world.sync(&phone);

    let standing = phone.library().unwrap();
    assert_eq!(standing.release, Some(1));
    assert_eq!(standing.age_days, Some(0));
    let page = phone.library_item("a09", "en").unwrap();
    assert!(page.line.is_fallback && page.blocks[0].is_fallback);
    assert_eq!(page.blocks[0].text, "Không có hợp đồng.");
    assert_eq!(page.blocks[0].sources, ["S41"]);
    assert!(!page.is_reviewed);
    assert_eq!(page.checked_on.as_deref(), Some("2026-11-23"));
    assert_eq!(
        phone.library_item("a99", "vi").unwrap_err(),
        PhoneError::NotFound
    );
}

/// Reports go whenever there are any; the library is asked for now and then.
#[test]
fn news_is_asked_for_once_an_hour() {
    let mut world = World::new();
    let phone = world.phone();
    assert_eq!(world.hotline.sync(&phone).unwrap().requests, 0);
    world.clock.advance(3_599);
    assert_eq!(world.hotline.sync(&phone).unwrap().requests, 0);
    world.clock.advance(1);
    let summary = world.hotline.sync(&phone).unwrap();
    assert_eq!(summary.requests, 1);
    assert!(summary.bytes_up + summary.bytes_down < 80, "{summary:?}");
    assert_eq!(world.hotline.sync(&phone).unwrap().requests, 0);
}

#[test]
fn a_phone_in_use_fetches_only_what_changed() {
    let mut world = World::new();
    for n in 0..60 {
        let text = noise(n, 4_000);
        world.publisher.article(&format!("a{n:02}"), "Bài", &text);
    }
    world.publish();
    let phone = world.phone();
    world.sync(&phone);
    let first = phone.library().unwrap().bytes_fetched;
    world.publisher.article("a07", "Bài mới", "Một câu.");
    world.publish();
    world.sync(&phone);
    let standing = phone.library().unwrap();
    assert_eq!(standing.release, Some(2));
    assert_eq!(
        phone.library_item("a07", "vi").unwrap().line.title,
        "Bài mới"
    );
    let second = standing.bytes_fetched - first;
    assert!(first > 100_000 && second < 1_000, "{first}, {second}");
}

/// The network breaks off after every chunk; none is fetched twice.
#[test]
fn a_fetch_that_breaks_off_goes_on_where_it_was() {
    let mut world = World::new();
    for n in 0..40 {
        let text = noise(n, 8_000);
        world.publisher.article(&format!("a{n:02}"), "Bài", &text);
    }
    world.publish();
    let all = world.hotline.shelf.chunks.len();
    assert!(all > 4, "{all}");
    let mut rounds = 0;
    let phone = loop {
        // Each time another process: only what is on disk counts.
        let phone = world.phone();
        if phone.library().unwrap().release.is_some() {
            break phone;
        }
        phone.look_for_library().unwrap();
        let mut answered = false;
        let hotline = &mut world.hotline;
        let _ = phone.sync_through(|_, bytes| {
            if answered {
                return Err(TransportError::Interrupted);
            }
            answered = true;
            // One chunk fits.
            let mut request = SyncRequest::from_bytes(bytes).unwrap();
            request.page_bytes = 131_072;
            let mut response =
                SyncResponse::from_bytes(&hotline.exchange(&request.to_bytes())).unwrap();
            if let Some(library) = &mut response.library {
                library.chunks.truncate(1);
            }
            Ok(response.to_bytes())
        });
        rounds += 1;
        assert!(rounds <= all + 1, "{rounds} rounds for {all} chunks");
    };
    assert_eq!(titles(&phone).len(), 40);
    let fetched = phone.library().unwrap().bytes_fetched;
    let whole: usize = world.hotline.shelf.chunks.iter().map(Vec::len).sum();
    assert_eq!(usize::try_from(fetched).unwrap(), whole);
}

#[test]
fn a_release_that_is_not_what_it_says_leaves_the_old_one() {
    let mut world = World::new();
    world.publisher.article("a01", "Cũ", "Một.");
    world.publish();
    let phone = world.phone();
    world.sync(&phone);

    // Signed, but its packs make other documents than its digest names.
    world.publisher.article("a01", "Mới", "Hai.");
    world.publish();
    let (_, mut wrong) = world.hotline.shelf.release.clone().unwrap();
    wrong.digest = Digest::of([]);
    world.hotline.shelf.release = Some((world.publisher.sign(&wrong), wrong));
    world.sync(&phone);
    world.sync(&phone);
    let standing = phone.library().unwrap();
    assert_eq!((standing.release, standing.is_refused), (Some(1), true));
    assert_eq!(titles(&phone), ["Cũ"]);
    // It is not fetched again and again.
    let handed_out = world.hotline.shelf.handed_out;
    world.sync(&phone);
    assert_eq!(world.hotline.shelf.handed_out, handed_out);

    // The next good one is taken.
    world.publish();
    world.sync(&phone);
    let standing = phone.library().unwrap();
    assert_eq!((standing.release, standing.is_refused), (Some(3), false));
    assert_eq!(titles(&phone), ["Mới"]);
}

#[test]
fn a_stranger_publishes_nothing_and_nobody_goes_back() {
    let mut world = World::new();
    world.publisher.article("a01", "Một", "Một.");
    let first = world.publish();
    let old = world.publisher.file(&first);
    world.publisher.article("a01", "Hai", "Hai.");
    world.publish();
    let phone = world.phone();
    world.sync(&phone);
    assert_eq!(titles(&phone), ["Hai"]);

    // An old release, from a relay and out of a file.
    let newest = world.hotline.shelf.release.replace((
        first.clone(),
        first.verify(&world.hotline.root.public()).unwrap(),
    ));
    world.sync(&phone);
    assert_eq!(titles(&phone), ["Hai"]);
    assert_eq!(
        phone.take_library_file(&old).unwrap_err(),
        PhoneError::Rejected {
            reason: Rejection::OlderRelease
        }
    );

    // A release by somebody else.
    let stranger = RootKey::from_bytes([9; 32]);
    let mut theirs = Publisher::new(&stranger);
    theirs.article("a01", "Lạ", "Lạ.");
    world.hotline.shelf.release = newest;
    for _ in 0..3 {
        theirs.publish(&mut world.hotline.shelf);
    }
    let file = theirs.file(&world.hotline.shelf.release.clone().unwrap().0);
    world.sync(&phone);
    assert_eq!(
        phone.take_library_file(&file).unwrap_err(),
        PhoneError::Rejected {
            reason: Rejection::NotOurRelease
        }
    );
    assert_eq!(titles(&phone), ["Hai"]);
}

#[test]
fn a_release_goes_from_phone_to_phone_without_a_network() {
    let mut world = World::new();
    world.publisher.article("a01", "Một", "Một.");
    world.publisher.article("a02", "Hai", "Hai.");
    let signed = world.publish();
    let shipped = world.publisher.file(&signed);
    let first = world.phone();
    assert_eq!(
        first.take_library_file(&shipped).unwrap(),
        Taken::Shown { release: 1 }
    );
    let file = first.library_file().unwrap();
    let other = tempfile::tempdir().unwrap();
    let second = phone(other.path(), &world.hotline, &world.clock);
    assert_eq!(
        second.take_library_file(&file).unwrap(),
        Taken::Shown { release: 1 }
    );
    assert_eq!(
        second.take_library_file(&file).unwrap(),
        Taken::Known { release: 1 }
    );
    assert_eq!(titles(&second), ["Một", "Hai"]);

    // Not a byte of it may be another.
    let third = tempfile::tempdir().unwrap();
    let third = phone(third.path(), &world.hotline, &world.clock);
    for at in (0..file.len()).step_by(37) {
        let mut wrong = file.clone();
        wrong[at] ^= 0x10;
        // The time at which the file was made is nobody's word on the library.
        if third.take_library_file(&wrong).is_ok() {
            let read = ReleaseFile::from_bytes(&wrong).unwrap();
            assert_ne!(
                read.made_at,
                ReleaseFile::from_bytes(&file).unwrap().made_at
            );
            third.set_favourite("a01", false).unwrap();
        }
    }
    assert!(third.take_library_file(b"garbage").is_err());
}

#[test]
fn over_mobile_data_a_large_release_waits_for_leave() {
    let mut world = World::new();
    for n in 0..40 {
        let text = noise(n, 8_000);
        world.publisher.article(&format!("a{n:02}"), "Bài", &text);
    }
    world.publish();
    let phone = world.phone();
    phone.set_metered(true);
    world.sync(&phone);
    world.sync(&phone);
    let standing = phone.library().unwrap();
    assert_eq!((standing.release, standing.bytes_fetched), (None, 0));
    assert!(standing.waiting_bytes.unwrap() > standing.unasked_bytes);

    phone.allow_library().unwrap();
    world.sync(&phone);
    assert_eq!(phone.library().unwrap().release, Some(1));

    // A small one comes by itself.
    world.publisher.article("a01", "Ngắn", "Ngắn.");
    world.publish();
    world.sync(&phone);
    assert_eq!(phone.library().unwrap().release, Some(2));
}

fn marked(segments: &[Segment]) -> Vec<&str> {
    segments
        .iter()
        .filter(|segment| segment.is_match)
        .map(|segment| segment.text.as_str())
        .collect()
}

#[test]
fn one_finds_things_without_marks_by_ear_and_by_old_names() {
    let mut world = World::new();
    world.publisher.article(
        "a01",
        "Xuất cảnh an toàn",
        "Đi qua cửa khẩu, giữ giấy tờ. **Đường** mòn thì nguy hiểm.",
    );
    world
        .publisher
        .article("a02", "Sở Y tế giúp gì", "Xã báo ngay Sở Y tế.");
    world.publisher.write(
        "aliases",
        &[
            ("kind", "aliases"),
            ("blocks", "n1"),
            ("block.n1", "alias"),
            ("from.n1", "Sở LĐTBXH"),
            ("to.n1", "Sở Y tế"),
        ],
    );
    world.publish();
    let phone = world.phone();
    world.sync(&phone);
    let find = |text: &str| phone.library_search(text, "vi").unwrap();

    for typed in ["đường mòn", "duong mon", "DUONG MO", "mòn đường"] {
        let hits = find(typed);
        assert_eq!(hits.len(), 1, "{typed}");
        assert_eq!(marked(&hits[0].snippet).len(), 2, "{typed}");
        assert_eq!(marked(&hits[0].snippet)[0], "Đường");
    }
    // Heard, not read.
    let heard = find("suất cảnh");
    assert_eq!(heard[0].line.id, "a01");
    assert_eq!(marked(&heard[0].title), ["Xuất", "cảnh"]);
    // By its old name.
    let old = find("sở lđtbxh");
    assert_eq!(old[0].line.id, "a02");
    assert_eq!(old[0].instead.as_deref(), Some("Sở Y tế"));
    // What is no word finds nothing and breaks nothing.
    for typed in [
        "",
        "   ",
        "\"",
        "a OR b*",
        "title:x",
        "((",
        "🙂",
        "NEAR(a b)",
    ] {
        let _ = find(typed);
    }
    assert!(find("không có gì ở đây").is_empty());
    assert!(find(&"x".repeat(100_000)).is_empty());
}

#[test]
fn marks_are_private_and_go_at_one_call() {
    let mut world = World::new();
    world.publisher.article("a01", "Một", "Một.");
    world.publish();
    let phone = world.phone();
    world.sync(&phone);
    phone.set_favourite("a01", true).unwrap();
    phone.set_favourite("a01", true).unwrap();
    assert_eq!(phone.favourites("vi").unwrap().len(), 1);
    assert_eq!(
        phone.set_favourite("a77", true).unwrap_err(),
        PhoneError::NotFound
    );
    // A new release does not take them away.
    world.publisher.article("a01", "Một hơn", "Một.");
    world.publish();
    world.sync(&phone);
    assert_eq!(phone.favourites("vi").unwrap()[0].title, "Một hơn");
    phone.erase_private().unwrap();
    assert!(phone.favourites("vi").unwrap().is_empty());
}
