"""Files in a form that a browser posts by itself, without a script: read as they come in, never held whole.

Only what browsers send is understood (RFC 7578): a name and perhaps a file's name for each part, no encodings.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from scr_llm.errors import UsageError

MOST_PARTS = 2100
"""Parts of one form, at most: somewhat more than an inbox holds files."""
_MOST_HEAD = 8 * 1024
"""Bytes of what stands before a part, at most."""
_BOUNDARY = re.compile(r'multipart/form-data\s*;.*?boundary="?([^\s";,]{1,70})', re.IGNORECASE)
_NAME = re.compile(r'(?:^|[;\s])name="([^"]*)"', re.IGNORECASE)
_FILE = re.compile(r'filename="([^"]*)"', re.IGNORECASE)


class BrokenFormError(UsageError):
    """What came in is no such form."""

    def __init__(self) -> None:
        super().__init__("the form came in broken.", next_step="Go back, reload the page, and send it again.")


@dataclass(frozen=True)
class Part:
    """A field of a form, or a file."""

    name: str
    """Of the field."""
    file: str
    """The file's name, as the browser has it; empty for a field, and where no file was chosen."""
    pieces: AsyncIterator[bytes]
    """What is in it, as it comes in."""

    async def text(self, most: int) -> str:
        """What is in a field, at most so many bytes.

        Raises:
            BrokenFormError: there is more.
        """
        found = b""
        async for piece in self.pieces:
            found += piece
            if len(found) > most:
                raise BrokenFormError
        return found.decode(errors="replace")


def boundary_of(content_type: str) -> bytes:
    """What stands between the parts of a posted form; empty if it is not one with parts."""
    found = _BOUNDARY.match(content_type)
    return found[1].encode() if found else b""


async def parts(boundary: bytes, receive: Receive, most: int) -> AsyncIterator[Part]:
    """The parts of a form. What is left of one when the next is asked for is read and dropped.

    Args:
        boundary: what stands between them.
        receive: gives the body, piece by piece.
        most: bytes that are dropped of one part, at most.

    Raises:
        BrokenFormError: it is no such form, has too many parts, or more would have to be dropped.
        ClientDisconnect: the browser has gone.
    """
    body = _Body(boundary, receive)
    async for _ in body.to_the_mark():
        raise BrokenFormError  # something stands before the first part
    for _ in range(MOST_PARTS):
        if (head := await body.head()) is None:
            return
        name, file = _NAME.search(head), _FILE.search(head)
        if not name:
            raise BrokenFormError
        part = Part(_plain(name[1]), _plain(file[1]) if file else "", body.to_the_mark())
        yield part
        dropped = 0
        async for piece in part.pieces:
            dropped += len(piece)
            if dropped > most:
                raise BrokenFormError
    raise BrokenFormError


def _plain(text: str) -> str:
    return text.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")


class _Body:
    """The bytes of a form, of which few are held at a time."""

    def __init__(self, boundary: bytes, receive: Receive) -> None:
        self._receive, self._ends = receive, False
        self._mark = b"\r\n--" + boundary
        self._held = bytearray(b"\r\n")  # the first mark has no line before it

    async def _more(self) -> None:
        if self._ends:
            raise BrokenFormError
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        self._held += message.get("body", b"")
        self._ends = not message.get("more_body")

    async def to_the_mark(self) -> AsyncIterator[bytes]:
        """What stands before the next mark, piece by piece."""
        while (at := self._held.find(self._mark)) < 0:
            # The end of what is held may be the beginning of a mark
            sure = len(self._held) - len(self._mark) + 1
            if sure > 0:
                yield bytes(self._held[:sure])
                del self._held[:sure]
            await self._more()
        if at:
            yield bytes(self._held[:at])
        del self._held[: at + len(self._mark)]

    async def head(self) -> str | None:
        """What is said about the part after a mark; None behind the last."""
        while len(self._held) < 2:
            await self._more()
        if self._held.startswith(b"--"):
            return None
        while (at := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > _MOST_HEAD:
                raise BrokenFormError
            await self._more()
        head = bytes(self._held[:at]).decode(errors="replace")
        del self._held[: at + 4]
        if at > _MOST_HEAD or not head.startswith("\r\n"):
            raise BrokenFormError
        return head
