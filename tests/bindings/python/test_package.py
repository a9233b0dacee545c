"""The package that partners install, its types and its example."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import loive
import pytest
import test_engine
import test_people
import test_proposing
import test_reading
import test_trouble
import test_words
from hotline import Hotline

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[2] / "bindings/python"
# Mistakes that the types must catch, and what is right.
SLIPS = {
    'loive.Answer.TEXT("có")': True,
    "loive.Answer.TEXT(3)": False,
    "loive.Answer.MULTI(['a'])": True,
    "loive.Answer.NOTHING()": False,
    "loive.Place.MOVING()": False,
}


def test_every_story_is_told_and_no_other() -> None:
    listed = tomllib.loads(Path(os.environ["LOIVE_STORIES"]).read_text(encoding="utf-8"))
    wanted = {it["id"] for kind in ("story", "check") for it in listed[kind]}
    told = {
        name.removeprefix("test_").replace("_", "-")
        for module in (
            test_people,
            test_reading,
            test_proposing,
            test_trouble,
            test_engine,
            test_words,
        )
        for name in vars(module)
        if name.startswith("test_")
    }
    assert told == wanted


def test_the_wheel_is_what_is_tested() -> None:
    installed = Path(loive.__file__).parent
    assert PACKAGE not in installed.parents
    names = {path.name for path in installed.iterdir()}
    assert {"_generated.py", "_generated.pyi", "py.typed"} <= names
    assert names & {"libloive.so", "libloive.dylib", "loive.dll"}
    tags = importlib.metadata.distribution("loive").read_text("WHEEL") or ""
    assert re.search(r"^Tag: py3-none-(?!any)\w+$", tags, re.MULTILINE), tags
    assert "Root-Is-Purelib: false" in tags


def test_every_public_name_is_there_and_documented() -> None:
    for name in loive.__all__:
        thing = getattr(loive, name)
        undocumented = ("DraftId", "InternalError", "Refusal", "ReportId")
        assert name in undocumented or thing.__doc__, name


def mypy(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Checks types as strictly as it can."""
    site = str(Path(loive.__file__).parents[1])
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *arguments]
    environment = os.environ | {"MYPYPATH": site, "MYPY_CACHE_DIR": str(cwd / "mypy-cache")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd)


def example() -> str:
    """The script of the package's README."""
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    return text.partition("```python\n")[2].partition("```")[0]


def test_the_types_hold_for_every_story_and_the_example(tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(example(), encoding="utf-8")
    sources = [str(path) for path in sorted(HERE.glob("*.py"))]
    checked = mypy(*sources, str(script), str(PACKAGE / "stubs.py"), cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_types_catch_slips(tmp_path: Path) -> None:
    lines = ["import loive", "answers: list[loive.Answer] = []"]
    lines += [f"answers.append({slip})" for slip in SLIPS]
    (tmp_path / "slips.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    checked = mypy("slips.py", cwd=tmp_path)
    found = {int(number) for number in re.findall(r"slips\.py:(\d+): error", checked.stdout)}
    assert found == {3 + at for at, right in enumerate(SLIPS.values()) if not right}, checked


def test_an_error_says_what_happened() -> None:
    assert str(loive.PhoneError.Offline()) == "The relay was not reached"
    invalid = loive.PhoneError.Invalid("pin", loive.Problem.TOO_SHORT(4, 1))
    assert str(invalid) == (
        "An answer, message, receipt or PIN cannot be taken as it is "
        "(field=pin, reason=Problem.TOO_SHORT(limit=4, found=1))"
    )


def test_the_example_of_the_readme_runs(hotline: Hotline, tmp_path: Path) -> None:
    script, key, card = tmp_path / "example.py", tmp_path / "key", tmp_path / "card"
    script.write_text(example(), encoding="utf-8")
    key.write_bytes(os.urandom(32))
    card.write_text(hotline.card, encoding="utf-8")
    command = [sys.executable, str(script), str(card), str(key), str(tmp_path / "phone")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(r"[0-9a-f]{32}: (AT_RELAY|OPENED)\n", ran.stdout), ran.stdout
    hotline.wait_count(1)
    report = ran.stdout.partition(":")[0]
    assert hotline.find(report)["urgency"] == "P0"

    hotline.link(up=False)
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("not sent yet: call 111 or 113\n"), ran.stdout
    assert "ON_THIS_PHONE" in ran.stdout


@pytest.mark.parametrize("name", ["card", "key"])
def test_a_file_that_holds_something_else_is_refused(
    hotline: Hotline, tmp_path: Path, name: str
) -> None:
    files = {"card": hotline.card.encode(), "key": os.urandom(32), name: b"something else"}
    for file, content in files.items():
        (tmp_path / file).write_bytes(content)
    (tmp_path / "example.py").write_text(example(), encoding="utf-8")
    arguments = ["example.py", "card", "key", "phone"]
    ran = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert ran.returncode == 1
    assert "PhoneError" in ran.stderr.splitlines()[-1] and "something else" not in ran.stderr
