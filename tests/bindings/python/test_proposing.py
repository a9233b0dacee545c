"""Other words for the library, and recordings: proposed with no network."""

from collections.abc import Callable
from pathlib import Path

import loive
import pytest
from handset import Handset
from hotline import Hotline
from loive import Decision, Delivery, ItemPart, NewProposal, NewRecording, PhoneError, Problem
from loive import ProposedText

NewHandset = Callable[..., Handset]
TITLE = "Lương cao mà việc nhẹ"
VOICE = Path(__file__).parents[3] / "core/documents/src/library/recording/voice.opus"


async def reader(hotline: Hotline, mai: Handset) -> loive.Phone:
    """A phone with no signal that has taken the release that its app ships."""
    shipped = hotline.publish_library(mai.folder.with_suffix(".release"))
    hotline.link(up=False)
    phone = await mai.open()
    await phone.take_library_file(shipped)
    return phone


def title(text: str) -> NewProposal:
    """Another title for an article."""
    words = ProposedText(part=ItemPart.TITLE(), lang="vi", text=text)
    return NewProposal(item="a09", texts=[words], recording=None, note="Dễ nhớ hơn.")


async def test_proposal_offline(hotline: Hotline, handset: NewHandset) -> None:
    mai = handset()
    phone = await reader(hotline, mai)
    old = (await phone.library_item("a09", "vi")).line.title
    proposal = await phone.propose(title(TITLE))
    assert await phone.propose(title(TITLE)) == proposal
    with pytest.raises(PhoneError.Offline):
        await mai.sync()
    for text, field, problem in (
        (old, "proposal", Problem.NOTHING_NEW),
        ("ữ" * 100_000, "text", Problem.TOO_LONG),
    ):
        with pytest.raises(PhoneError.Invalid) as refused:
            await phone.propose(title(text))
        assert refused.value.field == field
        assert isinstance(refused.value.reason, problem)
    del phone
    mai.close()
    phone = await mai.open()
    listed = await phone.proposals("vi")
    assert [(it.id, it.title, it.delivery) for it in listed] == [
        (proposal, old, Delivery.ON_THIS_PHONE)
    ]
    page = await phone.proposal(proposal, "vi")
    assert [(it.proposed, it.today, it.has_moved_on) for it in page.texts] == [(TITLE, old, False)]
    assert page.note == "Dễ nhớ hơn."
    assert isinstance(page.summary.decision, Decision.WAITING)
    assert await phone.unsent() == 1
    assert await phone.reports() == []


async def test_recording_cleaned(hotline: Hotline, handset: NewHandset) -> None:
    phone = await reader(hotline, handset())
    block = (await phone.library_item("a09", "vi")).blocks[0].id
    voice = VOICE.read_bytes()
    assert b"LOCATION" in voice

    def read_aloud(ogg: bytes) -> NewProposal:
        recording = NewRecording(block=block, lang="hnj", ogg=ogg)
        return NewProposal(item="a09", texts=[], recording=recording, note=None)

    with pytest.raises(PhoneError.Invalid) as refused:
        await phone.propose(read_aloud(b"RIFF....WAVE"))
    assert refused.value.field == "recording"
    assert isinstance(refused.value.reason, Problem.NOT_OPUS)
    assert await phone.proposals("vi") == []

    proposal = await phone.propose(read_aloud(voice))
    recording = (await phone.proposal(proposal, "vi")).recording
    assert recording is not None
    assert (recording.block, recording.lang) == (block, "hnj")
    assert 1_000 < recording.milliseconds < 2_000
    sound = await phone.proposed_recording(proposal)
    assert len(sound) == recording.bytes < len(voice)
    assert b"LOCATION" not in sound

    await phone.set_listening("hnj", True)
    hmong = [it for it in await phone.languages("vi") if it.code == "hnj"]
    assert [(it.name, it.is_wanted, it.recordings) for it in hmong] == [
        ("Mông (Hmong Njua)", True, 0)
    ]
    with pytest.raises(PhoneError.NotFound):
        await phone.recording("a09", block, "hnj")
