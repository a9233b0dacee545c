"""Tells the stories to the wheel that was built: `python run.py [ARGUMENTS OF PYTEST]`.

`LOIVE_BINDINGS` says where its `python/dist` is, `LOIVE_STORY_HOTLINE` which program
the hotline is, `LOIVE_STORIES` where the list of the stories is. The wheel is
installed into a new folder, and only that one is on Python's path: the source tree
holds no library, and a package that lacks a file fails here.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")


class Counter:
    """Counts the tests: one that was left out has failed."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Called for set-up, story and clean-up of each."""
        if not report.passed:
            self.failed += 1
        elif report.when == "call":
            self.passed += 1


def install(folder: str) -> None:
    """Puts the one wheel there."""
    (wheel,) = (Path(os.environ["LOIVE_BINDINGS"]) / "python/dist").glob("*.whl")
    command = [sys.executable, *PIP, "--no-deps", "--no-index", "--target", folder, str(wheel)]
    subprocess.run(command, check=True)


def main() -> int:
    """Ends with 0 if every test ran and passed."""
    counter = Counter()
    with tempfile.TemporaryDirectory(prefix="loive-wheel-") as folder:
        install(folder)
        sys.path.insert(0, folder)
        # For the programs that stories start.
        os.environ["PYTHONPATH"] = folder
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        sys.dont_write_bytecode = True
        # What Python can only warn of (an error that a callback lost) fails too.
        arguments = ["-W", "error", "-p", "no:cacheprovider", "--rootdir", str(HERE)]
        arguments += ["-q", "--durations=5"]
        code = pytest.main([*arguments, *(sys.argv[1:] or [str(HERE)])], plugins=[counter])
    print(f"{counter.passed} passed, {counter.failed} failed")
    return 1 if code or counter.failed or not counter.passed else 0


if __name__ == "__main__":
    sys.exit(main())
