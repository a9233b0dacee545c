//! The compact form's first generation is frozen. If a test here fails, phones
//! in the field and the desk no longer make the same first change: give the
//! form a new version or the encoding a new generation, never new vectors.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use loive_documents::{Answers, Condition, Form, Literal, Place, Value, compact};

fn single(code: &str) -> Value {
    Value::Single(code.to_owned())
}

fn multi(codes: &[&str]) -> Value {
    Value::Multi(codes.iter().map(|code| (*code).to_owned()).collect())
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn place(code: &str) -> Value {
    Value::Place(Place::from_code(code).unwrap())
}

/// "Danger!", and nothing more: the shortest report there is.
fn danger_only() -> Answers {
    [("danger_now", single("yes"))].into_iter().collect()
}

/// The three questions of the shortest way, and the language.
fn express() -> Answers {
    [
        ("danger_now", single("unknown")),
        ("where", place("01/00004")),
        ("what_type", multi(&["job_abroad", "unsure"])),
        ("lang", single("vi")),
    ]
    .into_iter()
    .collect()
}

/// Nothing answered at all.
fn empty() -> Answers {
    Answers::new()
}

/// A worker held abroad; his sister fills in everything.
fn everything() -> Answers {
    [
        ("danger_now", single("yes")),
        ("danger_call_done", single("cannot_call")),
        ("reporter_role", single("family")),
        ("reporter_anonymous", Value::Bool(false)),
        ("consent_process", Value::Bool(true)),
        (
            "consent_share",
            multi(&["hotline_111", "police", "womens_union"]),
        ),
        ("when_seen", single("now")),
        ("where", place("abroad")),
        ("where_hint", text("toà nhà trắng cạnh sông, tầng 3")),
        ("country_abroad", single("KH")),
        ("how_many", single("6+")),
        ("who_involved", multi(&["man", "boy_u18"])),
        ("can_talk_freely", single("no")),
        ("languages", multi(&["vi", "tyz"])),
        (
            "what_type",
            multi(&["job_abroad", "scam_compound", "cross_border"]),
        ),
        (
            "indicators",
            multi(&["r_pay_too_good", "t_docs_taken", "e_locked", "e_ransom"]),
        ),
        (
            "suspect_info",
            text("Zalo “Hùng tuyển dụng”, biển số 63B1-123.45"),
        ),
        ("route_info", text("xe khách đêm, rồi đường mòn")),
        ("evidence_have", multi(&["messages", "photo_of_ad"])),
        ("contact_wanted", Value::Bool(true)),
        ("safe_phone", text("+84 912 345 678")),
        ("safe_days", multi(&["sat", "sun"])),
        ("safe_from", Value::Time(19 * 60 + 30)),
        ("safe_to", Value::Time(22 * 60)),
        ("safe_word", text("hoa ban")),
        ("voicemail_ok", single("no")),
        ("sms_ok", single("yes")),
        ("phone_shared", single("unknown")),
        ("lang", single("vi")),
    ]
    .into_iter()
    .collect()
}

/// Seven signs: too many for the list, so one bit for each of the forty.
fn many_signs() -> Answers {
    let signs = [
        "r_job_lie",
        "r_no_contract",
        "t_watched",
        "e_wages_held",
        "e_hours",
        "e_organ",
        "v_returned",
    ];
    [("indicators", multi(&signs)), ("where", place("08"))]
        .into_iter()
        .collect()
}

/// A keyboard that decomposes, a line break and a ship: kept as typed.
fn as_typed() -> Answers {
    [
        ("where_hint", text("Vie\u{323}\u{302}t Tri\u{300}")),
        ("suspect_info", text("dòng một\r\ndòng hai 🚢")),
        ("where", place("unknown")),
        ("lang", single("en")),
    ]
    .into_iter()
    .collect()
}

#[test]
fn every_vector_is_written_and_read_as_ever() {
    let vectors = [
        ("empty", empty()),
        ("danger_only", danger_only()),
        ("express", express()),
        ("everything", everything()),
        ("many_signs", many_signs()),
        ("as_typed", as_typed()),
    ];
    for (name, answers) in vectors {
        let form = Form::suspicion_report();
        assert!(
            form.effective(&answers) == answers,
            "{name} has an answer that does not count"
        );
        let written = hex(&compact::encode(form, &answers).unwrap());
        assert_eq!(written, golden(&format!("{name}.hex")), "{name}");
        let (reference, read) = compact::decode(&unhex(&written)).unwrap();
        assert_eq!(
            (reference.id, reference.version, reference.generation),
            (form.id(), 1, 1)
        );
        assert!(read == answers, "{name}");
    }
}

/// The vectors cannot hold every option of every field; their positions can be
/// pinned all the same.
#[test]
fn no_field_and_no_option_has_moved() {
    let mut layout = String::new();
    for field in Form::suspicion_report().questions() {
        let (id, kind) = (field.id(), field.kind());
        write!(layout, "{id} {kind:?}").unwrap();
        if let Some(max_chars) = field.max_chars() {
            write!(layout, " {max_chars}").unwrap();
        }
        match field.show_if() {
            None => {}
            Some(Condition::Is {
                field,
                answer: Literal::Code(code),
            }) => {
                write!(layout, " if {field}={code}").unwrap();
            }
            Some(Condition::Is {
                field,
                answer: Literal::Bool(yes),
            }) => {
                write!(layout, " if {field}={yes}").unwrap();
            }
            Some(Condition::HasAny { field, options }) => {
                write!(layout, " if {field} has {}", options.join("|")).unwrap();
            }
        }
        for option in field.options() {
            write!(layout, " {}", option.code()).unwrap();
        }
        layout.push('\n');
    }
    assert_eq!(layout.trim_end(), golden("suspicion_report_1.layout"));
}

fn golden(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    fs::read_to_string(path).unwrap().trim_end().to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}
