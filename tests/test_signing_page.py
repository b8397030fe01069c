"""Signing in the page over real sockets: what stands in the way, signing, downloading."""

import html
import re
import shutil
from pathlib import Path

import pytest
from served import ALEX, ROOT, SAM, coded_project
from signing_pages import decided, edited, field, kept, opened, signed, text

from scr_llm.audit import audit
from scr_llm.project import load_project
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.review.sign_off import cautions
from scr_llm.web.unsigned import UnsignedPaper


@pytest.fixture
def root(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return decided(tmp_path_factory, tmp_path / "p")


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


@pytest.mark.slow
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


@pytest.mark.slow
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
        book = project.codebook_path
        book.write_text(book.read_text("utf-8").replace("label: Silo working", "label: Working apart"), "utf-8")
        assert "Working apart" in paper.shown(session, "briefing.html"), (
            "a label is printed, though it means nothing else"
        )
    finally:
        paper.close()
        session.close()
