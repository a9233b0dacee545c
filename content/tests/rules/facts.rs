//! Facts have sources; numbers, deadlines and claims about law are facts.

use loive_content::Rule;

use crate::library::Edit::Say;
use crate::library::{Case, Edit, accepted, refused};

const VI: &str = "articles/a01.vi.md";
const EN: &str = "articles/a01.en.md";
const KIT: &str = "kits/k_t1.vi.md";
const RUN_SHEET: &str = "{#run-sheet .advice}\nHãy hỏi.";

macro_rules! says {
    ($words:literal) => {
        &[Say(VI, "- Gọi", concat!("- ", $words, "\n- Gọi"))]
    };
}

macro_rules! says_en {
    ($words:literal) => {
        &[Say(EN, "- Call", concat!("- ", $words, "\n- Call"))]
    };
}

pub(crate) const CASES: &[Case] = &[
    (
        Rule::FactSource,
        &[Say(VI, "{#ask .advice}", "{#ask .fact}")],
    ),
    (
        Rule::UnknownSource,
        &[
            Say(VI, "[\"S13\"]", "[\"S13\", \"S99\"]"),
            Say(VI, ".fact S13", ".fact S13 S99"),
        ],
    ),
    (
        Rule::UnknownSource,
        &[
            Say(VI, "[\"S13\"]", "[\"S13\", \"S72\"]"),
            Say(VI, ".fact S13", ".fact S13 S72"),
        ],
    ),
    (
        Rule::UnknownSource,
        &[Say(
            "directory.toml",
            "source = \"S13\"",
            "source = \"S72\"",
        )],
    ),
    (
        Rule::UnknownSource,
        &[Say(
            "quizzes/q3.toml",
            "source = \"S13\"",
            "source = \"S99\"",
        )],
    ),
    (Rule::SourceList, &[Say(VI, "[\"S13\"]", "[]")]),
    (
        Rule::SourceList,
        &[Say(VI, "[\"S13\"]", "[\"S13\", \"S72\"]")],
    ),
    (Rule::Number, says!("Chờ 3 ngày.")),
    (Rule::Number, says!("Gọi 1110.")),
    (Rule::Number, says!("Trực 24/7.")),
    (Rule::Number, says_en!("Under 18, do not sign.")),
    (
        Rule::Number,
        &[Say(
            "quizzes/q1.toml",
            "Đòi lại giấy tờ.",
            "Đòi lại trước ngày 5.",
        )],
    ),
    (
        Rule::Number,
        &[Say(
            "quizzes/q1.toml",
            "vẫn kiểm tra.",
            "vẫn kiểm tra 10 mục.",
        )],
    ),
    (
        Rule::Number,
        &[Say(KIT, RUN_SHEET, "{#run-sheet .advice}\nMời 5 người.")],
    ),
    (
        Rule::Number,
        &[Say(
            KIT,
            RUN_SHEET,
            "{#run-sheet .advice}\nMời 5 người, nói 5 phút.",
        )],
    ),
    (
        Rule::Number,
        &[Say(
            KIT,
            "{#aim .advice}\nHãy hỏi.",
            "{#aim .advice}\nNói 5 phút.",
        )],
    ),
    (Rule::Deadline, says!("Xã trả lời trong ba ngày.")),
    (
        Rule::Deadline,
        says!("Chậm nhất là gì? Chậm nhất mười ngày."),
    ),
    (Rule::Deadline, says!("Phải báo trong vòng vài giờ.")),
    (Rule::Deadline, says!("Ở tối đa bốn tháng.")),
    (Rule::Deadline, says_en!("They answer within a few days.")),
    (Rule::Deadline, says_en!("They answer within an hour.")),
    (Rule::Deadline, says_en!("Stay for at most three months.")),
    (
        Rule::Deadline,
        says_en!("Tell them no later than ten days before."),
    ),
    (
        Rule::Deadline,
        &[Say(
            KIT,
            RUN_SHEET,
            "{#run-sheet .advice}\nTrả lời trong ba ngày.",
        )],
    ),
    (Rule::Legal, says!("Luật cho bạn về.")),
    (Rule::Legal, says!("Đó là phạm tội.")),
    (Rule::Legal, says!("Kẻ ấy bị phạt tù.")),
    (Rule::Legal, says!("Pháp luật bảo vệ bạn.")),
    (Rule::Legal, says!("Có nghị định rồi.")),
    (Rule::Legal, says_en!("The law lets you leave.")),
    (Rule::Legal, says_en!("It is a crime.")),
    (Rule::Legal, says_en!("They go to prison.")),
    (
        Rule::Headline,
        &[Say(VI, "Ba điều nên hỏi.", "Có 12 điều nên hỏi.")],
    ),
    (
        Rule::Headline,
        &[Say(VI, "Hỏi trước khi đi", "Hỏi trước năm 2031")],
    ),
    (
        Rule::Headline,
        &[Say(EN, "Three things", "Around 12 things")],
    ),
    (
        Rule::Headline,
        &[Say("guides/g01.vi.md", "Tóm tắt.", "Luật nói gì.")],
    ),
    (
        Rule::Headline,
        &[Say("guides/g01.en.md", "Summary.", "Within two days.")],
    ),
];

#[test]
fn what_is_no_fact_claims_nothing() {
    refused(CASES);
}

#[test]
fn advice_speaks_freely_without_numbers() {
    const GOOD: &[&[Edit]] = &[
        says!("Hỏi luật sư, hoặc người tư vấn pháp luật."),
        says!("Xin trợ giúp pháp lý, hỗ trợ pháp luật."),
        says!("Gọi 113, 115 hoặc 111."),
        says!("Trong nhà có ba người. Sau này hãy kể."),
        says!("Trong năm nay hãy hỏi lại."),
        says_en!("Ask a lawyer or your mother-in-law, in a lawful way."),
        says_en!("In the first place, tell two people."),
        // What is not published may wait for its source.
        &[Say(VI, "trong 5 ngày.", "trong 5 ngày, theo luật.")],
        // A headline repeats what a fact says.
        &[Say(VI, "Ba điều nên hỏi.", "Luật số 53 và năm 2025.")],
        // A draft's source is listed as well.
        &[
            Say(VI, "[\"S13\"]", "[\"S13\", \"S20\"]"),
            Say(VI, "{#later .draft}", "{#later .draft S20}"),
            Say(
                "sources.toml",
                "[[source]]",
                "[[source]]\nid = \"S20\"\nurls = []\ntitle = \"T\"\n\n[[source]]",
            ),
        ],
        &[Say(
            KIT,
            RUN_SHEET,
            "{#run-sheet .advice}\n- Mở đầu: 5 phút.\n- Nói: 10–15 phút, 20 phút.",
        )],
        &[Say(
            "kits/k_t1.en.md",
            "{#run-sheet}\nAsk.",
            "{#run-sheet}\nTalk (5 minutes).",
        )],
    ];
    accepted(GOOD);
}
