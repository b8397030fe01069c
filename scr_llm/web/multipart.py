"""Files in a form that a browser posts by itself, without a script: read as they come in, never held whole."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from scr_llm.errors import UsageError

MOST_PARTS = 2100
"""Parts of one form, at most: somewhat more than an inbox holds files."""


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
    kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
    return options.get(b"boundary", b"") if kind == b"multipart/form-data" else b""


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
    for _ in range(MOST_PARTS):
        if (names := await body.next_part()) is None:
            return
        part = Part(*names, body.pieces())
        yield part
        dropped = 0
        async for piece in part.pieces:
            dropped += len(piece)
            if dropped > most:
                raise BrokenFormError
    raise BrokenFormError


def _plain(name: bytes) -> str:
    text = name.decode(errors="replace")
    return text.replace("%22", '"').replace("%0D", " ").replace("%0A", " ")


class _Body:
    """The bytes of a form, of which only what one message brings is held at a time."""

    def __init__(self, boundary: bytes, receive: Receive) -> None:
        self._receive, self._ends = receive, False
        self._field, self._value, self._disposition = b"", b"", b""
        self._read = deque[bytes | tuple[str, str] | None]()
        """What was read and not yet taken: the names of a part, its bytes, and None where it ends."""
        self._is_whole = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._in_field,
                    "on_header_value": self._in_value,
                    "on_header_end": self._header,
                    "on_headers_finished": self._headers,
                    "on_part_data": lambda data, start, end: self._read.append(data[start:end]),
                    "on_part_end": lambda: self._read.append(None),
                    "on_end": self._whole,
                },
            )
        except FormParserError as error:
            raise BrokenFormError from error

    def _begin(self) -> None:
        self._disposition = b""

    def _in_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _in_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field = self._value = b""

    def _headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise BrokenFormError
        self._read.append((_plain(options[b"name"]), _plain(options.get(b"filename", b""))))

    def _whole(self) -> None:
        self._is_whole = True

    async def _next(self) -> bytes | tuple[str, str] | None:
        while not self._read:
            if self._ends:
                raise BrokenFormError
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            try:
                self._parser.write(message.get("body", b""))
            except FormParserError as error:
                raise BrokenFormError from error
            self._ends = not message.get("more_body")
            if self._is_whole and not self._read:
                return None
        return self._read.popleft()

    async def next_part(self) -> tuple[str, str] | None:
        """The names of the next part's field and file; None behind the last."""
        if self._is_whole and not self._read:
            return None
        names = await self._next()
        assert not isinstance(names, bytes)  # a part was read to its end before the next is asked for
        return names

    async def pieces(self) -> AsyncIterator[bytes]:
        """What is in a part, as it comes in."""
        while (piece := await self._next()) is not None:
            assert isinstance(piece, bytes)
            yield piece
