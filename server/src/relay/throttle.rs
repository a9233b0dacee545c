//! Budgets: token buckets for each lane, for lockers, and for each source.
//!
//! A source is known only by a keyed hash of its network address. The key is
//! random, lives in memory and is replaced every hour, and with it everything
//! that was counted: nothing here can be turned back into an address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::clock::Env;

/// Sources that are told apart at once. Beyond it all others share one bucket:
/// memory stays bounded, and a flood from many sources throttles itself.
const SOURCES_MAX_COUNT: usize = 65_536;
/// How long one key lives.
const KEY_LIFE_MILLISECONDS: u64 = 3_600_000;
/// Parts of a token: milliseconds in a minute.
const PARTS: u64 = 60_000;

/// How fast a bucket fills and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens each minute.
    pub per_minute: u64,
    /// Tokens at once.
    pub burst: u64,
}

/// A token bucket. It is told the time, and counts in parts so small that a
/// millisecond always adds a whole number of them: nothing is lost by rounding,
/// however often it is asked.
#[derive(Debug)]
struct Bucket {
    parts: u64,
    at_milliseconds: u64,
}

impl Bucket {
    const fn full(rate: Rate, now: u64) -> Self {
        Self {
            parts: rate.burst.saturating_mul(PARTS),
            at_milliseconds: now,
        }
    }

    fn refill(&mut self, rate: Rate, now: u64) {
        let passed = now.saturating_sub(self.at_milliseconds);
        let gained = passed.saturating_mul(rate.per_minute);
        self.parts = self
            .parts
            .saturating_add(gained)
            .min(rate.burst.saturating_mul(PARTS));
        self.at_milliseconds = now;
    }

    /// Takes that many tokens, or none.
    fn take(&mut self, rate: Rate, now: u64, tokens: u64) -> bool {
        self.refill(rate, now);
        // More than the bucket holds would never pass: a full bucket lets it.
        let wanted = tokens.min(rate.burst).saturating_mul(PARTS);
        if let Some(left) = self.parts.checked_sub(wanted) {
            self.parts = left;
            return true;
        }
        false
    }

    /// Takes that many tokens, or what there is.
    fn spend(&mut self, rate: Rate, now: u64, tokens: u64) {
        self.refill(rate, now);
        self.parts = self.parts.saturating_sub(tokens.saturating_mul(PARTS));
    }
}

/// One budget shared by everybody.
#[derive(Debug)]
pub(super) struct Budget {
    rate: Rate,
    bucket: Mutex<Bucket>,
    env: Env,
}

impl Budget {
    /// A full budget.
    pub(super) fn new(rate: Rate, env: Env) -> Self {
        let bucket = Mutex::new(Bucket::full(rate, env.monotonic_milliseconds()));
        Self { rate, bucket, env }
    }

    /// Takes that many tokens if they are there.
    pub(super) fn take(&self, tokens: u64) -> bool {
        let now = self.env.monotonic_milliseconds();
        lock(&self.bucket).take(self.rate, now, tokens)
    }

    /// Takes that many tokens, or all that are there: for what is already done.
    pub(super) fn spend(&self, tokens: u64) {
        let now = self.env.monotonic_milliseconds();
        lock(&self.bucket).spend(self.rate, now, tokens);
    }
}

/// The requests of each source.
pub(super) struct Sources {
    rate: Rate,
    env: Env,
    state: Mutex<State>,
}

struct State {
    key: Zeroizing<[u8; 32]>,
    since_milliseconds: u64,
    buckets: HashMap<u64, Bucket>,
    others: Bucket,
}

impl Sources {
    /// Nobody has asked yet.
    pub(super) fn new(rate: Rate, env: Env) -> Self {
        let state = Mutex::new(State::new(rate, &env));
        Self { rate, env, state }
    }

    /// Whether this source may ask once more.
    pub(super) fn allow(&self, source: IpAddr) -> bool {
        let now = self.env.monotonic_milliseconds();
        let mut state = lock(&self.state);
        if now.saturating_sub(state.since_milliseconds) >= KEY_LIFE_MILLISECONDS {
            *state = State::new(self.rate, &self.env);
        }
        let tag = state.tag(source);
        if !state.buckets.contains_key(&tag) && state.buckets.len() >= SOURCES_MAX_COUNT {
            return state.others.take(self.rate, now, 1);
        }
        state
            .buckets
            .entry(tag)
            .or_insert_with(|| Bucket::full(self.rate, now))
            .take(self.rate, now, 1)
    }
}

impl State {
    fn new(rate: Rate, env: &Env) -> Self {
        let now = env.monotonic_milliseconds();
        Self {
            key: Zeroizing::new(env.random()),
            since_milliseconds: now,
            buckets: HashMap::new(),
            others: Bucket::full(rate, now),
        }
    }

    /// A keyed hash. An IPv6 network hands a household 2⁶⁴ addresses: they are one.
    fn tag(&self, source: IpAddr) -> u64 {
        let mut hash = Sha256::new().chain_update(*self.key);
        match source.to_canonical() {
            IpAddr::V4(v4) => hash.update(v4.octets()),
            IpAddr::V6(v6) => hash.update((v6.to_bits() >> 64).to_be_bytes()),
        }
        let digest: [u8; 32] = hash.finalize().into();
        digest
            .first_chunk()
            .map_or(0, |first| u64::from_be_bytes(*first))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    const RATE: Rate = Rate {
        per_minute: 60,
        burst: 3,
    };

    #[test]
    fn a_budget_holds_its_burst_and_fills_with_time() {
        let (env, clock) = Env::manual(0);
        let budget = Budget::new(RATE, env);
        assert!(budget.take(3));
        assert!(!budget.take(1));
        clock.advance_milliseconds(999);
        assert!(!budget.take(1));
        clock.advance_milliseconds(1);
        assert!(budget.take(1));
        assert!(!budget.take(1));
    }

    #[test]
    fn a_slow_budget_that_is_asked_all_the_time_fills_all_the_same() {
        let (env, clock) = Env::manual(0);
        let budget = Budget::new(
            Rate {
                per_minute: 1,
                burst: 1,
            },
            env,
        );
        assert!(budget.take(1));
        let passed = (0..61_000).find(|_| {
            clock.advance_milliseconds(1);
            budget.take(1)
        });
        assert_eq!(passed, Some(59_999));
    }

    #[test]
    fn a_page_larger_than_the_bucket_passes_when_the_bucket_is_full() {
        let (env, clock) = Env::manual(0);
        let budget = Budget::new(RATE, env);
        assert!(budget.take(1_000));
        assert!(!budget.take(1_000));
        clock.advance_seconds(3);
        assert!(budget.take(1_000));
    }

    #[test]
    fn what_was_spent_beyond_the_bucket_is_not_owed() {
        let (env, clock) = Env::manual(0);
        let budget = Budget::new(RATE, env);
        budget.spend(1_000_000);
        assert!(!budget.take(1));
        clock.advance_seconds(1);
        assert!(budget.take(1));
    }

    #[test]
    fn one_source_that_asks_too_often_does_not_stop_another() {
        let (env, _clock) = Env::manual(0);
        let sources = Sources::new(RATE, env);
        let loud: IpAddr = "203.0.113.7".parse().unwrap();
        let quiet: IpAddr = "203.0.113.8".parse().unwrap();
        assert!((0..3).all(|_| sources.allow(loud)));
        assert!(!sources.allow(loud));
        assert!(!sources.allow("::ffff:203.0.113.7".parse().unwrap()));
        assert!(sources.allow(quiet));
    }

    #[test]
    fn all_addresses_of_one_ipv6_network_are_one_source() {
        let (env, _clock) = Env::manual(0);
        let sources = Sources::new(RATE, env);
        for host in 1..=3 {
            assert!(sources.allow(format!("2001:db8::{host}").parse().unwrap()));
        }
        assert!(!sources.allow("2001:db8::ffff".parse().unwrap()));
        assert!(sources.allow("2001:db8:0:1::1".parse().unwrap()));
    }

    #[test]
    fn with_the_hour_the_key_and_everything_counted_under_it_are_gone() {
        let (env, clock) = Env::manual(0);
        let sources = Sources::new(
            Rate {
                per_minute: 0,
                burst: 1,
            },
            env,
        );
        let source: IpAddr = "203.0.113.7".parse().unwrap();
        let before = lock(&sources.state).tag(source);
        assert!(sources.allow(source));
        clock.advance_milliseconds(KEY_LIFE_MILLISECONDS - 1);
        assert!(!sources.allow(source));
        clock.advance_milliseconds(1);
        assert!(sources.allow(source));
        assert_ne!(lock(&sources.state).tag(source), before);
    }

    #[test]
    fn a_flood_of_sources_takes_bounded_memory_and_shares_one_bucket() {
        let (env, _clock) = Env::manual(0);
        let sources = Sources::new(RATE, env);
        for number in 0..SOURCES_MAX_COUNT {
            sources.allow(IpAddr::from(u32::try_from(number).unwrap().to_be_bytes()));
        }
        let late = (0..10_u8)
            .filter(|last| sources.allow(IpAddr::from([250, 0, 0, *last])))
            .count();
        assert_eq!(late, 3);
        assert_eq!(lock(&sources.state).buckets.len(), SOURCES_MAX_COUNT);
    }
}
