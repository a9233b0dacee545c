//! What went wrong, in words that say what the person can do. The one place
//! where an error of the engine becomes a sentence.

use loive_client::{Lock, PhoneError, Problem, Rejection};
use loive_documents::Form;
use loive_protocol::Refusal;

use crate::tongue::Tongue;

/// The sentence for an error.
pub(crate) fn sentence(error: &PhoneError, tongue: Tongue) -> String {
    let key = match error {
        PhoneError::Offline => "error.offline",
        PhoneError::Locked { why } => lock(*why),
        PhoneError::NotFound => "error.not_found",
        PhoneError::StorageFull => "error.storage_full",
        PhoneError::Damaged => "error.damaged",
        PhoneError::Invalid { field, reason } => return invalid(field, *reason, tongue),
        PhoneError::Rejected { reason } => return rejection(*reason, tongue),
        PhoneError::Internal { incident_id } => {
            return tongue.with("error.internal", &[("id", incident_id)]);
        }
    };
    tongue.get(key).to_owned()
}

fn lock(why: Lock) -> &'static str {
    match why {
        Lock::PinNeeded => "error.pin_needed",
        Lock::WrongPin => "error.wrong_pin",
        Lock::WrongKey => "error.wrong_key",
        Lock::NoKey => "error.no_key",
        Lock::InUse => "error.in_use",
        Lock::ReadOnly => "error.read_only",
    }
}

fn invalid(field: &str, reason: Problem, tongue: Tongue) -> String {
    let words = problem(reason, tongue);
    match Form::suspicion_report().field(field) {
        Some(field) => {
            let question = field.label(tongue.form());
            tongue.with(
                "error.in_question",
                &[("question", question), ("problem", &words)],
            )
        }
        None => words,
    }
}

/// What is wrong with an input.
pub(crate) fn problem(reason: Problem, tongue: Tongue) -> String {
    let key = match reason {
        Problem::TooLong { limit, found } => return too_long(limit, found, tongue),
        Problem::TooShort { limit, .. } => {
            return tongue.with("problem.too_short", &[("limit", &limit.to_string())]);
        }
        Problem::Number { min, max } => {
            let (min, max) = (min.to_string(), max.to_string());
            return tongue.with("problem.number", &[("min", &min), ("max", &max)]);
        }
        Problem::ReceiptLength { found } => {
            return tongue.with("problem.receipt_length", &[("found", &found.to_string())]);
        }
        Problem::ReceiptPrefix { which } => {
            return tongue.with("problem.receipt_prefix", &[("which", &which.to_string())]);
        }
        Problem::TooLarge { limit, found } => {
            let (limit, found) = (limit.to_string(), found.to_string());
            return tongue.with("problem.too_large", &[("limit", &limit), ("found", &found)]);
        }
        Problem::PlaysTooLong { limit_milliseconds } => {
            let seconds = (limit_milliseconds / 1_000).to_string();
            return tongue.with("problem.plays_too_long", &[("seconds", &seconds)]);
        }
        Problem::NothingNew => "problem.nothing_new",
        Problem::NotOpus => "problem.not_opus",
        Problem::Silent => "problem.silent",
        Problem::Empty => "problem.empty",
        Problem::Missing => "problem.missing",
        Problem::UnknownOption => "problem.unknown_option",
        Problem::WrongType => "problem.wrong_type",
        Problem::Phone => "problem.phone",
        Problem::Time => "problem.time",
        Problem::Place => "problem.place",
        Problem::UnknownField => "problem.unknown_field",
        Problem::ReceiptNotDigits => "problem.receipt_not_digits",
        Problem::ReceiptCheckDigit => "problem.receipt_check_digit",
    };
    tongue.get(key).to_owned()
}

/// Too many characters: names how many there are and may be.
pub(crate) fn too_long(limit: usize, found: usize, tongue: Tongue) -> String {
    let (limit, found) = (limit.to_string(), found.to_string());
    tongue.with("problem.too_long", &[("limit", &limit), ("found", &found)])
}

fn rejection(reason: Rejection, tongue: Tongue) -> String {
    let key = match reason {
        Rejection::Refused(refusal) => return refused(refusal, tongue),
        Rejection::TooMany { limit } => {
            return tongue.with("rejection.too_many", &[("limit", &limit.to_string())]);
        }
        Rejection::NotUnderstood => "rejection.not_understood",
        Rejection::Untrusted => "rejection.untrusted",
        Rejection::InsecureAddress => "rejection.insecure_address",
        Rejection::OtherHotline => "rejection.other_hotline",
        Rejection::BadCard => "rejection.bad_card",
        Rejection::NewerStore => "rejection.newer_store",
        Rejection::NotOurRelease => "rejection.not_our_release",
        Rejection::OlderRelease => "rejection.older_release",
        Rejection::NoSealKey => "rejection.no_seal_key",
        Rejection::TooLarge => "rejection.too_large",
        Rejection::DocumentFull => "rejection.document_full",
        Rejection::Withdrawn => "rejection.withdrawn",
        Rejection::NotOnThisPhone => "rejection.not_on_this_phone",
    };
    tongue.get(key).to_owned()
}

/// Why the hotline did not take something.
pub(crate) fn refused(refusal: Refusal, tongue: Tongue) -> String {
    let key = format!("refusal.{}", refusal.key());
    tongue.find(&key, "refusal.other").to_owned()
}
