"""A phone in a process of its own.

`write`: answers a question without end, and prints the draft and then the number of
every answer once it is kept, until a story kills it. `count`: prints how many drafts
there are.
"""

import asyncio
import itertools
import sys

import loive
from handset import FORM, Keys
from loive import Answer, Lang, Phone


async def write(phone: Phone) -> None:
    """Does not end by itself."""
    draft = await phone.new_draft(FORM, Lang.VI)
    await phone.answer(draft, "danger_now", Answer.SINGLE("no"))
    await phone.answer(draft, "where", Answer.SOMEWHERE(loive.Place.MOVING()))
    await phone.answer(draft, "what_type", Answer.MULTI(["cross_border"]))
    print(draft, flush=True)
    for number in itertools.count():
        await phone.answer(draft, "suspect_info", Answer.TEXT(f"câu thứ {number}"))
        print(number, flush=True)


async def main(verb: str, folder: str, card: str, key: str) -> None:
    """Opens the phone that a story has closed or suspended."""
    request = loive.OpenRequest(dir=folder, card=card)
    phone = await loive.open_phone(request, Keys(bytes.fromhex(key)))
    if verb == "write":
        await write(phone)
    print(len(await phone.drafts()))


asyncio.run(main(*sys.argv[1:5]))
