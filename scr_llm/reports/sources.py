"""What a project coded, with the place of every quote in its file, for the formats that other programs open."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import TimeoutError as OutOfTime
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from pebble import ProcessExpired, ProcessPool

from scr_llm.audit import source_fault
from scr_llm.codebook import load_codebook
from scr_llm.errors import ScrError
from scr_llm.files import read_file
from scr_llm.intake.inbox import present_documents
from scr_llm.project import Project
from scr_llm.records import (
    CoderIdentity,
    Coding,
    Decision,
    Document,
    Evidence,
    ExportTheme,
    Item,
    Reading,
    Span,
)
from scr_llm.render.sources import OURS, Coded, Meaning, Placed, Source, Sources, key
from scr_llm.reports.export import exported
from scr_llm.reports.names import without
from scr_llm.stages.decisions import current, decided_by_document, standings
from scr_llm.stages.read.apart import pool_within
from scr_llm.stages.read.places import Places, places
from scr_llm.store import Store
from scr_llm.text.file_names import safe_file_name
from scr_llm.text.names import names_pattern
from scr_llm.text.words import STATUSES

SECONDS = 120.0
"""Time limit for finding the quotes of one file."""
MASK = "█"
"""Stands in a text for each letter of a name that is left out."""
_QUOTED = ("present", "explicitly_absent")
"""Values that rest on quotes."""


def sources(project: Project) -> Sources:
    """Everything coded in a project. Names that the project leaves out are left out.

    A review in which such a name stands goes out as text only, since a name cannot be taken out of a PDF.
    """
    names = project.settings.briefing.leave_out
    with Store(project.database) as store:
        documents, decisions = present_documents(store), store.decisions()
        coded = {d.id: (d, c, r) for d in documents if (c := _coding(store, d)) and (r := store.reading(d.id))}
    decided = decided_by_document(decisions)
    with own_process(project) as pool:
        made = [_Source(project, *each, decided.get(i, {})).made(pool) for i, each in coded.items()]
    return Sources(
        name=_masked(project.settings.name, names),
        organisation=_masked(project.settings.organisation, names),
        codebook=without(load_codebook(project.codebook_path), names),
        sources=tuple(made),
        not_coded=tuple(
            _masked(f"{d.file} ({STATUSES[d.status]}): {d.reason or 'it waits for the next run'}", names)
            for d in documents
            if d.id not in coded
        ),
        rejected=sum(_rejected(c, decided.get(i, {})) for i, (_, c, _) in coded.items()),
        open_cells=sum(
            _is_open(t.theme, t.value, decided.get(i, {})) for i, (_, c, _) in coded.items() for t in c.themes
        ),
        blind=sum(len(s.blind) for (i, _), s in standings(decisions).items() if i in coded),
    )


def _coding(store: Store, document: Document) -> Coding | None:
    return store.coding(document.id) if document.status == "coded" else None


def _is_open(theme: str, value: str, decided: Mapping[str, Decision]) -> bool:
    return theme not in decided and value not in _QUOTED


def _rejected(coding: Coding, decided: Mapping[str, Decision]) -> int:
    """How many proposals of a coding a person rejected: themes, findings and recommendations."""
    proposed = [(t.theme, t.value) for t in coding.themes if t.value in _QUOTED]
    proposed += [(item.id, "present") for item in (*coding.findings, *coding.recommendations)]
    return sum((d := decided.get(what)) is not None and d.value != value for what, value in proposed)


def _masked(text: str, names: Sequence[str]) -> str:
    pattern = names_pattern(names)
    return pattern.sub(lambda found: MASK * len(found[0]), text) if pattern else text


class _Source:
    """One review on its way out."""

    def __init__(
        self,
        project: Project,
        document: Document,
        coding: Coding,
        reading: Reading,
        decided: Mapping[str, Decision],
    ) -> None:
        self._names = project.settings.briefing.leave_out
        self._document, self._reading, self._decided = document, reading, decided
        self._path = project.inbox / document.file
        self._coding = coding
        now = current(coding, decided)
        self._out = without(exported(document, now, decided), self._names)
        self._no_pdf = self._why_no_pdf() or source_fault(project, document) or ""

    def made(self, pool: ProcessPool) -> Source:
        coded = self._themes() + self._items("finding") + self._items("recommendation")
        words = [part.words for each in coded for quote in each.quotes for part in quote]
        placed = Places()
        if not self._no_pdf:
            placed = self._places(pool, words)
        boxes = dict(zip(map(key, words), placed.boxes, strict=True)) if placed.boxes else {}
        document = self._document
        return Source(
            id=document.id,
            file=self._out.file,
            stem=safe_file_name(self._out.file).removesuffix(".pdf"),
            label=self._out.label,
            sha256=document.sha256,
            taken_in=document.taken_in,
            facts=without(self._reading.file, self._names),
            case=self._out.case,
            pages=tuple(p.model_copy(update={"text": _masked(p.text, self._names)}) for p in self._reading.pages),
            origins=placed.origins,
            coder=coder_name(self._coding.coder),
            coded=tuple(_with_boxes(each, boxes) for each in coded),
            pdf=None if self._no_pdf else partial(read_file, self._path),
            no_pdf=self._no_pdf,
        )

    def _why_no_pdf(self) -> str:
        """Whether a name that is left out stands in the file: in its text, its properties or its name."""
        pattern = names_pattern(self._names)
        facts = self._reading.file
        texts = [p.text for p in self._reading.pages] + [self._document.file, *facts.outline]
        texts += [text or "" for text in (facts.title, facts.author, facts.producer)]
        if pattern and any(map(pattern.search, texts)):
            return "a name that the project leaves out stands in it."
        return ""

    def _places(self, pool: ProcessPool, words: Sequence[Evidence]) -> Places:
        """Where the quotes are printed; nowhere where the file cannot be opened within limits."""
        texts = tuple(page.text for page in self._reading.pages)
        spans = tuple(Span(page=w.page, start=w.start, end=w.end) for w in words)
        arguments = (self._path, self._document.sha256, texts, spans)
        try:
            found: Places = pool.schedule(places, args=arguments, timeout=SECONDS).result()
            return found
        except (OutOfTime, ProcessExpired, OSError, ScrError):
            return Places()

    def _themes(self) -> list[Coded]:
        """What is coded of each theme. A proposal that nobody decided is out only where it rests on quotes."""
        proposals = {t.theme: t for t in self._coding.themes}
        found = []
        for theme, cell in self._out.themes.items():
            if cell.decision is None and cell.value not in _QUOTED:
                continue
            kept = frozenset(map(key, cell.evidence))
            proposed = proposals[theme]
            same = proposed.value == cell.value
            found += self._cell(theme, cell, kept & frozenset(map(key, proposed.evidence)) if same else frozenset())
        return found

    def _cell(self, theme: str, cell: ExportTheme, proposed: frozenset[tuple[int, int, int]]) -> list[Coded]:
        """A cell; with praise on its subject, which does not show the theme, apart from it."""
        praise = [e for e in cell.evidence if "good_practice" in e.flags]
        shows = [e for e in cell.evidence if "good_practice" not in e.flags]
        made = [
            Coded(
                code=theme,
                meaning=cell.value,
                quotes=_quotes(shows),
                sub_themes=cell.sub_themes,
                decision=cell.decision,
                proposed=proposed,
            )
        ]
        if praise:
            meaning: Meaning = "good_practice"
            quotes = _quotes(praise)
            made.append(Coded(code=theme, meaning=meaning, quotes=quotes, decision=cell.decision, proposed=proposed))
        return made

    def _items(self, kind: Meaning) -> list[Coded]:
        items: Sequence[Item] = self._out.findings if kind == "finding" else self._out.recommendations
        before = (*self._coding.findings, *self._coding.recommendations)
        places_of = {item.id: frozenset(map(key, item.evidence)) for item in before}
        return [
            Coded(
                code="",
                meaning=kind,
                quotes=_quotes(item.evidence),
                decision=without(d, self._names) if (d := self._decided.get(item.id)) else None,
                proposed=places_of.get(item.id, frozenset()) & frozenset(map(key, item.evidence)),
            )
            for item in items
        ]


def _quotes(evidence: Sequence[Evidence]) -> tuple[tuple[Placed, ...], ...]:
    """Evidence in quotes: what continues the evidence before it belongs to the same quote."""
    found: list[list[Placed]] = []
    for each in evidence:
        if found and "continued" in each.flags:
            found[-1].append(Placed(each, ()))
        else:
            found.append([Placed(each, ())])
    return tuple(map(tuple, found))


def _with_boxes(
    coded: Coded, boxes: Mapping[tuple[int, int, int], Sequence[tuple[float, float, float, float]]]
) -> Coded:
    quotes = tuple(
        tuple(Placed(part.words, tuple(boxes.get(key(part.words), ()))) for part in quote) for quote in coded.quotes
    )
    return replace(coded, quotes=quotes)


def coder_name(coder: CoderIdentity) -> str:
    """What the one who proposed is called as a user. It begins with OURS, by which an import passes it over."""
    who = "embedded coder" if coder.kind == "rules" else f"model {coder.model}"
    return f"{OURS}{who}, version {coder.version}"


@contextmanager
def own_process(project: Project) -> Iterator[ProcessPool]:
    """A process of its own in which files are opened, since they may be hostile."""
    pool = pool_within(1, project.settings.read.megabytes)
    try:
        yield pool
    finally:
        pool.stop()
        pool.join()
