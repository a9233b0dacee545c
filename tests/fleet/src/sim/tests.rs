#![expect(clippy::unwrap_used, reason = "tests may panic")]

use super::{Kit, Plan, run};

/// A failing seed can be run again alone, and the same things happen.
#[test]
fn one_seed_is_one_world() {
    let kit = Kit::new("one-seed").unwrap();
    for seed in 0..4 {
        let first = run(&kit, &Plan::of(seed));
        assert_eq!(first.violation, None, "seed {seed}");
        let again = run(&kit, &Plan::of(seed));
        assert!(first == again, "seed {seed}");
    }
    assert!(Plan::of(1) != Plan::of(2));
}
