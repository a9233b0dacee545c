//! The pocket card as somebody holds it: readers that are not ours open the files.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use common::{Hotline, NOW, phone, text};
use loive_client::{CardLine, DrawnCard, ManualClock, Phone, PlanCard};
use loive_documents::Lang;
use png::{BitDepth, ColorType};

const WIDTH: usize = 2022;
const HEIGHT: usize = 1275;
/// Five millimetres at 600 dots per inch.
const MARGIN: usize = 118;

fn line(words_key: &'static str, name: Option<&str>, number: &str) -> CardLine {
    CardLine {
        words_key,
        name: name.map(str::to_owned),
        number: number.to_owned(),
    }
}

/// Somebody with a number, and the two numbers that are always there.
fn card(name: Option<&str>, number: &str) -> PlanCard {
    PlanCard {
        lines: vec![
            line("plan.card_person", name, number),
            line("plan.card_hotline", None, "111"),
            line("plan.card_police", None, "113"),
        ],
    }
}

/// The pixels of a card, as a reader of PNG sees them.
fn pixels(drawn: &DrawnCard) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(&drawn.png))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    assert_eq!((info.width, info.height), (2022, 1275));
    assert_eq!(
        (info.color_type, info.bit_depth),
        (ColorType::Grayscale, BitDepth::Eight)
    );
    reader.finish().unwrap();
    let density = reader.info().pixel_dims.unwrap();
    assert_eq!((density.xppu, density.yppu), (23_622, 23_622), "600 dpi");
    pixels
}

/// How many pixels of a part are dark.
fn ink_of(pixels: &[u8], rows: std::ops::Range<usize>, columns: std::ops::Range<usize>) -> usize {
    let row = |y: usize| &pixels[y * WIDTH..][columns.clone()];
    rows.flat_map(row).filter(|pixel| **pixel < 128).count()
}

fn names_not_whole(drawn: &DrawnCard) -> Vec<Option<&str>> {
    drawn
        .not_whole
        .iter()
        .map(|line| line.name.as_deref())
        .collect()
}

#[test]
fn ink_stays_within_the_margins_whatever_was_typed() {
    let long = "Dì Hoa bán xôi đầu ngõ ".repeat(5_000);
    let digits = "0123456789".repeat(10_000);
    let many = PlanCard {
        lines: vec![line("plan.card_person", Some("Ẵm Ặng"), "+84 912 345 678"); 300],
    };
    for card in [
        card(Some("Dì Hoa"), "+84 912 345 678"),
        card(Some(&long), "+84 (0) 912-345.678 9012"),
        card(Some(&digits), &digits),
        card(Some("\u{202e}\u{0}\n\t"), "\u{7}"),
        card(Some("ẴẶỖ jpgqy"), "0"),
        PlanCard { lines: Vec::new() },
        many,
    ] {
        let pixels = pixels(&card.draw(Lang::Vi));
        assert_eq!(pixels.len(), WIDTH * HEIGHT);
        let rows = pixels.chunks_exact(WIDTH).enumerate();
        let outside = rows.flat_map(|(y, row)| {
            let is_between = (MARGIN..HEIGHT - MARGIN).contains(&y);
            let (left, right) = if is_between {
                (MARGIN, WIDTH - MARGIN)
            } else {
                (WIDTH, WIDTH)
            };
            row[..left].iter().chain(&row[right..])
        });
        assert_eq!(outside.filter(|pixel| **pixel < 255).count(), 0);
        let inside = ink_of(&pixels, MARGIN..HEIGHT - MARGIN, MARGIN..WIDTH - MARGIN);
        assert_eq!(inside > 1_000, !card.lines.is_empty(), "{inside}");
    }
}

#[test]
fn other_numbers_names_and_languages_are_other_pictures() {
    let drawn = |name, number, lang| pixels(&card(name, number).draw(lang));
    let first = drawn(Some("Dì Hoa"), "0912 345 678", Lang::Vi);
    assert!(first != drawn(Some("Dì Hoa"), "0912 345 679", Lang::Vi));
    assert!(first != drawn(Some("Dì Hòa"), "0912 345 678", Lang::Vi));
    assert!(first != drawn(None, "0912 345 678", Lang::Vi));
    assert!(first != drawn(Some("Dì Hoa"), "0912 345 678", Lang::En));
    // Typed on another keyboard it is the same name.
    assert!(first == drawn(Some("Di\u{300}\u{a0}Hoa "), "0912 345 678", Lang::Vi));
    let once = card(Some("Dì Hoa"), "0912 345 678").draw(Lang::Vi);
    let twice = card(Some("Dì Hoa"), "0912 345 678").draw(Lang::Vi);
    assert!(once == twice, "the same bytes");
}

#[test]
fn the_number_is_bigger_than_all_else_of_its_line() {
    let pixels = pixels(&card(Some("HOA"), "0912 345 678").draw(Lang::Vi));
    let height = |columns: std::ops::Range<usize>| {
        let has_ink = |y: &usize| ink_of(&pixels, *y..*y + 1, columns.clone()) > 0;
        let first = (MARGIN..HEIGHT / 3).find(has_ink).unwrap();
        (first..HEIGHT).find(|y| !has_ink(y)).unwrap() - first
    };
    let (name, number) = (height(0..WIDTH / 4), height(WIDTH / 2..WIDTH));
    assert!(name > 50, "2 mm: {name}");
    assert!(2 * number > 3 * name, "{number} and {name}");
}

#[test]
fn what_cannot_be_drawn_is_said_and_its_number_stands_all_the_same() {
    let whole = card(Some("Nguyễn Thị Quỳnh Hương (chị Tư)"), "+84 912 345 678");
    assert_eq!(names_not_whole(&whole.draw(Lang::Vi)), []);
    let number = |pixels: &[u8]| ink_of(pixels, 0..HEIGHT / 3, WIDTH * 6 / 10..WIDTH);
    let short = number(&pixels(&card(Some("Hoa"), "0987 654 321").draw(Lang::Vi)));
    let long = "a".repeat(100_000);
    for name in ["សុខា", "李娜", "💕", "Hoa 💕", "Hoa Ж", &long] {
        let drawn = card(Some(name), "0987 654 321").draw(Lang::Vi);
        assert_eq!(names_not_whole(&drawn), [Some(name)]);
        let found = number(&pixels(&drawn));
        assert!(found > 10_000, "{found}");
        if name.len() < 100 {
            assert_eq!(found, short);
        }
    }
    // A name of which nothing can be drawn leaves the words that stand for it.
    let strange = pixels(&card(Some("សុខា"), "0987 654 321").draw(Lang::Vi));
    assert!(strange == pixels(&card(None, "0987 654 321").draw(Lang::Vi)));
    let unknown = PlanCard {
        lines: vec![line("plan.card_of_a_later_version", None, "111")],
    };
    assert_eq!(unknown.draw(Lang::Vi).not_whole.len(), 1);
}

#[test]
fn a_card_with_too_many_lines_says_which_are_missing() {
    let numbers: Vec<String> = (0..10).map(|number| format!("09{number}")).collect();
    let lines = numbers.iter().map(|it| line("plan.card_person", None, it));
    let drawn = PlanCard {
        lines: lines.collect(),
    }
    .draw(Lang::En);
    let missing: Vec<&str> = drawn
        .not_whole
        .iter()
        .map(|line| line.number.as_str())
        .collect();
    assert_eq!(missing, ["098", "099"]);
}

#[test]
fn the_pdf_is_one_page_of_a4_with_the_same_picture_in_real_size() {
    let drawn = card(Some("Dì Hoa"), "0912 345 678").draw(Lang::Vi);
    let file = lopdf::Document::load_mem(&drawn.pdf).unwrap();
    let pages = file.get_pages();
    assert_eq!(pages.len(), 1);
    let page = file.get_dictionary(pages[&1]).unwrap();
    let sides = page.get(b"MediaBox").unwrap().as_array().unwrap();
    let sides: Vec<f32> = sides.iter().map(|side| side.as_float().unwrap()).collect();
    assert_eq!(sides, [0.0, 0.0, 595.276, 841.89]);

    let images = file.get_page_images(pages[&1]).unwrap();
    assert_eq!(images.len(), 1);
    let stream = file.get_object(images[0].id).unwrap().as_stream().unwrap();
    assert!(stream.decompressed_content().unwrap() == pixels(&drawn));

    let content = lopdf::content::Content::decode(&file.get_page_content(pages[&1])).unwrap();
    let placed = content
        .operations
        .iter()
        .find(|step| step.operator == "cm")
        .unwrap();
    let matrix: Vec<f32> = placed
        .operands
        .iter()
        .map(|it| it.as_float().unwrap())
        .collect();
    let millimetres = |points: f32| points * 25.4 / 72.0;
    assert!((millimetres(matrix[0]) - 85.60).abs() < 0.01);
    assert!((millimetres(matrix[3]) - 53.98).abs() < 0.01);
    // In the middle, and two marks at each corner that stay off the card and on the page.
    assert!((millimetres(matrix[4]) - (210.0 - 85.60) / 2.0).abs() < 0.01);
    let is_mark = |operator: &str| operator == "m" || operator == "l";
    let marks = content
        .operations
        .iter()
        .filter(|step| is_mark(&step.operator));
    let points: Vec<(f32, f32)> = marks
        .map(|step| {
            (
                step.operands[0].as_float().unwrap(),
                step.operands[1].as_float().unwrap(),
            )
        })
        .collect();
    assert_eq!(points.len(), 16);
    for (x, y) in points {
        let is_outside =
            |at: f32, from: f32, length: f32| at < from - 1.0 || at > from + length + 1.0;
        assert!(is_outside(x, matrix[4], matrix[0]) || is_outside(y, matrix[5], matrix[3]));
        assert!((20.0..575.0).contains(&x) && (20.0..821.0).contains(&y));
    }
}

/// A reader that is strict about where the objects lie: each begins where the table says.
#[test]
fn the_table_of_the_pdf_points_at_its_objects() {
    let pdf = card(None, "0912 345 678").draw(Lang::En).pdf;
    let find = |needle: &[u8]| {
        pdf.windows(needle.len())
            .rposition(|it| it == needle)
            .unwrap()
    };
    let end = String::from_utf8(pdf[find(b"startxref\n")..].to_vec()).unwrap();
    let table: usize = end.lines().nth(1).unwrap().parse().unwrap();
    let table = String::from_utf8(pdf[table..].to_vec()).unwrap();
    let mut lines = table.split_inclusive('\n');
    assert_eq!(
        (lines.next(), lines.next()),
        (Some("xref\n"), Some("0 6\n"))
    );
    for (number, entry) in lines.take(6).enumerate() {
        assert_eq!(entry.len(), 20, "{entry:?}");
        let start: usize = entry[..10].parse().unwrap();
        if number > 0 {
            assert!(pdf[start..].starts_with(format!("{number} 0 obj\n").as_bytes()));
        }
    }
}

#[test]
fn the_files_have_no_text_date_or_program_in_them() {
    let drawn = card(Some("Dì Hoa"), "0912 345 678").draw(Lang::Vi);
    let holds = |bytes: &[u8], needle: &str| {
        let needle = needle.as_bytes();
        bytes.windows(needle.len()).any(|window| window == needle)
    };
    for telling in [
        "Hoa",
        "0912",
        "/Info",
        "/Producer",
        "/CreationDate",
        "/Font",
        "/ID",
        "Lo",
    ] {
        assert!(!holds(&drawn.pdf[..400], telling), "{telling}");
        assert!(
            !holds(&drawn.pdf[drawn.pdf.len() - 800..], telling),
            "{telling}"
        );
    }
    let mut chunks = Vec::new();
    let mut rest = &drawn.png[8..];
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        chunks.push(String::from_utf8(after[..4].to_vec()).unwrap());
        rest = &after[length + 8..];
    }
    assert_eq!(chunks, ["IHDR", "pHYs", "IDAT", "IEND"]);
}

/// Every file of the phone's folder with its bytes, but for the one in which SQLite
/// notes who is reading.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|path| !path.to_string_lossy().ends_with("-shm"))
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn drawing_the_card_of_a_plan_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let phone: Phone = phone(dir.path(), &Hotline::new(), &ManualClock::at(NOW));
    let empty = phone.plan_card().unwrap().draw(Lang::Vi);
    assert!(empty.not_whole.is_empty());
    let set = |field, value| phone.set_plan_answer(field, Some(&text(value))).unwrap();
    set("trusted_1_name", "Dì Hoa");
    set("trusted_1_phone", "0912 345 678");
    set("code_danger", "Con mèo ăn gì");
    let before = files(dir.path());
    let drawn = phone.plan_card().unwrap().draw(Lang::Vi);
    assert!(
        before == files(dir.path()),
        "the store and its folder are as before"
    );
    // What is on it is what the lines say: no code word.
    assert!(drawn == card(Some("Dì Hoa"), "0912 345 678").draw(Lang::Vi));
    phone.erase_private().unwrap();
    assert!(phone.plan_card().unwrap().draw(Lang::Vi) == empty);
}
