//! Files in the form of the README, both languages alike, nothing missing.

use loive_content::Rule;

use crate::library::Edit::{Remove, Say, Write};
use crate::library::{Case, Edit, accepted, findings_after, refused};

const VI: &str = "articles/a01.vi.md";
const EN: &str = "articles/a01.en.md";

pub(crate) const CASES: &[Case] = &[
    (Rule::Form, &[Write(VI, "Chỉ có chữ.\n")]),
    (Rule::Form, &[Say(VI, "review =", "reviewed =")]),
    (Rule::Form, &[Say(VI, "= 2026-11-23", "= \"hôm qua\"")]),
    (
        Rule::Form,
        &[Say(VI, "= 2026-11-23", "= 2026-11-23T10:00:00")],
    ),
    (Rule::Form, &[Say(VI, "needs_review", "perhaps")]),
    (Rule::Form, &[Say(VI, "\"article\"", "\"rumour\"")]),
    (Rule::Form, &[Say(VI, "{#ask .advice}", "{#ask .advice")]),
    (Rule::Form, &[Say(VI, "{#later .draft}", "{#later}")]),
    (Rule::Form, &[Say(EN, "{#ask}", "{#ask .advice}")]),
    (Rule::Form, &[Say(EN, "lang =", "topics = []\nlang =")]),
    (Rule::Form, &[Say("directory.toml", "cost =", "costs =")]),
    (
        Rule::Form,
        &[Say("quizzes/q1.toml", "weight = 5", "weight = -5")],
    ),
    (Rule::Form, &[Say("topics.toml", "[[door]]", "[[dor]]")]),
    (Rule::Form, &[Say("terms.toml", "[[alias]]", "[[alias]")]),
    (Rule::Form, &[Write("pictures/wanted.toml", "people\n")]),
    (Rule::Form, &[Say("sources.toml", "urls =", "url =")]),
    (
        Rule::Form,
        &[Say(
            "languages.toml",
            "en = \"English\"",
            "fr = \"anglais\"",
        )],
    ),
    (
        Rule::Language,
        &[Say("languages.toml", "en = \"English\"", "en = \" \"")],
    ),
    (
        Rule::Language,
        &[Say("languages.toml", "\"hnj\"", "\"Mong\"")],
    ),
    (Rule::Language, &[Say("languages.toml", "\"14\"", "\"99\"")]),
    // A text in a language that the list does not have.
    (
        Rule::Language,
        &[Say("languages.toml", "id = \"en\"", "id = \"eng\"")],
    ),
    (
        Rule::Duplicate,
        &[Say("languages.toml", "\"hnj\"", "\"en\"")],
    ),
    (Rule::Name, &[Say(VI, "id = \"a01\"", "id = \"a07\"")]),
    (Rule::Name, &[Say(EN, "lang = \"en\"", "lang = \"vi\"")]),
    (Rule::Name, &[Say(VI, "\"article\"", "\"alert\"")]),
    (Rule::Name, &[Write("articles/a01.fr.md", "")]),
    (Rule::Name, &[Write("articles/notes.txt", "")]),
    (Rule::Name, &[Write("pictures/people.png", "")]),
    (Rule::Name, &[Write("quizzes/README", "")]),
    (Rule::Markup, &[Say(VI, "Luật số 53", "1. Luật số 53")]),
    (
        Rule::Markup,
        &[Say(EN, "Tell somebody", "Tell <b>somebody</b>")],
    ),
    (
        Rule::Markup,
        &[Say(
            VI,
            "[bài khác](a02)",
            "[bài khác](https://example.org)",
        )],
    ),
    (
        Rule::Duplicate,
        &[
            Say(VI, "{#later .draft}", "{#ask .draft}"),
            Say(EN, "{#later}", "{#ask}"),
        ],
    ),
    (
        Rule::Duplicate,
        &[Say("directory.toml", "\"d02\"", "\"d01\"")],
    ),
    (
        Rule::Duplicate,
        &[Say("directory.toml", "\"d02\"", "\"a02\"")],
    ),
    (
        Rule::Duplicate,
        &[Say("sources.toml", "\"S72\"", "\"S13\"")],
    ),
    (
        Rule::Duplicate,
        &[Say(
            "topics.toml",
            "[[door]]",
            "[[audience]]\nid = \"pub\"\nvi = \"Ai\"\nen = \"Who\"\n\n[[door]]",
        )],
    ),
    (
        Rule::Missing,
        &[Remove("articles/a56.vi.md"), Remove("articles/a56.en.md")],
    ),
    (
        Rule::Missing,
        &[Remove("guides/g15.vi.md"), Remove("guides/g15.en.md")],
    ),
    (
        Rule::Missing,
        &[Remove("kits/k_md.vi.md"), Remove("kits/k_md.en.md")],
    ),
    (Rule::Missing, &[Remove("quizzes/q3.toml")]),
    (
        Rule::NeededBlock,
        &[Say("guides/g01.vi.md", "{#trap .advice}", "{#trap .draft}")],
    ),
    (
        Rule::NeededBlock,
        &[
            Say("kits/k_t1.vi.md", "{#closing .advice}", "{#end .advice}"),
            Say("kits/k_t1.en.md", "{#closing}", "{#end}"),
        ],
    ),
    (
        Rule::NeededBlock,
        &[Say("checks/checks.vi.md", "{#c9 .advice}", "{#c9 .draft}")],
    ),
    (
        Rule::NeededBlock,
        &[
            Write("alerts/w1.vi.md", ALERT_VI),
            Write("alerts/w1.en.md", ALERT_EN),
        ],
    ),
    (Rule::Coverage, &[Say("topics.toml", "\"2.3\"", "\"2.2\"")]),
    (Rule::Coverage, &[Say("topics.toml", "\"2.1\"", "\"2.8\"")]),
    (Rule::Language, &[Remove(EN)]),
    (Rule::Language, &[Remove("kits/k_t1.en.md")]),
    (Rule::Language, &[Say(EN, "Ask before you go", "")]),
    (Rule::Language, &[Say(EN, "Wait for 5 days.", "")]),
    (
        Rule::Language,
        &[Say("quizzes/q1.toml", "Ask for your papers.", "")],
    ),
    (
        Rule::Language,
        &[Say("directory.toml", "hours_en = \"24 hours\"\n", "")],
    ),
    (
        Rule::Language,
        &[Say("directory.toml", "en = \"Police\"", "en = \" \"")],
    ),
    (Rule::Parity, &[Say(EN, "{#law}", "{#laws}")]),
    (
        Rule::Parity,
        &[Say(EN, "\n{#later}\nWait for 5 days.\n", "")],
    ),
    (
        Rule::Parity,
        &[
            Say("guides/g01.en.md", "{#trap}", "{#x}"),
            Say("guides/g01.en.md", "{#signs}", "{#trap}"),
            Say("guides/g01.en.md", "{#x}", "{#signs}"),
        ],
    ),
];

const ALERT_VI: &str = "+++\nid = \"w1\"\nkind = \"alert\"\nlang = \"vi\"\ntitle = \"Tên\"\nsummary = \"Tóm tắt.\"\naudience = [\"pub\"]\nchecked_on = 2026-11-23\nreview = \"reviewed\"\nprovinces = [\"08\"]\n+++\n\n{#act .advice}\nHãy hỏi.\n";
const ALERT_EN: &str = "+++\nid = \"w1\"\nlang = \"en\"\ntitle = \"Name\"\nsummary = \"Summary.\"\nreview = \"reviewed\"\n+++\n\n{#act}\nAsk.\n";

#[test]
fn what_is_not_in_the_form_is_refused() {
    refused(CASES);
}

#[test]
fn a_warning_with_its_day_is_published() {
    const GOOD: &[&[Edit]] = &[&[
        Write("alerts/w1.vi.md", ALERT_VI),
        Write("alerts/w1.en.md", ALERT_EN),
        Say(
            "alerts/w1.vi.md",
            "provinces",
            "from = 2026-11-20\nprovinces",
        ),
    ]];
    accepted(GOOD);
}

#[test]
fn a_finding_knows_its_line() {
    let line_of = |edits: &[Edit]| {
        let findings = findings_after(edits);
        findings.first().unwrap().line
    };
    // Line 22 is the first point of the list.
    assert_eq!(
        line_of(&[Say(VI, "- Gọi", "- Sau 3 ngày.\n- Gọi")]),
        Some(24)
    );
    assert_eq!(line_of(&[Say(VI, "title =", "titel =")]), Some(5));
    assert_eq!(
        line_of(&[Say("directory.toml", "\"verified\"", "\"not_public\"")]),
        Some(3)
    );
}

#[test]
fn a_file_that_cannot_be_read_is_not_called_missing_as_well() {
    let findings = findings_after(&[Say("articles/a02.vi.md", "review =", "reviewed =")]);
    assert_eq!(findings.len(), 1, "{findings:?}");
}
