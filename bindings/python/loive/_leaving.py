"""Lets the library's threads out of Python before Python ends.

Until 3.13 Python ends a thread that comes back into it while it is shutting down,
by an exception that no Rust frame lets through: the whole process is aborted, at the
end of a script that has done everything right (measured: 7 of 100, on a busy
machine). So the end waits, for as long as a callback is under way.
"""

import atexit
import time
import weakref
from typing import Any

from . import _generated

# A callback of the app that never returns must not keep a script from ending.
PATIENCE_SECONDS = 5.0
LOOK_EVERY_SECONDS = 0.001
# What is left of a callback when it has been counted out.
GRACE_SECONDS = 0.01

_module: Any = _generated
_listeners = (
    _module._UniffiFfiConverterTypeReportListener._handle_map,
    _module._UniffiFfiConverterTypeSyncListener._handle_map,
)
_going_on: "weakref.WeakSet[Any]" = weakref.WeakSet()


class _Inside:
    """How many threads of the library are in Python. The interpreter changes threads
    neither within a statement of this kind nor before the return that follows."""

    count = 0


def install() -> None:
    """Called once, when the package is imported."""
    continued = _module._uniffi_continuation_callback

    def counted(future: int, code: int) -> None:
        _Inside.count += 1
        try:
            continued(future, code)
        finally:
            _Inside.count -= 1

    _module._uniffi_continuation_callback = type(continued)(counted)
    for name in ("Subscription", "Syncing"):
        _remember(getattr(_module, name))
    atexit.register(_leave)


def _remember(kind: Any) -> None:
    """Keeps the objects of a kind in sight while they live."""
    made = kind._uniffi_make_instance.__func__

    def remembered(cls: Any, handle: Any) -> Any:
        instance = made(cls, handle)
        _going_on.add(instance)
        return instance

    kind._uniffi_make_instance = classmethod(remembered)


def _leave() -> None:
    for instance in list(_going_on):
        instance.stop()
    if any(map(len, _listeners)):
        _wait_until_nobody_listens()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _Inside.count and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)


def _wait_until_nobody_listens() -> None:
    """The library gives a listener back when it calls it no more."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while any(map(len, _listeners)) and time.monotonic() < deadline:
        time.sleep(LOOK_EVERY_SECONDS)
    time.sleep(GRACE_SECONDS)
