"""Signing in the page over real sockets: what stands in the way, the edited paper given back, signing, downloading."""

import html
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from docx import Document
from served import ALEX, ROOT, SAM, Served, coded_project, decide_all, review_page

from scr_llm.audit import audit
from scr_llm.errors import RefusedError, UsageError
from scr_llm.project import load_project
from scr_llm.records import SignOff
from scr_llm.reports.drafts import write
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.sign_off import cautions, sign_off
from scr_llm.store import Store
from scr_llm.web.unsigned import UnsignedPaper

DEE = ("--name", "Dee Director", "--role", "Director")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("sign") / "p", ("corriford-child-1",))
    decide_all(root)
    write(load_project(root), ("docx", "html", "xlsx"))
    return root


@pytest.fixture
def root(decided: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(decided, tmp_path / "p"))


@contextmanager
def opened(root: Path, *who: str) -> Iterator[tuple[Served, httpx.Client]]:
    with review_page(root, *(who or DEE)) as served, closing(served.browser()) as browser:
        yield served, browser


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
    assert found, page
    return html.unescape(found[1])


def text(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def given_back(browser: httpx.Client, content: bytes, token: str = "") -> httpx.Response:
    """Send a file as the page's script does."""
    found = token or re.search(r'data-token="([^"]+)"', browser.get("/sign-off").text)[1]  # type: ignore[index]
    return browser.post("/sign-off/edited", content=content, headers={"x-form-token": found})


def edited(root: Path, added: str = "The board meets on 12 March 2026.", instead: str = "") -> bytes:
    document = Document(str(root / "outputs/briefing.docx"))
    target = next(p for p in document.paragraphs if p.text.startswith("This draft") or len(p.text) > 80)
    if instead:
        target.runs[0].text = instead
        for run in target.runs[1:]:
            run.text = ""
    document.add_paragraph(added)
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def signed(root: Path) -> list[SignOff]:
    with Store(load_project(root).store_path) as store:
        return [record for record, _ in store.sign_offs()]


def kept(root: Path) -> list[Path]:
    folder = root / "outputs/given-back"
    return sorted(folder.iterdir()) if folder.is_dir() else []


# what stands in the way


@pytest.mark.slow
def test_what_stands_in_the_way_is_a_line_for_each_review(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p")
    shutil.copyfile(next(ROOT.glob("fixtures/batch-2/*.pdf")), root / "inbox/new.pdf")
    with opened(root) as (_, browser):
        browser.get("/")  # which looks into the inbox
        page = browser.get("/sign-off").text
        said = text(page)
        assert re.search(r"Child 1: \d+ themes undecided , the list not confirmed \(\d+ items open\)", said), said
        assert "Sign as" not in said and page.count('class="card"') < 8
        first = re.search(r'href="[^"]*(/cell/[^"]+)">\d+ themes undecided', page)
        assert first and browser.get(html.unescape(first[1])).status_code == 200
        answer = browser.post("/sign-off", data={"csrf": field(page, "csrf"), "signing": "1:", "alone": "Mine alone"})
        assert answer.status_code == 400 and "Mine alone" in answer.text, "what was typed is given back"
    assert not signed(root)


# signing what the program wrote


@pytest.mark.slow
def test_sign_and_download_every_file_as_it_is_on_disk(root: Path) -> None:
    with opened(root) as (_, browser):
        page = browser.get("/sign-off").text
        assert "ready to sign" in page and "How the deciding went" in page
        given = {"csrf": field(page, "csrf"), "signing": field(page, "signing")}
        cautions = re.findall(r'name="answer-(\w+)"', page)
        if cautions:
            refused = browser.post("/sign-off", data=given | {f"answer-{cautions[0]}": "resolved"})
            assert refused.status_code == 400 and "please say how this was dealt with" in text(refused.text)
            assert re.search(rf'name="answer-{cautions[0]}" value="resolved" checked', refused.text)
            given |= {f"answer-{cautions[0]}": "resolved", f"note-{cautions[0]}": "Agreed with the family."}
        page = browser.post("/sign-off", data=given).text
        assert "The briefing is signed" in page and "Version 1.0" in page
        links = set(re.findall(r'href="[^"]*/paper/(signed-1/[^"]+)"', page))
        on_disk = {
            p.relative_to(root / "outputs").as_posix()
            for p in (root / "outputs/signed-1").rglob("*")
            if p.suffix in (".docx", ".html", ".xlsx")
        }
        assert on_disk and on_disk <= {html.unescape(link) for link in links}
        for link in links:
            answer = browser.get(f"/paper/{link}")
            assert answer.content == (root / "outputs" / html.unescape(link)).read_bytes()
            assert answer.headers["content-disposition"].startswith("attachment")
    assert signed(root)[0].name == "Dee Director" and not audit(load_project(root))


@pytest.mark.slow
def test_a_second_click_signs_nothing_and_a_page_from_before_is_refused_with_what_was_typed(root: Path) -> None:
    with opened(root, *ALEX) as (_, browser):
        page = browser.get("/sign-off").text
        given = {"csrf": field(page, "csrf"), "signing": field(page, "signing")}
        refused = browser.post("/sign-off", data=given | {"alone": " "})
        assert refused.status_code == 400 and "asks for two people" in text(refused.text)
        old = browser.post("/sign-off", data=given | {"signing": "1:old", "alone": "One pair of hands."})
        assert old.status_code == 400 and field(old.text, "alone") == "One pair of hands."
        assert "since this page was shown" in text(old.text)
        for _ in range(2):
            assert browser.post("/sign-off", data=given | {"alone": "One pair of hands."}).status_code == 200
    assert len(signed(root)) == 1


@pytest.mark.slow
def test_the_files_of_a_signed_version_are_written_again_from_the_record(root: Path) -> None:
    with opened(root) as (_, browser):
        page = browser.get("/sign-off").text
        browser.post("/sign-off", data={"csrf": field(page, "csrf"), "signing": field(page, "signing")})
        before = (root / "outputs/signed-1/briefing.docx").read_bytes()
        shutil.rmtree(root / "outputs/signed-1")
        page = browser.get("/sign-off").text
        assert "no longer in outputs/signed-1" in page
        assert browser.post("/sign-off/again/1", data={"csrf": field(page, "csrf")}).status_code == 200
        assert (root / "outputs/signed-1/briefing.docx").read_bytes() == before
        assert browser.post("/sign-off/again/7", data={"csrf": field(page, "csrf")}).status_code == 400


def test_the_paper_as_it_will_look_runs_no_script_and_has_its_styles(root: Path) -> None:
    with opened(root) as (_, browser):
        for name in ("briefing", "evidence", "seven-minutes"):
            answer = browser.get(f"/sign-off/paper/{name}.html")
            assert answer.status_code == 200 and "script" not in answer.text and "<style" not in answer.text
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert 'href="paper.css"' in answer.text and "/inbox/" not in answer.text
        assert "NOT SIGNED YET" in browser.get("/sign-off/paper/briefing.html").text
        styles = browser.get("/sign-off/paper/paper.css")
        assert styles.headers["content-type"].startswith("text/css") and "blockquote" in styles.text
        for name in ("sign-off.json", "..%2fpaper.css", "briefing.docx", "%2e%2e"):
            assert browser.get(f"/sign-off/paper/{name}").status_code == 404


def test_a_draft_is_written_from_the_page_and_an_edited_file_is_left_alone(root: Path) -> None:
    mine = edited(root)
    (root / "outputs/briefing.docx").write_bytes(mine)
    with opened(root) as (_, browser):
        page = browser.get("/sign-off").text
        assert "briefing.docx has a person’s words, which this signature leaves out" in text(page)
        said = text(browser.post("/sign-off/draft", data={"csrf": field(page, "csrf")}).text)
        assert "Draft 0.1 is written." in said and "Not overwritten, because somebody edited it" in said
        assert "keeps 1 edit from briefing.docx" in said
    assert (root / "outputs/briefing.docx").read_bytes() == mine


# the paper as edited


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
        assert f"{label}: Not found (was Present)" in page
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


def zipped(**parts: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return into.getvalue()


def with_words(content: bytes, change: bytes, by: bytes) -> bytes:
    """A Word file with other bytes in its words."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part, data.replace(change, by, 1) if part.filename == "word/document.xml" else data)
    return into.getvalue()


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


def word(said: str) -> bytes:
    document, into = Document(), io.BytesIO()
    document.add_paragraph(said)
    document.save(into)
    return into.getvalue()


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


def test_a_blind_reviewer_neither_sees_nor_sends_a_paper(root: Path) -> None:
    with opened(root, *SAM) as (_, browser):
        token = {"csrf": field(browser.get("/next").text, "csrf")}
        to = "/sign-off/edited"
        sent = browser.post(to, content=edited(root), headers={"x-form-token": token["csrf"]})
        assert sent.status_code == 400 and "second reviewer cannot sign off" in sent.json()["said"]
        for path in ("/sign-off", "/sign-off/paper/briefing.html", f"{to}/x.docx", f"{to}/x.docx/briefing.html"):
            assert browser.get(path).status_code == 400, path
        for path in ("/sign-off", "/sign-off/draft", "/sign-off/again/1", f"{to}/x.docx", f"{to}/x.docx/take-back"):
            assert browser.post(path, data=token).status_code == 400, path
    assert not kept(root) and not signed(root)


def test_the_paper_to_be_signed_is_made_once_while_nothing_changes(root: Path) -> None:
    project = load_project(root)
    session, paper = ReviewSession(project), UnsignedPaper()
    try:
        assert paper.cautions(session, seconds=0) is None, "nobody is kept waiting longer than they said"
        first = paper.cautions(session)
        assert first == cautions(project)
        assert paper.cautions(session, seconds=0) is first
        assert "NOT SIGNED YET" in paper.shown(session, "seven-minutes.html")
        key = next(key for key in session.counted() if session.proposals[key].kind == "theme")
        session.decide(Reviewer("Alex Reader", "Analyst"), *key, "not_mentioned")
        assert paper.cautions(session, seconds=0) is None, "what was decided since is in the paper"
        assert paper.cautions(session) is not None
    finally:
        paper.close()
        session.close()
