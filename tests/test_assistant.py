"""An assistant reads a project over a real pipe, and only what project.toml allows."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from served import coded_project, decide_all

from scr_llm.cli import cli
from scr_llm.governance.information_packs import pack
from scr_llm.project import load_project
from scr_llm.render import render
from scr_llm.store import Store
from scr_llm.web.home_view import _sent
from scr_llm.workspace import Workspace

pytest.importorskip("mcp", reason="the extra mcp is not installed")

import anyio
from mcp import Client, StdioServerParameters

pytestmark = pytest.mark.slow
Call = tuple[str, dict[str, object]]
TOOLS = ("status", "matrix", "explain", "quotes", "codebook")
THEME = {"theme": "professional_curiosity"}


def ask(root: Path, *calls: Call) -> list[tuple[str, bool]]:
    """Start the command, make calls as an assistant does, and return each answer with whether it is an error."""

    async def talk() -> list[tuple[str, bool]]:
        arguments = ["-m", "scr_llm", "mcp", "--project", str(root)]
        process = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
        async with Client(process) as client:
            listed = (await client.list_tools()).tools
            assert {t.name for t in listed} == set(TOOLS)
            for tool in listed:
                assert tool.annotations and tool.annotations.read_only_hint and tool.description
            answers = []
            for name, given in calls:
                result = await client.call_tool(name, given)
                answers.append((result.content[0].text, bool(result.is_error)))
            return answers

    return anyio.run(talk)


def allow(root: Path, text: str) -> None:
    settings = root / "project.toml"
    settings.write_text(settings.read_text("utf-8").partition("\n[mcp]")[0] + "\n[mcp]\n" + text, "utf-8")


def all_calls(root: Path) -> list[Call]:
    themes = [code.id for code in Workspace.open(root).codebook().codes]
    return [
        ("status", {}),
        ("matrix", {}),
        ("codebook", {}),
        *((tool, {"theme": theme}) for tool in ("explain", "quotes") for theme in themes),
    ]


def kept(root: Path) -> dict[str, object]:
    """All that the store holds but the log of what left."""
    with Store(load_project(root).database) as store:
        heads = {chain: store.head(chain) for chain in ("history", "decisions", "sign_offs", "codebook_changes")}
        return {**heads, "stored": store.stored(), "log": store.log(), "documents": store.documents()}


def logged(root: Path) -> list[tuple[str, str, int]]:
    with Store(load_project(root).database) as store:
        assert store.verify("calls") is None
        return [(c.endpoint, c.model, c.bytes_out) for c in store.calls()]


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("assistant") / "p")


@pytest.mark.parametrize("settings", ['allow = "off"\n', 'allow = "quotes"\n', 'allow = "counts"\napproved_by = " "\n'])
def test_what_nobody_allowed_and_approved_is_refused_in_words_and_logged(coded: Path, settings: str) -> None:
    allow(coded, settings)
    before, so_far = kept(coded), len(logged(coded))
    answers = ask(coded, ("status", {}), ("quotes", THEME))
    for text, is_error in answers:
        assert is_error and "lets no assistant read it" in text and "approved_by" in text
    assert [place for place, _, _ in logged(coded)[so_far:]] == [
        "assistant (MCP), refused: status",
        "assistant (MCP), refused: quotes",
    ]
    assert kept(coded) == before


def test_counts_hold_no_quote(coded: Path) -> None:
    allow(coded, 'allow = "counts"\napproved_by = "A. Guardian"\n')
    before, so_far, calls = kept(coded), len(logged(coded)), all_calls(coded)
    answers = ask(coded, *calls)
    export = Workspace.open(coded).export()
    quoted = {e.quote for d in export.documents for t in d.themes.values() for e in t.evidence}
    quoted |= {item.text for d in export.documents for item in (*d.findings, *d.recommendations)}
    assert len(quoted) > 50
    for (tool, _), (text, is_error) in zip(calls, answers, strict=True):
        assert is_error == (tool == "quotes"), text
        assert text.startswith("DRAFT – not signed off.\nA count is the number of coded reviews") != is_error
        assert "no quotes" in text or not is_error
        flat = " ".join(text.split())
        assert not [q for q in quoted if " ".join(q.split()) in flat]
    rows = [json.loads(line) for line in answers[1][0].splitlines()[3:]]
    counts = {t.theme: (t.present, t.of) for t in Workspace.open(coded).briefing()[0].facts.themes}
    assert {theme: (c["found_in"], c["of"]) for theme, c in rows[0].items()} == counts
    assert len(rows) == 3 and "proposed" in str(rows[1]["cells"])
    new = logged(coded)[so_far:]
    assert len(new) == len(calls) and all(who.startswith("mcp ") for _, who, _ in new)
    sizes = {place: size for place, _, size in new}
    assert sizes["assistant (MCP), matrix"] == len(answers[1][0].encode())
    assert kept(coded) == before


def test_quotes_are_a_second_permission_and_names_are_left_out(coded: Path) -> None:
    allow(coded, 'allow = "quotes"\napproved_by = "A. Guardian"\n')
    explained = next(
        e for code in Workspace.open(coded).codebook().codes if (e := Workspace.open(coded).explain(code.id)[0]).present
    )
    cell = next(c for c in explained.cells if c.evidence)
    word = max(cell.evidence[0].quote.split(), key=len).strip(".,;")
    settings = coded / "project.toml"
    written = settings.read_text("utf-8")
    [(text, is_error)] = ask(coded, ("quotes", {"theme": explained.theme}))
    assert not is_error and word in text and f'"page": {cell.evidence[0].page}' in text
    listed = f'leave_out = ["{word}", "{cell.label}"]\n'
    settings.write_text(written.replace("[briefing]\n", f"[briefing]\n{listed}", 1), "utf-8")
    try:
        answers = ask(coded, *all_calls(coded))
    finally:
        settings.write_text(written, "utf-8")
    together = "\n".join(text for text, _ in answers)
    assert "[name removed]" in together and word not in together and cell.label not in together


def test_pages_and_mistakes_in_words(coded: Path) -> None:
    allow(coded, 'allow = "counts"\napproved_by = "A. Guardian"\n')
    answers = ask(coded, ("codebook", {"page": 2}), ("status", {"page": 0}), ("explain", {"theme": "no such theme"}))
    assert [is_error for _, is_error in answers] == [True, True, True]
    assert "the last is 1" in answers[0][0] and "no page 0" in answers[1][0] and "no such theme" in answers[2][0]


def test_a_project_that_broke_meanwhile_tells_nothing(coded: Path) -> None:
    settings = coded / "project.toml"
    written = settings.read_text("utf-8")

    async def talk() -> str:
        arguments = ["-m", "scr_llm", "mcp", "--project", str(coded)]
        process = StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
        async with Client(process) as client:
            settings.write_text('name = "Secret"\nnonsense = "Secret"\n', "utf-8")
            return str((await client.call_tool("status", {})).content[0].text)

    try:
        assert anyio.run(talk).endswith(
            "The project or its record cannot be opened. A person sees why by: scr-llm doctor"
        )
    finally:
        settings.write_text(written, "utf-8")


def test_a_signed_project_says_so_and_governance_reads_what_left(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    allow(root, 'allow = "counts"\napproved_by = "A. Guardian"\n')
    decide_all(root)
    signed = Workspace.open(root).sign_off("Pat Chair", "Chair", alone="")[0]
    [(text, _)] = ask(root, ("matrix", {}))
    assert text.startswith(f"SIGNED version 1.0, {signed.at[:10]}.") and "present, proposed" not in text
    [(text, _)] = ask(root, ("matrix", {}))
    assert text.startswith("SIGNED version 1.0"), "an answer that is logged leaves the paper signed"
    dpia = render(pack(load_project(root), "dpia"), "md").decode()
    assert "assistant (MCP), matrix" in dpia and "whose maker receives them" in dpia and "A. Guardian" not in dpia
    doctor = CliRunner().invoke(cli, ["doctor", "--project", str(root)])
    assert "Sent to a model or an assistant so far: 2 requests" in doctor.output
    with Store(load_project(root).database) as store:
        assert [(s.place, s.stays) for s in _sent(store)] == [("assistant (MCP), matrix", False)]
    assert Workspace.open(root).audit().faults == ()
