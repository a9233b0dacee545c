"""Somebody's phone: a folder, a key, and the bindings."""

import asyncio
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import loive
from hotline import Hotline
from loive import Answer, Delivery, Lang, Phone

# The machine may be loaded, and a receipt costs what it costs.
PATIENCE_SECONDS = 60
LOOK_EVERY_SECONDS = 0.05
FORM = "suspicion_report"
STORE = "phone.db"


class Keys(loive.KeyStore):
    """A keystore that always has the key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def key(self) -> bytes:
        return self._key


class BrokenKeys(loive.KeyStore):
    """A keystore whose app throws."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def key(self) -> bytes:
        raise self._error


class Clock(loive.DeviceClock):
    """A clock that somebody sets."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def unix_seconds(self) -> int:
        return self.seconds


class Handset:
    """A phone that is opened and closed, with what stays when it is closed."""

    def __init__(self, hotline: Hotline, folder: Path, clock: Clock | None = None) -> None:
        self.hotline = hotline
        self.folder = folder
        self.keys: loive.KeyStore = Keys(secrets.token_bytes(32))
        self.clock = clock
        self.driver = loive.Driver(hotline.card)
        self._phone: Phone | None = None

    @property
    def phone(self) -> Phone:
        """The open phone."""
        assert self._phone is not None, "the phone is open"
        return self._phone

    @property
    def store(self) -> Path:
        """The file with everything in it."""
        return self.folder / STORE

    async def open(self, pin: str | None = None, *, restored: bool = False) -> Phone:
        """Opens the phone, or begins it."""
        request = loive.OpenRequest(
            dir=str(self.folder), card=self.hotline.card, pin=pin, restored=restored
        )
        self._phone = await loive.open_phone(request, self.keys, self.clock)
        return self._phone

    def close(self) -> None:
        """Python closes what nobody holds any more."""
        self._phone = None

    async def draft(self, answers: dict[str, Answer]) -> int:
        """Begins a draft and answers."""
        draft = await self.phone.new_draft(FORM, Lang.VI)
        for question, answer in answers.items():
            await self.phone.answer(draft, question, answer)
        return draft

    async def submit(self, answers: dict[str, Answer]) -> str:
        """Writes a report and submits it."""
        return await self.phone.submit(await self.draft(answers))

    async def sync(self) -> loive.SyncSummary:
        """One sync that reaches the relay."""
        return await self.phone.sync(self.driver)

    async def page(self, report: str) -> loive.ReportPage:
        """A report as the screen shows it."""
        return await self.phone.report(report, Lang.VI)

    async def sync_until(
        self, report: str, what: str, holds: Callable[[loive.ReportPage], bool]
    ) -> loive.ReportPage:
        """Syncs until something is true of a report."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            await self.sync()
            page = await self.page(report)
            if holds(page):
                return page
            assert time.monotonic() < deadline, f"{what} within a minute"
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def sync_until_report_is(self, report: str, delivery: Delivery) -> loive.ReportPage:
        """Syncs until a report has come so far, or further."""
        wanted = delivery.value
        return await self.sync_until(
            report, f"{delivery}", lambda page: page.summary.delivery.value >= wanted
        )


async def eventually(what: str, holds: Callable[[], bool]) -> None:
    """Looks until it is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"{what} within a minute"
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def lines(page: loive.ReportPage) -> list[tuple[loive.Speaker, str]]:
    """Who wrote what."""
    return [(line.speaker, line.text) for line in page.timeline]


def a_report(text: str = "Có người lạ rủ mấy em trong bản đi làm ăn xa.") -> dict[str, Answer]:
    """Enough to be sent."""
    return {
        "danger_now": Answer.SINGLE("no"),
        "where": Answer.SOMEWHERE(loive.Place.UNKNOWN()),
        "what_type": Answer.MULTI(["job_abroad"]),
        "suspect_info": Answer.TEXT(text),
    }
