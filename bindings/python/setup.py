"""Names the wheel: any Python 3, but the machine for which the library is."""

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class Native(Distribution):
    """Holds machine code, though not a module of CPython."""

    def has_ext_modules(self) -> bool:
        return True


class AnyPython(bdist_wheel):
    """The library is loaded by ctypes, so it is bound to no version of Python."""

    def get_tag(self) -> tuple[str, str, str]:
        _, _, machine = super().get_tag()
        return "py3", "none", machine


setup(distclass=Native, cmdclass={"bdist_wheel": AnyPython})
