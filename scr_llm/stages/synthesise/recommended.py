"""What the reviews recommended: by theme, by addressee, what is repeated and what is missing."""

from collections import Counter
from collections.abc import Sequence

from scr_llm.records import Evidence, EvidenceRef, Paragraph, Part, RegisterRow, Sentence, Table
from scr_llm.stages.synthesise.addressees import addressees
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import count, join, of_the
from scr_llm.stages.synthesise.sentences import paragraph, quotes, sentence
from scr_llm.text.flow import readable

MOST = 12
"""Rows of a table in this part; the register in the workbook has all."""
MOST_REPEATED = 3
"""Recommendations made by several reviews that are printed."""


def recommended(tally: ThemeTally, rows: Sequence[RegisterRow], number: int) -> Part:
    """The part. Every number is counted from the register."""
    title = f"{number}. What the reviews recommended"
    if not rows:
        nothing = paragraph("No review lists a recommendation.")
        return Part(id="recommended", level=1, title=title, paragraphs=(nothing,))
    return Part(
        id="recommended",
        level=1,
        title=title,
        paragraphs=(Paragraph(sentences=_counts(tally, rows)), *_repeated(tally, rows)),
        tables=tuple(t for t in (_by_theme(tally, rows), _by_addressee(rows)) if t.rows),
    )


def _counts(tally: ThemeTally, rows: Sequence[RegisterRow]) -> tuple[Sentence, ...]:
    """How many recommendations there are, how many relate to a theme, and how many leave something out."""
    n = len(rows)
    ids = tuple(dict.fromkeys(r.document_id for r in rows))
    themed, complete = sum(bool(r.themes) for r in rows), sum(not r.gaps for r in rows)
    missing = Counter(gap for r in rows for gap in r.gaps)
    makes = "makes" if len(ids) == 1 else "make"
    of_all = "of 1" if n == 1 else f"of the {n}"
    lines = (
        f"{of_the(len(ids), tally.facts.reviews, 'review')} {makes} {count(n, 'recommendation', 'recommendations')}.",
        f"A theme was found in {of_the(themed, n, 'recommendation')}, by their words or by the evidence counted.",
        "One recommendation may relate to several themes.",
        f"No addressee is named in {of_the(missing['addressee'], n, 'recommendation')}.",
        f"No timescale is given in {missing['timescale']} {of_all}.",
        f"No way to check that the work was done is described in {missing['measure']} {of_all}.",
        f"All three are stated in {complete} {of_all}.",
    )
    register = sentence("The register in the workbook lists each recommendation with its page.")
    return (*(sentence(line, ids) for line in lines), register)


def _by_theme(tally: ThemeTally, rows: Sequence[RegisterRow]) -> Table:
    found = Counter(theme for r in rows for theme in r.themes)
    reviews = {theme: len({r.document_id for r in rows if theme in r.themes}) for theme in found}
    lines = [
        (tally.codes[theme].label, str(n), f"{reviews[theme]} of {tally.facts.reviews}")
        for theme, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:MOST]
    ]
    return Table(
        caption="Recommendations by theme",
        columns=("Theme", "Recommendations", "Made in"),
        rows=tuple(lines),
        landscape=False,
    )


def _by_addressee(rows: Sequence[RegisterRow]) -> Table:
    found = Counter(addressees(rows))
    lines = [(who, str(n)) for who, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:MOST]]
    if rest := len(found) - len(lines):
        shown = sum(int(n) for _, n in lines)
        lines.append((count(rest, "other", "others"), str(found.total() - shown)))
    return Table(
        caption="Recommendations by addressee",
        columns=("Addressee", "Recommendations"),
        rows=tuple(lines),
        landscape=False,
    )


def _repeated(tally: ThemeTally, rows: Sequence[RegisterRow]) -> list[Paragraph]:
    """The recommendations that most other reviews make too, as quotes: two of each."""
    groups = _groups(rows)
    if not groups:
        return []
    repeated = [row for group in groups for row in group]
    lead = (
        f"{count(len(groups), 'recommendation is', 'recommendations are')} made in nearly the same words "
        f"by more than one review. The reviews are: {join(sorted({row.case_label for row in repeated}))}."
    )
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
