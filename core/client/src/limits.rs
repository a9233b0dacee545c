//! What the phone holds and does at most, each with its unit last in its name.
//! What travels is limited in `loive_protocol::limits`.

/// Fewest characters of a PIN.
pub const PIN_MIN_CHARS: usize = 4;
/// Most characters of a PIN.
pub const PIN_MAX_CHARS: usize = 64;
/// How long an untouched draft is kept, in seconds that the phone has seen pass
/// (`domain/forms.md` S0: 72 hours).
pub const DRAFT_KEEP_SECONDS: u64 = 72 * 3_600;
/// The most that counts between two looks at a clock that may jump.
pub const OBSERVED_GAP_MAX_SECONDS: u64 = 24 * 3_600;
/// How often the seconds that pass are written down.
pub const OBSERVE_EVERY_SECONDS: u64 = 60;
/// After so long at the relay without having been opened, the phone says so.
pub const NOT_OPENED_SECONDS: u64 = 24 * 3_600;
/// The same where somebody is in danger (urgency P0).
pub const NOT_OPENED_P0_SECONDS: u64 = 15 * 60;
/// Longest message, in characters.
pub const MESSAGE_MAX_CHARS: usize = loive_documents::validate::limits::MESSAGE_MAX_CHARS;
/// Drafts at once. Nobody needs more, and a child that plays fills no disk.
pub const DRAFTS_MAX_COUNT: usize = 32;
/// Receipts of one report.
pub const RECEIPTS_MAX_COUNT: u32 = 4;
/// Receipts that were typed in and wait for the relay.
pub const REOPENINGS_MAX_COUNT: usize = 4;
/// How long the relay is asked to keep a locker, in days.
pub const LOCKER_KEEP_DAYS: u16 = loive_protocol::limits::LOCKER_KEEP_MAX_DAYS;
/// How often the relay is asked to erase one locker.
pub const LOCKER_ERASE_MAX_TRIES: u32 = 8;
/// How long the sealed envelope of a guest report is offered again to a relay
/// that lost its log, in seconds that the phone has seen pass. Without the seed
/// the phone cannot know the desk's receipt.
pub const GUEST_KEEP_SECONDS: u64 = 30 * 24 * 3_600;
/// Answers whose signer is not known that are kept to be tried again.
pub const HELD_ANSWERS_MAX_COUNT: u32 = 64;
/// Envelope bytes pushed in one request, so that every step on a thin line is
/// a small one.
pub const PUSH_MAX_BYTES: usize = 262_144;
/// Content bytes of the changes that go into one envelope.
pub const BATCH_MAX_BYTES: usize = 32_768;
/// Requests in one session, a guard against a relay that never ends.
pub const ROUNDS_MAX_COUNT: u32 = 512;
/// First pause after a failure, in milliseconds. It doubles up to
/// [`BACKOFF_MAX_MILLISECONDS`], and a random part of it is waited.
pub const BACKOFF_FIRST_MILLISECONDS: u64 = 2_000;
/// Longest pause after a failure.
pub const BACKOFF_MAX_MILLISECONDS: u64 = 15 * 60 * 1_000;
/// Attempts of a sync that somebody waits for.
pub const ATTEMPTS_MAX_COUNT: u32 = 3;
/// How often a phone in the background looks for answers, in milliseconds.
pub const POLL_MILLISECONDS: u64 = 15 * 60 * 1_000;
/// How long reaching the relay may take.
pub const CONNECT_TIMEOUT_SECONDS: u64 = 30;
/// How long nothing may arrive.
pub const IDLE_TIMEOUT_SECONDS: u64 = 45;
/// How long one exchange may take in all.
pub const EXCHANGE_TIMEOUT_SECONDS: u64 = 600;
/// Changed reports that a slow subscriber may be behind before it misses some.
pub const CHANGED_QUEUE_MAX_COUNT: usize = 256;
/// Chunks of the library that are asked for in one request: what a page holds.
pub const LIBRARY_WANT_MAX_COUNT: usize = 16;
/// How often the relay is asked for a new release of the library, in seconds that
/// the phone has seen pass.
pub const LIBRARY_ASK_SECONDS: u64 = 3_600;
/// The most bytes of the library wanted in one response.
pub const LIBRARY_PAGE_BYTES: u32 = 524_288;
/// Since the last check-in more than this has never passed: a later date is a
/// clock that jumped.
pub const CHECKIN_GAP_MAX_SECONDS: u64 = 180 * 24 * 3_600;
/// Reminders at once; a platform keeps no more (iOS: 64 for the whole app).
pub const REMINDERS_MAX_COUNT: usize = 32;
/// How long before those at home call for help somebody is reminded once more.
pub const REMINDER_BEFORE_FAMILY_SECONDS: u64 = 2 * 3_600;
/// Numbers for citizens abroad on the pocket card: it is small, and the library has two.
pub const CARD_CITIZENS_MAX_COUNT: usize = 3;
/// Items that a person may mark.
pub const FAVOURITES_MAX_COUNT: usize = 500;
/// Proposals on one phone at once. Each may hold a recording.
pub const PROPOSALS_MAX_COUNT: usize = 500;
/// Longest text that is searched for, in characters; the rest is ignored.
pub const SEARCH_MAX_CHARS: usize = 80;
/// Most items that a search gives back.
pub const SEARCH_HITS_MAX_COUNT: usize = 20;
/// Length of the piece of text that a search shows, in characters.
pub const SNIPPET_CHARS: usize = 160;
