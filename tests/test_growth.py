"""What keeps a large project quick and small: fingerprints, drafts that are up to date, files written in parts."""

import io
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document as open_word
from docx.oxml.ns import qn

from scr_llm.intake.known_texts import KnownTexts
from scr_llm.records import Document, Page, Paper, Paragraph, Part, Reading, Sentence, Table
from scr_llm.render import render
from scr_llm.render.blocks import blocks
from scr_llm.stages.duplicates import TextFingerprint, compare
from scr_llm.store import Store
from scr_llm.workspace import Workspace

ROOT = Path(__file__).parent.parent
WORDS = ("agency", "letter", "school", "worker", "record", "visit", "mother", "meeting", "clinic", "report", "risk")


def document(number: int) -> Document:
    return Document(id=f"d{number:03}", file=f"{number:03}.pdf", sha256="0" * 64, bytes=1, status="coded", batch="1")


def reading(number: int, sentences: list[str]) -> Reading:
    return Reading(
        document_id=f"d{number:03}", sha256=f"{number:064}", pages=(Page(number=1, text="\n\n".join(sentences)),)
    )


def made_up(dice: random.Random) -> list[list[str]]:
    """Texts that share nothing, a little, most, or all of their sentences with others."""
    pool = [f"The {' '.join(dice.choices(WORDS, k=8))} number {n} was looked at." for n in range(60)]
    texts: list[list[str]] = []
    for number in range(60):
        kind = dice.choice(("own", "drawn", "changed", "part", "short")) if texts else "own"
        before = dice.choice(texts) if texts else []
        own = [f"Of {number} the {' '.join(dice.choices(WORDS, k=8))} was said {n} times." for n in range(8)]
        texts.append(
            {
                "own": own,
                "drawn": dice.sample(pool, dice.randint(1, 12)),
                "changed": [*before[:-1], own[0]],
                "part": before[: max(1, round(len(before) * dice.choice((0.5, 0.8, 1.0))))],
                "short": [dice.choice(("Yes.", "No.", "Not so."))],
            }[kind]
        )
    return texts


@pytest.mark.parametrize("seed", range(5))
def test_fingerprints_find_what_comparing_with_every_text_finds(tmp_path: Path, seed: int) -> None:
    texts = made_up(random.Random(seed))
    found = 0
    with Store(tmp_path / "s.sqlite") as store:
        known, older = KnownTexts(store, ()), list[TextFingerprint]()
        for number, sentences in enumerate(texts):
            new, read = document(number), reading(number, sentences)
            own = known.fingerprint(new, read)
            relation = known.repeated(own, lambda _: True)
            assert relation == compare(TextFingerprint.of(new, read), older)
            found += relation is not None
            store.save_reading(read, [(new, new)], own.stored)
            known.add(new)
            older.append(own.text)
        # Fingerprints from another version of the program are made again.
        store.save_fingerprint(own.stored.model_copy(update={"made_of": "old", "whole": "", "sentences": {}}))
        again = KnownTexts(store, [document(n) for n in range(len(texts))])
        twin = again.fingerprint(document(900), reading(900, texts[-1]))
        assert again.repeated(twin, lambda d: d.id == new.id) is not None
    assert 10 < found < 55


@pytest.mark.slow
def test_a_draft_is_up_to_date_until_something_changes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    workspace.add([ROOT / "fixtures/batch-1/northmere-amber.pdf"])
    workspace.run("rules")
    assert workspace.current_draft() is None
    workspace.brief()
    now = workspace.current_draft()
    assert now and (now.decided, now.cells > 0) == (0, True)

    outputs = workspace.project.outputs
    word, before = outputs / "briefing.docx", (outputs / "briefing.docx").read_bytes()
    word.unlink()
    assert workspace.current_draft() is None
    workspace.brief()
    assert word.read_bytes() == before and workspace.current_draft()

    sheet = next((outputs / "cases").glob("*.html"))
    sheet.write_text("edited")
    assert workspace.current_draft() is None
    workspace.brief()  # the new sheet stands beside it
    assert sheet.read_text() == "edited" and workspace.current_draft() is None

    sheet.unlink()
    workspace.brief(["html"])
    assert workspace.current_draft() is None, "another set of formats"
    workspace.brief()
    settings = workspace.project.root / "project.toml"
    settings.write_text(settings.read_text().replace("OFFICIAL", "OFFICIAL-SENSITIVE"))
    assert Workspace.open(workspace.project.root).current_draft() is None


def test_with_more_reviews_than_the_settings_say_a_run_leaves_the_draft_to_be_asked_for(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "p")
    settings = workspace.project.root / "project.toml"
    settings.write_text(settings.read_text("utf-8").replace("# drafted_up_to = 200 ", "drafted_up_to = 0 "), "utf-8")
    workspace.add([ROOT / "fixtures/batch-1/northmere-amber.pdf"])
    command = [sys.executable, "-m", "scr_llm", "run", "--project", str(workspace.project.root)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "does not write the draft by itself" in said and "scr-llm brief --project" in said
    assert re.search(r"northmere-amber.pdf: (\d+) of \1 pages read", said)
    outputs = workspace.project.outputs
    assert not (outputs / "briefing.docx").exists()
    Workspace.open(workspace.project.root).brief()
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "The draft is up to date." in said and (outputs / "briefing.docx").exists()


def test_parts_of_a_long_word_file_that_left_memory_are_whole_and_marked() -> None:
    parts = tuple(
        Part(
            id=f"evidence.t{n}",
            level=1,
            title=f"Part {n}",
            paragraphs=tuple(Paragraph(sentences=(Sentence(text=f"Line {k} of {n}."),)) for k in range(300)),
            tables=(Table(caption=f"Table {n}", columns=("A", "B"), rows=((f"a{n}", "b"),), landscape=n == 2),),
        )
        for n in range(5)
    )
    paper = Paper(title="T", status_line="DRAFT", marking="", version="0.1", organisation="O", parts=parts)
    word = open_word(io.BytesIO(render(paper, "docx")))
    marked = [
        ("".join(t.text or "" for t in p.iter(qn("w:t"))), [b.get(qn("w:name")) for b in p.iter(qn("w:bookmarkStart"))])
        for p in word.element.body.iter(qn("w:p"))
    ]
    assert [(text, ids) for text, ids in marked if ids] == [(b.text, [b.id]) for b in blocks(paper)]
    assert len(word.sections) == 3 and len(word.tables) == 5
