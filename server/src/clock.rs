//! The clock and the randomness of the server: one [`Env`], handed to whatever
//! needs either, so that a test can hold both in its hand.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng};

/// How many generators one seed of a simulation has to itself.
const DRAWS_MAX_COUNT: u64 = 1 << 24;

/// Where time and randomness come from. Cheap to clone.
#[derive(Clone)]
pub struct Env(Arc<Source>);

enum Source {
    System {
        started: Instant,
    },
    Manual {
        unix_milliseconds: AtomicU64,
        monotonic_milliseconds: AtomicU64,
        /// Where the next generator starts: never twice at the same place.
        drawn: AtomicU64,
    },
}

impl Env {
    /// The machine's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self(Arc::new(Source::System {
            started: Instant::now(),
        }))
    }

    /// A clock that stands still until it is moved, and randomness that is the
    /// same every time. For tests only: keys drawn from it are no secret.
    pub fn manual(unix_seconds: u64) -> (Self, ManualClock) {
        Self::simulated(unix_seconds, 0)
    }

    /// The same, with randomness that depends on `seed`: for simulations of many
    /// worlds.
    pub fn simulated(unix_seconds: u64, seed: u64) -> (Self, ManualClock) {
        let env = Self(Arc::new(Source::Manual {
            unix_milliseconds: AtomicU64::new(unix_seconds.saturating_mul(1_000)),
            monotonic_milliseconds: AtomicU64::new(0),
            drawn: AtomicU64::new(seed.wrapping_mul(DRAWS_MAX_COUNT)),
        }));
        (env.clone(), ManualClock(env))
    }

    /// Seconds since 1970, by this machine's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    pub fn now(&self) -> u64 {
        match &*self.0 {
            Source::System { .. } => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs()),
            Source::Manual {
                unix_milliseconds, ..
            } => unix_milliseconds.load(Ordering::SeqCst) / 1_000,
        }
    }

    /// Milliseconds since this `Env` was made. Never goes backwards, whatever
    /// happens to the machine's clock: what throttles count with.
    pub fn monotonic_milliseconds(&self) -> u64 {
        match &*self.0 {
            Source::System { started } => {
                u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
            }
            Source::Manual {
                monotonic_milliseconds,
                ..
            } => monotonic_milliseconds.load(Ordering::SeqCst),
        }
    }

    /// A generator of random bytes, fresh from the operating system.
    ///
    /// # Panics
    /// If the operating system has no randomness to give: then there is no safe
    /// way to go on.
    pub fn rng(&self) -> StdRng {
        match &*self.0 {
            Source::System { .. } => {
                StdRng::try_from_rng(&mut SysRng).expect("the operating system gives random bytes")
            }
            Source::Manual { drawn, .. } => {
                StdRng::seed_from_u64(drawn.fetch_add(1, Ordering::SeqCst))
            }
        }
    }

    /// `N` random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.rng().fill_bytes(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &*self.0 {
            Source::System { .. } => "Env(system)",
            Source::Manual { .. } => "Env(manual)",
        })
    }
}

/// The hand on a manual clock. Every clone moves the same one.
#[derive(Clone)]
pub struct ManualClock(Env);

impl ManualClock {
    /// Lets time pass.
    pub fn advance_seconds(&self, seconds: u64) {
        self.advance_milliseconds(seconds.saturating_mul(1_000));
    }

    /// Lets time pass.
    pub fn advance_milliseconds(&self, milliseconds: u64) {
        if let Source::Manual {
            unix_milliseconds,
            monotonic_milliseconds,
            ..
        } = &*self.0.0
        {
            unix_milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
            monotonic_milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
        }
    }

    /// Sets the clock, forwards or backwards, and no time passes by it.
    pub fn set_seconds(&self, unix_seconds: u64) {
        if let Source::Manual {
            unix_milliseconds, ..
        } = &*self.0.0
        {
            unix_milliseconds.store(unix_seconds.saturating_mul(1_000), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_it_is_moved() {
        let (env, clock) = Env::manual(1_000);
        assert_eq!((env.now(), env.monotonic_milliseconds()), (1_000, 0));
        clock.advance_seconds(5);
        clock.advance_milliseconds(250);
        assert_eq!((env.now(), env.monotonic_milliseconds()), (1_005, 5_250));
        clock.set_seconds(10);
        assert_eq!((env.now(), env.monotonic_milliseconds()), (10, 5_250));
    }

    #[test]
    fn random_bytes_differ_from_draw_to_draw() {
        let system = Env::system();
        assert_ne!(system.random::<32>(), system.random::<32>());
        let (manual, _clock) = Env::manual(0);
        assert_ne!(manual.random::<32>(), manual.random::<32>());
        let (other, _clock) = Env::simulated(0, 1);
        let (same, _clock) = Env::simulated(0, 1);
        let first = other.random::<32>();
        assert_eq!(first, same.random::<32>());
        assert_ne!(first, Env::manual(0).0.random::<32>());
    }
}
