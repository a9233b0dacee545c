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
/// The largest recording of a block. With what names it, it fits one envelope:
/// half a minute at 12 kbit/s, good enough for one voice.
pub const RECORDING_MAX_BYTES: usize = 49_152;
/// Chunks of all recordings of one release: 512 MiB.
pub const LIBRARY_RECORDING_CHUNKS_MAX_COUNT: usize = 16_384;
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
/// Longest id of an item of the library.
pub const ITEM_ID_MAX_BYTES: usize = 32;
/// Longest code of a language.
pub const LANGUAGE_MAX_BYTES: usize = 16;
/// Length of every chunk of a pack but the last. What a cut costs at most, and
/// on a bad line some ten seconds.
pub const LIBRARY_CHUNK_BYTES: usize = 32_768;
/// Chunks of one pack, and in one exchange.
pub const LIBRARY_CHUNKS_MAX_COUNT: usize = 512;
/// Chunks of all packs of one release.
pub const LIBRARY_ALL_CHUNKS_MAX_COUNT: usize = 1_792;
/// The largest pack, compressed.
pub const LIBRARY_PACK_MAX_BYTES: usize = LIBRARY_CHUNK_BYTES * LIBRARY_CHUNKS_MAX_COUNT;
/// What a pack may inflate to.
pub const LIBRARY_INFLATED_MAX_BYTES: usize = 33_554_432;
/// Documents in the library.
pub const LIBRARY_ITEMS_MAX_COUNT: usize = 8_192;
/// Changes of one document in one pack.
pub const LIBRARY_CHANGES_MAX_COUNT: usize = 4_096;
/// Earlier releases from which there is a delta.
pub const LIBRARY_DELTAS_MAX_COUNT: usize = 24;
/// Languages of a release.
pub const LIBRARY_LANGUAGES_MAX_COUNT: usize = 64;
/// Roots after the first, in one chain.
pub const LIBRARY_ROOTS_MAX_COUNT: usize = 8;
/// The largest manifest: every pack with every chunk would be larger, and no
/// library is like that.
pub const MANIFEST_MAX_BYTES: usize = 65_536;
/// The largest release in one file.
pub const RELEASE_FILE_MAX_BYTES: usize = LIBRARY_PACK_MAX_BYTES + MANIFEST_MAX_BYTES + 1_024;
