//! The answers of a report, in sections.

use std::collections::BTreeMap;

use loive_documents::{Form, Kind, Value};

use super::labels::Labels;
use crate::desk::view::ReportPage;

/// Sections in the order in which a counsellor needs them, each with its fields.
const SECTIONS: &[(&str, &[&str])] = &[
    ("section.danger", &["danger_now", "danger_call_done"]),
    (
        "section.what",
        &[
            "what_type",
            "when_seen",
            "where",
            "where_hint",
            "country_abroad",
        ],
    ),
    (
        "section.who",
        &["how_many", "who_involved", "can_talk_freely", "languages"],
    ),
    ("section.recruiter", &["suspect_info", "route_info"]),
    ("section.evidence", &["evidence_have"]),
    (
        "section.reporter",
        &[
            "reporter_role",
            "reporter_anonymous",
            "consent_process",
            "consent_share",
        ],
    ),
];

/// Fields that have their own place on the page.
const SHOWN_ELSEWHERE: &[&str] = &[
    "indicators",
    "contact_wanted",
    "safe_phone",
    "safe_days",
    "safe_from",
    "safe_to",
    "safe_word",
    "voicemail_ok",
    "sms_ok",
    "phone_shared",
    "lang",
];

const OTHER: &str = "section.other";

/// One section, ready to be shown.
pub(super) struct Section {
    /// Key of its title.
    pub(super) key: &'static str,
    /// Its answers; never empty.
    pub(super) answers: Vec<AnswerView>,
}

/// One answer.
pub(super) struct AnswerView {
    /// The question.
    pub(super) label: String,
    /// The answer.
    pub(super) text: String,
    /// Whether somebody wrote it in their own words.
    pub(super) free: bool,
    /// Every value, where two phones wrote different ones; empty otherwise.
    pub(super) conflict: Vec<String>,
}

/// The sections that have an answer.
pub(super) fn sections(page: &ReportPage, labels: &Labels) -> Vec<Section> {
    let mut sections: Vec<Section> = SECTIONS
        .iter()
        .map(|(key, fields)| Section {
            key,
            answers: pick(fields, page, labels),
        })
        .collect();
    let rest = unplaced(labels.form(), &page.answers, &page.conflicts);
    sections.push(Section {
        key: OTHER,
        answers: pick(&rest, page, labels),
    });
    sections.retain(|section| !section.answers.is_empty());
    sections
}

fn pick(fields: &[&str], page: &ReportPage, labels: &Labels) -> Vec<AnswerView> {
    fields
        .iter()
        .filter_map(|id| answer(id, page, labels))
        .collect()
}

fn answer(id: &str, page: &ReportPage, labels: &Labels) -> Option<AnswerView> {
    let conflict: Vec<String> = page
        .conflicts
        .get(id)
        .map(|values| values.iter().map(|value| labels.value(id, value)).collect())
        .unwrap_or_default();
    let value = page.answers.get(id);
    let text = value.map(|value| labels.value(id, value));
    if text.is_none() && conflict.is_empty() {
        return None;
    }
    let label = labels.field(id).to_owned();
    let free = matches!(value, Some(Value::Text(_)));
    Some(AnswerView {
        label,
        text: text.unwrap_or_default(),
        free,
        conflict,
    })
}

/// Fields with an answer that no section names: of a newer form, or of a field
/// shown elsewhere on which two phones disagree. Nothing is ever left out.
fn unplaced<'page>(
    form: &'static Form,
    answers: &'page BTreeMap<String, Value>,
    conflicts: &'page BTreeMap<String, Vec<Value>>,
) -> Vec<&'page str> {
    let placed = |id: &str| SECTIONS.iter().any(|(_, fields)| fields.contains(&id));
    let is_note = |id: &str| {
        form.field(id)
            .is_some_and(|field| field.kind() == Kind::Note)
    };
    let mut rest: Vec<&str> = answers
        .keys()
        .map(String::as_str)
        .filter(|id| !placed(id) && !SHOWN_ELSEWHERE.contains(id) && !is_note(id))
        .chain(
            conflicts
                .keys()
                .map(String::as_str)
                .filter(|id| SHOWN_ELSEWHERE.contains(id)),
        )
        .collect();
    rest.dedup();
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_of_the_form_has_its_place_on_the_page() {
        for field in Form::suspicion_report().questions() {
            let placed = SECTIONS
                .iter()
                .any(|(_, fields)| fields.contains(&field.id()));
            let elsewhere = SHOWN_ELSEWHERE.contains(&field.id());
            assert!(placed != elsewhere, "{} is nowhere or twice", field.id());
        }
    }
}
