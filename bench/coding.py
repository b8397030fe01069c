"""The scoreboard: every coder that needs no model on every set of fixtures, in one run.

    python bench/coding.py            all; writes docs/scoreboard.md and the README's table
    python bench/coding.py --dev      print the mistakes on the development reviews: what to look at while tuning
    python bench/coding.py --quotes FOLDER    print each quote that a paper on fixtures/FOLDER prints, and where it lies

What each set may be used for is in bench/sets.py.
"""

import argparse
import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from quotes import Placed, offered_of, printed_of, ticked_of
from sets import ROOT, SETS, Passage, Set, as_reading, documents, in_lines, passages, reading_of

from scr_llm import __version__
from scr_llm.codebook import codebook_sha256, load_codebook
from scr_llm.records import Agreement, Codebook, Coding, Document, ExportDocument, ExportTheme, GoldDocument, Score
from scr_llm.records.export import ExportCase, ExportChild
from scr_llm.stages.agree import agree, statistics
from scr_llm.stages.agree.statistics import Ratings
from scr_llm.stages.code import Coder
from scr_llm.stages.code.embedded import EmbeddedCoder, embedded_identity, shipped
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.stages.ground import ground
from scr_llm.stages.synthesise import CodedReview

CODERS: Mapping[str, Callable[[Codebook], Coder]] = {
    "embedded (default)": lambda book: EmbeddedCoder(embedded_identity(book)),
    "wordings alone": lambda book: RulesCoder(embedded_identity(book)),
}
REAL = "<!-- real -->"
"""Where the section of bench/real.py begins in the scoreboard. That and what follows it are left as they stand."""
ITEMS = "<!-- items -->"
"""Where the section of bench/items.py begins; it runs to the end."""
WEIGHTS = shipped().trained_from[:12]
"""The weights that are measured, by the beginning of the hash of what they were learned from."""
ENOUGH = 10
"""Positives that a theme needs before it has a row to itself."""


def said(coder: Coder, passage: Passage, book: Codebook) -> str:
    """Value of the passage's own theme."""
    reading = as_reading(passage)
    return next(t for t in ground(coder.code(reading, book), reading).themes if t.theme == passage.code).value


def coding_of(coder: Coder, path: Path, book: Codebook) -> Coding:
    reading = reading_of(path)
    return ground(coder.code(reading, book), reading)


def exported(coder: Coder, path: Path, book: Codebook) -> ExportDocument:
    coding, reading = coding_of(coder, path, book), reading_of(path)
    case = coding.case
    return ExportDocument(
        id=path.stem,
        file=path.name,
        sha256="",
        label=path.stem,
        pages=len(reading.pages),
        status="coded",
        reason=None,
        case=ExportCase(
            authority=case.authority,
            pseudonym=case.pseudonym,
            context=case.context,
            children=tuple(ExportChild(gender=c.gender, age=c.age, age_band=c.age_band) for c in case.children),
        ),
        findings=coding.findings,
        recommendations=coding.recommendations,
        themes={
            t.theme: ExportTheme(value=t.value, sub_themes=t.sub_themes, evidence=t.evidence, decision=None)
            for t in coding.themes
        },
    )


def compared(coder: Coder, pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook) -> Agreement:
    """Gold and coder, with intervals on items and facts too; the facts have a row for all together."""
    codes, found = [c.id for c in book.codes], [exported(coder, p, book) for p, _ in pairs]
    each = [agree([g], [d], codes) for (_, g), d in zip(pairs, found, strict=True)]
    whole = agree([g for _, g in pairs], found, codes)
    facts = {fact: pooled([[a.facts[fact]] for a in each]) for fact in whole.facts}
    return whole.model_copy(
        update={
            "findings": pooled([[a.findings] for a in each]),
            "recommendations": pooled([[a.recommendations] for a in each]),
            "facts": {**facts, "all together": pooled([list(a.facts.values()) for a in each])},
        }
    )


def pooled(documents: Sequence[Sequence[Score]]) -> Score:
    """Scores of single documents as one, with intervals over the documents."""
    groups = [[c for s in scores for c in _cells(s)] for scores in documents]
    cells = [c for g in groups for c in g]
    figures = {name: getattr(statistics, name)(cells) for name in ("recall", "precision", "f1")}
    intervals = {f"{name}_interval": statistics.interval(groups, getattr(statistics, name)) for name in figures}
    return Score(
        gold=sum(g for g, _ in cells),
        found=sum(f for _, f in cells),
        both=sum(g and f for g, f in cells),
        **figures,
        **intervals,
    )


def _cells(s: Score) -> list[Ratings]:
    return [(True, True)] * s.both + [(True, False)] * (s.gold - s.both) + [(False, True)] * (s.found - s.both)


def reviewed(coder: Coder, pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook) -> list[CodedReview]:
    """Reviews as a coder proposes them, before any decision."""
    return [
        CodedReview(Document(id=p.stem, file=p.name, sha256="", bytes=0, status="coded"), coding_of(coder, p, book))
        for p, _ in pairs
    ]


def printed(
    coder: Coder, pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook, a_paper: int | None = None
) -> Score:
    """The quotes that a briefing on the reviews prints for its themes; with `a_paper`, one on each so many reviews."""
    gold = {path.stem: g for path, g in pairs}
    reviews, of = reviewed(coder, pairs, book), a_paper or len(pairs)
    papers = [reviews[at : at + of] for at in range(0, len(reviews), of)]
    return placed(gold, (quote for paper in papers for quote in printed_of(paper, gold, book)))


def offered(coder: Coder, pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook) -> Score:
    """The quotes that a reviewer is shown."""
    gold = {path.stem: g for path, g in pairs}
    return placed(gold, offered_of(reviewed(coder, pairs, book), gold))


def ticked(coder: Coder, pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook) -> Score:
    """The quotes that start ticked for a reviewer."""
    gold = {path.stem: g for path, g in pairs}
    return placed(gold, ticked_of(reviewed(coder, pairs, book), gold, book))


def placed(gold: Mapping[str, GoldDocument], quotes: Iterable[Placed]) -> Score:
    """Quotes counted (`found`): `both` are those on gold, `gold` those of cells that gold has present too."""
    scores: dict[str, list[Score]] = {i: [] for i in gold}
    for quote in (q for q in quotes if q.lies != "unclear"):
        present, right = int(quote.lies != "no gold"), int(quote.lies == "on gold")
        scores[quote.document].append(Score(gold=present, found=1, both=right, recall=None, precision=None, f1=None))
    return pooled(list(scores.values()))


QUOTES: Mapping[str, Callable[[Coder, Sequence[tuple[Path, GoldDocument]], Codebook], Score]] = {
    "quotes that a briefing prints, on a passage that shows their theme": printed,
    "quotes that a reviewer is offered, on a passage that shows their theme": offered,
    "of these, quotes that start ticked": ticked,
}
"""Shares of quotes on gold, by what is counted."""


def two(value: float | None, interval: tuple[float, float] | None = None) -> str:
    if value is None:
        return "none"
    return f"{value:.2f}" + (f" ({interval[0]:.2f} to {interval[1]:.2f})" if interval else "")


def share(s: Score) -> str:
    counts = f"{s.both} of {s.gold}, {s.found - s.both} extra"
    if s.both == s.gold == s.found or not s.recall_interval or not s.precision_interval:
        return counts  # where all is right, every resample of the documents is too: such an interval says nothing
    return f"{counts}; recall {two(s.recall, s.recall_interval)}, precision {two(s.precision, s.precision_interval)}"


def on_gold(s: Score) -> str:
    return f"{s.both} of {s.found}: {two(s.precision, s.precision_interval)}; {s.gold} of a cell that is present"


ROWS: Sequence[tuple[str, Callable[[Agreement], str]]] = (
    ("themes: recall", lambda a: two(a.all_themes.recall, a.all_themes.recall_interval)),
    ("themes: precision", lambda a: two(a.all_themes.precision, a.all_themes.precision_interval)),
    ("themes: F1", lambda a: two(a.all_themes.f1, a.all_themes.f1_interval)),
    ("cells: kappa", lambda a: two(a.raters.kappa, a.raters.kappa_interval)),
    ("quoted on a passage that shows it", lambda a: f"{a.quotes_on_gold.both} of {a.quotes_on_gold.gold} cells"),
    ("ruled out", lambda a: share(a.absences)),
    ("findings", lambda a: share(a.findings)),
    ("recommendations", lambda a: share(a.recommendations)),
)


def board(of: Set, book: Codebook) -> Iterator[str]:
    pairs = documents(of.folders)
    found = {name: compared(make(book), pairs, book) for name, make in CODERS.items()}
    yield from (f"## {of.name.capitalize()}: {len(pairs)} reviews", "", of.use, "")
    yield from (f"| what | {' | '.join(found)} |", "|---|" + "---|" * len(found))
    for what, figure in ROWS:
        yield f"| {what} | {' | '.join(figure(a) for a in found.values())} |"
    for what, counted in QUOTES.items():
        yield f"| {what} | {' | '.join(on_gold(counted(make(book), pairs, book)) for make in CODERS.values())} |"
    own = next(iter(found.values()))
    for fact in own.facts:
        scores = [a.facts[fact] for a in found.values()]
        yield f"| fact: {fact} | {' | '.join(f'{s.both} of {s.gold}, {s.found - s.both} wrong' for s in scores)} |"
    r = own.raters
    needed = (
        f"; for its lower bound to reach .60 at least {r.cells_for_substantial} cells must be coded twice"
        if r.cells_for_substantial
        else ""
    )
    yield from (
        "",
        f"Gold and the default coder agree on {r.agreed} of {r.cells} cells. Prevalence {two(r.prevalence)}, bias "
        f"{two(r.bias)}, AC1 {two(r.ac1)}, alpha {two(r.alpha)}{needed}.",
    )
    if own.confused and of.shown:
        labels = {c.id: c.label for c in book.codes}
        yield from (
            "",
            "Most confused (found, where gold marks): "
            + "; ".join(f"{labels[c.found]}, where {labels[c.gold]} ({c.times})" for c in own.confused[:6])
            + ".",
        )
    many = [c for c in book.codes if own.themes[c.id].gold >= ENOUGH]
    if many:
        yield from (
            "",
            f"Themes with at least {ENOUGH} positives, by the default coder:",
            "",
            "| theme | in gold | found | right |",
            "|---|---|---|---|",
        )
        yield from (
            f"| {c.label} | {own.themes[c.id].gold} | {own.themes[c.id].found} | {own.themes[c.id].both} |"
            for c in many
        )
    yield from _passage_board(of, book)


def _passage_board(of: Set, book: Codebook) -> Iterator[str]:
    given = passages(of)
    if not given:
        yield ""
        return
    results = {
        name: [(p, said(coder, p, book)) for p in given] for name, make in CODERS.items() if (coder := make(book))
    }
    yield from (
        "",
        f"### Passages: {len(given)}",
        "",
        f"| what | {' | '.join(results)} |",
        "|---|" + "---|" * len(results),
    )

    def row(what: str, chosen: Callable[[Passage], bool], value: str) -> str:
        cells = [(sum(v == value for p, v in r if chosen(p)), sum(chosen(p) for p, _ in r)) for r in results.values()]
        return f"| {what} | {' | '.join(f'{n} of {of_} ({n / max(1, of_):.2f})' for n, of_ in cells)} |"

    yield row("present ones found", lambda p: p.value == "present", "present")
    yield row("near misses taken for present", lambda p: p.value != "present", "present")
    yield row("ruled out, found", lambda p: p.value == "explicitly_absent", "explicitly_absent")
    for kind in sorted(Counter(p.kind for p in given if p.value != "present")):
        yield row(
            f"of these, {kind.replace('_', ' ')}",
            lambda p, kind=kind: p.kind == kind and p.value != "present",
            "present",
        )  # type: ignore[misc]
    yield ""


def hash_of(paths: Sequence[Path]) -> str:
    return hashlib.sha256(b"".join(p.read_bytes() for p in sorted(paths))).hexdigest()[:12]


def summary(book: Codebook) -> str:
    """The README's table: what a user may expect without a model."""
    coder = EmbeddedCoder(embedded_identity(book))
    rows = [(of, compared(coder, documents(of.folders), book)) for of in SETS[:2]]
    lines = [
        "| `python bench/coding.py` | " + " | ".join(f"{of.name} ({a.documents} reviews)" for of, a in rows) + " |",
        "|---|" + "---|" * len(rows),
    ]
    lines += [f"| {what} | {' | '.join(figure(a) for _, a in rows)} |" for what, figure in ROWS]
    for what, counted in QUOTES.items():
        quotes = [counted(coder, documents(of.folders), book) for of in SETS[:2]]
        lines.append(f"| {what} | {' | '.join(f'{q.both} of {q.found}' for q in quotes)} |")
    return "\n".join(lines)


def listed(pairs: Sequence[tuple[Path, GoldDocument]], book: Codebook) -> None:
    """Print every quote that a briefing by the default coder prints under a theme, to be read."""
    gold = {path.stem: g for path, g in pairs}
    for q in printed_of(reviewed(next(iter(CODERS.values()))(book), pairs, book), gold, book):
        print(f"{q.theme}, {q.document} p. {q.page}, {q.lies}\n    {q.text}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dev", action="store_true")
    options.add_argument("--quotes", choices=[folder for of in SETS if of.shown for folder in of.folders])
    given = options.parse_args()
    book = load_codebook(ROOT / "prompts/codebook.yaml")
    if given.dev:
        print("\n".join(compared(EmbeddedCoder(embedded_identity(book)), documents(SETS[1].folders), book).wrong))
        return
    if given.quotes:
        listed(documents([given.quotes]), book)
        return
    fixtures = hash_of(
        [
            p
            for pattern in ("source/*.txt", "passages/*.jsonl", "reviews/*/*.json", "corpus/*.jsonl")
            for p in (ROOT / "fixtures").glob(pattern)
        ]
    )
    text = [
        "# Scoreboard",
        "",
        f"Made by `python bench/coding.py` on {datetime.now(UTC).date().isoformat()}: scr-llm {__version__}, "
        f"codebook {book.version} ({codebook_sha256(book)[:12]}), fixtures {fixtures}, weights {WEIGHTS}, Python "
        f"{platform.python_version()}. "
        "Brackets hold 95 % bootstrap intervals over documents. Unless a section says that its texts are real, they "
        "are made up by language models writing as different authors, and so is the corpus that the default coder "
        "learned from: figures on them are no figures on real "
        "reviews. Models are measured below and in [models.md](models.md).",
        "",
        "How the test set is kept: [CONTRIBUTING](../CONTRIBUTING.md).",
        "",
        *(line for of in SETS for line in board(of, book)),
    ]
    scoreboard = ROOT / "docs/scoreboard.md"
    _, mark, rest = scoreboard.read_text("utf-8").partition(REAL)
    scoreboard.write_text(in_lines(text).rstrip("\n") + "\n\n" + mark + rest, "utf-8")
    page = ROOT / "README.md"
    readme = page.read_text("utf-8")
    start, end = readme.index("<!-- measured -->"), readme.index("<!-- end table -->")
    page.write_text(readme[:start] + f"<!-- measured -->\n{summary(book)}\n" + readme[end:], "utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
