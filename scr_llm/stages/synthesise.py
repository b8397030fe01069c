"""From codings to the draft briefing: counts computed, quotes chosen, each sentence with the documents it rests on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scr_llm.records import (
    AgeBand,
    Briefing,
    CaseRow,
    Code,
    Codebook,
    Coding,
    Decision,
    Document,
    Evidence,
    EvidenceRef,
    Facts,
    Paragraph,
    Part,
    Sentence,
    Table,
    ThemeCoding,
    ThemeCount,
)
from scr_llm.text.flow import readable

CONTEXTS = {
    "sexual_abuse": "Sexual abuse", "physical_assault": "Physical assault", "co_sleeping": "Death while co-sleeping",
    "natural_causes": "Death by natural causes", "unknown_cause": "Cause of death unknown", "neglect": "Neglect",
    "suicide": "Suicide", "ingestion": "Ingestion of a drug or poison", "other": "Other", "not stated": "Not stated",
}  # fmt: skip
GENDERS = {"F": "Female", "M": "Male", "other": "Other", "not stated": "Not stated"}
_AGES: dict[AgeBand, str] = {"<1": "under 1", "1-5": "1 to 5", "6-10": "6 to 10", "11-15": "11 to 15", "16-17": "16 to 17", "not stated": "not stated"}
_CELLS = {"present": "Yes", "explicitly_absent": "Said not to be", "unclear": "Unclear", "not_mentioned": "Not found"}
_QUOTE_WORDS = (6, 40)
"""A quote is best between these lengths, in words (rule 8 of the method: 40 at most)."""


@dataclass(frozen=True)
class Paper:
    """Settings of the paper."""

    title: str
    organisation: str
    marking: str
    version: str
    headline_themes: int = 3
    headline_min: int = 2
    quotes_per_theme: int = 4
    count_recommendation_only: bool = True


@dataclass(frozen=True)
class Coded:
    """A review: its document and its current coding."""

    document: Document
    coding: Coding

    @property
    def label(self) -> str:
        """Authority and pseudonym: an authority alone is no key to a case."""
        case = self.coding.case
        name = case.pseudonym
        if name and " " not in name and not name[0].isdigit():
            name = f"‘{name}’"
        return " ".join(part for part in (case.authority, name) if part) or self.document.file

    def theme(self, code: str) -> ThemeCoding | None:
        """A cell."""
        return next((t for t in self.coding.themes if t.theme == code), None)


def synthesise(
    reviews: Sequence[Coded], files: Sequence[Document], codebook: Codebook, decisions: Sequence[Decision], paper: Paper
) -> Briefing:
    """Write the draft. Deterministic: the same input gives the same record."""
    return _Writer(reviews, files, codebook, decisions, paper).briefing()


class _Writer:
    def __init__(
        self, reviews: Sequence[Coded], files: Sequence[Document], codebook: Codebook, decisions: Sequence[Decision], paper: Paper
    ) -> None:
        self.reviews, self.files, self.codebook, self.paper = reviews, files, codebook, paper
        self.decided = {(d.document_id, d.theme) for d in decisions}
        labels = Counter(r.label for r in reviews)
        self.labels = {r.document.id: r.label if labels[r.label] == 1 else f"{r.label} ({r.document.file})" for r in reviews}
        self.ids = tuple(r.document.id for r in reviews)
        self.core = [c for c in codebook.codes if c.core]
        self.facts = self._facts()
        self.counts = {t.theme: t for t in self.facts.themes}
        self.codes = {c.id: c for c in codebook.codes}

    # counting

    def _is_present(self, cell: ThemeCoding | None) -> bool:
        if cell is None or cell.value != "present":
            return False
        return self.paper.count_recommendation_only or not self._recommendation_only(cell)

    @staticmethod
    def _recommendation_only(cell: ThemeCoding) -> bool:
        telling = [e for e in cell.evidence if "good_practice" not in e.flags]
        return bool(telling) and all("recommendation" in e.flags for e in telling)

    def _facts(self) -> Facts:
        themes = []
        for code in self.codebook.codes:
            cells = [(r, cell) for r in self.reviews if (cell := r.theme(code.id)) and self._is_present(cell)]
            themes.append(
                ThemeCount(
                    theme=code.id, label=code.label, present=len(cells), of=len(self.reviews),
                    recommendation_only=sum(self._recommendation_only(cell) for _, cell in cells),
                    documents=tuple(r.document.id for r, _ in cells),
                    decided=sum((r.document.id, code.id) in self.decided for r in self.reviews),
                )
            )  # fmt: skip
        practice = [t for t, c in zip(themes, self.codebook.codes, strict=True) if c.core and c.polarity == "shortcoming"]
        ranked = sorted((t for t in practice if t.present >= self.paper.headline_min), key=lambda t: -t.present)
        return Facts(
            reviews=len(self.reviews), children=sum(len(r.coding.case.children) for r in self.reviews), files=len(self.files),
            findings=sum(len(r.coding.findings) for r in self.reviews),
            recommendations=sum(len(r.coding.recommendations) for r in self.reviews),
            cells=len(self.reviews) * len(self.core),
            cells_decided=sum((r.document.id, c.id) in self.decided for r in self.reviews for c in self.core),
            themes=tuple(themes), headline=tuple(t.theme for t in ranked[: self.paper.headline_themes]),
        )  # fmt: skip

    # the paper

    def briefing(self) -> Briefing:
        """All parts."""
        signed = False
        status = (
            f"DRAFT – not signed off – {self.facts.cells_decided} of {self.facts.cells} cells decided by a person"
        )
        parts = [self._purpose(), self._not_read()] if not self.reviews else self._parts()
        coders = {r.coding.coder.model_dump_json(): r.coding.coder for r in self.reviews}
        return Briefing(
            title=self.paper.title, status="signed_off" if signed else "draft", status_line=status, marking=self.paper.marking,
            version=self.paper.version, organisation=self.paper.organisation, coders=tuple(coders.values()), facts=self.facts,
            cases=tuple(self._row(r) for r in self.reviews), parts=tuple(parts), evidence=self._all_evidence(),
        )  # fmt: skip

    def _parts(self) -> list[Part]:
        parts = [self._purpose(), self._cases(), self._analysis()]
        number = 4
        for theme in self.facts.headline:
            parts += self._theme(self.codes[theme], number)
            number += 1
        parts += [self._conclusion(number), self._method(number + 1), self._not_read(number + 2), *self._appendix(), self._key()]
        return parts

    def _say(self, text: str, documents: Sequence[str] | None = None) -> Sentence:
        return Sentence(text=text, documents=tuple(self.ids if documents is None else documents))

    def _purpose(self) -> Part:
        n = self.facts.reviews
        text = (
            f"This paper draws together the learning from {_count(n, 'Serious Case Review', 'Serious Case Reviews')}. "
            "It sets out what they have in common, so that partners can decide what to look at in their own practice."
        )
        waiting = self.facts.cells - self.facts.cells_decided
        note = (
            f"This is a draft. Every count below is a proposal until a person has decided each of the {self.facts.cells} cells of the matrix; "
            f"{waiting} {'is' if waiting == 1 else 'are'} still to be decided."
        )
        paragraphs = (Paragraph(sentences=(self._say(text),)), Paragraph(style="note", sentences=(self._say(note),)))
        return Part(id="purpose", level=1, title="1. Purpose", paragraphs=paragraphs)

    def _cases(self) -> Part:
        children = [child for r in self.reviews for child in r.coding.case.children]
        stated = Counter(c.gender for c in children if c.gender != "not stated")
        unknown = len(children) - stated.total()
        genders = ", ".join(f"{stated[g]} of the {stated.total()} where it is stated {'was' if stated[g] == 1 else 'were'} {GENDERS[g].lower()}" for g in ("F", "M", "other") if stated[g])
        lines = [f"The {_count(self.facts.reviews, 'review concerns', 'reviews concern')} {_count(self.facts.children, 'child', 'children')}."]
        gender = f"{genders[:1].upper()}{genders[1:]}{_also_unstated('gender', unknown)}." if genders else "Gender is not stated for any of them."
        bands = Counter(c.age_band for c in children)
        ages = _join([f"{bands[b]} {'was' if bands[b] == 1 else 'were'} {label}" for b, label in _AGES.items() if bands[b] and b != "not stated"])
        age = f"By age, {ages}{_also_unstated('age', bands['not stated'])}." if ages else "No age is stated."
        contexts = Counter(r.coding.case.context for r in self.reviews)
        listed = _join([f"{CONTEXTS[c].lower()} ({n})" for c, n in sorted(contexts.items(), key=lambda x: (-x[1], x[0]))])
        factors = [self.counts[c.id] for c in self.core if c.polarity == "feature" and self.counts[c.id].present]
        common = _join([f"{_lower(t.label)} in {t.present} of {t.of}" for t in sorted(factors, key=lambda t: -t.present)])
        sentences = [self._say(lines[0]), self._say(gender), self._say(age)]
        paragraphs = [
            Paragraph(sentences=tuple(sentences)),
            Paragraph(sentences=(self._say(f"The reviews were held because of: {listed}."),)),
        ]
        if common:
            ids = tuple(dict.fromkeys(d for t in factors for d in t.documents))
            paragraphs.append(Paragraph(sentences=(self._say(f"Among the family factors, the reviews report {common}.", ids),)))
        return Part(id="cases", level=1, title="2. The cases", paragraphs=tuple(paragraphs))

    def _analysis(self) -> Part:
        f = self.facts
        first = (
            f"The reviews contain {_count(f.findings, 'finding or learning point', 'findings and learning points')} and "
            f"{_count(f.recommendations, 'recommendation', 'recommendations')}, counted as each document numbers or lists them."
        )
        heads = [self.counts[t] for t in f.headline]
        second = (
            "Read theme by theme, they point most often to " + _join([f"{_lower(t.label)} ({t.present} of {t.of})" for t in heads]) + "."
            if heads else "No practice theme recurs often enough to lead the paper."
        )  # fmt: skip
        third = "These are illustrated below; Appendix 1 shows every review against every core theme."
        rows = tuple(
            (t.label, f"{t.present} of {t.of}", f"{t.recommendation_only}", f"{t.decided} of {t.of}") for t in f.themes if t.present
        )
        tables = (
            Table(caption="Themes by number of reviews", columns=("Theme", "Found in", "Of these, from recommendations only", "Decided by a person"), rows=rows, landscape=False),
        )
        return Part(
            id="analysis", level=1, title="3. Analysis of common themes",
            paragraphs=(Paragraph(sentences=(self._say(first), self._say(second), self._say(third, ()))),), tables=tables if rows else (),
        )  # fmt: skip

    def _theme(self, code: Code, number: int) -> list[Part]:
        count = self.counts[code.id]
        lead = f"This area of concern was found in {count.present} of the {count.of} reviews"
        lead += f", {count.recommendation_only} of them from recommendations only." if count.recommendation_only else "."
        paragraphs = [Paragraph(sentences=(self._say(lead, count.documents),))]
        used: set[tuple[str, int, int]] = set()
        subs: list[Part] = []
        for nth, sub in enumerate(code.sub_codes, 1):
            found = [r for r in self._with(code.id) if (cell := r.theme(code.id)) and sub.id in cell.sub_themes]
            if not found:
                continue
            line = f"{sub.label} was raised in {len(found)} of the {count.of} reviews."
            quotes = self._quotes(code.id, found, 2, used, words=(*sub.wordings, *sub.subjects))
            ids = tuple(r.document.id for r in found)
            subs.append(
                Part(id=f"theme.{sub.id}", level=2, title=f"{number}.{nth} {sub.label}", paragraphs=(Paragraph(sentences=(self._say(line, ids),)), *quotes))
            )
        if not subs:
            paragraphs += self._quotes(code.id, self._with(code.id), self.paper.quotes_per_theme, used)
        return [Part(id=f"theme.{code.id}", level=1, title=f"{number}. {code.label}", paragraphs=tuple(paragraphs)), *subs]

    def _with(self, theme: str) -> list[Coded]:
        return [r for r in self.reviews if self._is_present(r.theme(theme))]

    def _quotes(
        self, theme: str, reviews: Sequence[Coded], limit: int, used: set[tuple[str, int, int]], words: Sequence[str] = ()
    ) -> list[Paragraph]:
        """Up to `limit` quotes, one a case before a second from any."""
        from scr_llm.text.wording import compile_wordings

        wanted = compile_wordings(words)
        queues: list[list[EvidenceRef]] = []
        for review in reviews:
            cell = review.theme(theme)
            refs = [self._ref(review, theme, group) for group in _groups(cell.evidence if cell else ()) if "good_practice" not in group[0].flags]
            if wanted:
                refs = [ref for ref in refs if wanted.search(ref.text)]
            queues.append(sorted(refs, key=_quality))
        chosen: list[EvidenceRef] = []
        while len(chosen) < limit and any(queues):
            for queue in queues:
                while queue:
                    ref = queue.pop(0)
                    key = (ref.document_id, ref.evidence.page, ref.evidence.start)
                    if key not in used:
                        used.add(key)
                        chosen.append(ref)
                        break
                if len(chosen) == limit:
                    break
        return [Paragraph(style="quote", quote=ref) for ref in chosen]

    def _ref(self, review: Coded, theme: str | None, group: Sequence[Evidence]) -> EvidenceRef:
        return EvidenceRef(
            document_id=review.document.id, case_label=self.labels[review.document.id], theme=theme, evidence=group[0],
            text=" ".join(readable(part.quote) for part in group),
        )  # fmt: skip

    def _conclusion(self, number: int) -> Part:
        intro = "On this evidence, partners are asked to review their own arrangements in these areas:"
        bullets = [
            Paragraph(style="bullet", sentences=(self._say(f"{self.codes[t].question or self.codes[t].label} ({self.counts[t].present} of {self.counts[t].of} reviews).", self.counts[t].documents),))
            for t in self.facts.headline
        ]
        return Part(id="conclusion", level=1, title=f"{number}. Conclusion", paragraphs=(Paragraph(sentences=(self._say(intro),)), *bullets))

    def _method(self, number: int) -> Part:
        coder = self.reviews[0].coding.coder
        who = (
            "The embedded rules coder proposed the codings; no language model was used and no text left this computer."
            if coder.kind == "rules"
            else f"A language model ({coder.model}, at {coder.endpoint}) proposed the codings."
        )
        refused = sum(len(r.coding.refused) for r in self.reviews)
        lines = [
            who,
            "Each quote was then located by program in the text of its page, character for character after a fixed list of normalisations; "
            f"{_count(refused, 'quote was', 'quotes were')} refused and {'is' if refused == 1 else 'are'} not evidence of anything here.",
            "A theme counts once a review. A practice theme counts only where the review finds a shortcoming; good practice does not count. "
            "“Not found” means that the coder found nothing; it does not mean that it did not happen.",
            "All counts are computed from the codings. People decide each cell before the paper is signed off.",
            f"Codebook version {coder.codebook_version} (SHA-256 {coder.codebook_sha256[:12]}); program version {coder.version}"
            + (f"; prompts {coder.prompts_sha256[:12]}." if coder.prompts_sha256 else "."),
        ]
        return Part(
            id="method", level=1, title=f"{number}. Method and use of AI",
            paragraphs=tuple(Paragraph(sentences=(self._say(line, ()),)) for line in lines),
        )  # fmt: skip

    def _not_read(self, number: int = 2) -> Part:
        missing = [d for d in self.files if d.status not in ("coded", "pending")]
        waiting = [d for d in self.files if d.status == "pending"]
        lead = f"{self.facts.reviews} of {_count(self.facts.files, 'file', 'files')} in the inbox {'was' if self.facts.reviews == 1 else 'were'} coded."
        if not missing and not waiting:
            lead += " Nothing was left out."
        bullets = [Paragraph(style="bullet", sentences=(self._say(f"{d.file} ({d.status.replace('_', ' ')}): {d.reason}", (d.id,)),)) for d in missing]
        bullets += [Paragraph(style="bullet", sentences=(self._say(f"{d.file}: not yet coded.", (d.id,)),)) for d in waiting]
        return Part(id="not_read", level=1, title=f"{number}. What was not read", paragraphs=(Paragraph(sentences=(self._say(lead, ()),)), *bullets))

    # appendices

    def _row(self, review: Coded) -> CaseRow:
        case = review.coding.case
        return CaseRow(
            document_id=review.document.id, file=review.document.file, label=self.labels[review.document.id],
            gender="; ".join(GENDERS[c.gender] for c in case.children) or "Not stated",
            age="; ".join(c.age or "Not stated" for c in case.children) or "Not stated", context=CONTEXTS[case.context],
            findings=len(review.coding.findings), recommendations=len(review.coding.recommendations),
            themes={c.id: self._cell(review.theme(c.id)) for c in self.codebook.codes}, particular=self._particular(review),
        )  # fmt: skip

    def _cell(self, cell: ThemeCoding | None) -> str:
        if cell is None:
            return _CELLS["not_mentioned"]
        if cell.value == "present" and self._recommendation_only(cell):
            return "Yes (R)" if self.paper.count_recommendation_only else "R only, not counted"
        return _CELLS[cell.value]

    def _particular(self, review: Coded) -> str:
        """The first finding short enough to print whole, else the first quote of a headline theme."""
        for item in review.coding.findings:
            if len(item.text.split()) <= _QUOTE_WORDS[1]:
                return f"“{item.text}” (page {item.page})"
        for theme in (*self.facts.headline, *(c.id for c in self.codebook.codes)):
            cell = review.theme(theme)
            if self._is_present(cell) and cell:
                ref = min((self._ref(review, theme, g) for g in _groups(cell.evidence)), key=_quality)
                return f"“{ref.text}” (page {ref.evidence.page})"
        return "Not found"

    def _appendix(self) -> list[Part]:
        rows = [self._row(r) for r in self.reviews]
        family = [c for c in self.core if c.polarity == "feature"]
        practice = [c for c in self.core if c.polarity == "shortcoming"]
        details = Table(
            caption="Case details", columns=("Case", "Gender", "Age as printed", "Context", "Findings", "Recommendations"),
            rows=tuple((r.label, r.gender, r.age, r.context, str(r.findings), str(r.recommendations)) for r in rows),
        )  # fmt: skip
        tables = [details]
        for caption, codes in (("Family factors", family), ("Practice themes", practice)):
            for at in range(0, len(codes), 7):
                some = codes[at : at + 7]
                tables.append(
                    Table(
                        caption=caption if at == 0 else f"{caption} (continued)", columns=("Case", *(c.label for c in some)),
                        rows=tuple((r.label, *(r.themes[c.id] for c in some)) for r in rows),
                    )
                )  # fmt: skip
        tables.append(Table(caption="Particular finding of each review", columns=("Case", "Particular finding"), rows=tuple((r.label, r.particular) for r in rows)))
        return [Part(id="appendix_1", level=1, title="Appendix 1: the reviews and the themes", tables=tuple(tables))]

    def _key(self) -> Part:
        lines = [
            "Yes: found in this review, with at least one quote on a page of it.",
            "Yes (R): found in this review’s recommendations only.",
            "Said not to be: the review says expressly that it was not so.",
            "Unclear: a person must read the passage.",
            "Not found: nothing was found. It does not mean no.",
        ]
        return Part(id="key", level=1, title="Key", paragraphs=tuple(Paragraph(style="bullet", sentences=(self._say(line, ()),)) for line in lines))

    def _all_evidence(self) -> tuple[EvidenceRef, ...]:
        return tuple(
            self._ref(review, code.id, group)
            for code in self.codebook.codes
            for review in self._with(code.id)
            if (cell := review.theme(code.id))
            for group in _groups(cell.evidence)
        )


def _groups(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Evidence that goes on over a page belongs to the entry before it."""
    groups: list[list[Evidence]] = []
    for each in evidence:
        if "continued" in each.flags and groups:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _quality(ref: EvidenceRef) -> tuple[int, int, int, int]:
    """Best first: not from a recommendation, of good length, early in the document."""
    words = len(ref.text.split())
    return (int("recommendation" in ref.evidence.flags), int(not _QUOTE_WORDS[0] <= words <= _QUOTE_WORDS[1]), ref.evidence.page, ref.evidence.start)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _also_unstated(fact: str, number: int) -> str:
    return f"; {fact} is not stated for {number}" if number else ""


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _join(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + f" and {parts[-1]}" if len(parts) > 1 else "".join(parts)
