"""A simple classifier that learns from people's decisions. Off until it beats the embedded coder, theme by theme.

Words and word pairs weighted by TF-IDF, with logistic regression, one model per theme (scikit-learn). On classes with
a few dozen examples such models have done as well as language models. Above all they learn this board's own phrases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scr_llm.errors import MissingExtraError
from scr_llm.records import Codebook, CoderIdentity, DraftCoding, DraftQuote, DraftTheme, Reading
from scr_llm.stages.code.embedded import EmbeddedCoder
from scr_llm.stages.code.passage import may_be_evidence, strength_of
from scr_llm.text.flow import Flow, sentences
from scr_llm.text.words import in_words

LEAST_DOCUMENTS, LEAST_PRESENT = 8, 4
"""Documents with a decision on a theme, and those of them in which it is present, that a trial needs at least."""
MARGIN = 0.02
"""How far its F1 must exceed that of the embedded coder, in cross-validation over documents, to be used."""
MOST_QUOTES = 6
"""Quotes of a theme, at most: the likeliest."""


@dataclass(frozen=True)
class Decided:
    """One cell (document and theme) as people decided it."""

    reading: Reading
    """The document."""
    theme: str
    """Code id."""
    present: bool
    """What was decided."""
    passages: tuple[tuple[int, int, int], ...]
    """Where the evidence is: page, start, end."""
    by_rules: bool
    """Whether the embedded coder found the theme present."""


@dataclass(frozen=True)
class Trial:
    """One theme in cross-validation: each document is coded by a model that learned from the others."""

    theme: str
    """Code id."""
    documents: int
    """Documents with a decision."""
    rules_f1: float
    """F1 of the embedded coder against the decisions."""
    learned_f1: float
    """F1 of the learned model against the decisions."""
    threshold: float
    """Probability from which a sentence counts, chosen within the training documents."""

    @property
    def better(self) -> bool:
        """Whether the learned model is to be used."""
        return self.learned_f1 >= self.rules_f1 + MARGIN


def trials(decided: Sequence[Decided]) -> list[Trial]:
    """Cross-validate each theme that has enough decisions.

    Raises:
        MissingExtraError: scikit-learn is not installed.
    """
    themes = dict.fromkeys(d.theme for d in decided)
    return [_trial(cells) for theme in themes if _enough(cells := [d for d in decided if d.theme == theme])]


def _enough(cells: Sequence[Decided]) -> bool:
    present = sum(d.present for d in cells)
    return len(cells) >= LEAST_DOCUMENTS and LEAST_PRESENT <= present < len(cells)


def _trial(cells: Sequence[Decided]) -> Trial:
    """One theme, leaving each document out in turn, both for the model and for the choice of its threshold."""
    scores = [_score(_fit([c for c in cells if c is not cell]), cell.reading) for cell in cells]
    learned, thresholds = [], []
    for n, cell in enumerate(cells):
        others = [(s, c.present) for m, (s, c) in enumerate(zip(scores, cells, strict=True)) if m != n]
        threshold = max((s for s, _ in others), key=lambda t: (_f1([(p, s >= t) for s, p in others]), t))
        thresholds.append(threshold)
        learned.append((cell.present, scores[n] >= threshold))
    return Trial(
        theme=cells[0].theme,
        documents=len(cells),
        rules_f1=_f1([(c.present, c.by_rules) for c in cells]),
        learned_f1=_f1(learned),
        threshold=sorted(thresholds)[len(thresholds) // 2],
    )


class LearnedCoder:
    """The embedded coder, with models learned from a project's own decisions for the themes they are better at."""

    def __init__(self, identity: CoderIdentity, decided: Sequence[Decided], better: Sequence[Trial]) -> None:
        self._embedded = EmbeddedCoder(identity)
        themes = ", ".join(sorted(t.theme for t in better)) or "nothing"
        self._identity = identity.model_copy(update={"strategy": f"learned: {themes}"})
        self._models = {t.theme: (_fit([d for d in decided if d.theme == t.theme]), t.threshold) for t in better}

    @property
    def identity(self) -> CoderIdentity:
        """The coder, as recorded with the coding."""
        return self._identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding."""
        draft = self._embedded.code(reading, codebook)
        themes = tuple(self._theme(t, reading) if t.theme in self._models else t for t in draft.themes)
        return draft.model_copy(update={"coder": self._identity, "themes": themes})

    def _theme(self, held: DraftTheme, reading: Reading) -> DraftTheme:
        """One theme by its learned model, given what the embedded coder found."""
        model, threshold = self._models[held.theme]
        shown = _shown(reading)
        hits = [(p, s) for p, s in zip(_chances(model, [s.text for s in shown]), shown, strict=True) if p >= threshold]
        if not hits:
            return _not_found(held)
        likeliest = sorted(hits, key=lambda h: -h[0])[:MOST_QUOTES]
        quotes = tuple(
            DraftQuote(text=s.raw, page=s.page, strength=strength_of(p))
            for p, s in sorted(likeliest, key=lambda h: h[1].start)
        )
        doubts = held.doubts
        if held.value != "present":
            doubts += (f"coders differ: the learned model says present, the embedded coder {in_words(held.value)}",)
        return held.model_copy(
            update={
                "value": "present",
                "quotes": quotes,
                "why": f"like passages that people decided on (probability {likeliest[0][0]:.2f})",
                "doubts": doubts,
            }
        )


def _not_found(held: DraftTheme) -> DraftTheme:
    """A theme that its learned model does not find; what the embedded coder says of it stays where that agrees."""
    if held.value != "present":
        return held
    doubt = "coders differ: the learned model says not found, the embedded coder present"
    return DraftTheme(theme=held.theme, value="not_mentioned", doubts=(doubt,))


def _shown(reading: Reading) -> list[Any]:
    return [s for s in sentences(Flow.of(reading)) if may_be_evidence(s)]


def _fit(cells: Sequence[Decided]) -> Any:
    """A model of one theme's sentences; None where all are of one kind."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise MissingExtraError("learning needs scikit-learn", "learn") from error
    labelled = [example for cell in cells for example in _labelled(cell)]
    labels = [label for _, label in labelled]
    if len(set(labels)) < 2:
        return None
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1),
        LogisticRegression(C=10, class_weight="balanced", max_iter=500, random_state=0),
    )
    return model.fit([text for text, _ in labelled], labels)


def _labelled(cell: Decided) -> Iterator[tuple[str, bool]]:
    """Each sentence of a document, and whether people marked any of it as evidence."""
    flow = Flow.of(cell.reading)
    passages = cell.passages if cell.present else ()
    marked = [(flow.at(page, start), flow.at(page, end)) for page, start, end in passages]
    for s in _shown(cell.reading):
        yield s.text, any(start < s.end and s.start < end for start, end in marked)


def _chances(model: Any, texts: Sequence[str]) -> list[float]:
    if model is None or not texts:
        return [0.0] * len(texts)
    return [float(p) for p in model.predict_proba(list(texts))[:, 1]]


def _score(model: Any, reading: Reading) -> float:
    """A document's score: the probability of its likeliest sentence."""
    return max(_chances(model, [s.text for s in _shown(reading)]), default=0.0)


def _f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    total = sum(a + b for a, b in pairs)
    return 2 * sum(a and b for a, b in pairs) / total if total else 1.0


def decided_cells(
    readings: Mapping[str, Reading],
    cells: Mapping[tuple[str, str], tuple[bool, tuple[tuple[int, int, int], ...]]],
    rules: Mapping[tuple[str, str], bool],
) -> list[Decided]:
    """Cells (document id, theme) with decision, passages and what the embedded coder found, in a fixed order."""
    return [
        Decided(readings[i], theme, present, passages, rules.get((i, theme), False))
        for (i, theme), (present, passages) in sorted(cells.items())
        if i in readings
    ]
