use super::*;

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn link(words: &str, target: Target) -> Inline {
    Inline::Link {
        text: words.to_owned(),
        target,
    }
}

fn outside(text: &str) -> Vec<(usize, Outside)> {
    check(text)
        .into_iter()
        .map(|problem| (problem.line, problem.what))
        .collect()
}

#[test]
fn a_block_is_taken_apart() {
    let block = "## Hỏi **ba** điều\n\nHãy gọi [111](tel:111),\nrồi đọc [bài này](a02).\n\n- Một\n- Hai,\n  còn nữa\n\nHết.\n";
    let markup = Markup::parse(block);
    assert_eq!(
        markup.heading,
        Some(vec![
            text("Hỏi "),
            Inline::Strong("ba".into()),
            text(" điều")
        ])
    );
    assert_eq!(
        markup.parts,
        [
            Part::Paragraph(vec![
                text("Hãy gọi "),
                link("111", Target::Tel("111".into())),
                text(", rồi đọc "),
                link("bài này", Target::Item("a02".into())),
                text("."),
            ]),
            Part::Points(vec![vec![text("Một")], vec![text("Hai, còn nữa")]]),
            Part::Paragraph(vec![text("Hết.")]),
        ]
    );
    assert!(check(block).is_empty(), "{:?}", check(block));
    assert_eq!(markup.runs().count(), 5);
    assert_eq!(markup.links().count(), 2);
}

#[test]
fn a_list_may_follow_its_sentence_and_points_may_stand_apart() {
    let markup = Markup::parse("Bạn xem:\n- một\n\n- hai");
    assert_eq!(
        markup.parts,
        [
            Part::Paragraph(vec![text("Bạn xem:")]),
            Part::Points(vec![vec![text("một")], vec![text("hai")]]),
        ]
    );
}

#[test]
fn links_lead_to_items_terms_and_numbers_and_to_nothing_else() {
    assert_eq!(Target::parse("k_t1"), Some(Target::Item("k_t1".into())));
    assert_eq!(
        Target::parse("term:referral"),
        Some(Target::Term("referral".into()))
    );
    assert_eq!(
        Target::parse("tel:+84981848484"),
        Some(Target::Tel("+84981848484".into()))
    );
    for nothing in [
        "",
        "tel:",
        "tel:+",
        "tel:11a",
        "tel:12345678901234567",
        "term:",
        "https://x.vn",
        "mailto:a@b.vn",
        "A02",
        "../a02",
    ] {
        assert_eq!(Target::parse(nothing), None, "{nothing}");
        let shown = format!("[đây]({nothing})");
        assert_eq!(
            Markup::parse(&shown).parts,
            [Part::Paragraph(vec![text(&shown)])]
        );
        assert_eq!(outside(&shown), [(1, Outside::Link)], "{nothing}");
    }
}

#[test]
fn what_is_outside_of_the_subset_is_named_by_its_line() {
    for (block, expected) in [
        ("Một.\n\n## Hai", (3, Outside::Heading)),
        ("# Một", (1, Outside::Heading)),
        ("##Một", (1, Outside::Heading)),
        ("1. Một", (1, Outside::List)),
        ("* Một", (1, Outside::List)),
        ("- Một\n  - Hai", (2, Outside::List)),
        ("- Một\nHai", (2, Outside::NoEmptyLine)),
        ("Một\n-\n", (2, Outside::Empty)),
        ("##", (1, Outside::Empty)),
        ("| a | b |", (1, Outside::Construct)),
        ("> Một", (1, Outside::Construct)),
        ("---", (1, Outside::Construct)),
        ("Một `hai`", (1, Outside::Construct)),
        ("Một <b>hai</b>", (1, Outside::Html)),
        ("Một<!-- hai -->", (1, Outside::Html)),
        ("Một &nbsp; hai", (1, Outside::Html)),
        ("![ảnh](a02)", (1, Outside::Image)),
        ("Một ![ảnh](x.png)", (1, Outside::Image)),
        ("Một *hai* ba", (1, Outside::Star)),
        ("Một **hai", (1, Outside::Star)),
        ("**[hai](a02)**", (1, Outside::Star)),
        ("Một [hai]", (1, Outside::Link)),
        ("Một [ ](a02)", (1, Outside::Link)),
    ] {
        assert!(
            outside(block).contains(&expected),
            "{block:?}: {:?}",
            outside(block)
        );
    }
}

#[test]
fn what_people_write_in_sentences_is_inside() {
    for block in [
        "Lương 3 < 5 triệu & hơn.",
        "Từ 8 giờ - 17 giờ (thứ Hai).",
        "Thư: bao_ho@x.vn!",
        "2026–2030",
        "**Đừng** đi.",
        "-5 độ",
    ] {
        let found = outside(block);
        assert!(found.is_empty(), "{block:?}: {found:?}");
    }
}

#[test]
fn any_text_is_words_in_the_worst_case() {
    for odd in [
        "", "\n\n", "**", "[", "[](", "[a](b", "## ", "- ", "****", "[[[[[[", "-\u{301}",
    ] {
        let _ = check(odd);
        let markup = Markup::parse(odd);
        let words: String = markup.runs().map(plain).collect();
        assert!(words.len() <= odd.len(), "{odd:?}");
    }
    // A long line of open marks is read in time that grows with its length.
    let marks = "[**".repeat(20_000);
    assert_eq!(
        Markup::parse(&marks).parts,
        [Part::Paragraph(vec![text(&marks)])]
    );
}
