"""Runs that are started in the page, in a process of their own: followed, asked, stopped, ended."""

import html
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from served import ALEX, ROOT, Served, only_codes, workbench

from scr_llm import Workspace
from scr_llm.llm.fake import BEHAVIOURS, MODEL, FakeServer
from scr_llm.project import load_project
from scr_llm.store import Store

pytestmark = pytest.mark.slow
REMOTE = (
    '[llm]\nbase_url = "https://models.example.org/v1"\nmodel = "m"\nregion = "UK"\napproved_by = "A. Governance"\n'
)


def project(root: Path, count: int, llm: str = "") -> Path:
    """A project with so many files that wait, and two themes."""
    made = Workspace.create(root).project
    only_codes(made.codebook_path, ("neglect", "alcohol_misuse"))
    for number in range(count):
        names = ("corriford-child-1", "dunvarrow-young-person-r")
        shutil.copyfile(ROOT / f"fixtures/batch-1/{names[number % 2]}.pdf", made.inbox / f"{number}.pdf")
        with (made.inbox / f"{number}.pdf").open("ab") as file:
            file.write(b"\n%% %d" % number)
        os.utime(made.inbox / f"{number}.pdf", (1_700_000_000, 1_700_000_000))
    if llm:
        settings = made.root / "project.toml"
        settings.write_text(f"{settings.read_text('utf-8')}\n{llm}", "utf-8")
    return root


@contextmanager
def opened(root: Path) -> Iterator[tuple[Served, httpx.Client]]:
    with workbench(root, *ALEX) as page, closing(page.browser()) as browser:
        yield page, browser


def press(browser: httpx.Client, path: str, **given: str) -> httpx.Response:
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get("/who").text)
    assert found
    return browser.post(path, data={"csrf": html.unescape(found[1]), **given})


def wait_for(browser: httpx.Client, words: str, seconds: float = 60) -> str:
    end = time.monotonic() + seconds
    while True:
        text = html.unescape(browser.get("/").text)
        if words in text:
            return text
        assert time.monotonic() < end, f"the page does not say: {words}\n{text}"
        time.sleep(0.2)


def events(browser: httpx.Client, stamp: str, until: str) -> list[tuple[str, str]]:
    """Server-sent events, up to one of a kind."""
    found: list[tuple[str, str]] = []
    with browser.stream("GET", f"/run/events?stamp={stamp}") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        kind = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((kind, line.removeprefix("data: ")))
                if kind == until:
                    return found
    return found


def asked(text: str) -> str:
    found = re.search(r'name="question" value="([^"]+)"', text)
    assert found
    return html.unescape(found[1])


def log(root: Path) -> list[tuple[str, str, str]]:
    with Store(load_project(root).database) as store:
        return [(e.act, e.who, e.text) for e in store.log()]


def calls(root: Path) -> int:
    with Store(load_project(root).database) as store:
        return len(store.calls())


def test_a_run_is_followed_live_and_its_end_is_shown(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 2)
    with opened(root) as (_, browser):
        assert "Read and code 2 files" in browser.get("/").text
        started = press(browser, "/run", coder="rules")
        assert "Reading and coding" in started.text
        again = press(browser, "/run", coder="rules")
        assert again.status_code == 400 and "a run is under way already" in again.text
        stamp = re.search(r"stamp=([^\"]+)\"", started.text)
        assert stamp
        heard = events(browser, stamp[1], "changed")
        figures = [json.loads(data) for kind, data in heard if kind == "run"]
        assert figures and {"documents", "pages", "doing", "left", "done"} <= figures[0].keys()
        assert heard[-1][0] == "changed"
        text = wait_for(browser, "Decide what counts")
        assert "2 reviews coded" in text or "1 review coded" in text
        assert "briefing.docx" in text
    assert log(root)[0][:2] == ("ran", "Alex Reader") and "embedded coder" in log(root)[0][2]


def test_a_run_is_stopped_and_the_next_one_goes_on(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 12)
    with opened(root) as (_, browser):
        press(browser, "/run", coder="rules")
        wait_for(browser, "Reading ")
        press(browser, "/run/stop")
        text = wait_for(browser, "What was finished is saved")
        assert "<h2>Stopped</h2>" in text and ("stopped", "Alex Reader", "Stopped the run") in log(root)
        press(browser, "/run", coder="rules")
        wait_for(browser, "Decide what counts")
    assert all(d.status != "pending" for d in Workspace.open(root).documents())


def test_a_run_ends_with_the_page_and_leaves_no_process(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 12)
    for how in (signal.SIGINT, signal.SIGKILL):
        with workbench(root, *ALEX) as page, closing(page.browser()) as browser:
            press(browser, "/run", coder="rules")
            wait_for(browser, "Reading ")
            own = psutil.Process(page.pid).children(recursive=True)
            assert own
            os.kill(page.pid, how)
            psutil.wait_procs(own, timeout=30)
            assert not [p for p in own if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    with Store(load_project(root).database) as store:
        assert not store.unreadable() and store.verify("history") is None


def test_nothing_is_sent_before_two_questions_are_answered_by_somebody(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 1, REMOTE)
    with opened(root) as (_, browser):
        press(browser, "/run", coder="llm")
        text = wait_for(browser, "A question before anything is sent")
        question = asked(text)
        assert question.startswith("The text of the reviews will be sent to https://models.example.org/v1 (UK)")
        assert "Names and contact details are not replaced." in question
        assert press(browser, "/run/answer", question="Something else", answer="yes").status_code == 400
        press(browser, "/run/answer", question=question, answer="no")
        text = wait_for(browser, "Nobody agreed to sending text")
        assert ("refused", "Alex Reader", question) in log(root)

        press(browser, "/run", coder="llm")
        press(
            browser,
            "/run/answer",
            question=asked(wait_for(browser, "A question before anything is sent")),
            answer="yes",
        )
        text = wait_for(browser, "At most ")
        assert "tokens sent" in text and "Read the exact text" in text
        listed = browser.get("/preview").text
        found = re.search(r"preview\?document=(\w+)", listed)
        assert found
        exact = html.unescape(browser.get(f"/preview?document={found[1]}").text)
        assert "<h3>user</h3>" in exact and "alcohol" in exact.lower() and '"model": "m"' in exact
        press(browser, "/run/answer", question=asked(text), answer="no")
        text = wait_for(browser, "The files were read and wait to be coded")
        assert "Nothing was sent" in text
        assert [act for act, _, _ in log(root)].count("agreed") == 1
        assert "<p>Nothing.</p>" in text, "what has left this computer"
    assert calls(root) == 0


def test_nobody_agrees_without_a_name(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 1, REMOTE)
    with workbench(root) as page, closing(page.browser()) as browser:
        press(browser, "/run", coder="llm")
        question = asked(wait_for(browser, "A question before anything is sent"))
        refused = press(browser, "/run/answer", question=question, answer="yes")
        assert refused.status_code == 400 and "nobody has said who agrees" in refused.text
        press(browser, "/run/stop")
        wait_for(browser, "Stopped")


def test_a_model_on_this_computer_shows_questions_tokens_and_money(tmp_path: Path) -> None:
    with FakeServer([BEHAVIOURS["answers"]], repeat=True) as model:
        llm = (
            f'[llm]\nbase_url = "{model.base_url}"\nmodel = "{MODEL}"\n[llm.prices."{MODEL}"]\ninput = 1\noutput = 2\n'
        )
        root = project(tmp_path / "p", 1, llm)
        with opened(root) as (_, browser):
            assert "on this computer" in browser.get("/").text
            press(browser, "/run", coder="llm")
            question = asked(wait_for(browser, "At most "))
            assert "cost: 0." in question and "GBP" in question
            started = press(browser, "/run/answer", question=question, answer="yes")
            stamp = re.search(r"stamp=([^\"]+)\"", started.text)
            assert stamp
            last = [json.loads(data) for kind, data in events(browser, stamp[1], "changed") if kind == "run"][-1]
            text = wait_for(browser, "Decide what counts")
            assert "1 review coded" in text and f"to {model.base_url}" in text
            assert "of at most" in last["questions"] and "sent" in last["tokens"] and "GBP" in last["money"]
        assert calls(root) > 0 and ("agreed", "Alex Reader", question) in log(root)


def test_a_model_is_tried_on_made_up_reviews(tmp_path: Path) -> None:
    with FakeServer([BEHAVIOURS["answers"]], repeat=True) as model:
        root = project(tmp_path / "p", 0, f'[llm]\nbase_url = "{model.base_url}"\nmodel = "{MODEL}"\n')
        with opened(root) as (_, browser):
            assert "Trying the model" in press(browser, "/model/try").text or "Starting" in browser.get("/").text
            text = wait_for(browser, "Best way of asking", 120)
            assert "themes that are there" in text and "s a review" in text
    assert (root / "qualified.toml").is_file()


def test_a_run_that_cannot_begin_says_what_to_do(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 1, '[llm]\nfile = "model.gguf"\n')
    with opened(root) as (_, browser):
        press(browser, "/run", coder="llm")
        text = wait_for(browser, "It did not run")
        assert "model.gguf does not exist" in text and "put the file there" in text
        assert press(browser, "/run", coder="else").status_code == 400


def test_a_run_that_is_killed_is_said_and_the_page_lives(tmp_path: Path) -> None:
    root = project(tmp_path / "p", 12)
    with opened(root) as (page, browser):
        press(browser, "/run", coder="rules")
        wait_for(browser, "Reading ")
        run = max(psutil.Process(page.pid).children(), key=lambda p: p.create_time())
        run.kill()
        assert "What was finished is saved" in wait_for(browser, "It was ended from outside")
        press(browser, "/run", coder="rules")
        wait_for(browser, "Decide what counts")
