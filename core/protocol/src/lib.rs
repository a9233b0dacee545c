#![doc = include_str!("../README.md")]

mod answer;
mod batch;
mod card;
mod certificate;
mod derive;
mod desk;
mod dictionary;
mod envelope;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod ids;
mod keys;
mod library;
pub mod limits;
mod locker;
mod receipt;
mod refusal;
mod report;
mod seed;
mod sync;
mod wire;

pub use answer::{is_mine, open_answer, seal_answer};
pub use batch::{AnswerBatch, AnswerItem, DeskReceipt, Outcome, ReportBatch, ReportItem};
pub use card::{CardError, HotlineCard};
pub use certificate::{
    Certificate, CertificateBody, CertificateError, CertificateKind, Certificates,
};
pub use desk::{Arrived, DeskRequest, DeskRequestError, DeskResponse, SignedDeskRequest};
pub use envelope::{Envelope, Route, inbox, mailbox};
pub use ids::{
    Address, ChunkHash, Digest, EnvelopeId, EraseToken, Fingerprint, IdError, KeyId, LogId,
    PublicKey, ReportId, Signature,
};
pub use keys::{PublishKey, RootKey, SealKeyPair, SignKey};
pub use library::{
    Bundle, BundleItem, ItemHeads, LibraryAnswer, LibraryAsk, LibraryPut, Manifest, Pack,
    PackError, Packed, ReleaseError, ReleaseFile, SignedManifest, pack_recordings, read_recordings,
};
pub use locker::{open_locker, seal_locker};
pub use receipt::{Receipt, ReceiptCost, ReceiptError, ReceiptKeys};
pub use refusal::Refusal;
pub use report::{OpenError, OpenedReport, ProofKind, SealError, open_report, seal_report};
pub use seed::Seed;
pub use sync::{
    Ack, Lane, LockerAck, LockerAnswer, LockerErasure, LockerPut, MailboxCursor, Page, Stored,
    SyncRequest, SyncResponse,
};
pub use wire::{Bytes, DecodeError, Wire};
