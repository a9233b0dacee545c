"""What must not cost a word."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import loive
import pytest
from handset import BrokenKeys, Clock, Handset, Keys, a_report, eventually, lines
from hotline import Hotline
from loive import Answer, Delivery, Lang, Lock, OpenOutcome, PhoneError, Speaker, Trouble

NewHandset = Callable[..., Handset]
# 1 March 2099.
FAR_FUTURE = 4_076_006_400
# Answers after which the writer is killed, in the middle of the next.
ANSWERS_BEFORE_KILL = 25


async def test_kill_and_resume(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    key = os.urandom(32)
    mai.keys = Keys(key)
    writer = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("second.py")),
        "write",
        *(str(mai.folder), hotline.card, key.hex()),
        stdout=asyncio.subprocess.PIPE,
    )
    assert writer.stdout is not None
    draft = int(await writer.stdout.readline())
    kept: list[str] = []
    while len(kept) < ANSWERS_BEFORE_KILL:
        kept.append((await writer.stdout.readline()).decode().strip())
    writer.send_signal(signal.SIGKILL)
    # What it printed before it died counts; a torn line does not.
    rest = (await writer.stdout.read()).decode()
    kept += rest[: rest.rfind("\n") + 1].split("\n")[:-1]
    assert await writer.wait() == -signal.SIGKILL

    phone = await mai.open()
    assert phone.outcome() == OpenOutcome.OPENED()
    view = await phone.draft(draft, Lang.VI)
    found = {question.id: question.answer for question in view.questions}
    last = int(kept[-1])
    text = found["suspect_info"]
    assert isinstance(text, Answer.TEXT)
    assert text.text in (f"câu thứ {last}", f"câu thứ {last + 1}")
    assert found["danger_now"] == Answer.SINGLE("no")
    report = await phone.submit(draft)
    await mai.sync_until_report_is(report, Delivery.OPENED)
    assert hotline.count() == 1
    assert hotline.find(report)["answers"]["suspect_info"] == text.text


async def test_rejected_change(hotline: Hotline, handset: NewHandset) -> None:
    first, second = "Hôm nay họ đưa thêm hai người tới.", "Họ vừa khóa cửa, có tiếng xe đi."
    mai = handset()
    await mai.open()
    report = await mai.submit(a_report())
    await mai.sync_until_report_is(report, Delivery.OPENED)
    mai.close()
    hotline.ask("backup_phone", dir=str(mai.folder))
    await mai.open()
    await mai.phone.send_message(report, first)
    await mai.sync_until(
        report, "it is opened", lambda page: page.timeline[0].delivery is Delivery.OPENED
    )
    mai.close()
    hotline.ask("set_back_phone", dir=str(mai.folder))
    await mai.open()
    assert (await mai.page(report)).timeline == [], "the phone is set back"
    await mai.phone.send_message(report, second)
    page = await mai.sync_until(report, "it learns why", lambda page: bool(page.troubles))
    (trouble,) = page.troubles
    assert isinstance(trouble, Trouble.QUARANTINED)
    assert trouble[0] == "duplicate_sequence"
    assert page.timeline[0].delivery is not Delivery.OPENED
    (row,) = hotline.ask("quarantine")["rows"]
    assert (row["report"], row["reason"]) == (report, trouble[0])
    assert second in row["readable"], "its words can be read"
    assert hotline.find(report)["lines"] == [first]


async def test_conflict(hotline: Hotline, handset: NewHandset) -> None:
    one, two = handset("cũ"), handset("mới")
    two.keys = one.keys
    await one.open()
    report = await one.submit(a_report("Chưa rõ là ai."))
    await one.sync_until_report_is(report, Delivery.OPENED)
    one.close()
    shutil.copytree(one.folder, two.folder)
    await one.open()
    await two.open(restored=True)
    hotline.link(up=False)
    texts = {"cũ": "Người tên Tuấn.", "mới": "Người tên Hùng."}
    for mai in (one, two):
        await mai.phone.amend(report, "suspect_info", Answer.TEXT(texts[mai.folder.name]))
    hotline.link(up=True)
    await one.sync()
    await two.sync()

    def values() -> list[str]:
        found: list[str] = hotline.find(report)["conflicts"].get("suspect_info", [])
        return sorted(found)

    await eventually("both texts, each once", lambda: values() == sorted(texts.values()))
    assert hotline.find(report)["answers"]["suspect_info"] in texts.values()
    assert hotline.ask("quarantine")["rows"] == []
    for mai in (one, two):
        await mai.sync()
        page = await mai.page(report)
        assert page.troubles == []
        shown = {it.question: it.answer for it in page.answers}
        assert shown["suspect_info"] == Answer.TEXT(texts[mai.folder.name])
    both = "Tuấn và Hùng, hai anh em."
    await one.phone.amend(report, "suspect_info", Answer.TEXT(both))
    await one.sync()

    def is_taken() -> bool:
        return bool(hotline.find(report)["answers"]["suspect_info"] == both)

    await eventually("a third amendment is taken", is_taken)
    assert hotline.ask("quarantine")["rows"] == []


async def refused_with(mai: Handset, why: Lock, pin: str | None = None) -> None:
    """The store does not open, and says why."""
    with pytest.raises(PhoneError.Locked) as locked:
        await mai.open(pin)
    assert locked.value.why is why


async def test_wrong_pin(handset: NewHandset) -> None:
    mai = handset()
    phone = await mai.open()
    report = await mai.submit(a_report())
    with pytest.raises(PhoneError.Invalid) as invalid:
        await phone.set_pin("1")
    assert invalid.value.field == "pin"
    assert not await phone.has_pin()
    await phone.set_pin("hoa ban 1987")
    del phone
    mai.close()
    await refused_with(mai, Lock.PIN_NEEDED)
    for wrong in ("hoa ban 1986", "0000", "hoa ban 1987 "):
        await refused_with(mai, Lock.WRONG_PIN, wrong)
    phone = await mai.open("hoa ban 1987")
    assert phone.outcome() == OpenOutcome.OPENED()
    assert [it.id for it in await phone.reports()] == [report]
    await phone.remove_pin()
    del phone
    mai.close()
    assert (await mai.open()).outcome() == OpenOutcome.OPENED()
    mai.close()

    right = mai.keys
    mai.keys = Keys(os.urandom(32))
    await refused_with(mai, Lock.WRONG_KEY)
    mai.keys = BrokenKeys(loive.CallbackError.Unavailable())
    await refused_with(mai, Lock.NO_KEY)
    mai.keys = Keys(b"too short")
    await refused_with(mai, Lock.NO_KEY)
    mai.keys = right
    phone = await mai.open()
    assert phone.outcome() == OpenOutcome.OPENED()
    assert [it.id for it in await phone.reports()] == [report]
    assert not [it for it in mai.folder.iterdir() if not it.name.startswith("phone.")]


async def test_damaged_store_set_aside(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    await mai.open()
    await mai.submit(a_report())
    mai.close()
    bytes_before = bytearray(mai.store.read_bytes())
    middle = len(bytes_before) // 2
    bytes_before[middle : middle + 4096] = os.urandom(4096)
    mai.store.write_bytes(bytes_before)

    phone = await mai.open()
    outcome = phone.outcome()
    assert isinstance(outcome, OpenOutcome.SET_ASIDE)
    assert Path(outcome.path).read_bytes() == bytes_before
    assert await phone.reports() == [] and await phone.drafts() == []
    report = await mai.submit(a_report("Viết lại sau khi máy hỏng."))
    await mai.sync_until_report_is(report, Delivery.OPENED)
    assert hotline.count() == 1
    assert Path(outcome.path).read_bytes() == bytes_before


@pytest.mark.parametrize("says", [0, FAR_FUTURE], ids=["1970", "2099"])
async def test_clock_wrong(hotline: Hotline, handset: NewHandset, says: int) -> None:
    clock = Clock(says)
    mai = handset(clock=clock)
    phone = await mai.open()
    release = phone.now().timestamp()
    assert release > 1_700_000_000, "never before the app was made"
    draft = await mai.draft(a_report("Viết dở."))
    report = await mai.submit(a_report("Máy này sai ngày."))
    await mai.sync_until_report_is(report, Delivery.OPENED)
    hotline.look(report)
    hotline.reply(report, "Đã nhận.")
    page = await mai.sync_until(report, "the answer", lambda page: bool(page.timeline))
    assert lines(page) == [(Speaker.HOTLINE, "Đã nhận.")]
    assert page.summary.delivery is Delivery.READ
    seen = hotline.find(report)
    assert seen["written_at"] <= seen["received_at"]
    assert phone.now().timestamp() >= release

    # Somebody sets the clock right: a draft expires by time that passed.
    clock.seconds = hotline.ask("now")["now"]
    del phone
    mai.close()
    phone = await mai.open()
    assert await phone.expire_drafts() == 0
    later = await phone.submit(draft)
    await mai.sync_until_report_is(later, Delivery.OPENED)
    assert hotline.count() == 2
    seen = hotline.find(later)
    assert seen["written_at"] <= seen["received_at"]


async def test_relay_restored(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    await mai.open()
    hotline.ask("backup_relay")
    log = hotline.ask("log")["log"]
    hotline.ask("stop_desk")
    report = await mai.submit(a_report())
    await mai.sync_until_report_is(report, Delivery.AT_RELAY)
    assert hotline.ask("restore_relay")["log"] != log
    hotline.ask("start_desk")
    assert (await mai.page(report)).summary.delivery is Delivery.AT_RELAY
    states: list[int] = []

    def opened(page: loive.ReportPage) -> bool:
        states.append(page.summary.delivery.value)
        return page.summary.delivery is Delivery.OPENED

    await mai.sync_until(report, "it is opened", opened)
    assert states == sorted(states) and states[0] >= Delivery.AT_RELAY.value, "never back"
    hotline.wait_count(1)
    assert hotline.find(report)["answers"]["danger_now"] == "no"
