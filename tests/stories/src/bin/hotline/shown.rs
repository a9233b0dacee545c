//! What the desk shows, as JSON.

use loive_documents::{Place, Value};
use loive_server::desk::{QuarantineRow, ReportPage};
use loive_stories::Counsellor;
use serde_json::{Map, Value as Json, json};

/// All about a report, or that it is not there.
pub(crate) fn report(found: Option<(ReportPage, Vec<String>)>) -> Json {
    let Some((page, lines)) = found else {
        return json!({ "found": false });
    };
    let answers: Map<String, Json> = page
        .answers
        .iter()
        .map(|(field, value)| (field.clone(), answer(value)))
        .collect();
    let conflicts: Map<String, Json> = page
        .conflicts
        .iter()
        .map(|(field, values)| (field.clone(), values.iter().map(answer).collect()))
        .collect();
    json!({
        "found": true,
        "answers": answers,
        "conflicts": conflicts,
        "lines": lines,
        "language": page.reader_language,
        "urgency": page.row.urgency.code().to_uppercase(),
        "state": format!("{:?}", page.row.state),
        "unread": page.row.unread,
        "withdrawn": page.row.withdrawn,
        "quarantined": page.row.quarantined,
        "written_at": page.row.written_at,
        "received_at": page.row.received_at,
    })
}

/// What could not be merged.
pub(crate) fn quarantine(counsellor: &Counsellor<'_>) -> Json {
    let row = |row: QuarantineRow| {
        json!({
            "report": row.report.map(|id| id.to_string()),
            "reason": row.reason,
            "readable": row.readable,
            "urgent": row.urgent,
        })
    };
    let rows: Vec<_> = counsellor.quarantine().into_iter().map(row).collect();
    json!({ "rows": rows })
}

fn answer(value: &Value) -> Json {
    match value {
        Value::Bool(yes) => json!(yes),
        Value::Int(number) => json!(number),
        Value::Text(text) | Value::Single(text) => json!(text),
        Value::Multi(codes) => json!(codes),
        Value::Time(minutes) => json!(minutes),
        Value::Place(place) => match place {
            Place::Commune { province, commune } => {
                json!({ "province": province, "commune": commune })
            }
            Place::Province(province) => json!({ "province": province }),
            Place::Abroad => json!("abroad"),
            Place::Unknown => json!("unknown"),
            Place::Moving => json!("moving"),
        },
    }
}
