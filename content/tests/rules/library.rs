//! A small library that may be published, and edits that spoil it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use loive_content::{Finding, Rule, examine};

/// One change of a file.
#[derive(Clone, Copy)]
pub(crate) enum Edit {
    /// In this file, for the first of these words, those.
    Say(&'static str, &'static str, &'static str),
    /// A new file, or another text for one.
    Write(&'static str, &'static str),
    /// No such file.
    Remove(&'static str),
}

/// Edits, and the rule that they break.
pub(crate) type Case = (Rule, &'static [Edit]);

/// The files of a library.
pub(crate) struct Library(BTreeMap<String, String>);

const ARTICLE_VI: &str = r#"+++
id = "a01"
kind = "article"
lang = "vi"
title = "Hỏi trước khi đi"
summary = "Ba điều nên hỏi. Chưa rõ thì gọi 111."
topics = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "md", "ma"]
audience = ["pub"]
sources = ["S13"]
checked_on = 2026-11-23
review = "needs_review"
related = ["a02"]
picture = "people"
+++

{#law .fact S13}
## Luật nói gì

Luật số 53 bảo vệ bạn từ năm 2025.

{#ask .advice}
## Hỏi ai

- Gọi [111](tel:111) trước.
- Xem [bài khác](a02) và [từ này](term:referral).

FILL

{#later .draft}
Chờ duyệt trong 5 ngày.
"#;
const ARTICLE_EN: &str = r#"+++
id = "a01"
lang = "en"
title = "Ask before you go"
summary = "Three things to ask. If you are not sure, call 111."
review = "needs_review"
+++

{#law}
## What the law says

Law 53 protects you since 2025.

{#ask}
## Whom to ask

- Call [111](tel:111) first.
- Read [another](a02) and [this word](term:referral).

Tell somebody you trust.

{#later}
Wait for 5 days.
"#;
const TOPICS: [(&str, &str); 9] = [
    ("t1", "2.1"),
    ("t2", "2.2"),
    ("t3", "2.3"),
    ("t4", "2.4"),
    ("t5", "2.5"),
    ("t6", "2.6"),
    ("t7", "2.7"),
    ("md", "4.domestic"),
    ("ma", "4.abroad"),
];
const LANGUAGES: &str = r#"
[[language]]
id = "vi"
vi = "Tiếng Việt"
en = "Vietnamese"

[[language]]
id = "en"
vi = "Tiếng Anh"
en = "English"

[[language]]
id = "hnj"
vi = "Mông"
en = "Hmong"
draft_provinces = ["11", "14"]
"#;
const AUDIENCES: &str = r#"
[[audience]]
id = "pub"
vi = "Mọi người"
en = "Everybody"

[[audience]]
id = "officer"
vi = "Cán bộ"
en = "Officers"

[[door]]
id = "leaving"
vi = "Tôi sắp đi"
en = "I am leaving"
audience = "pub"
topics = ["md", "ma"]
first = ["a01", "q1", "checks"]
"#;
const TERMS: &str = r#"
[[term]]
id = "referral"
vi = "chuyển tuyến"
en = "referral"
avoid_vi = ["đẩy ca", "phí"]

[[term]]
id = "crossing"
vi = "di cư trái phép, vượt biên trái phép"
en = "irregular migration"
avoid_vi = "vượt biên"

[[alias]]
from = "huyện"
to = "xã"
"#;
const SOURCES: &str = r#"
[[source]]
id = "S13"
urls = ["https://example.org/law"]
title = "The law"

[[source]]
id = "S72"
urls = "https://example.org/rumour"
title = "Known to be wrong"
never_use = true
"#;
const DIRECTORY: &str = r#"
[[entry]]
id = "d01"
vi = "Tổng đài"
en = "Hotline"
numbers = [{ number = "111" }]
hours_vi = "24 giờ"
hours_en = "24 hours"
cost = "free"
recorded = true
scope = "nationwide"
needs = ["danger", "shelter"]
source = "S13"
checked_on = 2026-11-23
status = "verified"

[[entry]]
id = "d02"
vi = "Công an"
en = "Police"
numbers = [{ number = "113" }]
scope = "nationwide"
needs = ["danger"]
emergency = true
checked_on = 2026-11-23
status = "verified"

[[entry]]
id = "d03"
vi = "Bảo hộ công dân"
en = "Citizen protection"
numbers = [{ number = "+84 981 84 84 84", label_vi = "máy một", label_en = "line one" }]
email = "a@example.org"
scope = "abroad"
country = ["KR"]
needs = ["abroad"]
source = ["S13"]
checked_on = 2026-11-23
status = "recheck"

[[entry]]
id = "d04"
vi = "Sở Y tế"
en = "Department of Health"
scope = "province"
border_only = true
needs = ["support"]
checked_on = 2026-11-23
status = "placeholder"
"#;
const RISK: &str = r#"
id = "q1"
kind = "risk"
title = { vi = "Lời mời này thế nào?", en = "What about this offer?" }
intro = { vi = "Trả lời từng câu.", en = "Answer each question." }

[[question]]
id = "q1_1"
vi = "Họ giữ giấy tờ của bạn?"
en = "Do they keep your papers?"
weight = 5
indicator = "t_docs_taken"
forces = true
advice = { vi = "Đòi lại giấy tờ.", en = "Ask for your papers." }
see = "a01"

[[band]]
from = 0
level = "grey"
vi = "Chưa thấy dấu hiệu rõ; vẫn kiểm tra."
en = "No clear sign so far; check all the same."

[[band]]
from = 4
level = "red"
vi = "Dừng lại, gọi [111](tel:111)."
en = "Stop and call [111](tel:111)."
see = ["a02"]
"#;
const READINESS: &str = r#"
id = "q2"
kind = "readiness"
title = { vi = "Sẵn sàng chưa?", en = "Ready yet?" }
intro = { vi = "Trả lời từng câu.", en = "Answer each question." }

[[question]]
id = "q2_1"
vi = "Có hợp đồng chưa?"
en = "Is there a contract?"
weight = 3
forces_no_for_abroad = true

[[band]]
from = 0
level = "not_yet"
vi = "Chưa nên đi."
en = "Do not leave yet."
"#;
const KNOWLEDGE: &str = r#"
id = "q3"
kind = "knowledge"
title = { vi = "Bạn biết gì?", en = "What do you know?" }
intro = { vi = "Trả lời từng câu.", en = "Answer each question." }

[[question]]
id = "q3_1"
vi = "Hỗ trợ tối đa 120 ngày?"
en = "Is support given for 120 days at most?"
key = true
source = "S13"
explain = { vi = "Luật nói 120 ngày.", en = "The law says 120 days." }

[[band]]
from = 0
level = "again"
vi = "Đọc lại nhé."
en = "Read again."
"#;

impl Library {
    /// A library without a fault.
    pub(crate) fn good() -> Self {
        Self::with(56, 15)
    }

    /// The first two articles and one guide: most rules need no more, and tests
    /// are faster so.
    fn small() -> Self {
        Self::with(2, 1)
    }

    fn with(articles: usize, guides: usize) -> Self {
        let mut files = BTreeMap::new();
        let fill = "Hãy kể cho một người bạn tin. ".repeat(20);
        let article_vi = ARTICLE_VI.replace("FILL", fill.trim());
        for n in 1..=articles {
            let id = format!("\"a{n:02}\"");
            let related = if n == 2 {
                "related = []"
            } else {
                "related = [\"a02\"]"
            };
            let vi = article_vi.replace("related = [\"a02\"]", related);
            add(
                &mut files,
                "articles",
                &id,
                &vi.replacen("\"a01\"", &id, 1),
                ARTICLE_EN,
            );
        }
        for n in 1..=guides {
            let blocks = ["lawful", "trap", "signs", "numbers", "ask"];
            let (vi, en) = written("guide", "pub", &blocks);
            add(&mut files, "guides", &format!("\"g{n:02}\""), &vi, &en);
        }
        for id in ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "md", "ma"] {
            let blocks = [
                "aim",
                "messages",
                "run-sheet",
                "activity",
                "questions",
                "closing",
            ];
            let (vi, en) = written("kit", "officer", &blocks);
            add(&mut files, "kits", &format!("\"k_{id}\""), &vi, &en);
        }
        let blocks = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10"];
        let (vi, en) = written("checks", "pub", &blocks);
        add(&mut files, "checks", "\"checks\"", &vi, &en);
        let mut topics = String::new();
        for (id, plan) in TOPICS {
            let _ = writeln!(
                topics,
                "[[topic]]\nid = {id:?}\nvi = \"Chủ đề\"\nen = \"Topic\"\nplan = {plan:?}\n"
            );
        }
        for (name, text) in [
            ("topics.toml", topics.as_str()),
            ("terms.toml", TERMS),
            ("sources.toml", SOURCES),
            ("languages.toml", LANGUAGES),
            ("directory.toml", DIRECTORY),
            ("quizzes/q1.toml", RISK),
            ("quizzes/q2.toml", READINESS),
            ("quizzes/q3.toml", KNOWLEDGE),
            ("pictures/people.svg", "<svg/>"),
        ] {
            files.insert(name.to_owned(), text.to_owned());
        }
        files
            .entry("topics.toml".to_owned())
            .or_default()
            .push_str(AUDIENCES);
        Self(files)
    }

    /// The library after some edits. Each must change something.
    fn edited(mut self, edits: &[Edit]) -> Self {
        for edit in edits {
            match *edit {
                Edit::Say(file, from, to) => {
                    let text = self.0.get_mut(file).unwrap();
                    assert!(text.contains(from), "{file} does not say {from:?}");
                    *text = text.replacen(from, to, 1);
                }
                Edit::Write(file, text) => {
                    self.0.insert(file.to_owned(), text.to_owned());
                }
                Edit::Remove(file) => {
                    assert!(self.0.remove(file).is_some(), "{file} is not there");
                }
            }
        }
        self
    }

    /// What may not be published of it; what was never written is left out.
    fn findings(&self) -> Vec<Finding> {
        let dir = self.on_disk();
        let mut findings = examine(dir.path());
        if !self.0.contains_key("articles/a03.vi.md") {
            findings.retain(|finding| finding.rule != Rule::Missing);
        }
        findings
    }

    /// The library in a folder of its own.
    pub(crate) fn on_disk(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (file, text) in &self.0 {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }
}

fn add(files: &mut BTreeMap<String, String>, folder: &str, id: &str, vi: &str, en: &str) {
    let name = id.trim_matches('"');
    let vi = vi.replacen("\"ID\"", id, 1);
    let en = en.replacen("\"ID\"", id, 1).replacen("\"a01\"", id, 1);
    files.insert(format!("{folder}/{name}.vi.md"), vi);
    files.insert(format!("{folder}/{name}.en.md"), en);
}

fn written(kind: &str, audience: &str, blocks: &[&str]) -> (String, String) {
    let mut vi = format!(
        "+++\nid = \"ID\"\nkind = {kind:?}\nlang = \"vi\"\ntitle = \"Tên\"\nsummary = \"Tóm tắt.\"\n\
         audience = [{audience:?}]\nchecked_on = 2026-11-23\nreview = \"reviewed\"\n+++\n"
    );
    let mut en = "+++\nid = \"ID\"\nlang = \"en\"\ntitle = \"Name\"\nsummary = \"Summary.\"\n\
                  review = \"reviewed\"\n+++\n"
        .to_owned();
    for id in blocks {
        let _ = write!(vi, "\n{{#{id} .advice}}\nHãy hỏi.\n");
        let _ = write!(en, "\n{{#{id}}}\nAsk.\n");
    }
    (vi, en)
}

/// What is found after some edits of a small library.
pub(crate) fn findings_after(edits: &[Edit]) -> Vec<Finding> {
    Library::small().edited(edits).findings()
}

/// A small library with these words in a block of each class.
pub(crate) fn with_words(words: &str) -> Library {
    let mut library = Library::small();
    let file = library.0.get_mut("articles/a01.vi.md").unwrap();
    *file = file
        .replacen("## Luật nói gì", words, 1)
        .replacen("## Hỏi ai", words, 1);
    library
}

/// What is found in a small library.
pub(crate) fn findings_in(library: &Library) -> Vec<Finding> {
    library.findings()
}

/// Each case breaks its rule, in the file that was edited last, and no other.
pub(crate) fn refused(cases: &[Case]) {
    for (rule, edits) in cases {
        let findings = match rule {
            Rule::Missing => Library::good().edited(edits).findings(),
            _ => findings_after(edits),
        };
        let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
        let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let case = edits.last().map(|edit| match *edit {
            Edit::Say(file, _, to) => format!("{file}: {to}"),
            Edit::Write(file, _) | Edit::Remove(file) => file.to_owned(),
        });
        assert!(
            rules.contains(rule),
            "{case:?} should break {rule:?}: {words:#?}"
        );
        assert!(
            rules.iter().all(|broken| broken == rule),
            "{case:?} should break nothing but {rule:?}: {words:#?}"
        );
    }
}

/// Nothing is said against these edits.
pub(crate) fn accepted(cases: &[&[Edit]]) {
    for edits in cases {
        let findings = findings_after(edits);
        let words: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(words.is_empty(), "{words:#?}");
    }
}
