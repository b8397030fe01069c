"""Edited papers given back in the page: compared, answered for, signed, or refused as hostile files are."""

import io
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from docx import Document
from signing_pages import decided, edited, field, given_back, kept, opened, signed, text, with_words, word, zipped

from scr_llm.audit import audit
from scr_llm.errors import RefusedError, UsageError
from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.sign_off import sign_off


@pytest.fixture
def root(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return decided(tmp_path_factory, tmp_path / "p")


@pytest.mark.slow
def test_an_edited_paper_is_compared_answered_for_and_signed(root: Path) -> None:
    mine = edited(root)
    with opened(root) as (_, browser):
        answer = given_back(browser, mine)
        assert answer.status_code == 200, answer.text
        at = answer.json()["at"]
        assert kept(root)[0].read_bytes() == mine and answer.json() == given_back(browser, mine).json()
        page = browser.get(at).text
        assert "12 March 2026" in page and "the record does not have this date" in page.lower()
        assert "1 added" in text(page)
        given = {"csrf": field(page, "csrf"), "signing": field(page, "signing")}
        name = re.search(r'name="(mine-\w+)"', page)
        assert name
        refused = browser.post(at, data=given | {name[1]: "  "})
        assert refused.status_code == 400 and "no reason beside it" in text(refused.text)
        assert not signed(root) and kept(root)

        looks = browser.get(at + "/briefing.html")
        assert "12 March 2026" in looks.text and "NOT SIGNED YET" in looks.text and "script" not in looks.text

        page = browser.post(at, data=given | {name[1]: "The day of the board."}).text
        assert "The briefing is signed" in page and "as edited" in page
        word = browser.get("/paper/signed-1/briefing.docx").content
        assert word == (root / "outputs/signed-1/briefing.docx").read_bytes()
        assert "12 March 2026" in browser.get("/paper/signed-1/briefing.html").text
        assert browser.post(at, data=given | {name[1]: "x"}).url.path.endswith("/sign-off"), "a second click"
    record = signed(root)[0]
    assert len(signed(root)) == 1 and record.own_words[0].reason == "The day of the board." and record.edited_sha256
    assert not kept(root) and not audit(load_project(root))


@pytest.mark.slow
def test_a_paper_that_was_given_back_is_kept_by_the_next_draft_and_can_be_taken_back(root: Path) -> None:
    with opened(root) as (_, browser):
        at = given_back(browser, edited(root, "Words of my own.")).json()["at"]
        page = browser.get("/sign-off").text
        assert "which this signature leaves out" in page and "Given back on" in page
        said = text(browser.post("/sign-off/draft", data={"csrf": field(page, "csrf")}).text)
        assert "keeps 1 edit from briefing-" in said
        words = "\n".join(p.text for p in Document(str(root / "outputs/briefing.docx")).paragraphs)
        assert "Words of my own." in words
        assert browser.post(at + "/take-back", data={"csrf": field(page, "csrf")}).status_code == 200
        assert browser.get(at).status_code == 400
    assert not kept(root)


@pytest.mark.slow
def test_what_is_open_in_the_file_is_settled_in_word_and_a_moved_record_leaves_the_paper_where_it_is(
    root: Path,
) -> None:
    document, into = Document(io.BytesIO(edited(root))), io.BytesIO()
    document.add_comment(document.paragraphs[-1].runs, text="Is this right?", author="Dee")
    document.save(into)
    with opened(root) as (_, browser):
        page = text(browser.get(given_back(browser, into.getvalue()).json()["at"]).text)
        assert "To be settled in Word first" in page and "Dee: Is this right?" in page and "Sign as" not in page

        at = given_back(browser, edited(root)).json()["at"]
        session, alex = ReviewSession(load_project(root)), Reviewer("Alex Reader", "Analyst")
        key = next(k for k in session.counted() if k[1] in session.codes and session.value(k) == "present")
        session.decide(alex, *key, "not_mentioned")
        label = session.codes[key[1]].label
        session.close()
        page = text(browser.get(at).text)
        assert f"{label}: Not found (was Yes)" in page
        assert re.search(r"Child 1: 1 cell or fact(?: and \d+ quotes?)? ", page), "review by review, with counts"
        assert "The paper as a whole:" in page
        assert "The record has moved since" in page and "0 of 1 (was 1 of 1)" in page and "Sign as" not in page
        assert len(kept(root)) == 2


@pytest.mark.slow
def test_a_signed_version_that_is_given_back_is_known_as_such(root: Path) -> None:
    with opened(root) as (_, browser):
        page = browser.get("/sign-off").text
        browser.post("/sign-off", data={"csrf": field(page, "csrf"), "signing": field(page, "signing")})
        word = (root / "outputs/signed-1/briefing.docx").read_bytes()
        token = field(browser.get("/second").text, "csrf")
        at = given_back(browser, word, token).json()["at"]
        said = text(browser.get(at).text)
        today = datetime.now(UTC)
        sentence = f"This is version 1.0, which Dee Director signed on {today.day} {today:%B %Y}."
        assert said.index(sentence) < said.index("Compared with draft 0.1") and "Sign as" not in said
        assert "There is no later draft yet." in said

        session, alex = ReviewSession(load_project(root)), Reviewer("Alex Reader", "Analyst")
        key = next(k for k in session.counted() if k[1] in session.codes and session.value(k) == "present")
        session.decide(alex, *key, "not_mentioned")
        session.close()
        written = browser.post("/sign-off/draft", data={"csrf": token}).text
        assert "Draft 1.1 is written." in written
        document, into = Document(io.BytesIO(word)), io.BytesIO()
        document.add_paragraph("Words of my own.")
        document.save(into)
        said = text(browser.get(given_back(browser, into.getvalue(), token).json()["at"]).text)
        assert sentence in said and "Edit draft 1.1 instead: outputs/briefing.docx." in said
        assert "Words of my own." in said, "what was written is still shown"
        draft = (root / "outputs/briefing.docx").read_bytes()
        assert "This is version" not in browser.get(given_back(browser, draft, token).json()["at"]).text
    (root / "mine.docx").write_bytes(into.getvalue())
    with pytest.raises(RefusedError, match=r"This is version 1\.0, which Dee .* Edit draft 1\.1 instead"):
        sign_off(load_project(root), "Dee Director", "Director", edited=root / "mine.docx")


@pytest.mark.slow
def test_hostile_files_are_refused_and_nothing_of_them_is_kept(root: Path) -> None:
    good = (root / "outputs/briefing.docx").read_bytes()
    bomb = with_words(good, b"</w:body>", b"<w:p/>" * 7_000_000 + b"</w:body>")
    paragraphs = with_words(good, b"<w:body>", b"<w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 60_000)
    long = with_words(good, b"<w:body>", b"<w:body><w:p><w:r><w:t>" + b"x " * 60_000 + b"</w:t></w:r></w:p>")
    laughs = b'<!DOCTYPE x [<!ENTITY a "12345"><!ENTITY b SYSTEM "file:///etc/passwd">]><w:document '
    hostile = {
        "cannot be read as a Word file": [
            b"",
            b"%PDF-1.7 not a Word file",
            good[: len(good) // 2],
            good[:4] + b"\xff" * 500,
            zipped(x=b"1"),
            zipped(**{"[Content_Types].xml": b"<x/>"}),
            zipped(**{"../../evil.docx": b"1", "/etc/passwd": b"1"}),
            with_words(good, b"<w:body>", b"<w:body><<"),
            with_words(good, b"<w:body>", b"<w:body>" + b"<w:p>" * 5_000),
        ],
        "when it is unpacked": [bomb, zipped(**{"[Content_Types].xml": b"x", "media/a.png": bytes(201_000_000)})],
        "files within it": [zipped(**{"[Content_Types].xml": b"x"} | {f"{n}.txt": b"" for n in range(5_001)})],
        "more than 50,000 paragraphs": [paragraphs],
        "a paragraph of more than 50,000 characters": [long],
        "is not an edited draft of this project": [word("A letter.")],
    }
    with opened(root) as (_, browser):
        token = re.search(r'data-token="([^"]+)"', browser.get("/sign-off").text)
        assert token
        for said, files in hostile.items():
            for content in files:
                answer = given_back(browser, content, token[1])
                assert answer.status_code == 400 and said in answer.json()["said"], (said, answer.text)
        declared = with_words(good, b"<w:document ", laughs)
        assert declared != good
        inside = given_back(browser, with_words(declared, b"<w:body>", b"<w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p>"))
        if inside.status_code == 200:
            assert "root:" not in browser.get(inside.json()["at"]).text, "an entity is not resolved"
        assert browser.get("/sign-off").status_code == 200
    assert len(kept(root)) <= 1 and not list((root / "outputs").glob(".*.part"))


def test_the_command_refuses_the_same_before_it_is_opened(root: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    bomb.write_bytes(with_words((root / "outputs/briefing.docx").read_bytes(), b"</w:body>", b"<w:p/>" * 7_000_000))
    large = tmp_path / "large.docx"
    with large.open("wb") as sparse:
        sparse.truncate(50_000_001)
    for path, said in ((bomb, "42 MB when it is unpacked"), (large, "larger than 50 MB")):
        with pytest.raises(UsageError, match=said):
            sign_off(load_project(root), "Dee Director", "Director", edited=path)
    assert not signed(root)


@pytest.mark.slow
def test_who_may_give_back_and_from_where(root: Path) -> None:
    content = edited(root)
    with opened(root) as (served, browser):
        token = re.search(r'data-token="([^"]+)"', browser.get("/sign-off").text)
        assert token
        right = {"x-form-token": token[1]}
        to = "/sign-off/edited"
        assert browser.post(to, content=content, headers=right | {"origin": "http://evil.example"}).status_code == 403
        assert browser.post(to, content=content, headers={"x-form-token": "guess"}).status_code == 403
        assert browser.post(to, content=content).status_code == 403
        assert browser.post(to, content=content, headers=right | {"host": "evil.example"}).status_code == 421
        assert httpx.post(served.base + to, content=content, headers=right).status_code == 403, "no cookie"
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        with served.connect() as raw:  # not one byte of a body that says it is too large is waited for
            lines = {"Host": served.host, "Origin": served.origin, "Cookie": cookie, "Content-Length": "50000001"}
            head = "".join(f"{name}: {value}\r\n" for name, value in (lines | right).items())
            raw.sendall(f"POST {served.prefix}{to} HTTP/1.1\r\n{head}\r\n".encode())
            assert b" 413 " in raw.makefile("rb").readline()
        assert browser.post(to, content=iter([content]), headers=right).status_code == 200
        for name in ("x.docx", "..%2f..%2fscr_llm.sqlite", "%2e%2e", "briefing-000000000000.docx", "%00"):
            assert browser.get(f"{to}/{name}").status_code in (400, 404)
            sent = browser.post(f"{to}/{name}/take-back", data={"csrf": token[1]})
            assert sent.status_code in (400, 404)
        assert len(kept(root)) == 1
