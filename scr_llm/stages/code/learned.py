"""A simple classifier that learns from what people have decided. Off until it beats the rules, theme by theme.

Bag of words and word pairs, weighed by TF-IDF, with logistic regression, one for each theme (scikit-learn). On classes with a few dozen examples such
models have done as well as language models and better than one might think; above all they learn this board's own ways of saying things.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scr_llm.errors import UsageError
from scr_llm.records import Codebook, CoderIdentity, DraftCoding, DraftQuote, DraftTheme, Reading
from scr_llm.stages.code.embedded import EmbeddedCoder
from scr_llm.stages.code.passage import may_be_evidence
from scr_llm.text.flow import Flow, sentences
from scr_llm.text.words import in_words

LEAST_DOCUMENTS, LEAST_PRESENT = 8, 4
"""Documents with a decision on a theme, and among them documents in which it is present, from which on it is tried at all."""
MARGIN = 0.02
"""How far its F1 must lie above that of the rules, in cross-validation over documents, to be used."""


@dataclass(frozen=True)
class Decided:
    """One document's cell as people decided it."""

    reading: Reading
    """The document."""
    theme: str
    """Code id."""
    present: bool
    """What was decided."""
    passages: tuple[tuple[int, int, int], ...]
    """Where the evidence stands: page, start, end."""
    by_rules: bool
    """What the rules held."""


@dataclass(frozen=True)
class Trial:
    """One theme in cross-validation: each document is coded by a model that learned from the others."""

    theme: str
    """Code id."""
    documents: int
    """Documents with a decision."""
    rules_f1: float
    """F1 of the rules against the decisions."""
    learned_f1: float
    """F1 of what was learned."""
    threshold: float
    """From which probability a sentence counts, chosen within the training documents."""

    @property
    def better(self) -> bool:
        """Whether it is to be used."""
        return self.learned_f1 >= self.rules_f1 + MARGIN


def trials(decided: Sequence[Decided]) -> list[Trial]:
    """Cross-validate each theme for which there is enough.

    Raises:
        UsageError: scikit-learn is not installed.
    """
    found = []
    for theme in dict.fromkeys(d.theme for d in decided):
        cells = [d for d in decided if d.theme == theme]
        if (
            len(cells) < LEAST_DOCUMENTS
            or sum(d.present for d in cells) < LEAST_PRESENT
            or all(d.present for d in cells)
        ):
            continue
        scores = [
            _score(_fit([c for c in cells if c is not cell]), cell.reading) for cell in cells
        ]  # leave one document out
        learned, thresholds = [], []
        for n in range(len(cells)):
            others = [(s, c.present) for m, (s, c) in enumerate(zip(scores, cells, strict=True)) if m != n]
            threshold = max((s for s, _ in others), key=lambda t: (_f1([(p, s >= t) for s, p in others]), t))
            thresholds.append(threshold)
            learned.append((cells[n].present, scores[n] >= threshold))
        found.append(
            Trial(
                theme,
                len(cells),
                _f1([(c.present, c.by_rules) for c in cells]),
                _f1(learned),
                sorted(thresholds)[len(thresholds) // 2],
            )
        )
    return found


class LearnedCoder:
    """The embedded coder, with what a project's own decisions taught in its place for the themes that this is better at."""

    def __init__(self, identity: CoderIdentity, decided: Sequence[Decided], better: Sequence[Trial]) -> None:
        self._rules = EmbeddedCoder(identity)
        self._identity = identity.model_copy(
            update={"strategy": "learned: " + (", ".join(sorted(t.theme for t in better)) or "nothing")}
        )
        self._models = {t.theme: (_fit([d for d in decided if d.theme == t.theme]), t.threshold) for t in better}

    @property
    def identity(self) -> CoderIdentity:
        """Who codes."""
        return self._identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        """Propose a coding."""
        draft = self._rules.code(reading, codebook)
        themes = tuple(self._theme(t, reading) if t.theme in self._models else t for t in draft.themes)
        return draft.model_copy(update={"coder": self._identity, "themes": themes})

    def _theme(self, rules: DraftTheme, reading: Reading) -> DraftTheme:
        model, threshold = self._models[rules.theme]
        shown = _shown(reading)
        hits = [(p, s) for p, s in zip(_chances(model, [s.text for s in shown]), shown, strict=True) if p >= threshold]
        if not hits:
            return (
                rules
                if rules.value != "present"
                else DraftTheme(
                    theme=rules.theme,
                    value="not_mentioned",
                    doubts=("coders differ: what was learned says no, the rules present",),
                )
            )
        best = sorted(sorted(hits, key=lambda h: -h[0])[:6], key=lambda h: h[1].start)
        doubts = (
            ()
            if rules.value == "present"
            else (f"coders differ: what was learned says present, the rules {in_words(rules.value)}",)
        )
        quotes = tuple(DraftQuote(text=s.raw, page=s.page) for _, s in best)
        return rules.model_copy(
            update={
                "value": "present",
                "quotes": quotes,
                "why": f"like passages that people decided on ({max(p for p, _ in hits):.2f})",
                "doubts": (*rules.doubts, *doubts),
            }
        )


def _shown(reading: Reading) -> list[Any]:
    return [s for s in sentences(Flow.of(reading)) if may_be_evidence(s)]


def _fit(cells: Sequence[Decided]) -> Any:
    """A model of one theme's sentences; None where all are of one kind."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise UsageError(
            "learning needs scikit-learn, which is not installed.", next_step='Install it: pip install "scr-llm[learn]"'
        ) from error
    texts: list[str] = []
    labels: list[bool] = []
    for cell in cells:
        flow = Flow.of(cell.reading)
        marked = (
            [(flow.at(page, start), flow.at(page, end)) for page, start, end in cell.passages] if cell.present else []
        )
        for s in _shown(cell.reading):
            texts.append(s.text)
            labels.append(any(start < s.end and s.start < end for start, end in marked))
    if len(set(labels)) < 2:
        return None
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1),
        LogisticRegression(C=10, class_weight="balanced", max_iter=500, random_state=0),
    )
    return model.fit(texts, labels)


def _chances(model: Any, texts: Sequence[str]) -> list[float]:
    return (
        [0.0] * len(texts) if model is None or not texts else [float(p) for p in model.predict_proba(list(texts))[:, 1]]
    )


def _score(model: Any, reading: Reading) -> float:
    """A document's score is that of its likeliest sentence."""
    return max(_chances(model, [s.text for s in _shown(reading)]), default=0.0)


def _f1(pairs: Sequence[tuple[bool, bool]]) -> float:
    total = sum(a + b for a, b in pairs)
    return 2 * sum(a and b for a, b in pairs) / total if total else 1.0


def decided_cells(
    readings: Mapping[str, Reading],
    cells: Mapping[tuple[str, str], tuple[bool, tuple[tuple[int, int, int], ...]]],
    rules: Mapping[tuple[str, str], bool],
) -> list[Decided]:
    """Cells (document id, theme) with their decision and passages, and what the rules hold, in a fixed order."""
    return [
        Decided(readings[i], theme, present, passages, rules.get((i, theme), False))
        for (i, theme), (present, passages) in sorted(cells.items())
        if i in readings
    ]
