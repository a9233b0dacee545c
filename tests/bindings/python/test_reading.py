"""The library and the safety plan: what is read and written with no network."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import loive
import pytest
from handset import Clock, Handset
from hotline import Hotline
from loive import Answer, Lang, LibraryKind, LibraryQuery, PhoneError, Rejection, Taken, Tri

NewHandset = Callable[..., Handset]
HOUR = 3_600
FIRST = Taken.SHOWN(1)


async def reader(hotline: Hotline, mai: Handset) -> loive.Phone:
    """A phone with no signal that has taken the release that its app ships."""
    shipped = hotline.publish_library(mai.folder.with_suffix(".release"))
    hotline.link(up=False)
    phone = await mai.open()
    assert await phone.take_library_file(shipped) == FIRST
    return phone


async def test_library_first_start(hotline: Hotline, handset: NewHandset, tmp_path: Path) -> None:
    shipped = hotline.publish_library(tmp_path / "release")
    hotline.link(up=False)
    phone = await handset().open()
    assert await phone.library_home("vi", "15") == loive.Home(alerts=[], doors=[], favourites=[])
    assert (await phone.library()).release is None
    assert await phone.take_library_file(shipped) == FIRST
    standing = await phone.library()
    assert (standing.release, standing.age_days, standing.bytes_fetched) == (1, 0, 0)
    home = await phone.library_home("vi", "15")
    assert home.doors and all(door.title and door.lines for door in home.doors)
    articles = LibraryQuery(kind=LibraryKind.ARTICLE, topic=None, audience=None)
    assert "a09" in [line.id for line in await phone.library_list(articles, "vi")]
    page = await phone.library_item("a09", "vi")
    assert page.line.title and page.sources and page.checked_on
    assert all(loive.parse_markup(block.text).parts for block in page.blocks)
    assert await phone.take_library_file(shipped) == Taken.KNOWN(1)


async def test_library_search(hotline: Hotline, handset: NewHandset) -> None:
    phone = await reader(hotline, handset())
    hit = (await phone.library_search("duong mon", "vi"))[0]
    assert hit.line.id == "a56"
    assert [it.text for it in hit.title if it.is_match] == ["đường", "mòn"]
    hit = (await phone.library_search("18001567", "vi"))[0]
    assert (hit.line.id, hit.instead) == ("d01", "tổng đài 111")
    assert (await phone.library_search("huyện", "vi"))[0].instead == "xã"
    for typed in ("", '"', "((", "zzzz"):
        assert await phone.library_search(typed, "vi") == []


async def test_library_quiz(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await reader(hotline, mai)
    for question, may_be_minor, level in (
        ("q1_1", False, loive.Level.YELLOW),
        ("q1_1", True, loive.Level.RED),
        ("q1_8", False, loive.Level.RED),
    ):
        answers = {question: Tri.YES, "q1_2": Tri.DONT_KNOW}
        outcome = await phone.judge_quiz("q1", answers, may_be_minor, False, "vi")
        assert outcome.screened is not None and outcome.words is not None
        assert (outcome.screened.level, outcome.questions) == (level, [question])
        assert "111" in outcome.words and outcome.read
    empty = await phone.plan(Lang.VI)
    assert not (await phone.library_item("a09", "vi")).is_favourite
    assert await phone.favourites("vi") == []
    assert [it.id for it in empty.questions if it.answer] == []

    await phone.set_favourite("a09", True)
    await phone.set_plan_answer("destination", Answer.TEXT("Bắc Ninh, khu trọ số 4"))
    del phone
    mai.close()
    phone = await mai.open()
    assert [line.id for line in await phone.favourites("vi")] == ["a09"]
    assert await phone.plan(Lang.VI) != empty
    await phone.erase_private()
    assert await phone.favourites("vi") == []
    assert await phone.plan(Lang.VI) == empty


async def test_library_from_phone_to_phone(
    hotline: Hotline, handset: NewHandset, tmp_path: Path
) -> None:
    first = hotline.publish_library(tmp_path / "first")
    edit = {"item": "a09", "key": "title.vi", "text": "Lương cao mà việc nhẹ"}
    second = hotline.publish_library(tmp_path / "second", edit)
    hotline.link(up=False)
    mai, lan = await handset("mai").open(), await handset("lan").open()
    for phone in (mai, lan):
        assert await phone.take_library_file(first) == FIRST
    assert await mai.take_library_file(second) == Taken.SHOWN(2)
    file = await mai.library_file()
    old = await lan.library_item("a09", "vi")

    middle = len(file) // 2
    flipped = file[:middle] + bytes([file[middle] ^ 1]) + file[middle + 1 :]
    for damaged, why in (
        (flipped, Rejection.NOT_OUR_RELEASE()),
        (file[:middle], Rejection.NOT_UNDERSTOOD()),
    ):
        with pytest.raises(PhoneError.Rejected) as refused:
            await lan.take_library_file(damaged)
        assert refused.value.reason == why
        assert (await lan.library()).release == 1
        assert await lan.library_item("a09", "vi") == old
    assert await lan.take_library_file(file) == Taken.SHOWN(2)
    assert (await lan.library_item("a09", "vi")).line.title == edit["text"]
    assert await lan.take_library_file(file) == Taken.KNOWN(2)
    with pytest.raises(PhoneError.Rejected) as refused:
        await lan.take_library_file(first)
    assert refused.value.reason == Rejection.OLDER_RELEASE()


PLAN = {
    "destination": Answer.TEXT("Bắc Ninh, khu trọ số 4"),
    "trusted_1_name": Answer.TEXT("Chị Hoa"),
    "trusted_1_phone": Answer.TEXT("0912 345 678"),
    "checkin_schedule": Answer.SINGLE("daily"),
    "code_ok": Answer.TEXT("Mẹ nấu cơm chưa"),
    "code_danger": Answer.TEXT("Con mèo ăn gì"),
    "if_missed": Answer.SINGLE("24h"),
    "family_action": Answer.MULTI(["call_111"]),
    "doc_copies": Answer.MULTI(["cccd"]),
    "numbers_memorised": Answer.MULTI(["111", "113"]),
    "checks": Answer.MULTI([f"check_{number}" for number in range(1, 11)]),
}


async def test_safety_plan(hotline: Hotline, handset: NewHandset) -> None:
    clock = Clock(hotline.now)
    mai = handset(clock=clock)
    phone = await mai.open()
    empty = await phone.plan(Lang.VI)
    with pytest.raises(PhoneError.Invalid) as early:
        await phone.start_plan_checkins()
    assert early.value.field == "checkin_schedule"
    for question, answer in PLAN.items():
        await phone.set_plan_answer(question, answer)
    plan = await phone.plan(Lang.VI)
    assert (plan.missing, plan.checks_done, plan.is_checked) == ([], 10, True)
    card = await phone.plan_card()
    assert [line.number for line in card.lines] == ["0912 345 678", "111", "113"]
    await draws_the_card(mai)

    await phone.start_plan_checkins()
    reminders = await phone.plan_reminders(3)
    assert {it.words_key for it in reminders} == {"reminder.neutral"}
    first = await checkins(phone)
    assert (first.is_overdue, first.next_due) == (False, first.told_at + timedelta(days=1))
    assert reminders[0].at == first.next_due
    clock.seconds += 25 * HOUR
    late = await checkins(phone)
    assert (late.is_overdue, late.missed_since) == (True, None)
    clock.seconds += 24 * HOUR
    assert (await checkins(phone)).missed_since == first.family_acts_at
    await phone.note_checkin()
    fine = await checkins(phone)
    assert (fine.is_overdue, fine.missed_since) == (False, None)

    await mai.sync()
    await phone.erase_private()
    assert await phone.plan(Lang.VI) == empty
    assert await phone.plan_checkins() is None
    assert hotline.count() == 0


async def draws_the_card(mai: Handset) -> None:
    """As files in memory and nowhere else."""
    phone, name = mai.phone, "trusted_1_name"
    before = sorted(mai.folder.iterdir())
    drawn = await phone.draw_plan_card(Lang.VI)
    assert drawn.png.startswith(b"\x89PNG\r\n\x1a\n") and drawn.pdf.startswith(b"%PDF-")
    assert drawn.not_whole == []
    await phone.set_plan_answer(name, Answer.TEXT("សុខា"))
    strange = await phone.draw_plan_card(Lang.VI)
    assert [line.number for line in strange.not_whole] == ["0912 345 678"]
    assert strange.png != drawn.png
    await phone.set_plan_answer(name, PLAN[name])
    assert sorted(mai.folder.iterdir()) == before
    for folder in (Path(tempfile.gettempdir()), Path.cwd(), Path.home()):
        for file in folder.iterdir():
            if file.is_file() and file.stat().st_size in (len(drawn.png), len(drawn.pdf)):
                assert file.read_bytes() not in (drawn.png, drawn.pdf), file


async def checkins(phone: loive.Phone) -> loive.CheckIns:
    """Where they stand; they have begun."""
    found = await phone.plan_checkins()
    assert found is not None
    return found
