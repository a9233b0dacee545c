//! Answers as people read them.

use loive_documents::places;
use loive_documents::{Answers, Field, Form, Value};
use ratatui::text::Line;

use crate::parts::look;
use crate::parts::wrap::{width, wrap};
use crate::tongue::{self, Tongue};

/// Sections of the form: the first question of each, and the name of the
/// section in `strings/`. A form file has no sections; they only help the eye.
const SECTIONS: [(&str, &str); 8] = [
    ("danger_now", "section.danger"),
    ("reporter_role", "section.reporter"),
    ("when_seen", "section.where"),
    ("how_many", "section.who"),
    ("what_type", "section.what"),
    ("suspect_info", "section.recruiter"),
    ("evidence_have", "section.evidence"),
    ("contact_wanted", "section.contact"),
];

/// The section that begins with this question.
pub(crate) fn section(field: &Field) -> Option<&'static str> {
    SECTIONS
        .iter()
        .find(|(first, _)| *first == field.id())
        .map(|(_, name)| *name)
}

/// An answer in words.
pub(crate) fn spoken(field: &Field, value: &Value, tongue: Tongue) -> String {
    let lang = tongue.form();
    // An option that this version does not know shows its code.
    let label = |code: &String| {
        field
            .option(code)
            .map_or_else(|| code.clone(), |option| option.label(lang).to_owned())
    };
    match value {
        Value::Bool(true) => tongue.get("answer.yes").to_owned(),
        Value::Bool(false) => tongue.get("answer.no").to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Single(code) => label(code),
        Value::Multi(codes) => codes.iter().map(label).collect::<Vec<_>>().join("; "),
        Value::Place(place) => places::name(place, lang),
        Value::Time(minutes) => tongue::clock(*minutes),
    }
}

/// Whether somebody is in danger now.
pub(crate) fn is_danger(answers: &Answers) -> bool {
    answers.has("danger_now", "yes")
}

/// What a report is about, for a row: what and where.
pub(crate) fn about(answers: &Answers, tongue: Tongue) -> Option<String> {
    let form = Form::suspicion_report();
    let parts: Vec<String> = ["what_type", "where"]
        .iter()
        .filter_map(|id| {
            let field = form.field(id)?;
            Some(spoken(field, answers.get(id)?, tongue))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// The emergency numbers, large enough to be seen first.
pub(crate) fn alarm(tongue: Tongue, columns: usize) -> Vec<Line<'static>> {
    alarm_of(tongue.get("alarm.danger"), columns)
}

/// A sentence that must be seen first.
pub(crate) fn alarm_of(words: &str, columns: usize) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(2);
    wrap(words, room)
        .into_iter()
        .map(|line| {
            let rest = " ".repeat(room.saturating_sub(width(&line)));
            Line::styled(format!(" {line}{rest} "), look::ALARM)
        })
        .collect()
}

/// What the person has said about being called that may go wrong.
pub(crate) fn contact_warnings(answers: &Answers) -> Vec<&'static str> {
    if answers.get("contact_wanted") != Some(&Value::Bool(true)) {
        return Vec::new();
    }
    let lacks_hours = ["safe_from", "safe_to"]
        .iter()
        .any(|id| answers.get(id).is_none());
    let checks = [
        (answers.get("safe_phone").is_none(), "contact.no_number"),
        (lacks_hours, "contact.no_hours"),
        (answers.has("phone_shared", "yes"), "contact.shared"),
        (answers.has("voicemail_ok", "no"), "contact.no_voicemail"),
        (answers.has("sms_ok", "no"), "contact.no_sms"),
        (answers.get("safe_word").is_none(), "contact.no_word"),
    ];
    checks
        .into_iter()
        .filter(|(is_so, _)| *is_so)
        .map(|(_, key)| key)
        .collect()
}
