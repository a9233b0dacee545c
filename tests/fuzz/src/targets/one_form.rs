use loive_protocol::Wire;

/// Reads a message, and holds the promise of every message: what can be read
/// has exactly one form, that of the bytes it was read from.
pub(super) fn one_form<T: Wire>(bytes: &[u8]) -> Option<T> {
    let message = T::from_bytes(bytes).ok()?;
    assert!(message.to_bytes() == bytes, "one message, two forms");
    Some(message)
}
