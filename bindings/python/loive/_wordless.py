"""Three things that the generator leaves open in Python, closed here.

An error whose text is empty tells whoever runs a script nothing. A text that is no
Unicode (half of a surrogate pair, as `os.fsdecode` and a wrong encoding leave them)
makes Python raise an error that prints the whole text. And what a callback throws
is sent to the library with its text, or to the terminal if it is none of
`Exception`. Words that somebody wrote must never stand there.
"""

from collections.abc import Callable
from typing import Any

from . import _generated

_CALL = "_uniffi_trait_interface_call_with_error"
_TEXTS = "_UniffiFfiConverterString"


def install() -> None:
    """Called once, when the package is imported."""
    module: Any = _generated
    module.PhoneError.__str__ = _what_happened
    setattr(module, _CALL, _without_its_text(getattr(module, _CALL)))
    texts = getattr(module, _TEXTS)
    for name in ("check_lower", "lower", "write"):
        setattr(texts, name, staticmethod(_only_unicode(getattr(texts, name))))


def _what_happened(error: BaseException) -> str:
    """The first sentence of the error's own documentation, and its fields."""
    about = " ".join((type(error).__doc__ or "").split())
    sentence = about.partition(". ")[0].rstrip(".")
    details = ", ".join(f"{name}={value}" for name, value in vars(error).items())
    return f"{sentence} ({details})" if details else sentence


def _without_its_text(call: Callable[..., None]) -> Callable[..., None]:
    """Whatever a callback throws crosses the border as `CallbackError`."""

    def called(
        status: Any,
        make_call: Callable[[], Any],
        write: Callable[[Any], None],
        error: Any,
        lower: Callable[[Any], Any],
    ) -> None:
        def made() -> Any:
            try:
                return make_call()
            except error:
                raise
            except BaseException:
                raise error.Failed from None

        call(status, made, write, error, lower)

    return called


def _only_unicode(convert: Callable[..., Any]) -> Callable[..., Any]:
    def converted(value: Any, *rest: Any) -> Any:
        if isinstance(value, str) and not _is_unicode(value):
            raise ValueError("the text is no Unicode: it holds half a surrogate pair")
        return convert(value, *rest)

    return converted


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
