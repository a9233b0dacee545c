//! Every limit of the protocol, each with its unit last in its name.

/// Version of every message and envelope of this protocol.
pub const PROTOCOL_VERSION: u8 = 1;

/// The largest envelope. Smaller than [`PAGE_MIN_BYTES`], so that every page
/// can hold at least one envelope and sync always moves on.
pub const ENVELOPE_MAX_BYTES: usize = 65_536;
/// The smallest page that may be asked for.
pub const PAGE_MIN_BYTES: u32 = 131_072;
/// The largest page that may be asked for.
pub const PAGE_MAX_BYTES: u32 = 1_048_576;
/// The largest sync or desk request.
pub const REQUEST_MAX_BYTES: usize = 2_097_152;
/// The largest sync or desk response: sixteen mailbox pages and slack.
pub const RESPONSE_MAX_BYTES: usize = 20_971_520;
/// Envelopes in one request.
pub const PUSH_MAX_COUNT: usize = 256;
/// Envelopes in one page. The smallest envelope is 384 bytes, so the largest
/// page holds fewer.
pub const PAGE_MAX_COUNT: usize = 4_096;
/// Mailbox cursors in one request: one for each shard.
pub const MAILBOX_SHARDS: u8 = 16;
/// Same, as a count.
pub const MAILBOX_MAX_COUNT: usize = MAILBOX_SHARDS as usize;
/// Lockers put, fetched or erased in one request.
pub const LOCKER_MAX_COUNT: usize = 8;
/// How long a locker may be kept.
pub const LOCKER_KEEP_MAX_DAYS: u16 = 366;
/// Certificates in one list.
pub const CERTIFICATES_MAX_COUNT: usize = 64;
/// The largest certificate.
pub const CERTIFICATE_MAX_BYTES: usize = 256;
/// Changes in one batch.
pub const ITEMS_MAX_COUNT: usize = 256;
/// The largest single change or compact form.
pub const CHANGE_MAX_BYTES: usize = 49_152;
/// What a batch may inflate to.
pub const INFLATED_MAX_BYTES: usize = 131_072;
/// Longest address of a relay in a hotline card.
pub const URL_MAX_BYTES: usize = 512;
/// The largest certificate authority in a hotline card.
pub const CA_MAX_BYTES: usize = 8_192;
/// The largest hotline card.
pub const CARD_MAX_BYTES: usize = 65_536;
/// Longest time that the desk may ask the relay to hold a request open.
pub const WAIT_MAX_SECONDS: u8 = 60;
/// How far a desk request's time may be from the relay's clock.
pub const DESK_SKEW_MAX_SECONDS: u64 = 600;
/// Seconds beyond which a time is not a time (the year 9999).
pub const TIME_MAX_SECONDS: u64 = 253_402_300_799;
