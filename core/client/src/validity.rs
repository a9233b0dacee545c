//! From when on a TLS certificate is valid (RFC 5280 §4.1.2.5): the one thing
//! that the verifier does not tell.
//!
//! A total reader of the few DER elements before it. Whatever is unexpected
//! gives nothing, and nothing is then forgiven.

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SECONDS_OF_DAY: u64 = 86_400;

/// The certificate's `notBefore`, in Unix seconds.
pub(crate) fn not_before(certificate: &[u8]) -> Option<u64> {
    let (_, certificate, _) = element(certificate, |tag| tag == SEQUENCE)?;
    let (_, mut body, _) = element(certificate, |tag| tag == SEQUENCE)?;
    if let Some((_, _, rest)) = element(body, |tag| tag == VERSION) {
        body = rest;
    }
    let (_, _, body) = element(body, |tag| tag == INTEGER)?;
    let (_, _signature, body) = element(body, |tag| tag == SEQUENCE)?;
    let (_, _issuer, body) = element(body, |tag| tag == SEQUENCE)?;
    let (_, validity, _) = element(body, |tag| tag == SEQUENCE)?;
    let (tag, text, _) = element(validity, |tag| tag == UTC_TIME || tag == GENERALIZED_TIME)?;
    time(tag, text)
}

/// Tag, content and what follows, if the tag is wanted.
fn element(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    if !is_wanted(*tag) {
        return None;
    }
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..=0x7f => (usize::from(short), rest),
        long @ 0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(long - 0x80))?;
            let length = digits
                .iter()
                .fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDhhmmssZ`, or the same with four digits of the year.
fn time(tag: u8, text: &[u8]) -> Option<u64> {
    let (digits, b"Z") = text.split_at_checked(text.len().checked_sub(1)?)? else {
        return None;
    };
    let (century, digits) = match (tag, digits.len()) {
        (UTC_TIME, 12) => (None, digits),
        (GENERALIZED_TIME, 14) => {
            let (century, digits) = digits.split_at_checked(2)?;
            (Some(number(century)?), digits)
        }
        _ => return None,
    };
    let parts: Vec<u64> = digits.chunks(2).map(number).collect::<Option<_>>()?;
    let &[year, month, day, hour, minute, second] = parts.as_slice() else {
        return None;
    };
    let year = match century {
        Some(century) => century * 100 + year,
        None if year >= 50 => 1900 + year,
        None => 2000 + year,
    };
    let is_date = year >= 1970 && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !is_date || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(days(year, month, day) * SECONDS_OF_DAY + hour * 3_600 + minute * 60 + second)
}

fn number(digits: &[u8]) -> Option<u64> {
    core::str::from_utf8(digits)
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()
}

/// Days since 1970 in the Gregorian calendar, counted in years that begin in
/// March, so that the leap day is the last of its year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year / 4 - year / 100 + year / 400;
    let before_month = (153 * month + 2) / 5;
    year * 365 + leap_days + before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn times_are_read_in_both_forms() {
        assert_eq!(time(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(time(UTC_TIME, b"261123234500Z"), Some(1_795_477_500));
        assert_eq!(time(UTC_TIME, b"240229000000Z"), Some(1_709_164_800));
        assert_eq!(
            time(GENERALIZED_TIME, b"20990701000000Z"),
            Some(4_086_547_200)
        );
        for bad in [
            &b"261123234500"[..],
            b"261123234500+",
            b"26112323450Z",
            b"26+123234500Z",
            b"261323234500Z",
            b"261123244500Z",
            b"",
        ] {
            assert_eq!(time(UTC_TIME, bad), None);
        }
        assert_eq!(time(GENERALIZED_TIME, b"261123234500Z"), None);
        assert_eq!(time(UTC_TIME, b"691231000000Z"), None, "before 1970");
    }

    #[test]
    fn a_certificate_tells_from_when_on_it_is_valid_and_a_cut_one_nothing() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["relay.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 11, 23);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        assert_eq!(not_before(&der), Some(1_795_392_000));
        for cut in 0..der.len() {
            assert_eq!(not_before(der.get(..cut).unwrap()), None);
        }
        for place in 0..der.len() {
            let mut flipped = der.clone();
            *flipped.get_mut(place).unwrap() ^= 0x80;
            // Whatever comes of it, it is no panic.
            let _ = not_before(&flipped);
        }
    }
}
