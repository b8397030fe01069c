"""The paper: its parts, in order."""

from scr_llm.records import Briefing, EvidenceRef, Part
from scr_llm.stages.synthesise.annex import annex
from scr_llm.stages.synthesise.caution import caution_part, cautions
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.closing import conclusion, key, method, not_read
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.figures import pictures
from scr_llm.stages.synthesise.opening import analysis, cases, purpose
from scr_llm.stages.synthesise.quotes import Used, groups, reference
from scr_llm.stages.synthesise.recommended import recommended
from scr_llm.stages.synthesise.register import register
from scr_llm.stages.synthesise.tables import Matrix
from scr_llm.stages.synthesise.themes import good_practice, headline_theme, other_themes


class Writer:
    """Writes the paper from the counts of its reviews."""

    def __init__(self, tally: ThemeTally) -> None:
        self._tally, self._matrix, self._register = tally, Matrix(tally), register(tally)

    def briefing(self) -> Briefing:
        """The whole paper as a record."""
        tally, options, facts = self._tally, self._tally.options, self._tally.facts
        status = options.status
        if not options.signed:
            status += f" – {facts.cells_decided} of {facts.cells} cells decided by a person"
        coders = {r.coding.coder.model_dump_json(): r.coding.coder for r in tally.reviews}
        return Briefing(
            title=options.title,
            status="signed_off" if options.signed else "draft",
            status_line=status,
            marking=options.marking,
            version=options.version,
            organisation=options.organisation,
            coders=tuple(coders.values()),
            facts=facts,
            cases=self._matrix.rows,
            parts=tuple(self._parts() if tally.reviews else [purpose(tally), not_read(tally, 2)]),
            evidence=self._all_evidence(),
            recommended=self._register,
        )

    def _parts(self) -> list[Part]:
        tally = self._tally
        parts = self._numbered()
        parts += [*self._matrix.appendix(), *annex(tally), *pictures(tally, self._register)]
        parts.append(key(tally, parts))
        if not tally.options.signed:
            parts += caution_part(cautions(tally.reviews, parts), tally.ids)
        return parts

    def _numbered(self) -> list[Part]:
        """The numbered parts. One that has nothing to say is left out, and the next takes its number."""
        tally = self._tally
        used: Used = set()
        parts, number = [purpose(tally), cases(tally), analysis(tally)], 4
        for theme in tally.facts.headline:
            parts += headline_theme(tally, tally.codes[theme], number, used)
            number += 1
        following = (
            lambda n: other_themes(tally, n, used),
            lambda n: good_practice(tally, n),
            lambda n: [recommended(tally, self._register, n)],
            Change(tally, self._register).part,
            lambda n: [conclusion(tally, n)],
            lambda n: [method(tally, n)],
            lambda n: [not_read(tally, n, self._matrix.pages())],
        )
        for write in following:
            written = write(number)
            parts += written
            number += bool(written)
        return parts

    def _all_evidence(self) -> tuple[EvidenceRef, ...]:
        return tuple(
            reference(self._tally, review, code.id, group)
            for code in self._tally.codebook.codes
            for review in self._tally.having(code.id)
            if (cell := review.theme(code.id))
            for group in groups(cell.evidence)
        )
