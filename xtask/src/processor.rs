//! Processors of phones: how something is built for them on this machine, and
//! run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::needs::on_path;

/// A processor that this machine builds for with Debian's cross compilers and
/// runs programs of with QEMU's user emulation.
pub(crate) struct Processor {
    /// Its name in a table.
    pub(crate) name: &'static str,
    /// Rust's name for it, with Linux and GNU's C library around it.
    pub(crate) target: &'static str,
    /// GNU's name for the same.
    gnu: &'static str,
    /// QEMU's.
    qemu: &'static str,
}

/// Debian's packages for all of them.
pub(crate) const PACKAGES: [&str; 5] = [
    "gcc-aarch64-linux-gnu",
    "libc6-dev-arm64-cross",
    "gcc-arm-linux-gnueabihf",
    "libc6-dev-armhf-cross",
    "qemu-user-static",
];
/// Those of phones.
pub(crate) const ARM: [&Processor; 2] = [&ARM64, &ARM32];
/// What most phones have.
pub(crate) const ARM64: Processor = Processor {
    name: "aarch64",
    target: "aarch64-unknown-linux-gnu",
    gnu: "aarch64-linux-gnu",
    qemu: "aarch64",
};
/// What the cheapest and oldest have.
pub(crate) const ARM32: Processor = Processor {
    name: "armv7",
    target: "armv7-unknown-linux-gnueabihf",
    gnu: "arm-linux-gnueabihf",
    qemu: "arm",
};

impl Processor {
    /// Whether compiler, C library and emulator are there.
    pub(crate) fn has_tools(&self) -> bool {
        on_path(&self.compiler()).is_some() && self.root().is_dir() && self.emulator().is_some()
    }

    /// Whether Rust's own libraries for it are there.
    pub(crate) fn has_libraries(&self) -> bool {
        let mut command = Command::new("rustc");
        command.args(["--print", "target-libdir", "--target", self.target]);
        command
            .output()
            .is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
    }

    /// Tells cargo to build for it, and with what.
    pub(crate) fn build(&self, command: &mut Command) {
        command.args(["--target", self.target]);
        let (rust, c) = (self.target.to_uppercase(), self.target);
        let (rust, c) = (rust.replace('-', "_"), c.replace('-', "_"));
        command.env(format!("CARGO_TARGET_{rust}_LINKER"), self.compiler());
        command.env(format!("CC_{c}"), self.compiler());
        command.env(format!("AR_{c}"), format!("{}-ar", self.gnu));
    }

    /// Tells cargo, and tests that start themselves again, how to run what was
    /// built: `LOIVE_TEST_RUNNER`.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), String> {
        let emulator = self
            .emulator()
            .ok_or_else(|| format!("there is no QEMU for {}", self.name))?;
        let runner = format!("{} -L {}", emulator.display(), self.root().display());
        let rust = self.target.to_uppercase().replace('-', "_");
        command.env(format!("CARGO_TARGET_{rust}_RUNNER"), &runner);
        command.env("LOIVE_TEST_RUNNER", runner);
        Ok(())
    }

    fn compiler(&self) -> String {
        format!("{}-gcc", self.gnu)
    }

    /// Where its C library lies.
    fn root(&self) -> PathBuf {
        Path::new("/usr").join(self.gnu)
    }

    /// Linked statically or not, by the version of Debian.
    fn emulator(&self) -> Option<PathBuf> {
        on_path(&format!("qemu-{}-static", self.qemu))
            .or_else(|| on_path(&format!("qemu-{}", self.qemu)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_and_the_c_compiler_hear_of_the_same_processor() {
        let mut command = Command::new("cargo");
        ARM32.build(&mut command);
        let told: Vec<(String, String)> = command
            .get_envs()
            .filter_map(|(name, value)| {
                let value = value?.to_string_lossy().into_owned();
                Some((name.to_string_lossy().into_owned(), value))
            })
            .collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            told,
            [
                pair("AR_armv7_unknown_linux_gnueabihf", "arm-linux-gnueabihf-ar"),
                pair(
                    "CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER",
                    "arm-linux-gnueabihf-gcc"
                ),
                pair(
                    "CC_armv7_unknown_linux_gnueabihf",
                    "arm-linux-gnueabihf-gcc"
                ),
            ]
        );
    }
}
