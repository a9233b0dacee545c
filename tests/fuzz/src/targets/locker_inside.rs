use loive_protocol::fuzzing;

/// What a holder of a receipt can put into its locker: a seed, in one form.
pub fn locker_inside(bytes: &[u8]) {
    if let Ok(seed) = fuzzing::read_locker(bytes) {
        let again = fuzzing::write_locker(&seed).expect("a seed fits");
        assert!(again.as_slice() == bytes, "one seed, two forms");
    }
}
