//! The first opens of a process, all at once. Alone in its file: only the first
//! can fail.

use std::sync::{Arc, Barrier};
use std::thread;

use loive_cipher::{Options, StoreKey, open};

const THREADS: u8 = 8;

#[test]
fn two_who_open_the_first_stores_of_a_process_at_once_both_can() {
    let dir = tempfile::tempdir().expect("there is room for temporary files");
    let start = Arc::new(Barrier::new(usize::from(THREADS)));
    let threads: Vec<_> = (0..THREADS)
        .map(|number| {
            let (path, start) = (dir.path().join(format!("{number}.db")), Arc::clone(&start));
            thread::spawn(move || {
                let key = StoreKey::from_bytes([number; 32]);
                start.wait();
                open(&path, &key, Options::default()).map(drop)
            })
        })
        .collect();
    for thread in threads {
        let opened = thread.join().expect("no thread panics");
        assert!(opened.is_ok(), "{opened:?}");
    }
}
