"""What a reviewer is asked, in which order: themes cell by cell, then the list of each review as one."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal

from scr_llm.review.cells import Proposal
from scr_llm.stages.decisions import Key, review_priority
from scr_llm.stages.decisions.items import LIST, PARTICULAR

Order = Literal["doubt", "review", "theme", "blind"]
"""doubt: what most needs a look first, and within the same doubt one review at a time. review: one review after the
other, each ending with its list. theme: one theme through all reviews, and the lists at the end. blind: the core
themes, one review after the other."""
ORDERS: dict[Order, str] = {"doubt": "most doubtful first", "review": "review by review", "theme": "theme by theme"}
"""The orders that a person may choose, in words."""


class Queue:
    """Which cells are counted, which of them are open, and the order in which they are asked.

    A step is a theme of a review, or its list of findings, recommendations and facts.
    """

    def __init__(self, proposals: Mapping[Key, Proposal], core: Sequence[str]) -> None:
        """Begin with every cell open.

        Args:
            proposals: every cell, review by review.
            core: ids of the core themes, which a blind reviewer is asked for, review by review.
        """
        self._proposals, self._core = proposals, core
        self._orders: dict[Order, dict[Key, int]] = {}
        self.counted = set[Key]()
        """Cells that are printed or counted."""
        self._counted: dict[Key, set[Key]] = {}
        self._open: dict[Key, set[Key]] = {}
        for key, proposal in proposals.items():
            if proposal.core:
                self.note(key, proposal, counts=True, waits=True)

    def order(self, name: Order) -> Collection[Key]:
        """All steps in an order, decided or not. An order is sorted when it is first asked for."""
        return self._places(name).keys()

    def _places(self, name: Order) -> dict[Key, int]:
        """Each step's place in an order."""
        found = self._orders.get(name)
        if found is None:  # two who ask at the same time sort twice, to the same end
            found = self._orders[name] = {step: at for at, step in enumerate(self._sorted(name))}
        return found

    def _sorted(self, name: Order) -> Iterable[Key]:
        proposals = self._proposals
        documents = {document: at for at, document in enumerate(dict.fromkeys(document for document, _ in proposals))}
        if name == "blind":
            return [(document, theme) for document in documents for theme in self._core]
        themes = {theme: at for at, theme in enumerate(dict.fromkeys(theme for _, theme in proposals))}

        def doubt(step: Key) -> tuple[int, ...]:
            if step[1] == LIST:
                return 1, 0, 0
            return 0, *review_priority(proposals[step].value, proposals[step].doubts)

        ranks: dict[Order, Callable[[Key], tuple[object, ...]]] = {
            "doubt": lambda step: (*doubt(step), step),
            "review": lambda step: (documents[step[0]], *doubt(step), step),
            "theme": lambda step: (step[1] == LIST, themes.get(step[1], 0), documents[step[0]]),
        }
        return sorted(dict.fromkeys(step_of(key, proposal) for key, proposal in proposals.items()), key=ranks[name])

    def note(self, key: Key, proposal: Proposal, *, counts: bool, waits: bool) -> None:
        """Note whether a cell counts, and whether it waits for a decision."""
        step = step_of(key, proposal)
        (self.counted.add if counts else self.counted.discard)(key)
        for cells, belongs in ((self._counted, counts), (self._open, waits)):
            own = cells.setdefault(step, set())
            (own.add if belongs else own.discard)(key)
            if not own:
                del cells[step]

    def is_open(self, step: Key) -> bool:
        """Whether something of a step waits for a decision."""
        return step in self._open

    def waits(self, key: Key, proposal: Proposal) -> bool:
        """Whether a cell waits for a decision."""
        return key in self._open.get(step_of(key, proposal), ())

    def left(self) -> tuple[int, int]:
        """How many steps are open, and out of how many."""
        return len(self._open), len(self._counted)

    def counts(self, step: Key) -> bool:
        """Whether something of a step is printed or counted."""
        return step in self._counted

    def after(self, key: Key, waits: Callable[[Key], bool], order: Order) -> Key | None:
        """The next open step after a cell or step; None if none is open. Those before it come up again at the end.

        After one item of a list comes the list itself, if anything of it is open.
        """
        rank = self._places(order)
        start = rank[key] + 1 if key in rank else rank.get((key[0], LIST), 0)
        following = itertools.chain(itertools.islice(rank, start, None), itertools.islice(rank, start))
        return next((step for step in following if waits(step)), None)


def step_of(key: Key, proposal: Proposal) -> Key:
    """The step in which a cell is asked."""
    return (key[0], LIST) if is_listed(key[1], proposal) else key


def is_listed(key: str, proposal: Proposal) -> bool:
    """Whether a cell is in the list of its review: findings, recommendations and the facts that must be decided."""
    return proposal.kind != "theme" and key != PARTICULAR
