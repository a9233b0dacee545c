//! Volunteers print and share the library as it stands in this repository.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use loive_content::{Class, Item, Review};
use loive_print::{Form, Library, PNG_MAX_BYTES, Pages, Press, PrintError};
use loive_strings::Lang;

fn library() -> Library {
    Library::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn item<'a>(library: &'a mut Library, id: &str) -> &'a mut Item {
    let mut items = library.source.items.iter_mut();
    items.find(|item| item.id == id).unwrap()
}

fn pages(library: &Library, form: Form, id: &str, lang: Lang) -> Result<Pages, PrintError> {
    Press::new().typeset(library, &form.sheet(library, id, lang)?)
}

/// What stands on a sheet without any space: lines are broken anywhere.
fn text(pages: &Pages) -> String {
    pages.text().split_whitespace().collect()
}

fn packed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Does something with every sheet, on two processors.
fn for_each(ids: &[String], work: impl Fn(&Press, &str) + Sync) {
    let (one, other) = ids.split_at(ids.len() / 2);
    thread::scope(|scope| {
        for half in [one, other] {
            let work = &work;
            scope.spawn(move || {
                let press = Press::new();
                for id in half {
                    work(&press, id);
                }
            });
        }
    });
}

fn numbers(text: &str) -> BTreeSet<String> {
    let runs = text.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Every number that a sheet of this item may show.
fn numbers_of(library: &Library, item: &Item, lang: Lang) -> BTreeSet<String> {
    let words = &item.translations[lang.code()];
    let hotline = library.source.directory.iter();
    let hotline = hotline.filter(|entry| entry.numbers.iter().any(|it| it.number == "111"));
    let mut all = vec![
        words.title.clone(),
        words.summary.clone(),
        item.id.clone(),
        item.checked_on.clone(),
        item.sources.join(" "),
    ];
    all.extend(words.blocks.iter().map(|block| block.text.clone()));
    all.extend(hotline.flat_map(|entry| {
        let hours = [entry.hours_vi.clone(), entry.hours_en.clone()];
        hours.into_iter().flatten().chain([entry.vi.clone()])
    }));
    numbers(&all.join(" "))
}

/// Nothing cut, no letter missing, light enough for a slow connection, and no
/// number that the item does not have.
#[test]
fn every_vietnamese_card_is_whole_and_light() {
    let library = library();
    let ids = Form::Card.ids(&library);
    assert!(ids.len() >= 70, "{ids:?}");
    for_each(&ids, |press, id| {
        let sheet = Form::Card.sheet(&library, id, Lang::Vi).unwrap();
        let pages = press.typeset(&library, &sheet).unwrap();
        let png = pages.png().unwrap();
        assert!(png.len() <= PNG_MAX_BYTES, "{id}: {} bytes", png.len());
        let item = library.item(id).unwrap();
        let known = numbers_of(&library, item, Lang::Vi);
        for number in numbers(&pages.text()) {
            assert!(known.contains(&number), "{id} shows {number}");
        }
        let title = packed(&item.translations["vi"].title);
        let shown = text(&pages);
        assert!(shown.contains(&title), "{id}: {shown}");
        assert!(shown.contains("111"), "{id}: {shown}");
    });
}

#[test]
fn kits_leaflets_and_posters_keep_to_their_pages_in_both_languages() {
    let library = library();
    let sample = ["a01", "a42", "g12", "al03", "checks"].map(|id| (Form::Leaflet, id));
    let quizzes = ["q1", "q2", "q3"].map(|id| (Form::Leaflet, id));
    let posters = ["a22", "checks", "g07"].map(|id| (Form::Poster, id));
    let kits = Form::Kit.ids(&library);
    assert_eq!(kits.len(), 9);
    let mut all: Vec<String> = Vec::new();
    for (form, id) in sample.into_iter().chain(quizzes).chain(posters) {
        all.push(format!("{} {id}", form.code()));
    }
    all.extend(kits.iter().map(|id| format!("kit {id}")));
    for_each(&all, |press, what| {
        let (form, id) = what.split_once(' ').unwrap();
        let form = Form::ALL.into_iter().find(|it| it.code() == form).unwrap();
        for lang in Lang::ALL {
            let sheet = form.sheet(&library, id, lang).unwrap();
            let pages = press.typeset(&library, &sheet).unwrap();
            let expected = match (form, id) {
                (Form::Poster, _) | (_, "q1" | "q2") => 1..=1,
                (_, "q3") => 2..=2,
                (Form::Kit, _) => 3..=5,
                _ => 1..=2,
            };
            assert!(
                expected.contains(&pages.count()),
                "{what}: {}",
                pages.count()
            );
            let pdf = pages.pdf().unwrap();
            assert!(pdf.starts_with(b"%PDF-") && pdf.len() < 200_000, "{what}");
        }
    });
}

#[test]
fn a_topic_becomes_a_leaflet_with_a_cover_and_all_its_articles() {
    let library = library();
    let pages = pages(&library, Form::Leaflet, "t3", Lang::Vi).unwrap();
    let shown = text(&pages);
    let articles = library.source.items.iter().filter(|item| {
        item.id.starts_with('a')
            && item.id.len() == 3
            && item.topics.iter().any(|topic| topic == "t3")
    });
    let mut count = 0;
    for article in articles {
        count += 1;
        let title = packed(&article.translations["vi"].title);
        assert_eq!(shown.matches(&title).count(), 2, "{title}: cover and page");
    }
    assert!(count >= 3 && pages.count() > count, "{count} articles");
}

#[test]
fn the_same_library_gives_the_same_bytes() {
    let library = library();
    let card = || {
        let pages = pages(&library, Form::Card, "a09", Lang::Vi).unwrap();
        pages.png().unwrap()
    };
    assert!(card() == card());
    let kit = || {
        pages(&library, Form::Kit, "k_t1", Lang::En)
            .unwrap()
            .pdf()
            .unwrap()
    };
    assert!(kit() == kit());
}

#[test]
fn a_pdf_names_its_title_and_language_and_is_tagged() {
    let library = library();
    let pages = pages(&library, Form::Leaflet, "a09", Lang::Vi).unwrap();
    let pdf = pages.pdf().unwrap();
    let has = |wanted: &str| pdf.windows(wanted.len()).any(|it| it == wanted.as_bytes());
    assert!(has("<pdfuaid:part>1</pdfuaid:part>"), "PDF/UA-1");
    assert!(has("“Việc nhẹ, lương cao”: cách nhận ra"), "title");
    assert!(has("<rdf:li>vi</rdf:li>"), "language");
    // Both weights, as subsets: the whole typefaces have 270 kB.
    assert!(pdf.len() < 80_000, "{} bytes", pdf.len());
}

#[test]
fn a_draft_is_never_printed() {
    let mut library = library();
    let secret = "Chuyện chưa kiểm tra";
    for id in ["a09", "k_t1"] {
        let item = item(&mut library, id);
        let last = item.blocks.last_mut().unwrap();
        last.class = Class::Draft { sources: vec![] };
        let last = last.id.clone();
        for words in item.translations.values_mut() {
            let block = words
                .blocks
                .iter_mut()
                .find(|block| block.id == last)
                .unwrap();
            block.text = format!("## {secret}\n\n- {secret}\n- {secret}\n- {secret}\n");
        }
    }
    for form in Form::ALL {
        let ids = form.ids(&library);
        for id in ids
            .iter()
            .filter(|id| matches!(id.as_str(), "a09" | "k_t1" | "t2"))
        {
            for lang in Lang::ALL {
                let sheet = form.sheet(&library, id, lang).unwrap();
                assert!(!sheet.data.to_string().contains(secret), "{}", sheet.name);
            }
        }
    }
    let all_draft = item(&mut library, "a09");
    for block in &mut all_draft.blocks {
        block.class = Class::Draft { sources: vec![] };
    }
    let refused = Form::Card.sheet(&library, "a09", Lang::Vi).unwrap_err();
    assert!(matches!(refused, PrintError::NoWords { .. }), "{refused}");
}

#[test]
fn words_are_printed_as_they_stand_and_never_read_as_markup() {
    let mut library = library();
    let strange = "#let x = 1; $a$ ] \\ *b* _c_ @d <e> \"f\" // g /* h */ `i` = j ~ k -- l";
    let words = item(&mut library, "a09")
        .translations
        .get_mut("vi")
        .unwrap();
    words.title = strange.to_owned();
    words.blocks[0].text = format!("## {strange}\n\n- #panic()\n- {strange}\n- #(1 + 1)\n");
    for form in [Form::Card, Form::Poster, Form::Leaflet] {
        let shown = text(&pages(&library, form, "a09", Lang::Vi).unwrap());
        assert!(shown.contains(&packed(strange)), "{}: {shown}", form.code());
        assert!(shown.contains("#panic()"), "{}: {shown}", form.code());
    }
}

#[test]
fn advice_says_that_it_is_not_reviewed_until_it_is() {
    let mut library = library();
    let mark = packed("Lời khuyên này chưa được tổng đài duyệt.");
    for form in [Form::Card, Form::Leaflet, Form::Poster] {
        let shown = text(&pages(&library, form, "a25", Lang::Vi).unwrap());
        assert!(shown.contains(&mark), "{}: {shown}", form.code());
    }
    let reviewed = item(&mut library, "a25");
    reviewed.review = Review::Reviewed;
    for (lang, words) in &mut reviewed.translations {
        // The English words still wait.
        if lang == "vi" {
            words.review = Review::Reviewed;
        }
    }
    let vietnamese = text(&pages(&library, Form::Leaflet, "a25", Lang::Vi).unwrap());
    assert!(!vietnamese.contains(&mark), "{vietnamese}");
    let english = text(&pages(&library, Form::Leaflet, "a25", Lang::En).unwrap());
    assert!(english.contains("Thehotlinehasnotreviewed"), "{english}");
}

#[test]
fn facts_show_their_sources_and_the_day_on_which_they_were_compared() {
    let library = library();
    let shown = text(&pages(&library, Form::Card, "a09", Lang::Vi).unwrap());
    assert!(
        shown.contains("Nguồn:S41,S42·Đốichiếungày23/11/2026"),
        "{shown}"
    );
    let shown = text(&pages(&library, Form::Kit, "k_t1", Lang::En).unwrap());
    assert!(shown.contains("Sources:S13,S14,S37"), "{shown}");
    assert!(shown.contains("Checkedon23/11/2026"), "{shown}");
}

#[test]
fn a_list_is_shown_whole_or_not_at_all() {
    let mut library = library();
    let long = "một điều rất dài để không vừa trên một tấm hình nhỏ ".repeat(3);
    let points = format!("- {long}\n").repeat(10);
    let words = item(&mut library, "a09")
        .translations
        .get_mut("vi")
        .unwrap();
    words.blocks[0].text = format!("## Mười điều\n\n{points}");
    let shown = text(&pages(&library, Form::Card, "a09", Lang::Vi).unwrap());
    assert!(!shown.contains(&packed("một điều rất dài")), "{shown}");
    assert!(shown.contains(&packed("Tên công ty là gì?")), "{shown}");
}

#[test]
fn what_does_not_fit_or_has_no_letter_is_refused_by_name() {
    let mut library = library();
    let words = item(&mut library, "a09")
        .translations
        .get_mut("vi")
        .unwrap();
    let title = words.title.clone();
    words.title = "dài ".repeat(400);
    for form in [Form::Card, Form::Poster, Form::Leaflet] {
        let refused = pages(&library, form, "a09", Lang::Vi).unwrap_err();
        assert!(
            matches!(refused, PrintError::DoesNotFit { .. }),
            "{refused}"
        );
        assert!(refused.to_string().contains("a09.vi."), "{refused}");
    }
    let words = item(&mut library, "a09")
        .translations
        .get_mut("vi")
        .unwrap();
    words.title = format!("{title} 漢");
    let refused = pages(&library, Form::Card, "a09", Lang::Vi).unwrap_err();
    assert!(
        matches!(&refused, PrintError::NoLetter { letter, .. } if letter == "漢"),
        "{refused}"
    );
}
