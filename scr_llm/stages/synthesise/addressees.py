"""Whom the recommendations ask, each body under one name."""

import re
from collections import Counter
from collections.abc import Sequence

from scr_llm.records import RegisterRow

NOBODY = "No addressee named"
"""What is printed for a recommendation that asks nobody in particular."""
LOCAL_BOARD = "Safeguarding Children Board"
"""What the board of each area is called where the reviews ask more than one."""
_LOCAL_BOARD = re.compile(r"(?:.+ )?(?:safeguarding children(?:'s)? board|lscb|scb)|(?:safeguarding )?board")
_JOINT = re.compile(r",| and ")
"""In a name of more than one body."""


def addressees(rows: Sequence[RegisterRow]) -> list[str]:
    """The addressee of each recommendation.

    A body has one name, whichever way it is written: with or without an article, in capitals or not. The most common
    form is printed. A review calls its own board “the Board” or by the name of its area, so that boards are counted
    together, as other bodies of many areas are ("Children's Social Care"); a single review's board keeps its name.
    """
    written = Counter(r.addressee for r in rows if r.addressee)
    boards = {body for name in written if _is_local_board(body := _body(name))}
    alone = len({r.document_id for r in rows if _body(r.addressee) in boards}) == 1
    forms: dict[str, str] = {}
    for name, _ in written.most_common():
        bare = name.removeprefix("the ").removeprefix("The ")
        forms.setdefault(_body(name), bare[:1].upper() + bare[1:])
    if len(boards) > 1:
        named = [forms[body] for body in boards if body not in ("board", "safeguarding board")]
        together = named[0] if alone and len(named) == 1 else LOCAL_BOARD
        forms |= dict.fromkeys(boards, together)
    return [forms[_body(r.addressee)] if r.addressee else NOBODY for r in rows]


def boards_together(rows: Sequence[RegisterRow]) -> bool:
    """Whether boards of several areas are counted together, which the paper says beside their number."""
    local = {_body(r.addressee) for r in rows if _is_local_board(_body(r.addressee))}
    return len(local) > 1 and LOCAL_BOARD in addressees(rows)


def _is_local_board(body: str) -> bool:
    return bool(_LOCAL_BOARD.fullmatch(body)) and not _JOINT.search(body)


def _body(name: str) -> str:
    return name.casefold().removeprefix("the ").replace("’", "'").strip()
