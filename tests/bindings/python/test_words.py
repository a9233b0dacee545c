"""What people wrote stands in nothing that is printed."""

import enum
import traceback
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import loive
import pytest
from handset import Handset, Keys, a_report
from hotline import Hotline
from loive import Answer, Delivery, Lang, PhoneError

SENTENCE = "Bà Mùa ở bản Lao Xa giữ giấy tờ của em"
# No receipt holds words, and no PIN is so long.
TOO_LONG = SENTENCE * 200
HALF_A_SURROGATE_PAIR = SENTENCE + "\ud83d"


def printed(thing: Any) -> Iterator[str]:
    """Everything that a log could hold of a record, and of what is in it. The words
    themselves are texts, since a screen needs those: they are left out."""
    if isinstance(thing, str):
        return
    if isinstance(thing, list):
        for item in thing:
            yield from printed(item)
        return
    yield f"{thing!s} {thing!r}"
    if type(thing).__module__.startswith("loive") and not isinstance(thing, enum.Enum):
        for value in vars(thing).values():
            yield from printed(value)


def said(error: BaseException) -> str:
    """Everything that Python prints of an error."""
    return f"{error!s} {error!r} {''.join(traceback.format_exception(error))}"


async def errors_of(mai: Handset, report: str, draft: int) -> list[BaseException]:
    """Every verb that takes words, with words that it does not take."""
    phone, typed, words = mai.phone, SENTENCE + " 0912", Answer.TEXT
    attempts: list[Callable[[], Awaitable[Any]]] = [
        lambda: phone.answer(draft, "suspect_info", words(TOO_LONG)),
        lambda: phone.answer(draft, "danger_now", Answer.SINGLE(SENTENCE)),
        lambda: phone.answer(draft, "danger_now", words(SENTENCE)),
        lambda: phone.answer(draft, "indicators", Answer.MULTI([SENTENCE])),
        lambda: phone.answer(draft, "safe_phone", words(SENTENCE)),
        lambda: phone.answer(draft, "where", words(SENTENCE)),
        lambda: phone.answer(
            draft, "where", Answer.SOMEWHERE(loive.Place.COMMUNE(SENTENCE, SENTENCE))
        ),
        lambda: phone.answer(draft, "suspect_info", words(HALF_A_SURROGATE_PAIR)),
        lambda: phone.answer(draft + 99, "suspect_info", words(SENTENCE)),
        lambda: phone.amend(report, "suspect_info", words(TOO_LONG)),
        lambda: phone.amend(SENTENCE, "suspect_info", words(SENTENCE)),
        lambda: phone.send_message(report, TOO_LONG),
        lambda: phone.send_message(report, HALF_A_SURROGATE_PAIR),
        lambda: phone.send_message("0" * 32, SENTENCE),
        lambda: phone.set_plan_answer("code_danger", words(TOO_LONG)),
        lambda: phone.library_item(SENTENCE, SENTENCE),
        lambda: phone.judge_quiz(SENTENCE, {SENTENCE: loive.Tri.YES}, False, False, SENTENCE),
        lambda: phone.set_favourite(SENTENCE, True),
        lambda: phone.take_library_file(SENTENCE.encode()),
        lambda: phone.reopen(typed),
        lambda: phone.erase_receipt(typed),
        lambda: phone.reopen(TOO_LONG),
        lambda: phone.set_pin(TOO_LONG),
        lambda: phone.set_pin(""),
        lambda: phone.new_draft(SENTENCE, Lang.VI),
        lambda: phone.submit(draft + 99),
        lambda: phone.report(SENTENCE, Lang.VI),
        lambda: mai.sync(),
        lambda: loive.set_aside(f"/{SENTENCE}"),
    ]
    errors: list[BaseException] = []
    for number, attempt in enumerate(attempts):
        try:
            await attempt()
        except Exception as error:
            errors.append(error)
        else:
            raise AssertionError(f"attempt {number} is refused")
    return errors


async def test_no_words_in_messages(
    hotline: Hotline,
    handset: Callable[..., Handset],
    capfd: pytest.CaptureFixture[str],
) -> None:
    mai = handset()
    phone = await mai.open(SENTENCE)
    report = await mai.submit(a_report(SENTENCE))
    await phone.send_message(report, SENTENCE)
    await mai.sync_until_report_is(report, Delivery.OPENED)
    hotline.reply(report, SENTENCE)
    page = await mai.sync_until(report, "the answer", lambda page: len(page.timeline) > 1)
    assert {line.text for line in page.timeline} == {SENTENCE}, "the words are there"
    draft = await mai.draft(a_report(SENTENCE))
    view = await phone.draft(draft, Lang.VI)
    assert Answer.TEXT(SENTENCE) in [question.answer for question in view.questions]
    await phone.set_plan_answer("code_danger", words_of_plan := Answer.TEXT(SENTENCE[:40]))
    await phone.set_plan_answer("trusted_1_name", words_of_plan)
    await phone.set_plan_answer("trusted_1_phone", Answer.TEXT("0912 345 678"))
    plan, card = await phone.plan(Lang.VI), await phone.plan_card()
    drawn = await phone.draw_plan_card(Lang.VI)
    receipt = await phone.make_receipt(report)
    summary = await mai.sync()
    hotline.link(up=False)
    request = loive.OpenRequest(dir=SENTENCE, card=hotline.card, pin=SENTENCE)
    things = [
        *(page, view, plan, card, drawn, receipt, summary, request, phone, mai.driver, mai.keys),
        *(await phone.reports(), await phone.drafts(), Answer.SINGLE(SENTENCE)),
        *(Answer.MULTI([SENTENCE]), phone.outcome(), loive.Cancel(), loive.live()),
    ]
    texts = [text for thing in things for text in printed(thing)]
    assert not [text for text in texts if receipt.first in text]

    await phone.send_message(report, SENTENCE)
    errors = await errors_of(mai, report, draft)
    await phone.withdraw(report)
    with pytest.raises(PhoneError.Rejected) as rejected:
        await phone.amend(report, "suspect_info", Answer.TEXT(SENTENCE))
    errors.append(rejected.value)
    del phone
    mai.close()
    for pin in (SENTENCE + ".", None):
        with pytest.raises(PhoneError.Locked) as locked:
            await mai.open(pin)
        errors.append(locked.value)
    mai.keys = Keys(SENTENCE.encode())
    with pytest.raises(PhoneError.Locked) as locked:
        await mai.open(SENTENCE)
    errors.append(locked.value)
    with pytest.raises(PhoneError) as refused:
        loive.Driver(SENTENCE)
    errors.append(refused.value)
    with pytest.raises(PhoneError) as refused:
        loive.Driver.to(hotline.card, SENTENCE)
    errors.append(refused.value)

    texts += [said(error) for error in errors]
    assert not [text for text in texts if SENTENCE in text or "Lao Xa" in text]
    assert all(str(error) for error in errors), "each error says something"
    seen = {type(error) for error in errors}
    assert {PhoneError.Offline, PhoneError.Invalid, PhoneError.NotFound} <= seen
    assert {PhoneError.Rejected, PhoneError.Locked} <= seen
    captured = capfd.readouterr()
    assert SENTENCE not in captured.out + captured.err
