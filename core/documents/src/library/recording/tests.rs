#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use super::*;

/// A second and a half of a synthetic voice, encoded by `opusenc`, with comments: an
/// artist and a place.
const VOICE: &[u8] = include_bytes!("voice.opus");

/// Where the pages begin.
fn pages(ogg: &[u8]) -> Vec<usize> {
    let mut at = 0;
    let mut begins = Vec::new();
    while let Some((_, length)) = read(&ogg[at..]) {
        begins.push(at);
        at += length;
    }
    assert_eq!(at, ogg.len());
    begins
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

#[test]
fn nothing_but_sound_is_left_of_a_recording() {
    assert!(contains(VOICE, b"LOCATION") && contains(VOICE, b"ENCODER"));
    let clean = clean_recording(VOICE).unwrap();
    for word in [
        &b"LOCATION"[..],
        b"Somewhere",
        b"ARTIST",
        b"ENCODER",
        b"libopus",
    ] {
        assert!(!contains(&clean.bytes, word));
    }
    assert!((1_000..2_000).contains(&clean.milliseconds));
    assert!(clean.bytes.len() < VOICE.len());
}

#[test]
fn what_is_clean_stays_as_it_is() {
    let clean = clean_recording(VOICE).unwrap();
    assert!(clean_recording(&clean.bytes).unwrap() == clean);
}

#[test]
fn a_flipped_bit_or_a_cut_is_noticed() {
    let begins = pages(VOICE);
    for at in (0..VOICE.len()).step_by(7) {
        let mut broken = VOICE.to_vec();
        broken[at] ^= 0x10;
        assert_eq!(
            clean_recording(&broken).err(),
            Some(RecordingError::NotOpus),
            "bit at {at}"
        );
    }
    for length in (0..VOICE.len()).step_by(11) {
        let is_page_end = begins.contains(&length);
        assert!(is_page_end || clean_recording(&VOICE[..length]).is_err());
    }
    assert_eq!(
        clean_recording(&VOICE[..begins[2]]).err(),
        Some(RecordingError::Silent)
    );
}

#[test]
fn what_is_no_voice_is_refused() {
    for other in [&b""[..], b"RIFF....WAVE", &[0; 400], b"OggS"] {
        assert_eq!(clean_recording(other).err(), Some(RecordingError::NotOpus));
    }
    let huge = vec![0; RECORDING_MAX_BYTES * 8 + 1];
    assert!(matches!(
        clean_recording(&huge),
        Err(RecordingError::TooLarge { .. })
    ));
}

/// A file of our own making, with pages of `lacing` and times that `times` says.
fn made(head_edit: impl Fn(&mut Vec<u8>), lacing: &[u8], times: &[u64]) -> Vec<u8> {
    let mut head = b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0".to_vec();
    head_edit(&mut head);
    let mut writer = Writer::default();
    writer.page(BEGINS, 0, &[u8::try_from(head.len()).unwrap()], &head);
    writer.page(0, 0, &[16], NO_TAGS);
    let body = vec![7; lacing.iter().map(|it| usize::from(*it)).sum()];
    for time in times {
        writer.page(0, *time, lacing, &body);
    }
    writer.bytes
}

#[test]
fn times_run_forward_and_have_an_end() {
    let sound = |times: &[u64]| clean_recording(&made(|_| {}, &[100; 10], times));
    assert_eq!(sound(&[48_312]).unwrap().milliseconds, 1_000);
    assert_eq!(sound(&[NO_TIME, 48_312]).unwrap().milliseconds, 1_000);
    assert_eq!(
        sound(&[96_000, 48_000]).err(),
        Some(RecordingError::NotOpus)
    );
    assert_eq!(sound(&[312]).err(), Some(RecordingError::Silent));
    assert_eq!(sound(&[u64::MAX - 1]).err(), Some(RecordingError::TooLong));
    let too_long = 48 * u64::from(RECORDING_MAX_MILLISECONDS + 1) + 312;
    assert_eq!(sound(&[too_long]).err(), Some(RecordingError::TooLong));
}

#[test]
fn a_head_that_a_player_of_today_cannot_read_is_refused() {
    type Edit = fn(&mut Vec<u8>);
    let edits: [Edit; 5] = [
        |head| head[8] = 0x11,
        |head| head[9] = 3,
        |head| head[18] = 1,
        |head| head.push(0),
        |head| head[0] = b'o',
    ];
    for edit in edits {
        let file = made(edit, &[100], &[48_312]);
        assert_eq!(clean_recording(&file).err(), Some(RecordingError::NotOpus));
    }
}

#[test]
fn a_recording_that_fits_no_envelope_is_refused() {
    let times: Vec<u64> = (1..=200).map(|n| n * 960).collect();
    let file = made(|_| {}, &[250], &times);
    assert!(matches!(
        clean_recording(&file),
        Err(RecordingError::TooLarge { found }) if found > RECORDING_MAX_BYTES
    ));
}

#[test]
fn a_document_says_where_a_recording_is() {
    let clean = clean_recording(VOICE).unwrap();
    let recording = clean.recording();
    let value = recording.to_value();
    assert_eq!(Recording::from_value(&value), Some(recording.clone()));
    assert_eq!(recording.join(clean.chunks()), Some(clean.bytes.clone()));
    assert_eq!(recording.join([b"other".as_slice()]), None);
    assert_eq!(recording.join([]), None);

    let hash = recording.chunks[0];
    for broken in [
        String::new(),
        "1".into(),
        format!("0 5 {hash}"),
        format!("5 0 {hash}"),
        format!("05 5 {hash}"),
        format!("5 5 {hash} {hash}"),
        format!("5 5  {hash}"),
        format!("49153 5 {hash} {hash}"),
        format!("5 5 {}", hash.to_string().to_uppercase()),
        format!("5 200000 {hash}"),
    ] {
        assert_eq!(Recording::from_value(&broken), None, "{broken}");
    }
}
