//! The columns of a change: run-length, delta and boolean encodings.
//!
//! Every decoder adds up the runs *before* it unrolls them, so that a column of
//! ten bytes cannot become a million rows.

use loive_protocol::Refusal;

use super::reader::Reader;

/// What a run-length column may hold.
pub(crate) trait Cell<'a>: Copy {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal>;
}

impl<'a> Cell<'a> for u64 {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        reader.unsigned()
    }
}

impl<'a> Cell<'a> for i64 {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        reader.signed()
    }
}

impl<'a> Cell<'a> for &'a str {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let length = reader.length()?;
        core::str::from_utf8(reader.take(length)?).map_err(|_| Refusal::Malformed)
    }
}

/// Rows that may still be added to a column.
fn room(rows: usize, limit: usize, more: u64) -> Result<usize, Refusal> {
    let more = usize::try_from(more).map_err(|_| Refusal::TooManyOperations)?;
    if more == 0 {
        return Err(Refusal::NotCanonical);
    }
    if more > limit.saturating_sub(rows) {
        return Err(Refusal::TooManyOperations);
    }
    Ok(more)
}

/// A run-length column without nulls, at most `limit` rows.
///
/// A run is a signed count: positive repeats one value, negative precedes so
/// many different values, zero means nulls, of which our columns have none.
pub(crate) fn run_length<'a, T: Cell<'a>>(
    bytes: &'a [u8],
    limit: usize,
) -> Result<Vec<T>, Refusal> {
    let mut reader = Reader::new(bytes);
    let mut rows = Vec::new();
    while !reader.is_empty() {
        let count = reader.signed()?;
        if count == 0 {
            return Err(Refusal::SchemaPath);
        }
        let more = room(rows.len(), limit, count.unsigned_abs())?;
        if count > 0 {
            let value = T::read(&mut reader)?;
            rows.resize(rows.len() + more, value);
        } else {
            for _ in 0..more {
                rows.push(T::read(&mut reader)?);
            }
        }
    }
    Ok(rows)
}

/// A column of differences, each to the row before; the first to zero.
pub(crate) fn delta(bytes: &[u8], limit: usize) -> Result<Vec<i64>, Refusal> {
    let mut rows = run_length::<i64>(bytes, limit)?;
    let mut value = 0_i64;
    for row in &mut rows {
        value = value.checked_add(*row).ok_or(Refusal::Malformed)?;
        *row = value;
    }
    Ok(rows)
}

/// How many rows a boolean column has, if all of them are false. Counts of
/// false and true take turns, false first.
pub(crate) fn all_false(bytes: &[u8], limit: usize) -> Result<usize, Refusal> {
    let mut reader = Reader::new(bytes);
    if reader.is_empty() {
        return Ok(0);
    }
    let first = reader.unsigned()?;
    if first == 0 || !reader.is_empty() {
        // A true somewhere: an insertion into a list.
        return Err(Refusal::SchemaPath);
    }
    room(0, limit, first)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn runs_are_unrolled() {
        // Three times 7, then 1 and 2.
        let bytes = [3, 7, 0x7e, 1, 2];
        assert_eq!(run_length::<u64>(&bytes, 5).unwrap(), [7, 7, 7, 1, 2]);
        assert_eq!(
            run_length::<u64>(&bytes, 4),
            Err(Refusal::TooManyOperations)
        );
    }

    #[test]
    fn texts_keep_their_place() {
        let bytes = [0x7e, 1, b'a', 2, 0xc4, 0x91];
        assert_eq!(run_length::<&str>(&bytes, 9).unwrap(), ["a", "đ"]);
        assert_eq!(
            run_length::<&str>(&[1, 1, 0xc4], 9),
            Err(Refusal::Malformed)
        );
        assert_eq!(
            run_length::<&str>(&[1, 9, b'a'], 9),
            Err(Refusal::Malformed)
        );
    }

    #[test]
    fn a_million_rows_in_four_bytes_are_refused_before_they_are_made() {
        let bytes = [0xc0, 0x84, 0x3d, 7];
        assert_eq!(
            run_length::<u64>(&bytes, 512),
            Err(Refusal::TooManyOperations)
        );
        // The most negative count has no positive counterpart.
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
        assert_eq!(
            run_length::<u64>(&least, 512),
            Err(Refusal::TooManyOperations)
        );
        assert_eq!(
            all_false(&[0xff, 0xff, 0x7f], 512),
            Err(Refusal::TooManyOperations)
        );
    }

    #[test]
    fn nulls_and_insertions_are_no_part_of_our_documents() {
        assert_eq!(run_length::<u64>(&[0, 5], 9), Err(Refusal::SchemaPath));
        assert_eq!(all_false(&[0, 3], 9), Err(Refusal::SchemaPath));
        assert_eq!(all_false(&[2, 1], 9), Err(Refusal::SchemaPath));
        assert_eq!(all_false(&[3], 9), Ok(3));
    }

    #[test]
    fn differences_add_up_and_never_overflow() {
        assert_eq!(delta(&[3, 2], 9).unwrap(), [2, 4, 6]);
        let most = [
            2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
        ];
        assert_eq!(delta(&most, 9), Err(Refusal::Malformed));
    }
}
