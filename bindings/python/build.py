"""Builds the wheel: `LOIVE_BINDINGS=target/bindings python build.py`.

The folder holds what `cargo xtask bindings` made: `python/loive.py`, the generated
module, and `native/`, the library. The wheel goes to `python/dist/`. Needs
setuptools, at the version of `tests/interop/requirements.txt`, and no network.
"""

import os
import shutil
import tomllib
from pathlib import Path

import stubs
from setuptools import build_meta

HERE = Path(__file__).resolve().parent
SOURCES = ("pyproject.toml", "setup.py", "README.md")
LIBRARIES = ("libloive.so", "libloive.dylib", "loive.dll")


def main() -> None:
    """Lays the package out in a folder of its own and builds it there."""
    bindings = Path(os.environ["LOIVE_BINDINGS"]).resolve()
    folder, dist = bindings / "python/build", bindings / "python/dist"
    for old in (folder, dist):
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir(parents=True)
    lay_out(bindings, folder)
    # Setuptools builds what stands in the current folder.
    os.chdir(folder)
    wheel = dist / build_meta.build_wheel(str(dist), {"--global-option": ["--quiet"]})
    print(f"{wheel} ({wheel.stat().st_size:,} bytes)")


def lay_out(bindings: Path, folder: Path) -> None:
    """The package as it is installed, with the files that build it."""
    for name in SOURCES:
        shutil.copy(HERE / name, folder)
    project = folder / "pyproject.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace('"VERSION"', f'"{version()}"'), encoding="utf-8")
    package = folder / "loive"
    shutil.copytree(HERE / "loive", package, ignore=shutil.ignore_patterns("__pycache__"))
    module = package / "_generated.py"
    shutil.copy(bindings / "python/loive.py", module)
    stubs.write(module)
    for name in LIBRARIES:
        if (bindings / "native" / name).is_file():
            shutil.copy(bindings / "native" / name, package)


def version() -> str:
    """The version of the workspace."""
    manifest = tomllib.loads((HERE.parents[1] / "Cargo.toml").read_text(encoding="utf-8"))
    return str(manifest["workspace"]["package"]["version"])


if __name__ == "__main__":
    main()
