"""What people started or allowed, as the project's log keeps it. Appended, never changed."""

from typing import Literal

from scr_llm.records.base import Record

LogAct = Literal["added", "ran", "agreed", "refused", "stopped", "set"]
"""added: a file was put into the inbox. ran: a run ended. agreed, refused: a person answered whether text may leave
this computer, or what it may cost. stopped: a person stopped a run. set: a setting was changed."""


class LogEntry(Record):
    """Something that a person did, apart from deciding and signing, which have records of their own."""

    at: str
    """When: ISO 8601 with time zone."""
    who: str
    """Who did it; empty where nobody gave a name."""
    act: LogAct
    """What kind of act it was."""
    text: str
    """What was done, in words."""
