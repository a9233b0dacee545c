"""What the engine of the bindings holds, besides the stories."""

import asyncio
import os
import secrets
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import loive
import pytest
from handset import BrokenKeys, Handset, Keys, a_report, eventually
from hotline import Hotline
from loive import Answer, Delivery, Lang, Lock, PhoneError

NewHandset = Callable[..., Handset]

OPENINGS_COUNT = 1_000
WARM_UP_COUNT = 10
GROWTH_MAX_BYTES = 16 * 1024 * 1024
CANCELS_COUNT = 100
CANCEL_MAX_SECONDS = 1.0
SUSPENSIONS_COUNT = 100
# Another process looks at the suspended store so often: starting Python is slow.
LOOKS_EVERY = 20
THREADS_COUNT = 4
REPORTS_PER_THREAD_COUNT = 3


def descriptors() -> int:
    """Open files of this process."""
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    """Threads of this process, the library's included."""
    return len(os.listdir("/proc/self/task"))


def resident_bytes() -> int:
    """Memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def test_thousand_openings(handset: NewHandset) -> None:
    mai = handset()
    phones = loive.live().phones

    async def once() -> None:
        phone = await mai.open()
        assert await phone.reports() == []
        del phone
        mai.close()

    for _ in range(WARM_UP_COUNT):
        await once()
    files, workers, memory = descriptors(), threads(), resident_bytes()
    for _ in range(OPENINGS_COUNT):
        await once()
    assert loive.live().phones == phones
    await eventually("no more threads", lambda: threads() <= workers)
    assert descriptors() <= files
    grown = resident_bytes() - memory
    print(f"resident memory grew by {grown:,} bytes in {OPENINGS_COUNT} openings")
    assert grown <= GROWTH_MAX_BYTES


class SilentRelay:
    """Takes connections and never answers."""

    def __init__(self) -> None:
        self.taken = 0
        self.open = 0

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Reads what comes until the other side hangs up."""
        self.taken += 1
        self.open += 1
        try:
            while await reader.read(65_536):
                pass
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def silent_relay(card: str) -> AsyncIterator[tuple[SilentRelay, loive.Driver]]:
    """The relay and the way to it."""
    relay = SilentRelay()
    server = await asyncio.start_server(relay.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield relay, loive.Driver.to(card, f"http://127.0.0.1:{port}")
    finally:
        server.close()


async def test_cancel_leaves_no_task(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await mai.open()
    report = await mai.submit(a_report())
    tasks = loive.live().tasks
    async with silent_relay(hotline.card) as (relay, driver):
        for number in range(CANCELS_COUNT):
            cancel = loive.Cancel()
            sync = asyncio.ensure_future(phone.sync(driver, cancel))
            await eventually("the relay is asked", lambda: relay.taken > number)
            begun = time.monotonic()
            if number % 2:
                cancel.cancel()
                summary = await sync
                assert summary.ended is loive.Ended.CANCELLED
            else:
                sync.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await sync
            assert time.monotonic() - begun < CANCEL_MAX_SECONDS
            await eventually("no task is left", lambda: loive.live().tasks <= tasks)
        await eventually("no connection is left", lambda: relay.open == 0)
    assert (await mai.page(report)).summary.delivery is Delivery.ON_THIS_PHONE
    assert (await mai.sync()).ended is loive.Ended.COMPLETE, "no lock is left"
    assert (await mai.page(report)).summary.delivery.value >= Delivery.AT_RELAY.value
    del phone
    mai.close()
    assert (await mai.open()).outcome() == loive.OpenOutcome.OPENED(), "closed at once"


class Curious(loive.ReportListener):
    """Looks at the phone whenever it is told of a report."""

    def __init__(self, phone: loive.Phone) -> None:
        self._phone = phone
        self.reports: set[str | None] = set()
        self.threads: set[int] = set()
        self.failed: list[str] = []

    def changed(self, report: str | None) -> None:
        self.reports.add(report)
        self.threads.add(threading.get_native_id())
        try:
            self._phone.now()
            listed = asyncio.run(self._phone.reports())
            if report not in {it.id for it in listed}:
                self.failed.append("the report is in the list")
        except Exception as error:
            self.failed.append(repr(error))


class Rude(loive.ReportListener, loive.SyncListener):
    """Throws whatever can be thrown."""

    def __init__(self, words: str) -> None:
        self._errors = [ValueError(words), SystemExit(words), loive.CallbackError.Failed()]
        self.calls = 0

    def changed(self, report: str | None) -> None:
        self._throw()

    def ended(self, summary: loive.SyncSummary) -> None:
        self._throw()

    def _throw(self) -> None:
        self.calls += 1
        raise self._errors[self.calls % len(self._errors)]


async def test_callbacks_on_any_thread(
    hotline: Hotline, handset: NewHandset, capfd: pytest.CaptureFixture[str]
) -> None:
    words = f"Chị Hoa ở bản Mí {secrets.token_hex(4)}"
    mai = handset()
    right = mai.keys
    for error in (KeyError(words), loive.CallbackError.Unavailable(), ZeroDivisionError(words)):
        mai.keys = BrokenKeys(error)
        with pytest.raises(PhoneError.Locked) as locked:
            await mai.open()
        assert locked.value.why is Lock.NO_KEY
        assert words not in f"{locked.value!r} {locked.value}"
    mai.keys = right
    phone = await mai.open()
    curious, rude = Curious(phone), Rude(words)
    subscriptions = [phone.subscribe(rude), phone.subscribe(curious)]
    syncing = phone.keep_syncing(mai.driver, rude)
    written: list[str] = []

    async def work() -> None:
        for _ in range(REPORTS_PER_THREAD_COUNT):
            written.append(await mai.submit(a_report(words)))
            await mai.sync()

    workers = [threading.Thread(target=lambda: asyncio.run(work())) for _ in range(THREADS_COUNT)]
    for worker in workers:
        worker.start()
    await eventually("nobody waits for ever", lambda: not any(it.is_alive() for it in workers))
    await eventually("each was heard of", lambda: set(written) <= curious.reports)
    await eventually("the rude one was told too", lambda: rude.calls > len(written))
    syncing.stop()
    for subscription in subscriptions:
        subscription.stop()
    assert len(written) == THREADS_COUNT * REPORTS_PER_THREAD_COUNT
    assert curious.failed == []
    assert threading.main_thread().native_id not in curious.threads
    hotline.wait_count(len(written))
    printed = capfd.readouterr()
    assert words not in printed.out + printed.err


async def files_are_closed(mai: Handset) -> None:
    """No descriptor of this process is one of the store's files."""
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = os.readlink(entry)
        except FileNotFoundError:
            continue
        assert not target.startswith(str(mai.folder)), target


async def test_suspend_resume(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    key = secrets.token_bytes(32)
    mai.keys = Keys(key)
    phone = await mai.open()
    report = await mai.submit(a_report())
    draft = await mai.draft({"danger_now": Answer.SINGLE("yes")})
    for number in range(SUSPENSIONS_COUNT):
        words = Answer.TEXT(f"câu thứ {number}")
        await phone.answer(draft, "suspect_info", words)
        sync = asyncio.ensure_future(mai.sync())
        await asyncio.sleep(0)
        await phone.suspend()
        await files_are_closed(mai)
        if number % LOOKS_EVERY == 0:
            other = await asyncio.create_subprocess_exec(
                *(sys.executable, str(Path(__file__).with_name("second.py")), "count"),
                *(str(mai.folder), hotline.card, key.hex()),
                stdout=asyncio.subprocess.PIPE,
            )
            said, _ = await other.communicate()
            assert said == b"1\n", "another process can open it"
        for refused in (
            phone.reports(),
            phone.answer(draft, "suspect_info", Answer.TEXT("mất")),
            phone.submit(draft),
        ):
            with pytest.raises(PhoneError):
                await refused
        await phone.resume()
        try:
            await sync
        except PhoneError:
            pass  # It was cut off by the suspension, and says so.
        view = await phone.draft(draft, Lang.VI)
        answers = {question.id: question.answer for question in view.questions}
        assert answers["suspect_info"] == words
        assert answers["danger_now"] == Answer.SINGLE("yes")
    await mai.sync_until_report_is(report, Delivery.OPENED)
    later = await phone.submit(draft)
    await mai.sync_until_report_is(later, Delivery.OPENED)
    assert hotline.count() == 2
