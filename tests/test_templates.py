"""Templates, scripts and stylesheets: every name is checked before a page is opened, and people can read the files."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from jinja2 import meta, nodes

from scr_llm.web import list_view, shown, shown_beside, shown_codebook, shown_signing, shown_work
from scr_llm.web.frame import environment

ROOT = Path(__file__).parent.parent
WEB = environment({})
assert {shown_beside.DonePage, shown_codebook.CodebookPage, list_view.ListPage} <= set(shown.Shown.__subclasses__())
PAGES = {found.template: found for found in shown.Shown.__subclasses__()}
assert {shown_work.HomePage, shown_signing.SignOffPage} <= set(PAGES.values())


def parsed(template: str) -> nodes.Template:
    assert WEB.loader
    return WEB.parse(WEB.loader.get_source(WEB, template)[0])


def with_its_parts(template: str) -> Iterator[str]:
    """A template and the parts that it includes."""
    yield template
    for include in parsed(template).find_all(nodes.Include):
        assert isinstance(include.template, nodes.Const)
        yield from with_its_parts(include.template.value)


def attributes(tree: nodes.Template, name: str) -> Iterator[list[str]]:
    """What a template reads of a variable, such as ["cell", "title"] for `p.cell.title`."""
    for found in tree.find_all(nodes.Getattr):
        path, at = [found.attr], found.node
        while isinstance(at, nodes.Getattr):
            path, at = [at.attr, *path], at.node
        if isinstance(at, nodes.Name) and at.name == name:
            yield path


def has(kind: Any, path: list[str]) -> bool:
    """Whether a record has a field of a field, as far as its types say."""
    if not path:
        return True
    if get_origin(kind) is UnionType:
        return any(has(k, path) for k in get_args(kind) if k is not type(None))
    if isinstance(computed := getattr(kind, path[0], None), property):
        return has(get_type_hints(computed.fget)["return"], path[1:])
    hints = get_type_hints(kind) if is_dataclass(kind) or hasattr(kind, "model_fields") else {}
    return path[0] in hints and has(hints[path[0]], path[1:])


@pytest.mark.parametrize("template", WEB.list_templates())
def test_a_template_uses_its_page_the_frame_and_nothing_else(template: str) -> None:
    tree = parsed(template)
    known = {"p", *(f.name for f in fields(shown.Frame)), *(macro.name for macro in tree.find_all(nodes.Macro))}
    known.update(*(found.names for found in tree.find_all(nodes.FromImport)))  # type: ignore[arg-type]
    assert meta.find_undeclared_variables(tree) <= known


@pytest.mark.parametrize("template", sorted(PAGES))
def test_what_a_page_shows_is_in_its_record(template: str) -> None:
    for part in with_its_parts(template):
        for path in attributes(parsed(part), "p"):
            assert has(PAGES[template], path), f"{part}: p.{'.'.join(path)}"
        for path in attributes(parsed(part), "c") if PAGES[template] is shown.CellPage else ():
            assert has(shown.Cell, path), f"{part}: c.{'.'.join(path)}"


def test_every_template_belongs_to_a_page() -> None:
    imported = {"parts/macros.html.j2", "parts/codebook.html.j2"}
    used = ({"base.html.j2"} | imported).union(*(with_its_parts(template) for template in PAGES))
    assert used == set(WEB.list_templates())


def test_lines_and_files_are_short_enough_to_read() -> None:
    found = [p for p in (ROOT / "scr_llm").rglob("*") if p.suffix in (".j2", ".js", ".css", ".html")]
    assert ROOT / "scr_llm/web/templates/base.html.j2" in found
    lines = {str(p.relative_to(ROOT)): p.read_text("utf-8").splitlines() for p in found}
    assert not [f"{name}:{at}" for name, text in lines.items() for at, line in enumerate(text, 1) if len(line) > 120]
    assert not [f"{name}: {len(text)} lines" for name, text in lines.items() if len(text) > 400]
