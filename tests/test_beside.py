"""People who work beside each other: what an open page takes in, links for others, and the same figures everywhere."""

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from databases import copy_project
from served import ALEX, REVIEWS, ROOT, Served, add, again, coded_project, review_page

from scr_llm.intake.inclusion import rule
from scr_llm.project import load_project
from scr_llm.review import sign_off as signing
from scr_llm.review.cells import Reviewer
from scr_llm.review.explanation import explained_in_part
from scr_llm.review.news import Mark, News, in_words
from scr_llm.review.session import ReviewSession
from scr_llm.review.undo import last_in_force
from scr_llm.workspace import Workspace

ANN, SAM = Reviewer("Alex Reader", "Analyst"), Reviewer("Sam Second", "Designated nurse", blind=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("beside") / "p")


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return copy_project(template, tmp_path / "p")


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    with review_page(root, *ALEX) as page:
        yield page


@pytest.fixture
def browser(served: Served) -> Iterator[httpx.Client]:
    with contextlib.closing(served.browser()) as client:
        yield client


def mark_of(page: str) -> str:
    found = re.search(r"/news\?since=([\w-]+)", page)
    assert found
    return found[1]


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def invited(served: Served, browser: httpx.Client, **more: str) -> str:
    """A link for Sam, made in the page."""
    form = {"csrf": token(browser.get("/second").text), "name": "Sam Second", "role": "Designated nurse", **more}
    found = re.search(r'id="link" class="wide" value="([^"]+)"', browser.post("/second", data=form).text)
    assert found and found[1].startswith(served.origin)
    return found[1]


def came_in(address: str) -> httpx.Client:
    """A browser of its own that came in by a link."""
    base = address.split("/?")[0]
    client = httpx.Client(base_url=base, follow_redirects=True, headers={"origin": "/".join(base.split("/")[:3])})
    assert client.get(address).status_code == 200
    return client


def decide(root: Path, who: Reviewer, count: int = 1, value: str = "not_mentioned") -> list[tuple[str, str]]:
    """Decide the next cells, in a process of one's own as far as the page can tell."""
    session = ReviewSession(load_project(root))
    keys = [key for key in session.open_for(who) if key[1] in session.codes][:count]
    for key in keys:
        session.decide(who, *key, value)
    session.close()
    return keys


@pytest.mark.slow
def test_a_batch_taken_in_by_another_process_shows_in_an_open_page(root: Path, browser: httpx.Client) -> None:
    before = browser.get("/matrix").text
    project = load_project(root)
    add(project, _another())
    run = [sys.executable, "-m", "scr_llm", "run", "--project", str(root), "--coder", "rules"]
    assert subprocess.run(run, capture_output=True, text=True).returncode == 0
    told = browser.get(f"/news?since={mark_of(before)}").text
    assert told == "1 review was added since you opened this page."
    after = browser.get("/matrix").text
    assert before.count("<small>") + 1 == after.count("<small>") == 3
    assert browser.get(f"/news?since={mark_of(after)}").status_code == 204


def _another() -> str:
    return next(p.stem for p in sorted(ROOT.glob("fixtures/batch-1/*.pdf")) if p.stem not in REVIEWS)


def test_a_decision_of_another_shows_and_ones_own_is_no_news(root: Path, browser: httpx.Client) -> None:
    since = mark_of(browser.get("/matrix").text)
    decide(root, Reviewer("Bea Other", "Nurse"), 3)
    decide(root, ANN, 2)
    assert browser.get(f"/news?since={since}").text == "3 cells were decided by others since you opened this page."


def test_a_changed_codebook_shows_and_a_broken_one_is_said(root: Path, browser: httpx.Client) -> None:
    decide(root, ANN, 40)
    page = browser.get("/matrix").text
    assert "definition changed" not in page
    project, session = load_project(root), ReviewSession(load_project(root))
    code = next(
        session.codes[k[1]] for k in session.counted() if session.state(k) == "decided" and k[1] in session.codes
    )
    text = project.codebook_path.read_text("utf-8")
    cell = browser.get(f"/cell/{next(iter(session.documents))}/{code.id}").text
    project.codebook_path.write_text(text.replace(code.definition[:25], "SOMETHING ELSE ENTIRELY"), "utf-8")
    assert "definition changed" in browser.get("/matrix").text
    assert browser.get(f"/news?since={mark_of(page)}").text.startswith("The codebook was changed")
    # a form that was opened under the earlier definition is not taken for the new one
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cell))
    refused = browser.post(
        f"/cell/{next(iter(session.documents))}/{code.id}",
        data={**form, "value": "not_mentioned", "reason": "As I read it before."},
    )
    assert refused.status_code == 400 and "definition of this theme has changed" in refused.text
    assert "As I read it before." in refused.text
    project.codebook_path.write_text("codes: [", "utf-8")
    told = browser.get("/matrix")
    assert told.status_code == 200 and "cannot be used as it is" in told.text and "codebook.yaml" in told.text
    project.codebook_path.write_text(text, "utf-8")
    assert "cannot be used" not in browser.get("/matrix").text
    session.close()


def test_a_review_that_is_left_out_is_gone_from_an_open_session(root: Path) -> None:
    project = load_project(root)
    session = ReviewSession(project)
    since, document = str(session.mark), next(iter(session.documents.values()))
    counted = len(session.counted())
    rule(project, document.file, "exclude", "It was sent by mistake.", "Alex Reader")
    session.refresh()
    fresh = ReviewSession(project)
    assert session.counted() == fresh.counted() and len(fresh.counted()) < counted
    assert session.open_for(ANN) == fresh.open_for(ANN) and session.left(SAM) == fresh.left(SAM)
    assert in_words(session.news_since(since), "", blind=True).startswith("1 review is no longer counted")
    again(project)
    session.close()
    fresh.close()


def test_what_is_taken_in_bit_by_bit_is_what_is_read_at_once(root: Path) -> None:
    project = load_project(root)
    grown = ReviewSession(project)
    add(project, _another())
    again(project)
    decide(root, ANN, 30)
    decide(root, SAM, 12, "unclear")
    grown.withdraw(ANN)
    grown.refresh()
    fresh = ReviewSession(project)
    for who in (ANN, SAM):
        assert grown.open_for(who) == fresh.open_for(who) and grown.left(who) == fresh.left(who)
        assert last_in_force(grown.acts, who.name) == last_in_force(fresh.acts, who.name)
        assert grown.minutes_left(who) == fresh.minutes_left(who)
    assert grown.matrix() == fresh.matrix() and list(grown.documents) == list(fresh.documents)
    assert grown.labels == fresh.labels and grown.disagreements() == fresh.disagreements() != []
    assert signing.blockers(grown) == signing.blockers(fresh) and grown.deciding() == fresh.deciding()
    assert grown.deciding() == signing.how_decided(project)
    grown.close()
    fresh.close()


@pytest.mark.slow
@pytest.mark.parametrize("counts", [True, False])
def test_the_page_explains_as_the_report_does(root: Path, counts: bool) -> None:
    settings = root / "project.toml"
    text = settings.read_text("utf-8").replace("count_recommendation_only = true", "count_recommendation_only = false")
    settings.write_text(text if not counts else settings.read_text("utf-8"), "utf-8")
    add(load_project(root), _another())
    again(load_project(root))
    decide(root, ANN, 25)
    project = load_project(root)
    session = ReviewSession(project)
    for code in session.codes:
        report, _ = Workspace(project).explain(code)
        pages = [explained_in_part(session, code, first, rows=1).explanation for first in range(3)]
        assert tuple(cell for page in pages for cell in page.cells) == report.cells
        assert all(page.model_copy(update={"cells": ()}) == report.model_copy(update={"cells": ()}) for page in pages)
    session.close()


def test_news_that_is_not_remembered_is_said() -> None:
    news, codebook = News(), "abc"

    def at(acts: int) -> Mark:
        return Mark(acts, codebook=codebook)

    news.forget(at(1))
    assert news.since(at(0), at(1)) is None and news.since(at(2), at(1)) is None and news.since(at(1), at(1)) == []
    assert news.since(Mark.read("spam"), at(1)) is None
    assert in_words(None, "Ann", blind=False).startswith("Much has changed")
    for each in range(2, 6002):
        news.add("decided", each, ("d", str(each)), "Ann")
    now = at(6001)
    assert news.since(at(1000), now) is None and len(news.since(at(2001), now) or ()) == 4000
    assert in_words(news.since(at(5999), now), "Ann", blind=False) == ""
    assert in_words(news.since(at(5999), now), "Ben", blind=True) == ""


def test_the_mark_of_a_page_means_the_same_in_another_process(root: Path) -> None:
    one, other = ReviewSession(load_project(root)), ReviewSession(load_project(root))
    before = str(one.mark)
    assert before == str(other.mark)
    decide(root, Reviewer("Bea Other", "Nurse"), 2)
    other.refresh()
    assert len(other.news_since(before) or ()) == 2
    later = ReviewSession(load_project(root))  # one that started after the page was made does not know, and says so
    assert later.news_since(before) is None and later.news_since(str(other.mark)) == []
    for session in (one, other, later):
        session.close()


def test_two_people_beside_each_other(root: Path, served: Served, browser: httpx.Client) -> None:
    with contextlib.closing(came_in(invited(served, browser))) as sam:
        page = sam.get("/matrix").text
        assert "Sam Second, Designated nurse" in page and "(blind second reviewer)" in page
        assert served.prefix not in page, "the second reviewer does not learn the path of the first"
        assert "Alex Reader, Analyst" in browser.get("/matrix").text, "the first is still there"
        assert "used" in browser.get("/second").text
        for path in ("/second", "/document/x/sheet", "/anything/new"):
            assert sam.get(path).status_code in (400, 403), path
        of = 0
        for _ in range(200):  # everything that the page asks
            cell = sam.get("/next")
            if cell.url.path.endswith("/done"):
                break
            form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', cell.text))
            sam.post(str(cell.url), data={**form, "value": "not_mentioned"})
            of += 1
        assert "You have decided all" in cell.text and "What happens now" in cell.text and of > 10
        told = browser.get("/second").text
        assert f"{of} of {of}" in told
    decided = ReviewSession(load_project(root)).store.decisions()
    assert {(d.author, d.role, d.act) for d in decided} == {("Sam Second", "Designated nurse", "blind")}


def test_two_people_in_two_windows_of_one_browser(served: Served, browser: httpx.Client) -> None:
    link = invited(served, browser, sees="everything")
    assert "Sam Second" in browser.get(link).text, "the same browser, with all its cookies"
    assert (
        "Alex Reader" in browser.get("/matrix").text
        and "Sam Second" in browser.get(f"{link.split('/?')[0]}/matrix").text
    )


def test_attacks_on_the_link(served: Served, browser: httpx.Client) -> None:
    link = invited(served, browser)
    base, secret = link.split("/?token=")
    stranger = httpx.Client(follow_redirects=True)
    for guess in ("", "x" * len(secret), secret[:-1], secret.swapcase(), f"{secret}&token=x{secret}"[:0] + "é"):
        assert stranger.get(f"{base}/", params={"token": guess}).status_code == 403
    assert stranger.get(f"{served.base}/?token={secret}").status_code == 403, "the link of one seat opens no other"
    assert stranger.get(f"{base}x/?token={secret}").status_code == 403
    assert stranger.post(f"{base}/?token={secret}", headers={"origin": served.origin}).status_code == 403
    assert stranger.get(link, headers={"host": "evil.example"}).status_code == 421
    with contextlib.closing(came_in(link)) as sam:
        assert stranger.get(link).status_code == 403, "a link works once"
        # Sam's cookie and form token open nothing of the first reviewer's, and the other way round
        cookie = "; ".join(f"{c.name}={c.value}" for c in sam.cookies.jar)
        assert stranger.get(f"{served.base}/matrix", headers={"cookie": cookie}).status_code == 403
        page = sam.get("/next")
        form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        theirs = token(browser.get("/second").text)
        assert sam.post(str(page.url), data={**form, "csrf": theirs, "value": "unclear"}).status_code == 403
        evil = {"origin": "http://evil.example"}
        assert sam.post(str(page.url), data={**form, "value": "unclear"}, headers=evil).status_code == 403
        sent = {**form, "name": "Eve", "role": "Guest"}
        assert sam.post("/second", data=sent).status_code == 403, "a blind reviewer invites nobody"
    form = {"csrf": token(browser.get("/second").text), "name": "Eve", "role": "Guest"}
    assert browser.post("/second", data=form, headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.post("/second", data={**form, "csrf": "x"}).status_code == 403
    stranger.close()


@pytest.mark.parametrize("name", ["", " ", "alex  reader", "a" * 500, "Eve\u202etxt.exe", "<b>"])
def test_names_that_are_refused_or_shown_as_text(browser: httpx.Client, name: str) -> None:
    form = {"csrf": token(browser.get("/second").text), "name": name, "role": "Nurse"}
    answer = browser.post("/second", data=form)
    assert answer.status_code == 400 if name != "<b>" else "&lt;b&gt;" in answer.text and "<b>" not in answer.text


def test_a_lost_link_is_replaced_and_links_are_limited(served: Served, browser: httpx.Client) -> None:
    lost, found = invited(served, browser), invited(served, browser)
    assert httpx.get(lost).status_code == 403
    came_in(found).close()
    for number in range(30):
        form = {"csrf": token(browser.get("/second").text), "name": f"Guest {number}", "role": "Nurse"}
        answer = browser.post("/second", data=form)
    assert answer.status_code == 400 and "20 people were invited already" in answer.text


@pytest.mark.slow
def test_the_page_the_packs_and_compare_give_the_same_figures(root: Path, browser: httpx.Client) -> None:
    session = ReviewSession(load_project(root))
    core = session.open_for(SAM)[:8]
    for number, key in enumerate(core):
        cell = session.cell(*key, ANN)
        present = cell.value == "present"
        session.decide(ANN, *key, cell.value if present else "not_mentioned", evidence=cell.evidence if present else ())
        other = "unclear" if number % 4 == 0 else cell.value if present else "not_mentioned"
        session.decide(SAM, *key, other, evidence=cell.evidence if other == "present" else ())
    session.close()
    told = " ".join(browser.get("/disagreements").text.split())
    assert "Alex Reader and Sam Second both decided 8 cells. They agree on 6 of 8" in told
    assert "<strong>Alex Reader: " in told and "<strong>Sam Second: unclear</strong>" in told

    def scr(*words: str) -> str:
        command = [sys.executable, "-m", "scr_llm", *words, "--project", str(root)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    compared = scr("compare", "person:Alex Reader", "person:Sam Second")
    assert compared.startswith("Alex Reader and Sam Second gave the same answer on 6 of 8 cells.")
    assert "person:" not in compared
    assert "the two agreed on 6 of 8" in " ".join(browser.get("/sign-off").text.split())
    assert signing.how_decided(load_project(root)).agreed == 6
    matrix = " ".join(browser.get("/matrix").text.split())
    assert "Two reviewers differ on 2 cells." in matrix and "Decide between the answers" in matrix
