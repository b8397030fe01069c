"""Forms with files as a browser posts them without scripts: read in pieces of any size, within limits, over sockets."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from served import ROOT, Served, review_page, workbench
from starlette.types import Message

from scr_llm.web.multipart import BrokenFormError, boundary_of, parts

PDF = next(ROOT.glob("fixtures/batch-1/*.pdf"))
BODY = (
    b'--XyZ\r\nContent-Disposition: form-data; name="csrf"\r\n\r\ntoken\r\n'
    b'--XyZ\r\nContent-Disposition: form-data; name="file"; filename="a %22b%22.pdf"\r\n'
    b"Content-Type: application/pdf\r\n\r\n%PDF\r\n--XyNo\r\n\r\n\r\n"
    b'\r\n--XyZ\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--XyZ--\r\n'
)


def read(body: bytes, size: int, *, most: int = 1000, skip: bool = False) -> list[tuple[str, str, bytes]]:
    """The parts of a body that comes in pieces of a size."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def all_parts() -> list[tuple[str, str, bytes]]:
        found = []
        async for part in parts(b"XyZ", receive, most):
            content = b"" if skip else b"".join([piece async for piece in part.pieces])
            found.append((part.name, part.file, content))
        return found

    return asyncio.run(all_parts())


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_a_form_is_the_same_in_pieces_of_any_size(size: int) -> None:
    expected = [("csrf", "", b"token"), ("file", 'a "b".pdf', b"%PDF\r\n--XyNo\r\n\r\n\r\n"), ("file", "", b"")]
    assert read(BODY, size) == expected
    assert [part[:2] for part in read(BODY, size, skip=True)] == [part[:2] for part in expected]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        b"before" + BODY,
        BODY[:-10],
        BODY[:80],
        b"--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--",
        b"--XyZ\r\n" + b"x" * 10_000 + b"\r\n\r\n",
        b"--XyZZ\r\n\r\n",
    ],
)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    for size in (1, 10_000):
        with pytest.raises(BrokenFormError):
            read(body or b" ", size)


def test_only_so_much_is_dropped_and_so_many_parts_are_read() -> None:
    with pytest.raises(BrokenFormError):
        read(BODY, 4, most=8, skip=True)
    part = b'--XyZ\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n'
    with pytest.raises(BrokenFormError):
        read(part * 3000 + b"--XyZ--", 10_000)


def test_the_boundary_of_a_form() -> None:
    assert boundary_of('multipart/form-data; charset=x; boundary="ab-c"') == b"ab-c"
    assert boundary_of("multipart/form-data; boundary=" + "x" * 70) == b"x" * 70
    assert boundary_of("application/pdf") == b"" == boundary_of("multipart/form-data")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with workbench(tmp_path / "p", "--new", "--name", "Alex Reader", "--role", "Analyst") as page:
        yield page


def posted(browser: httpx.Client, *files: tuple[str, bytes], token: str = "", **more: str) -> httpx.Response:
    """Post a form as a browser does: the token first."""
    csrf = token or re.search(r'name="csrf" value="([^"]+)"', browser.get("/").text)[1]  # type: ignore[index]
    sent = [("csrf", (None, csrf)), *(("file", (name, content, "application/pdf")) for name, content in files)]
    return browser.post("/add", files=sent, headers=more)


def test_files_of_a_form_are_added_and_a_refusal_names_its_file(served: Served, tmp_path: Path) -> None:
    inbox, pdf = tmp_path / "p/inbox", PDF.read_bytes()
    with closing(served.browser()) as browser:
        answer = posted(browser, ("../../one.pdf", pdf), ("two.pdf", pdf + b"\n% two"))
        assert answer.status_code == 200 and answer.url.path.endswith("/"), answer.text
        assert {p.name: p.read_bytes() for p in inbox.iterdir()} == {"one.pdf": pdf, "two.pdf": pdf + b"\n% two"}
        answer = posted(browser, ("letter.pdf", b"Dear all"), ("three.pdf", pdf + b"\n% three"))
        assert answer.status_code == 400 and "letter.pdf" in answer.text and "Added." in answer.text
        assert sorted(p.name for p in inbox.iterdir()) == ["one.pdf", "three.pdf", "two.pdf"]
        assert "Choose one or more files first" in posted(browser, ("", b"")).text
    assert not list((tmp_path / "p/outputs").glob(".*.part"))


def test_a_form_without_its_token_or_from_another_site_is_refused(served: Served, tmp_path: Path) -> None:
    pdf = PDF.read_bytes()
    with closing(served.browser()) as browser:
        assert posted(browser, ("one.pdf", pdf), token="guessed").status_code == 403
        assert posted(browser, ("one.pdf", pdf), token="x" * 300).status_code == 400
        assert posted(browser, ("one.pdf", pdf), origin="https://example.org").status_code == 403
        file_first = [("file", ("one.pdf", pdf)), ("csrf", (None, "x"))]
        assert browser.post("/add", files=file_first).status_code == 403
    assert not list((tmp_path / "p/inbox").iterdir())


@pytest.mark.slow
def test_a_file_of_a_form_that_is_too_large_is_refused_and_the_next_one_taken(tmp_path: Path) -> None:
    with workbench(tmp_path / "p", "--new", "--name", "Alex Reader", "--role", "Analyst"):
        pass  # which makes the project
    settings = tmp_path / "p/project.toml"
    text = settings.read_text("utf-8")
    changed = re.sub(r"(?m)^#? ?largest_megabytes.*$", "", text).replace("[read]", "[read]\nlargest_megabytes = 1", 1)
    assert changed != text
    settings.write_text(changed, "utf-8")
    with review_page(tmp_path / "p", "--name", "A", "--role", "B") as served, closing(served.browser()) as browser:
        answer = posted(browser, ("large.pdf", b"%PDF" + bytes(3_000_000)), ("one.pdf", PDF.read_bytes()))
        assert answer.status_code == 400 and "larger than 1 MB" in answer.text
    assert [p.name for p in (tmp_path / "p/inbox").iterdir()] == ["one.pdf"]
