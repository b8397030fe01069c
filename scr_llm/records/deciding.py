"""How the deciding went: by whom, over what time and how fast, and what people changed. Told, and not judged."""

from scr_llm.records.base import Record


class Decider(Record):
    """One person in one role."""

    name: str
    """Who decided."""
    role: str
    """In which role."""
    decisions: int
    """Decisions that this person made, blind and adjudicating ones and those that were replaced later included."""
    cells: int
    """Cells on which this person's decision is the one that counts."""


class Deciding(Record):
    """How people decided the cells of some reviews."""

    people: tuple[Decider, ...] = ()
    """Everybody who decided, most cells first."""
    most: str = ""
    """Name of the one person who decided more cells than anybody else; empty where nobody did."""
    decisions: int = 0
    """Decisions that people made, those that were replaced or taken back later included."""
    taken_back: int = 0
    """How often somebody took a decision back."""
    carried: int = 0
    """Decisions that the program carried over from an earlier issue of a review; not among those above."""
    first: str = ""
    """When the first decision was made: ISO 8601 with time zone; empty where there is none."""
    last: str = ""
    """When the last decision was made."""
    seconds: float = 0.0
    """Time from the first to the last, in seconds."""
    days: int = 0
    """Days on which something was decided."""
    median_seconds: float | None = None
    """Seconds from one decision of a person to that person's next, at the median; None where nobody made two.

    Pauses of more than ten minutes are left out.
    """
    cells: int = 0
    """Cells that people decided and that count. Cells with a decision that was carried over are not among them."""
    accepted: int = 0
    """Of these, decided as proposed, in value and in words."""
    lists: int = 0
    """Lists of findings, recommendations and facts that were confirmed as a whole, and of which something counts."""
    listed: int = 0
    """Cells that count as they were confirmed in such a list."""
    quotes: int = 0
    """Quotes that were proposed in cells whose proposed value a person kept."""
    unticked: int = 0
    """Of these, quotes that the person did not keep."""
    double_coded: int = 0
    """Cells that a second person decided without seeing the first one's answer."""
    agreed: int = 0
    """Of these, cells on which the two chose the same value, before any adjudication."""
    blind_only: int = 0
    """Cells that only a second, blind reviewer has decided; they do not count yet."""
