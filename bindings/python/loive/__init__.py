"""The phone's engine of Lối Về for scripts: see the README of the package.

Everything here is generated from the Rust crate `loive-bindings`, which documents
it; `_generated` belongs to nobody outside.
"""

from . import _generated, _leaving, _wordless
from ._generated import *
from ._generated import DraftId, Refusal, ReportId

__all__ = ["DraftId", "Refusal", "ReportId"]
__all__ += _generated.__all__

_wordless.install()
_leaving.install()
