"""The paper, part by part."""

import re
from collections import Counter
from collections.abc import Sequence

from scr_llm.records import Briefing, Code, EvidenceRef, Figure, Paragraph, Part, Sentence, Table, ThemeCount
from scr_llm.stages.synthesise.annex import annex
from scr_llm.stages.synthesise.caution import caution_part, cautions
from scr_llm.stages.synthesise.change import Change
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import also_unstated, count, join, lower
from scr_llm.stages.synthesise.quotes import Used, choose, groups, reference
from scr_llm.stages.synthesise.recommended import recommended
from scr_llm.stages.synthesise.register import register
from scr_llm.stages.synthesise.tables import Matrix
from scr_llm.text.words import AGES, CONTEXTS, GENDERS, in_words


class Writer:
    """Writes the paper of one count."""

    def __init__(self, counted: ThemeTally) -> None:
        self.counted, self.matrix = counted, Matrix(counted)
        self.reviews, self.files, self.paper, self.facts = counted.reviews, counted.files, counted.paper, counted.facts
        self.ids = tuple(r.document.id for r in counted.reviews)
        self.register = register(counted)
        self.used: Used = set()

    def briefing(self) -> Briefing:
        """All parts."""
        status = self.paper.status
        if not self.paper.signed:
            status += f" – {self.facts.cells_decided} of {self.facts.cells} cells decided by a person"
        parts = [self._purpose(), self._not_read()] if not self.reviews else self._parts()
        coders = {r.coding.coder.model_dump_json(): r.coding.coder for r in self.reviews}
        return Briefing(
            title=self.paper.title,
            status="signed_off" if self.paper.signed else "draft",
            status_line=status,
            marking=self.paper.marking,
            version=self.paper.version,
            organisation=self.paper.organisation,
            coders=tuple(coders.values()),
            facts=self.facts,
            cases=self.matrix.rows,
            parts=tuple(parts),
            evidence=self._all_evidence(),
            recommended=self.register,
        )

    def _parts(self) -> list[Part]:
        parts = [self._purpose(), self._cases(), self._analysis()]
        number = 4
        for theme in self.facts.headline:
            parts += self._theme(self.counted.codes[theme], number)
            number += 1
        following = [
            self._others,
            self._good_practice,
            lambda n: [recommended(self.counted, self.register, n)],
            Change(self.counted, self.register).part,
        ]
        following += [lambda n: [self._conclusion(n)], lambda n: [self._method(n)], lambda n: [self._not_read(n)]]
        for write in following:
            written = write(number)
            parts += written
            number += bool(written)
        parts += [*self.matrix.appendix(), *annex(self.counted)]
        parts = [*parts, self._key(parts)]
        return parts if self.paper.signed else [*parts, *caution_part(cautions(self.reviews, parts), self.ids)]

    def _say(self, text: str, documents: Sequence[str] | None = None, theme: str = "") -> Sentence:
        return Sentence(
            text=text,
            documents=tuple(self.ids if documents is None else documents),
            ref=f"evidence.{theme}" if theme else "",
        )

    def _purpose(self) -> Part:
        n = self.facts.reviews
        if not n:
            nothing = self._say("No review has been coded yet, so there is nothing to draw together.", ())
            return Part(id="purpose", level=1, title="1. Purpose", paragraphs=(Paragraph(sentences=(nothing,)),))
        text = (
            f"This paper draws together the learning from {count(n, 'Serious Case Review', 'Serious Case Reviews')}. "
            "It sets out what they have in common, so that partners can decide what to look at in their own practice."
        )
        paragraphs = (Paragraph(sentences=(self._say(text),)), *self._draft_note())
        return Part(id="purpose", level=1, title="1. Purpose", paragraphs=paragraphs)

    def _draft_note(self) -> tuple[Paragraph, ...]:
        """How far a draft's counts may be trusted; nothing in a paper that is written to be signed."""
        if self.paper.signed:
            return ()
        waiting = self.facts.cells - self.facts.cells_decided
        if waiting:
            note = (
                f"This is a draft. Every count below is a proposal until a person has decided each of the {self.facts.cells} cells of the matrix; "
                f"{waiting} {'is' if waiting == 1 else 'are'} still to be decided."
            )
        else:
            note = f"This is a draft. A person has decided each of the {self.facts.cells} cells of the matrix; the paper has not been signed off."
        return (Paragraph(style="note", sentences=(self._say(note),)),)

    def _cases(self) -> Part:
        children = [child for r in self.reviews for child in r.coding.case.children]
        stated = Counter(c.gender for c in children if c.gender != "not stated")
        unknown = len(children) - stated.total()
        genders = ", ".join(
            f"{stated[g]} of the {stated.total()} where it is stated {'was' if stated[g] == 1 else 'were'} {GENDERS[g].lower()}"
            for g in ("F", "M", "other")
            if stated[g]
        )
        lines = [
            f"The {count(self.facts.reviews, 'review concerns', 'reviews concern')} {count(self.facts.children, 'child', 'children')}."
        ]
        gender = (
            f"{genders[:1].upper()}{genders[1:]}{also_unstated('gender', unknown)}."
            if genders
            else "Gender is not stated for any of them."
        )
        bands = Counter(c.age_band for c in children)
        ages = join(
            [
                f"{bands[b]} {'was' if bands[b] == 1 else 'were'} {label}"
                for b, label in AGES.items()
                if bands[b] and b != "not stated"
            ]
        )
        age = f"By age, {ages}{also_unstated('age', bands['not stated'])}." if ages else "No age is stated."
        contexts = Counter(r.coding.case.context for r in self.reviews)
        listed = join(
            [f"{CONTEXTS[c].lower()} ({n})" for c, n in sorted(contexts.items(), key=lambda x: (-x[1], x[0]))]
        )
        factors = [
            self.counted.counts[c.id]
            for c in self.counted.core
            if c.polarity == "feature" and self.counted.counts[c.id].present
        ]
        common = join([f"{lower(t.label)} in {t.present} of {t.of}" for t in sorted(factors, key=lambda t: -t.present)])
        sentences = [self._say(lines[0]), self._say(gender), self._say(age)]
        paragraphs = [
            Paragraph(sentences=tuple(sentences)),
            Paragraph(sentences=(self._say(f"The reviews were held because of: {listed}."),)),
        ]
        if common:
            ids = tuple(dict.fromkeys(d for t in factors for d in t.documents))
            paragraphs.append(
                Paragraph(sentences=(self._say(f"Among the family factors, the reviews report {common}.", ids),))
            )
        return Part(id="cases", level=1, title="2. The cases", paragraphs=tuple(paragraphs))

    def _analysis(self) -> Part:
        f = self.facts
        first = (
            f"The reviews contain {count(f.findings, 'finding or learning point', 'findings and learning points')} and "
            f"{count(f.recommendations, 'recommendation', 'recommendations')}, counted as each document numbers or lists them."
        )
        heads = [self.counted.counts[t] for t in f.headline]
        second = (
            "Read theme by theme, they point most often to "
            + join([f"{lower(t.label)} ({t.present} of {t.of})" for t in heads])
            + "."
            if heads
            else "No practice theme recurs often enough to lead the paper."
        )
        third = "These are illustrated below; Appendix 1 shows every review against every core theme."
        rows = tuple(
            (t.label, f"{t.present} of {t.of}", f"{t.recommendation_only}", f"{t.decided} of {t.of}")
            for t in f.themes
            if t.present
        )
        tables = (
            Table(
                caption="Themes by number of reviews",
                columns=("Theme", "Found in", "Of these, from recommendations only", "Decided by a person"),
                rows=rows,
                landscape=False,
            ),
        )
        return Part(
            id="analysis",
            level=1,
            title="3. Analysis of common themes",
            paragraphs=(Paragraph(sentences=(self._say(first), self._say(second), self._say(third, ()))),),
            figure=self._figure() if rows else None,
            tables=tables if rows else (),
        )

    def _figure(self) -> Figure:
        told = sorted((self.counted.counts[c.id] for c in self.counted.core), key=lambda t: -t.present)
        return Figure(
            title="Reviews in which each main theme was found",
            bars=tuple((t.label, t.present) for t in told),
            of=self.facts.reviews,
        )

    def _others(self, number: int) -> list[Part]:
        """The themes without a section of their own, a sentence and a quote each."""
        rest = [t for t in self.facts.themes if t.present and t.theme not in self.facts.headline]
        if not rest:
            return []
        paragraphs: list[Paragraph] = []
        for nth, t in enumerate(sorted((t for t in rest if t.present > 1), key=lambda t: -t.present)):
            paragraphs.append(Paragraph(sentences=(self._say(_found(t, nth), t.documents, t.theme),)))
            paragraphs += _printed(choose(self.counted, t.theme, self.counted.having(t.theme), 1, self.used))
        once = [t for t in rest if t.present == 1]
        if once:
            text = f"Found in 1 of the {self.facts.reviews} reviews {'each' if len(once) > 1 else 'only'}: {join([lower(t.label) for t in once])}."
            paragraphs.append(
                Paragraph(sentences=(self._say(text, tuple(dict.fromkeys(d for t in once for d in t.documents))),))
            )
        return [Part(id="others", level=1, title=f"{number}. Other themes in short", paragraphs=tuple(paragraphs))]

    def _good_practice(self, number: int) -> list[Part]:
        """What the reviews praise: never counted, and worth printing."""
        found = [
            (review, code, group)
            for review in self.reviews
            for code in self.counted.codebook.codes
            if (cell := review.theme(code.id))
            for group in groups(cell.evidence)
            if "good_practice" in group[0].flags
        ]
        if not found:
            return []
        ids = tuple(dict.fromkeys(review.document.id for review, _, _ in found))
        first: dict[str, EvidenceRef] = {}
        for review, code, group in found:
            first.setdefault(review.document.id, reference(self.counted, review, code.id, group))
        labels = join(sorted({lower(code.label) for _, code, _ in found}, key=str.lower)[:6])
        lead = f"{len(ids)} of the {self.facts.reviews} reviews also praise practice, on the subjects of {labels}. Praise is not counted as a failing."
        printed = sorted(first.values(), key=lambda r: len(r.text))[: self.paper.quotes_per_theme]
        return [
            Part(
                id="good_practice",
                level=1,
                title=f"{number}. Good practice",
                paragraphs=(Paragraph(sentences=(self._say(lead, ids),)), *_printed(printed)),
            )
        ]

    def _theme(self, code: Code, number: int) -> list[Part]:
        count = self.counted.counts[code.id]
        lead = f"This area of concern was found in {count.present} of the {count.of} reviews"
        lead += f", {count.recommendation_only} of them from recommendations only" if count.recommendation_only else ""
        lead += f", {count.inferred} of them by inference" if self.paper.tell_inferred and count.inferred else ""
        lead += "."
        paragraphs = [Paragraph(sentences=(self._say(lead, count.documents, code.id),))]
        used = self.used
        subs: list[Part] = []
        for nth, sub in enumerate(code.sub_codes, 1):
            found = [
                r for r in self.counted.having(code.id) if (cell := r.theme(code.id)) and sub.id in cell.sub_themes
            ]
            if not found:
                continue
            line = f"{sub.label} was raised in {len(found)} of the {count.of} reviews."
            quotes = _printed(choose(self.counted, code.id, found, 2, used, (*sub.wordings, *sub.subjects)))
            ids = tuple(r.document.id for r in found)
            subs.append(
                Part(
                    id=f"theme.{sub.id}",
                    level=2,
                    title=f"{number}.{nth} {sub.label}",
                    paragraphs=(Paragraph(sentences=(self._say(line, ids, code.id),)), *quotes),
                )
            )
        if not subs:
            paragraphs += _printed(
                choose(self.counted, code.id, self.counted.having(code.id), self.paper.quotes_per_theme, used)
            )
        return [
            Part(id=f"theme.{code.id}", level=1, title=f"{number}. {code.label}", paragraphs=tuple(paragraphs)),
            *subs,
        ]

    def _conclusion(self, number: int) -> Part:
        intro = "On this evidence, partners are asked to review their own arrangements in these areas:"
        bullets = [
            Paragraph(
                style="bullet",
                sentences=(
                    self._say(
                        f"{self.counted.codes[t].question or self.counted.codes[t].label} ({self.counted.counts[t].present} of {self.counted.counts[t].of} reviews).",
                        self.counted.counts[t].documents,
                        t,
                    ),
                ),
            )
            for t in self.facts.headline
        ]
        return Part(
            id="conclusion",
            level=1,
            title=f"{number}. Conclusion",
            paragraphs=(Paragraph(sentences=(self._say(intro),)), *bullets),
        )

    def _method(self, number: int) -> Part:
        coder = self.reviews[0].coding.coder
        who = (
            "The embedded coder (weights learned from made-up passages, and rules) proposed the codings; no language model was used and no text left this computer."
            if coder.kind == "rules"
            else f"A language model ({coder.model}, at {coder.endpoint}) proposed the codings."
        )
        refused = sum(len(r.coding.refused) for r in self.reviews)
        lines = [
            who,
            "Each quote was then located by program in the text of its page, character for character after a fixed list of normalisations; "
            f"{count(refused, 'quote was', 'quotes were')} refused and {'is' if refused == 1 else 'are'} not evidence of anything here.",
            "A theme counts once a review. A practice theme counts only where the review finds a shortcoming; good practice does not count. "
            f"“Not found” means that {'nothing was found on reading' if self.paper.signed else 'the coder found nothing'}; it does not mean that it did not happen.",
            "All counts are computed from the codings. "
            + (
                "People decided each cell before the paper was signed off."
                if self.paper.signed
                else "People decide each cell before the paper is signed off."
            ),
            *self._rulings(),
            *([self.paper.record] if self.paper.record else []),
            f"Codebook version {coder.codebook_version} (SHA-256 {coder.codebook_sha256[:12]}); program version {coder.version}"
            + (f"; prompts {coder.prompts_sha256[:12]}" if coder.prompts_sha256 else "")
            + (
                f"; weights {coder.strategy.removeprefix('learned ')}"
                if coder.kind == "rules" and coder.strategy
                else ""
            )
            + ".",
        ]
        return Part(
            id="method",
            level=1,
            title=f"{number}. Method and use of AI",
            paragraphs=tuple(Paragraph(sentences=(self._say(line, ()),)) for line in lines),
        )

    def _rulings(self) -> list[str]:
        """Which files are counted, or left out, because a person said so."""
        did = {"include": "is counted, although it was taken for something else,", "exclude": "is left out"}
        ruled = [
            (d, d.ruling)
            for d in self.files
            if d.ruling and (d.ruling.overrules if d.status == "coded" else d.ruling.act == "exclude")
        ]
        return [f"{d.file} {did[r.act]} because a person decided so on {r.at[:10]}: “{r.reason}”." for d, r in ruled]

    def _not_read(self, number: int = 2) -> Part:
        missing = [d for d in self.files if d.status not in ("coded", "pending")]
        waiting = [d for d in self.files if d.status == "pending"]
        lead = f"{self.facts.reviews} of {count(self.facts.files, 'file', 'files')} in the inbox {'was' if self.facts.reviews == 1 else 'were'} coded."
        if not missing and not waiting:
            lead += " Nothing was left out."
        bullets = [
            Paragraph(style="bullet", sentences=(self._say(f"{d.file} ({in_words(d.status)}): {d.reason}", (d.id,)),))
            for d in missing
        ]
        bullets += [
            Paragraph(style="bullet", sentences=(self._say(f"{d.file}: not yet coded.", (d.id,)),)) for d in waiting
        ]
        flagged = [(r, note) for r in self.reviews for note in r.document.notes]
        bullets += [
            Paragraph(
                style="bullet",
                sentences=(
                    self._say(
                        f"{self.counted.labels[r.document.id]}, page {note.page}, flagged: {'; '.join(note.reasons)}.",
                        (r.document.id,),
                    ),
                ),
            )
            for r, note in flagged
        ]
        return Part(
            id="not_read",
            level=1,
            title=f"{number}. What was not read",
            paragraphs=(Paragraph(sentences=(self._say(lead, ()),)), *bullets),
            tables=(self.matrix.pages(),) if self.reviews else (),
        )

    def _key(self, parts: Sequence[Part]) -> Part:
        lines = [
            "Yes: found in this review, with at least one quote on a page of it.",
            "Yes (R): found in this review’s recommendations only.",
            "Ruled out: the review says expressly that it was not so.",
            "Unclear: the review can be read either way."
            if self.paper.signed
            else "Unclear: a person must read the passage.",
            "Not found: nothing was found. It does not mean no.",
        ]
        printed = "\n".join(part.model_dump_json() for part in parts)
        known = self.counted.codebook.abbreviations
        lines += [
            f"{short}: {known[short]}." for short in sorted(known) if re.search(rf"\b{re.escape(short)}s?\b", printed)
        ]
        paragraphs = tuple(Paragraph(style="bullet", sentences=(self._say(line, ()),)) for line in lines)
        return Part(id="key", level=1, title="Key and abbreviations", paragraphs=paragraphs)

    def _all_evidence(self) -> tuple[EvidenceRef, ...]:
        return tuple(
            reference(self.counted, review, code.id, group)
            for code in self.counted.codebook.codes
            for review in self.counted.having(code.id)
            if (cell := review.theme(code.id))
            for group in groups(cell.evidence)
        )


def _found(count: ThemeCount, nth: int) -> str:
    """A theme's count in a sentence; the wording goes round so that a page of them can be read."""
    of = f"{count.present} of the {count.of} reviews"
    alone = f" ({count.recommendation_only} of them from recommendations only)" if count.recommendation_only else ""
    forms = (
        f"{count.label} was found in {of}{alone}.",
        f"In {of}{alone}, something was found on {lower(count.label)}.",
        f"{of} {'speaks' if count.present == 1 else 'speak'} of {lower(count.label)}{alone}.",
        f"For {lower(count.label)} the number is {of}{alone}.",
    )
    return forms[nth % len(forms)]


def _printed(quotes: Sequence[EvidenceRef]) -> list[Paragraph]:
    return [Paragraph(style="quote", quote=ref) for ref in quotes]
