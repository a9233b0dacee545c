//! What a person reads, and that nobody can tell afterwards.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::library::Publisher;
use common::{Hotline, NOW, phone};
use loive_client::{DirectoryQuery, EntryStanding, LibraryQuery, ManualClock, Phone};
use loive_documents::library::Kind;
use loive_documents::screening::{Level, Offer, Tri};

fn alert(publisher: &mut Publisher, id: &str, title: &str, provinces: &str, from: &str) {
    publisher.write(
        id,
        &[
            ("kind", "alert"),
            ("title.vi", title),
            ("provinces", provinces),
            ("from", from),
        ],
    );
}

fn entry(publisher: &mut Publisher, id: &str, more: &[(&str, &str)]) {
    let mut pairs = vec![
        ("kind", "entry"),
        ("title.vi", id),
        ("scope", "nationwide"),
        ("needs", "advice"),
        ("status", "verified"),
        ("checked_on", "2026-11-23"),
        ("blocks", "n1"),
        ("block.n1", "number dial=111"),
        ("text.vi.n1", "111"),
    ];
    for (key, value) in more {
        pairs.retain(|(known, _)| known != key);
        pairs.push((key, value));
    }
    publisher.write(id, &pairs);
}

/// A phone with a small library.
fn reader(dir: &tempfile::TempDir, clock: &ManualClock, fill: impl Fn(&mut Publisher)) -> Phone {
    let mut hotline = Hotline::new();
    let mut publisher = Publisher::new(&hotline.root);
    fill(&mut publisher);
    let signed = publisher.publish(&mut hotline.shelf);
    let phone = phone(dir.path(), &hotline, clock);
    phone.take_library_file(&publisher.file(&signed)).unwrap();
    phone
}

#[test]
fn home_has_warnings_for_the_province_on_top_and_doors_by_who_one_is() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = reader(&dir, &clock, |publisher| {
        alert(publisher, "al01", "Cả nước", "", "2025-11-06");
        alert(publisher, "al02", "Lào Cai", "15", "2026-03-07");
        alert(publisher, "al03", "Mới nhất", "", "2026-11-01");
        publisher.article("a48", "Mười việc", "…");
        publisher.article("a09", "Việc nhẹ", "…");
        publisher.write(
            "doors",
            &[
                ("kind", "doors"),
                ("blocks", "going"),
                ("block.going", "door first=a48,a99 audience=migrant"),
                ("text.vi.going", "Tôi sắp đi làm xa"),
            ],
        );
    });
    let titles = |province| {
        let home = phone.library_home("vi", province).unwrap();
        let titles: Vec<_> = home.alerts.into_iter().map(|line| line.title).collect();
        titles.join(", ")
    };
    assert_eq!(titles(Some("15")), "Mới nhất, Lào Cai, Cả nước");
    assert_eq!(titles(Some("01")), "Mới nhất, Cả nước");
    assert_eq!(titles(None), "Mới nhất, Cả nước");
    let home = phone.library_home("en", None).unwrap();
    assert_eq!(home.doors[0].title, "Tôi sắp đi làm xa");
    // What is named first stands first, and what does not exist is left out.
    let behind: Vec<_> = home.doors[0]
        .lines
        .iter()
        .map(|line| line.id.as_str())
        .collect();
    assert_eq!(behind, ["a48", "a09"]);
    assert!(home.doors[0].lines[0].is_fallback);
}

#[test]
fn behind_a_door_stands_first_what_is_named_then_its_topics_then_its_audiences() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = reader(&dir, &clock, |publisher| {
        // About t2, for migrants.
        publisher.article("a09", "Việc nhẹ", "…");
        publisher.article("a48", "Mười việc", "…");
        for (id, kind, topics, audience) in [
            ("a20", "article", "", "parent youth"),
            ("g01", "guide", "t3 t1", "youth"),
            ("k_t1", "kit", "t11", "officer"),
        ] {
            let pairs = [
                ("kind", kind),
                ("title.vi", id),
                ("topics", topics),
                ("audience", audience),
            ];
            publisher.write(id, &pairs);
        }
        publisher.write(
            "doors",
            &[
                ("kind", "doors"),
                ("blocks", "going named"),
                (
                    "block.going",
                    "door first=a48 topics=t1,t2 audience=migrant,youth",
                ),
                ("block.named", "door first=a20"),
            ],
        );
    });
    let home = phone.library_home("vi", None).unwrap();
    let behind = |door: usize| -> Vec<&str> {
        let lines = home.doors[door].lines.iter();
        lines.map(|line| line.id.as_str()).collect()
    };
    assert_eq!(behind(0), ["a48", "g01", "a09", "a20"]);
    assert_eq!(behind(1), ["a20"]);
}

#[test]
fn a_number_is_shown_only_where_it_can_be_relied_on() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = reader(&dir, &clock, |publisher| {
        entry(publisher, "d01", &[("recorded", "yes"), ("cost", "free")]);
        entry(
            publisher,
            "d02",
            &[
                ("needs", "danger"),
                ("emergency", "yes"),
                ("checked_on", ""),
            ],
        );
        entry(
            publisher,
            "d05",
            &[("checked_on", "2026-01-01"), ("needs", "legal")],
        );
        // Somebody left a number in an entry that is being looked up.
        entry(
            publisher,
            "d07",
            &[("status", "placeholder"), ("scope", "province")],
        );
        entry(publisher, "d18", &[("scope", "abroad"), ("country", "TW")]);
    });
    let find = |query: DirectoryQuery| phone.directory(&query, "vi").unwrap();
    let all = find(DirectoryQuery::default());
    let ids: Vec<_> = all.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["d02", "d01", "d05", "d07"]);
    assert_eq!(all[0].standing, EntryStanding::Verified);
    assert!(all[1].is_recorded && all[1].is_free);
    assert_eq!(all[2].standing, EntryStanding::ToBeChecked);
    assert_eq!(all[3].standing, EntryStanding::LookedUp);
    assert!(all[3].numbers.is_empty());

    let here = find(DirectoryQuery {
        province: Some("08".into()),
        ..DirectoryQuery::default()
    });
    assert_eq!(here[3].name, "d07, Tuyên Quang");
    let abroad = find(DirectoryQuery {
        country: Some("TW".into()),
        ..DirectoryQuery::default()
    });
    let ids: Vec<_> = abroad.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["d02", "d01", "d05", "d18"]);
    let legal = find(DirectoryQuery {
        need: Some("legal".into()),
        ..DirectoryQuery::default()
    });
    assert_eq!(legal.len(), 1);
}

fn quiz(publisher: &mut Publisher) {
    publisher.article("a52", "Giấy tờ", "…");
    publisher.write(
        "q1",
        &[
            ("kind", "quiz"),
            ("quiz", "risk"),
            ("title.vi", "Lời mời này có dấu hiệu gì?"),
            ("blocks", "q1_1 q1_8 band-1 band-2"),
            ("block.q1_1", "question weight=3 indicator=r_no_licence"),
            (
                "block.q1_8",
                "question weight=5 indicator=t_docs_taken forces=yes see=a52",
            ),
            ("block.band-1", "band from=0 level=grey"),
            ("block.band-2", "band from=10 level=red"),
            ("text.vi.band-2", "Dừng lại, gọi 111."),
        ],
    );
}

#[test]
fn a_quiz_and_an_offer_are_judged_by_the_same_engine() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = reader(&dir, &clock, quiz);
    let answers = [("q1_8".to_owned(), Tri::Yes)];
    let result = phone
        .judge_quiz("q1", &answers, false, false, "vi")
        .unwrap();
    assert_eq!(result.words.as_deref(), Some("Dừng lại, gọi 111."));
    assert_eq!(result.outcome.unwrap().level, Level::Red);
    assert_eq!(result.read[0].id, "a52");
    assert!(
        phone
            .judge_quiz("a52", &answers, false, false, "vi")
            .is_err()
    );

    let known = [
        ("t_docs_taken".to_owned(), Tri::Yes),
        ("r_pay_too_good".to_owned(), Tri::No),
    ];
    let offer = phone.check_offer(Offer::Job, &known, false, "vi").unwrap();
    assert_eq!(offer.outcome.level, Level::Orange);
    assert_eq!(offer.signs, ["t_docs_taken"]);
    assert_eq!(offer.read[0].id, "a52");
    // The same under 18 is an emergency.
    let minor = phone.check_offer(Offer::Job, &known, true, "vi").unwrap();
    assert_eq!(minor.outcome.level, Level::Red);
    let nothing = phone.check_offer(Offer::Job, &[], false, "vi").unwrap();
    assert_eq!(nothing.outcome.level, Level::Grey);
    assert_eq!(nothing.outcome.enough_information, None);
}

/// Every file of the store, byte for byte.
fn store(dir: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        // Which process maps the log, and no word of it.
        .filter(|(name, _)| !name.ends_with("-shm"))
        .collect();
    files.sort();
    files
}

#[test]
fn reading_searching_and_quizzes_leave_no_trace() {
    let (dir, clock) = (tempfile::tempdir().unwrap(), ManualClock::at(NOW));
    let phone = reader(&dir, &clock, |publisher| {
        for n in 0..300 {
            publisher.article(&format!("a{n:03}"), "Bài đọc", "Không có hợp đồng.");
        }
        quiz(publisher);
        entry(publisher, "d01", &[]);
        alert(publisher, "al01", "Cả nước", "", "2025-11-06");
        let mut relay = common::library::Shelf::default();
        publisher.record(&mut relay, ("a001", "hnj", "bait"), &[7; 900]);
    });
    let before = store(dir.path());
    for line in phone.library_list(&LibraryQuery::default(), "vi").unwrap() {
        phone.library_item(&line.id, "vi").unwrap();
        phone.library_item(&line.id, "en").unwrap();
    }
    for text in ["hợp đồng", "hop dong", "bai doc", "suat canh", "không"] {
        phone.library_search(text, "vi").unwrap();
    }
    phone.library_home("vi", Some("15")).unwrap();
    phone.directory(&DirectoryQuery::default(), "vi").unwrap();
    let answers = [("q1_8".to_owned(), Tri::Yes)];
    phone.judge_quiz("q1", &answers, true, true, "vi").unwrap();
    let known = [("t_docs_taken".to_owned(), Tri::Yes)];
    phone
        .check_offer(Offer::Marriage, &known, false, "vi")
        .unwrap();
    phone.library().unwrap();
    phone.languages("hnj").unwrap();
    let page = phone.library_item("a001", "hnj").unwrap();
    assert!(!page.blocks[0].recording.as_ref().unwrap().is_here);
    let not_here = Err(loive_client::PhoneError::NotFound);
    assert_eq!(phone.recording("a001", "bait", "hnj"), not_here);
    phone.proposals("vi").unwrap();
    let query = LibraryQuery {
        kind: Some(Kind::Alert),
        ..LibraryQuery::default()
    };
    assert_eq!(phone.library_list(&query, "vi").unwrap().len(), 1);
    assert!(store(dir.path()) == before, "reading has written");

    // The comparison sees what it should: a mark is a trace.
    phone.set_favourite("a001", true).unwrap();
    assert!(store(dir.path()) != before);
}
