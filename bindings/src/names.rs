//! Types that are the same on both sides. UniFFI reads their shape here; the
//! compiler compares it with the original.

use loive_client::{Connectivity, Delivery, DraftId, Lock, Origin, ReceiptState, Speaker};
use loive_client::{Trouble, Warning};
use loive_documents::screening::{Level, Tri};
use loive_documents::{Kind, Lang, Phase, Place, Urgency, Weight};
use loive_protocol::{Refusal, ReportId};

use crate::error::PhoneError;

// A report's id, as 32 hexadecimal digits. What is none names no report.
uniffi::custom_type!(ReportId, String, {
    remote,
    try_lift: |text| text.parse().map_err(|_| PhoneError::NotFound.into()),
    lower: |id| id.to_string(),
});

// A draft's number on this phone. Never used twice.
uniffi::custom_type!(DraftId, i64, {
    remote,
    try_lift: |number| Ok(DraftId::from_i64(number)),
    lower: |id| id.to_i64(),
});

// Why something was not taken: the key of the words in `strings/`, under
// `refusal.`.
uniffi::custom_type!(Refusal, String, {
    remote,
    try_lift: |key| {
        let known = Refusal::ALL.iter().find(|refusal| refusal.key() == key);
        Ok(known.copied().unwrap_or(Refusal::Other(0)))
    },
    lower: |refusal| refusal.key().to_owned(),
});

/// A language of the interface.
#[uniffi::remote(Enum)]
pub enum Lang {
    /// Vietnamese, the first language of every screen.
    Vi,
    /// English.
    En,
}

/// How soon somebody must act on a report, the most urgent first.
#[uniffi::remote(Enum)]
pub enum Urgency {
    /// Danger to life, or a critical sign.
    P0,
    /// Very urgent.
    P1,
    /// Urgent.
    P2,
    /// Normal.
    P3,
    /// A question only.
    P4,
}

/// Where something was seen, as exactly as the form asks and no more.
#[uniffi::remote(Enum)]
pub enum Place {
    /// A commune, ward or special zone.
    Commune {
        /// Two digits, the code of the province.
        province: String,
        /// Five digits, the code of the commune.
        commune: String,
    },
    /// A province (two digits); the commune is not known.
    Province(String),
    /// Outside Việt Nam.
    Abroad,
    /// The person does not know.
    Unknown,
    /// On the way.
    Moving,
}

/// What kind of answer a question takes.
#[uniffi::remote(Enum)]
pub enum Kind {
    /// Yes or no to a statement.
    Bool,
    /// One of the options.
    Single,
    /// Any number of the options.
    Multi,
    /// A whole number between two limits.
    Int,
    /// A commune, a province, or one of the question's options instead.
    Place,
    /// One line of words.
    Text,
    /// Several lines of words.
    Long,
    /// A telephone number, as typed.
    Phone,
    /// A time of day, in minutes after midnight.
    Time,
    /// No question: words to read.
    Note,
}

/// How far something has come. Each step is set by its own acknowledgement only,
/// and none is ever taken back.
#[uniffi::remote(Enum)]
pub enum Delivery {
    /// Kept on this phone, not sent yet.
    OnThisPhone,
    /// The relay has stored it.
    AtRelay,
    /// The hotline's machine has opened it and signed that.
    Opened,
    /// A person has read it, signed by the hotline.
    Read,
}

/// What a person must be told.
#[uniffi::remote(Enum)]
pub enum Warning {
    /// Not at the relay yet: always show 111 and 113 with it.
    NotSentYet,
    /// At the relay for long and not opened: somebody may be withholding it.
    /// Show 111 and 113, and try another way.
    NotOpenedAfter {
        /// After how long this is said, in seconds.
        seconds: u64,
    },
}

/// What is wrong with something that was sent.
#[uniffi::remote(Enum)]
pub enum Trouble {
    /// The relay did not take it.
    RefusedByRelay(Refusal),
    /// The hotline keeps it where counsellors see it, and could not merge it.
    Quarantined(Refusal),
    /// The hotline waits for something that was sent before it.
    WaitingForEarlier,
    /// The hotline has asked for the report in full; it goes with the next sync.
    SendRaw,
}

/// How a report came to this phone.
#[uniffi::remote(Enum)]
pub enum Origin {
    /// It was written here.
    Written,
    /// It came back by its receipt: states and messages, not its text.
    Reopened,
}

/// What is known of the receipts of a report.
#[uniffi::remote(Enum)]
pub enum ReceiptState {
    /// None was made.
    None,
    /// Its locker is not at the relay yet: the receipt opens nothing so far.
    Waiting,
    /// Its locker is at the relay.
    Kept,
    /// The relay did not take the locker: make another receipt.
    Failed,
}

/// Who wrote a message.
#[uniffi::remote(Enum)]
pub enum Speaker {
    /// Who sent the report.
    Reporter,
    /// The hotline.
    Hotline,
}

/// Why a store does not open.
#[uniffi::remote(Enum)]
pub enum Lock {
    /// It has a PIN and none was given.
    PinNeeded,
    /// Not its PIN.
    WrongPin,
    /// The platform's keystore gives another key than the one that made it.
    WrongKey,
    /// The platform's keystore gave no key.
    NoKey,
    /// Another process has it open.
    InUse,
    /// The file, its folder or the phone's whole storage cannot be written.
    ReadOnly,
}

/// What the platform says of the network.
#[uniffi::remote(Enum)]
pub enum Connectivity {
    /// There is one.
    Online,
    /// There is none. Taken as a hint only.
    Offline,
    /// It does not say.
    Unknown,
}

/// How alarming the signs are. Words only: never a percentage, never "fine",
/// never "a victim".
#[uniffi::remote(Enum)]
pub enum Level {
    /// No clear sign so far.
    Grey,
    /// Be careful.
    Yellow,
    /// Many suspicious signs.
    Orange,
    /// Signs of an emergency.
    Red,
}

/// An answer to one sign of the checklist.
#[uniffi::remote(Enum)]
pub enum Tri {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// The person cannot tell.
    DontKnow,
}

/// When a sign shows.
#[uniffi::remote(Enum)]
pub enum Phase {
    /// While somebody is recruited.
    Recruitment,
    /// On the way.
    Transport,
    /// Where somebody is exploited or controlled.
    Exploitation,
    /// Before anything happened; never raises a level alone.
    Vulnerability,
}

/// How much a sign weighs.
#[uniffi::remote(Enum)]
pub enum Weight {
    /// Act at once.
    Critical,
    /// Strong.
    Strong,
    /// Medium.
    Medium,
    /// Weak.
    Weak,
}
