"""Attacks on the review page, one request each, over a real socket: who is let in, and what is taken in.

Each request in the table has a valid cookie, origin and form token, except for what it attacks. The answer is always
the one in the table, gives away nothing of the program's internals and changes no decision, and the page goes on.
"""

import html
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from attack import Attack, Header
from databases import raw
from page_attacks import TABLE, XSS
from served import ALEX, Served, coded_project, review_page

from scr_llm.project import load_project
from scr_llm.review.session import ReviewSession


@dataclass
class Door:
    """A page with one browser inside, and what an attacker would like to know."""

    served: Served
    browser: httpx.Client
    root: Path
    known: dict[str, str]

    def fill(self, text: str | bytes) -> bytes:
        filled = text.encode("latin-1") if isinstance(text, str) else text
        for name, value in self.known.items():
            filled = filled.replace(b"{" + name.encode() + b"}", value.encode())
        return filled

    def request(self, attack: Attack) -> bytes:
        if attack.raw is not None:
            return self.fill(attack.raw)
        headers: dict[str, Header] = {"host": "{host}", "cookie": "{cookie}"}
        body = (
            b""
            if attack.body is None
            else self.fill(attack.body if isinstance(attack.body, bytes) else attack.body.encode())
        )
        if attack.body is not None:
            headers |= {
                "origin": "{origin}",
                "content-type": "application/x-www-form-urlencoded",
                "content-length": str(len(body)),
            }
        lines = [f"{attack.method} ".encode() + self.fill(attack.target) + b" HTTP/1.1"]
        lines += [
            name.encode() + b": " + self.fill(value)
            for name, value in (headers | attack.headers).items()
            if value is not None
        ]
        return b"\r\n".join([*lines, *map(self.fill, attack.more), b"", b""]) + body

    def send(self, request: bytes) -> tuple[int, str, str]:
        """Status, head and body of the first answer."""
        with self.served.connect() as raw:
            with suppress(
                BrokenPipeError, ConnectionResetError
            ):  # refused before all of it was sent; the answer is there all the same
                raw.sendall(request)
            reader = raw.makefile("rb")
            status = reader.readline()
            head = b""
            while (line := reader.readline()) not in (b"\r\n", b""):
                head += line
            length = re.search(rb"(?i)content-length: (\d+)", head)
            body = (
                b""
                if request.startswith(b"HEAD")
                else reader.read(int(length[1]))
                if length
                else reader.read(100_000)
                if b"close" in head
                else b""
            )
        return int(status.split()[1]), head.decode("latin-1"), body.decode("utf-8", "replace")

    def decisions(self) -> int:
        with raw(load_project(self.root).database) as database:
            return int(database.execute("SELECT count(*) FROM decisions").fetchone()[0])


@contextmanager
def _door(root: Path) -> Iterator[Door]:
    coded_project(root, ("corriford-child-1",))
    with review_page(root, *ALEX) as served, closing(served.browser()) as browser:
        session = ReviewSession(load_project(root))
        document = next(iter(session.documents))
        session.close()
        cell = f"/cell/{document}/workforce"
        found = re.search(r'name="csrf" value="([^"]+)"', browser.get(cell).text)
        name, value = next(iter(browser.cookies.items()))
        assert found
        yield Door(
            served,
            browser,
            root,
            {
                "host": served.host,
                "origin": served.origin,
                "base": served.base,
                "p": served.prefix,
                "cookie": f"{name}={value}",
                "cookie_name": name,
                "cookie_value": value,
                "cookie_start": value[:20],
                "csrf": html.unescape(found[1]),
                "cell": cell,
                "document": document,
                "token": served.address.split("?")[1],
            },
        )


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Nothing is ever decided behind it."""
    with _door(tmp_path_factory.mktemp("attacked") / "p") as door:
        yield door


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with _door(tmp_path_factory.mktemp("used") / "p") as door:
        yield door


def test_the_table_is_long_and_its_names_differ() -> None:
    assert len(TABLE) >= 90
    assert len({attack.name for attack in TABLE}) == len(TABLE)


@pytest.mark.parametrize("attack", TABLE, ids=lambda attack: attack.name)
def test_attack(attacked: Door, attack: Attack) -> None:
    before, heard = attacked.decisions(), len(attacked.served.said)
    status, head, body = attacked.send(attacked.request(attack))
    wanted = attack.wanted if isinstance(attack.wanted, tuple) else (attack.wanted,)
    assert status in wanted, body[:500]
    for leak in ("Traceback", 'File "/', "site-packages", "scr_llm.", "sqlite3", "sqlalchemy"):
        assert leak not in body
    assert "x=1" not in head, "a header was put in"
    if status in (403, 421):
        assert "corriford" not in body.lower() and "<html" not in body, "a stranger sees nothing"
    assert attacked.decisions() == before
    assert [p.name for p in (attacked.root / "inbox").iterdir()] == ["corriford-child-1.pdf"], "no file got in"
    assert not list((attacked.root / "outputs").glob(".*")), "no half file is left"
    assert "[llm]" not in re.sub("(?m)^#.*", "", (attacked.root / "project.toml").read_text("utf-8"))
    assert attacked.browser.get("/help").status_code == 200
    assert not [line for line in attacked.served.said[heard:] if "Traceback" in line or "Error" in line], (
        attacked.served.said
    )


@pytest.mark.parametrize("payload", XSS)
def test_markup_stays_text(door: Door, payload: str) -> None:
    """In a comment that is kept, in a refused one that is shown again, in an address, and in an error."""
    cell = door.known["cell"]
    page = door.browser.get(cell).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen
    good = {"csrf": door.known["csrf"], "seen": seen[1], "value": "not_mentioned", "reason": payload, "stay": "1"}
    kept = door.browser.post(cell, data=good)
    refused = door.browser.post(cell, data={**good, "value": "yes", "quote": payload})
    nowhere = door.browser.post(cell, data={**good, "value": "present", "quote": f"{payload} {payload} {payload}"})
    theme = door.browser.get(f"/explain/{quote(payload, safe='')}")
    assert (kept.status_code, refused.status_code, nowhere.status_code) == (200, 400, 400)
    for answer in (kept, refused, nowhere, theme):
        assert payload not in answer.text or not set("<>\"'") & set(payload), answer.url
        assert not re.search(r"<[^>]*\son\w+=", answer.text) and answer.text.count("<script") <= 1
    assert payload in html.unescape(kept.text) and payload in html.unescape(refused.text)


def test_what_was_written_comes_back_with_a_refusal(door: Door) -> None:
    refused = door.browser.post(
        door.known["cell"],
        data={
            "csrf": door.known["csrf"],
            "seen": "9999999",
            "value": "not_mentioned",
            "reason": "A long thought\nof two lines.",
        },
    )
    assert refused.status_code == 409 and "A long thought\nof two lines." in refused.text


def test_a_comment_of_odd_characters_is_kept_without_those_that_no_paper_can_hold(door: Door) -> None:
    seen = re.search(r'name="seen" value="(\d+)"', door.browser.get(door.known["cell"]).text)
    assert seen
    reason = "a%00b%0d%0ac%1b%5b31m%ed%a0%80%F0%9F%98%80"
    body = f"csrf={door.known['csrf']}&seen={seen[1]}&value=not_mentioned&stay=1&reason={reason}".encode()
    assert (
        door.browser.post(
            door.known["cell"], content=body, headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 200
    )
    session = ReviewSession(load_project(door.root))
    reason = session.store.decisions()[-1].reason
    session.close()
    assert reason == "ab\nc[31m���😀"


@pytest.mark.slow
def test_the_cookie_is_for_this_page_alone(door: Door) -> None:
    with review_page(door.root, *ALEX) as other:
        answer = httpx.get(other.address)
        cookie = answer.headers["set-cookie"]
        assert (
            f"Path={other.prefix}/" in cookie
            and "HttpOnly" in cookie
            and "SameSite=strict" in cookie
            and "Domain" not in cookie
        )
        assert len(other.prefix) > 20 and other.prefix != door.served.prefix
        assert cookie.split("=")[0] not in door.browser.cookies
        both = door.browser
        assert both.get(other.base + "/").status_code == 403
        value = cookie.split(";")[0]
        assert (
            httpx.get(other.base + "/matrix", headers={"cookie": f"{door.known['cookie']}; {value}"}).status_code == 200
        ), "another page's cookie does no harm"
        assert (
            httpx.get(door.served.base + "/matrix", headers={"cookie": f"{value}; {door.known['cookie']}"}).status_code
            == 200
        )
