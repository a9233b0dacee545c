//! Clock and randomness: one [`Env`], handed to whatever needs either.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use loive_protocol::limits::TIME_MAX_SECONDS;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _};

/// No phone's clock is believed to be before this release: 23 November 2026, in
/// Unix seconds. Builds for phones overwrite it with `LOIVE_BUILD_UNIX_SECONDS`.
pub const BUILD_TIME_SECONDS: u64 = match option_env!("LOIVE_BUILD_UNIX_SECONDS") {
    Some(text) => digits(text),
    None => 1_795_392_000,
};

/// A device's clock. Phones' clocks are wrong: nothing here is believed alone.
pub trait Clock: Send + Sync {
    /// Seconds since 1970 as the device says.
    fn unix_seconds(&self) -> u64;
}

/// Where time and randomness come from. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    clock: Arc<dyn Clock>,
    /// None: fresh from the operating system at every draw.
    rng: Option<Arc<Mutex<StdRng>>>,
}

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the phone's clock is read"
    )]
    fn unix_seconds(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs())
    }
}

impl Env {
    /// The device's clock and the operating system's randomness.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            rng: None,
        }
    }

    /// A clock that is handed in, and the operating system's randomness.
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { clock, rng: None }
    }

    /// A clock that is handed in, and randomness that is the same for the same
    /// `seed`. For simulations: keys drawn from it are no secret.
    pub fn simulated(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self {
            clock,
            rng: Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))),
        }
    }

    /// What the device's clock says, in Unix seconds, bounded by the year 9999.
    pub(crate) fn device_seconds(&self) -> u64 {
        self.clock.unix_seconds().min(TIME_MAX_SECONDS)
    }

    /// A generator of its own for one piece of work.
    pub(crate) fn rng(&self) -> StdRng {
        match &self.rng {
            None => StdRng::try_from_rng(&mut SysRng)
                .expect("without randomness from the operating system nothing may be sealed"),
            Some(shared) => {
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                let mut seed = [0_u8; 32];
                shared.fill_bytes(&mut seed);
                StdRng::from_seed(seed)
            }
        }
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        self.rng().fill_bytes(&mut bytes);
        bytes
    }
}

impl fmt::Debug for Env {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.rng.is_none() {
            "Env(system)"
        } else {
            "Env(simulated)"
        })
    }
}

/// A clock that stands still until it is set. Cheap to clone; every clone shows
/// the same time.
#[derive(Debug, Clone, Default)]
pub struct ManualClock(Arc<AtomicU64>);

impl ManualClock {
    /// A clock that shows this time, in Unix seconds.
    pub fn at(unix_seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(unix_seconds)))
    }

    /// Sets it, forwards or backwards.
    pub fn set(&self, unix_seconds: u64) {
        self.0.store(unix_seconds, Ordering::SeqCst);
    }

    /// Lets time pass.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn unix_seconds(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Reads a decimal number when the program is compiled.
const fn digits(text: &str) -> u64 {
    let mut rest = text.as_bytes();
    let mut value = 0;
    while let [first, tail @ ..] = rest {
        assert!(
            first.is_ascii_digit(),
            "LOIVE_BUILD_UNIX_SECONDS is a number of seconds"
        );
        value = value * 10 + (*first - b'0') as u64;
        rest = tail;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_it_is_moved() {
        let clock = ManualClock::at(1_000);
        let env = Env::simulated(Arc::new(clock.clone()), 1);
        assert_eq!(env.device_seconds(), 1_000);
        clock.advance(5);
        assert_eq!(env.device_seconds(), 1_005);
        clock.set(u64::MAX);
        assert_eq!(env.device_seconds(), TIME_MAX_SECONDS);
    }

    #[test]
    fn the_same_seed_draws_the_same_and_never_twice() {
        let draws = |seed| {
            let env = Env::simulated(Arc::new(ManualClock::default()), seed);
            [env.random::<16>(), env.random::<16>()]
        };
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
        let [first, second] = draws(7);
        assert_ne!(first, second);
        assert_ne!(Env::system().random::<16>(), Env::system().random::<16>());
    }
}
