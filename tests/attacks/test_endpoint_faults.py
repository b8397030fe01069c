"""Everything that an endpoint can do wrong (`faults.py`), over a real socket.

The run ends, each document has a state with a reason, and no key is kept.
"""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path

import pytest
from databases import copy_project, dumped
from faults import FAULTS, FEW, KEY, Fault, percent
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from scr_llm import pipeline
from scr_llm.llm import Client, Endpoint, Retries
from scr_llm.llm.fake import MODEL, Behaviour, FakeServer, answers
from scr_llm.models.call_log import CallLog
from scr_llm.models.coders import llm_coder
from scr_llm.models.options import prompting_of
from scr_llm.project import init_project, load_project
from scr_llm.records import Document
from scr_llm.store import Store

# ---------------------------------------------------------------- the run


def drawn(place: str) -> bytes:
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=1)
    page.setFont("Helvetica", 11)
    lines = (
        "Serious Case Review: Executive Summary",
        f"{place} Safeguarding Children Board",
        "1. Introduction",
        f"This review was held by {place}.",
        "2. Findings",
        f"In {place} the mother's use of alcohol was known to all.",
        "The father was never seen.",
        "3. Recommendations",
        "1. The board should review its procedures.",
    )
    for n, line in enumerate(lines):
        page.drawString(72, 760 - 30 * n, line)
    page.save()
    return out.getvalue()


FIRST, SECOND = "Aldermoor", "Brackwater"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("endpoint") / "p"
    project = init_project(root, name="Faults")
    for place in (FIRST, SECOND):
        (project.inbox / f"{place.lower()}.pdf").write_bytes(drawn(place))
    (root / "codebook.yaml").write_text(FEW)
    settings = (
        (root / "project.toml")
        .read_text()
        .replace("workers = 2", "workers = 1")
        .replace('cross_check = "full"', 'cross_check = "off"')
    )
    (root / "project.toml").write_text(settings)
    return root


def run(root: Path, server: FakeServer, timeout_s: float = 1.0) -> list[Document]:
    """A run as the command makes it, but for the waits between tries."""
    project = load_project(root)
    endpoint = Endpoint(server.base_url, MODEL, api_key=KEY, timeout_s=timeout_s)
    call_log = CallLog(project, endpoint)
    client = Client(
        endpoint, retries=Retries(attempts=2, first_s=0.01, longest_s=0.02), on_send=call_log.note, memory=call_log
    )
    try:
        outcome = pipeline.run(
            project, llm_coder(project, client, prompting_of(project, MODEL)), max_concurrency=2, stop=client.stop
        )
    finally:
        client.close()
        call_log.close()
    assert outcome.stopped is None
    with Store(project.database) as store:
        return store.documents()


def only_for(place: str, fault: Behaviour) -> Behaviour:
    return lambda request: (fault if place in json.dumps(request) else answers)(request)


def state_of(root: Path, document: Document) -> str:
    """What became of a document, as the table has it."""
    with Store(load_project(root).database) as store:
        coding = store.coding(document.id)
    if document.status == "coded" and coding:
        return ", ".join(["coded", *(f"({left.state})" for left in coding.unanswered)])
    named = re.search(r"\((\w+)\): .+", document.reason or "") if document.next_step else None
    return f"{document.status} ({named[1] if named else document.reason})"


def expected(fault: Fault) -> str:
    if fault.becomes == "coded":
        return "coded"
    return f"failed ({fault.becomes})" if fault.whole else f"coded, ({fault.becomes})"


def no_key(root: Path) -> None:
    """Neither the key nor its text with all escapes undone is in any file."""
    told = dumped(load_project(root).database)
    for _ in range(3):
        assert KEY not in told and percent(KEY) not in told
        told = told.encode("utf-8", "replace").decode("unicode_escape", "replace") if "\\u" in told else told
    for path in root.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name[:60])
def test_a_fault_is_the_state_of_its_documents_and_the_run_ends(fault: Fault, template: Path, tmp_path: Path) -> None:
    for everywhere in (False, True):
        root = tmp_path / ("all" if everywhere else "first")
        copy_project(template, root)
        with FakeServer(fault.does if everywhere else only_for(FIRST, fault.does)) as server:
            begun = time.monotonic()
            first, second = run(root, server)
            assert time.monotonic() - begun < 45
        assert state_of(root, first) == expected(fault), first.reason
        assert state_of(root, second) == (expected(fault) if everywhere else "coded"), second.reason
        no_key(root)


def test_the_table_is_long_enough_and_no_fault_is_in_it_twice() -> None:
    assert len(FAULTS) >= 57 and len({fault.name for fault in FAULTS}) == len(FAULTS)
