"""The scoreboard: every coder on the development and the test half of the fixtures, in one run. Writes docs/scoreboard.md.

    python bench/coding.py            all
    python bench/coding.py --dev      the development half only, to stdout: what one looks at while tuning

Development half: the reviews of batches 1 to 3 and fixtures/passages/dev.jsonl. Test half: the reviews of batch 4 and fixtures/passages/test.jsonl,
written by other hands from the definitions alone. The mistakes that are quoted come from the development half only.
"""

import argparse
import hashlib
import json
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.pipeline import rules_identity
from scr_llm.records import (
    Codebook,
    ExportDocument,
    ExportTheme,
    GoldDocument,
    Mark,
    Page,
    Reading,
    Score,
    Section,
)
from scr_llm.records.export import ExportCase, ExportChild
from scr_llm.results import load_gold
from scr_llm.stages.agree import agree
from scr_llm.stages.code import Coder
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.ground import ground
from scr_llm.stages.read import read
from scr_llm.stages.read.structure import section_kind

ROOT = Path(__file__).parent.parent
HALVES = {"development": ("batch-1", "batch-2", "batch-3"), "test": ("batch-4",)}
WHY = {
    "good_practice": "praise in words that the list of praise does not know", "question": "a question that is not worded as one",
    "recommendation_only": "a recommendation outside a section of that name", "sibling_or_historic": "it happened to others or long before",
    "boilerplate": "words of process or policy", "neighbour": "evidence of another theme in words that both share",
    "present": "wording that the codebook does not know", "explicit_absence": "a denial that is worded as no rule expects",
}  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """A short passage with what a careful reader codes for one theme."""

    id: str
    code: str
    kind: str
    section: str
    text: str
    value: str


def passages(half: str) -> list[Passage]:
    path = ROOT / f"fixtures/passages/{'dev' if half == 'development' else 'test'}.jsonl"
    return [Passage(**json.loads(line)) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def as_reading(passage: Passage) -> Reading:
    heading = passage.section.strip() or "Analysis"
    text = f"{heading}\n\n{passage.text}\n"
    section = Section(kind=section_kind(heading), title=heading, page=1, start=0)
    return Reading(document_id=passage.id, sha256="0" * 64, pages=(Page(number=1, text=text, marks=(Mark(kind="heading", start=0, end=len(heading)),)),), sections=(section,))


def said(coder: Coder, passage: Passage, book: Codebook) -> tuple[str, str]:
    """Value and reason of the passage's own theme."""
    reading = as_reading(passage)
    theme = next(t for t in ground(coder.code(reading, book), reading).themes if t.theme == passage.code)
    return theme.value, theme.why


def documents(half: str) -> list[tuple[Path, GoldDocument]]:
    gold = {g.file: g for g in load_gold(ROOT / "fixtures/gold")}
    return [(p, gold[p.name]) for batch in HALVES[half] for p in sorted((ROOT / "fixtures" / batch).glob("*.pdf"))]


def exported(coder: Coder, path: Path, book: Codebook) -> ExportDocument:
    reading = read(path, path.stem)
    coding = ground(coder.code(reading, book), reading)
    case = coding.case
    return ExportDocument(
        id=path.stem, file=path.name, sha256="", label=path.stem, pages=len(reading.pages), status="coded", reason=None,
        case=ExportCase(authority=case.authority, pseudonym=case.pseudonym, context=case.context, children=tuple(ExportChild(gender=c.gender, age=c.age, age_band=c.age_band) for c in case.children)),
        findings=coding.findings, recommendations=coding.recommendations,
        themes={t.theme: ExportTheme(value=t.value, sub_themes=t.sub_themes, evidence=t.evidence, decision=None) for t in coding.themes},
    )  # fmt: skip


def two(value: float | None, interval: tuple[float, float] | None = None) -> str:
    return "none" if value is None else f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def line(name: str, s: Score) -> str:
    return f"| {name} | {s.gold} | {s.found} | {s.both} | {two(s.recall, s.recall_interval)} | {two(s.precision, s.precision_interval)} | {two(s.f1, s.f1_interval)} |"


def board(half: str, coder: Coder, book: Codebook, *, quote: bool) -> list[str]:
    out = [f"## {half.capitalize()} half", ""]
    pairs = documents(half)
    if pairs:
        found = agree([g for _, g in pairs], [exported(coder, p, book) for p, _ in pairs], [c.id for c in book.codes])
        r = found.raters
        out += [f"### Reviews: {len(pairs)} documents", "", "| what | in gold | found | right | recall | precision | F1 |", "|---|---|---|---|---|---|---|", line("all themes", found.all_themes)]
        out += [line(c.label, found.themes[c.id]) for c in book.codes if c.core]
        out += [line("said not to be", found.absences), line("findings", found.findings), line("recommendations", found.recommendations), line("items on the right page", found.right_page)]
        out += [line("cells with a quote on a marked passage", found.quotes_on_gold), *(line(f"fact: {n}", s) for n, s in found.facts.items())]
        out += ["", f"Gold and coder agreed on {r.agreed} of {r.cells} cells; kappa {two(r.kappa, r.kappa_interval)}, AC1 {two(r.ac1)}, alpha {two(r.alpha)}."]
        out += ["Marked passages that a quote touches: " + ", ".join(f"{n} third {t.both} of {t.gold}" for n, t in zip(("first", "middle", "last"), found.thirds, strict=True)) + ".", ""]
        if quote:
            out += [f"- {w}" for w in found.wrong] + [""]
    given = passages(half)
    if not given:
        return out
    results = [(p, *said(coder, p, book)) for p in given]
    present = [(p, v) for p, v, _ in results if p.value == "present"]
    near = [(p, v) for p, v, _ in results if p.value != "present"]
    false = [(p, v) for p, v in near if v == "present"]
    hit = sum(v == "present" for _, v in present)
    absences = [(p, v) for p, v, _ in results if p.value == "explicitly_absent"]
    out += [
        f"### Passages: {len(given)}", "",
        f"Present: {hit} of {len(present)} found (recall {hit / len(present):.2f}). Explicitly absent: {sum(v == 'explicitly_absent' for _, v in absences)} of {len(absences)} found.",
        f"Near misses taken for present: {len(false)} of {len(near)} ({len(false) / len(near):.3f}). Precision over all passages {hit / max(1, hit + len(false)):.2f}.", "",
        "| kind of near miss | taken for present | of |", "|---|---|---|",
    ]  # fmt: skip
    kinds, wrong = Counter(p.kind for p, _ in near), Counter(p.kind for p, _ in false)
    out += [f"| {k.replace('_', ' ')} | {wrong[k]} | {n} |" for k, n in sorted(kinds.items())] + [""]
    if quote:
        out += ["Mistakes on passages:", ""]
        for p, v, why in results:
            if (v == "present") != (p.value == "present"):
                out.append(f"- {p.id} {p.code} ({p.kind}, {p.section}): {v}: “{p.text}” [{why}]")
        out.append("")
    return out


def instructive(coder: Coder, book: Codebook, most: int = 10) -> list[str]:
    """Mistakes of the development half, one of each kind in turn."""
    wrong: dict[str, list[str]] = {}
    for p in passages("development"):
        value, why = said(coder, p, book)
        if (value == "present") != (p.value == "present"):
            told = f"said {value.replace('_', ' ')}" + (f", by {why}" if why else "")
            wrong.setdefault(p.kind, []).append(f"- **{p.code}**, {p.kind.replace('_', ' ')}: “{p.text}” ({told}). Why: {WHY.get(p.kind, '')}.")
    out: list[str] = []
    while len(out) < most and any(wrong.values()):
        out += [left.pop(0) for left in wrong.values() if left]
    return out[:most]


def hash_of(paths: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(paths))).hexdigest()[:12]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--dev", action="store_true")
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    coder = RulesCoder(rules_identity(book))
    if given.dev:
        print("\n".join(board("development", coder, book, quote=True)))
        return
    fixtures = hash_of([*ROOT.glob("fixtures/source/*.txt"), *ROOT.glob("fixtures/passages/*.jsonl")])
    text = [
        "# Scoreboard", "",
        f"Made by `python bench/coding.py` on {datetime.now(UTC).date().isoformat()}: scr-llm {__version__}, codebook {book.version} ({codebook_sha256(book)[:12]}), fixtures {fixtures}, Python {platform.python_version()}.",
        "Brackets hold 95 % bootstrap intervals over documents. The rules coder is the default; models are measured in [models.md](models.md), where the", "reviews of batch 2 stand as their test half.", "",
        "How the test half is kept: [CONTRIBUTING](../CONTRIBUTING.md).", "",
        *board("test", coder, book, quote=False), *board("development", coder, book, quote=False),
        "## Ten instructive mistakes, from the development half", "", *instructive(coder, book), "",
    ]  # fmt: skip
    (ROOT / "docs/scoreboard.md").write_text("\n".join(text), "utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
