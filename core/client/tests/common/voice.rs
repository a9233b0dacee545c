//! Voices: a real one, and one as long as it may be.

/// A second and a half of a synthetic voice, with comments: an artist and a place.
pub(crate) const VOICE: &[u8] =
    include_bytes!("../../../documents/src/library/recording/voice.opus");

/// A file of so many pages with sound that does not compress, a quarter of a
/// second each, and comments of so many bytes.
pub(crate) fn voice(pages: u64, comments: usize) -> Vec<u8> {
    let mut ogg = Vec::new();
    page(
        &mut ogg,
        2,
        0,
        b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0",
    );
    let mut tags = b"OpusTags".to_vec();
    tags.extend(std::iter::repeat_n(b'z', comments));
    page(&mut ogg, 0, 0, &tags);
    let mut state = 1_u64;
    for number in 1..=pages {
        let sound: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state.to_be_bytes()[0]
        })
        .take(1_000)
        .collect();
        page(&mut ogg, 0, number * 12_000, &sound);
    }
    ogg
}

/// One page with one packet (RFC 3533).
fn page(ogg: &mut Vec<u8>, flags: u8, time: u64, packet: &[u8]) {
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(time.to_le_bytes());
    page.extend([7; 12]);
    page[18..26].fill(0);
    let full = packet.len() / 255;
    page.push(full as u8 + 1);
    page.extend(std::iter::repeat_n(255, full));
    page.push((packet.len() % 255) as u8);
    page.extend(packet);
    let sum = page.iter().fold(0_u32, |mut sum, byte| {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = (sum << 1) ^ ((sum >> 31) * 0x04c1_1db7);
        }
        sum
    });
    page[22..26].copy_from_slice(&sum.to_le_bytes());
    ogg.extend(page);
}
