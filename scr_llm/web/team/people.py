"""Who may do what in a project: its people.toml, which holds from the next request when it is changed."""

import sys
import threading
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from scr_llm.errors import ScrError, UsageError
from scr_llm.project import Project
from scr_llm.records import Record
from scr_llm.review.cells import Reviewer
from scr_llm.stages.decisions.deciding import same_person
from scr_llm.text.typed import LONGEST_NAME, is_plain, typed
from scr_llm.web.rights import Right, Role, rights_of
from scr_llm.web.seats import Seat
from scr_llm.web.team.settings import parsed

FILE = "people.toml"
EXAMPLE = '[people."alex@example.org"]\nname = "Alex Reader"\ntitle = "Analyst"\nroles = ["analyst"]\n'
"""What a people.toml looks like."""


def _printable(text: str) -> str:
    try:
        return typed(text, "the name or title") if text else text
    except UsageError as error:
        raise ValueError(error.message) from error


_Words = Annotated[str, AfterValidator(_printable)]


class Person(Record):
    """[people."…"]: one person, by the name that the proxy gives."""

    roles: tuple[Role, ...] = Field(min_length=1)
    """What they do: analyst, reviewer, signer, reader; several are possible."""
    name: _Words = ""
    """How the record and the papers name them; without it, as the proxy does."""
    title: _Words = ""
    """Their post, which the record and the papers give beside the name; without it, the first of their roles."""
    blind: bool = False
    """Whether they review blind, as second reviewer."""


class PeopleFile(Record):
    """All of people.toml."""

    people: dict[str, Person]
    """Everybody who may use the project, by the name that the proxy gives, whatever its capitals."""


def login(given: list[str]) -> str:
    """The person that a proxy names, as people are looked up; empty if it names none, or sends the header twice."""
    if len(given) != 1:
        return ""
    name = given[0].strip()
    with suppress(UnicodeError):
        name = name.encode("latin-1").decode("utf-8")  # the server decodes headers as Latin-1; proxies write UTF-8
    return folded(name) if len(name) <= LONGEST_NAME and is_plain(name) else ""


def folded(name: str) -> str:
    """A name as it is compared: without regard to capitals, and to nothing else.

    `casefold` would also take ß for ss and ſ for s, and so one account for another's.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).strip().lower())


class People:
    """Everybody who may use a project."""

    def __init__(self, project: Project) -> None:
        """Read people.toml.

        Raises:
            UsageError: it is not there, or cannot be used.
        """
        self._path, self._review = project.root / FILE, project.settings.review
        self._lock = threading.Lock()
        if not self._path.is_file():
            raise UsageError(
                f"{self._path}: it is not there, so nobody may use this project.", next_step=f"Write it:\n{EXAMPLE}"
            )
        self._version = self._now()
        self._by_login = self._read()

    def seat(self, login: str, base: str, csrf: str) -> Seat | None:
        """Where a person sits; None for somebody who may do nothing here."""
        person = self._current().get(login)
        if person is None:
            return None
        name, may = person.name or login, rights_of(person.roles)
        blind = person.blind or any(same_person(name, second) for second in self._review.second_reviewers)
        title = person.title or self._review.roles.get(name) or person.roles[0].capitalize()
        return Seat(base, csrf, Reviewer(name, title, blind), may & {Right.LOOK, Right.DECIDE} if blind else may)

    def roles(self, login: str) -> tuple[Role, ...]:
        """A person's roles here."""
        person = self._current().get(login)
        return person.roles if person else ()

    def _current(self) -> dict[str, Person]:
        """As the file says now. Where it cannot be used, nobody may do anything, and the terminal says why."""
        with self._lock:
            if (now := self._now()) != self._version:
                self._version = now
                try:
                    self._by_login = self._read()
                except ScrError as error:
                    self._by_login = {}
                    print(f"scr-llm: nobody may use this project now: {error}", file=sys.stderr, flush=True)
            return self._by_login

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_size

    def _read(self) -> dict[str, Person]:
        return _by_login(parsed(self._path, PeopleFile), self._path)


def _by_login(written: PeopleFile, path: Path) -> dict[str, Person]:
    found: dict[str, Person] = {}
    for given, person in written.people.items():
        key = folded(given)
        named = person if person.name else person.model_copy(update={"name": given.strip()})
        if not key or len(given) > LONGEST_NAME or not is_plain(given):
            raise UsageError(f"{path}: “{given[:40]}” is no name.", next_step="Write it as the proxy gives it.")
        if key in found or any(same_person(named.name, other.name) for other in found.values()):
            raise UsageError(
                f"{path}: “{given}” or “{named.name}” is there twice; the record could not tell them apart.",
                next_step="Give each a name of their own.",
            )
        found[key] = named
    return found
