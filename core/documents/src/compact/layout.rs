//! The bits of each kind of field. Frozen: see the table of the module above.

use super::CompactError;
use super::bits::{BitReader, BitWriter, width};
use crate::answers::Answers;
use crate::form::{Choice, Field, Kind, PHONE_SYMBOLS};
use crate::value::{DAY_MINUTES, Place, Value};

/// A list with more options than this may be written as positions.
const LIST_ABOVE_OPTIONS: usize = 16;
/// Bits of the length of such a list.
const LIST_COUNT_BITS: u32 = 3;
const LIST_MAX_COUNT: usize = 1 << LIST_COUNT_BITS;
const PLACE_BITS: u32 = 3;
const PROVINCE_BITS: u32 = 7;
const COMMUNE_BITS: u32 = 17;
const PHONE_SYMBOL_BITS: u32 = 4;
const UTF8_MAX_BYTES: usize = 4;

/// Writes one field, which is shown. The answer has been checked.
pub(super) fn write(
    field: &Field,
    value: Option<&Value>,
    bits: &mut BitWriter,
    words: &mut Vec<u8>,
) {
    match field.kind() {
        Kind::Bool | Kind::Single | Kind::Place => {}
        _ => bits.put_bit(value.is_some()),
    }
    match (field.kind(), value) {
        (Kind::Bool, value) => bits.put(
            match value {
                Some(Value::Bool(false)) => 1,
                Some(Value::Bool(true)) => 2,
                _ => 0,
            },
            2,
        ),
        (Kind::Single, value) => bits.put(
            match value {
                Some(Value::Single(code)) => position(field, code).map_or(0, |at| at + 1),
                _ => 0,
            },
            single_width(field),
        ),
        (Kind::Place, value) => match value {
            Some(Value::Place(place)) => write_place(place, bits),
            _ => bits.put(0, PLACE_BITS),
        },
        (_, Some(Value::Multi(codes))) => write_multi(field, codes, bits),
        (_, Some(Value::Time(minutes))) => bits.put(u64::from(*minutes), time_width()),
        (_, Some(Value::Int(number))) => {
            let (min, _) = field.range().unwrap_or_default();
            bits.put(number.abs_diff(min), int_width(field));
        }
        (Kind::Phone, Some(Value::Text(text))) => {
            bits.put(text.chars().count() as u64, phone_width(field));
            for symbol in text.chars() {
                let at = PHONE_SYMBOLS.chars().position(|known| known == symbol);
                bits.put(at.unwrap_or_default() as u64, PHONE_SYMBOL_BITS);
            }
        }
        (_, Some(Value::Text(text))) => {
            bits.put(text.len() as u64, text_width(field));
            words.extend_from_slice(text.as_bytes());
        }
        _ => {}
    }
}

fn write_multi(field: &Field, codes: &[String], bits: &mut BitWriter) {
    let ticked = |option: &Choice| codes.iter().any(|code| code == option.code());
    let count = field.options().len();
    if count > LIST_ABOVE_OPTIONS {
        let as_list = list_is_shorter(field, codes.len());
        bits.put_bit(as_list);
        if as_list {
            bits.put(codes.len() as u64 - 1, LIST_COUNT_BITS);
            for at in codes.iter().filter_map(|code| position(field, code)) {
                bits.put(at, width(count as u64));
            }
            return;
        }
    }
    for option in field.options() {
        bits.put_bit(ticked(option));
    }
}

fn write_place(place: &Place, bits: &mut BitWriter) {
    let number = |code: &str| code.parse::<u64>().unwrap_or_default();
    match place {
        Place::Commune { province, commune } => {
            bits.put(1, PLACE_BITS);
            bits.put(number(province), PROVINCE_BITS);
            bits.put(number(commune), COMMUNE_BITS);
        }
        Place::Province(province) => {
            bits.put(2, PLACE_BITS);
            bits.put(number(province), PROVINCE_BITS);
        }
        Place::Abroad => bits.put(3, PLACE_BITS),
        Place::Unknown => bits.put(4, PLACE_BITS),
        Place::Moving => bits.put(5, PLACE_BITS),
    }
}

/// Reads field after field; the words come when all bits are read.
pub(super) struct Decoder<'a> {
    bits: BitReader<'a>,
    answers: Answers,
    words: Vec<(&'a Field, usize)>,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bits: BitReader<'a>) -> Self {
        Self {
            bits,
            answers: Answers::new(),
            words: Vec::new(),
        }
    }

    /// What is known so far: all that conditions look at, which are no words.
    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }

    pub(super) fn read(&mut self, field: &'a Field) -> Result<(), CompactError> {
        let value = match field.kind() {
            Kind::Note => None,
            Kind::Bool => match self.bits.take(2)? {
                0 => None,
                1 => Some(Value::Bool(false)),
                2 => Some(Value::Bool(true)),
                _ => return Err(malformed(field)),
            },
            Kind::Single => match self.bits.take(single_width(field))? {
                0 => None,
                at => Some(Value::Single(option_at(field, at - 1)?)),
            },
            Kind::Place => self.read_place(field)?,
            _ if !self.bits.take_bit()? => None,
            Kind::Multi => Some(Value::Multi(self.read_multi(field)?)),
            Kind::Time => {
                let minutes = self.bits.take(time_width())?;
                Some(Value::Time(
                    u16::try_from(minutes).map_err(|_| malformed(field))?,
                ))
            }
            Kind::Int => {
                let (min, _) = field.range().unwrap_or_default();
                let above = self.bits.take(int_width(field))?;
                Some(Value::Int(
                    min.checked_add_unsigned(above)
                        .ok_or_else(|| malformed(field))?,
                ))
            }
            Kind::Phone => Some(Value::Text(self.read_phone(field)?)),
            Kind::Text | Kind::Long => {
                let length = self.bits.take(text_width(field))?;
                self.words.push((
                    field,
                    usize::try_from(length).map_err(|_| malformed(field))?,
                ));
                None
            }
        };
        if let Some(value) = value {
            self.answers.set(field.id(), value);
        }
        Ok(())
    }

    /// Reads the words behind the bits.
    pub(super) fn finish(mut self, body: &[u8]) -> Result<Answers, CompactError> {
        let mut rest = body
            .get(self.bits.bytes_begun()..)
            .ok_or(CompactError::Truncated)?;
        for (field, length) in self.words {
            let (words, after) = rest
                .split_at_checked(length)
                .ok_or(CompactError::Truncated)?;
            let text = str::from_utf8(words).map_err(|_| CompactError::NotText {
                field: field.id().to_owned(),
            })?;
            self.answers.set(field.id(), Value::Text(text.to_owned()));
            rest = after;
        }
        if rest.is_empty() {
            Ok(self.answers)
        } else {
            Err(CompactError::Trailing)
        }
    }

    fn read_multi(&mut self, field: &Field) -> Result<Vec<String>, CompactError> {
        let count = field.options().len();
        if count > LIST_ABOVE_OPTIONS && self.bits.take_bit()? {
            let length = self.bits.take(LIST_COUNT_BITS)? + 1;
            return (0..length)
                .map(|_| option_at(field, self.bits.take(width(count as u64))?))
                .collect();
        }
        let mut ticked = Vec::new();
        for option in field.options() {
            if self.bits.take_bit()? {
                ticked.push(option.code().to_owned());
            }
        }
        Ok(ticked)
    }

    fn read_place(&mut self, field: &Field) -> Result<Option<Value>, CompactError> {
        let place = match self.bits.take(PLACE_BITS)? {
            0 => return Ok(None),
            1 => Place::Commune {
                province: format!("{:02}", self.bits.take(PROVINCE_BITS)?),
                commune: format!("{:05}", self.bits.take(COMMUNE_BITS)?),
            },
            2 => Place::Province(format!("{:02}", self.bits.take(PROVINCE_BITS)?)),
            3 => Place::Abroad,
            4 => Place::Unknown,
            5 => Place::Moving,
            _ => return Err(malformed(field)),
        };
        Ok(Some(Value::Place(place)))
    }

    fn read_phone(&mut self, field: &Field) -> Result<String, CompactError> {
        let length = self.bits.take(phone_width(field))?;
        let mut text = String::new();
        for _ in 0..length {
            let at = usize::try_from(self.bits.take(PHONE_SYMBOL_BITS)?).unwrap_or(usize::MAX);
            text.push(
                PHONE_SYMBOLS
                    .chars()
                    .nth(at)
                    .ok_or_else(|| malformed(field))?,
            );
        }
        Ok(text)
    }
}

fn malformed(field: &Field) -> CompactError {
    CompactError::Malformed {
        field: field.id().to_owned(),
    }
}

fn position(field: &Field, code: &str) -> Option<u64> {
    field
        .options()
        .iter()
        .position(|option| option.code() == code)
        .map(|at| at as u64)
}

fn option_at(field: &Field, at: u64) -> Result<String, CompactError> {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let option = field.options().get(at).ok_or_else(|| malformed(field))?;
    Ok(option.code().to_owned())
}

fn list_is_shorter(field: &Field, count: usize) -> bool {
    let options = field.options().len();
    let list_bits = LIST_COUNT_BITS as usize + count * width(options as u64) as usize;
    (1..=LIST_MAX_COUNT).contains(&count) && list_bits < options
}

fn single_width(field: &Field) -> u32 {
    width(field.options().len() as u64 + 1)
}

fn time_width() -> u32 {
    width(u64::from(DAY_MINUTES))
}

fn int_width(field: &Field) -> u32 {
    let (min, max) = field.range().unwrap_or_default();
    width(max.abs_diff(min).saturating_add(1))
}

fn text_width(field: &Field) -> u32 {
    width((field.max_chars().unwrap_or_default() * UTF8_MAX_BYTES) as u64 + 1)
}

fn phone_width(field: &Field) -> u32 {
    width(field.max_chars().unwrap_or_default() as u64 + 1)
}
