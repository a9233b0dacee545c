use loive_protocol::fuzzing;
use loive_protocol::limits::INFLATED_MAX_BYTES;

/// Compressing takes a millisecond, reading some microseconds: so many readings
/// to one compression.
const READINGS_TO_A_WRITING: usize = 64;

/// Compressed bytes behind the number of their dictionary: they never become
/// more than a batch may hold.
pub fn inflated(bytes: &[u8]) {
    let Some((&dictionary, compressed)) = bytes.split_first() else {
        return;
    };
    let Ok(content) = fuzzing::inflate(compressed, dictionary) else {
        return;
    };
    assert!(content.len() <= INFLATED_MAX_BYTES, "a bomb");
    if content.len() % READINGS_TO_A_WRITING == 0 {
        let again = fuzzing::deflate(&content, dictionary).expect("the dictionary is known");
        assert!(fuzzing::inflate(&again, dictionary).is_ok_and(|again| again == content));
    }
}
