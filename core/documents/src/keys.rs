//! Keys of the root map that are no form fields.

/// Code of the form, in a report's first change.
pub(crate) const FORM: &str = "form";
/// Version of the form, in a report's first change.
pub(crate) const FORM_VERSION: &str = "form_version";
/// Seconds since 1970 at which the reporter took the report back.
pub(crate) const WITHDRAWN: &str = "withdrawn";
/// Thread: when the hotline's machine opened the report.
pub(crate) const OPENED: &str = "opened";
/// Thread: when a person first read it.
pub(crate) const READ: &str = "read";
/// Thread: when it was closed.
pub(crate) const CLOSED: &str = "closed";
/// Thread: when a person saw that it was withdrawn.
pub(crate) const WITHDRAWN_SEEN: &str = "withdrawn_seen";

/// Thread of a proposal: when it was taken into the library.
pub(crate) const ACCEPTED: &str = "accepted";
/// Thread of a proposal: when the hotline decided not to take it.
pub(crate) const DECLINED: &str = "declined";

const MESSAGE: &str = "message.";
/// The latest time that a message key can hold, in seconds since 1970.
pub(crate) const MESSAGE_MAX_SECONDS: u64 = 9_999_999_999;
const SECONDS_DIGITS: usize = 10;
const NONCE_DIGITS: usize = 8;

/// The key of a message: `message.<10 digits of seconds>-<8 hexadecimal digits>`.
/// The nonce keeps two messages of one second apart.
pub(crate) fn message(written_at: u64, nonce: [u8; 4]) -> String {
    let nonce = u32::from_be_bytes(nonce);
    format!("{MESSAGE}{written_at:010}-{nonce:08x}")
}

/// When the message under `key` was written, if `key` is that of a message.
pub(crate) fn message_written_at(key: &str) -> Option<u64> {
    let (seconds, nonce) = key.strip_prefix(MESSAGE)?.split_once('-')?;
    let digits = seconds.len() == SECONDS_DIGITS && seconds.bytes().all(|b| b.is_ascii_digit());
    let hex = nonce.len() == NONCE_DIGITS
        && nonce
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if digits && hex {
        seconds.parse().ok()
    } else {
        None
    }
}

/// What follows `message.`: the id of a message.
pub(crate) fn message_id(key: &str) -> Option<&str> {
    message_written_at(key).and_then(|_| key.strip_prefix(MESSAGE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_key_reads_back() {
        let key = message(1_790_000_000, [0, 1, 0xab, 0xff]);
        assert_eq!(key, "message.1790000000-0001abff");
        assert_eq!(message_written_at(&key), Some(1_790_000_000));
        assert_eq!(message_id(&key), Some("1790000000-0001abff"));
    }

    #[test]
    fn other_keys_are_no_messages() {
        for key in [
            "message.",
            "message.1790000000",
            "message.1790000000-",
            "message.179000000-0001abff",
            "message.1790000000-0001ABFF",
            "message.+790000000-0001abff",
            "message.1790000000-0001abff0",
            "messages.1790000000-0001abff",
        ] {
            assert_eq!(message_written_at(key), None, "{key}");
        }
    }
}
