"""Faults of this machine while the review page is open.

Each gives a page that says what to do and keeps what was written, and the server goes on.
"""

import html
import os
import re
import shutil
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from databases import copy_project, of_the_file, put, raw
from reportlab.pdfgen.canvas import Canvas
from served import ALEX, Served, coded_project, decide_all, review_command, review_page

from scr_llm.project import load_project
from scr_llm.records import Span
from scr_llm.review.cells import Reviewer
from scr_llm.review.session import ReviewSession
from scr_llm.store import Store
from scr_llm.web.drawing import Drawing

pytestmark = pytest.mark.slow
COMMENT = "A thought that took <ten> minutes."


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("trouble") / "p", ("corriford-child-1",))


@pytest.fixture
def root(coded: Path, tmp_path: Path) -> Path:
    return copy_project(coded, tmp_path / "p")


@contextmanager
def opened(root: Path) -> Iterator[tuple[Served, httpx.Client, str, dict[str, str]]]:
    """The page, a browser in it, the address of a cell, and a decision about to be sent."""
    with Store(load_project(root).database) as store:
        cell = f"/cell/{store.documents()[0].id}/workforce"
    with review_page(root, *ALEX) as served, closing(served.browser()) as browser:
        yield (
            served,
            browser,
            cell,
            {"csrf": hidden(browser.get(cell).text, "csrf"), "seen": "0", "value": "not_mentioned", "reason": COMMENT},
        )


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def decisions(root: Path) -> list[str]:
    with Store(load_project(root).database) as store:
        return [d.reason for d in store.decisions()]


def told(answer: httpx.Response, *words: str) -> None:
    assert answer.status_code == 503 and "Something went wrong" in answer.text
    assert all(word in answer.text for word in words), answer.text
    assert "Traceback" not in answer.text and "sqlalchemy" not in answer.text and "INSERT" not in answer.text


@of_the_file
def test_the_database_is_locked_and_the_decision_sent_again(root: Path) -> None:
    with opened(root) as (served, browser, cell, decision):
        with closing(sqlite3.connect(load_project(root).store_path)) as other:
            other.execute("BEGIN EXCLUSIVE")
            answer = browser.post(cell, data=decision)
            told(answer, "in use by another program", "Send it again", html.escape(COMMENT))
            assert browser.get("/matrix").status_code == 200, "what is only read goes on"
        again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
        assert browser.post(cell, data={name: html.unescape(text) for name, text in again.items()}).status_code == 200
        assert decisions(root) == [COMMENT]
        lines = [line for line in served.said if "StoreError at " in line]
        assert len(lines) == 1 and "POST /cell/{document}/{key}" in lines[0] and "thought" not in lines[0]
        assert not [line for line in served.said if "Traceback" in line]


@of_the_file
@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="needs Linux's limit of a file's size")
def test_the_disk_takes_nothing_more(root: Path) -> None:
    with opened(root) as (served, browser, cell, decision):
        process = psutil.Process(served.pid)
        process.rlimit(psutil.RLIMIT_FSIZE, (100, 100_000_000))
        told(browser.post(cell, data=decision), "disk", "Send it again", html.escape(COMMENT))
        assert browser.get("/matrix").status_code == 200
        process.rlimit(psutil.RLIMIT_FSIZE, (100_000_000, 100_000_000))
        assert browser.post(cell, data=decision).status_code == 200
        assert decisions(root) == [COMMENT]


@of_the_file
@pytest.mark.parametrize("fault", ["deleted", "moved", "replaced", "project moved"])
def test_the_database_is_not_where_it_was(root: Path, fault: str) -> None:
    """What is written to a deleted file is lost without a word: so nothing is taken in."""
    path = load_project(root).store_path
    with opened(root) as (_, browser, cell, decision):
        copy = root / "copy.db"
        shutil.copyfile(path, copy)
        if fault == "deleted":
            path.unlink()
        elif fault == "replaced":
            copy.replace(path)
        elif fault == "moved":
            path.rename(root / "away")
        else:
            root.rename(root.parent / "q")
        told(browser.post(cell, data=decision), "moved, deleted or replaced", html.escape(COMMENT))
        told(browser.get("/matrix"), "Stop the page with Ctrl-C")
        assert browser.get("/static/review.css").status_code == 200
        if fault == "moved":
            (root / "away").rename(path)
            assert browser.post(cell, data=decision).status_code == 200
            assert decisions(root) == [COMMENT]


def test_a_record_that_cannot_be_read_ends_one_page_only(root: Path) -> None:
    with opened(root) as (served, browser, cell, decision):
        with raw(load_project(root).database) as other:
            put(other, "UPDATE codings SET record = ?", '{"case": "Child Z was unseen"}')
        for answer in (browser.get(cell), browser.get("/explain/workforce")):
            assert answer.status_code == 503 and "holds a coding that cannot be read" in answer.text
            assert "Child Z" not in answer.text and "Traceback" not in answer.text
        assert browser.get("/matrix").status_code == 200
        said = [line for line in served.said if "StoreError" in line]
        assert len(said) == 2 and not [line for line in served.said if "Child Z" in line or "Traceback" in line]
        assert browser.post(cell, data=decision).status_code in (200, 503)
        assert decisions(root) == [COMMENT]


def test_a_pdf_that_is_gone_or_broken_costs_its_picture_only(root: Path) -> None:
    pdf = next((root / "inbox").glob("*.pdf"))
    with opened(root) as (_, browser, cell, decision):
        document = cell.split("/")[2]
        assert browser.get(f"/page/{document}/1.png").content.startswith(b"\x89PNG")
        pdf.write_bytes(b"%PDF-1.7\nnothing")
        broken = browser.get(f"/page/{document}/1.png")
        assert broken.status_code == 404 and "cannot be drawn" in broken.text, (
            "a picture of what was there before is not shown"
        )
        assert browser.get(f"{cell}?page=2").status_code == 200
        pdf.unlink()
        assert browser.get(f"/page/{document}/2.png").status_code == 404 and browser.get(cell).status_code == 200
        assert browser.post(cell, data=decision).status_code == 200


def drawers(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children() if "spawn_main" in " ".join(p.cmdline())]


def test_a_drawing_process_that_is_killed_is_replaced(root: Path) -> None:
    with opened(root) as (served, browser, cell, _):
        document = cell.split("/")[2]
        pdf = next((root / "inbox").glob("*.pdf"))
        for number in range(3):
            os.utime(pdf, (number, number))  # so that it is drawn, not remembered
            drawn = browser.get(f"/page/{document}/1.png")
            assert drawn.status_code == 200, drawn.text
            for process in drawers(served.pid):
                process.send_signal(signal.SIGKILL)
        assert browser.get(f"/page/{document}/2.png").status_code == 200
        assert browser.get("/matrix").status_code == 200


def test_a_page_that_is_slow_to_draw_is_given_up(tmp_path: Path) -> None:
    slow, good = tmp_path / "slow.pdf", tmp_path / "good.pdf"
    canvas = Canvas(str(slow))
    code = " ".join("0 0 m 600 800 l 600 0 l 0 800 l f*" for _ in range(20_000))
    canvas._code.append(code)
    for number in range(3):
        canvas.drawString(72, 72, f"slow {number}")
    canvas.save()
    canvas = Canvas(str(good))
    canvas.drawString(72, 72, "good")
    canvas.save()
    drawing = Drawing(seconds=0.5)
    try:
        assert drawing.png(good, 1).startswith(b"\x89PNG")
        with pytest.raises(OSError, match=r"more than 0\.5 seconds"):
            drawing.png(slow, 1)
        started = time.perf_counter()
        with pytest.raises(OSError, match="more than"):
            drawing.png(slow, 1)
        assert time.perf_counter() - started < 0.1, "it is not tried again"
        assert drawing.layout(good, 1, "good", (Span(page=1, start=0, end=4),)).marks
    finally:
        drawing.close()


def test_a_double_click_is_one_signature(root: Path) -> None:
    decide_all(root)
    with opened(root) as (_, browser, cell, _):
        page = browser.get("/sign-off").text
        form = {"csrf": hidden(page, "csrf"), "signing": hidden(page, "signing")}
        refused = browser.post("/sign-off", data=form)
        assert refused.status_code == 400 and "asks for two people" in refused.text
        form["alone"] = "A test has one pair of hands."
        answers: list[httpx.Response] = []
        clicks = [
            threading.Thread(target=lambda: answers.append(browser.post("/sign-off", data=form))) for _ in range(4)
        ]
        for click in clicks:
            click.start()
        for click in clicks:
            click.join()
        late = browser.post("/sign-off", data=form)
        assert [a.status_code for a in (*answers, late)] == [200] * 5 and all(
            "nothing has changed since" in a.text for a in (*answers, late)
        )
        with Store(load_project(root).database) as store:
            assert len(store.sign_offs()) == 1
        # a form that was open while somebody decided otherwise signs nothing
        seen = hidden(browser.get(cell).text, "seen")
        stale = {"csrf": form["csrf"], "signing": f"2:{form['signing'].split(':')[1]}"}
        browser.post(cell, data={"csrf": form["csrf"], "seen": seen, "value": "not_mentioned", "reason": "otherwise"})
        browser.post("/sign-off", data=stale)
        with Store(load_project(root).database) as store:
            assert len(store.sign_offs()) == 1


def test_many_hands_at_once(root: Path) -> None:
    """Eight browsers' requests on one page: every answer is a page or a refusal, and no accepted decision is lost."""
    with opened(root) as (served, browser, cell, decision):
        statuses: list[int] = []
        taken: list[str] = []
        document = cell.split("/")[2]
        session = ReviewSession(load_project(root))
        cells = [
            f"/cell/{d}/{k}" for d, k in session.open_cells(Reviewer("Alex Reader", "Analyst")) if k in session.codes
        ]
        session.close()

        def hand(number: int) -> None:
            with httpx.Client(
                base_url=served.base, cookies=dict(browser.cookies), headers={"origin": served.origin}, timeout=60
            ) as own:
                for at in range(12):
                    reason = f"{number}-{at}"
                    where = cells[(number + at) % len(cells)]
                    seen = hidden(own.get(where).text, "seen")
                    answer = own.post(where, data={**decision, "seen": seen, "reason": reason})
                    if answer.status_code == 303:
                        taken.append(reason)
                    statuses.append(answer.status_code)
                    statuses.extend(
                        own.get(path).status_code
                        for path in (
                            "/matrix",
                            "/disagreements",
                            f"/document/{document}",
                            f"/page/{document}/{1 + at % 2}.png",
                            "/sign-off",
                        )
                    )

        hands = [threading.Thread(target=hand, args=(n,)) for n in range(8)]
        for thread in hands:
            thread.start()
        for thread in hands:
            thread.join()
        assert set(statuses) <= {200, 303, 409}, sorted(set(statuses))
        assert sorted(decisions(root)) == sorted(taken) and taken
        assert not served.said, served.said


@pytest.mark.parametrize("name", [b"a\x1b[31mb", b"a\nb", b"\xff\xfe", "Zo\u00eb \U0001f600".encode(), b"x" * 3000])
def test_a_name_of_odd_characters(root: Path, name: bytes) -> None:
    import subprocess

    if b"Zo" in name:
        with review_page(root, "--name", name.decode(), "--role", "R") as page, closing(page.browser()) as browser:
            assert browser.get("/matrix").status_code == 200
        return
    command = review_command(root, "--role", "R", "--name", name)
    done = subprocess.run(command, capture_output=True, timeout=60)
    why = b"longer than 200" if len(name) > 200 else b"cannot be printed"
    assert done.returncode == 2 and why in done.stderr and b"Traceback" not in done.stderr
