"""The codebook in the page, over the real socket: previewed, taken with a reason, never written over, guarded."""

import html
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from databases import copy_project
from served import ALEX, SAM, Served, coded_project, decide_all, review_page

from scr_llm.codebook import load_codebook
from scr_llm.project import load_project
from scr_llm.store import Store
from scr_llm.themes.preview import MOST_REVIEWS

FEW = ("stavering-baby-v", "quenby-young-person-l")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = coded_project(tmp_path_factory.mktemp("codebook") / "p", FEW)
    decide_all(root)
    return root


@pytest.fixture
def root(decided: Path, tmp_path: Path) -> Path:
    return copy_project(decided, tmp_path / "p")


@pytest.fixture
def served(root: Path) -> Iterator[Served]:
    with review_page(root, *ALEX) as page:
        yield page


def fields(page: str, act: str) -> dict[str, str]:
    """The fields of the form with an act, as a browser sends them."""
    forms = re.findall(r"<form method=\"post\".*?</form>", page, re.S)
    form = next(f for f in forms if f'name="act" value="{act}"' in f)
    found = dict(re.findall(r'<input type="(?:hidden|text)" name="([^"]+)"[^>]*?value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S))
    return {name: html.unescape(text) for name, text in found.items()}


def changes(root: Path) -> list[str]:
    with Store(load_project(root).database) as store:
        return [c.reason for c in store.codebook_changes()]


@pytest.mark.slow
def test_a_definition_is_previewed_then_taken_with_a_reason(root: Path, served: Served) -> None:
    browser, path = served.browser(), root / "codebook.yaml"
    given = fields(browser.get("/codebook/code/record_keeping").text, "changed")
    before = path.read_bytes()
    given["definition"] = "The review finds that records were wanting."
    shown = browser.post("/codebook/preview", data=given).text
    assert "2 decided cells must be decided again" in shown and path.read_bytes() == before
    taken = fields(shown, "changed")
    refused = browser.post("/codebook/take", data=taken | {"reason": " "})
    assert refused.status_code == 400 and "the reason for the change is missing" in refused.text
    assert path.read_bytes() == before
    done = browser.post("/codebook/take", data=taken | {"reason": "The board asked for it."}).text
    assert "2 decided cells must be decided again" in done and "2 to decide again" in done
    assert changes(root) == ["The board asked for it."]
    assert "The board asked for it." in browser.get("/codebook/history").text
    assert next(c for c in load_codebook(path).codes if c.id == "record_keeping").definition == given["definition"]
    assert "definition has changed" in browser.get("/matrix?themes=all").text


@pytest.mark.slow
def test_a_file_that_was_changed_by_hand_is_shown_beside_what_was_written(root: Path, served: Served) -> None:
    browser, path = served.browser(), root / "codebook.yaml"
    given = fields(browser.get("/codebook/code/neglect").text, "changed")
    given["definition"] = "Mine of neglect."
    previewed = fields(browser.post("/codebook/preview", data=given).text, "changed")
    place = r"(  - id: neglect\n    label: .*\n    definition: ).*\n(?:      .*\n)*"
    theirs = re.sub(place, r"\1Theirs.\n", path.read_text())
    assert theirs != path.read_text()
    path.write_text(theirs)
    for address, sent in (("/codebook/take", previewed | {"reason": "Why."}), ("/codebook/preview", given)):
        answer = browser.post(address, data=sent)
        assert answer.status_code == 409 and path.read_text() == theirs and not changes(root)
        assert "Theirs." in answer.text and "Mine of neglect." in answer.text
    again = browser.post("/codebook/preview", data=fields(answer.text, "changed"))
    assert again.status_code == 200 and "Change" in again.text


@pytest.mark.slow
def test_a_candidate_becomes_a_theme(root: Path, served: Served) -> None:
    browser = served.browser()
    page = browser.get("/codebook/candidates").text
    assert "An empty chair was read as a choice to decline help" in html.unescape(page)
    link = re.search(r'href="([^"]*/codebook/new[^"]*)"', page)
    assert link
    given = fields(browser.get(served.origin + html.unescape(link[1])).text, "added")
    given |= {"new": "empty_chair", "label": "Empty chairs", "definition": "The review finds that silence was a no."}
    shown = browser.post("/codebook/preview", data=given | {"wordings": "an empty chair"}).text
    assert "New theme: Empty chairs" in shown and "An empty chair was read" in shown
    browser.post("/codebook/take", data=fields(shown, "added") | {"reason": "Found in one review."})
    new = load_codebook(root / "codebook.yaml").codes[-1]
    assert (new.id, new.wordings) == ("empty_chair", ("an empty chair",)) and "Alex Reader" in new.include[0]
    assert browser.get("/codebook/code/empty_chair").status_code == 200


def test_merge_and_split_show_each_review_first(root: Path, served: Served) -> None:
    browser = served.browser()
    page = browser.get("/codebook/code/workforce").text
    split = browser.post("/codebook/preview", data=fields(page, "split")).text
    assert "Split Workforce failings by its aspects" in split and "decided cells would no longer count" in split
    merge = fields(browser.get("/codebook/code/alcohol_misuse").text, "merged")
    merge |= {"other": "drug_misuse", "new": "substances", "new_label": "Drink and drugs"}
    shown = browser.post("/codebook/preview", data=merge).text
    assert "Drink and drugs" in shown and "As people decided until now" in shown
    browser.post("/codebook/take", data=fields(shown, "merged") | {"reason": "Few cases."})
    assert "substances" in [c.id for c in load_codebook(root / "codebook.yaml").codes] and changes(root)


def test_a_theme_by_a_part_of_its_name(served: Served) -> None:
    browser = served.browser()
    assert browser.get("/explain", params={"theme": "Poor record"}).url.path.endswith("/explain/record_keeping")
    which = browser.get("/explain", params={"theme": "misuse"}).text
    assert "/explain/alcohol_misuse" in which and "/explain/drug_misuse" in which
    assert browser.get("/explain/misuse").status_code == 400


@pytest.mark.slow
def test_a_blind_reviewer_reads_definitions_and_no_count(root: Path) -> None:
    with review_page(root, *SAM) as served:
        browser = served.browser()
        listed, one = browser.get("/codebook").text, browser.get("/codebook/code/neglect").text
        assert "Neglect" in listed and " of 2" not in listed and "/explain/" not in listed
        assert "Does not belong to it" in one and "<form" not in one
        for path in ("/codebook/candidates", "/codebook/history", "/codebook/new", "/explain?theme=neglect"):
            assert browser.get(path).status_code in (400, 403, 404)


def test_the_guard_stands_before_every_route(root: Path, served: Served) -> None:
    browser, before = served.browser(), (root / "codebook.yaml").read_bytes()
    stranger = httpx.Client(base_url=served.base)
    assert stranger.get("/codebook").status_code == 403
    given = fields(browser.get("/codebook/code/neglect").text, "changed") | {"definition": "Other.", "reason": "Why."}
    for path in ("/codebook/preview", "/codebook/take"):
        assert stranger.post(path, data=given).status_code == 403
        assert browser.post(path, data=given, headers={"origin": "http://evil.example"}).status_code == 403
        assert browser.post(path, data=given | {"csrf": "guess"}).status_code == 403
        assert browser.post(path, data=given | {"definition": "x" * 300_000}).status_code == 413
        assert browser.post(path, data=given | {"definition": "x" * 50_000}).status_code == 400
        assert browser.post(path, data=given | {"act": "erased"}).status_code == 400
        assert browser.post(path, data=given | {"code": "../../x"}).status_code == 400
        refused = browser.post(path, data=given | {"wordings": "(open"})
        assert refused.status_code == 400 and "opening bracket" in refused.text
        if path.endswith("preview"):  # what was written stands in its box, with the reason above it
            assert fields(refused.text, "changed")["wordings"] == "(open"
    given["definition"] = '<script>alert(1)</script> {{ 7 * 7 }} : "\n- x: !!python/object'
    assert "<script>alert" not in browser.post("/codebook/preview", data=given).text
    assert (root / "codebook.yaml").read_bytes() == before and not changes(root)
    taken = browser.post("/codebook/take", data=given)
    assert taken.status_code == 200 and "<script>alert" not in taken.text
    told = next(c for c in load_codebook(root / "codebook.yaml").codes if c.id == "neglect")
    assert told.definition == " ".join(given["definition"].split())


@pytest.mark.slow
def test_a_preview_over_eight_reviews_takes_two_seconds(tmp_path: Path) -> None:
    names = tuple(path.stem for path in sorted((Path(__file__).parent.parent / "fixtures/batch-1").glob("*.pdf")))
    with review_page(coded_project(tmp_path / "p", names), *ALEX) as served:
        browser = served.browser()
        given = fields(browser.get("/codebook/code/record_keeping").text, "changed") | {"wordings": "in the file"}
        start = time.monotonic()
        shown = browser.post("/codebook/preview", data=given)
        assert shown.status_code == 200 and "All 8 reviews" in shown.text
        assert time.monotonic() - start < 2


@pytest.mark.slow
def test_a_preview_says_which_reviews_it_looked_at_and_looks_at_the_next(root: Path) -> None:
    project = load_project(root)
    with Store(project.database) as store:
        document = next(d for d in store.documents() if d.status == "coded")
        reading, coding, draft = store.reading(document.id), store.coding(document.id), store.draft(document.id)
        assert reading and coding and draft
        for number in range(MOST_REVIEWS):
            new = {"id": f"{number:016x}", "file": f"copy-{number:02d}.pdf", "sha256": f"{number:064x}"}
            store.save_document(copy := document.model_copy(update=new))
            store.save_reading(reading.model_copy(update={"document_id": copy.id}))
            own = {"document_id": copy.id}
            store.save_coding(copy, draft.model_copy(update=own), coding.model_copy(update=own))
    of = MOST_REVIEWS + len(FEW)
    with review_page(root, *ALEX) as served:
        browser = served.browser()
        page = browser.get("/codebook/code/record_keeping").text
        assert f"in the first {MOST_REVIEWS} of {of} reviews" in " ".join(page.split())
        given = fields(page, "changed") | {"definition": "The review finds that records were wanting."}
        first = browser.post("/codebook/preview", data=given).text
        assert f"Reviews 1 to {MOST_REVIEWS} of {of} were looked at." in " ".join(first.split())
        assert "before</button>" not in first
        sent = fields(first, "changed") | {"first": str(MOST_REVIEWS)}
        then = browser.post("/codebook/preview", data=sent).text
        assert f"Reviews {MOST_REVIEWS + 1} to {of} of {of} were looked at." in " ".join(then.split())
        assert f"Look at the {MOST_REVIEWS} before</button>" in then and "the next" not in then
