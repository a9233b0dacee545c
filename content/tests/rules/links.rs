//! What is referred to is there, and a link dials what it shows.

use loive_content::Rule;

use crate::library::Edit::{Say, Write};
use crate::library::{Case, Edit, accepted, refused};

const VI: &str = "articles/a01.vi.md";
const EN: &str = "articles/a01.en.md";

pub(crate) const CASES: &[Case] = &[
    (Rule::Link, &[Say(VI, "[bài khác](a02)", "[bài khác](a57)")]),
    (Rule::Link, &[Say(VI, "[\"a02\"]", "[\"a02\", \"z1\"]")]),
    (Rule::Link, &[Say(VI, "[\"a02\"]", "[\"a01\"]")]),
    (
        Rule::Link,
        &[Say(
            VI,
            "[\"a02\"]",
            "[\"a02\", \"g01\", \"q1\", \"q2\", \"q3\"]",
        )],
    ),
    (
        Rule::Link,
        &[Say("quizzes/q1.toml", "see = \"a01\"", "see = \"a57\"")],
    ),
    (
        Rule::Link,
        &[Say("quizzes/q1.toml", "see = [\"a02\"]", "see = [\"a57\"]")],
    ),
    (Rule::Link, &[Say("topics.toml", "\"q1\", ", "\"q9\", ")]),
    (Rule::TermLink, &[Say(EN, "term:referral", "term:refferal")]),
    (
        Rule::Phone,
        &[
            Say(VI, "[111](tel:111)", "[116](tel:116)"),
            Say(VI, "{#ask .advice}", "{#ask .fact S13}"),
        ],
    ),
    (Rule::Phone, &[Say(VI, "[111](tel:111)", "[111](tel:113)")]),
    (
        Rule::Phone,
        &[Say(
            "quizzes/q1.toml",
            "[111](tel:111)",
            "[gọi ngay](tel:1900)",
        )],
    ),
    (
        Rule::Phone,
        &[Say(VI, "từ năm 2025.", "từ năm 2025. Gọi 0912 345 678.")],
    ),
    (
        Rule::Picture,
        &[Write(WANTED, "people = \"Three people\"\n")],
    ),
    (Rule::Picture, &[Say(VI, "\"people\"", "\"crowd\"")]),
    (
        Rule::Picture,
        &[Say(
            "topics.toml",
            "\"2.1\"",
            "\"2.1\"\npicture = \"crowd\"",
        )],
    ),
    (
        Rule::Unknown,
        &[Say(VI, "\"md\", \"ma\"", "\"md\", \"ma\", \"mx\"")],
    ),
    (Rule::Unknown, &[Say(VI, "[\"pub\"]", "[\"everybody\"]")]),
    (
        Rule::Unknown,
        &[Say(VI, "picture =", "provinces = [\"99\"]\npicture =")],
    ),
    (
        Rule::Unknown,
        &[Say(VI, "picture =", "country = \"Korea\"\npicture =")],
    ),
    (
        Rule::Unknown,
        &[Say(
            "topics.toml",
            "audience = \"pub\"",
            "audience = \"nobody\"",
        )],
    ),
];

const WANTED: &str = "pictures/wanted.toml";

#[test]
fn what_leads_nowhere_is_refused() {
    refused(CASES);
}

#[test]
fn what_is_there_may_be_linked() {
    const GOOD: &[&[Edit]] = &[
        // Somebody will draw it.
        &[
            Write(WANTED, "crowd = \"Many people\"\n"),
            Say(VI, "\"people\"", "\"crowd\""),
        ],
        &[Say(
            VI,
            "[bài khác](a02)",
            "[bài khác](g01), [câu hỏi](q1), [ai giúp](d03)",
        )],
        &[Say(
            VI,
            "từ năm 2025.",
            "từ năm 2025. Gọi [+84 981 84 84 84](tel:+84981848484) hoặc [số này](tel:+84981848484).",
        )],
        &[Say(
            VI,
            "từ năm 2025.",
            "từ năm 2025, 18.000.000 đồng, giai đoạn 2021–2025, 01/07/2025.",
        )],
        &[Say(
            VI,
            "picture =",
            "country = [\"KR\", \"JP\"]\nprovinces = \"08\"\npicture =",
        )],
    ];
    accepted(GOOD);
}
