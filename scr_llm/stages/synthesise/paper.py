"""The paper: its parts, in order."""

from collections.abc import Callable, Sequence

from scr_llm.records import Briefing, EvidenceRef, Part, PartName
from scr_llm.stages.synthesise.annex import annex
from scr_llm.stages.synthesise.caution import caution_part, cautions
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.closing import conclusion, contact, how_made, key, not_read
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.opening import analysis, cases, purpose
from scr_llm.stages.synthesise.quotes import Used, groups, reference
from scr_llm.stages.synthesise.recommended import recommended
from scr_llm.stages.synthesise.register import register
from scr_llm.stages.synthesise.tables import Matrix
from scr_llm.stages.synthesise.themes import good_practice, headline_themes, other_themes


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
        parts = self._parts() if tally.reviews else [purpose(tally, 1), not_read(tally, "2. What was not read")]
        annex_parts = annex(tally, self._matrix, self._register) if tally.reviews else []
        if tally.reviews and not options.signed:
            annex_parts[1:1] = [caution_part(cautions(tally.reviews, (*parts, *annex_parts)), tally.ids)]
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
            parts=tuple(parts),
            evidence=self._all_evidence(),
            recommended=self._register,
            annex=tuple(annex_parts),
        )

    def _parts(self) -> list[Part]:
        """The parts that the settings name, in their order. One that has nothing to say is left out."""
        tally = self._tally
        used: Used = set()
        change = Change(tally, self._register)
        numbered: dict[PartName, Callable[[int], Sequence[Part]]] = {
            "purpose": lambda n: [purpose(tally, n)],
            "cases": lambda n: [cases(tally, n)],
            "analysis": lambda n: [analysis(tally, n)],
            "themes": lambda n: headline_themes(tally, n, used),
            "others": lambda n: other_themes(tally, n),
            "good_practice": lambda n: good_practice(tally, f"{n}. Good practice"),
            "recommended": lambda n: [recommended(tally, self._register, n)],
            "change": change.part,
            "conclusion": lambda n: [conclusion(tally, n)],
            "method": lambda n: [how_made(tally, n)],
        }
        parts: list[Part] = []
        number, key_at = 1, -1
        for name in tally.options.parts:
            if name == "contact":
                parts.append(contact(tally))
            elif name == "matrix":
                parts += self._matrix.appendices()
            elif name == "key":
                key_at = len(parts)
            else:
                written = numbered[name](number)
                parts += written
                # A part that has nothing to say takes no number; headline themes take one each.
                number += sum(part.level == 1 for part in written)
        if key_at >= 0:  # the key lists what the other parts use, so it is written last, wherever it is printed
            parts[key_at:key_at] = key(tally, parts)
        return parts

    def _all_evidence(self) -> tuple[EvidenceRef, ...]:
        return tuple(
            reference(self._tally, review, code.id, group)
            for code in self._tally.codebook.codes
            for review in self._tally.having(code.id)
            if (cell := review.theme(code.id))
            for group in groups(cell.evidence)
        )
