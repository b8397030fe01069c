"""The review page from outside: who may come in, and what is taken in."""

import contextlib
import html
import re
import time
from pathlib import Path

import httpx
import pytest
from databases import copy_project
from served import ALEX, Served, coded_project, decide_all, review_page

from scr_llm.errors import ConflictError, RefusedError
from scr_llm.project import load_project
from scr_llm.records import Evidence
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store

WHO = Reviewer("Alex Reader", "Analyst")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("page") / "p")


@pytest.fixture(scope="module")
def served(root: Path):  # type: ignore[no-untyped-def]
    with review_page(root, *ALEX) as page:
        yield page


@pytest.fixture(scope="module")
def browser(served: Served) -> httpx.Client:
    client = httpx.Client(base_url=served.base, follow_redirects=True)
    assert client.get("/" + "?" + served.address.split("?")[1]).status_code == 200
    return client


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_only_the_browser_that_was_given_the_address_comes_in(served: Served, browser: httpx.Client) -> None:
    stranger = httpx.Client(base_url=served.base)
    assert stranger.get("/matrix").status_code == 403
    assert stranger.get("/?token=wrong").status_code == 403
    assert stranger.get("/?" + served.address.split("?")[1]).status_code == 403, "the token works once"
    assert stranger.get("/matrix", headers={"cookie": f"{next(iter(browser.cookies))}=guess"}).status_code == 403
    assert browser.get("/matrix").status_code == 200


def test_a_foreign_host_or_origin_or_a_missing_token_changes_nothing(
    browser: httpx.Client, root: Path, served: Served
) -> None:
    assert browser.get("/matrix", headers={"host": "evil.example"}).status_code == 421
    page = browser.get("/next")
    before = len(ReviewSession(load_project(root)).store.decisions())
    good = {"csrf": field(page.text, "csrf"), "seen": "0", "value": "not_mentioned"}
    own = {"origin": served.origin}
    assert browser.post(page.url, data=good, headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.post(page.url, data=good).status_code == 403, "no origin"
    assert browser.post(page.url, data={**good, "csrf": "x"}, headers=own).status_code == 403
    assert browser.post(page.url, data={k: v for k, v in good.items() if k != "csrf"}, headers=own).status_code == 403
    assert browser.post(page.url, content=b"\xff\xfe", headers=own).status_code == 400
    assert browser.post(page.url, data={**good, "reason": "x" * 300_000}, headers=own).status_code == 413
    assert browser.post(page.url, data={**good, "value": "yes"}, headers=own).status_code == 400
    assert (
        browser.post(page.url, data={**good, "value": "present", "keep": "1:5:3:exact:"}, headers=own).status_code
        == 400
    )
    assert len(ReviewSession(load_project(root)).store.decisions()) == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/page/..%2f..%2fetc/1.png",
        "/page/x/1.png",
        "/page/x/99999999.png",
    ],
)
def test_a_path_never_leaves_the_page(served: Served, browser: httpx.Client, path: str) -> None:
    with served.connect() as raw:
        cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        raw.sendall(
            f"GET {served.prefix}{path} HTTP/1.1\r\nHost: {served.host}\r\n"
            f"Cookie: {cookie}\r\nConnection: close\r\n\r\n".encode()
        )
        assert raw.makefile("rb").readline().split()[1] == b"404"


def test_every_answer_says_what_a_browser_may_do(browser: httpx.Client) -> None:
    for path in ("/matrix", "/nothing", "/static/review.css"):
        headers = browser.get(path).headers
        assert (
            "default-src 'none'" in headers["content-security-policy"]
            and "unsafe" not in headers["content-security-policy"]
        )
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"
        assert "server" not in headers
    text = browser.get("/matrix").text
    assert "http://" not in text and "https://" not in text and " style=" not in text and "onclick" not in text


@pytest.mark.slow
def test_nothing_of_a_document_or_a_person_is_markup(tmp_path: Path) -> None:
    from scr_llm.store import Store

    evil = '<script>alert(1)</script>"><img src=x>'
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    project = load_project(root)
    with Store(project.database) as store:
        document = store.documents()[0]
        coding, draft = store.coding(document.id), store.draft(document.id)
        assert coding and draft
        case = coding.case.model_copy(update={"pseudonym": evil})
        store.save_coding(
            document.model_copy(update={"file": f"{evil}.pdf"}),
            draft,
            coding.model_copy(update={"case": case, "notes": (evil,)}),
        )
    with review_page(root, "--name", evil, "--role", "R") as page, httpx.Client(follow_redirects=True) as client:
        assert client.get(page.address).status_code == 200
        cell = client.get(f"{page.base}/cell/{document.id}/workforce")
        answer = client.post(
            cell.url,
            data={"csrf": field(cell.text, "csrf"), "seen": "0", "value": "not_mentioned", "reason": evil, "stay": "1"},
            headers={"origin": page.origin},
        )
        for path in (
            "/matrix",
            f"/list/{document.id}",
            f"/document/{document.id}/sheet",
            "/explain/workforce",
            "/sign-off",
            f"/cell/{document.id}/workforce",
        ):
            text = client.get(page.base + path).text
            assert "<script>alert" not in text and "<img src=x" not in text, path
        assert "&lt;script&gt;alert(1)" in answer.text


def test_two_browsers_do_not_lose_a_decision(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    one, other = ReviewSession(load_project(root)), ReviewSession(load_project(root))
    key = next(iter(one.documents)), "workforce"
    seen = one.cell(*key, WHO).seen
    one.decide(WHO, *key, "not_mentioned", seen=seen)
    with pytest.raises(ConflictError):
        other.decide(Reviewer("Other", "Nurse"), *key, "unclear", seen=seen)
    assert [d.author for d in other.store.decisions()] == ["Alex Reader"]
    other.refresh()
    assert other.state(key) == "decided"


def test_a_cell_is_opened_with_what_others_decided_meanwhile(tmp_path: Path) -> None:
    project = load_project(coded_project(tmp_path / "p", ("corriford-child-1",)))
    one, other = ReviewSession(project), ReviewSession(project)
    key = next(k for k in one.open_cells(WHO) if k[1] in one.codes)
    number = other.decide(Reviewer("Other", "Nurse"), *key, "unclear", reason="Both can be read.")
    opened = one.cell(*key, WHO)
    assert (opened.value, opened.state, opened.seen) == ("unclear", "decided", number)
    one.close()
    other.close()


def test_a_decision_that_cannot_stand_is_refused(tmp_path: Path) -> None:
    session = ReviewSession(load_project(coded_project(tmp_path / "p", ("corriford-child-1",))))
    document = next(iter(session.documents))
    with pytest.raises(RefusedError, match="needs a quote"):
        session.decide(WHO, document, "neglect", "present")
    with pytest.raises(RefusedError, match=r"are not in the document|cannot be used as evidence"):
        session.quote(document, "neglect", "These words stand nowhere in this review at all.", 1)
    made_up = Evidence(quote="made up", page=1, start=0, end=7, status="exact", section="")
    with pytest.raises(RefusedError, match="page 1"):
        session.decide(WHO, document, "neglect", "present", evidence=[made_up])
    with pytest.raises(RefusedError, match="name"):
        session.decide(Reviewer(" ", "x"), document, "neglect", "not_mentioned")
    with pytest.raises(RefusedError, match="no such cell"):
        session.decide(WHO, document, "no_such_theme", "not_mentioned")
    assert session.store.decisions() == []


def test_a_cell_answers_soon(browser: httpx.Client) -> None:
    """A guard against a page that reads everything; the measurement is bench/review.py."""
    browser.get("/next")
    started = time.perf_counter()
    browser.get("/next")
    assert time.perf_counter() - started < 2


@pytest.mark.slow
def test_a_context_that_is_not_stated_is_chosen_and_never_preset(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    with Store(load_project(root).database) as store:
        document = store.documents()[0]
        draft, coding = store.draft(document.id), store.coding(document.id)
        assert draft and coding
        evidence = {name: found for name, found in coding.case.evidence.items() if name != "context"}
        store.save_coding(
            document,
            draft,
            coding.model_copy(
                update={"case": coding.case.model_copy(update={"context": "not stated", "evidence": evidence})}
            ),
        )
    session = ReviewSession(load_project(root))
    with pytest.raises(RefusedError, match="no context is given"):
        session.decide(Reviewer("Alex", "Analyst"), document.id, "case:context", "present", text="")
    session.close()
    with (
        review_page(root, "--name", "Alex", "--role", "Analyst") as served,
        contextlib.closing(served.browser()) as browser,
    ):
        page = browser.get(f"/cell/{document.id}/case:context").text
    assert '<option value="" selected>Choose</option>' in page and page.count(" selected>") == 1


@pytest.mark.slow
def test_a_person_chooses_the_order_of_work_and_goes_through_what_is_decided_again(root: Path, tmp_path: Path) -> None:
    copied = tmp_path / "p"
    copy_project(root, copied)
    with review_page(copied, *ALEX) as served, contextlib.closing(served.browser()) as browser:
        assert browser.get("/matrix?order=theme").status_code == 200
        assert 'order=theme" aria-current="true"' in browser.get("/matrix").text
        themes = []
        at = ""
        for _ in range(2):
            url = browser.get(f"/next{at}").url
            document, theme = url.path.split("/")[-2:]
            themes.append(theme)
            at = f"?document={document}&key={theme}"
        assert themes[0] == themes[1]  # the same theme in two reviews
        assert browser.get("/matrix?order=anything").status_code == 200 and "order=theme" in browser.get("/matrix").text
        decide_all(copied)
        assert browser.get("/next").url.path.endswith("/matrix")
        again = browser.get("/next?again=1")
        assert again.url.query == b"again=1" and 'name="again" value="1"' in again.text
