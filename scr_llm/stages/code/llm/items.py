"""Findings and recommendations as a model sees them, compared with the items that the page's structure shows.

Where both agree, the item is certain. Where they differ, the structure's item stays, and what only the model names is
proposed beside it. Each says so, so that a person looks at it first. A model points at a run of sentences and never
writes an item's words: they are the document's own, from the first sentence to the last.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from scr_llm.llm import Made, Question, prompts
from scr_llm.llm.schema import BoundedNumber
from scr_llm.records import DraftItem, DraftQuote, NumberedItem, Reading, Record
from scr_llm.stages.code.llm.case import stands_in
from scr_llm.stages.code.llm.shown import Line, show
from scr_llm.stages.code.llm.themes import Answers, bounds_of, made_from
from scr_llm.stages.code.rules import draft_item
from scr_llm.text.flow import Flow

ItemKind = Literal["finding", "recommendation"]
DIFFER = "coders differ"
"""How a doubt begins where two ways of coding disagree."""
ITEM_TOKENS = 25
"""Tokens that one item takes in a reply.

Limits how many items may be named, so that a small model does not count on until it is cut off.
"""
LONGEST = 12
"""Sentences of one item, at most: a longer run is a section, not an item."""


class RunReply(Record):
    """An item as a run of sentences."""

    first: int
    """Number of its first sentence."""
    last: int
    """Number of its last sentence."""
    number: str | None
    """As printed before it."""

    @model_validator(mode="after")
    def _runs(self) -> "RunReply":
        if not 0 <= self.last - self.first < LONGEST:
            raise ValueError(f"an item runs from its first sentence to its last, over {LONGEST} sentences at most")
        return self


class ActionReply(RunReply):
    """A recommendation as a run of sentences."""

    addressee: str | None
    """Who is to act, in the words of the item."""


class ItemsReply(Record):
    """The findings and the recommendations of one window."""

    findings: tuple[RunReply, ...]
    """In order of the text."""
    recommendations: tuple[ActionReply, ...]
    """In order of the text."""

    @model_validator(mode="after")
    def _apart(self) -> "ItemsReply":
        for runs in (self.findings, self.recommendations):
            if any(behind.first <= before.last for before, behind in pairwise(runs)):
                raise ValueError("items of a kind stand in order of the text, and no sentence belongs to two")
        return self


@dataclass(frozen=True)
class _Run:
    """An item that the model names, over all windows."""

    first: int
    last: int
    number: str | None
    addressee: str | None

    @property
    def sentences(self) -> frozenset[int]:
        return frozenset(range(self.first, self.last + 1))


class Items:
    """One question per window, for the findings and recommendations of a document."""

    def __init__(
        self,
        texts: Mapping[str, str],
        windows: Sequence[Sequence[Line]],
        reading: Reading,
        max_tokens: int,
        restore: Callable[[str], str] = str,
    ) -> None:
        self._windows, self._reading, self._restore, self._flow = windows, reading, restore, Flow.of(reading)
        self._lines = {line.number: line for window in windows for line in window}
        most = max(8, max_tokens // (2 * ITEM_TOKENS))
        self.questions = tuple(
            Question(
                _name(n),
                texts["system"],
                prompts.fill(texts["items"], document=prompts.fence(show(window))),
                Made(_items_reply, (most,)),
                bounds=bounds_of(window),
            )
            for n, window in enumerate(windows)
        )

    def items(self, kind: ItemKind, answers: Answers) -> tuple[DraftItem, ...]:
        """All items of a kind in reading order: the structure's, and those that only the model names."""
        printed = [item for item in self._reading.items if item.kind == kind]
        runs, read = self._runs(kind, answers)
        found: list[tuple[int, DraftItem]] = []
        met: set[_Run] = set()
        for item in printed:
            start, own = self._place(item)
            touching = [run for run in runs if run.sentences & own]
            met.update(touching)
            doubts = self._doubts(item, own, touching) if own and own <= read else ()
            found.append((start, draft_item(self._reading, item).model_copy(update={"doubts": doubts})))
        alone = (
            f"{DIFFER}: the model calls it a {kind}, the page's structure does not"
            if printed
            else f"the page's structure shows no {kind}s; only the model names it"
        )
        found += [(self._lines[run.first].start, self._item(run, alone)) for run in runs if run not in met]
        return tuple(item for _, item in sorted(found, key=lambda f: f[0]))

    def _runs(self, kind: ItemKind, answers: Answers) -> tuple[list[_Run], set[int]]:
        """The runs that the model names, and the sentences that it gave a usable reply about.

        Runs of two windows that share a sentence are one.
        """
        runs: list[_Run] = []
        read: set[int] = set()
        for n, window in enumerate(self._windows):
            if (answer := answers[_name(n)]) is None:
                continue
            read |= {line.number for line in window}
            for given in getattr(answer, f"{kind}s"):
                run = _Run(given.first, given.last, self._number(given), self._addressee(given))
                if runs and run.first <= runs[-1].last:
                    before = runs.pop()
                    run = replace(
                        before,
                        first=min(before.first, run.first),
                        last=max(before.last, run.last),
                        addressee=before.addressee or run.addressee,
                    )
                runs.append(run)
        return runs, read

    def _number(self, given: RunReply) -> str | None:
        """The number, if it is printed just before the first sentence or at its start."""
        number, start = (given.number or "").strip().strip(".():"), self._lines[given.first].start
        head = self._flow.text[max(0, start - len(number) - 4) : start + len(number) + 20]
        return number if number and re.search(rf"(?<![\w.]){re.escape(number)}(?!\w)", head) else None

    def _addressee(self, given: RunReply) -> str | None:
        """Who is to act, if one of the item's sentences has these words."""
        words = getattr(given, "addressee", None)
        sentences = (self._lines[n].sent for n in range(given.first, given.last + 1))
        return self._restore(words) if words and any(stands_in(words, sentence) for sentence in sentences) else None

    def _place(self, item: NumberedItem) -> tuple[int, frozenset[int]]:
        """Where an item of the structure begins in the flow, and the numbers of its sentences."""
        first, last = item.spans[0], item.spans[-1]
        start, end = self._flow.at(first.page, first.start), self._flow.at(last.page, last.end - 1)
        # By its middle: a sentence may begin with the number, which is not part of the item.
        return start, frozenset(
            n for n, line in self._lines.items() if start <= line.start + len(line.text) // 2 <= end
        )

    def _doubts(self, item: NumberedItem, own: frozenset[int], touching: Sequence[_Run]) -> tuple[str, ...]:
        if not touching:
            return (f"{DIFFER}: the page's structure shows it as a {item.kind}, the model does not",)
        if len(touching) > 1:
            return (f"{DIFFER}: the model splits it into {len(touching)} {item.kind}s",)
        (run,) = touching
        doubts = []
        if run.sentences != own:
            first, last = self._lines[run.first].text[:40], self._lines[run.last].text[-40:]
            doubts.append(f"{DIFFER}: for the model it runs from “{first}” to “{last}”")
        if run.number and item.number and run.number != item.number.rstrip("."):
            doubts.append(f"{DIFFER}: the model reads its number as {run.number}")
        if run.addressee and not _same(run.addressee, item.addressee):
            doubts.append(f"{DIFFER}: the model says that {run.addressee} is to act")
        return tuple(doubts)

    def _item(self, run: _Run, doubt: str) -> DraftItem:
        lines = [self._lines[n] for n in sorted(run.sentences)]
        # One quote: if the document does not have it in one piece, it is refused when it is located.
        text = " ".join(line.text for line in lines)
        quote = DraftQuote(text=text, page=lines[0].page)
        return DraftItem(
            number=run.number,
            text=text,
            page=lines[0].page,
            addressee=run.addressee,
            quotes=(quote,),
            doubts=(doubt,),
        )


def _same(one: str, other: str | None) -> bool:
    """Whether two names of who is to act are the same, or one is part of the other."""
    a, b = (" ".join(re.findall(r"\w+", re.sub(r"^the\s+", "", (text or "").casefold()))) for text in (one, other))
    return bool(b) and (a in b or b in a)


def _name(window: int) -> str:
    return "items" if window == 0 else f"items/{window + 1}"


@cache
def _items_reply(most: int) -> type[ItemsReply]:
    ends: Any = {"first": (BoundedNumber, ...), "last": (BoundedNumber, ...)}
    run: Any = create_model("Run", __base__=made_from(RunReply), **ends)
    action: Any = create_model("Action", __base__=made_from(ActionReply), **ends)
    findings: Any = Annotated[tuple[run, ...], Field(max_length=most)]
    actions: Any = Annotated[tuple[action, ...], Field(max_length=most)]
    return create_model(
        "Items", __base__=made_from(ItemsReply), findings=(findings, ...), recommendations=(actions, ...)
    )
