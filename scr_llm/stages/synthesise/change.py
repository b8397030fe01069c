"""What the last batch changed: counts then and now, the new cases, and themes that recur although earlier reviews recommended something."""

from collections.abc import Sequence

from scr_llm.records import CoderIdentity, Paragraph, Part, RegisterRow, Sentence, Table
from scr_llm.stages.synthesise.count import Coded, Counted
from scr_llm.stages.synthesise.english import count, join, lower


class Change:
    """The last batch against all before it. Says nothing where there is one batch only."""

    def __init__(self, counted: Counted, register: Sequence[RegisterRow]) -> None:
        self._counted, self._register = counted, register
        self.batches = tuple(
            dict.fromkeys(
                r.document.batch
                for r in sorted(counted.reviews, key=lambda r: (r.document.taken_in, _order(r.document.batch)))
            )
        )
        last = self.batches[-1] if len(self.batches) > 1 else None
        self.new = [r for r in counted.reviews if last and r.document.batch == last]
        self.old = [r for r in counted.reviews if last and r.document.batch != last]

    def part(self, number: int) -> list[Part]:
        """The part of the paper, or nothing."""
        if not self.new:
            return []
        lead = f"Batch {self.batches[-1]} brought {count(len(self.new), 'new review', 'new reviews')}{self._date()}; {len(self.old)} were there before."
        again = self._again()
        sentences = [Sentence(text=lead, documents=_ids(self.new))]
        paragraphs = [Paragraph(sentences=tuple(sentences)), *again, *self._differences()]
        return [
            Part(
                id="change",
                level=1,
                title=f"{number}. What the new reviews change",
                paragraphs=tuple(paragraphs),
                tables=(self._by_theme(), self._by_case()),
            )
        ]

    def _date(self) -> str:
        days = sorted({r.document.taken_in for r in self.new if r.document.taken_in})
        return f", taken in on {days[-1]}" if days else ""

    def _by_theme(self) -> Table:
        rows = []
        for t in self._counted.facts.themes:
            was, now = self._present(self.old, t.theme), self._present(self.new, t.theme)
            if t.present:
                rows.append(
                    (t.label, f"{t.present} of {t.of}", f"{was} of {len(self.old)}", f"{now} of {len(self.new)}")
                )
        return Table(
            caption="Themes, now and before",
            columns=("Theme", "Now", "Was", "In the new reviews"),
            rows=tuple(rows),
            landscape=False,
        )

    def _by_case(self) -> Table:
        rows = []
        for review in self.new:
            labels = [
                lower(c.label) for c in self._counted.codebook.codes if self._counted.is_present(review.theme(c.id))
            ]
            rows.append((self._counted.labels[review.document.id], join(labels) or "None found"))
        return Table(
            caption="Themes of the new reviews", columns=("Case", "Themes found"), rows=tuple(rows), landscape=False
        )

    def _again(self) -> list[Paragraph]:
        lines = []
        for code in self._counted.codebook.codes:
            new = [r for r in self.new if self._counted.is_present(r.theme(code.id))]
            on_it = {row.document_id for row in self._register if code.id in row.themes}
            asked = [r for r in self.old if r.document.id in on_it]
            if new and asked:
                text = (
                    f"{code.label}: {count(len(asked), 'earlier review', 'earlier reviews')} recommended something on it, "
                    f"and it was found again in {len(new)} of the {len(self.new)} new {'review' if len(self.new) == 1 else 'reviews'}."
                )
                lines.append(
                    Paragraph(style="bullet", sentences=(Sentence(text=text, documents=_ids([*asked, *new])),))
                )
        intro = "These themes recur although earlier reviews made recommendations on them. The events of a new review may lie before those recommendations; its dates must be looked at."
        return [Paragraph(sentences=(Sentence(text=intro, documents=_ids(self.new)),)), *lines] if lines else []

    def _differences(self) -> list[Paragraph]:
        """Whether the two were coded in the same way."""
        old, new = {_how(r.coding.coder) for r in self.old}, {_how(r.coding.coder) for r in self.new}
        if old == new:
            return [
                Paragraph(
                    sentences=(
                        Sentence(
                            text="All reviews were coded by the same coder, prompts and codebook.",
                            documents=_ids([*self.old, *self.new]),
                        ),
                    )
                )
            ]
        text = f"The batches were not coded alike, so a difference may come from that: before {join(sorted(old))}; now {join(sorted(new))}."
        return [Paragraph(style="note", sentences=(Sentence(text=text, documents=_ids([*self.old, *self.new])),))]

    def _present(self, reviews: Sequence[Coded], theme: str) -> int:
        return sum(self._counted.is_present(r.theme(theme)) for r in reviews)


def _order(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isdigit() else (0, name)


def _how(coder: CoderIdentity) -> str:
    who = "the embedded coder" if coder.kind == "rules" else f"{coder.model or coder.kind}"
    prompts = f", prompts {coder.prompts_sha256[:8]}" if coder.prompts_sha256 else ""
    return f"{who} (version {coder.version}{prompts}, codebook {coder.codebook_sha256[:8]})"


def _ids(reviews: Sequence[Coded]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.document.id for r in reviews))
