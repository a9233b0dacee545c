"""The phone's engine of Lối Về for scripts: see the README of the package.

Everything here is generated from the Rust crate `loive-bindings`, which documents
it; `_generated` belongs to nobody outside.
"""

from . import _generated, _wordless
from ._generated import *

__all__ = _generated.__all__

_wordless.install()
