"""Names: a class name means one thing, and every promise of a contract is documented."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("connectors", "flows", "triptych")
CONTRACTS = (
    *sorted((ROOT / "triptych/contracts").glob("*.py")),
    ROOT / "triptych/store/contract.py",
    ROOT / "triptych/evals/contract.py",
)


def classes_of(source: str) -> Iterator[str]:
    """Yield the name of every class in `source`, private and nested ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            yield node.name


def undocumented(source: str) -> Iterator[str]:
    """Yield the public functions, methods and classes of `source` without a docstring."""
    bodies = [("", ast.parse(source).body)]
    while bodies:
        prefix, body = bodies.pop()
        for node in body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None:
                yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                bodies.append((f"{prefix}{node.name}.", node.body))


def test_a_class_name_is_unique_in_the_product() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in (path for name in PACKAGES for path in (ROOT / name).rglob("*.py")):
        for name in classes_of(path.read_text(encoding="utf-8")):
            places[name].append(path.relative_to(ROOT).as_posix())
    repeated = {name: files for name, files in places.items() if len(files) > 1}
    assert not repeated, "add the noun of the module to one of each pair"


@pytest.mark.parametrize(
    "path", CONTRACTS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_public_name_of_a_contract_has_a_docstring(path: Path) -> None:
    assert not list(undocumented(path.read_text(encoding="utf-8")))


def test_a_private_or_nested_class_counts() -> None:
    source = "class A:\n    class _B: ...\ndef f():\n    class C: ...\n"
    assert sorted(classes_of(source)) == ["A", "C", "_B"]


def test_a_method_without_a_docstring_is_named() -> None:
    source = 'class A:\n    """Doc."""\n    def b(self): ...\n    def _c(self): ...\n'
    assert list(undocumented(source)) == ["A.b"]
