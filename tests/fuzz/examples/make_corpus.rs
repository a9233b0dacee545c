//! Writes the seeds of every target, made from real objects: the same files
//! every time. What fuzzing found beside them is left alone.

#![expect(clippy::print_stdout, reason = "a program of the terminal")]

use std::fs;
use std::io;
use std::path::Path;

use loive_fuzz::seeds;

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut count = 0;
    for seed in seeds::all() {
        let folder = corpus.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(seed.name), seed.bytes)?;
        count += 1;
    }
    println!("{count} seeds in {}", corpus.display());
    Ok(())
}
