"""Makes type stubs of the generated module.

General tools fail on it: every variant of an enum with fields becomes a subclass of
its enum, and every error one of `PhoneError`, only while the module is loaded, and
fields have no annotations. What they are is written in the module all the same, and
is taken from there.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

HEADER = '"""The types of the generated module. Written by `stubs.py`."""'
IMPORTS = ["import datetime", "import enum", "import typing"]
# The aliases that signatures name.
ALIASES = ("DraftId", "Refusal", "ReportId", "Timestamp")
LEFT_OUT = "typing.Union[object, "
# How the module's readers are named after what they read.
READER = "_UniffiFfiConverter"
PRIMITIVES = {"String": "str", "Boolean": "bool"} | {
    f"{kind}{bits}": "int" for kind in ("Int", "UInt") for bits in (8, 16, 32, 64)
}


def write(module: Path) -> None:
    """Writes `X.pyi` beside `X.py`."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    stubs = Stubs(tree)
    parts = [HEADER, *IMPORTS, *stubs.all()]
    module.with_suffix(".pyi").write_text("\n".join(parts) + "\n", encoding="utf-8")


class Stubs:
    """The public part of the module, without what it does."""

    def __init__(self, module: ast.Module) -> None:
        self.body = module.body
        self.names = self._names()
        # An error is a class and then, under the same name, its variants.
        self.classes: dict[str, list[ast.ClassDef]] = {}
        for node in self.body:
            if isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, []).append(node)

    def all(self) -> Iterator[str]:
        """Every public name, in the order of the module."""
        seen: set[str] = set()
        for node in self.body:
            if isinstance(node, ast.Assign):
                name = ast.unparse(node.targets[0])
                if name in ALIASES and name not in seen:
                    seen.add(name)
                    yield ast.unparse(node)
            elif isinstance(node, ast.ClassDef):
                if node.name in self.names and node.name not in seen:
                    seen.add(node.name)
                    yield self._class(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                if node.name in self.names:
                    yield ast.unparse(_signature(node))
        missing = [name for name in self.names if name not in seen | self._functions()]
        if missing:
            raise SystemExit(f"no stub for {', '.join(missing)}")
        yield f"__all__ = {self.names!r}"

    def _class(self, node: ast.ClassDef) -> str:
        bases = [ast.unparse(base) for base in node.bases]
        variants = [
            inner
            for half in self.classes[node.name]
            for inner in half.body
            if isinstance(inner, ast.ClassDef)
        ]
        lines = list(_documentation(node))
        if "enum.Enum" in bases:
            lines += [ast.unparse(it) for it in node.body if isinstance(it, ast.Assign)]
        elif "Exception" in bases:
            for variant in variants:
                lines += _variant(variant, node.name, self._error_fields(node.name, variant.name))
        else:
            if not variants and node.decorator_list:
                lines += _fields(node)
            lines += [ast.unparse(_signature(it)) for it in _methods(node)]
            for variant in variants:
                lines += _variant(variant, node.name, list(_fields(variant)))
        return _block(node.name, ", ".join(bases), lines)

    def _error_fields(self, error: str, variant: str) -> list[str]:
        """The reader of an error says of what type each field is."""
        names: list[str] = []
        for half in self.classes[error]:
            for inner in half.body:
                if isinstance(inner, ast.ClassDef) and inner.name == variant:
                    names += [name for name, _ in _arguments(inner)]
        types = [
            _type_read_by(argument)
            for call in ast.walk(self.classes[f"{READER}Type{error}"][0])
            if isinstance(call, ast.Call) and ast.unparse(call.func) == f"{error}.{variant}"
            for argument in call.args
        ]
        return [f"{name}: {kind}" for name, kind in zip(names, types, strict=True)]

    def _functions(self) -> set[str]:
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        return {node.name for node in self.body if isinstance(node, functions)}

    def _names(self) -> list[str]:
        """What stands in `__all__`."""
        for node in self.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
                return [str(name) for name in ast.literal_eval(node.value)]
        raise SystemExit("the generated module has no __all__")


def _variant(node: ast.ClassDef, parent: str, fields: list[str]) -> list[str]:
    """A variant, in the shape that it has once the module is loaded."""
    names = ", ".join(["self", *fields])
    lines = [*_documentation(node), *fields, f"def __init__({names}) -> None: ..."]
    if any(isinstance(it, ast.FunctionDef) and it.name == "__getitem__" for it in node.body):
        # Fields without names: read by their number.
        lines = [*_documentation(node), "def __init__(self, *values: typing.Any) -> None: ..."]
        lines += ["def __getitem__(self, index: int) -> typing.Any: ..."]
    return _block(node.name, parent, lines).split("\n")


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for name, annotation in _arguments(node):
        yield f"{name}: {annotation}"


def _arguments(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """What a class is made with, without `self`."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for argument in [*method.args.args, *method.args.kwonlyargs]:
                if argument.arg != "self":
                    annotation = argument.annotation
                    yield argument.arg, ast.unparse(annotation) if annotation else "typing.Any"


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The methods for everybody: the language gives every class the others."""
    for method in node.body:
        if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            if method.name == "__init__" or not method.name.startswith("_"):
                yield method


def _signature(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """A function without its work."""
    text = ast.get_docstring(node)
    node.body = [ast.Expr(ast.Constant(text))] if text else []
    node.body.append(ast.Expr(ast.Constant(...)))
    if node.name == "__init__":
        node.returns = ast.Constant(None)
    for rest in (node.args.vararg, node.args.kwarg):
        if rest:
            rest.annotation = rest.annotation or _expression("typing.Any")
    for argument in node.args.args:
        # What has a default may also be the mark that it was left out.
        text = ast.unparse(argument.annotation) if argument.annotation else ""
        if text.startswith(LEFT_OUT):
            argument.annotation = _expression(text.removeprefix(LEFT_OUT)[:-1])
    node.args.defaults = [ast.Constant(...) for _ in node.args.defaults]
    node.args.kw_defaults = [it and ast.Constant(...) for it in node.args.kw_defaults]
    return ast.fix_missing_locations(node)


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _type_read_by(call: ast.expr) -> str:
    """`_UniffiFfiConverterTypeLock.read(buf)` reads a `Lock`."""
    name = ast.unparse(call).removeprefix(READER).removesuffix(".read(buf)")
    return PRIMITIVES.get(name) or name.removeprefix("Type")


def _documentation(node: ast.ClassDef) -> Iterator[str]:
    text = ast.get_docstring(node)
    if text:
        yield ast.unparse(ast.Expr(ast.Constant(text)))


def _block(name: str, bases: str, lines: list[str]) -> str:
    head = f"class {name}({bases}):" if bases else f"class {name}:"
    inner = "\n".join(lines or ["..."])
    return "\n".join([head, *(f"    {line}" if line else line for line in inner.split("\n"))])
