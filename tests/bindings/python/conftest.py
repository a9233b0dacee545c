"""A hotline for each story; stories that wait are told in a loop of their own."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from handset import Clock, Handset
from hotline import Hotline


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs a story that is a coroutine."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True


@pytest.fixture
def hotline() -> Iterator[Hotline]:
    """The story's own."""
    hotline = Hotline()
    try:
        yield hotline
        hotline.end()
    finally:
        hotline.kill()


@pytest.fixture
def handset(hotline: Hotline, tmp_path: Path) -> Callable[..., Handset]:
    """Gives a new closed phone at every call."""

    def new(name: str = "mai", clock: Clock | None = None) -> Handset:
        return Handset(hotline, tmp_path / name, clock)

    return new
