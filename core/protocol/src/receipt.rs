//! Receipts: two ten-digit numbers that look like mobile numbers.

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::derive::{derive, hash};
use crate::ids::{Address, EraseToken, PublicKey};

const DIGITS: usize = 20;

/// Prefixes that Vietnamese mobile numbers really have, so that a receipt in a
/// pocket or a contact list reads as two friends' numbers. Their order is part
/// of nothing: only membership is checked.
const PREFIXES: [&[u8; 3]; 36] = [
    b"032", b"033", b"034", b"035", b"036", b"037", b"038", b"039", b"052", b"055", b"056", b"058",
    b"059", b"070", b"076", b"077", b"078", b"079", b"081", b"082", b"083", b"084", b"085", b"086",
    b"087", b"088", b"089", b"090", b"091", b"092", b"093", b"094", b"096", b"097", b"098", b"099",
];

/// Damm's quasigroup of order ten (Damm 2004): one digit that catches every
/// single wrong digit and every swap of neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// Two ten-digit numbers. On paper it is the only way back to a guest report,
/// so it is made on request only and wiped from memory when dropped.
///
/// 36 prefixes twice and 13 free digits are 53.5 bits; the passes of Argon2id
/// give what is missing to 56 (see the decision record on receipts).
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Receipt([u8; DIGITS]);

impl core::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Receipt(secret)")
    }
}

/// What was typed is not a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not twenty digits.
    #[error("a receipt is two numbers of ten digits each; {0} digits were given")]
    Length(usize),
    /// Something other than digits, spaces and marks between them.
    #[error("a receipt has digits only")]
    NotDigits,
    /// One of the numbers does not begin as a receipt does.
    #[error("number {0} of the receipt has a wrong beginning")]
    Prefix(u8),
    /// A digit is wrong or two are swapped.
    #[error("a digit of the receipt is wrong; look at it again")]
    CheckDigit,
}

/// How much work it is to try one receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiptCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl ReceiptCost {
    /// What phones and the desk use: 64 MiB, six passes.
    pub const REAL: Self = Self {
        memory_kib: 65_536,
        passes: 6,
    };
    /// For fleets of simulated phones only: no protection at all.
    pub const CHEAP: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

/// What a receipt unlocks.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ReceiptKeys {
    #[zeroize(skip)]
    address: Address,
    key: [u8; 32],
    #[zeroize(skip)]
    erase: EraseToken,
}

impl ReceiptKeys {
    /// Where the locker lies.
    pub const fn address(&self) -> &Address {
        &self.address
    }

    /// The proof that one may erase it.
    pub const fn erase_token(&self) -> &EraseToken {
        &self.erase
    }

    pub(crate) const fn key(&self) -> &[u8; 32] {
        &self.key
    }
}

impl EraseToken {
    /// The hash by which the relay knows the token.
    #[must_use]
    pub fn hashed(&self) -> Self {
        Self::from_bytes(hash("loive/1 locker erase", &[self.as_bytes()]))
    }
}

impl Receipt {
    /// A fresh receipt.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut digits = [b'0'; DIGITS];
        let (first, second) = digits.split_at_mut(DIGITS / 2);
        for number in [first, second] {
            let prefix = PREFIXES.get(below(36, rng)).expect("below 36");
            let (head, tail) = number.split_at_mut(3);
            head.copy_from_slice(*prefix);
            for digit in tail {
                *digit = b'0' + u8::try_from(below(10, rng)).expect("below 10");
            }
        }
        let (last, rest) = digits.split_last_mut().expect("twenty digits");
        *last = b'0' + damm(rest);
        Self(digits)
    }

    /// From what somebody typed or read out; spaces, dots, dashes and line
    /// breaks between the digits do not matter.
    pub fn from_typed(typed: &str) -> Result<Self, ReceiptError> {
        let mut count = 0;
        let mut digits = [0_u8; DIGITS];
        for character in typed.chars() {
            if matches!(
                character,
                ' ' | '.' | '-' | '\n' | '\r' | '\t' | ',' | '\u{a0}'
            ) {
                continue;
            }
            if !character.is_ascii_digit() {
                return Err(ReceiptError::NotDigits);
            }
            if let Some(digit) = digits.get_mut(count) {
                *digit = u8::try_from(character).map_err(|_| ReceiptError::NotDigits)?;
            }
            count += 1;
        }
        if count != DIGITS {
            return Err(ReceiptError::Length(count));
        }
        let (first, second) = digits.split_at(DIGITS / 2);
        for (which, number) in [(1, first), (2, second)] {
            if !PREFIXES.iter().any(|prefix| number.starts_with(*prefix)) {
                return Err(ReceiptError::Prefix(which));
            }
        }
        let (last, rest) = digits.split_last().expect("twenty digits");
        if damm(rest) != last - b'0' {
            return Err(ReceiptError::CheckDigit);
        }
        Ok(Self(digits))
    }

    /// The two numbers as people write them: `0912 345 678`.
    pub fn numbers(&self) -> [String; 2] {
        let (first, second) = self.0.split_at(DIGITS / 2);
        [first, second].map(|number| {
            let text = String::from_utf8_lossy(number);
            let (a, rest) = text.split_at(4);
            let (b, c) = rest.split_at(3);
            format!("{a} {b} {c}")
        })
    }

    /// The keys of this receipt's locker. Takes some hundred milliseconds and
    /// 64 MiB at [`ReceiptCost::REAL`]: never on a thread that draws.
    pub fn unlock(&self, root: &PublicKey, cost: ReceiptCost) -> Option<ReceiptKeys> {
        let salt = [b"loive/1 receipt ".as_slice(), root.as_bytes()].concat();
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).ok()?;
        let mut secret = [0_u8; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(&self.0, &salt, &mut secret)
            .ok()?;
        let keys = ReceiptKeys {
            address: Address::from_bytes(derive(&secret, "locker address")),
            key: derive(&secret, "locker key"),
            erase: EraseToken::from_bytes(derive(&secret, "locker erase token")),
        };
        secret.zeroize();
        Some(keys)
    }
}

/// A number below `limit` (at most 256) without bias.
fn below(limit: u16, rng: &mut impl CryptoRng) -> usize {
    let ceiling = 256 - 256 % limit;
    loop {
        let mut byte = [0_u8];
        rng.fill_bytes(&mut byte);
        let value = u16::from(byte[0]);
        if value < ceiling {
            return usize::from(value % limit);
        }
    }
}

fn damm(digits: &[u8]) -> u8 {
    digits.iter().fold(0, |state, digit| {
        DAMM.get(usize::from(state))
            .and_then(|row| row.get(usize::from(digit - b'0')))
            .copied()
            .expect("state and digit are below ten")
    })
}
