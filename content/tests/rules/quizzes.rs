//! A quiz leads from every answer to a result, and no result reassures.

use loive_content::Rule;

use crate::library::Edit::Say;
use crate::library::{Case, Edit, accepted, refused};

const RISK: &str = "quizzes/q1.toml";
const READINESS: &str = "quizzes/q2.toml";
const KNOWLEDGE: &str = "quizzes/q3.toml";
const STOP_VI: &str = "Dừng lại, gọi [111](tel:111).";
const STOP_EN: &str = "Stop and call [111](tel:111).";

pub(crate) const CASES: &[Case] = &[
    (
        Rule::Quiz,
        &[
            Say(READINESS, "\"readiness\"", "\"readyness\""),
            Say(READINESS, "forces_no_for_abroad = true\n", ""),
        ],
    ),
    (
        Rule::Quiz,
        &[
            Say(RISK, "weight = 5\n", ""),
            Say(RISK, "from = 4", "from = 1"),
        ],
    ),
    (Rule::Quiz, &[Say(RISK, "from = 4", "from = 6")]),
    (Rule::Quiz, &[Say(RISK, "from = 0", "from = 1")]),
    (Rule::Quiz, &[Say(RISK, "from = 4", "from = 0")]),
    (Rule::Quiz, &[Say(RISK, "\"red\"", "\"purple\"")]),
    (Rule::Quiz, &[Say(RISK, "\"red\"", "\"yellow\"")]),
    (
        Rule::Quiz,
        &[
            Say(RISK, "\"grey\"", "\"red\""),
            Say(RISK, "\"red\"\nvi = \"Dừng", "\"grey\"\nvi = \"Dừng"),
        ],
    ),
    (
        Rule::Quiz,
        &[Say(RISK, "weight = 5", "weight = 5\nkey = true")],
    ),
    (
        Rule::Quiz,
        &[Say(READINESS, "weight = 3", "weight = 3\nforces = true")],
    ),
    (Rule::Quiz, &[Say(READINESS, "\"not_yet\"", "\"Not yet\"")]),
    (Rule::Quiz, &[Say(KNOWLEDGE, "key = true\n", "")]),
    (
        Rule::Quiz,
        &[Say(
            KNOWLEDGE,
            "explain = { vi = \"Luật nói 120 ngày.\", en = \"The law says 120 days.\" }\n",
            "",
        )],
    ),
    (
        Rule::Unknown,
        &[Say(RISK, "\"t_docs_taken\"", "\"t_docs_lost\"")],
    ),
    (Rule::Reassures, &[Say(RISK, "vẫn kiểm tra.", "có vẻ ổn.")]),
    (
        Rule::Reassures,
        &[Say(RISK, "vẫn kiểm tra.", "bạn an toàn rồi.")],
    ),
    (
        Rule::Reassures,
        &[Say(RISK, "Đòi lại giấy tờ.", "Cứ yên tâm.")],
    ),
    (
        Rule::Reassures,
        &[Say(RISK, "check all the same.", "you look safe.")],
    ),
    (
        Rule::Reassures,
        &[Say(RISK, "check all the same.", "it seems fine.")],
    ),
    (
        Rule::Reassures,
        &[Say("articles/a01.vi.md", "Hỏi trước khi đi", "Thế là ổn")],
    ),
    (
        Rule::Reassures,
        &[Say(
            "articles/a01.en.md",
            "Ask before you go",
            "Now everybody is safe",
        )],
    ),
    (
        Rule::Victim,
        &[Say(RISK, STOP_VI, "Bạn là nạn nhân. Gọi 111.")],
    ),
    (
        Rule::Victim,
        &[Say(RISK, STOP_EN, "You are a victim. Call 111.")],
    ),
    (
        Rule::Victim,
        &[Say(
            RISK,
            STOP_EN,
            "This person is already victim of traffickers.",
        )],
    ),
    (
        Rule::Percentage,
        &[Say(RISK, STOP_VI, "Nguy hiểm chín mươi phần trăm.")],
    ),
    (
        Rule::Percentage,
        &[Say(RISK, STOP_EN, "The danger is ninety percent.")],
    ),
    (
        Rule::Percentage,
        &[Say(RISK, STOP_EN, "The danger is high in %.")],
    ),
];

#[test]
fn a_result_that_misleads_is_refused() {
    refused(CASES);
}

#[test]
fn a_result_that_says_what_to_do_passes() {
    const GOOD: &[&[Edit]] = &[
        &[Say(
            RISK,
            STOP_EN,
            "Go to a safe place and call 111. Victims are helped.",
        )],
        &[Say(
            RISK,
            STOP_VI,
            "Tìm việc ổn định, tới nơi an toàn. Nạn nhân được giúp.",
        )],
        &[Say(RISK, "What about this offer?", "Is this offer safe?")],
        &[Say(
            "articles/a01.en.md",
            "Ask before you go",
            "Safe migration",
        )],
        &[Say(
            KNOWLEDGE,
            "Luật nói 120 ngày.",
            "Luật nói 120 ngày, cho mọi người.",
        )],
    ];
    accepted(GOOD);
}
