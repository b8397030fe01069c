"""Reading: the structure of made-up pages, and of real reports where those are available."""

import json
import re
from pathlib import Path

import pytest

from scr_llm.stages.read import read
from scr_llm.text.flow import Flow, sentences

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "data" / "mh-review"
GOLD = sorted(p for p in (ROOT / "fixtures/gold").glob("*.json") if not p.name.endswith(".marks.json"))


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_furniture_is_no_body(path: Path) -> None:
    gold = json.loads(path.read_text("utf-8"))
    reading = read(next((ROOT / "fixtures").glob(f"batch-*/{gold['file']}")), "d")
    assert len(reading.pages) == gold["pages"]
    flow = Flow.of(reading)
    for sentence in sentences(flow):
        for span in flow.spans(sentence.start, sentence.end):
            page = reading.pages[span.page - 1]
            assert not any(mark.start < span.end and span.start < mark.end for mark in page.marks)
    assert {m.kind for p in reading.pages for m in p.marks} >= {"heading"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Report1_rapid_review_MH_inpatient_data.pdf", "Report1Response_gov_response.pdf"])
def test_the_recommendations_of_a_real_review(name: str) -> None:
    if not (REAL / name).exists():
        pytest.skip("SKIPPED: the real reports of ../shared/data/mh-review are not part of the project.")
    gold = json.loads((REAL / "mh_inpatient_review_recs.json").read_text("utf-8"))["recommendations"]
    key, pages = ("text_in_report", "report_pages") if "rapid" in name else ("text_in_response", "response_pages")
    found = {i.number: i for i in read(REAL / name, "d").items if i.kind == "recommendation"}
    assert sorted(map(int, (n for n in found if n))) == list(range(1, 14)) and len(found) == 13
    for each in gold:
        item = found[str(each["number"])]
        assert item.page == each[pages][0]
        assert bare(item.text)[:200] == bare(each[key])[:200]
