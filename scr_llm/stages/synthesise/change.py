"""What the last batch changed.

Counts before and now, the themes of the new reviews, and the themes found again although earlier reviews made
recommendations on them.
"""

from collections.abc import Iterator, Sequence

from scr_llm.records import Code, CoderIdentity, Figure, Paragraph, Part, RegisterRow, Sentence, Table
from scr_llm.stages.synthesise.count import CodedReview, ThemeTally
from scr_llm.stages.synthesise.english import day, is_plural, join, lower, of_the
from scr_llm.stages.synthesise.sentences import bullet, note, paragraph, sentence
from scr_llm.text.words import capital, count


class Change:
    """The last batch against all earlier ones. With only one batch there is nothing to compare, and no part."""

    def __init__(self, tally: ThemeTally, register: Sequence[RegisterRow]) -> None:
        self._tally, self._register = tally, register
        by_date = sorted(tally.reviews, key=lambda r: (r.document.taken_in, _order(r.document.batch)))
        self.batches = tuple(dict.fromkeys(r.document.batch for r in by_date))
        last = self.batches[-1] if len(self.batches) > 1 else None
        self.new = [r for r in tally.reviews if last and r.document.batch == last]
        self.old = [r for r in tally.reviews if last and r.document.batch != last]

    def part(self, number: int) -> list[Part]:
        """The part of the paper, in short: the counts of the main themes. Nothing where there is one batch."""
        if not self.new:
            return []
        title = f"{number}. What the new reviews change"
        main = frozenset(code.id for code in self._tally.core)
        return [Part(id="change", level=1, title=title, paragraphs=self._lead(), tables=(self._by_theme(main),))]

    def in_full(self) -> list[Part]:
        """The part of the evidence file: every theme, each new case, and the themes found again."""
        if not self.new:
            return []
        return [
            Part(
                id="evidence.change",
                level=1,
                title="What the new reviews change",
                paragraphs=(*self._lead(), *self._again()),
                figure=self.figure(),
                tables=(self._by_theme(frozenset(self._tally.codes)), self._by_case()),
            )
        ]

    def _lead(self) -> tuple[Paragraph, ...]:
        lead = (
            f"Batch {self.batches[-1]} brought {count(len(self.new), 'new review', 'new reviews')}{self._date()}.",
            f"The earlier {'batch holds' if len(self.batches) == 2 else 'batches hold'} "
            f"{count(len(self.old), 'review', 'reviews')}.",
        )
        sentences = tuple(sentence(line, _ids(self.new)) for line in lead)
        return Paragraph(sentences=(*sentences, *self._coders())), *self._coded_differently()

    def _date(self) -> str:
        days = sorted({r.document.taken_in for r in self.new if r.document.taken_in})
        return f", added on {day(days[-1])}" if days else ""

    def _by_theme(self, some: frozenset[str]) -> Table:
        rows = []
        for theme in sorted(self._tally.facts.themes, key=lambda t: -t.present):
            before, now = self._present(self.old, theme.theme), self._present(self.new, theme.theme)
            if theme.present and theme.theme in some:
                rows.append(
                    (
                        theme.label,
                        f"{theme.present} of {theme.of}",
                        f"{before} of {len(self.old)}",
                        f"{now} of {len(self.new)}",
                    )
                )
        return Table(
            caption="Themes, now and before",
            columns=("Theme", "Now", "Before", "New reviews"),
            rows=tuple(rows),
            landscape=False,
        )

    def figure(self) -> Figure | None:
        """The main themes before the last batch and in it."""
        main = [t for t in self._tally.facts.themes if t.present and self._tally.codes[t.theme].core]
        ranked = sorted(main, key=lambda t: -t.present)
        if not self.new or not ranked:
            return None
        return Figure(
            title=f"Main themes before batch {self.batches[-1]} and in its new reviews",
            bars=tuple((t.label, self._present(self.new, t.theme)) for t in ranked),
            of=len(self.new),
            before=tuple(self._present(self.old, t.theme) for t in ranked),
            of_before=len(self.old),
        )

    def _by_case(self) -> Table:
        codes = self._tally.codebook.codes
        rows = []
        for review in self.new:
            labels = [lower(code.label) for code in codes if self._tally.is_present(review.theme(code.id))]
            # Labels hold commas and “and”, so they are parted by semicolons.
            rows.append((self._tally.labels[review.document.id], capital("; ".join(labels)) or "None found"))
        return Table(
            caption="Themes of the new reviews", columns=("Case", "Themes found"), rows=tuple(rows), landscape=False
        )

    def _again(self) -> list[Paragraph]:
        bullets = list(self._found_again())
        if not bullets:
            return []
        intro = (
            "These themes were found again although earlier reviews made recommendations on them. "
            "The events in a new review may be older than those recommendations, so check its dates."
        )
        return [paragraph(intro, _ids(self.new)), *bullets]

    def _found_again(self) -> Iterator[Paragraph]:
        for code in self._tally.codebook.codes:
            new = [r for r in self.new if self._tally.is_present(r.theme(code.id))]
            earlier = self._earlier_recommendations(code)
            if new and earlier:
                verb = "were" if is_plural(code.label) else "was"
                text = (
                    f"{code.label} {verb} found in {of_the(len(new), len(self.new), 'new review')}. "
                    f"{count(len(earlier), 'earlier review', 'earlier reviews')} made recommendations on it."
                )
                yield bullet(text, _ids([*earlier, *new]))

    def _earlier_recommendations(self, code: Code) -> list[CodedReview]:
        """The earlier reviews with a recommendation on a theme."""
        recommending = {row.document_id for row in self._register if code.id in row.themes}
        return [r for r in self.old if r.document.id in recommending]

    def _coders(self) -> list[Sentence]:
        """That both were coded in the same way, where they were."""
        old, new = self._ways()
        if old != new:
            return []
        same = "All reviews were coded in the same way, with the same codebook."
        return [sentence(same, _ids([*self.old, *self.new]))]

    def _coded_differently(self) -> list[Paragraph]:
        """A caution where they were not: then a difference may come from the coder."""
        old, new = self._ways()
        if old == new:
            return []
        text = (
            "The batches were coded in different ways, which may explain some of the differences. "
            f"Before: {join(sorted(old))}. Now: {join(sorted(new))}."
        )
        return [note(text, _ids([*self.old, *self.new]))]

    def _ways(self) -> tuple[set[str], set[str]]:
        return {_how(r.coding.coder) for r in self.old}, {_how(r.coding.coder) for r in self.new}

    def _present(self, reviews: Sequence[CodedReview], theme: str) -> int:
        return sum(self._tally.is_present(r.theme(theme)) for r in reviews)


def _order(name: str) -> tuple[int, str]:
    """Batches that are numbers are in numeric order: 10 follows 9."""
    return (int(name), name) if name.isdigit() else (0, name)


def _how(coder: CoderIdentity) -> str:
    who = "the embedded coder" if coder.kind == "rules" else f"{coder.model or coder.kind}"
    prompts = f", prompts {coder.prompts_sha256[:8]}" if coder.prompts_sha256 else ""
    return f"{who} (version {coder.version}{prompts}, codebook {coder.codebook_sha256[:8]})"


def _ids(reviews: Sequence[CodedReview]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r.document.id for r in reviews))
