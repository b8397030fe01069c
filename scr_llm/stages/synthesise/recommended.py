"""What the reviews recommended: by theme, by addressee, what is repeated and what is left open."""

from collections import Counter
from collections.abc import Sequence

from scr_llm.records import EvidenceRef, Paragraph, Part, RegisterRow, Sentence, Table
from scr_llm.stages.synthesise.count import Counted
from scr_llm.stages.synthesise.english import count, join
from scr_llm.text.flow import readable

MOST = 12
"""Rows of a table in this part; the register in the workbook has all."""


def recommended(counted: Counted, rows: Sequence[RegisterRow], number: int) -> Part:
    """The part. Every number is counted from the register."""
    n, reviews = len(rows), len({r.document_id for r in rows})
    ids = tuple(dict.fromkeys(r.document_id for r in rows))

    def say(text: str) -> Sentence:
        return Sentence(text=text, documents=ids)

    if not rows:
        return Part(
            id="recommended",
            level=1,
            title=f"{number}. What the reviews recommended",
            paragraphs=(Paragraph(sentences=(Sentence(text="No review lists a recommendation."),)),),
        )
    themed = sum(bool(r.themes) for r in rows)
    open_ = Counter(gap for r in rows for gap in r.gaps)
    complete = sum(not r.gaps for r in rows)
    sentences = [
        say(
            f"{reviews} of the {counted.facts.reviews} reviews make {count(n, 'recommendation', 'recommendations')}; {themed} of the {n} speak of a theme in the codebook’s words. One may speak of several."
        ),
        say(
            f"{open_['addressee']} of the {n} name no addressee, {open_['timescale']} give no timescale and {open_['measure']} say nothing of how it will be known that they were carried out; "
            f"{complete} of the {n} leave none of these open."
        ),
        Sentence(text="The register in the workbook has each with its page.", documents=()),
    ]
    paragraphs = [Paragraph(sentences=tuple(sentences)), *_repeated(counted, rows)]
    return Part(
        id="recommended",
        level=1,
        title=f"{number}. What the reviews recommended",
        paragraphs=tuple(paragraphs),
        tables=tuple(t for t in (_by_theme(counted, rows), _by_addressee(rows)) if t.rows),
    )


def _by_theme(counted: Counted, rows: Sequence[RegisterRow]) -> Table:
    found = Counter(theme for r in rows for theme in r.themes)
    reviews = {theme: len({r.document_id for r in rows if theme in r.themes}) for theme in found}
    lines = [
        (counted.codes[t].label, str(n), f"{reviews[t]} of {counted.facts.reviews}")
        for t, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:MOST]
    ]
    return Table(
        caption="Recommendations by theme",
        columns=("Theme", "Recommendations", "Made in"),
        rows=tuple(lines),
        landscape=False,
    )


def _by_addressee(rows: Sequence[RegisterRow]) -> Table:
    written = Counter(r.addressee for r in rows if r.addressee)
    forms: dict[str, str] = {}
    for (
        name,
        _,
    ) in written.most_common():  # one body, however its name is written: with an article or without, in capitals or not
        bare = name.removeprefix("the ").removeprefix("The ")
        forms.setdefault(_body(name), bare[:1].upper() + bare[1:])
    found = Counter(forms[_body(r.addressee)] if r.addressee else "Nobody named" for r in rows)
    lines = [(who, str(n)) for who, n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:MOST]]
    rest = len(found) - len(lines)
    if rest:
        lines.append((f"{count(rest, 'other', 'others')}", str(sum(found.values()) - sum(int(n) for _, n in lines))))
    return Table(
        caption="Recommendations by addressee",
        columns=("Addressee", "Recommendations"),
        rows=tuple(lines),
        landscape=False,
    )


def _repeated(counted: Counted, rows: Sequence[RegisterRow]) -> list[Paragraph]:
    """The recommendations that most other reviews make too, as quotes."""
    by_id = {r.id: r for r in rows}
    evidence = {i.id: i.evidence for review in counted.reviews for i in review.coding.recommendations}
    seen: set[str] = set()
    groups: list[list[RegisterRow]] = []
    for row in sorted(rows, key=lambda r: -len(r.repeats)):
        if row.repeats and row.id not in seen:
            group = [row, *(by_id[i] for i in row.repeats if i not in seen)]
            seen |= {r.id for r in group}
            if len({r.document_id for r in group}) > 1:
                groups.append(group)
    if not groups:
        return []
    cases = {r.case_label for g in groups for r in g}
    lead = f"{count(len(groups), 'recommendation is', 'recommendations are')} made in nearly the same words by more than one review ({join(sorted(cases))})."
    printed = [
        Paragraph(
            sentences=(Sentence(text=lead, documents=tuple(dict.fromkeys(r.document_id for g in groups for r in g))),)
        )
    ]
    for group in groups[:3]:
        for row in group[:2]:
            if own := evidence[row.id]:
                printed.append(
                    Paragraph(
                        style="quote",
                        quote=EvidenceRef(
                            document_id=row.document_id,
                            case_label=row.case_label,
                            theme=None,
                            evidence=own[0],
                            text=_first(row, own[0].quote),
                        ),
                    )
                )
    return printed


def _first(row: RegisterRow, quote: str) -> str:
    return readable(quote) if len(readable(quote)) < len(row.text) else row.text


def _body(name: str) -> str:
    return name.casefold().removeprefix("the ").replace("’", "'").strip()
