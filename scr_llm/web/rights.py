"""What people may do in a project, by the roles that they have there."""

from enum import StrEnum
from typing import Literal

Role = Literal["analyst", "reviewer", "signer", "reader"]


class Right(StrEnum):
    """What a route needs. Every route is listed under one, in `routes/registry.py`."""

    LOOK = "look"
    """See every page; nothing changes."""
    ADD = "add"
    """Add files, and say which of them count."""
    RUN = "run"
    """Have the files read and coded, and agree to what is sent to a model."""
    CODEBOOK = "codebook"
    """Change what themes mean."""
    DECIDE = "decide"
    """Decide cells and lists, and take decisions back."""
    DRAFT = "draft"
    """Write drafts of the paper, and give an edited one back."""
    SIGN = "sign"
    """Sign the paper."""
    OWN = "own"
    """What only the person at their own computer may do; on a shared server nobody."""


ROLES: dict[Role, frozenset[Right]] = {
    "analyst": frozenset({Right.LOOK, Right.ADD, Right.RUN, Right.CODEBOOK, Right.DECIDE, Right.DRAFT}),
    "reviewer": frozenset({Right.LOOK, Right.DECIDE}),
    "signer": frozenset({Right.LOOK, Right.DRAFT, Right.SIGN}),
    "reader": frozenset({Right.LOOK}),
}
EVERYTHING = frozenset(Right)
"""What the person at their own computer may do."""


def rights_of(roles: tuple[Role, ...]) -> frozenset[Right]:
    """What somebody with these roles may do."""
    return frozenset().union(*(ROLES[role] for role in roles))
