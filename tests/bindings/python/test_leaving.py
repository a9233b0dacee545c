"""A script that has done everything right ends well, whatever the library does."""

import signal
import subprocess
import sys
from pathlib import Path

from hotline import Hotline

OPENING = """
import asyncio, sys, threading, time
from pathlib import Path
import loive

class Keys(loive.KeyStore):
    def key(self) -> bytes:
        return bytes(32)

class Last:
    # Python takes its time to shut down.
    def __del__(self, sleep=time.sleep):
        sleep(1.0)

sys.last_of_all = Last()
request = loive.OpenRequest(dir=sys.argv[1], card=Path(sys.argv[2]).read_text())
"""

# The thread of the library that woke the script up is still in Python when it ends.
SLOW_THREAD = """
class Slow(asyncio.SelectorEventLoop):
    def call_soon_threadsafe(self, *arguments, **others):
        super().call_soon_threadsafe(*arguments, **others)
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.5)

with asyncio.Runner(loop_factory=Slow) as runner:
    phone = runner.run(loive.open_phone(request, Keys()))
print("done")
"""

# A listener is being told, another sync is under way, and nobody stopped either.
SLOW_LISTENER = """
class Slow(loive.ReportListener, loive.SyncListener):
    def changed(self, report):
        print("told", flush=True)
        time.sleep(0.5)
    def ended(self, summary):
        time.sleep(0.5)

async def main():
    phone = await loive.open_phone(request, Keys())
    going_on = [phone.subscribe(Slow()), phone.keep_syncing(loive.Driver(request.card), Slow())]
    draft = await phone.new_draft("suspicion_report", loive.Lang.VI)
    await phone.answer(draft, "danger_now", loive.Answer.SINGLE("yes"))
    await phone.submit(draft)
    await asyncio.sleep(0.1)
    return going_on

going_on = asyncio.run(main())
print("done")
"""


def run(script: str, hotline: Hotline, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a script of somebody's."""
    (folder / "script.py").write_text(OPENING + script, encoding="utf-8")
    (folder / "card").write_text(hotline.card, encoding="utf-8")
    command = [sys.executable, "script.py", "phone", "card"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)


def test_a_script_ends_while_a_thread_is_in_python(hotline: Hotline, tmp_path: Path) -> None:
    ran = run(SLOW_THREAD, hotline, tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")


def test_a_script_ends_while_a_listener_is_told(hotline: Hotline, tmp_path: Path) -> None:
    ran = run(SLOW_LISTENER, hotline, tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines().count("done") == 1 and "told" in ran.stdout


def test_without_the_wait_it_would_not(hotline: Hotline, tmp_path: Path) -> None:
    # From 3.14 on Python lets such a thread hang instead.
    ends_with = 0 if sys.version_info >= (3, 14) else -signal.SIGABRT
    script = "import atexit\natexit.unregister(loive._leaving._leave)\n" + SLOW_THREAD
    ran = run(script, hotline, tmp_path)
    assert (ran.returncode, ran.stdout) == (ends_with, "done\n"), "the wait can go"
