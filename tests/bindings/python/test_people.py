"""What somebody does on an ordinary day."""

from collections.abc import Callable

import loive
import pytest
from handset import FORM, Handset, a_report, lines
from hotline import Hotline
from loive import Answer, Delivery, Lang, OpenOutcome, PhoneError, Place, Rejection, Speaker

NewHandset = Callable[..., Handset]


async def test_first_start_offline(hotline: Hotline, handset: NewHandset) -> None:
    hotline.link(up=False)
    mai = handset()
    phone = await mai.open()
    assert phone.outcome() == OpenOutcome.NEW()
    assert await phone.reports() == []
    assert await phone.drafts() == []
    draft = await phone.new_draft(FORM, Lang.VI)
    with pytest.raises(PhoneError.Offline):
        await mai.sync()
    await phone.answer(draft, "danger_now", Answer.SINGLE("yes"))
    report = await phone.submit(draft)
    with pytest.raises(PhoneError.Offline):
        await mai.sync()
    assert [it.id for it in await phone.reports()] == [report]
    hotline.link(up=True)
    assert (await mai.sync()).ended == loive.Ended.COMPLETE
    hotline.wait_count(1)


async def test_express_report(hotline: Hotline, handset: NewHandset) -> None:
    hotline.link(up=False)
    mai = handset()
    phone = await mai.open()
    draft = await mai.draft({"danger_now": Answer.SINGLE("yes")})
    view = await phone.draft(draft, Lang.VI)
    assert (view.missing, view.urgency) == ([], loive.Urgency.P0)
    report = await phone.submit(draft)
    (summary,) = await phone.reports()
    assert (summary.id, summary.delivery) == (report, Delivery.ON_THIS_PHONE)
    assert summary.warnings == [loive.Warning.NOT_SENT_YET()]
    with pytest.raises(PhoneError.Offline):
        await mai.sync()

    hotline.link(up=True)
    await mai.sync_until_report_is(report, Delivery.OPENED)
    assert hotline.count() == 1
    seen = hotline.find(report)
    assert (seen["urgency"], seen["answers"]) == ("P0", {"danger_now": "yes", "lang": "vi"})
    assert (await phone.reports())[0].warnings == []


async def visible(mai: Handset, draft: int) -> set[str]:
    """The ids of the questions that are shown now."""
    view = await mai.phone.draft(draft, Lang.VI)
    return {question.id for question in view.questions}


async def test_whole_form_skip_logic(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await mai.open()
    draft = await mai.draft(
        {
            "danger_now": Answer.SINGLE("no"),
            "what_type": Answer.MULTI(["job_abroad", "scam_compound"]),
            "suspect_info": Answer.TEXT("Anh Tuấn, xe biển 29."),
            "reporter_anonymous": Answer.BOOL(True),
        }
    )
    # She changes her mind about the place...
    assert "country_abroad" not in await visible(mai, draft)
    await phone.answer(draft, "where", Answer.SOMEWHERE(Place.ABROAD()))
    assert "country_abroad" in await visible(mai, draft)
    await phone.answer(draft, "country_abroad", Answer.SINGLE("KH"))
    await phone.answer(draft, "where", Answer.SOMEWHERE(Place.PROVINCE("01")))
    assert "country_abroad" not in await visible(mai, draft)
    # ...and about being called.
    contact = {"safe_phone", "safe_from"}
    assert not contact & await visible(mai, draft)
    await phone.answer(draft, "contact_wanted", Answer.BOOL(True))
    assert contact <= await visible(mai, draft)
    await phone.answer(draft, "safe_phone", Answer.TEXT("0912 345 678"))
    await phone.answer(draft, "safe_from", Answer.TIME(8 * 60 + 30))
    view = await phone.draft(draft, Lang.VI)
    given = {question.id: question.answer for question in view.questions if question.answer}
    assert given["safe_from"] == Answer.TIME(510)
    await phone.answer(draft, "contact_wanted", Answer.BOOL(False))
    assert not contact & await visible(mai, draft)

    before = await phone.draft(draft, Lang.VI)
    with pytest.raises(PhoneError.Invalid) as refused:
        await phone.answer(draft, "suspect_info", Answer.TEXT("ạ" * 501))
    assert refused.value.field == "suspect_info"
    assert refused.value.reason == loive.Problem.TOO_LONG(limit=500, found=501)
    with pytest.raises(PhoneError.Invalid) as refused:
        await phone.answer(draft, "danger_now", Answer.SINGLE("có lẽ"))
    assert refused.value.field == "danger_now"
    assert refused.value.reason == loive.Problem.UNKNOWN_OPTION()
    assert await phone.draft(draft, Lang.VI) == before

    report = await phone.submit(draft)
    await mai.sync_until_report_is(report, Delivery.OPENED)
    assert hotline.find(report)["answers"] == {
        "danger_now": "no",
        "where": {"province": "01"},
        "what_type": ["job_abroad", "scam_compound"],
        "suspect_info": "Anh Tuấn, xe biển 29.",
        "reporter_anonymous": True,
        "contact_wanted": False,
        "lang": "vi",
    }


class Heard(loive.ReportListener):
    """Remembers the reports that changed."""

    def __init__(self) -> None:
        self.reports: list[str | None] = []

    def changed(self, report: str | None) -> None:
        self.reports.append(report)


async def test_submit_states_answer(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await mai.open()
    heard = Heard()
    subscription = phone.subscribe(heard)
    report = await mai.submit(a_report())
    states = [(await mai.page(report)).summary.delivery]
    hotline.ask("desk_link", up=False)
    await mai.sync()
    states.append((await mai.page(report)).summary.delivery)
    hotline.ask("desk_link", up=True)
    states.append((await mai.sync_until_report_is(report, Delivery.OPENED)).summary.delivery)
    await mai.sync()
    states.append((await mai.page(report)).summary.delivery)
    steps = [Delivery.ON_THIS_PHONE, Delivery.AT_RELAY, Delivery.OPENED, Delivery.OPENED]
    assert states == steps, "nobody has looked, so nobody has read"

    hotline.look(report)
    await mai.sync_until_report_is(report, Delivery.READ)
    answer = "Chúng tôi đã nhận. Chị có gọi được không?"
    hotline.reply(report, answer)
    await mai.sync_until(report, "the answer", lambda page: bool(page.timeline))
    page = await mai.page(report)
    assert lines(page) == [(Speaker.HOTLINE, answer)]
    assert page.times.read is not None and page.times.opened is not None
    back = "Tôi gọi được sau 8 giờ tối."
    await phone.send_message(report, back)
    page = await mai.sync_until(
        report, "the message", lambda page: page.timeline[-1].delivery is Delivery.OPENED
    )
    assert page.summary.delivery is Delivery.READ, "never back"
    assert set(hotline.find(report)["lines"]) == {answer, back}
    subscription.stop()
    assert report in heard.reports


async def test_receipt_other_phone(hotline: Hotline, handset: NewHandset) -> None:
    mai, borrowed, third = handset(), handset("mượn"), handset("máy thứ ba")
    await mai.open()
    report = await mai.submit(a_report("Chú ấy giữ hộ chiếu của tôi."))
    receipt = await mai.phone.make_receipt(report)
    for number in (receipt.first, receipt.second):
        digits = number.replace(" ", "")
        assert len(digits) == 10 and digits.isdigit()
    await mai.sync_until_report_is(report, Delivery.OPENED)
    assert (await mai.page(report)).receipt is loive.ReceiptState.KEPT

    await borrowed.open()
    hotline.link(up=False)
    other = "8" if receipt.second[-1] == "7" else "7"
    with pytest.raises(PhoneError.Invalid) as refused:
        await borrowed.phone.reopen(f"{receipt.first} {receipt.second[:-1]}{other}")
    assert refused.value.field == "receipt"
    assert refused.value.reason == loive.Problem.RECEIPT_CHECK_DIGIT()
    hotline.link(up=True)
    await borrowed.phone.reopen(f"{receipt.first} . {receipt.second}")
    assert (await borrowed.sync()).reopened == [report]
    hotline.reply(report, "Chị giữ máy bên mình nhé.")
    page = await borrowed.sync_until(report, "the answer", lambda page: bool(page.timeline))
    assert lines(page) == [(Speaker.HOTLINE, "Chị giữ máy bên mình nhé.")]
    assert page.summary.origin is loive.Origin.REOPENED
    assert page.summary.delivery is Delivery.READ
    assert page.answers == []
    with pytest.raises(PhoneError.Rejected) as rejected:
        await borrowed.phone.amend(report, "suspect_info", Answer.TEXT("khác"))
    assert rejected.value.reason == Rejection.NOT_ON_THIS_PHONE()

    await mai.phone.erase_receipt(f"{receipt.first}{receipt.second}")
    await mai.sync()
    await third.open()
    await third.phone.reopen(f"{receipt.first}{receipt.second}")
    summary = await third.sync()
    assert (summary.reopened, summary.receipts_unknown) == ([], 1)
    assert await third.phone.reports() == []


async def nothing_is_shown(phone: loive.Phone) -> None:
    """The next person at a shared phone sees nothing."""
    assert await phone.reports() == []
    assert await phone.drafts() == []


async def test_guest_report(hotline: Hotline, handset: NewHandset) -> None:
    shared, own = handset("máy chung"), handset("máy riêng")
    await shared.open()
    draft = await shared.draft(a_report("Tôi nhờ máy của hội."))
    receipt = await shared.phone.submit_guest(draft)
    await nothing_is_shown(shared.phone)
    assert await shared.phone.unsent() > 0
    await shared.sync()
    await nothing_is_shown(shared.phone)
    hotline.wait_count(1)
    shared.close()
    assert (await shared.open()).outcome() == OpenOutcome.OPENED()
    await nothing_is_shown(shared.phone)

    await own.open()
    await own.phone.reopen(f"{receipt.first} {receipt.second}")
    (report,) = (await own.sync()).reopened
    assert hotline.find(report)["answers"]["suspect_info"] == "Tôi nhờ máy của hội."
    hotline.reply(report, "Chúng tôi đã đọc.")
    page = await own.sync_until(report, "the answer", lambda page: bool(page.timeline))
    assert lines(page) == [(Speaker.HOTLINE, "Chúng tôi đã đọc.")]
    await shared.sync()
    await nothing_is_shown(shared.phone)
    assert hotline.count() == 1


async def test_withdraw(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await mai.open()
    report = await mai.submit(a_report("Tôi nhầm người."))
    await mai.sync_until_report_is(report, Delivery.OPENED)
    await phone.withdraw(report)
    first = (await mai.page(report)).withdrawal
    assert first is not None and first.delivery is Delivery.ON_THIS_PHONE
    await phone.withdraw(report)
    assert (await mai.page(report)).withdrawal == first, "twice is once"
    with pytest.raises(PhoneError.Rejected) as rejected:
        await phone.amend(report, "suspect_info", Answer.TEXT("thêm"))
    assert rejected.value.reason == Rejection.WITHDRAWN()

    def acknowledged(page: loive.ReportPage) -> bool:
        return page.withdrawal is not None and page.withdrawal.delivery is Delivery.OPENED

    await mai.sync_until(report, "the withdrawal is opened", acknowledged)
    seen = hotline.find(report)
    assert (seen["withdrawn"], seen["state"]) == (True, "Closed")
    assert hotline.count() == 1
