//! Words to avoid, long sentences, lengths.

use loive_content::Rule;

use crate::library::Edit::Say;
use crate::library::{Case, Edit, accepted, refused};

const VI: &str = "articles/a01.vi.md";
const EN: &str = "articles/a01.en.md";
const KIT: &str = "kits/k_t1.vi.md";

macro_rules! says {
    ($words:literal) => {
        &[Say(VI, "- Gọi", concat!("- ", $words, "\n- Gọi"))]
    };
}

pub(crate) const CASES: &[Case] = &[
    (Rule::AvoidedTerm, says!("Đừng đẩy ca cho xã.")),
    (Rule::AvoidedTerm, says!("Đừng Đẩy Ca.")),
    (Rule::AvoidedTerm, says!("Đừng trả phí.")),
    (Rule::AvoidedTerm, says!("Đừng vượt biên ban đêm.")),
    (Rule::AvoidedTerm, &[Say(VI, "Hỏi trước khi đi", "Đẩy ca")]),
    (
        Rule::AvoidedTerm,
        &[Say(
            "directory.toml",
            "vi = \"Công an\"",
            "vi = \"Nơi đẩy ca\"",
        )],
    ),
    (
        Rule::Sentence,
        says!(
            "Một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu."
        ),
    ),
    (
        Rule::Sentence,
        &[Say(
            EN,
            "- Call",
            "- One two three four five six seven eight nine ten one two three four five six seven eight nine ten one.\n- Call",
        )],
    ),
    (
        Rule::Sentence,
        &[Say(
            "quizzes/q1.toml",
            "Ask for your papers.",
            "One two three four five six seven eight nine ten one two three four five six seven eight nine ten one.",
        )],
    ),
    (
        Rule::Sentence,
        &[Say(
            KIT,
            "{#aim .advice}\nHãy hỏi.",
            "{#aim .advice}\nMột hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu.",
        )],
    ),
    (
        Rule::Length,
        &[Say(
            VI,
            "Hãy kể cho một người bạn tin. Hãy kể cho một người bạn tin. Hãy kể cho một người bạn tin.",
            "Hãy kể.",
        )],
    ),
    (Rule::Length, &[Say(VI, "## Hỏi ai\n", LONG)]),
    (
        Rule::Length,
        &[Say(
            EN,
            "Three things to ask.",
            "Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this. Ask this.",
        )],
    ),
];

/// 27 sentences of five syllables and a heading.
const LONG: &str = "## Hỏi ai\n\nHãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin. Hãy kể cho bạn tin.\n";

#[test]
fn hard_or_hurting_words_are_refused() {
    refused(CASES);
}

#[test]
fn plain_words_pass() {
    const GOOD: &[&[Edit]] = &[
        says!("Họ nói “đẩy ca”, “trả phí trước”."),
        says!("Miễn phí, không mất chi phí hay học phí."),
        says!("Đừng vượt biên trái phép."),
        says!(
            "Một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm."
        ),
        says!(
            "Một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm: sáu bảy tám chín mười một hai ba bốn năm sáu."
        ),
        &[Say(
            KIT,
            "{#aim .advice}\nHãy hỏi.",
            "{#aim .advice}\nMột hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười một hai ba bốn năm sáu bảy tám chín mười.",
        )],
        // Nobody reads a draft.
        &[Say(VI, "Chờ duyệt", "Đừng đẩy ca, chờ duyệt")],
    ];
    accepted(GOOD);
}
