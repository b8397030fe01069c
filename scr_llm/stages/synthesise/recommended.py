"""What the reviews recommended: by theme, by addressee, what is repeated and what is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence

from scr_llm.records import Evidence, EvidenceRef, Paragraph, Part, RegisterRow, Table
from scr_llm.stages.synthesise.addressees import LOCAL_BOARD, NOBODY, addressees, boards_together
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import join, of_the
from scr_llm.stages.synthesise.sentences import RECOMMENDED, cited, paragraph, quotes, sentence
from scr_llm.text.flow import readable
from scr_llm.text.words import capital, count

MOST = 12
"""Rows of a table in the evidence file; the register in the workbook has all."""
FEW = 5
"""Rows of the table in the paper."""
MOST_ASKED = 3
"""Bodies that the paper names as asked most often."""
MOST_NAMED = 18
"""Words of a list of reviews that is printed in one sentence."""
MOST_REPEATED = 3
"""Recommendations made by several reviews that are printed."""


def recommended(tally: ThemeTally, rows: Sequence[RegisterRow], number: int) -> Part:
    """The part of the paper, in about ten lines. Every number is counted from the register."""
    title = f"{number}. What the reviews recommended" if tally.facts.reviews > 1 else f"{number}. Recommendations"
    if not rows:
        return Part(id="recommended", level=1, title=title, paragraphs=(paragraph(_none(tally)),))
    total, *others = _counts(tally, rows)
    groups = _groups(rows)
    told = [
        cited(total, tally.codebook, RECOMMENDED),
        *others,
        *_most_asked(rows),
        *_boards(rows),
        *([_repeated_in_short(len(groups))] if groups else []),
        "The workbook has a register of them.",
    ]
    ids = tuple(dict.fromkeys(r.document_id for r in rows))
    sentences = tuple(sentence(line, ids, RECOMMENDED) for line in told)
    table = _by_theme(tally, rows, FEW)
    return Part(
        id="recommended",
        level=1,
        title=title,
        paragraphs=(Paragraph(sentences=sentences),),
        tables=(table,) if table.rows else (),
    )


def recommended_in_full(tally: ThemeTally, rows: Sequence[RegisterRow], title: str) -> Part:
    """The part of the evidence file."""
    if not rows:
        return Part(id=f"evidence.{RECOMMENDED}", level=1, title=title, paragraphs=(paragraph(_none(tally)),))
    ids = tuple(dict.fromkeys(r.document_id for r in rows))
    register = sentence("The register in the workbook lists each recommendation with its page.")
    asked = sentence("Whom they ask is at the end of this file.")
    told = [*_counts(tally, rows), *_boards(rows)]
    counts = (*(sentence(line, ids) for line in told), asked, register)
    return Part(
        id=f"evidence.{RECOMMENDED}",
        level=1,
        title=title,
        paragraphs=(Paragraph(sentences=counts), *_repeated(tally, rows)),
        tables=tuple(t for t in (_by_theme(tally, rows, MOST),) if t.rows),
    )


def _none(tally: ThemeTally) -> str:
    return "No review lists a recommendation." if tally.facts.reviews > 1 else "The review lists no recommendation."


def _counts(tally: ThemeTally, rows: Sequence[RegisterRow]) -> tuple[str, ...]:
    """How many recommendations there are, how many relate to a theme, and how many leave something out."""
    n, reviews = len(rows), tally.facts.reviews
    making = len({r.document_id for r in rows})
    if n == 1:
        return (f"{'The review makes' if reviews == 1 else 'The reviews make'} one recommendation.",)
    missing = Counter(gap for r in rows for gap in r.gaps)
    makes = "makes" if making == 1 else "make"
    themed = sum(bool(r.themes) for r in rows)
    return (
        f"The review makes {n} recommendations."
        if reviews == 1
        else f"{capital(of_the(making, reviews, 'review'))} {makes} recommendations, {n} in total.",
        f"Of these, {themed or 'none'} {'is' if themed == 1 else 'are'} linked to a theme.",
        *_gaps(missing, n),
    )


def _gaps(missing: Mapping[str, int], of: int) -> list[str]:
    """How many leave out whom they address, by when, or how the result is checked; what none leaves out is not said."""
    told = [
        f"{missing[gap]} {verb}{'s' * (missing[gap] == 1)} {what}"
        for gap, (verb, what) in _GAPS.items()
        if missing[gap]
    ]
    return [f"Of all {of}, {join(told)}."] if told else []


_GAPS = {
    "addressee": ("name", "no addressee"),
    "timescale": ("give", "no timescale"),
    "measure": ("describe", "no check of the result"),
}
"""What a recommendation may leave out, in words."""


def _most_asked(rows: Sequence[RegisterRow]) -> list[str]:
    """The bodies that most recommendations are addressed to."""
    named = [(who, n) for who, n in _addressees(rows) if who != NOBODY and n > 1][:MOST_ASKED]
    if not named:
        return []
    listed = join([f"{who} ({n})" for who, n in named])
    return [
        f"The {'body' if len(named) == 1 else 'bodies'} asked most often {'is' if len(named) == 1 else 'are'} {listed}."
    ]


def _boards(rows: Sequence[RegisterRow]) -> list[str]:
    """That the boards of several areas are counted under one name, where they are."""
    return [f"The board of each area is counted as “{LOCAL_BOARD}”."] if boards_together(rows) else []


def _repeated_in_short(groups: int) -> str:
    return f"In {count(groups, 'instance', 'instances')}, more than one review makes nearly the same recommendation."


def _by_theme(tally: ThemeTally, rows: Sequence[RegisterRow], most: int) -> Table:
    found = Counter(theme for r in rows for theme in r.themes)
    reviews = {theme: len({r.document_id for r in rows if theme in r.themes}) for theme in found}
    lines = [
        (tally.codes[theme].label, str(n), f"{reviews[theme]} of {tally.facts.reviews}")
        for theme, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:most]
    ]
    caption = "Recommendations by theme"
    return Table(
        caption=caption if len(found) <= most else f"{caption}: the {most} most frequent",
        columns=("Theme", "Recommendations", "Reviews"),
        rows=tuple(lines),
        landscape=False,
    )


def _addressees(rows: Sequence[RegisterRow]) -> list[tuple[str, int]]:
    """Who is asked, and by how many recommendations, the most often named first."""
    return sorted(Counter(addressees(rows)).items(), key=lambda x: (-x[1], x[0]))


def _repeated(tally: ThemeTally, rows: Sequence[RegisterRow]) -> list[Paragraph]:
    """The recommendations that most other reviews make too, as quotes: two of each."""
    groups = _groups(rows)
    if not groups:
        return []
    repeated = [row for group in groups for row in group]
    makers = sorted({row.case_label for row in repeated})
    named = join(makers)
    few = len(named.split()) <= MOST_NAMED
    who = (
        f"These reviews are {named}."
        if few
        else f"They come from {of_the(len(makers), tally.facts.reviews, 'review')}."
    )
    lead = f"{_repeated_in_short(len(groups))} {who}"
    evidence = {i.id: i.evidence for review in tally.reviews for i in review.coding.recommendations}
    printed = [row for group in groups[:MOST_REPEATED] for row in group[:2] if evidence[row.id]]
    return [
        paragraph(lead, tuple(dict.fromkeys(row.document_id for row in repeated))),
        *quotes([_quote(row, evidence[row.id][0]) for row in printed]),
    ]


def _groups(rows: Sequence[RegisterRow]) -> list[list[RegisterRow]]:
    """Recommendations of more than one review that ask nearly the same, the most repeated first."""
    by_id = {r.id: r for r in rows}
    seen: set[str] = set()
    groups: list[list[RegisterRow]] = []
    for row in sorted(rows, key=lambda r: -len(r.repeats)):
        if row.repeats and row.id not in seen:
            group = [row, *(by_id[i] for i in row.repeats if i not in seen)]
            seen |= {r.id for r in group}
            if len({r.document_id for r in group}) > 1:
                groups.append(group)
    return groups


def _quote(row: RegisterRow, evidence: Evidence) -> EvidenceRef:
    """A recommendation as a quote: its evidence where that is shorter, else its text."""
    quote = readable(evidence.quote)
    return EvidenceRef(
        document_id=row.document_id,
        case_label=row.case_label,
        theme=None,
        evidence=evidence,
        text=quote if len(quote) < len(row.text) else row.text,
    )
