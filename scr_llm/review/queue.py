"""What a reviewer is asked, in which order: themes cell by cell, then the list of each review as one."""

import itertools
from collections.abc import Callable, Mapping, Sequence

from scr_llm.review.cells import Proposal
from scr_llm.stages.decisions import Key, review_priority
from scr_llm.stages.decisions.items import LIST


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

        def rank(step: Key) -> tuple[int | Key, ...]:
            if step[1] == LIST:
                return 1, step
            proposal = proposals[step]
            return 0, *review_priority(proposal.value, proposal.doubts), step

        documents = list(dict.fromkeys(document for document, _ in proposals))
        steps = dict.fromkeys(step_of(key, proposal) for key, proposal in proposals.items())
        self.orders = {False: sorted(steps, key=rank), True: [(d, c) for d in documents for c in core]}
        """All steps in order, decided or not; by whether the reviewer is blind."""
        self._rank = {blind: {key: at for at, key in enumerate(order)} for blind, order in self.orders.items()}
        self.counted = set[Key]()
        """Cells that are printed or counted."""
        self._counted: dict[Key, set[Key]] = {}
        self._open: dict[Key, set[Key]] = {}
        for key, proposal in proposals.items():
            self.note(key, proposal, counts=proposal.core, waits=proposal.core)

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

    def after(self, key: Key, waits: Callable[[Key], bool], *, blind: bool) -> Key | None:
        """The next open step after a cell or step; None if none is open. Those before it come up again at the end.

        After one item of a list comes the list itself, if anything of it is open.
        """
        order, rank = self.orders[blind], self._rank[blind]
        start = rank[key] + 1 if key in rank else rank.get((key[0], LIST), 0)
        following = itertools.chain(itertools.islice(order, start, None), itertools.islice(order, start))
        return next((step for step in following if waits(step)), None)


def step_of(key: Key, proposal: Proposal) -> Key:
    """The step in which a cell is asked."""
    return key if proposal.kind == "theme" else (key[0], LIST)
