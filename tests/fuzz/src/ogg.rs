//! Pages of an Ogg file (RFC 3533), with sums that are right.

/// Bytes of a page's head, before the lengths of its segments.
const HEAD_BYTES: usize = 27;
const SUM: std::ops::Range<usize> = 22..26;

/// Puts the right sum into every page, as far as there are pages: no fuzzer finds
/// one by itself.
pub fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(length) = page_bytes(rest)
        && let Some((page, after)) = rest.split_at_checked(length)
    {
        mended.extend_from_slice(&with_sum(page.to_vec()));
        rest = after;
    }
    mended.extend_from_slice(rest);
    mended
}

/// The length of the page that stands here.
fn page_bytes(bytes: &[u8]) -> Option<usize> {
    let (head, rest) = bytes.split_at_checked(HEAD_BYTES)?;
    let segments = usize::from(*head.last()?);
    let body: usize = rest
        .get(..segments)?
        .iter()
        .map(|it| usize::from(*it))
        .sum();
    Some(HEAD_BYTES + segments + body)
}

fn with_sum(mut page: Vec<u8>) -> Vec<u8> {
    if let Some(place) = page.get_mut(SUM) {
        place.fill(0);
    }
    let sum = page.iter().fold(0_u32, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            if sum >> 31 == 1 {
                (sum << 1) ^ 0x04c1_1db7
            } else {
                sum << 1
            }
        })
    });
    if let Some(place) = page.get_mut(SUM) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
    page
}
